//! `withe doctor`: which compilers and tools are here, what each language still needs, and the command that installs it.
//!
//! In a project, only what its components are made with is looked at.
//! Holds: nothing is started that needs the network; tools are asked side by side, and one that does not answer within
//! `probe::LIMIT` is left behind; a missing tool is no error unless `--strict` is given, since withe itself needs none.

mod install;
mod probe;
mod programs;
mod say;
mod tools;

use std::path::Path;

use ::project::Manifest;
use ::project::manifest::{Language, Origin};
use serde_json::json;

use crate::cli::{DoctorArgs, GuestLanguage};
use crate::{Exit, Io};
use probe::{Machine, State};
use tools::{Ask, Tool};

/// A tool and what was found.
struct Finding {
    name: String,
    /// `None` for what belongs to no language.
    language: Option<GuestLanguage>,
    /// The components whose own program it is.
    components: Vec<String>,
    /// The oldest version that serves: major, minor.
    oldest: Option<(u64, u64)>,
    needed_for: String,
    is_needed: bool,
    state: State,
    /// The command that installs it, or a newer one, on this machine.
    install: String,
}

/// What is asked for.
struct Wanted {
    languages: Vec<GuestLanguage>,
    /// Whether tools of no language are of interest.
    others: bool,
    project: Option<Manifest>,
}

pub fn doctor(args: &DoctorArgs, io: &mut Io) -> diag::Result<Exit> {
    let machine = Machine::new(&io.env);
    let (wanted, mistakes) = match wanted(args, io) {
        Ok(wanted) => (wanted, None),
        // Of a project that cannot be read, nothing is known.
        Err(mistakes) => (everything(), Some(mistakes)),
    };
    let targets = wanted.project.as_ref().map(rust_targets);
    let is_wanted = |tool: &&'static Tool| match (tool.language, &tool.ask, &targets) {
        (Some(language), Ask::RustTarget, Some(targets)) => {
            wanted.languages.contains(&language) && targets.iter().any(|target| target == tool.name)
        }
        (Some(language), _, _) => wanted.languages.contains(&language),
        (None, _, _) => wanted.others,
    };
    let mut findings = look(&machine, tools::TOOLS.iter().filter(is_wanted));
    if let Some(project) = &wanted.project {
        programs::look(&machine, project, &mut findings);
    }

    io.print(&say::text(&wanted, &findings));
    let ready = wanted.languages.iter().copied().filter(|language| is_ready(*language, &findings));
    io.set_result(json!({
        "ready": ready.map(GuestLanguage::name).collect::<Vec<_>>(),
        "project": wanted.project.as_ref().map(|project| say::project_as_json(project, &findings)),
        "tools": findings.iter().map(say::as_json).collect::<Vec<_>>(),
    }));
    if let Some(mistakes) = mistakes {
        return Err(mistakes);
    }
    if !args.strict {
        return Ok(Exit::OK);
    }
    let lacking: Vec<_> = findings.iter().filter(|finding| finding.is_lacking()).map(say::lacking).collect();
    if lacking.is_empty() { Ok(Exit::OK) } else { Err(diag::Diagnostics(lacking)) }
}

/// The languages that are named, else those of the project that this is in, else all.
fn wanted(args: &DoctorArgs, io: &Io) -> diag::Result<Wanted> {
    if !args.languages.is_empty() {
        return Ok(Wanted { languages: args.languages.clone(), others: false, project: None });
    }
    let Some(project) = Manifest::find(&io.resolve(Path::new(".")))? else { return Ok(everything()) };
    let used = |language: &GuestLanguage| languages(&project).any(|one| one == *language);
    let languages = GuestLanguage::ALL.iter().copied().filter(used).collect();
    Ok(Wanted { languages, others: false, project: Some(project) })
}

fn everything() -> Wanted {
    Wanted { languages: GuestLanguage::ALL.to_vec(), others: true, project: None }
}

/// What the components of a project are written in, as far as that needs tools that withe knows by language.
fn languages(project: &Manifest) -> impl Iterator<Item = GuestLanguage> {
    project.components.values().filter_map(|component| match &component.origin {
        Origin::Built(built) => match built.language.value {
            Language::Rust => Some(GuestLanguage::Rust),
            Language::Go => Some(GuestLanguage::Go),
            Language::Js => Some(GuestLanguage::Js),
            Language::Wat | Language::Command => None,
        },
        Origin::Package { .. } | Origin::File(_) => None,
    })
}

/// The targets that the project's crates are built for: what the manifest says, else as for a bare machine if it is a
/// library, and with WASI if it is a program. Of a crate that cannot be read, both.
fn rust_targets(project: &Manifest) -> Vec<String> {
    let mut targets = Vec::new();
    for component in project.components.values() {
        let Origin::Built(built) = &component.origin else { continue };
        if built.language.value != Language::Rust {
            continue;
        }
        let flags = &built.flags;
        let named = flags.iter().position(|flag| flag.value == "--target").and_then(|at| flags.get(at + 1));
        let joined = flags.iter().find_map(|flag| flag.value.strip_prefix("--target="));
        if let Some(target) = named.map(|flag| flag.value.as_str()).or(joined) {
            targets.push(target.to_owned());
            continue;
        }
        let text = std::fs::read_to_string(project.root.join(&built.source.value).join("Cargo.toml"));
        let is_library = text.as_ref().map(|text| text.contains("cdylib"));
        let fitting: &[&str] = match is_library {
            Ok(true) => &["wasm32-unknown-unknown"],
            Ok(false) => &["wasm32-wasip1"],
            Err(_) => &["wasm32-unknown-unknown", "wasm32-wasip1"],
        };
        targets.extend(fitting.iter().map(|target| (*target).to_owned()));
    }
    targets
}

/// Those of the named tools that do not serve, as notes. Without a search path nothing is known, and nothing said.
pub fn lacking(names: &[&str], io: &Io) -> Vec<diag::Diagnostic> {
    if names.is_empty() || io.env.var("PATH").is_none() {
        return Vec::new();
    }
    let machine = Machine::new(&io.env);
    let findings = look(&machine, tools::TOOLS.iter().filter(|tool| names.contains(&tool.name)));
    let lacking = findings.iter().filter(|finding| !matches!(finding.state, State::Here(_)));
    lacking.map(|finding| diag::Diagnostic { severity: diag::Severity::Note, ..say::lacking(finding) }).collect()
}

/// Asks every tool at once.
fn look(machine: &Machine, tools: impl Iterator<Item = &'static Tool>) -> Vec<Finding> {
    std::thread::scope(|scope| {
        let asked: Vec<_> = tools.map(|tool| scope.spawn(|| finding(machine, tool))).collect();
        let found = |asked: std::thread::ScopedJoinHandle<'_, Finding>| {
            asked.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        asked.into_iter().map(found).collect()
    })
}

fn finding(machine: &Machine, tool: &Tool) -> Finding {
    let state = probe::state(machine, tool.name, &tool.ask, tool.oldest);
    let install = match tool.ask {
        Ask::RustTarget => install::rust_target(machine, tool.name),
        Ask::Version(_) | Ask::Exists(_) => install::command(machine, tool.name, &state),
    };
    Finding {
        name: tool.name.to_owned(),
        language: tool.language,
        components: Vec::new(),
        oldest: tool.oldest,
        needed_for: tool.needed_for.to_owned(),
        is_needed: tool.is_needed,
        state,
        install,
    }
}

impl Finding {
    /// Whether its language, or its component, cannot do without it, and it does not serve.
    fn is_lacking(&self) -> bool {
        self.is_needed && !matches!(self.state, State::Here(_))
    }
}

/// Whether nothing is missing that guests in the language need.
fn is_ready(language: GuestLanguage, findings: &[Finding]) -> bool {
    !findings.iter().any(|finding| finding.language == Some(language) && finding.is_lacking())
}
