//! A script run, and what came of it.
//!
//! In: a script, a way. Out: a verdict for each command; the table of all scripts.
//! Holds: a script runs once, however many tests ask.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use testing::Trouble;
use testing::js::TIME;
use testing::wast::read_script;

use crate::commands::{Command, Program, Verdict};
use crate::known;
use crate::way::Way;

pub const HARNESS: &str = include_str!("harness.mjs");

/// The commands of a script, each with a verdict.
pub type Report = Result<Vec<Command>, Trouble>;

/// Runs a script by its name `FOLDER/SCRIPT`, or says what an earlier run gave.
pub fn report(folder: &Path, script: &str, way: Way) -> Arc<Report> {
    type Reports = HashMap<(String, String), Arc<OnceLock<Arc<Report>>>>;
    static DONE: Mutex<Option<Reports>> = Mutex::new(None);
    let cell = {
        let mut done = DONE.lock().unwrap_or_else(PoisonError::into_inner);
        let reports = done.get_or_insert_default();
        Arc::clone(reports.entry((script.to_owned(), way.name())).or_default())
    };
    Arc::clone(cell.get_or_init(|| Arc::new(run(&folder.join(script), script, way))))
}

fn run(path: &Path, script: &str, way: Way) -> Report {
    let mut program = Program::new(&read_script(path)?, way);
    let folder = testing::scratch(&format!("js-wast/{}/{}", way.name(), script.replace(['/', '.'], "-")))?;
    for (name, contents) in &program.files {
        std::fs::write(folder.join(name), contents)?;
    }
    // Modules without a package are ones of the older kind on Node 20.
    std::fs::write(folder.join("package.json"), r#"{ "type": "module" }"#)?;
    std::fs::write(folder.join("harness.js"), HARNESS)?;
    std::fs::write(folder.join("script.js"), text(&program, way))?;
    let mut rest = String::new();
    if program.commands.iter().any(|command| command.verdict.is_none()) {
        let words = ["--experimental-vm-modules", "--no-warnings", "script.js"];
        let ran = way.node.run(&folder, words[0], &words[1..], TIME)?;
        for line in ran.stdout.lines() {
            match verdict(line) {
                Some((at, verdict)) => program.commands[at].verdict = Some(verdict),
                None => rest.push_str(line),
            }
        }
        rest.push_str(&format!("{}: {}", ran.end(), ran.stderr));
    }
    let missing = || Verdict::Wrong(format!("the program did not get there: {rest}"));
    let commands = program.commands.into_iter();
    Ok(commands.map(|command| Command { verdict: Some(command.verdict.unwrap_or_else(missing)), ..command }).collect())
}

/// The program that does the commands.
fn text(program: &Program<'_>, way: Way) -> String {
    let lines: String = program.lines.iter().map(|line| format!("  {line},\n")).collect();
    format!("import {{ play }} from './harness.js';\n\nawait play([\n{lines}], '{}', import.meta.url);\n", way.mode())
}

/// `ok 3`, `not ok 4 WHY`, `follows 5`
fn verdict(line: &str) -> Option<(usize, Verdict)> {
    if let Some(at) = line.strip_prefix("ok ") {
        return Some((at.parse().ok()?, Verdict::Right));
    }
    if let Some(at) = line.strip_prefix("follows ") {
        return Some((at.parse().ok()?, Verdict::Follows));
    }
    let (at, why) = line.strip_prefix("not ok ")?.split_once(' ')?;
    Some((at.parse().ok()?, Verdict::Wrong(why.replace(" ⏎ ", "\n"))))
}

/// What differs from what is known: lines for people, none if nothing does.
pub fn surprises(script: &str, way: Way, commands: &[Command]) -> Vec<String> {
    let mut found = Vec::new();
    for command in commands {
        let known = known::reason(script, command.line, way);
        match (command.verdict.as_ref(), known) {
            (Some(Verdict::Wrong(why)), None) => found.push(format!("line {}: {why}", command.line)),
            (Some(Verdict::Right), Some(why)) => found.push(format!("line {}: no longer so: {why}", command.line)),
            (None, _) => found.push(format!("line {}: no verdict", command.line)),
            (Some(Verdict::Right), None) | (Some(Verdict::Wrong(_)), Some(_)) | (Some(Verdict::Follows), _) => {}
        }
    }
    found
}

/// How many commands go as the scripts say, and how many there are; the same of calls that are to return or to trap.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    pub commands: (usize, usize),
    pub assertions: (usize, usize),
}

impl Sums {
    pub fn of(commands: &[Command]) -> Self {
        let mut sums = Self::default();
        commands.iter().for_each(|command| sums.count(command));
        sums
    }

    fn count(&mut self, command: &Command) {
        let is_right = command.verdict == Some(Verdict::Right);
        let [commands, assertions] = [true, command.is_assertion].map(usize::from);
        self.add(Self {
            commands: (commands * usize::from(is_right), commands),
            assertions: (assertions * usize::from(is_right), assertions),
        });
    }

    pub fn add(&mut self, more: Self) {
        let plus = |a: (usize, usize), b: (usize, usize)| (a.0 + b.0, a.1 + b.1);
        self.commands = plus(self.commands, more.commands);
        self.assertions = plus(self.assertions, more.assertions);
    }

    /// A line of the table.
    pub fn line(&self, way: Way, of: &str) -> String {
        let Self { commands, assertions } = self;
        let (way, of_all) = (way.name(), format!("{:>4} of {:>4}", commands.0, commands.1));
        format!("{way:<12} {of_all}, of calls {:>3} of {:>3}  {of}", assertions.0, assertions.1)
    }
}
