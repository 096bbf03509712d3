//! What nobody can guess.

use std::fmt;

/// 32 random bytes, made when the process starts and kept nowhere.
#[derive(Clone, Copy)]
pub struct Seed(pub [u8; 32]);

/// Never shown.
impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seed")
    }
}
