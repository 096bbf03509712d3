//! What a session asks to be told.

macro_rules! intents {
    ($($name:ident $bit:literal;)*) => {
        $(pub(crate) const $name: u64 = 1 << $bit;)*
    };
}

intents! {
    GUILDS 0; GUILD_MEMBERS 1; GUILD_WEBHOOKS 5; GUILD_PRESENCES 8; GUILD_MESSAGES 9; GUILD_MESSAGE_REACTIONS 10;
    DIRECT_MESSAGES 12; DIRECT_MESSAGE_REACTIONS 13; MESSAGE_CONTENT 15;
}

/// All that exist.
pub(crate) const KNOWN: u64 = 0x7fff | MESSAGE_CONTENT | 1 << 16 | 1 << 20 | 1 << 21 | 1 << 24 | 1 << 25;

/// Those that the developer portal must allow.
pub(crate) const PRIVILEGED: u64 = GUILD_MEMBERS | GUILD_PRESENCES | MESSAGE_CONTENT;
