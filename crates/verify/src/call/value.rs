//! Arguments: WAVE text and a type make a value.
//!
//! In: a parsed node, the type it must have, the names in scope. Out: a value, or every mistake in the node.
//! Holds: each mistake is placed at the smallest part that is wrong; before the first expression has run,
//! handles are stood for by a value of no meaning, so that typing and running are the same walk.

use std::ops::Range;
use std::sync::Arc;

use diag::{Diagnostic, Place, Source};
use wasm_wave::ast::{Node, NodeType};
use wasm_wave::parser::ParserError;
use wasmtime::component::types::Type;
use wasmtime::component::{ResourceType, Val};

use super::exports::Exports;
use super::scope::{Bound, Scope};
use super::show::type_text;

/// Stands for a value that no expression has made yet.
const NOT_YET: Val = Val::Bool(false);

/// After these many mistakes the rest of an expression is not read: each is drawn with its text.
pub(crate) const MOST_MISTAKES: usize = 100;

/// The walk over one expression's arguments.
pub(crate) struct Reader<'a> {
    pub(crate) source: &'a Arc<Source>,
    /// The expression's number, from 0.
    pub(crate) expression: usize,
    pub(crate) exports: &'a Exports,
    pub(crate) scope: &'a mut Scope,
    pub(crate) errors: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn text(&self) -> &str {
        &self.source.text
    }

    /// A mistake; what stands for the value then does not matter.
    fn wrong(&mut self, span: Range<usize>, ty: &Type, found: impl Into<String>) -> Val {
        self.wrong_like(span, ty, found, &sample(ty))
    }

    /// A mistake, with a value that would be right in its place.
    fn wrong_like(&mut self, span: Range<usize>, ty: &Type, found: impl Into<String>, right: &str) -> Val {
        let expected = type_text(ty, self.exports);
        self.errors.push(
            diag::error("call/argument", format!("expected a value of type `{expected}`"))
                .label(Place::text(self.source, span), found)
                .help(format!("write it like `{right}`")),
        );
        NOT_YET
    }

    fn mistake(&mut self, error: Diagnostic) -> Val {
        self.errors.push(error);
        NOT_YET
    }

    /// Reads a value of type `ty`.
    pub(crate) fn value(&mut self, node: &Node, ty: &Type) -> Val {
        if self.errors.len() >= MOST_MISTAKES {
            return NOT_YET;
        }
        if let Some(value) = self.bound_value(node, ty) {
            return value;
        }
        match ty {
            Type::Bool => self.leaf(node, ty, node.as_bool().map(Val::Bool)),
            Type::S8 => self.number(node, ty, Val::S8),
            Type::U8 => self.number(node, ty, Val::U8),
            Type::S16 => self.number(node, ty, Val::S16),
            Type::U16 => self.number(node, ty, Val::U16),
            Type::S32 => self.number(node, ty, Val::S32),
            Type::U32 => self.number(node, ty, Val::U32),
            Type::S64 => self.number(node, ty, Val::S64),
            Type::U64 => self.number(node, ty, Val::U64),
            Type::Float32 => self.number(node, ty, Val::Float32),
            Type::Float64 => self.number(node, ty, Val::Float64),
            Type::Char => self.leaf(node, ty, node.as_char(&self.source.text).map(Val::Char)),
            Type::String => {
                let text = node.as_str(&self.source.text).map(|text| Val::String(text.into_owned()));
                self.leaf(node, ty, text)
            }
            Type::List(list) => self.list(node, ty, &list.ty()).map_or(NOT_YET, Val::List),
            Type::FixedLengthList(list) => self.fixed_list(node, ty, &list.ty(), list.len()),
            Type::Map(map) => self.map(node, ty, &map.key(), &map.value()),
            Type::Record(record) => {
                let fields: Vec<(&str, Type)> = record.fields().map(|field| (field.name, field.ty)).collect();
                self.record(node, ty, &fields)
            }
            Type::Tuple(tuple) => self.tuple(node, ty, &tuple.types().collect::<Vec<_>>()),
            Type::Variant(variant) => {
                let cases: Vec<(&str, Option<Type>)> = variant.cases().map(|case| (case.name, case.ty)).collect();
                self.variant(node, ty, &cases)
            }
            Type::Enum(cases) => self.enumeration(node, ty, &cases.names().collect::<Vec<_>>()),
            Type::Flags(flags) => self.flags(node, ty, &flags.names().collect::<Vec<_>>()),
            Type::Option(option) => self.option(node, ty, &option.ty()),
            Type::Result(result) => self.result(node, ty, result.ok(), result.err()),
            Type::Own(resource) => self.handle(node, ty, *resource, true),
            Type::Borrow(resource) => self.handle(node, ty, *resource, false),
            Type::Future(_) | Type::Stream(_) | Type::ErrorContext => {
                let what = type_text(ty, self.exports);
                self.mistake(
                    diag::error("unsupported/value", format!("a `{what}` cannot be written as an argument"))
                        .label(Place::text(self.source, node.span()), "needed here")
                        .help("call a function without asynchronous values"),
                )
            }
        }
    }

    fn leaf(&mut self, node: &Node, ty: &Type, value: Result<Val, ParserError>) -> Val {
        value.unwrap_or_else(|error| {
            let found = match error.kind() {
                wasm_wave::parser::ParserErrorKind::InvalidType => found(node),
                kind => kind.to_string(),
            };
            self.wrong(node.span(), ty, found)
        })
    }

    fn number<N: std::str::FromStr>(&mut self, node: &Node, ty: &Type, make: fn(N) -> Val) -> Val {
        if node.ty() != NodeType::Number {
            return self.wrong(node.span(), ty, found(node));
        }
        match node.as_number::<N>(self.text()) {
            Ok(number) => make(number),
            Err(_) => self.wrong(node.span(), ty, "this number does not fit"),
        }
    }

    fn list(&mut self, node: &Node, ty: &Type, element: &Type) -> Option<Vec<Val>> {
        if node.ty() != NodeType::List {
            self.wrong(node.span(), ty, found(node));
            return None;
        }
        Some(node.as_list().into_iter().flatten().map(|item| self.value(item, element)).collect())
    }

    fn fixed_list(&mut self, node: &Node, ty: &Type, element: &Type, len: u32) -> Val {
        match self.list(node, ty, element) {
            Some(items) if items.len() == len as usize => Val::FixedLengthList(items),
            Some(items) => self.wrong(node.span(), ty, format!("this list has {} elements", items.len())),
            None => NOT_YET,
        }
    }

    /// A map is written as the list of its entries: `[("a", 1), ("b", 2)]`.
    fn map(&mut self, node: &Node, ty: &Type, key: &Type, value: &Type) -> Val {
        if node.ty() != NodeType::List {
            return self.wrong(node.span(), ty, found(node));
        }
        let mut entries = Vec::new();
        for entry in node.as_list().into_iter().flatten() {
            match entry.as_tuple().into_iter().flatten().collect::<Vec<_>>()[..] {
                [k, v] => entries.push((self.value(k, key), self.value(v, value))),
                _ => {
                    self.wrong(entry.span(), ty, "expected a key and a value, as in `(\"a\", 1)`");
                }
            }
        }
        Val::Map(entries)
    }

    fn tuple(&mut self, node: &Node, ty: &Type, types: &[Type]) -> Val {
        if node.ty() != NodeType::Tuple {
            return self.wrong(node.span(), ty, found(node));
        }
        let items: Vec<&Node> = node.as_tuple().into_iter().flatten().collect();
        if items.len() != types.len() {
            return self.wrong(node.span(), ty, format!("this tuple has {} values", items.len()));
        }
        Val::Tuple(items.into_iter().zip(types).map(|(item, ty)| self.value(item, ty)).collect())
    }

    fn record(&mut self, node: &Node, ty: &Type, fields: &[(&str, Type)]) -> Val {
        let source = Arc::clone(self.source);
        let Ok(given) = node.as_record(&source.text) else {
            return self.wrong(node.span(), ty, found(node));
        };
        let given: Vec<(&str, &Node)> = given.collect();
        // A field whose name is only mistyped is not missing too.
        let mut meant = Vec::new();
        for (name, _) in &given {
            if !fields.iter().any(|(known, _)| known == name) {
                let known = fields.iter().map(|(name, _)| *name);
                meant.extend(self.unknown_label(&source.text, name, "field", known));
            }
        }
        let mut values = Vec::with_capacity(fields.len());
        for (name, field) in fields {
            let value = match given.iter().find(|(given, _)| given == name) {
                Some((_, value)) => self.value(value, field),
                None if matches!(field, Type::Option(_)) => Val::Option(None),
                None if meant.contains(name) => NOT_YET,
                None => self.wrong(node.span(), ty, format!("the field `{name}` is missing")),
            };
            values.push(((*name).to_owned(), value));
        }
        Val::Record(values)
    }

    /// A label that the type does not have; `name` is a part of the expression's text. Returns the one that it
    /// resembles.
    fn unknown_label<'n>(
        &mut self,
        text: &str,
        name: &str,
        kind: &str,
        known: impl Iterator<Item = &'n str> + Clone,
    ) -> Option<&'n str> {
        let start = name.as_ptr().addr() - text.as_ptr().addr();
        let place = Place::text(self.source, start..start + name.len());
        let names: Vec<String> = known.clone().map(|name| format!("`{name}`")).collect();
        let near = diag::near_misses(name, known).first().copied();
        let help = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("write one of {}", names.join(", ")),
        };
        self.errors.push(
            diag::error("call/unknown-label", format!("there is no {kind} `{name}`"))
                .label(place, format!("the {kind}s are {}", names.join(", ")))
                .help(help),
        );
        near
    }

    fn variant(&mut self, node: &Node, ty: &Type, cases: &[(&str, Option<Type>)]) -> Val {
        let source = Arc::clone(self.source);
        let Some((name, payload)) = case_of(node, &source.text) else {
            return self.wrong(node.span(), ty, found(node));
        };
        let Some((_, payload_type)) = cases.iter().find(|(case, _)| *case == name) else {
            self.unknown_label(&source.text, name, "case", cases.iter().map(|(name, _)| *name));
            return NOT_YET;
        };
        let payload = self.payload(node, ty, name, payload, payload_type.as_ref());
        Val::Variant(name.to_owned(), payload)
    }

    fn enumeration(&mut self, node: &Node, ty: &Type, cases: &[&str]) -> Val {
        let source = Arc::clone(self.source);
        match case_of(node, &source.text) {
            Some((name, None)) if cases.contains(&name) => Val::Enum(name.to_owned()),
            Some((name, None)) => {
                self.unknown_label(&source.text, name, "case", cases.iter().copied());
                NOT_YET
            }
            Some((_, Some(_))) | None => self.wrong(node.span(), ty, found(node)),
        }
    }

    fn flags(&mut self, node: &Node, ty: &Type, known: &[&str]) -> Val {
        let source = Arc::clone(self.source);
        let Ok(given) = node.as_flags(&source.text) else {
            return self.wrong(node.span(), ty, found(node));
        };
        let given: Vec<&str> = given.map(|flag| flag.strip_prefix('%').unwrap_or(flag)).collect();
        for flag in &given {
            if !known.contains(flag) {
                self.unknown_label(&source.text, flag, "flag", known.iter().copied());
            }
        }
        Val::Flags(known.iter().filter(|flag| given.contains(flag)).map(|flag| (*flag).to_owned()).collect())
    }

    fn option(&mut self, node: &Node, ty: &Type, some: &Type) -> Val {
        match (node.ty(), node.as_option()) {
            (_, Ok(Some(payload))) => Val::Option(Some(Box::new(self.value(payload, some)))),
            (_, Ok(None)) => Val::Option(None),
            // WAVE: the payload may stand for `some(..)` of it, unless it is itself an option or result.
            (_, Err(_)) if !matches!(some, Type::Option(_) | Type::Result(_)) => {
                Val::Option(Some(Box::new(self.value(node, some))))
            }
            (_, Err(_)) => self.wrong(node.span(), ty, found(node)),
        }
    }

    fn result(&mut self, node: &Node, ty: &Type, ok: Option<Type>, err: Option<Type>) -> Val {
        match node.as_result() {
            Ok(Ok(payload)) => Val::Result(Ok(self.payload(node, ty, "ok", payload, ok.as_ref()))),
            Ok(Err(payload)) => Val::Result(Err(self.payload(node, ty, "err", payload, err.as_ref()))),
            Err(_) => match ok {
                // WAVE: the payload may stand for `ok(..)` of it, unless it is itself an option or result.
                Some(ok) if !matches!(ok, Type::Option(_) | Type::Result(_)) => {
                    Val::Result(Ok(Some(Box::new(self.value(node, &ok)))))
                }
                Some(_) | None => self.wrong(node.span(), ty, found(node)),
            },
        }
    }

    fn payload(
        &mut self,
        node: &Node,
        ty: &Type,
        case: &str,
        payload: Option<&Node>,
        payload_type: Option<&Type>,
    ) -> Option<Box<Val>> {
        match (payload, payload_type) {
            (Some(payload), Some(ty)) => Some(Box::new(self.value(payload, ty))),
            (None, None) => None,
            (Some(payload), None) => {
                self.wrong_like(payload.span(), ty, format!("`{case}` has no payload"), case);
                None
            }
            (None, Some(expected)) => {
                let right = format!("{case}({})", sample(expected));
                let expected = type_text(expected, self.exports);
                self.wrong_like(node.span(), ty, format!("`{case}` needs a payload of type `{expected}`"), &right);
                None
            }
        }
    }

    /// The value of a name that `let` bound, where it has just this type and is no handle.
    fn bound_value(&mut self, node: &Node, ty: &Type) -> Option<Val> {
        if node.ty() != NodeType::Label {
            return None;
        }
        let binding = self.scope.get(&self.source.text[node.span()])?;
        match &binding.ty {
            Bound::Value(bound) if type_text(bound, self.exports) == type_text(ty, self.exports) => {
                Some(binding.value.clone().unwrap_or(NOT_YET))
            }
            Bound::Value(_) | Bound::Handle(_) => None,
        }
    }

    fn handle(&mut self, node: &Node, ty: &Type, resource: ResourceType, own: bool) -> Val {
        let name = match node.ty() {
            NodeType::Label => self.source.text[node.span()].to_owned(),
            _ => return self.wrong(node.span(), ty, "a handle is named by what `let` called it"),
        };
        self.handle_named(&name, node.span(), Some(ty), resource, own)
    }

    /// The handle that `name` stands for; passing it as owned ends its name.
    pub(crate) fn handle_named(
        &mut self,
        name: &str,
        span: Range<usize>,
        ty: Option<&Type>,
        resource: ResourceType,
        own: bool,
    ) -> Val {
        let expression = self.expression;
        let Some(binding) = self.scope.get_mut(name) else {
            let near =
                diag::near_misses(name, self.scope.names()).first().map(|near| format!("did you mean `{near}`?"));
            let error = diag::error("call/unknown-name", format!("no `let` has named `{name}`"))
                .label(Place::text(self.source, span), "a handle is expected here")
                .help(near.unwrap_or_else(|| format!("make it first: `let {name} = ...`")));
            return self.mistake(error);
        };
        if let Some((earlier, at)) = &binding.consumed {
            let text = format!("it was passed on in expression {}, at column {}", earlier + 1, at.start + 1);
            let error = diag::error("call/consumed", format!("`{name}` is no longer owned here"))
                .label(Place::text(self.source, span), text)
                .help("make a new one with `let`");
            return self.mistake(error);
        }
        match (&binding.ty, ty) {
            (Bound::Handle(bound), _) if *bound == resource => {
                if own {
                    binding.consumed = Some((expression, span));
                }
                binding.value.clone().unwrap_or(NOT_YET)
            }
            (Bound::Handle(bound), Some(ty)) => {
                let bound = *bound;
                let text = format!("`{name}` is a `{}`", self.exports.resource_name(bound));
                self.wrong(span, ty, text)
            }
            (Bound::Value(_), Some(ty)) => self.wrong(span, ty, format!("`{name}` is no handle")),
            (_, None) => NOT_YET,
        }
    }
}

/// A case's name and payload. WAVE's own words are cases too where the type has them.
fn case_of<'n, 's>(node: &'n Node, text: &'s str) -> Option<(&'s str, Option<&'n Node>)> {
    node.as_variant(text).ok()
}

/// What a node is, in words.
fn found(node: &Node) -> String {
    let what = match node.ty() {
        NodeType::BoolTrue | NodeType::BoolFalse => "a bool",
        NodeType::Number => "a number",
        NodeType::Char => "a char",
        NodeType::String | NodeType::MultilineString => "a string",
        NodeType::Tuple => "a tuple",
        NodeType::List => "a list",
        NodeType::Record => "a record",
        NodeType::Label => "a name",
        NodeType::VariantWithPayload => "a variant case",
        NodeType::OptionSome | NodeType::OptionNone => "an option",
        NodeType::ResultOk | NodeType::ResultErr => "a result",
        NodeType::Flags => "flags",
    };
    format!("found {what}")
}

/// A value of the type, to show how one is written.
pub(crate) fn sample(ty: &Type) -> String {
    match ty {
        Type::Bool => "true".to_owned(),
        Type::S8 | Type::S16 | Type::S32 | Type::S64 => "-1".to_owned(),
        Type::U8 | Type::U16 | Type::U32 | Type::U64 => "1".to_owned(),
        Type::Float32 | Type::Float64 => "1.5".to_owned(),
        Type::Char => "'a'".to_owned(),
        Type::String => "\"text\"".to_owned(),
        Type::List(list) => format!("[{}]", sample(&list.ty())),
        Type::FixedLengthList(list) => {
            let items = vec![sample(&list.ty()); (list.len() as usize).min(4)];
            format!("[{}{}]", items.join(", "), if list.len() > 4 { ", ..." } else { "" })
        }
        Type::Map(map) => format!("[({}, {})]", sample(&map.key()), sample(&map.value())),
        Type::Record(record) => {
            let fields: Vec<String> = record.fields().map(|f| format!("{}: {}", f.name, sample(&f.ty))).collect();
            if fields.is_empty() { "{:}".to_owned() } else { format!("{{{}}}", fields.join(", ")) }
        }
        Type::Tuple(tuple) => {
            let items: Vec<String> = tuple.types().map(|ty| sample(&ty)).collect();
            format!("({})", items.join(", "))
        }
        Type::Variant(variant) => variant.cases().next().map_or("{}".to_owned(), |case| match &case.ty {
            Some(ty) => format!("{}({})", case.name, sample(ty)),
            None => case.name.to_owned(),
        }),
        Type::Enum(cases) => cases.names().next().unwrap_or_default().to_owned(),
        Type::Flags(flags) => format!("{{{}}}", flags.names().next().unwrap_or_default()),
        Type::Option(option) => format!("some({})", sample(&option.ty())),
        Type::Result(result) => match result.ok() {
            Some(ok) => format!("ok({})", sample(&ok)),
            None => "ok".to_owned(),
        },
        Type::Own(_) | Type::Borrow(_) => "handle".to_owned(),
        Type::Future(_) | Type::Stream(_) | Type::ErrorContext => "...".to_owned(),
    }
}
