//! `herald check`, through the real binary.

use std::path::Path;
use std::process::Stdio;

use serde_json::Value;
use tokio::process::Command;

/// What it found.
pub(crate) struct Checked {
    pub(crate) status: i32,
    pub(crate) out: String,
}

impl Checked {
    /// Looks, as whoever keeps Herald running does, in `home`, where `herald.toml` is.
    pub(crate) async fn at(home: &Path) -> Self {
        Self::with(home, &[]).await
    }

    /// The same, with more on the command line.
    pub(crate) async fn with(home: &Path, more: &[&str]) -> Self {
        let done = Command::new(env!("CARGO_BIN_EXE_herald"))
            .args(["check", "--config", "herald.toml"])
            .args(more)
            .current_dir(home)
            .stdin(Stdio::null())
            .output()
            .await
            .unwrap();
        let err = String::from_utf8(done.stderr).unwrap();
        let status = done.status.code().unwrap();
        // One sentence beside what it found, and only when something is wrong.
        assert_eq!(err.lines().count(), usize::from(status != 0), "{err}");
        Self { status, out: String::from_utf8(done.stdout).unwrap() }
    }

    /// There is a line that begins so and holds these words.
    #[track_caller]
    pub(crate) fn says(&self, begins: &str, words: &str) -> &Self {
        let found = self.out.lines().any(|line| line.starts_with(begins) && line.contains(words));
        assert!(found, "no {begins} … {words} in\n{}", self.out);
        self
    }

    /// Nothing stands in the way.
    #[track_caller]
    pub(crate) fn well(&self) -> &Self {
        assert!(self.status == 0 && !self.out.contains('✘'), "{}", self.out);
        self
    }

    /// Something stands in the way, and these are all the lines that say so: how each begins, and words in it.
    #[track_caller]
    pub(crate) fn wrong(&self, expected: &[(&str, &str)]) -> &Self {
        let wrong: Vec<&str> = self.out.lines().filter(|line| line.starts_with('✘')).collect();
        assert_eq!((self.status, wrong.len()), (1, expected.len()), "{}", self.out);
        for (about, words) in expected {
            self.says(&format!("✘ {about}"), words);
        }
        self
    }

    /// The same as values.
    pub(crate) fn json(&self) -> Vec<Value> {
        serde_json::from_str(&self.out).unwrap()
    }
}
