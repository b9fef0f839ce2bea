//! Manual pages and completions: what they are made of, and that their readers take them.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "tests read and write files, and unwrap")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use clap::CommandFactory as _;
use testing::cases::{Suite, entries};
use testing::{Outcome, Trouble, scratch, tool};
use withe::{Exit, Io};

fn main() -> ExitCode {
    let mut suite = Suite::new()
        .test("man/every_command_has_a_page", every_command_has_a_page)
        .test("man/a_page_says_what_the_help_says", a_page_says_what_the_help_says)
        .test("man/one_page_goes_to_standard_output", one_page_goes_to_standard_output)
        .test("man/groff_takes_every_page", || pages_are_taken("groff", &["-man", "-ww", "-Tascii", "-z"]))
        .test("man/man_takes_every_page", || pages_are_taken("man", &["--warnings", "-l"]))
        .test("man/mandoc_takes_every_page", || pages_are_taken("mandoc", &["-T", "lint", "-W", "error"]))
        .test("completions/a_shell_completes", a_shell_completes);
    for (shell, check) in [("bash", &["-n"][..]), ("zsh", &["-n"]), ("fish", &["-n"]), ("elvish", &["-compileonly"])] {
        suite = suite.test(format!("completions/{shell}_reads_them"), move || script_is_read(shell, shell, check));
    }
    let parse = "[void][ScriptBlock]::Create((Get-Content -Raw $args[0]))";
    suite
        .test("completions/powershell_reads_them", move || {
            script_is_read("powershell", "pwsh", &["-NoProfile", "-Command", parse])
        })
        .run()
}

/// Status, standard output, standard error.
fn withe(folder: &Path, args: &[&str]) -> (i32, String, String) {
    let mut io = Io::captured(folder);
    let Exit(exit) = withe::run(["withe"].iter().chain(args), &mut io);
    (exit, io.stdout.text(), io.stderr.text())
}

/// All pages, in a folder of this name.
fn written(name: &str) -> Result<PathBuf, Trouble> {
    let folder = scratch(name)?;
    let (exit, _, err) = withe(&folder, &["man", "-o", "."]);
    if exit == 0 { Ok(folder) } else { Err(err.into()) }
}

/// The names of all commands, as their pages have them.
fn commands() -> Vec<String> {
    fn add(names: &mut Vec<String>, command: &clap::Command, name: String) {
        names.push(name.clone());
        command.get_subcommands().for_each(|inner| add(names, inner, format!("{name}-{}", inner.get_name())));
    }
    let mut names = Vec::new();
    add(&mut names, &withe::cli::Cli::command(), "withe".to_owned());
    names
}

fn every_command_has_a_page() -> Outcome {
    let folder = written("man-pages")?;
    let read = |folder: &Path| -> Vec<(String, Vec<u8>)> {
        entries(folder)
            .iter()
            .map(|path| (path.file_name().unwrap().to_string_lossy().into(), fs::read(path).unwrap()))
            .collect()
    };
    let pages = read(&folder);
    let mut expected: Vec<String> = commands().iter().map(|name| format!("{name}.1")).collect();
    expected.sort();
    assert_eq!(pages.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>(), expected);
    assert!(expected.contains(&"withe-run.1".to_owned()) && expected.contains(&"withe-bindgen-rust.1".to_owned()));
    assert_eq!(pages, read(&written("man-pages-again")?), "the same bytes each time");
    Ok(())
}

fn a_page_says_what_the_help_says() -> Outcome {
    let folder = written("man-help")?;
    let page = fs::read_to_string(folder.join("withe-wrap.1"))?;
    assert!(page.contains(".TH withe-wrap 1 \"\" \"withe "), "{page}");
    assert!(page.contains("withe\\-wrap \\- Make a component of a core module"), "{page}");
    let mut root = withe::cli::Cli::command();
    root.build();
    let wrap = root.find_subcommand("wrap").unwrap();
    for flag in wrap.get_arguments() {
        let Some(long) = flag.get_long() else { continue };
        let roff = format!("\\-\\-{}", long.replace('-', "\\-"));
        assert_eq!(page.contains(&roff), !flag.is_hide_set(), "--{long}");
    }
    let root_page = fs::read_to_string(folder.join("withe.1"))?;
    assert!(root_page.contains("withe\\-demo(1)"), "{root_page}");
    // Neither pages nor completions tell what the help does not.
    for hidden in root.get_subcommands().flat_map(|command| command.get_arguments()).filter(|flag| flag.is_hide_set()) {
        let roff = format!("\\-\\-{}", hidden.get_long().unwrap_or_default().replace('-', "\\-"));
        for page in entries(&folder) {
            assert!(!fs::read_to_string(&page)?.contains(&roff), "{roff} in {}", page.display());
        }
    }
    Ok(())
}

fn one_page_goes_to_standard_output() -> Outcome {
    let folder = scratch("man-one")?;
    let at = |args: &[&str]| withe(&folder, args);
    assert!(at(&["man"]).1.contains(".TH withe 1"));
    assert!(at(&["man", "run"]).1.contains(".TH withe-run 1"));
    assert_eq!(at(&["man", "run", "-o", "-"]), at(&["man", "run"]));
    assert!(at(&["man", "bindgen", "rust"]).1.contains(".TH withe-bindgen-rust 1"));
    assert_eq!(at(&["man", "bindgen-rust"]), at(&["man", "bindgen", "rust"]));
    assert_eq!(at(&["man", "run", "-o", "one"]).0, 0);
    assert_eq!(entries(&folder.join("one")).len(), 1);
    let (exit, _, err) = at(&["man", "rum"]);
    assert!(exit == 2 && err.contains("did you mean `withe man run`?"), "{err}");
    Ok(())
}

/// A reader that need not be here.
fn optional(program: &str) -> Result<Command, Trouble> {
    tool::command(program).map_err(|trouble| Trouble::NotRun(trouble.to_string()))
}

fn pages_are_taken(reader: &str, args: &[&str]) -> Outcome {
    let mut command = optional(reader)?;
    let folder = written(&format!("man-{reader}"))?;
    let pages = entries(&folder);
    assert!(pages.len() > 20);
    let output = command.args(args).args(&pages).env("MANPAGER", "cat").env("MANWIDTH", "80").output()?;
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && err.is_empty(), "{err}{out}");
    Ok(())
}

fn script_is_read(shell: &str, program: &str, args: &[&str]) -> Outcome {
    let mut command = optional(program)?;
    let folder = scratch(&format!("completions-{shell}"))?;
    let (exit, script, _) = withe(&folder, &["completions", shell]);
    assert_eq!(exit, 0);
    let file = folder.join("script");
    fs::write(&file, &script)?;
    tool::run(command.args(args).arg(&file))?;
    // A script that is cut is refused, so that the test can fail.
    fs::write(&file, &script[..script.len() / 2])?;
    assert!(!command.output()?.status.success(), "{shell} takes half a script");
    Ok(())
}

/// What bash offers after some words, as a user would see it.
fn a_shell_completes() -> Outcome {
    tool::find("bash")?;
    let folder = scratch("completions-live")?;
    let (_, script, _) = withe(&folder, &["completions", "bash"]);
    fs::write(folder.join("script"), script)?;
    let offered = |words: &[&str]| -> Result<Vec<String>, Trouble> {
        let words: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
        let ask = format!(
            "source ./script; COMP_WORDS=({}); COMP_CWORD={}; _withe withe \"${{COMP_WORDS[COMP_CWORD]}}\" \
             \"${{COMP_WORDS[COMP_CWORD-1]}}\"; printf '%s\\n' \"${{COMPREPLY[@]}}\"",
            words.join(" "),
            words.len() - 1
        );
        let out = tool::run(Command::new("bash").args(["--norc", "-c", &ask]).current_dir(&folder))?;
        Ok(out.lines().map(str::to_owned).collect())
    };
    assert_eq!(offered(&["withe", "val"])?, ["validate"]);
    assert_eq!(offered(&["withe", "wrap", "--no-a"])?, ["--no-adapt"]);
    assert_eq!(offered(&["withe", "bindgen", "ru"])?, ["rust"]);
    assert!(offered(&["withe", "validate", "--format", ""])?.contains(&"sarif".to_owned()));
    assert!(offered(&["withe", ""])?.contains(&"man".to_owned()));
    Ok(())
}
