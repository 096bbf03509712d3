//! `[log]`: the log of the process, on standard error.

use serde::{Deserialize, Deserializer};
use tracing_subscriber::EnvFilter;

use super::values;

/// The log of the process.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// What is logged: a level, or `target=level` pairs with commas between them.
    #[serde(deserialize_with = "filter")]
    pub filter: String,
    /// How.
    pub format: LogFormat,
}

/// How a line of the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object per line.
    Json,
}

impl Default for Log {
    fn default() -> Self {
        Self { filter: "info".to_owned(), format: LogFormat::Text }
    }
}

fn filter<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let wanted = r#"write a level such as "info" or "debug", or pairs such as "info,herald::outbox=debug""#;
    values::text(from, wanted, |text| {
        // A word without `=` that is no level would be taken for the name of a target, and silence all others.
        let levels = ["off", "error", "warn", "info", "debug", "trace"];
        let fits = |part: &str| part.contains(['=', '[']) || levels.contains(&part.trim());
        (text.split(',').all(fits) && EnvFilter::builder().parse(text).is_ok()).then(|| text.to_owned())
    })
}
