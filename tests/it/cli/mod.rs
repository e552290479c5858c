//! The program as people use it.

mod adopt;
mod audit;
mod config;
mod crash;
mod incident;
mod live;
mod new;
mod oncall;
mod plugin;
mod ready;
mod reliability;
mod review;
mod surface;
mod terminal;
