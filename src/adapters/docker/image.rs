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
use super::{BUILD, HOME, SERVICE, context, home, registry};
use crate::config::environment::Environment;
use crate::fault::{Fault, Kind, Result};
use crate::model::ServiceName;
use crate::model::release::Release;
use crate::model::spec::{Image, Spec};

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
    pub environment: &'a Environment,
    pub auth: Option<&'a super::reach::Auth>,
    pub docker_folder: std::path::PathBuf,
    /// Whose table of the manifest `auth` stands in.
    pub target: &'static str,
}

impl Images<'_> {
    pub fn credentials(&self, image: &str) -> Result<Option<DockerCredentials>> {
        registry::credentials(image, self.auth, &self.docker_folder, self.environment, self.target)
    }

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
        if pin.pulled {
            match self.ask_registry(&pin.reference, CALL) {
                Ok(_) => return Ok(()),
                Err(fault) if fault.kind() == Kind::Credentials => return Err(fault),
                Err(fault) => return Err(self.gone(release, pin, Some(fault))),
            }
        }
        Err(self.gone(release, pin, None))
    }

    fn gone(&self, release: &Release, pin: &Pin, why: Option<Fault>) -> Fault {
        let number = release.number;
        let at = match pin.pulled {
            true => "is not on this node, and its registry does not give it out",
            false => "is not on the node any more",
        };
        let fault = Fault::failed(
            "image-gone",
            format!(
                "cannot run {number}: its image `{}` ({}) {at}",
                plain(&pin.name),
                plain(&pin.reference)
            ),
        )
        .still("nothing was touched");
        let fault = match why {
            Some(why) => fault.because(anyhow::anyhow!("{why}")),
            None => fault,
        };
        match self.runnable(release) {
            Ok(others) if !others.is_empty() => {
                let list = others.join(", ");
                fault.hint(format!(
                    "images of {list} are here: deliver rollback --to {}",
                    others[0]
                ))
            }
            _ => fault.hint("deliver deploy"),
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
        let credentials = self.credentials(reference)?;
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

    /// An image that somebody else makes: by its digest where a registry has it, else by its id.
    fn find(&self, reference: &str) -> Result<(Pin, ImageInspect)> {
        let pulled = self.pull(reference);
        let Some(image) = self.inspect(reference)? else {
            return Err(match pulled {
                Err(fault) => fault,
                Ok(()) => Fault::failed(
                    "image-not-found",
                    format!("the image `{}` was pulled and is not there", plain(reference)),
                ),
            });
        };
        let name = repository(reference);
        let digest = image
            .repo_digests
            .iter()
            .flatten()
            .find(|digest| repository(digest) == name)
            .cloned();
        let id = image.id.clone().unwrap_or_else(|| reference.to_owned());
        let pin = Pin {
            pulled: digest.is_some(),
            reference: digest.unwrap_or(id),
            name: reference.to_owned(),
        };
        Ok((pin, image))
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
        let credentials = self.credentials(reference)?;
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
        let built = || self.inspect(&reference)?.ok_or_else(|| lost(&reference));
        let pin = match prefix {
            None => Pin {
                reference: built()?.id.ok_or_else(|| lost(&reference))?,
                pulled: false,
                name: reference.clone(),
            },
            Some(_) => {
                self.push(&name, &tag)?;
                let digests = built()?.repo_digests.unwrap_or_default();
                let digest = digests.into_iter().find(|digest| repository(digest) == name);
                let unnamed = || {
                    let message = format!("the engine pushed the image `{reference}` and names no digest of it");
                    Fault::failed("no-digest", message).hint("deliver deploy")
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
        let base_host = match &release.spec.image {
            Some(Image::Base(base)) => Some(base.clone()),
            _ => None,
        };
        let mut logins = HashMap::new();
        for image in base_host.iter().map(String::as_str).chain([reference]) {
            if let Some(login) = self.credentials(image)? {
                logins.insert(registry::host(image).to_owned(), login);
            }
        }
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
            "engine-refused" | "image-build-failed" => {
                Fault::failed("image-build-failed", fault.message().to_owned()).details(said)
            }
            _ => fault,
        })
    }

    fn push(&self, name: &str, tag: &str) -> Result<()> {
        let options = PushImageOptions {
            tag: Some(tag.to_owned()),
            ..PushImageOptions::default()
        };
        // Engines refuse a push without the header, even to registries that ask for no login.
        let credentials = self.credentials(name)?.unwrap_or_default();
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

fn lost(reference: &str) -> Fault {
    Fault::failed(
        "image-lost",
        format!("the engine made the image `{reference}` and does not have it"),
    )
    .hint("deliver deploy")
}

/// The name of an image without tag and digest.
fn repository(reference: &str) -> &str {
    let name = reference.split_once('@').map_or(reference, |(name, _)| name);
    match name.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => name,
        _ => name,
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
        refused(wish, image, self.target, &again, fault)
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
    use super::*;

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
