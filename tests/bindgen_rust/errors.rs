//! What generated errors say when they are printed: a program for this machine makes some and looks at them.
//!
//! In: the world of `fixtures/bindgen/rust/errors`. Holds: no text has a handle, and every nested error is the source.

use testing::{Outcome, fixtures, tool};

use super::{ensure, generate, path_text};

const PROGRAM: &str = r#"
#[path = "src/errors.rs"]
mod errors;

use errors::test::errors::api::*;
use std::error::Error as _;

/// The text, and those of all sources behind it.
fn told(error: &dyn std::error::Error) -> String {
    let below = error.source().map(|source| format!(" < {}", told(source)));
    format!("{error}{}", below.unwrap_or_default())
}

fn trace() -> Trace {
    unsafe { Trace::from_handle(4321) }
}

fn net() -> NetError {
    let at = Some(Place { line: 1, column: 2 });
    NetError { code: 7, why: "it is \"full\"".into(), kind: FileError::Access, at, trace: trace() }
}

fn main() {
    let errors = [
        Error::File(FileError::NotFound),
        Error::Net(net()),
        Error::BadName("a b".into()),
        Error::At(Place { line: 3, column: 4 }),
        Error::Several(vec!["x".into()]),
        Error::Traced(trace()),
        Error::Maybe(Some(net())),
        Error::Maybe(None),
        Error::Self_,
        Error::Code(5),
        Error::Hints(Hints::SLOWER),
    ];
    for error in errors {
        println!("{}", told(&error));
        std::mem::forget(error);
    }
    let failed = Failed { cause: Some(Error::Code(6)), trace: trace() };
    println!("{}", told(&failed));
    let none = Failed { cause: None, trace: trace() };
    println!("{}", told(&none));
    let silent = Silent { trace: trace() };
    println!("{}", told(&silent));
    assert!(failed.source().is_some_and(|source| source.is::<Error>()));
    std::mem::forget((failed, none, silent));
}
"#;

const SAID: &str = "\
file < not-found (error 0)
net < code: 7, why: \"it is \\\"full\\\"\", at: Some(Place { line: 1, column: 2 }) < access (error 1)
bad-name: a b
at: Place { line: 3, column: 4 }
several: [\"x\"]
traced
maybe < code: 7, why: \"it is \\\"full\\\"\", at: Some(Place { line: 1, column: 2 }) < access (error 1)
maybe
self
code: 5
hints: Hints(slower)
failed < code: 6
failed
silent
";

pub fn what_they_say() -> Outcome {
    let out = generate("errors-said", &[path_text(&fixtures("bindgen/rust/errors/world.wit"))])?;
    let (source, program) = (out.join("main.rs"), out.join("said"));
    std::fs::write(&source, PROGRAM)?;
    let mut rustc = tool::command("rustc")?;
    rustc.args(["--edition=2024", "-Dwarnings", "-Aunused_macros", "-Aunused_imports", "-o"]).args([&program, &source]);
    tool::run(&mut rustc)?;
    let output = std::process::Command::new(&program).output()?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    ensure(said == SAID, &format!("{said}{}", String::from_utf8_lossy(&output.stderr)))
}
