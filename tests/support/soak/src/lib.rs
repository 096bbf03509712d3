//! How much the tests do that try many cases: seeds, kills, rounds of a storm, inputs of a property.
//!
//! `make test` is to be run after every change, so there each does a little of everything that it is about. `make soak`
//! sets [`VARIABLE`], and they do all of it. A test says both numbers where it stands:
//!
//! ```
//! /// How often Herald is killed.
//! fn kills() -> usize {
//!     herald_soak::count(8, 50)
//! }
//! # assert!(kills() >= 8);
//! ```
//!
//! What differs is only how often, never what is proved: what must happen at least once is made to happen in both.

/// The environment variable that asks for all: `1`. Without it, or with `0`, tests do little.
pub const VARIABLE: &str = "HERALD_SOAK";

/// How many: `few` for `make test`, `many` for `make soak`.
///
/// # Panics
/// When [`VARIABLE`] is neither `0` nor `1`: who asks for something must not get something else.
#[must_use]
pub fn count<T>(few: T, many: T) -> T {
    if is_on() { many } else { few }
}

/// Whether all is asked for.
///
/// # Panics
/// As [`count`].
#[must_use]
pub fn is_on() -> bool {
    match std::env::var_os(VARIABLE).as_ref().map(|it| it.to_str()) {
        None | Some(Some("" | "0")) => false,
        Some(Some("1")) => true,
        Some(other) => unreachable!("{VARIABLE} is {other:?}; it can be 1, for as much as `make soak` does, or 0"),
    }
}
