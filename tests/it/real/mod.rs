//! Real processes, real sockets, real crashes.

mod agent;
mod container;
mod deploy;
mod reliability;
mod swarm;
mod swarm_bed;
mod swarm_nodes;
mod templates;
mod tour;
