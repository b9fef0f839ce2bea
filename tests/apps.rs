//! Real apps: components compiled from Rust (some written by hand), wired in every way that there is, and run.
//!
//! An app is a folder in `fixtures/apps` without a `withe.toml`: WIT in `wit`, one source for each component, and a `session.txt`:
//!
//! ```text
//! guest store                  compiles store.rs against bindings made of the world `store`, to store.wasm
//! guest old of time            the same, for a world of the package file or folder wit/time
//! raw reader                   the same without bindings: the source has the core names by hand
//!
//! == way by plug               one way to make out.wasm, in a folder of its own
//! $ withe plug app.wasm store.wasm -o out.wasm
//!
//! == run                       done with every way's out.wasm, and all must say the same
//! $ withe call out.wasm 'day()'
//! "What it said"
//! $ http out.wasm GET /path name:value
//! 200                          status, headers and body of a handler's answer
//!
//! == refused                   what cannot be wired: headlines, status, and no output
//! $ withe plug app.wasm wrong.wasm -o out.wasm
//! error[compose/type-mismatch]: ...
//! = 1
//! ```
//!
//! Holds: every component that a command writes is valid; every way is done twice and gives the same bytes.
#![expect(clippy::disallowed_methods, reason = "tests write the files of their cases")]

mod app;

use std::path::Path;
use std::process::ExitCode;

use testing::cases::{self, Suite};
use testing::{Outcome, fixtures, golden, read_text, scratch};

use app::parts::{self, Parts};
use app::session::{self, Kind};

fn main() -> ExitCode {
    // What has a manifest is a project, with a test of its own.
    let apps = cases::directories(&fixtures("apps")).into_iter().filter(|app| !app.join("withe.toml").is_file());
    apps.fold(Suite::new(), |suite, app| {
        let name = app.file_name().unwrap_or_default().to_string_lossy().into_owned();
        suite.test(format!("apps/{name}"), move || wire_and_run(&app))
    })
    .run()
}

fn wire_and_run(case: &Path) -> Outcome {
    let name = case.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let folder = scratch(&format!("apps-{name}"))?;
    let session = session::read(&read_text(&case.join("session.txt"))?)?;
    let parts = Parts { app: &name, case, folder: folder.join("parts") };
    std::fs::create_dir_all(&parts.folder)?;
    for part in &session.parts {
        parts.make(part)?;
    }
    parts::copy(case, &parts.folder, &["wac", "wave"])?;
    let mut shown = session.head.clone();
    for section in &session.sections {
        let said = match &section.kind {
            Kind::Way(name) => session::wire(&parts.folder, &folder, name, &section.commands)?,
            Kind::Run => session::run_all(&folder, session.ways(), &section.commands)?,
            Kind::Refused => session::refuse(&parts.folder, &folder, &section.commands)?,
        };
        shown += &format!("\n{}\n{said}", section.title());
    }
    golden::compare(&case.join("session.txt"), &shown)
}
