//! The same core module, encoded by this project and by the other tool.
//!
//! In: a core module with its world embedded. Out: both refuse it, or both components are valid, have the same world as
//! the other tool reads it, and are wired alike; or what differs.

use types::Types;
use wit_component::ComponentEncoder;
use withe_encode as encode;

use crate::wiring::{self, Component, Input};

/// What a comparison without a difference found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    Equal,
    /// But for further names of resources in imported interfaces; see [`second_names`].
    EqualButNames,
    RefusedByBoth,
    /// The other tool panics.
    PanicThere,
    /// This project says with this code that it cannot do it yet.
    Unsupported(String),
}

/// What differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// One refuses, or one makes what is not valid.
    Verdict(String),
    World(String),
    Wiring(Vec<wiring::Difference>),
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Verdict(text) => f.write_str(text),
            Self::World(text) => write!(f, "another world, {text}"),
            Self::Wiring(all) => write!(f, "wired otherwise:\n{}", wiring::told(all)),
        }
    }
}

/// Encodes twice and compares; with shims that are calls of references if that is asked for.
///
/// # Errors
///
/// What differs.
pub fn compare(module: &[u8], return_call_ref: bool) -> Result<Found, Difference> {
    let Ok(theirs) = std::panic::catch_unwind(|| theirs(module, return_call_ref)) else { return Ok(Found::PanicThere) };
    let (theirs, ours) = match (theirs, ours(module, return_call_ref)) {
        (Ok(theirs), Ok(ours)) => (theirs, ours),
        (Err(_), Err(_)) => return Ok(Found::RefusedByBoth),
        (Ok(_), Err(why)) if why.starts_with("unsupported/") => return Ok(Found::Unsupported(why)),
        (Ok(_), Err(why)) => return Err(Difference::Verdict(format!("refused here only: {why}"))),
        (Err(why), Ok(_)) => return Err(Difference::Verdict(format!("accepted here only: {why}"))),
    };
    let read = |whose, component| {
        Component::read(component).map_err(|why| Difference::Verdict(format!("{whose} component is {why}")))
    };
    let (there, here) = (read("the other", &theirs)?, read("our", &ours)?);
    let found = compare_worlds(&theirs, &ours).map_err(Difference::World)?;
    let inputs = [Input { name: "main".to_owned(), bytes: module }];
    let differences = there.differences(&here, &inputs).map_err(Difference::Verdict)?;
    if differences.is_empty() { Ok(found) } else { Err(Difference::Wiring(differences)) }
}

/// As the other tool prints them, and as types: text cannot say which of two resources of one name is meant.
///
/// The order of the types of an interface means nothing: here it is that of the WIT, there that in which functions
/// which are imported need them.
fn compare_worlds(theirs: &[u8], ours: &[u8]) -> Result<Found, String> {
    let print = |component| crate::printed_by_peer(component).map_err(|why| why.to_string());
    let (printed, found) = (print(theirs)?, print(ours)?);
    if lines(&printed) != lines(&found) {
        return Err(format!("there\n{printed}\nhere\n{found}"));
    }
    let types = &mut Types::new();
    let mut read = |bytes| component::read(types, "component", bytes).map(|component| component.ty);
    let (theirs, ours) = (read(theirs).map_err(told)?, read(ours).map_err(told)?);
    if types::equal::components(types, &theirs, &ours) {
        return Ok(Found::Equal);
    }
    let dump = |ty| types::dump::component(types, ty);
    let (theirs, ours) = (dump(&theirs), dump(&ours));
    if second_names(&theirs, &ours) { Ok(Found::EqualButNames) } else { Err(format!("there\n{theirs}\nhere\n{ours}")) }
}

fn lines(text: &str) -> Vec<&str> {
    let mut lines: Vec<_> = text.lines().collect();
    lines.sort_unstable();
    lines
}

/// Whether all that differs is that imported interfaces here have names of resources that they have not there, though
/// there too they have another name of the same resource.
///
/// A type that was `use`d twice under two names is one resource, and our types know no more: both names are imported
/// where one is used. It costs some bytes, and an import that fits there fits here.
fn second_names(theirs: &str, ours: &str) -> bool {
    let mut left = theirs.lines().peekable();
    let mut scope: Vec<&str> = Vec::new();
    for line in ours.lines() {
        if !line.starts_with("  ") {
            scope =
                theirs.lines().skip_while(|other| *other != line).skip(1).take_while(|l| l.starts_with("  ")).collect();
        }
        if left.next_if_eq(&line).is_some() {
            continue;
        }
        // `resource name#7 = first#7`
        let Some((_, number)) =
            line.strip_prefix("  resource ").and_then(|rest| rest.split(" = ").next()?.split_once('#'))
        else {
            return false;
        };
        let same = |other: &&str| other.starts_with("  resource ") && other.ends_with(&format!("#{number}"));
        if !scope.iter().any(same) {
            return false;
        }
    }
    left.next().is_none()
}

fn told(diagnostics: diag::Diagnostics) -> String {
    diagnostics.0.first().map(|first| format!("{}: {}", first.code, first.headline)).unwrap_or_default()
}

/// The other tool's component.
///
/// # Errors
///
/// Its refusal, in its words.
pub fn theirs(module: &[u8], return_call_ref: bool) -> Result<Vec<u8>, String> {
    let mut encoder = ComponentEncoder::default();
    let encoder = encoder.validate(true).shim_return_call_ref(return_call_ref);
    let encoded = encoder.module(module).and_then(ComponentEncoder::encode);
    encoded.map_err(|error| format!("{error:#}"))
}

/// Our component.
///
/// # Errors
///
/// The first diagnostic.
pub fn ours(module: &[u8], return_call_ref: bool) -> Result<Vec<u8>, String> {
    let mut types = Types::new();
    let module = wasm::read_module("module.wasm", module).map_err(told)?;
    let main = encode::Guest::of(&mut types, module).map_err(told)?;
    let options = encode::Options { return_call_ref, ..encode::Options::default() };
    let input = encode::assemble(&mut types, main, Vec::new(), options).map_err(told)?;
    let plan = encode::plan(&types, &input).map_err(told)?;
    Ok(component::emit(&plan, component::EmitOptions::default()))
}
