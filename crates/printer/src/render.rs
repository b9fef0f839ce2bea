//! Drawing a `Doc` as text.
//!
//! In: a `Doc` and a `Style`. Out: text that ends in one line feed, or is empty.
//! Holds: no line ends in white space; a group stays on one line exactly when it fits in the width that is left.

use crate::Doc;

/// What one step further in looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Indent {
    Spaces(usize),
    Tab,
}

/// How to draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    pub indent: Indent,
    /// In characters; a tab counts as 4.
    pub width: usize,
}

impl Default for Style {
    fn default() -> Self {
        Self { indent: Indent::Spaces(4), width: 120 }
    }
}

/// Draws the layout.
pub fn render(doc: &Doc, style: &Style) -> String {
    let mut canvas =
        Canvas { style: *style, out: String::new(), depth: 0, line_depth: 0, at_line_start: true, column: 0 };
    canvas.draw(doc, Mode::Broken);
    canvas.trim_line_end();
    while canvas.out.ends_with('\n') {
        canvas.out.pop();
    }
    if !canvas.out.is_empty() {
        canvas.out.push('\n');
    }
    canvas.out
}

/// Whether the breaks of the group at hand are line breaks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Flat,
    Broken,
}

struct Canvas {
    style: Style,
    out: String,
    depth: usize,
    /// The depth at the break that began this line.
    line_depth: usize,
    /// The indentation of this line is not written yet, so that empty lines stay empty.
    at_line_start: bool,
    column: usize,
}

impl Canvas {
    fn draw(&mut self, doc: &Doc, mode: Mode) {
        match doc {
            Doc::Nothing => {}
            Doc::Text(text) => self.text(text),
            Doc::Line => self.new_line(),
            Doc::Break(flat) => match mode {
                Mode::Flat => self.text(flat),
                Mode::Broken => self.new_line(),
            },
            Doc::BreakOnly(before) => {
                if mode == Mode::Broken {
                    self.text(before);
                    self.new_line();
                }
            }
            Doc::Concat(parts) => parts.iter().for_each(|part| self.draw(part, mode)),
            Doc::Nest(body) => {
                self.depth += 1;
                self.draw(body, mode);
                self.depth -= 1;
            }
            Doc::Group(body) => {
                let fits = flat_width(body).is_some_and(|width| self.start_column() + width <= self.style.width);
                self.draw(body, if fits { Mode::Flat } else { Mode::Broken });
            }
            Doc::Rows(rows) => self.rows(rows),
        }
    }

    fn text(&mut self, text: &str) {
        let mut first = true;
        for part in text.split('\n') {
            if !first {
                self.new_line();
            }
            first = false;
            self.piece(part);
        }
    }

    /// Text without a line feed.
    fn piece(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        if self.at_line_start {
            self.column = self.start_column();
            match self.style.indent {
                Indent::Spaces(width) => self.out.extend(std::iter::repeat_n(' ', width * self.line_depth)),
                Indent::Tab => self.out.extend(std::iter::repeat_n('\t', self.line_depth)),
            }
            self.at_line_start = false;
        }
        self.out.push_str(text);
        self.column += text.chars().count();
    }

    /// The column at which the next text would stand.
    fn start_column(&self) -> usize {
        match (self.at_line_start, self.style.indent) {
            (false, _) => self.column,
            (true, Indent::Spaces(width)) => width * self.line_depth,
            (true, Indent::Tab) => 4 * self.line_depth,
        }
    }

    fn new_line(&mut self) {
        self.trim_line_end();
        self.out.push('\n');
        self.at_line_start = true;
        self.line_depth = self.depth;
        self.column = 0;
    }

    fn trim_line_end(&mut self) {
        let kept = self.out.trim_end_matches([' ', '\t']).len();
        self.out.truncate(kept);
    }

    /// Cells below one another in columns; the last cell of a row is not padded.
    fn rows(&mut self, rows: &[Vec<Doc>]) {
        let widths = column_widths(rows);
        for (number, row) in rows.iter().enumerate() {
            if number > 0 {
                self.new_line();
            }
            for (column, cell) in row.iter().enumerate() {
                self.draw(cell, Mode::Flat);
                let last = column + 1 == row.len();
                if let (false, Some(width)) = (last, flat_width(cell)) {
                    let padding = widths[column] - width;
                    self.piece(&" ".repeat(padding));
                }
            }
        }
    }
}

/// The width of every column, in characters. The last cell of a row does not widen its column.
fn column_widths(rows: &[Vec<Doc>]) -> Vec<usize> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let mut widths = vec![0; columns];
    for row in rows {
        for (column, cell) in row.iter().enumerate().take(row.len().saturating_sub(1)) {
            widths[column] = widths[column].max(flat_width(cell).unwrap_or(0));
        }
    }
    widths
}

/// The width on one line, in characters; `None` if it has a line break that is always one.
fn flat_width(doc: &Doc) -> Option<usize> {
    match doc {
        Doc::Nothing | Doc::BreakOnly(_) => Some(0),
        Doc::Text(text) => (!text.contains('\n')).then(|| text.chars().count()),
        Doc::Line => None,
        Doc::Break(flat) => Some(flat.chars().count()),
        Doc::Concat(parts) => parts.iter().try_fold(0, |width, part| Some(width + flat_width(part)?)),
        Doc::Nest(body) | Doc::Group(body) => flat_width(body),
        Doc::Rows(rows) => match rows.as_slice() {
            [] => Some(0),
            [row] => row.iter().try_fold(0, |width, cell| Some(width + flat_width(cell)?)),
            _ => None,
        },
    }
}
