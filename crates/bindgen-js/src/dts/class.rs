//! Resources: classes for who calls them, what a class must have for who implements them.
//!
//! In: a resource with its functions. Out: declarations.
//! Holds: an object that only looks like a resource is none for who calls, since the runtime asks for its own;
//! what implementers write is any class with these members.

use printer::{Doc, block, doc, lines};
use types::ExternName;
use types::name::AccessorOf;

use super::docs::Docs;
use super::func;
use super::model::{Entry, Member, Party};
use super::value::{Values, Way};
use crate::names;

/// Names that functions have themselves: a class of TypeScript cannot have them as static members for every target.
const OF_FUNCTIONS: &[&str] = &["arguments", "caller", "length", "name"];

/// A resource and what the reader does with it.
#[derive(Clone, Copy)]
pub struct Class<'a, 'm, 't> {
    pub values: Values<'m, 't>,
    pub party: Party,
    pub entry: &'a Entry<'t>,
    pub members: &'a [Member<'t>],
}

/// How a class is declared.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `class R { }`
    Class,
    /// `interface R { }` and `const R: { new (): R }`.
    Pair,
}

impl Class<'_, '_, '_> {
    pub fn form(&self) -> Form {
        let is_of_functions = |member: &Member<'_>| is_static(member.name) && OF_FUNCTIONS.contains(&&*member.public);
        match self.party {
            Party::Caller if !self.members.iter().any(is_of_functions) => Form::Class,
            Party::Caller | Party::Implementer => Form::Pair,
        }
    }

    /// `class R implements Disposable { .. }`, without `export` or `declare`.
    pub fn class(&self) -> Doc {
        let no_constructor = (!self.members.iter().any(|member| is_constructor(member.name)))
            .then(|| Doc::from("private constructor();"));
        let members = self.members.iter().map(|member| {
            let start = if is_static(member.name) { "static " } else { "" };
            let text = match member.name {
                ExternName::Constructor(_) => doc!["constructor", self.params(member), ";"],
                ExternName::Accessor(_) => doc![start, self.accessor(member)],
                ExternName::Method(..) | ExternName::Static(..) | ExternName::Label(_) | ExternName::Interface(_) => {
                    doc![start, class_key(&member.public), self.signature(member), ";"]
                }
            };
            self.docs(member).above(text)
        });
        let body = std::iter::once(Doc::from("#private;"))
            .chain(no_constructor)
            .chain(members)
            .chain(std::iter::once(self.dispose(": void;")));
        let implements = doc![" implements ", self.values.global("Disposable"), " "];
        doc!["class ", &self.entry.local, implements, block(lines(body))]
    }

    /// `interface R { .. }`, without `export`: what an object of it has.
    pub fn instance(&self) -> Doc {
        let members = self.members.iter().filter(|member| !is_static(member.name) && !is_constructor(member.name));
        let members = members.map(|member| self.property(member));
        let dispose = match self.party {
            Party::Caller => self.dispose(": void;"),
            Party::Implementer => doc!["[", self.values.global("Symbol"), ".dispose]?(): void;"],
        };
        let members: Vec<Doc> = members.collect();
        let is_weak = self.party == Party::Implementer && members.is_empty();
        let body = block(lines(members.into_iter().chain(std::iter::once(dispose))));
        if is_weak {
            // Of an object whose members are all optional TypeScript refuses every class that has none of them.
            return doc!["type ", &self.entry.local, " = object & ", body, ";"];
        }
        doc!["interface ", &self.entry.local, " ", body]
    }

    /// `{ new (a: number): R; make(): R; readonly prototype: R }`: what the class itself has.
    pub fn constructor(&self) -> Doc {
        let name = &self.entry.local;
        let members = self.members.iter().filter(|member| is_static(member.name) || is_constructor(member.name));
        let members = members.map(|member| match member.name {
            ExternName::Constructor(_) => self.docs(member).above(doc!["new ", self.params(member), ": ", name, ";"]),
            ExternName::Accessor(_)
            | ExternName::Method(..)
            | ExternName::Static(..)
            | ExternName::Label(_)
            | ExternName::Interface(_) => self.property(member),
        });
        let prototype = doc!["readonly prototype: ", name, ";"];
        block(lines(members.chain(std::iter::once(prototype))))
    }

    /// Documentation of the resource.
    pub fn about(&self) -> Docs {
        Docs::of(self.entry.decl)
    }

    /// A member of an object type.
    fn property(&self, member: &Member<'_>) -> Doc {
        let text = match member.name {
            ExternName::Accessor(_) => self.accessor(member),
            ExternName::Constructor(_)
            | ExternName::Method(..)
            | ExternName::Static(..)
            | ExternName::Label(_)
            | ExternName::Interface(_) => doc![method_key(&member.public), self.signature(member), ";"],
        };
        self.docs(member).above(text)
    }

    fn accessor(&self, member: &Member<'_>) -> Doc {
        let key = names::key(&member.public);
        let (given, taken) = match self.party {
            Party::Caller => (Way::Given, Way::Taken),
            Party::Implementer => (Way::Taken, Way::Given),
        };
        match member.ty.result {
            Some(ty) => {
                let ty = func::or_promise(self.values, self.party, self.values.value(ty, given));
                doc!["get ", key, "(): ", ty, ";"]
            }
            None => {
                let ty = member.ty.params.last().map(|param| self.values.value(param.ty, taken));
                doc!["set ", key, "(value: ", ty.unwrap_or_else(|| "undefined".to_owned()), ");"]
            }
        }
    }

    fn dispose(&self, result: &'static str) -> Doc {
        doc!["[", self.values.global("Symbol"), ".dispose]()", result]
    }

    fn params(&self, member: &Member<'_>) -> Doc {
        func::signature(self.values, self.party, member.name, member.ty).params
    }

    fn signature(&self, member: &Member<'_>) -> Doc {
        func::signature(self.values, self.party, member.name, member.ty).doc()
    }

    fn docs(&self, member: &Member<'_>) -> Docs {
        func::docs(self.values, self.party, member.name, member.ty, member.decl)
    }
}

/// The name of a method in an object type, where `new` alone would be a constructor.
pub fn method_key(name: &str) -> String {
    if name == "new" { names::literal(name) } else { names::key(name) }
}

/// The name of a method in a class, where `constructor` alone would be another one.
fn class_key(name: &str) -> String {
    if name == "constructor" { format!("[{}]", names::literal(name)) } else { names::key(name) }
}

fn is_constructor(name: &ExternName) -> bool {
    matches!(name, ExternName::Constructor(_))
}

fn is_static(name: &ExternName) -> bool {
    match name {
        ExternName::Static(..) => true,
        ExternName::Accessor(accessor) => match accessor.of {
            AccessorOf::Static(_) => true,
            AccessorOf::Method(_) | AccessorOf::Scope => false,
        },
        ExternName::Label(_) | ExternName::Constructor(_) | ExternName::Method(..) | ExternName::Interface(_) => false,
    }
}
