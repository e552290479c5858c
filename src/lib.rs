//! `deliver`, the delivery-engineering toolbelt, as a library.
//!
//! The map, from the terminal down:
//!
//! * [`cli`]: the terminal. One file a subcommand: arguments, one call, one rendering. Uses everything; used by nothing.
//! * [`world`]: opens ports lazily from settings and lends them. Used by `cli` only.
//! * [`deploy`], [`scaffold`], [`adopt`]: the domains. Pure plans, and orchestration over ports.
//! * [`incident`]: a domain too: what hurts, what changed before it, who does what, and what was learnt.
//! * [`oncall`], [`review`]: the same, over rotas and facts that are handed in.
//! * [`reliability`]: a domain, too: objectives over counted requests, error budgets, burn rates.
//! * [`readiness`]: one more: facts with their sources, and checks over them.
//! * [`agent`]: the resident processes of the `local` target: supervisor, router, shim.
//! * [`adapters`]: what stands behind a port: the system clock, git, processes, the local target, Docker Swarm.
//! * [`store`]: durable state behind one narrow interface.
//! * [`config`]: `deliver.toml`, `platform.toml` and settings; every value knows where it came from.
//! * [`ports`]: the traits that domains see of the outside world.
//! * [`event`]: what happens while something runs, as data.
//! * [`model`]: the nouns everybody shares. Uses nothing.
//! * [`fault`]: failure with a kind, an exit code, what is still true and what to do next. Uses nothing.
//!
//! `docs/architecture.md` says why, and a test holds the direction of the arrows.

pub mod adapters;
pub mod adopt;
pub mod agent;
pub mod cli;
pub mod config;
pub mod deploy;
pub mod event;
pub mod fault;
pub mod incident;
pub mod model;
pub mod oncall;
pub mod ports;
pub mod readiness;
pub mod reliability;
pub mod review;
pub mod scaffold;
pub mod store;
pub mod world;
