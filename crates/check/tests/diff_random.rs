//! Comparisons of random packages with what random changes make of them.
//!
//! In: a seed. Out: a verdict for each world, and for each party, that `types::subtype` gives as well.
//! Holds: no way of not fitting is told by `diff/unfit`, so that each has a rule; the reverse comparison has the reverse
//! verdicts; a package is equal to itself, printed again or as wasm. (That nothing is told to break who is not broken is
//! asserted in the comparison itself.)
#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "tests unwrap, and look for seeds")]

mod model;

use std::cell::Cell;

use check::diff::{Package, Parties, Parts, Party, Report, Rule, Subject, Verdict, compare};
use diag::Place;
use model::Model;
use testing::seeds;
use types::subtype::{Options, component_mismatches};
use types::{Types, World};
use withe_check as check;

/// Whether seeds are given from outside, or a time: then nothing is known of how many there are.
fn is_asked_for() -> bool {
    ["WITHE_FUZZ_SEED", "WITHE_FUZZ_SECONDS"].iter().any(|name| std::env::var(name).is_ok())
}

fn load(name: &str, bytes: Vec<u8>) -> Option<wit::Package> {
    wit::load(&wit::SourceTree::of_file(name, bytes), &wit::LoadOptions::default()).ok()
}

fn subject(package: &wit::Package, types: &mut Types) -> Subject {
    let declared = package.declared(types).unwrap();
    let package = |one: wit::Declared| Package { name: one.package, interfaces: one.interfaces, worlds: one.worlds };
    let parts = Parts::Packages(declared.into_iter().map(package).collect());
    Subject { place: Place::file("a.wit"), is_documented: true, parts }
}

fn of_world(world: World) -> Subject {
    Subject { place: Place::file("a.wit"), is_documented: true, parts: Parts::World(Box::new(world)) }
}

fn verdict(report: &Report, party: Party) -> Verdict {
    report.verdict(Parties::of(&[party]))
}

fn breaks(report: &Report, party: Party) -> bool {
    verdict(report, party) == Verdict::Breaking
}

fn assert_ruled(report: &Report, texts: [&str; 2]) {
    for finding in report.packages.iter().flat_map(|package| &package.findings) {
        assert_ne!(finding.rule, Rule::Unfit, "{finding:#?}\n{}\n=====\n{}", texts[0], texts[1]);
    }
}

#[test]
fn fuzz_diff_verdicts() {
    let (tried, compared, broken) = (Cell::new(0_u32), Cell::new(0_u32), Cell::new(0_u32));
    seeds::check("fuzz_diff_verdicts", 300, |random| {
        let model = Model::random(random);
        let mut changed = model.clone();
        for _ in 0..=random.below(3) {
            changed.change(random);
        }
        let texts = [model.print(), changed.print()];
        let packages = [&texts[0], &texts[1]].map(|text| load("a.wit", text.clone().into_bytes()));
        // Some worlds export what cannot be exported together.
        let Some(old) = packages[0].as_ref() else { return };
        tried.set(tried.get() + 1);
        // A change may take away what something else needs.
        let Some(new) = packages[1].as_ref() else { return };
        compared.set(compared.get() + 1);
        let texts = [texts[0].as_str(), texts[1].as_str()];
        let types = &mut Types::new();
        for name in old.worlds().iter().filter(|name| new.worlds().contains(name)) {
            let [a, b] = [old, new].map(|package| package.world(types, Some(name)).unwrap());
            let fits = |sub: &World, sup: &World| {
                component_mismatches(types, &sub.component, &sup.component, Options::default()).is_empty()
            };
            let (for_guests, for_hosts) = (fits(&a, &b), fits(&b, &a));
            let there = compare(types, &of_world(a.clone()), &of_world(b.clone()));
            let back = compare(types, &of_world(b), &of_world(a));
            assert_ruled(&there, texts);
            let told = (breaks(&there, Party::Guests), breaks(&there, Party::Hosts));
            assert_eq!(told, (!for_guests, !for_hosts), "{name}\n{}\n=====\n{}", texts[0], texts[1]);
            let told_back = (breaks(&back, Party::Hosts), breaks(&back, Party::Guests));
            assert_eq!(told, told_back, "{name}\n{}\n=====\n{}", texts[0], texts[1]);
        }
        let [a, b] = [old, new].map(|package| subject(package, types));
        let there = compare(types, &a, &b);
        assert_ruled(&there, texts);
        broken.set(broken.get() + u32::from(there.verdict(Parties::all()) == Verdict::Breaking));
        let back = compare(types, &b, &a);
        let equal = |report: &Report| report.verdict(Parties::all()) == Verdict::Equal;
        assert_eq!(equal(&there), equal(&back), "{}\n=====\n{}", texts[0], texts[1]);
        // Added one way is removed the other way.
        let count = |report: &Report, end: &str| {
            let rules = report.packages.iter().flat_map(|package| &package.findings).map(|finding| finding.rule.code());
            rules.filter(|code| code.ends_with(end)).count()
        };
        for (end, opposite) in [("-added", "-removed"), ("-removed", "-added"), ("-renamed", "-renamed")] {
            assert_eq!(count(&there, end), count(&back, opposite), "{end}\n{}\n=====\n{}", texts[0], texts[1]);
        }
    });
    let (tried, compared, broken) = (tried.get(), compared.get(), broken.get());
    assert!(tried > 200 || is_asked_for(), "only {tried} packages are WIT");
    assert!(compared * 3 > tried * 2 || is_asked_for(), "only {compared} of {tried} changes give WIT");
    assert!(broken * 2 > compared || is_asked_for(), "only {broken} of {compared} changes break somebody");
}

#[test]
fn fuzz_diff_of_equal_packages() {
    let compared = Cell::new(0_u32);
    seeds::check("fuzz_diff_of_equal_packages", 60, |random| {
        let text = Model::random(random).print();
        let Some(package) = load("a.wit", text.clone().into_bytes()) else { return };
        compared.set(compared.get() + 1);
        let printed = wit::print::print(&package, None, wit::print::Docs::Keep).unwrap();
        let binary = wit::wasm(&package, None, wit::print::Docs::Keep).unwrap();
        let types = &mut Types::new();
        let old = subject(&package, types);
        for other in [printed.into_bytes(), binary] {
            let new = subject(&load("b.wit", other).unwrap(), types);
            for report in [compare(types, &old, &new), compare(types, &new, &old)] {
                let findings: Vec<_> = report.packages.iter().flat_map(|package| &package.findings).collect();
                assert!(findings.is_empty(), "{findings:#?}\n{text}");
            }
        }
    });
    assert!(compared.get() > 40 || is_asked_for(), "only {} are WIT", compared.get());
}
