//! What the host gives: names of its functions and classes in the module.
//!
//! In: paths of imports. Out: bindings; at the end the lines that import them, or take them from the imports' object.
//! Holds: each thing of the host has one name; what is missing is told by its name when the component is instantiated.

use std::collections::HashMap;

use component::instantiation::{Import, ImportKind, Instantiation, OfferSort};
use indexmap::{IndexMap, IndexSet};
use types::ExternName;

use super::code::{Expr, Stmt};
use super::map::{Target, target};
use super::{Builder, ImportLine, Wanted};
use crate::names::{self, Sort};
use crate::options::Instantiate;
use crate::runtime::Helper;

/// Where a thing of the host stands: instances, and the member of the last; for something of the world itself its own
/// name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Source {
    scope: Vec<ExternName>,
    member: String,
    /// For something of the world: what its module is called.
    own: Option<ExternName>,
    /// Whether it is a function or a class.
    is_function: bool,
}

/// What the host calls what it gives: as `names::of_scope` says for all items of an instance, whether they are used or not.
#[derive(Debug, Default)]
pub struct HostNames {
    /// By the instance that it is in.
    items: HashMap<(Option<usize>, ExternName), (usize, String)>,
}

impl HostNames {
    pub fn new(inst: &Instantiation<'_>) -> Self {
        let mut scopes: IndexMap<Option<usize>, Vec<usize>> = IndexMap::new();
        for (at, offer) in inst.offers.iter().enumerate() {
            scopes.entry(offer.around).or_default().push(at);
        }
        let sort = |at: &usize| match inst.offers[*at].sort {
            OfferSort::Func => Sort::Func,
            OfferSort::Resource => Sort::Class,
            OfferSort::Instance | OfferSort::CoreModule => Sort::Object,
        };
        let mut items = HashMap::new();
        for (around, members) in scopes {
            let names = names::of_scope(members.iter().map(|at| (&inst.offers[*at].name, sort(at))), &[]);
            for (at, name) in members.into_iter().zip(names) {
                items.insert((around, inst.offers[at].name.clone()), (at, name.unwrap_or_default()));
            }
        }
        Self { items }
    }

    fn find(&self, path: &[ExternName]) -> Option<&str> {
        let mut around = None;
        let mut found = None;
        for name in path {
            let (at, own) = self.items.get(&(around, name.clone()))?;
            (around, found) = (Some(*at), Some(own.as_str()));
        }
        found
    }

    /// The name of what a path leads to.
    pub fn of(&self, path: &[ExternName]) -> String {
        let own = || path.last().map(names::function).unwrap_or_default();
        self.find(path).map_or_else(own, str::to_owned)
    }

    /// The name of a class: one that is another name for a resource is as if it stood alone.
    fn class(&self, path: &[ExternName], label: &str) -> String {
        self.find(path).map_or_else(|| names::class(label), str::to_owned)
    }
}

impl Builder<'_> {
    /// The name of a function or module of the host.
    pub fn bind(&mut self, import: &Import) -> String {
        let (name, scope) = import.path.split_last().expect("an import has a name");
        let member = self.host_names.of(&import.path);
        let is_function = import.kind != ImportKind::CoreModule;
        self.bind_member(scope, member, name.clone(), is_function)
    }

    /// The name of the class that a path's last name is, or belongs to.
    pub fn bind_class(&mut self, path: &[ExternName]) -> String {
        let (name, scope) = path.split_last().expect("an import has a name");
        let label = match (name.resource(), name) {
            (Some(resource), _) => resource.to_owned(),
            (None, ExternName::Label(label)) => label.clone(),
            (None, _) => name.to_string(),
        };
        let path: Vec<ExternName> = scope.iter().cloned().chain([ExternName::label(&*label)]).collect();
        let member = self.host_names.class(&path, &label);
        self.bind_member(scope, member, ExternName::Label(label), true)
    }

    /// The object that a path's last name is a member of.
    pub fn bind_scope(&mut self, path: &[ExternName]) -> String {
        let (name, scope) = path.split_last().expect("an import has a name");
        match (scope, self.options.instantiate) {
            ([], Instantiate::Async | Instantiate::Sync) => "imports".to_owned(),
            // A module's own names cannot be set: they are members of what it exports by default.
            ([], Instantiate::Esm) => {
                let label =
                    if let ExternName::Accessor(accessor) = name { accessor.name.clone() } else { name.to_string() };
                self.bind_member(&[], names::member(&label), ExternName::Label(label), false)
            }
            (scope, _) => self.bind_instance(scope),
        }
    }

    fn bind_member(&mut self, scope: &[ExternName], member: String, own: ExternName, is_function: bool) -> String {
        let own = scope.is_empty().then_some(own);
        let source = Source { scope: scope.to_vec(), member, own, is_function };
        if let Some(known) = self.bindings.get(&source) {
            return known.clone();
        }
        // What is around it is declared before it.
        if !scope.is_empty() && !self.is_imported_by_name(scope) {
            self.bind_instance(scope);
        }
        let name = self.scope.declare(source.member.clone());
        self.bindings.insert(source, name.clone());
        name
    }

    /// The namespace of an instance: a binding without a member.
    fn bind_instance(&mut self, scope: &[ExternName]) -> String {
        let source = Source { scope: scope.to_vec(), member: String::new(), own: None, is_function: false };
        if let Some(known) = self.bindings.get(&source) {
            return known.clone();
        }
        if let [parents @ .., _] = scope
            && !parents.is_empty()
        {
            self.bind_instance(parents);
        }
        let wish = names::function(scope.last().expect("an instance has a name"));
        let name = self.scope.declare(wish);
        self.bindings.insert(source, name.clone());
        name
    }

    /// Whether a module's members are imported one by one.
    fn is_imported_by_name(&self, scope: &[ExternName]) -> bool {
        match (self.options.instantiate, scope) {
            (Instantiate::Esm, [only]) => target(only, self.options).member.is_none(),
            (Instantiate::Esm | Instantiate::Async | Instantiate::Sync, _) => false,
        }
    }

    /// The imports that something is taken of, each once.
    pub fn wanted(&self) -> Vec<Wanted> {
        let names: IndexSet<&ExternName> =
            self.bindings.keys().filter_map(|source| source.scope.first().or(source.own.as_ref())).collect();
        let is_esm = self.options.instantiate == Instantiate::Esm;
        let from = |name: &ExternName| is_esm.then(|| target(name, self.options));
        names.into_iter().map(|name| Wanted { import: name.clone(), from: from(name) }).collect()
    }

    /// The import statements of the module.
    pub fn import_lines(&self) -> Vec<ImportLine> {
        if self.options.instantiate != Instantiate::Esm {
            return Vec::new();
        }
        let mut lines: IndexMap<String, Vec<(String, String)>> = IndexMap::new();
        for (source, local) in &self.bindings {
            let (from, name) = match (source.scope.as_slice(), &source.own) {
                ([], Some(own)) => {
                    let Target { module, member } = target(own, self.options);
                    (module, member.unwrap_or_else(|| "default".to_owned()))
                }
                ([only], None) => {
                    let Target { module, member } = target(only, self.options);
                    match (source.member.is_empty(), member) {
                        (true, Some(member)) => (module, member),
                        (true, None) => (module, "default".to_owned()),
                        (false, None) => (module, source.member.clone()),
                        (false, Some(_)) => continue,
                    }
                }
                _ => continue,
            };
            lines.entry(from).or_default().push((name, local.clone()));
        }
        lines.into_iter().map(|(from, names)| ImportLine { from, names }).collect()
    }

    /// What is taken from objects: from the imports' object, from namespaces.
    pub fn preamble(&mut self) -> Vec<Stmt> {
        let bindings: Vec<(Source, String)> =
            self.bindings.iter().map(|(source, name)| (source.clone(), name.clone())).collect();
        bindings.iter().filter_map(|(source, local)| self.taken(source, local)).collect()
    }

    fn taken(&mut self, source: &Source, local: &str) -> Option<Stmt> {
        let is_esm = self.options.instantiate == Instantiate::Esm;
        let required = |builder: &mut Self, from: String, member: &str, shown: String| {
            let args = [from.into(), names::literal(member).into(), names::literal(&shown).into()];
            let args = args.into_iter().chain((!source.is_function).then(|| "'object'".into()));
            Stmt::constant(local, Expr::call(builder.helper(Helper::Required), args))
        };
        match (source.scope.as_slice(), &source.own) {
            ([], own) => {
                let shown = own.as_ref().map(ExternName::to_string).unwrap_or_default();
                (!is_esm).then(|| required(self, "imports".to_owned(), &source.member, shown))
            }
            ([only], _) if source.member.is_empty() => {
                let args = ["imports".into(), Expr::text(names::literal(&only.to_string()))];
                (!is_esm).then(|| Stmt::constant(local, Expr::call(self.helper(Helper::Imported), args)))
            }
            ([only], _) if is_esm && self.is_imported_by_name(std::slice::from_ref(only)) => None,
            (scope, _) => {
                let shown = scope.iter().map(ExternName::to_string).collect::<Vec<_>>().join("#");
                let is_instance = source.member.is_empty();
                let (from, member) = match (is_instance, scope) {
                    (true, [parents @ .., _]) => (self.bind_instance(parents), self.host_names.of(scope)),
                    (_, scope) => (self.bind_instance(scope), source.member.clone()),
                };
                let shown = if is_instance { shown } else { format!("{shown}#{member}") };
                Some(required(self, from, &member, shown))
            }
        }
    }
}
