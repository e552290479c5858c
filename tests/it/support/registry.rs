//! A real registry of a test's own, which the machine's engine may speak to without TLS, as with any of the loopback.

#![allow(
    clippy::disallowed_methods,
    reason = "a test's own server is none of the program's processes"
)]

use std::fs;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use deliver::adapters::system::SystemClock;
use deliver::ports::Clock;
use serde_json::Value;

use super::needs;

/// Ends with the test.
pub struct Registry {
    child: Option<Child>,
    /// `HOST:PORT`, as images name it.
    pub host: String,
    folder: tempfile::TempDir,
    client: reqwest::blocking::Client,
}

impl Registry {
    /// `None` where the test is left out.
    pub fn start() -> Option<Registry> {
        if !needs::has_system("docker-registry") {
            return None;
        }
        let folder = tempfile::Builder::new()
            .prefix("registry-")
            .tempdir()
            .expect("a folder");
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let host = listener.local_addr().expect("an address").to_string();
        drop(listener);
        let config = format!(
            "version: 0.1\nlog: {{ level: warn }}\nhttp: {{ addr: \"{host}\" }}\nstorage:\n  filesystem: {{ rootdirectory: \"{}\" }}\n",
            folder.path().join("images").display()
        );
        fs::write(folder.path().join("registry.yml"), config).expect("a file");
        let client = reqwest::blocking::Client::builder().no_proxy().build();
        let mut registry = Registry {
            child: None,
            host,
            folder,
            client: client.expect("a client"),
        };
        registry.serve();
        Some(registry)
    }

    fn serve(&mut self) {
        let at = |name: &str| self.folder.path().join(name);
        let child = Command::new("docker-registry")
            .arg("serve")
            .arg(at("registry.yml"))
            .env("OTEL_TRACES_EXPORTER", "none")
            .stdout(Stdio::null())
            .stderr(fs::File::create(at("log")).expect("a file"))
            .spawn();
        self.child = Some(child.expect("the registry starts"));
        let clock = SystemClock::new(None);
        let end = clock.elapsed() + Duration::from_secs(20);
        while self.client.get(format!("http://{}/v2/", self.host)).send().is_err() {
            let log = || fs::read_to_string(at("log")).unwrap_or_default();
            assert!(clock.elapsed() < end, "the registry does not answer: {}", log());
            clock.sleep(Duration::from_millis(20));
        }
    }

    /// From now on nobody answers there.
    pub fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Tags of a repository, sorted; none of one that was never pushed.
    pub fn tags(&self, repository: &str) -> Vec<String> {
        let url = format!("http://{}/v2/{repository}/tags/list", self.host);
        let answer = self.client.get(url).send().and_then(reqwest::blocking::Response::text);
        let answer: Value = serde_json::from_str(&answer.expect("an answer")).expect("JSON");
        let tags = answer["tags"].as_array().into_iter().flatten();
        let mut tags: Vec<String> = tags.filter_map(Value::as_str).map(str::to_owned).collect();
        tags.sort();
        tags
    }

    /// Whether `HOST:PORT/NAME@sha256:…` is here.
    pub fn has(&self, pinned: &str) -> bool {
        let name = pinned.strip_prefix(&format!("{}/", self.host));
        let Some((repository, digest)) = name.and_then(|name| name.split_once('@')) else {
            return false;
        };
        let url = format!("http://{}/v2/{repository}/manifests/{digest}", self.host);
        let asked = self
            .client
            .head(url)
            .header("Accept", "application/vnd.docker.distribution.manifest.v2+json");
        asked.send().is_ok_and(|answer| answer.status().is_success())
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        self.stop();
    }
}
