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

/// What other crates log at info and below is about bytes on wires, and could hold what must not be logged.
const OTHERS: &str = "matrix_sdk=error,ruma=warn,hyper=warn,reqwest=warn,rustls=warn,h2=warn,sled=warn";
/// Every request that comes back with an error is an error to it, also where that was to be expected. What it means is
/// logged by whoever asked.
const NEVER: &str = "matrix_sdk::http_client=off";

impl Log {
    /// What the log goes by. A bare level is Herald's own: of other crates, warnings and errors are logged, unless the
    /// filter names them.
    #[must_use]
    pub fn directives(&self) -> String {
        let is_bare = |part: &&str| !part.contains(['=', '[']);
        let level = self.filter.split(',').map(str::trim).rfind(is_bare);
        match level {
            Some("info" | "debug" | "trace") => format!("{OTHERS},{NEVER},{}", self.filter),
            Some("error" | "warn") => format!("{NEVER},{}", self.filter),
            Some(_) | None => self.filter.clone(),
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_crates_are_quiet_unless_they_are_named() {
        let of = |filter: &str| Log { filter: filter.to_owned(), ..Log::default() }.directives();
        assert_eq!(of("info"), format!("{OTHERS},{NEVER},info"));
        assert_eq!(of("debug,hyper=debug"), format!("{OTHERS},{NEVER},debug,hyper=debug"));
        assert_eq!(of("warn"), format!("{NEVER},warn"));
        for loud_enough in ["off", "herald::outbox=debug"] {
            assert_eq!(of(loud_enough), loud_enough);
        }
        for filter in ["info", "debug,hyper=debug"] {
            assert!(EnvFilter::builder().parse(of(filter)).is_ok());
        }
        let named = EnvFilter::new(of("debug,hyper=debug")).to_string();
        assert!(named.contains("hyper=debug") && !named.contains("hyper=warn"), "the last word counts: {named}");
    }
}
