//! Who is on call: one function for a moment, a schedule, a check and a report, so that they cannot disagree.
//!
//! For each role the time asked for is claimed from the top down: by overrides, the last of the file first, then by layers,
//! the last of the file first. What nobody claims is a gap, and is a span like every other.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::turns::{Turn, turns};
use super::window::{self, stretches};
use crate::model::oncall::OnCall;
use crate::model::rota::{Layer, Override, Rota};
use crate::model::wall::{self, Peculiar};

/// A stretch of one role in which nothing changes. Half-open: `end` belongs to the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    pub start: Timestamp,
    pub end: Timestamp,
    pub role: String,
    /// `None`: nobody.
    pub person: Option<String>,
    pub source: Source,
    /// Why, the deciding reason first.
    pub reasons: Vec<String>,
}

/// What decided a span. Numbers are places in the lists of the rota.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    Override(usize),
    Layer(usize),
    /// Somebody should be on call.
    Gap,
    /// Nobody has to be on call: outside of `[cover]`.
    Uncovered,
    /// No layer of the role has begun yet.
    NotBegun,
}

impl Span {
    /// The span as others see it; `None` where nobody is on call.
    pub fn on_call(&self, rota: &Rota) -> Option<OnCall> {
        Some(OnCall {
            team: rota.team.clone(),
            rota: rota.name.clone(),
            role: self.role.clone(),
            person: self.person.clone()?,
            start: self.start,
            end: self.end,
            reasons: self.reasons.clone(),
        })
    }
}

/// Who is on call from `from` to `to`: for each role spans that follow each other without a hole, cut at both ends. By
/// role, then by time; nothing where `from` is not before `to`.
pub fn resolve(rota: &Rota, from: Timestamp, to: Timestamp) -> Vec<Span> {
    let mut spans = Vec::new();
    for role in rota.roles() {
        let claimants = claimants(rota, role);
        let pieces = pieces(rota, role, &claimants, from, to);
        spans.extend(pieces.iter().map(|piece| explained(rota, role, &claimants, piece)));
    }
    spans
}

/// The spans of one role of [`resolve`], without their reasons.
pub(super) fn decided(rota: &Rota, role: &str, from: Timestamp, to: Timestamp) -> Vec<Span> {
    let pieces = pieces(rota, role, &claimants(rota, role), from, to);
    pieces.iter().map(|piece| span(rota, role, piece, Vec::new())).collect()
}

/// How far is looked for the ends of a span, in days. Most turns end within the first, none is longer than a year; a gap
/// that is longer than the last has no end in sight.
const HORIZONS: [i64; 3] = [8, 64, 800];

/// Who is on call at a moment: for each role the span of [`resolve`] that holds it, not cut. A gap without an end in sight
/// begins at [`Timestamp::MIN`] or ends at [`Timestamp::MAX`].
pub fn who(rota: &Rota, at: Timestamp) -> Vec<Span> {
    let roles = rota.roles().into_iter();
    roles.filter_map(|role| who_in(rota, role, at)).collect()
}

fn who_in(rota: &Rota, role: &str, at: Timestamp) -> Option<Span> {
    let claimants = claimants(rota, role);
    let days = |days: i64| SignedDuration::from_hours(24 * days);
    let back = |by: i64| at.saturating_sub(days(by)).unwrap_or(Timestamp::MIN);
    let on = |by: i64| at.saturating_add(days(by)).unwrap_or(Timestamp::MAX);
    let (mut behind, mut ahead) = (HORIZONS.into_iter(), HORIZONS.into_iter());
    let (mut from, mut to) = (back(behind.next()?), on(ahead.next()?));
    loop {
        let pieces = pieces(rota, role, &claimants, from, to);
        let mut piece = pieces.into_iter().find(|piece| piece.start <= at && at < piece.end)?;
        let further = (piece.start == from).then(|| behind.next()).flatten().map(back);
        let later = (piece.end == to).then(|| ahead.next()).flatten().map(on);
        if further.is_none() && later.is_none() {
            piece.start = if piece.start == from {
                Timestamp::MIN
            } else {
                piece.start
            };
            piece.end = if piece.end == to { Timestamp::MAX } else { piece.end };
            return Some(explained(rota, role, &claimants, &piece));
        }
        (from, to) = (further.unwrap_or(from), later.unwrap_or(to));
    }
}

/// What may claim time in a role.
#[derive(Clone, Copy)]
enum Claimant<'a> {
    Override(usize, &'a Override),
    Layer(usize, &'a Layer),
}

/// A span before its reasons.
#[derive(Clone)]
struct Piece {
    start: Timestamp,
    end: Timestamp,
    source: Source,
    /// In a layer.
    turn: Option<Turn>,
}

/// The strongest first.
fn claimants<'a>(rota: &'a Rota, role: &str) -> Vec<Claimant<'a>> {
    let overrides = rota.overrides.iter().enumerate().rev();
    let layers = rota.layers.iter().enumerate().rev();
    let overrides = overrides.filter(|(_, it)| it.role == role);
    let layers = layers.filter(|(_, it)| it.role == role);
    overrides
        .map(|(place, it)| Claimant::Override(place, it))
        .chain(layers.map(|(place, it)| Claimant::Layer(place, it)))
        .collect()
}

/// The whole time from `from` to `to`, in order: what was claimed, and gaps.
fn pieces(rota: &Rota, role: &str, claimants: &[Claimant<'_>], from: Timestamp, to: Timestamp) -> Vec<Piece> {
    if from >= to {
        return Vec::new();
    }
    let mut free = vec![(from, to)];
    let mut pieces = Vec::new();
    for claimant in claimants {
        let wanted = claimant.wanted(&rota.zone, from, to);
        let mut left = Vec::new();
        for (start, end) in free {
            let mut at = start;
            let first = wanted.partition_point(|claim| claim.end <= start);
            for claim in wanted[first..].iter().take_while(|claim| claim.start < end) {
                let taken = Piece {
                    start: claim.start.max(start),
                    end: claim.end.min(end),
                    ..claim.clone()
                };
                left.extend((at < taken.start).then_some((at, taken.start)));
                at = taken.end;
                pieces.push(taken);
            }
            left.extend((at < end).then_some((at, end)));
        }
        free = left;
    }
    pieces.extend(free.into_iter().flat_map(|(start, end)| gaps(rota, role, start, end)));
    pieces.sort_by_key(|piece| piece.start);
    pieces
}

impl Claimant<'_> {
    /// What it would claim of the time from `from` to `to` if nothing were above it.
    fn wanted(&self, zone: &TimeZone, from: Timestamp, to: Timestamp) -> Vec<Piece> {
        match self {
            Claimant::Override(place, it) => {
                let piece = Piece {
                    start: it.from.max(from),
                    end: it.to.min(to),
                    source: Source::Override(*place),
                    turn: None,
                };
                Vec::from_iter((piece.start < piece.end).then_some(piece))
            }
            Claimant::Layer(place, layer) => {
                let open = stretches(&layer.window, zone, from, to);
                let mut wanted = Vec::new();
                for turn in turns(layer, zone, from, to) {
                    let first = open.partition_point(|(_, end)| *end <= turn.start);
                    let within = open[first..].iter().take_while(|(start, _)| *start < turn.end);
                    wanted.extend(within.map(|(start, end)| Piece {
                        start: turn.start.max(*start),
                        end: turn.end.min(*end),
                        source: Source::Layer(*place),
                        turn: Some(turn.clone()),
                    }));
                }
                wanted
            }
        }
    }
}

/// What nobody claims: by whether somebody should.
fn gaps(rota: &Rota, role: &str, start: Timestamp, end: Timestamp) -> Vec<Piece> {
    let piece = |start, end, source| Piece {
        start,
        end,
        source,
        turn: None,
    };
    let begins = begins(rota, role).clamp(start, end);
    let mut pieces = vec![piece(start, begins, Source::NotBegun)];
    let mut at = begins;
    for (from, to) in stretches(&rota.cover, &rota.zone, begins, end) {
        pieces.push(piece(at, from, Source::Uncovered));
        pieces.push(piece(from, to, Source::Gap));
        at = to;
    }
    pieces.push(piece(at, end, Source::Uncovered));
    pieces.retain(|piece| piece.start < piece.end);
    pieces
}

/// When the first layer of a role begins.
fn begins(rota: &Rota, role: &str) -> Timestamp {
    let of_role = rota.layers.iter().filter(|layer| layer.role == role);
    let starts = of_role.map(|layer| wall::first(&rota.zone, layer.start));
    starts.min().unwrap_or(Timestamp::MAX)
}

fn person<'a>(rota: &'a Rota, piece: &Piece) -> Option<&'a str> {
    match (piece.source, &piece.turn) {
        (Source::Override(place), _) => Some(&rota.overrides[place].person),
        (Source::Layer(place), Some(turn)) => Some(&rota.layers[place].people[turn.place]),
        _ => None,
    }
}

fn explained(rota: &Rota, role: &str, claimants: &[Claimant<'_>], piece: &Piece) -> Span {
    let mut reasons = match (piece.source, &piece.turn) {
        (Source::Override(place), _) => vec![of_override(rota, place)],
        (Source::Layer(place), Some(turn)) => of_layer(rota, place, turn),
        (Source::Gap, _) => why_nobody(rota, role, piece),
        (Source::Uncovered, _) => vec![format!(
            "nobody has to be on call: outside of [cover], {}",
            window::shown(&rota.cover)
        )],
        _ => vec![format!(
            "no layer of {role} begins before {}",
            shown(rota, begins(rota, role))
        )],
    };
    reasons.extend(instead_of(rota, role, claimants, piece));
    span(rota, role, piece, reasons)
}

fn span(rota: &Rota, role: &str, piece: &Piece, reasons: Vec<String>) -> Span {
    Span {
        start: piece.start,
        end: piece.end,
        role: role.to_owned(),
        person: person(rota, piece).map(str::to_owned),
        source: piece.source,
        reasons,
    }
}

fn of_override(rota: &Rota, place: usize) -> String {
    let it = &rota.overrides[place];
    let because = it
        .reason
        .as_ref()
        .map(|reason| format!(": {reason}"))
        .unwrap_or_default();
    format!(
        "override ({}:{}): {} from {} to {}{because}",
        rota.file,
        it.line,
        it.person,
        shown(rota, it.from),
        shown(rota, it.to)
    )
}

fn of_layer(rota: &Rota, place: usize, turn: &Turn) -> Vec<String> {
    let layer = &rota.layers[place];
    let mut reasons = vec![format!(
        "layer ({}:{}): {} has turn {} of {}, every {} from {} to {}",
        rota.file,
        layer.line,
        layer.people[turn.place],
        turn.place + 1,
        layer.people.len(),
        layer.every,
        shown(rota, turn.start),
        shown(rota, turn.end)
    )];
    if !layer.window.is_always() {
        reasons.push(format!("on call only {}", window::shown(&layer.window)));
    }
    let handoffs = [turn.from, turn.to].into_iter();
    reasons.extend(handoffs.filter_map(|at| peculiarity(rota, at)));
    reasons
}

/// What the clock does at a handoff, where that needs saying.
fn peculiarity(rota: &Rota, at: DateTime) -> Option<String> {
    let told = at.strftime("%Y-%m-%d %H:%M");
    Some(match wall::peculiar(&rota.zone, at)? {
        Peculiar::Twice => format!(
            "{told} comes twice in {}: the first one is the handoff",
            rota.zone_name()
        ),
        Peculiar::Skipped => {
            let jump = shown(rota, wall::first(&rota.zone, at));
            format!("{told} is skipped in {}: the handoff is at {jump}", rota.zone_name())
        }
    })
}

fn why_nobody(rota: &Rota, role: &str, piece: &Piece) -> Vec<String> {
    let layers = rota.layers.iter().filter(|layer| layer.role == role);
    let reasons = layers.map(|layer| {
        let head = format!("layer ({}:{})", rota.file, layer.line);
        let ended = layer.until.map(|until| wall::first(&rota.zone, until));
        let begins = wall::first(&rota.zone, layer.start);
        match ended.filter(|ended| *ended <= piece.start) {
            Some(ended) => format!("{head} ended at {}", shown(rota, ended)),
            None if begins >= piece.end => format!("{head} begins at {}", shown(rota, begins)),
            None => format!("{head} has somebody on call only {}", window::shown(&layer.window)),
        }
    });
    [format!("nobody is on call as {role}")]
        .into_iter()
        .chain(reasons)
        .collect()
}

/// More names than these are not listed.
const NAMED: usize = 3;

/// Who would be on call if what decided were not there; nothing where that is nobody, or the same person.
fn instead_of(rota: &Rota, role: &str, claimants: &[Claimant<'_>], piece: &Piece) -> Option<String> {
    let decided = claimants.iter().position(|claimant| match claimant {
        Claimant::Override(place, _) => piece.source == Source::Override(*place),
        Claimant::Layer(place, _) => piece.source == Source::Layer(*place),
    })?;
    let below = pieces(rota, role, &claimants[decided + 1..], piece.start, piece.end);
    let mut names: Vec<&str> = below
        .iter()
        .map(|piece| person(rota, piece).unwrap_or("nobody"))
        .collect();
    names.dedup();
    if names == ["nobody"] || names == [person(rota, piece)?] {
        return None;
    }
    let more = names.len().saturating_sub(NAMED);
    names.truncate(NAMED);
    let rest = if more > 0 {
        format!(", then {more} more")
    } else {
        String::new()
    };
    Some(format!("instead of {}{rest}", names.join(", then ")))
}

/// A moment by the rota's wall clock.
fn shown(rota: &Rota, at: Timestamp) -> String {
    at.to_zoned(rota.zone.clone())
        .strftime("%a %Y-%m-%d %H:%M %Z")
        .to_string()
}

#[cfg(test)]
mod tests;
