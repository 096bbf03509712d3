//! Discord, kept to the port on a server that is as strict as the real one.

mod common;
mod contract;
mod reader;
