//! Examples in documentation: blocks of WAVE that are run as tests.
//!
//! In: the text of a WIT file. Out: its examples, and the text of a test file that has them all.
//! Holds: every byte of an example is found again in the file that it came from.
//!
//! ````wit
//! /// The sum.
//! ///
//! /// ```wave
//! /// add(1, 2) == 3;
//! /// ```
//! add: func(a: u32, b: u32) -> u32;
//! ````

use std::ops::Range;
use std::sync::Arc;

use diag::{Diagnostic, Place, Source};
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use wit::syntax::{KEYWORDS, Token, TokenKind, tokens};

/// The word behind the fence that makes a block an example.
const WAVE: &str = "wave";
/// The word that keeps an example from being run.
const NO_RUN: &str = "no-run";

/// A block of WAVE in a comment.
#[derive(Clone, Debug)]
pub struct Example {
    /// What it documents, with the file and the line: `add (wit/calc.wit:5)`.
    pub name: String,
    pub source: Arc<Source>,
    /// The line that opens the block.
    pub fence: Range<usize>,
    /// Its lines, with where each begins in the file.
    lines: Vec<(usize, String)>,
    pub is_run: bool,
}

/// The examples of a file, and what is wrong with how they are marked.
pub fn examples(source: &Arc<Source>) -> (Vec<Example>, Vec<Diagnostic>) {
    let mut found = (Vec::new(), Vec::new());
    let tokens = tokens(&source.text);
    let mut at = 0;
    while at < tokens.len() {
        let (comment, next) = comment(source, &tokens, at);
        if !comment.lines.is_empty() {
            let name = documented(&source.text, &tokens[next..]);
            comment.examples(source, &name, &mut found);
        }
        at = next.max(at + 1);
    }
    found
}

/// A comment as Markdown, with where its lines come from.
#[derive(Debug, Default)]
struct Comment {
    text: String,
    /// Where a line begins in the text, and in the file.
    lines: Vec<(usize, usize)>,
}

/// The comment that begins with a token, empty if none does, and the token behind it.
fn comment(source: &Source, tokens: &[Token], mut at: usize) -> (Comment, usize) {
    let mut comment = Comment::default();
    while let Some(token) = tokens.get(at) {
        let text = &source.text[token.span.clone()];
        match token.kind {
            TokenKind::DocLine => comment.add(text, token.span.start, 3),
            TokenKind::DocBlock => {
                let inner = text.strip_suffix("*/").unwrap_or(text);
                let mut start = token.span.start + 3;
                for line in inner[3..].split('\n') {
                    let indent = line.len() - line.trim_start().len();
                    let star = usize::from(line[indent..].starts_with('*'));
                    comment.add(line, start, if star == 1 { indent + 1 } else { indent });
                    start += line.len() + 1;
                }
            }
            TokenKind::Space => {}
            TokenKind::LineComment
            | TokenKind::BlockComment
            | TokenKind::Word
            | TokenKind::Number
            | TokenKind::String
            | TokenKind::Mark
            | TokenKind::Error => break,
        }
        at += 1;
    }
    (comment, at)
}

impl Comment {
    /// A line of the file, whose first bytes are no text.
    fn add(&mut self, line: &str, start: usize, skip: usize) {
        let text = &line[skip.min(line.len())..];
        let text = text.strip_suffix('\r').unwrap_or(text);
        let skip = line.len().min(skip) + usize::from(text.starts_with(' '));
        let text = text.strip_prefix(' ').unwrap_or(text);
        self.lines.push((self.text.len(), start + skip));
        self.text.push_str(text);
        self.text.push('\n');
    }

    /// Where a byte of the text is in the file.
    fn offset(&self, at: usize) -> usize {
        let line = self.lines.partition_point(|(start, _)| *start <= at).saturating_sub(1);
        self.lines.get(line).map_or(0, |(start, there)| there + (at - start))
    }

    fn examples(&self, source: &Arc<Source>, name: &str, found: &mut (Vec<Example>, Vec<Diagnostic>)) {
        let mut open: Option<Example> = None;
        for (event, range) in Parser::new_ext(&self.text, Options::ENABLE_TABLES).into_offset_iter() {
            match event {
                Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                    open = self.opened(source, name, &info, &range, &mut found.1);
                }
                Event::Text(_) => {
                    if let Some(example) = &mut open {
                        example.lines.extend(self.lines_of(&range));
                    }
                }
                Event::End(TagEnd::CodeBlock) => found.0.extend(open.take()),
                Event::Start(_)
                | Event::End(_)
                | Event::Code(_)
                | Event::InlineMath(_)
                | Event::DisplayMath(_)
                | Event::Html(_)
                | Event::InlineHtml(_)
                | Event::FootnoteReference(_)
                | Event::SoftBreak
                | Event::HardBreak
                | Event::Rule
                | Event::TaskListMarker(_) => {}
            }
        }
    }

    fn opened(
        &self,
        source: &Arc<Source>,
        name: &str,
        info: &str,
        range: &Range<usize>,
        wrong: &mut Vec<Diagnostic>,
    ) -> Option<Example> {
        let mut words = info.split([',', ' ']).filter(|word| !word.is_empty());
        if words.next() != Some(WAVE) {
            return None;
        }
        let line = &self.text[range.start..];
        let end = range.start + line.find('\n').unwrap_or(line.len());
        let fence = self.offset(range.start)..self.offset(end);
        let mut is_run = true;
        for word in words {
            is_run = false;
            if word != NO_RUN {
                wrong.push(
                    diag::error("docs/example", format!("an example cannot be `{word}`"))
                        .label(Place::text(source, fence.clone()), "of this example")
                        .help("write `wave`, or `wave,no-run` for one that is not to be run"),
                );
            }
        }
        let name = format!("{name} ({}:{})", source.name, source.position(fence.start).line);
        Some(Example { name, source: Arc::clone(source), fence, lines: Vec::new(), is_run })
    }

    /// The lines of a range, with where they are in the file.
    fn lines_of(&self, range: &Range<usize>) -> Vec<(usize, String)> {
        let mut lines = Vec::new();
        let mut at = range.start;
        for line in self.text[range.clone()].split_inclusive('\n') {
            lines.push((self.offset(at), line.trim_end_matches('\n').to_owned()));
            at += line.len();
        }
        lines
    }
}

/// What the tokens behind a comment declare: its name, without the words before it.
fn documented(text: &str, tokens: &[Token]) -> String {
    let mut words = tokens.iter().filter(|token| !matches!(token.kind, TokenKind::Space | TokenKind::LineComment));
    let mut depth = 0_usize;
    let mut gate = false;
    for token in words.by_ref() {
        let word = &text[token.span.clone()];
        match word {
            "@" => gate = true,
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            "constructor" if depth == 0 => return word.to_owned(),
            "{" | "}" | ";" => break,
            _ if token.kind != TokenKind::Word || depth > 0 => {}
            // The word of a gate: `@since(version = 1.0.0)`.
            _ if gate => gate = false,
            _ if !KEYWORDS.contains(&word) => return word.trim_start_matches('%').to_owned(),
            _ => {}
        }
    }
    "example".to_owned()
}

/// Examples as one text, in which every place can be found again.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// The text of a `.wave` file.
    pub text: String,
    /// What the text is called in diagnostics, before their places are found again.
    pub name: String,
    /// The component, as it is shown.
    component: String,
    /// Pieces of the text: where each begins, of which example, and where it begins in its file if it is from there.
    pieces: Vec<(usize, Option<usize>, Option<usize>)>,
    examples: Vec<Example>,
}

impl Sheet {
    /// The sheet of these examples, as tests of a component.
    pub fn of(examples: &[Example], component: &str) -> Self {
        let mut sheet = Self {
            text: String::new(),
            name: "<examples>".to_owned(),
            component: component.to_owned(),
            pieces: Vec::new(),
            examples: examples.to_vec(),
        };
        sheet.add(None, None, "component subject = \"subject\";\n");
        for (index, example) in examples.iter().enumerate() {
            sheet.add(Some(index), None, &format!("test \"{}\" {{\n", quotable(&example.name)));
            for (start, line) in &example.lines {
                sheet.add(Some(index), Some(*start), line);
                sheet.add(Some(index), None, "\n");
            }
            sheet.add(Some(index), None, "}\n");
        }
        sheet
    }

    fn add(&mut self, example: Option<usize>, start: Option<usize>, text: &str) {
        self.pieces.push((self.text.len(), example, start));
        self.text.push_str(text);
    }

    /// A place of the sheet, in the file that it came from.
    fn place(&self, place: &Place) -> Place {
        let Place::Text { source, span } = place else { return place.clone() };
        if source.name != self.name {
            return place.clone();
        }
        let index = |at: usize| self.pieces.partition_point(|(start, ..)| *start <= at).saturating_sub(1);
        let piece = |at: usize| self.pieces.get(index(at)).copied().unwrap_or((0, None, None));
        let (start, example, there) = piece(span.start);
        let Some(example) = example.and_then(|index| self.examples.get(index)) else {
            return Place::file(&self.component);
        };
        let Some(there) = there else { return self.behind(example, index(span.start)) };
        let from = there + (span.start - start);
        let (last_start, _, last_there) = piece(span.end.saturating_sub(1).max(span.start));
        let to = last_there.map_or(from, |last| last + (span.end - last_start));
        Place::text(&example.source, from..to.max(from))
    }

    /// What an example lacks stands behind its last line before the piece; else it is about the whole example.
    fn behind(&self, example: &Example, piece: usize) -> Place {
        let before = piece.checked_sub(1).and_then(|before| self.pieces.get(before));
        let last = match before {
            Some((start, _, Some(there))) => self.pieces.get(piece).map(|(end, ..)| there + (end - start)),
            Some((_, _, None)) | None => None,
        };
        match last {
            Some(end) => Place::text(&example.source, end.saturating_sub(1)..end),
            None => Place::text(&example.source, example.fence.clone()),
        }
    }

    /// A diagnostic with its places in the files that they came from.
    pub fn located(&self, mut found: Diagnostic) -> Diagnostic {
        found.labels.iter_mut().for_each(|label| label.place = self.place(&label.place));
        found
    }
}

/// A name as it may stand in quotes, whatever files are called.
fn quotable(name: &str) -> String {
    name.chars().map(|c| if c == '"' || c == '\\' || c.is_control() { '_' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "package a:b;\ninterface i {\n  /// The sum.\n  ///\n  /// ```wave\n  /// add(1, 2) == 3;\n  ///   add(1, 1) == 2;\n  /// ```\n  @since(version = 1.0.0)\n  add: func(a: u32, b: u32) -> u32;\n\n  /**\n   * ```wave,no-run\n   * sub(1, 2) == 3;\n   * ```\n   * ```rust\n   * no;\n   * ```\n   */\n  resource counter {\n    /// ~~~ wave,later\n    /// x();\n    /// ~~~\n    constructor();\n  }\n}\n";

    fn found() -> (Vec<Example>, Vec<Diagnostic>) {
        examples(&Arc::new(Source::new("a.wit", TEXT)))
    }

    #[test]
    fn examples_keep_their_places() {
        let (examples, wrong) = found();
        let names: Vec<(&str, bool)> = examples.iter().map(|one| (one.name.as_str(), one.is_run)).collect();
        assert_eq!(names, [("add (a.wit:5)", true), ("counter (a.wit:13)", false), ("constructor (a.wit:21)", false)]);
        let lines =
            |index: usize| -> Vec<&str> { examples[index].lines.iter().map(|(_, line)| line.as_str()).collect() };
        assert_eq!(lines(0), ["add(1, 2) == 3;", "  add(1, 1) == 2;"]);
        assert_eq!(lines(1), ["sub(1, 2) == 3;"]);
        for (start, line) in examples.iter().flat_map(|one| &one.lines) {
            assert!(TEXT[*start..].starts_with(line), "{line}");
        }
        assert_eq!(wrong.len(), 1);
        assert_eq!(wrong[0].headline, "an example cannot be `later`");
    }

    #[test]
    fn a_sheet_finds_its_places_again() {
        let (examples, _) = found();
        let sheet = Sheet::of(&examples, "calc.wasm");
        assert_eq!(
            sheet.text.lines().take(5).collect::<Vec<_>>(),
            [
                "component subject = \"subject\";",
                "test \"add (a.wit:5)\" {",
                "add(1, 2) == 3;",
                "  add(1, 1) == 2;",
                "}"
            ]
        );
        let source = Arc::new(Source::new(&*sheet.name, &*sheet.text));
        let at = |text: &str| {
            let start = sheet.text.find(text).unwrap();
            sheet.place(&Place::text(&source, start..start + text.len()))
        };
        let Place::Text { source: file, span } = at("(1, 1) == 2") else { panic!("it is in a text") };
        assert_eq!((file.name.as_str(), &TEXT[span]), ("a.wit", "(1, 1) == 2"));
        let Place::Text { span, .. } = at("test \"add") else { panic!("it is in a text") };
        assert_eq!(&TEXT[span], "```wave");
        assert_eq!(at("component"), Place::file("calc.wasm"));
        let Place::Text { span, .. } = at("}\ntest") else { panic!("it is in a text") };
        assert_eq!(&TEXT[span], "```wave");
        let end = sheet.text.find(";\n  add").unwrap() + 1;
        let Place::Text { span, .. } = sheet.place(&Place::text(&source, end..end)) else { panic!("it is in a text") };
        assert_eq!(&TEXT[span.start - 1..span.end], "3;", "behind a line is its last character");
    }
}
