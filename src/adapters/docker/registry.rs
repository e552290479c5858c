//! Who we are for a registry: references of the options, else what `docker login` has kept, in its file or in a helper.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bollard::auth::DockerCredentials;
use serde_json::Value;

use super::SETTINGS;
use super::connect::docker_folder;
use super::reach::Auth;
use crate::config::environment::Environment;
use crate::config::{file, secret};
use crate::fault::{Fault, Kind, Result};
use crate::model::Span;
use crate::model::spec::{CommandLine, SecretRef};
use crate::ports::Commands;
use crate::ports::commands::Request;

/// How long a program that gives out a login is waited for: some ask their person first.
const PATIENCE: Span = Span::from_secs(60);

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
    commands: Arc<dyn Commands>,
    known: Mutex<HashMap<(String, bool), Option<DockerCredentials>>>,
}

impl Logins {
    /// `auth` is for the registry of the prefix `registry`, where there is one.
    pub fn new(
        auth: Option<Auth>,
        registry: Option<&str>,
        target: &'static str,
        environment: &Environment,
        commands: Arc<dyn Commands>,
    ) -> Logins {
        Logins {
            auth,
            registry: registry.map(host_of_prefix),
            target,
            folder: docker_folder(environment),
            environment: environment.clone(),
            commands,
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
                username: Some(self.look_up(&auth.username)?),
                password: Some(self.look_up(&auth.password)?),
                serveraddress: Some(host.to_owned()),
                ..DockerCredentials::default()
            }),
            _ => self.of_docker(host)?,
        };
        known.insert(key, login.clone());
        Ok(login)
    }

    /// Every login there is, by registries, as a Dockerfile may name an image of any; and why some of them are missing.
    pub fn all(&self) -> Result<(HashMap<String, DockerCredentials>, Vec<String>)> {
        let config = self.config();
        let keys = ["auths", "credHelpers"].map(|table| config[table].as_object());
        let keys = keys.into_iter().flatten().flat_map(|table| table.keys());
        let mut hosts: BTreeSet<String> = keys.map(|key| host_of_key(key).to_owned()).collect();
        hosts.extend(self.registry.clone());
        let (mut logins, mut missing) = (HashMap::new(), Vec::new());
        for host in hosts {
            match self.at(&host, self.registry.as_ref() == Some(&host)) {
                Ok(login) => drop(login.map(|login| logins.insert(host, login))),
                Err(fault) if matches!(fault.kind(), Kind::Interrupted | Kind::Terminated) => return Err(fault),
                Err(fault) => missing.push(fault.message().to_owned()),
            }
        }
        Ok((logins, missing))
    }

    fn config(&self) -> Value {
        let bytes = file::read(&self.folder.join("config.json"), SETTINGS);
        bytes.map_or(Value::Null, |bytes| serde_json::from_slice(&bytes).unwrap_or_default())
    }

    /// What `docker login` has kept for a registry.
    fn of_docker(&self, host: &str) -> Result<Option<DockerCredentials>> {
        let config = self.config();
        let helper = config["credHelpers"][host].as_str().or(config["credsStore"].as_str());
        if let Some(helper) = helper {
            return self.ask_helper(helper, host);
        }
        let entries = config["auths"].as_object();
        let ours = entries
            .into_iter()
            .flatten()
            .filter(|(key, _)| host_of_key(key) == host);
        // Tokens of Docker's own registry lie beside its login, under longer names.
        Ok(ours
            .min_by_key(|(key, _)| key.as_str() != host)
            .and_then(|(_, entry)| kept(entry, host)))
    }

    /// A helper is asked on its standard input, and answers nothing where it knows nobody.
    fn ask_helper(&self, helper: &str, host: &str) -> Result<Option<DockerCredentials>> {
        let program = format!("docker-credential-{helper}");
        let failed = |why: anyhow::Error| {
            Fault::new(
                Kind::Credentials,
                "no-credential-helper",
                format!("cannot ask `{program}` for the login at `{host}`"),
            )
            .because(why)
            .hint(match host {
                HUB => "docker login".to_owned(),
                host => format!("docker login {host}"),
            })
        };
        // It is looked for on PATH by its name; a path in a configuration is nobody's helper.
        if helper.contains(|c: char| !c.is_ascii_alphanumeric() && !"-_.".contains(c)) {
            return Err(failed(anyhow::anyhow!("this is no name of a helper")));
        }
        let folders = std::env::split_paths(self.environment.get("PATH").unwrap_or_default());
        let mut found = folders
            .map(|folder| folder.join(&program))
            .filter(|path| path.is_file());
        let found = found
            .next()
            .ok_or_else(|| failed(anyhow::anyhow!("no such program is installed")))?;
        // Whoever runs programs gives them no input; the host is an argument, and no part of the line.
        let words = [
            "/bin/sh",
            "-c",
            "printf %s \"$1\" | \"$0\" get",
            &found.to_string_lossy(),
            host,
        ];
        let output = match self
            .commands
            .capture(&request(CommandLine::Exec(words.map(str::to_owned).into())))
        {
            Ok(output) => output,
            Err(fault) if matches!(fault.kind(), Kind::Interrupted | Kind::Terminated) => return Err(fault),
            // Of somebody it does not know it says so, and fails.
            Err(fault) if fault.code() == "command-failed" => return Ok(None),
            Err(fault) => return Err(failed(fault.into())),
        };
        let answer: Value = serde_json::from_slice(&output).unwrap_or_default();
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

    /// A reference's value. It belongs to the place, which outlives the folder that it was written in: nothing in it counts from
    /// a folder.
    fn look_up(&self, reference: &SecretRef) -> Result<String> {
        let missing = |why: String| {
            Fault::new(
                Kind::Credentials,
                "registry-login-missing",
                format!("the registry's login `{reference}` has no value: {why}"),
            )
            .hint(format!("set what `[environment.NAME.{}] auth` names", self.target))
        };
        let text = match reference {
            SecretRef::Env(name) => {
                let value = self.environment.get(name);
                value.ok_or_else(|| missing("the variable is not set".into()))?.into()
            }
            SecretRef::File(path) => {
                let path = secret::place(path, &self.environment, Path::new(""));
                if !path.is_absolute() {
                    return Err(missing("the path counts from no folder; write a whole one".into()));
                }
                file::read(&path, SETTINGS).map_err(|error| missing(error.to_string()))?
            }
            SecretRef::Exec(command) => match self.commands.capture(&request(CommandLine::Shell(command.clone()))) {
                Ok(output) => output,
                Err(fault) if matches!(fault.kind(), Kind::Interrupted | Kind::Terminated) => return Err(fault),
                Err(fault) => return Err(missing(fault.message().to_owned())),
            },
        };
        let text = String::from_utf8(text).map_err(|_| missing("it is not UTF-8".into()))?;
        Ok(text.strip_suffix('\n').unwrap_or(&text).to_owned())
    }
}

/// A program that gives out a login; it runs in no folder in particular.
fn request(command: CommandLine) -> Request {
    Request {
        command,
        dir: "/".into(),
        env: BTreeMap::new(),
        timeout: PATIENCE,
    }
}

/// The registry that an entry of Docker's file is about: `r.example`, or `https://r.example/v1/` as older ones have it.
fn host_of_key(key: &str) -> &str {
    let bare = key.split_once("://").map_or(key, |(_, rest)| rest);
    let bare = bare.split('/').next().unwrap_or_default();
    match HUB_NAMES.contains(&bare) {
        true => HUB,
        false => bare,
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

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::adapters::process::{Groups, Processes};
    use crate::adapters::system::SystemClock;
    use crate::ports::interrupt::Never;

    fn processes() -> Arc<dyn Commands> {
        let clock = Arc::new(SystemClock::new(None));
        Arc::new(Processes::new(clock, Arc::new(Never), Groups::default()))
    }

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
        Logins::new(auth, registry, "swarm", &Environment::of(variables), processes())
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
        let fault = Logins::new(auth(), None, "swarm", &none, processes())
            .of("r.example/a:1")
            .expect_err("no user");
        assert_eq!(
            (fault.kind(), fault.code()),
            (Kind::Credentials, "registry-login-missing")
        );
    }

    #[test]
    fn references_count_from_no_folder_and_are_bounded() {
        let folder = tempfile::tempdir().expect("a folder");
        let of = |password: &str| {
            let auth = Auth {
                username: "env:U".parse().expect("a reference"),
                password: password.parse().expect("a reference"),
            };
            told(logins(folder.path(), "{}", Some(auth), None).of("r.example/a:1"))
        };
        let file = folder.path().join("pw");
        std::fs::write(&file, "s3cret\n").expect("written");
        assert_eq!(of(&format!("file:{}", file.display())), pair("me", "s3cret"));
        let why = |password: &str| {
            let auth = Auth {
                username: "env:U".parse().expect("a reference"),
                password: password.parse().expect("a reference"),
            };
            let fault = logins(folder.path(), "{}", Some(auth), None)
                .of("r.example/a:1")
                .expect_err("no value");
            assert_eq!(
                (fault.kind(), fault.code()),
                (Kind::Credentials, "registry-login-missing")
            );
            fault.message().to_owned()
        };
        // This is a file of the folder that the test runs in.
        assert!(why("file:Cargo.toml").contains("counts from no folder"));
        assert!(why("exec:cat Cargo.toml").contains("ended with status 1"));
        assert!(why("exec:cat /dev/zero").contains("more than 1 MiB"));
    }

    /// A helper in `folder` that counts how often it is asked.
    fn helper(folder: &Path, name: &str, answer: &str) {
        let path = folder.join(format!("docker-credential-{name}"));
        let text = format!(
            "#!/bin/sh\nread -r host\necho \"$1 $host\" >> '{}/asked'\n{answer}\n",
            folder.display()
        );
        std::fs::write(&path, text).expect("written");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("made executable");
    }

    fn with_helpers(folder: &Path, config: &str, auth: Option<Auth>, registry: Option<&str>) -> Logins {
        std::fs::write(folder.join("config.json"), config).expect("written");
        let path = format!("{}:/usr/bin:/bin", folder.display());
        let folder = folder.display().to_string();
        let variables = [("U", "me"), ("PATH", path.as_str()), ("DOCKER_CONFIG", &folder)];
        Logins::new(auth, registry, "swarm", &Environment::of(variables), processes())
    }

    #[test]
    fn a_helper_is_asked_once_and_may_know_nobody() {
        let folder = tempfile::tempdir().expect("a folder");
        helper(
            folder.path(),
            "good",
            r#"echo "{\"Username\":\"$host\",\"Secret\":\"p\"}""#,
        );
        helper(folder.path(), "token", r#"echo '{"Username":"<token>","Secret":"t"}'"#);
        helper(
            folder.path(),
            "nobody",
            "echo 'credentials not found in native keychain'; exit 1",
        );
        let config = r#"{"credsStore":"nobody","credHelpers":{"r.example":"good","t.example":"token"}}"#;
        let logins = with_helpers(folder.path(), config, None, None);
        for _ in 0..3 {
            assert_eq!(told(logins.of("r.example/a:1")), pair("r.example", "p"));
        }
        let token = logins.of("t.example/a").expect("it reads").expect("a login");
        assert_eq!((token.identitytoken.as_deref(), token.username), (Some("t"), None));
        assert_eq!(told(logins.of("nginx:1")), None);
        let asked = std::fs::read_to_string(folder.path().join("asked")).expect("it was asked");
        assert_eq!(asked, format!("get r.example\nget t.example\nget {HUB}\n"));
    }

    #[test]
    fn a_helper_that_never_stops_is_ended() {
        let folder = tempfile::tempdir().expect("a folder");
        helper(folder.path(), "flood", "cat /dev/zero");
        let logins = with_helpers(folder.path(), r#"{"credsStore":"flood"}"#, None, None);
        let fault = logins.of("r.example/a:1").expect_err("it is ended");
        assert_eq!(
            (fault.kind(), fault.code()),
            (Kind::Credentials, "no-credential-helper")
        );
        assert!(fault.causes()[0].contains("more than 1 MiB"), "{:?}", fault.causes());
    }

    #[test]
    fn every_login_that_is_kept_is_found_whoever_keeps_it() {
        let folder = tempfile::tempdir().expect("a folder");
        helper(folder.path(), "good", r#"echo '{"Username":"h","Secret":"p"}'"#);
        let plain = STANDARD.encode("me:p");
        let config = format!(
            r#"{{"auths":{{"{HUB}":{{"auth":"{plain}"}},"https://old.example/v1/":{{"auth":"{plain}"}},"empty.example":{{}}}},
                "credHelpers":{{"h.example":"good","gone.example":"nosuch"}}}}"#
        );
        let logins = with_helpers(folder.path(), &config, auth(), Some("registry.corp/shop"));
        let (all, missing) = logins.all().expect("they read");
        let mut found: Vec<(&str, Option<&str>)> = all
            .iter()
            .map(|(host, login)| (host.as_str(), login.username.as_deref()))
            .collect();
        found.sort();
        let wanted = [
            ("h.example", Some("h")),
            (HUB, Some("me")),
            ("old.example", Some("me")),
            ("registry.corp", Some("me")),
        ];
        assert_eq!(found, wanted);
        assert_eq!(
            missing,
            ["cannot ask `docker-credential-nosuch` for the login at `gone.example`"]
        );
        assert_eq!(all["registry.corp"].password.as_deref(), Some("s3cret"));
        assert_eq!(told(logins.of_base("old.example/a")), pair("me", "p"));
    }

    #[test]
    fn a_path_is_no_helper_and_one_that_is_not_there_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let logins = logins(folder.path(), "{}", None, None);
        for helper in ["../../tmp/evil", "a b", "no-such-helper"] {
            let fault = logins.ask_helper(helper, "registry.example").unwrap_err();
            assert_eq!(fault.code(), "no-credential-helper", "{helper}");
        }
    }
}
