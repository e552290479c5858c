//! What may stand in `platform.toml`, and in `teams/NAME.toml` beside it.

use crate::config::describe::{Form, Key, Map, Rule, Table};
use crate::config::rules;

/// The whole file.
pub static PLATFORM: Table = Table::new(
    "platform.toml",
    "What a company's services share: people, teams, tiers, policy and severities.",
    &[
        Key::new("platform", Form::Table(&ABOUT), "What the platform is."),
        Key::new("person", Form::Map(&PEOPLE), "Who works here."),
        Key::new(
            "team",
            Form::Map(&TEAMS),
            "Who owns services. A team may have a file of its own: `teams/NAME.toml`.",
        ),
        Key::new("tier", Form::Map(&TIERS), "What a service of each tier owes."),
        Key::new("policy", Form::Table(&POLICY), "What deployments must obey."),
        Key::new("severity", Form::Map(&SEVERITIES), "What `sev1` to `sev5` mean here."),
    ],
)
.instead(&[
    ("people", "write one `[person.NAME]` for each"),
    (
        "teams",
        "write one `[team.NAME]` for each, or one file `teams/NAME.toml` for each",
    ),
    ("tiers", "write `[tier.1]` to `[tier.4]`"),
    ("severities", "write `[severity.sev1]` to `[severity.sev5]`"),
    ("name", "write it under `[platform]`"),
]);

pub static ABOUT: Table = Table::new(
    "[platform]",
    "What the platform is.",
    &[
        Key::new("name", Form::Text, "The company's or the platform's name.").required("\"acme\""),
        Key::new("description", Form::Text, "A line about it."),
    ],
);

pub static PERSON: Table = Table::new(
    "[person.NAME]",
    "Somebody who works here; NAME is how others refer to them.",
    &[
        Key::new("name", Form::Text, "As people call them.").required("\"Ada Lovelace\""),
        Key::new("email", Form::Ruled(&rules::EMAIL), "Their address."),
        Key::new("chat", Form::Text, "Their handle in chat."),
        Key::new("phone", Form::Ruled(&PHONE), "Where they are called."),
        Key::new("time_zone", Form::Ruled(&rules::TIME_ZONE), "Where they live.").default("\"UTC\""),
    ],
);

/// Also what may stand in `teams/NAME.toml`.
pub static TEAM: Table = Table::new(
    "[team.NAME]",
    "People who own services together.",
    &[
        Key::new("description", Form::Text, "What they are there for."),
        Key::new(
            "contact",
            Form::Text,
            "Where to reach the whole team: a channel, an address, a URL.",
        ),
        Key::new(
            "members",
            Form::List(&Form::Ruled(&rules::NAME)),
            "Names of `[person.NAME]`.",
        ),
    ],
);

pub static TIER: Table = Table::new(
    "[tier.N]",
    "What a service of the tier owes.",
    &[
        Key::new(
            "level",
            Form::Choice(&["none", "bronze", "silver", "gold"]),
            "The readiness level that is required.",
        )
        .default("1 gold, 2 silver, 3 bronze, 4 none"),
        Key::new("description", Form::Text, "Which services belong here."),
    ],
);

pub static POLICY: Table = Table::new(
    "[policy]",
    "What deployments must obey.",
    &[
        Key::new(
            "dirty",
            DIRTY,
            "Where uncommitted changes may be deployed: nowhere, on this machine, everywhere.",
        )
        .default("\"local\""),
        Key::new(
            "budget",
            BUDGET,
            "What a spent error budget does to ordinary deploys; rollbacks and `--fixes` always pass.",
        )
        .default("\"warn\" in protected environments, \"ignore\" elsewhere"),
        Key::new(
            "environment",
            Form::Map(&ENVIRONMENTS),
            "What holds in single environments.",
        ),
    ],
);

pub static ENVIRONMENT: Table = Table::new(
    "[policy.environment.NAME]",
    "What holds in environments of this name, of every service.",
    &[
        Key::new("dirty", DIRTY, "Where uncommitted changes may be deployed.").default("that of `[policy]`"),
        Key::new("budget", BUDGET, "What a spent error budget does to ordinary deploys.").default("that of `[policy]`"),
        Key::new(
            "protected",
            Form::Flag,
            "Severe acts need the name typed, whatever the service says.",
        )
        .default("false"),
        Key::new(
            "readiness",
            Form::Flag,
            "Deployments need the readiness level that the service's tier owes.",
        )
        .default("true where the environment is protected"),
    ],
);

pub static SEVERITY: Table = Table::new(
    "[severity.sevN]",
    "What a severity means.",
    &[
        Key::new(
            "description",
            Form::Text,
            "What it takes for an incident to be this severe.",
        )
        .default("the usual meaning"),
        Key::new(
            "questions",
            Form::List(&Form::Text),
            "Questions whose yes makes it this severe; shown to whoever opens an incident.",
        )
        .default("the usual questions"),
    ],
);

const DIRTY: Form = Form::Choice(&["refuse", "local", "allow"]);

const BUDGET: Form = Form::Choice(&["refuse", "warn", "ignore"]);

static PHONE: Rule = Rule {
    expected: "a phone number with its country such as \"+49 30 1234567\"",
    pattern: Some("^\\+[0-9 ()-]{5,30}$"),
    check: |text| {
        let digits = text.chars().filter(char::is_ascii_digit).count();
        let plain = text
            .chars()
            .skip(1)
            .all(|c| c.is_ascii_digit() || matches!(c, ' ' | '(' | ')' | '-'));
        match text.starts_with('+') && plain && (5..=15).contains(&digits) {
            true => Ok(()),
            false => Err("this is not such a number".into()),
        }
    },
};

static PEOPLE: Map = Map {
    key: "NAME",
    rule: &rules::NAME,
    value: Form::Table(&PERSON),
};

static TEAMS: Map = Map {
    key: "NAME",
    rule: &rules::NAME,
    value: Form::Table(&TEAM),
};

static TIERS: Map = Map {
    key: "N",
    rule: &Rule {
        expected: "1, 2, 3 or 4",
        pattern: Some("^[1-4]$"),
        check: |text| match text {
            "1" | "2" | "3" | "4" => Ok(()),
            _ => Err("there are four tiers".into()),
        },
    },
    value: Form::Table(&TIER),
};

static SEVERITIES: Map = Map {
    key: "sevN",
    rule: &Rule {
        expected: "sev1, sev2, sev3, sev4 or sev5",
        pattern: Some("^sev[1-5]$"),
        check: |text| match text {
            "sev1" | "sev2" | "sev3" | "sev4" | "sev5" => Ok(()),
            _ => Err("there are five severities".into()),
        },
    },
    value: Form::Table(&SEVERITY),
};

static ENVIRONMENTS: Map = Map {
    key: "NAME",
    rule: &rules::NAME,
    value: Form::Table(&ENVIRONMENT),
};
