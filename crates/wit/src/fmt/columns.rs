//! Lines of text, and the columns of the comments at their ends.
//!
//! In: pieces of lines, in order. Out: the whole text.
//! Holds: no line ends in white space; comments that stood in one column on consecutive lines stand in one column,
//! one space behind the longest of these lines; any other comment stands one space behind its line.

use super::comment;
use super::stream::Comment;
use super::{INDENT, stream};

#[derive(Debug, Default)]
pub(super) struct Columns<'a> {
    out: String,
    /// The line in work.
    line: String,
    /// A space is due before the next text on the line.
    space: bool,
    /// Lines that end in comments which stood in one column.
    run: Vec<(String, Comment<'a>)>,
}

impl<'a> Columns<'a> {
    /// The column where the next text begins.
    pub(super) fn column(&self, depth: usize) -> usize {
        if self.line.is_empty() {
            return depth * INDENT;
        }
        stream::column_after(&self.line, 0) + usize::from(self.space)
    }

    pub(super) fn is_line_empty(&self) -> bool {
        self.line.is_empty()
    }

    /// Text; if it is the first of its line, `depth` steps in.
    pub(super) fn text(&mut self, text: &str, depth: usize) {
        if self.line.is_empty() {
            self.line.extend(std::iter::repeat_n(' ', depth * INDENT));
        } else if self.space {
            self.line.push(' ');
        }
        self.space = false;
        self.line.push_str(text);
    }

    /// A space, if text follows on this line.
    pub(super) fn space(&mut self) {
        self.space = true;
    }

    /// A comment that begins where text would.
    pub(super) fn comment(&mut self, comment: &Comment<'a>, depth: usize) {
        let text = comment::text_at(comment, self.column(depth));
        self.text(&text, depth);
    }

    /// Ends the line with a comment. An empty line continues the comment above it.
    pub(super) fn end_with(&mut self, comment: Comment<'a>) {
        if self.run.first().is_some_and(|(_, first)| first.column != comment.column) {
            self.flush();
        }
        self.space = false;
        self.run.push((std::mem::take(&mut self.line), comment));
        if comment.has_lines() {
            self.flush();
        }
    }

    /// Ends the line, if anything stands on it.
    pub(super) fn end(&mut self) {
        self.space = false;
        if self.line.is_empty() {
            return;
        }
        self.flush();
        self.out.push_str(&self.line);
        self.out.push('\n');
        self.line.clear();
    }

    /// An empty line. The line in work has been ended.
    pub(super) fn blank(&mut self) {
        self.flush();
        self.out.push('\n');
    }

    pub(super) fn finish(mut self) -> String {
        self.end();
        self.flush();
        self.out
    }

    fn flush(&mut self) {
        let widths = self.run.iter().map(|(line, _)| stream::column_after(line, 0));
        let Some(widest) = widths.max() else { return };
        for (line, comment) in self.run.drain(..) {
            let padding = widest + 1 - stream::column_after(&line, 0);
            self.out.push_str(&line);
            self.out.extend(std::iter::repeat_n(' ', padding));
            self.out.push_str(&comment::text_at(&comment, widest + 1));
            self.out.push('\n');
        }
    }
}
