//! Components of scripts, judged and transpiled as the product does it.

use testing::wast::Wasm;
use types::{ExternName, Item, Types};
use withe_bindgen_js::{Instantiate, Options, transpile};

/// A component as JavaScript.
pub struct Transpiled {
    /// The module's file.
    pub file: String,
    /// Its core modules' files.
    pub cores: Vec<String>,
    pub types: Types,
    pub exports: indexmap::IndexMap<ExternName, Item>,
}

/// What was written: names and contents.
type Files = Vec<(String, Vec<u8>)>;

/// Validates and transpiles a component.
pub fn transpiled(bytes: &[u8], name: &str, instantiate: Instantiate) -> Result<(Transpiled, Files), String> {
    valid(bytes)?;
    let mut types = Types::new();
    let exports = component::read(&mut types, "component.wasm", bytes).map_err(|errors| said(&errors))?.ty.exports;
    let instantiation =
        component::instantiation::instantiation(&mut types, "component.wasm", bytes).map_err(|errors| said(&errors))?;
    let options = Options { name: name.to_owned(), instantiate, ..Options::default() };
    let module = transpile(&types, "component.wasm", &instantiation, &options).map_err(|errors| said(&errors))?;
    let file = format!("{name}.js");
    let mut files: Files = vec![(file.clone(), module.text.into_bytes())];
    let cores = module.core.iter().map(|(core, _)| core.clone()).collect();
    files.extend(module.core.into_iter().map(|(core, bytes)| (core, bytes.to_vec())));
    Ok((Transpiled { file, cores, types, exports }, files))
}

/// As `withe validate` with all proposals: the bodies of core functions too.
fn valid(bytes: &[u8]) -> Result<(), String> {
    component::read(&mut Types::new(), "component.wasm", bytes).map_err(|errors| said(&errors))?;
    wasm::validate(bytes).map_err(|error| error.message().to_owned())
}

/// What is not valid, or no text, is refused, and what is said has the script's reason in it.
pub fn refused_for(wasm: &Wasm, reason: &str) -> Result<(), String> {
    let said = match &wasm.bytes {
        Err(message) => message.clone(),
        Ok(bytes) => match valid(bytes) {
            Ok(()) => return Err("it is accepted".to_owned()),
            Err(said) => said,
        },
    };
    let same = SAME.iter().filter(|(theirs, _)| *theirs == reason).map(|(_, ours)| *ours);
    if said.contains(reason) || same.clone().any(|ours| said.contains(ours)) {
        return Ok(());
    }
    Err(format!("it is refused for another reason than `{reason}`: {said}"))
}

/// The script's reason, and what says the same in other words here.
const SAME: &[(&str, &str)] = &[
    // A byte that means nothing yet must be zero.
    ("invalid boolean value", "invalid leading byte (0x2) for zero byte"),
    ("non-zero reserved byte", "invalid leading byte (0x1) for zero byte"),
    // The text parser says which token it does not expect there.
    ("unexpected token", "duplicate `implements` attribute"),
    ("unexpected token", "duplicate `external-id` attribute"),
    // Names are told as they are written.
    (
        "import name `foob-ar` conflicts with previous name `foo-bar`",
        "import name `FOOB-ar` conflicts with previous name `foo-bar`",
    ),
];

fn said(errors: &diag::Diagnostics) -> String {
    let one = |error: &diag::Diagnostic| {
        let labels: Vec<&str> = error.labels.iter().map(|label| label.text.as_str()).collect();
        format!("{}: {}: {}", error.code.0, error.headline, labels.join(", "))
    };
    errors.0.iter().map(one).collect::<Vec<_>>().join("; ")
}
