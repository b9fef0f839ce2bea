//! WAVE text and a type make data.
//!
//! In: a parsed node, the type it must have, the names in scope. Out: data, or every mistake in the node.
//! Holds: each mistake is placed at the smallest part that is wrong; before the first expression has run,
//! names are stood for by a value of no meaning, so that typing and running are the same walk.

use std::ops::Range;
use std::sync::Arc;

use diag::{Diagnostic, Place, Source};
use wasm_wave::ast::{Node, NodeType};
use wasm_wave::parser::{ParserError, ParserErrorKind};
use wasmtime::component::ResourceType;
use wasmtime::component::types::Type;

use super::Data;
use super::print::label;
use super::types::{sample, type_text};
use crate::session::exports::Exports;
use crate::session::scope::{Bound, Scope, has_handles};
use crate::session::written::{Replaced, Written};

/// Stands for a value that no expression has made yet.
pub(crate) const NOT_YET: Data = Data::Bool(false);

/// After these many mistakes the rest of an expression is not read: each is drawn with its text.
pub(crate) const MOST_MISTAKES: usize = 100;

/// The walk over one expression's arguments.
pub(crate) struct Reader<'a> {
    pub(crate) source: &'a Arc<Source>,
    pub(crate) written: &'a Written,
    pub(crate) exports: &'a Exports,
    pub(crate) scope: &'a mut Scope,
    /// The session whose handles may be passed.
    pub(crate) session: u64,
    pub(crate) errors: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn text(&self) -> &str {
        &self.written.text
    }

    /// A mistake; what stands for the value then does not matter.
    fn wrong(&mut self, span: Range<usize>, ty: &Type, found: impl Into<String>) -> Data {
        self.wrong_like(span, ty, found, &sample(ty))
    }

    /// A mistake, with a value that would be right in its place.
    fn wrong_like(&mut self, span: Range<usize>, ty: &Type, found: impl Into<String>, right: &str) -> Data {
        let expected = type_text(ty, self.exports);
        self.errors.push(
            diag::error("call/argument", format!("expected a value of type `{expected}`"))
                .label(Place::text(self.source, span), found)
                .help(match ty {
                    Type::Own(_) | Type::Borrow(_) => "name a handle by what `let` called it".to_owned(),
                    _ => format!("write it like `{right}`"),
                }),
        );
        NOT_YET
    }

    fn mistake(&mut self, error: Diagnostic) -> Data {
        self.errors.push(error);
        NOT_YET
    }

    /// Reads a value of type `ty`.
    pub(crate) fn value(&mut self, node: &Node, ty: &Type) -> Data {
        if self.errors.len() >= MOST_MISTAKES {
            return NOT_YET;
        }
        match self.written.replaced(&node.span()) {
            Some(Replaced::Any) => return Data::Any,
            Some(Replaced::File { path, content }) => {
                let (path, content) = (path.clone(), Arc::clone(content));
                return self.file(node, ty, &path, &content);
            }
            None => {}
        }
        if let Some(value) = self.bound_value(node, ty) {
            return value;
        }
        match ty {
            Type::Bool => self.leaf(node, ty, node.as_bool().map(Data::Bool)),
            Type::S8 => self.number(node, ty, Data::S8),
            Type::U8 => self.number(node, ty, Data::U8),
            Type::S16 => self.number(node, ty, Data::S16),
            Type::U16 => self.number(node, ty, Data::U16),
            Type::S32 => self.number(node, ty, Data::S32),
            Type::U32 => self.number(node, ty, Data::U32),
            Type::S64 => self.number(node, ty, Data::S64),
            Type::U64 => self.number(node, ty, Data::U64),
            Type::Float32 => self.number(node, ty, Data::F32),
            Type::Float64 => self.number(node, ty, Data::F64),
            Type::Char => self.leaf(node, ty, node.as_char(self.text()).map(Data::Char)),
            Type::String => {
                let text = node.as_str(self.text()).map(|text| Data::String(text.into_owned()));
                self.leaf(node, ty, text)
            }
            Type::List(list) => self.list(node, ty, &list.ty()).map_or(NOT_YET, Data::List),
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
            Type::Stream(stream) => self.stream(node, ty, stream.ty().as_ref()),
            Type::Future(future) => self.future(node, ty, future.ty().as_ref()),
            Type::ErrorContext => self.error_context(node, ty),
        }
    }

    /// The content of a file: a string or bytes where the type is that, else WAVE.
    fn file(&mut self, node: &Node, ty: &Type, path: &str, content: &[u8]) -> Data {
        if let Some(raw) = self.raw(node.span(), ty, path, content) {
            return raw;
        }
        let text = String::from_utf8_lossy(content).into_owned();
        let source = Arc::new(Source::new(path, text));
        match crate::session::parse::Literal::parse(&source, crate::session::parse::Notation::PLAIN) {
            Ok(literal) => {
                let mut reader = Reader {
                    source: &source,
                    written: &literal.written,
                    exports: self.exports,
                    scope: self.scope,
                    session: self.session,
                    errors: Vec::new(),
                };
                let value = reader.value(&literal.node, ty);
                let errors = reader.errors;
                self.errors.extend(errors);
                value
            }
            Err(error) => self.mistake(error),
        }
    }

    /// The content of a file whose type is a string or bytes, as it is; a mistake if it is not UTF-8 and must be.
    pub(crate) fn raw(&mut self, span: Range<usize>, ty: &Type, path: &str, content: &[u8]) -> Option<Data> {
        let bytes = |ty: Option<Type>| matches!(ty, Some(Type::U8));
        let all = || content.iter().copied().map(Data::U8).collect();
        match ty {
            Type::List(list) if bytes(Some(list.ty())) => return Some(Data::List(all())),
            Type::Stream(stream) if bytes(stream.ty()) => return Some(Data::Stream(all())),
            _ => {}
        }
        match (std::str::from_utf8(content), ty) {
            (Ok(text), Type::String) => Some(Data::String(text.to_owned())),
            (Ok(_), _) => None,
            (Err(_), _) => Some(self.wrong(span, ty, format!("`{path}` is not UTF-8"))),
        }
    }

    /// `stream([1, 2, 3])`.
    fn stream(&mut self, node: &Node, ty: &Type, element: Option<&Type>) -> Data {
        let items = match (self.notation(node, "stream"), element) {
            (Some(Some(items)), Some(element)) => self.list(items, ty, element),
            // Elements without a type are counted: `stream(3)`.
            (Some(Some(none)), None) if none.as_list().is_ok_and(|items| items.len() == 0) => Some(Vec::new()),
            (Some(Some(count)), None) => {
                let count = count.as_number::<u16>(self.text()).ok();
                count.map(|count| vec![Data::Tuple(Vec::new()); usize::from(count)])
            }
            (Some(None) | None, _) => None,
        };
        match items {
            Some(items) => Data::Stream(items),
            None if self.errors.is_empty() => self.wrong(node.span(), ty, found(node)),
            None => NOT_YET,
        }
    }

    /// `future(1)`.
    fn future(&mut self, node: &Node, ty: &Type, payload: Option<&Type>) -> Data {
        match (self.notation(node, "future"), payload) {
            (Some(Some(value)), Some(payload)) => Data::Future(Some(Box::new(self.value(value, payload)))),
            (Some(None), None) => Data::Future(None),
            _ => self.wrong(node.span(), ty, found(node)),
        }
    }

    /// `error-context("why")`.
    fn error_context(&mut self, node: &Node, ty: &Type) -> Data {
        let message = match self.notation(node, "error-context") {
            Some(Some(message)) => message.as_str(self.text()).ok().map(|text| text.into_owned()),
            Some(None) | None => None,
        };
        match message {
            Some(message) => Data::ErrorContext(message),
            None => self.wrong(node.span(), ty, found(node)),
        }
    }

    /// What `word(..)` has in its parentheses.
    fn notation<'n>(&self, node: &'n Node, word: &str) -> Option<Option<&'n Node>> {
        let (found, payload) = node.as_variant(self.text()).ok()?;
        (found == word).then_some(payload)
    }

    fn leaf(&mut self, node: &Node, ty: &Type, value: Result<Data, ParserError>) -> Data {
        value.unwrap_or_else(|error| {
            let found = match error.kind() {
                ParserErrorKind::InvalidType => found(node),
                kind => kind.to_string(),
            };
            self.wrong(node.span(), ty, found)
        })
    }

    fn number<N: std::str::FromStr>(&mut self, node: &Node, ty: &Type, make: fn(N) -> Data) -> Data {
        if node.ty() != NodeType::Number {
            return self.wrong(node.span(), ty, found(node));
        }
        match node.as_number::<N>(self.text()) {
            Ok(number) => make(number),
            Err(_) => self.wrong(node.span(), ty, "this number does not fit"),
        }
    }

    fn list(&mut self, node: &Node, ty: &Type, element: &Type) -> Option<Vec<Data>> {
        if node.ty() != NodeType::List {
            self.wrong(node.span(), ty, found(node));
            return None;
        }
        Some(node.as_list().into_iter().flatten().map(|item| self.value(item, element)).collect())
    }

    fn fixed_list(&mut self, node: &Node, ty: &Type, element: &Type, len: u32) -> Data {
        match self.list(node, ty, element) {
            Some(items) if items.len() == len as usize => Data::List(items),
            Some(items) => self.wrong(node.span(), ty, format!("this list has {} elements", items.len())),
            None => NOT_YET,
        }
    }

    /// A map is written as `{"a": 1}`, or as the list of its entries: `[("a", 1)]`.
    fn map(&mut self, node: &Node, ty: &Type, key: &Type, value: &Type) -> Data {
        if let Ok(entries) = node.as_map() {
            let entries = entries.map(|(k, v)| (self.map_key(k, key), self.value(v, value)));
            return Data::Map(entries.collect());
        }
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
        Data::Map(entries)
    }

    /// WAVE reads words before a colon as labels, `true` and `false` among them.
    fn map_key(&mut self, node: &Node, ty: &Type) -> Data {
        match (ty, node.ty(), &self.written.text[node.span()]) {
            (Type::Bool, NodeType::Label, "true") => Data::Bool(true),
            (Type::Bool, NodeType::Label, "false") => Data::Bool(false),
            _ => self.value(node, ty),
        }
    }

    fn tuple(&mut self, node: &Node, ty: &Type, types: &[Type]) -> Data {
        if node.ty() != NodeType::Tuple {
            return self.wrong(node.span(), ty, found(node));
        }
        let items: Vec<&Node> = node.as_tuple().into_iter().flatten().collect();
        if items.len() != types.len() {
            return self.wrong(node.span(), ty, format!("this tuple has {} values", items.len()));
        }
        Data::Tuple(items.into_iter().zip(types).map(|(item, ty)| self.value(item, ty)).collect())
    }

    fn record(&mut self, node: &Node, ty: &Type, fields: &[(&str, Type)]) -> Data {
        let text = Arc::clone(&self.written.text);
        let given: Vec<(&str, &Node)> = match node.as_record(&text) {
            Ok(given) => given.collect(),
            Err(error) if matches!(error.kind(), ParserErrorKind::DuplicateField) => {
                return self.wrong(error.span(), ty, "this field stands here twice");
            }
            Err(_) => return self.wrong(node.span(), ty, found(node)),
        };
        // A field whose name is only mistyped is not missing too.
        let mut meant = Vec::new();
        for (name, _) in &given {
            if !fields.iter().any(|(known, _)| known == name) {
                let known = fields.iter().map(|(name, _)| *name);
                meant.extend(self.unknown_label(&text, name, "field", known));
            }
        }
        let mut values = Vec::with_capacity(fields.len());
        for (name, field) in fields {
            let value = match given.iter().find(|(given, _)| given == name) {
                Some((_, value)) => self.value(value, field),
                None if matches!(field, Type::Option(_)) => Data::Option(None),
                None if meant.contains(name) => NOT_YET,
                None => self.wrong(node.span(), ty, format!("the field `{name}` is missing")),
            };
            values.push(((*name).to_owned(), value));
        }
        Data::Record(values)
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

    fn variant(&mut self, node: &Node, ty: &Type, cases: &[(&str, Option<Type>)]) -> Data {
        let text = Arc::clone(&self.written.text);
        let Some((name, payload)) = case_of(node, &text) else {
            return self.wrong(node.span(), ty, found(node));
        };
        let Some((_, payload_type)) = cases.iter().find(|(case, _)| *case == name) else {
            self.unknown_label(&text, name, "case", cases.iter().map(|(name, _)| *name));
            return NOT_YET;
        };
        let payload = self.payload(node, ty, name, payload, payload_type.as_ref());
        Data::Variant(name.to_owned(), payload)
    }

    fn enumeration(&mut self, node: &Node, ty: &Type, cases: &[&str]) -> Data {
        let text = Arc::clone(&self.written.text);
        match case_of(node, &text) {
            Some((name, None)) if cases.contains(&name) => Data::Enum(name.to_owned()),
            Some((name, None)) => {
                self.unknown_label(&text, name, "case", cases.iter().copied());
                NOT_YET
            }
            Some((_, Some(_))) | None => self.wrong(node.span(), ty, found(node)),
        }
    }

    fn flags(&mut self, node: &Node, ty: &Type, known: &[&str]) -> Data {
        let text = Arc::clone(&self.written.text);
        let Ok(given) = node.as_flags(&text) else {
            return self.wrong(node.span(), ty, found(node));
        };
        let given: Vec<&str> = given.map(|flag| flag.strip_prefix('%').unwrap_or(flag)).collect();
        for flag in &given {
            if !known.contains(flag) {
                self.unknown_label(&text, flag, "flag", known.iter().copied());
            }
        }
        Data::Flags(known.iter().filter(|flag| given.contains(flag)).map(|flag| (*flag).to_owned()).collect())
    }

    fn option(&mut self, node: &Node, ty: &Type, some: &Type) -> Data {
        match (node.ty(), node.as_option()) {
            (_, Ok(Some(payload))) => Data::Option(Some(Box::new(self.value(payload, some)))),
            (_, Ok(None)) => Data::Option(None),
            // WAVE: the payload may stand for `some(..)` of it, unless it is itself an option or result.
            (_, Err(_)) if !matches!(some, Type::Option(_) | Type::Result(_)) => {
                Data::Option(Some(Box::new(self.value(node, some))))
            }
            (_, Err(_)) => self.wrong(node.span(), ty, found(node)),
        }
    }

    fn result(&mut self, node: &Node, ty: &Type, ok: Option<Type>, err: Option<Type>) -> Data {
        match node.as_result() {
            Ok(Ok(payload)) => Data::Result(Ok(self.payload(node, ty, "ok", payload, ok.as_ref()))),
            Ok(Err(payload)) => Data::Result(Err(self.payload(node, ty, "err", payload, err.as_ref()))),
            Err(_) => match ok {
                // WAVE: the payload may stand for `ok(..)` of it, unless it is itself an option or result.
                Some(ok) if !matches!(ok, Type::Option(_) | Type::Result(_)) => {
                    Data::Result(Ok(Some(Box::new(self.value(node, &ok)))))
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
    ) -> Option<Box<Data>> {
        match (payload, payload_type) {
            (Some(payload), Some(ty)) => Some(Box::new(self.value(payload, ty))),
            (None, None) => None,
            (Some(payload), None) => {
                self.wrong_like(payload.span(), ty, format!("`{case}` has no payload"), case);
                None
            }
            (None, Some(expected)) => {
                let right = format!("{}({})", label(case), sample(expected));
                let expected = type_text(expected, self.exports);
                self.wrong_like(node.span(), ty, format!("`{case}` needs a payload of type `{expected}`"), &right);
                None
            }
        }
    }

    /// The value of a name that `let` bound, where it has just this type and is no handle.
    fn bound_value(&mut self, node: &Node, ty: &Type) -> Option<Data> {
        if node.ty() != NodeType::Label {
            return None;
        }
        let name = self.written.text[node.span()].to_owned();
        self.bound_named(&name, node.span(), ty)
    }

    fn bound_named(&mut self, name: &str, span: Range<usize>, ty: &Type) -> Option<Data> {
        let binding = self.scope.get(name)?;
        let Bound::Value(bound) = &binding.ty else { return None };
        if type_text(bound, self.exports) != type_text(ty, self.exports) {
            return None;
        }
        let value = binding.value.clone().unwrap_or(NOT_YET);
        if has_handles(ty) {
            if let Some(error) = self.not_here(name, span.clone()) {
                return Some(self.mistake(error));
            }
            self.consume(name, span);
        }
        Some(value)
    }

    /// The value or the handle that a name stands for, whatever its type has to be.
    pub(crate) fn name(&mut self, name: &str, span: Range<usize>, ty: &Type) -> Data {
        match (self.bound_named(name, span.clone(), ty), ty) {
            (Some(value), _) => value,
            (None, Type::Own(resource)) => self.handle_named(name, span, Some(ty), *resource, true),
            (None, Type::Borrow(resource)) => self.handle_named(name, span, Some(ty), *resource, false),
            (None, _) => self.wrong(span, ty, format!("no `let` has given `{name}` such a value")),
        }
    }

    fn handle(&mut self, node: &Node, ty: &Type, resource: ResourceType, own: bool) -> Data {
        let name = match node.ty() {
            NodeType::Label => self.written.text[node.span()].to_owned(),
            _ => return self.wrong(node.span(), ty, "a handle is named by what `let` called it"),
        };
        self.handle_named(&name, node.span(), Some(ty), resource, own)
    }

    /// Why the handles of a name cannot be passed: they are gone, or another session's.
    fn not_here(&self, name: &str, span: Range<usize>) -> Option<Diagnostic> {
        let binding = self.scope.get(name)?;
        if let Some((source, at)) = &binding.consumed {
            let error = diag::error("call/consumed", format!("`{name}` is no longer owned here"))
                .label(Place::text(self.source, span), "used again here")
                .label(Place::text(source, at.clone()), "it was passed on here")
                .help("make a new one with `let`");
            return Some(error);
        }
        (binding.session != self.session).then(|| {
            diag::error("call/consumed", format!("`{name}` is a handle of another instance"))
                .label(Place::text(self.source, span), "it cannot be passed to this instance")
                .help("make one of this instance with `let`")
        })
    }

    fn consume(&mut self, name: &str, span: Range<usize>) {
        if let Some(binding) = self.scope.get_mut(name) {
            binding.consumed = Some((Arc::clone(self.source), span));
        }
    }

    /// The handle that `name` stands for; passing it as owned ends its name.
    pub(crate) fn handle_named(
        &mut self,
        name: &str,
        span: Range<usize>,
        ty: Option<&Type>,
        resource: ResourceType,
        own: bool,
    ) -> Data {
        let Some(binding) = self.scope.get(name) else {
            let near =
                diag::near_misses(name, self.scope.names()).first().map(|near| format!("did you mean `{near}`?"));
            let error = diag::error("call/unknown-name", format!("no `let` has named `{name}`"))
                .label(Place::text(self.source, span), "a handle is expected here")
                .help(near.unwrap_or_else(|| format!("make it first: `let {name} = ...`")));
            return self.mistake(error);
        };
        let (bound, value) = (binding.ty.clone(), binding.value.clone());
        match (bound, ty) {
            (Bound::Handle(bound), _) if bound == resource => {
                if let Some(error) = self.not_here(name, span.clone()) {
                    return self.mistake(error);
                }
                if own {
                    self.consume(name, span);
                }
                value.unwrap_or(NOT_YET)
            }
            (Bound::Handle(bound), Some(ty)) => {
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
        NodeType::TupleSet => "a record or map",
        NodeType::EmptySet => "empty braces",
        NodeType::Label => "a name",
        NodeType::VariantWithPayload => "a variant case",
        NodeType::OptionSome | NodeType::OptionNone => "an option",
        NodeType::ResultOk | NodeType::ResultErr => "a result",
        NodeType::Flags => "flags",
    };
    format!("found {what}")
}
