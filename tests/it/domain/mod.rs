//! Domains over memory: no disk beyond a folder of their own, no waiting.

mod absence;
mod bench;
mod beside;
mod crash;
mod dead;
mod deploy;
mod gates;
mod in_place;
mod readiness;
mod reliability;
mod trouble;
mod watch;
