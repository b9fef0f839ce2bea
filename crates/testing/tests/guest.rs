//! The guest compiler works: a program for preview1, a library without a system, and an error that is shown.

use std::path::Path;
use std::process::ExitCode;

use withe_testing::Trouble;
use withe_testing::cases::Suite;
use withe_testing::guest::{Kind, Target, compile_rust};

const HERE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/guests/");

fn main() -> ExitCode {
    Suite::new()
        .test("a program for preview1", || is_module("testing-hello", "hello.rs", Target::Wasip1, Kind::Program))
        .test("a library for preview1", || is_module("testing-add-wasi", "add.rs", Target::Wasip1, Kind::Library))
        .test("a library without a system", || is_module("testing-add", "add.rs", Target::Unknown, Kind::Library))
        .test("a check", || compile("testing-check", "add.rs", Target::Unknown, Kind::Check).map(drop))
        .test("a warning is an error that is shown", || {
            match compile("testing-bad", "unused.rs", Target::Unknown, Kind::Check) {
                Err(Trouble::Failed(text)) if text.contains("unused variable") => Ok(()),
                Err(missing @ Trouble::MissingTool(_)) => Err(missing),
                other => Err(format!("{other:?}").into()),
            }
        })
        .run()
}

fn compile(name: &str, file: &str, target: Target, kind: Kind) -> Result<std::path::PathBuf, Trouble> {
    compile_rust(name, &Path::new(HERE).join(file), target, kind)
}

fn is_module(name: &str, file: &str, target: Target, kind: Kind) -> withe_testing::Outcome {
    let bytes = withe_testing::read(&compile(name, file, target, kind)?)?;
    if bytes.starts_with(b"\0asm\x01\0\0\0") { Ok(()) } else { Err("not a core module".into()) }
}
