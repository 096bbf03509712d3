//! Asking somebody at a terminal.

use std::io::{self, BufRead, IsTerminal, Write};

use crossterm::event::{Event, KeyCode, KeyEventKind, KeyModifiers, read};
use crossterm::terminal::{disable_raw_mode, enable_raw_mode};
use secrecy::SecretString;

/// What is said when nobody answers any more.
const ENDED: &str = "nothing was typed any more. Run `herald init` again: what was answered and checked is kept";

/// Whoever sets Herald up.
pub trait Talk {
    /// Whether they can be asked.
    fn is_asked(&self) -> bool;

    /// Tells them a line.
    fn say(&mut self, line: &str);

    /// Asks; an empty answer is what was `proposed`.
    ///
    /// # Errors
    /// A sentence, when nobody answers any more.
    fn ask(&mut self, question: &str, proposed: &str) -> Result<String, String>;

    /// Asks for what nobody may read over their shoulder. Empty when nothing was typed.
    ///
    /// # Errors
    /// A sentence, when nobody answers any more.
    fn ask_secret(&mut self, question: &str) -> Result<SecretString, String>;
}

/// Standard input and output. Somebody is there when both are a terminal.
pub struct Terminal {
    is_asked: bool,
}

impl Terminal {
    /// With questions, unless they are not `wanted` or there is nobody to answer them.
    #[must_use]
    pub fn new(wanted: bool) -> Self {
        Self { is_asked: wanted && io::stdin().is_terminal() && io::stdout().is_terminal() }
    }
}

impl Talk for Terminal {
    fn is_asked(&self) -> bool {
        self.is_asked
    }

    fn say(&mut self, line: &str) {
        let _ = writeln!(io::stdout().lock(), "{line}");
    }

    fn ask(&mut self, question: &str, proposed: &str) -> Result<String, String> {
        let proposal = if proposed.is_empty() { String::new() } else { format!(" [{proposed}]") };
        show(&format!("{question}{proposal}: "));
        let mut line = String::new();
        match io::stdin().lock().read_line(&mut line) {
            Ok(0) | Err(_) => Err(ENDED.to_owned()),
            Ok(_) if line.trim().is_empty() => Ok(proposed.to_owned()),
            Ok(_) => Ok(line.trim().to_owned()),
        }
    }

    fn ask_secret(&mut self, question: &str) -> Result<SecretString, String> {
        let _raw = Raw::begin().map_err(|error| format!("this terminal cannot hide what is typed: {error}"))?;
        show(&format!("{question} (not shown): "));
        let typed = typed();
        show("\r\n");
        typed
    }
}

fn show(text: &str) {
    let mut out = io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// A line that is not shown.
#[expect(clippy::wildcard_enum_match_arm, reason = "a keyboard has dozens of keys, and few mean anything here")]
fn typed() -> Result<SecretString, String> {
    let mut text = String::new();
    loop {
        let Ok(event) = read() else { return Err(ENDED.to_owned()) };
        match event {
            Event::Key(key) if key.kind == KeyEventKind::Release => {}
            Event::Key(key) if key.modifiers.contains(KeyModifiers::CONTROL) => match key.code {
                KeyCode::Char('c' | 'd') => return Err(ENDED.to_owned()),
                KeyCode::Char('u') => text.clear(),
                // What ends a line when it is pasted.
                KeyCode::Char('j' | 'm') => return Ok(text.trim().to_owned().into()),
                _ => {}
            },
            Event::Key(key) => match key.code {
                KeyCode::Enter => return Ok(text.trim().to_owned().into()),
                KeyCode::Backspace => drop(text.pop()),
                KeyCode::Char(c) => text.push(c),
                _ => {}
            },
            Event::FocusGained | Event::FocusLost | Event::Mouse(_) | Event::Resize(..) => {}
        }
    }
}

/// A terminal that shows nothing of what is typed, until this is dropped.
struct Raw;

impl Raw {
    fn begin() -> io::Result<Self> {
        enable_raw_mode()?;
        Ok(Self)
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        let _ = disable_raw_mode();
    }
}
