//! Lines of Go, laid out as gofmt does.
//!
//! In: lines without indentation. Out: the text of a file.
//! Holds: a line that ends in `{` or `(` opens a block, one that begins with `}` or `)` closes it, `case` and `default`
//! stand one step out, and what follows a line that ends in ` +` stands one step in. Cells of neighbouring rows are
//! padded to the same width.

/// Text that grows by lines.
#[derive(Clone, Debug, Default)]
pub struct Code {
    lines: Vec<String>,
}

/// A row whose cells stand below those of the rows before it, and the comment in front of it.
pub struct Row {
    pub comment: Vec<String>,
    pub cells: Vec<String>,
}

impl Row {
    /// A row without a comment.
    pub fn plain(cells: impl IntoIterator<Item = String>) -> Self {
        Self { comment: Vec::new(), cells: cells.into_iter().collect() }
    }
}

/// Characters of a function's head and body that gofmt surely leaves on one line.
const SHORT: usize = 90;

fn one_line((head, body): &(String, String)) -> Row {
    let body = if body.is_empty() { "{}".to_owned() } else { format!("{{ {body} }}") };
    Row::plain([head.clone(), body])
}

impl Code {
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds lines.
    pub fn push(&mut self, text: impl AsRef<str>) {
        self.lines.extend(text.as_ref().lines().map(str::to_owned));
    }

    /// Adds one empty line, unless there is one or nothing yet.
    pub fn gap(&mut self) {
        if self.lines.last().is_some_and(|line| !line.is_empty()) {
            self.lines.push(String::new());
        }
    }

    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Adds the lines of another text.
    pub fn append(&mut self, other: Self) {
        self.lines.extend(other.lines);
    }

    /// Adds a comment.
    pub fn comment(&mut self, lines: &[String]) {
        self.lines.extend(lines.iter().map(|line| comment_line(line)));
    }

    /// Adds rows whose cells are aligned, as far as no comment divides them.
    pub fn rows(&mut self, rows: &[Row]) {
        let mut rest = rows;
        while !rest.is_empty() {
            let more = rest[1..].iter().take_while(|row| row.comment.is_empty()).count();
            let (run, after) = rest.split_at(1 + more);
            self.comment(&run[0].comment);
            self.aligned(run);
            rest = after;
        }
    }

    /// Adds functions, each its head and its only statement: on one line as far as gofmt would leave it there.
    pub fn funcs(&mut self, funcs: &[(String, String)]) {
        let is_short = |(head, body): &&(String, String)| head.len() + body.len() < SHORT;
        let mut rest = funcs;
        while let Some((head, body)) = rest.first() {
            let run: Vec<Row> = rest.iter().take_while(is_short).map(one_line).collect();
            if run.is_empty() {
                self.push(format!("{head} {{"));
                self.push(body);
                self.push("}");
            }
            self.rows(&run);
            rest = &rest[run.len().max(1)..];
        }
    }

    fn aligned(&mut self, run: &[Row]) {
        let columns = run.iter().map(|row| row.cells.len()).max().unwrap_or_default();
        let width = |column: usize| {
            run.iter()
                .filter(|row| row.cells.len() > column + 1)
                .map(|row| row.cells[column].chars().count())
                .max()
                .unwrap_or_default()
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        for row in run {
            let mut line = String::new();
            for (cell, width) in row.cells.iter().zip(&widths) {
                line.push_str(&format!("{cell:width$} "));
            }
            self.lines.push(line.trim_end().to_owned());
        }
    }

    /// The text as it stands behind other text.
    pub fn after(self) -> String {
        if self.lines.is_empty() { String::new() } else { format!("\n{}", self.finish().trim_start_matches('\n')) }
    }

    /// The text, indented; it ends in one line feed.
    pub fn finish(mut self) -> String {
        while self.lines.last().is_some_and(String::is_empty) {
            self.lines.pop();
        }
        let mut out = String::new();
        let mut depth = 0_usize;
        let mut goes_on = false;
        for line in &self.lines {
            let is_comment = line.starts_with("//");
            if !is_comment && line.starts_with(['}', ')']) {
                depth = depth.saturating_sub(1);
            }
            let is_case = line.starts_with("case ") || line == "default:";
            let indent = depth.saturating_sub(usize::from(is_case)) + usize::from(goes_on);
            if !line.is_empty() {
                out.extend(std::iter::repeat_n('\t', indent));
                out.push_str(line);
            }
            out.push('\n');
            if !is_comment && line.ends_with(['{', '(']) {
                depth += 1;
            }
            goes_on = !is_comment && line.ends_with(" +");
        }
        out
    }
}

fn comment_line(line: &str) -> String {
    match line {
        "" => "//".to_owned(),
        line if line.starts_with('\t') => format!("//{line}"),
        line => format!("// {line}"),
    }
}

/// A string as a Go literal.
pub fn literal(text: &str) -> String {
    format!("\"{}\"", text.bytes().map(escaped).collect::<String>())
}

/// A byte within a Go literal.
pub fn escaped(byte: u8) -> String {
    match byte {
        b'"' => "\\\"".to_owned(),
        b'\\' => "\\\\".to_owned(),
        b' '..=b'~' => char::from(byte).to_string(),
        other => format!("\\x{other:02x}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_cases_and_rows_stand_as_gofmt_puts_them() {
        let mut code = Code::new();
        code.push("func f(v int) {\nswitch v {\ncase 1:\nreturn\ndefault:\n}\n}");
        code.push("const x = \"a\" +\n\"b\"");
        let row = |comment: &[&str], cells: &[&str]| Row {
            comment: comment.iter().map(|line| (*line).to_owned()).collect(),
            cells: cells.iter().map(|cell| (*cell).to_owned()).collect(),
        };
        code.rows(&[row(&["A."], &["A", "int"]), row(&[], &["Long", "int"]), row(&["B.", ""], &["B", "int"])]);
        let expected = "func f(v int) {\n\tswitch v {\n\tcase 1:\n\t\treturn\n\tdefault:\n\t}\n}\nconst x = \"a\" +\n\t\"b\"\n\
                        // A.\nA    int\nLong int\n// B.\n//\nB int\n";
        assert_eq!(code.finish(), expected);
    }

    #[test]
    fn literals_are_bytes() {
        assert_eq!(literal("a\"\\é\n"), "\"a\\\"\\\\\\xc3\\xa9\\x0a\"");
    }
}
