//! A real Prometheus server of a test's own.

#![allow(
    clippy::disallowed_methods,
    reason = "a test's own server is none of the program's processes"
)]

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use deliver::adapters::system::SystemClock;
use deliver::ports::Clock;

/// Ends with the test.
pub struct Server {
    child: Child,
    pub url: String,
    folder: tempfile::TempDir,
}

impl Server {
    /// Scrapes, each second, what the files `targets/*.json` of its folder name. `history` is OpenMetrics text with times, of
    /// before it was started.
    pub fn start(history: Option<&str>) -> Server {
        let folder = tempfile::Builder::new()
            .prefix("prometheus-")
            .tempdir()
            .expect("a folder");
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("targets")).expect("a folder");
        fs::create_dir(at("data")).expect("a folder");
        let config = format!(
            "global: {{ scrape_interval: 1s }}\nscrape_configs:\n- job_name: apps\n  file_sd_configs:\n  - files: ['{}/*.json']\n    refresh_interval: 1s\n",
            at("targets").display()
        );
        fs::write(at("prometheus.yml"), config).expect("a file");
        if let Some(history) = history {
            fs::write(at("history"), history).expect("a file");
            let made = Command::new("promtool")
                .args(["tsdb", "create-blocks-from", "openmetrics"])
                .args([at("history"), at("data")])
                .output()
                .expect("promtool runs");
            assert!(made.status.success(), "{made:?}");
        }
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        drop(listener);
        let child = Command::new("prometheus")
            .arg(format!("--config.file={}", at("prometheus.yml").display()))
            .arg(format!("--storage.tsdb.path={}", at("data").display()))
            .arg(format!("--web.listen-address={address}"))
            .stdout(Stdio::null())
            .stderr(fs::File::create(at("log")).expect("a file"))
            .spawn()
            .expect("prometheus starts");
        let server = Server {
            child,
            url: format!("http://{address}"),
            folder,
        };
        server.until_ready();
        server
    }

    /// Where its targets are named, a file each.
    pub fn targets(&self) -> std::path::PathBuf {
        self.folder.path().join("targets")
    }

    fn until_ready(&self) {
        let clock = SystemClock::new(None);
        let client = reqwest::blocking::Client::builder()
            .no_proxy()
            .build()
            .expect("a client");
        let end = clock.elapsed() + Duration::from_secs(60);
        loop {
            let answer = client.get(format!("{}/-/ready", self.url)).send();
            if answer.is_ok_and(|answer| answer.status().is_success()) {
                return;
            }
            assert!(clock.elapsed() < end, "{}", read(&self.folder.path().join("log")));
            clock.sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_default()
}
