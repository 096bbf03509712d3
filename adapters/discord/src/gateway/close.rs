//! Why a connection ended, and what to do then.

/// Why a connection ended. Holds no token and no words of anybody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ended {
    /// The gateway closed it with this code.
    Closed {
        /// See Discord's table of close codes.
        code: u16,
    },
    /// It broke, or could not be made.
    Broken {
        /// What was seen.
        seen: String,
    },
    /// Nothing came for too long.
    Silent {
        /// What did not come.
        missing: &'static str,
        /// For how long, in seconds.
        seconds: u64,
    },
    /// The gateway asked to connect anew.
    Asked,
    /// The gateway knows of the session no more, or of it still.
    Invalid {
        /// Whether it can be taken up again.
        resumable: bool,
    },
    /// Herald stops.
    Stopped,
}

/// What to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// Take the session up again.
    Resume,
    /// Begin a new session: something may have been missed.
    Renew,
    /// An admin has to act first.
    Fix,
    /// Nothing.
    Stop,
}

impl Ended {
    pub(super) fn next(&self) -> Next {
        match self {
            Self::Stopped => Next::Stop,
            Self::Invalid { resumable: false } => Next::Renew,
            Self::Closed { code } => match code {
                4004 | 4010..=4014 => Next::Fix,
                // Normal closings end the session, and so do a sequence that is not theirs and a session timed out.
                1000 | 1001 | 4003 | 4007 | 4009 => Next::Renew,
                _ => Next::Resume,
            },
            Self::Broken { .. } | Self::Silent { .. } | Self::Asked | Self::Invalid { resumable: true } => Next::Resume,
        }
    }

    /// What was seen, and for an admin what to do, in a sentence or two.
    pub(super) fn told(&self, application: u64) -> String {
        let portal = format!("https://discord.com/developers/applications/{application}/bot");
        match self {
            Self::Stopped => "Herald stops.".to_owned(),
            Self::Asked => "The gateway asked Herald to connect anew.".to_owned(),
            Self::Invalid { resumable: true } => "The gateway asked Herald to take its session up again.".to_owned(),
            Self::Invalid { resumable: false } => "The gateway does not know Herald's session any more.".to_owned(),
            Self::Broken { seen } => format!("The connection to the gateway broke: {seen}."),
            Self::Silent { missing, seconds } => {
                format!("The gateway was silent: no {missing} within {seconds} s.")
            }
            Self::Closed { code: 4004 } => format!(
                "Discord does not accept the token any more (4004). Open {portal}, then Reset Token, give Herald the new \
                 one and start it again."
            ),
            Self::Closed { code: 4013 } => {
                "Discord does not know what Herald asks to hear (4013). Upgrade Herald.".to_owned()
            }
            Self::Closed { code: 4014 } => format!(
                "Discord does not give Herald what people write or who is on the server (4014). Open {portal}, switch on \
                 Message Content Intent and Server Members Intent under Privileged Gateway Intents, and save."
            ),
            Self::Closed { code: 4012 } => {
                "Discord does not speak this version of its gateway any more (4012). Upgrade Herald.".to_owned()
            }
            Self::Closed { code: 4010 | 4011 } => {
                "The bot is on more servers than one connection may hear (4010, 4011). Use an application of Herald's \
                 own, and switch off Public Bot in the Developer Portal."
                    .to_owned()
            }
            Self::Closed { code } => format!("The gateway closed the connection with {code}."),
        }
    }
}
