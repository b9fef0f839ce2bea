//! Which functions, globals, tables and types of a module are reached from its wanted exports.

use std::collections::BTreeSet;

use wasm_encoder::reencode::{Error, Reencode};
use wasmparser::{CompositeInnerType, ExternalKind, FuncValidatorAllocations, TypeRef};

use super::{Check, Parts};

/// What is reached, as indices of the module that was read.
#[derive(Default)]
pub(super) struct Live {
    pub functions: BTreeSet<u32>,
    pub globals: BTreeSet<u32>,
    pub tables: BTreeSet<u32>,
    pub tags: BTreeSet<u32>,
    pub types: BTreeSet<u32>,
    /// Whether any instruction or export uses a memory.
    pub memory: bool,
    todo: Vec<u32>,
}

impl Live {
    pub(super) fn from_roots(
        parts: &Parts<'_>,
        mut checks: Vec<Option<Check<'_>>>,
        roots: &[&str],
    ) -> Result<Self, Error> {
        let mut live = Self::default();
        for export in parts.exports.iter().filter(|export| roots.contains(&export.name)) {
            if matches!(export.kind, ExternalKind::Func | ExternalKind::FuncExact) {
                live.function_index(export.index)?;
            }
        }
        live.drain(parts, &mut checks)?;
        Ok(live)
    }

    /// Follows every reference. A body is validated before it is looked into, so its references are in range.
    fn drain(&mut self, parts: &Parts<'_>, checks: &mut [Option<Check<'_>>]) -> Result<(), Error> {
        while let Some(function) = self.todo.pop() {
            let position = function.checked_sub(parts.imported_functions).map(|defined| defined as usize);
            if let Some((check, body)) = position.and_then(|position| checks.get_mut(position)?.take()) {
                check.into_validator(FuncValidatorAllocations::default()).validate(&body)?;
            }
            self.type_index(parts.functions[function as usize])?;
            if let Some(body) = parts.body(function) {
                self.new_function_with_parsed_locals(body)?;
                let mut reader = body.get_operators_reader()?;
                while !reader.eof() {
                    self.instruction(reader.read()?)?;
                }
            }
            self.initializers(parts)?;
        }
        self.import_types(parts)
    }

    /// Global initialisers may name functions and other globals.
    fn initializers(&mut self, parts: &Parts<'_>) -> Result<(), Error> {
        loop {
            let before = self.globals.len() + self.functions.len();
            for index in self.globals.clone() {
                if let Some(global) =
                    index.checked_sub(parts.imported_globals).and_then(|defined| parts.globals.get(defined as usize))
                {
                    self.global_type(global.ty)?;
                    self.const_expr(global.init_expr.clone())?;
                }
            }
            if before == self.globals.len() + self.functions.len() {
                return Ok(());
            }
        }
    }

    /// Adds an imported function, which has no body to look into.
    pub(super) fn add_import(&mut self, parts: &Parts<'_>, function: u32) {
        self.functions.insert(function);
        self.types.insert(parts.functions[function as usize]);
    }

    /// Types mentioned by imports that are no functions: these imports are few, so their types are just kept.
    fn import_types(&mut self, parts: &Parts<'_>) -> Result<(), Error> {
        for import in &parts.imports {
            match import.ty {
                TypeRef::Func(_) | TypeRef::FuncExact(_) => {}
                other => {
                    self.entity_type(other)?;
                }
            }
        }
        Ok(())
    }
}

/// Whether types can be dropped one by one: plain function types that mention no other type.
pub(super) fn types_stand_alone(parts: &Parts<'_>) -> bool {
    parts.types.iter().all(|group| {
        !group.is_explicit_rec_group()
            && group.types().all(|ty| match &ty.composite_type.inner {
                CompositeInnerType::Func(func) => {
                    ty.is_final
                        && ty.supertype_idxs.is_empty()
                        && func.params().iter().chain(func.results()).all(|ty| match ty {
                            wasmparser::ValType::Ref(ty) => ty.type_index().is_none(),
                            _ => true,
                        })
                }
                _ => false,
            })
    })
}

impl Reencode for Live {
    type Error = std::convert::Infallible;

    fn function_index(&mut self, func: u32) -> Result<u32, Error> {
        if self.functions.insert(func) {
            self.todo.push(func);
        }
        Ok(func)
    }

    fn global_index(&mut self, global: u32) -> Result<u32, Error> {
        self.globals.insert(global);
        Ok(global)
    }

    fn table_index(&mut self, table: u32) -> Result<u32, Error> {
        self.tables.insert(table);
        Ok(table)
    }

    fn tag_index(&mut self, tag: u32) -> Result<u32, Error> {
        self.tags.insert(tag);
        Ok(tag)
    }

    fn type_index(&mut self, ty: u32) -> Result<u32, Error> {
        self.types.insert(ty);
        Ok(ty)
    }

    fn memory_index(&mut self, memory: u32) -> Result<u32, Error> {
        self.memory = true;
        Ok(memory)
    }
}
