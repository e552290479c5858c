//! Who we are for a registry: references of the options, else what `docker login` has kept, in its file or in a helper.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bollard::auth::DockerCredentials;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

use super::SETTINGS;
use super::reach::Auth;
use crate::config::environment::Environment;
use crate::config::file;
use crate::fault::{Fault, Kind, Result};
use crate::model::spec::SecretRef;

/// How long a program that gives out a login is waited for: some ask their person first.
const PATIENCE: Duration = Duration::from_secs(60);

/// The name under which Docker keeps the login of its own registry.
const HUB: &str = "https://index.docker.io/v1/";

/// The registry that an image's name begins with; Docker's own where it names none.
pub fn host(image: &str) -> &str {
    match image.split_once('/') {
        Some((first, _)) if first.contains('.') || first.contains(':') || first == "localhost" => first,
        _ => HUB,
    }
}

/// What to send along for `image`; `None` is nobody in particular. `target` is whose table `auth` stands in.
pub fn credentials(
    image: &str,
    auth: Option<&Auth>,
    folder: &Path,
    environment: &Environment,
    target: &str,
) -> Result<Option<DockerCredentials>> {
    let host = host(image);
    if let Some(auth) = auth {
        return Ok(Some(DockerCredentials {
            username: Some(look_up(&auth.username, environment, target)?),
            password: Some(look_up(&auth.password, environment, target)?),
            serveraddress: Some(host.to_owned()),
            ..DockerCredentials::default()
        }));
    }
    let Ok(bytes) = file::read(&folder.join("config.json"), SETTINGS) else {
        return Ok(None);
    };
    let config: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    let helper = config["credHelpers"][host].as_str().or(config["credsStore"].as_str());
    if let Some(helper) = helper {
        return ask_helper(helper, host, environment);
    }
    Ok(kept(&config["auths"][host], host))
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
        SecretRef::File(path) => file::read(Path::new(path), SETTINGS).map_err(|error| missing(error.to_string()))?,
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
    }

    #[test]
    fn a_login_is_found_where_docker_keeps_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let config = format!(
            r#"{{"auths":{{"r.example":{{"auth":"{}"}}}}}}"#,
            STANDARD.encode("me:pass:word")
        );
        std::fs::write(folder.path().join("config.json"), config).expect("written");
        let none = Environment::of([]);
        let found = credentials("r.example/a:1", None, folder.path(), &none, "swarm")
            .expect("it reads")
            .expect("a login");
        assert_eq!(
            (found.username.as_deref(), found.password.as_deref()),
            (Some("me"), Some("pass:word"))
        );
        assert_eq!(
            credentials("other.example/a:1", None, folder.path(), &none, "swarm").expect("it reads"),
            None
        );
        let auth = Auth {
            username: "env:U".parse().expect("a reference"),
            password: "exec:printf s3cret".parse().expect("a reference"),
        };
        let environment = Environment::of([("U", "me"), ("PATH", "/usr/bin:/bin")]);
        let found = credentials("r.example/a:1", Some(&auth), folder.path(), &environment, "swarm");
        assert_eq!(
            found.expect("values").expect("a login").password.as_deref(),
            Some("s3cret")
        );
        let fault = credentials("r.example/a:1", Some(&auth), folder.path(), &none, "swarm").expect_err("no user");
        assert_eq!(fault.kind(), Kind::Credentials);
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
