//! How a Synapse is configured: as small as possible, silent, and with no limit that a test runs into by accident.

use std::path::Path;

use serde_json::{Map, Value, json};

use crate::homeserver::SERVER_NAME;

/// What registers people, an administrator included. Known to this crate alone, on loopback alone.
pub(crate) const SHARED_SECRET: &str = "registers people in tests";

/// The limits a homeserver has, all of which are out of reach unless [`Options`] say otherwise.
const LIMITS: [&str; 8] = [
    "rc_message",
    "rc_registration",
    "rc_admin_redaction",
    "rc_joins_per_room",
    "rc_room_creation",
    "rc_profile",
    "rc_reports",
    "rc_user_directory",
];

/// As [`LIMITS`], but in parts.
const LIMITS_IN_PARTS: [(&str, &[&str]); 3] = [
    ("rc_login", &["address", "account", "failed_attempts"]),
    ("rc_joins", &["local", "remote"]),
    ("rc_invites", &["per_room", "per_user", "per_issuer"]),
];

/// How a Synapse differs from the usual one of this kit.
#[derive(Debug, Clone, Default)]
pub struct Options {
    settings: Map<String, Value>,
}

impl Options {
    /// Nothing differs.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Synapse's own limit for messages, as most bots meet it: 10 at once, then one every 5 s.
    ///
    /// It holds for everybody; [`crate::Account::limit_messages`] sets one person's limit, on a shared Synapse too.
    #[must_use]
    pub fn default_message_limit(self) -> Self {
        self.set("rc_message", json!({ "per_second": 0.2, "burst_count": 10 }))
    }

    /// Any other key of Synapse's configuration.
    #[must_use]
    pub fn set(mut self, key: &str, value: Value) -> Self {
        self.settings.insert(key.to_owned(), value);
        self
    }

    /// The configuration file. Synapse reads YAML, and JSON is YAML.
    pub(crate) fn homeserver(&self, dir: &Path, port: u16) -> Value {
        let mut all = Map::new();
        let out_of_reach = json!({ "per_second": 1_000_000, "burst_count": 1_000_000 });
        for limit in LIMITS {
            all.insert(limit.to_owned(), out_of_reach.clone());
        }
        for (limit, parts) in LIMITS_IN_PARTS {
            let parts = parts.iter().map(|part| ((*part).to_owned(), out_of_reach.clone())).collect();
            all.insert(limit.to_owned(), Value::Object(parts));
        }
        let usual = json!({
            "server_name": SERVER_NAME,
            "public_baseurl": format!("http://127.0.0.1:{port}/"),
            "listeners": [{
                "port": port,
                "type": "http",
                "bind_addresses": ["127.0.0.1"],
                "resources": [{ "names": ["client"] }],
            }],
            "database": { "name": "sqlite3", "args": { "database": dir.join("homeserver.db") } },
            "log_config": dir.join("log.yaml"),
            "media_store_path": dir.join("media"),
            "signing_key_path": dir.join("signing.key"),
            "pid_file": dir.join("pid"),
            "registration_shared_secret": SHARED_SECRET,
            "macaroon_secret_key": "signs what a test asks for",
            "form_secret": "signs what a test asks for",
            "report_stats": false,
            "trusted_key_servers": [],
            "suppress_key_server_warning": true,
            "federation_domain_whitelist": [],
            "url_preview_enabled": false,
            "presence": { "enabled": false },
            // The least that bcrypt takes: passwords of tests guard nothing.
            "bcrypt_rounds": 4,
        });
        for (key, value) in usual.as_object().into_iter().flatten().chain(&self.settings) {
            all.insert(key.clone(), value.clone());
        }
        Value::Object(all)
    }

    /// How it logs: everything of note into one file.
    pub(crate) fn log(file: &Path) -> Value {
        json!({
            "version": 1,
            "disable_existing_loggers": false,
            "formatters": { "line": { "format": "%(asctime)s %(levelname)s %(name)s %(message)s" } },
            "handlers": { "file": { "class": "logging.FileHandler", "filename": file, "formatter": "line" } },
            "root": { "level": "INFO", "handlers": ["file"] },
        })
    }

    /// The key that it would sign for other servers with: any will do, and made by hand it needs no tool.
    pub(crate) const fn signing_key() -> &'static str {
        "ed25519 a_test AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\n"
    }
}
