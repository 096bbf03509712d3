//! Opening a data directory, after whatever happened to it.
//!
//! ```text
//! <dir>/lock          held while the directory is in use
//! <dir>/journal/      sled's own files, and `watermark`
//! <dir>/journal.new/  a journal being made or restored; it counts when it has been renamed, not before
//! ```

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, chown};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::TempDir;

use super::JournalError;
use super::core::Core;
use super::sled_fault::{SledFault, guarded, unusable};
use super::sled_journal::Options;
use super::sled_store::{Database, SledStore};
use super::watermark::Watermark;

/// What is said of a journal whose watermark is gone.
const NO_WATERMARK: &str = "journal/watermark is missing or not what Herald wrote, so nobody can tell whether the end of \
     the record was cut off. If nobody removed it on purpose, compare the last records with a backup";

/// How much sled keeps of its pages at hand, in bytes of log; in memory they take a few times as much.
const CACHE_BYTES: u64 = 2 << 20;

/// The directory that holds sled's files.
pub(super) fn sled_dir(dir: &Path) -> PathBuf {
    dir.join("journal")
}

/// A data directory that nobody else has open.
pub(super) struct Locked {
    dir: PathBuf,
    held: Arc<Held>,
}

/// What is held for as long as a database is open.
pub(super) enum Held {
    /// The lock of its directory.
    Lock(#[expect(dead_code, reason = "to hold it is to lock")] File),
    /// A copy of its files, removed in the end.
    Copy(#[expect(dead_code, reason = "to let go of it is to remove it")] TempDir),
}

impl Locked {
    /// Takes `dir`, making it if need be.
    pub(super) fn take(dir: &Path) -> Result<Self, JournalError> {
        let io = |error| unusable(dir, &error);
        // What is in it is for the account that runs Herald alone: security incidents are.
        DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(io)?;
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(dir.join("lock")).map_err(io)?;
        try_lock(&lock, dir)?;
        let locked = Self { dir: dir.to_owned(), held: Arc::new(Held::Lock(lock)) };
        remove_dir(&locked.unfinished()).map_err(io)?;
        Ok(locked)
    }

    /// For a copy of the files of `dir`, which nobody else knows.
    pub(super) fn of_copy(dir: &Path, copy: TempDir) -> Self {
        Self { dir: dir.to_owned(), held: Arc::new(Held::Copy(copy)) }
    }

    /// Whether there is a journal.
    pub(super) fn is_occupied(&self) -> bool {
        holds_journal(&self.dir)
    }

    /// Opens the journal.
    pub(super) fn open(self, options: Options) -> Result<Core<SledStore>, JournalError> {
        let files = sled_dir(&self.dir);
        check_files(&self.dir, &files)?;
        self.open_in(&files, options)
    }

    /// Opens the journal with its `files`.
    pub(super) fn open_in(self, files: &Path, options: Options) -> Result<Core<SledStore>, JournalError> {
        let before = set_aside(files);
        let opened = self.open_journal(files, options);
        if opened.is_err() {
            // It was not for them that there is no journal.
            bring_back(files, set_aside(files).difference(&before));
        }
        opened
    }

    fn open_journal(&self, files: &Path, options: Options) -> Result<Core<SledStore>, JournalError> {
        let mut database = self.open_files(files)?;
        let watermark = database.watermark()?;
        if watermark.is_none() {
            database.remark(NO_WATERMARK.to_owned());
        }
        let core = Core::load(SledStore { database: Arc::new(database), options })?;
        let commits = core.head().commits;
        if let Some(watermark) = watermark.filter(|watermark| commits < *watermark) {
            let what = format!("its log ends at commit {commits}, and there have been {watermark}");
            return Err(JournalError::Damaged { dir: self.dir.clone(), what });
        }
        Ok(core)
    }

    /// Makes a journal and fills it. It is there when all of it is durable; until then there is none.
    pub(super) fn build<T, E: From<JournalError>>(
        &self,
        fill: impl FnOnce(&mut Core<SledStore>) -> Result<T, E>,
    ) -> Result<T, E> {
        let files = self.unfinished();
        let built = self.build_in(&files, fill);
        if built.is_err() {
            // The next start removes what is left of it.
            let _ = remove_dir(&files);
        }
        built
    }

    fn build_in<T, E: From<JournalError>>(
        &self,
        files: &Path,
        fill: impl FnOnce(&mut Core<SledStore>) -> Result<T, E>,
    ) -> Result<T, E> {
        DirBuilder::new().mode(0o700).create(files).map_err(|error| unusable(&self.dir, &error))?;
        let database = Arc::new(self.open_files(files)?);
        let mut core = Core::create(SledStore { database, options: Options::without_reserve() })?;
        let filled = fill(&mut core)?;
        drop(core);
        self.publish(files).map_err(|error| unusable(&self.dir, &error))?;
        Ok(filled)
    }

    /// Syncs all files, then renames their directory, then syncs its name, and those above it.
    fn publish(&self, files: &Path) -> io::Result<()> {
        for entry in fs::read_dir(files)? {
            sync(&entry?.path())?;
        }
        sync(files)?;
        keep_owner(&self.dir, files)?;
        fs::rename(files, sled_dir(&self.dir))?;
        for made in self.dir.canonicalize()?.ancestors().skip(1) {
            // One that cannot be opened is none that was made here.
            let _ = sync(made);
        }
        sync(&self.dir)
    }

    fn open_files(&self, files: &Path) -> Result<Database, JournalError> {
        let io = |error| unusable(&self.dir, &error);
        remove_half_snapshots(files).map_err(io)?;
        let (log, watermark) =
            (open_file(&files.join("db")).map_err(io)?, open_file(&files.join("watermark")).map_err(io)?);
        // sled takes this lock itself, but says it is taken with an error like any other.
        try_lock(&log, &self.dir)?;
        log.unlock().map_err(io)?;
        // No flusher: it would write a batch that failed, and it syncs an idle disk twice a second. sled's other work
        // in the background, giving back log that is no longer needed, is also done by whoever writes.
        let config =
            sled::Config::new().path(files).mode(sled::Mode::LowSpace).cache_capacity(CACHE_BYTES).flush_every_ms(None);
        let (sled, remarks) = match guarded(|| config.open()) {
            Ok(sled) => (sled, Vec::new()),
            Err(fault @ SledFault::Damage) => match open_without(files, &config, &self.held).map_err(io)? {
                Some(opened) => opened,
                None => return Err(fault.while_reading(&self.dir)),
            },
            Err(fault @ SledFault::Io(_)) => return Err(fault.while_reading(&self.dir)),
        };
        // A process that was killed may have written what it could not sync: what is read now has to be durable. And
        // sled has just written a snapshot of its own, and renamed it.
        log.sync_all().and_then(|()| sync(files)).map_err(io)?;
        let mut database = Database::new(&self.dir, sled, log, Watermark::new(watermark), Arc::clone(&self.held));
        for remark in remarks {
            database.remark(remark);
        }
        Ok(database)
    }

    fn unfinished(&self) -> PathBuf {
        self.dir.join("journal.new")
    }
}

/// Whether another process has `dir` open. Nothing is made there. Who begins to open it at this very moment can find it in
/// use.
#[must_use]
pub fn is_in_use(dir: &Path) -> bool {
    File::open(dir.join("lock")).is_ok_and(|lock| matches!(lock.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

/// Whether `dir` holds a journal.
pub(super) fn holds_journal(dir: &Path) -> bool {
    sled_dir(dir).symlink_metadata().is_ok()
}

/// sled makes what is missing anew, and would begin an empty log where one was lost.
pub(super) fn check_files(dir: &Path, files: &Path) -> Result<(), JournalError> {
    let damaged = |what: &str| JournalError::Damaged { dir: dir.to_owned(), what: what.to_owned() };
    match fs::metadata(files.join("db")) {
        Ok(log) if log.is_file() => Ok(()),
        Ok(_) => Err(damaged("journal/db is not a file")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(damaged("journal/db is missing")),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => Err(damaged("journal is not a directory")),
        Err(error) => Err(unusable(dir, &error)),
    }
}

/// A process killed while sled opens can leave a half-written snapshot of sled's. sled would take it for one that it
/// finished, and call the database corrupt; without it, it reads the one before, or the whole log.
fn remove_half_snapshots(files: &Path) -> io::Result<()> {
    for entry in fs::read_dir(files)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.as_encoded_bytes();
        if name.starts_with(b"snap.") && name.ends_with(b".generating") {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// What sled derives from its log or from how it is opened, and makes anew where it is not there.
const DERIVED: [&str; 2] = ["snap.", "conf"];
/// What the name of a file begins with that was set aside.
const ASIDE: &str = "set-aside.";

/// The files that were set aside, now or before, by the names that they have now.
fn set_aside(files: &Path) -> BTreeSet<OsString> {
    let names = fs::read_dir(files).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.file_name()));
    names.filter(|name| name.to_string_lossy().starts_with(ASIDE)).collect()
}

/// Gives files their names back, unless there are others under those by now.
fn bring_back<'a>(files: &Path, aside: impl Iterator<Item = &'a OsString>) {
    for name in aside {
        let own = name.to_string_lossy().trim_start_matches(ASIDE).to_owned();
        if !files.join(&own).exists() {
            // What cannot be renamed stays where it is: nothing of it is needed.
            let _ = fs::rename(files.join(name), files.join(own));
        }
    }
}

/// Opens the database without files that only repeat what its log says, since one of them is broken. They are kept under
/// another name.
fn open_without(files: &Path, config: &sled::Config, held: &Held) -> io::Result<Option<(sled::Db, Vec<String>)>> {
    let mut aside: Vec<PathBuf> = Vec::new();
    for derived in DERIVED {
        for entry in fs::read_dir(files)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with(derived) {
                fs::rename(entry.path(), files.join(format!("{ASIDE}{name}")))?;
                aside.push(files.join(name));
            }
        }
        if let Ok(sled) = guarded(|| config.open()) {
            let names: Vec<String> =
                aside.iter().filter_map(|path| Some(format!("journal/{}", path.file_name()?.to_str()?))).collect();
            let aside = match held {
                Held::Lock(_) => format!("was set aside as {ASIDE}…"),
                Held::Copy(_) => format!("will be set aside as {ASIDE}… when Herald starts"),
            };
            let remark = format!(
                "{} could not be read and {aside}; the log holds all of it, and was read instead",
                names.join(", ")
            );
            return Ok(Some((sled, vec![remark])));
        }
    }
    Ok(None)
}

fn try_lock(file: &File, dir: &Path) -> Result<(), JournalError> {
    file.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => JournalError::InUse { dir: dir.to_owned() },
        TryLockError::Error(error) => unusable(dir, &error),
    })
}

/// Holds the file together with others who only read; whoever runs a Herald on it holds it alone.
pub(super) fn try_lock_shared(file: &File, dir: &Path) -> Result<(), JournalError> {
    file.try_lock_shared().map_err(|error| match error {
        TryLockError::WouldBlock => JournalError::InUse { dir: dir.to_owned() },
        TryLockError::Error(error) => unusable(dir, &error),
    })
}

fn open_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).truncate(false).read(true).write(true).open(path)
}

/// What root makes in a directory of somebody else's, who runs Herald there, is theirs.
fn keep_owner(dir: &Path, files: &Path) -> io::Result<()> {
    let owner = fs::metadata(dir)?;
    let (user, group) = (owner.uid(), owner.gid());
    let own = |path: &Path| {
        let is_theirs = fs::metadata(path)?.uid() == user;
        if is_theirs { Ok(()) } else { chown(path, Some(user), Some(group)) }
    };
    for entry in fs::read_dir(files)? {
        own(&entry?.path())?;
    }
    own(files)?;
    own(&dir.join("lock"))
}

fn sync(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

fn remove_dir(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}
