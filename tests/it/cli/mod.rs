//! The program as people use it.

mod adopt;
mod audit;
mod surface;
