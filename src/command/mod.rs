//! The grammar, pure: what people may type, what it means, and the help on it.

mod people;

pub use people::People;
