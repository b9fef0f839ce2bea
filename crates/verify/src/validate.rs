//! Whether a binary is valid, as the embedded runtime's own validator sees it.
//!
//! In: the bytes of a component or core module, the proposals that are on. Out: what is wrong with it.
//! Holds: every bad function body is found; a structural error hides what comes after it in the binary.
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

/// What is wrong with a component or core module; nothing if it is valid.
pub fn validate(file: &str, bytes: &[u8], proposals: Proposals) -> Vec<Diagnostic> {
    if let Some(finding) = nesting::too_much(file, bytes) {
        return vec![finding];
    }
    let mut findings = Vec::new();
    let mut judge = None;
    let mut report = |error: &BinaryReaderError, func: Option<u32>| {
        let judge = judge.get_or_insert_with(|| Judge::new(file, bytes, proposals));
        findings.push(judge.finding(error, func));
    };
    let mut validator = Validator::new_with_features(proposals.0);
    let mut allocations = FuncValidatorAllocations::default();
    for payload in Parser::new(0).parse_all(bytes) {
        match payload.and_then(|payload| validator.payload(&payload)) {
            Ok(ValidPayload::Func(func, body)) => {
                let mut func = func.into_validator(std::mem::take(&mut allocations));
                if let Err(error) = func.validate(&body) {
                    report(&error, Some(func.index()));
                }
                allocations = func.into_allocations();
            }
            Ok(_) => {}
            Err(error) => {
                report(&error, None);
                break;
            }
        }
    }
    findings
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

    fn finding(&self, error: &BinaryReaderError, func: Option<u32>) -> Diagnostic {
        let message = error.message().to_owned();
        let mut path = self.parts.path_at(error.offset());
        path.extend(func.map(|func| format!("function {func}")));
        let place = match path.is_empty() {
            true => Place::file(self.file),
            false => Place::binary(self.file, path.join(": ")),
        };
        if error.offset() >= self.len || message.contains("unexpected end") {
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
        let what = match func {
            Some(_) => "this function body is not valid",
            None => "this is not valid WebAssembly",
        };
        diag::error("validate/invalid", what).label(place, message).help("rebuild it with the tool that made it")
    }
}
