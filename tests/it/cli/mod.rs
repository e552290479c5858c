//! The program as people use it.

mod adopt;
mod audit;
mod config;
mod crash;
mod surface;
mod terminal;
