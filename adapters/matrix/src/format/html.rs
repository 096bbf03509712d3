//! Spans as HTML in which nothing that people typed can mean anything.

use herald_chat::{Span, Text};

/// The text with markup. `None` where the plain words say everything.
pub(super) fn write(text: &Text) -> Option<String> {
    if !needs_markup(text) {
        return None;
    }
    let mut html = Html::default();
    for (i, line) in text.lines().iter().enumerate() {
        if i > 0 {
            html.end_line();
        }
        for span in line {
            html.span(span);
        }
    }
    html.hold_blanks();
    Some(html.out)
}

/// Whether there is markup, or a line that begins like a quotation: clients cut those off the plain words of a reply,
/// as old ones repeated there what is answered.
fn needs_markup(text: &Text) -> bool {
    let marked = |span: &Span| match span {
        Span::Strong(_) | Span::Styled { .. } | Span::Code(_) | Span::Person(_) => true,
        Span::Plain(_) | Span::Time { .. } | Span::Distance { .. } => false,
    };
    text.lines().iter().flatten().any(marked) || text.to_string().lines().any(|line| line.starts_with('>'))
}

/// HTML as it grows. Readers of HTML drop blanks at the ends of a line and make one of several: those are written as
/// no-break spaces, so they wait until it is known what follows.
#[derive(Default)]
struct Html {
    out: String,
    /// Blanks not yet written.
    blanks: usize,
    /// Whether something that can be seen stands on the line.
    begun: bool,
}

impl Html {
    fn span(&mut self, span: &Span) {
        match span {
            Span::Plain(text) | Span::Time { text, .. } => self.words(text),
            Span::Distance { text, .. } => self.words(&format!(" ({text})")),
            Span::Styled { text, .. } => self.words(text),
            Span::Strong(text) => self.element("<strong>", text, "</strong>"),
            Span::Code(text) => self.element("<code>", text, "</code>"),
            Span::Person(person) => match super::user(&person.id) {
                Some(user) => {
                    let mut open = "<a href=\"".to_owned();
                    user.matrix_to_uri().to_string().chars().for_each(|c| escape(c, &mut open));
                    open.push_str("\">");
                    self.element(&open, &person.name, "</a>");
                }
                None => self.element("<strong>", &person.name, "</strong>"),
            },
        }
    }

    /// No blank at either edge is left for what stands outside to swallow.
    fn element(&mut self, open: &str, text: &str, close: &str) {
        if text.is_empty() {
            return;
        }
        if text.starts_with(is_blank) {
            self.hold_blanks();
        } else {
            self.write_blanks();
        }
        self.out.push_str(open);
        self.words(text);
        if text.ends_with(is_blank) {
            self.hold_blanks();
        }
        self.out.push_str(close);
    }

    fn words(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '\n' => self.end_line(),
                c if is_blank(c) => self.blanks += 1,
                c => {
                    self.write_blanks();
                    escape(c, &mut self.out);
                    self.begun = true;
                }
            }
        }
    }

    fn end_line(&mut self) {
        self.hold_blanks();
        self.out.push_str("<br>");
        self.begun = false;
    }

    /// Writes the blanks that wait, with something before them and something after.
    fn write_blanks(&mut self) {
        if self.blanks == 1 && self.begun {
            self.out.push(' ');
            self.blanks = 0;
        }
        self.hold_blanks();
    }

    /// Writes the blanks that wait as such that stay.
    fn hold_blanks(&mut self) {
        self.out.extend(std::iter::repeat_n('\u{a0}', self.blanks));
        self.begun |= self.blanks > 0;
        self.blanks = 0;
    }
}

/// A control character, which no cleaned text has, shows as a space.
fn is_blank(c: char) -> bool {
    c == ' ' || c.is_control()
}

fn escape(c: char, out: &mut String) {
    match c {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '"' => out.push_str("&quot;"),
        '\'' => out.push_str("&#39;"),
        c => out.push(c),
    }
}
