//! The configuration file while it is being written: what people put there stays as it is.

use std::fs::{self, DirBuilder, File, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};
use toml_edit::{Array, DocumentMut, Item, Table, Value, value};

use crate::config::{Config, ConfigError};

/// What a new file begins with.
const HEAD: &str = "\
# Herald's configuration, written by `herald init`: run that again to change it, or edit it here. What is not here has its
# default; config/herald.example.toml shows every key. `herald check` says whether all of it works.

# The directory that all state is kept in, and the zone of times that name none.
[herald]
";
/// What stands above each of the other sections when it is made.
const NOTES: [(&str, &str); 4] = [
    (
        "matrix",
        "The homeserver, and Herald's account there. Password or token are read at the first start only.\n\
         # `invite`: who is let into war rooms that Herald makes.",
    ),
    (
        "discord",
        "The company's server. `responders`: the role that sees war rooms that Herald makes. What people said on another\n\
         # network is posted under their name with `webhooks = true`.",
    ),
    ("people", "Whoever may change what Herald does."),
    ("rooms", "Which rooms are for whom. In those for the company only Herald posts."),
];

/// The file, and what is to stand in it.
#[derive(Debug, Clone)]
pub(super) struct Paper {
    file: PathBuf,
    /// What stands in the file now.
    stored: Option<String>,
    text: DocumentMut,
}

impl Paper {
    /// What is in `file`, or a new one.
    ///
    /// # Errors
    /// A sentence: it cannot be read, or is no TOML.
    pub(super) fn open(file: &Path) -> Result<Self, String> {
        let shown = file.display();
        let stored = match fs::read_to_string(file) {
            Ok(text) => Some(text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(format!("{shown} cannot be read: {error}. Name another file with --config")),
        };
        let text = stored.as_deref().unwrap_or(HEAD).parse().map_err(|error: toml_edit::TomlError| {
            let why = error.message().to_owned();
            format!("{shown} is not TOML: {why}. Correct it, or name another file with --config")
        })?;
        Ok(Self { file: file.to_owned(), stored, text })
    }

    pub(super) fn file(&self) -> &Path {
        &self.file
    }

    /// Whether there was a file already.
    pub(super) fn is_new(&self) -> bool {
        self.stored.is_none()
    }

    /// As Herald would read it. Variables are left out: what they set cannot be changed here.
    pub(super) fn config(&self) -> Result<Config, ConfigError> {
        Config::parse(&self.text.to_string(), Some(&self.file), [])
    }

    /// The text of a key.
    pub(super) fn get(&self, section: &str, key: &str) -> Option<&str> {
        self.text.get(section)?.get(key)?.as_str()
    }

    /// The texts of a list.
    pub(super) fn list(&self, section: &str, key: &str) -> Vec<String> {
        let list = self.text.get(section).and_then(|it| it.get(key)).and_then(Item::as_array);
        list.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    }

    pub(super) fn has(&self, section: &str) -> bool {
        self.text.contains_key(section)
    }

    pub(super) fn set(&mut self, section: &str, key: &str, to: &str) {
        if self.get(section, key) != Some(to) {
            self.put(section, key, to.into());
        }
    }

    pub(super) fn set_list(&mut self, section: &str, key: &str, to: &[String]) {
        if self.list(section, key) != to {
            self.put(section, key, to.iter().collect::<Array>().into());
        }
    }

    fn put(&mut self, section: &str, key: &str, mut to: Value) {
        let table = self.text.entry(section).or_insert_with(|| {
            let mut table = Table::new();
            let note = NOTES.iter().find(|(name, _)| *name == section);
            table.decor_mut().set_prefix(note.map_or("\n".to_owned(), |(_, note)| format!("\n# {note}\n")));
            Item::Table(table)
        });
        match table.get_mut(key).and_then(Item::as_value_mut) {
            Some(there) => {
                // A comment behind it stays.
                *to.decor_mut() = there.decor().clone();
                *there = to;
            }
            None => table[key] = value(to),
        }
    }

    pub(super) fn remove(&mut self, section: &str, key: &str) {
        if let Some(table) = self.text.get_mut(section).and_then(Item::as_table_like_mut) {
            table.remove(key);
        }
    }

    /// Without a section.
    pub(super) fn without(mut self, section: &str) -> Self {
        self.text.remove(section);
        self
    }

    /// Writes it, all or nothing, if anything has changed.
    ///
    /// # Errors
    /// A sentence: the directory cannot be written.
    pub(super) fn save(&mut self) -> Result<(), String> {
        let text = self.text.to_string();
        if self.stored.as_ref() == Some(&text) {
            return Ok(());
        }
        // Whoever has made it a link means the file behind it.
        let file = self.file.canonicalize().unwrap_or_else(|_| self.file.clone());
        let mode = fs::metadata(&file).map_or(0o644, |it| it.permissions().mode());
        write(&file, mode, text.as_bytes()).map_err(|error| unwritable(&file, &error))?;
        self.stored = Some(text);
        Ok(())
    }

    /// The directory of the file.
    pub(super) fn home(&self) -> &Path {
        home(&self.file)
    }

    /// Writes a secret beside the file, for its owner alone. Returns where.
    ///
    /// # Errors
    /// A sentence: the directory cannot be written.
    pub(super) fn keep(&self, name: &str, secret: &SecretString) -> Result<PathBuf, String> {
        let dir = self.home().join("secrets");
        let file = dir.join(name);
        DirBuilder::new().recursive(true).mode(0o700).create(&dir).map_err(|error| unwritable(&file, &error))?;
        let text = format!("{}\n", secret.expose_secret());
        write(&file, 0o600, text.as_bytes()).map_err(|error| unwritable(&file, &error))?;
        Ok(file)
    }
}

fn home(file: &Path) -> &Path {
    file.parent().filter(|home| !home.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

pub(super) fn unwritable(file: &Path, error: &io::Error) -> String {
    format!(
        "{} cannot be written: {error}. Name a file in a directory that you may write, with --config",
        file.display()
    )
}

fn write(file: &Path, mode: u32, bytes: &[u8]) -> io::Result<()> {
    let home = home(file);
    let mut half =
        tempfile::Builder::new().prefix(".herald-").permissions(Permissions::from_mode(mode)).tempfile_in(home)?;
    half.write_all(bytes)?;
    half.as_file().sync_all()?;
    half.persist(file).map_err(|refused| refused.error)?;
    File::open(home)?.sync_all()
}
