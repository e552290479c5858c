//! A rota: who takes turns at being called, as `rotas/NAME.toml` says it.
//!
//! Everything in it is wall-clock time of the rota's own zone; `crate::oncall` turns that into moments.

use jiff::Timestamp;
use jiff::civil::{DateTime, Time, Weekday};
use jiff::tz::TimeZone;

/// One file of `rotas/`.
#[derive(Clone, Debug, PartialEq)]
pub struct Rota {
    /// The file's name without `.toml`.
    pub name: String,
    /// The file as it is told to people.
    pub file: String,
    pub team: String,
    pub zone: TimeZone,
    /// When somebody has to be on call; always, where nothing is said.
    pub cover: Window,
    /// In the order of the file: a later layer covers an earlier one of the same role.
    pub layers: Vec<Layer>,
    /// In the order of the file: a later override covers an earlier one, and every one covers all layers.
    pub overrides: Vec<Override>,
}

/// People who take turns in one role.
#[derive(Clone, Debug, PartialEq)]
pub struct Layer {
    /// The line of the file.
    pub line: usize,
    pub role: String,
    /// In the order of their turns; never empty.
    pub people: Vec<String>,
    /// When the first turn of the first person begins. Every later handoff is counted from here.
    pub start: DateTime,
    /// When the layer ends, if it does.
    pub until: Option<DateTime>,
    pub every: Every,
    /// When the person whose turn it is is on call at all.
    pub window: Window,
}

/// How long a turn is, by the wall clock and the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Every {
    Hours(u16),
    Days(u16),
    /// From the day of the month that the layer starts on, or the month's last day where it has no such day.
    Months(u16),
}

/// Times of the day on days of the week.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// The days on which a stretch begins; all of them where nothing is said.
    pub days: Vec<Weekday>,
    /// From and to. The same twice is a whole day; an end before its start is on the next day.
    pub between: Option<(Time, Time)>,
}

/// Somebody else for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    /// The line of the file.
    pub line: usize,
    pub role: String,
    pub person: String,
    pub from: Timestamp,
    /// After `from`.
    pub to: Timestamp,
    pub reason: Option<String>,
}

impl Rota {
    /// The roles, in the order in which the layers first name them.
    pub fn roles(&self) -> Vec<&str> {
        let mut roles: Vec<&str> = Vec::new();
        for layer in &self.layers {
            if !roles.contains(&layer.role.as_str()) {
                roles.push(&layer.role);
            }
        }
        roles
    }

    /// The zone's name in the IANA database.
    pub fn zone_name(&self) -> &str {
        self.zone.iana_name().unwrap_or("UTC")
    }
}

impl Window {
    pub const ALWAYS: Window = Window {
        days: Vec::new(),
        between: None,
    };

    pub fn is_always(&self) -> bool {
        let every_day = self.days.is_empty() || self.days.len() == 7;
        let all_day = self.between.is_none_or(|(from, to)| from == to);
        every_day && all_day
    }
}

impl std::fmt::Display for Every {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Every::Hours(hours) => write!(f, "{hours}h"),
            Every::Days(days) if days % 7 == 0 => write!(f, "{}w", days / 7),
            Every::Days(days) => write!(f, "{days}d"),
            Every::Months(months) => write!(f, "{months}mo"),
        }
    }
}

impl std::str::FromStr for Every {
    type Err = String;

    /// `12h`, `1d`, `2w` or `1mo`; at most a year, as a longer turn is no rota.
    fn from_str(text: &str) -> Result<Self, String> {
        let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (number, unit) = text.split_at(digits);
        let number: u16 = number.parse().map_err(|_| "this is no length of a turn".to_owned())?;
        let (most, every) = match unit {
            "h" => (366 * 24, Every::Hours(number)),
            "d" => (366, Every::Days(number)),
            "w" => (52, Every::Days(number.saturating_mul(7))),
            "mo" => (12, Every::Months(number)),
            _ => return Err("units are h, d, w, mo".into()),
        };
        match number {
            0 => Err("this is no time at all".into()),
            number if number > most => Err("longer than a year".into()),
            _ => Ok(every),
        }
    }
}
