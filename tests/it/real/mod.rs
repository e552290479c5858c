//! Real processes, real sockets, real crashes.

mod agent;
mod deploy;
mod reliability;
mod templates;
mod tour;
