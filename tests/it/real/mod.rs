//! Real processes, real sockets, real crashes.

mod agent;
#[cfg(feature = "kubernetes")]
mod cluster;
mod cluster_bounds;
#[cfg(all(feature = "docker", feature = "kubernetes"))]
mod cluster_image;
#[cfg(feature = "kubernetes")]
mod cluster_sources;
mod container;
mod deploy;
mod faults;
#[cfg(feature = "kubernetes")]
mod kubernetes;
#[cfg(feature = "kubernetes")]
mod kubernetes_faults;
#[cfg(feature = "kubernetes")]
mod kubernetes_weights;
mod plugin;
mod reliability;
mod shared;
mod strategy;
mod swarm;
mod swarm_apps;
mod swarm_bed;
mod swarm_faults;
mod swarm_nodes;
mod templates;
mod tour;
