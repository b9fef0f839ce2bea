//! A case directory, encoded.
//!
//! In: a directory with `module.wat`, or with libraries (`lib-*.wat`, `dlopen-lib-*.wat`) to link; `*.wit`, perhaps
//! `adapt-*.wat`; the world is named after the `.wat` file's stem.
//! Out: the component's bytes, or diagnostics; the printed world of the bytes.
#![allow(clippy::disallowed_methods, reason = "tests read their cases")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use diag::Place;
use types::Types;
use withe_encode as encode;

/// What a case yields.
#[derive(Debug)]
pub struct Encoded {
    pub bytes: Vec<u8>,
    pub plan: String,
}

/// Why a case cannot be run at all.
#[derive(Debug)]
pub enum Stop {
    /// The input is refused.
    Refused(diag::Diagnostics),
    /// The case needs what is not there: several libraries to link, for example.
    NotRun(String),
}

impl From<diag::Diagnostics> for Stop {
    fn from(diagnostics: diag::Diagnostics) -> Self {
        Self::Refused(diagnostics)
    }
}

/// The binaries of a case, worlds embedded.
#[derive(Clone, Debug)]
pub struct Inputs {
    /// Empty if libraries are linked.
    pub main: Vec<u8>,
    /// Name, file and bytes.
    pub adapters: Vec<(String, String, Vec<u8>)>,
    /// What is linked, by the order of the files.
    pub libraries: Vec<LibraryFile>,
    pub flags: String,
}

impl Inputs {
    /// The options that the flags ask for.
    pub fn options(&self) -> encode::Options {
        encode::Options {
            realloc_via_memory_grow: self.flags.contains("realloc-via-memory-grow"),
            no_adapt: self.flags.contains("no-adapt"),
            return_call_ref: self.flags.contains("return-call-ref"),
            import_names: import_names(&self.flags),
            reject_legacy_names: self.flags.contains("reject-legacy-names"),
            no_merge: self.flags.contains("no-merge"),
            strip: self.flags.contains(";;! strip"),
            canonical_names: self.flags.contains("emit-canonical-names"),
            ..encode::Options::default()
        }
    }

    /// Whether the adapter for preview1, which is large, is among them.
    pub fn uses_built_in_adapter(&self) -> bool {
        self.flags.contains(";;! adapter = ")
    }
}

/// A library of a case.
#[derive(Clone, Debug)]
pub struct LibraryFile {
    pub name: String,
    pub file: String,
    pub bytes: Vec<u8>,
    pub dl_openable: bool,
}

/// Encodes the case in `dir`. Files are shown by their names.
pub fn encode_case(dir: &Path) -> Result<Encoded, Stop> {
    encode_inputs(&inputs(dir)?)
}

/// Reads the case in `dir`.
pub fn inputs(dir: &Path) -> Result<Inputs, Stop> {
    let flags = flags(dir);
    let mut types = Types::new();
    let module = dir.join("module.wat");
    let main = if module.exists() { core_with_metadata(&mut types, dir, &module)? } else { Vec::new() };
    let adapters = files(dir, &["adapt-"]).into_iter().map(|path| {
        let bytes = core_with_metadata(&mut types, dir, &path)?;
        Ok((name_of(&path, &["adapt-"]), format!("{}.wasm", stem(&path)), bytes))
    });
    let adapters = adapters.collect::<Result<_, Stop>>()?;
    let mut libraries = Vec::new();
    for path in files(dir, &LIBRARIES) {
        let bytes = core_with_metadata(&mut types, dir, &path)?;
        let (name, file) = (name_of(&path, &LIBRARIES), format!("{}.wasm", stem(&path)));
        libraries.push(LibraryFile { name, file, bytes, dl_openable: stem(&path).starts_with("dlopen-") });
    }
    if flags.contains("use-built-in-libdl = true") {
        let bytes = wat::parse_str(encode::link::LIBDL).map_err(|error| Stop::NotRun(error.to_string()))?;
        let (name, file) = (encode::link::LIBDL_NAME.to_owned(), "<libdl>".to_owned());
        libraries.push(LibraryFile { name, file, bytes, dl_openable: false });
    }
    Ok(Inputs { main, adapters, libraries, flags })
}

/// How the files of libraries are named.
const LIBRARIES: [&str; 2] = ["lib-", "dlopen-lib-"];

/// Encodes what was read.
pub fn encode_inputs(inputs: &Inputs) -> Result<Encoded, Stop> {
    let mut types = Types::new();
    let mut guests = builtin_adapter(&mut types, &inputs.flags)?;
    for (name, file, bytes) in &inputs.adapters {
        let module = wasm::read_module(file, bytes)?;
        guests.push(encode::Adapter { name: name.clone(), guest: encode::Guest::of(&mut types, module)? });
    }
    if inputs.main.is_empty() {
        return encode_linked(&mut types, inputs, guests);
    }
    let main = wasm::read_module("module.wasm", &inputs.main)?;
    let main = encode::Guest::of(&mut types, main)?;
    let input = encode::assemble(&mut types, main, guests, inputs.options())?;
    encode_input(&types, input, &inputs.flags)
}

fn encode_linked<'a>(
    types: &mut Types,
    inputs: &'a Inputs,
    adapters: Vec<encode::Adapter<'a>>,
) -> Result<Encoded, Stop> {
    let mut libraries = Vec::new();
    for LibraryFile { name, file, bytes, dl_openable } in &inputs.libraries {
        let guest = encode::Guest::of(types, wasm::read_module(file, bytes)?)?;
        libraries.push(encode::link::Shared { name: name.clone(), guest, dl_openable: *dl_openable });
    }
    let stub_missing_functions = inputs.flags.contains("stub-missing-functions = true");
    let link_options = encode::link::LinkOptions { stub_missing_functions, ..Default::default() };
    let linkage = encode::link::link(&libraries, &link_options)?;
    let input = linkage.input(types, &libraries, adapters, inputs.options())?;
    encode_input(types, input, &inputs.flags)
}

fn encode_input(types: &Types, input: encode::Input<'_>, flags: &str) -> Result<Encoded, Stop> {
    let shaken = if flags.contains(";;! gc") { encode::shake(types, &input)? } else { Vec::new() };
    let input = encode::with_modules(input, &shaken)?;
    let plan = encode::plan(types, &input)?;
    let bytes = component::emit(&plan, component::EmitOptions::default());
    Ok(Encoded { bytes, plan: plan.dump() })
}

/// Each leading comment `;;! import-name = OLD=NEW` renames an import.
fn import_names(flags: &str) -> Vec<(String, String)> {
    let pairs = flags.lines().filter_map(|line| line.strip_prefix(";;! import-name = ")?.split_once('='));
    pairs.map(|(old, new)| (old.to_owned(), new.to_owned())).collect()
}

/// A leading comment `;;! adapter = command` asks for a built-in adapter.
fn builtin_adapter(types: &mut Types, flags: &str) -> Result<Vec<encode::Adapter<'static>>, Stop> {
    let Some((_, word)) = flags.split_once(";;! adapter = ") else { return Ok(Vec::new()) };
    let word = word.lines().next().unwrap_or_default();
    let adapter = encode::Builtin::parse(word).ok_or_else(|| Stop::NotRun(format!("adapter {word}")))?;
    let module = wasm::read_module(&format!("<{word} adapter>"), encode::builtin(adapter))?;
    let guest = encode::Guest::of(types, module)?;
    Ok(vec![encode::Adapter { name: encode::BUILTIN_NAME.to_owned(), guest }])
}

/// The module with its world embedded, as `withe embed` does it. Without that world it stays as it is.
fn core_with_metadata(types: &mut Types, dir: &Path, path: &Path) -> Result<Vec<u8>, Stop> {
    let text = std::fs::read_to_string(path).map_err(|error| Stop::NotRun(error.to_string()))?;
    embedded(types, &text, source_files(dir), &stem(path))
}

/// The module of a text with a world of these files embedded; without files it stays as it is.
pub fn embedded(
    types: &mut Types,
    text: &str,
    files: indexmap::IndexMap<String, Vec<u8>>,
    world: &str,
) -> Result<Vec<u8>, Stop> {
    let core = wat::parse_str(text).map_err(|error| Stop::NotRun(error.to_string()))?;
    if files.is_empty() {
        return Ok(core);
    }
    let package = wit::load(&wit::SourceTree::of_folder("case", files), &wit::LoadOptions::default())?;
    let world = package.world(types, Some(world))?;
    let section = component::metadata::encode(types, &world, encoding(text))?;
    let module = wasm::read_module("module.wasm", &core)?;
    Ok(wasm::Rewrite::default().add_custom("component-type", section).apply(&module).into_owned())
}

/// A leading comment `;;! encoding = utf16` chooses the encoding of strings.
fn encoding(text: &str) -> component::StringEncoding {
    if text.contains(";;! encoding = utf16") {
        component::StringEncoding::Utf16
    } else if text.contains(";;! encoding = compact-utf16") {
        component::StringEncoding::CompactUtf16
    } else {
        component::StringEncoding::Utf8
    }
}

/// The WIT of a case.
pub fn source_files(dir: &Path) -> indexmap::IndexMap<String, Vec<u8>> {
    let mut files = indexmap::IndexMap::new();
    add_files(dir, "case", &mut files);
    files
}

fn add_files(dir: &Path, name: &str, files: &mut indexmap::IndexMap<String, Vec<u8>>) {
    for path in sorted(dir) {
        let below = format!("{name}/{}", path.file_name().unwrap_or_default().to_string_lossy());
        if path.is_dir() {
            add_files(&path, &below, files);
        } else if below.ends_with(".wit") && !below.ends_with(".printed.wit") {
            files.insert(below, std::fs::read(&path).unwrap_or_default());
        }
    }
}

/// The entries of a directory, by name.
pub fn sorted(dir: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    paths
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// The text files whose names begin in one of these ways.
fn files(dir: &Path, prefixes: &[&str]) -> Vec<PathBuf> {
    let is_one = |path: &PathBuf| {
        let stem = stem(path);
        path.extension().is_some_and(|ext| ext == "wat") && prefixes.iter().any(|prefix| stem.starts_with(prefix))
    };
    sorted(dir).into_iter().filter(is_one).collect()
}

/// What a comment `;; module name: NAME` says, or the stem without its prefix.
fn name_of(path: &Path, prefixes: &[&str]) -> String {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    if let Some(name) = text.lines().find_map(|line| line.strip_prefix(";; module name: ")) {
        return name.trim().to_owned();
    }
    let stem = stem(path);
    let prefix = prefixes.iter().find(|prefix| stem.starts_with(**prefix)).copied().unwrap_or_default();
    stem.trim_start_matches(prefix).to_owned()
}

/// The flags in leading `;;! key = true` lines of the case's modules.
fn flags(dir: &Path) -> String {
    let modules = sorted(dir).into_iter().filter(|path| path.extension().is_some_and(|ext| ext == "wat"));
    let lines = modules.filter(|path| !path.ends_with("component.wat")).flat_map(|path| {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        text.lines().filter(|line| line.starts_with(";;!")).map(str::to_owned).collect::<Vec<_>>()
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Whether both versions of wasmparser accept the component; what they say if not.
pub fn validate(bytes: &[u8]) -> Result<(), String> {
    wasmparser::Validator::new_with_features(wasmparser::WasmFeatures::all())
        .validate_all(bytes)
        .map_err(|error| format!("wasmparser: {error}"))?;
    let embedded = wasmparser_embedded::Validator::new_with_features(wasmparser_embedded::WasmFeatures::all())
        .validate_all(bytes)
        .map_err(|error| format!("wasmparser of the embedded runtime: {error}"));
    match (embedded, forwards(bytes)) {
        (Ok(_), false) => Ok(()),
        (Err(error), false) => Err(error),
        // The version of the embedded runtime has no form for it: there is nothing to emit that both would take.
        (Err(error), true) if error.contains("for canonical function") => Ok(()),
        (Err(error), true) => Err(error),
        (Ok(_), true) => Err("the embedded runtime knows `stream.forward` by now: take the exception out".to_owned()),
    }
}

/// Whether a component has `stream.forward` or `future.forward`.
fn forwards(bytes: &[u8]) -> bool {
    use wasmparser::{CanonicalFunction, Payload};
    let payloads = wasmparser::Parser::new(0).parse_all(bytes).map_while(Result::ok);
    let mut canons = payloads.flat_map(|payload| {
        let Payload::ComponentCanonicalSection(section) = payload else { return Vec::new() };
        section.into_iter().map_while(Result::ok).collect()
    });
    canons
        .any(|canon| matches!(canon, CanonicalFunction::StreamForward { .. } | CanonicalFunction::FutureForward { .. }))
}

/// The world of a component as WIT.
pub fn printed_world(bytes: &[u8]) -> Result<String, Stop> {
    let mut types = Types::new();
    let world = component::read_world(&mut types, "component.wasm", bytes)?;
    Ok(wit::print::print_component(&types, &world))
}

/// Diagnostics as text, with every label.
pub fn diagnostics_text(diagnostics: &diag::Diagnostics) -> String {
    let mut out = String::new();
    for one in &diagnostics.0 {
        let _ = writeln!(out, "{:?}[{}]: {}", one.severity, one.code, one.headline);
        for label in &one.labels {
            let _ = writeln!(out, "  {}: {}", place_text(&label.place), label.text.replace('\n', "\n    "));
        }
        if let Some(help) = &one.help {
            let _ = writeln!(out, "  help: {help}");
        }
    }
    out
}

fn place_text(place: &Place) -> String {
    match place {
        Place::Text { source, span } => {
            let before = &source.text[..span.start];
            let line = before.matches('\n').count() + 1;
            let column = before.len() - before.rfind('\n').map_or(0, |at| at + 1) + 1;
            format!("{}:{line}:{column} `{}`", source.name, &source.text[span.clone()])
        }
        Place::Binary { file, path } => format!("{file}: {path}"),
        Place::File { file } => file.clone(),
    }
}
