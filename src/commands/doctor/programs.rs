//! The programs that components of a project are made by: the first word of their `build`.
//!
//! In: a manifest. Out: for each program, whether it is here.
//! Holds: a program that withe does not know is looked for and never started, since nobody knows what it would do.

use ::project::Manifest;
use ::project::manifest::{Built, Language, Origin};
use indexmap::IndexMap;

use super::probe::{self, Machine, State};
use super::tools::Ask;
use super::{Finding, install};

/// Programs that say their version when asked so.
const KNOWN: &[(&str, &[&str])] = &[
    ("cargo", &["--version"]),
    ("clang", &["--version"]),
    ("cmake", &["--version"]),
    ("componentize-py", &["--version"]),
    ("go", &["version"]),
    ("jco", &["--version"]),
    ("make", &["--version"]),
    ("ninja", &["--version"]),
    ("node", &["--version"]),
    ("npm", &["--version"]),
    ("npx", &["--version"]),
    ("python", &["--version"]),
    ("python3", &["--version"]),
    ("rustc", &["--version"]),
    ("tinygo", &["version"]),
    ("wasm-tools", &["--version"]),
    ("zig", &["version"]),
];

/// Adds what is found of the project's programs.
pub(super) fn look(machine: &Machine, project: &Manifest, findings: &mut Vec<Finding>) {
    let mut programs: IndexMap<&str, Vec<(&str, &Built)>> = IndexMap::new();
    for (name, component) in &project.components {
        let Origin::Built(built) = &component.origin else { continue };
        let Some(program) = built.build.first() else { continue };
        if built.language.value == Language::Command {
            programs.entry(program.value.trim()).or_default().push((name, built));
        }
    }
    std::thread::scope(|scope| {
        let asked: Vec<_> = programs
            .iter()
            .map(|(program, users)| scope.spawn(move || finding(machine, project, program, users)))
            .collect();
        for asked in asked {
            findings.push(asked.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
    });
}

fn finding(machine: &Machine, project: &Manifest, program: &str, users: &[(&str, &Built)]) -> Finding {
    let is_path = program.contains('/') || program.contains(std::path::MAIN_SEPARATOR);
    let (state, install) = if is_path {
        let of = |built: &Built| project.root.join(&built.source.value).join(program);
        let missing = users.iter().map(|(_, built)| of(built)).find(|path| !probe::is_program(path));
        let state = if missing.is_some() { State::Missing } else { State::Here("a program of the project".to_owned()) };
        (state, format!("put an executable file at `{program}` in the component's folder"))
    } else {
        let state = match KNOWN.iter().find(|(name, _)| *name == program) {
            Some((_, args)) => probe::state(machine, program, &Ask::Version(args), None),
            None => machine.find(program).map_or(State::Missing, |path| State::Here(path.display().to_string())),
        };
        let install = install::command(machine, program, &state);
        (state, install)
    };
    let components: Vec<String> = users.iter().map(|(name, _)| (*name).to_owned()).collect();
    let named: Vec<String> = components.iter().map(|name| format!("`{name}`")).collect();
    let plural = if components.len() == 1 { "" } else { "s" };
    Finding {
        name: program.to_owned(),
        language: None,
        oldest: None,
        needed_for: format!("component{plural} {}", named.join(", ")),
        components,
        is_needed: true,
        state,
        install,
    }
}
