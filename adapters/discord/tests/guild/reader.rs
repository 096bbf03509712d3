//! Discord's Markdown, as its client reads it: the client's rules, tried one after another at each place. Where they are
//! known to differ from one client to another, the strictest: whatever could mean something does.

/// What a reader sees.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Seen {
    Words(String),
    Strong(String),
    Code(String),
    /// An address in angle brackets, which has no preview.
    Link(String),
    /// Somebody, as `<@12>`.
    Mention(String),
    /// A moment, as `<t:12:f>`.
    Moment(String),
    /// Words that do not look as all others.
    Styled(String, Look),
    /// What makes a line one of a list, or a heading: its marks, without the blank behind them.
    Lead(String),
    /// A block of code: its language, and what stands in it.
    Block(String, String),
    /// What stands in a quotation.
    Quote(Vec<Seen>),
    /// What should never come out.
    Markup(String),
}

/// How words look.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "words can be all of it at once")]
pub(crate) struct Look {
    pub(crate) bold: bool,
    pub(crate) italic: bool,
    pub(crate) underline: bool,
    pub(crate) strike: bool,
    pub(crate) spoiler: bool,
    pub(crate) code: bool,
    pub(crate) link: Option<String>,
}

/// Reads what stands in a message.
pub(crate) fn read(markdown: &str) -> Vec<Seen> {
    let mut seen = parse(markdown, &Look::default());
    let low = markdown.to_lowercase();
    for invitation in ["discord.gg", "discord.com", "discordapp.com", "discord.new"] {
        if low.contains(invitation) {
            seen.push(Seen::Markup(invitation.to_owned()));
        }
    }
    seen
}

/// What a reader reads, signs as they are written.
pub(crate) fn words(seen: &[Seen]) -> String {
    let word = |it: &Seen| match it {
        Seen::Words(text)
        | Seen::Strong(text)
        | Seen::Code(text)
        | Seen::Link(text)
        | Seen::Mention(text)
        | Seen::Moment(text)
        | Seen::Styled(text, _)
        | Seen::Lead(text)
        | Seen::Block(_, text)
        | Seen::Markup(text) => text.clone(),
        Seen::Quote(inner) => words(inner),
    };
    seen.iter().map(word).collect()
}

fn parse(markdown: &str, look: &Look) -> Vec<Seen> {
    let mut seen: Vec<Seen> = Vec::new();
    let mut rest = markdown;
    let mut before = "";
    while !rest.is_empty() {
        let (taken, found) = next(rest, before, look);
        // Behind what makes a line a heading, a client may look for the start of a line once more.
        before = if matches!(found.as_slice(), [Seen::Lead(_)]) { "" } else { &rest[..taken] };
        rest = &rest[taken..];
        for it in found {
            match (seen.last_mut(), it) {
                (Some(Seen::Words(last)), Seen::Words(more)) => last.push_str(&more),
                (Some(Seen::Styled(last, one)), Seen::Styled(more, other)) if *one == other => last.push_str(&more),
                (_, it) => seen.push(it),
            }
        }
    }
    seen
}

/// What clients leave as it is.
const SHRUG: &str = "¯\\_(ツ)_/¯";

/// How much of `rest` the first rule takes that fits, and what it makes of it.
fn next(rest: &str, before: &str, look: &Look) -> (usize, Vec<Seen>) {
    let one = |taken: usize, it: Seen| (taken, vec![it]);
    let is_plain = *look == Look::default();
    let say = |text: &str| {
        if is_plain { Seen::Words(text.to_owned()) } else { Seen::Styled(text.to_owned(), look.clone()) }
    };
    let markup = |taken: usize| (taken, vec![Seen::Markup(rest[..taken].to_owned())]);
    // As the client tells the start of a line: what was taken last ends one, or was nothing but spaces.
    let at_start = before.rsplit('\n').next().is_some_and(|last| last.chars().all(|c| c == ' '));
    let trimmed = rest.trim_start_matches(' ');
    let lead = rest.len() - trimmed.len();
    if at_start && trimmed.starts_with("> ") {
        return quote(rest, look);
    }
    if at_start && let Some(taken) = block(trimmed) {
        let marks = rest[..lead + taken].to_owned();
        // The blank behind them is not seen.
        let blank = rest[lead + taken..].chars().take(1).map(char::len_utf8).sum::<usize>();
        return one(
            lead + taken + blank,
            if trimmed.starts_with('>') { Seen::Markup(marks) } else { Seen::Lead(marks) },
        );
    }
    let Some(first) = rest.chars().next() else { return (0, Vec::new()) };
    if let Some(tail) = rest.strip_prefix("```")
        && let Some(end) = tail.find("```").filter(|end| *end > 0)
    {
        let inner = &tail[..end];
        let is_language =
            |it: &str| !it.is_empty() && it.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-#._".contains(&b));
        let (language, code) = inner.split_once('\n').filter(|(it, _)| is_language(it)).unwrap_or(("", inner));
        let code = code.trim_matches('\n');
        return if code.is_empty() {
            markup(end + 6)
        } else {
            one(end + 6, Seen::Block(language.to_owned(), code.to_owned()))
        };
    }
    if first == '\n' {
        return one(1, Seen::Words("\n".to_owned()));
    }
    if let Some(escaped) = rest.strip_prefix('\\').and_then(|tail| tail.chars().next())
        && !escaped.is_ascii_alphanumeric()
        && !escaped.is_whitespace()
    {
        return one(1 + escaped.len_utf8(), say(&escaped.to_string()));
    }
    if let Some((taken, it)) = bracket(rest) {
        return one(taken, it);
    }
    for scheme in ["https://", "http://", "steam://"] {
        if rest.starts_with(scheme) && rest[scheme.len()..].starts_with(|c: char| !c.is_whitespace() && c != '<') {
            return markup(scheme.len());
        }
    }
    if first == '['
        && let Some(end) = rest.find("](")
        && let Some(close) = rest[end..].find(')')
    {
        let (label, address) = (&rest[1..end], &rest[end + 2..end + close]);
        let address = address.strip_prefix('<').and_then(|it| it.strip_suffix('>'));
        let label = label.replace("\\[", "").replace("\\]", "");
        return match address.filter(|it| it.starts_with("http") && !it.contains(char::is_whitespace)) {
            Some(address) if !label.contains(['[', ']']) => {
                (end + close + 1, parse(&rest[1..end], &Look { link: Some(address.to_owned()), ..look.clone() }))
            }
            Some(_) | None => markup(end + 2),
        };
    }
    let low = rest.chars().take(9).collect::<String>().to_lowercase();
    for call in ["@everyone", "@here"] {
        if low.starts_with(call) {
            return markup(call.len());
        }
    }
    if first == ':'
        && let Some(end) = rest[1..].find(|c: char| c == ':' || c.is_whitespace())
        && end > 0
        && rest[1 + end..].starts_with(':')
    {
        return markup(end + 2);
    }
    if rest.starts_with(SHRUG) {
        return one(SHRUG.len(), say(SHRUG));
    }
    if let Some((taken, inner, within)) = marked(rest, look) {
        let seen = parse(inner, &within);
        // As it has always been named.
        return match seen.as_slice() {
            [Seen::Styled(words, only)] if *only == (Look { bold: true, ..Look::default() }) => {
                one(taken, Seen::Strong(words.clone()))
            }
            _ => (taken, seen),
        };
    }
    if first == '`' {
        let fence = rest.len() - rest.trim_start_matches('`').len();
        if let Some(inner) = code(&rest[fence..], fence) {
            let taken = inner.len() + 2 * fence;
            let inner = inner.to_owned();
            let code = Look { code: true, ..look.clone() };
            return one(taken, if is_plain { Seen::Code(inner) } else { Seen::Styled(inner, code) });
        }
    }
    let taken = text(rest);
    one(taken, say(&rest[..taken]))
}

/// The lines of a quotation, read on their own.
fn quote(rest: &str, look: &Look) -> (usize, Vec<Seen>) {
    let (mut taken, mut inner) = (0, String::new());
    for line in rest.split_inclusive('\n') {
        let Some(words) = line.trim_start_matches(' ').strip_prefix("> ") else { break };
        inner.push_str(words);
        taken += line.len();
    }
    (taken, vec![Seen::Quote(parse(&inner, look))])
}

/// What stands in marks, how much that takes, and how it looks. Of two rules that fit, the one that takes more, as clients do.
fn marked<'a>(rest: &'a str, look: &Look) -> Option<(usize, &'a str, Look)> {
    let mut found: Vec<(usize, &str, Look)> = Vec::new();
    let mut is = |inner: Option<&'a str>, marks: &str, look: Look| {
        found.extend(inner.map(|inner| (inner.len() + 2 * marks.len(), inner, look)));
    };
    is(between(rest, "**"), "**", Look { bold: true, ..look.clone() });
    is(between(rest, "__"), "__", Look { underline: true, ..look.clone() });
    is(up_to(rest, "~~"), "~~", Look { strike: true, ..look.clone() });
    is(up_to(rest, "||"), "||", Look { spoiler: true, ..look.clone() });
    is(starred(rest), "*", Look { italic: true, ..look.clone() });
    is(underscored(rest), "_", Look { italic: true, ..look.clone() });
    found.into_iter().rev().max_by_key(|(taken, ..)| *taken)
}

/// Up to the first mark that comes, escaped or not.
fn up_to<'a>(rest: &'a str, marks: &str) -> Option<&'a str> {
    let tail = rest.strip_prefix(marks)?;
    let after = tail.chars().next()?.len_utf8();
    let end = after + tail[after..].find(marks)?;
    (marks != "~~" || !tail[end + 2..].starts_with('_')).then_some(&tail[..end])
}

/// Between single stars: no blank stands inside beside them, and some clients know of no escaping there.
fn starred(rest: &str) -> Option<&str> {
    let tail = rest.strip_prefix('*')?;
    if tail.starts_with(char::is_whitespace) {
        return None;
    }
    let mut at = 0;
    while at < tail.len() {
        let left = &tail[at..];
        if left.starts_with("**") {
            // The end, if it is three.
            at += 2;
        } else if left.starts_with('*') {
            let blank = tail[..at].ends_with(char::is_whitespace);
            return (at > 0 && !blank).then_some(&tail[..at]);
        } else {
            at += left.chars().next()?.len_utf8();
        }
    }
    None
}

/// Between single underscores, which end only where a word does.
fn underscored(rest: &str) -> Option<&str> {
    let tail = rest.strip_prefix('_')?;
    let mut at = 0;
    while at < tail.len() {
        let left = &tail[at..];
        if left.starts_with("__") {
            at += 2;
        } else if let Some(after) = left.strip_prefix('_') {
            let ends = !after.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
            return (at > 0 && ends).then_some(&tail[..at]);
        } else if let Some(escaped) = left.strip_prefix('\\') {
            at += 1 + escaped.chars().next().map_or(0, char::len_utf8);
        } else {
            at += left.chars().next()?.len_utf8();
        }
    }
    None
}

/// How much stands of a heading, a small line, a list or a quotation.
fn block(line: &str) -> Option<usize> {
    let marks = |mark: char| line.len() - line.trim_start_matches(mark).len();
    let digits = line.len() - line.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (found, taken) = match line.chars().next()? {
        '#' => ((1..=3).contains(&marks('#')), marks('#')),
        '>' => (true, marks('>')),
        '-' if line.starts_with("-#") => (true, 2),
        '-' | '*' | '+' => (true, 1),
        _ if digits > 0 && line[digits..].starts_with(['.', ')']) => (true, digits + 1),
        _ => (false, 0),
    };
    (found && line[taken..].starts_with(char::is_whitespace)).then_some(taken)
}

/// What stands in angle brackets and means something.
fn bracket(rest: &str) -> Option<(usize, Seen)> {
    let inner = rest.strip_prefix('<')?.split_once('>')?.0;
    let taken = inner.len() + 2;
    let whole = rest[..taken].to_owned();
    let number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if let Some((scheme, address)) = inner.split_once(':')
        && address.starts_with('/')
        && address.len() > 1
        && !scheme.is_empty()
        && !inner.contains([' ', '\n'])
    {
        return Some((
            taken,
            if scheme == "https" || scheme == "http" { Seen::Link(inner.to_owned()) } else { Seen::Markup(whole) },
        ));
    }
    if let Some(moment) = inner.strip_prefix("t:") {
        let at = moment.split_once(':').map_or(moment, |(at, _)| at);
        return number(at.trim_start_matches('-')).then_some((taken, Seen::Moment(whole)));
    }
    if let Some(who) = inner.strip_prefix('@') {
        let who = who.trim_start_matches('!');
        return match who.strip_prefix('&') {
            Some(role) => number(role).then_some((taken, Seen::Markup(whole))),
            None => number(who).then_some((taken, Seen::Mention(whole))),
        };
    }
    let means = inner.strip_prefix('#').is_some_and(number)
        || inner.starts_with("id:")
        || inner.starts_with('+')
        || (inner.starts_with('/') && inner.contains(':'))
        || ((inner.starts_with(':') || inner.starts_with("a:")) && inner.rsplit(':').next().is_some_and(number))
        || (inner.contains('@') && inner.contains('.') && !inner.contains(' '));
    means.then_some((taken, Seen::Markup(whole)))
}

/// What stands between two marks, the second of which is not escaped.
fn between<'a>(rest: &'a str, marks: &str) -> Option<&'a str> {
    let tail = rest.strip_prefix(marks)?;
    let mut at = 0;
    while at < tail.len() {
        let c = tail[at..].chars().next()?;
        if c == '\\' {
            at += 1 + tail[at + 1..].chars().next().map_or(0, char::len_utf8);
            continue;
        }
        let mark = marks.chars().next()?;
        if at > 0 && tail[at..].starts_with(marks) && !tail[at + marks.len()..].starts_with(mark) {
            return Some(&tail[..at]);
        }
        at += c.len_utf8();
    }
    None
}

/// What stands in code: up to a fence as long as the first.
fn code(tail: &str, fence: usize) -> Option<&str> {
    let mut at = 0;
    while let Some(found) = tail[at..].find('`') {
        let run = tail[at + found..].len() - tail[at + found..].trim_start_matches('`').len();
        if run == fence && at + found > 0 {
            return Some(&tail[..at + found]);
        }
        at += found + run;
    }
    None
}

/// Plain words: up to what could begin something else.
fn text(rest: &str) -> usize {
    let mut places = rest.char_indices();
    places.next();
    for (at, c) in places {
        let plain = c.is_ascii_alphanumeric() || c.is_whitespace() || c >= '\u{c0}';
        if !plain || c == '\n' || begins_address(&rest[at..]) {
            return at;
        }
    }
    rest.len()
}

fn begins_address(rest: &str) -> bool {
    // Longer than any scheme.
    const LONG: usize = 32;
    let word = rest.bytes().take(LONG).take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count();
    word > 0 && rest[word..].strip_prefix(':').is_some_and(|tail| tail.starts_with(|c: char| !c.is_whitespace()))
}
