//! The guest compiler works: a program for preview1, a library without a system, and an error that is shown.

use std::path::Path;
use std::process::ExitCode;

use withe_testing::Trouble;
use withe_testing::cases::Suite;
use withe_testing::guest::{Guest, Shape, Target};

const HERE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/guests/");

fn main() -> ExitCode {
    Suite::new()
        .test("a program for preview1", || is_module("testing-hello", "hello.rs", Target::Wasip1, Shape::Program))
        .test("a library for preview1", || is_module("testing-add-wasi", "add.rs", Target::Wasip1, Shape::Library))
        .test("a library without a system", || is_module("testing-add", "add.rs", Target::Unknown, Shape::Library))
        .test("a check", || compile("testing-check", "add.rs", Target::Unknown, Shape::Check).map(drop))
        .test("a warning is an error that is shown", || {
            match compile("testing-bad", "unused.rs", Target::Unknown, Shape::Check) {
                Err(Trouble::Failed(text)) if text.contains("unused variable") => Ok(()),
                Err(missing @ Trouble::MissingTool(_)) => Err(missing),
                other => Err(format!("{other:?}").into()),
            }
        })
        .run()
}

fn compile(name: &str, file: &str, target: Target, shape: Shape) -> Result<std::path::PathBuf, Trouble> {
    Guest::new(&Path::new(HERE).join(file), target, shape).compile(name)
}

fn is_module(name: &str, file: &str, target: Target, shape: Shape) -> withe_testing::Outcome {
    let bytes = withe_testing::read(&compile(name, file, target, shape)?)?;
    if bytes.starts_with(b"\0asm\x01\0\0\0") { Ok(()) } else { Err("not a core module".into()) }
}
