//! Real processes, real sockets, real crashes.

mod agent;
mod container;
mod deploy;
mod plugin;
mod reliability;
mod templates;
mod tour;
