//! The practice platform, by itself, under the contract of the port, and behind the faulty fake.

mod common;
mod contract;
mod faulty;
mod practice;
mod reader;
