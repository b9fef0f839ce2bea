//! Types, their declarations, and functions.
//!
//! Specification: WIT, "Item: `type`" and the sections after it, "Types"; WAC, "WAC Grammar".

use super::super::lex::{Kind, Mark, Token};
use super::super::tree::{
    Attributes, Case, Constructor, Field, FuncType, Length, Method, Name, Param, ResourceItem, Type, TypeDecl,
    TypeDeclKind, TypeKind, VariantCase,
};
use super::cursor::{Lost, Parsed, Parser};
use super::list::ListOf;
use super::names::Use;

impl Parser<'_> {
    /// A declaration; the word with which it begins stands here.
    pub(super) fn type_decl(&mut self, attributes: Attributes) -> Parsed<TypeDecl> {
        let start = self.start_of(&attributes);
        let word = self.bump();
        let word = self.text(word);
        let id = self.name(&format!("the name of the {word}"), Use::Composition)?;
        let kind = match word {
            "record" => TypeDeclKind::Record(self.members(&id, ListOf::Fields, ("record", "field"), Self::field)?),
            "variant" => {
                TypeDeclKind::Variant(self.members(&id, ListOf::Names, ("variant", "case"), Self::variant_case)?)
            }
            "flags" => TypeDeclKind::Flags(self.members(&id, ListOf::Names, ("flags", "flag"), Self::case)?),
            "enum" => TypeDeclKind::Enum(self.members(&id, ListOf::Names, ("enum", "case"), Self::case)?),
            "resource" => TypeDeclKind::Resource(self.resource_items()?),
            _ => self.alias()?,
        };
        Ok(TypeDecl { attributes, id, kind, span: self.span_from(start) })
    }

    /// `= type;` or `= func();`
    fn alias(&mut self) -> Parsed<TypeDeclKind> {
        self.expect_not(Mark::Equals, Mark::Colon)?;
        let kind = if self.is_word("func") || self.is_word("async") {
            TypeDeclKind::FuncAlias(self.func_type()?)
        } else {
            TypeDeclKind::Alias(self.ty()?)
        };
        self.semicolon()?;
        Ok(kind)
    }

    /// Members in braces, of which there has to be one.
    fn members<T>(
        &mut self,
        id: &Name,
        kind: ListOf,
        (what, member): (&str, &str),
        element: impl FnMut(&mut Self) -> Parsed<T>,
    ) -> Parsed<Vec<T>> {
        let list = self.list(kind, &format!("a {member}"), element)?;
        if list.is_empty {
            let problem = self
                .error("wac/empty-type", format!("{what} `{}` has no {member}s", id.text), list.close.span, "empty")
                .label(id.span.place(self.source), format!("has no {member}s"))
                .help(format!("add a {member}"));
            self.tell_passed(problem);
        }
        Ok(list.elements)
    }

    fn field(&mut self) -> Parsed<Field> {
        let docs = self.docs_only("a field");
        let name = self.name("the name of a field", Use::Types)?;
        self.expect_not(Mark::Colon, Mark::Equals)?;
        let ty = self.ty()?;
        let span = self.span_from(name.span);
        Ok(Field { docs, name, ty, span })
    }

    fn variant_case(&mut self) -> Parsed<VariantCase> {
        let docs = self.docs_only("a case");
        let name = self.name("the name of a case", Use::Types)?;
        let payload = if self.eat(Mark::OpenParen) {
            let ty = self.ty()?;
            self.expect(Mark::CloseParen)?;
            Some(ty)
        } else {
            None
        };
        let span = self.span_from(name.span);
        Ok(VariantCase { docs, name, payload, span })
    }

    fn case(&mut self) -> Parsed<Case> {
        let docs = self.docs_only("a case");
        Ok(Case { docs, name: self.name("a name", Use::Types)? })
    }

    /// `;`, or the constructor and the methods in braces.
    fn resource_items(&mut self) -> Parsed<Vec<ResourceItem>> {
        if self.eat(Mark::Semicolon) {
            return Ok(Vec::new());
        }
        let is_further_in = self.is_first() && self.here().column > self.item;
        if !self.is(Mark::OpenBrace) && !is_further_in {
            self.semicolon()?;
            return Ok(Vec::new());
        }
        self.body("a method", &[], Self::resource_item)
    }

    fn resource_item(&mut self) -> Parsed<ResourceItem> {
        let attributes = self.attributes();
        if self.is_word("constructor") && !self.is_ahead(1, Mark::Colon) {
            return self.constructor(attributes).map(ResourceItem::Constructor);
        }
        self.method(attributes).map(ResourceItem::Method)
    }

    /// `constructor(a: u32);`
    fn constructor(&mut self, attributes: Attributes) -> Parsed<Constructor> {
        let start = self.start_of(&attributes);
        let word = self.bump().span;
        let params = self.params()?;
        let result = self.result()?;
        self.semicolon()?;
        Ok(Constructor { attributes, word, params, result, span: self.span_from(start) })
    }

    /// `name: static async func();`
    fn method(&mut self, attributes: Attributes) -> Parsed<Method> {
        let start = self.start_of(&attributes);
        let name = self.name("a method", Use::Types)?;
        self.expect_not(Mark::Colon, Mark::Equals)?;
        let is_static = self.eat_word("static");
        if self.is_word("async") && self.text(self.ahead(1)) == "static" {
            let help = Some("write `static async`".to_owned());
            self.bump();
            return Err(self.unexpected("`func`", help));
        }
        let func = self.func_type()?;
        self.semicolon()?;
        Ok(Method { attributes, name, is_static, func, span: self.span_from(start) })
    }

    /// `async func(a: u32) -> u32`
    pub(super) fn func_type(&mut self) -> Parsed<FuncType> {
        let start = self.here().span;
        let is_async = self.eat_word("async");
        if !self.eat_word("func") {
            let help = self.is(Mark::OpenParen).then(|| "write `func` in front".to_owned());
            return Err(self.unexpected("`func`", help));
        }
        let params = self.params()?;
        let result = self.result()?;
        Ok(FuncType { is_async, params, result, span: self.span_from(start) })
    }

    fn params(&mut self) -> Parsed<Vec<Param>> {
        Ok(self.list(ListOf::Params, "a parameter", Self::param)?.elements)
    }

    fn param(&mut self) -> Parsed<Param> {
        let name = self.name("the name of a parameter", Use::Types)?;
        self.expect_not(Mark::Colon, Mark::Equals)?;
        let ty = self.ty()?;
        let span = self.span_from(name.span);
        Ok(Param { name, ty, span })
    }

    /// `-> type`, if it stands here.
    fn result(&mut self) -> Parsed<Option<Type>> {
        if !self.arrow() {
            return Ok(None);
        }
        if self.is(Mark::OpenParen) {
            let help = "return one value: a `tuple<..>`, or a record".to_owned();
            return Err(self.unexpected("a type", Some(help)));
        }
        self.ty().map(Some)
    }

    /// Whether `->` stands here, or `=>`, or a type without one: of these two it is told.
    fn arrow(&mut self) -> bool {
        let fat = self.is(Mark::Equals) && self.is_ahead(1, Mark::CloseAngle) && self.touches(1);
        let none = self.is_kind(Kind::Word) && !self.is_first();
        if fat {
            self.tell_here("`->`", Some("write `->` instead of `=>`".to_owned()));
            self.bump();
            self.bump();
        } else if none {
            let help = format!("write `-> {}`", self.here_text());
            self.tell_here("`->`", Some(help));
        }
        fat || none || self.eat(Mark::Arrow)
    }

    pub(super) fn ty(&mut self) -> Parsed<Type> {
        self.deeper("types", Self::ty_here)
    }

    fn ty_here(&mut self) -> Parsed<Type> {
        let start = self.here();
        let kind =
            if start.kind == Kind::Word { self.type_kind(self.text(start))? } else { return Err(self.no_type()) };
        if self.is(Mark::OpenAngle) || self.is(Mark::OpenBracket) {
            return Err(self.spare_types(start));
        }
        Ok(Type { kind, span: self.span_from(start.span) })
    }

    /// Tells of `lst<..>` and `u8[]`.
    fn spare_types(&mut self, start: Token) -> Lost {
        const GENERIC: [&str; 9] = ["list", "map", "tuple", "option", "result", "future", "stream", "own", "borrow"];
        let word = self.text(start);
        let help = match super::super::words::meant(word, &GENERIC) {
            _ if self.is(Mark::OpenBracket) => format!("write `list<{}>`", self.since(start.span)),
            Some(near) if near != word => format!("did you mean `{near}`?"),
            Some(_) | None => format!("write `{word}` alone"),
        };
        self.unexpected("the end of the type", Some(help))
    }

    fn no_type(&mut self) -> Lost {
        let help = self.is(Mark::Underscore).then(|| "`_` stands only in `result<_, type>`".to_owned());
        self.unexpected("a type", help)
    }

    fn type_kind(&mut self, word: &str) -> Parsed<TypeKind> {
        if let Some(primitive) = primitive(word) {
            self.bump();
            return Ok(primitive);
        }
        // These two are keywords only in front of `<`.
        let has_types = self.is_ahead(1, Mark::OpenAngle);
        match word {
            "list" => self.list_type(),
            "map" if has_types => self.map_type(),
            "tuple" => self.tuple_type(),
            "option" => self.one(TypeKind::Option),
            "result" => self.result_type(),
            "future" => self.maybe_one(TypeKind::Future),
            "stream" => self.maybe_one(TypeKind::Stream),
            "own" if has_types => self.handle(TypeKind::Own),
            "borrow" => self.handle(TypeKind::Borrow),
            _ => self.name("a type", Use::Types).map(TypeKind::Named),
        }
    }

    /// A word that types in `<..>` have to follow, and the `<`.
    fn generic(&mut self) -> Parsed<Token> {
        let word = self.bump();
        if !self.eat(Mark::OpenAngle) {
            let help = format!("write `{}<..>`", self.text(word));
            return Err(self.missing_with(Mark::OpenAngle.text(), Some(help)));
        }
        Ok(word)
    }

    /// `<type>`
    fn one(&mut self, kind: fn(Box<Type>) -> TypeKind) -> Parsed<TypeKind> {
        self.generic()?;
        let ty = self.ty()?;
        self.expect(Mark::CloseAngle)?;
        Ok(kind(Box::new(ty)))
    }

    /// `<type>`, or nothing.
    fn maybe_one(&mut self, kind: fn(Option<Box<Type>>) -> TypeKind) -> Parsed<TypeKind> {
        self.bump();
        if !self.eat(Mark::OpenAngle) {
            return Ok(kind(None));
        }
        let ty = self.ty()?;
        self.expect(Mark::CloseAngle)?;
        Ok(kind(Some(Box::new(ty))))
    }

    /// `<resource>`
    fn handle(&mut self, kind: fn(Name) -> TypeKind) -> Parsed<TypeKind> {
        self.generic()?;
        let name = self.name("the name of a resource", Use::Types)?;
        self.expect(Mark::CloseAngle)?;
        Ok(kind(name))
    }

    /// `list<type>` or `list<type, 4>`
    fn list_type(&mut self) -> Parsed<TypeKind> {
        self.generic()?;
        let ty = Box::new(self.ty()?);
        let length = self.eat(Mark::Comma).then(|| self.length()).transpose()?;
        self.expect(Mark::CloseAngle)?;
        Ok(match length {
            Some(length) => TypeKind::FixedList(ty, length),
            None => TypeKind::List(ty),
        })
    }

    fn length(&mut self) -> Parsed<Length> {
        let here = self.here();
        let text = self.text(here);
        if here.kind != Kind::Number || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(self.unexpected("the length of the list", Some("write a number".to_owned())));
        }
        let value = match text.parse::<u32>() {
            Ok(0) => {
                self.bad_length("a list of fixed length has no items", "of length 0", "write a length of at least 1")
            }
            Ok(value) => value,
            Err(_) => {
                let headline = format!("no list is as long as {text}");
                self.bad_length(&headline, "more than 4294967295", "write a smaller length")
            }
        };
        self.bump();
        Ok(Length { value, span: here.span })
    }

    /// Tells that the length that stands here is none, and gives a stand-in.
    fn bad_length(&mut self, headline: &str, label: &str, help: &str) -> u32 {
        let problem = self.error("wac/list-length", headline, self.here().span, label).help(help);
        self.tell(problem);
        1
    }

    /// `map<key, value>`
    fn map_type(&mut self) -> Parsed<TypeKind> {
        self.generic()?;
        let key = Box::new(self.ty()?);
        self.expect(Mark::Comma)?;
        let value = Box::new(self.ty()?);
        self.expect(Mark::CloseAngle)?;
        Ok(TypeKind::Map(key, value))
    }

    /// `tuple<type, type>`
    fn tuple_type(&mut self) -> Parsed<TypeKind> {
        let word = self.generic()?;
        let mut parts = Vec::new();
        while !self.is(Mark::CloseAngle) {
            parts.push(self.ty()?);
            if !self.eat(Mark::Comma) {
                break;
            }
        }
        if parts.is_empty() && self.is(Mark::CloseAngle) {
            self.empty_tuple(word);
        }
        self.expect(Mark::CloseAngle)?;
        Ok(TypeKind::Tuple(parts))
    }

    fn empty_tuple(&mut self, word: Token) {
        let problem = self
            .error("wac/empty-type", "a tuple has no parts", self.here().span, "empty")
            .label(word.span.place(self.source), "has no parts")
            .help("write a type between `<` and `>`");
        self.tell(problem);
    }

    /// `result`, `result<ok>`, `result<_, err>` or `result<ok, err>`
    fn result_type(&mut self) -> Parsed<TypeKind> {
        self.bump();
        let (mut ok, mut err) = (None, None);
        if self.eat(Mark::OpenAngle) {
            ok = self.result_part()?;
            if self.eat(Mark::Comma) {
                err = self.result_part()?;
            }
            self.expect(Mark::CloseAngle)?;
        }
        Ok(TypeKind::Result { ok, err })
    }

    fn result_part(&mut self) -> Parsed<Option<Box<Type>>> {
        if self.eat(Mark::Underscore) { Ok(None) } else { Ok(Some(Box::new(self.ty()?))) }
    }
}

fn primitive(word: &str) -> Option<TypeKind> {
    Some(match word {
        "bool" => TypeKind::Bool,
        "u8" => TypeKind::U8,
        "u16" => TypeKind::U16,
        "u32" => TypeKind::U32,
        "u64" => TypeKind::U64,
        "s8" => TypeKind::S8,
        "s16" => TypeKind::S16,
        "s32" => TypeKind::S32,
        "s64" => TypeKind::S64,
        "f32" => TypeKind::F32,
        "f64" => TypeKind::F64,
        "char" => TypeKind::Char,
        "string" => TypeKind::String,
        "error-context" => TypeKind::ErrorContext,
        _ => return None,
    })
}
