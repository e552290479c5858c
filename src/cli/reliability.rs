//! `deliver reliability`.

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use super::page::{Look, Page};
use super::report::{self, Report};
use super::terminal::Terminal;
use super::{Cx, Exit, deploy};
use crate::config::manifest::Manifest;
use crate::config::nearest::nearest;
use crate::config::platform::Platform;
use crate::fault::{Fault, Kind, Result};
use crate::model::about::About;
use crate::model::{EnvName, ServiceName, Span};
use crate::reliability::assess::{Assessment, Judged, ServiceTally, Subject, TeamTally, assess, environments};
use crate::reliability::state::State;
use crate::store::Store;

mod render;

/// Show objectives, and what is left of their error budgets
///
/// Inside a service's folder that service in full; elsewhere, or with --all, one line for each objective, the one that needs
/// somebody soonest first. Objectives are `[[slo]]` of deliver.toml; requests are counted by the agent and are here a second
/// later.
#[derive(Debug, clap::Args)]
#[command(before_help = "\
Examples:
  $ deliver reliability
  $ deliver reliability --all --watch
  $ deliver reliability --team checkout --env production
  $ deliver reliability --service pricing --exit-code --json")]
pub struct ReliabilityArgs {
    /// In this environment [default: protected ones, or all where none is]
    #[arg(long, value_name = "ENV")]
    env: Option<EnvName>,

    /// Another service than that of this folder
    #[arg(long, value_name = "NAME")]
    service: Option<ServiceName>,

    /// Every service of this store
    #[arg(long, conflicts_with = "service")]
    all: bool,

    /// The services of this team
    #[arg(long, value_name = "NAME", conflicts_with_all = ["service", "all"])]
    team: Option<String>,

    /// Look again and again, until Ctrl-C
    #[arg(short, long)]
    watch: bool,

    /// How often, with --watch [default: 5s]
    #[arg(long, value_name = "TIME", requires = "watch")]
    interval: Option<Span>,

    /// Exit with 3 when a budget is spent
    #[arg(long, conflicts_with = "watch")]
    exit_code: bool,
}

/// `deliver/reliability/v1`.
#[derive(schemars::JsonSchema, Serialize)]
pub struct Reliability {
    pub slos: Vec<Judged>,
    /// The objectives of each team together; `team` is null for those that have none.
    pub teams: Vec<TeamTally>,
    pub services: Vec<ServiceTally>,
    /// Services that state no objective.
    pub without_slos: Vec<ServiceName>,
    /// What people should know of the counts themselves.
    pub notes: Vec<String>,
    /// One service was asked for: each of its objectives is shown in full.
    #[serde(skip)]
    #[schemars(skip)]
    pub detailed: bool,
}

impl Report for Reliability {
    const SCHEMA: &'static str = "reliability";

    fn render(&self, page: &mut Page) {
        render::render(self, page);
    }
}

/// How often `--watch` looks, and the least it may be told to: a look costs milliseconds, but is nobody's to read faster.
const INTERVAL: Span = Span::from_secs(5);
const SHORTEST_INTERVAL: Span = Span::from_secs(1);

pub fn run(args: &ReliabilityArgs, cx: &mut Cx) -> Result<Exit> {
    let chosen = Chosen::of(args, cx)?;
    if args.watch {
        return watch(&chosen, args.interval.unwrap_or(INTERVAL), cx);
    }
    let reliability = chosen.look(cx, cx.world.clock().now())?;
    let spent = reliability.slos.iter().any(|slo| slo.state == State::Spent);
    cx.ui.answer(&reliability)?;
    Ok(match args.exit_code && spent {
        true => Exit::Kind(Kind::Negative),
        false => Exit::Ok,
    })
}

/// Whose objectives, and where; found out once, however often they are looked at.
struct Chosen {
    subjects: Vec<Subject>,
    without_slos: Vec<ServiceName>,
    detailed: bool,
}

impl Chosen {
    fn of(args: &ReliabilityArgs, cx: &Cx) -> Result<Self> {
        let one = args.service.is_some() || !(args.all || args.team.is_some());
        let here = here(args, cx)?;
        let detailed = one && (args.service.is_some() || here.is_some());
        let known = known(store(cx)?, here.as_ref())?;
        let wanted = match (&args.service, &args.team, &here) {
            (Some(name), _, _) => vec![named(&known, name)?],
            (None, Some(team), _) => of_team(&known, team)?,
            (None, None, Some(manifest)) if !args.all => vec![named(&known, &manifest.service.name)?],
            _ => known.iter().collect(),
        };
        let subjects = subjects(&wanted, args.env.as_ref(), &cx.world.platform()?)?;
        let without = wanted.iter().filter(|service| service.about.slos.is_empty());
        Ok(Chosen {
            without_slos: without.map(|service| service.name.clone()).collect(),
            subjects,
            detailed,
        })
    }

    fn look(&self, cx: &Cx, now: Timestamp) -> Result<Reliability> {
        let Assessment {
            slos,
            teams,
            services,
            notes,
        } = assess(store(cx)?, &self.subjects, now)?;
        Ok(Reliability {
            slos,
            teams,
            services,
            without_slos: self.without_slos.clone(),
            notes,
            detailed: self.detailed,
        })
    }
}

/// A service and what is known of it.
struct Known {
    name: ServiceName,
    about: About,
    deployed: Vec<EnvName>,
    declared: Vec<EnvName>,
}

/// The store, unless nothing was ever written: looking makes none.
fn store(cx: &Cx) -> Result<Option<&Store>> {
    match cx.world.paths()?.store.may_exist() {
        true => cx.world.store().map(Some),
        false => Ok(None),
    }
}

/// The manifest of this folder. One with problems stops only who asks for it.
fn here(args: &ReliabilityArgs, cx: &Cx) -> Result<Option<Manifest>> {
    if cx.world.manifest_path().is_err() {
        return Ok(None);
    }
    match cx.world.manifest() {
        Ok(manifest) => Ok(Some(manifest)),
        Err(fault) if args.service.is_some() || args.all || args.team.is_some() => {
            cx.ui.warn(format!("{fault}: going by what its newest deploy knew"));
            Ok(None)
        }
        Err(fault) => Err(fault.hint("deliver reliability --all goes by what each newest deploy knew")),
    }
}

/// Every service of the store as its newest deploy knew it, and the one of this folder as it is now; by name.
fn known(store: Option<&Store>, here: Option<&Manifest>) -> Result<Vec<Known>> {
    let mut known = Vec::new();
    let scopes = store.map_or(Ok(Vec::new()), Store::scopes)?;
    let deployed = |name: &ServiceName| -> Vec<EnvName> {
        let own = scopes.iter().filter(|scope| scope.service == *name);
        own.map(|scope| scope.env.clone()).collect()
    };
    for service in store.map_or(Ok(Vec::new()), Store::services)? {
        let about = service.about.unwrap_or_default();
        known.push(Known {
            deployed: deployed(&service.name),
            declared: about.protected.clone(),
            name: service.name,
            about,
        });
    }
    if let Some(manifest) = here {
        let name = &manifest.service.name;
        known.retain(|service| service.name != *name);
        known.push(Known {
            name: name.clone(),
            about: deploy::about(manifest),
            deployed: deployed(name),
            declared: manifest.environment_names(),
        });
        known.sort_by(|a, b| a.name.cmp(&b.name));
    }
    Ok(known)
}

/// Every objective that the store knows of, judged as of a moment: for reports on more than reliability.
pub(super) fn of_everything(store: &Store, platform: &Platform, now: Timestamp) -> Result<Assessment> {
    let known = known(Some(store), None)?;
    let wanted: Vec<&Known> = known.iter().collect();
    assess(Some(store), &subjects(&wanted, None, platform)?, now)
}

fn named<'a>(known: &'a [Known], name: &ServiceName) -> Result<&'a Known> {
    known.iter().find(|service| service.name == *name).ok_or_else(|| {
        let fault = Fault::usage("unknown-service", format!("this store knows no service `{name}`"));
        fault.hint(match nearest(name.as_str(), known.iter().map(|it| it.name.as_str())) {
            Some(near) => format!("deliver reliability --service {near}"),
            None => "deliver reliability --all".into(),
        })
    })
}

fn of_team<'a>(known: &'a [Known], team: &str) -> Result<Vec<&'a Known>> {
    let own: Vec<&Known> = known
        .iter()
        .filter(|it| it.about.team.as_deref() == Some(team))
        .collect();
    if !own.is_empty() {
        return Ok(own);
    }
    let message = format!("no service of this store belongs to a team `{}`", team.escape_debug());
    let teams = known.iter().filter_map(|it| it.about.team.as_deref());
    Err(Fault::usage("unknown-team", message).hint(match nearest(team, teams) {
        Some(near) => format!("deliver reliability --team {near}"),
        None => "deliver reliability --all".into(),
    }))
}

/// Each service in each environment that counts, those without objectives left out.
fn subjects(wanted: &[&Known], env: Option<&EnvName>, platform: &Platform) -> Result<Vec<Subject>> {
    let mut subjects = Vec::new();
    for service in wanted.iter().filter(|service| !service.about.slos.is_empty()) {
        let protected = |env: &EnvName| platform.policy.protects(env) || service.about.protected.contains(env);
        let envs = match env {
            None => environments(&service.deployed, &service.declared, protected),
            Some(env) => {
                let has = service.deployed.contains(env) || service.declared.contains(env);
                has.then(|| env.clone()).into_iter().collect()
            }
        };
        subjects.extend(envs.into_iter().map(|env| Subject {
            service: service.name.clone(),
            team: service.about.team.clone(),
            env,
            slos: service.about.slos.clone(),
        }));
    }
    let promising = wanted.iter().any(|service| !service.about.slos.is_empty());
    match env {
        Some(env) if promising && subjects.is_empty() => Err(no_such_environment(wanted, env)),
        _ => Ok(subjects),
    }
}

fn no_such_environment(wanted: &[&Known], env: &EnvName) -> Fault {
    let whose = match wanted {
        [one] => format!("`{}` has no environment `{env}`", one.name),
        _ => format!("none of these services has an environment `{env}`"),
    };
    let names = wanted.iter().flat_map(|it| it.deployed.iter().chain(&it.declared));
    let fault = Fault::usage("unknown-environment", whose);
    match nearest(env.as_str(), names.map(EnvName::as_str)) {
        Some(near) => fault.hint(format!("did you mean `{near}`?")),
        None => fault.hint("leave --env out to see where they are deployed"),
    }
}

/// Looks again and again, with the same work each time. On a terminal each look takes the place of the one before; in a
/// pipe they follow each other, as JSON one document a line. Ctrl-C ends it as it ends every program: 130.
fn watch(chosen: &Chosen, interval: Span, cx: &Cx) -> Result<Exit> {
    if interval < SHORTEST_INTERVAL {
        return Err(Fault::usage(
            "interval",
            format!("cannot look every {interval}: at least {SHORTEST_INTERVAL} apart"),
        )
        .hint("deliver reliability --watch --interval 1s"));
    }
    let clock = cx.world.clock();
    for turn in 0u64.. {
        let now = clock.now();
        let reliability = chosen.look(cx, now)?;
        cx.ui.print(&match cx.ui.json() {
            true => line(&reliability)?,
            false => block(&reliability, interval, now, turn, cx),
        })?;
        let next = clock.elapsed() + interval.duration();
        while clock.elapsed() < next {
            if cx.ui.closed() {
                return Ok(Exit::Ok);
            }
            clock.sleep(Duration::from_millis(50).min(next.saturating_sub(clock.elapsed())));
        }
    }
    Ok(Exit::Ok)
}

/// The JSON document on one line, its fields in the same order: strings hold no line breaks of their own in JSON.
fn line(reliability: &Reliability) -> Result<String> {
    let failed = |error| Fault::bug("cannot write the reliability document").because(error);
    let document = report::document(reliability).map_err(failed)?;
    Ok(document.lines().map(str::trim_start).collect::<String>() + "\n")
}

/// One look as text.
fn block(reliability: &Reliability, interval: Span, now: Timestamp, turn: u64, cx: &Cx) -> String {
    // The window may have been resized since the last look.
    let terminal = Terminal::detect(cx.world.environment(), cx.global.color);
    let look = Look {
        now,
        width: terminal.width,
        ..cx.ui.look()
    };
    let mut page = Page::new(look);
    if !look.terminal {
        reliability.render(&mut page);
        let gap = if turn > 0 { "\n" } else { "" };
        return format!("{gap}{}", page.into_text());
    }
    let at = now.to_zoned(jiff::tz::TimeZone::system()).strftime("%H:%M:%S");
    let words = format!("{at}, every {interval}, Ctrl-C ends it");
    page.line(look.style.secondary(words));
    page.gap();
    reliability.render(&mut page);
    in_place(&page.into_text(), turn, console::Term::stdout().size_checked())
}

/// Text that takes the place of what was on the screen, without a moment of emptiness between: each line is written over
/// the one that was there. What is below the window's last row would scroll, and is left out.
fn in_place(text: &str, turn: u64, size: Option<(u16, u16)>) -> String {
    let rows = size.map_or(usize::MAX, |(rows, _)| usize::from(rows).saturating_sub(1).max(2));
    let lines: Vec<&str> = text.lines().collect();
    let shown = if lines.len() > rows { rows - 1 } else { lines.len() };
    let start = if turn == 0 { "\x1b[2J\x1b[H" } else { "\x1b[H" };
    let mut out = String::from(start);
    for line in &lines[..shown] {
        out.push_str(line);
        out.push_str("\x1b[K\n");
    }
    if shown < lines.len() {
        let more = lines.len() - shown;
        out.push_str(&format!("{more} more lines; a taller window shows them\x1b[K\n"));
    }
    out.push_str("\x1b[J");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_takes_the_place_of_the_one_before_and_never_scrolls() {
        assert_eq!(
            in_place("a\nb\n", 0, Some((24, 80))),
            "\x1b[2J\x1b[Ha\x1b[K\nb\x1b[K\n\x1b[J"
        );
        assert_eq!(in_place("a\n", 1, None), "\x1b[Ha\x1b[K\n\x1b[J");
        assert_eq!(
            in_place("a\nb\nc\nd\n", 2, Some((4, 80))),
            "\x1b[Ha\x1b[K\nb\x1b[K\n2 more lines; a taller window shows them\x1b[K\n\x1b[J"
        );
    }
}
