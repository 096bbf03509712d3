//! The number of a commit that was durable, kept beside the database: what tells a log that has lost its end, which sled
//! takes for an unfinished write, from one that never had it.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

/// The file that holds the number, and after it the number with all bits turned over.
pub(super) struct Watermark(File);

impl Watermark {
    pub(super) fn new(file: File) -> Self {
        Self(file)
    }

    /// The number. `None` when there is none that can be trusted.
    pub(super) fn read(&self) -> io::Result<Option<u64>> {
        let (number, check) = (self.read_at(0)?, self.read_at(8)?);
        Ok((number == !check).then_some(number))
    }

    /// Notes that this commit is durable. The note itself need not be: it may be lost, and so be too low, but it is
    /// never too high.
    pub(super) fn raise(&self, number: u64) {
        let bytes = [number.to_be_bytes(), (!number).to_be_bytes()].concat();
        let _ = self.0.write_all_at(&bytes, 0);
    }

    fn read_at(&self, offset: u64) -> io::Result<u64> {
        let mut bytes = [0; 8];
        match self.0.read_exact_at(&mut bytes, offset) {
            Err(error) if error.kind() != io::ErrorKind::UnexpectedEof => Err(error),
            Ok(()) | Err(_) => Ok(u64::from_be_bytes(bytes)),
        }
    }
}
