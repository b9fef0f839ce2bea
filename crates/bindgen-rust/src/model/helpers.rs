//! Helper functions: one for each codec, form and way of passing that the file needs.
//!
//! In: codecs, asked for by calls. Out: `Use`s for the callers, and the `Helper`s in the order of their need.
//! Holds: a helper's parts are made before it; no helper is made that nobody calls.

use std::collections::HashMap;

use abi::{Abi, Cases, Codec, CodecId, Codecs, CoreType, Discriminant, Layout, Part, Payload, Shape, Way};
use bindgen::{Role, Scope, case};
use types::{Kind, ResourceId, Types, ValType};

use super::definitions::{enum_repr, flags_bits, member_names};
use super::facts::Look;
use super::helper_names;
use super::names::Names;
use super::payloads::{FUTURES, STREAMS};
use super::rust_type::{At, View};
use super::uses::{Element, HelperCall, Use, plain};

/// What a helper does. Names are those of the specification's `definitions.py`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    /// From memory.
    Load,
    /// From core values.
    Lift,
    /// Into memory.
    Store(Passing),
    /// Into core values.
    Lower(Passing),
    /// Gives back what `Store(Owned)` left with this side.
    Free,
    /// The handles inside are the callee's from now on: dropping the value will not drop them.
    Give,
    /// Makes what stands in memory a value of the Rust type that has the same layout.
    Check,
}

/// How a value comes to be lowered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Passing {
    /// By value; what it owned in memory is freed by the post-return.
    Owned,
    /// By reference to an owned value, which outlives the call.
    Ref,
    /// By reference to a value that borrows its parts, as parameters do (`Option<&str>`).
    Arg,
    /// By reference to a value that borrows what it holds at any depth (`FooParam<'_>`).
    Deep,
    /// By reference to an owned value, whose handles stay its own until `Give`.
    Kept,
}

/// A helper function.
#[derive(Debug)]
pub struct Helper {
    pub name: String,
    pub op: Op,
    /// The Rust type it takes or gives.
    pub ty: String,
    pub flat: Vec<CoreType>,
    pub temps: bool,
    pub borrows: bool,
    /// The type has a lifetime.
    pub lifetime: bool,
    pub body: Body,
}

/// What the helper walks.
#[derive(Debug)]
pub enum Body {
    /// A struct; the path is empty for a tuple.
    Record {
        path: String,
        parts: Vec<PartUse>,
    },
    /// Path of each case and its payload.
    Cases {
        cases: Vec<CaseUse>,
        discriminant: Discriminant,
        payload_offset: u64,
    },
    /// The cases' paths.
    Enum(Vec<String>),
    List {
        element: Use,
        layout: Layout,
    },
    /// A list that is taken over as it stands, after a look at each element.
    Checked {
        element: Use,
    },
    Map {
        key: PartUse,
        value: PartUse,
        layout: Layout,
        /// The type of maps is the user's.
        own: bool,
    },
    Array {
        element: Use,
        len: u32,
        stride: u64,
    },
}

#[derive(Debug)]
pub struct PartUse {
    /// The field's name, or its number.
    pub name: String,
    pub codec: Use,
    pub offset: u64,
    pub flat: std::ops::Range<usize>,
}

#[derive(Debug)]
pub struct CaseUse {
    pub path: String,
    pub payload: Option<(Use, Vec<abi::Cast>)>,
}

/// The helpers asked for so far.
pub struct Helpers<'a, 't> {
    names: &'a Names,
    types: &'t Types,
    look: &'a Look<'t>,
    codecs: Codecs<'a, 't>,
    made: HashMap<(CodecId, Op), Use>,
    /// Parameters that borrow their parts, by their Rust type.
    args: HashMap<(CodecId, Op, String), Use>,
    list: Vec<Helper>,
    scope: Scope,
}

impl<'a, 't> Helpers<'a, 't> {
    pub fn new(names: &'a Names, look: &'a Look<'t>, abi: &'a Abi<'t>) -> Self {
        let mut codecs = Codecs::new(abi);
        let scope = super::ident::scope();
        look.forms.merged().for_each(|(one, other)| codecs.merge(one, other));
        Self {
            names,
            types: abi.types(),
            look,
            codecs,
            made: HashMap::new(),
            args: HashMap::new(),
            list: Vec::new(),
            scope,
        }
    }

    pub fn abi(&self) -> &'a Abi<'t> {
        self.codecs.abi()
    }

    pub fn finish(self) -> Vec<Helper> {
        self.list
    }

    /// How a value of a type is treated.
    pub fn for_type(&mut self, ty: ValType, op: Op) -> Use {
        let way = match op {
            Op::Load | Op::Lift | Op::Check => Way::Lift,
            Op::Store(_) | Op::Lower(_) | Op::Give => Way::Lower,
            Op::Free => Way::Free,
        };
        let id = self.codecs.id(ty, way);
        match op {
            Op::Store(Passing::Arg) => self.for_arg(ty, id, op, Op::Store(Passing::Ref)),
            Op::Lower(Passing::Arg) => self.for_arg(ty, id, op, Op::Lower(Passing::Ref)),
            Op::Load | Op::Lift | Op::Store(_) | Op::Lower(_) | Op::Free | Op::Give | Op::Check => {
                self.for_codec(id, op)
            }
        }
    }

    /// How a parameter is treated, or a part of one. Aliases matter: what has a name of its own is borrowed as a whole.
    fn for_arg(&mut self, ty: ValType, id: CodecId, op: Op, by_ref: Op) -> Use {
        let view = View { expand: true, ..self.view() };
        let text = view.param(ty);
        if view.is_lent_alias(ty) || text == view.owned(ty) {
            return self.for_codec(id, by_ref);
        }
        let is_anonymous = matches!(self.codecs.get(id).shape, Shape::Tuple(_) | Shape::Option(_) | Shape::Result(_));
        if !is_anonymous {
            return self.for_codec(id, by_ref);
        }
        if let Some(known) = self.args.get(&(id, op, text.clone())) {
            return known.clone();
        }
        let codec = Codec { ty, ..self.codecs.get(id).clone() };
        let made = self.make(id, &codec, op);
        self.args.insert((id, op, text), made.clone());
        made
    }

    fn for_codec(&mut self, id: CodecId, op: Op) -> Use {
        let op = self.normal(id, op);
        if let Some(known) = self.made.get(&(id, op)) {
            return known.clone();
        }
        let codec = self.codecs.get(id).clone();
        let made = match self.small(&codec, op) {
            Some(small) => small,
            None => self.make(id, &codec, op),
        };
        self.made.insert((id, op), made.clone());
        made
    }

    /// The way of passing, without differences that the type does not make;
    /// lists are helped in their flat form only, enums lifted in it.
    fn normal(&self, id: CodecId, op: Op) -> Op {
        let codec = self.codecs.get(id);
        let is_list = matches!(codec.shape, Shape::List { .. } | Shape::Map { .. });
        let normal = |passing| match passing {
            Passing::Deep if !self.view().is_deep(codec.ty) => Passing::Ref,
            Passing::Kept if !self.look.facts(codec.ty).given => Passing::Ref,
            Passing::Owned | Passing::Ref | Passing::Arg | Passing::Deep | Passing::Kept => passing,
        };
        match op {
            Op::Load if is_list || matches!(codec.shape, Shape::Enum { .. }) => Op::Lift,
            Op::Check if matches!(codec.shape, Shape::Enum { .. }) => Op::Lift,
            Op::Store(passing) if is_list => Op::Lower(normal(passing)),
            Op::Store(passing) => Op::Store(normal(passing)),
            Op::Lower(passing) => Op::Lower(normal(passing)),
            Op::Load | Op::Lift | Op::Free | Op::Give | Op::Check => op,
        }
    }

    /// The view of the helpers' module. Parameters that borrow have the anonymous lifetime.
    fn view(&self) -> View<'_, 't> {
        View { names: self.names, look: self.look, types: self.types, at: At::Helpers, lifetime: "'_", expand: false }
    }

    fn lift_view(&self) -> View<'_, 't> {
        View { lifetime: "'a", ..self.view() }
    }

    /// The codec as an expression, if it is small.
    fn small(&mut self, codec: &Codec, op: Op) -> Option<Use> {
        let facts = self.look.facts(codec.ty);
        if (op == Op::Give && !facts.given) || (op == Op::Check && !facts.unlike_memory) {
            return Some(Use::Nothing);
        }
        Some(match &codec.shape {
            Shape::Nothing => Use::Nothing,
            Shape::Scalar(scalar) => Use::Scalar(*scalar),
            Shape::String if op != Op::Free && self.look.forms.raw_strings => {
                Use::Slice { element: Element::Number("u8") }
            }
            Shape::String if op == Op::Free => Use::Buffer { stride: 1, align: 1 },
            Shape::String => Use::String,
            Shape::List { element } => return self.small_list(*element, op),
            Shape::Map { key, value, entry } => return self.small_map(key, value, *entry, op),
            Shape::Flags { .. } => self.flags(codec),
            Shape::Enum { cases, .. } => match op {
                Op::Load | Op::Lift | Op::Check => return None,
                Op::Store(_) | Op::Lower(_) | Op::Free | Op::Give => Use::Enum { lift: None, bits: enum_repr(*cases) },
            },
            Shape::Own(resource) => self.own(*resource, op),
            Shape::Borrow(resource) => self.borrow(*resource),
            Shape::FixedList { .. } | Shape::Record(_) | Shape::Tuple(_) => return None,
            Shape::Variant(_) | Shape::Option(_) | Shape::Result(_) => return None,
            Shape::Stream(_) => Use::Transfer { module: STREAMS, take: take(op) },
            Shape::Future(_) => Use::Transfer { module: FUTURES, take: take(op) },
            Shape::ErrorContext => Use::ErrorContext { take: error_context_take(op) },
        })
    }

    fn small_list(&self, element: CodecId, op: Op) -> Option<Use> {
        let element = self.codecs.get(element);
        match (&element.shape, op) {
            (Shape::Nothing, Op::Free) => Some(buffer(element.layout)),
            (Shape::Scalar(scalar), _) => plain(*scalar).map(|number| Use::Slice { element: Element::Number(number) }),
            (Shape::Record(_), _) if !self.look.facts(element.ty).unlike_memory => {
                Some(Use::Slice { element: Element::Record(self.root_path(element.ty)) })
            }
            (_, Op::Lift | Op::Load) if !self.look.facts(element.ty).unlike_memory => {
                Some(Use::Slice { element: Element::Inferred })
            }
            (_, Op::Store(_) | Op::Lower(_)) if !self.look.facts(element.ty).unlike_layout => {
                Some(Use::Slice { element: Element::Inferred })
            }
            _ => None,
        }
    }

    fn small_map(&self, key: &Part, value: &Part, entry: Layout, op: Op) -> Option<Use> {
        let owns_nothing = [key, value].into_iter().all(|part| self.codecs.get(part.codec).is_nothing());
        (op == Op::Free && owns_nothing).then(|| buffer(entry))
    }

    fn flags(&self, codec: &Codec) -> Use {
        let Kind::Flags(labels) = self.types.kind(codec.ty) else { unreachable!("the shape follows the kind") };
        Use::Flags { path: self.root_path(codec.ty), bits: flags_bits(labels.len()) }
    }

    fn own(&self, id: ResourceId, op: Op) -> Use {
        let names = self.names.resource(id);
        let take = if is_kept(op) { &names.handle } else { &names.take_handle };
        Use::Own {
            path: self.names.path(names.module, &names.own),
            from: names.from_handle.clone(),
            take: take.clone(),
        }
    }

    fn borrow(&self, id: ResourceId) -> Use {
        let names = self.names.resource(id);
        match names.role {
            Role::Import => Use::Borrow {
                path: self.names.path(names.module, &names.own),
                from: names.from_handle.clone(),
                handle: names.handle.clone(),
            },
            Role::Export => Use::Representation { path: self.names.path(names.module, &names.borrow) },
        }
    }

    fn make(&mut self, id: CodecId, codec: &Codec, op: Op) -> Use {
        let body = self.body(codec, op);
        let (lifts, lowers) = match op {
            Op::Load | Op::Lift => (true, false),
            Op::Store(Passing::Ref | Passing::Arg | Passing::Deep | Passing::Kept)
            | Op::Lower(Passing::Ref | Passing::Arg | Passing::Deep | Passing::Kept) => (false, true),
            Op::Store(Passing::Owned) | Op::Lower(Passing::Owned) | Op::Free | Op::Give | Op::Check => (false, false),
        };
        let is_list = body.is_list();
        let temps = lowers && (is_list || body.uses().any(Use::temps));
        let borrows = lifts && body.uses().any(Use::borrows);
        let name = self.scope.declare(name(op, &helper_names::wish(&self.codecs, id)));
        let flat = codec.flat.clone().unwrap_or_default();
        let call = HelperCall { name: name.clone(), temps, borrows, cores: flat.len() };
        let ty = match op {
            Op::Load | Op::Lift => self.lift_view().owned(codec.ty),
            Op::Store(Passing::Owned) | Op::Lower(Passing::Owned) | Op::Free | Op::Check => self.view().owned(codec.ty),
            Op::Store(Passing::Ref | Passing::Kept) | Op::Lower(Passing::Ref | Passing::Kept) | Op::Give => {
                self.view().reference_to(codec.ty)
            }
            Op::Store(Passing::Arg) | Op::Lower(Passing::Arg) => format!("&{}", self.view().param(codec.ty)),
            Op::Store(Passing::Deep) | Op::Lower(Passing::Deep) if is_list => self.view().deep(codec.ty),
            Op::Store(Passing::Deep) | Op::Lower(Passing::Deep) => format!("&{}", self.view().deep(codec.ty)),
        };
        let lifetime = lifts && (borrows || self.look.facts(codec.ty).borrow);
        let is_enum = matches!(body, Body::Enum(_));
        self.list.push(Helper { name: name.clone(), op, ty, flat, temps, borrows, lifetime, body });
        if is_enum {
            let Shape::Enum { cases, .. } = codec.shape else { unreachable!("the body follows the shape") };
            return Use::Enum { lift: Some(name), bits: enum_repr(cases) };
        }
        if is_list { Use::List(call) } else { Use::Helper(call) }
    }

    fn body(&mut self, codec: &Codec, op: Op) -> Body {
        match &codec.shape {
            Shape::Record(parts) => self.record(codec.ty, parts, op),
            Shape::Tuple(parts) => {
                let types = self.argument_parts(codec.ty, op);
                let numbered = parts.iter().enumerate();
                let parts = numbered.map(|(index, part)| {
                    let codec = self.for_part(part.codec, types.get(index).copied().flatten(), op);
                    PartUse { name: index.to_string(), codec, offset: part.offset, flat: part.flat.clone() }
                });
                Body::Record { path: String::new(), parts: parts.collect() }
            }
            Shape::Variant(cases) => self.variant(codec.ty, cases, op),
            Shape::Option(cases) => self.cases(&["None", "Some"], codec.ty, cases, op),
            Shape::Result(cases) => self.cases(&["Ok", "Err"], codec.ty, cases, op),
            Shape::Enum { .. } => Body::Enum(self.case_paths(codec.ty, op)),
            Shape::List { element }
                if op == Op::Lift && !self.look.facts(self.codecs.get(*element).ty).unlike_layout =>
            {
                Body::Checked { element: self.for_codec(*element, Op::Check) }
            }
            Shape::List { element } => {
                let layout = self.codecs.get(*element).layout;
                Body::List { element: self.for_codec(*element, inner(op)), layout }
            }
            Shape::Map { key, value, entry } => {
                let key = self.part("0".to_owned(), key, inner(op));
                let value = self.part("1".to_owned(), value, inner(op));
                Body::Map { key, value, layout: *entry, own: self.look.forms.map.is_some() }
            }
            Shape::FixedList { element, len } => {
                let stride = self.codecs.get(*element).layout.size;
                Body::Array { element: self.for_codec(*element, op), len: *len, stride }
            }
            Shape::Nothing | Shape::Scalar(_) | Shape::String | Shape::Flags { .. } => {
                unreachable!("small codecs have no helper")
            }
            Shape::Own(_) | Shape::Borrow(_) | Shape::Stream(_) | Shape::Future(_) | Shape::ErrorContext => {
                unreachable!("small codecs have no helper")
            }
        }
    }

    fn record(&mut self, ty: ValType, parts: &[Part], op: Op) -> Body {
        let types = self.types;
        let Kind::Record(fields) = types.kind(ty) else { unreachable!("the shape follows the kind") };
        let names = member_names(fields.iter().map(|field| field.name.as_str()), case::snake);
        let parts = names.into_iter().zip(parts).map(|(name, part)| self.part(name, part, op)).collect();
        Body::Record { path: self.constructor(ty), parts }
    }

    fn part(&mut self, name: String, part: &Part, op: Op) -> PartUse {
        PartUse { name, codec: self.for_codec(part.codec, op), offset: part.offset, flat: part.flat.clone() }
    }

    fn variant(&mut self, ty: ValType, cases: &Cases, op: Op) -> Body {
        let paths = self.case_paths(ty, op);
        self.cases(&paths, ty, cases, op)
    }

    fn cases(&mut self, paths: &[impl AsRef<str>], ty: ValType, cases: &Cases, op: Op) -> Body {
        let types = self.argument_parts(ty, op);
        let mut payload = |index: usize, payload: &Payload| {
            let codec = self.for_part(payload.codec, types.get(index).copied().flatten(), op);
            (codec, payload.casts.clone())
        };
        let uses = paths.iter().zip(&cases.payloads).enumerate().map(|(index, (path, case))| CaseUse {
            path: path.as_ref().to_owned(),
            payload: case.as_ref().map(|case| payload(index, case)),
        });
        let uses = uses.collect();
        Body::Cases { cases: uses, discriminant: cases.discriminant, payload_offset: cases.payload_offset }
    }

    fn for_part(&mut self, codec: CodecId, ty: Option<ValType>, op: Op) -> Use {
        match ty {
            Some(ty) => self.for_type(ty, op),
            None => self.for_codec(codec, op),
        }
    }

    /// The types of the parts of a parameter that borrows them; empty for all else, where codecs say enough.
    fn argument_parts(&self, ty: ValType, op: Op) -> Vec<Option<ValType>> {
        if !matches!(op, Op::Store(Passing::Arg) | Op::Lower(Passing::Arg)) {
            return Vec::new();
        }
        let kind = self.types.kind(ty);
        if let Kind::Tuple(parts) = kind {
            parts.iter().copied().map(Some).collect()
        } else if let Kind::Option(some) = kind {
            vec![None, Some(some)]
        } else if let Kind::Result { ok, err } = kind {
            vec![ok, err]
        } else {
            unreachable!("other parameters are borrowed as a whole, or not at all")
        }
    }

    fn case_paths(&self, ty: ValType, op: Op) -> Vec<String> {
        let path = match op {
            Op::Store(Passing::Deep) | Op::Lower(Passing::Deep) => format!("super::{}", self.deep_path(ty)),
            Op::Load | Op::Lift | Op::Store(_) | Op::Lower(_) | Op::Free | Op::Give | Op::Check => self.constructor(ty),
        };
        let kind = self.types.kind(ty);
        let labels: Vec<&str> = if let Kind::Variant(cases) = kind {
            cases.iter().map(|case| case.name.as_str()).collect()
        } else if let Kind::Enum(cases) = kind {
            cases.iter().map(|case| case.name.as_str()).collect()
        } else {
            unreachable!("only variants and enums have cases with paths")
        };
        let names = member_names(labels.into_iter(), case::upper_camel);
        names.into_iter().map(|name| format!("{path}::{name}")).collect()
    }

    /// The path of a definition from the module of helpers, without generics.
    fn constructor(&self, ty: ValType) -> String {
        format!("super::{}", self.root_path(ty))
    }

    /// The path of the form that borrows what it holds.
    fn deep_path(&self, ty: ValType) -> String {
        let ValType::Def(id) = ty else { unreachable!("primitive types have no definition") };
        match self.names.param(id) {
            Some((module, name)) => self.names.path(module, name),
            None => self.root_path(ty),
        }
    }

    fn root_path(&self, ty: ValType) -> String {
        let ValType::Def(id) = ty else { unreachable!("primitive types have no definition") };
        let (module, name) = self.names.ty(id).expect("`unsupported` refuses types without a name");
        self.names.path(module, name)
    }
}

impl Body {
    /// Whether it works on pointer and length.
    pub fn is_list(&self) -> bool {
        match self {
            Self::List { .. } | Self::Checked { .. } | Self::Map { .. } => true,
            Self::Record { .. } | Self::Cases { .. } | Self::Enum(_) | Self::Array { .. } => false,
        }
    }

    /// The uses of the parts.
    pub fn uses(&self) -> Box<dyn Iterator<Item = &Use> + '_> {
        match self {
            Self::Record { parts, .. } => Box::new(parts.iter().map(|part| &part.codec)),
            Self::Cases { cases, .. } => Box::new(cases.iter().filter_map(|case| Some(&case.payload.as_ref()?.0))),
            Self::Enum(_) => Box::new(std::iter::empty()),
            Self::List { element, .. } | Self::Array { element, .. } | Self::Checked { element } => {
                Box::new(std::iter::once(element))
            }
            Self::Map { key, value, .. } => Box::new([&key.codec, &value.codec].into_iter()),
        }
    }
}

fn buffer(elements: Layout) -> Use {
    Use::Buffer { stride: elements.size, align: elements.align }
}

/// The operation on what stands in a list.
fn inner(op: Op) -> Op {
    match op {
        Op::Load | Op::Lift => Op::Load,
        Op::Store(Passing::Owned) | Op::Lower(Passing::Owned) => Op::Store(Passing::Owned),
        Op::Store(Passing::Ref | Passing::Arg) | Op::Lower(Passing::Ref | Passing::Arg) => Op::Store(Passing::Ref),
        Op::Store(Passing::Deep) | Op::Lower(Passing::Deep) => Op::Store(Passing::Deep),
        Op::Store(Passing::Kept) | Op::Lower(Passing::Kept) => Op::Store(Passing::Kept),
        Op::Free => Op::Free,
        Op::Give => Op::Give,
        Op::Check => Op::Check,
    }
}

/// Whether handles stay with the value that is lowered.
fn is_kept(op: Op) -> bool {
    match op {
        Op::Store(Passing::Kept) | Op::Lower(Passing::Kept) => true,
        Op::Store(Passing::Owned | Passing::Ref | Passing::Arg | Passing::Deep)
        | Op::Lower(Passing::Owned | Passing::Ref | Passing::Arg | Passing::Deep)
        | Op::Load
        | Op::Lift
        | Op::Free
        | Op::Give
        | Op::Check => false,
    }
}

/// How the handle of a stream's or future's readable end is read.
fn take(op: Op) -> &'static str {
    if is_kept(op) { "handle" } else { "take_handle" }
}

/// How the handle of an error context is read: the other side gets one of its own. Where no value stays behind to drop
/// this one, `Free` does.
fn error_context_take(op: Op) -> &'static str {
    match op {
        Op::Store(Passing::Owned) | Op::Lower(Passing::Owned) => "take_handle",
        Op::Store(Passing::Ref | Passing::Arg | Passing::Deep | Passing::Kept)
        | Op::Lower(Passing::Ref | Passing::Arg | Passing::Deep | Passing::Kept)
        | Op::Load
        | Op::Lift
        | Op::Free
        | Op::Give
        | Op::Check => "handle",
    }
}

fn name(op: Op, ty: &str) -> String {
    match op {
        Op::Load => format!("load_{ty}"),
        Op::Lift => format!("lift_{ty}"),
        Op::Store(Passing::Owned) => format!("store_{ty}"),
        Op::Store(Passing::Ref) => format!("store_{ty}_ref"),
        Op::Store(Passing::Arg) => format!("store_{ty}_arg"),
        Op::Lower(Passing::Owned) => format!("lower_{ty}"),
        Op::Lower(Passing::Ref) => format!("lower_{ty}_ref"),
        Op::Lower(Passing::Arg) => format!("lower_{ty}_arg"),
        Op::Store(Passing::Deep) => format!("store_{ty}_deep"),
        Op::Lower(Passing::Deep) => format!("lower_{ty}_deep"),
        Op::Store(Passing::Kept) => format!("store_{ty}_kept"),
        Op::Lower(Passing::Kept) => format!("lower_{ty}_kept"),
        Op::Free => format!("free_{ty}"),
        Op::Give => format!("give_{ty}"),
        Op::Check => format!("check_{ty}"),
    }
}
