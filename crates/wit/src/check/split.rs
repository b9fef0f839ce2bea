//! Interfaces that a world would need both imported and exported.
//!
//! In: the worlds with all that they include. Out: a diagnostic for each export that reaches one interface in both ways.
//! Holds: it follows the same steps as wit-parser's elaboration of exports, so that it finds the same worlds.
//!
//! Specification: WIT, "Item: `world`", the elaboration of exports.

use std::collections::{HashMap, HashSet};

use diag::{Diagnostic, Place, error};

use super::Checker;
use super::index::{Index, ScopeId, ScopeKind};
use super::lookup::Found;
use super::worlds::{Side, Whole};

/// Chains of interfaces that are longer than this are not followed.
const MOST_DEEP: usize = 500;
/// So many steps are taken in all worlds together.
const MOST_STEPS: usize = 1_000_000;

/// A dependency: the interface, and where its `use` stands.
type Needs = HashMap<ScopeId, Vec<(ScopeId, Option<Place>)>>;

/// The elaboration of one world's exports.
struct Walk<'w> {
    needs: &'w Needs,
    exported: &'w HashSet<ScopeId>,
    exports: HashSet<ScopeId>,
    /// What becomes an import, with what needs it and where that is said.
    imports: HashMap<ScopeId, (ScopeId, Option<Place>)>,
    /// The way to what is looked at, as interfaces with the `use` that leads to each.
    path: Vec<(ScopeId, Option<Place>)>,
    /// What is looked at: a circle, which is told elsewhere, comes back to it.
    open: HashSet<ScopeId>,
    /// The export that is looked at.
    root: ScopeId,
    steps: usize,
    given_up: bool,
}

impl<'t> Checker<'t> {
    pub(super) fn splits(&mut self, wholes: &HashMap<ScopeId, Whole>) {
        let needs = needs(&self.index);
        let mut steps = 0;
        let own: HashSet<ScopeId> = self.index.own_scopes().collect();
        // A world comes after those that it includes: what one of them has wrong already is not told again.
        for world in self.in_order().into_iter().filter(|world| own.contains(world)) {
            if let (ScopeKind::World(_), Some(whole)) = (self.index.scope(world).kind, wholes.get(&world))
                && !whole.partial
                && steps < MOST_STEPS
            {
                steps += self.split(world, whole, &needs);
            }
        }
    }

    fn split(&mut self, world: ScopeId, whole: &Whole, needs: &Needs) -> usize {
        let is_export = |(side, _): &&(Side, ScopeId)| *side == Side::Export;
        let exported: HashSet<ScopeId> = whole.interfaces.keys().filter(is_export).map(|(_, id)| *id).collect();
        let by_path = whole.interfaces.iter().filter(|(key, _)| is_export(key));
        let mut all: Vec<(ScopeId, &Place, bool)> = by_path.map(|((_, id), place)| (*id, place, true)).collect();
        all.extend(whole.inline_exports.iter().map(|(id, place)| (*id, place, false)));
        let mut walk = Walk {
            needs,
            exported: &exported,
            exports: HashSet::new(),
            imports: HashMap::new(),
            path: Vec::new(),
            open: HashSet::new(),
            root: world,
            steps: 0,
            given_up: false,
        };
        let places: HashMap<ScopeId, &Place> = all.iter().map(|(id, place, _)| (*id, *place)).collect();
        for (id, _, by_path) in &all {
            walk.path.clear();
            if !walk.export(*id, *by_path) {
                if !walk.given_up {
                    let way = walk.way(*id);
                    self.tell_split(world, &places, &way);
                }
                break;
            }
        }
        walk.steps
    }

    /// Shows the way from the export to what is needed both ways.
    fn tell_split(&mut self, world: ScopeId, places: &HashMap<ScopeId, &Place>, way: &[(ScopeId, Option<Place>)]) {
        let name = |id: ScopeId| self.index.scope(id).name;
        let (Some((export, _)), Some((both, _))) = (way.first(), way.last()) else { return };
        let scope = self.index.scope(world);
        let headline =
            format!("export `{}` needs interface `{}` both imported and exported", name(*export), name(*both));
        let mut one = error("wit/split-dependency", headline)
            .label(self.index.place(scope.site, &scope.name_span), format!("exports `{}`", name(*both)));
        for (id, text) in [(export, "the export that needs it"), (both, "exported too")] {
            if let Some(place) = places.get(id) {
                one = one.label((*place).clone(), text);
            }
        }
        for (id, used) in way {
            if let Some(used) = used {
                one = one.label(used.clone(), format!("needs `{}`", name(*id)));
            }
        }
        let between: Vec<String> =
            way[1..way.len() - 1].iter().map(|(id, _)| format!("`export {};`", name(*id))).collect();
        let known = |other: &Diagnostic| other.code == one.code && other.labels[1..] == one.labels[1..];
        if self.found.iter().any(known) {
            return;
        }
        self.found.push(one.help(format!("export what stands between the two as well: {}", between.join(" "))));
    }
}

impl Walk<'_> {
    /// An interface that is exported, by its path or under another name.
    fn export(&mut self, id: ScopeId, by_path: bool) -> bool {
        if self.path.is_empty() {
            self.root = id;
        }
        if by_path && self.exports.contains(&id) {
            return true;
        }
        if !self.needs_of(id, true) {
            return false;
        }
        if self.imports.contains_key(&id) {
            return false;
        }
        if by_path {
            self.exports.insert(id);
        }
        true
    }

    /// An interface that becomes an import because something needs it.
    fn import(&mut self, id: ScopeId) -> bool {
        if self.exports.contains(&id) {
            return false;
        }
        if self.imports.contains_key(&id) {
            return true;
        }
        if !self.needs_of(id, false) {
            return false;
        }
        let at = self.path.len() - 1;
        let from = at.checked_sub(1).map_or(self.root, |before| self.path[before].0);
        self.imports.insert(id, (from, self.path[at].1.clone()));
        true
    }

    /// The way from an export to what is needed both ways, after a failure at an export.
    fn way(&self, root: ScopeId) -> Vec<(ScopeId, Option<Place>)> {
        let both = self.path.last().map_or(root, |(id, _)| *id);
        let mut way = Vec::new();
        let mut at = both;
        // An earlier export made an import of it: from there the way is followed back.
        while let Some((from, used)) = self.imports.get(&at) {
            way.push((at, used.clone()));
            at = *from;
        }
        if way.is_empty() {
            way.extend(self.path.iter().rev().cloned());
            at = root;
        }
        way.push((at, None));
        way.reverse();
        way
    }

    fn needs_of(&mut self, id: ScopeId, exported: bool) -> bool {
        self.steps += 1;
        if self.path.len() > MOST_DEEP || self.steps > MOST_STEPS || !self.open.insert(id) {
            self.given_up = true;
            return false;
        }
        let needs = self.needs;
        for (need, place) in needs.get(&id).map_or(&[][..], Vec::as_slice) {
            self.path.push((*need, place.clone()));
            let fits =
                if exported && self.exported.contains(need) { self.export(*need, true) } else { self.import(*need) };
            if !fits {
                return false;
            }
            self.path.pop();
        }
        self.open.remove(&id);
        true
    }
}

/// What each interface uses types of.
fn needs(index: &Index<'_>) -> Needs {
    let mut needs = Needs::new();
    for id in (0..index.scopes.len()).map(ScopeId) {
        let scope = index.scope(id);
        let mut own: Vec<(ScopeId, Option<Place>)> = Vec::new();
        for use_ in scope.uses().into_iter().filter(|use_| !use_.names.is_empty()) {
            if let Found::Scope(target) = index.follow(scope.site, &use_.path)
                && own.iter().all(|(other, _)| *other != target)
            {
                own.push((target, Some(index.place(scope.site, &use_.path.span))));
            }
        }
        needs.insert(id, own);
    }
    needs
}
