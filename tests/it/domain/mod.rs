//! Domains over memory: no disk beyond a folder of their own, no waiting.

mod beside;
mod deploy;
mod in_place;
mod readiness;
mod reliability;
