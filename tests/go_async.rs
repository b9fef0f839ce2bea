//! Asynchronous components in Go: the tests of the package `task`, and sleepers that the host wakes.
#![expect(clippy::disallowed_methods, reason = "tests write the files of their cases")]

use std::path::Path;
use std::process::ExitCode;

use testing::cases::{Suite, entries};
use testing::go::Go;
use testing::{Outcome, Trouble, fixtures, root, scratch};
use withe::{Exit, Io};

fn main() -> ExitCode {
    let mut suite = Suite::new().test("task/tests", tasks);
    for go in Go::ALL {
        suite = suite.test(format!("timers/{}", go.name()), move || timers(go));
    }
    suite.run()
}

/// `go test` of the template, which has a host of its own.
fn tasks() -> Outcome {
    let folder = scratch("go-async-task")?;
    let templates = root().join("templates/go");
    std::fs::copy(templates.join("go.mod"), folder.join("go.mod"))?;
    for package in ["rt", "task"] {
        std::fs::create_dir_all(folder.join(package))?;
        for file in entries(&templates.join(package)) {
            let name = file.file_name().unwrap_or_default();
            // The tests of `rt` need a memory of 32 bits.
            if name != "rt_test.go" {
                std::fs::copy(&file, folder.join(package).join(name))?;
            }
        }
    }
    Go::Machine.test(&folder)
}

/// A sleeping goroutine waits for the host's timer, and goes on after its call has returned.
fn timers(go: Go) -> Outcome {
    let folder = scratch(&format!("go-async-timers-{}", go.name()))?;
    let wit = fixtures("go/async/sleepy.wit").display().to_string();
    command(&folder, &["bindgen", "go", &wit, "-o", "guest", "--module", "guest"])?;
    let program = folder.join("guest");
    std::fs::copy(fixtures("go/async/main.go"), program.join("main.go"))?;
    let module = go.build(&program, ".", "go-async-timers")?;
    command(&folder, &["wrap", &module.display().to_string(), "-o", "sleepy.wasm"])?;
    let said = command(&folder, &["call", "sleepy.wasm", "ended()", "outlived(50)", "nap(200)", "ended()"])?;
    let numbers: Vec<u64> = said.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    match numbers.as_slice() {
        [0, slept, 1] if *slept >= 200 => Ok(()),
        _ => Err(Trouble::Failed(format!("not 0, at least 200, 1: {said}"))),
    }
}

/// What a command says.
fn command(folder: &Path, words: &[&str]) -> Result<String, Trouble> {
    let mut io = Io::captured(folder);
    let words = std::iter::once("withe").chain(words.iter().copied()).map(str::to_owned);
    if withe::run(words, &mut io) == Exit::OK { Ok(io.stdout.text()) } else { Err(Trouble::Failed(io.stderr.text())) }
}
