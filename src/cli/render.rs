//! `deliver render`.

use serde::Serialize;
use serde_json::Value;

use crate::fault::{Fault, Result};
use crate::model::{EnvName, ServiceName};

use super::page::Page;
use super::report::Report;
use super::{Cx, Exit};

/// Print the Kubernetes objects that a deployment would apply
///
/// They are made from `deliver.toml`, or taken from the manifests, kustomization or chart that it names, with patches laid
/// over them. No cluster is asked, and values of secrets are never printed: their versions stand in their place, or
/// `<not shown>` in a Secret of your own, so that this is for looking, not for `kubectl apply`. A deployment adds the release's number, which stands here as `unreleased`.
#[derive(Debug, clap::Args)]
#[command(before_help = "\
Examples:
  $ deliver render production
  $ deliver render production --json
  $ deliver render production | kubectl diff -f -")]
pub struct RenderArgs {
    /// For which environment [default: the only one on Kubernetes]
    pub env: Option<EnvName>,
}

/// `deliver/render/v1`.
#[derive(Debug, schemars::JsonSchema, Serialize)]
pub struct Rendered {
    service: ServiceName,
    env: EnvName,
    /// As the API server is sent them, in the order in which they are applied.
    objects: Vec<Value>,
}

impl Report for Rendered {
    const SCHEMA: &'static str = "render";

    fn render(&self, page: &mut Page) {
        page.line(self.yaml());
    }
}

impl Rendered {
    fn yaml(&self) -> String {
        self.objects
            .iter()
            .map(|object| format!("---\n{}", yaml(object)))
            .collect()
    }
}

fn yaml(object: &Value) -> String {
    // Objects are tables of text, numbers and lists, for all of which YAML has a form.
    serde_saphyr::to_string(object).unwrap_or_else(|error| format!("# {error}"))
}

/// The environment that is meant: the named one, else the only one on Kubernetes.
fn chosen(args: &RenderArgs, cx: &Cx) -> Result<EnvName> {
    if let Some(env) = &args.env {
        return Ok(env.clone());
    }
    let manifest = cx.world.manifest()?;
    let environments = manifest.environments.iter();
    let on_cluster: Vec<&EnvName> = environments
        .filter(|environment| environment.target == "kubernetes")
        .map(|environment| &environment.name)
        .collect();
    match on_cluster[..] {
        [only] => Ok(only.clone()),
        [] => Err(nothing(&format!(
            "`{}` has no environment on Kubernetes",
            manifest.service.name
        ))),
        [first, ..] => Err(
            Fault::usage("which-environment", "several environments are on Kubernetes")
                .hint(format!("deliver render {first}")),
        ),
    }
}

fn nothing(message: &str) -> Fault {
    Fault::usage("nothing-to-render", message).hint("write `target = \"kubernetes\"` under [environment.NAME]")
}

#[cfg(feature = "kubernetes")]
pub fn run(args: &RenderArgs, cx: &mut Cx) -> Result<Exit> {
    use super::scene;
    use crate::adapters::kubernetes::Wish;
    use crate::deploy::{build, secrets};

    let (manifest, resolved, subject) = scene::here(cx, Some(&chosen(args, cx)?))?;
    if subject.place.target != "kubernetes" {
        let message = format!("the target of `{}` is `{}`", subject.env, subject.place.target);
        return Err(nothing(&message));
    }
    let recipe = scene::recipe(&manifest, &resolved);
    let mut spec = resolved.spec;
    let sources = secrets::Sources {
        folder: &recipe.folder,
        environment: cx.world.environment(),
        commands: cx.world.commands(),
    };
    // A key is made by a deployment: what only shows leaves nothing behind.
    let unread = match (spec.secrets.is_empty(), cx.world.known_key()?) {
        (true, _) => None,
        (false, Some(key)) => secrets::resolve(&mut spec, &sources, &key)
            .err()
            .map(|fault| format!("{fault}: their versions cannot be told, nor the Secret's name")),
        (false, None) => Some(
            "versions of secrets cannot be told, nor the Secret's name: the first deployment from here makes the key for that"
                .to_owned(),
        ),
    };
    if let Some(warning) = unread {
        cx.ui.warn(warning);
    }
    let snapshot = build::snapshot(&recipe, cx.world.vcs(), cx.world.paths()?)?;
    let wish = Wish {
        service: &subject.service,
        env: &subject.env,
        spec: &spec,
        folder: &recipe.folder,
        build: &format!("{}:{}", subject.service, snapshot.id),
    };
    let objects = cx.world.kubernetes(&subject.place)?.preview(&wish)?;
    let rendered = Rendered {
        service: subject.service,
        env: subject.env,
        objects,
    };
    if cx.ui.json() {
        cx.ui.answer(&rendered)?;
        return Ok(Exit::Ok);
    }
    // To the byte, for the program that reads it: the lines of a page lose the blanks at their end.
    cx.ui.print(&rendered.yaml())?;
    Ok(Exit::Ok)
}

#[cfg(not(feature = "kubernetes"))]
pub fn run(args: &RenderArgs, cx: &mut Cx) -> Result<Exit> {
    let env = chosen(args, cx)?;
    Err(Fault::usage(
        "left-out",
        format!("cannot render `{env}`: this build of deliver has no `kubernetes`"),
    ))
}
