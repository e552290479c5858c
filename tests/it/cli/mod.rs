//! The program as people use it.

mod audit;
mod surface;
