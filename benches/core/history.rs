//! A long record: incidents that are over, each with what usually happens in one, made by the domain itself.

use herald::command::{Ask, People, parse};
use herald::incident::{Command, Context, Incident, IncidentNo, Policy, Record, decide, declare};
use herald::journal::{Batch, Journal, MARKS_KEPT};
use jiff::{SignedDuration, Timestamp};

use super::town::{person, setup};

/// How many records are committed together.
const BATCH: usize = 10_000;
/// How many of an incident's commands are notes on its timeline.
const NOTES: usize = 78;

/// Puts incidents into an empty journal until it holds so many, all but the last `open` of them over.
pub(crate) fn fill(journal: &mut dyn Journal, incidents: u32, open: u32) {
    let policy = setup().policy;
    let commands = commands();
    let mut seq = 0;
    let mut batch = Batch::default();
    let mut now: Timestamp = "2025-01-01T00:00:00Z".parse().unwrap();
    for no in 1..=incidents {
        let left_open = no > incidents - open;
        let commands = if left_open { &commands[..commands.len() / 2] } else { &commands[..] };
        let incident = play(IncidentNo(no), commands, &policy, &mut seq, &mut now, &mut batch.records);
        assert_eq!(incident.is_over(), !left_open, "an incident was played to its end");
        if !left_open {
            batch.summaries.push(incident.summary());
        }
        if no == incidents {
            // As many as are ever kept, however short the record: from here on, each new one takes an old one's place.
            batch.marks = (1..=MARKS_KEPT as u128).map(u128::to_be_bytes).collect();
        }
        if batch.records.len() >= BATCH || no == incidents {
            journal.commit(&std::mem::take(&mut batch)).unwrap();
        }
    }
}

/// How many records one incident that is over has.
pub(crate) fn events_each() -> u32 {
    let (mut seq, mut now) = (0, Timestamp::UNIX_EPOCH);
    play(IncidentNo(1), &commands(), &setup().policy, &mut seq, &mut now, &mut Vec::new());
    u32::try_from(seq).unwrap()
}

fn play(
    no: IncidentNo,
    commands: &[Ask],
    policy: &Policy,
    seq: &mut u64,
    now: &mut Timestamp,
    records: &mut Vec<Record>,
) -> Incident {
    let by = person("ana");
    let mut incident: Option<Incident> = None;
    for ask in commands {
        *now += SignedDuration::from_secs(10);
        let cx = Context { by: &by, now: *now, policy };
        let events = match (&incident, ask) {
            (None, Ask::Declare(declaration)) => declare(declaration, None, &cx).unwrap(),
            (Some(incident), Ask::Do(command)) => decide(incident, command, &cx).unwrap(),
            (None | Some(_), _) => unreachable!("a history begins with its declaration"),
        };
        for event in events {
            *seq += 1;
            let record = Record { seq: *seq, at: *now, incident: no, by: Some(by.clone()), event };
            match &mut incident {
                Some(incident) => incident.apply(&record),
                None => incident = Incident::declared(&record),
            }
            records.push(record);
        }
    }
    incident.unwrap()
}

fn commands() -> Vec<Ask> {
    let begin = ["!declare checkout is down for customers in Europe", "!take spokesperson"];
    let updates = ["!update Checkout is down, we are rolling back. next 30m", "!impact customers in Europe cannot pay"];
    let lists = ["!task roll back the payment service", "!problem the queue does not drain", "!done 1", "!solved 1"];
    let notes = (0..NOTES).map(|n| match n % 3 {
        0 => format!("!log restarted payment host {n} and looked at its queue"),
        1 => format!("!finding errors per minute on the checkout service are at {n}"),
        _ => format!("!decision we go on with host {n} after the next look at the graph"),
    });
    let end = [
        "!sitrep Rollback runs, 3 of 8 hosts done. Nobody is stuck.",
        "!identified a bad deploy of the payment service",
        "!mitigated traffic is on the standby region",
        "!resolve rolled back the deploy, checkout works again",
        "!update Checkout works again, sorry for the trouble. final",
        "!close",
    ];
    let (people, by) = (People::new(), person("ana"));
    let all = begin.into_iter().chain(updates).chain(lists).map(str::to_owned).chain(notes);
    let all = all.chain(end.into_iter().map(str::to_owned));
    let read = |text: String| parse(&text, &by, &people, &[]).unwrap().unwrap().ask;
    all.map(read).map(with_source).collect()
}

/// As the engine does: a note knows the message that it stood in.
fn with_source(mut ask: Ask) -> Ask {
    if let Ask::Do(Command::Log { source, .. }) = &mut ask {
        let room = herald_chat::RoomRef::new(&herald_chat::Network::new("console"), "war-room");
        *source = Some(herald_chat::MessageRef { room, id: "1234567".to_owned() });
    }
    ask
}
