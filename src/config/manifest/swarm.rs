//! What may stand in `[environment.NAME.swarm]`.

use crate::config::decode::{Problems, shown};
use crate::config::describe::{Form, Key, Map, Rule, Table};
use crate::config::document::Node;
use crate::config::rules;
use crate::model::size;

pub static SWARM: Table = Table::new(
    "[environment.NAME.swarm]",
    "What only the target `swarm` knows: which engine, how its services look, and where images are kept.",
    &[
        Key::new(
            "host",
            Form::Ruled(&ENDPOINT),
            "The engine of a manager: `unix:///var/run/docker.sock`, `tcp://HOST:2376`, `ssh://USER@HOST:PORT`.",
        )
        .default("`$DOCKER_HOST`, else the current Docker context, else this machine's socket"),
        Key::new(
            "context",
            Form::Text,
            "A context of the Docker command line, instead of `host`.",
        ),
        Key::new("tls", Form::Table(&TLS), "The certificates for a `tcp://` host."),
        Key::new(
            "registry",
            Form::Ruled(&REGISTRY),
            "Where images that are built are pushed to, and pulled from by the nodes: `registry.example:5000/shop`.",
        )
        .default("none: images stay on the one node there is"),
        Key::new(
            "auth",
            Form::Table(&AUTH),
            "Who we are for the registry, as references.",
        )
        .default("what `docker login` has kept"),
        Key::new(
            "publish",
            Form::Either(&[Form::Flag, Form::Integer { min: 1, max: 65_535 }]),
            "The port at which the nodes offer the web process; `false`: it is reached through `networks` alone.",
        )
        .default("a free port of 30000 to 32767 that stays the same; with `publish_mode = \"host\"` a free one for each instance"),
        Key::new(
            "publish_mode",
            Form::Choice(&["ingress", "host"]),
            "Every node takes requests for all instances, or each instance those of its own node.",
        )
        .default("\"ingress\""),
        Key::new(
            "networks",
            Form::List(&Form::Text),
            "Overlay networks to be on; they must exist.",
        ),
        Key::new(
            "constraints",
            Form::List(&Form::Ruled(&CONSTRAINT)),
            "Nodes that instances may run on: `node.labels.zone == eu`.",
        ),
        Key::new(
            "spread",
            Form::List(&Form::Text),
            "Labels over whose values instances are spread evenly: `node.labels.zone`.",
        ),
        Key::new(
            "max_per_node",
            Form::Integer { min: 1, max: 1_000 },
            "The most instances of one process on one node.",
        ),
        Key::new("limits", Form::Table(&RESOURCES), "What an instance may use at most."),
        Key::new(
            "reservations",
            Form::Table(&RESOURCES),
            "What a node must have free for an instance.",
        ),
        Key::new(
            "health",
            Form::Either(&[Form::Choice(&["image", "port", "running"]), Form::Table(&HEALTH)]),
            "How an instance is seen to be healthy: by a command in it, by its image's own check, by asking the \
             published port, or because it keeps running.",
        )
        .default(
            "the image's check where it has one, else the port where one is published, else that it keeps running",
        ),
        Key::new(
            "secrets",
            Form::Choice(&["files", "env"]),
            "Files `/run/secrets/NAME` with their paths in `NAME_FILE`, or variables, which everybody can read who may \
             use the engine.",
        )
        .default("\"files\""),
        Key::new(
            "configs",
            Form::Map(&CONFIGS),
            "Files of the artifact that are laid into each instance, by their absolute paths there.",
        ),
        Key::new(
            "order",
            Form::Choice(&["start-first", "stop-first"]),
            "Whether a new instance starts before the old one goes.",
        )
        .default("\"start-first\"; \"stop-first\" with `volumes` and for a fixed port of a node"),
        Key::new(
            "user",
            Form::Text,
            "The user that instances run as: `1000`, `1000:1000`, `app`.",
        )
        .default("the image's"),
        Key::new(
            "read_only",
            Form::Flag,
            "The containers' root file system is read-only.",
        )
        .default("false"),
        Key::new("init", Form::Flag, "A small init reaps children and passes signals on.").default("false"),
        Key::new(
            "labels",
            Form::Map(&LABELS),
            "Further labels of the services, such as those a reverse proxy reads.",
        ),
    ],
)
.instead(&[
    ("image", "write `[build.image]` with `reference = \"…\"`"),
    ("replicas", "write `instances` under `[environment.NAME]`"),
    ("ports", "write `publish = 80`"),
    (
        "port",
        "write `publish = 80`; the container's own port is `port` under `[run]`",
    ),
    ("placement", "write `constraints = [\"node.labels.zone == eu\"]`"),
    (
        "resources",
        "write `limits = { cpu = \"0.5\", memory = \"256M\" }` and `reservations`",
    ),
    (
        "update_config",
        "how a new release takes over is `strategy`; `deliver` drives it",
    ),
    (
        "rollback_config",
        "the engine's own rollback is never used: `deliver` brings the last good release back",
    ),
    ("env", "variables are `[environment.NAME.env]`"),
    ("volumes", "volumes are `volumes = [\"data\"]` under `[run]`"),
]);

static TLS: Table = Table::new(
    "[environment.NAME.swarm.tls]",
    "The certificates for a `tcp://` host; `~/` is the home folder.",
    &[
        Key::new("ca", Form::Ruled(&rules::PLACE), "Who signed the engine's certificate.")
            .required("\"~/.docker/ca.pem\""),
        Key::new("cert", Form::Ruled(&rules::PLACE), "Our own certificate.").required("\"~/.docker/cert.pem\""),
        Key::new("key", Form::Ruled(&rules::PLACE), "Its key.").required("\"~/.docker/key.pem\""),
    ],
);

pub(super) static AUTH: Table = Table::new(
    "auth",
    "Who we are for one registry: that of `registry`, else that of the `reference`. No other is sent it.",
    &[
        Key::new("username", Form::Ruled(&rules::REFERENCE_ANYWHERE), "The name.").required("\"env:REGISTRY_USER\""),
        Key::new(
            "password",
            Form::Ruled(&rules::REFERENCE_ANYWHERE),
            "The password or token.",
        )
        .required("\"env:REGISTRY_TOKEN\""),
    ],
);

static RESOURCES: Table = Table::new(
    "[environment.NAME.swarm.limits]",
    "Amounts.",
    &[
        Key::new("cpu", Form::Decimal(&CPU), "Cores: `0.25` is a quarter."),
        Key::new("memory", Form::Ruled(&MEMORY), "Bytes: `256M`, `1G`."),
    ],
);

static HEALTH: Table = Table::new(
    "[environment.NAME.swarm.health]",
    "A check inside of each container.",
    &[Key::new(
        "command",
        Form::List(&Form::Ruled(&rules::WORD)),
        "Ends with 0 when the instance can take traffic.",
    )
    .required("[\"/app/server\", \"check\"]")],
);

static CONFIGS: Map = Map {
    key: "PATH",
    rule: &ABSOLUTE,
    value: Form::Ruled(&rules::INSIDE),
};

static LABELS: Map = Map {
    key: "LABEL",
    rule: &LABEL,
    value: Form::Ruled(&rules::VALUE),
};

static ENDPOINT: Rule = Rule {
    expected: "an address such as \"tcp://10.0.0.5:2376\"",
    pattern: Some("^(unix|tcp|ssh)://.+$"),
    check: |text| match text.split_once("://") {
        Some(("unix", path)) if path.starts_with('/') => Ok(()),
        Some(("unix", _)) => Err("must be an absolute path after `unix://`".into()),
        Some(("tcp", rest)) if rest.contains(':') => (rules::HOST.check)(rest.trim_end_matches('/')),
        Some(("tcp", _)) => Err("lacks a port, which is 2376 with TLS".into()),
        Some(("ssh", rest)) if !rest.is_empty() && !rest.contains(char::is_whitespace) && !rest.starts_with('-') => {
            Ok(())
        }
        _ => Err("must start with `unix://`, `tcp://` or `ssh://`".into()),
    },
};

pub(super) static REGISTRY: Rule = Rule {
    expected: "a registry and a prefix such as \"registry.example:5000/shop\"",
    pattern: Some("^[a-z0-9.:/_-]+$"),
    check: |text| {
        let bad = |c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | ':' | '/' | '_' | '-'));
        match text.chars().find(|c| bad(*c)) {
            _ if text.contains("://") => Err("write it without `https://`".into()),
            Some(bad) => Err(format!("`{}` cannot stand in an image's name", bad.escape_debug())),
            None if text.is_empty() || text.starts_with('/') || text.ends_with('/') => {
                Err("lacks a name at its end".into())
            }
            None => Ok(()),
        }
    },
};

static CONSTRAINT: Rule = Rule {
    expected: "a constraint such as \"node.labels.zone == eu\"",
    pattern: Some("(==|!=)"),
    check: |text| match text.split_once("==").or_else(|| text.split_once("!=")) {
        Some((left, right)) if !left.trim().is_empty() && !right.trim().is_empty() => Ok(()),
        _ => Err("compares with `==` or `!=`".into()),
    },
};

static ABSOLUTE: Rule = Rule {
    expected: "an absolute path in the container",
    pattern: Some("^/"),
    check: |text| match text.starts_with('/') && text.len() > 1 && !text.ends_with('/') {
        true => Ok(()),
        false => Err("must be a file's whole path, from `/` on".into()),
    },
};

static LABEL: Rule = Rule {
    expected: "a label; those that begin with `deliver.` are our own",
    pattern: None,
    check: |text| match text.starts_with("deliver.") || text.trim().is_empty() {
        true => Err("this is one of our own".into()),
        false => Ok(()),
    },
};

static CPU: Rule = Rule {
    expected: "a number of cores such as \"0.5\"",
    pattern: Some("^[0-9]+(\\.[0-9]{1,9})?$"),
    check: |text| {
        size::nano_cpus(text)
            .map(drop)
            .ok_or_else(|| "at most nine digits after the point, above 0".into())
    },
};

static MEMORY: Rule = Rule {
    expected: "an amount of memory such as \"256M\"",
    pattern: Some("^[0-9]+[KMGT]?i?B?$"),
    check: |text| match size::bytes(text) {
        Some(bytes) if bytes >= 6 << 20 => Ok(()),
        Some(_) => Err("the engine needs at least 6M".into()),
        None => Err("units are K, M, G, T, each 1024 of the one before".into()),
    },
};

/// What the table's own forms cannot say.
pub fn check(options: &Node, path: &str, problems: &mut Problems<'_>) {
    if let (Some(_), Some(context)) = (options.get("host"), options.entry("context")) {
        let message = format!("`{path}` has both `host` and `context`");
        problems.add(context.key_at.clone(), message, "keep one of the two", None);
    }
    let host = options.get("host").and_then(Node::text);
    if let (Some(host), Some(tls)) = (host, options.entry("tls"))
        && !host.starts_with("tcp://")
    {
        let message = format!("`{path}.tls` is for a `tcp://` host, not for `{}`", shown(host));
        problems.add(tls.key_at.clone(), message, "leave it out", None);
    }
    let unpublished = options.get("publish").is_some_and(|node| node.to_json() == false);
    if let (true, Some(health)) = (unpublished, options.get("health"))
        && health.text() == Some("port")
    {
        let message = format!("`{path}.health` cannot ask a port that is not published");
        problems.add(health.at.clone(), message, "leave it out, or publish the port", None);
    }
    if let Some(command) = options.at_path(&["health", "command"])
        && command.items().first().is_none_or(|first| first.text() == Some(""))
    {
        let message = format!("`{path}.health.command` names no program");
        problems.add(command.at.clone(), message, "the first word is the program", None);
    }
}
