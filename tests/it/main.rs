//! The integration tests, in one binary: linking it once is what keeps the suite quick.

mod contract;
mod meta;
