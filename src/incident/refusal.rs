//! Why something was not done, in words for whoever asked: what stands in the way, then what to type.

use std::fmt;

use herald_chat::{Person, clean_line};
use strum::{IntoStaticStr, VariantNames};

use super::{Again, IncidentNo, Role, Severity, Status};

/// A few words of what somebody typed: one line, cleaned, at most 60 characters, safe inside backquotes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Excerpt(String);

impl Excerpt {
    /// Cuts `typed` down.
    #[must_use]
    pub fn of(typed: &str) -> Self {
        let line = clean_line(typed).replace('`', "'");
        let mut short: String = line.chars().take(60).collect();
        if short.len() < line.len() {
            // The cut may leave half an emoji behind.
            short = clean_line(&short);
            short.push('…');
        }
        Self(short)
    }
}

impl fmt::Display for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A person's name, safe inside a sentence.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Name(String);

impl From<&Person> for Name {
    fn from(person: &Person) -> Self {
        Self(Excerpt::of(&person.name).0)
    }
}

impl From<&str> for Name {
    fn from(name: &str) -> Self {
        Self(Excerpt::of(name).0)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why something was not done. The words are the answer; `` `…` `` marks what to type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, VariantNames, IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum Refusal {
    // ── the words ─────────────────────────────────────────────────────────────────────────────────────────────
    #[error("I don't know `!{word}`.{like} `!help` shows what matters now.")]
    UnknownVerb { word: Excerpt, like: DidYouMean },
    #[error("A command has no space after the `!`. Write `!{verb}`.")]
    SpaceInCommand { verb: &'static str },
    #[error("{what} Write `{usage}`{}.", for_example(usage, example))]
    Misused { what: String, usage: &'static str, example: &'static str },
    #[error("`{flag}` is not an option of `!{verb}`. Write `{usage}`.")]
    UnknownFlag { flag: Excerpt, verb: &'static str, usage: &'static str },
    #[error("`{flag}` {what}. {again} As a word of the text, it stands in backquotes.")]
    StrayOption { flag: Excerpt, what: String, again: Again },
    #[error("Write the words in place of `{typed}`. Nothing was done.")]
    Placeholder { typed: Excerpt },
    #[error("`{word}` is no severity. Write `minor`, `major` or `critical`; `!help severity` tells them apart.")]
    UnknownSeverity { word: Excerpt },
    #[error("`{word}` is no role. Write `commander`, `spokesperson`, `responder` or `observer`.")]
    UnknownRole { word: Excerpt },
    #[error(
        "I know nobody called `{word}`. Write the name as it shows here, or ask them to say something in the war room first."
    )]
    UnknownPerson { word: Excerpt },
    #[error("`{word}` could be {choices}. Write the one in brackets.")]
    WhichPerson { word: Excerpt, choices: String },
    #[error("I understood `{understood}`, but not `{rest}` behind it, so nothing was done. Send `{understood}` alone.")]
    LeftOver { understood: Excerpt, rest: Excerpt },
    #[error("I can't read `{word}` as a time. {} `!help times` shows all that can be typed.", instead.as_deref().unwrap_or(SOME_TIMES))]
    BadTime { word: Excerpt, instead: Option<String> },
    #[error("An update has one promise, and that has two. Send it again with the one that holds. Nothing was posted.")]
    TwoPromises,
    #[error("That {what} has {got} characters; {limit} is the most. Shorten it and send it again.")]
    TooLong { what: &'static str, got: usize, limit: usize },
    #[error("There is no help on `{word}`.{like} `!help` shows what matters now, `!help all` lists every command.")]
    UnknownTopic { word: Excerpt, like: DidYouMean },

    // ── the place ─────────────────────────────────────────────────────────────────────────────────────────────
    #[error("`!{verb}` does not work here. {instead}")]
    NotHere { verb: &'static str, instead: &'static str },
    #[error("It is not clear whether that declares a security incident.")]
    MeantSecret,
    #[error("No incident is open here. `!declare <what is wrong>` opens one.")]
    NoneOpen,
    #[error("No incident is open right now. If something is broken, tell engineering; they open one.")]
    NoneOpenOutside,
    #[error("There is nothing that I could tell you about that. `!incidents` lists what you can look at.")]
    NothingSent,
    #[error(
        "There is nothing open that customers were told of, so there is nothing to ask about. When there is, you read it in your channel."
    )]
    NothingToAsk,
    #[error("I don't know that, or it is not for here. `!help` shows what I can do for you.")]
    NotForYou,
    #[error("Which incident? Write its number after the command: `!{verb} {first} …`. Open: {open}.")]
    WhichIncident { verb: &'static str, first: IncidentNo, open: String },
    #[error("There is no {no}. `!incidents` lists those there are.")]
    NoSuchIncident { no: IncidentNo },
    #[error("This room belongs to {here}. Write about {no} in its own place.")]
    OtherRoom { here: IncidentNo, no: IncidentNo },
    #[error("{no} is a security incident, and is worked on in its own room only. {entry}")]
    OwnRoomOnly { no: IncidentNo, entry: String },
    #[error(
        "{no} is {how}: nothing can be changed any more. `!show {no}` shows it, `!declare <what is wrong>` opens a new one."
    )]
    Over { no: IncidentNo, how: String },

    // ── the roles ─────────────────────────────────────────────────────────────────────────────────────────────
    #[error(
        "Only the commander can do that, and that is {commander}. Ask them to do it, or to type `!handoff commander <you>`."
    )]
    OnlyCommander { commander: Name },
    #[error("Only the commander can do that, and there is none. `!take commander`, then try again.")]
    NoCommander,
    #[error(
        "Only the spokesperson can do that, and that is {spokesperson}. Ask them to do it, or to type `!handoff spokesperson <you>`."
    )]
    OnlySpokesperson { spokesperson: Name },
    #[error(
        "{person} cannot be spokesperson: here these speak for everybody: {listed}. Ask one of them to type `!take spokesperson`; `!draft` proposes words to them. An admin adds others under `people.spokespersons` in the configuration."
    )]
    NoSpeaker { person: Name, listed: String },
    #[error("Only the spokesperson can do that, and there is none. `!take spokesperson`, then try again.")]
    NoSpokesperson,
    #[error(
        "{holder} is {role} and spoke {ago}. Ask them to type `!handoff {role} <you>`; after {silence} of silence you can take it."
    )]
    RoleHeld { role: Role, holder: Name, ago: String, silence: String },
    #[error("{person} is {role} already.")]
    HasItAlready { role: Role, person: Name },
    #[error("You are not {role}, so it is not yours to give. {who}")]
    NotYours { role: Role, who: String },
    #[error("You are commander yourself: offer it with `!handoff commander {to}`, so that they can say yes.")]
    HandOffInstead { to: Name },
    #[error("Nobody has offered you a role. `!who` shows who has which.")]
    NothingOffered,
    #[error(
        "The role of {role} is offered to {to} already. They answer with `!accept` or `!decline`; `!release {role}` takes it off you at once."
    )]
    OfferedAlready { role: Role, to: Name },
    #[error("That is you. Name somebody else: `!handoff {role} <person>`.")]
    ToYourself { role: Role },
    #[error("{person} is in the room already.")]
    InRoomAlready { person: Name },
    #[error("{person} is not in this room, and cannot say yes. `!invite {person}` lets them in; then offer it again.")]
    NotInRoom { person: Name },
    #[error("{no} runs in the shared war room, which I invite nobody to. Ask an admin of the room.")]
    NoOwnRoom { no: IncidentNo },

    // ── the course ────────────────────────────────────────────────────────────────────────────────────────────
    #[error("{no} is {severity} already. `!severity <level>` takes `minor`, `major` or `critical`.")]
    SameSeverity { no: IncidentNo, severity: Severity },
    #[error("{no} is resolved. If it is not over, `!reopen <why>` first.")]
    ResolvedAlready { no: IncidentNo },
    #[error("{no} is cancelled, and the company still waits for the last word: `!update <text>. final`.")]
    CancelledAlready { no: IncidentNo },
    #[error("{no} is {status}, so there is nothing to reopen. `!status` shows where it stands.")]
    NothingToReopen { no: IncidentNo, status: Status },
    #[error("{no} can't be closed yet. Still owed: {owed}.")]
    StillOwed { no: IncidentNo, owed: String },
    #[error("{no} can't be a duplicate of itself. Name the other one: `!duplicate INC-<n>`.")]
    DuplicateOfItself { no: IncidentNo },
    #[error("{of} is {how}, so nobody works on it. Name one that is open, or `!cancel <why>` this one.")]
    DuplicateOfOver { of: IncidentNo, how: String },

    // ── the statements ────────────────────────────────────────────────────────────────────────────────────────
    #[error("An update needs the time of the next one. {again}")]
    UpdateWithoutPromise { again: Again },
    #[error("Draft {n} does not say when the next update comes. Try `!publish {n} {end}`.")]
    DraftWithoutPromise { n: u32, end: String },
    #[error("{why}, so a correction needs the time of the next update too. {again}")]
    CorrectionWithoutPromise { why: &'static str, again: Again },
    #[error(
        "The final update of {no} is out, and {most} corrections after it are the most. If there is more to say, `!reopen <why>` first."
    )]
    CorrectionsUsedUp { no: IncidentNo, most: usize },
    #[error("{when} is past. Give a time to come, for example `next {usual}`. Nothing was posted.")]
    PromisePast { when: String, usual: String },
    #[error(
        "{when} is too far off: while it is {severity}, the next update comes within {limit}. Try `next {usual}`. Nothing was posted."
    )]
    PromiseTooFar { when: String, severity: Severity, limit: String, usual: String },
    #[error(
        "`final` is for an incident that is over, and {no} is {status}. `!resolve <summary>` first, or promise the next update: `next {usual}`."
    )]
    FinalTooEarly { no: IncidentNo, status: Status, usual: String },
    #[error(
        "The final update of {no} is out. If it is not over, `!reopen <why>` first; to set something right, `!correct <update> <text>`, without `next`."
    )]
    FinalIsOut { no: IncidentNo },
    #[error("This holds what looks like {pattern}, so it stays here. {instead}Nothing was posted.")]
    Leak { pattern: String, instead: String },
    #[error(
        "Update {n} of {no} is out already, and stays as it was. To set it right, write `!correct {n} <text>` as a new message."
    )]
    OutAlready { no: IncidentNo, n: u32 },
    #[error(
        "Draft {n} of {no} stays as it was, whatever becomes of the message that proposed it. `!redraft {n} <text>` puts another in its place, `!discard {n}` throws it away."
    )]
    DraftStays { no: IncidentNo, n: u32 },
    #[error(
        "An edit is no command: it does nothing, and takes nothing back that is done. To have something done, send it as a new message."
    )]
    EditIsNoCommand,

    // ── the lists ─────────────────────────────────────────────────────────────────────────────────────────────
    #[error("There is no {what} {n}. `{list}` shows what there is.")]
    NoSuch { what: &'static str, n: u32, list: &'static str },
    #[error("{what} {n} is {how} already. `{list}` shows what is open.")]
    SettledAlready { what: &'static str, n: u32, how: &'static str, list: &'static str },
    #[error("That message is on the timeline already, as entry {n}.")]
    PinnedAlready { n: u32 },
    #[error("{no} has {limit} of those already, which is the most it keeps. Settle some first, or write a `!log`.")]
    TooMany { no: IncidentNo, limit: u32 },

    #[error("You have {limit} questions open in {no} already. The answers come in the updates: `!show {no}`.")]
    AskedEnough { no: IncidentNo, limit: u32 },
    #[error("That is more than I take from one person in a short time. I go on with you in {wait}.")]
    TooFast { wait: String },
    #[error(
        "I take {most} commands from one message. The first {most} are done, and none behind them: send those in another message."
    )]
    TooManyInOne { most: usize },

    // ── the accounts ──────────────────────────────────────────────────────────────────────────────────────────
    #[error(
        "A code is for me alone. Whatever code that was, it is void now. Send me `!link` as a direct message for a new one, and the code in the same way."
    )]
    CodeShown,
    #[error(
        "I have given out no such code, or it has been used. Send me `!link` from your other account for a new one, then `!link <code>` from here."
    )]
    WrongCode,
    #[error(
        "That code was good for {minutes} min, and they are over. Send me `!link` from your other account for a new one."
    )]
    CodeTooOld { minutes: i64 },
    #[error("That code is for your other account. Send me `!link <code>` from there, as a direct message.")]
    OwnCode,
    #[error(
        "Those were too many wrong codes. Wait {wait}, then send me `!link` from your other account for a new one."
    )]
    TooManyCodes { wait: String },
    #[error("This account is linked with `{other}`. `!unlink` undoes that; then send me the code again.")]
    LinkedAlready { other: String },
    #[error("This account is linked with no other. `!link` gives you a code to link it with one.")]
    NotLinked,
    #[error("An admin has linked these accounts. Ask them to take yours out of `people.linked`.")]
    LinkedByAdmin,

    #[error(
        "`{account}` is an admin's account, and is in none of my rooms on {network} now. Join one of them, then try again."
    )]
    AdminAway { account: Excerpt, network: Excerpt },

    // ── the house ─────────────────────────────────────────────────────────────────────────────────────────────
    #[error("Only an admin of Herald can do that, and that is {admins}. Ask them to do it.")]
    AdminsOnly { admins: String },
    #[error(
        "Only an admin of Herald can do that, and there is none. Whoever runs Herald names them under `people.admins` in its configuration."
    )]
    NoAdmins,
    #[error(
        "{what} in the configuration, which nothing in chat changes. Change `{key}` there, and start Herald again."
    )]
    HeldByConfig { what: String, key: String },
    #[error("That is so already: {what}. `!admin {list}` shows all.")]
    SameAlready { what: String, list: &'static str },
    #[error("`{room}` is for nobody, so there is nothing to do with it. `!admin channels` shows the rooms there are.")]
    NotMapped { room: Excerpt },
    #[error("`{room}` is the room of {no}'s own. Name another room.")]
    OwnRoomOf { room: Excerpt, no: IncidentNo },
    #[error("I cannot use `{room}`: {why} Nothing was changed.")]
    NoSuchRoom { room: Excerpt, why: String },
    #[error("There is nothing to confirm under that code: it is good for {minutes} min, once. Give the command again.")]
    NothingToConfirm { minutes: i64 },
    #[error(
        "I know no setting `{word}`. `!admin settings` shows what can be set here; the rest is set in the configuration."
    )]
    UnknownSetting { word: Excerpt },
    #[error(
        "`{first}` is {first_is}, and `{limit}` would be {limit_is}: an update cannot be owed later than a promise may reach. Change the other one first."
    )]
    BeyondLimit { first: &'static str, first_is: String, limit: &'static str, limit_is: String },
    #[error("`{account}` is linked with no other account. `!admin people` shows those that are.")]
    LinkedWithNone { account: Excerpt },

    // ── the machine ───────────────────────────────────────────────────────────────────────────────────────────
    #[error(
        "I could not write that down, so it did not happen: the disk is full. Tell whoever runs Herald, then send it again."
    )]
    DiskFull,
    #[error(
        "I could not read that back: the record on disk is damaged. Tell whoever runs Herald: `herald verify` names the place."
    )]
    Unreadable,
}

/// What to write where nothing better follows from what was typed.
const SOME_TIMES: &str = "Write `next 30m`, `next 14:30` or `next tomorrow 09:00`.";

/// `, for example …`, or nothing when that says no more than the usage.
fn for_example(usage: &str, example: &str) -> String {
    if usage == example { String::new() } else { format!(", for example `{example}`") }
}

/// ` Did you mean …?`, or nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DidYouMean(pub Option<&'static str>);

impl fmt::Display for DidYouMean {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(word) => write!(f, " Did you mean `!{word}`?"),
            None => Ok(()),
        }
    }
}

impl Refusal {
    /// Whether other words with the same command could be right: the time of the next update, the text.
    #[must_use]
    pub fn is_about_words(&self) -> bool {
        matches!(
            self,
            Self::UpdateWithoutPromise { .. }
                | Self::DraftWithoutPromise { .. }
                | Self::CorrectionWithoutPromise { .. }
                | Self::PromisePast { .. }
                | Self::PromiseTooFar { .. }
                | Self::FinalTooEarly { .. }
                | Self::Leak { .. }
        )
    }

    /// The same with the number of the incident that was named in the line to send.
    #[must_use]
    pub fn addressed(mut self, named: Option<IncidentNo>) -> Self {
        if let (Some(no), Some(again)) = (named, self.again()) {
            again.addressed(no);
        }
        self
    }

    /// The same without a line to send that would not be read.
    #[must_use]
    pub fn proven(mut self, is_read: impl FnOnce(&str, Option<IncidentNo>) -> bool) -> Self {
        if let Some(again) = self.again() {
            *again = std::mem::take(again).proven(is_read);
        }
        self
    }

    fn again(&mut self) -> Option<&mut Again> {
        if let Self::UpdateWithoutPromise { again }
        | Self::CorrectionWithoutPromise { again, .. }
        | Self::StrayOption { again, .. } = self
        {
            return Some(again);
        }
        None
    }

    /// Its name in logs, metrics and the transcripts' table of what was seen.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.into()
    }
}
