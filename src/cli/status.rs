//! The exit status: 0 when all went well, 2 when somebody has to change something first, 1 for all else. Whatever supervises
//! Herald starts it again after 1, and not after 2.

use std::io;
use std::process::ExitCode;

use rustix::io::Errno;

use super::run::{NoMeans, NoPort};
use super::{Failure, Stopped, check, health, verify};
use crate::config::ConfigError;
use crate::journal::JournalError;

/// The status that a subcommand ends with that did not go well.
pub(super) fn of(failure: &Failure) -> ExitCode {
    let found = failure.is::<Stopped>()
        || failure.is::<verify::BrokenChain>()
        || failure.is::<check::Unfit>()
        || failure.is::<health::Unwell>();
    if found || may_pass(failure) { ExitCode::FAILURE } else { ExitCode::from(2) }
}

/// Whether the same may go well later although nobody changes what Herald was told.
fn may_pass(failure: &Failure) -> bool {
    let journal = failure.downcast_ref::<JournalError>().is_some_and(JournalError::may_pass);
    let config = failure.downcast_ref::<ConfigError>().is_some_and(ConfigError::may_pass);
    let port = failure.downcast_ref::<NoPort>();
    let port = port.is_some_and(|it| it.error.kind() == io::ErrorKind::AddrInUse || is_short(&it.error));
    journal || config || port || failure.is::<NoMeans>()
}

/// Whether the machine is short of something.
fn is_short(error: &io::Error) -> bool {
    let raw = Errno::from_io_error(error);
    let few = [Errno::MFILE, Errno::NFILE, Errno::NOBUFS, Errno::NOMEM, Errno::AGAIN, Errno::NOSPC, Errno::DQUOT];
    raw.is_some_and(|raw| few.contains(&raw))
}
