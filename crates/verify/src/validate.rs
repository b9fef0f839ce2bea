//! Whether a binary is valid, as the embedded runtime's own validator sees it.
//!
//! In: the bytes of a component or core module, the proposals that are on. Out: what is wrong with it.
//! Holds: every bad function body is found; a structural error hides what comes after it in the binary, except
//! for the core modules there.
//!
//! Specification: WebAssembly core, "Validation"; Component Model explainer.

use diag::{Diagnostic, Place};
use wasmparser_embedded::{BinaryReaderError, FuncValidatorAllocations, Parser, ValidPayload, Validator, WasmFeatures};

use crate::engine::ACCEPTED;
use crate::nesting;
use crate::origin::{self, Parts};

/// The WebAssembly proposals that are on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proposals(WasmFeatures);

impl Proposals {
    /// What the embedded runtime runs.
    pub const RUNTIME: Self = Self(ACCEPTED);

    /// Reads proposals by name: `all`, `gc`, `memory64`, `cm-async`. They are added to WebAssembly 1.0 and components.
    ///
    /// # Errors
    /// The first name that is no proposal, with those that resemble it.
    pub fn parse(names: &[String]) -> Result<Self, (String, Vec<String>)> {
        let mut features = WasmFeatures::WASM1 | WasmFeatures::COMPONENT_MODEL;
        for name in names {
            if name == "all" {
                return Ok(Self(WasmFeatures::all()));
            }
            let wanted = name.to_uppercase().replace('-', "_");
            match WasmFeatures::from_name(&wanted) {
                Some(feature) => features |= feature,
                None => {
                    let known: Vec<String> = WasmFeatures::all()
                        .iter_names()
                        .map(|(name, _)| name.to_lowercase().replace('_', "-"))
                        .collect();
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
    let judge = Judge::new(file, bytes, proposals);
    // Core modules stand for themselves, so those that come after the place where the outer walk stopped are checked.
    if let Some(stopped) = stopped {
        for range in judge.parts.modules_after(stopped) {
            let start = range.start;
            if errors.len() >= MOST {
                break;
            }
            errors.extend(bytes.get(range).map(|module| errors_in(module, start, proposals).0).unwrap_or_default());
        }
    }
    errors.iter().take(MOST).map(|error| judge.finding(error)).collect()
}

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
    let mut errors = Vec::new();
    let mut add = |error: &BinaryReaderError, func| {
        let offset = start + error.offset();
        errors.push(Wrong { message: error.message().to_owned(), offset, func });
        offset
    };
    let mut stopped = None;
    let mut validator = Validator::new_with_features(proposals.0);
    let mut allocations = FuncValidatorAllocations::default();
    for payload in Parser::new(0).parse_all(bytes) {
        match payload.and_then(|payload| validator.payload(&payload)) {
            Ok(ValidPayload::Func(func, body)) => {
                let mut func = func.into_validator(std::mem::take(&mut allocations));
                if let Err(error) = func.validate(&body) {
                    add(&error, Some(func.index()));
                }
                allocations = func.into_allocations();
            }
            Ok(_) => {}
            Err(error) => {
                stopped = Some(add(&error, None));
                break;
            }
        }
    }
    (errors, stopped)
}

/// What is known of a binary once something is wrong with it.
struct Judge<'a> {
    file: &'a str,
    len: usize,
    parts: Parts,
    proposals: Proposals,
    /// Whether it would be valid with every proposal on.
    valid_with_all: bool,
}

impl<'a> Judge<'a> {
    fn new(file: &'a str, bytes: &[u8], proposals: Proposals) -> Self {
        let everything = WasmFeatures::all();
        let valid_with_all =
            proposals.0 != everything && Validator::new_with_features(everything).validate_all(bytes).is_ok();
        Self { file, len: bytes.len(), parts: origin::parts(bytes), proposals, valid_with_all }
    }

    fn finding(&self, error: &Wrong) -> Diagnostic {
        let message = error.message.clone();
        let mut path = self.parts.path_at(error.offset);
        path.extend(error.func.map(|func| format!("function {func}")));
        let place = match path.is_empty() {
            true => Place::file(self.file),
            false => Place::binary(self.file, path.join(": ")),
        };
        if error.offset >= self.len || message.contains("unexpected end") {
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
                .help("accept every proposal with `--wasm-features all`");
        }
        let what = match error.func {
            Some(_) => "this function body is not valid",
            None => "this is not valid WebAssembly",
        };
        diag::error("validate/invalid", what).label(place, message).help("rebuild it with the tool that made it")
    }
}
