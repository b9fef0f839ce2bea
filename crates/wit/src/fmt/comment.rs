//! Comments of several lines.
//!
//! In: a comment, and the column where it is put. Out: its text, all of its lines moved as far as the first one.
//! Holds: what stands on the lines, and how far in they stand to one another, stays; only the first line may move
//! further than the others, which never lose what is no white space.

use std::borrow::Cow;

use super::stream::{Comment, column_after};

/// The text of a comment that begins in `column`.
pub(super) fn text_at<'a>(comment: &Comment<'a>, column: usize) -> Cow<'a, str> {
    if !comment.has_lines() {
        return Cow::Borrowed(comment.text);
    }
    let mut lines = comment.text.split('\n').map(str::trim_end);
    let mut out = lines.next().unwrap_or_default().to_owned();
    let lines: Vec<(usize, &str)> = lines.map(indentation).collect();
    let least = lines.iter().filter(|(_, text)| !text.is_empty()).map(|(indent, _)| *indent).min().unwrap_or(0);
    let left = comment.column.saturating_sub(column).min(least);
    let right = column.saturating_sub(comment.column);
    for (indent, text) in lines {
        out.push('\n');
        if !text.is_empty() {
            out.extend(std::iter::repeat_n(' ', indent - left + right));
            out.push_str(text);
        }
    }
    Cow::Owned(out)
}

/// The columns before the first character that is no white space, and the rest from there.
fn indentation(line: &str) -> (usize, &str) {
    let text = line.trim_start_matches([' ', '\t']);
    (column_after(&line[..line.len() - text.len()], 0), text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moved(text: &str, from: usize, to: usize) -> String {
        let comment = Comment { text, is_line: false, is_doc: false, breaks: 1, column: from };
        text_at(&comment, to).into_owned()
    }

    #[test]
    fn all_lines_move_together() {
        assert_eq!(moved("/* a\n     * b\n\n     */", 4, 2), "/* a\n   * b\n\n   */");
        assert_eq!(moved("/* a\n b */", 0, 4), "/* a\n     b */");
        assert_eq!(moved("/* a\n  b\n    c */", 8, 2), "/* a\nb\n  c */");
        assert_eq!(moved("/* a\r\n\tb */", 0, 0), "/* a\n        b */");
        assert_eq!(moved("/* a */", 0, 4), "/* a */");
    }
}
