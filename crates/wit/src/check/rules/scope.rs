//! The names of one scope: an interface, a world's imports, a world's exports.
//!
//! In: the items of an interface or a world. Out: names that count as the same, setters without a getter.
//! Holds: of two names that clash, the one that wit-parser reads later is reported: what is used comes before types,
//! types before functions, and within each the order of the text.
//!
//! ```wit
//! resource blob { size: func(); SIZE: static func(); }   // `[method]blob.size` and `[static]blob.SIZE` clash
//! ```
//!
//! Specification: Component Model explainer, "Name Uniqueness".

use std::collections::{HashMap, HashSet};

use diag::{Diagnostic, near_misses};

use super::{Report, gates, members, names};
use crate::syntax::ast::{
    Attributes, Extern, ExternKind, FuncItem, FuncKind, FuncType, InterfaceItem, Name, Path, ResourceItem, Span,
    TypeDecl, TypeDeclKind, Use, World, WorldItem,
};

/// The names defined so far.
#[derive(Default)]
struct Scope<'a> {
    /// By what they are reduced to when they are compared.
    names: HashMap<String, (&'static str, &'a Name)>,
    getters: Vec<Accessor<'a>>,
    setters: Vec<Accessor<'a>>,
    /// What stands in front of each name: `import ` or `export ` in a world.
    word: &'static str,
    /// What could not be read, or only in part.
    unread: Vec<&'a Span>,
}

/// A getter or a setter, with what its other half must have in common with it.
struct Accessor<'a> {
    resource: Option<&'a str>,
    is_static: bool,
    name: &'a Name,
    func: &'a FuncType,
    may_be_off: bool,
}

impl<'a> Scope<'a> {
    /// Whether the name is new.
    fn define(&mut self, report: &mut Report<'_>, reduced: String, what: &'static str, name: &'a Name) -> bool {
        match self.names.get(&reduced) {
            Some((first_what, first)) => {
                let found = members::twice(report, what, name, first_what, first);
                report.add(found);
                false
            }
            None => {
                self.names.insert(reduced, (what, name));
                true
            }
        }
    }

    fn use_(&mut self, report: &mut Report<'_>, one: &'a Use) {
        let mut seen: HashMap<(&str, &str), &Name> = HashMap::new();
        for name in &one.names {
            let local = name.rename.as_ref().unwrap_or(&name.name);
            if let Some(first) = seen.get(&(&name.name.text, &local.text)) {
                let found = members::twice(report, "type", local, "type", first);
                report.add(found.help("leave one of the two out"));
                continue;
            }
            seen.insert((&name.name.text, &local.text), local);
            self.define(report, names::folded(&local.text), "type", local);
        }
    }

    fn type_decl(&mut self, report: &mut Report<'_>, one: &'a TypeDecl) -> bool {
        let what = if let TypeDeclKind::Resource(_) = &one.kind { "resource" } else { "type" };
        self.define(report, names::folded(&one.name.text), what, &one.name)
    }

    fn resource(&mut self, report: &mut Report<'_>, decl: &'a TypeDecl) {
        let TypeDeclKind::Resource(items) = &decl.kind else { return };
        let resource = &decl.name;
        for item in items {
            match item {
                ResourceItem::Func(func) => {
                    self.unread.extend(report.is_torn(&func.span).then_some(&func.span));
                    self.resource_func(report, resource, func, &decl.attributes);
                }
                ResourceItem::Error(span) => self.unread.push(span),
            }
        }
    }

    fn resource_func(&mut self, report: &mut Report<'_>, resource: &'a Name, func: &'a FuncItem, gate: &Attributes) {
        let (reduced, what) = resource_name(&resource.text, func.kind, &func.name.text);
        match self.names.get(&reduced) {
            Some(("constructor", first)) if func.kind == FuncKind::Constructor => {
                report.add(two_constructors(report, resource, &func.name, first));
            }
            _ => drop(self.define(report, reduced, what, &func.name)),
        }
        let may_be_off = gates::may_be_off(&func.attributes) || gates::may_be_off(gate);
        self.accessor(Some(&resource.text), func.kind, &func.name, &func.func, may_be_off);
    }

    fn function(&mut self, report: &mut Report<'_>, what: &'static str, kind: FuncKind, name: &'a Name) {
        let folded = names::folded(&name.text);
        let (reduced, what) = match kind {
            FuncKind::Setter | FuncKind::StaticSetter => (format!("[set]{folded}"), "setter"),
            FuncKind::Getter | FuncKind::StaticGetter => (folded, "getter"),
            FuncKind::Plain | FuncKind::Static => (folded, what),
            // It belongs to a resource that is not there, which is told elsewhere.
            FuncKind::Constructor => return,
        };
        self.define(report, reduced, what, name);
    }

    fn accessor(
        &mut self,
        resource: Option<&'a str>,
        kind: FuncKind,
        name: &'a Name,
        func: &'a FuncType,
        may_be_off: bool,
    ) {
        let (getter, is_static) = match kind {
            FuncKind::Getter => (true, false),
            FuncKind::StaticGetter => (true, true),
            FuncKind::Setter => (false, false),
            FuncKind::StaticSetter => (false, true),
            FuncKind::Plain | FuncKind::Static | FuncKind::Constructor => return,
        };
        let accessor = Accessor { resource, is_static, name, func, may_be_off };
        if getter { self.getters.push(accessor) } else { self.setters.push(accessor) }
    }

    /// Every setter needs a getter of the very same name.
    ///
    /// `others` are the getters of a world's other side.
    fn setters_have_getters(&self, report: &mut Report<'_>, others: &[Accessor<'_>]) {
        let getters = self.getters.iter().map(|one| (one.resource, one.is_static, one.name.text.as_str()));
        let getters: HashSet<_> = getters.collect();
        let mut seen = HashSet::new();
        for setter in &self.setters {
            // Of the second one it is told that it is there already.
            if !seen.insert((setter.resource, names::folded(&setter.name.text))) {
                continue;
            }
            if getters.contains(&(setter.resource, setter.is_static, setter.name.text.as_str())) {
                continue;
            }
            let may_be_getter = |span: &&Span| {
                !span.contains(&setter.name.span.start) && report.text(span).contains(setter.name.text.as_str())
            };
            if !self.unread.iter().any(may_be_getter) {
                self.no_getter(report, setter, others);
            }
        }
    }

    fn no_getter(&self, report: &mut Report<'_>, setter: &Accessor<'_>, others: &[Accessor<'_>]) {
        let name = &setter.name.text;
        let paired = |getter: &&Accessor<'_>| {
            self.setters.iter().any(|setter| {
                setter.resource == getter.resource
                    && setter.is_static == getter.is_static
                    && setter.name.text == getter.name.text
            })
        };
        let same_resource = || self.getters.iter().filter(|getter| getter.resource == setter.resource);
        let other_kind = same_resource().find(|getter| getter.name.text == *name);
        let free = same_resource().filter(|getter| !paired(getter)).map(|getter| getter.name.text.as_str());
        if let Some(getter) = other_kind {
            report.add(one_is_static(report, setter, getter));
            return;
        }
        let found = diag::error("wit/accessor", format!("setter `{name}` has no getter"));
        let mut found = found.label(report.place(&setter.name.span), "no getter of this name");
        let other_side = others.iter().find(|getter| getter.resource.is_none() && getter.name.text == *name);
        if let Some(getter) = other_side {
            found = found.label(report.place(&getter.name.span), "this getter is on the world's other side");
        }
        let help = if let Some(near) = near_misses(name, free).first() {
            if let Some(getter) = same_resource().find(|getter| getter.name.text == *near) {
                found = found.label(report.place(&getter.name.span), "this one has a getter");
            }
            format!("did you mean `{near}`, which has a getter?")
        } else {
            let ty = setter.func.params.first().map_or("u32", |param| report.text(&param.ty.span));
            let word = if setter.is_static { "static " } else { "" };
            format!("write a getter before it: `{}{name}: {word}get() -> {ty};`", self.word)
        };
        report.add(found.help(help));
    }
}

fn one_is_static(report: &Report<'_>, setter: &Accessor<'_>, getter: &Accessor<'_>) -> Diagnostic {
    let name = &setter.name.text;
    let (headline, help) = if setter.is_static {
        (format!("setter `{name}` is static, but its getter is not"), "make both static: write `static get`")
    } else {
        (format!("setter `{name}` is not static, but its getter is"), "make both static: write `static set`")
    };
    diag::error("wit/accessor", headline)
        .label(report.place(&setter.name.span), "the setter")
        .label(report.place(&getter.name.span), "its getter")
        .help(help)
}

fn two_constructors(report: &Report<'_>, resource: &Name, again: &Name, first: &Name) -> Diagnostic {
    diag::error("wit/duplicate", format!("resource `{}` has two constructors", resource.text))
        .label(report.place(&again.span), "the second one")
        .label(report.place(&first.span), "the first one")
        .help("remove one of the two, or make it a static function")
}

/// What a resource's function is reduced to, and what it is.
fn resource_name(resource: &str, kind: FuncKind, name: &str) -> (String, &'static str) {
    let (resource, name) = (names::folded(resource), names::folded(name));
    let what = match kind {
        FuncKind::Plain => "method",
        FuncKind::Static => "static function",
        FuncKind::Constructor => return (format!("[constructor]{resource}"), "constructor"),
        FuncKind::Getter | FuncKind::StaticGetter => "getter",
        FuncKind::Setter | FuncKind::StaticSetter => "setter",
    };
    let is_setter = what == "setter";
    let reduced = if resource == name {
        resource
    } else if is_setter {
        format!("[set]{resource}.{name}")
    } else {
        format!("{resource}.{name}")
    };
    (reduced, what)
}

pub(super) fn interface(report: &mut Report<'_>, name: Option<&Name>, items: &[InterfaceItem]) {
    let mut scope = Scope::default();
    // An interface that uses itself is told as that, and not that it has its own types twice.
    let own = |path: &Path| path.package.is_none() && name.is_some_and(|name| name.text == path.item.text);
    for item in items {
        if let InterfaceItem::Use(one) = item
            && !own(&one.path)
        {
            scope.use_(report, one);
        }
    }
    let mut resources = Vec::new();
    for item in items {
        if let InterfaceItem::Type(one) = item
            && scope.type_decl(report, one)
        {
            resources.push(&one.span);
        }
    }
    for item in items {
        match item {
            InterfaceItem::Use(_) => {}
            // The functions of a resource that is declared twice would clash too.
            InterfaceItem::Type(one) if resources.contains(&&one.span) => scope.resource(report, one),
            InterfaceItem::Type(_) => {}
            InterfaceItem::Func(one) => {
                scope.unread.extend(report.is_torn(&one.span).then_some(&one.span));
                scope.function(report, "function", one.kind, &one.name);
                let off = gates::may_be_off(&one.attributes);
                scope.accessor(None, one.kind, &one.name, &one.func, off);
            }
            InterfaceItem::Error(span) => scope.unread.push(span),
        }
    }
    scope.setters_have_getters(report, &[]);
}

pub(super) fn world(report: &mut Report<'_>, world: &World) {
    let mut imports = Scope { word: "import ", ..Scope::default() };
    let mut exports = Scope { word: "export ", ..Scope::default() };
    for item in &world.items {
        if let WorldItem::Use(one) = item {
            imports.use_(report, one);
        }
    }
    let mut resources = Vec::new();
    for item in &world.items {
        if let WorldItem::Type(one) = item
            && imports.type_decl(report, one)
        {
            resources.push(&one.span);
        }
    }
    let mut import_paths = Vec::new();
    let mut export_paths = Vec::new();
    let mut may_include = false;
    for item in &world.items {
        match item {
            WorldItem::Import(one) => extern_(report, &mut imports, &mut import_paths, "import", one),
            WorldItem::Export(one) => extern_(report, &mut exports, &mut export_paths, "export", one),
            WorldItem::Type(one) if resources.contains(&&one.span) => imports.resource(report, one),
            WorldItem::Type(_) | WorldItem::Use(_) => {}
            WorldItem::Include(_) => may_include = true,
            WorldItem::Error(span) => {
                imports.unread.push(span);
                exports.unread.push(span);
            }
        }
    }
    // A getter may come from an included world; and what is left out for want of a feature needs none.
    if !may_include && !gates::may_be_off(&world.attributes) {
        imports.setters.retain(|setter| !setter.may_be_off);
        exports.setters.retain(|setter| !setter.may_be_off);
        imports.setters_have_getters(report, &exports.getters);
        exports.setters_have_getters(report, &imports.getters);
    }
}

fn extern_<'a>(
    report: &mut Report<'_>,
    scope: &mut Scope<'a>,
    paths: &mut Vec<&'a Path>,
    what: &'static str,
    one: &'a Extern,
) {
    scope.unread.extend(report.is_torn(&one.span).then_some(&one.span));
    match &one.kind {
        ExternKind::Func { name, kind, func } => {
            scope.function(report, what, *kind, name);
            scope.accessor(None, *kind, name, func, gates::may_be_off(&one.attributes));
        }
        ExternKind::Interface { name, .. } | ExternKind::Implements { name, .. } => {
            scope.define(report, names::folded(&name.text), what, name);
        }
        ExternKind::Path(path) => match paths.iter().find(|first| written(first) == written(path)) {
            Some(first) => {
                let found = diag::error("wit/duplicate", format!("interface `{}` is {what}ed twice", written(path)))
                    .label(report.place(&path.span), format!("{what}ed again"))
                    .label(report.place(&first.span), "the first one");
                report.add(found.help("remove one of the two"));
            }
            None => paths.push(path),
        },
    }
}

/// A path without spaces and escapes.
fn written(path: &Path) -> String {
    let item = &path.item.text;
    let Some(package) = &path.package else { return item.clone() };
    let version = package.version.as_ref().map(|version| format!("@{}", version.text)).unwrap_or_default();
    format!("{}:{}/{item}{version}", package.namespace.text, package.name.text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_resources_are_reduced_as_the_specification_says() {
        let reduced = |kind, name| resource_name("my-Res", kind, name).0;
        assert_eq!(reduced(FuncKind::Plain, "a-b"), "myres.ab");
        assert_eq!(reduced(FuncKind::Static, "A-B"), "myres.ab");
        assert_eq!(reduced(FuncKind::Getter, "AB"), "myres.ab");
        assert_eq!(reduced(FuncKind::Setter, "ab"), "[set]myres.ab");
        assert_eq!(reduced(FuncKind::Setter, "myres"), "myres");
        assert_eq!(reduced(FuncKind::Constructor, "constructor"), "[constructor]myres");
    }
}
