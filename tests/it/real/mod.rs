//! Real processes, real sockets, real crashes.

mod agent;
#[cfg(feature = "kubernetes")]
mod cluster;
mod container;
mod deploy;
#[cfg(feature = "kubernetes")]
mod kubernetes;
#[cfg(feature = "kubernetes")]
mod kubernetes_faults;
mod reliability;
mod templates;
mod tour;
