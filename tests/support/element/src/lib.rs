//! For tests: a person with an end-to-end encrypting Matrix client, who reads what a client shows.
//!
//! It is matrix-sdk without any of Herald's code: what it cannot decrypt, find or show, nobody can.

#![warn(missing_docs)]

mod line;
mod lines;
mod person;
mod reading;
mod shown;
mod trouble;

pub use line::Line;
pub use person::Person;
pub use trouble::Trouble;
