//! Secrets of a release: references become values only here, and values leave only towards the target and, sealed, the
//! store.

use std::collections::BTreeMap;
use std::path::Path;

use crate::config::environment::Environment;
use crate::fault::{Fault, Kind, Result};
use crate::model::release::Release;
use crate::model::spec::{CommandLine, SecretRef, Spec};
use crate::model::{ServiceName, Span};
use crate::ports::Commands;
use crate::ports::commands::{Ended, Request};
use crate::ports::target::Secret;
use crate::store::Store;
use crate::store::seal::SealingKey;

/// A command that prints a secret gets this long: password managers ask servers, people are not asked.
const EXEC_TIMEOUT: Span = Span::from_secs(30);

/// Values by variable name.
pub type Values = BTreeMap<String, Secret>;

/// Where references are looked up.
pub struct Sources<'a> {
    /// The folder of `deliver.toml`.
    pub folder: &'a Path,
    /// Variables of the process.
    pub environment: &'a Environment,
    pub commands: &'a dyn Commands,
}

/// Resolves every reference of `spec` and notes the versions in it. All missing ones are reported together.
pub fn resolve(spec: &mut Spec, sources: &Sources<'_>, key: &SealingKey) -> Result<Values> {
    let mut values = Values::new();
    let mut missing = Vec::new();
    for (name, reference) in &spec.secrets {
        match look_up(reference, sources) {
            Ok(value) => {
                spec.secret_versions.insert(name.clone(), key.version(name, &value));
                values.insert(name.clone(), Secret::new(value));
            }
            Err(why) => missing.push(format!("{name} = \"{reference}\": {why}")),
        }
    }
    if missing.is_empty() {
        return Ok(values);
    }
    let count = if missing.len() == 1 {
        "a secret has".to_owned()
    } else {
        format!("{} secrets have", missing.len())
    };
    Err(
        Fault::new(Kind::Credentials, "secret-missing", format!("{count} no value"))
            .details(missing)
            .hint("set what the reference names and run the command again; `[run.secrets]` in deliver.toml lists them"),
    )
}

/// The value of one reference, for what a deployment itself has to prove who it is with.
pub fn value(name: &str, reference: &SecretRef, sources: &Sources<'_>) -> Result<Secret> {
    look_up(reference, sources).map(Secret::new).map_err(|why| {
        let message = format!("`{name}` has no value: {reference}: {why}");
        Fault::new(Kind::Credentials, "secret-missing", message).hint("set what the reference names")
    })
}

fn look_up(reference: &SecretRef, sources: &Sources<'_>) -> std::result::Result<String, String> {
    let text = match reference {
        SecretRef::Env(name) => {
            return sources
                .environment
                .get(name)
                .map(str::to_owned)
                .ok_or_else(|| "the variable is not set".to_owned());
        }
        SecretRef::File(path) => {
            let path = sources.folder.join(path);
            std::fs::read(&path).map_err(|error| error.to_string())?
        }
        SecretRef::Exec(command) => {
            let request = Request {
                command: CommandLine::Shell(command.clone()),
                dir: sources.folder.to_owned(),
                env: BTreeMap::new(),
                timeout: EXEC_TIMEOUT,
            };
            sources.commands.capture(&request).map_err(|fault| fault.to_string())?
        }
    };
    let text = String::from_utf8(text).map_err(|_| "the value is not UTF-8".to_owned())?;
    let text = text.strip_suffix('\n').unwrap_or(&text);
    if text.contains('\0') {
        return Err("the value holds a NUL byte".into());
    }
    Ok(text.to_owned())
}

/// Keeps the values sealed under their versions, so that a rollback can bring the old ones back.
pub fn keep(service: &ServiceName, spec: &Spec, values: &Values, store: &Store, key: &SealingKey) -> Result<()> {
    for (name, version) in &spec.secret_versions {
        if let Some(value) = values.get(name) {
            let sealed = key.seal(&label(service, name), value.reveal().as_bytes())?;
            store.keep_secret(service, name, version, &sealed)?;
        }
    }
    Ok(())
}

/// The values a release was made with.
pub fn recall(release: &Release, store: &Store, key: &SealingKey) -> Result<Values> {
    let Release { service, env, .. } = release;
    let mut values = Values::new();
    for (name, version) in &release.spec.secret_versions {
        let sealed = store.sealed_secret(service, name, version)?.ok_or_else(|| {
            Fault::new(
                Kind::Credentials,
                "secret-forgotten",
                format!("the value that `{name}` had is not kept on this machine"),
            )
            .hint(format!("deliver deploy {env}"))
        })?;
        let plain = key
            .open_sealed(&label(service, name), &sealed)
            .map_err(|fault| fault.hint(format!("deliver deploy {env}")))?;
        let plain = String::from_utf8(plain).map_err(|_| Fault::bug("a sealed secret that is not text"))?;
        values.insert(name.clone(), Secret::new(plain));
    }
    Ok(values)
}

fn label(service: &ServiceName, name: &str) -> String {
    format!("{service}/{name}")
}

/// Commands whose output is shown and kept without the values of secrets.
pub(super) struct Discreet<'a> {
    pub(super) commands: &'a dyn Commands,
    pub(super) store: &'a Store,
}

impl Commands for Discreet<'_> {
    fn run(&self, request: &Request, line: &mut dyn FnMut(&str)) -> Result<Ended> {
        let mut shown = |text: &str| line(&self.store.concealed(text));
        let mut ended = self.commands.run(request, &mut shown)?;
        for line in &mut ended.tail {
            *line = self.store.concealed(line);
        }
        Ok(ended)
    }

    fn capture(&self, request: &Request) -> Result<Vec<u8>> {
        self.commands.capture(request)
    }
}
