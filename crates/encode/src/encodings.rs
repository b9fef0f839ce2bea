//! How the strings of each function are encoded: a module may be made of parts that differ in it.
//!
//! In: the metadata sections of one module. Out: an encoding for each import and export, looked up by hash.
//! Holds: a function that passes strings has the encoding of the section that declares it; interfaces of one semver track are one here,
//! since core names of an older version bind to a newer one; sections that contradict each other are told.
//!
//! Tool conventions: `component-type` sections, "string encoding".

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use abi::Abi;
use abi::names::For;
use component::StringEncoding;
use diag::{Diagnostic, Place};
use indexmap::IndexMap;
use types::{ExternName, FuncId, Item, ItemKind, Types, World};

use crate::names;

/// Encodings by side, scope and function.
#[derive(Clone, Debug, Default)]
pub struct Encodings {
    of: HashMap<Key, Said>,
    /// Where the sections are.
    sections: Vec<Place>,
    /// What holds for functions that no section declares: the first section's.
    first: Option<StringEncoding>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    side: For,
    /// The interface with its version cut to the track, or the label; none for a function of the world itself.
    scope: Option<String>,
    func: ExternName,
}

#[derive(Clone, Copy, Debug)]
struct Said {
    encoding: StringEncoding,
    /// A position in `Encodings::sections`.
    section: usize,
}

impl Encodings {
    /// The encoding of a function's strings.
    pub fn get(&self, side: For, scope: Option<&ExternName>, func: &ExternName) -> StringEncoding {
        let key = Key { side, scope: scope.map(names::canonical), func: func.clone() };
        self.of.get(&key).map(|said| said.encoding).or(self.first).unwrap_or(StringEncoding::Utf8)
    }

    /// Adds what the section at `by` says.
    ///
    /// # Errors
    ///
    /// `encode/encoding-conflict` for each scope of which another section says otherwise.
    pub fn add(&mut self, types: &Types, world: &World, encoding: StringEncoding, by: &Place) -> Vec<Diagnostic> {
        self.first.get_or_insert(encoding);
        let abi = Abi::wasm32(types);
        let component = &world.component;
        let said = Said { encoding, section: self.sections.len() };
        self.sections.push(by.clone());
        let mut wrong = IndexMap::new();
        for (side, items) in [(For::Imported, &component.imports), (For::Exported, &component.exports)] {
            for (name, item) in items {
                for key in keys(&abi, side, name, item) {
                    if let Some(other) = self.say(key.clone(), said) {
                        let of = key.scope.clone().unwrap_or_else(|| key.func.to_string());
                        wrong.entry((side == For::Imported, of)).or_insert((key, other));
                    }
                }
            }
        }
        wrong.into_values().map(|(key, other)| self.conflict(&key, other, said)).collect()
    }

    /// Notes an encoding; says what was noted before, if it is another one.
    fn say(&mut self, key: Key, said: Said) -> Option<Said> {
        match self.of.entry(key) {
            Entry::Vacant(entry) => {
                entry.insert(said);
                None
            }
            Entry::Occupied(entry) => (entry.get().encoding != said.encoding).then(|| *entry.get()),
        }
    }

    fn conflict(&self, key: &Key, first: Said, second: Said) -> Diagnostic {
        let name = match &key.scope {
            Some(scope) => format!("`{}` of `{scope}`", key.func),
            None => format!("`{}`", key.func),
        };
        let verb = match key.side {
            For::Imported => "imports",
            For::Exported => "exports",
        };
        let says = |said: Said| format!("{verb} {name} with strings in {}", words(said.encoding));
        diag::error("encode/encoding-conflict", format!("the strings of {name} are encoded in two ways"))
            .label(self.sections[second.section].clone(), says(second))
            .label(self.sections[first.section].clone(), says(first))
            .help("build all parts of the module with one string encoding")
    }
}

/// The functions of an item of the world that pass strings: for others the encoding says nothing.
fn keys(abi: &Abi<'_>, side: For, name: &ExternName, item: &Item) -> Vec<Key> {
    match item.kind {
        ItemKind::Func(id) if passes_strings(abi, id) => vec![Key { side, scope: None, func: name.clone() }],
        ItemKind::Instance(id) => {
            let scope = names::canonical(name);
            let exports = abi.types().instance(id).exports.iter();
            let funcs = exports.filter(|(_, item)| matches!(item.kind, ItemKind::Func(id) if passes_strings(abi, id)));
            funcs.map(|(func, _)| Key { side, scope: Some(scope.clone()), func: func.clone() }).collect()
        }
        ItemKind::Func(_)
        | ItemKind::Type(_)
        | ItemKind::Resource(_)
        | ItemKind::Component(_)
        | ItemKind::CoreModule(_) => Vec::new(),
    }
}

/// Whether strings are passed, or may be later, through a stream or future.
fn passes_strings(abi: &Abi<'_>, func: FuncId) -> bool {
    let func = abi.types().func(func);
    let contents = abi.contents_of_all(func.params.iter().map(|param| param.ty).chain(func.result));
    contents.string || contents.async_
}

fn words(encoding: StringEncoding) -> &'static str {
    match encoding {
        StringEncoding::Utf8 => "utf8",
        StringEncoding::Utf16 => "utf16",
        StringEncoding::CompactUtf16 => "compact-utf16",
    }
}
