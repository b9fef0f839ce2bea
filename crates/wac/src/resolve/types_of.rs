//! Types: declarations, and the types that are written where one is used.
//!
//! In: nodes of the tree. Out: definitions in the arena.
//! Holds: every part of a type is looked at, so that each mistake in it is told; a type with a mistake is none.
//!
//! Specification: WIT, "Types".

use diag::Place;
use types::value::LabelDecl;
use types::{
    Case, Decl, ExternName, Field, FuncId, Item, ItemKind, Kind, Owner, Resource, ResourceId, Stability, TypeDef,
    TypeKind, ValType,
};

use super::scope::Value;
use super::{Resolver, names, report};
use crate::syntax::tree::{
    self, Attributes, Constructor, Docs, GateKind, Method, Name, ResourceItem, Span, Type, TypeDecl, TypeDeclKind,
};

/// WIT: flags have at most so many labels.
const MOST_FLAGS: usize = 32;

impl Resolver<'_, '_> {
    /// What a declaration in an interface or a world adds: the type, and the functions of a resource.
    pub(super) fn type_items(&mut self, decl: &TypeDecl) -> Vec<(ExternName, Item)> {
        if let TypeDeclKind::Resource(items) = &decl.kind {
            return self.resource(decl, items);
        }
        let value = self.type_value(decl);
        let kind = match &value {
            Value::Type(ty) => Some(ItemKind::Type(*ty)),
            Value::Resource(resource) => Some(ItemKind::Resource(*resource)),
            // A name for a function type is known in its scope, and nothing outside.
            Value::Func(_) | Value::Unknown | Value::Item(_) | Value::Interface(_) | Value::World(_) => None,
        };
        self.declare(&decl.id, value);
        let item_decl = self.decl(&decl.attributes, decl.id.span);
        let alias_of = match &decl.kind {
            TypeDeclKind::Alias(Type { kind: tree::TypeKind::Named(of), .. }) => {
                Some((self.scope().owner, of.text.clone()))
            }
            TypeDeclKind::Alias(_)
            | TypeDeclKind::FuncAlias(_)
            | TypeDeclKind::Record(_)
            | TypeDeclKind::Variant(_)
            | TypeDeclKind::Flags(_)
            | TypeDeclKind::Enum(_)
            | TypeDeclKind::Resource(_) => None,
        };
        let alias_of = alias_of.filter(|_| matches!(kind, Some(ItemKind::Resource(_))));
        let item = kind.map(|kind| Item { kind, decl: Decl { alias_of, ..item_decl } });
        item.map(|item| (ExternName::label(decl.id.text.as_str()), item)).into_iter().collect()
    }

    /// The type that a declaration declares.
    pub(super) fn type_value(&mut self, decl: &TypeDecl) -> Value {
        match &decl.kind {
            TypeDeclKind::Alias(ty) => self.alias(decl, ty),
            TypeDeclKind::FuncAlias(func) => self.func(func).map_or(Value::Unknown, Value::Func),
            TypeDeclKind::Record(fields) => {
                let kind = self.record(fields);
                self.named(decl, kind)
            }
            TypeDeclKind::Variant(cases) => {
                let kind = self.variant(cases);
                self.named(decl, kind)
            }
            TypeDeclKind::Flags(flags) => {
                let kind = self.flags(&decl.id, flags);
                self.named(decl, kind)
            }
            TypeDeclKind::Enum(cases) => {
                let kind = self.labels("case", cases).map(|labels| (TypeKind::Enum(labels), None));
                self.named(decl, kind)
            }
            TypeDeclKind::Resource(_) => {
                // No text can say this, but a tree that code makes can.
                let headline = format!("resource `{}` stands outside of an interface", decl.id.text);
                let help = "declare it in an interface or a world";
                let problem = report::type_limit(headline, self.place(decl.id.span), "outside", help);
                self.problem(problem);
                Value::Unknown
            }
        }
    }

    /// `type id = ty;`
    fn alias(&mut self, decl: &TypeDecl, ty: &Type) -> Value {
        let tree::TypeKind::Named(name) = &ty.kind else {
            let Some(ty) = self.val_type(ty) else { return Value::Unknown };
            let kind = self.structure_of(ty);
            return self.named(decl, Some(kind));
        };
        match self.local(name) {
            Value::Unknown => Value::Unknown,
            Value::Type(ty) => self.named(decl, Some((TypeKind::Alias(ty), None))),
            Value::Resource(resource) => Value::Resource(resource),
            Value::Func(func) => Value::Func(func),
            other @ (Value::Item(_) | Value::Interface(_) | Value::World(_)) => {
                self.not_a_type(name, &other);
                Value::Unknown
            }
        }
    }

    /// A type without a name as what the type's name stands for; a primitive is an alias.
    fn structure_of(&self, ty: ValType) -> Structure {
        let ValType::Def(id) = ty else { return (TypeKind::Alias(ty), None) };
        let def = self.types.def(id);
        if def.name.is_some() {
            return (TypeKind::Alias(ty), None);
        }
        (def.kind.clone(), def.decl.alias_of.clone())
    }

    fn named(&mut self, decl: &TypeDecl, kind: Option<Structure>) -> Value {
        let Some((kind, alias_of)) = kind else { return Value::Unknown };
        let item_decl = Decl { alias_of, ..self.decl(&decl.attributes, decl.id.span) };
        let owner = self.scope().owner;
        let def = TypeDef { name: Some(decl.id.text.clone()), owner, kind, decl: item_decl };
        self.define_type(def, decl.id.span).map_or(Value::Unknown, Value::Type)
    }

    fn record(&mut self, fields: &[tree::Field]) -> Option<Structure> {
        self.distinct("field", fields.iter().map(|field| &field.name));
        let types: Vec<_> = fields.iter().map(|field| self.val_type(&field.ty)).collect();
        let types = types.into_iter().collect::<Option<Vec<_>>>()?;
        let fields = fields.iter().zip(types);
        let fields = fields.map(|(field, ty)| Field {
            name: field.name.text.clone(),
            ty,
            decl: self.part(&field.docs, field.name.span),
        });
        Some((TypeKind::Record(fields.collect()), None))
    }

    fn variant(&mut self, cases: &[tree::VariantCase]) -> Option<Structure> {
        self.distinct("case", cases.iter().map(|case| &case.name));
        let types: Vec<_> = cases.iter().map(|case| self.optional(case.payload.as_ref())).collect();
        let types = types.into_iter().collect::<Option<Vec<_>>>()?;
        let cases = cases.iter().zip(types);
        let cases = cases.map(|(case, ty)| Case {
            name: case.name.text.clone(),
            ty,
            decl: self.part(&case.docs, case.name.span),
        });
        Some((TypeKind::Variant(cases.collect()), None))
    }

    fn flags(&mut self, id: &Name, flags: &[tree::Case]) -> Option<Structure> {
        if let Some(first) = flags.get(MOST_FLAGS) {
            let place = self.place(first.name.span);
            let headline = format!("`{}` has {} flags", id.text, flags.len());
            let text = format!("flag number {}", MOST_FLAGS + 1);
            let help = format!("use several types of at most {MOST_FLAGS} flags each");
            self.problem(report::type_limit(headline, place, text, help));
            return None;
        }
        self.labels("flag", flags).map(|labels| (TypeKind::Flags(labels), None))
    }

    fn labels(&mut self, what: &str, cases: &[tree::Case]) -> Option<Vec<LabelDecl>> {
        self.distinct(what, cases.iter().map(|case| &case.name));
        let label =
            |case: &tree::Case| LabelDecl { name: case.name.text.clone(), decl: self.part(&case.docs, case.name.span) };
        Some(cases.iter().map(label).collect())
    }

    /// Tells which names come again.
    pub(super) fn distinct<'n>(&mut self, what: &str, names: impl Iterator<Item = &'n Name>) {
        for (name, first) in names::repeated(names) {
            let first = self.place(first);
            let problem = report::duplicate_member(what, &name.text, self.place(name.span), Some(first));
            self.problem(problem);
        }
    }

    fn resource(&mut self, decl: &TypeDecl, items: &[ResourceItem]) -> Vec<(ExternName, Item)> {
        let item_decl = self.decl(&decl.attributes, decl.id.span);
        let owner = self.scope().owner;
        let resource = self.types.add_resource(Resource { name: decl.id.text.clone(), owner, decl: item_decl.clone() });
        self.declare(&decl.id, Value::Resource(resource));
        let kind = ItemKind::Resource(resource);
        let mut found = vec![(ExternName::label(decl.id.text.as_str()), Item { kind, decl: item_decl })];
        let mut constructor = None;
        for item in items {
            match item {
                ResourceItem::Constructor(item) => {
                    if let Some(first) = constructor.replace(item.word) {
                        let first = self.place(first);
                        let (id, place) = (&decl.id.text, self.place(item.word));
                        self.problem(report::duplicate_constructor(id, place, first));
                        continue;
                    }
                    found.extend(self.constructor(decl, resource, item));
                }
                ResourceItem::Method(method) => found.extend(self.method(decl, resource, method)),
            }
        }
        let methods = items.iter().filter_map(|item| match item {
            ResourceItem::Method(method) => Some(&method.name),
            ResourceItem::Constructor(_) => None,
        });
        self.distinct("method", methods);
        found
    }

    fn constructor(&mut self, decl: &TypeDecl, resource: ResourceId, item: &Constructor) -> Option<(ExternName, Item)> {
        let params = self.params(&item.params);
        let result = match &item.result {
            None => self.handle(&decl.id, TypeKind::Own(resource)),
            Some(ty) => self.val_type(ty).filter(|result| self.is_fallible(decl, resource, ty, *result)),
        };
        let func = self.types.add_func(types::FuncType { async_: false, params: params?, result: Some(result?) });
        let item_decl = self.decl(&item.attributes, item.word);
        let name = ExternName::Constructor(decl.id.text.clone());
        Some((name, Item { kind: ItemKind::Func(func), decl: item_decl }))
    }

    /// Whether a constructor's result is one that it may have: `result<the resource, ..>`.
    fn is_fallible(&mut self, decl: &TypeDecl, resource: ResourceId, ty: &Type, result: ValType) -> bool {
        let is_own = |ty: ValType| matches!(self.types.kind(ty), Kind::Own(id) if id == resource);
        let fits = matches!(self.types.kind(result), Kind::Result { ok: Some(ok), .. } if is_own(ok));
        if !fits {
            let id = &decl.id.text;
            let headline = format!("the constructor of `{id}` results in something else");
            let help = format!("write `-> result<{id}, error>` for one that may fail, or nothing");
            let problem = report::type_limit(headline, self.place(ty.span), "no result of a constructor", help);
            self.problem(problem);
        }
        fits
    }

    fn method(&mut self, decl: &TypeDecl, resource: ResourceId, method: &Method) -> Option<(ExternName, Item)> {
        let receiver = (!method.is_static).then_some((&decl.id, resource));
        let func = self.func_with(&method.func, receiver)?;
        let (of, name) = (decl.id.text.clone(), method.name.text.clone());
        let name = if method.is_static { ExternName::Static(of, name) } else { ExternName::Method(of, name) };
        let item_decl = self.decl(&method.attributes, method.name.span);
        Some((name, Item { kind: ItemKind::Func(func), decl: item_decl }))
    }

    /// A handle; it says its resource by `name`.
    pub(super) fn handle(&mut self, name: &Name, kind: TypeKind) -> Option<ValType> {
        let alias_of = Some((self.scope().owner, name.text.clone()));
        let decl = Decl { alias_of, ..Decl::default() };
        self.define_type(TypeDef { name: None, owner: Owner::Nothing, kind, decl }, name.span)
    }

    /// `None` if there is a type and it is at fault; else the type, if there is one.
    pub(super) fn optional(&mut self, ty: Option<&Type>) -> Option<Option<ValType>> {
        ty.map_or(Some(None), |ty| self.val_type(ty).map(Some))
    }

    /// A type where it is used.
    pub(super) fn val_type(&mut self, ty: &Type) -> Option<ValType> {
        let kind = match &ty.kind {
            tree::TypeKind::Bool => return Some(ValType::Bool),
            tree::TypeKind::U8 => return Some(ValType::U8),
            tree::TypeKind::U16 => return Some(ValType::U16),
            tree::TypeKind::U32 => return Some(ValType::U32),
            tree::TypeKind::U64 => return Some(ValType::U64),
            tree::TypeKind::S8 => return Some(ValType::S8),
            tree::TypeKind::S16 => return Some(ValType::S16),
            tree::TypeKind::S32 => return Some(ValType::S32),
            tree::TypeKind::S64 => return Some(ValType::S64),
            tree::TypeKind::F32 => return Some(ValType::F32),
            tree::TypeKind::F64 => return Some(ValType::F64),
            tree::TypeKind::Char => return Some(ValType::Char),
            tree::TypeKind::String => return Some(ValType::String),
            tree::TypeKind::ErrorContext => return Some(ValType::ErrorContext),
            tree::TypeKind::Named(name) => return self.named_type(name),
            tree::TypeKind::Own(name) => {
                let resource = self.resource_named(name)?;
                return self.handle(name, TypeKind::Own(resource));
            }
            tree::TypeKind::Borrow(name) => {
                let resource = self.resource_named(name)?;
                return self.handle(name, TypeKind::Borrow(resource));
            }
            tree::TypeKind::List(element) => TypeKind::List(self.val_type(element)?),
            tree::TypeKind::FixedList(element, length) => self.fixed_list(element, length)?,
            tree::TypeKind::Map(key, value) => self.map(key, value)?,
            tree::TypeKind::Tuple(parts) => {
                let parts: Vec<_> = parts.iter().map(|part| self.val_type(part)).collect();
                TypeKind::Tuple(parts.into_iter().collect::<Option<Vec<_>>>()?)
            }
            tree::TypeKind::Option(some) => TypeKind::Option(self.val_type(some)?),
            tree::TypeKind::Result { ok, err } => {
                let (ok, err) = (self.optional(ok.as_deref()), self.optional(err.as_deref()));
                TypeKind::Result { ok: ok?, err: err? }
            }
            tree::TypeKind::Future(payload) => TypeKind::Future(self.payload(payload.as_deref())?),
            tree::TypeKind::Stream(payload) => TypeKind::Stream(self.payload(payload.as_deref())?),
        };
        let def = TypeDef { name: None, owner: Owner::Nothing, kind, decl: Decl::default() };
        self.define_type(def, ty.span)
    }

    fn fixed_list(&mut self, element: &Type, length: &tree::Length) -> Option<TypeKind> {
        let element = self.val_type(element);
        if length.value == 0 {
            let help = "leave the list out, or give it elements";
            let place = self.place(length.span);
            self.problem(report::type_limit("a list of no elements has no meaning", place, "at least 1", help));
            return None;
        }
        Some(TypeKind::FixedList(element?, length.value))
    }

    fn map(&mut self, key: &Type, value: &Type) -> Option<TypeKind> {
        let (key_type, value) = (self.val_type(key), self.val_type(value));
        let key_type = key_type?;
        let fits = match self.types.kind(key_type) {
            Kind::Bool
            | Kind::U8
            | Kind::S8
            | Kind::U16
            | Kind::S16
            | Kind::U32
            | Kind::S32
            | Kind::U64
            | Kind::S64
            | Kind::Char
            | Kind::String => true,
            Kind::F32
            | Kind::F64
            | Kind::ErrorContext
            | Kind::Record(_)
            | Kind::Variant(_)
            | Kind::List(_)
            | Kind::FixedList(..)
            | Kind::Map(..)
            | Kind::Tuple(_)
            | Kind::Flags(_)
            | Kind::Enum(_)
            | Kind::Option(_)
            | Kind::Result { .. }
            | Kind::Own(_)
            | Kind::Borrow(_)
            | Kind::Stream(_)
            | Kind::Future(_) => false,
        };
        if !fits {
            let help = "use an integer, `bool`, `char` or `string` as the key";
            let place = self.place(key.span);
            self.problem(report::type_limit("a map's key has another type than a key may", place, "the key", help));
            return None;
        }
        Some(TypeKind::Map(key_type, value?))
    }

    /// What a stream or future carries.
    fn payload(&mut self, ty: Option<&Type>) -> Option<Option<ValType>> {
        let Some(written) = ty else { return Some(None) };
        let payload = self.val_type(written)?;
        self.has_no_borrow(payload, written.span, "a stream or future").then_some(Some(payload))
    }

    /// Whether a type can leave the call that it is in: it has no borrowed handle in it. If not, that is told.
    pub(super) fn has_no_borrow(&mut self, ty: ValType, span: Span, what: &str) -> bool {
        let item = Item { kind: ItemKind::Type(ty), decl: Decl::default() };
        let mentioned = types::uses::uses(self.types, [&item]);
        let borrow = mentioned.defs.iter().find_map(|id| {
            let TypeKind::Borrow(resource) = self.types.def(*id).kind else { return None };
            Some(self.types.resource(resource).name.clone())
        });
        if let Some(resource) = &borrow {
            let problem = report::borrow_in_result(what, resource, self.place(span));
            self.problem(problem);
        }
        borrow.is_none()
    }

    fn named_type(&mut self, name: &Name) -> Option<ValType> {
        match self.local(name) {
            Value::Unknown => None,
            Value::Type(ty) => Some(ty),
            Value::Resource(resource) => self.handle(name, TypeKind::Own(resource)),
            other @ (Value::Item(_) | Value::Func(_) | Value::Interface(_) | Value::World(_)) => {
                self.not_a_type(name, &other);
                None
            }
        }
    }

    fn resource_named(&mut self, name: &Name) -> Option<ResourceId> {
        match self.local(name) {
            Value::Unknown => None,
            Value::Resource(resource) => Some(resource),
            other @ (Value::Item(_) | Value::Func(_) | Value::Interface(_) | Value::World(_) | Value::Type(_)) => {
                let words = other.words(self.types);
                let problem = report::not_a_resource(&name.text, self.place(name.span), &words);
                self.problem(problem);
                None
            }
        }
    }

    fn not_a_type(&mut self, name: &Name, value: &Value) {
        let words = value.words(self.types);
        let problem = report::not_a_type(&name.text, self.place(name.span), &words);
        self.problem(problem);
    }

    /// The declaration of something with documentation and gates.
    pub(super) fn decl(&self, attributes: &Attributes, span: Span) -> Decl {
        let mut decl = self.part(&attributes.docs, span);
        let mut deprecated = None;
        for gate in &attributes.gates {
            match &gate.kind {
                GateKind::Since(version) => {
                    decl.stability = Stability::Stable { since: version.value.clone(), deprecated: None };
                }
                GateKind::Unstable(feature) => {
                    decl.stability = Stability::Unstable { feature: feature.text.clone(), deprecated: None };
                }
                GateKind::Deprecated(version) => deprecated = Some(version.value.clone()),
            }
        }
        match &mut decl.stability {
            Stability::Stable { deprecated: at, .. } | Stability::Unstable { deprecated: at, .. } => *at = deprecated,
            Stability::Unknown => {}
        }
        decl
    }

    /// The declaration of a field, case or flag.
    fn part(&self, docs: &Docs, span: Span) -> Decl {
        let docs = (!docs.0.is_empty()).then(|| docs.0.join("\n"));
        let place: Place = self.place(span);
        Decl { docs, place: Some(place), ..Decl::default() }
    }

    /// A function type.
    pub(super) fn func(&mut self, func: &tree::FuncType) -> Option<FuncId> {
        self.func_with(func, None)
    }
}

/// The structure of a definition; of a handle also the name by which it says its resource.
type Structure = (TypeKind, Option<(Owner, String)>);
