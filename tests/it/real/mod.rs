//! Real processes, real sockets, real crashes.

mod agent;
#[cfg(feature = "kubernetes")]
mod cluster;
mod container;
mod deploy;
#[cfg(feature = "kubernetes")]
mod kubernetes;
mod reliability;
mod templates;
mod tour;
