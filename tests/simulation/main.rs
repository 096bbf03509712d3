//! Random people against the real engine in its real loop, on the faulty fake, with crashes at any commit or send.
//!
//! A [`world`] holds what outlives a crash: rooms, disk, clock. Its [`wire`] and [`ledger`] stand between Herald and
//! these, cut it off at chosen moments, and write down what became durable. [`people`] say what comes to their minds,
//! [`weather`] decides what goes wrong, [`life`] is one seed from its first word to its last, and [`checks`] read what
//! is left of it. [`twin`] is the same with two networks whose rooms are one, where people mostly [`talk`].

#![expect(clippy::unwrap_used, reason = "a test may say: this cannot be")]
#![expect(clippy::wildcard_enum_match_arm, reason = "a check looks at the few kinds that it is about")]

mod checks;
mod full;
mod ledger;
mod life;
mod people;
mod simulation;
mod talk;
mod twin;
mod weather;
mod wire;
mod words;
mod world;
