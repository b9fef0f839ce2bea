//! Commands that go otherwise than the scripts say, each with the reason, and the sums: `known.txt`.
//!
//! In: lines `sum WAY COMMANDS OF CALLS OF` and `SCRIPT:LINE WAYS REASON`, where `WAYS` are names with commas, or `*` for
//! all ways that take the script. Out: the reason for a command; with `WITHE_WAST_UPDATE=1` the file, written again.
//! Holds: what follows from a command that is listed is not listed itself; a reason that people wrote stays, else it is
//! `seen: ` and what was seen.

use std::collections::BTreeMap;
use std::path::Path;

use testing::Trouble;

use crate::commands::Verdict;
use crate::report::{Sums, report};
use crate::way::Way;

const LIST: &str = include_str!("known.txt");

/// Before a reason that nobody wrote.
const SEEN: &str = "seen: ";

/// Lines before the list.
const HEADER: &str = "\
# What goes otherwise than the specification's scripts say when their components are transpiled; see known.rs.
# sum WAY: commands that go as the scripts say, of all; calls among them that return or trap, of all.
";

pub fn reason(script: &str, line: usize, way: Way) -> Option<&'static str> {
    let place = format!("{script}:{line}");
    entries().find(|(at, ways, _)| *at == place && is_in(ways, way)).map(|(.., why)| why)
}

/// Place, ways, reason.
fn entries() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    LIST.lines().filter(|line| !line.starts_with(['#', ' ']) && !line.starts_with("sum ")).filter_map(|line| {
        let (place, rest) = line.split_once(' ')?;
        let (ways, why) = rest.split_once(' ')?;
        Some((place, ways, why))
    })
}

fn is_in(ways: &str, way: Way) -> bool {
    ways == "*" || ways.split(',').any(|name| name == way.name())
}

/// How many commands of all scripts go as they say; nothing if the list does not say.
pub fn sums(way: Way) -> Option<Sums> {
    let line = LIST.lines().find_map(|line| line.strip_prefix(&format!("sum {} ", way.name())))?;
    let numbers: Option<Vec<usize>> = line.split(' ').map(|number| number.parse().ok()).collect();
    let [right, commands, right_calls, calls] = numbers?.try_into().ok()?;
    Some(Sums { commands: (right, commands), assertions: (right_calls, calls) })
}

/// Writes the list again, as it is now.
pub fn update(folder: &Path, scripts: impl Fn(Way) -> Vec<String>) -> Result<(), Trouble> {
    let mut text = HEADER.to_owned();
    let mut found: BTreeMap<(String, usize), Vec<(Way, String)>> = BTreeMap::new();
    for way in Way::ALL {
        let mut sums = Sums::default();
        for script in scripts(way) {
            let commands = report(folder, &script, way);
            let commands = commands.as_ref().as_ref().map_err(Clone::clone)?;
            sums.add(Sums::of(commands));
            for command in commands {
                if let Some(Verdict::Wrong(why)) = &command.verdict {
                    found.entry((script.clone(), command.line)).or_default().push((way, why.clone()));
                }
            }
        }
        let Sums { commands, assertions } = sums;
        let numbers = [commands.0, commands.1, assertions.0, assertions.1].map(|number| number.to_string());
        text.push_str(&format!("sum {} {}\n", way.name(), numbers.join(" ")));
    }
    for ((script, line), seen) in found {
        let mut by_reason: BTreeMap<String, Vec<Way>> = BTreeMap::new();
        for (way, why) in seen {
            let written = reason(&script, line, way).filter(|why| !why.starts_with(SEEN));
            let why = written.map_or_else(|| format!("{SEEN}{}", shortened(&why)), str::to_owned);
            let ways = by_reason.entry(why).or_default();
            // Two commands may stand in one line.
            if !ways.contains(&way) {
                ways.push(way);
            }
        }
        let all = Way::ALL.into_iter().filter(|way| way.takes(&script)).count();
        for (why, ways) in by_reason {
            let names: Vec<String> = ways.iter().map(|way| way.name()).collect();
            let names = if ways.len() == all { "*".to_owned() } else { names.join(",") };
            text.push_str(&format!("{script}:{line} {names} {why}\n"));
        }
    }
    let file = testing::root().join("crates/bindgen-js/tests/wast/known.txt");
    Ok(std::fs::write(file, text)?)
}

/// One line, without places of this machine.
fn shortened(why: &str) -> String {
    let line = why.lines().next().unwrap_or_default();
    let line = line.split(" at ").next().unwrap_or_default();
    // The code of a diagnostic and its headline are enough.
    let line = line.splitn(3, ": ").take(2).collect::<Vec<_>>().join(": ");
    line.chars().take(160).collect::<String>().trim().to_owned()
}
