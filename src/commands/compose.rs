//! `withe compose`: components that satisfy one another, or a WAC script.
//!
//! In: components, or one script; told apart by content. Out: one component.
//! Holds: flags of the other way are refused, as is a mixture.

mod emit;
mod script;
mod solve;

use std::path::Path;

use diag::{Diagnostic, Diagnostics, Place};
use wac::syntax::tree::Statement;

use crate::cli::ComposeArgs;
use crate::io::{Composable, Input, Wasm};
use crate::{Exit, Io};

pub fn compose(args: &ComposeArgs, io: &mut Io) -> diag::Result<Exit> {
    match read(args, io)? {
        Given::Components(components) => {
            refuse(&flags_of_scripts(args), "a script", "components")?;
            solve::solve(args, components, io)
        }
        Given::Script(script) => {
            refuse(&flags_of_components(args), "components", "a script")?;
            script::compose(args, script, io)
        }
    }
}

/// What is to be composed.
enum Given {
    Components(Vec<Named>),
    Script(Input),
}

/// A component with the name that its instance is to have, if the user says one.
struct Named {
    name: Option<String>,
    wasm: Wasm,
}

/// Reads all inputs; what is wrong with any of them is told at once.
fn read(args: &ComposeArgs, io: &mut Io) -> diag::Result<Given> {
    super::parts::check_one_stdin(args.inputs.iter().map(|text| named(text).1))?;
    let mut components = Vec::new();
    let mut scripts = Vec::new();
    let mut problems = Vec::new();
    for text in &args.inputs {
        let (name, path) = named(text);
        match io.read_composable(path) {
            Ok(Composable::Wasm(wasm)) => components.push(Named { name: name.map(str::to_owned), wasm }),
            Ok(Composable::Script(input)) if is_wit(&input) => problems.push(wit_package(&input)),
            Ok(Composable::Script(input)) => scripts.push((name, input)),
            Err(Diagnostics(found)) => problems.extend(found),
        }
    }
    if !problems.is_empty() {
        return Err(Diagnostics(problems));
    }
    match scripts.len() {
        0 => Ok(Given::Components(components)),
        1 if components.is_empty() => {
            let (name, script) = scripts.remove(0);
            if name.is_some() { Err(named_script(&script).into()) } else { Ok(Given::Script(script)) }
        }
        _ => Err(mixture(&scripts[0].1, args.inputs.len()).into()),
    }
}

/// Whether a text is WIT: by its name's ending, else if it declares types and does nothing, or is no script at all.
fn is_wit(Input { name, bytes }: &Input) -> bool {
    if name.ends_with(".wit") || name.ends_with(".wac") {
        return name.ends_with(".wit");
    }
    let Ok(source) = wac::source(name, bytes.clone()) else { return false };
    let parsed = wac::parse(source);
    let does = |statement: &Statement| match statement {
        Statement::Import(_) | Statement::Let(_) | Statement::Export(_) => true,
        Statement::Interface(_) | Statement::World(_) | Statement::Type(_) => false,
    };
    if parsed.script.statements.iter().any(does) {
        return false;
    }
    let tree = || wit::SourceTree::of_file(name, bytes.clone());
    !parsed.script.statements.is_empty() && parsed.problems.is_empty()
        || wit::load(&tree(), &wit::LoadOptions::default()).is_ok()
}

fn wit_package(wit: &Input) -> Diagnostic {
    let name = &wit.name;
    diag::error("compose/wit-package", format!("`{name}` is a package of WIT, where a component or a script is due"))
        .label(Place::file(name), "declares types, and says nothing of what is composed")
        .help("name a component that was built from it, or a script that ends in `.wac`")
}

/// `NAME=FILE`, or `FILE`. What stands before the `=` is a name only if it could not be a path's beginning.
fn named(text: &str) -> (Option<&str>, &Path) {
    match text.split_once('=') {
        Some((name, path)) if !name.contains(['/', '\\', '.']) => (Some(name), Path::new(path)),
        Some(_) | None => (None, Path::new(text)),
    }
}

fn named_script(script: &Input) -> Diagnostic {
    diag::error("usage/command-line", format!("`{}` is a script, and only components are given names", script.name))
        .help(format!("withe compose {} -o OUT", script.name))
}

fn mixture(script: &Input, inputs: usize) -> Diagnostic {
    let script = &script.name;
    let headline = format!("`{script}` is a script, which is composed alone, and {inputs} inputs are named");
    diag::error("usage/command-line", headline)
        .help(format!("name what the script needs with `withe compose {script} --dep NAME=PATH`"))
}

/// Those that are given of the flags for a script.
fn flags_of_scripts(args: &ComposeArgs) -> Vec<&'static str> {
    let given = [("--dep", !args.dep.is_empty()), ("--deps-dir", args.deps_dir.is_some())];
    given.into_iter().filter(|(_, given)| *given).map(|(flag, _)| flag).collect()
}

/// Those that are given of the flags for components.
fn flags_of_components(args: &ComposeArgs) -> Vec<&'static str> {
    let given = [
        ("--wire", !args.wire.is_empty()),
        ("--target", args.target.is_some()),
        ("--emit-wac", args.emit_wac.is_some()),
    ];
    given.into_iter().filter(|(_, given)| *given).map(|(flag, _)| flag).collect()
}

fn refuse(flags: &[&str], of: &str, here: &str) -> diag::Result<()> {
    let refused = |flag: &&str| {
        let help = match *flag {
            "--target" => "write `targets` behind the script's package name".to_owned(),
            _ => format!("leave `{flag}` out"),
        };
        diag::error("usage/command-line", format!("`{flag}` is for composing {of}, and the input is {here}")).help(help)
    };
    let problems: Vec<Diagnostic> = flags.iter().map(refused).collect();
    if problems.is_empty() { Ok(()) } else { Err(Diagnostics(problems)) }
}
