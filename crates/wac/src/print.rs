//! Printing: a tree as text in one layout.
//!
//! In: a [`Script`], read or made by code. Out: its text.
//! Holds: what is printed reads as the same tree; comments that document nothing are not in the tree, so they are gone.
//! A statement stands on one line if it has no block and fits into [`WIDTH`] columns.
//!
//! Specification: WAC, "WAC Grammar".

mod decls;
mod exprs;
mod types;

use std::fmt::{self, Write};

use crate::syntax::tree::{
    Docs, Export, ExportName, Expr, ExternName, Import, InterfaceItem, ItemRef, ItemType, Let, Name, PackageHeader,
    Script, Statement, Text,
};
use crate::syntax::{needs_escape, write_string};

/// The columns of a line, unless what stands on it cannot be broken.
const WIDTH: usize = 100;

/// The text of a script; it ends with a line end.
///
/// A header that is missing is left out. Names are taken as they are, but for the `%` in front of keywords.
pub fn print(script: &Script) -> String {
    let mut printer = Printer { text: String::new(), indent: 0 };
    if let Some(header) = &script.package {
        printer.header(header);
    }
    let mut before: Option<&Statement> = None;
    for statement in &script.statements {
        let starts_group = before.map_or(!printer.text.is_empty(), |before| !goes_with(before, statement));
        if starts_group {
            printer.text.push('\n');
        }
        printer.statement(statement);
        before = Some(statement);
    }
    printer.text
}

/// Whether two statements stand without an empty line between them: short ones of one kind.
fn goes_with(before: &Statement, statement: &Statement) -> bool {
    let kind = |statement: &Statement| match statement {
        Statement::Import(import) => {
            let is_block = matches!(import.ty, ItemType::Interface(_));
            (import.docs.0.is_empty() && !is_block).then_some(0)
        }
        Statement::Let(let_) => let_.docs.0.is_empty().then_some(1),
        Statement::Export(export) => export.docs.0.is_empty().then_some(2),
        Statement::Interface(_) | Statement::World(_) | Statement::Type(_) => None,
    };
    kind(before).is_some_and(|before| kind(statement) == Some(before))
}

struct Printer {
    text: String,
    /// Levels of blocks around.
    indent: usize,
}

impl Printer {
    /// Begins a line.
    fn start(&mut self) {
        self.text.extend(std::iter::repeat_n("  ", self.indent));
    }

    /// A whole line.
    fn line(&mut self, line: impl fmt::Display) {
        self.start();
        self.put(line);
        self.text.push('\n');
    }

    /// More of a line.
    fn put(&mut self, part: impl fmt::Display) {
        write!(self.text, "{part}").expect("a string can be written to");
    }

    /// Lines one level further in.
    fn inside(&mut self, print: impl FnOnce(&mut Self)) {
        self.indent += 1;
        print(self);
        self.indent -= 1;
    }

    /// What is left of the line that was begun.
    fn room(&self) -> usize {
        let line = self.text.rfind('\n').map_or(0, |end| end + 1);
        WIDTH.saturating_sub(self.text[line..].chars().count())
    }

    fn docs(&mut self, docs: &Docs) {
        for line in docs.0.iter().flat_map(|line| line.split('\n')) {
            let line = line.trim_end();
            self.line(if line.is_empty() { "///".to_owned() } else { format!("/// {line}") });
        }
    }

    fn header(&mut self, header: &PackageHeader) {
        self.docs(&header.docs);
        match &header.targets {
            Some(world) => self.line(format_args!("package {} targets {world};", header.name)),
            None => self.line(format_args!("package {};", header.name)),
        }
    }

    fn statement(&mut self, statement: &Statement) {
        match statement {
            Statement::Import(import) => self.import(import),
            Statement::Let(let_) => self.let_(let_),
            Statement::Export(export) => self.export(export),
            Statement::Interface(interface) => self.interface(interface),
            Statement::World(world) => self.world(world),
            Statement::Type(decl) => self.type_decl(decl),
        }
    }

    fn import(&mut self, import: &Import) {
        self.docs(&import.docs);
        self.start();
        self.put(format_args!("import {}", Id(&import.id)));
        if let Some(name) = &import.name {
            self.put(format_args!(" as {}", Extern(name)));
        }
        self.put(": ");
        self.item_type(&import.ty);
        self.put(";\n");
    }

    /// The type of an import or an export, behind its `: `.
    fn item_type(&mut self, ty: &ItemType) {
        match ty {
            ItemType::Func(func) => self.put(types::Func(func)),
            ItemType::Interface(interface) => self.inline_interface(&interface.items),
            ItemType::Path(path) => self.put(path),
            ItemType::Id(id) => self.put(Id(id)),
        }
    }

    fn inline_interface(&mut self, items: &[InterfaceItem]) {
        self.put("interface ");
        self.block(items, Self::interface_item);
    }

    /// Items in braces, the last line of which is left open.
    fn block<T>(&mut self, items: &[T], print: impl Fn(&mut Self, &T)) {
        if items.is_empty() {
            return self.put("{}");
        }
        self.put("{\n");
        self.inside(|printer| items.iter().for_each(|item| print(printer, item)));
        self.start();
        self.put("}");
    }

    fn let_(&mut self, let_: &Let) {
        self.docs(&let_.docs);
        self.start();
        self.put(format_args!("let {} = ", Id(&let_.id)));
        self.expr(&let_.expr, 1);
        self.put(";\n");
    }

    fn export(&mut self, export: &Export) {
        self.docs(&export.docs);
        self.start();
        self.put("export ");
        let name = match &export.name {
            ExportName::Inferred => String::new(),
            ExportName::As(name) => format!(" as {}", Extern(name)),
            ExportName::Spread(_) => "...".to_owned(),
        };
        self.expr(&export.expr, name.chars().count() + 1);
        self.put(format_args!("{name};\n"));
    }

    /// An expression; `behind` columns follow it on its last line.
    fn expr(&mut self, expr: &Expr, behind: usize) {
        exprs::print(self, expr, behind);
    }
}

/// A name where keywords stand as well.
struct Id<'t>(&'t Name);

impl fmt::Display for Id<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if needs_escape(&self.0.text) {
            f.write_char('%')?;
        }
        f.write_str(&self.0.text)
    }
}

/// A string with its quotes.
struct Quoted<'t>(&'t Text);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&write_string(&self.0.text))
    }
}

/// A name that another component sees.
struct Extern<'t>(&'t ExternName);

impl fmt::Display for Extern<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            ExternName::Id(name) => Id(name).fmt(f),
            ExternName::Text(text) => Quoted(text).fmt(f),
        }
    }
}

/// An interface or a world.
struct Item<'t>(&'t ItemRef);

impl fmt::Display for Item<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            ItemRef::Path(path) => path.fmt(f),
            ItemRef::Id(name) => Id(name).fmt(f),
        }
    }
}
