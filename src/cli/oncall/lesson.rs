//! What a person sees where there are no rotas: how to write the first one.

use jiff::Timestamp;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;

use crate::cli::Cx;
use crate::cli::page::Page;
use crate::config::platform::Platform;
use crate::config::rota::FOLDER;
use crate::config::shown_path;

/// A sentence, and something to paste.
#[derive(Debug)]
pub(super) struct Lesson {
    sentence: String,
    paste: String,
}

impl Lesson {
    /// The first rota, with the team and the people that the platform has.
    pub fn of(platform: &Platform, team: Option<&str>, now: Timestamp) -> Lesson {
        let Some(folder) = &platform.folder else {
            return Lesson {
                sentence: "No rotas: there is no platform.toml here or above. Start one with:".into(),
                paste: "  deliver platform init".into(),
            };
        };
        let first = platform.teams.keys().next().map(String::as_str);
        let team = team.or(first).unwrap_or("checkout");
        let path = shown_path(&folder.join(FOLDER).join(format!("{team}.toml")));
        Lesson {
            sentence: format!("No rotas yet. Paste this into {path}, then: deliver oncall check"),
            paste: file(team, &people(platform, team), zone(platform, team), now),
        }
    }

    /// The story of an empty answer, for whoever does not see the page.
    pub fn note(lesson: Option<&Lesson>, cx: &Cx) {
        if lesson.is_some() && (!cx.ui.look().terminal || cx.ui.json()) {
            cx.ui
                .note("no rota says who is on call; deliver oncall who on a terminal shows how to write one");
        }
    }

    /// For people only: a program finds an empty list.
    pub fn tell(&self, page: &mut Page) {
        if page.terminal() {
            page.hanging("", &self.sentence);
            page.gap();
            page.line(&self.paste);
        }
    }
}

/// The team's members, else everybody, else two names to replace.
fn people(platform: &Platform, team: &str) -> Vec<String> {
    let members = platform
        .teams
        .get(team)
        .map(|team| team.members.clone())
        .unwrap_or_default();
    let everybody: Vec<String> = platform.people.keys().cloned().collect();
    let made_up = ["ada", "bo"].map(str::to_owned).to_vec();
    let lists = [members, everybody, made_up];
    lists.into_iter().find(|names| !names.is_empty()).unwrap_or_default()
}

/// Where the first of them lives.
fn zone<'a>(platform: &'a Platform, team: &str) -> &'a str {
    let first = people(platform, team).into_iter().next();
    let known = first.and_then(|name| platform.people.get(&name));
    known.map_or("UTC", |person| &person.time_zone)
}

fn file(team: &str, people: &[String], zone: &str, now: Timestamp) -> String {
    let today = TimeZone::UTC.to_datetime(now).date();
    let tomorrow = today.tomorrow().unwrap_or(today);
    // The last Monday, so that the file works at once.
    let monday = tomorrow.nth_weekday(-1, Weekday::Monday).unwrap_or(today);
    let names: Vec<String> = people.iter().map(|name| format!("{name:?}")).collect();
    let stand_in = names.last().map(String::as_str).unwrap_or_default();
    format!(
        "team = \"{team}\"\n\
         time_zone = \"{zone}\"\n\n\
         # Turns of a week, handed over on Mondays at 09:00.\n\
         [[layer]]\n\
         role = \"primary\"\n\
         people = [{}]\n\
         start = \"{monday}\"\n\
         handoff = \"09:00\"\n\
         every = \"1w\"\n\n\
         # Somebody else for a while:\n\
         # [[override]]\n\
         # person = {stand_in}\n\
         # from = \"{today} 18:00\"\n\
         # to = \"{tomorrow} 09:00\"",
        names.join(", "),
    )
}
