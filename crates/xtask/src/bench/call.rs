//! How much longer `call` takes to start than `run`.
//!
//! In: the release binary. Out: a line of the table, and whether the promise is broken.
//! Holds: both start the same component, whose functions do nothing, in turns, with nothing cached; the smallest times
//! are compared.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::{inputs, time, times};
use crate::run::Done;

/// How much longer `call` may take.
const MOST: Duration = Duration::from_millis(1);

const ROUNDS: usize = 40;

/// A program that also exports a function.
const START: &str = r#"(component
  (core module $m
    (func (export "run") (result i32) (i32.const 0))
    (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))
  (core instance $i (instantiate $m))
  (func $run (result (result)) (canon lift (core func $i "run")))
  (instance $cli (export "run" (func $run)))
  (export "wasi:cli/run@0.2.12" (instance $cli))
  (func (export "add") (param "a" u32) (param "b" u32) (result u32) (canon lift (core func $i "add"))))
"#;

/// Times `call` of a trivial function against `run` of a trivial program.
pub fn start(withe: &Path, folder: &Path) -> Done<Vec<String>> {
    let component = inputs::write(folder, "start.wat", START)?;
    let mut call = Command::new(withe);
    call.arg("call").arg(&component).arg("add(1, 2)");
    let mut run = Command::new(withe);
    run.arg("run").arg(&component);
    let (mut calls, mut runs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        calls.push(time(&mut call)?);
        runs.push(time(&mut run)?);
    }
    let (calls, runs) = (times(calls), times(runs));
    let more = calls.least.saturating_sub(runs.least);
    println!(
        "{:<26} {:>11.2?} {:>11.2?} {:>11.2?} {:>11.2?} {more:>7.2?} more, {MOST:?} promised (withe run)",
        "call, to start", calls.median, calls.least, runs.median, runs.least
    );
    Ok(if more > MOST { vec!["the start of call".to_owned()] } else { Vec::new() })
}
