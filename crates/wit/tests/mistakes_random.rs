//! Random mistakes in correct WIT: each has to be told in its line, and nothing else may be.
//!
//! In: every single file of the fixtures and vectors that loads, and everything built in, printed. One to five mistakes
//! out of a table are made in each, in lines that are not side by side. The seed is fixed, so a failure comes again.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test reads files and says what it counted"
)]

mod support;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use diag::{Diagnostic, Diagnostics, Place, Severity};
use support::conformance;
use withe_wit::print::{Docs, print};
use withe_wit::syntax::{KEYWORDS, TokenKind, parse};
use withe_wit::{LoadOptions, SourceTree, load};

/// How often each text is mutated.
const ROUNDS: u64 = 7;

/// A word or a mark, and what stands around it.
struct Piece {
    text: String,
    span: Range<usize>,
    line: usize,
    /// What the innermost block is: `record`, `interface`, `world`, ..; `(`, `<` or `{` for brackets of other kinds.
    inside: &'static str,
}

struct Text {
    source: String,
    pieces: Vec<Piece>,
    words: BTreeSet<String>,
    types: BTreeSet<String>,
    interfaces: BTreeSet<String>,
}

/// What is done to a text.
#[derive(Clone, Debug)]
struct Edit {
    kind: &'static str,
    span: Range<usize>,
    new: String,
    /// Lines in which it may be told.
    lines: Range<usize>,
    /// What the advice has to name.
    near: Option<String>,
}

/// A small generator of numbers, the same on every machine.
struct Random(u64);

/// A number that a text has, never 0.
fn seed(text: &str) -> u64 {
    let mix = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    text.bytes().fold(0xcbf2_9ce4_8422_2325, mix) | 1 << 63
}

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end).unwrap()).unwrap()
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        if from.is_empty() { None } else { Some(&from[self.below(from.len())]) }
    }
}

const BLOCKS: [&str; 9] = ["record", "variant", "enum", "flags", "resource", "interface", "world", "package", "use"];

impl Text {
    fn new(source: &str) -> Self {
        let tree = parse(Arc::new(diag::Source::new("a.wit", source)));
        let mut pieces: Vec<Piece> = Vec::new();
        let mut open: Vec<&'static str> = vec!["file"];
        for token in &tree.tokens {
            match token.kind {
                TokenKind::Space
                | TokenKind::LineComment
                | TokenKind::DocLine
                | TokenKind::BlockComment
                | TokenKind::DocBlock => continue,
                TokenKind::Word | TokenKind::Number | TokenKind::String | TokenKind::Mark | TokenKind::Error => {}
            }
            let text = source[token.span.clone()].to_owned();
            let line = tree.source.position(token.span.start).line;
            if ["}", ")", ">"].contains(&text.as_str()) {
                open.pop();
            }
            let inside = open.last().copied().unwrap_or("file");
            match text.as_str() {
                "{" => {
                    let block = pieces.iter().rev().take_while(|piece| ![";", "{", "}"].contains(&piece.text.as_str()));
                    let kind = block.filter_map(|piece| BLOCKS.iter().find(|kind| **kind == piece.text)).last();
                    open.push(kind.copied().unwrap_or("{"));
                }
                "(" => open.push("("),
                "<" => open.push("<"),
                _ => {}
            }
            pieces.push(Piece { text, span: token.span.clone(), line, inside });
        }
        let after = |kinds: &[&str]| {
            let pairs = pieces.windows(2).filter(|pair| kinds.contains(&pair[0].text.as_str()));
            pairs.map(|pair| pair[1].text.clone()).filter(|text| is_name(text)).collect()
        };
        let types = after(&["record", "variant", "enum", "flags", "resource", "type"]);
        let interfaces = after(&["interface"]);
        let words = pieces.iter().map(|piece| piece.text.clone()).collect();
        Self { source: source.to_owned(), pieces, words, types, interfaces }
    }

    fn at(&self, at: usize) -> &str {
        self.pieces.get(at).map_or("", |piece| &piece.text)
    }

    fn before(&self, at: usize) -> &str {
        at.checked_sub(1).map_or("", |before| self.at(before))
    }

    /// Whether a statement can begin here.
    fn begins(&self, at: usize) -> bool {
        at == 0 || [";", "{", "}"].contains(&self.before(at)) || self.is_after_gate(at)
    }

    fn is_after_gate(&self, at: usize) -> bool {
        self.before(at) == ")"
            && self.pieces[..at].iter().rev().take(9).any(|piece| piece.text == "@")
            && self.pieces[at - 1].line < self.pieces[at].line
    }

    fn all(&self, fits: impl Fn(usize, &Piece) -> bool) -> Vec<usize> {
        (0..self.pieces.len()).filter(|at| fits(*at, &self.pieces[*at])).collect()
    }

    /// The line of the next word or mark, where a parser sees that something is missing.
    fn next_line(&self, at: usize) -> usize {
        self.pieces.get(at + 1).map_or(self.source.lines().count() + 1, |piece| piece.line)
    }
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
}

type Mutator = (&'static str, fn(&Text, &mut Random) -> Option<Edit>);

/// Every kind of mistake.
const TABLE: &[Mutator] = &[
    ("type misspelt", type_misspelt),
    ("keyword misspelt", keyword_misspelt),
    ("func misspelt", func_misspelt),
    ("semicolon missing", |text, random| missing(text, random, "semicolon missing", ";")),
    ("colon missing", |text, random| missing(text, random, "colon missing", ":")),
    ("comma missing", comma_missing),
    ("opening brace missing", |text, random| missing(text, random, "opening brace missing", "{")),
    ("closing brace missing", |text, random| missing(text, random, "closing brace missing", "}")),
    ("angle missing", |text, random| missing(text, random, "angle missing", ">")),
    ("opening parenthesis missing", |text, random| missing(text, random, "opening parenthesis missing", "(")),
    ("closing parenthesis missing", |text, random| missing(text, random, "closing parenthesis missing", ")")),
    ("arrow missing", |text, random| missing(text, random, "arrow missing", "->")),
    ("field twice", field_twice),
    ("case twice", case_twice),
    ("parameter twice", parameter_twice),
    ("foreign primitive", foreign_primitive),
    ("underscore", underscore),
    ("capital", capital),
    ("keyword as a name", keyword_as_name),
    ("interface misspelt", interface_misspelt),
    ("used name misspelt", used_name_misspelt),
    ("package misspelt", package_misspelt),
    ("gate misspelt", gate_misspelt),
    ("gate without version", gate_without_version),
    ("gate of the future", gate_of_the_future),
    ("old result", old_result),
    ("type respelt", type_respelt),
    ("function twice", function_twice),
    ("stray semicolon", stray_semicolon),
    ("named results", named_results),
    ("old keyword", old_keyword),
    ("default world", default_world),
];

fn edit(text: &Text, kind: &'static str, at: usize, new: String) -> Edit {
    let piece = &text.pieces[at];
    Edit { kind, span: piece.span.clone(), new, lines: piece.line..piece.line + 1, near: None }
}

/// The word with two letters changed over, one left out, one twice or one changed.
fn misspelt(text: &Text, random: &mut Random, word: &str) -> Option<String> {
    for _ in 0..8 {
        let mut letters: Vec<char> = word.chars().collect();
        let at = 1 + random.below(letters.len().checked_sub(2)?.max(1));
        match random.below(4) {
            0 => letters.swap(at, at - 1),
            1 => drop(letters.remove(at)),
            2 => letters.insert(at, letters[at]),
            _ => letters[at] = char::from(b'a' + u8::try_from(random.below(26)).unwrap()),
        }
        let new: String = letters.into_iter().collect();
        let is_word = is_name(&new) && !new.contains("--") && !new.ends_with('-');
        if is_word && new != word && !text.words.contains(&new) && !KEYWORDS.contains(&new.as_str()) {
            return Some(new);
        }
    }
    None
}

fn misspelling(text: &Text, random: &mut Random, kind: &'static str, candidates: &[usize]) -> Option<Edit> {
    let at = *random.pick(candidates)?;
    let word = &text.pieces[at].text;
    let new = misspelt(text, random, word)?;
    Some(Edit { near: (word.len() >= 5).then(|| word.clone()), ..edit(text, kind, at, new) })
}

fn type_misspelt(text: &Text, random: &mut Random) -> Option<Edit> {
    let candidates = text.all(|at, piece| {
        piece.text.len() >= 4
            && text.types.contains(&piece.text)
            && [":", "<", "->", "="].contains(&text.before(at))
            && ![":", "/", "."].contains(&text.at(at + 1))
            && piece.inside != "use"
            && !(["file", "world", "interface", "package"].contains(&piece.inside) && text.before(at) == ":")
    });
    misspelling(text, random, "type misspelt", &candidates)
}

fn keyword_misspelt(text: &Text, random: &mut Random) -> Option<Edit> {
    const WORDS: [&str; 11] =
        ["record", "variant", "enum", "flags", "resource", "interface", "world", "import", "export", "include", "use"];
    let candidates = text.all(|at, piece| {
        piece.text.len() >= 4 && WORDS.contains(&piece.text.as_str()) && text.begins(at) && text.at(at + 1) != ":"
    });
    misspelling(text, random, "keyword misspelt", &candidates)
}

fn func_misspelt(text: &Text, random: &mut Random) -> Option<Edit> {
    let candidates = text.all(|at, piece| piece.text == "func" && text.before(at) == ":" && text.at(at + 1) == "(");
    misspelling(text, random, "func misspelt", &candidates)
}

fn missing(text: &Text, random: &mut Random, kind: &'static str, mark: &str) -> Option<Edit> {
    let candidates = text.all(|at, piece| {
        piece.text == mark && piece.inside != "use" && !(mark == "{" && text.before(at) == ".") && {
            // In `a:b/c` and in gates the colon and the parentheses are something else.
            let gate = text.pieces[..at].iter().rev().take(7).any(|piece| piece.text == "@");
            !gate && (mark != ":" || text.at(at + 2) != "/" && !["package", "use"].contains(&text.before(at - 1)))
        }
    });
    let at = *random.pick(&candidates)?;
    let from = at.checked_sub(1).map_or(1, |before| text.pieces[before].line);
    Some(Edit { lines: from..text.next_line(at) + 1, ..edit(text, kind, at, String::new()) })
}

/// Between two members: the one before the last bracket may be left out.
fn comma_missing(text: &Text, random: &mut Random) -> Option<Edit> {
    let candidates =
        text.all(|at, piece| piece.text == "," && !["}", ")", ">"].contains(&text.at(at + 1)) && piece.inside != "use");
    let at = *random.pick(&candidates)?;
    Some(Edit { lines: text.pieces[at].line..text.next_line(at) + 1, ..edit(text, "comma missing", at, String::new()) })
}

fn field_twice(text: &Text, random: &mut Random) -> Option<Edit> {
    let candidates = text.all(|at, piece| piece.inside == "record" && is_name(&piece.text) && text.at(at + 1) == ":");
    let at = *random.pick(&candidates)?;
    let name = &text.pieces[at].text;
    Some(edit(text, "field twice", at, format!("{name}: u8, {name}")))
}

fn case_twice(text: &Text, random: &mut Random) -> Option<Edit> {
    let candidates = text.all(|at, piece| {
        ["enum", "flags", "variant"].contains(&piece.inside)
            && is_name(&piece.text)
            && ["{", ","].contains(&text.before(at))
    });
    let at = *random.pick(&candidates)?;
    let name = &text.pieces[at].text;
    // A 33rd flag would be a mistake of its own.
    let before = text.pieces[..at].iter().rev().take_while(|piece| piece.text != "{").count();
    let after = text.pieces[at..].iter().take_while(|piece| piece.text != "}").count();
    (before + after < 60).then(|| edit(text, "case twice", at, format!("{name}, {name}")))
}

fn parameter_twice(text: &Text, random: &mut Random) -> Option<Edit> {
    let candidates = text.all(|at, piece| {
        is_name(&piece.text) && text.at(at + 1) == ":" && text.before(at) == "(" && text.before(at - 1) == "func"
    });
    let at = *random.pick(&candidates)?;
    let name = &text.pieces[at].text;
    Some(edit(text, "parameter twice", at, format!("{name}: u8, {name}")))
}

fn foreign_primitive(text: &Text, random: &mut Random) -> Option<Edit> {
    const PAIRS: [(&str, &str); 8] = [
        ("s32", "i32"),
        ("s64", "i64"),
        ("u32", "uint32"),
        ("u8", "byte"),
        ("f32", "float32"),
        ("f64", "float64"),
        ("string", "str"),
        ("bool", "boolean"),
    ];
    let is_primitive = |word: &str| PAIRS.iter().any(|(wit, _)| *wit == word);
    let candidates = text.all(|at, piece| {
        is_primitive(&piece.text) && [":", "<", "->", "="].contains(&text.before(at)) && piece.inside != "use"
    });
    let at = *random.pick(&candidates)?;
    let (wit, foreign) = PAIRS.iter().find(|(wit, _)| *wit == text.pieces[at].text)?;
    if text.words.contains(*foreign) {
        return None;
    }
    Some(Edit { near: Some((*wit).to_owned()), ..edit(text, "foreign primitive", at, (*foreign).to_owned()) })
}

/// Names of fields, cases, parameters and functions: nothing else refers to them.
fn unreferred(text: &Text) -> Vec<usize> {
    text.all(|at, piece| {
        let member = ["record", "(", "resource", "interface"].contains(&piece.inside);
        let accessor = ["get", "set"].contains(&text.at(at + 2)) || ["get", "set"].contains(&text.at(at + 3));
        let path = text.at(at + 3) == "/" || text.before(at) == "use";
        is_name(&piece.text) && member && text.at(at + 1) == ":" && !accessor && !path && text.before(at) != "@"
    })
}

fn underscore(text: &Text, random: &mut Random) -> Option<Edit> {
    let mut candidates = unreferred(text);
    candidates.retain(|at| text.at(*at).contains('-'));
    let at = *random.pick(&candidates)?;
    let name = text.pieces[at].text.clone();
    Some(Edit { near: Some(name.clone()), ..edit(text, "underscore", at, name.replace('-', "_")) })
}

fn capital(text: &Text, random: &mut Random) -> Option<Edit> {
    let mut candidates = unreferred(text);
    candidates.retain(|at| text.at(*at).as_bytes().get(1).is_some_and(u8::is_ascii_lowercase));
    let at = *random.pick(&candidates)?;
    let name = text.pieces[at].text.clone();
    let new = format!("{}{}", name[..1].to_ascii_uppercase(), &name[1..]);
    Some(Edit { near: Some(name), ..edit(text, "capital", at, new) })
}

fn keyword_as_name(text: &Text, random: &mut Random) -> Option<Edit> {
    const WORDS: [&str; 8] = ["record", "type", "from", "list", "stream", "world", "use", "string"];
    let candidates = unreferred(text);
    let at = *random.pick(&candidates)?;
    let word = *random.pick(&WORDS)?;
    Some(Edit { near: Some(format!("%{word}")), ..edit(text, "keyword as a name", at, word.to_owned()) })
}

fn interface_misspelt(text: &Text, random: &mut Random) -> Option<Edit> {
    let candidates = text.all(|at, piece| {
        piece.text.len() >= 4
            && text.interfaces.contains(&piece.text)
            && ["import", "export", "use"].contains(&text.before(at))
            && [";", "."].contains(&text.at(at + 1))
    });
    misspelling(text, random, "interface misspelt", &candidates)
}

fn used_name_misspelt(text: &Text, random: &mut Random) -> Option<Edit> {
    let candidates = text.all(|at, piece| {
        piece.text.len() >= 4
            && piece.inside == "use"
            && is_name(&piece.text)
            && ["{", ","].contains(&text.before(at))
            && text.at(at + 1) != "as"
    });
    misspelling(text, random, "used name misspelt", &candidates)
}

fn package_misspelt(text: &Text, random: &mut Random) -> Option<Edit> {
    let candidates = text.all(|at, piece| {
        piece.text.len() >= 4
            && is_name(&piece.text)
            && text.before(at) == ":"
            && text.at(at + 1) == "/"
            && ["import", "export", "use"].contains(&text.before(at - 2))
    });
    misspelling(text, random, "package misspelt", &candidates)
}

fn gate_misspelt(text: &Text, random: &mut Random) -> Option<Edit> {
    let candidates =
        text.all(|at, piece| text.before(at) == "@" && ["since", "unstable"].contains(&piece.text.as_str()));
    misspelling(text, random, "gate misspelt", &candidates)
}

/// The argument of a gate, brackets and all.
fn gate_arguments(text: &Text, random: &mut Random, kind: &'static str, new: &str) -> Option<Edit> {
    let candidates =
        text.all(|at, piece| piece.text == "(" && text.before(at) == "since" && text.at(at + 1) == "version");
    let at = *random.pick(&candidates)?;
    let end = text.pieces[at..].iter().find(|piece| piece.text == ")")?.span.end;
    let whole = edit(text, kind, at, new.to_owned());
    Some(Edit { span: whole.span.start..end, ..whole })
}

fn gate_without_version(text: &Text, random: &mut Random) -> Option<Edit> {
    gate_arguments(text, random, "gate without version", "")
}

fn gate_of_the_future(text: &Text, random: &mut Random) -> Option<Edit> {
    gate_arguments(text, random, "gate of the future", "(version = 99.0.0)")
}

fn old_result(text: &Text, random: &mut Random) -> Option<Edit> {
    let candidates = text.all(|at, piece| piece.text == "result" && text.at(at + 1) == "<" && text.before(at) != "{");
    let at = *random.pick(&candidates)?;
    Some(Edit { near: Some("result".to_owned()), ..edit(text, "old result", at, "expected".to_owned()) })
}

/// A declaration in a form that is no name: what uses it is not to blame.
fn type_respelt(text: &Text, random: &mut Random) -> Option<Edit> {
    const WORDS: [&str; 6] = ["record", "variant", "enum", "flags", "resource", "interface"];
    let candidates =
        text.all(|at, piece| WORDS.contains(&text.before(at)) && text.begins(at - 1) && piece.text.contains('-'));
    let at = *random.pick(&candidates)?;
    let name = text.pieces[at].text.clone();
    Some(Edit { near: Some(name.clone()), ..edit(text, "type respelt", at, name.replace('-', "_")) })
}

fn function_twice(text: &Text, random: &mut Random) -> Option<Edit> {
    let mut candidates = unreferred(text);
    candidates.retain(|at| ["interface", "resource"].contains(&text.pieces[*at].inside) && text.begins(*at));
    let at = *random.pick(&candidates)?;
    let name = &text.pieces[at].text;
    Some(edit(text, "function twice", at, format!("{name}: func(); {name}")))
}

fn stray_semicolon(text: &Text, random: &mut Random) -> Option<Edit> {
    let candidates = text.all(|at, piece| piece.text == ";" && text.before(at) != "}");
    let at = *random.pick(&candidates)?;
    Some(edit(text, "stray semicolon", at, ";;".to_owned()))
}

fn named_results(text: &Text, random: &mut Random) -> Option<Edit> {
    let candidates = text.all(|at, piece| {
        text.before(at) == "->" && text.at(at + 1) == ";" && ["u32", "string", "bool"].contains(&piece.text.as_str())
    });
    let at = *random.pick(&candidates)?;
    Some(edit(text, "named results", at, "(a: u32, b: u32)".to_owned()))
}

fn old_keyword(text: &Text, random: &mut Random) -> Option<Edit> {
    let candidates = text.all(|at, piece| text.begins(at) && ["record", "variant"].contains(&piece.text.as_str()));
    let at = *random.pick(&candidates)?;
    let wit = text.pieces[at].text.clone();
    let new = if wit == "record" { "struct" } else { "union" };
    Some(Edit { near: Some(wit), ..edit(text, "old keyword", at, new.to_owned()) })
}

fn default_world(text: &Text, random: &mut Random) -> Option<Edit> {
    let candidates = text.all(|at, piece| text.begins(at) && piece.text == "world");
    let at = *random.pick(&candidates)?;
    Some(edit(text, "default world", at, "default world".to_owned()))
}

/// Edits in lines that are not side by side.
fn edits(text: &Text, random: &mut Random) -> Vec<Edit> {
    let wanted = 1 + random.below(5);
    let mut edits: Vec<Edit> = Vec::new();
    for _ in 0..wanted * 3 {
        if edits.len() == wanted {
            break;
        }
        let (_, make) = random.pick(TABLE).unwrap();
        let Some(new) = make(text, random) else { continue };
        let is_apart = |old: &Edit| new.lines.start > old.lines.end + 1 || new.lines.end + 1 < old.lines.start;
        // The same misspelling twice may be a name of its own.
        if edits.iter().all(|old| is_apart(old) && (old.new != new.new || new.new.len() < 3)) {
            edits.push(new);
        }
    }
    edits.sort_by_key(|edit| edit.span.start);
    edits
}

fn applied(text: &Text, edits: &[Edit]) -> String {
    let mut out = String::new();
    let mut from = 0;
    for edit in edits {
        out.push_str(&text.source[from..edit.span.start]);
        out.push_str(&edit.new);
        from = edit.span.end;
    }
    out.push_str(&text.source[from..]);
    out
}

/// Every text that loads by itself.
fn texts() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut files = Vec::new();
    // Not those with unusual layouts, where a line says little of what is wrong in it.
    for folder in ["wit", "fixtures/bindgen", "fixtures/encode", "fixtures/guests", "fixtures/run", "fixtures/wit"] {
        wit_files(&root.join(folder), &mut files);
    }
    for folder in ["wit-ui", "interfaces", "bindgen", "encode", "merge", "targets"] {
        conformance(folder).iter().for_each(|folder| wit_files(folder, &mut files));
    }
    let mut texts = Vec::new();
    for file in files {
        let Ok(text) = std::fs::read_to_string(&file) else { continue };
        texts.push((file.display().to_string(), text));
    }
    for name in ["wasi:http@0.2.3", "wasi:filesystem@0.2.0", "wasi:cli@0.2.6", "wasi:sockets@0.2.3", "wasi:http@0.3.0"]
    {
        if let Ok(package) = load(&SourceTree::built_in(name), &options()) {
            texts.push((name.to_owned(), print(&package, None, Docs::Keep).unwrap()));
        }
    }
    // A `with` renames what the world that is included calls so, which mistakes in names would break elsewhere.
    texts.retain(|(_, text)| {
        let lines = text.lines().count();
        text.len() < 60_000 && lines > 4 && !text.contains(" with {") && try_load(text).is_ok()
    });
    texts
}

fn wit_files(folder: &Path, out: &mut Vec<PathBuf>) {
    let Ok(entries) = folder.read_dir() else { return };
    let mut entries: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            wit_files(&path, out);
        } else if path.extension().is_some_and(|extension| extension == "wit") {
            out.push(path);
        }
    }
}

fn options() -> LoadOptions {
    LoadOptions { all_features: true, ..LoadOptions::default() }
}

fn try_load(text: &str) -> Result<(), Diagnostics> {
    load(&SourceTree::of_file("a.wit", text.as_bytes().to_vec()), &options()).map(drop)
}

/// The line of an error, and what it says.
fn line(one: &Diagnostic) -> usize {
    match one.labels.first().map(|label| &label.place) {
        Some(Place::Text { source, span }) => source.position(span.start).line,
        _ => 0,
    }
}

fn told(one: &Diagnostic) -> String {
    format!("{}: {} [{}] | {}", line(one), one.headline, one.code, one.help.as_deref().unwrap_or_default())
}

/// What went wrong with one kind of mistake.
#[derive(Default)]
struct Count {
    made: usize,
    missed: usize,
    nears: usize,
    far: usize,
    alarms: usize,
}

#[test]
fn every_random_mistake_is_told_in_its_line_and_nothing_else() {
    let texts: Vec<(String, Text)> = texts().iter().map(|(name, text)| (name.clone(), Text::new(text))).collect();
    let mut counts: std::collections::BTreeMap<&'static str, Count> = std::collections::BTreeMap::new();
    let mut complaints = String::new();
    let mut accepted = 0;
    for (round, (name, text)) in (0..ROUNDS).flat_map(|round| texts.iter().map(move |text| (round, text))) {
        // A text has the same mistakes whatever other texts there are.
        let mut random = Random(seed(&text.source) ^ (round + 1).wrapping_mul(0x2545_f491_4f6c_dd1d));
        random.next();
        let edits = edits(text, &mut random);
        if edits.is_empty() {
            continue;
        }
        let mutated = applied(text, &edits);
        let Err(Diagnostics(found)) = try_load(&mutated) else {
            accepted += 1;
            writeln!(complaints, "round {round} {name}: accepted with {edits:?}").unwrap();
            continue;
        };
        let errors: Vec<&Diagnostic> = found.iter().filter(|one| one.severity == Severity::Error).collect();
        let mut bad = String::new();
        for edit in &edits {
            let count = counts.entry(edit.kind).or_default();
            count.made += 1;
            let mut here = errors.iter().filter(|one| edit.lines.contains(&line(one))).peekable();
            if here.peek().is_none() {
                count.missed += 1;
                writeln!(bad, "  MISSED {} `{}` in {:?}", edit.kind, edit.new, edit.lines).unwrap();
            } else if let Some(near) = &edit.near {
                count.nears += 1;
                // The declaration may have been respelt as well.
                let names = |text: &str| text.contains(near) || text.contains(&near.replace('-', "_"));
                if !here.any(|one| names(&one.headline) || one.help.as_ref().is_some_and(|help| names(help))) {
                    count.far += 1;
                    writeln!(bad, "  FAR {} `{}` for {near} in {:?}", edit.kind, edit.new, edit.lines).unwrap();
                }
            }
        }
        for one in &errors {
            if !edits.iter().any(|edit| edit.lines.contains(&line(one))) {
                let nearest = edits.iter().min_by_key(|edit| edit.lines.start.abs_diff(line(one))).unwrap();
                counts.entry(nearest.kind).or_default().alarms += 1;
                writeln!(bad, "  ALARM {} (near {} in {:?})", told(one), nearest.kind, nearest.lines).unwrap();
            }
        }
        if !bad.is_empty() {
            writeln!(complaints, "round {round} {name} ({} edits)", edits.len()).unwrap();
            for edit in &edits {
                let at = mutated.lines().nth(edit.lines.start - 1).unwrap_or_default();
                writeln!(complaints, "  made {} `{}` in {:?}: {}", edit.kind, edit.new, edit.lines, at.trim()).unwrap();
            }
            complaints.push_str(&bad);
            for one in errors.iter().take(12) {
                writeln!(complaints, "    told {}", told(one)).unwrap();
            }
        }
    }
    println!("{} texts, {ROUNDS} times each, {accepted} accepted", texts.len());
    for (kind, count) in &counts {
        println!(
            "{kind:30} made {:5} missed {:4} alarms {:4} near misses {:5} not named {:4}",
            count.made, count.missed, count.alarms, count.nears, count.far
        );
    }
    let missed: usize = counts.values().map(|count| count.missed).sum();
    let alarms: usize = counts.values().map(|count| count.alarms).sum();
    assert!(missed + alarms + accepted == 0, "{complaints}");
}
