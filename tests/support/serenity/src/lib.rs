//! Nothing of its own: its test has serenity's client live on `tests/support/discord`.
//!
//! It is a crate for itself because Herald needs serenity's types alone. With its client come an HTTP client, TLS and a
//! WebSocket of their own, which only `make soak` builds: `make test` leaves this crate out.
