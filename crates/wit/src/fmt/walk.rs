//! Which statements, blocks and lists there are.
//!
//! In: a tree without errors. Out: the text in the usual layout.
//! Holds: every token is put out once and in its order, whatever the tree says; the tree says only what stands
//! between tokens. A comma is added or left out at the end of a list alone.

use super::gaps::{self, Blanks, Gap, Sides};
use super::lines::{Lines, Piece};
use super::stream::{Significant, Stream};
use crate::syntax::Tree;
use crate::syntax::ast::{
    Attribute, Attributes, Case, Extern, ExternKind, Field, FuncItem, FuncType, Include, Interface, InterfaceItem,
    Item, NestedPackage, PackageHeader, Renamed, ResourceItem, Span, TopUse, TypeDecl, TypeDeclKind, Use, World,
    WorldItem,
};

/// Between two things on lines of their own.
const BETWEEN: Gap = Gap::Line(Blanks { first: true, last: true });
/// Before the first thing in a block.
const FIRST: Gap = Gap::Line(Blanks { first: false, last: true });
/// Between a gate and what it is about.
const BELOW_GATE: Gap = Gap::Line(Blanks { first: false, last: false });
/// Before the brace that closes a block.
const LAST: Gap = Gap::LineEnd(Blanks { first: true, last: false });
/// Before the brace that closes a block of comments alone.
const ONLY: Gap = Gap::LineEnd(Blanks { first: false, last: false });

/// The whole text.
pub(super) fn file(tree: &Tree) -> String {
    let stream = Stream::of(tree);
    let mut walk =
        Walk { stream: &stream, at: 0, comment_at: 0, before: None, gap: Some(FIRST), lines: Lines::default() };
    if let Some(package) = &tree.ast.package {
        walk.package(package);
    }
    for item in &tree.ast.items {
        walk.item(item);
    }
    walk.end(tree.source.text.len())
}

struct Walk<'s, 'a> {
    stream: &'s Stream<'a>,
    /// The next token.
    at: usize,
    /// The next comment.
    comment_at: usize,
    /// The token put out last.
    before: Option<&'a str>,
    /// What stands before the next token; the usual if nothing is said.
    gap: Option<Gap>,
    lines: Lines<'a>,
}

/// Tokens.
impl<'s, 'a> Walk<'s, 'a> {
    fn next(&self) -> Option<&'s Significant<'a>> {
        self.stream.tokens.get(self.at)
    }

    fn next_is(&self, text: &str) -> bool {
        self.next().is_some_and(|token| token.text == text)
    }

    /// Whether a comment stands before the next token.
    fn has_comment(&self) -> bool {
        self.next().is_some_and(|token| token.comments_before > self.comment_at)
    }

    fn token(&mut self) {
        let Some(token) = self.next() else { return };
        let wanted = self.gap.take();
        let gap = wanted.unwrap_or_else(|| self.usual(token));
        let comments = &self.stream.comments[self.comment_at..token.comments_before];
        let sides = Sides { before: self.before, after: Some(token.text), breaks: token.breaks };
        if sides.before.is_some() || !comments.is_empty() {
            gaps::fill(&mut self.lines, gap, comments, sides);
        }
        self.comment_at = token.comments_before;
        self.lines.push(Piece::Text(token.text));
        self.before = Some(token.text);
        self.at += 1;
    }

    /// What stands before a token of which nothing is said. Words stay together that cannot be told apart otherwise.
    fn usual(&self, token: &Significant<'a>) -> Gap {
        let Some(before) = self.before else { return FIRST };
        let touches = token.touches && !is_mark(before) && !is_mark(token.text);
        if touches { Gap::None } else { usual(before, token.text) }
    }

    /// The tokens up to a place in the text.
    fn until(&mut self, end: usize) {
        while self.next().is_some_and(|token| token.start < end) {
            if self.is_last_comma_of_types() {
                self.at += 1;
            } else {
                self.token();
            }
        }
    }

    fn is_last_comma_of_types(&self) -> bool {
        let after = self.stream.tokens.get(self.at + 1);
        self.next_is(",") && after.is_some_and(|token| token.text == ">")
    }

    /// The tokens up to the one given, which is not among them; none behind `end`.
    fn until_mark(&mut self, mark: &str, end: usize) {
        while self.next().is_some_and(|token| token.start < end && token.text != mark) {
            self.token();
        }
    }

    /// Tokens without space between them: names of packages, versions. A version that is torn apart is none, and is
    /// not made one.
    fn glued(&mut self, span: &Span) {
        self.until(span.start);
        let first = self.at;
        while let Some(token) = self.next().filter(|token| token.start < span.end) {
            if self.at > first {
                let joins = |text: &str| matches!(text, ":" | "/" | "@");
                let joined = token.touches || joins(token.text) || self.before.is_some_and(joins);
                self.gap = Some(if joined { Gap::None } else { Gap::Space });
            }
            self.token();
        }
    }

    /// What is left of the text.
    fn end(mut self, end: usize) -> String {
        self.until(end);
        let comments = &self.stream.comments[self.comment_at..];
        if !comments.is_empty() {
            let sides = Sides { before: self.before, after: None, breaks: self.stream.breaks_at_end };
            gaps::fill(&mut self.lines, LAST, comments, sides);
        }
        self.lines.finish()
    }
}

/// Blocks and lists.
impl Walk<'_, '_> {
    /// `{`, each part on its lines, `}`.
    fn block<T>(&mut self, parts: &[T], mut part: impl FnMut(&mut Self, &T)) {
        if !self.next_is("{") {
            return;
        }
        self.token();
        if parts.is_empty() && !self.has_comment() {
            self.gap = Some(Gap::None);
            return self.token();
        }
        self.lines.step_in();
        self.gap = Some(FIRST);
        for one in parts {
            part(self, one);
            self.gap = Some(BETWEEN);
        }
        self.gap = Some(if parts.is_empty() { ONLY } else { LAST });
        self.token();
    }

    /// A block whose parts end in commas.
    fn comma_block<T>(&mut self, parts: &[T], mut part: impl FnMut(&mut Self, &T)) {
        self.block(parts, |walk, one| {
            part(walk, one);
            if walk.next_is(",") {
                walk.token();
            } else {
                walk.lines.push(Piece::Text(","));
            }
        });
    }

    /// `(a, b)` or `{a, b}`: on one line, or each part on a line of its own with a comma behind it.
    fn list<T>(&mut self, parts: &[T], space: bool, mut part: impl FnMut(&mut Self, &T)) {
        self.token();
        if parts.is_empty() && !self.has_comment() {
            self.gap = Some(Gap::None);
            return self.token();
        }
        self.lines.push(Piece::Open);
        self.gap = Some(Gap::Soft { space });
        for (at, one) in parts.iter().enumerate() {
            part(self, one);
            if at + 1 < parts.len() {
                self.token();
                self.gap = Some(Gap::Soft { space: true });
            } else {
                self.last_comma();
            }
        }
        self.gap = Some(Gap::SoftEnd { space });
        self.token();
    }

    /// The comma behind the last part: there if the list is broken, whether it is written or not.
    fn last_comma(&mut self) {
        self.lines.push(Piece::LastComma);
        if self.next_is(",") {
            self.at += 1;
        }
    }
}

/// What stands at the top of a file.
impl Walk<'_, '_> {
    fn package(&mut self, package: &PackageHeader) {
        self.glued(&package.name.span);
        self.until(package.span.end);
        self.gap = Some(BETWEEN);
    }

    fn item(&mut self, item: &Item) {
        match item {
            Item::Use(item) => self.top_use(item),
            Item::Interface(item) => self.interface(item),
            Item::World(item) => self.world(item),
            Item::Package(item) => self.nested_package(item),
            Item::Error(span) => self.until(span.end),
        }
        self.gap = Some(BETWEEN);
    }

    fn attributes(&mut self, attributes: &Attributes) {
        for gate in &attributes.gates {
            self.gate(gate);
            self.gap = Some(BELOW_GATE);
        }
    }

    fn gate(&mut self, gate: &Attribute) {
        for argument in &gate.arguments {
            self.glued(&argument.value_span);
        }
        self.until(gate.span.end);
    }

    fn top_use(&mut self, item: &TopUse) {
        self.attributes(&item.attributes);
        self.glued(&item.path.span);
        self.until(item.span.end);
    }

    fn interface(&mut self, item: &Interface) {
        self.attributes(&item.attributes);
        self.until(item.name.span.end);
        self.block(&item.items, Self::interface_item);
        self.until(item.span.end);
    }

    fn world(&mut self, item: &World) {
        self.attributes(&item.attributes);
        self.until(item.name.span.end);
        self.block(&item.items, Self::world_item);
        self.until(item.span.end);
    }

    fn nested_package(&mut self, item: &NestedPackage) {
        self.attributes(&item.attributes);
        self.glued(&item.name.span);
        self.block(&item.items, Self::item);
        self.until(item.span.end);
    }
}

/// What stands in interfaces, worlds and resources.
impl Walk<'_, '_> {
    fn interface_item(&mut self, item: &InterfaceItem) {
        match item {
            InterfaceItem::Use(item) => self.use_(item),
            InterfaceItem::Type(item) => self.type_decl(item),
            InterfaceItem::Func(item) => self.func_item(item),
            InterfaceItem::Error(span) => self.until(span.end),
        }
    }

    fn world_item(&mut self, item: &WorldItem) {
        match item {
            WorldItem::Import(item) | WorldItem::Export(item) => self.extern_(item),
            WorldItem::Use(item) => self.use_(item),
            WorldItem::Type(item) => self.type_decl(item),
            WorldItem::Include(item) => self.include(item),
            WorldItem::Error(span) => self.until(span.end),
        }
    }

    fn use_(&mut self, item: &Use) {
        self.attributes(&item.attributes);
        self.glued(&item.path.span);
        self.until_mark("{", item.span.end);
        self.list(&item.names, false, |walk, name: &Renamed| walk.until(name.span.end));
        self.until(item.span.end);
    }

    fn include(&mut self, item: &Include) {
        self.attributes(&item.attributes);
        self.glued(&item.path.span);
        self.until_mark("{", item.span.end);
        if self.next_is("{") {
            self.list(&item.with, true, |walk, name: &Renamed| walk.until(name.span.end));
        }
        self.until(item.span.end);
    }

    fn extern_(&mut self, item: &Extern) {
        self.attributes(&item.attributes);
        match &item.kind {
            ExternKind::Func { func, .. } => self.func(func, item.span.end),
            ExternKind::Interface { items, .. } => {
                self.until_mark("{", item.span.end);
                self.block(items, Self::interface_item);
            }
            ExternKind::Path(path) | ExternKind::Implements { path, .. } => self.glued(&path.span),
        }
        self.until(item.span.end);
    }

    fn func_item(&mut self, item: &FuncItem) {
        self.attributes(&item.attributes);
        self.func(&item.func, item.span.end);
        self.until(item.span.end);
    }

    /// A function up to the end of its parameters.
    fn func(&mut self, func: &FuncType, end: usize) {
        self.until_mark("(", end);
        if self.next_is("(") {
            self.list(&func.params, false, |walk, param| walk.until(param.span.end));
        }
    }

    fn type_decl(&mut self, item: &TypeDecl) {
        self.attributes(&item.attributes);
        match &item.kind {
            TypeDeclKind::Alias(_) => {}
            TypeDeclKind::Record(fields) => {
                self.until(item.name.span.end);
                self.comma_block(fields, Self::field);
            }
            TypeDeclKind::Flags(cases) | TypeDeclKind::Variant(cases) | TypeDeclKind::Enum(cases) => {
                self.until(item.name.span.end);
                self.comma_block(cases, Self::case);
            }
            TypeDeclKind::Resource(items) => {
                self.until(item.name.span.end);
                self.block(items, Self::resource_item);
            }
        }
        self.until(item.span.end);
    }

    fn field(&mut self, field: &Field) {
        self.attributes(&field.attributes);
        self.until(field.span.end);
    }

    fn case(&mut self, case: &Case) {
        self.attributes(&case.attributes);
        self.until(case.span.end);
    }

    fn resource_item(&mut self, item: &ResourceItem) {
        match item {
            ResourceItem::Func(item) => self.func_item(item),
            ResourceItem::Error(span) => self.until(span.end),
        }
    }
}

/// Whether a token ends the word before it.
fn is_mark(token: &str) -> bool {
    matches!(token, "{" | "}" | "(" | ")" | "<" | ">" | "," | ";" | ":" | "." | "=" | "/" | "@" | "->" | "*")
}

/// What stands between two tokens of a statement.
fn usual(before: &str, after: &str) -> Gap {
    match (before, after) {
        ("(" | "<" | "@" | "." | "/", _) => Gap::None,
        ("->" | ":" | "=" | ",", _) => Gap::Space,
        (_, "," | ";" | ")" | ">" | ":" | "." | "<" | "(" | "@" | "/") => Gap::None,
        _ => Gap::Space,
    }
}
