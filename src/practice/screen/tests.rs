//! How the screen looks.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use herald_console::{Shown, Sight};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::state::{Ask, Notice, State};
use super::view;
use crate::practice::guide::{Open, Stand};
use crate::practice::script::Action;

fn at(time: &str) -> Timestamp {
    format!("2026-01-05T{time}:00Z").parse().unwrap()
}

fn said(room: &str, author: &str, text: &str) -> Shown {
    let (room, author, text) = (room.to_owned(), author.to_owned(), text.to_owned());
    Shown { at: at("12:00"), room, author, id: "1".to_owned(), answers: None, what: Sight::Posted(text) }
}

fn state(size: (u16, u16)) -> State {
    State::new(Vec::new(), at("12:16"), TimeZone::UTC, size)
}

/// An incident that is under way.
fn under_way(size: (u16, u16)) -> State {
    let mut state = state(size);
    state.stand.open = Some(Open {
        label: "INC-1 checkout is down".to_owned(),
        state: "critical · investigating".to_owned(),
        due: Some(at("12:30")),
        limit: "30m".to_owned(),
        commander: Some("ana".to_owned()),
        spokesperson: Some("ben".to_owned()),
        draft: None,
        updated: true,
        logged: false,
        settled: false,
        final_owed: true,
    });
    for sight in [
        said("war-room", "ana", "!declare checkout is down --severity critical"),
        said("engineering", "herald", "🔴 INC-1 checkout is down · critical"),
        said("war-room", "herald", "🔴 INC-1 checkout is down · critical · commander ana\nNo spokesperson yet."),
        said("company", "herald", "We are looking into this.\nNext update by 12:30 UTC (in 30 min). ben, spokesperson"),
        said("dm-bob", "bob", "!ask is it down?"),
    ] {
        state.take_in(sight);
    }
    state
}

fn screen(state: &State) -> Vec<String> {
    let (buffer, _) = view::draw(state);
    let width = usize::from(buffer.area.width);
    let row = |cells: &[ratatui_core::buffer::Cell]| {
        let mut text = String::new();
        let mut hidden = 0;
        for cell in cells {
            if hidden > 0 {
                hidden -= 1;
                continue;
            }
            hidden = unicode_width::UnicodeWidthStr::width(cell.symbol()).saturating_sub(1);
            text.push_str(cell.symbol());
        }
        text.trim_end().to_owned()
    };
    buffer.content.chunks(width).map(row).collect()
}

fn press(state: &mut State, code: KeyCode) -> Option<Ask> {
    state.key(KeyEvent::new(code, KeyModifiers::NONE))
}

fn enter(state: &mut State, text: &str) -> Option<Ask> {
    for c in text.chars() {
        assert_eq!(press(state, KeyCode::Char(c)), None);
    }
    press(state, KeyCode::Enter)
}

#[test]
fn the_first_screen_says_what_to_do() {
    assert_eq!(
        screen(&state((100, 14))),
        [
            " Practice · no incident is open",
            "══ war-room ═════════════════════════════════════│── company ──────────────────────────────────────",
            " Engineers work on the incident here.            │ All others read here what is published.",
            "                                                 │",
            "                                                 │",
            "                                                 │",
            "                                                 │",
            "                                                 │── engineering ──────────────────────────────────",
            "                                                 │ Other engineers follow the findings here.",
            "                                                 │",
            " Step 1 of 7. Pretend that checkout is down. Whoever sees it declares an incident, and commands it.",
            " Type  ana: !declare checkout is down --severity critical  (→ types it)",
            " Tab who speaks · Shift-Tab where · ↑ again · PgUp/PgDn scroll · !help commands · /quit",
            "ana in war-room>",
        ]
    );
}

#[test]
fn a_wide_screen_shows_the_rooms_side_by_side() {
    assert_eq!(
        screen(&under_way((100, 20))),
        [
            " Practice · next update due 12:30 UTC (in 14 min) · INC-1 checkout is down · critical · investigatin",
            "══ war-room ═════════════════════════════════════│── company ──────────────────────────────────────",
            " 12:00 ana: !declare checkout is down --severity │ 12:00 herald: We are looking into this.",
            "       critical                                  │       Next update by 12:30 UTC (in 30 min).",
            " 12:00 herald: 🔴 INC-1 checkout is down ·       │       ben, spokesperson",
            "       critical · commander ana                  │",
            "       No spokesperson yet.                      │",
            "                                                 │",
            "                                                 │",
            "                                                 │",
            "                                                 │── engineering  [dm-bob] ────────────────────────",
            "                                                 │ 12:00 bob: !ask is it down?",
            "                                                 │",
            "                                                 │",
            "                                                 │",
            "                                                 │",
            " Step 4 of 7. What Cleo saw goes on the timeline and to engineering, not to the company.",
            " Type  cleo: !finding error rate 40% since the last deploy  (→ types it)",
            " Tab who speaks · Shift-Tab where · ↑ again · PgUp/PgDn scroll · !help commands · /quit",
            "ana in war-room>",
        ]
    );
}

#[test]
fn a_narrow_screen_stacks_the_rooms() {
    let mut state = under_way((60, 24));
    state.now = at("12:37");
    state.notice =
        Some(Notice::Bad("No message of ana's holds \"error rate\" anywhere, not even in engineering.".to_owned()));
    assert_eq!(
        screen(&state),
        [
            " Practice · update overdue since 12:30 UTC (7 min ago) · INC",
            "══ war-room ═══════════════════════════════════════════════",
            " 12:00 ana: !declare checkout is down --severity critical",
            " 12:00 herald: 🔴 INC-1 checkout is down · critical ·",
            "       commander ana",
            "       No spokesperson yet.",
            "",
            "",
            "",
            "── company ────────────────────────────────────────────────",
            " 12:00 herald: We are looking into this.",
            "       Next update by 12:30 UTC (in 30 min). ben,",
            "       spokesperson",
            "",
            "── engineering  [dm-bob] ──────────────────────────────────",
            " 12:00 bob: !ask is it down?",
            "",
            "",
            " Step 4 of 7. What Cleo saw goes on the timeline and to",
            " engineering, not to the company.",
            " Type  cleo: !finding error rate 40% since the last deploy",
            " No message of ana's holds \"error rate\" anywhere, not even",
            " in engineering.",
            "ana in war-room>",
        ]
    );
}

#[test]
fn a_room_out_of_view_with_something_new_is_marked() {
    let mut state = under_way((100, 20));
    assert!(enter(&mut state, "/in engineering").is_none());
    let title = |state: &State| screen(state).into_iter().find(|row| row.contains("dm-bob")).unwrap();
    assert!(title(&state).contains("══ [engineering]  dm-bob ═"), "{}", title(&state));
    state.take_in(said("dm-bob", "herald", "The next update is due by 12:30."));
    assert!(title(&state).contains("[engineering]  dm-bob • ═"), "{}", title(&state));
}

#[test]
fn a_pane_scrolls_to_its_first_line_and_back() {
    let mut state = state((100, 14));
    for n in 1..=40 {
        state.take_in(said("war-room", "ana", &format!("line {n}")));
    }
    let left = |state: &State| screen(state)[2].split('│').next().unwrap().trim().to_owned();
    assert_eq!(left(&state), "12:00 ana: line 33");
    press(&mut state, KeyCode::PageUp);
    assert_eq!(left(&state), "12:00 ana: line 25");
    assert!(screen(&state)[1].contains("(8 more below)"), "{}", screen(&state)[1]);
    (0..10).for_each(|_| drop(press(&mut state, KeyCode::PageUp)));
    assert_eq!(left(&state), "12:00 ana: line 1");
    (0..10).for_each(|_| drop(press(&mut state, KeyCode::PageDown)));
    assert_eq!(left(&state), "12:00 ana: line 33");
}

#[test]
fn tab_changes_who_speaks_and_shift_tab_where() {
    let mut state = state((100, 14));
    press(&mut state, KeyCode::Tab);
    press(&mut state, KeyCode::BackTab);
    assert_eq!(screen(&state).last().unwrap(), "ben in company>");
    press(&mut state, KeyCode::BackTab);
    press(&mut state, KeyCode::BackTab);
    let say = Action::Say { who: "ben".to_owned(), room: "dm".to_owned(), text: "!help".to_owned() };
    assert_eq!(enter(&mut state, "!help"), Some(Ask::Play(say)));
    assert_eq!(screen(&state).last().unwrap(), "ben in dm-ben>");
    assert_eq!(enter(&mut state, "/in nowhere"), None);
    assert!(matches!(&state.notice, Some(Notice::Bad(why)) if why.starts_with("ben is in no room `nowhere`.")));
}

#[test]
fn the_arrow_types_what_the_guide_says() {
    let mut state = state((100, 14));
    press(&mut state, KeyCode::Right);
    assert_eq!(screen(&state).last().unwrap(), "ana in war-room> ana: !declare checkout is down --severity critical");
    assert!(matches!(press(&mut state, KeyCode::Enter), Some(Ask::Play(Action::Say { who, .. })) if who == "ana"));
}

#[test]
fn a_long_line_shows_its_end() {
    let mut state = state((40, 20));
    assert_eq!(enter(&mut state, "/as ben"), None);
    "a long line about 🔴 something that does not fit".chars().for_each(|c| drop(press(&mut state, KeyCode::Char(c))));
    let (_, (column, row)) = view::draw(&state);
    assert_eq!((column, row), (38, 19));
    assert_eq!(screen(&state).last().unwrap(), "ben in war-room> ing that does not fit");
}

#[test]
fn no_message_reaches_the_terminal_with_more_than_characters() {
    let mut state = state((100, 14));
    state.take_in(said("war-room", "eve", "a\u{1b}[2J\u{7}\u{202e}b\u{9b}31m"));
    state.stand = Stand::default();
    let all = screen(&state).concat();
    assert!(all.contains("eve: a�[2J��b�31m"), "{all}");
    assert!(!all.chars().any(char::is_control));
}

#[test]
fn no_size_is_too_small_to_draw() {
    for width in 0..90 {
        for height in 0..20 {
            let mut state = under_way((width, height));
            press(&mut state, KeyCode::PageUp);
            view::draw(&state);
        }
    }
}
