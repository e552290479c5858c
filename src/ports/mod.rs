//! The traits through which domains see the outside world. Each is object-safe, blocking and narrow, and says in prose
//! what an adapter owes; `tests/it/contract/` holds adapters to it.

pub mod clock;
pub mod commands;
pub mod http;
pub mod interrupt;
pub mod metrics;
pub mod target;
pub mod vcs;

pub use clock::Clock;
pub use commands::Commands;
pub use http::Http;
pub use interrupt::Interrupt;
pub use metrics::Metrics;
pub use target::Target;
pub use vcs::Vcs;
