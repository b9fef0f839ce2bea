//! The user's choices, with what they name.
//!
//! In: choices by names. Out: for each import that one is about, what it is given; or all names that nobody has.
//! Holds: a choice for one instance wins over one for all.

use std::collections::{HashMap, HashSet};

use diag::{Diagnostic, Place};
use indexmap::IndexMap;
use types::{ExternName, Types};

use super::{Choice, Taken};
use crate::offers::{Fit, fit};
use crate::report;
use crate::solve::{Member, Provider, Reason, Wire};
use crate::wiring::all_well;

/// An import of a member.
type Wanted = (usize, ExternName);

#[derive(Default)]
pub(super) struct Wired(HashMap<Wanted, Choice>);

impl Wired {
    pub(super) fn get(&self, consumer: usize, import: &ExternName) -> Option<&Choice> {
        if self.0.is_empty() {
            return None;
        }
        self.0.get(&(consumer, import.clone()))
    }

    /// The imports that are chosen for, in the order of members and their imports.
    pub(super) fn in_order(&self, of: &[IndexMap<ExternName, Choice>]) -> Vec<(usize, ExternName)> {
        let mut keys: Vec<Wanted> = self.0.keys().cloned().collect();
        keys.sort_by_cached_key(|(consumer, import)| (*consumer, of[*consumer].get_index_of(import)));
        keys
    }
}

pub(super) fn resolve(types: &Types, members: &[Member<'_>], wires: &[Wire]) -> diag::Result<Wired> {
    let mut wired = Wired::default();
    if wires.is_empty() {
        return Ok(wired);
    }
    let names = Names::of(members);
    let mut problems = Vec::new();
    let mut seen: HashSet<(Option<&str>, &str)> = HashSet::new();
    // Those for one instance come first, and what is there stays.
    let (for_one, for_all): (Vec<&Wire>, Vec<&Wire>) = wires.iter().partition(|wire| wire.consumer.is_some());
    for wire in for_one.into_iter().chain(for_all) {
        if !seen.insert((wire.consumer.as_deref(), &wire.import)) {
            problems.push(twice(wire));
            continue;
        }
        match names.choices(types, members, wire) {
            Ok(choices) => {
                for (consumer, choice) in choices {
                    wired.0.entry(consumer).or_insert(choice);
                }
            }
            Err(problem) => problems.push(problem),
        }
    }
    all_well(problems)?;
    Ok(wired)
}

/// Members by their names, and by what they import.
struct Names<'m> {
    members: HashMap<&'m str, usize>,
    importers: HashMap<&'m ExternName, Vec<usize>>,
}

impl<'m> Names<'m> {
    fn of(members: &'m [Member<'_>]) -> Self {
        let mut importers: HashMap<&ExternName, Vec<usize>> = HashMap::new();
        for (at, member) in members.iter().enumerate() {
            for name in member.part.ty.imports.keys() {
                importers.entry(name).or_default().push(at);
            }
        }
        let members = members.iter().enumerate().map(|(at, member)| (member.name.as_str(), at)).collect();
        Self { members, importers }
    }

    fn member(&self, members: &[Member<'_>], name: &str) -> Result<usize, Diagnostic> {
        self.members.get(name).copied().ok_or_else(|| unknown_instance(members, name))
    }

    /// Each import that a choice is about, and what it is given.
    fn choices(&self, types: &Types, members: &[Member<'_>], wire: &Wire) -> Result<Vec<(Wanted, Choice)>, Diagnostic> {
        let provider = match &wire.provider {
            Provider::Import => None,
            Provider::Instance(name) => Some(self.member(members, name)?),
        };
        let import = ExternName::parse(&wire.import);
        let consumers = match &wire.consumer {
            Some(name) => {
                let consumer = self.member(members, name)?;
                let part = &members[consumer].part;
                let import = import.clone().filter(|import| part.ty.imports.contains_key(import));
                import.ok_or_else(|| report::unknown_import(part, &wire.import))?;
                vec![consumer]
            }
            None => {
                let found = import.as_ref().and_then(|import| self.importers.get(import));
                let others =
                    |found: &Vec<usize>| found.iter().copied().filter(|at| Some(*at) != provider).collect::<Vec<_>>();
                let found = found.map(others).filter(|found| !found.is_empty());
                found.ok_or_else(|| nobody_imports(members, &wire.import))?
            }
        };
        let import = import.expect("it is imported");
        let choice = |consumer: usize| {
            let key = (consumer, import.clone());
            let Some(by) = provider else { return Ok((key, Choice::Open)) };
            let part = &members[by].part;
            // If its type does not fit, that is told with all differences when the graph is built.
            let export = match fit(types, part, &import, &members[consumer].part.ty.imports[&import]) {
                Fit::Exact => &import,
                Fit::Version(export) | Fit::Differs(export, _) => export,
                Fit::Nothing => return Err(no_export(part, &wire.import)),
            };
            Ok((key, Choice::Take(Box::new(Taken { by, export: export.clone(), why: Reason::Wire }))))
        };
        consumers.into_iter().map(choice).collect()
    }
}

/// The choice as the user wrote it.
fn written(wire: &Wire) -> String {
    let consumer = wire.consumer.as_ref().map(|name| format!("{name}#")).unwrap_or_default();
    let provider = match &wire.provider {
        Provider::Import => crate::solve::IMPORT,
        Provider::Instance(name) => name,
    };
    format!("{consumer}{}={provider}", wire.import)
}

fn twice(wire: &Wire) -> Diagnostic {
    diag::error(
        "compose/wired-twice",
        format!("`--wire {}` chooses for what another `--wire` chose for", written(wire)),
    )
    .help("leave one of them out")
}

fn unknown_instance(members: &[Member<'_>], name: &str) -> Diagnostic {
    let names = || members.iter().map(|member| member.name.as_str());
    let near = diag::near_misses(name, names());
    let error = diag::error("compose/unknown-instance", format!("no instance is called `{name}`"));
    let shown = members.iter().take(super::several::MOST);
    let error = shown.fold(error, |error, member| {
        error.label(Place::file(&member.part.file), format!("its instance is called `{}`", member.name))
    });
    match near.first() {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None => error.help("give an instance a name with `NAME=COMPONENT`"),
    }
}

fn nobody_imports(members: &[Member<'_>], import: &str) -> Diagnostic {
    let error = diag::error("compose/unknown-argument", format!("no other component imports `{import}`"));
    let names: Vec<String> =
        members.iter().flat_map(|member| member.part.ty.imports.keys()).map(ToString::to_string).collect();
    let near = diag::near_misses(import, names.iter().map(String::as_str));
    let importer = |near: &str| {
        members.iter().find_map(|member| {
            let found = member.part.ty.imports.keys().find(|name| name.to_string() == near)?;
            Some(member.part.import_place(found))
        })
    };
    let error = near.iter().fold(error, |error, near| match importer(near) {
        Some(place) => error.label(place, "imported"),
        None => error,
    });
    match near.first() {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None => error.help(format!("see what is imported with `withe wit {}`", members[0].part.file)),
    }
}

fn no_export(part: &crate::part::Part<'_>, import: &str) -> Diagnostic {
    let names: Vec<String> = part.ty.exports.keys().map(ToString::to_string).collect();
    let near = diag::near_misses(import, names.iter().map(String::as_str)).join("`, `");
    let error = diag::error("compose/unknown-export", format!("`{}` exports no `{import}`", part.file))
        .label(Place::file(&part.file), format!("exports {}", report::list(part.ty.exports.keys())));
    if near.is_empty() { error } else { error.help(format!("it exports `{near}`, which does not fit that name")) }
}
