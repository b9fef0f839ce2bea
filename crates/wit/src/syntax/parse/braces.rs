//! Braces that are missing, and braces that are one too many.
//!
//! In: pieces. Out: pieces whose braces are in balance, and an error for each brace that was put in or left out.
//! Holds: balanced text stays as it is; time is linear.
//! Items tell where a block must have ended: an `interface` cannot stand in an interface. Where they do not,
//! and the braces do not come out even, the indentation is believed.

use std::sync::Arc;

use diag::{Diagnostic, Place, Source};

use super::pieces::{Kind, Piece};
use super::starts::{Start, start};
use super::words::{TOP, TYPES, is_keyword, meant};

/// What stands between two braces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Block {
    Package,
    Interface,
    World,
    Resource,
    /// Of a record, a variant, an enum or flags.
    Members,
    /// Of a `use` or of `with`.
    Names,
    Unknown,
}

/// A block that is not closed yet.
struct Open {
    /// The piece with the brace.
    brace: usize,
    /// The piece that its statement begins with.
    head: usize,
    block: Block,
    indent: usize,
    /// The first piece that begins a line no deeper than the block's own.
    dedent: Option<usize>,
}

/// What is changed in front of a piece, or at it.
enum Edit {
    Close { at: usize, head: usize, brace: usize, line: bool },
    Open { at: usize },
    Drop { at: usize },
}

impl Edit {
    fn at(&self) -> usize {
        match self {
            Self::Close { at, .. } | Self::Open { at } | Self::Drop { at } => *at,
        }
    }
}

/// Pieces in balance.
pub(super) fn balance<'a>(
    source: &Arc<Source>,
    pieces: Vec<Piece<'a>>,
    errors: &mut Vec<Diagnostic>,
) -> Vec<Piece<'a>> {
    let plain = Walk::over(&pieces, false);
    if plain.edits.is_empty() {
        return pieces;
    }
    let by_indent = Walk::over(&pieces, true);
    let edits = if by_indent.edits.len() <= plain.edits.len() { by_indent.edits } else { plain.edits };
    apply(source, pieces, edits, errors)
}

struct Walk<'p, 'a> {
    pieces: &'p [Piece<'a>],
    /// Whether the indentation is believed.
    by_indent: bool,
    stack: Vec<Open>,
    edits: Vec<Edit>,
    /// The piece that the statement begins with.
    head: usize,
}

impl<'p, 'a> Walk<'p, 'a> {
    fn over(pieces: &'p [Piece<'a>], by_indent: bool) -> Self {
        let mut walk = Self { pieces, by_indent, stack: Vec::new(), edits: Vec::new(), head: 0 };
        for at in 0..pieces.len() {
            walk.visit(at);
        }
        // Blocks closed at their dedent were found late.
        walk.edits.sort_by_key(Edit::at);
        walk
    }

    fn visit(&mut self, at: usize) {
        let piece = &self.pieces[at];
        if piece.kind == Kind::End {
            self.end(at);
            return;
        }
        if (piece.first || (self.by_indent && at == self.head))
            && let Some(begins) = start(self.pieces, at)
        {
            self.close_before_item(begins, at);
            self.head = at;
        }
        if piece.first {
            self.note_dedent(at);
        }
        match piece.text {
            "{" if self.opens_nothing(at) => self.edits.push(Edit::Drop { at }),
            "{" => self.open(at, at),
            "}" => self.close(at),
            ";" => {
                if self.stack.last().is_some_and(|open| open.block == Block::Names) {
                    if self.closes_later(at) {
                        return;
                    }
                    self.insert_close(at);
                }
                self.head = at + 1;
            }
            "." => self.missing_open_of_names(at),
            _ => self.missing_open(at),
        }
    }

    /// Whether the names go on behind a `;` and end on the same line.
    fn closes_later(&self, at: usize) -> bool {
        let rest = self.pieces[at + 1..].iter().take(64).take_while(|piece| !piece.first);
        rest.take_while(|piece| !matches!(piece.text, ";" | "{")).any(|piece| piece.text == "}")
    }

    /// Whether a `{` stands in front of what should stand in front of it.
    fn opens_nothing(&self, at: usize) -> bool {
        let text = |at: usize| self.pieces.get(at).map_or("", |piece| piece.text);
        let word = |at: usize| self.pieces.get(at).is_some_and(|piece| piece.kind == Kind::Word && !piece.first);
        let before = at.checked_sub(1).map_or("", text);
        let keyword = matches!(before, "interface" | "world" | "record" | "variant" | "enum" | "flags" | "resource");
        let early = keyword && at == self.head + 1 && word(at + 1) && text(at + 2) == "{";
        let broken_name = at == self.head + 1 && text(at + 1) == ":" && !is_keyword(before);
        early || broken_name || (text(at + 1) == "(" && before == "func") || (self.by_indent && at == self.head)
    }

    fn end(&mut self, at: usize) {
        // An unfinished comment may hide any number of braces.
        if self.pieces[at].doubtful {
            return;
        }
        while !self.stack.is_empty() {
            self.insert_close(at);
        }
    }

    fn open(&mut self, at: usize, brace: usize) {
        let head = self.head.min(at);
        let indent = self.pieces[head].indent;
        self.stack.push(Open { brace, head, block: self.block(at), indent, dedent: None });
        self.head = at + 1;
    }

    /// What the brace at a piece opens.
    fn block(&self, at: usize) -> Block {
        let before = |back: usize| at.checked_sub(back).map_or("", |at| self.pieces[at].text);
        let head = self.pieces[self.head.min(at)].text;
        let declares = TYPES.contains(&head) || matches!(head, "interface" | "world" | "package");
        match (before(1), before(2)) {
            ("." | "with", _) | ("use", _) if !declares => return Block::Names,
            ("interface", _) | (_, "interface") => return Block::Interface,
            (_, "world") => return Block::World,
            (_, "resource") => return Block::Resource,
            (_, "record" | "variant" | "enum" | "flags") => return Block::Members,
            _ => {}
        }
        if at < self.head + 2 {
            return Block::Unknown;
        }
        let choices: Vec<&'static str> = TOP.into_iter().chain(TYPES).collect();
        match meant(head, &choices) {
            Some("package") => Block::Package,
            Some("interface") => Block::Interface,
            Some("world") => Block::World,
            Some("resource") => Block::Resource,
            Some("record" | "variant" | "enum" | "flags") => Block::Members,
            Some("use") => Block::Names,
            _ => Block::Unknown,
        }
    }

    fn close(&mut self, at: usize) {
        let piece = &self.pieces[at];
        if self.by_indent && self.breaks_a_line(at) {
            self.edits.push(Edit::Drop { at });
            return;
        }
        self.head = at + 1;
        if self.by_indent && piece.first {
            let even = |open: &Open| open.indent == piece.indent;
            if self.stack.last().is_some_and(|open| open.indent > piece.indent) && self.stack.iter().any(even) {
                while self.stack.last().is_some_and(|open| open.indent > piece.indent) {
                    self.insert_close(at);
                }
            } else if self.stack.last().is_some_and(|open| open.indent < piece.indent) && self.is_spare(at) {
                self.edits.push(Edit::Drop { at });
                return;
            }
        }
        if self.stack.pop().is_none() {
            self.edits.push(Edit::Drop { at });
        }
    }

    /// Whether a brace stands in the middle of a line that goes on, and its block began on another line.
    fn breaks_a_line(&self, at: usize) -> bool {
        let (Some(open), Some(next)) = (self.stack.last(), self.pieces.get(at + 1)) else { return false };
        let piece = &self.pieces[at];
        let same_line = !self.pieces[open.brace + 1..=at].iter().any(|piece| piece.first);
        let names = open.block == Block::Names && matches!(next.text, ";" | "from");
        let ends = next.first || next.kind == Kind::End || next.text == "}" || names;
        let goes_on = next.first && next.indent > open.indent && next.text != "}";
        !same_line && ((!piece.first && !ends && !matches!(self.pieces[at - 1].text, ";" | "}" | "{")) || goes_on)
    }

    /// Whether more of the block follows behind a brace that is indented deeper than the block.
    fn is_spare(&self, at: usize) -> bool {
        let Some(open) = self.stack.last() else { return true };
        self.pieces.get(at + 1).is_some_and(|next| !next.first || next.indent > open.indent || next.text == "}")
    }

    /// Closes what cannot hold the item that begins here.
    fn close_before_item(&mut self, begins: Start, at: usize) {
        while let Some(open) = self.stack.last() {
            if !self.must_close(open, begins, at) {
                return;
            }
            self.insert_close(at);
        }
    }

    fn must_close(&self, open: &Open, begins: Start, at: usize) -> bool {
        let piece = &self.pieces[at];
        // What stands on a line of its own, deeper than the block, is meant to be inside.
        let back = !piece.first || piece.indent <= open.indent;
        let is_top = matches!(begins, Start::Interface | Start::World | Start::Package);
        match open.block {
            Block::Names => true,
            Block::Members => match begins {
                Start::Func => self.ends_as_item(at),
                _ => back,
            },
            Block::Resource => match begins {
                Start::Func => back && self.by_indent && piece.first,
                _ => back,
            },
            Block::Interface => {
                let in_world = self.stack.iter().any(|open| open.block == Block::World);
                (is_top && back) || (begins == Start::Extern && in_world && back)
            }
            Block::World => is_top && back,
            Block::Package => begins == Start::Package && back && self.by_indent,
            Block::Unknown => is_top && back,
        }
    }

    /// Whether `name: ..` ends with `;`, as functions do, and not with `,`, as fields do.
    fn ends_as_item(&self, at: usize) -> bool {
        let mut depth = 0_usize;
        for piece in self.pieces[at..].iter().take(200) {
            match piece.text {
                "(" | "<" => depth += 1,
                ")" | ">" => depth = depth.saturating_sub(1),
                ";" => return true,
                "," if depth == 0 => return false,
                "{" | "}" => return false,
                _ => {}
            }
        }
        false
    }

    fn note_dedent(&mut self, at: usize) {
        let piece = &self.pieces[at];
        if let Some(open) = self.stack.last_mut()
            && open.dedent.is_none()
            && piece.indent <= open.indent
            && at > open.brace
        {
            open.dedent = Some(at);
        }
    }

    /// Closes the innermost block in front of a piece, or where its indentation ended.
    fn insert_close(&mut self, at: usize) {
        let Some(open) = self.stack.pop() else { return };
        let dedent = open.dedent.filter(|dedent| self.by_indent && *dedent < at);
        let at = dedent.unwrap_or(at);
        self.edits.push(Edit::Close { at, head: open.head, brace: open.brace, line: open.block != Block::Names });
    }

    /// `use types.a, b};`
    fn missing_open_of_names(&mut self, at: usize) {
        let used = self.pieces[self.head.min(at)].text == "use";
        let rest = || self.pieces[at + 1..].iter().take(64).take_while(|piece| !piece.first && piece.text != ";");
        let closed = rest().any(|piece| piece.text == "}") && !rest().any(|piece| piece.text == "{");
        if used && closed && self.pieces[at + 1].kind == Kind::Word {
            let indent = self.pieces[at].indent;
            self.edits.push(Edit::Open { at: at + 1 });
            self.stack.push(Open { brace: at, head: self.head, block: Block::Names, indent, dedent: None });
        }
    }

    /// `package a:b` without `{`, followed by items that stand further in.
    fn missing_open_of_package(&mut self, at: usize) {
        let line = self.pieces[at + 1..].iter().take(32).take_while(|piece| !piece.first && piece.kind != Kind::End);
        let (length, ended) = line
            .fold((0, false), |(length, ended), piece| (length + 1, ended || matches!(piece.text, "{" | "}" | ";")));
        let after = at + 1 + length;
        let indent = self.pieces[at].indent;
        // A `;`, a `{` or the version in the next line do there what they do on this one.
        let is_word = |at: usize| self.pieces.get(at).is_some_and(|piece| piece.kind == Kind::Word);
        let begins = |next: &Piece<'_>| is_word(after) || next.text == "@" && is_word(after + 1);
        let goes_on = |next: &Piece<'_>| next.first && begins(next) && next.indent > indent;
        if ended || length < 3 || !self.pieces.get(after).is_some_and(goes_on) {
            return;
        }
        self.edits.push(Edit::Open { at: after });
        self.stack.push(Open { brace: after - 1, head: at, block: Block::Package, indent, dedent: None });
        self.head = after;
    }

    /// `interface a` without `{`, followed by its items.
    fn missing_open(&mut self, at: usize) {
        let text = |ahead: usize| self.pieces.get(at + ahead).map_or("", |piece| piece.text);
        if text(0) == "package" && (self.head == at || self.pieces[at].first) {
            self.missing_open_of_package(at);
            return;
        }
        let inline = text(0) == "interface" && at > 0 && self.pieces[at - 1].text == ":";
        let named = matches!(text(0), "interface" | "world" | "record" | "variant" | "enum" | "flags" | "resource");
        if !inline && is_keyword(text(1)) {
            return;
        }
        let after = if inline { at + 1 } else { at + 2 };
        let begins = self.head == at || self.pieces[at].first;
        if !(inline || (named && begins && self.pieces.get(at + 1).is_some_and(|piece| piece.kind == Kind::Word))) {
            return;
        }
        let Some(next) = self.pieces.get(after) else { return };
        if matches!(next.text, "{" | ";") || next.kind == Kind::End || !self.goes_on_inside(at, after) {
            return;
        }
        self.edits.push(Edit::Open { at: after });
        let head = self.head.min(at);
        let indent = self.pieces[head].indent;
        let block = match text(0) {
            "interface" => Block::Interface,
            "world" => Block::World,
            "resource" => Block::Resource,
            _ => Block::Members,
        };
        self.stack.push(Open { brace: after - 1, head, block, indent, dedent: None });
        self.head = after;
    }

    /// Whether what follows a head stands in its block, although no brace opens it.
    fn goes_on_inside(&self, at: usize, after: usize) -> bool {
        let next = &self.pieces[after];
        if next.first {
            return next.indent > self.pieces[at].indent || next.text == "}";
        }
        // `interface }`: the brace is the second of `{}`, unless something else began on the line.
        let alone =
            || self.stack.last().is_none_or(|open| self.pieces[open.brace + 1..=at].iter().any(|piece| piece.first));
        if next.text == "}" {
            return alone();
        }
        let rest = self.pieces[after..].iter().take(64).skip(1);
        next.kind == Kind::Word && !rest.take_while(|piece| !piece.first).any(|piece| piece.text == "{")
    }
}

/// Makes the edits, and tells them.
fn apply<'a>(
    source: &Arc<Source>,
    pieces: Vec<Piece<'a>>,
    edits: Vec<Edit>,
    errors: &mut Vec<Diagnostic>,
) -> Vec<Piece<'a>> {
    for edit in &edits {
        errors.push(told(source, &pieces, edit));
    }
    let mut out: Vec<Piece<'a>> = Vec::with_capacity(pieces.len() + edits.len());
    let mut edits = edits.into_iter().peekable();
    for (at, piece) in pieces.into_iter().enumerate() {
        let mut dropped = false;
        while let Some(edit) = edits.next_if(|edit| edit.at() == at) {
            let end = out.last().map_or(0, |last| last.span.end);
            match edit {
                Edit::Close { .. } => out.push(inserted("}", end)),
                Edit::Open { .. } => out.push(inserted("{", end)),
                Edit::Drop { .. } => dropped = true,
            }
        }
        if !dropped {
            out.push(piece);
        }
    }
    out
}

fn inserted(text: &'static str, at: usize) -> Piece<'static> {
    Piece { kind: Kind::Mark, text, span: at..at, docs: 0..0, first: false, indent: 0, doubtful: true }
}

fn told(source: &Arc<Source>, pieces: &[Piece<'_>], edit: &Edit) -> Diagnostic {
    let found = |at: usize| match pieces[at].kind {
        Kind::End => "the end of the file".to_owned(),
        _ => format!("`{}`", pieces[at].text),
    };
    let place = |at: usize| Place::text(source, pieces[at].span.clone());
    match edit {
        Edit::Close { at, head, brace, line } => {
            let opened = opened(pieces, *head, *brace);
            let before = at.saturating_sub(1);
            let help = if *line {
                format!("write `}}` where {opened} ends")
            } else {
                format!("write `}}` after `{}`", pieces[before].text)
            };
            let one = diag::error("wit/syntax", format!("expected `}}`, found {}", found(*at)))
                .label(place(before), format!("`}}` is missing after this: {opened} does not end"));
            let one = if before == *brace { one } else { one.label(place(*brace), "opened here") };
            one.help(help)
        }
        Edit::Open { at } => {
            let before = at.saturating_sub(1);
            diag::error("wit/syntax", format!("expected `{{`, found {}", found(*at)))
                .label(place(before), "`{` is missing after this")
                .help(format!("write `{{` after `{}`", pieces[before].text))
        }
        Edit::Drop { at } if pieces[*at].text == "{" => {
            diag::error("wit/syntax", "a `{` opens nothing").label(place(*at), "not expected here").help("remove it")
        }
        Edit::Drop { at } => diag::error("wit/syntax", "a `}` closes nothing")
            .label(place(*at), "nothing is open here")
            .help("remove it, or write the `{` it belongs to"),
    }
}

/// A block in words: `record a`.
fn opened(pieces: &[Piece<'_>], head: usize, brace: usize) -> String {
    let words: Vec<&str> = pieces[head..brace]
        .iter()
        .rev()
        .take_while(|piece| piece.kind == Kind::Word && !piece.doubtful)
        .take(2)
        .map(|piece| piece.text)
        .collect();
    match words.as_slice() {
        [] => "the block".to_owned(),
        words => format!("`{}`", words.iter().rev().copied().collect::<Vec<_>>().join(" ")),
    }
}
