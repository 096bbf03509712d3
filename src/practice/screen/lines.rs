//! What a room shows, as lines of so many columns.

use herald_console::{HERALD, Shown, Sight};
use jiff::tz::TimeZone;
use ratatui_core::style::{Color, Modifier, Style};
use ratatui_core::text::{Line, Span};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The columns before a line that goes on with the one above.
const INDENT: usize = 6;

/// The people's colours, in the order of who is first met.
const COLOURS: [Color; 4] = [Color::Yellow, Color::Magenta, Color::Green, Color::Blue];

/// The lines of everything that `room` shows.
pub(super) fn lines(
    shown: &[Shown],
    room: &str,
    people: &[String],
    zone: &TimeZone,
    width: usize,
) -> Vec<Line<'static>> {
    shown.iter().filter(|sight| sight.room == room).flat_map(|sight| of(sight, people, zone, width)).collect()
}

fn of(sight: &Shown, people: &[String], zone: &TimeZone, width: usize) -> Vec<Line<'static>> {
    let at = sight.at.to_zoned(zone.clone());
    let time = format!("{:02}:{:02} ", at.hour(), at.minute());
    let author = format!("{}: ", tame(&sight.author));
    let words = tame(&sight.words());
    let style = words_style(sight);
    let first = width.saturating_sub(time.width() + author.width());
    let mut wrapped = wrap(&words, first, width.saturating_sub(INDENT)).into_iter();
    let head = vec![
        Span::styled(time, Style::new().add_modifier(Modifier::DIM)),
        Span::styled(author, author_style(&sight.author, people)),
        Span::styled(wrapped.next().unwrap_or_default(), style),
    ];
    let rest = wrapped.map(|text| Line::from(vec![Span::raw(" ".repeat(INDENT)), Span::styled(text, style)]));
    [Line::from(head)].into_iter().chain(rest).collect()
}

fn author_style(author: &str, people: &[String]) -> Style {
    let bold = Style::new().add_modifier(Modifier::BOLD);
    if author == HERALD {
        return bold.fg(Color::Cyan);
    }
    let place = people.iter().position(|person| person == author).unwrap_or_default();
    bold.fg(COLOURS.get(place % COLOURS.len()).copied().unwrap_or(Color::Reset))
}

fn words_style(sight: &Shown) -> Style {
    let by_herald = sight.author == HERALD;
    match &sight.what {
        // What the company reads stands out.
        Sight::Posted(_) if by_herald && ["company", "customers"].contains(&sight.room.as_str()) => {
            Style::new().add_modifier(Modifier::BOLD)
        }
        Sight::Posted(_) | Sight::Edited(_) if by_herald => Style::new().fg(Color::Cyan),
        Sight::Posted(_) | Sight::Edited(_) => Style::new(),
        Sight::Deleted(_)
        | Sight::Reacted { .. }
        | Sight::Unreacted { .. }
        | Sight::Expired(_)
        | Sight::Pinned(_)
        | Sight::Unpinned(_)
        | Sight::RoomOpened(_)
        | Sight::Invited(_)
        | Sight::TakenOut(_)
        | Sight::Archived => Style::new().add_modifier(Modifier::DIM),
    }
}

/// `text` without anything that moves the cursor, turns the direction of writing, or hides.
pub(super) fn tame(text: &str) -> String {
    let hostile = |c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    text.chars().map(|c| if hostile(c) { '�' } else { c }).collect()
}

/// Cuts `text` into lines: the first has `first` columns, the others `rest`. Words longer than a line are cut.
pub(super) fn wrap(text: &str, first: usize, rest: usize) -> Vec<String> {
    let (mut done, mut left) = (Vec::new(), first.max(1));
    for line in text.split('\n') {
        let mut current = String::new();
        for word in line.split(' ') {
            if current.width() + usize::from(!current.is_empty()) + word.width() <= left {
                if !current.is_empty() {
                    current.push(' ');
                }
                current.push_str(word);
                continue;
            }
            if !current.is_empty() {
                done.push(std::mem::take(&mut current));
                left = rest.max(1);
            }
            for c in word.chars() {
                if !current.is_empty() && current.width() + c.width().unwrap_or_default() > left {
                    done.push(std::mem::take(&mut current));
                    left = rest.max(1);
                }
                current.push(c);
            }
        }
        done.push(current);
        left = rest.max(1);
    }
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_kept_whole_when_they_fit() {
        assert_eq!(wrap("one two three", 7, 5), ["one two", "three"]);
        assert_eq!(wrap("one\ntwo", 7, 7), ["one", "two"]);
        assert_eq!(wrap("abcdefgh", 3, 4), ["abc", "defg", "h"]);
        assert_eq!(wrap("", 3, 4), [""]);
        assert_eq!(wrap("ab", 0, 0), ["a", "b"]);
    }

    #[test]
    fn wide_characters_take_two_columns() {
        assert_eq!(wrap("🔴🔴🔴", 4, 2), ["🔴🔴", "🔴"]);
        assert_eq!(wrap("日本 語", 4, 4), ["日本", "語"]);
    }

    #[test]
    fn nothing_reaches_the_terminal_that_would_move_it() {
        assert_eq!(tame("a\u{1b}[2J\u{202e}b\u{9b}c\r\td\ne"), "a�[2J�b�c��d\ne");
    }
}
