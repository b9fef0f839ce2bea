//! The specification's scripts: what each says is valid is read, written again and printed; the rest is refused.
//!
//! In: `../shared/conformance/wast`. Out: one test a script, and one that holds the sums.
//! Holds: what is not judged as the script says is named in `OTHERWISE` with the reason, and must stay so.
//!
//! Of a valid component: its type is read; the type is written as a world's metadata, valid for both validators, and
//! read again as the same; what a plan can say of it is written from the plan and compared; its text gives its bytes.

use std::path::Path;
use std::process::ExitCode;

use component::read::verdict::verdicts;
use testing::cases::Suite;
use testing::wast::{Doing, Kind, Step, Wasm, read_script, scripts};
use testing::{Outcome, Trouble};
use types::Types;
use withe_component as component;

/// Commands with another verdict than the script's: script, line, why.
const OTHERWISE: &[(&str, usize, &str)] = &[
    ("core-modules.wast", 24, "bodies of core functions are not looked at when a component is read: `validate` does"),
    ("extern-names.wast", 53, "nested namespaces are a proposal, and all proposals are on"),
    ("extern-names.wast", 56, "nested interfaces are a proposal, and all proposals are on"),
];

/// What was seen in all scripts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Seen {
    /// Components that are valid, and read.
    valid: usize,
    /// Of these: written as metadata and read again.
    metadata: usize,
    /// Of these: written from a plan.
    planned: usize,
    /// Of these: their printed text gives the same bytes.
    same_bytes: usize,
    /// What is invalid or malformed and was refused by our reader.
    refused: usize,
    /// What the text parser refuses already.
    no_text: usize,
    /// What is said otherwise, see `OTHERWISE`.
    otherwise: usize,
    /// Instantiations that `types` finds well typed, as the validator does.
    fit: usize,
    /// Instantiations that both find ill typed.
    unfit: usize,
}

fn main() -> ExitCode {
    Suite::new()
        .conformance("wast", scripts, one_script)
        .conformance("wast", |folder| vec![folder.to_owned()], sums)
        .run()
}

fn one_script(path: &Path) -> Outcome {
    let mut seen = Seen::default();
    judge(path, &mut seen)?;
    if seen == Seen::default() { Err(Trouble::NotRun("it defines no component".to_owned())) } else { Ok(()) }
}

/// All scripts once more, counted: a reader that leaves something out shows here.
fn sums(folder: &Path) -> Outcome {
    let mut all = Seen::default();
    for path in scripts(folder) {
        judge(&path, &mut all)?;
    }
    let expected = Seen {
        valid: 320,
        metadata: 317,
        planned: 315,
        same_bytes: 313,
        refused: 462,
        no_text: 5,
        otherwise: 3,
        fit: 330,
        unfit: 63,
    };
    if all == expected { Ok(()) } else { Err(format!("seen {all:?}\nexpected {expected:?}").into()) }
}

fn judge(path: &Path, seen: &mut Seen) -> Outcome {
    let script = read_script(path)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut wrong = Vec::new();
    for command in &script.commands {
        let known = OTHERWISE.iter().find(|(file, line, _)| *file == name && *line == command.line);
        let outcome = step(&command.step, seen);
        match (outcome, known) {
            (Ok(()), None) => {}
            (Err(_), Some(_)) => seen.otherwise += 1,
            (Ok(()), Some((_, _, why))) => wrong.push(format!("line {}: no longer so: {why}", command.line)),
            (Err(why), None) => wrong.push(format!("line {}: {why}", command.line)),
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
}

fn step(step: &Step, seen: &mut Seen) -> Result<(), String> {
    match step {
        Step::Define { wasm, .. } => valid(wasm, seen),
        Step::AssertInvalid { wasm, .. } | Step::AssertMalformed { wasm, .. } => invalid(wasm, seen),
        Step::AssertTrap { doing: Doing::Instantiation(wasm), .. } | Step::AssertUnlinkable { wasm, .. } => {
            valid(wasm, seen)
        }
        Step::AssertTrap { doing: Doing::Call(_), .. }
        | Step::Instance { .. }
        | Step::Register { .. }
        | Step::Invoke(_)
        | Step::AssertReturn { .. }
        | Step::Other(_) => Ok(()),
    }
}

fn valid(wasm: &Wasm, seen: &mut Seen) -> Result<(), String> {
    if wasm.kind == Kind::Module {
        return Ok(());
    }
    let bytes = wasm.bytes.as_ref()?;
    instantiations(bytes, seen)?;
    let mut types = Types::new();
    let world = component::read_world(&mut types, "component.wasm", bytes).map_err(|error| said(&error))?;
    seen.valid += 1;
    replanned(bytes, seen)?;
    printed(bytes, seen)?;
    written(&mut types, &world, seen)
}

/// What is not valid must be refused by whoever reads it first, with a place.
fn invalid(wasm: &Wasm, seen: &mut Seen) -> Result<(), String> {
    let bytes = match &wasm.bytes {
        Ok(bytes) => bytes,
        Err(_) => {
            seen.no_text += 1;
            return Ok(());
        }
    };
    instantiations(bytes, seen)?;
    match component::read(&mut Types::new(), "component.wasm", bytes) {
        Ok(_) => Err("our reader accepts it".to_owned()),
        Err(errors) if errors.0.iter().all(|error| !error.labels.is_empty() && error.help.is_some()) => {
            seen.refused += 1;
            Ok(())
        }
        Err(errors) => Err(format!("a diagnostic without a place or a fix: {}", said(&errors))),
    }
}

/// What `types` says of every instantiation is what the validator says, where both can tell.
///
/// Out of scope are values, types of functions, instances and components as arguments, what is defined in the same
/// section, and what is invalid for other reasons than types.
fn instantiations(bytes: &[u8], seen: &mut Seen) -> Result<(), String> {
    const NOT_TYPES: &[&str] = &[
        "conflicts with previous argument",
        "out of bounds",
        "not a valid",
        "instance names",
        "cannot be used as",
        "exceeds maximum",
        "limit",
    ];
    for verdict in verdicts(bytes) {
        let there = verdict.there.as_deref();
        let about_types = there.is_none_or(|message| !NOT_TYPES.iter().any(|other| message.contains(other)));
        match (verdict.here, there) {
            (None, _) => {}
            (Some(_), Some(_)) if !about_types => {}
            (Some(found), None) if found.is_empty() => seen.fit += 1,
            (Some(found), Some(_)) if !found.is_empty() => seen.unfit += 1,
            (Some(found), there) => return Err(format!("an instantiation: here {found:?}, there {there:?}")),
        }
    }
    Ok(())
}

/// What a plan can say of the component is planned, written, valid, and has the same type.
fn replanned(bytes: &[u8], seen: &mut Seen) -> Result<(), String> {
    let Some(plan) = component::read::structure(bytes) else { return Ok(()) };
    let written = component::emit(&plan, component::EmitOptions::default());
    newer(&written).map_err(|error| format!("planned again: {error}"))?;
    // What the older validator does not know yet, it need not accept.
    same(
        "planned again, older validator",
        &format!("{:?}", older(bytes).is_ok()),
        &format!("{:?}", older(&written).is_ok()),
    )?;
    let dump = |bytes: &[u8]| -> Result<String, String> {
        let mut types = Types::new();
        let read = component::read(&mut types, "component.wasm", bytes).map_err(|error| said(&error))?;
        Ok(types::dump::component(&types, &read.ty))
    };
    same("planned again", &dump(bytes)?, &dump(&written)?)?;
    seen.planned += 1;
    Ok(())
}

/// The printed text is read again; it gives the same text, and where the bytes are as the text parser writes them, these.
fn printed(bytes: &[u8], seen: &mut Seen) -> Result<(), String> {
    let text = wasmprinter::print_bytes(bytes).map_err(|error| format!("printed: {error:#}"))?;
    let again = wat::parse_str(&text).map_err(|error| format!("its printed text: {error}"))?;
    same("printed again", &text, &wasmprinter::print_bytes(&again).map_err(|error| error.to_string())?)?;
    seen.same_bytes += usize::from(again == bytes);
    Ok(())
}

/// Types to metadata to types.
fn written(types: &mut Types, world: &types::World, seen: &mut Seen) -> Result<(), String> {
    let written = match component::metadata::encode(types, world, component::StringEncoding::Utf8) {
        Ok(written) => written,
        // Only what is said to be unsupported may stop the way.
        Err(errors) if errors.0.iter().all(|error| error.code.0.starts_with("unsupported/")) => return Ok(()),
        Err(errors) => return Err(said(&errors)),
    };
    newer(&written).and_then(|()| older(&written)).map_err(|error| format!("as metadata: {error}"))?;
    let read = component::metadata::decode(types, "metadata.wasm", &written).map_err(|error| said(&error))?;
    let after = types::dump::component(types, &read.world.component);
    same("as metadata", &types::dump::component(types, &world.component), &after)?;
    seen.metadata += 1;
    Ok(())
}

fn newer(bytes: &[u8]) -> Result<(), String> {
    let mut validator = wasmparser::Validator::new_with_features(wasmparser::WasmFeatures::all());
    validator.validate_all(bytes).map(|_| ()).map_err(|error| error.to_string())
}

/// As the embedded runtime's version sees it.
fn older(bytes: &[u8]) -> Result<(), String> {
    let mut validator = wasmparser_embedded::Validator::new_with_features(wasmparser_embedded::WasmFeatures::all());
    validator.validate_all(bytes).map(|_| ()).map_err(|error| format!("older validator: {error}"))
}

fn same(what: &str, before: &str, after: &str) -> Result<(), String> {
    if before == after { Ok(()) } else { Err(format!("{what}:\n{before}\n---\n{after}")) }
}

fn said(errors: &diag::Diagnostics) -> String {
    let one = |error: &diag::Diagnostic| format!("{}: {} {:?}", error.code.0, error.headline, error.labels.first());
    errors.0.iter().map(one).collect::<Vec<_>>().join("; ")
}
