//! Names and what they stand for.
//!
//! In: declarations, in the order of the text. Out: the value of a name.
//! Holds: a scope has a name once; interfaces and worlds see their own names, and of the script's names only those of
//! interfaces, worlds and function types.
//!
//! Specification: WAC, "Let Statements" (names are not variables).

use compose::Source;
use diag::Place;
use indexmap::IndexMap;
use types::{ExternName, FuncId, Item, ItemKind, Owner, ResourceId, Types, ValType, wit_text};

use super::interface::InterfaceId;
use super::world::WorldId;
use super::{Resolver, report};
use crate::syntax::tree::{Name, Span};

/// What a name or an expression stands for.
#[derive(Clone, Debug)]
pub(super) enum Value {
    /// Something that is at fault: told already.
    Unknown,
    Item(Box<AtHand>),
    /// A function type.
    Func(FuncId),
    Interface(InterfaceId),
    World(WorldId),
    Type(ValType),
    Resource(ResourceId),
}

/// An item of the composition: an import, an instance, or an export of an instance.
#[derive(Clone, Debug)]
pub(super) struct AtHand {
    pub source: Source,
    pub item: Item,
    /// The name that it was imported under, or is exported by in the instance that it is taken from.
    pub name: Option<ExternName>,
    /// Where it comes from: a file, or the import statement.
    pub place: Place,
}

impl From<AtHand> for Value {
    fn from(at_hand: AtHand) -> Self {
        Self::Item(Box::new(at_hand))
    }
}

/// The names of a script, an interface or a world.
#[derive(Debug)]
pub(super) struct Scope {
    /// Who owns the types that are declared here.
    pub owner: Owner,
    pub names: IndexMap<String, (Value, Span)>,
    /// Names of functions, lower case, which share those of types with them.
    pub taken: IndexMap<String, Span>,
}

impl Scope {
    pub fn new(owner: Owner) -> Self {
        Self { owner, names: IndexMap::new(), taken: IndexMap::new() }
    }
}

impl Value {
    /// What it is, in words.
    pub fn words(&self, types: &Types) -> String {
        match self {
            Self::Unknown => "something unknown".to_owned(),
            Self::Item(at_hand) => item_words(&at_hand.item).to_owned(),
            Self::Func(_) => "a function type".to_owned(),
            Self::Interface(_) => "an interface".to_owned(),
            Self::World(_) => "a world".to_owned(),
            Self::Type(ty) => format!("the type `{}`", wit_text(types, *ty)),
            Self::Resource(_) => "a resource".to_owned(),
        }
    }
}

pub(super) fn item_words(item: &Item) -> &'static str {
    match item.kind {
        ItemKind::Func(_) => "a function",
        ItemKind::Instance(_) => "an instance",
        ItemKind::Type(_) => "a type",
        ItemKind::Resource(_) => "a resource",
        ItemKind::Component(_) => "a component",
        ItemKind::CoreModule(_) => "a core module",
    }
}

impl Resolver<'_, '_> {
    pub(super) fn scope(&self) -> &Scope {
        self.scopes.last().expect("the script's scope is never left")
    }

    pub(super) fn scope_mut(&mut self) -> &mut Scope {
        self.scopes.last_mut().expect("the script's scope is never left")
    }

    /// Gives a name its value in the innermost scope. A name that is taken keeps its first value.
    pub(super) fn declare(&mut self, name: &Name, value: Value) {
        let scope = self.scope();
        let first = scope.names.get(&name.text).map(|(_, span)| *span);
        let first = first.or_else(|| scope.taken.get(&name.text.to_ascii_lowercase()).copied());
        if let Some(first) = first {
            let first = self.place(first);
            let problem = report::duplicate_name(&name.text, self.place(name.span), first);
            return self.problem(problem);
        }
        self.scope_mut().names.insert(name.text.clone(), (value, name.span));
    }

    /// Takes a name for an item of the interface or world that is being resolved. Whether it was free; if not, that is
    /// told.
    pub(super) fn take(&mut self, what: &str, name: &Name) -> bool {
        let lower = name.text.to_ascii_lowercase();
        let scope = self.scope();
        let first = scope.taken.get(&lower).copied();
        let first = first.or_else(|| scope.names.get(&name.text).map(|(_, span)| *span));
        if let Some(first) = first {
            let first = self.place(first);
            let problem = report::duplicate_member(what, &name.text, self.place(name.span), Some(first));
            self.problem(problem);
            return false;
        }
        self.scope_mut().taken.insert(lower, name.span);
        true
    }

    /// The value of a name of the innermost scope.
    pub(super) fn local(&mut self, name: &Name) -> Value {
        match self.scope().names.get(&name.text) {
            Some((value, _)) => value.clone(),
            None => self.unknown(name),
        }
    }

    /// The value of a name of the script.
    pub(super) fn root(&mut self, name: &Name) -> Value {
        match self.scopes[0].names.get(&name.text) {
            Some((value, _)) => value.clone(),
            None => self.unknown(name),
        }
    }

    /// The value of a name of the innermost scope, else of the script.
    pub(super) fn local_or_root(&mut self, name: &Name) -> Value {
        if self.scope().names.contains_key(&name.text) { self.local(name) } else { self.root(name) }
    }

    fn unknown(&mut self, name: &Name) -> Value {
        let names: Vec<&str> = self.scope().names.keys().map(String::as_str).collect();
        let outside = self.scopes[0].names.get(&name.text).map(|(_, span)| *span).filter(|_| self.scopes.len() > 1);
        let outside = outside.map(|span| self.place(span));
        let gate = self.gate_of(&name.text);
        let problem = report::unknown_name(&name.text, self.place(name.span), &names, outside);
        let problem = report::behind(problem, gate);
        self.problem(problem);
        Value::Unknown
    }
}
