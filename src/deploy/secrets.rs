//! Secrets of a release: references become values only here, and values leave only towards the target and, sealed, the
//! store.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

use crate::config::environment::Environment;
use crate::config::secret::{self, LONGEST, NoValue};
use crate::fault::{Fault, Kind, Result};
use crate::model::release::Release;
use crate::model::spec::{CommandLine, SecretRef, Spec};
use crate::model::{ReleaseNo, ServiceName, Span};
use crate::ports::Commands;
use crate::ports::commands::{Ended, Request};
use crate::ports::target::{Placed, Secret};
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

/// Resolves every reference of `spec` and notes the versions in it. All missing ones are reported together, and so are those
/// that cannot be secrets.
pub fn resolve(spec: &mut Spec, sources: &Sources<'_>, key: &SealingKey) -> Result<Values> {
    let mut values = Values::new();
    let (mut missing, mut unfit) = (Vec::new(), Vec::new());
    for (name, reference) in &spec.secrets {
        match look_up(reference, sources) {
            Ok(value) => {
                spec.secret_versions.insert(name.clone(), key.version(name, &value));
                values.insert(name.clone(), Secret::new(value));
            }
            Err(NoValue::Missing(why)) => missing.push(format!("{name} = \"{reference}\": {why}")),
            Err(NoValue::Unfit(why)) => unfit.push(format!("{name} = \"{reference}\": {why}")),
        }
    }
    if !unfit.is_empty() {
        let message = match unfit.len() {
            1 => "a secret cannot be used".to_owned(),
            many => format!("{many} secrets cannot be used"),
        };
        return Err(Fault::usage(UNFIT, message)
            .still("nothing was touched")
            .details(unfit)
            .hint("name a file of at most 1 MiB in `[run.secrets]` of deliver.toml"));
    }
    if !missing.is_empty() {
        let message = match missing.len() {
            1 => "a secret has no value".to_owned(),
            many => format!("{many} secrets have no value"),
        };
        return Err(Fault::new(Kind::Credentials, "secret-missing", message)
            .details(missing)
            .hint(
                "set what the reference names and run the command again; `[run.secrets]` in deliver.toml lists them",
            ));
    }
    let sizes = values.values().map(|value| value.reveal().len());
    let all: usize = sizes.sum();
    match all > LONGEST {
        true => Err(Fault::usage(UNFIT, too_much(all))
            .still("nothing was touched")
            .hint("keep large files in a volume or in the image, and only what must not be known in `[run.secrets]`")),
        false => Ok(values),
    }
}

/// A code word: what a reference names can be no secret.
const UNFIT: &str = "secret-unfit";

fn too_much(bytes: usize) -> String {
    let (have, most) = (bytes.div_ceil(1024), LONGEST / 1024);
    format!("the secrets of a service have {have} KiB together; {most} may be")
}

/// The value of one reference, for what a deployment itself has to prove who it is with.
pub fn value(name: &str, reference: &SecretRef, sources: &Sources<'_>) -> Result<Secret> {
    look_up(reference, sources).map(Secret::new).map_err(|none| match none {
        NoValue::Missing(why) => {
            let message = format!("`{name}` has no value: {reference}: {why}");
            Fault::new(Kind::Credentials, "secret-missing", message).hint("set what the reference names")
        }
        NoValue::Unfit(why) => {
            let message = format!("`{name}` cannot be used: {reference}: {why}");
            Fault::usage(UNFIT, message).hint("name a file of at most 1 MiB")
        }
    })
}

fn look_up(reference: &SecretRef, sources: &Sources<'_>) -> std::result::Result<String, NoValue> {
    let missing = |why: &str| NoValue::Missing(why.to_owned());
    let text = match reference {
        SecretRef::Env(name) => {
            let value = sources.environment.get(name);
            let value = value.ok_or_else(|| missing("the variable is not set"))?;
            return match value.len() > LONGEST {
                true => Err(NoValue::Unfit("the variable has more than 1 MiB".into())),
                false => Ok(value.to_owned()),
            };
        }
        SecretRef::File(path) => secret::of_file(&sources.folder.join(path))?,
        SecretRef::Exec(command) => {
            let request = Request {
                command: CommandLine::Shell(command.clone()),
                dir: sources.folder.to_owned(),
                env: BTreeMap::new(),
                timeout: EXEC_TIMEOUT,
            };
            let captured = sources.commands.capture(&request);
            captured.map_err(|fault| match fault.code() {
                "output-too-long" => NoValue::Unfit(fault.to_string()),
                _ => missing(&fault.to_string()),
            })?
        }
    };
    let text = String::from_utf8(text).map_err(|_| missing("the value is not UTF-8"))?;
    let text = text.strip_suffix('\n').unwrap_or(&text);
    if text.contains('\0') {
        return Err(missing("the value holds a NUL byte"));
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
    let mut values = Values::new();
    for (name, version) in &release.spec.secret_versions {
        let plain = unsealed(release, name, version, store, key)?;
        values.insert(name.clone(), Secret::new(plain));
    }
    Ok(values)
}

/// In the place of a record that is sealed: the version that it is kept under. No plugin's record has a key like that.
const SEALED: &str = "$deliver.sealed";

/// Keeps what a target recorded of a release; where it is nobody's to read, sealed as a secret is.
pub fn keep_record(release: &Release, placed: &Placed, store: &Store, key: &SealingKey) -> Result<()> {
    let (service, number) = (&release.service, release.number);
    if !placed.confidential {
        return store.keep_placement(service, number, &placed.record);
    }
    let (name, text) = (record_name(number), placed.record.to_string());
    let version = key.version(&name, &text);
    let sealed = key.seal(&label(service, &name), text.as_bytes())?;
    store.keep_secret(service, &name, &version, &sealed)?;
    store.keep_placement(service, number, &json!({ SEALED: version }))
}

/// What a target recorded of a release; null before that.
pub fn recall_record(release: &Release, store: &Store, key: &SealingKey) -> Result<Value> {
    let record = store.placement(&release.service, release.number)?;
    let Some(version) = record[SEALED].as_str() else {
        return Ok(record);
    };
    let name = record_name(release.number);
    let plain = unsealed(release, &name, version, store, key)?;
    serde_json::from_str(&plain).map_err(|error| Fault::bug(format!("the {name} does not read")).because(error))
}

fn record_name(number: ReleaseNo) -> String {
    format!("record of {number}")
}

/// What was sealed of a release, as text.
fn unsealed(release: &Release, name: &str, version: &str, store: &Store, key: &SealingKey) -> Result<String> {
    let Release { service, env, .. } = release;
    let again = format!("deliver deploy {env}");
    let sealed = store.sealed_secret(service, name, version)?.ok_or_else(|| {
        Fault::new(
            Kind::Credentials,
            "secret-forgotten",
            format!("the value that `{name}` had is not kept on this machine"),
        )
        .hint(&again)
    })?;
    let plain = key
        .open_sealed(&label(service, name), &sealed)
        .map_err(|fault| fault.hint(&again))?;
    String::from_utf8(plain).map_err(|_| Fault::bug("a sealed secret that is not text"))
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
