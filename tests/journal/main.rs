//! What a journal promises: once for both of them, then what each has of its own.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

/// Makes tests of functions that take a kind of place: one for each.
macro_rules! promised_by_both {
    ($($name:ident),+ $(,)?) => {
        mod in_memory {
            $(#[test] fn $name() { super::$name::<super::InMemory>(); })+
        }
        mod on_disk {
            $(#[test] fn $name() { super::$name::<super::OnDisk>(); })+
        }
    };
}

mod backup;
mod contract;
mod damage;
mod disk;
mod memory;
mod migration;
mod places;
mod record;
mod samples;
mod tampering;
