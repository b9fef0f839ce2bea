//! From tokens to the tree.
//!
//! In: tokens. Out: a script, and every error.
//! Holds: what cannot be read is left out of the tree and has been told; a statement, an item or an element that is
//! broken does not take its neighbours with it.
//!
//! Specification: WAC, "WAC Grammar".

mod brackets;
mod cursor;
mod decls;
mod expr;
mod gates;
mod list;
mod names;
mod recover;
mod types;

use std::sync::Arc;

use diag::{Diagnostic, Source};

use super::lex::{Kind, Lexed, Mark};
use super::tree::{Docs, Export, ExportName, Import, ItemType, Let, PackageHeader, Script, Span, Statement};
use super::words::{STATEMENTS, meant};
use cursor::{Lost, Parsed, Parser};
use names::Use;

/// Expressions in expressions, and types in types; so that whoever walks the tree may do so recursively.
const DEEPEST: usize = 100;

pub(super) fn script(source: &Arc<Source>, lexed: Lexed) -> (Script, Vec<Diagnostic>) {
    let mut parser = Parser::new(source, lexed);
    let mut script = Script::default();
    let mut headers = Headers::default();
    let base = parser.here().column;
    while !parser.at_end() && !parser.is_hopeless() {
        let start = parser.position();
        parser.column = parser.here().column;
        parser.item = parser.column;
        let read = top(&mut parser, &mut script, &mut headers);
        parser.depth = 0;
        if read.is_err() {
            parser.skip_statement(start);
        }
        let is_further_in = parser.is_first() && parser.here().column > base;
        if read.is_err() && is_further_in && !parser.at_statement_word() {
            parser.skip_lines(base);
        }
        // What lies between a mistake and the next statement is passed over; brackets left open in it are nobody's.
        parser.forget_open(0);
    }
    headers.tell_missing(&mut parser);
    (script, parser.into_problems())
}

/// The package headers that were met.
#[derive(Default)]
struct Headers {
    /// The word `package` of the first one, even if the rest of it cannot be read.
    first: Option<Span>,
    /// What stands where the header should.
    instead: Option<(Span, bool)>,
}

impl Headers {
    /// Tells that the script does not begin with a header.
    fn tell_missing(self, parser: &mut Parser<'_>) {
        let (span, is_empty) = match (self.first, self.instead) {
            (Some(_), None) => return,
            (_, Some(instead)) => instead,
            (None, None) => (parser.here().span, true),
        };
        let label = if is_empty { "nothing stands here" } else { "stands where the header should" };
        let problem = parser.error("wac/no-package", "the script does not begin with a package header", span, label);
        parser.tell_passed(match self.first {
            Some(late) => problem.label(late.place(parser.source), "too late").help("move it to the beginning"),
            None => problem.help("write a header as the first line: `package local:app;`"),
        });
    }
}

fn top(parser: &mut Parser<'_>, script: &mut Script, headers: &mut Headers) -> Parsed<()> {
    let is_begin = headers.first.is_none() && headers.instead.is_none();
    if !(parser.is_word("package") || is_begin && meant_package(parser)) {
        if is_begin {
            headers.instead = Some((parser.here().span, false));
            if !parser.at_statement_word() {
                parser.hush();
            }
        }
        script.statements.push(statement(parser)?);
        return Ok(());
    }
    let word = parser.here().span;
    match headers.first {
        Some(first) => second_header(parser, word, first),
        None => {
            headers.first = Some(word);
            script.package = Some(package_header(parser)?);
            Ok(())
        }
    }
}

/// Whether a word stands here that was meant as `package`; if so, that is told.
fn meant_package(parser: &mut Parser<'_>) -> bool {
    let is_name = parser.is_kind(Kind::Word) && !parser.at_statement_word() && parser.ahead(1).kind == Kind::Word;
    let is_near = is_name && meant(parser.here_text(), &["package"]).is_some();
    if is_near {
        parser.tell_here("`package`", Some("did you mean `package`?".to_owned()));
    }
    is_near
}

/// `package ns:name targets ns:other/world;`
fn package_header(parser: &mut Parser<'_>) -> Parsed<PackageHeader> {
    let docs = parser.docs();
    let start = parser.bump().span;
    let name = parser.package_name()?;
    let targets = parser.eat_word("targets").then(|| parser.path()).transpose()?;
    parser.semicolon()?;
    Ok(PackageHeader { docs, name, targets, span: parser.span_from(start) })
}

/// Tells that there is a header already, and passes over this one.
fn second_header(parser: &mut Parser<'_>, word: Span, first: Span) -> Parsed<()> {
    let problem = parser
        .error("wac/second-package", "a script has one package header", word, "the second one")
        .label(first.place(parser.source), "the first one")
        .help("remove one of them");
    parser.tell(problem);
    Err(Lost)
}

fn statement(parser: &mut Parser<'_>) -> Parsed<Statement> {
    let attributes = parser.attributes();
    let word = if parser.is_kind(Kind::Word) { parser.here_text() } else { "" };
    if matches!(word, "import" | "let" | "export") {
        parser.no_gates(&attributes.gates, word);
    }
    match word {
        "import" => import(parser, attributes.docs).map(Statement::Import),
        "let" => let_(parser, attributes.docs).map(Statement::Let),
        "export" => export(parser, attributes.docs).map(Statement::Export),
        "interface" => parser.interface(attributes).map(Statement::Interface),
        "world" => parser.world(attributes).map(Statement::World),
        "record" | "variant" | "flags" | "enum" | "type" => parser.type_decl(attributes).map(Statement::Type),
        _ => Err(no_statement(parser)),
    }
}

/// Tells that no statement begins here.
fn no_statement(parser: &mut Parser<'_>) -> Lost {
    let word = if parser.is_kind(Kind::Word) { parser.here_text() } else { "" };
    let help = match word {
        "resource" | "use" | "include" => Some(format!("put the `{word}` into an interface or a world")),
        "new" => Some("give the instance a name: `let name = new ..`".to_owned()),
        "" if parser.is(Mark::Semicolon) || parser.is(Mark::CloseBrace) => {
            Some(format!("remove `{}`", parser.here_text()))
        }
        _ if parser.is_ahead(1, Mark::Equals) => Some(format!("write `let {word}`")),
        _ => meant(word, &STATEMENTS).map(|meant| format!("did you mean `{meant}`?")),
    };
    let is_spare = parser.is(Mark::Semicolon);
    let lost = parser.unexpected("a statement", help);
    if is_spare {
        parser.bump();
    }
    lost
}

/// `import id as name: type;`
fn import(parser: &mut Parser<'_>, docs: Docs) -> Parsed<Import> {
    let start = parser.bump().span;
    let id = parser.name("the name of the import", Use::Composition)?;
    let name = parser.eat_word("as").then(|| parser.outer_name("the name of the import")).transpose()?;
    parser.expect_not(Mark::Colon, Mark::Equals)?;
    let ty = parser.item_type()?;
    parser.semicolon()?;
    Ok(Import { docs, id, name, ty, span: parser.span_from(start) })
}

/// `let id = expr;`
fn let_(parser: &mut Parser<'_>, docs: Docs) -> Parsed<Let> {
    let start = parser.bump().span;
    let id = parser.name("a name", Use::Composition)?;
    parser.expect_not(Mark::Equals, Mark::Colon)?;
    let expr = parser.expr()?;
    parser.semicolon()?;
    Ok(Let { docs, id, expr, span: parser.span_from(start) })
}

/// `export expr as name;`
fn export(parser: &mut Parser<'_>, docs: Docs) -> Parsed<Export> {
    let start = parser.bump().span;
    let expr = parser.expr()?;
    let name = if parser.is(Mark::Dots) {
        ExportName::Spread(parser.bump().span)
    } else if parser.eat_word("as") {
        ExportName::As(parser.outer_name("the name of the export")?)
    } else {
        ExportName::Inferred
    };
    parser.semicolon()?;
    Ok(Export { docs, expr, name, span: parser.span_from(start) })
}

impl Parser<'_> {
    /// What stands behind the `:` of an import or an export.
    fn item_type(&mut self) -> Parsed<ItemType> {
        if self.at_path() {
            return self.path().map(ItemType::Path);
        }
        if self.is_word("async") || self.is_word("func") {
            return self.func_type().map(ItemType::Func);
        }
        if self.is_word("interface") {
            return self.inline_interface().map(ItemType::Interface);
        }
        let what = "a function type, an interface, or the name of one";
        let name = self.name(what, Use::Composition)?;
        self.no_namespace(&name)?;
        Ok(ItemType::Id(name))
    }

    /// Reads something one level further in.
    fn deeper<T>(&mut self, what: &str, read: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth >= DEEPEST {
            let headline = format!("{what} are nested too deeply");
            let label = format!("level {}; allowed are {DEEPEST}", DEEPEST + 1);
            let problem = self.error("wac/too-deep", headline, self.here().span, &label);
            self.tell(problem.help("give a part of it a name of its own"));
            return Err(Lost);
        }
        self.depth += 1;
        let read = read(self);
        self.depth -= 1;
        read
    }
}
