//! What the component exports: functions, classes, namespaces.
//!
//! In: the exports of an instantiation. Out: statements, and which of their names are exported as what.
//! Holds: an interface stands under its full id and, where that is free, under its last segment; what has no JavaScript
//! value is left out; a resource has one class, however often it is exported.

use bindgen::Scope;
use component::instantiation::{Callee, Export, ImportKind, Lift};
use indexmap::IndexMap;
use types::name::AccessorOf;
use types::{ExternName, FuncId, Item, ResourceId};

use super::Builder;
use super::code::{Expr, Function, Member, Stmt};
use super::signature::signature;
use crate::dts::Docs;
use crate::names::{self, Sort};
use crate::options::Instantiate;

/// The items of a scope with their documentation, where there is any.
type Declared<'d> = Option<&'d IndexMap<ExternName, Item>>;

/// What is exported.
#[derive(Debug, Default)]
pub struct Exports {
    pub items: Vec<Stmt>,
    /// Names of the module, and those they are exported under; without what is exported where it is declared.
    pub names: Vec<(String, String)>,
}

/// The names under which each of a component's exports stands, in order: none for what has no value of its own.
pub fn export_names<'e>(exports: impl IntoIterator<Item = (&'e ExternName, Sort)>) -> Vec<Vec<String>> {
    let exports: Vec<_> = exports.into_iter().collect();
    let is_interface =
        |(name, sort): (&ExternName, Sort)| matches!(name, ExternName::Interface(_)) && sort == Sort::Object;
    let others = exports.iter().map(|export| if is_interface(*export) { (export.0, Sort::Nothing) } else { *export });
    let names = names::of_scope(others, names::OF_COMPONENT);
    let mut scope = Scope::new(names::OF_COMPONENT);
    names.iter().flatten().for_each(|name| scope.reserve(name.clone()));
    let under = exports.into_iter().zip(names).map(|(export, own)| {
        if !is_interface(export) {
            return own.into_iter().collect();
        }
        let (id, member) = (export.0.to_string(), names::function(export.0));
        if !scope.is_free(&member) {
            return vec![id];
        }
        scope.reserve(member.clone());
        vec![id, member]
    });
    under.collect()
}

fn sort(export: &Export) -> Sort {
    match export {
        Export::Func { .. } => Sort::Func,
        Export::Resource(_) => Sort::Class,
        Export::Instance { .. } => Sort::Object,
        Export::Type(_) | Export::CoreModule(_) | Export::Component | Export::OtherType => Sort::Nothing,
    }
}

/// The names of the items of a namespace.
fn item_names(items: &[(ExternName, Export)]) -> Vec<Option<String>> {
    names::of_scope(items.iter().map(|(name, export)| (name, sort(export))), &[])
}

impl<'a> Builder<'a> {
    /// Everything that is exported; all names are declared on the way.
    ///
    /// `declared`: the exports with their documentation, if there is any.
    pub fn exports(&mut self, declared: Declared<'_>) -> Exports {
        let inst = self.inst;
        let under = export_names(inst.exports.iter().map(|(name, export)| (name, sort(export))));
        let locals: Vec<Option<String>> =
            inst.exports.iter().map(|(name, export)| self.export_local(name, export)).collect();
        self.declare_classes(&inst.exports);
        self.reserve_locals();
        self.declare_flags();
        self.declare_canons();
        let canons = self.canon_functions();
        let mut out = Exports::default();
        self.classes(&inst.exports, &mut out, Some(&under), declared);
        for (((name, export), local), under) in inst.exports.iter().zip(locals).zip(under) {
            let Some(local) = local else { continue };
            self.export(name, export, &local, under, &mut out, declared);
        }
        self.functions.extend(canons);
        out
    }

    /// The name in the module of a function or namespace; classes are declared apart.
    fn export_local(&mut self, name: &ExternName, export: &Export) -> Option<String> {
        match export {
            Export::Func { .. } if name.resource().is_none() => Some(self.scope.declare(names::function(name))),
            Export::Instance { .. } => Some(self.scope.declare(names::function(name))),
            Export::Func { .. } | Export::Type(_) | Export::Resource(_) | Export::CoreModule(_) => None,
            Export::Component | Export::OtherType => None,
        }
    }

    /// A class for each resource of the component, under the first name that it is exported as.
    fn declare_classes(&mut self, exports: &[(ExternName, Export)]) {
        for (name, export) in exports {
            match export {
                Export::Resource(id) if !self.is_host(*id) => {
                    if self.resources.entry(*id).or_default().class.is_none() {
                        let class = self.scope.declare(names::class(&label_of(name)));
                        self.resources.entry(*id).or_default().class = Some(class);
                    }
                }
                Export::Instance { items } => self.declare_classes(items),
                Export::Resource(_) | Export::Func { .. } | Export::Type(_) | Export::CoreModule(_) => {}
                Export::Component | Export::OtherType => {}
            }
        }
    }

    /// The statements of classes whose names stand first in this scope or one inside of it; `under`: what the root's
    /// exports are called.
    fn classes(
        &mut self,
        exports: &'a [(ExternName, Export)],
        out: &mut Exports,
        under: Option<&[Vec<String>]>,
        declared: Declared<'_>,
    ) {
        for (at, (name, export)) in exports.iter().enumerate() {
            match export {
                Export::Resource(id) => {
                    let as_name = under.and_then(|under| under[at].first());
                    self.class_export(*id, &label_of(name), exports, out, as_name, declared);
                }
                Export::Instance { items } => self.classes(items, out, None, self.declared_in(declared, name)),
                Export::Func { .. } | Export::Type(_) | Export::CoreModule(_) => {}
                Export::Component | Export::OtherType => {}
            }
        }
    }

    fn class_export(
        &mut self,
        id: ResourceId,
        label: &str,
        siblings: &'a [(ExternName, Export)],
        out: &mut Exports,
        as_name: Option<&String>,
        declared: Declared<'_>,
    ) {
        let Some(class) = self.class_of(id) else { return };
        let is_esm = self.options.instantiate == Instantiate::Esm;
        let is_first = self.resources.entry(id).or_default().is_made.replace(true).is_none();
        let direct = is_first && is_esm && as_name == Some(&class) && !self.is_host(id);
        if !direct {
            out.names.extend(as_name.map(|name| (class.clone(), name.clone())));
        }
        if !is_first || self.is_host(id) {
            return;
        }
        let members = self.members(siblings, label, declared);
        let head = format!("{}class {class}", if direct { "export " } else { "" });
        let about = |line: String| match declared.and_then(|items| items.get(&ExternName::label(label.to_owned()))) {
            Some(item) => Docs::around(&item.decl, line),
            None => vec![line],
        };
        let class = self.class_statement(id, &class, members, head, about);
        out.items.push(class);
    }

    /// The class of a resource that is exported: its own, or the host's.
    fn class_of(&mut self, id: ResourceId) -> Option<String> {
        if let Some(class) = self.resources.entry(id).or_default().class.clone() {
            return Some(class);
        }
        let import = self.inst.imports.iter().find(|import| import.kind == ImportKind::Resource(id))?;
        Some(self.bind_class(&import.path))
    }

    /// Constructor, methods and static functions of a resource.
    fn members(&mut self, siblings: &'a [(ExternName, Export)], label: &str, declared: Declared<'_>) -> Vec<Function> {
        let is_member = |(name, export): &&(ExternName, Export)| {
            name.resource() == Some(label) && matches!(export, Export::Func { .. })
        };
        let of_class: Vec<_> = siblings.iter().filter(is_member).collect();
        let names = names::class_members(of_class.iter().map(|(name, _)| name));
        let mut out: Vec<Function> = Vec::new();
        for ((name, export), own) in of_class.into_iter().zip(names) {
            if let Export::Func { callee: Callee::Lift(lift), ty } = export {
                let head = member_head(name, &own);
                let lift = &self.inst.lifts[lift.0];
                out.push(self.function(head, lift, *ty, name, declared));
            }
        }
        out
    }

    fn function(
        &mut self,
        head: String,
        lift: &Lift,
        ty: FuncId,
        name: &ExternName,
        declared: Declared<'_>,
    ) -> Function {
        let (params, body) = self.export_function(lift, ty, name);
        let signature = format!("`{}`", signature(self.types, name, self.func(ty)));
        let docs = match declared.and_then(|items| items.get(name)) {
            Some(item) => Docs::around(&item.decl, signature),
            None => vec![signature],
        };
        Function { docs, head, params, body }
    }

    fn export(
        &mut self,
        name: &ExternName,
        export: &'a Export,
        local: &str,
        under: Vec<String>,
        out: &mut Exports,
        declared: Declared<'_>,
    ) {
        let is_esm = self.options.instantiate == Instantiate::Esm;
        match export {
            Export::Func { callee: Callee::Lift(lift), ty } => {
                let direct = is_esm && under == [local];
                let head = format!("{}function {local}", if direct { "export " } else { "" });
                let function = self.function(head, &self.inst.lifts[lift.0], *ty, name, declared);
                out.items.push(Stmt::Function(function));
                if direct {
                    return;
                }
            }
            Export::Func { callee: Callee::Host(import), .. } => {
                let bound = self.bind(&self.inst.imports[import.0].clone());
                out.items.push(Stmt::constant(local, Expr::Text(bound)));
            }
            Export::Instance { items } => {
                let members = self.namespace(items, self.declared_in(declared, name));
                out.items.push(Stmt::Namespace { head: format!("const {local} ="), members });
            }
            Export::Type(_) | Export::Resource(_) | Export::CoreModule(_) | Export::Component | Export::OtherType => {}
        }
        out.names.extend(under.into_iter().map(|under| (local.to_owned(), under)));
    }

    /// The items of an instance in a scope, with their documentation.
    fn declared_in<'d>(&self, declared: Declared<'d>, name: &ExternName) -> Declared<'d>
    where
        'a: 'd,
    {
        let instance = declared?.get(name)?.kind.instance()?;
        Some(&self.types.instance(instance).exports)
    }

    /// The members of an interface's object.
    fn namespace(&mut self, items: &'a [(ExternName, Export)], declared: Declared<'_>) -> Vec<Member> {
        let mut out = Vec::new();
        for ((name, export), own) in items.iter().zip(item_names(items)) {
            let Some(own) = own else { continue };
            let key = names::key(&own);
            match export {
                Export::Func { .. } if name.resource().is_some() => {}
                Export::Func { callee: Callee::Lift(lift), ty } => {
                    out.push(Member::Function(self.function(key, &self.inst.lifts[lift.0], *ty, name, declared)));
                }
                Export::Func { callee: Callee::Host(import), .. } => {
                    let bound = self.bind(&self.inst.imports[import.0].clone());
                    out.push(Member::Entry(key, Expr::Text(bound)));
                }
                Export::Instance { items } => {
                    let members = self.namespace(items, self.declared_in(declared, name));
                    out.push(Member::Namespace(key, members));
                }
                Export::Resource(id) => {
                    out.extend(self.class_of(*id).map(|class| Member::Entry(key, Expr::Text(class))));
                }
                Export::Type(_) | Export::CoreModule(_) | Export::Component | Export::OtherType => {}
            }
        }
        out
    }
}

fn label_of(name: &ExternName) -> String {
    match name {
        ExternName::Label(label) => label.clone(),
        ExternName::Constructor(resource) => resource.clone(),
        ExternName::Method(_, name) | ExternName::Static(_, name) => name.clone(),
        ExternName::Accessor(accessor) => accessor.name.clone(),
        ExternName::Interface(name) => name.interface.clone(),
    }
}

/// `constructor`, `increment`, `static make`, `get size`. A method may have the name that the constructor has.
fn member_head(name: &ExternName, own: &str) -> String {
    let safe = if own == "constructor" { "['constructor']" } else { own };
    match name {
        ExternName::Constructor(_) => own.to_owned(),
        ExternName::Method(..) | ExternName::Label(_) | ExternName::Interface(_) => safe.to_owned(),
        ExternName::Static(..) => format!("static {safe}"),
        ExternName::Accessor(accessor) => {
            let verb = if accessor.set { "set" } else { "get" };
            match accessor.of {
                AccessorOf::Scope | AccessorOf::Method(_) => format!("{verb} {safe}"),
                AccessorOf::Static(_) => format!("static {verb} {safe}"),
            }
        }
    }
}
