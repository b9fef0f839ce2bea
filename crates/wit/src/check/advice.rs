//! What to write instead of a name that leads nowhere.
//!
//! In: the name and what is declared around it. Out: the near miss, the place that declares it, the version that has it.
//! Holds: only so many names are compared in one check, so that thousands of mistakes are told within a second.

use diag::{Diagnostic, Place, error, near_misses};

use super::Checker;
use super::gate::{Gate, gate};
use super::index::{Entry, Origin, PackageId, Said, ScopeId};
use crate::syntax::ast::{Attributes, PackageName};
use crate::{builtin, scan};

/// Names of types that are always there.
const PRIMITIVES: [&str; 14] =
    ["bool", "u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64", "f32", "f64", "char", "string", "error-context"];
/// Types that are written with others in `<>`.
const FORMS: [&str; 10] =
    ["list", "option", "result", "tuple", "map", "future", "stream", "own", "borrow", "error-context"];
/// So many comparisons take half a second at most.
const MOST_COMPARED: usize = 400_000;

impl<'t> Checker<'t> {
    /// The candidate that comes nearest to a name.
    pub(super) fn near<'c>(&self, name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
        let left = MOST_COMPARED.saturating_sub(self.compared.get()).min(1000);
        let others = candidates.into_iter().take(left).filter(|candidate| *candidate != name);
        let mut count = 0;
        let near = near_misses(name, others.inspect(|_| count += 1)).first().copied();
        self.compared.set(self.compared.get() + count);
        near
    }

    /// The name that a `use` of the scope gives to a type.
    fn other_name(&self, scope: ScopeId, name: &str) -> Option<&'t str> {
        let left = MOST_COMPARED.saturating_sub(self.compared.get()).min(1000);
        if left == 0 {
            return None;
        }
        let mut names = self.index.scope(scope).uses().into_iter().flat_map(|use_| &use_.names).take(left);
        let renamed = names.find(|renamed| renamed.name.text == name && renamed.rename.is_some())?;
        renamed.rename.as_ref().map(|rename| rename.text.as_str())
    }

    /// What to do about a type that is not in a scope: a near miss, or the interface that has it.
    pub(super) fn type_help(&self, scope: ScopeId, name: &str) -> Option<String> {
        if let Some(other) = self.other_name(scope, name) {
            return Some(format!("write `{other}`: the `use` gives it this name"));
        }
        if let Some(home) = self.home(scope, name) {
            return Some(format!("bring it in: `use {home}.{{{name}}};`"));
        }
        let own = self.index.scope(scope).types.keys().copied();
        let near = self.near(name, PRIMITIVES.into_iter().chain(FORMS).chain(own));
        // Everybody's own name of an error resembles the one that is built in.
        let is_near = |near: &str| near != "error-context" || !name.starts_with("err") || is_slip(name, near);
        if let Some(near) = near.filter(|near| is_near(near)) {
            return Some(format!("did you mean `{near}`?"));
        }
        let package = self.index.scope(scope).site.package;
        let here = self.index.package(package).items.values().copied();
        let types = |id: ScopeId| self.index.scope(id).types.keys().map(move |name| (*name, id));
        let near = self.near(name, here.filter(|id| *id != scope).flat_map(types).map(|(name, _)| name))?;
        let home = self.home(scope, near)?;
        Some(format!("did you mean `{near}`? Bring it in: `use {home}.{{{near}}};`"))
    }

    /// The interface of the same package that declares a type.
    pub(super) fn home(&self, scope: ScopeId, name: &str) -> Option<&'t str> {
        let package = self.index.scope(scope).site.package;
        let home = *self.homes.get(&(package, name))?;
        (home != scope).then(|| self.index.scope(home).name)
    }

    /// A package that has an interface or world of this name: its path.
    pub(super) fn item_elsewhere(&self, name: &str) -> Option<String> {
        let has = |id: &PackageId| self.index.package(*id).items.contains_key(name);
        let ids = (0..self.index.packages.len()).map(PackageId).take(1000);
        let package = ids.filter(|id| self.index.package(*id).name.is_some()).find(has)?;
        Some(path(&self.index.shown(package), name))
    }

    /// The version of a built-in package that has an item which this version has not.
    pub(super) fn later_item(&self, package: PackageId, name: &str) -> Option<String> {
        let own = self.index.package(package);
        let item = own.items.get(name).and_then(|item| self.index.scope(*item).attributes());
        self.since(package, item).or_else(|| self.other_version(package, name))
    }

    /// The version of a built-in package whose interface has a type which this version's has not.
    pub(super) fn later_type(&self, interface: ScopeId, name: &str) -> Option<String> {
        let scope = self.index.scope(interface);
        let entry = scope.types.get(name).and_then(|entry: &Entry<'_>| entry.attributes());
        self.since(scope.site.package, entry)
    }

    fn since(&self, package: PackageId, attributes: Option<&Attributes>) -> Option<String> {
        let own = self.index.package(package);
        let named = own.name.as_ref()?;
        let Origin::BuiltIn(_) = &own.origin else { return None };
        let Gate::Since(version, _) = gate(attributes?) else { return None };
        Some(format!("{}:{}@{version}", named.namespace, named.name))
    }

    fn other_version(&self, package: PackageId, name: &str) -> Option<String> {
        let named = self.index.package(package).name.as_ref()?;
        let others = builtin::versions_of(named.namespace, named.name);
        let other = others.into_iter().rfind(|entry| {
            entry.name.version.as_ref() != named.version.version() && scan::declared(entry.text).contains(&name)
        })?;
        Some(other.name.to_string())
    }

    /// A package that is not there, or not in this version.
    pub(super) fn package_advice(
        &self,
        around: PackageId,
        shown: &str,
        name: &PackageName,
        place: Place,
    ) -> Diagnostic {
        let (namespace, own) = (name.namespace.text.as_str(), name.name.text.as_str());
        let here = self.index.packages_named(namespace, own).to_vec();
        let users: Vec<PackageId> = here.iter().copied().filter(|id| !self.is_built_in(*id)).collect();
        let built_in = builtin::versions_of(namespace, own);
        if users.is_empty() && !built_in.is_empty() {
            let version = Said::of(name).version().cloned();
            let asked = types::PackageName { namespace: namespace.to_owned(), name: own.to_owned(), version };
            return builtin::unknown_version(&asked, &built_in).label(place, "asked for here");
        }
        let mut found = error("wit/unknown-package", format!("package `{shown}` is not here")).about(shown);
        if users.is_empty() {
            found = found.label(place, "neither in the files nor built in");
            return self.unknown_package(found, shown, own, around);
        }
        found = found.label(place, "not in this version");
        for id in users.iter().take(3) {
            let named = self.index.package(*id).name.as_ref();
            if let Some(place) = named.and_then(|named| named.places.first()) {
                found = found.label(place.clone(), "the version that is there");
            }
        }
        let versions: Vec<String> = users.iter().map(|id| format!("`{}`", self.index.shown(*id))).collect();
        found.help(format!("write the version that is there: {}", versions.join(" or ")))
    }

    fn unknown_package(&self, found: Diagnostic, shown: &str, folder: &str, around: PackageId) -> Diagnostic {
        // Nobody names the package that the reference stands in.
        let named = |id: &PackageId| *id != around && self.index.package(*id).name.is_some();
        let ids = (0..self.index.packages.len()).map(PackageId).filter(named);
        let mut names: Vec<String> = ids.take(1000).map(|id| self.index.shown(id)).collect();
        names.extend(builtin::all().iter().map(|entry| entry.name.to_string()));
        match self.near(shown, names.iter().map(String::as_str)) {
            Some(near) => found.help(format!("did you mean `{near}`?")),
            None => found.help(format!("put the package's WIT into `deps/{folder}/`")),
        }
    }

    fn is_built_in(&self, package: PackageId) -> bool {
        matches!(self.index.package(package).origin, Origin::BuiltIn(_))
    }
}

/// `ns:name/item@version` of a package `ns:name@version`.
fn path(package: &str, item: &str) -> String {
    match package.split_once('@') {
        Some((stem, version)) => format!("{stem}/{item}@{version}"),
        None => format!("{package}/{item}"),
    }
}

/// Whether two names differ in a few letters only.
fn is_slip(name: &str, near: &str) -> bool {
    const MOST_LETTERS: usize = 2;
    let same = |(a, b): &(char, char)| a == b;
    let start = name.chars().zip(near.chars()).take_while(same).count();
    let end = name.chars().rev().zip(near.chars().rev()).take_while(same).count();
    let longest = name.chars().count().max(near.chars().count());
    longest.saturating_sub(start + end) <= MOST_LETTERS
}

/// What other languages, and older WIT, call a primitive.
const USUAL: [(&str, &str); 30] = [
    ("float32", "f32"),
    ("float", "f32"),
    ("float64", "f64"),
    ("double", "f64"),
    ("i8", "s8"),
    ("int8", "s8"),
    ("i16", "s16"),
    ("int16", "s16"),
    ("short", "s16"),
    ("i32", "s32"),
    ("int32", "s32"),
    ("int", "s32"),
    ("integer", "s32"),
    ("i64", "s64"),
    ("int64", "s64"),
    ("long", "s64"),
    ("uint8", "u8"),
    ("byte", "u8"),
    ("uint16", "u16"),
    ("ushort", "u16"),
    ("uint32", "u32"),
    ("uint", "u32"),
    ("usize", "u32"),
    ("uint64", "u64"),
    ("ulong", "u64"),
    ("str", "string"),
    ("text", "string"),
    ("boolean", "bool"),
    ("bytes", "list<u8>"),
    ("vec", "list"),
];

pub(super) fn usual_name(name: &str) -> Option<&'static str> {
    let folded = name.to_ascii_lowercase();
    USUAL.iter().find(|(other, _)| *other == folded).map(|(_, own)| *own)
}

impl Checker<'_> {
    /// The same for a name that comes near to one of those.
    pub(super) fn near_usual(&self, name: &str) -> Option<&'static str> {
        let near = self.near(name, USUAL.map(|(other, _)| other))?;
        usual_name(near)
    }
}
