//! Certificates and keys, made on the spot.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A certificate authority in a folder.
pub struct Authority {
    folder: PathBuf,
}

/// Days that a certificate is good for; a negative number is one that was never.
const GOOD: &str = "2";
const EXPIRED: &str = "-1";

impl Authority {
    pub fn new(folder: &Path) -> Self {
        fs::create_dir_all(folder).expect("a folder");
        let authority = Authority {
            folder: folder.to_owned(),
        };
        authority.key("ca");
        let ca = "openssl req -x509 -new -key ca.key -days 2 -subj /CN=test-ca -out ca.pem";
        authority.run(ca);
        authority
    }

    /// A folder as `DOCKER_CERT_PATH` wants it: `ca.pem`, `cert.pem`, `key.pem`.
    pub fn client(&self, name: &str, expired: bool) -> PathBuf {
        self.issue(name, "extendedKeyUsage=clientAuth", expired)
    }

    /// The same for a server at an address.
    pub fn server(&self, name: &str, address: &str, expired: bool) -> PathBuf {
        let extensions = format!("subjectAltName=IP:{address}\\nextendedKeyUsage=serverAuth");
        self.issue(name, &extensions, expired)
    }

    fn issue(&self, name: &str, extensions: &str, expired: bool) -> PathBuf {
        self.key(name);
        let days = if expired { EXPIRED } else { GOOD };
        self.run(&format!(
            "printf '{extensions}' >{name}.ext
             openssl req -new -key {name}.key -subj /CN={name} |
               openssl x509 -req -CA ca.pem -CAkey ca.key -CAcreateserial -days {days} -extfile {name}.ext -out {name}.pem
             mkdir {name} && cp ca.pem {name}/ && mv {name}.pem {name}/cert.pem && mv {name}.key {name}/key.pem"
        ));
        let folder = self.folder.join(name);
        let still_good = shell(&folder, "openssl x509 -in cert.pem -noout -checkend 0");
        let still_good = still_good.status.success();
        assert_eq!(still_good, !expired, "openssl made another certificate than asked");
        folder
    }

    fn key(&self, name: &str) {
        self.run(&format!(
            "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out {name}.key"
        ));
    }

    #[track_caller]
    fn run(&self, line: &str) {
        run(&self.folder, line);
    }
}

/// Runs lines of shell in a folder and insists on success.
#[track_caller]
pub fn run(folder: &Path, lines: &str) {
    let ran = shell(folder, lines);
    let said = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "`{lines}` failed: {said}");
}

#[expect(clippy::disallowed_methods, reason = "tests start what they need")]
fn shell(folder: &Path, lines: &str) -> Output {
    let mut command = Command::new("/bin/sh");
    command.args(["-ec", lines]).current_dir(folder).stdin(Stdio::null());
    command.output().expect("a shell starts")
}
