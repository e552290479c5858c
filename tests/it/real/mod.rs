//! Real processes, real sockets, real crashes.

mod agent;
mod container;
mod deploy;
mod reliability;
mod strategy;
mod templates;
mod tour;
