//! Who we are for a registry: references of the options, else what `docker login` has kept, in its file or in a helper.

use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bollard::auth::DockerCredentials;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

use super::connect::docker_folder;
use super::file;
use super::reach::Auth;
use crate::config::environment::Environment;
use crate::fault::{Fault, Kind, Result};
use crate::model::spec::SecretRef;

/// How long a program that gives out a login is waited for: some ask their person first.
const PATIENCE: Duration = Duration::from_secs(60);

/// The name under which Docker keeps the login of its own registry.
pub const HUB: &str = "https://index.docker.io/v1/";

/// Other names of it.
pub const HUB_NAMES: [&str; 2] = ["docker.io", "index.docker.io"];

/// The registry that an image's name begins with; Docker's own where it names none.
pub fn host(image: &str) -> &str {
    match image.split_once('/') {
        Some((first, _)) if HUB_NAMES.contains(&first) => HUB,
        Some((first, _)) if first.contains('.') || first.contains(':') || first == "localhost" => first,
        _ => HUB,
    }
}

/// Where images with this prefix are: of a registry alone, `registry.example:5000`, the prefix is its name.
fn host_of_prefix(prefix: &str) -> String {
    host(&format!("{}/image", prefix.trim_end_matches('/'))).to_owned()
}

/// Who we are for each registry. What is found out is kept for as long as this is.
pub struct Logins {
    auth: Option<Auth>,
    /// The registry that `auth` is meant for, if one is named.
    registry: Option<String>,
    /// Whose table of the manifest `auth` stands in.
    pub target: &'static str,
    folder: PathBuf,
    environment: Environment,
    known: Mutex<HashMap<(String, bool), Option<DockerCredentials>>>,
}

impl Logins {
    /// `auth` is for the registry of the prefix `registry`, where there is one.
    pub fn new(auth: Option<Auth>, registry: Option<&str>, target: &'static str, environment: &Environment) -> Logins {
        Logins {
            auth,
            registry: registry.map(host_of_prefix),
            target,
            folder: docker_folder(environment),
            environment: environment.clone(),
            known: Mutex::default(),
        }
    }

    /// What to send along for an image that the service runs; `None` is nobody in particular. Where no registry is named,
    /// `auth` can only be meant for the image's own.
    pub fn of(&self, image: &str) -> Result<Option<DockerCredentials>> {
        let host = host(image);
        self.at(host, self.registry.as_deref().is_none_or(|ours| ours == host))
    }

    /// What to send along for an image that ours is made from, which may come from anywhere: strangers never see `auth`.
    pub fn of_base(&self, image: &str) -> Result<Option<DockerCredentials>> {
        let host = host(image);
        self.at(host, self.registry.as_deref() == Some(host))
    }

    fn at(&self, host: &str, ours: bool) -> Result<Option<DockerCredentials>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (host.to_owned(), ours);
        if let Some(login) = known.get(&key) {
            return Ok(login.clone());
        }
        let login = match &self.auth {
            Some(auth) if ours => Some(DockerCredentials {
                username: Some(look_up(&auth.username, &self.environment, self.target)?),
                password: Some(look_up(&auth.password, &self.environment, self.target)?),
                serveraddress: Some(host.to_owned()),
                ..DockerCredentials::default()
            }),
            _ => self.of_docker(host)?,
        };
        known.insert(key, login.clone());
        Ok(login)
    }

    /// What `docker login` has kept for a registry.
    fn of_docker(&self, host: &str) -> Result<Option<DockerCredentials>> {
        let Ok(bytes) = file::read(&self.folder.join("config.json"), file::SETTINGS) else {
            return Ok(None);
        };
        let config: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        let helper = config["credHelpers"][host].as_str().or(config["credsStore"].as_str());
        match helper {
            Some(helper) => ask_helper(helper, host, &self.environment),
            None => Ok(kept(&config["auths"][host], host)),
        }
    }
}

/// `docker login` without a helper keeps `base64(user:password)`.
fn kept(entry: &Value, host: &str) -> Option<DockerCredentials> {
    let plain = STANDARD.decode(entry["auth"].as_str()?).ok()?;
    let plain = String::from_utf8(plain).ok()?;
    let (user, password) = plain.split_once(':')?;
    Some(DockerCredentials {
        username: Some(user.to_owned()),
        password: Some(password.trim_end_matches('\0').to_owned()),
        identitytoken: entry["identitytoken"].as_str().map(str::to_owned),
        serveraddress: Some(host.to_owned()),
        ..DockerCredentials::default()
    })
}

/// A helper is asked on its standard input, and answers nothing where it knows nobody.
#[expect(
    clippy::disallowed_methods,
    reason = "a helper of Docker's is asked and answers at once; it takes no build's time and prints nothing for people"
)]
fn ask_helper(helper: &str, host: &str, environment: &Environment) -> Result<Option<DockerCredentials>> {
    let program = format!("docker-credential-{helper}");
    let failed = |error: std::io::Error| {
        Fault::new(
            Kind::Credentials,
            "no-credential-helper",
            format!("cannot ask `{program}` for the login at `{host}`"),
        )
        .because(error)
        .hint(format!("docker login {host}"))
    };
    // It is looked for on PATH by its name; a path in a configuration is nobody's helper.
    if helper.contains(|c: char| !c.is_ascii_alphanumeric() && !"-_.".contains(c)) {
        return Err(failed(std::io::Error::other("this is no name of a helper")));
    }
    let output = answer(Command::new(&program).arg("get"), host, environment).map_err(failed)?;
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    let (Some(user), Some(secret)) = (answer["Username"].as_str(), answer["Secret"].as_str()) else {
        return Ok(None);
    };
    // A helper that keeps a token instead of a password says so by this name.
    let token = user == "<token>";
    Ok(Some(DockerCredentials {
        username: (!token).then(|| user.to_owned()),
        password: (!token).then(|| secret.to_owned()),
        identitytoken: token.then(|| secret.to_owned()),
        serveraddress: Some(host.to_owned()),
        ..DockerCredentials::default()
    }))
}

/// What a program answers to `input`, at most [`PATIENCE`] later.
fn answer(command: &mut Command, input: &str, environment: &Environment) -> std::io::Result<Output> {
    let mut child = command
        .env_clear()
        .envs(environment.iter())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        // One that does not read its input answers all the same, or fails.
        let _ = stdin.write_all(input.as_bytes());
    }
    let pid = Pid::from_raw(child.id() as i32);
    let (tell, told) = mpsc::channel();
    thread::spawn(move || tell.send(child.wait_with_output()));
    told.recv_timeout(PATIENCE).unwrap_or_else(|_| {
        // It has not been waited for yet, so that the number is still its own.
        let _ = kill(pid, Signal::SIGKILL);
        Err(std::io::Error::new(
            std::io::ErrorKind::TimedOut,
            format!("it did not answer within {} s", PATIENCE.as_secs()),
        ))
    })
}

/// A reference's value.
#[expect(
    clippy::disallowed_methods,
    reason = "a command that prints a login is asked once, before anything is done"
)]
fn look_up(reference: &SecretRef, environment: &Environment, target: &str) -> Result<String> {
    let missing = |why: String| {
        Fault::new(
            Kind::Credentials,
            "registry-login-missing",
            format!("the registry's login `{reference}` has no value: {why}"),
        )
        .hint(format!("set what `[environment.NAME.{target}] auth` names"))
    };
    let text = match reference {
        SecretRef::Env(name) => {
            return environment
                .get(name)
                .map(str::to_owned)
                .ok_or_else(|| missing("the variable is not set".into()));
        }
        SecretRef::File(path) => {
            file::read(Path::new(path), file::SETTINGS).map_err(|error| missing(error.to_string()))?
        }
        SecretRef::Exec(command) => {
            let run = answer(Command::new("/bin/sh").args(["-c", command]), "", environment)
                .map_err(|error| missing(error.to_string()))?;
            match run.status.success() {
                true => run.stdout,
                false => return Err(missing("the command failed".into())),
            }
        }
    };
    let text = String::from_utf8(text).map_err(|_| missing("it is not UTF-8".into()))?;
    Ok(text.strip_suffix('\n').unwrap_or(&text).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_names_its_registry_or_is_docker_s() {
        assert_eq!(host("registry.example:5000/shop/pricing:1"), "registry.example:5000");
        assert_eq!(host("localhost/pricing"), "localhost");
        assert_eq!((host("nginx:1"), host("library/nginx")), (HUB, HUB));
        assert_eq!(
            (host("docker.io/library/nginx:1"), host("index.docker.io/a/b")),
            (HUB, HUB)
        );
    }

    /// Logins of a user whose `config.json` in `folder` says so much.
    fn logins(folder: &Path, config: &str, auth: Option<Auth>, registry: Option<&str>) -> Logins {
        std::fs::write(folder.join("config.json"), config).expect("written");
        let folder = folder.display().to_string();
        let variables = [("U", "me"), ("PATH", "/usr/bin:/bin"), ("DOCKER_CONFIG", &folder)];
        Logins::new(auth, registry, "swarm", &Environment::of(variables))
    }

    fn auth() -> Option<Auth> {
        Some(Auth {
            username: "env:U".parse().expect("a reference"),
            password: "exec:printf s3cret".parse().expect("a reference"),
        })
    }

    /// `docker login` as `who` at a registry.
    fn logged_in(registry: &str, who: &str) -> String {
        format!(r#"{{"auths":{{"{registry}":{{"auth":"{}"}}}}}}"#, STANDARD.encode(who))
    }

    fn told(found: Result<Option<DockerCredentials>>) -> Option<(String, String)> {
        let login = found.expect("it reads")?;
        Some((login.username?, login.password?))
    }

    fn pair(user: &str, password: &str) -> Option<(String, String)> {
        Some((user.to_owned(), password.to_owned()))
    }

    #[test]
    fn a_login_is_found_where_docker_keeps_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let config = logged_in("r.example", "me:pass:word");
        let logins = logins(folder.path(), &config, None, None);
        assert_eq!(told(logins.of("r.example/a:1")), pair("me", "pass:word"));
        assert_eq!(told(logins.of_base("r.example/a:1")), pair("me", "pass:word"));
        assert_eq!(told(logins.of("other.example/a:1")), None);
    }

    #[test]
    fn the_manifest_s_login_is_for_its_registry_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let config = logged_in(HUB, "hub:kept");
        let ours = || pair("me", "s3cret");
        let corp = logins(folder.path(), &config, auth(), Some("registry.corp/shop"));
        assert_eq!(told(corp.of("registry.corp/shop/pricing:1")), ours());
        assert_eq!(told(corp.of_base("registry.corp/base/debian:12")), ours());
        for foreign in ["debian:12", "library/debian", "docker.io/library/debian:12"] {
            assert_eq!(told(corp.of(foreign)), pair("hub", "kept"), "{foreign}");
            assert_eq!(told(corp.of_base(foreign)), pair("hub", "kept"), "{foreign}");
        }
        for foreign in ["registry.corp.example/a:1", "registry.corp:5000/a:1"] {
            assert_eq!(told(corp.of(foreign)), None, "{foreign}");
            assert_eq!(told(corp.of_base(foreign)), None, "{foreign}");
        }
        // A registry alone, and Docker's own by the name of a team.
        let bare = logins(folder.path(), &config, auth(), Some("localhost:5000"));
        assert_eq!(told(bare.of("localhost:5000/pricing:1")), ours());
        let team = logins(folder.path(), &config, auth(), Some("team"));
        assert_eq!(told(team.of("team/pricing:1")), ours());
        // Without a registry it is the reference's own, and nobody else's.
        let none = logins(folder.path(), &config, auth(), None);
        assert_eq!(told(none.of("r.example/a:1")), ours());
        assert_eq!(told(none.of_base("r.example/a:1")), None);
        assert_eq!(told(none.of_base("debian:12")), pair("hub", "kept"));
    }

    #[test]
    fn a_reference_without_a_value_is_no_login() {
        let none = Environment::of([]);
        let fault = Logins::new(auth(), None, "swarm", &none)
            .of("r.example/a:1")
            .expect_err("no user");
        assert_eq!(
            (fault.kind(), fault.code()),
            (Kind::Credentials, "registry-login-missing")
        );
    }

    #[test]
    fn a_path_is_no_helper_and_one_that_is_not_there_is_named() {
        let environment = Environment::of([("PATH", "/usr/bin:/bin")]);
        for helper in ["../../tmp/evil", "a b", "no-such-helper"] {
            let fault = ask_helper(helper, "registry.example", &environment).unwrap_err();
            assert_eq!(fault.code(), "no-credential-helper", "{helper}");
        }
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "what is tried is how a program is asked")]
    fn what_a_program_says_is_its_answer_to_what_it_was_asked() {
        let environment = Environment::of([("PATH", "/usr/bin:/bin")]);
        let output = answer(&mut Command::new("cat"), "registry.example", &environment).unwrap();
        assert_eq!(output.stdout, b"registry.example");
    }
}
