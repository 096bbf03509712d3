//! What was typed, as people see that they typed it: clients send numbers in place of names and moments.

use super::Names;
use super::angle::{self, Angle};

/// Whether people are named, too. Where a text is read as a command, they stay numbers: nobody's name can say what is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum People {
    /// `@ben`
    ByName,
    /// `<@123>`
    ByNumber,
}

/// `content` with the names of roles, channels, emoji and commands, and with moments as times. Code stays as it is.
pub(crate) fn typed(content: &str, names: &dyn Names, people: People) -> String {
    if !content.contains('<') {
        return content.to_owned();
    }
    let mut out = String::with_capacity(content.len());
    let mut rest = content;
    while let Some(at) = rest.find(['\\', '`', '<']) {
        let (before, tail) = rest.split_at(at);
        out.push_str(before);
        let taken = match tail.as_bytes() {
            [b'\\', ..] => 1 + tail[1..].chars().next().map_or(0, char::len_utf8),
            [b'`', ..] => code(tail),
            _ => match angle::read(tail, names) {
                Some((taken, Angle::Person(person))) => {
                    match people {
                        People::ByName => out.extend(["@", person.name.trim_start_matches('@')]),
                        People::ByNumber => out.push_str(&tail[..taken]),
                    }
                    rest = &tail[taken..];
                    continue;
                }
                Some((taken, Angle::Words(words) | Angle::Time(_, words))) => {
                    // An address is no number: it stays as it was typed, its brackets too.
                    let is_address = tail.starts_with("<http://") || tail.starts_with("<https://");
                    out.push_str(if is_address { &tail[..taken] } else { words.as_str() });
                    rest = &tail[taken..];
                    continue;
                }
                None => 1,
            },
        };
        out.push_str(&tail[..taken]);
        rest = &tail[taken..];
    }
    out.push_str(rest);
    out
}

/// How many bytes the code takes that `tail` begins with; of backquotes that begin none, those alone.
fn code(tail: &str) -> usize {
    let run = tail.len() - tail.trim_start_matches('`').len();
    let mut at = run;
    while let Some(found) = tail[at..].find('`').map(|found| at + found) {
        let next = tail[found..].len() - tail[found..].trim_start_matches('`').len();
        if next == run || (run >= 3 && next >= 3) {
            return found + next;
        }
        at = found + next;
    }
    run
}

#[cfg(test)]
mod tests {
    use herald_chat::Person;

    use super::*;
    use crate::names::person;

    struct Known;

    impl Names for Known {
        fn person(&self, user: u64) -> Person {
            person(user, &[Some("Ben final")])
        }

        fn role(&self, role: u64) -> Option<String> {
            (role == 7).then(|| "on-call".to_owned())
        }

        fn channel(&self, channel: u64) -> Option<String> {
            (channel == 2).then(|| "status".to_owned())
        }
    }

    #[test]
    fn numbers_are_read_as_names_and_times_but_not_in_code() {
        for (sent, seen) in [
            ("<@1> and <@!1>", "@Ben final and @Ben final"),
            ("<@&7> <@&8>", "@on-call @role"),
            ("see <#2>, <#3>", "see #status, #channel"),
            ("<:x:3> <a:wave:4>", ":x: :wave:"),
            ("next <t:1700000000:t>", "next 22:13 UTC"),
            ("<t:1700000000:R>", "14 Nov 2023 22:13 UTC"),
            ("</incident declare:5>", "/incident declare"),
            ("<id:customize> <id:guide> <id:linked-roles:9>", "#Channels & Roles #Server Guide #Linked Roles"),
            ("see <https://a.example/b>", "see <https://a.example/b>"),
            ("a < b, <x>, <@>, <#a>, <", "a < b, <x>, <@>, <#a>, <"),
            ("`<@1>` ``<#2>`` \\<#2>", "`<@1>` ``<#2>`` \\<#2>"),
            ("```\n<@1>\n``` <#2>", "```\n<@1>\n``` #status"),
            ("` <#2>", "` #status"),
        ] {
            assert_eq!(typed(sent, &Known, People::ByName), seen, "{sent}");
        }
        assert_eq!(typed("!assign ic <@1> <#2>", &Known, People::ByNumber), "!assign ic <@1> #status");
    }
}
