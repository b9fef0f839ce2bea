//! Interfaces and worlds.
//!
//! Specification: WIT, "Item: `interface`", "Item: `world`", "Item: `use`"; WAC, "WAC Grammar".

use super::super::lex::{Kind, Mark};
use super::super::tree::{
    Attributes, FuncRef, Include, InlineInterface, Interface, InterfaceFunc, InterfaceItem, ItemType, Rename, Span,
    Use, UseName, World, WorldExtern, WorldExternItem, WorldItem,
};
use super::cursor::{Lost, Parsed, Parser};
use super::list::ListOf;
use super::names::Use as NameUse;

/// What the declarations of types in interfaces and worlds begin with.
const TYPE_WORDS: [&str; 6] = ["type", "record", "variant", "flags", "enum", "resource"];
/// The words with which statements and items of worlds begin.
const WORLD_WORDS: [&str; 7] = ["import", "export", "type", "record", "variant", "flags", "enum"];

impl Parser<'_> {
    /// Items in braces; a broken one is left out. Statements begin with `words` as well as the items.
    pub(super) fn body<T>(
        &mut self,
        what: &str,
        words: &[&str],
        mut item: impl FnMut(&mut Self) -> Parsed<T>,
    ) -> Parsed<Vec<T>> {
        self.expect_open(Mark::OpenBrace)?;
        let level = self.level();
        let around = self.item;
        let mut items = Vec::new();
        while !self.is(Mark::CloseBrace) {
            let is_item = self.is_kind(Kind::Word) && words.contains(&self.here_text());
            if self.at_end() || self.at_next_statement() && !is_item {
                return Err(self.unclosed(what, Mark::CloseBrace, level));
            }
            let start = self.position();
            self.item = self.here().column.or(around);
            let read = item(self);
            self.item = around;
            match read {
                Ok(item) => items.push(item),
                Err(Lost)
                    if self.opener(level).is_some_and(|open| open.line < self.here().line) && self.is_out(start) =>
                {
                    // The block is not closed, and this is the next item around it.
                    self.go_back(start);
                    self.forget_open(level - 1);
                    return Err(Lost);
                }
                Err(Lost) => self.skip_item(start, level),
            }
            if self.position() == start {
                // Neither an item nor the end: of that it has been told.
                return Err(Lost);
            }
        }
        self.bump();
        Ok(items)
    }

    /// Where an item begins: at its first gate.
    pub(super) fn start_of(&self, attributes: &Attributes) -> Span {
        attributes.gates.first().map_or(self.here().span, |gate| gate.span)
    }

    pub(super) fn interface(&mut self, attributes: Attributes) -> Parsed<Interface> {
        let start = self.start_of(&attributes);
        self.bump();
        let id = self.name("the name of the interface", NameUse::Composition)?;
        let items = self.body("an item of the interface", &TYPE_WORDS, Self::interface_item)?;
        Ok(Interface { attributes, id, items, span: self.span_from(start) })
    }

    /// `interface { .. }`
    pub(super) fn inline_interface(&mut self) -> Parsed<InlineInterface> {
        let start = self.bump().span;
        let items = self.body("an item of the interface", &TYPE_WORDS, Self::interface_item)?;
        Ok(InlineInterface { items, span: self.span_from(start) })
    }

    fn interface_item(&mut self) -> Parsed<InterfaceItem> {
        let attributes = self.attributes();
        if self.is_word("use") && !self.is_ahead(1, Mark::Colon) {
            return self.use_(attributes).map(InterfaceItem::Use);
        }
        if self.at_type_decl() {
            return self.type_decl(attributes).map(InterfaceItem::Type);
        }
        self.interface_func(attributes).map(InterfaceItem::Func)
    }

    /// Whether a declaration of a type begins here; `record: func()` is none.
    fn at_type_decl(&self) -> bool {
        self.is_kind(Kind::Word) && TYPE_WORDS.contains(&self.here_text()) && !self.is_ahead(1, Mark::Colon)
    }

    /// `name: func();`
    fn interface_func(&mut self, attributes: Attributes) -> Parsed<InterfaceFunc> {
        let start = self.start_of(&attributes);
        if matches!(self.here_text(), "import" | "export" | "include") && !self.is_ahead(1, Mark::Colon) {
            let help = format!("put the `{}` into a world", self.here_text());
            return Err(self.unexpected("an item of the interface", Some(help)));
        }
        if (self.is_word("func") || self.is_word("async")) && !self.is_ahead(1, Mark::Colon) {
            let help = Some("write the name in front: `name: func()`".to_owned());
            return Err(self.unexpected("an item of the interface", help));
        }
        let name = self.name("an item of the interface", NameUse::Types)?;
        let is_func = matches!(self.text(self.ahead(1)), "func" | "async");
        if self.is(Mark::Equals) && !is_func {
            return Err(self.missing_with(Mark::Colon.text(), Some(format!("write `type {}`", name.text))));
        }
        self.expect_not(Mark::Colon, Mark::Equals)?;
        let ty = if self.is_word("func") || self.is_word("async") {
            FuncRef::Func(self.func_type()?)
        } else {
            FuncRef::Id(self.name("a function type", NameUse::Types)?)
        };
        self.semicolon()?;
        Ok(InterfaceFunc { attributes, name, ty, span: self.span_from(start) })
    }

    /// `use types.{a, b as c};`
    fn use_(&mut self, attributes: Attributes) -> Parsed<Use> {
        let start = self.start_of(&attributes);
        self.bump();
        let from = self.item_ref("an interface")?;
        if self.is(Mark::OpenBrace) || self.is(Mark::Semicolon) {
            return Err(self.missing_with(Mark::Dot.text(), Some("write `.{name}` after the interface".to_owned())));
        }
        self.expect_not(Mark::Dot, Mark::Slash)?;
        let names = self.list(ListOf::Names, "the name of a type", Self::use_name)?.elements;
        self.semicolon()?;
        Ok(Use { attributes, from, names, span: self.span_from(start) })
    }

    fn use_name(&mut self) -> Parsed<UseName> {
        let name = self.name("the name of a type", NameUse::Types)?;
        let rename = self.eat_word("as").then(|| self.name("a new name", NameUse::Types)).transpose()?;
        let span = self.span_from(name.span);
        Ok(UseName { name, rename, span })
    }

    pub(super) fn world(&mut self, attributes: Attributes) -> Parsed<World> {
        let start = self.start_of(&attributes);
        self.bump();
        let id = self.name("the name of the world", NameUse::Composition)?;
        let items = self.body("an item of the world", &WORLD_WORDS, Self::world_item)?;
        Ok(World { attributes, id, items, span: self.span_from(start) })
    }

    fn world_item(&mut self) -> Parsed<WorldItem> {
        let attributes = self.attributes();
        let word = if self.is_kind(Kind::Word) { self.here_text() } else { "" };
        match word {
            "use" => self.use_(attributes).map(WorldItem::Use),
            "import" => self.world_extern(attributes).map(WorldItem::Import),
            "export" => self.world_extern(attributes).map(WorldItem::Export),
            "include" => self.include(attributes).map(WorldItem::Include),
            _ if self.at_type_decl() => self.type_decl(attributes).map(WorldItem::Type),
            _ => {
                let help = self.is_ahead(1, Mark::Colon).then(|| format!("write `import {word}` or `export {word}`"));
                Err(self.unexpected("an item of the world", help))
            }
        }
    }

    /// What follows `import` or `export` in a world.
    fn world_extern(&mut self, attributes: Attributes) -> Parsed<WorldExtern> {
        let start = self.start_of(&attributes);
        self.bump();
        let is_named = self.is_kind(Kind::Word) && self.is_ahead(1, Mark::Colon) && !self.at_whole_path();
        let item = if is_named {
            let name = self.name("a name", NameUse::Types)?;
            self.expect(Mark::Colon)?;
            WorldExternItem::Named { name, ty: self.item_type()? }
        } else {
            WorldExternItem::Item(self.item_ref("a name or an interface")?)
        };
        // In WIT no `;` follows a block.
        let is_block = matches!(&item, WorldExternItem::Named { ty: ItemType::Interface(_), .. });
        if !is_block || self.is(Mark::Semicolon) {
            self.semicolon()?;
        }
        Ok(WorldExtern { attributes, item, span: self.span_from(start) })
    }

    /// Whether `a:b/c` stands here, not `a: b`. Of `a:b:c/d` the spaces tell: without any it is one path.
    fn at_whole_path(&self) -> bool {
        let part = self.ahead(2).kind == Kind::Word;
        let nested = self.is_ahead(3, Mark::Colon) && self.touches(1) && self.touches(2);
        part && (self.is_ahead(3, Mark::Slash) || nested)
    }

    /// `include other with { a as b };`
    fn include(&mut self, attributes: Attributes) -> Parsed<Include> {
        let start = self.start_of(&attributes);
        self.bump();
        let world = self.item_ref("a world")?;
        let has_with = self.eat_word("with");
        let with = if has_with { self.list(ListOf::Names, "a name", Self::rename)?.elements } else { Vec::new() };
        if !has_with || self.is(Mark::Semicolon) {
            self.semicolon()?;
        }
        Ok(Include { attributes, world, with, span: self.span_from(start) })
    }

    fn rename(&mut self) -> Parsed<Rename> {
        let from = self.name("a name", NameUse::Types)?;
        if !self.eat_word("as") {
            let help = format!("write `{} as new-name`", from.text);
            return Err(self.missing_with("as", Some(help)));
        }
        let to = self.name("a new name", NameUse::Types)?;
        let span = self.span_from(from.span);
        Ok(Rename { from, to, span })
    }
}
