//! Two texts, line against line.

use std::fmt::Write as _;

/// How many equal lines are shown around a difference.
const AROUND: usize = 2;

/// What has to be taken out of `before` (`-`) and put in (`+`) to get `after`, with its surroundings.
pub(crate) fn diff(before: &str, after: &str) -> String {
    let (before, after): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let lines = compared(&before, &after);
    let mut out = String::new();
    let mut skipped = false;
    for (i, (sign, line)) in lines.iter().enumerate() {
        let near = &lines[i.saturating_sub(AROUND)..lines.len().min(i + AROUND + 1)];
        if near.iter().all(|(sign, _)| *sign == ' ') {
            skipped = true;
            continue;
        }
        if std::mem::take(&mut skipped) {
            let _ = writeln!(out, "  …");
        }
        let _ = writeln!(out, "{sign} {line}");
    }
    out
}

/// Every line, with whether it is in both, in `before` alone or in `after` alone: by the longest common subsequence.
fn compared<'a>(before: &[&'a str], after: &[&'a str]) -> Vec<(char, &'a str)> {
    let mut common = vec![vec![0_usize; after.len() + 1]; before.len() + 1];
    for i in (0..before.len()).rev() {
        for j in (0..after.len()).rev() {
            common[i][j] =
                if before[i] == after[j] { common[i + 1][j + 1] + 1 } else { common[i + 1][j].max(common[i][j + 1]) };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut lines = Vec::new();
    while i < before.len() || j < after.len() {
        if i < before.len() && j < after.len() && before[i] == after[j] {
            lines.push((' ', before[i]));
            (i, j) = (i + 1, j + 1);
        } else if i < before.len() && (j == after.len() || common[i + 1][j] >= common[i][j + 1]) {
            lines.push(('-', before[i]));
            i += 1;
        } else {
            lines.push(('+', after[j]));
            j += 1;
        }
    }
    lines
}

#[test]
fn a_difference_is_shown_with_its_surroundings() {
    let before = "a\nb\nc\nd\ne\nf";
    assert_eq!(diff(before, before), "");
    assert_eq!(diff(before, "a\nb\nc\nd\nE\nf"), "  …\n  c\n  d\n- e\n+ E\n  f\n");
    assert_eq!(diff("a", "a\nb"), "  a\n+ b\n");
}
