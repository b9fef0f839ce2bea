//! What is wrong with one thing that is checked.
//!
//! In: a file, texts of one package, or a folder of WIT. Out: its kind, and errors, warnings and notes.
//! Holds: nothing is said and nothing is shared but what was read beforehand, so that jobs run on all threads.

use component::BinaryKind;
use diag::{Diagnostic, Diagnostics, Severity};
use verify::Proposals;
use wit::LoadOptions;

use crate::Io;
use crate::commands::target::Target;
use crate::io::{Checkable, Input, Part, Wasm, checkable, shown};

/// What things are held to.
pub struct Judge {
    pub proposals: Proposals,
    pub target: Option<Target>,
    pub options: LoadOptions,
}

/// What is checked by itself.
pub enum Job {
    /// Standard input.
    Input(Input),
    Part(Part),
    /// Texts of one package.
    Texts(Vec<Part>),
}

/// What something is, as far as it could be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Component,
    Module,
    Wit,
    Script,
}

/// What was found.
pub struct Checked {
    pub kind: Option<Kind>,
    /// The names that were given, and whether each is valid.
    pub files: Vec<(String, bool)>,
    /// The texts of a folder of WIT, and whether each is valid.
    pub texts: Vec<(String, bool)>,
    pub findings: Vec<Diagnostic>,
}

impl Job {
    /// Bytes that are to be read, as far as the machine says; 0 for a folder.
    pub fn size(&self, io: &Io) -> u64 {
        match self {
            Self::Input(input) => input.bytes.len() as u64,
            Self::Part(part) => std::fs::metadata(io.resolve(part.path()))
                .ok()
                .filter(std::fs::Metadata::is_file)
                .map_or(0, |it| it.len()),
            Self::Texts(_) => 0,
        }
    }

    fn names(&self) -> Vec<String> {
        match self {
            Self::Input(input) => vec![input.name.clone()],
            Self::Part(part) => vec![shown(part.path())],
            Self::Texts(texts) => texts.iter().map(|text| shown(text.path())).collect(),
        }
    }
}

/// Checks one thing.
pub fn check(job: &Job, judge: &Judge, io: &Io) -> Checked {
    let mut checked = Checked { kind: None, files: Vec::new(), texts: Vec::new(), findings: Vec::new() };
    let found = read(job, io).and_then(|thing| judge.check(thing, job, &mut checked, io));
    checked.findings = found.unwrap_or_else(|Diagnostics(found)| found);
    checked.files = verdicts(job.names(), &checked.findings);
    checked.texts = verdicts(checked.texts.into_iter().map(|(name, _)| name).collect(), &checked.findings);
    checked
}

fn read(job: &Job, io: &Io) -> diag::Result<Checkable> {
    match job {
        Job::Input(input) => checkable(input.clone()),
        Job::Part(part) => io.read_part(part),
        Job::Texts(texts) => io.tree_of_texts(texts).map(Checkable::Wit),
    }
}

impl Judge {
    /// Errors, and notes where there is no error.
    fn check(&self, thing: Checkable, job: &Job, checked: &mut Checked, io: &Io) -> diag::Result<Vec<Diagnostic>> {
        match thing {
            Checkable::Wasm(wasm) => {
                checked.kind = kind_of(&wasm);
                self.wasm(wasm)
            }
            Checkable::Script(script) => {
                checked.kind = Some(Kind::Script);
                let text = wac::source(&script.name, script.bytes)?;
                Ok(wac::parse(text).problems)
            }
            Checkable::Wit(tree) => {
                checked.kind = Some(Kind::Wit);
                if let Job::Part(Part::Wit(_)) = job {
                    checked.texts = tree.files.keys().map(|name| (name.clone(), true)).collect();
                }
                let package = match job {
                    Job::Part(part) => io.load_wit(part.path(), &tree, &self.options)?,
                    Job::Input(_) | Job::Texts(_) => wit::load(&tree, &self.options)?,
                };
                Ok(package.notes().to_vec())
            }
        }
    }

    fn wasm(&self, wasm: Wasm) -> diag::Result<Vec<Diagnostic>> {
        let findings = verify::validate(&wasm.name, &wasm.bytes, self.proposals);
        if !findings.is_empty() {
            // The newer validator knows more, all of which is on if everything is.
            match wasm::validate(&wasm.bytes).is_ok() {
                true if self.proposals == Proposals::ALL => {}
                true => return Ok(verify::newer_than_runtime(findings)),
                false => return Ok(findings),
            }
        }
        // The newer parser, with which this program reads and writes, has to agree.
        match component::kind_of(&wasm.bytes) {
            Some(BinaryKind::CoreModule) => {
                let module = wasm::read_module(&wasm.name, &wasm.bytes)?;
                self.target.as_ref().map_or_else(|| Ok(Vec::new()), |target| target.misfits_of_module(&module))
            }
            Some(BinaryKind::WitPackage) => {
                let tree = wit::SourceTree::of_file(wasm.name, wasm.bytes);
                wit::load(&tree, &self.options).map(|package| package.notes().to_vec())
            }
            Some(BinaryKind::Component) | None => {
                let mut types = self.target.as_ref().map(Target::types).unwrap_or_default();
                let read = component::read(&mut types, &wasm.name, &wasm.bytes)?;
                let misfits = |target: &Target| target.misfits(&types, &wasm.name, &read.ty);
                Ok(self.target.as_ref().map_or_else(Vec::new, misfits))
            }
        }
    }
}

fn kind_of(wasm: &Wasm) -> Option<Kind> {
    Some(match component::kind_of(&wasm.bytes)? {
        BinaryKind::Component => Kind::Component,
        BinaryKind::CoreModule => Kind::Module,
        BinaryKind::WitPackage => Kind::Wit,
    })
}

/// Which of what was read together is valid: that in which no error stands. If an error stands in none, none is.
fn verdicts(names: Vec<String>, findings: &[Diagnostic]) -> Vec<(String, bool)> {
    let errors: Vec<&str> = findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .map(|error| error.labels.first().map_or("", |label| label.place.file_name()))
        .collect();
    let stands_apart = |error: &&str| !names.iter().any(|name| name == error);
    let all_bad = names.len() == 1 && !errors.is_empty() || errors.iter().any(stands_apart);
    let valid = |name: &String| !all_bad && !errors.contains(&name.as_str());
    names.iter().map(|name| (name.clone(), valid(name))).collect()
}
