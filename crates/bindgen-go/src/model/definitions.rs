//! Definitions of types: what stands in a package for each named type of its interface.

use bindgen::{Interface, NamedType, NamedTypeKind, Role};
use types::{Kind, LabelDecl, ResourceId, TypeId, ValType};

use super::{Docs, Model, View, docs};

/// A declared type.
pub struct Definition {
    pub name: String,
    /// As the WIT names it.
    pub wit: String,
    pub docs: Docs,
    /// Whether it is the error of some function.
    pub is_error: bool,
    pub shape: Shape,
}

pub enum Shape {
    /// Another name for the type.
    Alias(String),
    Record(Vec<Member>),
    Variant(Vec<Case>),
    Enum(Repr, Vec<Member>),
    Flags(Repr, Vec<Member>),
    Resource(Role, ResourceId),
}

/// The Go type behind constants.
pub type Repr = &'static str;

/// A field, or a constant.
pub struct Member {
    pub name: String,
    pub wit: String,
    /// The type of a field; empty for constants.
    pub ty: String,
    pub docs: Docs,
}

/// A case of a variant, a type of its own.
pub struct Case {
    pub name: String,
    pub wit: String,
    pub payload: Option<String>,
    pub docs: Docs,
}

impl<'t> Model<'t> {
    /// The types that an interface declares, in the order of the WIT.
    pub fn definitions(&self, view: &mut View<'_, 't>, interface: &Interface<'t>) -> Vec<Definition> {
        interface.types.iter().map(|ty| self.define(view, ty, interface.role)).collect()
    }

    fn define(&self, view: &mut View<'_, 't>, ty: &NamedType<'t>, role: Role) -> Definition {
        let plain = || self.plain_aliases.get(&(view.here, ty.name.to_owned())).cloned().unwrap_or_default();
        let (name, word, shape, id) = match ty.kind {
            NamedTypeKind::Defined(id) => {
                let (word, shape) = self.defined(view, id);
                (self.types[&id].1.clone(), word, shape, Some(id))
            }
            NamedTypeKind::Alias { id: Some(id), target } => {
                // An alias of itself is what is declared under the name.
                let is_own = target == ValType::Def(id);
                let text = if is_own { view.structure(target) } else { view.ty(target) };
                (self.types[&id].1.clone(), "type", Shape::Alias(text), None)
            }
            NamedTypeKind::Alias { id: None, target } => (plain(), "type", Shape::Alias(view.ty(target)), None),
            NamedTypeKind::Resource(id) => {
                (self.resource(id).name.clone(), "resource", Shape::Resource(role, id), None)
            }
            NamedTypeKind::ResourceAlias(id) => {
                let name = plain();
                (name, "type", Shape::Alias(view.declared_resource(id)), None)
            }
        };
        let docs = docs::declared(ty.decl, &format!("{word} {}", ty.name));
        let is_error = id.is_some_and(|id| self.is_error(id));
        Definition { name, wit: ty.name.to_owned(), docs, is_error, shape }
    }

    fn defined(&self, view: &mut View<'_, 't>, id: TypeId) -> (&'static str, Shape) {
        let members = self.members(id);
        let kind = self.bindings.types.kind(ValType::Def(id));
        if let Kind::Variant(cases) = kind {
            let cases = cases.iter().zip(members).map(|(case, name)| Case {
                name: name.clone(),
                wit: case.name.clone(),
                payload: case.ty.map(|ty| view.ty(ty)),
                docs: docs::part(&case.decl),
            });
            return ("variant", Shape::Variant(cases.collect()));
        }
        if let Kind::Enum(cases) = kind {
            return ("enum", Shape::Enum(enum_repr(cases.len()), constants(cases, members)));
        }
        if let Kind::Flags(flags) = kind {
            return ("flags", Shape::Flags(flags_repr(flags.len()), constants(flags, members)));
        }
        let Kind::Record(fields) = kind else { unreachable!("a definition is a record, variant, enum or flags type") };
        let fields = fields.iter().zip(members).map(|(field, name)| Member {
            name: name.clone(),
            wit: field.name.clone(),
            ty: view.ty(field.ty),
            docs: docs::part(&field.decl),
        });
        ("record", Shape::Record(fields.collect()))
    }
}

fn constants(labels: &[LabelDecl], members: &[String]) -> Vec<Member> {
    let each = labels.iter().zip(members).map(|(label, name)| Member {
        name: name.clone(),
        wit: label.name.clone(),
        ty: String::new(),
        docs: docs::part(&label.decl),
    });
    each.collect()
}

/// As wide as the discriminant in memory.
fn enum_repr(cases: usize) -> Repr {
    match cases {
        0..=0x100 => "uint8",
        0x101..=0x1_0000 => "uint16",
        _ => "uint32",
    }
}

/// As wide as the flags in memory; WIT has at most 32 of one type.
fn flags_repr(flags: usize) -> Repr {
    match flags {
        0..=8 => "uint8",
        9..=16 => "uint16",
        _ => "uint32",
    }
}
