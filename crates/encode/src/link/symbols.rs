//! Which library defines each symbol that another one imports.
//!
//! In: all libraries. Out: `Resolved`, a `Target` for each need; or every symbol that is missing or of another type.
//! Holds: the first library that exports a symbol with the type that is wanted defines it; order is that of the input;
//! weak symbols may be missing: functions trap, addresses are null.

use std::collections::HashMap;

use indexmap::IndexMap;
use wasm::{Extern, Signature};

use super::errors;
use super::library::{self, Library, Want};

/// An export of a library.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Symbol<'m> {
    /// A position in the input.
    pub library: usize,
    pub name: &'m str,
}

/// What a need gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target<'m> {
    /// Something that the main module has for every library.
    Main,
    Symbol(Symbol<'m>),
    /// A function that no library defines, which traps.
    Stub(Stub<'m>),
    /// The address of what no library defines.
    Null,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Stub<'m> {
    pub name: &'m str,
    pub signature: Signature,
}

impl<'m> Target<'m> {
    pub fn symbol(&self) -> Option<Symbol<'m>> {
        match self {
            Self::Symbol(symbol) => Some(*symbol),
            Self::Main | Self::Stub(_) | Self::Null => None,
        }
    }
}

/// For each library, a target for each of its needs.
pub struct Resolved<'m> {
    pub targets: Vec<Vec<Target<'m>>>,
}

/// A symbol that no library defines, with all libraries that import it.
pub struct Missing<'m> {
    pub want: Want<'m>,
    pub name: &'m str,
    /// Positions of libraries, with the module and the field of the import.
    pub importers: Vec<(usize, &'m str)>,
}

/// Finds all symbols. What is missing is told if all libraries are there: without them, it follows.
///
/// # Errors
///
/// `link/missing-symbol`, `link/symbol-type`, and what the conventions do not allow, for all libraries at once.
pub fn resolve<'m>(libraries: &[Library<'m>], stub_missing: bool, is_complete: bool) -> diag::Result<Resolved<'m>> {
    let mut exporters: HashMap<&str, Vec<usize>> = HashMap::new();
    for (index, library) in libraries.iter().enumerate() {
        for (name, _) in library.symbols() {
            exporters.entry(name).or_default().push(index);
        }
    }
    let calls = HashMap::new();
    let mut resolver =
        Resolver { libraries, exporters, calls, stub_missing, missing: IndexMap::new(), wrong: Vec::new() };
    let targets = (0..libraries.len()).map(|index| resolver.targets(index)).collect();
    let mut wrong = resolver.wrong;
    if is_complete {
        let missing = resolver.missing.values().enumerate();
        wrong.extend(missing.map(|(place, missing)| errors::missing_symbol(libraries, missing, place < MOST_NEAR)));
    }
    if wrong.is_empty() { Ok(Resolved { targets }) } else { Err(diag::Diagnostics(wrong)) }
}

/// For so many missing symbols near misses are looked for: a library can lack a hundred thousand.
const MOST_NEAR: usize = 100;

struct Resolver<'l, 'm> {
    libraries: &'l [Library<'m>],
    /// By name, in the order of the input.
    exporters: HashMap<&'m str, Vec<usize>>,
    /// The functions that the library at hand imports, with their types, and whether they may be missing.
    calls: HashMap<&'m str, (&'m Signature, bool)>,
    stub_missing: bool,
    /// By kind and name.
    missing: IndexMap<(&'static str, &'m str), Missing<'m>>,
    wrong: Vec<diag::Diagnostic>,
}

impl<'m> Resolver<'_, 'm> {
    fn targets(&mut self, index: usize) -> Vec<Target<'m>> {
        let libraries = self.libraries;
        let needs = &libraries[index].needs;
        self.calls = needs.iter().filter_map(|need| need.want.call()).collect();
        needs.iter().map(|need| self.target(index, need.module, need.want)).collect()
    }

    fn target(&mut self, index: usize, module: &'m str, want: Want<'m>) -> Target<'m> {
        match want {
            Want::Memory(_) | Want::Table(_) | Want::Own(..) | Want::TlsBase(_) => Target::Main,
            Want::Func { name, signature, weak } => {
                let found = self.typed(index, module, name, &Extern::Func(signature.clone()));
                found.unwrap_or_else(|| self.missing_func(index, module, want, name, signature, weak))
            }
            Want::Tag { name, signature } => {
                let found = self.typed(index, module, name, &Extern::Tag(signature.clone()));
                found.unwrap_or_else(|| self.missing(index, module, want, name))
            }
            Want::DataAddress { name, weak, .. } => self.data(index, module, want, name, weak),
            Want::FuncAddress { name, weak, .. } => self.func_address(index, module, want, name, weak),
        }
    }

    /// The libraries that export such a symbol, in the order of the input.
    fn exporters_of(&self, name: &str, fits: impl Fn(&Extern) -> bool) -> impl Iterator<Item = usize> {
        let exporters = self.exporters.get(name).into_iter().flatten().copied();
        exporters.filter(move |index| self.libraries[*index].symbol(name).is_some_and(&fits))
    }

    /// The first symbol of this type. One of the same kind and another type is an error, told here.
    fn typed(&mut self, index: usize, module: &'m str, name: &'m str, wanted: &Extern) -> Option<Target<'m>> {
        if let Some(library) = self.exporters_of(name, |ty| ty == wanted).next() {
            return Some(Target::Symbol(Symbol { library, name }));
        }
        let other = self.exporters_of(name, |ty| ty.kind() == wanted.kind()).next()?;
        let (importer, exporter) = (&self.libraries[index], &self.libraries[other]);
        self.wrong.push(errors::symbol_type(importer, exporter, module, name, wanted));
        Some(Target::Null)
    }

    fn missing_func(
        &mut self,
        index: usize,
        module: &'m str,
        want: Want<'m>,
        name: &'m str,
        signature: &Signature,
        weak: bool,
    ) -> Target<'m> {
        if weak || self.stub_missing {
            return Target::Stub(Stub { name, signature: signature.clone() });
        }
        self.missing(index, module, want, name)
    }

    fn missing(&mut self, index: usize, module: &'m str, want: Want<'m>, name: &'m str) -> Target<'m> {
        let kind = match want {
            Want::Func { .. } | Want::FuncAddress { .. } => "function",
            Want::Tag { .. } => "tag",
            Want::DataAddress { .. } => "data",
            Want::Memory(_) | Want::Table(_) | Want::Own(..) | Want::TlsBase(_) => "",
        };
        let missing = self.missing.entry((kind, name)).or_insert_with(|| Missing { want, name, importers: Vec::new() });
        missing.importers.push((index, module));
        Target::Null
    }

    fn data(&mut self, index: usize, module: &'m str, want: Want<'m>, name: &'m str, weak: bool) -> Target<'m> {
        let found = self.exporters_of(name, library::is_address).next();
        match found {
            Some(exporter) if self.libraries[exporter].dylink.thread_local.contains(name) => {
                let (importer, exporter) = (&self.libraries[index], &self.libraries[exporter]);
                self.wrong.push(errors::thread_local_data(importer, exporter, module, name));
                Target::Null
            }
            Some(library) => Target::Symbol(Symbol { library, name }),
            None if weak => Target::Null,
            None => self.missing(index, module, want, name),
        }
    }

    /// The function that a call of this library reaches by the same name; else the first of that name.
    fn func_address(&mut self, index: usize, module: &'m str, want: Want<'m>, name: &'m str, weak: bool) -> Target<'m> {
        let called = self.calls.get(name).copied();
        let fits = |ty: &Extern| match called {
            Some((signature, _)) => ty.as_func() == Some(signature),
            None => ty.as_func().is_some(),
        };
        let found = self.exporters_of(name, fits).next();
        if let Some(library) = found {
            return Target::Symbol(Symbol { library, name });
        }
        match called {
            _ if weak => Target::Null,
            Some((_, true)) => Target::Null,
            // The import of the function itself tells what is wrong.
            Some((signature, false)) => Target::Stub(Stub { name, signature: signature.clone() }),
            None if self.stub_missing => Target::Stub(Stub { name, signature: Signature::default() }),
            None => self.missing(index, module, want, name),
        }
    }
}
