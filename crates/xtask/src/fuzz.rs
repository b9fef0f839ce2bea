//! `cargo xtask fuzz --seconds N`: every seeded random test, with fresh seeds, for N seconds each; with `--rounds N`,
//! with N times the seeds of a plain test run, which are the same on every machine.
//!
//! In: the seconds or rounds. Out: how many seeds held for each target, or the first that did not, and how to repeat it.
//! Holds: a target is a plain test whose name begins with `fuzz_`, in `tests/` of the root or of any crate, and which
//! calls `testing::seeds::check`, so that `cargo test` runs a few fixed seeds of each; a call of it in a test of
//! another name is an error.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::run::{self, Done};
use crate::test;
use crate::toolchain::all::Tools;

/// How much each test does.
#[derive(Clone, Copy, Debug)]
pub enum Amount {
    Seconds,
    Rounds,
}

pub fn fuzz(amount: Amount, number: &str) -> Done {
    let number: u64 = number.parse().map_err(|_| format!("{number}: expected a whole number"))?;
    let targets = targets(&run::root())?;
    if targets.is_empty() {
        return Err("there is no fuzz target in any `tests` folder".to_owned());
    }
    let variables = match amount {
        Amount::Seconds => {
            // Fresh seeds in every run; the first one is said, so that a run can be repeated.
            let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
            let first = std::env::var("WITHE_FUZZ_START").unwrap_or_else(|_| (now * 1_000_000).to_string());
            println!("{} targets, {number} s each, seeds from {first} on", targets.len());
            vec![("WITHE_FUZZ_SECONDS", number.to_string()), ("WITHE_FUZZ_START", first)]
        }
        Amount::Rounds => {
            println!("{} targets, {number} times the seeds of a plain test run", targets.len());
            vec![("WITHE_FUZZ_ROUNDS", number.to_string())]
        }
    };
    // One call for all, of the packages that `cargo xtask test` builds: a package alone would give its dependencies
    // other features, and each such build would compile them again.
    let files: BTreeSet<&str> = targets.iter().map(|target| target.file.as_str()).collect();
    let mut cargo = run::cargo();
    // Some of them compile what they make.
    Tools::set_up()?.tell(&mut cargo);
    cargo.args(["test", "--no-fail-fast"]).envs(variables).current_dir(run::root());
    for file in files {
        cargo.args(["--test", file]);
    }
    cargo.args(["--", "--nocapture", "--test-threads=1", "fuzz_"]);
    let (ended, ran) = test::run_and_count(&mut cargo)?;
    ended.map_err(|_| "fuzz: a target fails; its output is above".to_owned())?;
    if ran.passed != targets.len() as u64 {
        return Err(format!("fuzz: {} of {} targets ran: is each in a default member?", ran.passed, targets.len()));
    }
    println!("{} random tests passed", ran.passed);
    Ok(())
}

/// One random test.
#[derive(Debug, PartialEq, Eq)]
struct Target {
    /// The name of the file in `tests`, without its ending.
    file: String,
    test: String,
}

/// The targets of the root package and of each crate, found in the texts: that costs no build.
fn targets(root: &Path) -> Done<Vec<Target>> {
    let crates = run::entries(&root.join("crates"))?;
    let mut found = Vec::new();
    for folder in std::iter::once(root.to_owned()).chain(crates) {
        let tests = folder.join("tests");
        if !tests.is_dir() {
            continue;
        }
        for path in run::entries(&tests)?.iter().filter(|path| path.extension().is_some_and(|end| end == "rs")) {
            let file = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
            let names = names(&run::read_text(path)?).map_err(|why| format!("{}: {why}", path.display()))?;
            let target = |test| Target { file: file.clone(), test };
            found.extend(names.into_iter().map(target));
        }
    }
    Ok(found)
}

/// The random tests of one file. All that call `seeds::check` have to be among them.
fn names(text: &str) -> Done<Vec<String>> {
    let mut names = Vec::new();
    let mut inside = "";
    let is_import = |line: &str| line.trim_start().starts_with("use ");
    let imported = text.lines().any(|line| is_import(line) && line.contains("seeds::") && line.contains("check"));
    for line in text.lines() {
        if let Some(name) = line.trim_start().strip_prefix("fn ") {
            inside = name.split(['(', '<']).next().unwrap_or(name);
            if inside.starts_with("fuzz_") {
                names.push(inside.to_owned());
            }
        }
        let starts = |word: &str| line.trim_start().starts_with(word);
        let calls = line.contains("seeds::check(")
            || line.contains("seeds::check_parallel(")
            || imported && (starts("check(\"") || starts("check_parallel(\""));
        if calls && !inside.starts_with("fuzz_") {
            return Err(format!("`{inside}` checks seeds, so its name has to begin with `fuzz_`"));
        }
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_crate_may_have_targets() {
        let all = targets(&run::root()).expect("the checkout is in order");
        let has = |file: &str, test: &str| all.iter().any(|one| one.file == file && one.test == test);
        assert!(has("fuzz", "fuzz_commands") && has("damaged", "fuzz_damaged_components"), "{all:?}");
        let of_encoder = ["fuzz_mutated_modules", "fuzz_mutated_libraries", "fuzz_added_items", "fuzz_changed_worlds"];
        assert!(of_encoder.iter().all(|test| has("mutations", test)), "{all:?}");
    }

    #[test]
    fn a_target_has_its_name() {
        let text = "use testing::seeds;\n#[test]\nfn fuzz_a() {\n    seeds::check(\"fuzz_a\", 3, |r| {});\n}\n";
        assert_eq!(names(text), Ok(vec!["fuzz_a".to_owned()]));
        assert!(names(&text.replace("fuzz_a", "slow_a")).is_err());
        let imported = text.replace("use testing::seeds;", "use testing::seeds::{Random, check};");
        let imported = imported.replace("seeds::check(", "check(");
        assert!(names(&imported).is_ok() && names(&imported.replace("fuzz_a", "slow_a")).is_err());
        let parallel = imported.replace("check", "check_parallel");
        assert!(names(&parallel).is_ok() && names(&parallel.replace("fuzz_a", "slow_a")).is_err());
        assert_eq!(names("fn plain() { recheck(\"x\"); }"), Ok(vec![]));
    }
}
