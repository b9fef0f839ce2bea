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
    /// The other tool takes away an adapter's memory that its own code needs, and finds the component invalid.
    InvalidThere,
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

/// What the other tool's validator says then, before a place.
const MEMORY_IS_GONE: &str = "unknown memory 0";

/// What both encoders are given.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// A core module with its world embedded.
    pub module: Vec<u8>,
    /// By their names, with their worlds embedded.
    pub adapters: Vec<(String, Vec<u8>)>,
    /// Shims are calls of references.
    pub return_call_ref: bool,
}

/// Encodes twice and compares.
///
/// # Errors
///
/// What differs.
pub fn compare(given: &Given) -> Result<Found, Difference> {
    let Ok(theirs) = std::panic::catch_unwind(|| theirs(given)) else { return Ok(Found::PanicThere) };
    let (theirs, ours) = match (theirs, ours(given)) {
        (Ok(theirs), Ok(ours)) => (theirs, ours),
        (Err(_), Err(_)) => return Ok(Found::RefusedByBoth),
        (Ok(_), Err(why)) if why.starts_with("unsupported/") => return Ok(Found::Unsupported(why)),
        (Ok(_), Err(why)) => return Err(Difference::Verdict(format!("refused here only: {why}"))),
        (Err(why), Ok(ours)) if !given.adapters.is_empty() && why.contains(MEMORY_IS_GONE) => {
            Component::read(&ours).map_err(|why| Difference::Verdict(format!("our component is {why}")))?;
            return Ok(Found::InvalidThere);
        }
        (Err(why), Ok(_)) => return Err(Difference::Verdict(format!("accepted here only: {why}"))),
    };
    let read = |whose, component| {
        Component::read(component).map_err(|why| Difference::Verdict(format!("{whose} component is {why}")))
    };
    let (there, here) = (read("the other", &theirs)?, read("our", &ours)?);
    let found = compare_worlds(&theirs, &ours).map_err(Difference::World)?;
    let mut inputs = vec![Input { name: "main".to_owned(), bytes: &given.module }];
    inputs.extend(given.adapters.iter().map(|(name, bytes)| Input { name: name.clone(), bytes }));
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
    let types = &mut Types::new();
    let mut read = |bytes| component::read(types, "component", bytes).map(|component| component.ty);
    let (theirs, ours) = (read(theirs).map_err(told)?, read(ours).map_err(told)?);
    let equal = types::equal::components(types, &theirs, &ours);
    let dump = |ty| types::dump::component(types, ty);
    let (theirs, ours) = (dump(&theirs), dump(&ours));
    let same_text = lines(&printed) == lines(&found);
    if equal && same_text {
        return Ok(Found::Equal);
    }
    // Which of its names a resource is printed under is all that may differ then.
    if has_second_names(&ours) && (equal || second_names(&theirs, &ours)) {
        return Ok(Found::EqualButNames);
    }
    let (there, here) = if same_text { (theirs, ours) } else { (printed, found) };
    Err(format!("there\n{there}\nhere\n{here}"))
}

/// The lines of printed WIT in one order, and so what a line of `use` names.
fn lines(text: &str) -> Vec<String> {
    let mut lines: Vec<_> = text.lines().map(one_order).collect();
    lines.sort_unstable();
    lines
}

fn one_order(line: &str) -> String {
    let Some((path, names)) = line.split_once(".{") else { return line.to_owned() };
    let Some((names, rest)) = names.split_once('}') else { return line.to_owned() };
    let mut names: Vec<_> = names.split(", ").collect();
    names.sort_unstable();
    format!("{path}.{{{}}}{rest}", names.join(", "))
}

/// Whether all that differs is that imported interfaces here have names of resources that they have not there, though
/// there too they have another name of the same resource.
///
/// A type that was `use`d twice under two names is one resource, and our types know no more: both names are imported
/// where one is used. It costs some bytes, and an import that fits there fits here.
fn second_names(theirs: &str, ours: &str) -> bool {
    let (theirs, ours) = (blocks(theirs), blocks(ours));
    theirs.len() == ours.len()
        && theirs.iter().zip(&ours).all(|((there_name, there), (here_name, here))| {
            let known =
                |line: &&&str| resource(line).is_some_and(|id| there.iter().any(|other| resource(other) == Some(id)));
            there_name == here_name
                && there.iter().all(|line| here.contains(line))
                && here.iter().filter(|line| !there.contains(line)).all(|line| known(&line))
        })
}

/// Whether an interface has two names of one resource.
fn has_second_names(dump: &str) -> bool {
    blocks(dump).iter().any(|(_, lines)| {
        let resources: Vec<_> = lines.iter().filter_map(|line| resource(line)).collect();
        (1..resources.len()).any(|index| resources[..index].contains(&resources[index]))
    })
}

/// The number of the resource that a line of a dump names, as `7` in `resource name#7 = first#7`.
fn resource(line: &str) -> Option<&str> {
    let named = line.strip_prefix("  resource ")?;
    Some(named.split(" = ").next()?.split_once('#')?.1)
}

/// The lines of a dump that are not indented, each with the indented ones below it.
fn blocks(dump: &str) -> Vec<(&str, Vec<&str>)> {
    let mut blocks: Vec<(&str, Vec<&str>)> = Vec::new();
    for line in dump.lines() {
        match blocks.last_mut() {
            Some((_, lines)) if line.starts_with("  ") => lines.push(line),
            _ => blocks.push((line, Vec::new())),
        }
    }
    blocks
}

fn told(diagnostics: diag::Diagnostics) -> String {
    diagnostics.0.first().map(|first| format!("{}: {}", first.code, first.headline)).unwrap_or_default()
}

/// The other tool's component.
///
/// # Errors
///
/// Its refusal, in its words.
pub fn theirs(given: &Given) -> Result<Vec<u8>, String> {
    let mut encoder = ComponentEncoder::default();
    encoder.validate(true).shim_return_call_ref(given.return_call_ref);
    let mut encoded = encoder.module(&given.module).map(drop);
    for (name, bytes) in &given.adapters {
        encoded = encoded.and_then(|()| encoder.adapter(name, bytes).map(drop));
    }
    let encoded = encoded.and_then(|()| encoder.encode());
    encoded.map_err(|error| format!("{error:#}"))
}

/// Our component.
///
/// # Errors
///
/// The first diagnostic.
pub fn ours(given: &Given) -> Result<Vec<u8>, String> {
    let mut types = Types::new();
    let module = wasm::read_module("module.wasm", &given.module).map_err(told)?;
    let main = encode::Guest::of(&mut types, module).map_err(told)?;
    let mut adapters = Vec::new();
    for (name, bytes) in &given.adapters {
        let module = wasm::read_module("adapter.wasm", bytes).map_err(told)?;
        let guest = encode::Guest::of(&mut types, module).map_err(told)?;
        adapters.push(encode::Adapter { name: name.clone(), guest });
    }
    let options = encode::Options { return_call_ref: given.return_call_ref, ..encode::Options::default() };
    let input = encode::assemble(&mut types, main, adapters, options).map_err(told)?;
    let plan = encode::plan(&types, &input).map_err(told)?;
    Ok(component::emit(&plan, component::EmitOptions::default()))
}
