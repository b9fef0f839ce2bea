//! The specification's scripts, done by transpiled components on Node 20 and 24.
//!
//! In: `../shared/conformance/wast`. Out: one test for each script and each way, and one for each way that holds the sums
//! and prints a table.
//! Holds: what goes otherwise than a script says is named in `known.txt` with the reason, and must stay so; what is
//! refused must be so for the script's reason; what cannot be done since something before it cannot is counted as wrong.
#![expect(clippy::disallowed_methods, reason = "tests write modules")]

#[path = "wast/commands.rs"]
mod commands;
#[path = "wast/harness.rs"]
mod harness;
#[path = "wast/known.rs"]
mod known;
#[path = "wast/literal.rs"]
mod literal;
#[path = "wast/report.rs"]
mod report;
#[path = "wast/transpiled.rs"]
mod transpiled;
#[path = "wast/way.rs"]
mod way;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use testing::Outcome;
use testing::cases::Suite;
use testing::js::Node;
use testing::wast::scripts;

use report::{Sums, report, surprises};
use way::Way;

fn main() -> ExitCode {
    let of_harness = |node: Node| move || harness::check(node);
    let name = |node: Node| format!("{}-harness", node.name());
    let mut suite = Node::ALL.into_iter().fold(Suite::new(), |suite, node| suite.test(name(node), of_harness(node)));
    let folder = match testing::conformance::folder("wast") {
        Ok(folder) => folder,
        Err(trouble) => return suite.test("wast", move || Err(trouble)).run(),
    };
    if std::env::var_os("WITHE_WAST_UPDATE").is_some() {
        let updated = known::update(&folder, |way| taken(&folder, way));
        return suite.test("known.txt is written again", move || updated).run();
    }
    for way in Way::ALL {
        for script in taken(&folder, way) {
            let folder = folder.clone();
            suite = suite.test(format!("{}/{script}", way.name()), move || one(&folder, &script, way));
        }
        let folder = folder.clone();
        suite = suite.test(format!("{}/all together", way.name()), move || sums(&folder, way));
    }
    suite.run()
}

/// The scripts of a way, as `values/strings.wast`.
fn taken(folder: &Path, way: Way) -> Vec<String> {
    let short = |path: &PathBuf| path.strip_prefix(folder).unwrap_or(path).display().to_string();
    scripts(folder).iter().map(short).filter(|script| way.takes(script)).collect()
}

fn one(folder: &Path, script: &str, way: Way) -> Outcome {
    let commands = report(folder, script, way);
    let found = surprises(script, way, commands.as_ref().as_ref().map_err(Clone::clone)?);
    if found.is_empty() { Ok(()) } else { Err(found.join("\n").into()) }
}

/// Prints the table; the sums are what they were.
#[expect(clippy::print_stdout, reason = "the table is what people look for")]
fn sums(folder: &Path, way: Way) -> Outcome {
    let mut sums = Sums::default();
    let mut table = String::new();
    for script in taken(folder, way) {
        let of_script = Sums::of(report(folder, &script, way).as_ref().as_ref().map_err(Clone::clone)?);
        table.push_str(&format!("{}\n", of_script.line(way, &script)));
        sums.add(of_script);
    }
    println!("{table}{}", sums.line(way, "all together"));
    let known = known::sums(way);
    if known == Some(sums) { Ok(()) } else { Err(format!("{sums:?}, not {known:?}").into()) }
}
