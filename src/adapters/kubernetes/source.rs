//! Objects that somebody else wrote: files, a kustomization, a chart; and patches over any.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::names;
use super::render::Input;
use super::trouble::clean;
use crate::fault::{Attempt, Fault, Result};
use crate::model::Span;
use crate::model::spec::{CommandLine, Process, Role};
use crate::ports::Commands;
use crate::ports::commands::Request;

/// Rendering reads files and computes; a chart from a registry is fetched first.
const TIMEOUT: Span = Span::from_secs(120);
/// A file of objects beyond this is no manifest.
const MAX_FILE: u64 = 8 << 20;

/// Kinds that make pods, and where their pod templates are.
const WORKLOADS: [(&str, &str); 4] = [
    ("Deployment", "/spec/template"),
    ("StatefulSet", "/spec/template"),
    ("DaemonSet", "/spec/template"),
    ("CronJob", "/spec/jobTemplate/spec/template"),
];

/// Where files are, and how programs are run.
pub struct Place<'a> {
    /// The service's folder, or its copy in an artifact.
    pub folder: &'a Path,
    pub commands: &'a dyn Commands,
}

/// The objects of the source that the options name, with deliver's labels, image and variables.
pub fn objects(input: &Input<'_>, image: Option<&str>, own: Vec<Value>, place: &Place<'_>) -> Result<Vec<Value>> {
    let mut objects = found(input, place)?;
    if objects.is_empty() {
        return Err(Fault::usage(
            "no-objects",
            "the source of Kubernetes objects holds none",
        ));
    }
    shaped(&objects)?;
    let web = web(input, &objects)?;
    for object in &mut objects {
        fits(object, input)?;
        names::label(object, labels(input));
        if let Some((_, at)) = WORKLOADS.iter().find(|(kind, _)| names::kind(object) == *kind) {
            workload(object, at, input, image, web.as_deref(), &own)?;
        }
    }
    if let Some(web) = &web {
        mark_services(&mut objects, web);
    }
    let mut all = own;
    all.extend(objects);
    Ok(all)
}

/// Patches as the options list them, each with its file.
pub fn patches(input: &Input<'_>, place: &Place<'_>) -> Result<Vec<(String, Value)>> {
    let mut patches = Vec::new();
    for file in &input.options.patches {
        let read = read(place.folder, file)?;
        patches.extend(read.into_iter().map(|patch| (file.clone(), patch)));
    }
    Ok(patches)
}

fn labels(input: &Input<'_>) -> Vec<(&'static str, Value)> {
    vec![
        (names::MANAGED_BY, json!(names::MANAGER)),
        (names::SERVICE, json!(input.service)),
        (names::ENV, json!(input.env)),
    ]
}

fn found(input: &Input<'_>, place: &Place<'_>) -> Result<Vec<Value>> {
    let options = input.options;
    if let Some(folder) = &options.kustomize {
        no_flag("kustomize", folder)?;
        let kubectl = ["kubectl", "kustomize", folder.as_str()];
        let text = match run(place, &kubectl) {
            Err(fault) if fault.code() == "command-missing" => run(place, &["kustomize", "build", folder])?,
            text => text?,
        };
        return parse(&text, &format!("kustomize of {folder}"));
    }
    if let Some(helm) = &options.helm {
        let release = helm.release.as_deref().unwrap_or(input.service.as_str());
        no_flag("helm.chart", &helm.chart)?;
        no_flag("helm.release", release)?;
        helm.values.iter().try_for_each(|file| no_flag("helm.values", file))?;
        let mut words = vec!["helm", "template", release, &helm.chart, "--namespace", input.namespace];
        words.extend(helm.values.iter().flat_map(|file| ["--values", file.as_str()]));
        let objects = parse(&run(place, &words)?, &format!("helm template of {}", helm.chart))?;
        return without_hooks(objects);
    }
    let mut objects = Vec::new();
    for pattern in &options.manifests {
        let files = matching(place.folder, pattern)?;
        if files.is_empty() {
            let message = format!("`manifests` names `{}`, and no file is there", clean(pattern));
            return Err(Fault::usage("no-such-file", message)
                .still("nothing was touched")
                .hint("a file that the build leaves out is not in the artifact either: add it to `[build] include`"));
        }
        for file in files {
            objects.extend(read(place.folder, &file)?);
        }
    }
    Ok(objects)
}

/// Moments of a chart's hooks at which nothing happens that deliver does.
const IDLE_HOOKS: [&str; 6] = [
    "test",
    "test-success",
    "test-failure",
    "pre-delete",
    "post-delete",
    "crd-install",
];

/// `helm template` prints hooks among the objects, and only `helm install` would run them at their moment. Those for tests
/// and for taking down are left out; with others something would be missing that the chart relies on.
fn without_hooks(objects: Vec<Value>) -> Result<Vec<Value>> {
    let moments = |object: &Value| -> Vec<String> {
        let hook = object["metadata"]["annotations"]["helm.sh/hook"].as_str();
        let all = hook.unwrap_or_default().split(',').map(str::trim);
        all.filter(|moment| !moment.is_empty()).map(str::to_owned).collect()
    };
    let is_idle = |moment: &String| IDLE_HOOKS.contains(&moment.as_str()) || moment.ends_with("-rollback");
    let needed = objects.iter().filter(|object| !moments(object).iter().all(is_idle));
    let listed: Vec<String> = needed
        .map(|object| {
            format!(
                "{} ({})",
                clean(&names::described(object)),
                clean(&moments(object).join(", "))
            )
        })
        .collect();
    if listed.is_empty() {
        return Ok(objects
            .into_iter()
            .filter(|object| moments(object).is_empty())
            .collect());
    }
    Err(Fault::usage(
        "chart-hooks",
        "the chart has hooks, which only helm itself would run at their moment",
    )
    .details(listed)
    .still("nothing was touched")
    .hint("turn them off in the chart's values; what is to run once before a release is `[run.release]`"))
}

/// What begins with a dash is an option to a program, whatever was meant.
fn no_flag(key: &str, word: &str) -> Result<()> {
    match word.starts_with('-') || word.is_empty() {
        false => Ok(()),
        true => Err(Fault::usage(
            "not-a-name",
            format!("`{key}` is `{}`, which a program takes for an option", clean(word)),
        )
        .still("nothing was touched")
        .hint(format!("write `{key} = \"./{}\"` if it is a path", clean(word)))),
    }
}

fn run(place: &Place<'_>, words: &[&str]) -> Result<String> {
    let request = Request {
        command: CommandLine::Exec(words.iter().map(|word| (*word).to_owned()).collect()),
        dir: place.folder.to_owned(),
        env: BTreeMap::new(),
        timeout: TIMEOUT,
    };
    let output = place.commands.capture(&request)?;
    String::from_utf8(output).map_err(|_| Fault::failed("not-text", format!("`{}` printed no text", words.join(" "))))
}

/// Files below the folder that a pattern means, sorted; `*` stands for anything within one name.
fn matching(folder: &Path, pattern: &str) -> Result<Vec<String>> {
    let Some(star) = pattern.find('*') else {
        return Ok(folder
            .join(pattern)
            .is_file()
            .then(|| pattern.to_owned())
            .into_iter()
            .collect());
    };
    let cut = pattern[..star].rfind('/').map_or(0, |at| at + 1);
    let (parent, name) = pattern.split_at(cut);
    if name.contains('/') {
        let message = format!("`{}` has `*` in a folder's name", clean(pattern));
        return Err(Fault::usage("bad-pattern", message).hint("list one pattern for each folder"));
    }
    let inside = folder.join(parent);
    let mut files = Vec::new();
    let entries = match std::fs::read_dir(&inside) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(files),
        entries => entries.attempting("list", &inside)?,
    };
    for entry in entries {
        let entry = entry.attempting("list", &inside)?;
        let file = entry.file_name().to_string_lossy().into_owned();
        if fits_pattern(name, &file) && entry.path().is_file() {
            files.push(format!("{parent}{file}"));
        }
    }
    files.sort();
    Ok(files)
}

fn fits_pattern(pattern: &str, name: &str) -> bool {
    let parts: Vec<&str> = pattern.split('*').collect();
    let (Some(first), Some(last)) = (parts.first(), parts.last()) else {
        return false;
    };
    let Some(mut rest) = name
        .strip_prefix(first)
        .filter(|rest| rest.len() >= last.len() && rest.ends_with(last))
    else {
        return false;
    };
    rest = &rest[..rest.len() - last.len()];
    for part in &parts[1..parts.len().saturating_sub(1)] {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    true
}

fn read(folder: &Path, file: &str) -> Result<Vec<Value>> {
    let path: PathBuf = folder.join(file);
    let usage = |fault: Fault| fault.with_kind(crate::fault::Kind::Usage).still("nothing was touched");
    let refused =
        |code, what: &str| Fault::usage(code, format!("`{}` is {what}", clean(file))).still("nothing was touched");
    // A pipe would be waited for, and a device never ends.
    let is_file = std::fs::metadata(&path)
        .attempting("read", &path)
        .map_err(usage)?
        .is_file();
    if !is_file {
        return Err(refused("no-file", "no regular file"));
    }
    let opened = std::fs::File::open(&path).attempting("read", &path).map_err(usage)?;
    let mut bytes = Vec::new();
    opened
        .take(MAX_FILE + 1)
        .read_to_end(&mut bytes)
        .attempting("read", &path)
        .map_err(usage)?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(refused("file-too-large", "too large for a manifest"));
    }
    let text = String::from_utf8(bytes).map_err(|_| refused("not-text", "no text in UTF-8"))?;
    parse(&text, file)
}

/// The documents of a YAML text; lists are taken apart.
pub fn parse(text: &str, place: &str) -> Result<Vec<Value>> {
    let documents: Vec<Value> = serde_saphyr::from_multiple(text).map_err(|error| {
        Fault::usage("bad-yaml", format!("`{}` is not YAML", clean(place)))
            .details(error.to_string().lines().take(20).map(clean))
            .still("nothing was touched")
    })?;
    let mut objects = Vec::new();
    for document in documents {
        match document {
            Value::Null => {}
            document if names::kind(&document) == "List" => {
                objects.extend(document["items"].as_array().cloned().unwrap_or_default());
            }
            document => objects.push(document),
        }
    }
    match objects
        .iter()
        .position(|object| names::kind(object).is_empty() || names::name(object).is_empty())
    {
        None => Ok(objects),
        Some(at) => Err(Fault::usage(
            "bad-object",
            format!(
                "object {} of `{}` lacks `kind` or `metadata.name`",
                at + 1,
                clean(place)
            ),
        )
        .still("nothing was touched")),
    }
}

/// Refuses objects that are something else where deliver has to write into a table: the cluster would refuse them too.
pub fn shaped(objects: &[Value]) -> Result<()> {
    for object in objects {
        let own = |place: &&String| {
            object
                .pointer(place)
                .is_some_and(|value| !value.is_null() && !value.is_object())
        };
        if let Some(place) = tables(names::kind(object)).iter().find(own) {
            return Err(misshapen(object, place, "table"));
        }
        let Some((_, at)) = WORKLOADS.iter().find(|(kind, _)| names::kind(object) == *kind) else {
            continue;
        };
        let place = format!("{at}/spec/containers");
        let containers = object.pointer(&place).and_then(Value::as_array);
        if containers.is_none_or(|all| all.is_empty() || !all.iter().all(Value::is_object)) {
            return Err(misshapen(object, &place, "list of tables"));
        }
    }
    Ok(())
}

/// Places in objects of a kind that hold a table, where there is anything.
fn tables(kind: &str) -> Vec<String> {
    let mut places: Vec<String> = ["", "/labels", "/annotations"]
        .map(|below| format!("/metadata{below}"))
        .into();
    if kind == "Service" {
        places.extend(["/spec", "/spec/selector"].map(String::from));
    }
    if let Some((_, at)) = WORKLOADS.iter().find(|(known, _)| kind == *known) {
        places.extend(at.match_indices('/').skip(1).map(|(end, _)| at[..end].to_owned()));
        places.extend(["/spec/selector", "/spec/selector/matchLabels"].map(String::from));
        let template = ["", "/metadata", "/metadata/labels", "/metadata/annotations", "/spec"];
        places.extend(template.map(|below| format!("{at}{below}")));
    }
    places
}

fn misshapen(object: &Value, place: &str, what: &str) -> Fault {
    let key = place.trim_start_matches('/').replace('/', ".");
    let message = format!("{} has no {what} at `{key}`", clean(&names::described(object)));
    Fault::usage("bad-object", message).still("nothing was touched")
}

/// An object of another namespace would be out of sight.
fn fits(object: &Value, input: &Input<'_>) -> Result<()> {
    let described = clean(&names::described(object));
    if !object["apiVersion"].is_string() {
        return Err(Fault::usage("bad-object", format!("{described} lacks `apiVersion`")));
    }
    match object["metadata"]["namespace"].as_str() {
        Some(namespace) if namespace != input.namespace => {
            let message = format!(
                "{described} is for the namespace `{}`, and the environment's is `{}`",
                clean(namespace),
                input.namespace
            );
            Err(Fault::usage("other-namespace", message)
                .hint("leave `namespace` out of the manifest, or write it under [environment.NAME.kubernetes]"))
        }
        _ => Ok(()),
    }
}

/// The name of the Deployment that takes traffic.
fn web(input: &Input<'_>, objects: &[Value]) -> Result<Option<String>> {
    if input.spec.web().is_none() {
        return Ok(None);
    }
    let deployments: Vec<&str> = objects
        .iter()
        .filter(|object| names::kind(object) == "Deployment")
        .map(names::name)
        .collect();
    let wanted = input
        .options
        .workload
        .as_deref()
        .map(|text| text.trim_start_matches("deployment/"));
    let found = match (wanted, &deployments[..]) {
        (Some(name), all) => all.iter().find(|one| **one == name),
        (None, [only]) => Some(only),
        (None, all) => all.iter().find(|one| **one == input.base()),
    };
    found.map(|name| Some((*name).to_owned())).ok_or_else(|| {
        let listed: Vec<String> = deployments
            .iter()
            .map(|name| format!("deployment/{}", clean(name)))
            .collect();
        let message = "it cannot be told which Deployment takes traffic";
        Fault::usage("no-workload", message)
            .still("nothing was touched")
            .hint(match listed.is_empty() {
                true => "the source has no Deployment: a service whose [run] has a command needs one".to_owned(),
                false => format!("write `workload = \"…\"`; there are {}", listed.join(", ")),
            })
    })
}

/// Labels, image and variables of something that makes pods.
fn workload(
    object: &mut Value,
    at: &str,
    input: &Input<'_>,
    image: Option<&str>,
    web: Option<&str>,
    own: &[Value],
) -> Result<()> {
    let name = names::name(object).to_owned();
    let is_deployment = names::kind(object) == "Deployment";
    let process = process(input, &name, is_deployment && web == Some(name.as_str()));
    let called = process.map_or(names::bounded(&name), |process| process.name.clone());
    if let Some(process) = process.filter(|process| !matches!(process.role, Role::Schedule(_))) {
        count(object, process)?;
    }
    names::label(object, [(names::PROCESS, json!(called))]);
    let Some(template) = object.pointer_mut(at) else {
        return Ok(());
    };
    let mut all = labels(input);
    all.push((names::PROCESS, json!(called)));
    all.push((names::RELEASE, json!(input.release)));
    all.push((names::DEPLOYMENT, json!(input.deployment)));
    if is_deployment {
        all.push((names::TRACK, json!(names::MAIN)));
    }
    names::label(template, all);
    let containers = template["spec"]["containers"].as_array_mut();
    for container in containers.into_iter().flatten() {
        if let Some(image) =
            image.filter(|image| repository(image) == repository(container["image"].as_str().unwrap_or_default()))
        {
            container["image"] = json!(image);
        }
        if process.is_some() {
            give_variables(container, own);
        }
    }
    Ok(())
}

fn process<'a>(input: &'a Input<'_>, name: &str, is_web: bool) -> Option<&'a Process> {
    if is_web {
        return input.spec.web();
    }
    let others = input.spec.processes.iter().filter(|process| process.role != Role::Web);
    let mut fitting =
        others.filter(|process| name == process.name || name == names::of_process(input.base(), &process.name));
    fitting.next()
}

/// `instances` decides how many run, as everywhere. Where the manifest says another number nobody can know which is meant.
fn count(object: &mut Value, process: &Process) -> Result<()> {
    let said = object["spec"]["replicas"].as_u64();
    if let Some(said) = said.filter(|said| *said != u64::from(process.instances)) {
        let message = format!(
            "{} says `replicas: {said}`, and deliver.toml says {} for `{}`",
            clean(&names::described(object)),
            process.instances,
            process.name
        );
        return Err(Fault::usage("two-counts", message)
            .still("nothing was touched")
            .hint(format!(
                "write `instances = {said}`, or leave `replicas` out of the manifest"
            )));
    }
    if names::kind(object) != "DaemonSet" {
        object["spec"]["replicas"] = json!(process.instances);
    }
    Ok(())
}

/// A reference without tag and digest.
fn repository(image: &str) -> &str {
    let image = image.split('@').next().unwrap_or(image);
    let name = image.rfind('/').map_or(0, |at| at + 1);
    match image[name..].find(':') {
        Some(at) => &image[..name + at],
        None => image,
    }
}

/// What `[run.env]` and `[run.secrets]` say reaches the containers as it does everywhere else.
fn give_variables(container: &mut Value, own: &[Value]) {
    for object in own {
        let source = match names::kind(object) {
            "ConfigMap" => json!({ "configMapRef": { "name": names::name(object) } }),
            "Secret" => json!({ "secretRef": { "name": names::name(object) } }),
            _ => continue,
        };
        match container["envFrom"].as_array_mut() {
            Some(sources) => sources.push(source),
            None => container["envFrom"] = json!([source]),
        }
    }
}

/// Services that select the web pods are the ones that move traffic.
fn mark_services(objects: &mut [Value], web: &str) {
    let labels = objects
        .iter()
        .find(|object| names::kind(object) == "Deployment" && names::name(object) == web)
        .map(|object| object["spec"]["template"]["metadata"]["labels"].clone())
        .unwrap_or_default();
    for service in objects.iter_mut().filter(|object| names::kind(object) == "Service") {
        let selector = service["spec"]["selector"].as_object();
        let selects = selector.is_some_and(|wanted| {
            !wanted.is_empty() && wanted.iter().all(|(key, value)| labels.get(key) == Some(value))
        });
        if selects {
            names::label(service, [(names::PROCESS, json!(names::WEB))]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hooks_of_a_chart_are_left_out_or_told() {
        let of = |name: &str, hook: &str| json!({ "apiVersion": "v1", "kind": "Pod", "metadata": { "name": name, "annotations": { "helm.sh/hook": hook } } });
        let plain = json!({ "apiVersion": "v1", "kind": "Service", "metadata": { "name": "a" } });
        let idle = vec![plain.clone(), of("t", "test"), of("d", "post-delete, pre-rollback")];
        assert_eq!(without_hooks(idle).expect("nothing is missing"), vec![plain.clone()]);
        let fault = without_hooks(vec![plain, of("m", "pre-install,pre-upgrade")]).expect_err("it would be missing");
        assert_eq!(
            (fault.code(), fault.evidence()),
            ("chart-hooks", &["pod/m (pre-install, pre-upgrade)".to_owned()][..])
        );
    }

    #[test]
    fn a_word_that_a_program_takes_for_an_option_is_refused() {
        for word in ["-x", "--post-renderer=/bin/sh", "-", ""] {
            assert_eq!(no_flag("helm.chart", word).expect_err(word).code(), "not-a-name");
        }
        no_flag("helm.chart", "./-x").expect("a path");
    }

    #[test]
    fn only_a_regular_file_of_some_size_is_read() {
        let folder = tempfile::tempdir().expect("a folder");
        nix::unistd::mkfifo(&folder.path().join("pipe"), nix::sys::stat::Mode::S_IRWXU).expect("a pipe");
        std::os::unix::fs::symlink("/dev/zero", folder.path().join("zero")).expect("a link");
        std::fs::create_dir(folder.path().join("folder")).expect("a folder");
        for file in ["pipe", "zero", "folder"] {
            let fault = read(folder.path(), file).expect_err(file);
            assert_eq!(
                (fault.kind(), fault.code()),
                (crate::fault::Kind::Usage, "no-file"),
                "{file}"
            );
        }
        let large = std::fs::File::create(folder.path().join("large")).expect("a file");
        large.set_len(MAX_FILE + 1).expect("a sparse file");
        assert_eq!(
            read(folder.path(), "large").expect_err("large").code(),
            "file-too-large"
        );
        std::fs::write(folder.path().join("bytes"), [0xff]).expect("a file");
        assert_eq!(read(folder.path(), "bytes").expect_err("bytes").code(), "not-text");
    }

    #[test]
    fn a_pattern_matches_within_one_name() {
        for (pattern, name, fits) in [
            ("*.yaml", "a.yaml", true),
            ("*.yaml", "a.yml", false),
            ("a*b*c", "a-x-b-y-c", true),
            ("a*b", "ab", true),
            ("ab*b", "ab", false),
        ] {
            assert_eq!(fits_pattern(pattern, name), fits, "{pattern} {name}");
        }
    }

    #[test]
    fn a_reference_is_told_from_its_tag() {
        assert_eq!(repository("localhost:5000/shop:1.2@sha256:abc"), "localhost:5000/shop");
        assert_eq!(repository("localhost:5000/shop"), "localhost:5000/shop");
        assert_eq!(repository("nginx:1.27"), "nginx");
    }

    #[test]
    fn an_object_of_another_shape_is_refused_before_anything_is_written_into_it() {
        for (spec, problem) in [
            ("template: text", "deployment/a has no table at `spec.template`"),
            (
                "template: {metadata: []}",
                "deployment/a has no table at `spec.template.metadata`",
            ),
            (
                "selector: {matchLabels: 3}",
                "deployment/a has no table at `spec.selector.matchLabels`",
            ),
            (
                "template: {spec: {containers: [web]}}",
                "deployment/a has no list of tables at `spec.template.spec.containers`",
            ),
            (
                "replicas: 2",
                "deployment/a has no list of tables at `spec.template.spec.containers`",
            ),
        ] {
            let text = format!("{{apiVersion: apps/v1, kind: Deployment, metadata: {{name: a}}, spec: {{{spec}}}}}");
            let objects = parse(&text, "x").expect("objects");
            let fault = shaped(&objects).expect_err(spec);
            assert_eq!((fault.code(), fault.message()), ("bad-object", problem), "{spec}");
        }
        let job = "{apiVersion: batch/v1, kind: CronJob, metadata: {name: a}, spec: {jobTemplate: []}}";
        let fault = shaped(&parse(job, "x").expect("objects")).expect_err("a list");
        assert_eq!(fault.message(), "cronjob/a has no table at `spec.jobTemplate`");
        let config = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a, labels: null}, spec: 3}";
        shaped(&parse(config, "x").expect("objects")).expect("nobody writes there");
    }

    #[test]
    fn lists_are_taken_apart_and_nonsense_is_refused() {
        let text = "kind: List\nitems:\n- {apiVersion: v1, kind: A, metadata: {name: a}}\n---\n---\napiVersion: v1\nkind: B\nmetadata: {name: b}\n";
        let objects = parse(text, "x").expect("objects");
        assert_eq!(objects.iter().map(names::described).collect::<Vec<_>>(), ["a/a", "b/b"]);
        assert_eq!(parse("kind: A", "x").expect_err("no name").code(), "bad-object");
        assert_eq!(parse("a: [", "x").expect_err("no YAML").code(), "bad-yaml");
    }
}
