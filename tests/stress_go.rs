//! Go under stress: many calls while its collector runs all the time, many goroutines, large lists; nothing is left in
//! use, and memory stays bounded.
//!
//! A tenth of the calls, or all 100 000 with `WITHE_STRESS=all`.
#![expect(clippy::disallowed_methods, reason = "tests copy sources")]

use std::path::Path;
use std::process::ExitCode;

use testing::cases::Suite;
use testing::go::Go;
use testing::{Outcome, Trouble, fixtures, scratch};
use withe::{Exit, Io};

/// Bytes that either component may have from the system while texts of 64 KiB go to and fro.
const MEMORY: u64 = 64 << 20;
/// Bytes of the large list, and what Go may need for it: the list, its copy, and room to collect.
const LARGE: u64 = 100 << 20;

fn main() -> ExitCode {
    Suite::new()
        .test("calls while the collector runs all the time", || calls("gogc", 1, &["GOGC=1"]))
        .test("calls of eight goroutines in little memory", || calls("goroutines", 8, &["GOMEMLIMIT=8MiB"]))
        .test("a list of 100 MB goes and comes", || {
            let composed = composed("large")?;
            used(&call(&composed, &format!("large({LARGE})"), &[])?, 6 * LARGE)
        })
        .run()
}

fn calls(name: &str, goroutines: u32, variables: &[&str]) -> Outcome {
    let all = if std::env::var("WITHE_STRESS").is_ok_and(|value| value == "all") { 100_000 } else { 10_000 };
    let composed = composed(name)?;
    used(&call(&composed, &format!("run({goroutines}, {}, 65536)", all / goroutines), variables)?, MEMORY)
}

/// A component that calls another one, both in Go.
fn composed(name: &str) -> Result<String, Trouble> {
    let folder = scratch(&format!("stress-go-{name}"))?;
    component("runner", &folder)?;
    component("callee", &folder)?;
    let composed = path(&folder.join("composed.wasm"))?;
    withe(&["compose", "-o", &composed, &path(&folder.join("runner.wasm"))?, &path(&folder.join("callee.wasm"))?])?;
    Ok(composed)
}

fn component(world: &str, folder: &Path) -> Outcome {
    let (sources, module) = (fixtures("go/stress"), folder.join(world));
    let wit = path(&sources.join("stress.wit"))?;
    withe(&["bindgen", "go", &wit, "-w", world, "-o", &path(&module)?, "--module", "guest"])?;
    std::fs::copy(sources.join("used.go"), module.join("used.go"))?;
    std::fs::copy(sources.join(format!("{world}.go")), module.join("main.go"))?;
    let built = Go::Machine.build(&module, ".", &format!("stress-go-{world}"))?;
    withe(&["wrap", &path(&built)?, "-o", &path(&folder.join(format!("{world}.wasm")))?]).map(drop)
}

fn call(composed: &str, call: &str, variables: &[&str]) -> Result<String, Trouble> {
    let variables = variables.iter().flat_map(|variable| ["--env", variable]);
    let words: Vec<&str> = ["call", composed, call, "--json", "-q"].into_iter().chain(variables).collect();
    withe(&words)
}

/// Nothing is in use, here or there, and memory is bounded.
fn used(said: &str, memory: u64) -> Outcome {
    let said: serde_json::Value = serde_json::from_str(said).map_err(|error| format!("{said}: {error}"))?;
    for side in [0, 1] {
        let usage = &said[side];
        if usage["blocks"] != 0 {
            return Err(format!("blocks stay in use: {said}").into());
        }
        if usage["memory"].as_u64().is_none_or(|used| used > memory) {
            return Err(format!("{memory} bytes are the most: {said}").into());
        }
    }
    Ok(())
}

fn withe(words: &[&str]) -> Result<String, Trouble> {
    let mut io = Io::captured(Path::new("."));
    let exit = withe::run(std::iter::once("withe").chain(words.iter().copied()), &mut io);
    if exit == Exit::OK {
        return Ok(io.stdout.text());
    }
    Err(Trouble::Failed(format!("withe {}\n{}{}", words.join(" "), io.stdout.text(), io.stderr.text())))
}

fn path(path: &Path) -> Result<String, Trouble> {
    Ok(path.to_str().ok_or("test paths are text")?.to_owned())
}
