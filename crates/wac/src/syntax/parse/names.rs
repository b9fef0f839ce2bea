//! Names, packages and paths.
//!
//! Specification: WIT, "Identifiers", "Package declaration"; WAC, "WAC Grammar".

use super::super::escapes;
use super::super::lex::{Kind, Mark};
use super::super::tree::{ExternName, ItemRef, Name, Package, PackageName, Path, Span, Text, Version};
use super::super::words::{self, is_keyword, is_of_composition};
use super::cursor::{Lost, Parsed, Parser};

/// Where a name stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// In statements and expressions: `let`, `new` and `targets` are no names.
    Composition,
    /// In types, where they are, as in WIT.
    Types,
}

impl Parser<'_> {
    /// A name; `what` it names is told where none stands. A keyword is taken for one where that makes sense.
    pub fn name(&mut self, what: &str, place: Use) -> Parsed<Name> {
        if !self.is_kind(Kind::Word) {
            return Err(self.no_name(what));
        }
        let word = self.here_text();
        let is_name = !is_keyword(word) && (place == Use::Types || !is_of_composition(word));
        if is_name {
            return Ok(self.take_name());
        }
        let follows = matches!(
            self.ahead(1).kind,
            Kind::Mark(
                Mark::Equals
                    | Mark::Colon
                    | Mark::OpenBrace
                    | Mark::CloseBrace
                    | Mark::Comma
                    | Mark::Semicolon
                    | Mark::Dot
                    | Mark::CloseAngle
            )
        );
        let headline = format!("expected {what}, found the keyword `{word}`");
        let problem = self.error("wac/syntax", headline, self.here().span, "a keyword");
        let misplaced = self.at_statement_word() && self.is_first();
        if !follows || misplaced {
            let help = misplaced.then(|| format!("write {what}"));
            return Err(self.unexpected(what, help));
        }
        self.tell(problem.help(format!("write `%{word}`")));
        Ok(self.take_name())
    }

    fn no_name(&mut self, what: &str) -> Lost {
        let help = match self.here().kind {
            Kind::String => {
                let bare = escapes::read(self.here_text());
                (words::wrong_name(self.source, &bare, Span::default()).is_none()).then(|| format!("write `{bare}`"))
            }
            Kind::Word | Kind::Number | Kind::Mark(_) | Kind::End => None,
        };
        self.unexpected(what, help)
    }

    /// The word that stands here, as a name.
    fn take_name(&mut self) -> Name {
        let token = self.bump();
        let text = self.text(token);
        Name { text: text.strip_prefix('%').unwrap_or(text).to_owned(), span: token.span }
    }

    /// The string that stands here.
    pub fn take_text(&mut self) -> Text {
        let token = self.bump();
        Text { text: escapes::read(self.text(token)), span: token.span }
    }

    /// `name` or `"name"`.
    pub fn extern_name(&mut self, what: &str) -> Parsed<ExternName> {
        if self.is_kind(Kind::String) {
            return Ok(ExternName::Text(self.take_text()));
        }
        self.name(what, Use::Composition).map(ExternName::Id)
    }

    /// As `extern_name`, where nothing but the name can stand: of an interface's name without quotes it is told.
    pub fn outer_name(&mut self, what: &str) -> Parsed<ExternName> {
        let is_path =
            self.is_ahead(1, Mark::Colon) && self.ahead(2).kind == Kind::Word && self.is_ahead(3, Mark::Slash);
        if !self.is_kind(Kind::Word) || !is_path {
            return self.extern_name(what);
        }
        let has_version = self.is_ahead(5, Mark::At) && self.ahead(6).kind == Kind::Number;
        let last = if has_version { self.ahead(6) } else { self.ahead(4) };
        let written = &self.source.text[self.here().span.to(last.span).range()];
        Err(self.unexpected(&format!("{what} as a string"), Some(format!("write `\"{written}\"`"))))
    }

    /// A part of a package's name or of a path; keywords may be parts.
    fn part(&mut self, what: &str) -> Parsed<Name> {
        if self.is_kind(Kind::Word) { Ok(self.take_name()) } else { Err(self.unexpected(what, None)) }
    }

    /// `ns:name@1.0.0` or `"file.wasm"`.
    pub fn package(&mut self) -> Parsed<Package> {
        if self.is_kind(Kind::String) {
            return Ok(Package::File(self.take_text()));
        }
        let name = self.package_name()?;
        if self.is(Mark::Slash) {
            let help = format!("write `{name}`: a component is a package");
            return Err(self.missing_with(Mark::OpenBrace.text(), Some(help)));
        }
        Ok(Package::Name(name))
    }

    /// `ns:name@1.0.0`
    pub fn package_name(&mut self) -> Parsed<PackageName> {
        let mut name = self.unversioned()?;
        name.version = self.version_after()?;
        name.span = self.span_from(name.span);
        Ok(name)
    }

    /// `ns:name`
    fn unversioned(&mut self) -> Parsed<PackageName> {
        let start = self.here();
        let is_part = !self.at_statement_word() || !self.is_first();
        let first = if is_part {
            self.part("the name of a package")?
        } else {
            return Err(self.no_name("the name of a package"));
        };
        let mut parts = vec![first];
        let is_file = self.is(Mark::Dot) && matches!(self.text(self.ahead(1)), "wasm" | "wat" | "wit");
        if is_file && self.touches(1) {
            let written = &self.source.text[start.span.to(self.ahead(1).span).range()];
            return Err(self.missing_with(Mark::Colon.text(), Some(format!("write `\"{written}\"`"))));
        }
        if !self.is(Mark::Colon) {
            let help = format!("write `namespace:{}`", parts[0].text);
            return Err(self.missing_with(Mark::Colon.text(), Some(help)));
        }
        while self.eat(Mark::Colon) {
            parts.push(self.part("the name of the package")?);
        }
        Ok(PackageName { parts, version: None, span: self.span_from(start.span) })
    }

    /// `@1.0.0`, if it stands here.
    fn version_after(&mut self) -> Parsed<Option<Version>> {
        // On a line of its own it begins a gate.
        if !self.is(Mark::At) || self.is_first() && self.ahead(1).kind == Kind::Word {
            return Ok(None);
        }
        self.bump();
        self.version().map(Some)
    }

    /// `1.0.0`; of a wrong one it is told, and reading goes on with a stand-in.
    pub fn version(&mut self) -> Parsed<Version> {
        if !self.is_kind(Kind::Number) {
            return Err(self.unexpected("a version", Some("write a version, as in `1.0.0`".to_owned())));
        }
        let token = self.here();
        let value = words::version(self.source, self.text(token), token.span).unwrap_or_else(|problem| {
            self.tell(problem);
            semver::Version::new(0, 0, 0)
        });
        self.bump();
        Ok(Version { value, span: token.span })
    }

    /// Whether the path of an item in a package stands here, not just a name.
    pub fn at_path(&self) -> bool {
        self.is_kind(Kind::String) || self.is_kind(Kind::Word) && self.is_ahead(1, Mark::Colon)
    }

    /// `ns:name/item@1.0.0` or `"types.wit"/item`.
    pub fn path(&mut self) -> Parsed<Path> {
        let start = self.here().span;
        if self.is_kind(Kind::String) {
            let package = Package::File(self.take_text());
            let items = self.items("\"types.wit\"")?;
            return Ok(Path { package, items, span: self.span_from(start) });
        }
        let mut package = self.unversioned()?;
        let early = self.version_after()?;
        let items = self.items(&package.unversioned())?;
        let version = self.version_after()?;
        if let Some(early) = &early {
            let path: Vec<&str> = items.iter().map(|item| item.text.as_str()).collect();
            let right = format!("{}/{}@{}", package.unversioned(), path.join("/"), early.value);
            let headline = "a version stands in front of the name of the item";
            let problem = self.error("wac/syntax", headline, early.span, "too early");
            self.tell_passed(problem.help(format!("write `{right}`")));
        }
        package.version = version.or(early);
        Ok(Path { package: Package::Name(package), items, span: self.span_from(start) })
    }

    /// `/item` of a package, once or more.
    fn items(&mut self, package: &str) -> Parsed<Vec<Name>> {
        if !self.is(Mark::Slash) {
            let help = format!("name what is meant of it: `{package}/name`");
            return Err(self.missing_with(Mark::Slash.text(), Some(help)));
        }
        let mut items = Vec::new();
        while self.eat(Mark::Slash) {
            items.push(self.part("the name of an interface or a world")?);
        }
        Ok(items)
    }

    /// An interface or a world: its path, or the name under which the script declared it.
    pub fn item_ref(&mut self, what: &str) -> Parsed<ItemRef> {
        if self.at_path() {
            return self.path().map(ItemRef::Path);
        }
        let name = self.name(what, Use::Types)?;
        self.no_namespace(&name)?;
        Ok(ItemRef::Id(name))
    }

    /// Tells of `http/types`, which should be `wasi:http/types`.
    pub fn no_namespace(&mut self, name: &Name) -> Parsed<()> {
        if self.is(Mark::Slash) && self.ahead(1).kind == Kind::Word {
            let help = format!("write `namespace:{}`", name.text);
            return Err(self.missing_with(Mark::Colon.text(), Some(help)));
        }
        Ok(())
    }
}
