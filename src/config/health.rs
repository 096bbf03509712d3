//! `[health]`: what whoever keeps Herald running asks it over HTTP.

use std::net::SocketAddr;

use serde::{Deserialize, Deserializer};

use super::values;

/// What whoever keeps Herald running asks it over HTTP.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Health {
    /// Where `/healthz`, `/readyz` and `/metrics` are served: always on this machine alone. `None`: nowhere.
    #[serde(deserialize_with = "listen")]
    pub listen: Option<SocketAddr>,
}

impl Default for Health {
    fn default() -> Self {
        Self { listen: Some(SocketAddr::from(([127, 0, 0, 1], 9464))) }
    }
}

fn listen<'de, D: Deserializer<'de>>(from: D) -> Result<Option<SocketAddr>, D::Error> {
    let wanted = r#"write an address and a port such as "127.0.0.1:9464", or "off""#;
    let read = values::text(from, wanted, |text| match text {
        "off" => Some(None),
        text => text.parse::<SocketAddr>().ok().map(Some),
    })?;
    if read.is_some_and(|address| !address.ip().is_loopback()) {
        return Err(serde::de::Error::custom(
            r#"write a loopback address such as "127.0.0.1:9464", for what it answers is for this machine alone, or "off""#,
        ));
    }
    Ok(read)
}
