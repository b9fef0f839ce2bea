//! What worlds have in the end, with all that they include.
//!
//! In: the index. Out: for each world its imports and exports, and a diagnostic where an `include` brings in a name that
//! is there already, renames what is not there, or leaves a setter without a getter.
//! Holds: a world that could not be read or followed in full is `partial`: nothing is said to be missing in it.
//!
//! Specification: WIT, "Item: `include`"; Component Model explainer, "Name Uniqueness".

use std::collections::{HashMap, HashSet};

use diag::{Place, error};
use indexmap::IndexMap;
use wit_parser::{Resolve, WorldId, WorldKey};

use super::Checker;
use super::index::{ScopeId, ScopeKind};
use super::lookup::Found;
use super::walk::functions;
use crate::syntax::ast::{Extern, ExternKind, FuncKind, Include, TypeDecl, TypeDeclKind, Use, World, WorldItem};

/// So many names are collected in all worlds together; nobody writes more, and includes multiply them.
const MOST_NAMES: usize = 200_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Side {
    Import,
    Export,
}

impl Side {
    fn word(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Export => "export",
        }
    }
}

/// A world with all that it includes.
#[derive(Debug, Default)]
pub(super) struct Whole {
    /// By what names are compared by: the name itself, and where it stands.
    names: IndexMap<(Side, String), Given>,
    /// Interfaces that it names by their path.
    pub interfaces: IndexMap<(Side, ScopeId), Place>,
    /// Interfaces that it exports under a name of its own.
    pub inline_exports: Vec<(ScopeId, Place)>,
    pub partial: bool,
}

/// Something that a world has under a plain name.
#[derive(Clone, Debug)]
struct Given {
    name: Label,
    place: Option<Place>,
}

/// A name as the Component Model has it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Label {
    resource: Option<String>,
    kind: FuncKind,
    name: String,
}

impl Label {
    fn plain(name: &str) -> Self {
        Self { resource: None, kind: FuncKind::Plain, name: name.to_owned() }
    }

    /// The part of it that an `include` can rename.
    fn head(&self) -> &str {
        self.resource.as_deref().unwrap_or(&self.name)
    }

    fn renamed(&self, to: &str) -> Self {
        match &self.resource {
            Some(_) => Self { resource: Some(to.to_owned()), ..self.clone() },
            None => Self { name: to.to_owned(), ..self.clone() },
        }
    }

    /// What it is compared by: capitals and hyphens do not count, nor does what kind of function it is.
    fn reduced(&self) -> String {
        let name = folded(&self.name);
        let is_setter = matches!(self.kind, FuncKind::Setter | FuncKind::StaticSetter);
        match self.resource.as_deref().map(folded) {
            Some(resource) if self.kind == FuncKind::Constructor => format!("[constructor]{resource}"),
            Some(resource) if resource == name => resource,
            Some(resource) if is_setter => format!("[set]{resource}.{name}"),
            Some(resource) => format!("{resource}.{name}"),
            None if is_setter => format!("[set]{name}"),
            None => name,
        }
    }

    /// A name of the metadata of a component: `[method]r.f`.
    fn of_binary(text: &str) -> Self {
        let (mut rest, mut is_static, mut get, mut set, mut constructor) = (text, false, false, false, false);
        while let Some((prefix, after)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            match prefix {
                "static" => is_static = true,
                "get" => get = true,
                "set" => set = true,
                "constructor" => constructor = true,
                _ => {}
            }
            rest = after;
        }
        let kind = match (is_static, get, set) {
            (true, true, _) => FuncKind::StaticGetter,
            (true, _, true) => FuncKind::StaticSetter,
            (true, false, false) => FuncKind::Static,
            (false, true, _) => FuncKind::Getter,
            (false, _, true) => FuncKind::Setter,
            (false, false, false) if constructor => FuncKind::Constructor,
            (false, false, false) => FuncKind::Plain,
        };
        match rest.split_once('.') {
            Some((resource, name)) => Self { resource: Some(resource.to_owned()), kind, name: name.to_owned() },
            None if constructor => Self { resource: Some(rest.to_owned()), kind, name: "constructor".to_owned() },
            None => Self { resource: None, kind, name: rest.to_owned() },
        }
    }
}

fn folded(text: &str) -> String {
    text.chars().filter(|c| *c != '-').map(|c| c.to_ascii_lowercase()).collect()
}

impl<'t> Checker<'t> {
    /// Checks every world of the user, included ones first.
    pub(super) fn worlds(&mut self) -> HashMap<ScopeId, Whole> {
        let own: HashSet<ScopeId> = self.index.own_scopes().collect();
        let mut wholes: HashMap<ScopeId, Whole> = HashMap::new();
        let mut count = 0;
        for world in self.in_order() {
            if self.scope_is_off(world) || count > MOST_NAMES {
                let partial = Whole { partial: true, ..Whole::default() };
                wholes.insert(world, partial);
                continue;
            }
            let known = self.found.len();
            let whole = self.whole(world, &wholes);
            if !own.contains(&world) {
                // Mistakes in packages that are not the user's are not theirs to mend.
                self.found.truncate(known);
            }
            count += whole.names.len() + whole.interfaces.len();
            wholes.insert(world, whole);
        }
        wholes
    }

    /// All worlds, those that others include first; those of a circle come in any order.
    pub(super) fn in_order(&self) -> Vec<ScopeId> {
        let mut order = Vec::new();
        let mut seen = HashSet::new();
        for start in (0..self.index.scopes.len()).map(ScopeId).filter(|id| self.index.scope(*id).is_world()) {
            let mut stack = vec![(start, false)];
            while let Some((world, done)) = stack.pop() {
                if done {
                    order.push(world);
                    continue;
                }
                if !seen.insert(world) {
                    continue;
                }
                stack.push((world, true));
                let site = self.index.scope(world).site;
                for include in self.index.scope(world).includes() {
                    if let Found::Scope(target) = self.index.follow(site, &include.path)
                        && self.index.scope(target).is_world()
                    {
                        stack.push((target, false));
                    }
                }
            }
        }
        order
    }

    fn whole(&mut self, id: ScopeId, wholes: &HashMap<ScopeId, Whole>) -> Whole {
        match self.index.scope(id).kind {
            ScopeKind::World(world) => self.whole_text(id, world, wholes),
            ScopeKind::KnownWorld(world) => whole_binary(self.resolve, world),
            ScopeKind::Interface(_) | ScopeKind::Inline { .. } | ScopeKind::KnownInterface => Whole::default(),
        }
    }

    fn whole_text(&mut self, id: ScopeId, world: &'t World, wholes: &HashMap<ScopeId, Whole>) -> Whole {
        let mut whole = Whole { partial: !self.index.scope(id).guessed.is_empty(), ..Whole::default() };
        // The interfaces that a world declares in place come right after it.
        let mut inline = id;
        for item in &world.items {
            if let WorldItem::Import(Extern { kind: ExternKind::Interface { .. }, .. })
            | WorldItem::Export(Extern { kind: ExternKind::Interface { .. }, .. }) = item
            {
                inline.0 += 1;
            }
            match item {
                WorldItem::Use(use_) => self.add_used(&mut whole, id, use_),
                WorldItem::Type(ty) => self.add_type(&mut whole, id, ty),
                WorldItem::Import(one) => self.add_extern(&mut whole, id, Side::Import, one, inline),
                WorldItem::Export(one) => self.add_extern(&mut whole, id, Side::Export, one, inline),
                WorldItem::Error(_) => whole.partial = true,
                WorldItem::Include(_) => {}
            }
        }
        self.add_methods(&mut whole, id);
        let mut includes = false;
        for item in &world.items {
            if let WorldItem::Include(include) = item {
                includes = true;
                self.include(&mut whole, id, include, wholes);
            }
        }
        if includes && !whole.partial {
            self.setters(&whole);
        }
        whole
    }

    fn add_used(&self, whole: &mut Whole, id: ScopeId, use_: &'t Use) {
        for renamed in &use_.names {
            let name = renamed.rename.as_ref().unwrap_or(&renamed.name);
            let place = self.index.place(self.index.scope(id).site, &name.span);
            whole.give(Side::Import, Label::plain(&name.text), Some(place));
        }
    }

    fn add_type(&self, whole: &mut Whole, id: ScopeId, ty: &'t TypeDecl) {
        let place = self.index.place(self.index.scope(id).site, &ty.name.span);
        whole.give(Side::Import, Label::plain(&ty.name.text), Some(place));
        if let TypeDeclKind::Resource(items) = &ty.kind {
            use crate::syntax::ast::ResourceItem;
            whole.partial |= items.iter().any(|item| matches!(item, ResourceItem::Error(_)));
        }
    }

    fn add_methods(&self, whole: &mut Whole, id: ScopeId) {
        for func in functions(self.index.scope(id)) {
            let (Some(resource), false) = (func.resource, self.is_off(func.attributes)) else { continue };
            let place = self.index.place(self.index.scope(id).site, &func.name.span);
            let resource = Some(resource.name.text.clone());
            whole.give(Side::Import, Label { resource, kind: func.kind, name: func.name.text.clone() }, Some(place));
        }
    }

    fn add_extern(&mut self, whole: &mut Whole, id: ScopeId, side: Side, one: &'t Extern, inline: ScopeId) {
        if self.is_off(&one.attributes) {
            return;
        }
        let site = self.index.scope(id).site;
        match &one.kind {
            ExternKind::Func { name, kind, .. } => {
                let label = Label { resource: None, kind: *kind, name: name.text.clone() };
                whole.give(side, label, Some(self.index.place(site, &name.span)));
            }
            ExternKind::Interface { name, .. } => {
                let place = self.index.place(site, &name.span);
                whole.give(side, Label::plain(&name.text), Some(place.clone()));
                if side == Side::Export {
                    whole.inline_exports.push((inline, place));
                }
            }
            ExternKind::Implements { name, path } => {
                let place = self.index.place(site, &name.span);
                whole.give(side, Label::plain(&name.text), Some(place.clone()));
                match self.index.follow(site, path) {
                    Found::Scope(target) if side == Side::Export => whole.inline_exports.push((target, place)),
                    Found::Scope(_) => {}
                    Found::Silent | Found::Missing(_) => whole.partial = true,
                }
            }
            ExternKind::Path(path) => match self.index.follow(site, path) {
                Found::Scope(target) if self.index.scope(target).is_world() => whole.partial = true,
                Found::Scope(target) => {
                    let place = self.index.place(site, &path.item.span);
                    let again = whole.interfaces.get(&(side, target)).cloned();
                    match again {
                        Some(first) if path.package.is_none() => self.twice(side, target, place, first),
                        Some(_) => {}
                        None => drop(whole.interfaces.insert((side, target), place)),
                    }
                }
                Found::Silent | Found::Missing(_) => whole.partial = true,
            },
        }
    }

    /// One interface by two names: one of them comes from a `use` at the top.
    fn twice(&mut self, side: Side, interface: ScopeId, place: Place, first: Place) {
        let name = self.index.scope(interface).name;
        let word = side.word();
        let one = error("wit/duplicate", format!("interface `{name}` is {word}ed twice"))
            .label(place, format!("{word}ed again"))
            .label(first, "the first one");
        self.found.push(one.help("remove one of the two"));
    }

    /// Adds what an `include` brings in.
    fn include(&mut self, whole: &mut Whole, id: ScopeId, include: &'t Include, wholes: &HashMap<ScopeId, Whole>) {
        let site = self.index.scope(id).site;
        let target = match self.index.follow(site, &include.path) {
            Found::Scope(target) if self.index.scope(target).is_world() => target,
            Found::Scope(_) | Found::Silent | Found::Missing(_) => {
                whole.partial = true;
                return;
            }
        };
        if self.is_off(&include.attributes) {
            return;
        }
        let Some(from) = wholes.get(&target) else {
            whole.partial = true;
            return;
        };
        whole.partial |= from.partial;
        self.unknown_renames(target, id, include, from);
        let renames: HashMap<&str, &str> = (include.with.iter())
            .filter_map(|with| Some((with.name.text.as_str(), with.rename.as_ref()?.text.as_str())))
            .collect();
        let mut clashes = Vec::new();
        for ((side, _), given) in &from.names {
            let label = match renames.get(given.name.head()) {
                Some(to) => given.name.renamed(to),
                None => given.name.clone(),
            };
            if let Some(first) = whole.give(*side, label.clone(), given.place.clone()) {
                clashes.push((*side, label, first, given.place.clone()));
            }
        }
        for (key, place) in &from.interfaces {
            whole.interfaces.entry(*key).or_insert_with(|| place.clone());
        }
        whole.inline_exports.extend(from.inline_exports.iter().cloned());
        self.clashes(id, include, clashes);
    }

    /// Names that an `include` brings in although they are there.
    fn clashes(&mut self, id: ScopeId, include: &'t Include, clashes: Vec<(Side, Label, Given, Option<Place>)>) {
        // The functions of a resource clash because it does.
        let resources: HashSet<String> = clashes
            .iter()
            .filter(|(_, label, ..)| label.resource.is_none())
            .map(|(_, label, ..)| label.name.clone())
            .collect();
        let of_resource = |label: &Label| label.resource.as_ref().is_some_and(|resource| resources.contains(resource));
        let told: Vec<_> = clashes.into_iter().filter(|(_, label, ..)| !of_resource(label)).collect();
        let Some((side, label, first, _)) = told.first() else { return };
        let named = format!("{} `{}`", side.word(), label.name);
        let headline = match told.len() {
            1 if label.name != first.name.name => {
                format!("{named} counts as the same name as `{}`, which is there already", first.name.name)
            }
            1 => format!("{named} is there already"),
            2 => format!("{named} and another name are there already"),
            count => format!("{named} and {} other names are there already", count - 1),
        };
        let site = self.index.scope(id).site;
        let place = self.index.place(site, &include.path.item.span);
        let mut one = error("wit/duplicate", headline).label(place, format!("brings in `{}`", label.name));
        for (_, label, first, from) in told.iter().take(10) {
            if let Some(place) = &first.place {
                one = one.label(place.clone(), format!("the `{}` that is there", first.name.name));
            }
            if let Some(place) = from {
                one = one.label(place.clone(), format!("the `{}` that is included", label.name));
            }
        }
        let renames: Vec<String> =
            told.iter().take(10).map(|(_, label, ..)| format!("{} as other-{}", label.head(), label.head())).collect();
        self.found.push(one.help(format!("rename what is included: `with {{ {} }}`", renames.join(", "))));
    }

    /// Renames of what the included world has not.
    fn unknown_renames(&mut self, target: ScopeId, id: ScopeId, include: &'t Include, from: &Whole) {
        if include.with.is_empty() || from.partial {
            return;
        }
        let heads: HashSet<&str> = from.names.values().map(|given| given.name.head()).collect();
        let site = self.index.scope(id).site;
        for with in include.with.iter().filter(|with| !heads.contains(with.name.text.as_str())) {
            let name = with.name.text.as_str();
            let world = self.index.scope(target).name;
            let one = error("wit/unknown-item", format!("world `{world}` has no `{name}` to be renamed"))
                .label(self.index.place(site, &with.name.span), "not in that world under a plain name");
            let mut interfaces = from.interfaces.keys().map(|(_, interface)| self.index.scope(*interface).name);
            if interfaces.any(|interface| interface == name) {
                self.found.push(one.help("leave it out: an interface keeps its own name"));
                continue;
            }
            let mut names: Vec<&str> = from.names.values().map(|given| given.name.head()).take(1000).collect();
            names.dedup();
            let help = match self.near(name, names.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None if names.is_empty() => "leave the `with` out: that world has no plain names".to_owned(),
                None => format!("choose one of: {}", names.iter().take(20).copied().collect::<Vec<_>>().join(", ")),
            };
            self.found.push(one.help(help));
        }
    }

    /// Every setter needs a getter; it may come from an included world.
    fn setters(&mut self, whole: &Whole) {
        let getters: HashSet<(Side, Option<&str>, bool, &str)> =
            whole.names.iter().filter_map(|((side, _), given)| accessor(*side, &given.name, false)).collect();
        for ((side, _), given) in &whole.names {
            let Some(setter) = accessor(*side, &given.name, true) else { continue };
            let Some(place) = &given.place else { continue };
            if !getters.contains(&setter) {
                let name = &given.name.name;
                let one = error("wit/accessor", format!("setter `{name}` has no getter"))
                    .label(place.clone(), "no getter of this name, nor an included one");
                let help = match &given.name.resource {
                    None => format!("write a getter too: `{} {name}: get() -> ..;`", side.word()),
                    Some(_) => format!("write a getter `{name}` too"),
                };
                self.found.push(one.help(help));
            }
        }
    }
}

/// A getter or a setter, by what the two have in common.
fn accessor(side: Side, label: &Label, setter: bool) -> Option<(Side, Option<&str>, bool, &str)> {
    let (is_setter, is_static) = match label.kind {
        FuncKind::Getter => (false, false),
        FuncKind::StaticGetter => (false, true),
        FuncKind::Setter => (true, false),
        FuncKind::StaticSetter => (true, true),
        FuncKind::Plain | FuncKind::Static | FuncKind::Constructor => return None,
    };
    (is_setter == setter).then_some((side, label.resource.as_deref(), is_static, &label.name))
}

impl Whole {
    /// Adds a name; if it is there, says what has it.
    fn give(&mut self, side: Side, name: Label, place: Option<Place>) -> Option<Given> {
        let key = (side, name.reduced());
        if let Some(first) = self.names.get(&key) {
            return Some(first.clone());
        }
        self.names.insert(key, Given { name, place });
        None
    }
}

/// A world from wasm.
fn whole_binary(resolve: &Resolve, world: WorldId) -> Whole {
    let mut whole = Whole::default();
    let world = &resolve.worlds[world];
    for (side, items) in [(Side::Import, &world.imports), (Side::Export, &world.exports)] {
        for key in items.keys() {
            if let WorldKey::Name(name) = key {
                whole.give(side, Label::of_binary(name), None);
            }
        }
    }
    whole
}
