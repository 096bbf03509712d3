//! For tests: what every adapter must pass, and a platform that fails as the real ones do.
//!
//! [`contract`] holds the promises of [`Platform`](crate::Platform) as cases that any adapter runs against its own
//! server. [`Faulty`] stands before a platform and makes it late, forgetful and unsure, from a seed.

pub mod contract;
mod faulty;

pub use faulty::{Deed, Faults, Faulty, Injected, Now, Timer};
