//! Documentation of WIT as rustdoc takes it.
//!
//! In: Markdown as people wrote it. Out: lines that mean the same, of which rustdoc makes no tests and clippy no words.
//! Holds: code is no Rust unless it says so, and never run; what goes on in a list item is indented as the item.

/// What a line stands in.
#[derive(Default)]
struct State {
    /// The mark that ends the code around.
    fence: Option<String>,
    /// Code by indentation, which has been given a fence.
    indented: bool,
    /// The indentation of what belongs to the list item above.
    item: Option<usize>,
    /// The indentation of the quote that has text in the line above.
    quote: Option<usize>,
    after_blank: bool,
}

pub fn lines(text: &str) -> Vec<String> {
    let mut state = State { after_blank: true, ..State::default() };
    let mut out = Vec::new();
    for line in text.lines() {
        let line = line.replace('\t', "    ").replace(['\r', '\u{2028}', '\u{2029}'], " ");
        state.add(line.trim_end(), &mut out);
    }
    state.end_indented(&mut out);
    out.extend(state.fence);
    out
}

impl State {
    fn add(&mut self, line: &str, out: &mut Vec<String>) {
        let quote = self.quote.take();
        let text = line.trim_start();
        let indent = line.len() - text.len();
        if let Some(fence) = &self.fence {
            if text.starts_with(fence.as_str()) && text.trim_start_matches(['`', '~']).is_empty() {
                self.fence = None;
            }
            out.push(line.to_owned());
        } else if self.indented && (indent >= 4 || text.is_empty()) {
            out.push(line.get(4..).unwrap_or(text).to_owned());
        } else {
            self.end_indented(out);
            match quote.filter(|_| continues(text)) {
                Some(indent) => out.push(format!("{}> {text}", " ".repeat(indent))),
                None => self.add_text(text, indent, out),
            }
            let quoted = out.last().map_or("", String::as_str);
            let inside = quoted.trim_start().strip_prefix('>').is_some_and(|inside| continues(inside.trim_start()));
            self.quote = inside.then(|| quoted.len() - quoted.trim_start().len());
        }
        self.after_blank = text.is_empty();
    }

    fn add_text(&mut self, text: &str, indent: usize, out: &mut Vec<String>) {
        let spaced = |indent: usize| format!("{}{text}", " ".repeat(indent));
        if text.is_empty() {
            return out.push(String::new());
        }
        if self.after_blank && self.item.is_some_and(|item| indent < item) && marker(text).is_none() {
            self.item = None;
        }
        if let Some((fence, info)) = fence(text) {
            out.push(format!("{}{fence}{info}", " ".repeat(indent)));
            self.fence = Some(fence);
        } else if indent >= 4 && self.after_blank && self.item.is_none() {
            self.indented = true;
            out.extend(["```text".to_owned(), spaced(indent - 4)]);
        } else if let Some(width) = marker(text) {
            self.item = Some(indent + width);
            out.push(spaced(indent));
        } else if let Some(item) = self.item.filter(|_| !self.after_blank && !text.starts_with(['#', '>', '|'])) {
            out.push(spaced(item));
        } else {
            out.push(spaced(indent));
        }
    }

    fn end_indented(&mut self, out: &mut Vec<String>) {
        if std::mem::take(&mut self.indented) {
            let code = out.iter().rposition(|line| !line.is_empty()).map_or(0, |last| last + 1);
            out.insert(code, "```".to_owned());
        }
    }
}

/// The mark that starts code, and what rustdoc shall take it for.
fn fence(text: &str) -> Option<(String, String)> {
    let mark = text.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let info = text.trim_start_matches(mark);
    let length = text.len() - info.len();
    if length < 3 || info.contains('`') {
        return None;
    }
    let words: Vec<&str> = info.split([',', ' ']).filter(|word| !word.is_empty()).collect();
    let of_rust = |word: &&str| {
        matches!(*word, "rust" | "ignore" | "should_panic" | "no_run" | "compile_fail" | "test_harness")
            || ["ignore-", "edition", "standalone"].iter().any(|start| word.starts_with(start))
    };
    let info = match words.as_slice() {
        words if words.contains(&"rust") => "rust,ignore".to_owned(),
        words if words.iter().all(of_rust) => "text".to_owned(),
        _ => info.trim().to_owned(),
    };
    Some((mark.to_string().repeat(length), info))
}

/// Whether a line goes on with the paragraph above, which may be a quote's.
fn continues(text: &str) -> bool {
    let is_rule = text.chars().all(|c| matches!(c, '-' | '*' | '_' | ' '));
    !is_rule && !text.starts_with(['#', '>', '|', '<']) && fence(text).is_none() && marker(text).is_none()
}

/// How far the text of a list item is from its mark.
fn marker(text: &str) -> Option<usize> {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = text.len() - rest.len();
    let rest = if digits == 0 { rest.strip_prefix(['-', '*', '+']) } else { rest.strip_prefix(['.', ')']) }?;
    let spaces = rest.len() - rest.trim_start_matches(' ').len();
    (spaces > 0).then_some(digits + 1 + spaces.min(4))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_no_test() {
        assert_eq!(lines("a\n```\nx y\n```\nb"), ["a", "```text", "x y", "```", "b"]);
        assert_eq!(lines("```rust\nx();\n```"), ["```rust,ignore", "x();", "```"]);
        assert_eq!(lines("```wit\nx"), ["```wit", "x", "```"]);
        assert_eq!(lines("a:\n\n    x y\n      z\n\nb"), ["a:", "", "```text", "x y", "  z", "```", "", "b"]);
        assert_eq!(lines("    x"), ["```text", "x", "```"]);
    }

    #[test]
    fn items_go_on_where_they_started() {
        assert_eq!(lines("- a\nb\n      c\n\nd"), ["- a", "  b", "  c", "", "d"]);
        assert_eq!(lines("1. a\nb\n   - c\n  d"), ["1. a", "   b", "   - c", "     d"]);
        assert_eq!(lines("*emphasis*\nb"), ["*emphasis*", "b"]);
    }

    #[test]
    fn quotes_go_on_in_the_next_line() {
        assert_eq!(lines("> a\nb\nc\n\nd"), ["> a", "> b", "> c", "", "d"]);
        assert_eq!(lines("> a\n> b\n# c\nd"), ["> a", "> b", "# c", "d"]);
        assert_eq!(lines("> # a\nb"), ["> # a", "b"]);
        assert_eq!(lines(">\nb"), [">", "b"]);
    }

    #[test]
    fn any_text_is_taken() {
        for text in [
            "",
            "\t",
            "`",
            "```",
            "~~~~",
            "-",
            "- ",
            "9",
            "9.",
            "é- x",
            "- é\né",
            "9é",
            "    a\n\u{3000}\u{3000}b",
            "    \n\n   ",
            "\u{2028}",
        ] {
            assert!(lines(text).len() <= text.lines().count() + 2, "{text:?}");
        }
    }
}
