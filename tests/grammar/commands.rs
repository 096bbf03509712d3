use herald::command::{Ask, Link, Query, Topic, VERBS};
use herald::incident::{Command, Declaration, IncidentNo, List, LogKind, Next, Role, Severity};
use herald_chat::{Mention, Person};
use jiff::SignedDuration;

use crate::{ana, ask, ben, line, person, typed_with};

fn cleo() -> Person {
    person("console", "cleo", "")
}

#[test]
fn everything_done_to_an_incident_is_understood() {
    let s = str::to_owned;
    let min = |minutes| Some(Next::In(SignedDuration::from_mins(minutes)));
    let correct = |text: &str, next, anyway| Command::Correct { update: 3, text: s(text), next, anyway };
    let task = |text: &str, owner| Command::Add { list: List::Task, text: s(text), owner };
    let own = |n, owner| Command::Own { list: List::Task, n, owner };
    let dropped = |list, n, why: &str| Command::Drop { list, n, why: s(why) };
    let rows = [
        ("!take ic", Command::Take { role: Role::Commander }),
        ("!take LEAD", Command::Take { role: Role::Commander }),
        ("!take operator", Command::Take { role: Role::Commander }),
        ("!take comms", Command::Take { role: Role::Spokesperson }),
        ("!take reporter", Command::Take { role: Role::Spokesperson }),
        ("!take driver", Command::Take { role: Role::Responder }),
        ("!take scribe", Command::Take { role: Role::Observer }),
        ("!take navigator", Command::Take { role: Role::Observer }),
        ("!ack", Command::Take { role: Role::Commander }),
        ("!assign spokesperson @ben", Command::Assign { role: Role::Spokesperson, to: ben() }),
        ("!assign @ben spokesperson", Command::Assign { role: Role::Spokesperson, to: ben() }),
        ("!assign comms to ben.", Command::Assign { role: Role::Spokesperson, to: ben() }),
        ("!assign ic me", Command::Assign { role: Role::Commander, to: ana() }),
        ("!assign observer Cleo Smith", Command::Assign { role: Role::Observer, to: cleo() }),
        ("!assign “Cleo Smith” observer", Command::Assign { role: Role::Observer, to: cleo() }),
        ("!pass commander console:ben", Command::Handoff { role: Role::Commander, to: ben() }),
        ("!release driver", Command::Release { role: Role::Responder }),
        ("!accept.", Command::Accept),
        ("!decline!", Command::Decline),
        ("!take spokesperson.", Command::Take { role: Role::Spokesperson }),
        ("!release @observer,", Command::Release { role: Role::Observer }),
        ("!done 12.", Command::Settle { list: List::Task, n: 12 }),
        ("!solved (1)", Command::Settle { list: List::Problem, n: 1 }),
        ("!duplicate INC-2?", Command::Duplicate { of: IncidentNo(2) }),
        ("!sev major!", Command::Severity { level: Severity::Major, why: None }),
        ("!invite cleo smith", Command::Invite { person: cleo() }),
        ("!sev sev1", Command::Severity { level: Severity::Critical, why: None }),
        ("!sev SEV-2 only  cards", Command::Severity { level: Severity::Major, why: Some(s("only cards")) }),
        ("!severity minor: all but cards", Command::Severity { level: Severity::Minor, why: Some(s("all but cards")) }),
        ("!identified bad\ndeploy", Command::Identified { cause: s("bad deploy") }),
        ("!mitigated failover", Command::Mitigated { how: s("failover") }),
        ("!resolved rolled back\n- all of it", Command::Resolve { summary: s("rolled back\n- all of it") }),
        ("!reopen again", Command::Reopen { why: s("again") }),
        ("!close", Command::Close),
        ("!cancel no incident", Command::Cancel { why: s("no incident") }),
        ("!duplicate INC-2", Command::Duplicate { of: IncidentNo(2) }),
        ("!duplicate inc‑2", Command::Duplicate { of: IncidentNo(2) }),
        ("!duplicate INC-5 INC-2", Command::Duplicate { of: IncidentNo(2) }),
        ("!duplicate 2", Command::Duplicate { of: IncidentNo(2) }),
        ("!publish 2", Command::Publish { n: 2, next: None, anyway: false }),
        ("!publish #2 final", Command::Publish { n: 2, next: Some(Next::Final), anyway: false }),
        ("!publish 2. final.", Command::Publish { n: 2, next: Some(Next::Final), anyway: false }),
        ("!publish 2 --anyway", Command::Publish { n: 2, next: None, anyway: true }),
        ("!publish 2 30m", Command::Publish { n: 2, next: min(30), anyway: false }),
        ("!publish 2 ETA in 30m", Command::Publish { n: 2, next: min(30), anyway: false }),
        ("!discard 3", Command::Discard { n: 3 }),
        (
            "!redraft 2 --customers It works again. next 30m",
            Command::Redraft {
                n: 2,
                text: "It works again.".to_owned(),
                next: Some(Next::In(SignedDuration::from_mins(30))),
                customers: true,
            },
        ),
        ("!correct 3 cards too\nsince 12:10", correct("cards too\nsince 12:10", None, false)),
        ("!correct 3 Cards too. next 30m", correct("Cards too.", min(30), false)),
        ("!correct #3: Within the next 20 minutes. --anyway", correct("Within the next 20 minutes.", None, true)),
        ("!sitrep rollback runs\n3 of 8", Command::Sitrep { text: s("rollback runs\n3 of 8") }),
        ("!sitrep 3 of 8 done", Command::Sitrep { text: s("3 of 8 done") }),
        ("!impact Europe", Command::Impact { text: s("Europe") }),
        ("!workaround invoice", Command::Workaround { text: s("invoice") }),
        ("!trying rollback", Command::Trying { text: s("rollback") }),
        ("!problem the\tqueue", Command::Add { list: List::Problem, text: s("the queue"), owner: None }),
        ("!temporary alerts off", Command::Add { list: List::Temporary, text: s("alerts off"), owner: None }),
        ("!solved #1", Command::Settle { list: List::Problem, n: 1 }),
        ("!undone 1", Command::Settle { list: List::Temporary, n: 1 }),
        ("!done 12", Command::Settle { list: List::Task, n: 12 }),
        ("!answered 4", Command::Settle { list: List::Question, n: 4 }),
        ("!need a DBA", Command::Need { text: s("a DBA") }),
        ("!note saw it", Command::Log { kind: LogKind::Note, text: s("saw it"), source: None }),
        ("!finding 5% errors", Command::Log { kind: LogKind::Finding, text: s("5% errors"), source: None }),
        ("!decision roll back", Command::Log { kind: LogKind::Decision, text: s("roll back"), source: None }),
        ("!task restart", task("restart", None)),
        ("!task restart it @ben", task("restart it", Some(ben()))),
        ("!task restart it @me", task("restart it", Some(ana()))),
        ("!task @ben restart it", task("restart it", Some(ben()))),
        ("!task restart it @\"Cleo Smith\"", task("restart it", Some(cleo()))),
        ("!task tell @room", task("tell ＠room", None)),
        ("!task mail ben", task("mail ben", None)),
        ("!task 3", own(3, ana())),
        ("!task #3 @ben", own(3, ben())),
        ("!task 3 Cleo Smith", own(3, cleo())),
        ("!task 3 hosts need a restart", task("3 hosts need a restart", None)),
        ("!task 3 hosts @ben", task("3 hosts", Some(ben()))),
        ("!drop 2 not needed", dropped(List::Task, 2, "not needed")),
        ("!drop task 2 not needed", dropped(List::Task, 2, "not needed")),
        ("!drop problem 2 moot", dropped(List::Problem, 2, "moot")),
        ("!drop Temporary #1 stays", dropped(List::Temporary, 1, "stays")),
        ("!drop question 1 spam", dropped(List::Question, 1, "spam")),
        ("!ask are refunds\naffected?", Command::Ask { text: s("are refunds affected?") }),
    ];
    for (text, command) in rows {
        assert_eq!(ask(text), Ask::Do(command), "{text}");
    }
}

#[test]
fn every_question_is_understood() {
    let days = |n: i64| Some(SignedDuration::from_hours(24 * n));
    let rows = [
        ("!status", Query::Board),
        ("!status?", Query::Board),
        ("!show INC-3", Query::Board),
        ("!show 3", Query::Board),
        ("!drafts", Query::Drafts),
        ("!sitrep", Query::Sitrep(None)),
        ("!sitrep 2", Query::Sitrep(Some(2))),
        ("!sitreps", Query::Sitreps),
        ("!problems", Query::Problems),
        ("!temporaries", Query::Temporaries),
        ("!tasks!", Query::Tasks),
        ("!questions", Query::Questions),
        ("!timeline", Query::Timeline(None)),
        ("!timeline 10", Query::Timeline(Some(10))),
        ("!who", Query::Who),
        ("!incidents", Query::Incidents),
        ("!stats", Query::Stats(None)),
        ("!stats 30d", Query::Stats(days(30))),
        ("!stats 90", Query::Stats(days(90))),
        ("!stats 2 weeks", Query::Stats(days(14))),
    ];
    for (text, query) in rows {
        assert_eq!(ask(text), Ask::Query(query), "{text}");
    }
}

#[test]
fn a_code_is_read_however_it_is_spaced() {
    let code = || Ask::Link(Link::Prove("7K3M9PQX".to_owned()));
    for text in ["!link 7K3M9PQX", "!link 7K3M 9PQX", "!link 7K3M-9PQX", "!LINK   7K3M9PQX "] {
        assert_eq!(ask(text), code(), "{text}");
    }
    assert_eq!(ask("!link"), Ask::Link(Link::Offer));
    assert_eq!(ask("!unlink"), Ask::Link(Link::Undo));
}

#[test]
fn help_is_found_by_name_by_alias_and_by_a_bare_mark() {
    let verb = |name| Topic::Verb(VERBS.iter().find(|verb| verb.name == name).unwrap());
    let rows = [
        ("!", Topic::Now),
        (" !  ", Topic::Now),
        ("!help", Topic::Now),
        ("!HELP?", Topic::Now),
        ("!help all", Topic::All),
        ("!help severity", Topic::Severity),
        ("!help sev", Topic::Severity),
        ("!help times", Topic::Times),
        ("!help update?", verb("update")),
        ("!help !severity", verb("severity")),
        ("!help update", verb("update")),
        ("!help !say", verb("update")),
        ("!publish --help", verb("publish")),
        ("!publish —help", verb("publish")),
    ];
    for (text, topic) in rows {
        assert_eq!(ask(text), Ask::Help(topic), "{text}");
    }
}

#[test]
fn options_of_a_declaration_stand_anywhere() {
    let plain = Declaration {
        title: "checkout is down".to_owned(),
        severity: None,
        security: false,
        drill: false,
        public: false,
    };
    let critical = Declaration { severity: Some(Severity::Critical), ..plain.clone() };
    let all = Declaration { security: true, drill: true, ..critical.clone() };
    let rows = [
        ("!declare checkout is down", &plain),
        ("!new checkout   is\ndown", &plain),
        ("!open \"checkout is down\"", &plain),
        ("!declare checkout is down --severity critical", &critical),
        ("!declare --severity=sev1 checkout is down", &critical),
        ("!declare checkout --sev 1 is down", &critical),
        ("!declare checkout is down --SEVERITY Critical", &critical),
        ("!declare checkout is down —severity critical", &critical),
        ("!declare checkout is down –severity=critical", &critical),
        ("!declare --security --drill checkout is down --severity critical", &all),
        ("!incident “checkout is down” —security —drill —severity critical", &all),
    ];
    for (text, declaration) in rows {
        assert_eq!(ask(text), Ask::Declare(declaration.clone()), "{text}");
    }
    let dashes = Declaration { title: "checkout is down -- since noon —again".to_owned(), ..plain };
    assert_eq!(ask("!declare checkout is down -- since noon —again"), Ask::Declare(dashes));
}

#[test]
fn an_incident_is_named_right_after_the_verb_and_nowhere_else() {
    let rows = [
        ("!who", None),
        ("!who INC-3", Some(3)),
        ("!WHO inc-3", Some(3)),
        ("!log INC-3: restarted", Some(3)),
        ("!log INC–3 restarted", Some(3)),
        ("!who INC-3?", Some(3)),
        ("!who INC-3.", Some(3)),
        ("!who INC 3", Some(3)),
        ("!who inc 3, ", Some(3)),
        ("!log INC3 restarted", Some(3)),
        ("!log INC_3: restarted", Some(3)),
        ("!log INC restarted", None),
        ("!show 4.", Some(4)),
        ("!show INC 4", Some(4)),
        ("!log see INC-3", None),
        ("!log INC-3's host", None),
        ("!log INC-0 x", None),
        ("!show INC-4", Some(4)),
        ("!show #4", Some(4)),
        ("!duplicate INC-2", None),
        ("!duplicate INC-5 INC-2", Some(5)),
        ("!handoff spokesperson ben INC-2", Some(2)),
        ("!assign Cleo Smith observer INC-2.", Some(2)),
        ("!assign observer Cleo Smith INC-2.", Some(2)),
        ("!invite @ben INC-2", Some(2)),
        ("!stats", None),
    ];
    for (text, no) in rows {
        assert_eq!(line(text).incident, no.map(IncidentNo), "{text}");
    }
}

#[test]
fn a_mention_that_the_platform_resolved_needs_no_name_that_is_known() {
    let eve = person("discord", "42", "Eve");
    let mentions = [
        Mention { text: "<@42>".to_owned(), person: eve.clone() },
        Mention { text: "Max".to_owned(), person: person("matrix", "@max:example.org", "Max") },
    ];
    let is = |text: &str, command| {
        let line = typed_with(text, &mentions).unwrap().unwrap();
        assert_eq!(line.ask, Ask::Do(command), "{text}");
    };
    let task = |owner| Command::Add { list: List::Task, text: "restart".to_owned(), owner: Some(owner) };
    is("!assign observer <@42>", Command::Assign { role: Role::Observer, to: eve.clone() });
    is("!assign observer @max:", Command::Assign { role: Role::Observer, to: mentions[1].person.clone() });
    is("!task restart <@42>", task(eve.clone()));
    is("!task <@42>: restart", task(eve.clone()));
    is("!task restart Max.", task(mentions[1].person.clone()));
    is("!task 3 <@42>", Command::Own { list: List::Task, n: 3, owner: eve });
}
