//! A practice platform as its people, its readers and its scripts see it.

use crate::common::{Clock, Tested, key, post, room, user};
use futures::executor::block_on;
use futures::{FutureExt, StreamExt};
use herald_chat::{Arrival, Cursor, Inbound, Platform, Posting, RoomRef, RoomSpec, SendError, UserRef, What};
use herald_console::{Console, NotAllowed, Shown};
use jiff::{SignedDuration, Timestamp};

fn shown(console: &Console) -> String {
    console.new_shown().iter().flat_map(|shown| [shown.to_string(), "\n".to_owned()]).collect()
}

/// What has happened, without who is there.
fn heard(console: &Console) -> Vec<Inbound> {
    let mut arrivals = console.arrivals();
    let mut heard = Vec::new();
    while let Some(Some(Arrival::Event(inbound))) = arrivals.next().now_or_never() {
        heard.extend(inbound.cursor.is_some().then_some(inbound));
    }
    heard
}

fn security() -> RoomSpec {
    let members = vec![user("ana"), user("ana"), user("herald")];
    RoomSpec { name: "INC-2 (security)".to_owned(), topic: String::new(), members, posting: Posting::Members }
}

fn refusal<T>(result: Result<T, SendError>) -> String {
    result.err().map(|error| error.to_string()).unwrap_or_default()
}

fn told(result: Result<Shown, NotAllowed>) -> String {
    result.err().map(|why| why.to_string()).unwrap_or_default()
}

#[test]
fn readers_see_every_line_of_everything() -> Tested {
    let clock = Clock::new()?;
    let console = Console::in_memory(clock.now()).with_boards();
    console.say("bob", "company", "is checkout down?")?;
    clock.wait(SignedDuration::from_mins(65));
    let posted = block_on(console.post(&room("war-room"), &post("🔴 INC-1\n\n  on it"), &key(1)))?;
    console.say("ana", "war-room", "error rate 5%, that is a good deal more than we saw at noon\u{1b}[2J")?;
    console.edit_own("ana", "5%", "error rate 7%\n(was 5%)")?;
    console.react("ben", "war-room", "📌", "7%")?;
    console.react("ben", "war-room", "✅", "INC-1")?;
    console.delete_own("ana", "7%")?;
    console.say("ana", "war-room", "one two three four five six seven eight nine ten")?;
    console.react("ben", "war-room", "📌", "nine")?;
    block_on(console.edit(&posted, &post("🔴 INC-1 is over"), &key(2)))?;
    block_on(Platform::react(&console, &posted, "👀", &key(3)))?;
    for pinned in [true, true, false, false] {
        block_on(console.pin(&posted, pinned))?;
    }
    let opened = block_on(console.open_room(&security(), &key(4)))?;
    block_on(console.invite(&opened, &user("ben")))?;
    block_on(console.archive(&opened))?;
    console.say("ben", "dm", "psst")?;
    assert_eq!(
        shown(&console),
        "\
12:00 company bob: is checkout down?
13:05 war-room herald: 🔴 INC-1
13:05 war-room herald: │
13:05 war-room herald: │   on it
13:05 war-room ana: error rate 5%, that is a good deal more than we saw at noon�[2J
13:05 war-room ana: (edited) error rate 7%
13:05 war-room ana: (was 5%)
13:05 war-room ben: reacts 📌 to \"error rate 7% (was 5%)\"
13:05 war-room ben: reacts ✅ to \"🔴 INC-1 │ │ on it\"
13:05 war-room ana: (removed a message of ana)
13:05 war-room ana: one two three four five six seven eight nine ten
13:05 war-room ben: reacts 📌 to \"one two three four five six seven eight…\"
13:05 war-room herald: (edited) 🔴 INC-1 is over
13:05 war-room herald: reacts 👀 to \"🔴 INC-1 is over\"
13:05 war-room herald: (pinned \"🔴 INC-1 is over\")
13:05 war-room herald: (unpinned \"🔴 INC-1 is over\")
13:05 inc-2 herald: (opened the room; ana)
13:05 inc-2 herald: (let ben in)
13:05 inc-2 herald: (closed the room)
13:05 dm-ben ben: psst
"
    );
    assert_eq!(shown(&console), "");
    assert_eq!(console.shown().len(), 17);
    Ok(())
}

#[test]
fn herald_hears_people_and_not_itself() -> Tested {
    let console = Console::in_memory(Clock::new()?.now());
    console.introduce("ben")?;
    console.introduce("ben")?;
    block_on(console.post(&room("war-room"), &post("hello"), &key(1)))?;
    console.say("ana", "war-room", "  !assign comms @ben, @nobody\t<b>")?;
    console.say("ana", "dm", "!ask when?")?;
    console.react("ana", "war-room", "📌", "hello")?;

    let heard = heard(&console);
    let (joined, said) = heard.split_at(5);
    let places: Vec<&str> = joined.iter().map(|inbound| inbound.room.id()).collect();
    assert_eq!(places, ["war-room", "engineering", "company", "customers", "admin"]);
    assert!(joined.iter().all(|i| matches!(&i.what, What::Joined { person } if person.id == user("ben"))));
    let [assign, ask, pin] = said else { return Err(format!("{said:?}").into()) };
    let What::Message { text, mentions, .. } = &assign.what else { return Err(format!("{assign:?}").into()) };
    assert_eq!(text, "  !assign comms @ben, @nobody\t<b>");
    let mentioned: Vec<_> = mentions.iter().map(|m| (m.text.as_str(), m.person.id.as_str())).collect();
    assert_eq!(mentioned, [("@ben", "console:ben")]);
    assert!(ask.direct && !assign.direct);
    assert_eq!(ask.room, room("dm-ana"));
    let What::Reaction { text, author, .. } = &pin.what else { return Err(format!("{pin:?}").into()) };
    assert_eq!((text.as_str(), author.id.as_str()), ("hello", "console:herald"));
    Ok(())
}

#[test]
fn people_are_told_what_stands_in_the_way() -> Tested {
    let console = Console::in_memory(Clock::new()?.now());
    let opened = block_on(console.open_room(&security(), &key(1)))?;
    let outside = "ben is not in inc-2: only those who were let in can read and write there.";
    assert_eq!(told(console.say("ben", "inc-2", "hi")), outside);
    assert_eq!(told(console.react("ben", "inc-2", "📌", "hi")), outside);
    assert_eq!(told(console.say("ben", "cellar", "hi")), "There is no room called cellar here.");
    assert_eq!(told(console.say("herald", "war-room", "hi")), "Herald speaks for itself: use another name.");
    assert!(console.introduce("Herald").is_err());
    assert!(told(console.say("b n", "war-room", "hi")).starts_with("`b n` is no name: use up to 32 letters"));
    console.say("ana", "inc-2", "found it")?;
    assert_eq!(told(console.edit_own("ben", "found", "lost")), "No message of ben's holds \"found\".");
    assert_eq!(told(console.react("ana", "inc-2", "📌", "lost")), "No message in inc-2 holds \"lost\".");
    console.react("ana", "inc-2", "📌", "found")?;
    let twice = "ana has put 📌 on that message already.";
    assert_eq!(told(console.react("ana", "inc-2", "📌", "found")), twice);
    block_on(console.archive(&opened))?;
    let closed = "inc-2 is closed: it can be read, but nobody can write there any more.";
    assert_eq!(told(console.say("ana", "inc-2", "more")), closed);
    assert_eq!(told(console.delete_own("ana", "found")), closed);
    assert_eq!(console.read("ana", "inc-2")?.len(), 1);
    assert!(console.read("ben", "inc-2").is_err());
    console.say("ana", "dm", "hi")?;
    assert!(told(console.say("ben", "dm-ana", "hi")).starts_with("ben is not in dm-ana"));
    assert_eq!(console.rooms("ben"), ["admin", "company", "customers", "engineering", "war-room"]);
    assert_eq!(console.people(), ["ana"]);
    Ok(())
}

#[test]
fn edits_and_deletions_take_the_newest_message_that_fits() -> Tested {
    let console = Console::in_memory(Clock::new()?.now());
    for (who, place) in [("ana", "war-room"), ("ana", "engineering"), ("ben", "war-room")] {
        console.say(who, place, "db is slow")?;
    }
    console.edit_own("ana", "slow", "db is fast")?;
    assert_eq!(
        console.read("ana", "engineering")?.iter().map(|line| line.text.as_str()).collect::<Vec<_>>(),
        ["db is fast"]
    );
    console.delete_own("ana", "db")?;
    console.delete_own("ana", "db")?;
    assert!(console.delete_own("ana", "db").is_err());
    assert!(console.react("ana", "engineering", "📌", "db").is_err());
    assert_eq!(console.read("ana", "war-room")?.len(), 1);
    Ok(())
}

#[test]
fn a_room_that_is_offline_takes_nothing_until_it_is_online() -> Tested {
    let console = Console::in_memory(Clock::new()?.now());
    console.offline("company", true);
    let answer = block_on(console.post(&room("company"), &post("update 1"), &key(1)));
    assert_eq!(answer, Err(SendError::Retry { after: None, reason: "console:company is offline".to_owned() }));
    block_on(console.post(&room("customers"), &post("update 1"), &key(1)))?;
    console.say("bob", "company", "anybody?")?;
    console.offline("company", false);
    block_on(console.post(&room("company"), &post("update 1"), &key(1)))?;
    let order: Vec<String> = console.new_shown().into_iter().map(|s| format!("{} {}", s.room, s.author)).collect();
    assert_eq!(order, ["customers herald", "company bob", "company herald"]);
    Ok(())
}

#[test]
fn a_lost_answer_hides_a_post_that_arrived() -> Tested {
    let console = Console::in_memory(Clock::new()?.now());
    let (to, update) = (room("company"), post("update 1"));
    let first = block_on(console.post(&to, &update, &key(1)))?;
    console.lose_next("company");
    assert_eq!(block_on(console.post(&to, &update, &key(1)))?, first, "only a new post's answer is lost");
    let answer = block_on(console.post(&to, &post("update 2"), &key(2)));
    assert!(matches!(answer, Err(SendError::Unknown { .. })), "{answer:?}");
    let found = block_on(console.find(&to, &post("update 2"), &key(2), Timestamp::UNIX_EPOCH))?;
    assert_eq!(Some(block_on(console.post(&to, &post("update 2"), &key(2)))?), found);
    assert_eq!(console.read("bob", "company")?.len(), 2);
    Ok(())
}

#[test]
fn keys_are_forgotten_after_a_day_but_still_found() -> Tested {
    let clock = Clock::new()?;
    let console = Console::in_memory(clock.now());
    let (to, update) = (room("company"), post("update 1"));
    let first = block_on(console.post(&to, &update, &key(1)))?;
    clock.wait(SignedDuration::try_from(console.remembers())? - SignedDuration::from_secs(1));
    assert_eq!(block_on(console.post(&to, &update, &key(1)))?, first);
    clock.wait(SignedDuration::from_secs(1));
    let later = (clock.now())();
    assert_eq!(block_on(console.find(&to, &update, &key(1), Timestamp::UNIX_EPOCH))?, Some(first.clone()));
    assert_eq!(block_on(console.find(&to, &update, &key(1), later))?, None);
    let second = block_on(console.post(&to, &update, &key(1)))?;
    assert_ne!(second, first);
    assert_eq!(block_on(console.find(&to, &update, &key(1), later))?, Some(second));
    Ok(())
}

#[test]
fn rooms_are_named_by_the_first_word_of_their_title() -> Tested {
    let console = Console::in_memory(Clock::new()?.now());
    let mut names = Vec::new();
    for (i, title) in ["INC-2 (security)", "INC-2", "war-room", "dm-ana", "☂ (rain)", "ÉTÉ 3"].iter().enumerate() {
        let spec = RoomSpec { name: (*title).to_owned(), ..security() };
        names.push(block_on(console.open_room(&spec, &key(i)))?.id().to_owned());
    }
    assert_eq!(names, ["inc-2", "inc-2-2", "war-room-2", "room", "room-2", "été"]);
    Ok(())
}

#[test]
fn what_is_not_here_is_refused_in_words() -> Tested {
    let console = Console::in_memory(Clock::new()?.now());
    let elsewhere = RoomRef::try_from("matrix:war-room".to_owned())?;
    let answer = block_on(console.post(&elsewhere, &post("hi"), &key(1)));
    assert_eq!(refusal(answer), "refused: matrix:war-room is not on this platform.");
    let stranger = UserRef::try_from("matrix:@ana:example.org".to_owned())?;
    assert!(refusal(block_on(console.direct(&stranger))).contains("is not on this platform"));
    assert!(refusal(block_on(console.direct(&user("herald")))).starts_with("refused"));
    assert!(refusal(block_on(console.archive(&room("cellar")))).contains("There is no room called cellar here."));
    let cursor = Cursor("s_1".to_owned());
    assert!(refusal(block_on(console.read_back(&room("war-room"), Some(&cursor), 1))).contains("cursor"));
    Ok(())
}

#[test]
fn a_herald_that_starts_again_hears_what_comes_and_reads_back_the_rest() -> Tested {
    let console = Console::in_memory(Clock::new()?.now());
    console.say("ana", "war-room", "one")?;
    assert_eq!(heard(&console).len(), 1);
    console.say("ana", "war-room", "two")?;
    let mut again = console.arrivals();
    let who = again.next().now_or_never();
    assert!(matches!(who, Some(Some(Arrival::Event(Inbound { what: What::Joined { .. }, cursor: None, .. })))));
    assert!(again.next().now_or_never().is_none());
    console.say("ana", "war-room", "three")?;
    let next = again.next().now_or_never();
    assert!(matches!(next, Some(Some(Arrival::Event(Inbound { what: What::Message { .. }, .. })))));
    let page = block_on(console.read_back(&room("war-room"), None, 10))?;
    assert_eq!(page.events.len(), 3);
    Ok(())
}

#[test]
fn a_feed_shows_what_comes() -> Tested {
    let console = Console::in_memory(Clock::new()?.now());
    console.say("ana", "war-room", "before")?;
    let mut feed = console.feed();
    let said = console.say("ana", "war-room", "after")?;
    assert_eq!(feed.next().now_or_never(), Some(Some(said)));
    assert_eq!(feed.next().now_or_never(), None);
    Ok(())
}

#[test]
fn reopened_rooms_are_as_they_were() -> Tested {
    let dir = tempfile::tempdir()?;
    let clock = Clock::new()?;
    let (shown, history, posted, opened) = {
        let console = Console::open(dir.path(), clock.now())?;
        console.introduce("ben")?;
        let posted = block_on(console.post(&room("war-room"), &post("hello"), &key(1)))?;
        console.say("ana", "war-room", "error rate 5%")?;
        console.edit_own("ana", "5%", "error rate 7%")?;
        console.react("ben", "war-room", "📌", "7%")?;
        console.say("ana", "dm", "psst")?;
        let opened = block_on(console.open_room(&security(), &key(2)))?;
        console.say("ana", "inc-2", "found it")?;
        block_on(Platform::delete(&console, &posted, &key(3)))?;
        block_on(console.archive(&opened))?;
        block_on(console.restrict(&room("engineering"), Posting::HeraldOnly))?;
        (console.shown(), read_all(&console)?, posted, opened)
    };
    let console = Console::open(dir.path(), clock.now())?;
    assert_eq!(console.shown(), shown);
    assert_eq!(console.new_shown(), []);
    assert_eq!(read_all(&console)?, history);
    assert!(heard(&console).is_empty());
    assert_eq!(block_on(console.post(&room("war-room"), &post("hello"), &key(1)))?, posted);
    assert_eq!(block_on(console.open_room(&security(), &key(2)))?, opened);
    assert!(console.say("ana", "inc-2", "more").is_err());
    let next = console.say("ana", "war-room", "next")?;
    assert!(shown.iter().all(|old| old.id != next.id));
    Ok(())
}

fn read_all(console: &Console) -> Result<Vec<Inbound>, SendError> {
    let mut all = Vec::new();
    for name in ["war-room", "engineering", "dm-ana", "inc-2"] {
        all.extend(block_on(console.read_back(&room(name), None, 100))?.events);
    }
    Ok(all)
}
