//! Reading the state of a Herald that is stopped, and leaving it as it is.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::{herald, played};

/// Every file and directory below `dir`: its bytes, its owner and when it was changed last.
fn state(dir: &Path) -> BTreeMap<PathBuf, (Vec<u8>, u32, SystemTime)> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let about = fs::metadata(&path).unwrap();
        if about.is_dir() {
            all.extend(state(&path));
        }
        let bytes = if about.is_file() { fs::read(&path).unwrap() } else { Vec::new() };
        all.insert(path, (bytes, about.uid(), about.modified().unwrap()));
    }
    all
}

#[test]
fn subcommands_that_read_a_stopped_herald_change_nothing_in_its_directory() {
    let (home, data) = played();
    let half = data.join("journal").join("snap.FFFFFFFFFFFFFFFF.generating");
    fs::write(&half, "half").unwrap();
    let before = state(&data);
    let backup = home.path().join("backup");
    for args in [&["verify"][..], &["export", "INC-1"], &["backup", backup.to_str().unwrap()]] {
        herald(args, &data).well();
        assert!(state(&data) == before, "{args:?} changed something");
    }
    // What was copied by hand may lack the lock, and may be written for nobody.
    fs::remove_file(data.join("lock")).unwrap();
    let before = state(&data);
    herald(&["verify"], &data).well();
    assert!(state(&data) == before);
}

#[test]
fn what_root_restores_into_a_directory_belongs_to_its_owner() {
    let (home, data) = played();
    let (backup, restored) = (home.path().join("backup"), home.path().join("restored"));
    herald(&["backup", backup.to_str().unwrap()], &data).well();
    fs::create_dir(&restored).unwrap();
    // Only root can give something away; for anybody else all is their own anyway.
    let owner =
        if chown(&restored, Some(65_532), Some(65_532)).is_ok() { 65_532 } else { fs::metadata(&data).unwrap().uid() };
    herald(&["restore", backup.to_str().unwrap()], &restored).well();
    herald(&["verify"], &restored).well();
    let others: Vec<_> = state(&restored).into_iter().filter(|(_, (_, user, _))| *user != owner).collect();
    assert!(others.is_empty(), "{:?}", others.iter().map(|(path, _)| path).collect::<Vec<_>>());
}
