//! Which functions of a module use what it imports: only for messages.
//!
//! In: a module and some of its imports. Out: for each of these, who calls it or takes its address.
//! Holds: no more than `MOST_CODE` bytes of bodies are looked at, and each once.

use std::collections::HashMap;

use wasmparser::{BinaryReader, CodeSectionReader, ElementItems, ElementSectionReader, ExportSectionReader};
use wasmparser::{ExternalKind, FunctionBody, Operator};

use crate::{CoreModule, Names};

/// Bytes of bodies that are looked at: some tenths of a second.
const MOST_CODE: usize = 16 << 20;
/// Names that are kept for each import.
const MOST_NAMES: usize = 3;

const EXPORTS: u8 = 7;
const ELEMENTS: u8 = 9;
const CODE: u8 = 10;

/// The functions that use one import.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Callers<'a> {
    /// The first few of those that have a name, in the order of the binary.
    pub names: Vec<&'a str>,
    /// All of them, those without a name too.
    pub count: usize,
    /// It stands in a table, so anything may call it.
    pub in_table: bool,
    /// There was more code than is looked at.
    pub cut: bool,
}

/// The users of imports that are given by their places in `CoreModule::imports`; in the same order.
///
/// The name of a function is that of the name section, else that of its export.
pub fn callers<'a>(module: &CoreModule<'a>, imports: &[usize]) -> Vec<Callers<'a>> {
    let mut search = Search::new(module, imports);
    for data in contents(module, CODE) {
        search.code(data);
    }
    for data in contents(module, ELEMENTS) {
        search.elements(data);
    }
    search.found
}

fn contents<'a>(module: &CoreModule<'a>, id: u8) -> impl Iterator<Item = BinaryReader<'a>> {
    let bytes = module.bytes;
    let sections = module.sections.iter().filter(move |section| section.id == id);
    sections.filter_map(move |section| Some(BinaryReader::new(bytes.get(section.contents.clone())?, 0)))
}

struct Search<'a> {
    found: Vec<Callers<'a>>,
    /// Where the answer for a function of the index space stands.
    wanted: HashMap<u32, usize>,
    names: HashMap<u32, &'a str>,
    /// The index of the next function that has a body.
    next: u32,
}

impl<'a> Search<'a> {
    fn new(module: &CoreModule<'a>, imports: &[usize]) -> Self {
        let mut index = 0;
        let mut index_of = vec![None; module.imports.len()];
        for (place, import) in module.imports.iter().enumerate() {
            if import.ty.as_func().is_some() {
                index_of[place] = Some(index);
                index += 1;
            }
        }
        let wanted = imports.iter().enumerate();
        Self {
            found: vec![Callers::default(); imports.len()],
            wanted: wanted.filter_map(|(at, import)| Some(((*index_of.get(*import)?)?, at))).collect(),
            names: names(module),
            next: index,
        }
    }

    /// What is damaged is skipped: a diagnostic tells it where that matters.
    fn code(&mut self, data: BinaryReader<'a>) {
        let Ok(bodies) = CodeSectionReader::new(data) else { return };
        let mut looked_at = 0;
        for body in bodies.into_iter().map_while(Result::ok) {
            looked_at += body.as_bytes().len();
            if looked_at > MOST_CODE {
                self.found.iter_mut().for_each(|callers| callers.cut = true);
                return;
            }
            self.body(&body);
            self.next += 1;
        }
    }

    fn body(&mut self, body: &FunctionBody<'a>) {
        let Ok(operators) = body.get_operators_reader() else { return };
        let mut used = Vec::new();
        for operator in operators.into_iter().map_while(Result::ok) {
            if let Operator::Call { function_index }
            | Operator::ReturnCall { function_index }
            | Operator::RefFunc { function_index } = operator
                && let Some(at) = self.wanted.get(&function_index)
            {
                used.push(*at);
            }
        }
        used.sort_unstable();
        used.dedup();
        for at in used {
            let callers = &mut self.found[at];
            callers.count += 1;
            if let Some(name) = self.names.get(&self.next)
                && callers.names.len() < MOST_NAMES
            {
                callers.names.push(name);
            }
        }
    }

    fn elements(&mut self, data: BinaryReader<'a>) {
        let Ok(segments) = ElementSectionReader::new(data) else { return };
        for segment in segments.into_iter().map_while(Result::ok) {
            let ElementItems::Functions(functions) = segment.items else { continue };
            for index in functions.into_iter().map_while(Result::ok) {
                if let Some(at) = self.wanted.get(&index) {
                    self.found[*at].in_table = true;
                }
            }
        }
    }
}

fn names<'a>(module: &CoreModule<'a>) -> HashMap<u32, &'a str> {
    let mut names = HashMap::new();
    for data in contents(module, EXPORTS) {
        let Ok(exports) = ExportSectionReader::new(data) else { continue };
        for export in exports.into_iter().map_while(Result::ok) {
            if export.kind == ExternalKind::Func {
                names.insert(export.index, export.name);
            }
        }
    }
    names.extend(Names::of(module).functions);
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_and_addresses_are_found() {
        let bytes = wat::parse_str(
            r#"(module
                (import "env" "a" (func $a))
                (import "env" "m" (memory 1))
                (import "env" "b" (func $b))
                (import "env" "c" (func $c))
                (table 1 funcref)
                (elem (i32.const 0) func $c)
                (func $one (call $a) (call $a))
                (func (export "two") (drop (ref.func $b)))
                (func (return_call $a))
                (elem declare func $b))"#,
        )
        .unwrap();
        let module = crate::read_module("m.wasm", &bytes).unwrap();
        let found = callers(&module, &[3, 0, 2, 1]);
        assert_eq!(found[0], Callers { names: vec![], count: 0, in_table: true, cut: false });
        assert_eq!(found[1], Callers { names: vec!["one"], count: 2, in_table: false, cut: false });
        assert_eq!(found[2], Callers { names: vec!["two"], count: 1, in_table: true, cut: false });
        assert_eq!(found[3], Callers::default());
    }
}
