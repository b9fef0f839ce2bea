//! Whether a binary is valid, as the embedded runtime's own validator sees it.
//!
//! In: the bytes of a component or core module, the proposals that are on. Out: what is wrong with it.
//! Holds: every bad function body is found; a structural error hides what comes after it in the binary.
//!
//! Specification: WebAssembly core, "Validation"; Component Model explainer.

use diag::{Diagnostic, Place};
use wasmparser_embedded::{BinaryReaderError, FuncValidatorAllocations, Parser, ValidPayload, Validator, WasmFeatures};

use crate::engine::ACCEPTED;
use crate::origin::{self, Parts};

/// How many bad function bodies are told one by one.
const MOST: usize = 100;

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
    let mut findings = Vec::new();
    let mut parts = None;
    let mut bodies = 0;
    let mut report = |error: &BinaryReaderError, func: Option<u32>| {
        bodies += usize::from(func.is_some());
        if bodies <= MOST {
            let parts = parts.get_or_insert_with(|| origin::parts(bytes));
            findings.push(finding(file, parts, error, func, bytes, proposals));
        }
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
    if bodies > MOST {
        let rest = format!("{} more function bodies are not valid", bodies - MOST);
        findings.push(diag::note("validate/more", rest).label(Place::file(file), "not listed"));
    }
    findings
}

fn finding(
    file: &str,
    parts: &Parts,
    error: &BinaryReaderError,
    func: Option<u32>,
    bytes: &[u8],
    proposals: Proposals,
) -> Diagnostic {
    let message = error.message();
    let mut path = parts.path_at(error.offset());
    if let Some(func) = func {
        path.push(format!("function {func}"));
    }
    let place = if path.is_empty() { Place::file(file) } else { Place::binary(file, path.join(": ")) };
    if error.offset() >= bytes.len() || message.contains("unexpected end") {
        return diag::error("validate/truncated", "the binary ends too early")
            .label(place, message.to_owned())
            .help("build or download it again");
    }
    let everything = WasmFeatures::all();
    if proposals.0 != everything && Validator::new_with_features(everything).validate_all(bytes).is_ok() {
        let who =
            if proposals == Proposals::RUNTIME { "that the embedded runtime does not run" } else { "that is not on" };
        return diag::error("validate/proposal", format!("this uses a WebAssembly proposal {who}"))
            .label(place, message.to_owned())
            .help("accept every proposal with `--wasm-features all`");
    }
    let what = if func.is_some() { "this function body is not valid" } else { "this is not valid WebAssembly" };
    diag::error("validate/invalid", what).label(place, message.to_owned()).help("rebuild it with the tool that made it")
}
