//! What somebody typed, as blocks of code to copy from.

/// The text as one or several blocks of code, each at most `limit` characters with its fences. Behind
/// each backquote of the text stands a character that cannot be seen, so that none of them makes a fence; Herald takes it
/// out again when the text comes back.
pub(crate) fn blocks(typed: &str, limit: usize) -> Vec<String> {
    const FENCES: usize = "```\n\n```".len();
    let typed = typed.replace('`', "`\u{200b}");
    let room = limit.saturating_sub(FENCES).max(2);
    let mut blocks: Vec<String> = Vec::new();
    let mut block = String::new();
    for line in typed.split_inclusive('\n') {
        let mut rest = line;
        while size(&block) + size(rest) > room {
            // A long line goes on in the next block; a short one begins it.
            if block.is_empty() {
                let (head, tail) = rest.split_at(fits(rest, room));
                blocks.push(head.to_owned());
                rest = tail;
            } else {
                blocks.push(std::mem::take(&mut block));
            }
        }
        block.push_str(rest);
    }
    blocks.push(block);
    let shown = blocks.iter().map(|block| block.trim_end_matches('\n')).filter(|block| !block.trim().is_empty());
    shown.map(|block| format!("```\n{block}\n```")).collect()
}

/// How many bytes of `line` fit into `room` characters, up to the last space if there is one.
fn fits(line: &str, room: usize) -> usize {
    let (mut used, mut end, mut after_space) = (0, 0, 0);
    for (at, c) in line.char_indices() {
        used += c.len_utf16();
        if used > room {
            break;
        }
        end = at + c.len_utf8();
        if c == ' ' {
            after_space = end;
        }
    }
    if after_space > 0 { after_space } else { end }
}

fn size(text: &str) -> usize {
    text.encode_utf16().count()
}
