//! Draws the state: three rooms, where the incident stands, what to do next, and the line being typed.

use ratatui_core::buffer::Buffer;
use ratatui_core::layout::Rect;
use ratatui_core::style::{Color, Modifier, Style};
use ratatui_core::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

use super::lines;
use super::state::{Notice, State};
use crate::incident::words::time_and_distance;
use crate::practice::guide::{self, STEPS};

/// Narrower than this, rooms stand on top of each other.
const NARROW: u16 = 80;
/// The rows that the bar, the rooms and the input take at least.
const LEAST: usize = 8;

const KEYS: &str = "Tab who speaks · Shift-Tab where · ↑ again · PgUp/PgDn scroll · !help commands · /quit";
const FEW_KEYS: &str = "Tab who · Shift-Tab where · PgUp scroll · !help · /quit";

/// The screen, and where its cursor is.
pub(super) fn draw(state: &State) -> (Buffer, (u16, u16)) {
    let (width, height) = state.size;
    let mut screen = Buffer::empty(Rect::new(0, 0, width, height));
    let below = below(state);
    if usize::from(height) < below.len() + LEAST || width < 20 {
        put(&mut screen, 0, 0, width, &Line::raw("Herald needs a larger window."));
        return (screen, (0, 0));
    }
    status(state, &mut screen);
    for (n, (room, area)) in state.panes().iter().zip(areas(state)).enumerate() {
        let title = if n == 2 { tabs(state) } else { vec![(room.clone(), false, true)] };
        pane(state, &mut screen, room, area, title);
    }
    for (row, line) in (height - 1 - cells(below.len())..).zip(&below) {
        put(&mut screen, 0, row, width, line);
    }
    let cursor = input(state, &mut screen);
    (screen, cursor)
}

/// How many lines of `room` are in view at once, and how far up it can be scrolled.
pub(super) fn extent(state: &State, room: &str) -> (usize, usize) {
    let place = state.panes().iter().position(|pane| pane == room).unwrap_or_default();
    let Some(area) = areas(state).get(place).copied() else { return (0, 0) };
    let height = usize::from(area.height.saturating_sub(1));
    let lines = lines::lines(&state.shown, room, &state.people, &state.zone, text_width(area));
    (height, lines.len().saturating_sub(height))
}

/// Where the three rooms are: left, top right, bottom right; or one below the other.
fn areas(state: &State) -> [Rect; 3] {
    let (width, height) = state.size;
    // The bar above them, what is below them, the input.
    let rows = height.saturating_sub(cells(below(state).len()) + 2);
    if width < NARROW {
        let last = rows / 4;
        let company = (rows - last) * 2 / 5;
        let war = rows - last - company;
        return [
            Rect::new(0, 1, width, war),
            Rect::new(0, 1 + war, width, company),
            Rect::new(0, 1 + war + company, width, last),
        ];
    }
    let left = width / 2;
    let top = rows - rows * 2 / 5;
    [
        Rect::new(0, 1, left, rows),
        Rect::new(left, 1, width - left, top),
        Rect::new(left, 1 + top, width - left, rows - top),
    ]
}

/// The columns of text in a pane: one is left free on either side, and one is for the line between panes.
fn text_width(area: Rect) -> usize {
    usize::from(area.width.saturating_sub(3))
}

fn status(state: &State, screen: &mut Buffer) {
    let bar = Style::new().add_modifier(Modifier::REVERSED);
    let mut parts = vec![Span::raw(" Practice")];
    match &state.stand.open {
        None => parts.push(Span::raw(" · no incident is open")),
        Some(open) => {
            if let Some(due) = open.due {
                let when = time_and_distance(due, state.now, &state.zone);
                let late = due < state.now;
                let words = match (late, open.updated) {
                    (true, _) => "update overdue since",
                    (false, true) => "next update due",
                    (false, false) => "first update due",
                };
                let style = if late { bar.fg(Color::Red) } else { bar };
                parts.push(Span::raw(" · "));
                parts.push(Span::styled(format!("{words} {when}"), style.add_modifier(Modifier::BOLD)));
            }
            parts.push(Span::raw(format!(" · {} · {}", lines::tame(&open.label), open.state)));
        }
    }
    screen.set_style(Rect::new(0, 0, state.size.0, 1), bar);
    put(screen, 0, 0, state.size.0, &Line::from(parts));
}

/// The rooms of the last pane: their names, whether they hold something new, which one is in view.
fn tabs(state: &State) -> Vec<(String, bool, bool)> {
    let [_, _, last] = state.panes();
    state
        .tabs()
        .into_iter()
        .map(|(room, unread)| {
            let here = room == last;
            (room, unread, here)
        })
        .collect()
}

fn pane(state: &State, screen: &mut Buffer, room: &str, area: Rect, names: Vec<(String, bool, bool)>) {
    if area.height == 0 {
        return;
    }
    let focused = room == state.room();
    let rule = if focused {
        Style::new().fg(Color::Cyan).add_modifier(Modifier::BOLD)
    } else {
        Style::new().fg(Color::DarkGray)
    };
    let stroke = if focused { "═" } else { "─" };
    let mut title = vec![Span::styled(stroke.repeat(2), rule)];
    let several = names.len() > 1;
    for (name, unread, here) in names {
        let name = lines::tame(&name);
        let style = if here {
            rule.fg(if focused { Color::Cyan } else { Color::White }).add_modifier(Modifier::BOLD)
        } else {
            rule
        };
        title.push(Span::styled(if several && here { format!(" [{name}] ") } else { format!(" {name} ") }, style));
        if unread {
            title.push(Span::styled("• ", Style::new().fg(Color::Yellow).add_modifier(Modifier::BOLD)));
        }
    }
    let up = state.scrolled(room);
    if up > 0 {
        title.push(Span::styled(format!("({up} more below) "), Style::new().fg(Color::Yellow)));
    }
    let title = Line::from(title);
    let rest = usize::from(area.width).saturating_sub(title.width() + 1);
    put(screen, area.x, area.y, area.width.saturating_sub(1), &title);
    let after = area.x + area.width.saturating_sub(1).min(cells(title.width()));
    put(screen, after, area.y, cells(rest), &Line::styled(stroke.repeat(rest), rule));

    let height = usize::from(area.height - 1);
    let all = lines::lines(&state.shown, room, &state.people, &state.zone, text_width(area));
    let end = all.len() - up.min(all.len().saturating_sub(height));
    let start = end.saturating_sub(height);
    for (row, line) in (area.y + 1..).zip(all.get(start..end).unwrap_or_default()) {
        put(screen, area.x + 1, row, area.width.saturating_sub(2), line);
    }
    if area.right() < screen.area.width {
        for row in area.y..area.bottom() {
            put(screen, area.right() - 1, row, 1, &Line::styled("│", Style::new().fg(Color::DarkGray)));
        }
    }
    if all.is_empty() && height > 0 {
        let line = Line::styled(empty(room), Style::new().add_modifier(Modifier::DIM));
        put(screen, area.x + 1, area.y + 1, area.width.saturating_sub(2), &line);
    }
}

/// What a room without a word in it is for.
fn empty(room: &str) -> &'static str {
    match room {
        "war-room" => "Engineers work on the incident here.",
        "company" => "All others read here what is published.",
        "engineering" => "Other engineers follow the findings here.",
        "customers" => "What customers are told.",
        "admin" => "What the people who run Herald are told.",
        room if room.starts_with("dm-") => "`!ask` takes a question to the war room.",
        _ => "",
    }
}

/// What to do next, and the keys or a notice.
fn below(state: &State) -> Vec<Line<'static>> {
    let width = usize::from(state.size.0);
    let hint = guide::hint(&state.stand);
    let guide = Style::new().fg(Color::Green);
    let why = match hint.step {
        Some(step) => format!("Step {step} of {STEPS}. {}", hint.why),
        None => hint.why.to_owned(),
    };
    let mut below = words(&why, guide, width);
    below.push(Line::from(vec![
        Span::styled(" Type  ", guide),
        Span::styled(lines::tame(&hint.typed), guide.add_modifier(Modifier::BOLD)),
        Span::styled("  (→ types it)", guide.add_modifier(Modifier::DIM)),
    ]));
    let keys = if KEYS.width() + 2 <= width { KEYS } else { FEW_KEYS };
    below.extend(match &state.notice {
        None => words(keys, Style::new().add_modifier(Modifier::DIM), width),
        Some(Notice::Good(good)) => words(good, Style::new().fg(Color::Cyan), width),
        Some(Notice::Bad(bad)) => words(bad, Style::new().fg(Color::Red), width),
    });
    below
}

/// Words over the whole width, in three lines at most.
fn words(text: &str, style: Style, width: usize) -> Vec<Line<'static>> {
    let columns = width.saturating_sub(2);
    let lines = lines::wrap(&lines::tame(text), columns, columns).into_iter().take(3);
    lines.map(|line| Line::styled(format!(" {line}"), style)).collect()
}

/// Draws the line being typed, its end when it is too long, and says where the cursor is.
fn input(state: &State, screen: &mut Buffer) -> (u16, u16) {
    let (width, height) = state.size;
    let row = height - 1;
    let bold = Style::new().add_modifier(Modifier::BOLD);
    let prompt = format!("{} in {}> ", lines::tame(&state.who), lines::tame(&state.room()));
    put(screen, 0, row, width, &Line::styled(prompt.as_str(), bold.fg(Color::Cyan)));
    let left = cells(prompt.width()).min(width / 2);
    let room = usize::from(width - left - 1);
    let mut text = state.input.text();
    let mut column = state.input.column();
    while column >= room
        && let Some(first) = text.chars().next()
    {
        text = text.get(first.len_utf8()..).unwrap_or_default();
        column = column.saturating_sub(first.to_string().width().max(1));
    }
    put(screen, left, row, width - left, &Line::raw(text));
    (left + cells(column), row)
}

fn put(screen: &mut Buffer, x: u16, y: u16, width: u16, line: &Line<'_>) {
    if screen.area.contains((x, y).into()) {
        screen.set_line(x, y, line, width.min(screen.area.width - x));
    }
}

fn cells(width: usize) -> u16 {
    u16::try_from(width).unwrap_or(u16::MAX)
}
