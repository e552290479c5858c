//! `deliver agent`: the resident processes of this machine.

use serde::Serialize;

use super::page::{Page, duration};
use super::report::Report;
use super::{Cx, Exit};
use crate::agent::client::Client;
use crate::agent::protocol::Status;
use crate::agent::unit;
use crate::fault::Result;

/// Show, restart or stop what runs services on this machine
///
/// The agent is started when it is needed and restarts what crashes. It is made of a supervisor, which holds the public
/// ports, a router, which passes requests on, and a small process beside each instance. Each can be replaced alone.
#[derive(Debug, clap::Args)]
#[command(before_help = "\
Examples:
  $ deliver agent status
  $ deliver agent restart
  $ deliver agent stop")]
pub struct AgentArgs {
    #[command(subcommand)]
    command: Option<AgentCommand>,
}

#[derive(Debug, clap::Subcommand)]
enum AgentCommand {
    Status(StatusArgs),
    Restart(RestartArgs),
    Stop(StopArgs),
    Unit(UnitArgs),
}

/// Say whether the agent runs, and what it looks after
#[derive(Debug, clap::Args)]
#[command(before_help = "\
Examples:
  $ deliver agent status
  $ deliver agent status --json")]
struct StatusArgs {}

/// Start the agent, or replace it by this program; instances go on
///
/// Supervisor and router are replaced. No request is lost.
#[derive(Debug, clap::Args)]
#[command(before_help = "\
Examples:
  $ deliver agent restart
  $ deliver agent restart --json")]
struct RestartArgs {}

/// Stop every instance and the agent, so that nothing is left running
///
/// What was deployed stays deployed: `deliver agent restart`, or the next deployment, starts it again.
#[derive(Debug, clap::Args)]
#[command(before_help = "\
Examples:
  $ deliver agent stop
  $ deliver agent stop --dry-run")]
struct StopArgs {}

/// Print a unit for systemd that starts the agent after a reboot
///
/// Keep it as ~/.config/systemd/user/deliver.service and run `systemctl --user enable --now deliver`; with `loginctl
/// enable-linger` it starts without your login. What was deployed comes back, also after `deliver agent stop`. Nothing is
/// changed by printing it. It names this program's file: print it anew when that has moved.
#[derive(Debug, clap::Args)]
#[command(before_help = "\
Examples:
  $ deliver agent unit > ~/.config/systemd/user/deliver.service
  $ deliver agent unit --store /srv/deliver/store.db")]
struct UnitArgs {}

pub fn run(args: &AgentArgs, cx: &mut Cx) -> Result<Exit> {
    let client = cx.world.local()?.agent();
    match &args.command {
        None | Some(AgentCommand::Status(_)) => status(client, cx),
        Some(AgentCommand::Restart(_)) if cx.global.dry_run => would(client, cx, "be replaced; its instances go on"),
        Some(AgentCommand::Stop(_)) if cx.global.dry_run => would(client, cx, "be stopped with all its instances"),
        Some(AgentCommand::Restart(_)) => {
            let status = client.restart()?;
            show(client, cx, Some(status))
        }
        Some(AgentCommand::Stop(_)) => stop(client, cx),
        Some(AgentCommand::Unit(_)) => {
            cx.ui
                .print(&unit::user_unit(&client.program()?, &client.home().store.argument())?)?;
            Ok(Exit::Ok)
        }
    }
}

/// The agent itself.
#[derive(Debug, schemars::JsonSchema, Serialize)]
pub(super) struct AgentReport {
    running: bool,
    pid: Option<u32>,
    version: Option<String>,
    started_at: Option<jiff::Timestamp>,
    uptime_seconds: Option<f64>,
    /// Process id of the router; none runs while there is no public port.
    router: Option<u32>,
    /// Public ports that are held open.
    ports: Vec<u16>,
    /// Services with a current release.
    services: usize,
    /// Instances with a running process.
    instances: usize,
    /// Instances between two runs: crashed ones that will be started again, and scheduled jobs.
    waiting: usize,
    log: String,
}

impl AgentReport {
    fn new(client: &Client, status: Option<Status>, now: jiff::Timestamp) -> Self {
        let log = client.home().log().display().to_string();
        let Some(status) = status else {
            return AgentReport {
                running: false,
                pid: None,
                version: None,
                started_at: None,
                uptime_seconds: None,
                router: None,
                ports: Vec::new(),
                services: 0,
                instances: 0,
                waiting: 0,
                log,
            };
        };
        AgentReport {
            running: true,
            pid: Some(status.pid),
            version: Some(status.version),
            started_at: Some(status.started_at),
            uptime_seconds: Some(now.duration_since(status.started_at).as_secs_f64().max(0.0)),
            router: status.router,
            ports: status.ports,
            services: status.services,
            instances: status.running,
            waiting: status.waiting,
            log,
        }
    }
}

impl Report for AgentReport {
    const SCHEMA: &'static str = "agent";

    fn render(&self, page: &mut Page) {
        let style = page.style();
        let (Some(pid), Some(version), Some(uptime)) = (self.pid, &self.version, self.uptime_seconds) else {
            page.line(format!("{} the agent is not running", style.ring()));
            return;
        };
        let ports: Vec<String> = self.ports.iter().map(u16::to_string).collect();
        let or_none = |text: String| if text.is_empty() { "none".to_owned() } else { text };
        page.line(format!(
            "{} the agent is running (pid {pid}, version {version}, for {})",
            style.dot(),
            duration(uptime)
        ));
        page.fields(&[
            ("services", self.services.to_string()),
            ("instances", self.instances.to_string()),
            ("waiting", self.waiting.to_string()),
            (
                "router",
                or_none(self.router.map(|pid| format!("pid {pid}")).unwrap_or_default()),
            ),
            ("ports", or_none(ports.join(", "))),
            ("log", self.log.clone()),
        ]);
    }
}

fn status(client: &Client, cx: &Cx) -> Result<Exit> {
    let status = client.status()?;
    show(client, cx, status)
}

fn show(client: &Client, cx: &Cx, status: Option<Status>) -> Result<Exit> {
    let stopped = status.is_none();
    cx.ui
        .answer(&AgentReport::new(client, status, cx.world.clock().now()))?;
    if stopped {
        cx.ui.note("it is started when something is deployed");
    }
    Ok(Exit::Ok)
}

fn would(client: &Client, cx: &Cx, what: &str) -> Result<Exit> {
    match client.status()? {
        Some(status) => cx.ui.note(format!("the agent (pid {}) would {what}", status.pid)),
        None => cx.ui.note("the agent is not running"),
    }
    Ok(Exit::Ok)
}

fn stop(client: &Client, cx: &Cx) -> Result<Exit> {
    let before = client.halt()?;
    cx.ui.answer(&AgentReport::new(client, None, cx.world.clock().now()))?;
    if let Some(before) = before {
        let instances = match before.running {
            0 => "nothing ran".to_owned(),
            1 => "1 instance was stopped".to_owned(),
            count => format!("{count} instances were stopped"),
        };
        cx.ui.note(instances);
        if before.services > 0 {
            cx.ui.hint("deliver agent restart   (starts them again)");
        }
    }
    Ok(Exit::Ok)
}
