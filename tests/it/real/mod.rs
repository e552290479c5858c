//! Real processes, real sockets, real crashes.

mod agent;
mod deploy;
mod templates;
mod tour;
