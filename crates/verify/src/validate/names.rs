//! Names of functions, for messages.
//!
//! In: a core module's bytes, the number of a function. Out: the function in words.
//! Holds: a module's name section is read once, and only if something in the module is wrong; names of no use are left
//! out, as they may be anything.
//!
//! Specification: WebAssembly core, "Name Section".

use std::collections::HashMap;
use std::ops::Range;

use wasmparser_embedded::{KnownCustom, Name, Parser, Payload};

/// Characters of a name that are shown.
const LONGEST: usize = 200;

/// The names in the modules that were asked for, by where the module begins.
#[derive(Default)]
pub(super) struct Names(HashMap<usize, HashMap<u32, String>>);

impl Names {
    /// ``function `main` ``, or `function 7` of a function without a name.
    pub fn function(&mut self, bytes: &[u8], module: Range<usize>, func: u32) -> String {
        let start = module.start;
        let names = self.0.entry(start).or_insert_with(|| bytes.get(module).map(read).unwrap_or_default());
        match names.get(&func) {
            Some(name) => format!("function `{name}`"),
            None => format!("function {func}"),
        }
    }
}

fn read(module: &[u8]) -> HashMap<u32, String> {
    let mut names = HashMap::new();
    for payload in Parser::new(0).parse_all(module).map_while(Result::ok) {
        let Payload::CustomSection(custom) = payload else { continue };
        let KnownCustom::Name(sections) = custom.as_known() else { continue };
        for section in sections.into_iter().map_while(Result::ok) {
            let Name::Function(functions) = section else { continue };
            let of_functions = functions.into_iter().map_while(Result::ok).filter(|naming| !naming.name.is_empty());
            names.extend(of_functions.map(|naming| (naming.index, shown(naming.name))));
        }
    }
    names
}

/// A name as its language has it, if that is known.
fn shown(name: &str) -> String {
    format!("{:#}", rustc_demangle::demangle(name)).chars().take(LONGEST).collect()
}
