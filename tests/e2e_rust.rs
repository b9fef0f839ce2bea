//! Guests in Rust, from source to checked results.
//!
//! A case is a folder in `fixtures/rust` with a `session.txt`:
//!
//! ```text
//! guest greeter                      compiles fixtures/guests/greeter to greeter.core.wasm
//! system greeter                     the same with preview1 as its system
//! program files                      compiles a program for preview1 to files.core.wasm
//! file greeting.txt hello            writes a file
//!
//! $ withe wrap greeter.core.wasm -o greeter.wasm
//! $ withe call greeter.wasm 'greet("World")'
//! "Hello, World!"
//! = 1                                the status, where it is not 0
//! ```
//!
//! Every component that a command writes is validated, by both versions of the validator, and read back.
#![expect(clippy::disallowed_methods, reason = "tests write the files of their cases")]

use std::path::Path;
use std::process::ExitCode;

use testing::cases::Suite;
use testing::guest::{Guest, Shape, Target};
use testing::{Outcome, Trouble, fixtures, golden, scratch};
use withe::{Exit, Io};

fn main() -> ExitCode {
    Suite::new().folder("rust", &fixtures("rust"), session).run()
}

fn session(case: &Path) -> Outcome {
    let name = case.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let folder = scratch(&format!("e2e-rust-{name}"))?;
    let text = std::fs::read_to_string(case.join("session.txt"))?;
    let mut happened = String::new();
    for line in text.lines() {
        if let Some(command) = line.strip_prefix("$ ") {
            happened += &format!("{line}\n{}", run(&folder, command)?);
        } else if let Some((word, rest)) = line.split_once(' ').filter(|_| !happened.contains("$ ")) {
            prepare(&folder, word, rest)?;
            happened += &format!("{line}\n");
        } else if line.is_empty() {
            happened += "\n";
        }
    }
    golden::compare(&case.join("session.txt"), &happened)
}

fn prepare(folder: &Path, word: &str, rest: &str) -> Outcome {
    let compile = |target, shape, file: &str| -> Outcome {
        let source = fixtures("guests").join(rest).join("src").join(file);
        let module = Guest::new(&source, target, shape).compile(&format!("guest-{rest}"))?;
        std::fs::copy(module, folder.join(format!("{rest}.core.wasm")))?;
        Ok(())
    };
    match word {
        "guest" => compile(Target::Unknown, Shape::Library, "lib.rs"),
        "system" => compile(Target::Wasip1, Shape::Library, "lib.rs"),
        "program" => compile(Target::Wasip1, Shape::Program, "main.rs"),
        "file" => {
            let (name, text) = rest.split_once(' ').ok_or("a file has a name and a text")?;
            let path = folder.join(name);
            std::fs::create_dir_all(path.parent().unwrap_or(folder))?;
            Ok(std::fs::write(path, format!("{text}\n"))?)
        }
        _ => Err(Trouble::Failed(format!("`{word}` is no word of a session"))),
    }
}

/// Runs one command; gives what stands below it in a session.
fn run(folder: &Path, command: &str) -> Result<String, Trouble> {
    let words = split(command);
    let mut io = Io::captured(folder);
    let exit = withe::run(words.iter().cloned(), &mut io);
    let mut text = io.stdout.text();
    if exit != Exit::OK {
        text += &first_lines(&io.stderr.text());
        text += &format!("= {}\n", exit.0);
    }
    if let Some(out) = words.iter().position(|word| word == "-o").and_then(|at| words.get(at + 1)) {
        check(folder, out)?;
    }
    Ok(text)
}

/// The headlines of what was found wrong.
fn first_lines(errors: &str) -> String {
    errors.lines().filter(|line| line.starts_with("error")).map(|line| format!("{line}\n")).collect()
}

/// A component that was written is valid and reads back.
fn check(folder: &Path, component: &str) -> Outcome {
    for command in [format!("withe validate {component}"), format!("withe wit {component}")] {
        let mut io = Io::captured(folder);
        if withe::run(split(&command), &mut io) != Exit::OK {
            return Err(Trouble::Failed(format!("{command}: {}", io.stderr.text())));
        }
    }
    Ok(())
}

/// Words as a shell splits them, with `'` around what has blanks or quotes, and `\` before a single character.
fn split(command: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    let mut chars = command.chars();
    while let Some(char) = chars.next() {
        let word = words.last_mut().expect("there is always a word");
        match char {
            '\'' => quoted = !quoted,
            '\\' if !quoted => word.extend(chars.next()),
            ' ' if !quoted => words.push(String::new()),
            _ => word.push(char),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}
