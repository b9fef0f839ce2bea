//! Types and signatures as WIT writes them, for documentation in generated code.
//!
//! In: types. Out: one line of text.
//! Holds: names are those of WIT, without their interface.

use types::name::AccessorOf;
use types::{ExternName, FuncType, Kind, Label, TypeId, TypeKind, Types, ValType};

/// `create: func(title: string) -> result<todo, error>`; a method's receiver is left out.
pub fn func(types: &Types, name: &ExternName, ty: &FuncType) -> String {
    let fallible = ty.result.is_some_and(|result| matches!(types.kind(result), Kind::Result { .. }));
    let (start, skip, show_result) = start(name, ty, fallible);
    let params: Vec<String> =
        ty.params.iter().skip(skip).map(|param| format!("{}: {}", param.name, value(types, param.ty))).collect();
    let result = ty.result.filter(|_| show_result);
    let result = result.map(|result| format!(" -> {}", value(types, result))).unwrap_or_default();
    format!("{start}({}){result}", params.join(", "))
}

/// The text before the parenthesis, how many parameters WIT does not write, and whether it writes the result.
fn start(name: &ExternName, ty: &FuncType, fallible: bool) -> (String, usize, bool) {
    let word = if ty.async_ { "async func" } else { "func" };
    match name {
        ExternName::Constructor(_) => ("constructor".to_owned(), 0, fallible),
        ExternName::Method(_, name) => (format!("{name}: {word}"), 1, true),
        ExternName::Static(_, name) => (format!("{name}: static {word}"), 0, true),
        ExternName::Label(name) => (format!("{name}: {word}"), 0, true),
        ExternName::Interface(name) => (format!("{name}: {word}"), 0, true),
        ExternName::Accessor(accessor) => {
            let verb = if accessor.set { "set" } else { "get" };
            let receiver = usize::from(matches!(accessor.of, AccessorOf::Method(_)));
            (format!("{}: {verb}", accessor.name), receiver, true)
        }
    }
}

/// Bytes after which a type's parts are no longer written out: a type that is small as text may be huge as a tree.
const MOST: usize = 2000;

/// `list<tuple<string, u32>>`; of a type that takes more than 2000 bytes, the rest of the parts is `…`.
pub fn value(types: &Types, ty: ValType) -> String {
    let mut out = String::new();
    Writer { types, out: &mut out }.value(ty);
    out
}

/// A definition written out, whatever its name; as long as `value` at the most, apart from labels.
pub fn definition(types: &Types, id: TypeId) -> String {
    let mut out = String::new();
    Writer { types, out: &mut out }.definition(&types.def(id).kind);
    out
}

struct Writer<'t, 'o> {
    types: &'t Types,
    out: &'o mut String,
}

impl Writer<'_, '_> {
    fn value(&mut self, ty: ValType) {
        let word = match ty {
            ValType::Bool => "bool",
            ValType::U8 => "u8",
            ValType::S8 => "s8",
            ValType::U16 => "u16",
            ValType::S16 => "s16",
            ValType::U32 => "u32",
            ValType::S32 => "s32",
            ValType::U64 => "u64",
            ValType::S64 => "s64",
            ValType::F32 => "f32",
            ValType::F64 => "f64",
            ValType::Char => "char",
            ValType::String => "string",
            ValType::ErrorContext => "error-context",
            ValType::Def(id) => {
                let def = self.types.def(id);
                match &def.name {
                    Some(name) => name.as_str(),
                    None if self.out.len() > MOST => "…",
                    None => return self.definition(&def.kind),
                }
            }
        };
        self.out.push_str(word);
    }

    fn definition(&mut self, kind: &TypeKind) {
        match kind {
            TypeKind::Alias(target) => self.value(*target),
            TypeKind::Record(fields) => self.labels("record", fields.iter().map(|field| &field.name)),
            TypeKind::Variant(cases) => self.labels("variant", cases.iter().map(|case| &case.name)),
            TypeKind::Flags(flags) => self.labels("flags", flags.iter().map(|flag| &flag.name)),
            TypeKind::Enum(cases) => self.labels("enum", cases.iter().map(|case| &case.name)),
            TypeKind::List(element) => self.parts("list", &[Some(*element)], ""),
            TypeKind::FixedList(element, len) => self.parts("list", &[Some(*element)], &format!(", {len}")),
            TypeKind::Map(key, of) => self.parts("map", &[Some(*key), Some(*of)], ""),
            TypeKind::Tuple(parts) => self.parts("tuple", &parts.iter().copied().map(Some).collect::<Vec<_>>(), ""),
            TypeKind::Option(some) => self.parts("option", &[Some(*some)], ""),
            TypeKind::Result { ok: None, err: None } => self.out.push_str("result"),
            TypeKind::Result { ok: Some(ok), err: None } => self.parts("result", &[Some(*ok)], ""),
            TypeKind::Result { ok, err } => self.parts("result", &[*ok, *err], ""),
            TypeKind::Own(resource) => self.out.push_str(&self.types.resource(*resource).name),
            TypeKind::Borrow(resource) => {
                self.out.push_str(&format!("borrow<{}>", self.types.resource(*resource).name));
            }
            TypeKind::Stream(None) => self.out.push_str("stream"),
            TypeKind::Future(None) => self.out.push_str("future"),
            TypeKind::Stream(of) => self.parts("stream", &[*of], ""),
            TypeKind::Future(of) => self.parts("future", &[*of], ""),
        }
    }

    /// What takes other types; `_` for one that is absent.
    fn parts(&mut self, word: &str, parts: &[Option<ValType>], end: &str) {
        self.out.push_str(word);
        self.out.push('<');
        for (at, part) in parts.iter().enumerate() {
            self.out.push_str(if at == 0 { "" } else { ", " });
            match part {
                Some(ty) => self.value(*ty),
                None => self.out.push('_'),
            }
        }
        self.out.push_str(end);
        self.out.push('>');
    }

    fn labels<'a>(&mut self, word: &str, labels: impl Iterator<Item = &'a Label>) {
        let labels = labels.map(String::as_str).collect::<Vec<_>>().join(", ");
        self.out.push_str(&format!("{word} {{ {labels} }}"));
    }
}

#[cfg(test)]
mod tests {
    use types::{Decl, Owner, TypeDef};

    use super::*;

    #[test]
    fn a_type_that_doubles_at_every_level_stays_short() {
        let mut types = Types::new();
        let mut ty = ValType::U64;
        for _ in 0..60 {
            let kind = TypeKind::Tuple(vec![ty, ty]);
            let def = TypeDef { name: None, owner: Owner::Nothing, kind, decl: Decl::default() };
            ty = ValType::Def(types.add_type(def));
        }
        let text = value(&types, ty);
        assert!(text.len() < 3000 && text.ends_with('>') && text.contains('…'), "{text}");
        let pair = types.add_type(TypeDef {
            name: None,
            owner: Owner::Nothing,
            kind: TypeKind::Result { ok: None, err: Some(ValType::String) },
            decl: Decl::default(),
        });
        assert_eq!(value(&types, ValType::Def(pair)), "result<_, string>");
    }
}
