//! The integration tests, in one binary: linking it once is what keeps the suite quick.

mod cli;
mod contract;
mod domain;
mod meta;
mod real;
mod support;
