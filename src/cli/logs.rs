//! `deliver logs`: what instances printed.

use std::collections::BTreeSet;

use serde::Serialize;

use super::page::Page;
use super::report::Report;
use super::since::Since;
use super::style::escape;
use super::{Cx, Exit, scene};
use crate::deploy::secrets;
use crate::fault::{Fault, Kind, Result};
use crate::model::place::Place;
use crate::model::release::Release;
use crate::model::{EnvName, ReleaseNo, ServiceName};
use crate::ports::Target;
use crate::ports::target::{LogLine, LogQuery, NOTES};
use crate::store::Store;

/// Lines of each instance when nobody says how many.
const LINES: usize = 100;

/// Releases whose secrets an instance that is still remembered may have been given.
const RELEASES: u32 = 50;

/// Bytes gathered before they are written.
const CHUNK: usize = 1 << 16;

/// Show what a service's instances printed, in time order
///
/// Instances that were stopped are included, the last 20 of them. Lines that the agent itself adds, such as how a process
/// ended, carry the stream `deliver`.
#[derive(Debug, clap::Args)]
#[command(before_help = "\
Examples:
  $ deliver logs
  $ deliver logs -f --process worker
  $ deliver logs --release v3 --since 10m
  $ deliver logs production --service pricing -n 20")]
pub struct LogsArgs {
    /// Where
    #[arg(default_value = "local")]
    env: EnvName,

    /// Another service than that of this folder
    #[arg(long, value_name = "NAME")]
    service: Option<ServiceName>,

    /// Go on with what is printed from now on, also by later releases
    #[arg(short, long)]
    follow: bool,

    /// Only this release
    #[arg(long, value_name = "RELEASE")]
    release: Option<ReleaseNo>,

    /// Only this process, such as web or worker
    #[arg(long, value_name = "NAME")]
    process: Option<String>,

    /// Only this instance; may be given several times
    #[arg(long, value_name = "ID")]
    instance: Vec<String>,

    /// Only what was printed since: 10m (ago), 2026-03-04, 2026-03-04T05:06:07Z
    #[arg(long, value_name = "TIME")]
    since: Option<Since>,

    /// At most this many last lines of each instance [default: 100, with --since all]
    #[arg(short = 'n', long, value_name = "N")]
    lines: Option<usize>,
}

/// Log lines, oldest first.
#[derive(Debug, schemars::JsonSchema, Serialize)]
pub(super) struct Lines {
    service: String,
    env: String,
    lines: Vec<LogLine>,
}

impl Report for Lines {
    const SCHEMA: &'static str = "logs";

    fn render(&self, page: &mut Page) {
        for line in &self.lines {
            page.line(in_words(line, page.terminal()));
        }
    }
}

/// Whose, and the engine that has them. A service that was never deployed has none: that is an answer, not a mistake.
fn subject(args: &LogsArgs, cx: &Cx) -> Result<(ServiceName, Place)> {
    match scene::subject(cx, Some(&args.env), args.service.as_ref()) {
        Ok(subject) => Ok((subject.service, subject.place)),
        Err(fault) if fault.code() == "unknown-service" => match &args.service {
            Some(service) => Ok((service.clone(), Place::local())),
            None => Err(fault),
        },
        Err(fault) => Err(fault),
    }
}

pub fn run(args: &LogsArgs, cx: &mut Cx) -> Result<Exit> {
    let (service, place) = subject(args, cx)?;
    let target = cx.world.target(&place)?;
    let query = LogQuery {
        instances: args.instance.clone(),
        release: args.release,
        process: args.process.clone(),
        since: args
            .since
            .map(|since| since.moment(cx.world.clock().now(), jiff::tz::TimeZone::system())),
        tail: args.lines.or(args.since.is_none().then_some(LINES)),
    };
    match args.follow {
        true => follow(target, &service, args, &query, cx),
        false => show(target, &service, args, &query, cx),
    }
}

/// The secrets of a service's releases: what an app prints of them is read as their names.
struct Known<'a> {
    service: &'a ServiceName,
    cx: &'a Cx,
    /// `None` while nothing was deployed.
    store: Option<Store>,
    /// Releases that were asked for already.
    releases: BTreeSet<ReleaseNo>,
}

impl<'a> Known<'a> {
    fn of(service: &'a ServiceName, env: &EnvName, cx: &'a Cx) -> Result<Self> {
        let store = cx.world.store_read_only()?;
        let releases = match &store {
            Some(store) => store.releases(service, Some(env), RELEASES)?,
            None => Vec::new(),
        };
        let mut known = Known {
            service,
            cx,
            store,
            releases: BTreeSet::new(),
        };
        for release in &releases {
            known.releases.insert(release.number);
            known.learn(release);
        }
        Ok(known)
    }

    /// What cannot be opened here is not known here.
    fn learn(&self, release: &Release) {
        let (false, Some(store)) = (release.spec.secret_versions.is_empty(), &self.store) else {
            return;
        };
        let Ok(key) = self.cx.world.key() else { return };
        for (name, value) in secrets::recall(release, store, key).unwrap_or_default() {
            store.conceal(&name, &value);
        }
    }

    /// The store has the secrets of a release before any instance of it starts, so that its first line is soon enough to
    /// look.
    fn meet(&mut self, number: ReleaseNo) -> Result<()> {
        if self.store.is_none() {
            self.store = self.cx.world.store_read_only()?;
        }
        let Some(store) = &self.store else { return Ok(()) };
        if let Some(release) = store.release(self.service, number)? {
            self.learn(&release);
        }
        Ok(())
    }

    fn concealed(&mut self, line: LogLine) -> LogLine {
        if self.releases.insert(line.release)
            && let Err(fault) = self.meet(line.release)
        {
            let release = line.release;
            self.cx.ui.warn(format!(
                "the secrets of {release} are not known here, and are shown where it prints them: {fault}"
            ));
        }
        match &self.store {
            Some(store) => LogLine {
                text: store.concealed(&line.text),
                ..line
            },
            None => line,
        }
    }
}

fn show(target: &dyn Target, service: &ServiceName, args: &LogsArgs, query: &LogQuery, cx: &Cx) -> Result<Exit> {
    let mut known = Known::of(service, &args.env, cx)?;
    if cx.ui.json() {
        let mut lines = Vec::new();
        let mut take = |line| {
            lines.push(known.concealed(line));
            true
        };
        target.logs(service, &args.env, query, false, &mut take)?;
        cx.ui.answer(&Lines {
            service: service.to_string(),
            env: args.env.to_string(),
            lines,
        })?;
        return Ok(Exit::Ok);
    }
    let terminal = cx.ui.look().terminal;
    let (mut text, mut any) = (String::new(), false);
    let mut written = Ok(());
    let mut take = |line: LogLine| {
        any = true;
        let line = known.concealed(line);
        text.push_str(&in_words(&line, terminal));
        text.push('\n');
        if text.len() >= CHUNK {
            written = cx.ui.print(&std::mem::take(&mut text));
        }
        written.is_ok() && (!text.is_empty() || !cx.ui.closed())
    };
    target.logs(service, &args.env, query, false, &mut take)?;
    written?;
    cx.ui.print(&text)?;
    if !any {
        cx.ui.note(silence(service, args, cx)?);
    }
    Ok(Exit::Ok)
}

/// Why there is no line to show.
fn silence(service: &ServiceName, args: &LogsArgs, cx: &Cx) -> Result<String> {
    let env = &args.env;
    let store = cx.world.store_read_only()?;
    let deployments = store
        .map(|store| store.deployments(Some(service), Some(env), 1))
        .transpose()?;
    if deployments.is_none_or(|deployments| deployments.is_empty()) {
        return Ok(format!("`{service}` was never deployed to `{env}` from this store"));
    }
    let chosen = args.process.is_some() || args.release.is_some() || args.since.is_some() || !args.instance.is_empty();
    let what = if chosen { "nothing of the kind" } else { "nothing" };
    Ok(format!("`{service}` has printed {what} in `{env}`"))
}

/// Until nobody reads any more, or Ctrl-C.
fn follow(target: &dyn Target, service: &ServiceName, args: &LogsArgs, query: &LogQuery, cx: &Cx) -> Result<Exit> {
    let (json, terminal) = (cx.ui.json(), cx.ui.look().terminal);
    let interrupt = cx.world.interrupt();
    let mut known = Known::of(service, &args.env, cx)?;
    let mut written = Ok(());
    let mut take = |line: LogLine| {
        let line = known.concealed(line);
        let text = match json {
            true => serde_json::to_string(&line)
                .map_err(|error| Fault::new(Kind::Bug, "bug", "a log line without a JSON form").because(error)),
            false => Ok(in_words(&line, terminal)),
        };
        written = text.and_then(|text| cx.ui.print(&(text + "\n")));
        written.is_ok() && !cx.ui.closed() && interrupt.requested().is_none()
    };
    target.logs(service, &args.env, query, true, &mut take)?;
    written?;
    Ok(interrupt.requested().map_or(Exit::Ok, Exit::Kind))
}

/// A line as a person reads it; control characters of the app do not reach the terminal.
fn in_words(line: &LogLine, terminal: bool) -> String {
    // Colours of the app would need an end that no cut line has; other controls are shown as escapes.
    let plain = console::strip_ansi_codes(&line.text);
    let text = escape(&plain);
    let LogLine {
        at, release, stream, ..
    } = line;
    // An engine, or a plugin, says how instances are called.
    let instance = escape(&line.instance);
    if !terminal {
        return format!("{at}\t{release}\t{instance}\t{}\t{text}", escape(stream));
    }
    let clock = at.to_zoned(jiff::tz::TimeZone::system()).strftime("%H:%M:%S%.3f");
    let mark = match stream.as_str() {
        "err" => "!",
        NOTES => "#",
        _ => " ",
    };
    format!("{clock}  {instance}  {mark} {text}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ReleaseNo;

    #[test]
    fn nothing_of_a_line_reaches_the_terminal_as_it_came() {
        let line = LogLine {
            at: jiff::Timestamp::UNIX_EPOCH,
            instance: "web-1\u{1b}]0;owned\u{7}".into(),
            process: "web".into(),
            release: ReleaseNo(1),
            stream: "out\u{1b}[2J".into(),
            text: "hello\u{1b}[31m".into(),
        };
        for terminal in [true, false] {
            let told = in_words(&line, terminal);
            let controls: Vec<char> = told.chars().filter(|c| c.is_control() && *c != '\t').collect();
            assert!(controls.is_empty(), "{told:?}");
            assert!(told.contains("web-1") && told.contains("hello"), "{told:?}");
        }
    }
}
