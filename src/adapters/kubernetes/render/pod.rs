//! The pod of a process.

use serde_json::{Value, json};

use super::{Input, config};
use crate::adapters::kubernetes::names;
use crate::model::Span;
use crate::model::spec::{CommandLine, HttpProbe, Process, Role, Work, first_process, with_port};

/// Probes that fail in a row before a pod gets no more requests: Kubernetes' own number.
const FAILURES: u32 = 3;
/// What a pod that is told to end gets on top, so that the kubelet's clock is never the reason for a SIGKILL.
const SLACK: Span = Span::from_secs(1);

/// A pod's template. `track` tells the pods of two Deployments of one process apart.
pub fn template(input: &Input<'_>, process: &Process, track: Option<&str>) -> Value {
    let mut template = json!({
        "metadata": { "labels": names::labels(input.service, input.env) },
        "spec": spec(input, process),
    });
    input.decorate(&mut template);
    let labels = [
        (names::PROCESS, json!(process.name)),
        (names::RELEASE, json!(input.release)),
        (names::DEPLOYMENT, json!(input.deployment)),
    ];
    names::label(&mut template, labels);
    names::label(&mut template, track.map(|track| (names::TRACK, json!(track))));
    template
}

fn spec(input: &Input<'_>, process: &Process) -> Value {
    let options = input.options;
    let secrets = options.image_pull_secrets.iter().map(|name| json!({ "name": name }));
    let user = options.run_as;
    let spread = spread(input, process);
    json!({
        "serviceAccountName": config::account(input),
        "automountServiceAccountToken": options.service_account.is_some(),
        "imagePullSecrets": listed(secrets.collect()),
        "terminationGracePeriodSeconds": patience(input, process),
        "securityContext": {
            "seccompProfile": { "type": "RuntimeDefault" },
            "runAsNonRoot": user.map(|_| true),
            "runAsUser": user,
            "fsGroup": user.filter(|_| !input.spec.volumes.is_empty()),
        },
        "topologySpreadConstraints": spread,
        "containers": [container(input, process)],
        "volumes": listed(volumes(input)),
    })
}

/// Null for an empty list.
fn listed(items: Vec<Value>) -> Value {
    match items.is_empty() {
        true => Value::Null,
        false => Value::Array(items),
    }
}

/// From the first word that it is to end, to SIGKILL.
fn patience(input: &Input<'_>, process: &Process) -> u64 {
    let spec = input.spec;
    let before = match process.role {
        Role::Web => input.options.pre_stop().as_millis() + spec.drain.as_millis(),
        _ => 0,
    };
    seconds(Span::from_millis(before + spec.grace.as_millis() + SLACK.as_millis()))
}

/// Pods of one process keep to different nodes where they can.
fn spread(input: &Input<'_>, process: &Process) -> Value {
    if process.instances < 2 || matches!(process.role, Role::Schedule(_)) {
        return Value::Null;
    }
    json!([{
        "maxSkew": 1,
        "topologyKey": "kubernetes.io/hostname",
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": { "matchLabels": {
            names::SERVICE: input.service,
            names::ENV: input.env,
            names::PROCESS: process.name,
        } },
    }])
}

fn container(input: &Input<'_>, process: &Process) -> Value {
    let options = input.options;
    let web = process.role == Role::Web;
    let resources = json!({
        "requests": Some(&options.requests).filter(|map| !map.is_empty()),
        "limits": Some(&options.limits).filter(|map| !map.is_empty()),
    });
    let any = !options.requests.is_empty() || !options.limits.is_empty();
    let mut container = json!({
        "name": process.name,
        "image": input.image,
        "imagePullPolicy": pull_policy(options.pull.as_deref()),
        "command": command(input, process),
        "env": environment(input, process),
        "envFrom": listed(sources(input)),
        "ports": web.then(|| json!([{ "name": "http", "containerPort": input.port(), "protocol": "TCP" }])),
        "resources": any.then_some(resources),
        "securityContext": {
            "allowPrivilegeEscalation": false,
            "readOnlyRootFilesystem": options.read_only.then_some(true),
            "capabilities": options.run_as.map(|_| json!({ "drop": ["ALL"] })),
        },
        "volumeMounts": listed(mounts(input)),
    });
    if web {
        probes(input, &mut container);
        container["lifecycle"] = pre_stop(input);
    }
    container
}

/// `never` is for nodes that were given the image by hand.
fn pull_policy(pull: Option<&str>) -> &'static str {
    match pull {
        Some("always") => "Always",
        Some("never") => "Never",
        _ => "IfNotPresent",
    }
}

/// Null leaves it to the image.
fn command(input: &Input<'_>, process: &Process) -> Value {
    match &process.work {
        Work::Command(line) => command_of(line, process.role == Role::Web, input.port()),
        Work::Static(_) | Work::Image => Value::Null,
    }
}

/// `$PORT` is known, and expanded in words too. A line for a shell is made to hear the end of its pod.
pub fn command_of(line: &CommandLine, web: bool, port: u16) -> Value {
    let words = match line {
        CommandLine::Shell(line) => first_process(line),
        CommandLine::Exec(words) => words.iter().map(|word| with_port(word, web.then_some(port))).collect(),
    };
    words.iter().map(|word| literal(word)).collect()
}

/// The text as it reaches the container: in commands and variables a cluster puts the value of NAME for `$(NAME)`, which
/// nobody asked for here, and `$` for `$$`, which is a shell's own number.
fn literal(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(letter) = rest.next() {
        written.push(letter);
        if letter == '$' && matches!(rest.peek(), Some('$' | '(')) {
            written.push('$');
        }
    }
    written
}

/// A process's own variables win over those of the ConfigMap; `PORT` over all.
fn environment(input: &Input<'_>, process: &Process) -> Value {
    let own = process.env.iter().filter(|(name, _)| *name != "PORT");
    let mut variables: Vec<Value> = own.map(|(name, value)| variable(name, value)).collect();
    if process.role == Role::Web {
        variables.push(variable("PORT", &input.port().to_string()));
    }
    listed(variables)
}

fn variable(name: &str, value: &str) -> Value {
    json!({ "name": name, "value": literal(value) })
}

fn sources(input: &Input<'_>) -> Vec<Value> {
    let variables = config::variables_name(input).map(|name| json!({ "configMapRef": { "name": name } }));
    let secrets = config::secret_name(input).map(|name| json!({ "secretRef": { "name": name } }));
    variables.into_iter().chain(secrets).collect()
}

fn volumes(input: &Input<'_>) -> Vec<Value> {
    let claims = input.spec.volumes.iter().map(|volume| {
        let claim = config::claim_name(input, volume);
        json!({ "name": claim, "persistentVolumeClaim": { "claimName": claim } })
    });
    let scratch = input
        .options
        .read_only
        .then(|| json!({ "name": "tmp", "emptyDir": {} }));
    claims.chain(scratch).collect()
}

fn mounts(input: &Input<'_>) -> Vec<Value> {
    let claims = input.spec.volumes.iter().map(|volume| {
        let path = format!("{}/{}", input.options.volume.mount(), volume.trim_end_matches('/'));
        json!({ "name": config::claim_name(input, volume), "mountPath": path })
    });
    let scratch = input
        .options
        .read_only
        .then(|| json!({ "name": "tmp", "mountPath": "/tmp" }));
    claims.chain(scratch).collect()
}

/// Kubernetes counts 200 to 399 as healthy. Where no path was named any answer below 500 would do, which only a connection
/// can stand for.
fn probes(input: &Input<'_>, container: &mut Value) {
    let health = &input.spec.health;
    let every = seconds(health.interval).max(1);
    let timeout = seconds(health.timeout).max(1);
    if let Some(probe) = &health.probe {
        let mut ready = asked(probe);
        ready["periodSeconds"] = json!(every);
        ready["timeoutSeconds"] = json!(timeout);
        ready["failureThreshold"] = json!(FAILURES);
        container["readinessProbe"] = ready;
    }
    if let Some(live) = &health.live {
        let patience = Span::from(health.live_patience());
        let period = seconds(Span::from_millis(patience.as_millis() / 10)).max(1);
        let mut alive = asked(live);
        alive["periodSeconds"] = json!(period);
        alive["timeoutSeconds"] = json!(timeout);
        alive["failureThreshold"] = json!(10);
        let mut started = asked(live);
        started["periodSeconds"] = json!(every);
        started["timeoutSeconds"] = json!(timeout);
        // A little longer than what the release is judged by, so that the judgement comes first.
        started["failureThreshold"] = json!(seconds(health.start) / every + 30);
        container["livenessProbe"] = alive;
        container["startupProbe"] = started;
    }
}

fn asked(probe: &HttpProbe) -> Value {
    if probe.below > 400 {
        return json!({ "tcpSocket": { "port": "http" } });
    }
    let host = probe
        .host
        .as_ref()
        .map(|host| json!([{ "name": "Host", "value": host }]));
    json!({ "httpGet": { "path": probe.path, "port": "http", "httpHeaders": host } })
}

/// Requests come for a few seconds more, until every proxy of the cluster knows that the pod goes.
fn pre_stop(input: &Input<'_>) -> Value {
    let wait = seconds(input.options.pre_stop());
    match (wait, input.native_sleep) {
        (0, _) => Value::Null,
        (wait, true) => json!({ "preStop": { "sleep": { "seconds": wait } } }),
        (wait, false) => json!({ "preStop": { "exec": { "command": ["sleep", wait.to_string()] } } }),
    }
}

/// In whole seconds, rounded up.
pub fn seconds(span: Span) -> u64 {
    span.as_millis().div_ceil(1000)
}
