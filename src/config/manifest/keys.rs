//! What may stand in `deliver.toml`.

use crate::config::describe::{Form, Key, Map, Table};
use crate::config::rules;

/// The whole file.
pub static MANIFEST: Table = Table::new(
    "deliver.toml",
    "One service: who owns it, how it is built, what runs, and where.",
    &[
        Key::new("service", Form::Table(&SERVICE), "What the service is and who owns it."),
        Key::new("build", Form::Table(&BUILD), "How the artifact is made."),
        Key::new("run", Form::Table(&RUN), "What runs, in every environment."),
        Key::new(
            "process",
            Form::Map(&PROCESSES),
            "Further processes of the same build: workers and scheduled jobs.",
        ),
        Key::new(
            "environment",
            Form::Map(&ENVIRONMENTS),
            "Named places the service runs in. `local`, this machine, always exists.",
        ),
        Key::new(
            "slo",
            Form::List(&Form::Table(&SLO)),
            "What people may rely on, as objectives.",
        ),
        Key::new(
            "data",
            Form::List(&Form::Table(&DATA)),
            "What the service keeps about people.",
        ),
    ],
)
.instead(&[
    (
        "env",
        "variables belong to what runs: write `[run.env]`, or `[environment.NAME.env]` for one environment",
    ),
    (
        "secrets",
        "secrets belong to what runs: write `[run.secrets]` with references such as `NAME = \"env:NAME\"`",
    ),
    (
        "health",
        "health belongs to what runs: write `health = \"/healthz\"` under `[run]`",
    ),
    ("name", "write it under `[service]`"),
    ("image", "write `[build.image]`"),
    ("deploy", "what runs is `[run]`; where it runs is `[environment.NAME]`"),
    ("environments", "write one `[environment.NAME]` for each"),
    ("processes", "write one `[process.NAME]` for each"),
    ("slos", "write one `[[slo]]` for each"),
]);

pub static SERVICE: Table = Table::new(
    "[service]",
    "What the service is and who owns it.",
    &[
        Key::new(
            "name",
            Form::Ruled(&rules::NAME),
            "The service's name, unique in a store.",
        )
        .default("the folder's name"),
        Key::new(
            "team",
            Form::Text,
            "The team that owns it; must exist in the platform where there is one.",
        ),
        Key::new(
            "tier",
            Form::Integer { min: 1, max: 4 },
            "1 critical to 4 experimental; decides the readiness level that is required.",
        )
        .default("3"),
        Key::new("description", Form::Text, "What it does, in one line."),
        Key::new(
            "depends_on",
            Form::List(&Form::Ruled(&rules::NAME)),
            "Services and stores that it cannot work without.",
        ),
        Key::new("runbook", Form::Text, "The file or URL to open when it breaks."),
    ],
);

pub static BUILD: Table = Table::new(
    "[build]",
    "How the artifact is made from the source tree. The same inputs are never built twice.",
    &[
        Key::new("command", COMMAND, "The build's command.")
            .default("nothing is built: the source tree is the artifact"),
        Key::new(
            "include",
            Form::List(&Form::Ruled(&rules::INSIDE)),
            "What the artifact holds: files, folders and globs, relative to the folder the build runs in, or to \
             `context` where one is set.",
        )
        .default("everything that git does not ignore, and what the build leaves"),
        Key::new(
            "context",
            Form::Ruled(&rules::UPWARDS),
            "The folder of a monorepo that the build needs, above the service's own: `..`, `../..`. Commands still run \
             in the service's folder.",
        ),
        Key::new("env", Form::Map(&VARIABLES), "Variables of the build."),
        Key::new("image", Form::Table(&IMAGE), "For container targets."),
    ],
)
.instead(&[
    ("dockerfile", "write `[build.image]` with `dockerfile = \"Dockerfile\"`"),
    ("output", "what the artifact holds is `include = [\"…\"]`"),
    ("artifacts", "what the artifact holds is `include = [\"…\"]`"),
]);

pub static IMAGE: Table = Table::new(
    "[build.image]",
    "The image for container targets; without it, `include` is packed onto `base`.",
    &[
        Key::new(
            "dockerfile",
            Form::Ruled(&rules::INSIDE),
            "The Dockerfile, relative to the service's folder.",
        ),
        Key::new("base", Form::Text, "The image that `include` is packed onto.").default("\"scratch\""),
        Key::new(
            "reference",
            Form::Text,
            "An image that is there already, instead of one that is built.",
        ),
    ],
);

pub static RUN: Table = Table::new(
    "[run]",
    "What takes traffic, and what it needs. Every key may be set again in `[environment.NAME]`; tables merge by key.",
    &[
        Key::new(
            "command",
            COMMAND,
            "The web process. It listens on `$PORT`, which is expanded in the command too.",
        ),
        Key::new(
            "static",
            Form::Ruled(&rules::INSIDE),
            "Serve this folder; instead of a command.",
        ),
        Key::new(
            "port",
            PORT,
            "Where people reach it; on container targets the container's port.",
        )
        .default("a free port that stays the same"),
        Key::new(
            "listen",
            PORT,
            "The port that the app insists on instead of `$PORT`. One instance runs at a time then, and requests wait \
             while it is replaced.",
        ),
        Key::new(
            "health",
            Form::Either(&[Form::Ruled(&rules::URL_PATH), Form::Table(&HEALTH)]),
            "How to see that an instance can take traffic; text is the path.",
        )
        .default("`GET /` answers below 500"),
        Key::new(
            "drain",
            SPAN,
            "In-flight requests get this long after traffic moved away.",
        )
        .default("\"30s\""),
        Key::new("grace", SPAN, "Between SIGTERM and SIGKILL.").default("\"30s\""),
        Key::new(
            "volumes",
            Form::List(&Form::Ruled(&rules::INSIDE)),
            "Folders that outlive releases, relative to the service's folder.",
        ),
        Key::new("env", Form::Map(&VARIABLES), "Variables of every process."),
        Key::new(
            "secrets",
            Form::Map(&SECRETS),
            "Secrets of every process, as references: `env:NAME`, `file:PATH` (a regular file) or `exec:COMMAND`; at most 1 MiB together.",
        ),
        Key::new(
            "release",
            Form::Table(&RELEASE),
            "The release step: runs once, before any new instance serves.",
        ),
    ],
)
.instead(&[
    (
        "environment",
        "variables are `[run.env]`; places to run in are `[environment.NAME]`",
    ),
    ("healthcheck", "write `health = \"/healthz\"`"),
    ("cmd", "write `command`"),
    ("start", "write `command`"),
    ("replicas", "write `instances` under `[environment.NAME]`"),
    ("migrate", "write `[run.release]` with `command`"),
    (
        "instances",
        "write `instances` under `[environment.local]`, or whichever environment is meant",
    ),
]);

pub static HEALTH: Table = Table::new(
    "health",
    "How to see that an instance can take traffic.",
    &[
        Key::new(
            "path",
            Form::Ruled(&rules::URL_PATH),
            "Answers below 400 when the instance can take traffic.",
        )
        .default("`/`, where an answer below 500 will do"),
        Key::new(
            "live",
            Form::Ruled(&rules::URL_PATH),
            "Answers below 400 while the process lives, whatever it leans on: an instance whose answer stays bad for ten times `interval` and `timeout` is restarted.",
        ),
        Key::new(
            "host",
            Form::Ruled(&rules::HOST),
            "The `Host` header, for apps that refuse a foreign one.",
        ),
        Key::new("interval", POSITIVE_SPAN, "Between two probes.").default("\"1s\""),
        Key::new("timeout", POSITIVE_SPAN, "Of one probe.").default("\"2s\""),
        Key::new(
            "start",
            POSITIVE_SPAN,
            "The longest an instance may take to become healthy.",
        )
        .default("\"60s\""),
        Key::new("stable", SPAN, "How long it must stay healthy before it counts.").default("\"3s\""),
    ],
);

pub static RELEASE: Table = Table::new(
    "[run.release]",
    "The release step: once for a release, before any new instance serves; migrations belong here.",
    &[
        Key::new("command", COMMAND, "What runs."),
        Key::new(
            "timeout",
            POSITIVE_SPAN,
            "The longest it may take; then it is stopped, with exit code 5, for it may have done half of its work.",
        )
        .default("\"15m\""),
        Key::new(
            "previous_still_works",
            Form::Flag,
            "Whether the previous release works after it; if not, rolling back past it is refused.",
        )
        .default("true"),
    ],
);

pub static PROCESS: Table = Table::new(
    "[process.NAME]",
    "A further process of the same build.",
    &[
        Key::new("command", COMMAND, "What runs.").required("[\"./app\", \"work\"]"),
        Key::new(
            "schedule",
            Form::Ruled(&rules::CRON),
            "Five fields of cron; makes it a scheduled job in the machine's time zone.",
        ),
        Key::new("instances", INSTANCES, "How many run.").default("1"),
        Key::new("env", Form::Map(&VARIABLES), "Variables of this process alone."),
    ],
);

pub static ENVIRONMENT: Table = Table::new(
    "[environment.NAME]",
    "A place the service runs in. Every key of `[run]` may be set again.",
    &[
        Key::new(
            "target",
            Form::Choice(&["local", "swarm", "kubernetes", "plugin"]),
            "The kind of engine behind it.",
        )
        .default("\"local\""),
        Key::new("instances", INSTANCES, "How many instances of the web process run.").default("1"),
        Key::new(
            "strategy",
            Form::Either(&[Form::Choice(&STRATEGIES), Form::Table(&STRATEGY)]),
            "How a new release takes over; text is the kind.",
        )
        .default("\"rolling\""),
        Key::new("protected", Form::Flag, "Severe acts need the name typed.").default("false"),
        Key::new(
            "url",
            Form::Ruled(&rules::URL),
            "Where people reach it, if not at a port of this machine.",
        ),
        Key::new(
            "metrics",
            Form::Table(&METRICS),
            "Where the numbers of a watched release come from, instead of the agent's counts.",
        ),
        Key::new(
            "kubernetes",
            Form::Table(&super::kubernetes::KUBERNETES),
            "What only that target knows.",
        ),
        Key::new(
            "swarm",
            Form::Table(&super::swarm::SWARM),
            "What only that target knows.",
        ),
        Key::new(
            "plugin",
            Form::Table(&PLUGIN),
            "Which plugin, and what only that plugin knows.",
        ),
    ],
)
.also(&[&RUN])
.instead(&[
    ("replicas", "write `instances`"),
    ("run", "the keys of `[run]` stand here directly"),
]);

pub static PLUGIN: Table = Table::new(
    "[environment.NAME.plugin]",
    "The executable behind a target of the kind `plugin`. Further keys are the plugin's own and handed to it as they are.",
    &[
        Key::new(
            "name",
            Form::Ruled(&rules::NAME),
            "The plugin: `ssh` is the executable `deliver-target-ssh`.",
        )
        .required("\"ssh\""),
        Key::new(
            "path",
            Form::Text,
            "Where the executable is, relative to the service's folder.",
        )
        .default("the first of its name on PATH"),
    ],
)
.open();

const STRATEGIES: [&str; 4] = ["rolling", "canary", "blue-green", "recreate"];

pub static STRATEGY: Table = Table::new(
    "strategy",
    "How a new release takes over.",
    &[
        Key::new("kind", Form::Choice(&STRATEGIES), "The kind.").required("\"canary\""),
        Key::new(
            "steps",
            Form::List(&Form::Ruled(&rules::STEP)),
            "Shares of the traffic or numbers of instances that the new release takes, one after the other.",
        ),
        Key::new("bake", SPAN, "How long each step is watched.").default("\"0s\""),
        Key::new(
            "analysis",
            Form::Table(&ANALYSIS),
            "What a watched release is judged by.",
        ),
    ],
);

pub static ANALYSIS: Table = Table::new(
    "analysis",
    "What a watched release is judged by, besides staying up.",
    &[
        Key::new(
            "min_requests",
            INSTANCES,
            "Requests of the new release below which nothing is concluded.",
        )
        .default("20"),
        Key::new(
            "patience",
            SPAN,
            "How long a watch goes on for want of a conclusion, on top of its bake.",
        )
        .default("\"0s\""),
        Key::new(
            "inconclusive",
            Form::Choice(&["proceed", "roll-back"]),
            "What follows when nothing could be concluded by then.",
        )
        .default("\"proceed\""),
    ],
);

pub static METRICS: Table = Table::new(
    "[environment.NAME.metrics]",
    "A Prometheus server that knows each release's requests. Expressions give one number each; `$service`, `$env`, \
     `$release` and `$window` are filled in. Without them it is asked for what services from the templates export.",
    &[
        Key::new(
            "prometheus",
            Form::Ruled(&rules::URL),
            "Its address, without `/api/v1`.",
        )
        .required("\"http://127.0.0.1:9090\""),
        Key::new(
            "errors",
            Form::Ruled(&rules::COUNT_QUERY),
            "How many requests of the release failed within the window. Where nothing has failed yet it must give 0: add \
             `or vector(0)`.",
        ),
        Key::new(
            "total",
            Form::Ruled(&rules::COUNT_QUERY),
            "How many requests the release had within the window.",
        ),
        Key::new(
            "latency",
            Form::Ruled(&rules::LATENCY_QUERY),
            "Seconds within which a share of the answers came; `$quantile` is the share, such as 0.99. Not looked at where only \
             the others are written.",
        ),
        Key::new(
            "token",
            Form::Ruled(&rules::REFERENCE),
            "A bearer token, as a reference such as \"env:NAME\".",
        ),
        Key::new("user", Form::Text, "The name for basic authentication."),
        Key::new(
            "password",
            Form::Ruled(&rules::REFERENCE),
            "Its password, as a reference such as \"env:NAME\".",
        ),
    ],
);

pub static SLO: Table = Table::new(
    "[[slo]]",
    "An objective: the share of events that are good, over a window.",
    &[
        Key::new("name", Form::Ruled(&rules::NAME), "Its name, unique in the service.").required("\"availability\""),
        Key::new(
            "objective",
            Form::Decimal(&rules::PERCENT),
            "The share in percent, as text or number, read exactly.",
        )
        .required("\"99.9\""),
        Key::new("window", Form::Ruled(&rules::WINDOW), "The window, 1d to 90d.").default("\"28d\""),
        Key::new("indicator", Form::Table(&INDICATOR), "What is counted.")
            .required("{ kind = \"http\", good = \"status < 500\" }"),
        Key::new("description", Form::Text, "What it promises, to whom."),
    ],
);

pub static INDICATOR: Table = Table::new(
    "indicator",
    "What is counted, and which of it is good.",
    &[
        Key::new(
            "kind",
            Form::Choice(&["http", "latency", "ratio", "probe", "freshness", "promql"]),
            "Where the events come from.",
        )
        .required("\"http\""),
        Key::new(
            "good",
            Form::Text,
            "Which events are good: for `http` whole classes of status, such as `status < 500` (which is what is meant \
             without it) or `status >= 200 and status < 400`; a query for `ratio` and `promql`.",
        ),
        Key::new(
            "total",
            Form::Text,
            "The query for all events, for `ratio` and `promql`.",
        ),
        Key::new(
            "threshold",
            POSITIVE_SPAN,
            "For `latency`: answers within it are good, counted exactly for round ones such as 100ms, 250ms, 300ms, 1s; \
             for `freshness`: the oldest that is.",
        ),
        Key::new(
            "path",
            Form::Ruled(&rules::URL_PATH),
            "Only requests below this path, which the router's counts cannot tell; for `probe` the path to ask.",
        ),
    ],
);

pub static DATA: Table = Table::new(
    "[[data]]",
    "Something that the service keeps about people.",
    &[
        Key::new("name", Form::Text, "Its name.").required("\"orders\""),
        Key::new("personal", Form::List(&Form::Text), "Which of it is personal."),
        Key::new("purpose", Form::Text, "Why it is kept.").required("\"fulfil the order\""),
        Key::new("retention", Form::Ruled(&rules::SPAN), "How long it is kept.").required("\"24mo\""),
    ],
);

const COMMAND: Form = Form::Either(&[Form::Text, Form::List(&Form::Ruled(&rules::WORD))]);
const PORT: Form = Form::Integer { min: 1, max: 65_535 };
const SPAN: Form = Form::Ruled(&rules::SPAN);
const POSITIVE_SPAN: Form = Form::Ruled(&rules::POSITIVE_SPAN);
/// More instances than this on one machine or in one environment are a mistake of typing.
const INSTANCES: Form = Form::Integer { min: 0, max: 1_000 };

static PROCESSES: Map = Map {
    key: "NAME",
    rule: &rules::NAME,
    value: Form::Table(&PROCESS),
};

static ENVIRONMENTS: Map = Map {
    key: "NAME",
    rule: &rules::NAME,
    value: Form::Table(&ENVIRONMENT),
};

static VARIABLES: Map = Map {
    key: "NAME",
    rule: &rules::VARIABLE,
    value: Form::Ruled(&rules::VALUE),
};

static SECRETS: Map = Map {
    key: "NAME",
    rule: &rules::VARIABLE,
    value: Form::Ruled(&rules::REFERENCE),
};
