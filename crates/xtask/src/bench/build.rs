//! How long `withe build` takes where nothing changed.
//!
//! In: the release binary. Out: a line of the table, and whether the promise is broken.
//! Holds: before the first round the app was built, and a second build was seen to make nothing.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::{path, time, times};
use crate::run::{Done, in_file};

/// How long it may take.
const MOST: Duration = Duration::from_millis(50);

const COMPONENTS: usize = 20;
const ROUNDS: usize = 40;

/// Times `withe build` in an app of 20 components, each calling the next one.
pub fn build(withe: &Path, folder: &Path) -> Done<Vec<String>> {
    let app = folder.join("build-app");
    if app.exists() {
        std::fs::remove_dir_all(&app).map_err(in_file(&app))?;
    }
    write_app(&app)?;
    let command = || {
        let mut command = Command::new(withe);
        command.args(["build", "--manifest", &path(&app.join("withe.toml"))]);
        command
    };
    time(&mut command())?;
    let said = command().output().map_err(|error| format!("withe build: {error}"))?;
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    if !said.contains("nothing changed") {
        return Err(format!("a second build makes something again: {said}"));
    }
    let mut taken = Vec::new();
    for _ in 0..ROUNDS {
        taken.push(time(&mut command())?);
    }
    let taken = times(taken);
    println!("{:<26} {:>11.2?} {:>11.2?} {MOST:?} promised", "build, nothing changed", taken.median, taken.least);
    Ok(if taken.median > MOST { vec!["the time of build".to_owned()] } else { Vec::new() })
}

fn write_app(app: &Path) -> Done {
    let mut manifest = "[app]\nname = \"local:chain\"\nversion = \"0.1.0\"\n".to_owned();
    let names: Vec<String> = (0..COMPONENTS).map(|at| format!("part{at}")).collect();
    for (at, name) in names.iter().enumerate() {
        let _ = writeln!(manifest, "\n[components.{name}]\nlanguage = \"wat\"");
        let source = match names.get(at + 1) {
            Some(next) => format!(
                "(component\n  (import \"count-{next}\" (func $next (result u32)))\n  (export \"count-{name}\" (func $next)))\n"
            ),
            None => format!(
                "(component\n  (core module $m (func (export \"count\") (result i32) (i32.const 7)))\n  \
                 (core instance $i (instantiate $m))\n  \
                 (func (export \"count-{name}\") (result u32) (canon lift (core func $i \"count\"))))\n"
            ),
        };
        let folder = app.join(name);
        std::fs::create_dir_all(&folder).map_err(in_file(&folder))?;
        let file = folder.join(format!("{name}.wat"));
        std::fs::write(&file, source).map_err(in_file(&file))?;
    }
    let quoted: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
    let _ = writeln!(manifest, "\n[compose]\nsolve = [{}]", quoted.join(", "));
    let file = app.join("withe.toml");
    std::fs::write(&file, manifest).map_err(in_file(&file))
}
