//! The line that is being typed.

use unicode_width::UnicodeWidthStr;

/// The line that is being typed, and those that were.
#[derive(Debug, Default)]
pub(super) struct Input {
    text: String,
    /// Where the next character goes, in bytes.
    cursor: usize,
    history: Vec<String>,
    /// Which line of the history is shown; past its end, what is being typed.
    place: usize,
    /// What was being typed when the history was entered.
    kept: String,
}

impl Input {
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The columns before the cursor.
    pub(super) fn column(&self) -> usize {
        self.before().width()
    }

    pub(super) fn set(&mut self, text: &str) {
        text.clone_into(&mut self.text);
        self.cursor = self.text.len();
    }

    pub(super) fn insert(&mut self, c: char) {
        self.text.insert(self.cursor, c);
        self.cursor += c.len_utf8();
    }

    pub(super) fn left(&mut self) {
        self.cursor -= self.before().chars().next_back().map_or(0, char::len_utf8);
    }

    pub(super) fn right(&mut self) {
        self.cursor += self.after().chars().next().map_or(0, char::len_utf8);
    }

    pub(super) fn home(&mut self) {
        self.cursor = 0;
    }

    pub(super) fn end(&mut self) {
        self.cursor = self.text.len();
    }

    pub(super) fn backspace(&mut self) {
        let end = self.cursor;
        self.left();
        self.text.drain(self.cursor..end);
    }

    pub(super) fn delete(&mut self) {
        let length = self.after().chars().next().map_or(0, char::len_utf8);
        self.text.drain(self.cursor..self.cursor + length);
    }

    /// Takes away all before the cursor.
    pub(super) fn delete_to_start(&mut self) {
        self.text.drain(..self.cursor);
        self.cursor = 0;
    }

    /// Takes away the word before the cursor, and the blanks after it.
    pub(super) fn delete_word(&mut self) {
        let rest = self.before().trim_end();
        let start = rest.char_indices().rev().find(|(_, c)| c.is_whitespace()).map_or(0, |(at, c)| at + c.len_utf8());
        self.text.drain(start..self.cursor);
        self.cursor = start;
    }

    /// An earlier line.
    pub(super) fn up(&mut self) {
        if self.place == self.history.len() {
            self.kept = self.text.clone();
        }
        self.place = self.place.saturating_sub(1);
        self.recall();
    }

    /// A later line.
    pub(super) fn down(&mut self) {
        if self.place < self.history.len() {
            self.place += 1;
            self.recall();
        }
    }

    /// The line, which is a new one from now on.
    pub(super) fn enter(&mut self) -> String {
        let line = std::mem::take(&mut self.text);
        self.cursor = 0;
        if !line.trim().is_empty() && self.history.last() != Some(&line) {
            self.history.push(line.clone());
        }
        self.place = self.history.len();
        self.kept.clear();
        line
    }

    fn recall(&mut self) {
        let line = self.history.get(self.place).unwrap_or(&self.kept).clone();
        self.set(&line);
    }

    fn before(&self) -> &str {
        self.text.get(..self.cursor).unwrap_or_default()
    }

    fn after(&self) -> &str {
        self.text.get(self.cursor..).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(text: &str) -> Input {
        let mut input = Input::default();
        text.chars().for_each(|c| input.insert(c));
        input
    }

    #[test]
    fn a_line_is_edited_by_characters_and_words() {
        let mut input = typed("grüße 🔴 x");
        input.backspace();
        input.left();
        input.left();
        input.delete();
        assert_eq!((input.text(), input.column()), ("grüße  ", 6));
        input.delete_word();
        assert_eq!(input.text(), " ");
        let mut input = typed("one two  ");
        input.delete_word();
        assert_eq!(input.text(), "one ");
        input.delete_to_start();
        assert_eq!(input.text(), "");
        input.backspace();
        input.delete_word();
        assert_eq!(input.text(), "");
    }

    #[test]
    fn the_history_goes_up_and_down_and_keeps_what_was_begun() {
        let mut input = typed("one");
        assert_eq!(input.enter(), "one");
        input.set("two");
        input.enter();
        input.set("begun");
        input.up();
        assert_eq!(input.text(), "two");
        input.up();
        input.up();
        assert_eq!(input.text(), "one");
        input.down();
        input.down();
        assert_eq!(input.text(), "begun");
        input.down();
        assert_eq!(input.text(), "begun");
    }
}
