//! The program as people use it.

mod adopt;
mod audit;
mod by_name;
mod config;
mod crash;
mod incident;
mod kubernetes;
mod live;
mod new;
mod oncall;
mod plan;
mod plugin;
mod ready;
mod reliability;
mod review;
mod surface;
mod terminal;
mod unreachable;
