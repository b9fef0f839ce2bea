//! `withe diff`.

use std::path::Path;

use check::diff::{FailOn, Package, Parties, Parts, Party, Report, Rule, Said, Subject};
use diag::Place;
use serde_json::{Value, json};
use types::Types;

use crate::cli::DiffArgs;
use crate::cli::checking::{DiffFailOn, DiffParty};
use crate::{Exit, Io};

pub fn diff(args: &DiffArgs, io: &mut Io) -> diag::Result<Exit> {
    check_stdin(args)?;
    let old = load(&args.old, args, io)?;
    let new = load(&args.new, args, io)?;
    io.report_all(notes(&old.package, &new.package));
    let mut types = Types::new();
    let counted = counted(args, &old, &new);
    let one_world = args.world.is_some() || old.package.is_one_world() || new.package.is_one_world();
    let sides = (subject(&old, args, one_world, &mut types)?, subject(&new, args, one_world, &mut types)?);

    let report = check::diff::compare(&types, &sides.0, &sides.1);
    let fail_on = fail_on(args.fail_on);
    let mut found = check::diff::diagnostics(&report, counted, fail_on);
    if old.package.is_component() && !new.package.is_component() {
        found = found.into_iter().map(unused_perhaps).collect();
    }
    report_findings(found, io);
    io.set_result(result(&report, counted));
    say_verdict(&report, counted, io);
    Ok(if report.fails(counted, fail_on) { Exit::INPUT } else { Exit::OK })
}

/// What one side is, as it was read.
struct Loaded {
    package: wit::Package,
    place: Place,
    /// Components and modules carry neither documentation nor gates.
    is_documented: bool,
}

fn check_stdin(args: &DiffArgs) -> diag::Result<()> {
    let dash = Path::new("-");
    if args.old == dash && args.new == dash {
        let found = diag::error("usage/command-line", "both sides cannot come from standard input");
        return Err(found.help("name a file for one of them").into());
    }
    Ok(())
}

fn load(path: &Path, args: &DiffArgs, io: &mut Io) -> diag::Result<Loaded> {
    let tree = io.source_tree(path)?;
    let package = io.load_wit(path, &tree, &args.features.load_options())?;
    let name = tree.roots.first().map_or_else(|| path.to_string_lossy().into_owned(), |root| root.name().to_owned());
    let kind = tree.files.get(&name).and_then(|bytes| component::kind_of(bytes));
    let is_documented = !matches!(kind, Some(component::BinaryKind::Component | component::BinaryKind::CoreModule));
    Ok(Loaded { package, place: Place::file(name), is_documented })
}

/// What is to be said of both sides. A feature that only one of them has is known, and what WIT cannot say is compared.
fn notes(old: &wit::Package, new: &wit::Package) -> Vec<diag::Diagnostic> {
    let is_unknown = |note: &diag::Diagnostic| note.code.0 == "wit/unknown-feature";
    let is_in =
        |note: &diag::Diagnostic, notes: &[diag::Diagnostic]| notes.iter().any(|one| one.headline == note.headline);
    let of_old = old.notes().iter().filter(|note| !is_unknown(note) || is_in(note, new.notes()));
    let of_new = new.notes().iter().filter(|note| !is_unknown(note));
    of_old.chain(of_new).filter(|note| note.code.0 != "wit/not-in-wit").cloned().collect()
}

/// One world where one is named, or one side is nothing else; packages otherwise.
fn subject(loaded: &Loaded, args: &DiffArgs, one_world: bool, types: &mut Types) -> diag::Result<Subject> {
    let parts = if one_world {
        // A component has one world, whatever the other side's is called.
        let selector = args.world.as_deref().filter(|_| !loaded.package.is_component());
        Parts::World(Box::new(loaded.package.world(types, selector)?))
    } else {
        let declared = loaded.package.declared(types)?;
        let package =
            |one: wit::Declared| Package { name: one.package, interfaces: one.interfaces, worlds: one.worlds };
        Parts::Packages(declared.into_iter().map(package).collect())
    };
    Ok(Subject { place: loaded.place.clone(), is_documented: loaded.is_documented, parts })
}

/// Who has to be served as before: who was named; else those who use a package or world, and of a component those who
/// run or compose it.
fn counted(args: &DiffArgs, old: &Loaded, new: &Loaded) -> Parties {
    let party = |party: &DiffParty| match party {
        DiffParty::Callers => Parties::of(&[Party::Callers]),
        DiffParty::Providers => Parties::of(&[Party::Providers]),
        DiffParty::Guests => Parties::of(&[Party::Guests]),
        DiffParty::Hosts => Parties::of(&[Party::Hosts]),
        DiffParty::Everyone => Parties::all(),
    };
    if !args.parties.is_empty() {
        return args.parties.iter().map(party).fold(Parties::default(), Parties::union);
    }
    if old.package.is_component() || new.package.is_component() {
        return Parties::of(&[Party::Hosts]);
    }
    Parties::of(&[Party::Callers, Party::Guests])
}

fn fail_on(asked: DiffFailOn) -> FailOn {
    match asked {
        DiffFailOn::Breaking => FailOn::Breaking,
        DiffFailOn::Version => FailOn::Version,
        DiffFailOn::Any => FailOn::Any,
        DiffFailOn::Never => FailOn::Never,
    }
}

/// An import of a world that a component lacks may be one that it does not use: that is no change of either.
fn unused_perhaps(mut found: diag::Diagnostic) -> diag::Diagnostic {
    if found.code.0 == Rule::ImportAdded.code() && found.severity == diag::Severity::Error {
        found.help = Some(
            "a component leaves out imports that it does not use; to see whether it fits the world, run \
             `withe validate --target`"
                .to_owned(),
        );
    }
    found
}

/// Documentation that changed is drawn with `-v` only; a document has all of it.
fn report_findings(found: Vec<diag::Diagnostic>, io: &mut Io) {
    let is_drawn = io.verbose > 0 || io.format == crate::cli::Format::Json;
    io.report_all(
        found
            .into_iter()
            .filter(|one| is_drawn || one.code.0 != Rule::DocsChanged.code() || one.severity == diag::Severity::Error),
    );
}

fn say_verdict(report: &Report, counted: Parties, io: &Io) {
    if io.format != crate::cli::Format::Json {
        // A reader that has gone away is no error.
        let _ = io.stdout.write(check::diff::verdict_lines(report, counted).as_bytes());
    }
}

fn result(report: &Report, counted: Parties) -> Value {
    let verdicts: serde_json::Map<String, Value> = report
        .verdicts()
        .into_iter()
        .map(|(party, verdict)| (party.name().to_owned(), json!(verdict.name())))
        .collect();
    let packages = report.packages.iter().map(|package| {
        let (old, new) = package.names.clone().unzip();
        json!({
            "old": old.map(|name| name.to_string()),
            "new": new.map(|name| name.to_string()),
            "verdict": package.verdict(counted).name(),
            "bump": package.bump(counted).name(),
            "needs": package.needed(counted).map(|version| version.to_string()),
            "enough": package.is_enough(counted),
            "findings": package.findings.iter().map(finding).collect::<Vec<_>>(),
        })
    });
    json!({
        "verdict": report.verdict(counted).name(),
        "bump": report.bump(counted).name(),
        "for": names(counted.common(report.parties)),
        "verdicts": verdicts,
        "packages": packages.collect::<Vec<_>>(),
    })
}

fn finding(finding: &check::diff::Finding) -> Value {
    let text = |said: &Said| said.text.clone();
    json!({
        "rule": finding.rule.code(),
        "class": finding.rule.class().name(),
        "breaks": names(finding.breaks),
        "path": finding.path,
        "old": text(&finding.old),
        "new": text(&finding.new),
        "worlds": finding.worlds,
    })
}

fn names(parties: Parties) -> Vec<&'static str> {
    parties.iter().map(Party::name).collect()
}
