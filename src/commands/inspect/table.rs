//! Columns, and numbers for people.

use std::fmt::Write as _;

/// Lines with aligned columns. The last column of a line is as long as it is.
#[derive(Default)]
pub struct Table {
    rows: Vec<Vec<String>>,
}

/// Columns that are wider than this do not push others away.
const WIDEST: usize = 44;

impl Table {
    pub fn row(&mut self, cells: impl IntoIterator<Item = impl Into<String>>) {
        self.rows.push(cells.into_iter().map(|cell| one_line(&cell.into())).collect());
    }

    /// Each line begins with `indent`.
    pub fn text(&self, indent: &str) -> String {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns)
            .map(|at| {
                let cells = self.rows.iter().filter(|row| row.len() > at + 1).map(|row| row[at].chars().count());
                cells.filter(|width| *width <= WIDEST).max().unwrap_or(0)
            })
            .collect();
        let mut out = String::new();
        for row in &self.rows {
            let mut line = indent.to_owned();
            for (at, cell) in row.iter().enumerate() {
                line.push_str(cell);
                if at + 1 < row.len() {
                    let pad = widths[at].saturating_sub(cell.chars().count()) + 2;
                    line.push_str(&" ".repeat(pad));
                }
            }
            out.push_str(line.trim_end());
            out.push('\n');
        }
        out
    }
}

/// `812 B`, `12.3 KiB`.
pub fn bytes(size: u64) -> String {
    picture::text::bytes(size)
}

/// In tenths, rounded: `12.5 %`.
pub fn percent(part: u64, whole: u64) -> String {
    let tenths = (u128::from(part) * 1000 + u128::from(whole) / 2) / u128::from(whole.max(1));
    format!("{}.{} %", tenths / 10, tenths % 10)
}

/// `1 import`, `2 imports`.
pub fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// The first of a list, and how many there are more.
pub fn first(all: &[String], most: usize) -> String {
    let mut out = all.iter().take(most).cloned().collect::<Vec<_>>().join(", ");
    if all.len() > most {
        write!(out, ", … {} more", all.len() - most).expect("writing to a string cannot fail");
    }
    out
}

/// Names come from any file: what would move a terminal's cursor or turn text around becomes visible.
pub fn visible(text: &str) -> String {
    let is_shown = |c: char| {
        !c.is_control()
            && !matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{61c}')
    };
    text.chars().map(|c| if c == '\n' || is_shown(c) { c } else { '\u{fffd}' }).collect()
}

/// A name takes one line, whatever is in it.
pub fn one_line(name: &str) -> String {
    name.replace('\n', "\u{fffd}")
}
