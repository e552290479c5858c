//! `deliver oncall`: who is called, as the rotas of the platform say.
//!
//! It reads files only, so that it answers where the store is what is broken.

mod lesson;
mod moment;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use self::lesson::Lesson;
use self::moment::Moment;
use super::page::{Column, Page, Table, relative};
use super::report::Report;
use super::{Cx, Exit};
use crate::config::manifest::Manifest;
use crate::config::nearest::nearest;
use crate::config::platform::{Person, Platform};
use crate::config::rota::Rotas;
use crate::fault::{Fault, Kind, Result};
use crate::model::oncall::OnCall;
use crate::model::rota::Rota;
use crate::oncall::{self, Finding, Load, Severity, Source, Span};

/// Show who is on call, now or later, and check that somebody is
///
/// Rotas are files beside `platform.toml`: `rotas/NAME.toml` says who of a team takes turns. Only files are read: it
/// answers without a store, and for one team while the file of another is broken.
#[derive(Debug, clap::Args)]
#[command(before_help = "\
Examples:
  $ deliver oncall who
  $ deliver oncall schedule --days 28
  $ deliver oncall check --weeks 52")]
pub struct OncallArgs {
    #[command(subcommand)]
    command: OncallCommand,
}

#[derive(Debug, clap::Subcommand)]
enum OncallCommand {
    Who(WhoArgs),
    Schedule(ScheduleArgs),
    Check(CheckArgs),
}

/// Show who is on call, now or at a moment
#[derive(Debug, clap::Args)]
#[command(before_help = "\
Examples:
  $ deliver oncall who
  $ deliver oncall who --team checkout --explain
  $ deliver oncall who --at \"2027-03-28 02:30 Europe/Paris\" --json")]
struct WhoArgs {
    #[command(flatten)]
    which: Which,

    /// At another moment: 2027-03-28T02:30 (by this machine's clock), with an offset or a zone after it, or +2h from now
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    at: Option<Moment>,

    /// Say why: the layer, its turn, overrides, and what the clock does
    #[arg(long)]
    explain: bool,
}

/// Show who takes which turn
#[derive(Debug, clap::Args)]
#[command(before_help = "\
Examples:
  $ deliver oncall schedule
  $ deliver oncall schedule --rota checkout --from 2026-06-01 --days 28")]
struct ScheduleArgs {
    #[command(flatten)]
    which: Which,

    /// Where it begins, written as for `who --at` [default: now]
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    from: Option<Moment>,

    /// How many days it shows
    #[arg(long, value_name = "N", default_value_t = 14, value_parser = clap::value_parser!(u32).range(1..=1100))]
    days: u32,
}

/// Prove the rotas of the weeks to come; exits 3 on a gap
///
/// Gaps, people whom the platform does not know or cannot reach, and overrides that change nothing are errors. One person
/// in two places at once is a warning. Who carries how much is shown, with nights and weekends by their own clock.
#[derive(Debug, clap::Args)]
#[command(before_help = "\
Examples:
  $ deliver oncall check
  $ deliver oncall check --weeks 8 --rota checkout --json")]
struct CheckArgs {
    #[command(flatten)]
    which: Which,

    /// How far ahead, from now
    #[arg(long, value_name = "N", default_value_t = 52, value_parser = clap::value_parser!(u32).range(1..=260))]
    weeks: u32,
}

#[derive(Debug, clap::Args)]
struct Which {
    /// Only the rotas of this team
    #[arg(long, value_name = "NAME")]
    team: Option<String>,

    /// Only this rota
    #[arg(long, value_name = "NAME")]
    rota: Option<String>,
}

pub fn run(args: &OncallArgs, cx: &mut Cx) -> Result<Exit> {
    match &args.command {
        OncallCommand::Who(args) => who(args, cx),
        OncallCommand::Schedule(args) => schedule(args, cx),
        OncallCommand::Check(args) => check(args, cx),
    }
}

/// Who is on call for a team now, `primary` and whatever else its rotas name first. Never in the way of whoever asks: what
/// cannot be found out becomes a warning.
pub fn oncall_now(cx: &Cx, team: &str) -> Vec<OnCall> {
    let rotas = cx.world.platform().and_then(|platform| Rotas::load(&platform));
    let rotas = match rotas {
        Ok(rotas) => rotas,
        Err(fault) => {
            cx.ui
                .warn(format!("who is on call is not known: {fault}; deliver oncall who"));
            return Vec::new();
        }
    };
    warn_of_broken(cx, &rotas);
    let now = now(cx);
    let of_team = rotas.rotas.iter().filter(|rota| rota.team == team);
    of_team
        .flat_map(|rota| {
            let spans = oncall::who(rota, now).into_iter();
            spans.filter_map(|span| span.on_call(rota))
        })
        .collect()
}

/// Turns begin at full minutes: what is below a second would only be noise.
fn now(cx: &Cx) -> Timestamp {
    let now = cx.world.clock().now();
    Timestamp::from_second(now.as_second()).unwrap_or(now)
}

fn warn_of_broken(cx: &Cx, rotas: &Rotas) {
    for broken in &rotas.broken {
        let count = match broken.problems.len() {
            1 => "1 problem".to_owned(),
            count => format!("{count} problems"),
        };
        cx.ui.warn(format!(
            "{} cannot be used ({count}): nobody in it is shown; deliver platform check tells more",
            broken.file
        ));
    }
}

/// The rotas that were asked for, with their platform.
struct Asked {
    platform: Platform,
    rotas: Vec<Rota>,
    /// Files that are left out because they cannot be used.
    broken: Vec<String>,
}

impl Asked {
    /// A broken file is a fault where it was asked for by name, or where `strict`; otherwise a warning.
    fn of(which: &Which, cx: &Cx, strict: bool) -> Result<Asked> {
        let platform = cx.world.platform()?;
        let rotas = Rotas::load(&platform)?;
        let named = |name: &str| which.rota.as_deref() == Some(name);
        let fatal = strict || rotas.broken.iter().any(|broken| named(&broken.name));
        if let Some(fault) = rotas.fault().filter(|_| fatal) {
            return Err(fault);
        }
        known(which, &platform, &rotas)?;
        let wanted = |rota: &Rota| {
            let of_team = which.team.as_ref().is_none_or(|team| *team == rota.team);
            of_team && which.rota.as_ref().is_none_or(|name| *name == rota.name)
        };
        warn_of_broken(cx, &rotas);
        Ok(Asked {
            rotas: rotas.rotas.into_iter().filter(wanted).collect(),
            broken: rotas.broken.into_iter().map(|broken| broken.file).collect(),
            platform,
        })
    }
}

/// A team or a rota that nobody has heard of is a slip of the finger.
fn known(which: &Which, platform: &Platform, rotas: &Rotas) -> Result<()> {
    let teams = rotas.rotas.iter().map(|rota| rota.team.as_str());
    let teams: Vec<&str> = teams.chain(platform.teams.keys().map(String::as_str)).collect();
    if let Some(team) = which.team.as_deref().filter(|team| !teams.contains(team)) {
        let message = format!(
            "no rota and no `[team.{0}]` of the platform has the team `{0}`",
            team.escape_debug()
        );
        let near = nearest(team, teams).map(|near| format!("deliver oncall who --team {near}"));
        return Err(Fault::usage("unknown-team", message).hint(near.unwrap_or_else(|| "deliver platform show".into())));
    }
    let names: Vec<&str> = rotas.rotas.iter().map(|rota| rota.name.as_str()).collect();
    if let Some(name) = which.rota.as_deref().filter(|name| !names.contains(name)) {
        let message = format!("there is no rota `{}`", name.escape_debug());
        let near = nearest(name, names).map(|near| format!("deliver oncall who --rota {near}"));
        return Err(Fault::usage("unknown-rota", message).hint(near.unwrap_or_else(|| "deliver oncall who".into())));
    }
    Ok(())
}

/// `deliver/oncall/v1`.
#[derive(Debug, schemars::JsonSchema, Serialize)]
pub struct Who {
    at: Timestamp,
    entries: Vec<Entry>,
    gaps: Vec<Gap>,
    /// Files of rotas that cannot be used, so that nobody in them is shown.
    broken: Vec<String>,
    #[serde(skip)]
    explain: bool,
    /// What to show where there are no rotas at all.
    #[serde(skip)]
    lesson: Option<Lesson>,
}

/// Somebody on call, with how to reach them.
#[derive(Debug, schemars::JsonSchema, Serialize)]
struct Entry {
    #[serde(flatten)]
    on_call: OnCall,
    /// As people call them; null for somebody the platform does not know.
    name: Option<String>,
    phone: Option<String>,
    chat: Option<String>,
    email: Option<String>,
    #[serde(skip)]
    zone: TimeZone,
}

/// A role without anybody.
#[derive(Debug, schemars::JsonSchema, Serialize)]
struct Gap {
    team: String,
    rota: String,
    role: String,
    /// Null: it always was so.
    start: Option<Timestamp>,
    /// Null: no end in sight.
    end: Option<Timestamp>,
    kind: GapKind,
    reasons: Vec<String>,
    #[serde(skip)]
    zone: TimeZone,
}

/// Whether somebody is missed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, schemars::JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
enum GapKind {
    /// Somebody should be on call.
    Gap,
    /// Nobody has to be.
    Uncovered,
    /// The rota begins later.
    NotBegun,
}

impl GapKind {
    fn of(source: Source) -> Option<GapKind> {
        match source {
            Source::Gap => Some(GapKind::Gap),
            Source::Uncovered => Some(GapKind::Uncovered),
            Source::NotBegun => Some(GapKind::NotBegun),
            Source::Override(_) | Source::Layer(_) => None,
        }
    }
}

fn who(args: &WhoArgs, cx: &Cx) -> Result<Exit> {
    let now = now(cx);
    let at = args.at.as_ref().map_or(Ok(now), |at| at.moment(now))?;
    let mut asked = Asked::of(&args.which, cx, false)?;
    let own = own_team(cx);
    asked.rotas.sort_by_key(|rota| Some(&rota.team) != own.as_ref());
    let mut report = Who {
        at,
        entries: Vec::new(),
        gaps: Vec::new(),
        broken: asked.broken,
        explain: args.explain,
        lesson: None,
    };
    for rota in &asked.rotas {
        for span in oncall::who(rota, at) {
            match span.on_call(rota) {
                Some(on_call) => report.entries.push(entry(on_call, rota, &asked.platform)),
                None => report.gaps.extend(gap(rota, span)),
            }
        }
    }
    if asked.rotas.is_empty() && report.broken.is_empty() {
        report.lesson = Some(Lesson::of(
            &asked.platform,
            args.which.team.as_deref().or(own.as_deref()),
            now,
        ));
    }
    cx.ui.answer(&report)?;
    Lesson::note(report.lesson.as_ref(), cx);
    Ok(Exit::Ok)
}

/// The team of the service that the person is in, as far as its manifest can be read.
fn own_team(cx: &Cx) -> Option<String> {
    let manifest = Manifest::load(&cx.world.manifest_path().ok()?).ok()?;
    manifest.service.team
}

fn entry(on_call: OnCall, rota: &Rota, platform: &Platform) -> Entry {
    let person: Option<&Person> = platform.people.get(&on_call.person);
    Entry {
        name: person.map(|person| person.name.clone()),
        phone: person.and_then(|person| person.phone.clone()),
        chat: person.and_then(|person| person.chat.clone()),
        email: person.and_then(|person| person.email.clone()),
        zone: rota.zone.clone(),
        on_call,
    }
}

fn gap(rota: &Rota, span: Span) -> Option<Gap> {
    Some(Gap {
        kind: GapKind::of(span.source)?,
        team: rota.team.clone(),
        rota: rota.name.clone(),
        role: span.role,
        start: Some(span.start).filter(|start| *start > Timestamp::MIN),
        end: Some(span.end).filter(|end| *end < Timestamp::MAX),
        reasons: span.reasons,
        zone: rota.zone.clone(),
    })
}

impl Report for Who {
    const SCHEMA: &'static str = "oncall";

    fn render(&self, page: &mut Page) {
        if let Some(lesson) = &self.lesson {
            lesson.tell(page);
        }
        if self.explain && page.terminal() {
            return self.explained(page);
        }
        let mut table = Table::new([
            Column::new("TEAM"),
            Column::new("ROTA").priority(3),
            Column::new("ROLE"),
            Column::new("WHO").prose(),
            Column::new("UNTIL"),
            Column::new("REACH").prose().priority(1),
        ]);
        for entry in &self.entries {
            let on_call = &entry.on_call;
            table.row([
                on_call.team.clone(),
                on_call.rota.clone(),
                on_call.role.clone(),
                entry.who(page),
                page.when(on_call.end),
                entry.reach(),
            ]);
        }
        for gap in &self.gaps {
            table.row([
                gap.team.clone(),
                gap.rota.clone(),
                gap.role.clone(),
                gap.nobody(page),
                gap.end
                    .map_or_else(|| "no end in sight".to_owned(), |end| page.when(end)),
                String::new(),
            ]);
        }
        if !table.is_empty() {
            page.table(&table);
        }
        if self.explain {
            let entries = self
                .entries
                .iter()
                .map(|it| (&it.on_call.rota, &it.on_call.role, &it.on_call.reasons));
            let gaps = self.gaps.iter().map(|it| (&it.rota, &it.role, &it.reasons));
            for (rota, role, reasons) in entries.chain(gaps) {
                reasons
                    .iter()
                    .for_each(|reason| page.cells(["why", rota, role, reason]));
            }
        }
    }
}

impl Who {
    fn explained(&self, page: &mut Page) {
        for entry in &self.entries {
            let on_call = &entry.on_call;
            let until = format!("until {}", exactly(on_call.end, &entry.zone, page));
            title(page, &on_call.rota, &on_call.role, &entry.who(page), &until);
            if !entry.reach().is_empty() {
                page.line(format!("  {}", entry.reach()));
            }
            on_call.reasons.iter().for_each(|reason| page.hanging("  ", reason));
        }
        for gap in &self.gaps {
            let until = match gap.end {
                Some(end) => format!("until {}", exactly(end, &gap.zone, page)),
                None => "no end in sight".into(),
            };
            title(page, &gap.rota, &gap.role, &gap.nobody(page), &until);
            gap.reasons.iter().for_each(|reason| page.hanging("  ", reason));
        }
    }
}

fn title(page: &mut Page, rota: &str, role: &str, who: &str, until: &str) {
    let style = page.style();
    page.gap();
    page.line(format!("{} {role}  {who} {until}", style.subject(rota)));
}

/// By the rota's own clock, and how far away it is.
fn exactly(at: Timestamp, zone: &TimeZone, page: &Page) -> String {
    let told = at.to_zoned(zone.clone()).strftime("%a %Y-%m-%d %H:%M %Z").to_string();
    match relative(at, page.now()) {
        near if near.starts_with("in ") || near.ends_with(" ago") => format!("{told} ({near})"),
        _ => told,
    }
}

impl Entry {
    /// `ada (Ada Lovelace)` on a terminal, the bare handle in a pipe.
    fn who(&self, page: &Page) -> String {
        let person = &self.on_call.person;
        match &self.name {
            _ if !page.terminal() => person.clone(),
            Some(name) if name != person => format!("{} ({name})", page.style().subject(person)),
            Some(_) => page.style().subject(person),
            None => format!(
                "{} ({})",
                page.style().subject(person),
                page.style().attention("unknown")
            ),
        }
    }

    fn reach(&self) -> String {
        let ways = [&self.phone, &self.chat, &self.email].into_iter().flatten();
        ways.cloned().collect::<Vec<_>>().join("  ")
    }
}

impl Gap {
    fn nobody(&self, page: &Page) -> String {
        match self.kind {
            GapKind::Gap => page.style().bad("nobody"),
            GapKind::Uncovered => format!("nobody, as {} says", page.style().secondary("[cover]")),
            GapKind::NotBegun => "nobody yet".into(),
        }
    }
}

/// `deliver/oncall-schedule/v1`.
#[derive(Debug, schemars::JsonSchema, Serialize)]
pub struct Schedule {
    from: Timestamp,
    to: Timestamp,
    /// By rota, role and time; those of one role follow each other without a hole.
    shifts: Vec<Shift>,
    /// Files of rotas that cannot be used.
    broken: Vec<String>,
    #[serde(skip)]
    zones: Vec<(String, TimeZone)>,
    #[serde(skip)]
    lesson: Option<Lesson>,
}

/// A stretch of one role.
#[derive(Debug, schemars::JsonSchema, Serialize)]
struct Shift {
    team: String,
    rota: String,
    role: String,
    /// Null: nobody.
    person: Option<String>,
    start: Timestamp,
    end: Timestamp,
    /// Null: somebody is on call.
    gap: Option<GapKind>,
    /// An override decided it.
    r#override: bool,
    reasons: Vec<String>,
}

fn schedule(args: &ScheduleArgs, cx: &Cx) -> Result<Exit> {
    let now = now(cx);
    let from = args.from.as_ref().map_or(Ok(now), |from| from.moment(now))?;
    let length = SignedDuration::from_hours(24 * i64::from(args.days));
    let to = from.saturating_add(length).unwrap_or(Timestamp::MAX);
    let asked = Asked::of(&args.which, cx, false)?;
    let empty = asked.rotas.is_empty() && asked.broken.is_empty();
    let report = Schedule {
        from,
        to,
        shifts: asked.rotas.iter().flat_map(|rota| shifts(rota, from, to)).collect(),
        zones: asked
            .rotas
            .iter()
            .map(|rota| (rota.name.clone(), rota.zone.clone()))
            .collect(),
        lesson: empty.then(|| Lesson::of(&asked.platform, args.which.team.as_deref(), now)),
        broken: asked.broken,
    };
    cx.ui.answer(&report)?;
    Lesson::note(report.lesson.as_ref(), cx);
    Ok(Exit::Ok)
}

fn shifts(rota: &Rota, from: Timestamp, to: Timestamp) -> impl Iterator<Item = Shift> {
    oncall::resolve(rota, from, to).into_iter().map(|span| Shift {
        team: rota.team.clone(),
        rota: rota.name.clone(),
        role: span.role,
        person: span.person,
        start: span.start,
        end: span.end,
        gap: GapKind::of(span.source),
        r#override: matches!(span.source, Source::Override(_)),
        reasons: span.reasons,
    })
}

impl Report for Schedule {
    const SCHEMA: &'static str = "oncall-schedule";

    fn render(&self, page: &mut Page) {
        if !page.terminal() {
            for it in &self.shifts {
                let who = it.person.as_deref().unwrap_or("-");
                let (start, end) = (it.start.to_string(), it.end.to_string());
                page.cells([&it.team, &it.rota, &it.role, who, &start, &end, &it.note()]);
            }
            return;
        }
        if let Some(lesson) = &self.lesson {
            lesson.tell(page);
        }
        for (rota, zone) in &self.zones {
            page.gap();
            let name = zone.iana_name().unwrap_or("UTC");
            let days = [self.from, self.to].map(|at| zone.to_datetime(at).date());
            let about = format!("{} to {}, by the clock of {name}", days[0], days[1]);
            page.line(format!(
                "{}  {}",
                page.style().subject(rota),
                page.style().secondary(about)
            ));
            let mut table = Table::new([
                Column::new("FROM"),
                Column::new("TO"),
                Column::new("ROLE"),
                Column::new("WHO"),
                Column::new("NOTE").prose(),
            ]);
            let shown = self
                .shifts
                .iter()
                .filter(|it| it.rota == *rota && it.gap != Some(GapKind::Uncovered));
            let mut shown: Vec<&Shift> = shown.collect();
            shown.sort_by_key(|it| it.start);
            for it in shown {
                table.row([
                    clock(it.start, zone),
                    clock(it.end, zone),
                    it.role.clone(),
                    it.who(page),
                    it.note(),
                ]);
            }
            page.table(&table);
        }
    }
}

impl Shift {
    fn who(&self, page: &Page) -> String {
        match (&self.person, self.gap) {
            (Some(person), _) => person.clone(),
            (None, Some(GapKind::NotBegun)) => "nobody yet".into(),
            (None, _) => page.style().bad("nobody"),
        }
    }

    /// What is out of the ordinary.
    fn note(&self) -> String {
        match self.gap {
            Some(GapKind::Gap) => return "gap".into(),
            Some(GapKind::Uncovered) => return "uncovered".into(),
            Some(GapKind::NotBegun) => return "not begun".into(),
            None => {}
        }
        let instead = self
            .reasons
            .iter()
            .find_map(|reason| reason.strip_prefix("instead of "));
        match (self.r#override, instead) {
            (false, _) => String::new(),
            (true, None) => "override".into(),
            (true, Some(instead)) => format!("override for {instead}"),
        }
    }
}

/// `Mon 02 Mar 09:00` by a wall clock.
fn clock(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%a %d %b %H:%M").to_string()
}

/// `deliver/oncall-check/v1`.
#[derive(Debug, schemars::JsonSchema, Serialize)]
pub struct Check {
    from: Timestamp,
    to: Timestamp,
    /// How many rotas were checked.
    rotas: usize,
    /// There is no error.
    sound: bool,
    /// Errors first, then warnings, then notes.
    findings: Vec<Finding>,
    /// Who carries how much, by rota and role.
    load: Vec<Load>,
    #[serde(skip)]
    lesson: Option<Lesson>,
}

fn check(args: &CheckArgs, cx: &Cx) -> Result<Exit> {
    let now = now(cx);
    let length = SignedDuration::from_hours(24 * 7 * i64::from(args.weeks));
    let to = now.saturating_add(length).unwrap_or(Timestamp::MAX);
    let asked = Asked::of(&args.which, cx, true)?;
    let mut checked = oncall::check(&asked.rotas, &asked.platform, now, to);
    if args.which.team.is_some() || args.which.rota.is_some() {
        // The others were not looked at.
        checked.findings.retain(|finding| finding.id != "no_rota");
    }
    if asked.rotas.is_empty() {
        checked.findings.insert(0, nobody(args.which.team.as_deref()));
    }
    let report = Check {
        from: now,
        to,
        rotas: asked.rotas.len(),
        sound: checked
            .findings
            .iter()
            .all(|finding| finding.severity != Severity::Error),
        findings: checked.findings,
        load: checked.load,
        lesson: asked
            .rotas
            .is_empty()
            .then(|| Lesson::of(&asked.platform, args.which.team.as_deref(), now)),
    };
    cx.ui.answer(&report)?;
    Lesson::note(report.lesson.as_ref(), cx);
    Ok(match report.sound {
        true => Exit::Ok,
        false => Exit::Kind(Kind::Negative),
    })
}

/// Without any rota every page is lost, which a pipeline that checks rotas has to hear.
fn nobody(team: Option<&str>) -> Finding {
    let whose = team.map(|team| format!(" of {team}")).unwrap_or_default();
    Finding {
        id: "no_rota",
        severity: Severity::Error,
        team: team.unwrap_or_default().to_owned(),
        rota: None,
        role: None,
        person: None,
        start: None,
        end: None,
        count: 1,
        message: format!("no rota says who{whose} is on call: nobody can be paged"),
        fix: "deliver oncall who".into(),
    }
}

impl Report for Check {
    const SCHEMA: &'static str = "oncall-check";

    fn render(&self, page: &mut Page) {
        if let Some(lesson) = self.lesson.as_ref().filter(|_| page.terminal()) {
            return lesson.tell(page);
        }
        let style = page.style();
        for finding in &self.findings {
            let (mark, word) = match finding.severity {
                Severity::Error => (style.cross(), "error"),
                Severity::Warning => (style.bang(), "warning"),
                Severity::Note => (style.dash(), "note"),
            };
            let times = if finding.count > 1 {
                format!(" (×{})", finding.count)
            } else {
                String::new()
            };
            match page.terminal() {
                true => {
                    page.hanging(
                        &format!("{} ", style.in_column(&mark)),
                        &format!("{}{times}", finding.message),
                    );
                    page.hanging(&format!("{}   ", style.in_column("")), &style.secondary(&finding.fix));
                }
                false => page.cells([word, finding.id, &finding.message, &finding.fix]),
            }
        }
        if page.terminal() {
            page.gap();
            self.carried(page);
            page.gap();
            let errors = self.findings.iter().filter(|it| it.severity == Severity::Error).count();
            let rotas = if self.rotas == 1 {
                "1 rota".to_owned()
            } else {
                format!("{} rotas", self.rotas)
            };
            let until = self.to.strftime("%Y-%m-%d");
            page.line(match errors {
                0 => format!("{} {rotas} sound until {until}", style.tick()),
                1 => format!("{} 1 error in {rotas} until {until}", style.cross()),
                errors => format!("{} {errors} errors in {rotas} until {until}", style.cross()),
            });
        }
    }
}

impl Check {
    fn carried(&self, page: &mut Page) {
        let mut table = Table::new([
            Column::new("ROTA"),
            Column::new("ROLE"),
            Column::new("WHO"),
            Column::new("HOURS").right(),
            Column::new("NIGHTS").right(),
            Column::new("WEEKENDS").right(),
            Column::new("OF MEAN").right(),
        ]);
        for load in &self.load {
            table.row([
                load.rota.clone(),
                load.role.clone(),
                load.person.clone(),
                format!("{:.0}", load.hours),
                format!("{:.0}", load.night_hours),
                format!("{:.0}", load.weekend_hours),
                format!("{} %", load.of_mean),
            ]);
        }
        if !table.is_empty() {
            page.table(&table);
        }
    }
}
