//! An engine that speaks Docker's API, whoever uses it: reaching it, and images that are built, pushed and pinned by it.

pub mod connect;
mod context;
mod discard;
#[cfg(test)]
pub mod fake;
pub mod image;
pub mod reach;
pub mod registry;
mod ssh;

use crate::model::spec::Spec;

/// The label of the service that something was made for.
pub const SERVICE: &str = "deliver.service";
/// The label of the build that an image was made from.
pub const BUILD: &str = "deliver.build";

/// A file of Docker's configuration, or one that holds a login, has no more bytes.
const SETTINGS: u64 = 1 << 20;

/// Where an artifact lies in an image that it was packed into.
pub const HOME: &str = "/app";

/// The service's folder in an image that an artifact was packed onto.
pub fn home(spec: &Spec) -> String {
    match spec.workdir.is_empty() {
        true => HOME.to_owned(),
        false => format!("{HOME}/{}", spec.workdir),
    }
}
