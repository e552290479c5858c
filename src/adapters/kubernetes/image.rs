//! Which image pods run: one that is there, one that is built and pushed, or what somebody else's objects name.
//!
//! Images are built by a Docker engine, found as the Docker command line finds it; the cluster builds nothing.

use std::path::Path;

use super::options::Options;
use crate::fault::{Fault, Result};
use crate::model::spec::{CommandLine, Image, SCRATCH, Spec, Work};

/// Where a specification's image comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice<'a> {
    /// The objects of a source name their own.
    Named,
    /// It is there already, by this reference.
    Ready(&'a str),
    /// Built, pushed below this prefix, and pulled by the nodes.
    Pushed(&'a str),
    /// Built, and brought to the nodes by hand.
    Loaded,
}

/// What the specification and its options come to.
pub fn choose<'a>(spec: &'a Spec, options: &'a Options) -> Result<Choice<'a>> {
    if let Some(reference) = ready(spec) {
        return Ok(Choice::Ready(reference));
    }
    let choice = match (&options.registry, options.has_source(), options.pull.as_deref()) {
        (Some(prefix), ..) => Choice::Pushed(prefix),
        (None, true, _) => return Ok(Choice::Named),
        (None, false, Some("never")) => Choice::Loaded,
        (None, false, _) => return Err(no_image()),
    };
    if !options.has_source() {
        runs(spec)?;
    }
    Ok(choice)
}

/// The image that is there already.
pub fn ready(spec: &Spec) -> Option<&str> {
    match &spec.image {
        Some(Image::Ready(reference)) => Some(reference),
        _ => None,
    }
}

fn no_image() -> Fault {
    Fault::usage(
        "no-image",
        "target `kubernetes` needs an image that its nodes can pull, and nothing says where to push one",
    )
    .still("nothing was touched")
    .hint("name a registry:  [environment.NAME.kubernetes]  registry = \"registry.example/shop\"")
    .hint("or an image that is there:  [build.image]  reference = \"registry.example/shop/pricing@sha256:…\"")
}

/// Refuses what an image that deliver packs has no program for.
fn runs(spec: &Spec) -> Result<()> {
    let Some(Image::Base(base)) = &spec.image else {
        return Ok(());
    };
    for process in &spec.processes {
        let refused = match &process.work {
            Work::Static(_) => Fault::usage(
                "no-static",
                "a folder of static files needs an image with a web server on target `kubernetes`",
            )
            .hint("write `[build.image]` with `dockerfile = \"Dockerfile\"`"),
            Work::Command(CommandLine::Shell(_)) if base == SCRATCH => {
                let message = format!(
                    "the command of `{}` is a line for a shell, and an image from scratch has none",
                    process.name
                );
                Fault::usage("no-shell", message).hint("write the command as a list, or give `[build.image]` a `base`")
            }
            _ => continue,
        };
        return Err(refused.still("nothing was touched"));
    }
    Ok(())
}

/// Whether the reference cannot come to mean another image.
pub fn is_pinned(reference: &str) -> bool {
    reference.contains("@sha256:")
}

#[cfg(feature = "docker")]
pub use engine::Maker;
#[cfg(not(feature = "docker"))]
pub use without::Maker;

#[cfg(feature = "docker")]
mod engine {
    use std::collections::BTreeMap;
    use std::sync::{Arc, Mutex, PoisonError};
    use std::time::Duration;

    use serde::Deserialize;
    use serde_json::Value;

    use super::{Choice, Path, is_pinned};
    use crate::adapters::docker::connect::{Endpoint, Engine};
    use crate::adapters::docker::image::Images;
    use crate::adapters::docker::reach::{Auth, Reach};
    use crate::adapters::docker::registry::Logins;
    use crate::config::environment::Environment;
    use crate::fault::{Fault, Result};
    use crate::model::place::Place;
    use crate::model::release::Release;
    use crate::ports::{Commands, Interrupt};

    /// The longest that a registry may take to say what a tag means: it is asked for certainty, and a deployment goes on
    /// without it.
    const RESOLVE: Duration = Duration::from_secs(5);

    /// Makes images by the engine of this environment. Nothing is reached before the first is asked for.
    pub struct Maker {
        environment: Environment,
        logins: Logins,
        interrupt: Arc<dyn Interrupt>,
        /// What tags meant when they were asked for first: what is advised is what is deployed.
        meant: Mutex<BTreeMap<String, Option<String>>>,
    }

    impl Maker {
        pub fn new(
            place: &Place,
            environment: &Environment,
            commands: Arc<dyn Commands>,
            interrupt: Arc<dyn Interrupt>,
        ) -> Result<Maker> {
            let auth = place.options.get("auth").map(Auth::deserialize).transpose();
            let auth = auth.map_err(|error| {
                Fault::usage("bad-options", "`auth` of the target `kubernetes` does not read").because(error)
            })?;
            let registry = place.options.get("registry").and_then(Value::as_str);
            Ok(Maker {
                environment: environment.clone(),
                logins: Logins::new(auth, registry, "kubernetes", environment, commands),
                interrupt,
                meant: Mutex::default(),
            })
        }

        /// The image of a release as pods name it: by its digest wherever a registry has it.
        pub fn make(
            &self,
            choice: Choice<'_>,
            release: &Release,
            artifact: &Path,
            pull: Option<&str>,
        ) -> Result<Option<String>> {
            let obtain = |prefix: Option<&str>| {
                let engine = self.engine()?;
                let made = self.images(&engine).obtain(release, artifact, prefix);
                made.map(|(pin, _)| pin)
            };
            Ok(match choice {
                Choice::Named => None,
                Choice::Ready(reference) => Some(self.meaning(reference, pull).unwrap_or_else(|| reference.to_owned())),
                Choice::Pushed(prefix) => Some(obtain(Some(prefix))?.reference),
                Choice::Loaded => Some(obtain(None)?.name),
            })
        }

        /// What a tag means now, where an engine answers and its registry knows. An image that nodes were given by hand is
        /// known to them by its tag alone.
        pub fn meaning(&self, reference: &str, pull: Option<&str>) -> Option<String> {
            if is_pinned(reference) || pull == Some("never") {
                return None;
            }
            let mut meant = self.meant.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(known) = meant.get(reference) {
                return known.clone();
            }
            let asked = self
                .engine()
                .and_then(|engine| self.images(&engine).pinned(reference, RESOLVE));
            let digest = asked.ok();
            meant.insert(reference.to_owned(), digest.clone());
            digest
        }

        fn engine(&self) -> Result<Engine> {
            let endpoint = Endpoint::find(&Reach::default(), &self.environment)?;
            Ok(Engine::new(endpoint, None, self.interrupt.clone()))
        }

        fn images<'a>(&'a self, engine: &'a Engine) -> Images<'a> {
            Images {
                engine,
                logins: &self.logins,
                events: None,
            }
        }
    }
}

#[cfg(not(feature = "docker"))]
mod without {
    use std::sync::Arc;

    use super::{Choice, Path};
    use crate::config::environment::Environment;
    use crate::fault::{Fault, Result};
    use crate::model::place::Place;
    use crate::model::release::Release;
    use crate::ports::{Commands, Interrupt};

    /// Knows ready images alone.
    pub struct Maker;

    impl Maker {
        pub fn new(_: &Place, _: &Environment, _: Arc<dyn Commands>, _: Arc<dyn Interrupt>) -> Result<Maker> {
            Ok(Maker)
        }

        pub fn make(&self, choice: Choice<'_>, _: &Release, _: &Path, _: Option<&str>) -> Result<Option<String>> {
            match choice {
                Choice::Named => Ok(None),
                Choice::Ready(reference) => Ok(Some(reference.to_owned())),
                Choice::Pushed(_) | Choice::Loaded => Err(Fault::usage(
                    "left-out",
                    "this build of deliver has no `docker`, which builds images",
                )
                .still("nothing was touched")
                .hint("install one that was built with the feature `docker`")
                .hint("or build the image elsewhere, and write `[build.image]` with `reference = \"…\"`")),
            }
        }

        pub fn meaning(&self, _: &str, _: Option<&str>) -> Option<String> {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path as File;

    use super::*;
    use crate::config::manifest::Manifest;

    /// What a service with this `[build.image]`, `[run]` and `[environment.NAME.kubernetes]` comes to.
    fn chosen(image: &str, run: &str, options: &str) -> std::result::Result<String, String> {
        let spec = spec(image, run, options);
        let options = Options::read(&spec.options).expect("options");
        let choice = choose(&spec, &options).map(|choice| format!("{choice:?}"));
        choice.map_err(|fault| fault.code().to_owned())
    }

    fn spec(image: &str, run: &str, options: &str) -> Spec {
        let text = format!(
            "[service]\nname = \"pricing\"\n[build.image]\n{image}\n[run]\n{run}\n\
             [environment.production]\ntarget = \"kubernetes\"\n[environment.production.kubernetes]\n{options}\n"
        );
        let manifest = Manifest::parse(&text, File::new("/srv/pricing/deliver.toml")).expect("a manifest");
        let env = "production".parse().expect("a name");
        manifest.environment(&env).expect("an environment").spec
    }

    const APP: &str = "command = [\"/app/server\"]";
    const FILE: &str = "dockerfile = \"Dockerfile\"";
    const BASE: &str = "base = \"debian:12-slim\"";
    const PUSHED: &str = "Pushed(\"registry.example/shop\")";
    const REGISTRY: &str = "registry = \"registry.example/shop\"";

    #[test]
    fn what_is_not_there_is_built_where_nodes_can_get_it() {
        let chosen = |image, options| chosen(image, APP, options);
        assert_eq!(chosen(FILE, REGISTRY), Ok(PUSHED.into()));
        assert_eq!(chosen(BASE, REGISTRY), Ok(PUSHED.into()));
        let never = format!("{REGISTRY}\npull = \"never\"");
        assert_eq!(chosen(FILE, &never), Ok(PUSHED.into()), "a registry decides");
        assert_eq!(chosen(FILE, "pull = \"never\""), Ok("Loaded".into()));
        for options in ["", "pull = \"always\"", "pull = \"missing\""] {
            assert_eq!(chosen(FILE, options), Err("no-image".into()), "{options}");
            assert_eq!(chosen(BASE, options), Err("no-image".into()), "{options}");
        }
    }

    #[test]
    fn what_is_there_is_taken_and_a_source_names_its_own() {
        let ready = "reference = \"registry.example/pricing:1\"";
        let taken = Ok("Ready(\"registry.example/pricing:1\")".to_owned());
        let source = "manifests = [\"k8s/*.yaml\"]";
        for options in ["", REGISTRY, "pull = \"never\"", source] {
            assert_eq!(chosen(ready, APP, options), taken, "{options}");
        }
        assert_eq!(chosen(FILE, APP, source), Ok("Named".into()));
        assert_eq!(
            chosen(FILE, APP, &format!("{source}\npull = \"never\"")),
            Ok("Named".into())
        );
        assert_eq!(chosen(FILE, APP, &format!("{source}\n{REGISTRY}")), Ok(PUSHED.into()));
    }

    #[test]
    fn where_images_are_kept_is_part_of_what_runs_and_who_we_are_is_not() {
        let auth = "auth = { username = \"env:U\", password = \"env:P\" }";
        let spec = spec(FILE, APP, &format!("{REGISTRY}\n{auth}"));
        assert_eq!(spec.options, serde_json::json!({ "registry": "registry.example/shop" }));
    }

    #[test]
    fn an_image_is_not_packed_for_what_it_could_not_run() {
        let line = "command = \"./server\"";
        assert_eq!(chosen("base = \"scratch\"", line, REGISTRY), Err("no-shell".into()));
        assert_eq!(chosen(BASE, line, REGISTRY), Ok(PUSHED.into()));
        assert_eq!(chosen(BASE, "static = \"dist\"", REGISTRY), Err("no-static".into()));
    }
}
