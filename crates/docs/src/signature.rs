//! WIT as it is shown: types and functions, in which every name is a link.
//!
//! In: types of a site. Out: code, through the writer. Holds: the text of a signature is WIT; parts that are shared
//! without names cannot make it endless.

use std::borrow::Cow;

use types::{Accessor, ExternName, FuncType, Kind, Param, ResourceId, TypeId, TypeKind, ValType, text};
use wit::syntax::KEYWORDS;

use crate::html::Html;
use crate::path::{BUILT_IN, Spot};
use crate::site::Site;

/// Types of which one that is written out may consist; what is beyond is `…`. In wasm a type without a name can be
/// shared, so that a small file could be endless text.
const MOST: usize = 100;
/// Characters of a signature that stand on one line.
const WIDE: usize = 76;

/// Signatures on one page.
pub(crate) struct Signature<'h, 's, 'a> {
    pub html: &'h mut Html,
    pub site: &'s Site<'a>,
    pub page: &'s str,
    left: usize,
}

impl<'h, 's, 'a> Signature<'h, 's, 'a> {
    pub(crate) fn new(html: &'h mut Html, site: &'s Site<'a>, page: &'s str) -> Self {
        Self { html, site, page, left: MOST }
    }

    pub(crate) fn keyword(&mut self, word: &str) {
        self.html.leaf("span", &[("class", "kw")], word);
    }

    pub(crate) fn name(&mut self, name: &str) {
        self.html.leaf("span", &[("class", "name")], &written(name));
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.html.text(text);
    }

    fn link(&mut self, spot: Option<Spot>, class: &str, text: &str) {
        match spot {
            Some(spot) => {
                let href = spot.from(self.page);
                self.html.leaf("a", &[("class", class), ("href", &href)], text);
            }
            None => self.html.leaf("span", &[("class", class)], text),
        }
    }

    /// A type that WIT has by itself.
    fn built_in(&mut self, word: &str) {
        let spot = Spot { page: BUILT_IN.to_owned(), id: word.to_owned() };
        self.link(Some(spot), "prim", word);
    }

    /// A type, by its name if it has one.
    pub(crate) fn ty(&mut self, ty: ValType) {
        self.left = MOST;
        self.inner(ty);
    }

    fn inner(&mut self, ty: ValType) {
        if self.left == 0 {
            return self.text("…");
        }
        self.left -= 1;
        let types = self.site.types;
        if let ValType::Def(id) = ty
            && let Some(name) = &types.def(id).name
        {
            let spot = self.site.type_spot(id, self.page);
            return self.link(spot, "type", &written(name));
        }
        match ty {
            ValType::Def(id) => self.structure(id),
            ValType::Bool
            | ValType::U8
            | ValType::S8
            | ValType::U16
            | ValType::S16
            | ValType::U32
            | ValType::S32
            | ValType::U64
            | ValType::S64
            | ValType::F32
            | ValType::F64
            | ValType::Char
            | ValType::String
            | ValType::ErrorContext => self.built_in(&text::wit_text(types, ty)),
        }
    }

    /// A type without a name: what it is made of.
    fn structure(&mut self, id: TypeId) {
        let types = self.site.types;
        match types.kind(ValType::Def(id)) {
            Kind::List(element) => self.generic("list", &[element]),
            Kind::FixedList(element, len) => {
                self.built_in("list");
                self.text("<");
                self.inner(element);
                self.text(&format!(", {len}>"));
            }
            Kind::Map(key, value) => self.generic("map", &[key, value]),
            Kind::Tuple(parts) => self.generic("tuple", parts),
            Kind::Option(some) => self.generic("option", &[some]),
            Kind::Result { ok: None, err: None } => self.built_in("result"),
            Kind::Result { ok: Some(ok), err: None } => self.generic("result", &[ok]),
            Kind::Result { ok: Some(ok), err: Some(err) } => self.generic("result", &[ok, err]),
            Kind::Result { ok: None, err: Some(err) } => {
                self.built_in("result");
                self.text("<_, ");
                self.inner(err);
                self.text(">");
            }
            Kind::Stream(payload) => self.generic("stream", payload.as_slice()),
            Kind::Future(payload) => self.generic("future", payload.as_slice()),
            Kind::Own(resource) => self.resource(id, resource),
            Kind::Borrow(resource) => {
                self.built_in("borrow");
                self.text("<");
                self.resource(id, resource);
                self.text(">");
            }
            Kind::Bool
            | Kind::U8
            | Kind::S8
            | Kind::U16
            | Kind::S16
            | Kind::U32
            | Kind::S32
            | Kind::U64
            | Kind::S64
            | Kind::F32
            | Kind::F64
            | Kind::Char
            | Kind::String
            | Kind::ErrorContext
            | Kind::Record(_)
            | Kind::Variant(_)
            | Kind::Flags(_)
            | Kind::Enum(_) => self.text(&text::wit_structure(types, ValType::Def(id))),
        }
    }

    fn generic(&mut self, word: &str, parts: &[ValType]) {
        self.built_in(word);
        if parts.is_empty() {
            return;
        }
        self.text("<");
        for (index, part) in parts.iter().enumerate() {
            if index > 0 {
                self.text(", ");
            }
            self.inner(*part);
            if self.left == 0 {
                break;
            }
        }
        self.text(">");
    }

    /// A resource, by the name that the handle says it with.
    fn resource(&mut self, handle: TypeId, id: ResourceId) {
        let types = self.site.types;
        let name = match &types.def(handle).decl.alias_of {
            Some((_, name)) => name,
            None => &types.resource(id).name,
        };
        let spot = self.site.resource_spot(id, self.page);
        self.link(spot, "type", &written(name));
    }

    /// `read: func(len: u64) -> result<list<u8>>;`
    pub(crate) fn func(&mut self, name: &ExternName, func: &FuncType) {
        let (word, is_static, has_self) = match name {
            ExternName::Label(name) => (name.clone(), false, false),
            ExternName::Constructor(_) => (String::new(), false, false),
            ExternName::Method(_, name) => (name.clone(), false, true),
            ExternName::Static(_, name) => (name.clone(), true, false),
            ExternName::Accessor(Accessor { set, name, .. }) => {
                (format!("{} {name}", if *set { "set" } else { "get" }), false, false)
            }
            ExternName::Interface(name) => (name.to_string(), false, false),
        };
        let is_constructor = matches!(name, ExternName::Constructor(_));
        if is_constructor {
            self.keyword("constructor");
        } else {
            self.name(&word);
            self.text(": ");
            if is_static {
                self.keyword("static");
                self.text(" ");
            }
            if func.async_ {
                self.keyword("async");
                self.text(" ");
            }
            self.keyword("func");
        }
        let params = &func.params[usize::from(has_self && !func.params.is_empty())..];
        let wide = word.len() + self.width(params, func.result) > WIDE;
        self.params(params, wide);
        if let Some(result) = func.result
            && !(is_constructor && self.is_handle(result))
        {
            self.text(" -> ");
            self.ty(result);
        }
        self.text(";");
    }

    /// What a constructor returns if nothing is said.
    fn is_handle(&self, ty: ValType) -> bool {
        matches!(self.site.types.kind(ty), Kind::Own(_))
    }

    /// Characters of parameters and result on one line, with `: func() -> ;`.
    fn width(&self, params: &[Param], result: Option<ValType>) -> usize {
        let types = self.site.types;
        let params = params.iter().map(|param| param.name.len() + 4 + text::wit_text(types, param.ty).len());
        params.sum::<usize>() + result.map_or(0, |ty| 4 + text::wit_text(types, ty).len()) + 9
    }

    fn params(&mut self, params: &[Param], wide: bool) {
        self.text("(");
        for (index, param) in params.iter().enumerate() {
            let before = match (wide, index) {
                (true, _) => "\n    ",
                (false, 0) => "",
                (false, _) => " ",
            };
            self.text(before);
            self.html.leaf("span", &[("class", "param")], &written(&param.name));
            self.text(": ");
            self.ty(param.ty);
            if wide || index + 1 < params.len() {
                self.text(",");
            }
        }
        self.text(if wide && !params.is_empty() { "\n)" } else { ")" });
    }

    /// The declaration of a type, with `ids` of its parts where they are documented nowhere else.
    pub(crate) fn declaration(&mut self, name: &str, id: TypeId, part_id: Option<&dyn Fn(&str) -> String>) {
        let kind = &self.site.types.def(id).kind;
        let (word, _) = keyword(kind);
        self.keyword(word);
        self.text(" ");
        self.name(name);
        match kind {
            TypeKind::Record(fields) => {
                self.parts(fields.iter().map(|field| (field.name.as_str(), Some(field.ty))), ": ", part_id);
            }
            TypeKind::Variant(cases) => {
                self.parts(cases.iter().map(|case| (case.name.as_str(), case.ty)), "(", part_id);
            }
            TypeKind::Flags(labels) | TypeKind::Enum(labels) => {
                self.parts(labels.iter().map(|label| (label.name.as_str(), None)), "", part_id);
            }
            TypeKind::Alias(target) => {
                self.text(" = ");
                self.ty(*target);
                self.text(";");
            }
            TypeKind::List(_)
            | TypeKind::FixedList(..)
            | TypeKind::Map(..)
            | TypeKind::Tuple(_)
            | TypeKind::Option(_)
            | TypeKind::Result { .. }
            | TypeKind::Own(_)
            | TypeKind::Borrow(_)
            | TypeKind::Stream(_)
            | TypeKind::Future(_) => {
                self.text(" = ");
                self.structure(id);
                self.text(";");
            }
        }
    }

    fn parts<'p>(
        &mut self,
        parts: impl Iterator<Item = (&'p str, Option<ValType>)>,
        between: &str,
        part_id: Option<&dyn Fn(&str) -> String>,
    ) {
        self.text(" {\n");
        for (name, ty) in parts {
            self.text("    ");
            let id = part_id.map(|part_id| part_id(name)).unwrap_or_default();
            let attrs = [("class", "param"), ("id", id.as_str())];
            let attrs = if id.is_empty() { &attrs[..1] } else { &attrs[..] };
            self.html.leaf("span", attrs, &written(name));
            if let Some(ty) = ty {
                self.text(between);
                self.ty(ty);
                self.text(if between == "(" { ")" } else { "" });
            }
            self.text(",\n");
        }
        self.text("}");
    }
}

/// A name as WIT writes it: behind a `%` if it is a word of the language.
fn written(name: &str) -> Cow<'_, str> {
    if KEYWORDS.contains(&name) { Cow::Owned(format!("%{name}")) } else { Cow::Borrowed(name) }
}

/// The word that declares a type, and the plural under which such types are listed.
pub(crate) fn keyword(kind: &TypeKind) -> (&'static str, &'static str) {
    match kind {
        TypeKind::Record(_) => ("record", "Records"),
        TypeKind::Variant(_) => ("variant", "Variants"),
        TypeKind::Enum(_) => ("enum", "Enums"),
        TypeKind::Flags(_) => ("flags", "Flags"),
        TypeKind::Alias(_)
        | TypeKind::List(_)
        | TypeKind::FixedList(..)
        | TypeKind::Map(..)
        | TypeKind::Tuple(_)
        | TypeKind::Option(_)
        | TypeKind::Result { .. }
        | TypeKind::Own(_)
        | TypeKind::Borrow(_)
        | TypeKind::Stream(_)
        | TypeKind::Future(_) => ("type", "Type aliases"),
    }
}
