//! The image of a release: built or found, pushed, and pinned so that what runs later is what was meant now.

use std::collections::HashMap;
use std::fs::File;
use std::time::Duration;

use bollard::auth::DockerCredentials;
use bollard::body_try_stream;
use bollard::errors::Error;
use bollard::models::ImageInspect;
use bollard::query_parameters::{
    BuildImageOptions, CreateImageOptions, ListImagesOptions, PushImageOptions, TagImageOptions,
};
use futures_util::StreamExt;
use serde::{Deserialize, Serialize};

use super::connect::{CALL, Engine, plain};
use super::registry::{self, Logins};
use super::{BUILD, HOME, SERVICE, context, home};
use crate::event::{Event, Events};
use crate::fault::{Fault, Kind, Result};
use crate::model::release::Release;
use crate::model::spec::{Image, SCRATCH, Spec};
use crate::model::{EnvName, ServiceName};

/// The longest that a build, a push or a pull may take.
const LONGEST: Duration = Duration::from_secs(60 * 60);

/// Lines of a build's output that are part of its failure.
const TAIL: usize = 100;

/// An image that cannot change any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pin {
    /// `name@sha256:…` of a registry, or the image's own id on this node.
    pub reference: String,
    /// Every node can pull it.
    pub pulled: bool,
    /// What people call it.
    pub name: String,
}

/// What an image says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    pub workdir: String,
    pub has_check: bool,
}

impl Facts {
    fn of(image: &ImageInspect) -> Facts {
        let config = image.config.clone().unwrap_or_default();
        let test = config.healthcheck.and_then(|check| check.test).unwrap_or_default();
        Facts {
            workdir: config.working_dir.unwrap_or_default(),
            has_check: test.first().is_some_and(|first| first != "NONE"),
        }
    }
}

/// Images of one engine.
pub struct Images<'a> {
    pub engine: &'a Engine,
    pub logins: &'a Logins,
    /// Takes what is worth a warning.
    pub events: Option<&'a (dyn Events + Send + Sync)>,
}

impl Images<'_> {
    /// The image of a release, made ready now. Without `repository` it stays on this node.
    pub fn obtain(&self, release: &Release, artifact: &std::path::Path, prefix: Option<&str>) -> Result<(Pin, Facts)> {
        let (pin, image) = match &release.spec.image {
            Some(Image::Ready(reference)) => self.find(reference)?,
            Some(image) => self.build(release, image, artifact, prefix)?,
            None => return Err(Fault::bug("a release for containers without an image")),
        };
        if let Some(id) = &image.id {
            self.tag(id, &kept_name(&release.service), &release.number.to_string())?;
        }
        Ok((pin, Facts::of(&image)))
    }

    /// Whether a recorded image can still be had; refuses with what can run instead.
    pub fn verify(&self, release: &Release, pin: &Pin, one_node: bool) -> Result<()> {
        let here = self.inspect(&pin.reference)?.is_some();
        if here && (one_node || !pin.pulled) {
            return Ok(());
        }
        if !pin.pulled {
            return Err(self.gone(release, pin, "is not on the node any more", None));
        }
        let asked = self.ask_registry(&pin.reference, CALL);
        match asked {
            Ok(_) => Ok(()),
            // An answer that says nothing of the image, such as that the registry is asked too often, takes nothing away.
            Err(fault) if here && (away(&fault) || fault.code() == "engine-refused") => {
                self.warn(format!(
                    "{} is on this node, and others may not be able to pull it: {}",
                    plain(&pin.name),
                    fault.message()
                ));
                Ok(())
            }
            Err(fault) if fault.kind() == Kind::Failed => {
                let at = match here {
                    true => "is on this node alone: its registry does not give it out any more",
                    false => "is not on this node, and its registry does not give it out",
                };
                Err(self.gone(release, pin, at, Some(fault)))
            }
            Err(fault) if away(&fault) => {
                let at = "is not on this node, and its registry cannot be reached";
                Err(self.gone(release, pin, at, Some(fault)))
            }
            Err(fault) => Err(fault),
        }
    }

    /// `why` decides of which kind it is: a registry that is away comes back.
    fn gone(&self, release: &Release, pin: &Pin, at: &str, why: Option<Fault>) -> Fault {
        let message = format!(
            "cannot run {}: its image `{}` ({}) {at}",
            release.number,
            plain(&pin.name),
            plain(&pin.reference)
        );
        let fault = match &why {
            Some(why) if away(why) => {
                let fault = Fault::new(Kind::Unreachable, "registry-unreachable", message);
                why.hints().iter().fold(fault, Fault::hint)
            }
            _ => Fault::failed("image-gone", message),
        };
        let fault = fault.still("nothing was touched");
        let fault = match why {
            Some(why) => fault.because(anyhow::anyhow!("{why}")),
            None => fault,
        };
        let env = &release.env;
        match self.runnable(release) {
            // The engine does not know which of them were made for this environment.
            Ok(others) if !others.is_empty() => fault.hint(format!(
                "images of {} are here; those of them that ran in {env} can again: deliver history {env}",
                others.join(", ")
            )),
            _ => fault.hint(format!("deliver deploy {env}")),
        }
    }

    /// Releases whose images are on this node, newest first.
    fn runnable(&self, release: &Release) -> Result<Vec<String>> {
        let name = kept_name(&release.service);
        let filters = HashMap::from([("reference".to_owned(), vec![format!("{name}:v*")])]);
        let options = ListImagesOptions {
            filters: Some(filters),
            ..ListImagesOptions::default()
        };
        let images = self.engine.call("list images", |docker| async move {
            docker.list_images(Some(options)).await
        })?;
        let tags = images.iter().flat_map(|image| &image.repo_tags);
        let of_ours = |tag: &String| tag.strip_prefix(&format!("{name}:v"))?.parse::<u32>().ok();
        let mut numbers: Vec<u32> = tags
            .filter_map(of_ours)
            .filter(|number| *number != release.number.0)
            .collect();
        numbers.sort_unstable_by(|a, b| b.cmp(a));
        numbers.dedup();
        Ok(numbers.into_iter().map(|number| format!("v{number}")).collect())
    }

    pub fn inspect(&self, reference: &str) -> Result<Option<ImageInspect>> {
        let reference = reference.to_owned();
        self.engine.call("look at an image", |docker| async move {
            match docker.inspect_image(&reference).await {
                Ok(image) => Ok(Some(image)),
                Err(Error::DockerResponseServerError { status_code: 404, .. }) => Ok(None),
                Err(error) => Err(error),
            }
        })
    }

    /// What a reference means now, `NAME@sha256:…`, as its registry tells the engine within `limit`.
    pub fn pinned(&self, reference: &str, limit: Duration) -> Result<String> {
        let digest = self.ask_registry(reference, limit)?;
        Ok(format!("{}@{digest}", repository(reference)))
    }

    /// The digest that a registry has for a reference.
    fn ask_registry(&self, reference: &str, limit: Duration) -> Result<String> {
        let credentials = self.logins.of(reference)?;
        let (wanted, what) = (
            reference.to_owned(),
            format!("ask the registry for `{}`", plain(reference)),
        );
        let asked = self.engine.call_within(limit, &what, |docker| async move {
            docker.inspect_registry_image(&wanted, credentials).await
        });
        let found = asked.map_err(|fault| self.refused(Wish::Pull, reference, fault))?;
        found
            .descriptor
            .digest
            .ok_or_else(|| Fault::failed("no-digest", format!("cannot {what}: it names no digest")))
    }

    /// An image that somebody else makes: by its digest where a registry has it, else by its id. What is here already stands
    /// in for one that cannot be pulled only where it cannot be an old one.
    fn find(&self, reference: &str) -> Result<(Pin, ImageInspect)> {
        let pulled = self.pull(reference);
        let pulled = match pulled {
            Err(fault) if matches!(fault.kind(), Kind::Interrupted | Kind::Terminated) => return Err(fault),
            pulled => pulled,
        };
        let Some(image) = self.inspect(reference)? else {
            return Err(match pulled {
                Err(fault) => fault,
                Ok(()) => Fault::failed(
                    "image-not-found",
                    format!("the image `{}` was pulled and is not there", plain(reference)),
                ),
            });
        };
        if let Err(fault) = pulled {
            if !stands_in(reference, &image, &fault) {
                return Err(fault.still("nothing was touched").details([format!(
                    "the engine has an image of this name, which may be an old one: {}",
                    plain(image.id.as_deref().unwrap_or_default())
                )]));
            }
            self.warn(format!(
                "`{}` is the one that the engine has: {}",
                plain(reference),
                fault.message()
            ));
        }
        let digest = digest_of(&image, repository(reference));
        let id = image.id.clone().unwrap_or_else(|| reference.to_owned());
        let pin = Pin {
            pulled: digest.is_some(),
            reference: digest.unwrap_or(id),
            name: reference.to_owned(),
        };
        Ok((pin, image))
    }

    fn warn(&self, text: String) {
        if let Some(events) = self.events {
            events.emit(Event::Warning { text });
        }
    }

    fn pull(&self, reference: &str) -> Result<()> {
        let options = CreateImageOptions {
            from_image: Some(match tagged(reference) {
                true => reference.to_owned(),
                // Without a tag, all of them would come.
                false => format!("{reference}:latest"),
            }),
            ..CreateImageOptions::default()
        };
        let credentials = self.logins.of(reference)?;
        let what = &format!("pull the image `{}`", plain(reference));
        let pulled = self.engine.long_call(what, LONGEST, |docker| async move {
            let mut steps = docker.create_image(Some(options), None, credentials);
            while let Some(step) = steps.next().await {
                self.engine.answered(what, step)?;
            }
            Ok(())
        });
        pulled.map_err(|fault| self.refused(Wish::Pull, reference, fault))
    }

    fn build(
        &self,
        release: &Release,
        image: &Image,
        artifact: &std::path::Path,
        prefix: Option<&str>,
    ) -> Result<(Pin, ImageInspect)> {
        let name = match prefix {
            Some(prefix) => format!("{}/{}", prefix.trim_end_matches('/'), release.service),
            None => kept_name(&release.service),
        };
        let tag = content_tag(release, image);
        let reference = format!("{name}:{tag}");
        if self.inspect(&reference)?.is_none() {
            let (context, dockerfile) = match image {
                Image::Dockerfile(path) => (context::of_folder(artifact, path)?, path.clone()),
                Image::Base(base) => (
                    context::packed(artifact, &packing(base, &release.spec))?,
                    context::PACKED.to_owned(),
                ),
                Image::Ready(_) => return Err(Fault::bug("an image that is there already is not built")),
            };
            self.run_build(release, &reference, &dockerfile, context)?;
        }
        let built = || self.inspect(&reference)?.ok_or_else(|| lost(&reference, &release.env));
        let pin = match prefix {
            None => Pin {
                reference: built()?.id.ok_or_else(|| lost(&reference, &release.env))?,
                pulled: false,
                name: reference.clone(),
            },
            Some(_) => {
                self.push(&name, &tag)?;
                let digest = digest_of(&built()?, &name);
                let unnamed = || {
                    let message = format!("the engine pushed the image `{reference}` and names no digest of it");
                    Fault::failed("no-digest", message).hint(format!("deliver deploy {}", release.env))
                };
                Pin {
                    reference: digest.ok_or_else(unnamed)?,
                    pulled: true,
                    name: reference.clone(),
                }
            }
        };
        Ok((pin, built()?))
    }

    fn run_build(&self, release: &Release, reference: &str, dockerfile: &str, context: File) -> Result<()> {
        let options = BuildImageOptions {
            dockerfile: dockerfile.to_owned(),
            t: Some(reference.to_owned()),
            rm: true,
            forcerm: true,
            labels: Some(HashMap::from([
                (SERVICE.to_owned(), release.service.to_string()),
                (BUILD.to_owned(), release.build.to_string()),
            ])),
            ..BuildImageOptions::default()
        };
        let what = &format!("build the image `{reference}`");
        let (logins, missing) = self.for_build(&release.spec)?;
        let mut said: Vec<String> = Vec::new();
        let lines = &mut said;
        let built = self.engine.long_call(what, LONGEST, |docker| async move {
            let body = body_try_stream(context::bytes_of(context));
            let mut steps = docker.build_image(options, Some(logins), Some(body));
            while let Some(step) = steps.next().await {
                let step = self.engine.answered(what, step)?;
                let text = step.stream.unwrap_or_default();
                lines.extend(text.lines().map(plain).filter(|line| !line.is_empty()));
                lines.drain(..lines.len().saturating_sub(TAIL));
                if let Some(error) = step.error_detail {
                    let message = error.message.unwrap_or_default();
                    return Err(Fault::failed(
                        "image-build-failed",
                        format!("cannot {what}: {}", plain(&message)),
                    ));
                }
            }
            Ok(())
        });
        built.map_err(|fault| match fault.code() {
            "engine-refused" | "image-build-failed" | "registry-denied" => {
                let message = fault.message().to_owned();
                said.extend(missing);
                let needs_buildkit = ["buildkit", "unknown flag: ", "unknown instruction: "];
                let fault = match needs_buildkit.iter().any(|word| message.to_lowercase().contains(word)) {
                    true => Fault::failed("image-build-failed", message).hint(
                        "the engine's classic builder has no `RUN --mount`, `COPY --link` or heredocs: build with \
                         `docker buildx build --push`, and name that image by `reference` under `[build.image]`",
                    ),
                    false => Fault::failed("image-build-failed", message),
                };
                fault.details(said)
            }
            _ => fault,
        })
    }

    /// Who we are for the registries of what is built upon, and why somebody is missing among them. A Dockerfile may name
    /// images of any registry, so that the engine is told all, as `docker build` tells it.
    fn for_build(&self, spec: &Spec) -> Result<(HashMap<String, DockerCredentials>, Vec<String>)> {
        match &spec.image {
            Some(Image::Base(base)) if base != SCRATCH => {
                let login = self.logins.of_base(base)?;
                let login = login.map(|login| (registry::host(base).to_owned(), login));
                Ok((login.into_iter().collect(), Vec::new()))
            }
            Some(Image::Dockerfile(_)) => self.logins.all(),
            _ => Ok((HashMap::new(), Vec::new())),
        }
    }

    fn push(&self, name: &str, tag: &str) -> Result<()> {
        let options = PushImageOptions {
            tag: Some(tag.to_owned()),
            ..PushImageOptions::default()
        };
        // Engines refuse a push without the header, even to registries that ask for no login.
        let credentials = self.logins.of(name)?.unwrap_or_default();
        let (wanted, what) = (name.to_owned(), &format!("push the image `{name}:{tag}`"));
        let pushed = self.engine.long_call(what, LONGEST, |docker| async move {
            let mut steps = docker.push_image(&wanted, Some(options), Some(credentials));
            while let Some(step) = steps.next().await {
                let step = self.engine.answered(what, step)?;
                if let Some(error) = step.error_detail {
                    let message = error.message.unwrap_or_default();
                    return Err(Fault::failed(
                        "engine-refused",
                        format!("cannot {what}: {}", plain(&message)),
                    ));
                }
            }
            Ok(())
        });
        pushed.map_err(|fault| self.refused(Wish::Push, &format!("{name}:{tag}"), fault))
    }

    fn tag(&self, id: &str, name: &str, tag: &str) -> Result<()> {
        let options = TagImageOptions {
            repo: Some(name.to_owned()),
            tag: Some(tag.to_owned()),
        };
        let id = id.to_owned();
        self.engine.call("name an image", |docker| async move {
            docker.tag_image(&id, Some(options)).await
        })
    }
}

/// The name that images of a service keep on a node.
pub(super) fn kept_name(service: &ServiceName) -> String {
    format!("deliver/{service}")
}

/// One tag for one content: the build, and how it is packed.
fn content_tag(release: &Release, image: &Image) -> String {
    let how = serde_json::json!([image, release.spec.workdir]).to_string();
    format!("{}-{}", release.build, &blake3::hash(how.as_bytes()).to_hex()[..8])
}

/// What lays an artifact onto a base.
fn packing(base: &str, spec: &Spec) -> String {
    let home = home(spec);
    format!("FROM {base}\nCOPY {}/ {HOME}/\nWORKDIR {home}\n", context::INSIDE)
}

fn lost(reference: &str, env: &EnvName) -> Fault {
    Fault::failed(
        "image-lost",
        format!("the engine made the image `{reference}` and does not have it"),
    )
    .hint(format!("deliver deploy {env}"))
}

/// The name of an image without tag and digest.
fn repository(reference: &str) -> &str {
    let name = reference.split_once('@').map_or(reference, |(name, _)| name);
    match name.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => name,
        _ => name,
    }
}

/// Whether it is the registry that does not answer, to an engine that was asked to ask it.
fn away(fault: &Fault) -> bool {
    let code = fault.code();
    fault.kind() == Kind::Unreachable && (code.starts_with("registry-") || code == "engine-slow")
}

/// What engines call a repository, whichever of its names it is written by: Docker's own registry goes without saying.
fn familiar(repository: &str) -> &str {
    if registry::host(repository) != registry::HUB {
        return repository;
    }
    let path = match repository.split_once('/') {
        Some((first, rest)) if registry::HUB_NAMES.contains(&first) => rest,
        _ => repository,
    };
    match path.strip_prefix("library/") {
        Some(name) if !name.contains('/') => name,
        _ => path,
    }
}

/// `NAME@sha256:…`, under which a repository's registry has the image, as far as the engine knows.
fn digest_of(image: &ImageInspect, name: &str) -> Option<String> {
    let mut digests = image.repo_digests.iter().flatten();
    let same = |digest: &&String| familiar(repository(digest)) == familiar(name);
    digests.find(same).cloned()
}

/// Whether an image that the engine has is what is meant, although it could not be pulled as `fault` says.
fn stands_in(reference: &str, image: &ImageInspect, fault: &Fault) -> bool {
    if reference.contains('@') {
        return true;
    }
    let registered = digest_of(image, repository(reference)).is_some();
    // Engines that store images as containerd does (they alone tell this descriptor) give a digest to what was never in any
    // registry, too.
    let certain = image.descriptor.is_none();
    match fault.code() {
        // Nobody else has it: it was made here, and never pushed.
        "image-not-found" => !(registered && certain),
        // What never came from there cannot be older than what is there, as on a machine without a network.
        "registry-unreachable" => !registered,
        _ => false,
    }
}

fn tagged(reference: &str) -> bool {
    reference.contains('@') || repository(reference) != reference
}

/// What a registry was asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wish {
    Pull,
    Push,
}

impl Images<'_> {
    /// Failures of registries differ by what can be done about them, and by what was wanted.
    fn refused(&self, wish: Wish, image: &str, fault: Fault) -> Fault {
        let again = match wish {
            Wish::Pull => self.engine.endpoint.docker(&format!("pull {}", plain(image))),
            Wish::Push => self.engine.endpoint.docker(&format!("push {}", plain(image))),
        };
        refused(wish, image, self.logins.target, &again, fault)
    }
}

/// `again` is what a person would try by hand; `target` is whose table of the manifest names the registry.
fn refused(wish: Wish, image: &str, target: &str, again: &str, fault: Fault) -> Fault {
    // Engines pass a registry's own words on with any status.
    if fault.kind() == Kind::Unreachable && !matches!(fault.code(), "no-leader" | "engine-not-ready") {
        return fault;
    }
    let said = fault.message().to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| said.contains(word));
    let message = fault.message().to_owned();
    let unreachable = |code| Fault::new(Kind::Unreachable, code, message.clone());
    let host = registry::host(image);
    let login = match host.contains("://") {
        // Docker's own.
        true => "docker login".to_owned(),
        false => format!("docker login {host}"),
    };
    let address = format!("`registry` under `[environment.NAME.{target}]`");
    if has(&["server gave http response to https client"]) {
        return unreachable("registry-insecure").hint(format!(
            "where plain HTTP is meant: name it in the engine's /etc/docker/daemon.json, \"insecure-registries\": [\"{host}\"], \
             and restart the engine"
        ));
    }
    if has(&["x509: ", "certificate signed by unknown authority"]) {
        return unreachable("registry-untrusted").hint(format!(
            "put the certificate of its authority at /etc/docker/certs.d/{host}/ca.crt on the engine's machine"
        ));
    }
    let missing = has(&[
        "manifest unknown",
        "name unknown",
        "not found",
        "does not exist",
        "manifest for",
    ]);
    // Whoever may not see an image is told as well that there is none; most often its name is wrong.
    if missing && wish == Wish::Pull {
        return Fault::failed("image-not-found", message)
            .hint(format!("check the image's name; if it is private: {login}"));
    }
    if has(&["unauthorized", "denied", "no basic auth", "authentication required"]) {
        let fault = Fault::new(Kind::Credentials, "registry-denied", message).hint(login);
        return match wish {
            Wish::Pull => fault,
            Wish::Push => fault.hint(format!("or check that the login may push there, and {address}")),
        };
    }
    if missing {
        return Fault::failed("repository-not-found", message).hint(format!(
            "make the repository `{}` there, or check {address}",
            repository(image)
        ));
    }
    if has(&[
        "connection refused",
        "no such host",
        "timeout",
        "timed out",
        "dial tcp",
        "eof",
        "unreachable",
    ]) {
        let fault = unreachable("registry-unreachable").hint(again);
        return match wish {
            Wish::Pull => fault,
            Wish::Push => fault.hint(format!("or check {address}")),
        };
    }
    fault
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use serde_json::{Value, json};

    use super::super::fake::FakeEngine;
    use super::*;
    use crate::adapters::docker::reach::Auth;
    use crate::adapters::process::{Groups, Processes};
    use crate::adapters::system::SystemClock;
    use crate::config::environment::Environment;
    use crate::model::ReleaseNo;
    use crate::model::release::{BuildId, Source};
    use crate::ports::interrupt::Never;

    fn processes() -> Arc<dyn crate::ports::Commands> {
        let clock = Arc::new(SystemClock::new(None));
        Arc::new(Processes::new(clock, Arc::new(Never), Groups::default()))
    }

    /// Logins of a service whose manifest has one, for `registry` if that is named.
    fn logins(registry: Option<&str>) -> Logins {
        let auth = Auth {
            username: "env:U".parse().expect("a reference"),
            password: "env:P".parse().expect("a reference"),
        };
        let environment = Environment::of([("U", "corp"), ("P", "s3cret"), ("HOME", "/nowhere")]);
        Logins::new(Some(auth), registry, "swarm", &environment, processes())
    }

    fn release(image: Image) -> Release {
        Release {
            service: "shop".parse().expect("a name"),
            number: ReleaseNo(3),
            env: "production".parse().expect("a name"),
            build: BuildId("b-1".into()),
            identity: "3".into(),
            spec: Spec {
                image: Some(image),
                ..Spec::of(Vec::new())
            },
            source: Source::default(),
            created_at: jiff::Timestamp::UNIX_EPOCH,
        }
    }

    /// An engine that has every image but the one that it has not built yet.
    fn builder() -> FakeEngine {
        let built = AtomicBool::new(false);
        FakeEngine::new(move |line| {
            let unbuilt = line.starts_with("GET /images/registry.corp/shop/shop:") && !built.load(Ordering::SeqCst);
            match line {
                _ if unbuilt => (404, r#"{"message":"no such image"}"#.into()),
                _ if line.starts_with("GET /images/") => {
                    let digests = ["registry.corp/shop/shop@sha256:aa", "nginx@sha256:bb"];
                    (200, json!({ "Id": "sha256:00", "RepoDigests": digests }).to_string())
                }
                _ => {
                    built.fetch_or(line.starts_with("POST /build"), Ordering::SeqCst);
                    (200, String::new())
                }
            }
        })
    }

    #[test]
    fn the_manifest_s_login_goes_to_its_registry_and_to_no_base() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("app"), "").expect("written");
        let (fake, logins) = (builder(), logins(Some("registry.corp/shop")));
        let engine = fake.engine(Arc::new(Never));
        let images = Images {
            engine: &engine,
            logins: &logins,
            events: None,
        };
        let obtain = |image| {
            images
                .obtain(&release(image), folder.path(), Some("registry.corp/shop"))
                .expect("it is there")
                .0
        };
        obtain(Image::Base("debian:12".into()));
        assert_eq!(fake.asked("POST /build")[0].logins, json!({}));
        let pushed = &fake.asked("POST /images/registry.corp/shop/shop/push")[0].login;
        assert_eq!(
            (&pushed["username"], &pushed["serveraddress"]),
            (&json!("corp"), &json!("registry.corp"))
        );
        obtain(Image::Ready("nginx:1".into()));
        assert_eq!(fake.asked("POST /images/create")[0].login, Value::Null);
        obtain(Image::Ready("registry.corp/other:1".into()));
        assert_eq!(fake.asked("POST /images/create")[1].login["password"], "s3cret");
    }

    #[test]
    fn a_base_in_our_registry_is_built_upon_with_our_login() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("app"), "").expect("written");
        let (fake, logins) = (builder(), logins(Some("registry.corp/shop")));
        let engine = fake.engine(Arc::new(Never));
        let images = Images {
            engine: &engine,
            logins: &logins,
            events: None,
        };
        let base = Image::Base("registry.corp/base/debian:12".into());
        images
            .obtain(&release(base), folder.path(), Some("registry.corp/shop"))
            .expect("it is there");
        let sent = &fake.asked("POST /build")[0].logins;
        assert_eq!(sent["registry.corp"]["username"], "corp", "{sent}");
    }

    #[test]
    fn a_dockerfile_may_build_upon_any_registry_and_a_failure_names_what_is_missing() {
        let folder = tempfile::tempdir().expect("a folder");
        let dockerfile = "FROM other.corp/base\nRUN --mount=type=cache,target=/c true\n";
        std::fs::write(folder.path().join("Dockerfile"), dockerfile).expect("written");
        let docker = folder.path().join(".docker");
        std::fs::create_dir(&docker).expect("made");
        let config = r#"{"auths":{"other.corp":{"auth":"bWU6cA=="}},"credHelpers":{"gone.corp":"nosuch"}}"#;
        std::fs::write(docker.join("config.json"), config).expect("written");
        let said = "the --mount option requires BuildKit. Refer to the documentation";
        let fake = FakeEngine::new(move |line| match line.starts_with("POST /build") {
            true => (
                200,
                json!({ "error": said, "errorDetail": { "message": said } }).to_string(),
            ),
            false => (404, r#"{"message":"no such image"}"#.into()),
        });
        let engine = fake.engine(Arc::new(Never));
        let home = folder.path().display().to_string();
        let environment = Environment::of([("HOME", home.as_str()), ("PATH", "/usr/bin:/bin")]);
        let logins = Logins::new(None, None, "swarm", &environment, processes());
        let images = Images {
            engine: &engine,
            logins: &logins,
            events: None,
        };
        let release = release(Image::Dockerfile("Dockerfile".into()));
        let fault = images.obtain(&release, folder.path(), None).expect_err("it is refused");
        assert_eq!((fault.kind(), fault.code()), (Kind::Failed, "image-build-failed"));
        assert!(fault.message().contains("requires BuildKit"), "{}", fault.message());
        assert!(fault.hints()[0].contains("docker buildx build"), "{:?}", fault.hints());
        assert!(
            fault.evidence()[0].contains("`docker-credential-nosuch`"),
            "{:?}",
            fault.evidence()
        );
        let sent = &fake.asked("POST /build")[0].logins;
        assert_eq!(sent["other.corp"]["username"], "me", "{sent}");
    }

    /// What an engine of a test's own is asked about one image.
    struct Try {
        fake: FakeEngine,
        told: Told,
    }

    #[derive(Default)]
    struct Told(std::sync::Mutex<Vec<String>>);

    impl Events for Told {
        fn emit(&self, event: Event) {
            if let Event::Warning { text } = event {
                self.0.lock().expect("unpoisoned").push(text);
            }
        }
    }

    impl Try {
        /// The engine has the image with these digests, if any, and its registry answers with `answer`.
        fn new(image: Option<Value>, answer: (u16, &str)) -> Try {
            let (status, said) = (answer.0, json!({ "message": answer.1 }).to_string());
            let fake = FakeEngine::new(move |line| match &image {
                _ if line.starts_with("POST /images/create") || line.starts_with("GET /distribution/") => {
                    (status, said.clone())
                }
                Some(image)
                    if line.starts_with("GET /images/") && line.contains("/json") && !line.contains("json?") =>
                {
                    (200, image.to_string())
                }
                _ if line.starts_with("GET /images/json") => {
                    let listed = json!([{
                        "Id": "sha256:01", "ParentId": "", "RepoTags": ["deliver/shop:v2"], "RepoDigests": [],
                        "Created": 0, "Size": 0, "SharedSize": -1, "Labels": {}, "Containers": -1,
                    }]);
                    (200, listed.to_string())
                }
                _ => (404, r#"{"message":"no such image"}"#.into()),
            });
            Try {
                fake,
                told: Told::default(),
            }
        }

        fn with<T>(&self, work: impl FnOnce(&Images<'_>) -> T) -> T {
            let engine = self.fake.engine(Arc::new(Never));
            let logins = Logins::new(
                None,
                None,
                "swarm",
                &Environment::of([("HOME", "/nowhere")]),
                processes(),
            );
            work(&Images {
                engine: &engine,
                logins: &logins,
                events: Some(&self.told),
            })
        }

        fn warnings(&self) -> usize {
            self.told.0.lock().expect("unpoisoned").len()
        }

        /// The pin, or the kind and the code of the failure, and how many warnings there were.
        fn find(self, reference: &str) -> (std::result::Result<Pin, (Kind, &'static str)>, usize) {
            let found = self.with(|images| images.find(reference));
            let found = found.map(|(pin, _)| pin).map_err(|fault| (fault.kind(), fault.code()));
            (found, self.warnings())
        }
    }

    const DENIED: (u16, &str) = (
        500,
        "Head \"https://r.example/v2/a\": unauthorized: authentication required",
    );
    const AMBIGUOUS: (u16, &str) = (
        404,
        "pull access denied for a, repository does not exist or may require 'docker login': denied",
    );
    const UNKNOWN: (u16, &str) = (404, "manifest for r.example/a:main not found: manifest unknown");
    const AWAY: (u16, &str) = (
        500,
        "Get \"https://r.example/v2/\": dial tcp 10.0.0.1:443: connect: connection refused",
    );

    fn image(digests: &[&str]) -> Option<Value> {
        Some(json!({ "Id": "sha256:00", "RepoDigests": digests }))
    }

    #[test]
    fn an_old_image_never_stands_in_for_one_that_cannot_be_pulled() {
        let old = || image(&["r.example/a@sha256:aa"]);
        for (answer, failure) in [
            (DENIED, (Kind::Credentials, "registry-denied")),
            (AWAY, (Kind::Unreachable, "registry-unreachable")),
            (UNKNOWN, (Kind::Failed, "image-not-found")),
            (AMBIGUOUS, (Kind::Failed, "image-not-found")),
            ((500, "no space left on device"), (Kind::Failed, "engine-refused")),
        ] {
            assert_eq!(Try::new(old(), answer).find("r.example/a:main"), (Err(failure), 0));
        }
        let fault = Try::new(old(), DENIED).with(|images| images.find("r.example/a:main").expect_err("it is refused"));
        assert!(
            fault.evidence()[0].contains("may be an old one"),
            "{:?}",
            fault.evidence()
        );
        assert_eq!(
            Try::new(image(&[]), DENIED).find("r.example/a:main").0,
            Err((Kind::Credentials, "registry-denied"))
        );
    }

    #[test]
    fn an_image_that_is_here_alone_is_taken_and_said() {
        for answer in [AMBIGUOUS, UNKNOWN, AWAY] {
            let (pin, warnings) = Try::new(image(&[]), answer).find("a:dev");
            let pin = pin.expect("it is taken");
            assert_eq!((pin.reference.as_str(), pin.pulled, warnings), ("sha256:00", false, 1));
        }
        // As containerd stores images, one that was never pushed has a digest as well.
        let stored = || {
            let mut image = image(&["a@sha256:aa"]).expect("an image");
            image["Descriptor"] = json!({ "digest": "sha256:aa" });
            Some(image)
        };
        let (pin, warnings) = Try::new(stored(), AMBIGUOUS).find("a:dev");
        assert_eq!(
            (pin.expect("it is taken").reference.as_str(), warnings),
            ("a@sha256:aa", 1)
        );
        assert_eq!(
            Try::new(stored(), AWAY).find("a:dev").0,
            Err((Kind::Unreachable, "registry-unreachable"))
        );
        // A digest says which one is meant.
        let (pin, warnings) = Try::new(image(&["r.example/a@sha256:aa"]), DENIED).find("r.example/a@sha256:aa");
        assert_eq!((pin.expect("it is taken").pulled, warnings), (true, 1));
        assert_eq!(
            Try::new(None, AWAY).find("a:dev").0,
            Err((Kind::Unreachable, "registry-unreachable"))
        );
    }

    #[test]
    fn an_interruption_takes_nothing() {
        struct Stop;
        impl crate::ports::Interrupt for Stop {
            fn requested(&self) -> Option<Kind> {
                Some(Kind::Interrupted)
            }
        }
        let attempt = Try::new(image(&["a@sha256:aa"]), UNKNOWN);
        let engine = attempt.fake.engine(Arc::new(Stop));
        let logins = logins(None);
        let images = Images {
            engine: &engine,
            logins: &logins,
            events: None,
        };
        assert_eq!(
            images.find("a:dev").expect_err("it was stopped").kind(),
            Kind::Interrupted
        );
    }

    #[test]
    fn a_rollback_asks_for_no_more_than_its_nodes_need() {
        let pin = Pin {
            reference: "r.example/a@sha256:aa".into(),
            pulled: true,
            name: "r.example/a:main".into(),
        };
        let release = release(Image::Ready(pin.name.clone()));
        let verify = |here: bool, one_node: bool, answer| {
            let attempt = Try::new(image(&["r.example/a@sha256:aa"]).filter(|_| here), answer);
            let verified = attempt.with(|images| images.verify(&release, &pin, one_node));
            let verified = verified.map_err(|fault| (fault.kind(), fault.code(), fault.message().to_owned()));
            (verified, attempt.warnings())
        };
        assert_eq!(verify(true, true, AWAY), (Ok(()), 0), "one node has it");
        assert_eq!(verify(true, false, AWAY), (Ok(()), 1), "others may have it");
        let (away, _) = verify(false, false, AWAY);
        let (kind, code, message) = away.expect_err("nobody has it");
        assert_eq!((kind, code), (Kind::Unreachable, "registry-unreachable"));
        assert!(
            message.ends_with("is not on this node, and its registry cannot be reached"),
            "{message}"
        );
        let (gone, _) = verify(true, false, UNKNOWN);
        let (kind, code, message) = gone.expect_err("others cannot pull it");
        assert_eq!((kind, code), (Kind::Failed, "image-gone"));
        assert!(message.contains("is on this node alone"), "{message}");
        assert_eq!(verify(false, true, UNKNOWN).0.expect_err("it is gone").1, "image-gone");
        assert_eq!(
            verify(true, false, DENIED).0.expect_err("nobody may").1,
            "registry-denied"
        );
    }

    #[test]
    fn docker_s_own_registry_goes_without_saying() {
        let (pin, _) = Try::new(image(&["nginx@sha256:aa"]), (200, "")).find("docker.io/library/nginx:1");
        let pin = pin.expect("it was pulled");
        assert_eq!((pin.reference.as_str(), pin.pulled), ("nginx@sha256:aa", true));
        for (name, called) in [
            ("docker.io/library/nginx", "nginx"),
            ("index.docker.io/me/app", "me/app"),
            ("library/nginx", "nginx"),
            ("me/app", "me/app"),
            ("docker.io/nginx", "nginx"),
            ("r.example/library/nginx", "r.example/library/nginx"),
            ("localhost/nginx", "localhost/nginx"),
        ] {
            assert_eq!(familiar(name), called);
        }
    }

    #[test]
    fn names_lose_their_tags_and_digests() {
        for (reference, name) in [
            ("nginx", "nginx"),
            ("nginx:1.2", "nginx"),
            ("r.example:5000/a/b", "r.example:5000/a/b"),
            ("r.example:5000/a/b:1@sha256:ff", "r.example:5000/a/b"),
        ] {
            assert_eq!(repository(reference), name);
        }
        assert!(tagged("a:1") && tagged("a@sha256:ff") && !tagged("r.example:5000/a"));
    }

    #[test]
    fn a_registry_s_answers_have_their_kinds_and_a_push_its_own_advice() {
        let told = |wish, said: &str| {
            let fault = Fault::failed("engine-refused", said);
            let fault = refused(wish, "r.example/a:1", "swarm", "docker push r.example/a:1", fault);
            (fault.kind(), fault.code(), fault.hints().join("; "))
        };
        let unknown = "manifest unknown";
        assert_eq!(told(Wish::Pull, unknown).1, "image-not-found");
        let pushed = told(Wish::Push, "name unknown: The repository with name 'a' does not exist");
        assert_eq!((pushed.0, pushed.1), (Kind::Failed, "repository-not-found"));
        assert!(pushed.2.contains("make the repository `r.example/a`"), "{}", pushed.2);

        let denied = "unauthorized: authentication required";
        assert_eq!(
            told(Wish::Pull, denied),
            (Kind::Credentials, "registry-denied", "docker login r.example".into())
        );
        assert_eq!(
            told(Wish::Push, "denied: requested access to the resource is denied").2,
            "docker login r.example; or check that the login may push there, and `registry` under `[environment.NAME.swarm]`"
        );
        let both = "pull access denied for a, repository does not exist or may require 'docker login': denied";
        assert_eq!(told(Wish::Pull, both).1, "image-not-found");

        let away = told(Wish::Push, "dial tcp 127.0.0.1:5000: connect: connection refused");
        assert_eq!((away.0, away.1), (Kind::Unreachable, "registry-unreachable"));
        assert_eq!(
            away.2,
            "docker push r.example/a:1; or check `registry` under `[environment.NAME.swarm]`"
        );
        let plain = told(
            Wish::Push,
            "Get \"https://r.example/v2/\": http: server gave HTTP response to HTTPS client",
        );
        assert_eq!((plain.0, plain.1), (Kind::Unreachable, "registry-insecure"));
        assert!(
            plain.2.contains("\"insecure-registries\": [\"r.example\"]"),
            "{}",
            plain.2
        );
        let foreign = told(Wish::Pull, "x509: certificate signed by unknown authority");
        assert_eq!((foreign.0, foreign.1), (Kind::Unreachable, "registry-untrusted"));
        assert!(
            foreign.2.contains("/etc/docker/certs.d/r.example/ca.crt"),
            "{}",
            foreign.2
        );
    }
}
