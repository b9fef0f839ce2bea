//! How time and memory grow: with the number of packages, with the size of a file, with code that is not looked at.
//!
//! In: the release binary, a scratch folder. Out: lines of the table; the names of broken promises.
//! Holds: of several runs the least time counts; memory is the most that a process had at once, as `time` tells it,
//! and without that program the table says so.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use super::{inputs, peer, time};
use crate::run::{Done, in_file};

/// What twice the input may cost at most, as a multiple of what once did: twice, and what noise adds.
const TWICE: f64 = 2.6;
/// What a folder of a thousand packages may take.
const THOUSAND_PACKAGES: Duration = Duration::from_secs(1);
const ROUNDS: usize = 7;

pub fn scale(withe: &Path, folder: &Path) -> Done<Vec<String>> {
    let mut broken = Vec::new();
    let mut times = Vec::new();
    for packages in [250, 500, 1000, 2000] {
        let wit = packages_folder(folder, packages)?;
        times.push((format!("wit of {packages} packages"), least(Command::new(withe).arg("wit").arg(wit))?));
    }
    if times[2].1 > THOUSAND_PACKAGES {
        broken.push("a folder of 1000 packages".to_owned());
    }
    broken.extend(growth(&times));
    times.clear();
    for interfaces in [500, 1000, 2000, 4000] {
        let wit = file_of_interfaces(folder, interfaces)?;
        times.push((format!("wit of {interfaces} interfaces"), least(Command::new(withe).arg("wit").arg(wit))?));
    }
    broken.extend(growth(&times));
    Ok(broken)
}

/// The least time of a command.
pub fn least(command: &mut Command) -> Done<Duration> {
    let times: Done<Vec<Duration>> = (0..ROUNDS).map(|_| time(command)).collect();
    Ok(times?.into_iter().min().expect("there are several rounds"))
}

/// The least processor time of a program, of the system too, as the shell tells it.
pub fn least_processor_time(program: &Path, words: &[&str]) -> Done<Duration> {
    let mut shell = Command::new("bash");
    shell.args(["-c", "TIMEFORMAT='%3U %3S'; time \"$0\" \"$@\" >/dev/null"]).arg(program).args(words);
    shell.stdin(Stdio::null()).env("LC_ALL", "C");
    let times: Done<Vec<Duration>> = (0..ROUNDS).map(|_| processor_time(&mut shell)).collect();
    Ok(times?.into_iter().min().expect("there are several rounds"))
}

fn processor_time(shell: &mut Command) -> Done<Duration> {
    let output = shell.output().map_err(|error| format!("{shell:?}: {error}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    let seconds =
        said.lines().last().and_then(|line| line.split(' ').map(|part| part.parse::<f64>().ok()).sum::<Option<f64>>());
    let seconds = seconds.filter(|_| output.status.success());
    seconds.map(Duration::from_secs_f64).ok_or_else(|| format!("{shell:?} says {said}"))
}

/// Prints how the time grows from one size to the next, and returns where it grows too much.
pub fn growth(times: &[(String, Duration)]) -> Vec<String> {
    let mut broken = Vec::new();
    println!("{:<26} {:>11.2?}", times[0].0, times[0].1);
    for pair in times.windows(2) {
        let (name, time) = &pair[1];
        let ratio = time.as_secs_f64() / pair[0].1.as_secs_f64();
        println!("{name:<26} {time:>11.2?} {ratio:>43.2} {TWICE:>8.2} (half of it)");
        if ratio > TWICE {
            broken.push(name.clone());
        }
    }
    broken
}

/// A folder of packages, each of which uses the one before.
fn packages_folder(folder: &Path, count: usize) -> Done<PathBuf> {
    let wit = folder.join(format!("packages-{count}"));
    for number in 0..count {
        let package = wit.join(format!("deps/p{number}"));
        std::fs::create_dir_all(&package).map_err(in_file(&package))?;
        let used = match number {
            0 => "  type id = u32;\n".to_owned(),
            _ => format!("  use bench:p{}/api@1.0.0.{{id}};\n", number - 1),
        };
        let mut text = format!("package bench:p{number}@1.0.0;\n\ninterface api {{\n{used}");
        for function in 0..20 {
            let _ = writeln!(text, "  /// Does the thing of number {function}.");
            let _ = writeln!(text, "  do-{function}: func(id: id, names: list<string>) -> result<u32, string>;");
        }
        text.push_str("}\n");
        inputs::write(&package, "package.wit", &text)?;
    }
    let root = format!("package bench:root;\nworld root {{ import bench:p{}/api@1.0.0; }}\n", count - 1);
    inputs::write(&wit, "root.wit", &root)?;
    Ok(wit)
}

/// A file of interfaces, each of which uses the one before.
fn file_of_interfaces(folder: &Path, count: usize) -> Done<PathBuf> {
    let mut text = String::from("package bench:interfaces;\n");
    for number in 0..count {
        let _ = writeln!(text, "interface i{number} {{");
        match number {
            0 => text.push_str("  type id = u32;\n"),
            _ => drop(writeln!(text, "  use i{}.{{id}};", number - 1)),
        }
        for function in 0..20 {
            let _ = writeln!(text, "  do-{function}: func(id: id, names: list<string>) -> result<u32, string>;");
        }
        text.push_str("}\n");
    }
    let _ = writeln!(text, "world root {{ import i{}; }}", count - 1);
    inputs::write(folder, &format!("interfaces-{count}.wit"), &text)
}

/// The most memory that a command has at once, beside the peer's; the promise, if it is broken.
pub fn memory(withe: &Path, ours: &[&str], theirs: &[&str], promise: f64) -> Done<Option<String>> {
    let name = "memory of it, in KiB";
    let Some(time) = peer("time", &[]) else {
        println!("{name:<26} not measured: there is no program `time`");
        return Ok(None);
    };
    let words = ours;
    let ours = peak(&time, withe, words)?;
    let Some(program) = peer("wasm-tools", &[]) else {
        println!("{name:<26} {ours:>11} wasm-tools is not installed: no ratio");
        return Ok(None);
    };
    let theirs = peak(&time, Path::new(program.get_program()), theirs)?;
    let ratio = ours / theirs;
    println!("{name:<26} {ours:>11} {:>11} {theirs:>11} {:>11} {ratio:>7.2} {promise:>8.2} (wasm-tools)", "", "");
    Ok((ratio > promise).then(|| format!("the memory of `{}`", words.join(" "))))
}

/// Peak memory of a process, in KiB; none, which is said, without the program that tells it.
pub fn peak_of(program: &Path, words: &[String]) -> Done<Option<f64>> {
    let Some(time) = peer("time", &[]) else {
        println!("{:<26} not measured: there is no program `time`", "memory");
        return Ok(None);
    };
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    peak(&time, program, &words).map(Some)
}

/// Peak memory of a process, in KiB.
fn peak(time: &Command, program: &Path, words: &[&str]) -> Done<f64> {
    let mut command = Command::new(time.get_program());
    command.args(["-f", "%M"]).arg(program).args(words).stdin(Stdio::null()).stdout(Stdio::null());
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    let last = said.lines().last().and_then(|line| line.trim().parse().ok());
    last.filter(|_| output.status.success()).ok_or_else(|| format!("{command:?} says {said}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_shell_tells_is_read() {
        assert!(least_processor_time(Path::new("true"), &[]).unwrap() < Duration::from_secs(1));
        assert!(least_processor_time(Path::new("false"), &[]).is_err());
    }

    #[test]
    fn growth_beyond_twice_is_found() {
        let times = |millis: [u64; 3]| millis.map(|ms| (format!("{ms} ms"), Duration::from_millis(ms)));
        assert!(growth(&times([10, 20, 41])).is_empty());
        assert_eq!(growth(&times([10, 20, 80])), ["80 ms"]);
    }
}
