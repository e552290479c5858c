//! How things of ours are named and marked in a swarm.

use std::collections::HashMap;

use crate::fault::{Fault, Result};
use crate::model::{EnvName, ServiceName};
use crate::ports::target::Authority;

/// Labels of services, tasks, secrets and configs.
pub use crate::adapters::docker::SERVICE;
pub const ENV: &str = "deliver.env";
/// The process, or `release` for a release step.
pub const PROCESS: &str = "deliver.process";
pub const RELEASE: &str = "deliver.release";
/// Of a task: the deployment that first ran its release. Of a service: the last that changed it.
pub const DEPLOYMENT: &str = "deliver.deployment";
/// The highest fencing token that was seen.
pub const FENCE: &str = "deliver.fence";
/// Fingerprints of what we wrote, by part, so that what somebody else changes is seen.
pub const WROTE: &str = "deliver.wrote";
/// The check of health as we wrote it, in JSON. It cannot be read back: engines answer with `Healthcheck`, of which the
/// API's description, and with it the client, knows nothing but `HealthCheck`.
pub const CHECK: &str = "deliver.check";
/// The cluster's index at the last replacement: what ended before it is history.
pub const MARK: &str = "deliver.mark";
/// The service's version when an update that stood still was begun anew: the engine takes no notice of one that changes nothing.
pub const ANEW: &str = "deliver.anew";
/// The id of a release step.
pub const INSTANCE: &str = "deliver.instance";

/// The web process, which has its service's name alone.
pub const WEB: &str = "web";

/// The longest name of a service that a swarm takes; it is a name in its DNS.
const LONGEST_SERVICE: usize = 63;
/// The longest name of a secret or config.
const LONGEST_CONTENT: usize = 64;

/// `SERVICE-ENV`, which is also its name in the networks it is on; `SERVICE-ENV-PROCESS` for what is not the web process.
pub fn service(service: &ServiceName, env: &EnvName, process: &str) -> String {
    match process {
        WEB => format!("{service}-{env}"),
        other => format!("{service}-{env}-{other}"),
    }
}

/// Refuses a name that a swarm would not take.
pub fn check(name: &str) -> Result<()> {
    match name.len() <= LONGEST_SERVICE {
        true => Ok(()),
        false => {
            let message = format!("the swarm service `{name}` would have {} letters", name.len());
            Err(Fault::usage("name-too-long", message).hint(format!(
                "shorten the name of the service, environment or process: {LONGEST_SERVICE} at most"
            )))
        }
    }
}

/// The name of a service of one run, from an instance's id.
pub fn of_instance(id: &str) -> String {
    shortened(id, LONGEST_SERVICE)
}

/// The name of a secret or config: what it is for, and the version of its content.
pub fn content(service: &ServiceName, env: &EnvName, what: &str, version: &str) -> String {
    let what: String = what
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') {
                c
            } else {
                '-'
            }
        })
        .collect();
    let version = &version[..version.len().min(16)];
    let stem = shortened(
        &format!("{service}-{env}-{}", what.trim_matches('-')),
        LONGEST_CONTENT - 1 - version.len(),
    );
    format!("{stem}-{version}")
}

/// The config that holds the fence of a service and environment; it outlives them.
pub fn fence(service: &ServiceName, env: &EnvName) -> String {
    shortened(&format!("{service}-{env}-deliver-fence"), LONGEST_CONTENT)
}

/// A long name keeps its beginning and gets a hash of the whole.
fn shortened(name: &str, most: usize) -> String {
    if name.len() <= most {
        return name.to_owned();
    }
    let hash = blake3::hash(name.as_bytes()).to_hex();
    let kept: String = name.chars().take(most - 9).collect();
    format!("{}-{}", kept.trim_end_matches(['-', '.', '_']), &hash[..8])
}

/// The labels by which everything of a service in an environment is found.
pub fn scope(service: &ServiceName, env: &EnvName) -> HashMap<String, String> {
    HashMap::from([(SERVICE.into(), service.to_string()), (ENV.into(), env.to_string())])
}

/// The same as a filter of lists.
pub fn filter(service: &ServiceName, env: &EnvName) -> HashMap<String, Vec<String>> {
    let labels = vec![format!("{SERVICE}={service}"), format!("{ENV}={env}")];
    HashMap::from([("label".into(), labels)])
}

/// The fault for an act under a token that is older than one that was seen.
pub fn fenced(authority: &Authority, seen: u64) -> Fault {
    let Authority {
        service, env, fence, ..
    } = authority;
    let message = format!("token {fence} is older than {seen}, which `{service}` in `{env}` has seen");
    Fault::new(crate::fault::Kind::Busy, "fenced", message)
        .still("nothing was changed under the older token")
        .hint("somebody else deploys it by now, or did so from another store: share one with `--store`")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(text: &str) -> (ServiceName, EnvName) {
        (text.parse().expect("a name"), "production".parse().expect("a name"))
    }

    #[test]
    fn names_fit_and_stay_apart() {
        let (service, env) = named("pricing");
        assert_eq!(super::service(&service, &env, "web"), "pricing-production");
        assert_eq!(super::service(&service, &env, "worker"), "pricing-production-worker");
        assert_eq!(
            content(&service, &env, "DATABASE_URL", "0123456789abcdef0123"),
            "pricing-production-DATABASE_URL-0123456789abcdef"
        );
        assert_eq!(
            content(&service, &env, "/etc/app.toml", "ff"),
            "pricing-production-etc-app.toml-ff"
        );
        let (long, env) = named(&"a".repeat(60));
        for version in ["0123456789abcdef", "1123456789abcdef"] {
            let name = content(&long, &env, "DATABASE_URL", version);
            assert!(name.len() <= LONGEST_CONTENT && name.ends_with(version), "{name}");
        }
        assert_ne!(content(&long, &env, "A", "ff"), content(&long, &env, "B", "ff"));
        assert!(check(&super::service(&long, &env, "web")).is_err());
        assert!(of_instance(&"b".repeat(80)).len() <= LONGEST_SERVICE);
    }
}
