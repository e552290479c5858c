//! Domains over memory: no disk beyond a folder of their own, no waiting.

mod deploy;
mod readiness;
mod reliability;
