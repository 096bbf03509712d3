//! What is on record of who did what.

use crate::id::Id;

/// Discord's numbers for what somebody did.
pub(crate) mod action {
    pub(crate) const CHANNEL_CREATE: u64 = 10;
    pub(crate) const CHANNEL_UPDATE: u64 = 11;
    pub(crate) const CHANNEL_DELETE: u64 = 12;
    pub(crate) const OVERWRITE_CREATE: u64 = 13;
    pub(crate) const OVERWRITE_UPDATE: u64 = 14;
    pub(crate) const OVERWRITE_DELETE: u64 = 15;
    pub(crate) const MEMBER_KICK: u64 = 20;
    pub(crate) const WEBHOOK_CREATE: u64 = 50;
    pub(crate) const WEBHOOK_UPDATE: u64 = 51;
    pub(crate) const WEBHOOK_DELETE: u64 = 52;
    pub(crate) const MESSAGE_DELETE: u64 = 72;
    pub(crate) const MESSAGE_BULK_DELETE: u64 = 73;
    pub(crate) const THREAD_CREATE: u64 = 110;
    pub(crate) const THREAD_UPDATE: u64 = 111;
    pub(crate) const THREAD_DELETE: u64 = 112;
}

/// One entry of a guild's audit log.
#[derive(Debug, Clone)]
pub(crate) struct Audited {
    pub(crate) id: Id,
    pub(crate) guild: Id,
    /// Who did it.
    pub(crate) by: Id,
    pub(crate) action: u64,
    /// What or whom it was done to.
    pub(crate) target: Id,
    /// Where, of deleted messages.
    pub(crate) channel: Option<Id>,
    /// Of deleted messages, how many.
    pub(crate) count: u64,
}
