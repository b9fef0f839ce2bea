//! The encoder's public cases, executed: our component and the reference do the same.
//!
//! In: `shared/conformance/encode`, where it stands beside the checkout. Each case's main module is replaced, in our
//! component and in the reference, by one of the same imports and exports whose functions call one of the imports.
//! Out: for each such module and each export, a line of what happened; both components must say the same.
//! Holds: host functions record their arguments, so a wrong function, memory, encoding or allocator shows; a case that
//! the embedded runtime refuses must be refused for both.
#![expect(clippy::disallowed_methods, reason = "tests read their cases")]
#![expect(clippy::wildcard_enum_match_arm, reason = "the runtime's and the parser's enums are foreign")]
#![expect(clippy::print_stdout, reason = "the list of outcomes is what this test is for")]

#[path = "../../encode/tests/common/mod.rs"]
#[expect(dead_code, reason = "the encoder's tests use the rest")]
mod common;

#[path = "wiring/active.rs"]
mod active;
#[path = "wiring/host.rs"]
mod host;

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use common::Stop;
use host::Runtime;

/// Cases that are compared. The test fails when fewer are; raise it when more are.
const FLOOR: usize = 100;

enum Outcome {
    /// How many runs were compared, and how many of them reached a host function or returned.
    Same {
        runs: usize,
        live: usize,
    },
    NotRun(String),
    Differs(String),
}

fn main() {
    let Some(folder) = conformance() else {
        println!("not run: there is no folder `shared/conformance/encode` beside the checkout");
        return;
    };
    let only = std::env::args().nth(1).filter(|arg| !arg.starts_with('-'));
    let cases: Vec<PathBuf> = common::sorted(&folder)
        .into_iter()
        .filter(|path| path.is_dir() && !name(path).starts_with("error-"))
        .filter(|path| only.as_ref().is_none_or(|only| name(path).contains(only.as_str())))
        .collect();
    tells_apart(&folder.join("lower-options"));
    let (next, outcomes) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let runtime = Runtime::new();
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let outcome = compare(&runtime, case);
                    outcomes.lock().expect("no test thread panicked").push((name(case), outcome));
                }
            });
        }
    });
    let mut outcomes = outcomes.into_inner().expect("no test thread panicked");
    outcomes.sort_by(|(a, _), (b, _)| a.cmp(b));
    let (mut same, mut differ) = (0, 0);
    for (name, outcome) in &outcomes {
        match outcome {
            Outcome::Same { runs, live } => {
                same += 1;
                println!("{name}: the same, {runs} runs, {live} of them reach a host function or return");
            }
            Outcome::NotRun(why) => println!("{name}: not run: {why}"),
            Outcome::Differs(how) => {
                differ += 1;
                println!("{name}: DIFFERS\n    {}", how.trim_end().replace('\n', "\n    "));
            }
        }
    }
    println!("\n{same} of {} cases do the same; at least {FLOOR} must", outcomes.len());
    assert_eq!(differ, 0, "{differ} cases differ");
    assert!(only.is_some() || same >= FLOOR, "{same} cases were compared, {FLOOR} were before");
}

/// The comparison itself: what calls another import is seen to differ.
fn tells_apart(case: &Path) {
    let Ok(encoded) = common::encode_case(case) else { return };
    let runtime = Runtime::new();
    let lines = active::modules(&encoded.bytes).into_iter().map(|(what, module)| {
        let component = runtime.compile(&active::with_main(&encoded.bytes, &module)).expect("it runs");
        (runtime.run_all(&component), what)
    });
    let lines: Vec<_> = lines.take(10).collect();
    for (at, (said, what)) in lines.iter().enumerate() {
        let same = lines[..at].iter().find(|(other, _)| other == said);
        assert!(same.is_none(), "{what} looks like {}", same.map_or("", |(_, what)| what));
    }
}

fn conformance() -> Option<PathBuf> {
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2)?;
    let folder = checkout.parent()?.join("shared/conformance/encode");
    folder.is_dir().then_some(folder)
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn compare(runtime: &Runtime, case: &Path) -> Outcome {
    let ours = match common::encode_case(case) {
        Ok(encoded) => encoded.bytes,
        Err(Stop::NotRun(why)) => return Outcome::NotRun(why),
        Err(Stop::Refused(diagnostics)) => return Outcome::NotRun(diagnostics.0[0].code.0.to_owned()),
    };
    let reference = std::fs::read_to_string(case.join("component.wat")).expect("an accepted case has a reference");
    let reference = wat::parse_str(reference).expect("the reference is text that wat reads");
    let first = compare_pair(runtime, "as it is", &ours, &reference);
    let (mut runs, mut live) = match first {
        Outcome::Same { runs, live } => (runs, live),
        Outcome::NotRun(_) | Outcome::Differs(_) => return first,
    };
    // Of libraries the first module is the linker's own, and each tool's linker makes another.
    let is_linked = !case.join("module.wat").exists();
    for (what, module) in if is_linked { Vec::new() } else { active::modules(&ours) } {
        let (ours, reference) = (active::with_main(&ours, &module), active::with_main(&reference, &module));
        match compare_pair(runtime, &what, &ours, &reference) {
            Outcome::Same { runs: more, live: alive } => {
                runs += more;
                live += alive;
            }
            other @ (Outcome::NotRun(_) | Outcome::Differs(_)) => return other,
        }
    }
    Outcome::Same { runs, live }
}

fn compare_pair(runtime: &Runtime, what: &str, ours: &[u8], reference: &[u8]) -> Outcome {
    match (runtime.compile(ours), runtime.compile(reference)) {
        (Err(ours), Err(reference)) => Outcome::NotRun(format!("{what}: refused by the runtime: {ours}; {reference}")),
        (Err(ours), Ok(_)) => Outcome::Differs(format!("{what}: only ours is refused: {ours}")),
        (Ok(_), Err(reference)) => Outcome::NotRun(format!("{what}: only the reference is refused: {reference}")),
        (Ok(ours), Ok(reference)) => {
            let (ours, reference) = (runtime.run_all(&ours), runtime.run_all(&reference));
            if ours == reference {
                let live = ours.iter().filter(|line| host::is_live(line)).count();
                return Outcome::Same { runs: ours.len(), live };
            }
            Outcome::Differs(format!("{what}\n--- ours\n{}\n--- reference\n{}", ours.join("\n"), reference.join("\n")))
        }
    }
}
