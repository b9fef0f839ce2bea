//! Packages with all their interfaces and worlds; a world or a component by itself.
//!
//! In: both sides. Out: a report for each package.
//! Holds: each change is told once, with every world that meets it; packages, interfaces and worlds come in the order of
//! the old side, then those that are new.

use diag::Place;
use types::equal::Bindings;
use types::subtype::{self, Options};
use types::{ExternName, InterfaceName, PackageName, Types, World};

use super::finding::{Finding, Parties, Party, Said};
use super::names::{Names, is_near};
use super::report::{PackageReport, Report};
use super::rules::Rule;
use super::units::{self, Pair};
use super::{Package, Parts, Subject};

/// Everything that changed between two sides of one form: two worlds, or packages.
///
/// # Panics
///
/// If one side is a world and the other is not: the caller chooses the world to compare with.
pub fn compare(types: &Types, old: &Subject, new: &Subject) -> Report {
    let is_documented = old.is_documented && new.is_documented;
    match (&old.parts, &new.parts) {
        (Parts::World(a), Parts::World(b)) => worlds(types, is_documented, (old, a), (new, b)),
        (Parts::Packages(a), Parts::Packages(b)) => packages(types, is_documented, (old, a), (new, b)),
        (Parts::World(_), Parts::Packages(_)) | (Parts::Packages(_), Parts::World(_)) => {
            unreachable!("the caller gives two worlds or packages on both sides")
        }
    }
}

fn worlds(types: &Types, is_documented: bool, old: (&Subject, &World), new: (&Subject, &World)) -> Report {
    let (a, b) = (old.1, new.1);
    let is_one = a.package.namespace == b.package.namespace && a.package.name == b.package.name;
    let is_component = |world: &World| world.package.namespace == "root" && world.package.name == "component";
    let own = if is_one && !is_component(a) { vec![(a.package.clone(), b.package.clone())] } else { Vec::new() };
    let package = own.first().cloned();
    let names = Names { own, ..Names::default() };
    let found = units::world(types, &names, is_documented, Pair { old: a, new: b }, false);
    let mut report = PackageReport::new(package.clone(), (&old.0.place, &new.0.place));
    report.add(found);
    Report { parties: Parties::of(&[Party::Guests, Party::Hosts]), packages: vec![report] }
}

fn packages(types: &Types, is_documented: bool, old: (&Subject, &[Package]), new: (&Subject, &[Package])) -> Report {
    let places = (&old.0.place, &new.0.place);
    let (pairs, removed, added) = pair_packages(old.1, new.1);
    let mut names = Names {
        own: pairs.iter().map(|(old, new)| (old.name.clone(), new.name.clone())).collect(),
        ..Names::default()
    };
    let matched: Vec<Matched<'_>> = pairs.iter().map(|(old, new)| Matched::new(types, &mut names, old, new)).collect();
    let mut reports = Vec::new();
    for package in &matched {
        reports.push(package.report(types, &names, is_documented, places));
    }
    for package in removed {
        let mut report = PackageReport::new(None, places);
        let headline = format!("package `{}` was removed", shown(&package.name));
        let breaks = Parties::of(&[Party::Callers, Party::Guests]);
        report.add(vec![whole(Rule::PackageRemoved, breaks, headline, &package.name, places, true)]);
        reports.push(report);
    }
    for package in added {
        let mut report = PackageReport::new(None, places);
        let headline = format!("package `{}` was added", shown(&package.name));
        report.add(vec![whole(Rule::PackageAdded, Parties::default(), headline, &package.name, places, false)]);
        reports.push(report);
    }
    let has = |of: fn(&Package) -> bool| old.1.iter().chain(new.1).any(of);
    let mut parties = Parties::default();
    if has(|package| !package.interfaces.is_empty()) {
        parties = parties.union(Parties::of(&[Party::Callers, Party::Providers]));
    }
    if has(|package| !package.worlds.is_empty()) {
        parties = parties.union(Parties::of(&[Party::Guests, Party::Hosts]));
    }
    Report { parties, packages: reports }
}

type PackagePairs<'a> = (Vec<(&'a Package, &'a Package)>, Vec<&'a Package>, Vec<&'a Package>);

/// Packages of one name; two that are alone are a pair whatever their names.
fn pair_packages<'a>(old: &'a [Package], new: &'a [Package]) -> PackagePairs<'a> {
    if let ([old], [new]) = (old, new) {
        return (vec![(old, new)], Vec::new(), Vec::new());
    }
    let is_one = |a: &Package, b: &Package| a.name.namespace == b.name.namespace && a.name.name == b.name.name;
    let mut left: Vec<&Package> = new.iter().collect();
    let (mut pairs, mut removed) = (Vec::new(), Vec::new());
    for package in old {
        // Several versions of one package: the same one first.
        let exact = left.iter().position(|other| other.name == package.name);
        match exact.or_else(|| left.iter().position(|other| is_one(package, other))) {
            Some(at) => pairs.push((package, left.remove(at))),
            None => removed.push(package),
        }
    }
    (pairs, removed, left)
}

/// A package on both sides, with its interfaces and worlds.
struct Matched<'a> {
    old: &'a Package,
    new: &'a Package,
    interfaces: Side<'a>,
    worlds: Side<'a>,
}

/// What of one kind is on both sides, or on one.
struct Side<'a> {
    both: Vec<(Pair<'a>, bool)>,
    removed: Vec<&'a World>,
    added: Vec<&'a World>,
}

impl<'a> Side<'a> {
    fn new(old: &'a [World], new: &'a [World], is_alike: impl Fn(&World, &World) -> bool) -> Self {
        let mut left: Vec<&World> = new.iter().collect();
        let mut side = Self { both: Vec::new(), removed: Vec::new(), added: Vec::new() };
        for old in old {
            match left.iter().position(|new| new.name == old.name) {
                Some(at) => side.both.push((Pair { old, new: left.remove(at) }, false)),
                None => side.removed.push(old),
            }
        }
        if let ([old], [new]) = (side.removed.as_slice(), left.as_slice())
            && is_near(&old.name, &new.name)
            && is_alike(old, new)
        {
            side.both.push((Pair { old, new }, true));
            side.removed.clear();
            left.clear();
        }
        side.added = left;
        side
    }
}

impl<'a> Matched<'a> {
    fn new(types: &Types, names: &mut Names, old: &'a Package, new: &'a Package) -> Self {
        let interfaces = Side::new(&old.interfaces, &new.interfaces, |a, b| is_same_interface(types, a, b));
        for (pair, is_renamed) in &interfaces.both {
            if *is_renamed {
                let name = |package: &Package, world: &World| InterfaceName {
                    package: package.name.clone(),
                    interface: world.name.clone(),
                };
                names.renamed.push((name(old, pair.old), name(new, pair.new)));
            }
        }
        let same = |a: &World, b: &World| types::equal::components(types, &a.component, &b.component);
        let worlds = Side::new(&old.worlds, &new.worlds, same);
        Self { old, new, interfaces, worlds }
    }

    fn report(&self, types: &Types, names: &Names, is_documented: bool, places: (&Place, &Place)) -> PackageReport {
        let mut report = PackageReport::new(Some((self.old.name.clone(), self.new.name.clone())), places);
        self.renamed(&mut report, places);
        self.interfaces(&mut report);
        for (pair, _) in &self.interfaces.both {
            report.add(units::interface(types, names, is_documented, *pair));
        }
        self.worlds(&mut report);
        for (pair, _) in &self.worlds.both {
            report.add(units::world(types, names, is_documented, *pair, true));
        }
        report
    }

    fn renamed(&self, report: &mut PackageReport, places: (&Place, &Place)) {
        let (old, new) = (&self.old.name, &self.new.name);
        if (&old.namespace, &old.name) == (&new.namespace, &new.name) {
            return;
        }
        let headline = format!("package `{}` was renamed to `{}`", shown(old), shown(new));
        let mut finding = whole(Rule::PackageRenamed, Parties::all(), headline, old, places, true);
        finding.new.text = Some(shown(new));
        report.add(vec![finding]);
    }

    fn interfaces(&self, report: &mut PackageReport) {
        let rules = (Rule::InterfaceRemoved, Rule::InterfaceRenamed, Rule::InterfaceAdded);
        let callers = Parties::of(&[Party::Callers]);
        let breaks = (callers, Parties::of(&[Party::Callers, Party::Providers]));
        self.side(report, &self.interfaces, "interface", rules, breaks);
    }

    fn worlds(&self, report: &mut PackageReport) {
        let rules = (Rule::WorldRemoved, Rule::WorldRenamed, Rule::WorldAdded);
        let guests = Parties::of(&[Party::Guests]);
        let breaks = (guests, Parties::of(&[Party::Guests, Party::Hosts]));
        self.side(report, &self.worlds, "world", rules, breaks);
    }

    fn side(
        &self,
        report: &mut PackageReport,
        side: &Side<'_>,
        what: &str,
        (removed, renamed, added): (Rule, Rule, Rule),
        (gone, other_name): (Parties, Parties),
    ) {
        let package = shown(&self.old.name);
        let of =
            |rule: Rule, breaks: Parties, name: &str, happened: String, old: Option<&World>, new: Option<&World>| {
                let said = |world: Option<&World>| Said {
                    text: world.map(|world| format!("{what} {}", world.name)),
                    place: world.and_then(|world| world.decl.place.clone()),
                };
                let headline = format!("{what} `{name}` {happened}");
                let path = vec![format!("{what} {package}/{name}")];
                Finding { rule, breaks, path, headline, old: said(old), new: said(new), worlds: Vec::new() }
            };
        let mut found = Vec::new();
        for world in &side.removed {
            let happened = format!("was removed from package `{package}`");
            found.push(of(removed, gone, &world.name, happened, Some(world), None));
        }
        for (pair, _) in side.both.iter().filter(|(_, is_renamed)| *is_renamed) {
            let happened = format!("of package `{package}` was renamed to `{}`", pair.new.name);
            found.push(of(renamed, other_name, &pair.old.name, happened, Some(pair.old), Some(pair.new)));
        }
        for world in &side.added {
            let happened = format!("was added to package `{package}`");
            found.push(of(added, Parties::default(), &world.name, happened, None, Some(world)));
        }
        report.add(found);
    }
}

/// Whether two interfaces that use the same are equal in structure.
fn is_same_interface(types: &Types, old: &World, new: &World) -> bool {
    let exported = |world: &World| world.component.exports.values().next().cloned();
    let (Some(a), Some(b)) = (exported(old), exported(new)) else { return false };
    let mut given = Bindings::new();
    for (name, old) in &old.component.imports {
        let new = new.component.imports.iter().find(|(other, _)| is_one_name(name, other)).map(|(_, item)| item);
        let (Some(old), Some(new)) = (old.kind.instance(), new.and_then(|new| new.kind.instance())) else { continue };
        for (name, old) in &types.instance(old).exports {
            let new = types.instance(new).exports.get(name);
            if let (Some(old), Some(new)) = (old.kind.resource(), new.and_then(|new| new.kind.resource())) {
                given.bind(old, new);
            }
        }
    }
    let fits = |sub, sup| subtype::mismatches(types, sub, sup, &mut given.clone(), Options::default()).is_empty();
    fits(&a, &b) && fits(&b, &a)
}

fn is_one_name(old: &ExternName, new: &ExternName) -> bool {
    match (old, new) {
        (ExternName::Interface(old), ExternName::Interface(new)) => Names::default().are_one(old, new),
        (_, _) => old == new,
    }
}

/// A finding about a package as a whole.
fn whole(
    rule: Rule,
    breaks: Parties,
    headline: String,
    name: &PackageName,
    (old, new): (&Place, &Place),
    was_there: bool,
) -> Finding {
    let text = shown(name);
    let (old_text, new_text) = if was_there { (Some(text), None) } else { (None, Some(text)) };
    Finding {
        rule,
        breaks,
        path: vec![format!("package {}", shown(name))],
        headline,
        old: Said { text: old_text, place: Some(old.clone()) },
        new: Said { text: new_text, place: Some(new.clone()) },
        worlds: Vec::new(),
    }
}

/// A package without its version.
fn shown(name: &PackageName) -> String {
    format!("{}:{}", name.namespace, name.name)
}
