//! Types in WIT's words, for messages: `list<tuple<u8, string>>`, named types by name.
//!
//! In: a type or item. Out: one line. Holds: the text is bounded, however large the type is.

use crate::{Case, Field, FuncType, Item, ItemKind, Kind, ResourceId, TypeDef, TypeId, TypeKind, Types, ValType};

/// Beyond this many bytes a text ends in `...`: messages stay readable, and shared parts cannot blow it up.
const MAX_TEXT: usize = 400;

/// A value type in WIT syntax; a named one by its name.
pub fn wit_text(types: &Types, ty: ValType) -> String {
    let mut text = Text::new(types);
    text.ty(ty);
    text.out
}

/// The structure of a value type in WIT syntax: its own name is not used, those of its parts are.
pub fn wit_structure(types: &Types, ty: ValType) -> String {
    let mut text = Text::new(types);
    text.structure(ty);
    text.out
}

/// A function type: `func(a: u32) -> string`.
pub fn wit_func(types: &Types, func: &FuncType) -> String {
    let mut text = Text::new(types);
    text.func(func);
    text.out
}

/// What an item is, in a few words: `func(a: u32)`, `interface`, `resource`, `record { x: u8 }`.
pub fn wit_item(types: &Types, item: &Item) -> String {
    match item.kind {
        ItemKind::Func(id) => wit_func(types, types.func(id)),
        ItemKind::Instance(_) => "interface".to_owned(),
        ItemKind::Type(ty) => wit_structure(types, ty),
        ItemKind::Resource(_) => "resource".to_owned(),
        ItemKind::Component(_) => "component".to_owned(),
        ItemKind::CoreModule(_) => "core module".to_owned(),
    }
}

/// A writer of types. `resource` chooses how a resource is named, so that dumps can show identities.
pub(crate) struct Text<'a> {
    types: &'a Types,
    pub out: String,
    limit: usize,
    resource: &'a dyn Fn(ResourceId) -> String,
}

impl<'a> Text<'a> {
    pub fn new(types: &'a Types) -> Self {
        Self { types, out: String::new(), limit: MAX_TEXT, resource: &|_| String::new() }
    }

    /// Resources get `suffix` behind their names, and the text may be `limit` bytes long.
    pub fn with_identities(types: &'a Types, suffix: &'a dyn Fn(ResourceId) -> String, limit: usize) -> Self {
        Self { types, out: String::new(), limit, resource: suffix }
    }

    fn full(&mut self) -> bool {
        if self.out.len() <= self.limit {
            return false;
        }
        if !self.out.ends_with("...") {
            self.out.push_str("...");
        }
        true
    }

    pub fn ty(&mut self, ty: ValType) {
        let ValType::Def(id) = ty else { return self.structure(ty) };
        match &self.types.def(id).name {
            Some(name) => self.out.push_str(name),
            None => self.structure(ty),
        }
    }

    /// The structure of `ty`; an alias is written as what it names.
    pub fn structure(&mut self, ty: ValType) {
        if self.full() {
            return;
        }
        if let Some(target) = self.named_target(ty) {
            return self.out.push_str(&target);
        }
        match self.types.kind(ty) {
            Kind::Bool => self.out.push_str("bool"),
            Kind::U8 => self.out.push_str("u8"),
            Kind::S8 => self.out.push_str("s8"),
            Kind::U16 => self.out.push_str("u16"),
            Kind::S16 => self.out.push_str("s16"),
            Kind::U32 => self.out.push_str("u32"),
            Kind::S32 => self.out.push_str("s32"),
            Kind::U64 => self.out.push_str("u64"),
            Kind::S64 => self.out.push_str("s64"),
            Kind::F32 => self.out.push_str("f32"),
            Kind::F64 => self.out.push_str("f64"),
            Kind::Char => self.out.push_str("char"),
            Kind::String => self.out.push_str("string"),
            Kind::ErrorContext => self.out.push_str("error-context"),
            Kind::Record(fields) => self.record(fields),
            Kind::Variant(cases) => self.variant(cases),
            Kind::List(element) => self.generic("list", &[element]),
            Kind::FixedList(element, len) => self.fixed_list(element, len),
            Kind::Map(key, value) => self.generic("map", &[key, value]),
            Kind::Tuple(parts) => self.generic("tuple", parts),
            Kind::Flags(labels) => self.braces("flags", labels.iter().map(|label| &*label.name)),
            Kind::Enum(labels) => self.braces("enum", labels.iter().map(|label| &*label.name)),
            Kind::Option(some) => self.generic("option", &[some]),
            Kind::Result { ok, err } => self.result(ok, err),
            Kind::Own(id) => self.resource(id),
            Kind::Borrow(id) => {
                self.out.push_str("borrow<");
                self.resource(id);
                self.out.push('>');
            }
            Kind::Stream(payload) => self.generic("stream", payload.as_slice()),
            Kind::Future(payload) => self.generic("future", payload.as_slice()),
        }
    }

    /// The name of what an alias stands for, if that has one.
    fn named_target(&self, ty: ValType) -> Option<String> {
        let ValType::Def(id) = ty else { return None };
        let TypeKind::Alias(ValType::Def(target)) = self.types.def(id).kind else { return None };
        self.types.def(target).name.clone()
    }

    fn resource(&mut self, id: ResourceId) {
        self.out.push_str(&self.types.resource(id).name);
        self.out.push_str(&(self.resource)(id));
    }

    fn generic(&mut self, word: &str, args: &[ValType]) {
        self.out.push_str(word);
        if args.is_empty() {
            return;
        }
        self.out.push('<');
        self.separated(args.iter().copied(), |text, ty| text.ty(ty));
        self.out.push('>');
    }

    fn separated<T>(&mut self, parts: impl Iterator<Item = T>, each: impl Fn(&mut Self, T)) {
        for (index, part) in parts.enumerate() {
            if index > 0 {
                self.out.push_str(", ");
            }
            if self.full() {
                return;
            }
            each(self, part);
        }
    }

    fn fixed_list(&mut self, element: ValType, len: u32) {
        self.out.push_str("list<");
        self.ty(element);
        self.out.push_str(&format!(", {len}>"));
    }

    fn result(&mut self, ok: Option<ValType>, err: Option<ValType>) {
        match (ok, err) {
            (None, None) => self.out.push_str("result"),
            (Some(ok), None) => self.generic("result", &[ok]),
            (Some(ok), Some(err)) => self.generic("result", &[ok, err]),
            (None, Some(err)) => {
                self.out.push_str("result<_, ");
                self.ty(err);
                self.out.push('>');
            }
        }
    }

    fn record(&mut self, fields: &[Field]) {
        self.out.push_str("record { ");
        self.separated(fields.iter(), |text, field| {
            text.out.push_str(&field.name);
            text.out.push_str(": ");
            text.ty(field.ty);
        });
        self.out.push_str(" }");
    }

    fn variant(&mut self, cases: &[Case]) {
        self.out.push_str("variant { ");
        self.separated(cases.iter(), |text, case| {
            text.out.push_str(&case.name);
            if let Some(ty) = case.ty {
                text.out.push('(');
                text.ty(ty);
                text.out.push(')');
            }
        });
        self.out.push_str(" }");
    }

    fn braces<'n>(&mut self, word: &str, names: impl Iterator<Item = &'n str>) {
        self.out.push_str(word);
        self.out.push_str(" { ");
        self.separated(names, |text, name| text.out.push_str(name));
        self.out.push_str(" }");
    }

    pub fn func(&mut self, func: &FuncType) {
        self.out.push_str(if func.async_ { "async func(" } else { "func(" });
        self.separated(func.params.iter(), |text, param| {
            text.out.push_str(&param.name);
            text.out.push_str(": ");
            text.ty(param.ty);
        });
        self.out.push(')');
        if let Some(result) = func.result {
            self.out.push_str(" -> ");
            self.ty(result);
        }
    }
}

/// The name of a definition, or its structure.
pub fn def_name(types: &Types, id: TypeId) -> String {
    let TypeDef { name, .. } = types.def(id);
    name.clone().unwrap_or_else(|| wit_structure(types, ValType::Def(id)))
}
