//! Commands that are named but not in this release.
//!
//! In: a word that is no command. Out: a diagnostic that says whether it is one to come, a slip, or unknown.

use diag::Diagnostic;

/// Commands to come, and what there is until then.
const LATER: &[(&str, &str)] = &[
    ("componentize", "write the guest in Rust with `withe bindgen rust`"),
    ("lsp", "check WIT with `withe validate PATH`"),
    ("stub", "let unmet imports trap with `withe run --stub trap`"),
    ("trace", "see what a run used with `withe run --usage`"),
    ("record", "repeat a run with `withe run --clock frozen --random seed=1`"),
    ("replay", "repeat a run with `withe run --clock frozen --random seed=1`"),
    ("compile", "`withe run` compiles by itself"),
    ("wast", "check a component with `withe validate PATH`"),
];

/// Words of other tools that are no command here, and what is done instead.
const INSTEAD: &[(&str, &str)] = &[
    ("remove", "take the package's line out of `[dependencies]`, and run `withe fetch`"),
    ("rm", "take the package's line out of `[dependencies]`, and run `withe fetch`"),
    ("uninstall", "take the package's line out of `[dependencies]`, and run `withe fetch`"),
    ("install", "bring the project's packages here with `withe fetch`, or add one with `withe add PACKAGE`"),
];

/// Commands that there are.
const HERE: &[&str] = &[
    "demo",
    "new",
    "wit",
    "fmt",
    "docs",
    "bindgen",
    "embed",
    "wrap",
    "link",
    "plug",
    "compose",
    "graph",
    "transpile",
    "run",
    "call",
    "serve",
    "build",
    "check",
    "test",
    "package",
    "add",
    "fetch",
    "update",
    "vendor",
    "tree",
    "why",
    "validate",
    "inspect",
    "diff",
    "explain",
    "doctor",
    "completions",
    "man",
    "print",
    "parse",
    "strip",
    "push",
    "pull",
];

/// What to say of a command that is not here.
pub fn answer(command: &str) -> Diagnostic {
    if let Some((_, instead)) = LATER.iter().find(|(name, _)| *name == command) {
        return unsupported(format!("`withe {command}` is not in this release"), *instead);
    }
    let names = HERE.iter().copied().chain(LATER.iter().map(|(name, _)| *name));
    let near = diag::near_misses(command, names);
    let diagnostic = diag::error("usage/unknown-command", format!("there is no command `{command}`"));
    if let Some((_, instead)) = INSTEAD.iter().find(|(name, _)| *name == command) {
        return diagnostic.help(*instead);
    }
    match near.first() {
        Some(near) => diagnostic.help(format!("did you mean `withe {near}`?")),
        None => diagnostic.help("see all commands with `withe --help`"),
    }
}

/// A command, or a part of one, that is not in this release; `help` says what there is.
pub fn unsupported(headline: impl Into<String>, help: impl Into<String>) -> Diagnostic {
    diag::error("unsupported/command", headline).help(help)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_find_their_command() {
        assert_eq!(answer("warp").help.as_deref(), Some("did you mean `withe wrap`?"));
        let remove = answer("remove");
        assert_eq!(remove.code.0, "usage/unknown-command");
        assert!(remove.help.is_some_and(|help| help.contains("`[dependencies]`") && help.contains("`withe fetch`")));
        assert_eq!(answer("xyzzy").help.as_deref(), Some("see all commands with `withe --help`"));
    }

    #[test]
    fn every_command_here_is_a_subcommand() {
        use clap::CommandFactory as _;
        let known: Vec<String> =
            super::super::Cli::command().get_subcommands().map(|command| command.get_name().to_owned()).collect();
        assert_eq!(known, HERE);
    }
}
