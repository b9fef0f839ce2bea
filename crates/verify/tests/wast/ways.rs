//! What is run: a script's components as they are, or as this project writes them again.

use component::EmitOptions;
use types::Types;

/// How a component comes to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// As the script has it.
    AsItIs,
    /// Printed, and the text parsed.
    Printed,
    /// Read as a plan, and written from it.
    Replanned,
    /// Decoded as a composition, planned, and written.
    Recomposed,
}

/// What became of a component.
pub enum Rewritten {
    Bytes(Vec<u8>),
    /// It cannot be said in this way; it is run as it is.
    Refused,
}

impl Way {
    pub const ALL: &[Self] = &[Self::AsItIs, Self::Printed, Self::Replanned, Self::Recomposed];

    pub fn name(self) -> &'static str {
        match self {
            Self::AsItIs => "as it is",
            Self::Printed => "printed",
            Self::Replanned => "replanned",
            Self::Recomposed => "recomposed",
        }
    }

    /// Writes a component again.
    ///
    /// # Errors
    /// When what was written is not valid, or a refusal has no place or is none of those that there are.
    pub fn rewrite(self, bytes: &[u8]) -> Result<Rewritten, String> {
        let written = match self {
            Self::AsItIs => Some(bytes.to_vec()),
            Self::Printed => Some(printed(bytes)?),
            Self::Replanned => {
                component::read::structure(bytes).map(|plan| component::emit(&plan, EmitOptions::default()))
            }
            Self::Recomposed => recomposed(bytes)?,
        };
        let Some(written) = written else { return Ok(Rewritten::Refused) };
        wasmparser::Validator::new_with_features(wasmparser::WasmFeatures::all())
            .validate_all(&written)
            .map_err(|error| format!("{}: not valid: {error}", self.name()))?;
        let older = |bytes: &[u8]| {
            let features = wasmparser_embedded::WasmFeatures::all();
            wasmparser_embedded::Validator::new_with_features(features).validate_all(bytes).is_ok()
        };
        if older(bytes) && !older(&written) {
            return Err(format!("{}: not valid for the older validator", self.name()));
        }
        Ok(Rewritten::Bytes(written))
    }
}

fn printed(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let text = wasmprinter::print_bytes(bytes).map_err(|error| error.to_string())?;
    wat::parse_str(text).map_err(|error| error.to_string())
}

fn recomposed(bytes: &[u8]) -> Result<Option<Vec<u8>>, String> {
    let mut types = Types::new();
    let graph = compose::decode(&mut types, "component.wasm", bytes);
    let plan = graph.and_then(|graph| compose::plan(&types, &graph));
    match plan {
        Ok(plan) => Ok(Some(component::emit(&plan, EmitOptions::default()))),
        Err(errors) if errors.0.iter().all(well_said) => Ok(None),
        Err(errors) => Err(format!("refused: {errors:?}")),
    }
}

/// What is no composition, and what a graph cannot say, is told with a place and a fix.
fn well_said(error: &diag::Diagnostic) -> bool {
    let expected = ["compose/not-a-composition", "unsupported/composition", "unsupported/core-module-item"];
    expected.contains(&error.code.0) && !error.labels.is_empty() && error.help.is_some()
}
