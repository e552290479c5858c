//! The program as people use it.

mod adopt;
mod audit;
mod config;
mod crash;
mod live;
mod new;
mod ready;
mod surface;
mod terminal;
