//! Whether a binary is valid, as the embedded runtime's own validator sees it.
//!
//! In: the bytes of a component or core module, the proposals that are on. Out: what is wrong with it.
//! Holds: every bad function body is found; a structural error hides what comes after it in its component or module,
//! except for the core modules and components there, which are checked as if they stood alone.
//! What is found is the same however many threads there are.
//!
//! Specification: WebAssembly core, "Validation"; Component Model explainer.

mod bodies;
mod names;

use diag::{Diagnostic, Place};
use wasmparser_embedded::{BinaryReaderError, Parser, ValidPayload, Validator, WasmFeatures};

use self::bodies::Bodies;
use self::names::Names;

use crate::engine::ACCEPTED;
use crate::nesting;
use crate::origin::{self, Parts};

/// The WebAssembly proposals that are on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proposals(WasmFeatures);

impl Proposals {
    /// What the embedded runtime runs.
    pub const RUNTIME: Self = Self(ACCEPTED);

    /// Everything.
    pub const ALL: Self = Self(WasmFeatures::all());

    /// The names of all proposals.
    pub fn names() -> Vec<String> {
        WasmFeatures::all().iter_names().map(|(name, _)| name.to_lowercase().replace('_', "-")).collect()
    }

    /// Reads proposals by name: `all`, `gc`, `memory64`, `cm-async`. They are added to WebAssembly 1.0 and components.
    ///
    /// # Errors
    /// The first name that is no proposal, with those that resemble it.
    pub fn parse(names: &[String]) -> Result<Self, (String, Vec<String>)> {
        let mut features = WasmFeatures::WASM1 | WasmFeatures::COMPONENT_MODEL;
        for name in names {
            if name == "all" {
                return Ok(Self::ALL);
            }
            let wanted = name.to_uppercase().replace('-', "_");
            match WasmFeatures::from_name(&wanted) {
                Some(feature) => features |= feature,
                None => {
                    let known = Self::names();
                    let near = diag::near_misses(name, known.iter().map(String::as_str));
                    return Err((name.clone(), near.into_iter().map(str::to_owned).collect()));
                }
            }
        }
        Ok(Self(features))
    }
}

/// How many errors are listed; a longer list tells nobody more.
const MOST: usize = 10_000;

/// What is wrong with a component or core module; nothing if it is valid.
pub fn validate(file: &str, bytes: &[u8], proposals: Proposals) -> Vec<Diagnostic> {
    if let Some(finding) = nesting::too_much(file, bytes) {
        return vec![finding];
    }
    let (mut errors, stopped) = errors_in(bytes, 0, proposals);
    if errors.is_empty() {
        return Vec::new();
    }
    let mut judge = Judge::new(file, bytes, proposals);
    if let Some(stopped) = stopped {
        judge.errors_behind(stopped, &mut errors);
    }
    errors.iter().take(MOST).map(|error| judge.finding(error)).collect()
}

/// What is said instead where a newer validator accepts the binary: it uses what came after the embedded runtime.
pub fn newer_than_runtime(findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let newer = |finding: Diagnostic| match finding.code.0 {
        "validate/invalid" => {
            let error =
                diag::error("validate/proposal", "this uses a WebAssembly proposal newer than the embedded runtime");
            let error = finding.labels.into_iter().fold(error, |error, label| error.label(label.place, label.text));
            error.help(ACCEPT_ALL)
        }
        _ => finding,
    };
    findings.into_iter().map(newer).collect()
}

const ACCEPT_ALL: &str = "accept every proposal with `--wasm-features all`";

/// One thing that is wrong.
struct Wrong {
    message: String,
    /// Bytes from the start of the whole binary.
    offset: usize,
    /// The function whose body it is.
    func: Option<u32>,
}

/// The errors of a binary that begins at `start` of the whole one, and where a structural error ended the walk.
fn errors_in(bytes: &[u8], start: usize, proposals: Proposals) -> (Vec<Wrong>, Option<usize>) {
    let wrong = |error: &BinaryReaderError, func| {
        let offset = start + error.offset();
        Wrong { message: error.message().to_owned(), offset, func }
    };
    let mut stop = None;
    let mut bodies = Bodies::new(bytes.len(), wrong);
    let mut validator = Validator::new_with_features(proposals.0);
    for payload in Parser::new(0).parse_all(bytes) {
        match payload.and_then(|payload| validator.payload(&payload)) {
            Ok(ValidPayload::Func(func, body)) => bodies.add(func, body),
            Ok(_) => {}
            Err(error) => {
                stop = Some(wrong(&error, None));
                break;
            }
        }
    }
    let mut errors = bodies.finish();
    let stopped = stop.as_ref().map(|error| error.offset);
    errors.extend(stop);
    (errors, stopped)
}

/// What is known of a binary once something is wrong with it.
struct Judge<'a> {
    file: &'a str,
    bytes: &'a [u8],
    parts: Parts,
    names: Names,
    proposals: Proposals,
    /// Whether it would be valid with every proposal on.
    valid_with_all: bool,
}

impl<'a> Judge<'a> {
    fn new(file: &'a str, bytes: &'a [u8], proposals: Proposals) -> Self {
        let everything = WasmFeatures::all();
        let valid_with_all =
            proposals.0 != everything && Validator::new_with_features(everything).validate_all(bytes).is_ok();
        Self { file, bytes, parts: origin::parts(bytes), names: Names::default(), proposals, valid_with_all }
    }

    /// What is wrong with the core modules and components behind the place where the walk stopped: each is checked as
    /// if it stood alone. A component may not, where it uses what is outside; that is no error then.
    fn errors_behind(&self, stopped: usize, errors: &mut Vec<Wrong>) {
        let mut from = stopped;
        while let Some((range, is_component)) = self.parts.next_after(from) {
            if errors.len() >= MOST {
                break;
            }
            let (start, end) = (range.start, range.end);
            let (mut found, stopped) =
                self.bytes.get(range).map_or_else(Default::default, |part| errors_in(part, start, self.proposals));
            if is_component && found.last().is_some_and(|last| last.message.contains("invalid outer alias")) {
                found.pop();
            }
            errors.extend(found);
            from = stopped.unwrap_or(end).max(start + 1);
        }
    }

    fn finding(&mut self, error: &Wrong) -> Diagnostic {
        let message = error.message.clone();
        let mut path = self.parts.path_at(error.offset);
        let module = self.parts.module_at(error.offset).unwrap_or(0..self.bytes.len());
        path.extend(error.func.map(|func| self.names.function(self.bytes, module, func)));
        let place = match path.is_empty() {
            true => Place::file(self.file),
            false => Place::binary(self.file, path.join(": ")),
        };
        if error.offset >= self.bytes.len() || message.contains("unexpected end") {
            return diag::error("validate/truncated", "the binary ends too early")
                .label(place, message)
                .help("build or download it again");
        }
        if self.valid_with_all {
            let who = match self.proposals == Proposals::RUNTIME {
                true => "that the embedded runtime does not run",
                false => "that is not on",
            };
            return diag::error("validate/proposal", format!("this uses a WebAssembly proposal {who}"))
                .label(place, message)
                .help(ACCEPT_ALL);
        }
        let what = match error.func {
            Some(_) => "this function body is not valid",
            None => "this is not valid WebAssembly",
        };
        diag::error("validate/invalid", what).label(place, message).help("rebuild it with the tool that made it")
    }
}
