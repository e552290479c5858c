//! Images that hold one small server, which does what they say.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::{Node, Swarm, keys};

const SOURCE: &str = include_str!("app.c");

/// An image that answers with its release. Its behaviour is described where `app.c` begins.
#[derive(Clone)]
pub struct Image {
    name: String,
    behaviour: String,
    checked: bool,
}

impl Image {
    pub fn new(name: &str, release: &str) -> Self {
        Image {
            name: name.to_owned(),
            behaviour: format!("RELEASE={release}\n"),
            checked: false,
        }
    }

    /// One more line of its behaviour.
    pub fn with(mut self, key: &str, value: impl std::fmt::Display) -> Self {
        self.behaviour += &format!("{key}={value}\n");
        self
    }

    /// With a `HEALTHCHECK` that asks the server each half second.
    pub fn checked(mut self) -> Self {
        self.checked = true;
        self
    }

    /// Makes it on one node; gives its name there.
    pub fn load(&self, node: &Node) -> String {
        let folder = tempfile::tempdir().expect("a folder");
        put_app(folder.path(), &self.behaviour);
        keys::run(folder.path(), "tar -cf image.tar app behaviour");
        let tar = folder.path().join("image.tar").display().to_string();
        let mut words = vec!["import", "--change", "ENTRYPOINT [\"/app\"]", "--change", "EXPOSE 8080"];
        let check = "HEALTHCHECK --interval=500ms --timeout=2s --retries=2 CMD [\"/app\", \"health\"]";
        if self.checked {
            words.extend(["--change", check]);
        }
        words.extend([tar.as_str(), self.name.as_str()]);
        node.docker_words(&words);
        self.name.clone()
    }

    /// Makes it and pushes it to the swarm's registry; gives its name with its digest.
    pub fn push(&self, swarm: &Swarm) -> String {
        let node = swarm.leader();
        let name = format!("{}/{}", swarm.registry(), self.name);
        let here = Image {
            name: name.clone(),
            ..self.clone()
        };
        here.load(node);
        node.docker(&format!("push {name}"));
        let digests = node.docker_words(&["inspect", "--format", "{{index .RepoDigests 0}}", &name]);
        digests.trim().to_owned()
    }
}

/// Puts the server `app` and its `behaviour` into a folder, for those who make their image themselves.
pub fn put_app(folder: &Path, behaviour: &str) {
    fs::copy(app(), folder.join("app")).expect("copied");
    fs::write(folder.join("behaviour"), behaviour).expect("written");
}

/// The server, compiled once. It stays among what cargo builds, where the next process finds it too.
fn app() -> &'static Path {
    static APP: OnceLock<PathBuf> = OnceLock::new();
    APP.get_or_init(|| {
        let folder = tempfile::Builder::new()
            .prefix("app-")
            .tempdir_in(env!("CARGO_TARGET_TMPDIR"));
        let folder = folder.expect("a folder");
        fs::write(folder.path().join("app.c"), SOURCE).expect("written");
        keys::run(folder.path(), "cc -static -O1 -pthread -o app app.c");
        let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join("swarm-app");
        fs::rename(folder.path().join("app"), &kept).expect("moved");
        kept
    })
}
