//! What may stand in `[environment.NAME.kubernetes]`.

use crate::config::decode::Problems;
use crate::config::describe::{Form, Key, Map, Rule, Table};
use crate::config::document::{Node, Value};
use crate::config::rules;

use super::swarm;

pub static KUBERNETES: Table = Table::new(
    "[environment.NAME.kubernetes]",
    "What only the target `kubernetes` knows: which cluster, what its objects look like, and where they come from.",
    &[
        Key::new("context", Form::Text, "The context of the kubeconfig.").default("the current one"),
        Key::new(
            "kubeconfig",
            Form::Ruled(&rules::PLACE),
            "The kubeconfig's file; `~/` is the home folder.",
        )
        .default("`$KUBECONFIG`, else `~/.kube/config`, else the pod's own service account"),
        Key::new("namespace", Form::Ruled(&rules::NAME), "The namespace; it must exist.").default("the context's"),
        Key::new(
            "name",
            Form::Ruled(&rules::NAME),
            "How the objects are named, for two environments in one namespace.",
        )
        .default("the service's name"),
        Key::new(
            "pull",
            Form::Choice(&["missing", "always", "never"]),
            "When nodes pull the image.",
        )
        .default("\"missing\""),
        Key::new(
            "registry",
            Form::Ruled(&swarm::REGISTRY),
            "Where images that are built are pushed to, and pulled from by the nodes: `registry.example:5000/shop`.",
        )
        .default("none: the image must be there, or `pull = \"never\"`"),
        Key::new(
            "auth",
            Form::Table(&swarm::AUTH),
            "Who we are for the registry, as references.",
        )
        .default("what `docker login` has kept"),
        Key::new(
            "image_pull_secrets",
            Form::List(&Form::Ruled(&rules::NAME)),
            "Secrets of the namespace with which nodes may pull.",
        ),
        Key::new(
            "service_account",
            Form::Ruled(&rules::NAME),
            "A service account that exists, with its token mounted.",
        )
        .default("one of the service's own, without a token"),
        Key::new(
            "service_type",
            Form::Choice(&["cluster", "node-port", "load-balancer"]),
            "From where the Service can be reached.",
        )
        .default("\"cluster\""),
        Key::new("labels", Form::Map(&LABELS), "Further labels of every object and pod."),
        Key::new(
            "annotations",
            Form::Map(&ANNOTATIONS),
            "Annotations of every object and pod.",
        ),
        Key::new(
            "requests",
            Form::Table(&RESOURCES),
            "What a node must have free for a pod.",
        ),
        Key::new("limits", Form::Table(&RESOURCES), "What a pod may use at most."),
        Key::new(
            "run_as",
            Form::Integer {
                min: 1,
                max: 4_294_967_294,
            },
            "The user id that pods run as; without capabilities then.",
        )
        .default("the image's"),
        Key::new(
            "read_only",
            Form::Flag,
            "The containers' root file system is read-only; `/tmp` stays writable.",
        )
        .default("false"),
        Key::new(
            "pre_stop",
            Form::Ruled(&rules::SPAN),
            "How long a web pod goes on serving after it was told to end, until everybody has heard that it goes.",
        )
        .default("\"5s\""),
        Key::new(
            "autoscale",
            Form::Table(&AUTOSCALE),
            "Let a HorizontalPodAutoscaler decide how many web pods run; `instances` is left out then.",
        ),
        Key::new("ingress", Form::Table(&INGRESS), "Reached through an Ingress."),
        Key::new(
            "gateway",
            Form::Table(&GATEWAY),
            "Reached through a Gateway, by an HTTPRoute.",
        ),
        Key::new(
            "network",
            Form::Table(&NETWORK),
            "A NetworkPolicy: who may connect to the web pods. Nobody may to the others.",
        ),
        Key::new("volume", Form::Table(&VOLUME), "How `volumes` are made."),
        Key::new(
            "manifests",
            Form::List(&Form::Ruled(&rules::INSIDE)),
            "Take the objects from these files instead, relative to the service's folder; globs.",
        ),
        Key::new(
            "kustomize",
            Form::Ruled(&rules::INSIDE),
            "Take the objects from `kubectl kustomize` of this folder instead.",
        ),
        Key::new(
            "helm",
            Form::Table(&HELM),
            "Take the objects from `helm template` instead.",
        ),
        Key::new(
            "workload",
            Form::Ruled(&WORKLOAD),
            "Which Deployment of those takes traffic: `deployment/NAME`.",
        )
        .default("the only one, or the one with the service's name"),
        Key::new(
            "patches",
            Form::List(&Form::Ruled(&rules::INSIDE)),
            "Files with partial objects that are laid over the others by kind and name.",
        ),
        Key::new(
            "force_conflicts",
            Form::List(&Form::Text),
            "Field managers whose fields are taken over instead of refused: `kubectl-edit`.",
        ),
    ],
)
.instead(&[
    (
        "image",
        "write `[build.image]` with `reference = \"…\"`, or `dockerfile = \"Dockerfile\"` and `registry = \"…\"`",
    ),
    ("replicas", "write `instances` under `[environment.NAME]`"),
    (
        "resources",
        "write `requests = { cpu = \"250m\", memory = \"256Mi\" }` and `limits`",
    ),
    ("env", "variables are `[environment.NAME.env]`"),
    ("port", "write `port` under `[run]` or `[environment.NAME]`"),
    ("host", "write `ingress = { host = \"…\" }`"),
    ("hpa", "write `autoscale = { min = 2, max = 10 }`"),
    ("overlays", "write `patches = [\"k8s/patch.yaml\"]`"),
]);

static RESOURCES: Table = Table::new(
    "requests",
    "Amounts as Kubernetes writes them.",
    &[
        Key::new("cpu", Form::Ruled(&QUANTITY), "Cores: `250m` is a quarter."),
        Key::new("memory", Form::Ruled(&QUANTITY), "Bytes: `256Mi`."),
    ],
);

static AUTOSCALE: Table = Table::new(
    "autoscale",
    "How many web pods run, by load.",
    &[
        Key::new("min", COUNT, "The fewest.").required("2"),
        Key::new("max", COUNT, "The most.").required("10"),
        Key::new(
            "cpu",
            Form::Integer { min: 1, max: 1000 },
            "The share in percent of the requested CPU that they are to use; `requests.cpu` is needed.",
        )
        .default("70"),
    ],
);

static INGRESS: Table = Table::new(
    "ingress",
    "An Ingress in front of the Service.",
    &[
        Key::new("host", Form::Ruled(&rules::HOST), "The host name.").required("\"shop.example\""),
        Key::new("class", Form::Ruled(&rules::NAME), "The class of the controller.").default("the cluster's"),
        Key::new("path", Form::Ruled(&rules::URL_PATH), "Requests below this path.").default("\"/\""),
        Key::new(
            "tls_secret",
            Form::Ruled(&rules::NAME),
            "The Secret with the host's certificate.",
        ),
    ],
);

static GATEWAY: Table = Table::new(
    "gateway",
    "An HTTPRoute of a Gateway.",
    &[
        Key::new("name", Form::Ruled(&rules::NAME), "The Gateway.").required("\"public\""),
        Key::new("namespace", Form::Ruled(&rules::NAME), "The Gateway's namespace.").default("the same"),
        Key::new("host", Form::Ruled(&rules::HOST), "The host name.").required("\"shop.example\""),
        Key::new("path", Form::Ruled(&rules::URL_PATH), "Requests below this path.").default("\"/\""),
    ],
);

static NETWORK: Table = Table::new(
    "network",
    "Who may connect.",
    &[Key::new(
        "from",
        Form::List(&Form::Ruled(&rules::NAME)),
        "Namespaces whose pods may, besides those of the service's own namespace.",
    )
    .required("[\"ingress-nginx\"]")],
);

static VOLUME: Table = Table::new(
    "volume",
    "How persistent volumes are claimed.",
    &[
        Key::new("size", Form::Ruled(&QUANTITY), "The size of each.").default("\"1Gi\""),
        Key::new("class", Form::Ruled(&rules::NAME), "The storage class.").default("the cluster's"),
        Key::new(
            "access",
            Form::Choice(&["one-node", "shared"]),
            "Whether pods of several nodes may use one at once.",
        )
        .default("\"one-node\": old pods end before new ones start"),
        Key::new(
            "mount",
            Form::Ruled(&ABSOLUTE),
            "The folder of the container that they are mounted below.",
        )
        .default("\"/app\""),
    ],
);

static HELM: Table = Table::new(
    "helm",
    "A chart as the source of objects.",
    &[
        Key::new(
            "chart",
            Form::Text,
            "A folder of the service, or what `helm template` takes else.",
        )
        .required("\"chart\""),
        Key::new("values", Form::List(&Form::Ruled(&rules::INSIDE)), "Files of values."),
        Key::new("release", Form::Ruled(&rules::NAME), "Helm's name for it.").default("the service's name"),
    ],
);

const COUNT: Form = Form::Integer { min: 1, max: 1_000 };

static LABELS: Map = Map {
    key: "KEY",
    rule: &LABEL_KEY,
    value: Form::Ruled(&LABEL_VALUE),
};

static ANNOTATIONS: Map = Map {
    key: "KEY",
    rule: &LABEL_KEY,
    value: Form::Ruled(&rules::VALUE),
};

/// An amount: a decimal number and a unit of Kubernetes.
static QUANTITY: Rule = Rule {
    expected: "an amount such as \"250m\" or \"256Mi\"",
    pattern: Some("^[0-9]+(\\.[0-9]+)?(m|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi)?$"),
    check: |text| {
        let end = text
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(text.len());
        let (number, unit) = text.split_at(end);
        if number.parse::<f64>().is_err() {
            return Err("must start with a number".into());
        }
        match unit {
            "" | "m" | "k" | "M" | "G" | "T" | "P" | "Ki" | "Mi" | "Gi" | "Ti" | "Pi" => Ok(()),
            _ => Err("units are m, k, M, G, T, P and Ki, Mi, Gi, Ti, Pi".into()),
        }
    },
};

static ABSOLUTE: Rule = Rule {
    expected: "an absolute folder such as \"/app\"",
    pattern: Some("^/"),
    check: |text| match text.starts_with('/') && !text.split('/').any(|part| part == "..") {
        true => Ok(()),
        false => Err("must start with `/` and hold no `..`".into()),
    },
};

static WORKLOAD: Rule = Rule {
    expected: "`deployment/NAME`",
    pattern: Some("^deployment/[a-z0-9.-]+$"),
    check: |text| match text.strip_prefix("deployment/") {
        Some(name) if !name.is_empty() => Ok(()),
        _ => Err("write `deployment/` and the name".into()),
    },
};

/// What of a label's key Kubernetes takes; keys below `deliver.dev/` are its own business.
static LABEL_KEY: Rule = Rule {
    expected: "a key such as `team` or `example.com/team`",
    pattern: Some("^([a-z0-9.-]{1,253}/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$"),
    check: |text| {
        let (prefix, name) = text.split_once('/').unwrap_or(("", text));
        if prefix == "deliver.dev" {
            return Err("`deliver.dev/` is given by deliver".into());
        }
        let bad = |c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-'));
        if prefix.len() > 253 || prefix.contains(bad) {
            return Err("before `/` stands a domain".into());
        }
        label_word(name, 1)
    },
};

static LABEL_VALUE: Rule = Rule {
    expected: "a label's value: at most 63 letters, digits, `-`, `_` and `.`",
    pattern: Some("^([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$"),
    check: |text| label_word(text, 0),
};

fn label_word(text: &str, least: usize) -> Result<(), String> {
    let edge = |c: Option<char>| c.is_none_or(|c| c.is_ascii_alphanumeric());
    let inner = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if text.len() > 63 || text.len() < least {
        return Err(format!("has {} characters, {least} to 63 are allowed", text.len()));
    }
    match edge(text.chars().next()) && edge(text.chars().next_back()) && text.chars().all(inner) {
        true => Ok(()),
        false => Err("letters, digits, `-`, `_` and `.`, beginning and ending with a letter or digit".into()),
    }
}

/// What no single key can say: `path` is how the table is named in messages.
pub(super) fn check(table: &Node, instances: Option<&Node>, path: &str, problems: &mut Problems<'_>) {
    let sources: Vec<_> = ["manifests", "kustomize", "helm"]
        .iter()
        .filter_map(|key| table.entry(key))
        .collect();
    if let [first, second, ..] = sources[..] {
        let message = format!("`{path}` has both `{}` and `{}`", first.key, second.key);
        problems.add(second.key_at.clone(), message, "objects come from one source", None);
    }
    if let (Some(_), [only]) = (table.get("autoscale"), &sources[..]) {
        let message = format!(
            "`{path}.autoscale` is for objects that deliver makes, not for `{}`",
            only.key
        );
        problems.add(only.key_at.clone(), message, "one of the two", None);
    }
    if let (Some(_), Some(gateway)) = (table.get("ingress"), table.entry("gateway")) {
        let message = format!("`{path}` has both `ingress` and `gateway`");
        problems.add(gateway.key_at.clone(), message, "one of the two", None);
    }
    let Some(autoscale) = table.get("autoscale") else {
        return;
    };
    let number = |key: &str| match autoscale.get(key).map(|node| &node.value) {
        Some(Value::Integer(number)) => *number,
        _ => None,
    };
    if let (Some(min), Some(max), Some(at)) = (number("min"), number("max"), autoscale.get("max"))
        && max < min
    {
        problems.add(
            at.at.clone(),
            format!("`{path}.autoscale.max` is below `min`"),
            "at least `min`",
            None,
        );
    }
    if table.at_path(&["requests", "cpu"]).is_none() {
        let hint = "add `requests = { cpu = \"250m\" }`: the share is one of what is requested".to_owned();
        let message = format!("`{path}.autoscale` needs `requests.cpu`");
        problems.add(autoscale.at.clone(), message, "a share of what?", Some(hint));
    }
    if let Some(instances) = instances {
        let message = "`instances` has no effect beside `autoscale`";
        problems.add(instances.at.clone(), message, "leave it out", None);
    }
}
