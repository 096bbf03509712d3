//! What people read, without what stands before it.

use herald_guild::Seen;
use serde_json::Value;

/// A message on Matrix, as its content has it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Here {
    pub(super) body: String,
    pub(super) html: String,
}

impl Here {
    /// `None` when it is not said by this speaker.
    pub(super) fn of(content: &Value, speaker: &str) -> Option<Self> {
        let body = content["body"].as_str()?.strip_prefix(speaker)?;
        let html = content["formatted_body"].as_str()?;
        let html = html.strip_prefix(&format!("<strong data-mx-profile-fallback>{speaker}"))?;
        // Behind the name is a blank that does not break, or the line ends there.
        let html = html.strip_prefix("\u{a0}</strong>").map(str::to_owned).or_else(|| {
            let rest = html.strip_prefix("</strong>")?;
            Some(format!("\n{}", rest.strip_prefix("<br>").unwrap_or(rest)))
        })?;
        Some(Self { body: body.strip_prefix(' ').unwrap_or(body).to_owned(), html })
    }
}

/// A message on Discord.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct There {
    pub(super) words: String,
    /// Names, and how many bytes.
    pub(super) files: Vec<(String, usize)>,
}

impl There {
    /// `None` when it is not said by this speaker.
    pub(super) fn of(seen: &Seen, speaker: &str) -> Option<Self> {
        // Bold words go on with the bold name.
        let bold = format!("**{} ", speaker.replace('\\', ""));
        let joined = seen.content.strip_prefix(&bold).map(|rest| format!("**{rest}"));
        let apart = seen.content.strip_prefix(&format!("**{speaker}**")).map(str::to_owned);
        let words = apart.or(joined)?;
        let files = seen.files.iter().map(|(name, bytes)| (name.clone(), bytes.len())).collect();
        Some(Self { words: words.strip_prefix(' ').unwrap_or(&words).to_owned(), files })
    }
}

/// What stands between `row 0`, `row 1` and so on.
pub(super) fn rows<T: Clone>(all: &[T], count: usize, words: impl Fn(&T) -> &String) -> Vec<Vec<T>> {
    let place = |n: usize| {
        let mark = format!("row {n}");
        all.iter().rposition(|it| *words(it) == mark).unwrap_or_else(|| {
            panic!("{mark} did not come; what came is {:#?}", all.iter().map(&words).collect::<Vec<_>>())
        })
    };
    (0..count).map(|n| all[place(n) + 1..place(n + 1)].to_vec()).collect()
}
