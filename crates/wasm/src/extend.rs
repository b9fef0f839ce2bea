//! A module with more in it: definitions added at the end of sections, calls of imports sent to them.
//!
//! In: a `CoreModule` that has each section in question once, and what to add. Out: the bytes, in pieces.
//! Holds: no index of the module changes; what is not changed is borrowed, and of the bodies only those are decoded
//! that hold the bytes of a call that moves.

mod joining;
mod naming;
mod skip;

use std::ops::Range;

use wasm_encoder::reencode::{Reencode, RoundtripReencoder};
use wasm_encoder::{ConstExpr, Encode, ExportKind, GlobalType, Instruction};
use wasmparser::{BinaryReader, ExportSectionReader, FunctionBody, Operator, TypeSectionReader};

use crate::rewrite::append_custom;
use crate::{CoreModule, CoreType, FuncIndex, Global, GlobalIndex, Pieces, Section, Signature};

const CUSTOM: u8 = 0;
const TYPES: u8 = 1;
const FUNCTIONS: u8 = 3;
const GLOBALS: u8 = 6;
const EXPORTS: u8 = 7;
const CODE: u8 = 10;
const DATA: u8 = 11;
const DATA_COUNT: u8 = 12;

const CALL: u8 = 0x10;

/// Bytes of the module that are replaced, by their place in it.
type Edit = (Range<usize>, Vec<u8>);

/// What is added to a module. As it is made, it adds nothing.
pub struct Extension<'m, 'a> {
    module: &'m CoreModule<'a>,
    type_count: u32,
    imported_funcs: u32,
    func_count: u32,
    global_count: u32,
    types: Vec<Signature>,
    funcs: Vec<(u32, wasm_encoder::Function)>,
    /// What the functions are called where the module names its own.
    names: Vec<String>,
    globals: Vec<(Global, i64)>,
    exports: Vec<(String, FuncIndex)>,
    dropped_exports: Vec<String>,
    segments: Vec<(u32, Vec<u8>)>,
    overwritten: Vec<Edit>,
    redirected: Vec<(FuncIndex, FuncIndex)>,
    customs: Vec<(String, Vec<u8>)>,
}

impl<'m, 'a> Extension<'m, 'a> {
    /// `None` if the module lacks types, functions, globals, exports, code or data, or has no type but functions'.
    pub fn new(module: &'m CoreModule<'a>) -> Option<Self> {
        let count = |id| vec_count(module, id);
        let groups = count(TYPES)?;
        let imported = module.imports.iter().filter(|import| import.ty.as_func().is_some()).count();
        let imported_funcs = u32::try_from(imported).ok()?;
        let imported_globals = module.imports.iter().filter(|import| matches!(import.ty, crate::Extern::Global(_)));
        let imported_globals = u32::try_from(imported_globals.count()).ok()?;
        if [EXPORTS, CODE, DATA].into_iter().any(|id| count(id).is_none()) {
            return None;
        }
        Some(Self {
            module,
            type_count: only_functions(module, groups)?,
            imported_funcs,
            func_count: imported_funcs.checked_add(count(FUNCTIONS)?)?,
            global_count: imported_globals.checked_add(count(GLOBALS)?)?,
            types: Vec::new(),
            funcs: Vec::new(),
            names: Vec::new(),
            globals: Vec::new(),
            exports: Vec::new(),
            dropped_exports: Vec::new(),
            segments: Vec::new(),
            overwritten: Vec::new(),
            redirected: Vec::new(),
            customs: Vec::new(),
        })
    }

    /// How many globals the module has, those that it imports included.
    pub fn global_count(&self) -> u32 {
        self.global_count
    }

    /// The function that an entry of `CoreModule::imports` is.
    pub fn imported_func(&self, position: usize) -> Option<FuncIndex> {
        let before = self.module.imports.get(..position)?.iter().filter(|import| import.ty.as_func().is_some());
        self.module.imports[position].ty.as_func()?;
        Some(FuncIndex(u32::try_from(before.count()).ok()?))
    }

    /// The function that stands behind an export.
    pub fn exported_func(&self, name: &str) -> Option<FuncIndex> {
        let export = exports(self.module).find(|export| export.name == name)?;
        (export.kind == wasmparser::ExternalKind::Func).then_some(FuncIndex(export.index))
    }

    /// Adds a function; `body` ends with `Instruction::End`. The name is for people, who see it if the module names its
    /// functions.
    pub fn func(
        &mut self,
        name: impl Into<String>,
        signature: &Signature,
        locals: &[CoreType],
        body: &[Instruction<'_>],
    ) -> FuncIndex {
        let mut function = wasm_encoder::Function::new_with_locals_types(locals.iter().map(|ty| (*ty).into()));
        for instruction in body {
            function.instruction(instruction);
        }
        let index = self.func_count + small(self.funcs.len());
        let ty = self.type_index(signature);
        self.funcs.push((ty, function));
        self.names.push(name.into());
        FuncIndex(index)
    }

    fn type_index(&mut self, signature: &Signature) -> u32 {
        let position = self.types.iter().position(|ty| ty == signature).unwrap_or_else(|| {
            self.types.push(signature.clone());
            self.types.len() - 1
        });
        self.type_count + small(position)
    }

    /// Adds a variable of type `i32` or `i64` that begins as this.
    pub fn global(&mut self, global: Global, initial: i64) -> GlobalIndex {
        self.globals.push((global, initial));
        GlobalIndex(self.global_count + small(self.globals.len() - 1))
    }

    pub fn export_func(&mut self, name: &str, func: FuncIndex) {
        self.exports.push((name.to_owned(), func));
    }

    pub fn drop_export(&mut self, name: &str) {
        self.dropped_exports.push(name.to_owned());
    }

    /// Fills the first memory from an address on, after everything that the module itself puts there.
    pub fn data(&mut self, address: u32, bytes: &[u8]) {
        self.segments.push((address, bytes.to_vec()));
    }

    /// Replaces bytes of a data segment by as many others; `offset` is the place in the file.
    pub fn overwrite(&mut self, offset: usize, bytes: &[u8]) {
        self.overwritten.push((offset..offset + bytes.len(), bytes.to_vec()));
    }

    /// Sends what the module's own functions call as `from`, an import, to another function.
    pub fn redirect(&mut self, from: FuncIndex, to: FuncIndex) {
        assert!(from.0 < self.imported_funcs, "only calls of imports are sent elsewhere");
        self.redirected.push((from, to));
    }

    /// Adds a custom section at the end.
    pub fn custom(&mut self, name: &str, data: &[u8]) {
        self.customs.push((name.to_owned(), data.to_vec()));
    }

    /// The module with everything that was added.
    pub fn finish(self) -> Pieces<'a> {
        let module = self.module;
        let mut out = Pieces::default();
        let mut kept = 0;
        for section in &module.sections {
            let edits = self.edits(section);
            if edits.is_empty() {
                continue;
            }
            out.push(&module.bytes[kept..section.whole.start]);
            splice(&mut out, module.bytes, section, edits);
            kept = section.whole.end;
        }
        out.push(&module.bytes[kept..]);
        for (name, data) in &self.customs {
            append_custom(out.tail(), name, data);
        }
        out
    }

    /// What changes in one section, in the order of its bytes.
    fn edits(&self, section: &Section) -> Vec<Edit> {
        match section.id {
            TYPES => self.grown(section, self.types.len(), |out| self.types.iter().for_each(|ty| encode_type(ty, out))),
            FUNCTIONS => {
                self.grown(section, self.funcs.len(), |out| self.funcs.iter().for_each(|(ty, _)| ty.encode(out)))
            }
            GLOBALS => self.grown(section, self.globals.len(), |out| {
                self.globals.iter().for_each(|(global, initial)| encode_global(*global, *initial, out));
            }),
            EXPORTS => vec![(section.contents.clone(), self.export_contents())],
            CODE => self.code(section),
            DATA => self.data_edits(section),
            DATA_COUNT => self.grown(section, self.segments.len(), |_| {}),
            CUSTOM if self.is_name_section(section) => {
                naming::named(self.module.bytes, section, self.func_count, &self.names)
            }
            _ => Vec::new(),
        }
    }

    fn is_name_section(&self, section: &Section) -> bool {
        section.custom.is_some_and(|custom| self.module.customs[custom].name == "name")
    }

    /// A list with more entries.
    fn grown(&self, section: &Section, more: usize, encode: impl FnOnce(&mut Vec<u8>)) -> Vec<Edit> {
        if more == 0 {
            return Vec::new();
        }
        let (count, range) = leb_at(self.module.bytes, section.contents.start).expect("validated when read");
        let mut added = Vec::new();
        encode(&mut added);
        let end = section.contents.end;
        vec![(range, leb(count + small(more))), (end..end, added)]
    }

    fn export_contents(&self) -> Vec<u8> {
        let kept = exports(self.module).filter(|export| !self.dropped_exports.iter().any(|name| name == export.name));
        let mut section = wasm_encoder::ExportSection::new();
        for export in kept {
            let kind = RoundtripReencoder.export_kind(export.kind).expect("validated when read");
            section.export(export.name, kind, export.index);
        }
        for (name, func) in &self.exports {
            section.export(name, ExportKind::Func, func.0);
        }
        let mut bytes = Vec::new();
        section.encode(&mut bytes);
        let (_, size) = leb_at(&bytes, 0).expect("the encoder writes a size");
        bytes.split_off(size.end)
    }

    fn code(&self, section: &Section) -> Vec<Edit> {
        let mut edits = self.grown(section, self.funcs.len(), |out| {
            self.funcs.iter().for_each(|(_, function)| function.encode(out));
        });
        let added = if edits.len() == 2 { edits.pop() } else { None };
        edits.extend(redirected_calls(self.module.bytes, section, &self.redirected));
        edits.extend(added);
        edits
    }

    fn data_edits(&self, section: &Section) -> Vec<Edit> {
        let joints = joining::joints(self.module, self.segments.len());
        let mut edits = self.grown(section, self.segments.len(), |out| {
            let mut segments = wasm_encoder::DataSection::new();
            for (address, bytes) in &self.segments {
                segments.active(0, &ConstExpr::i32_const(address.cast_signed()), bytes.iter().copied());
            }
            let mut bytes = Vec::new();
            segments.encode(&mut bytes);
            let (_, size) = leb_at(&bytes, 0).expect("the encoder writes a size");
            let (_, count) = leb_at(&bytes, size.end).expect("the encoder writes a count");
            out.extend_from_slice(&bytes[count.end..]);
        });
        if let (Some(count), given_up @ 1..) = (edits.first_mut(), joints.len() / 2) {
            let (before, _) = leb_at(self.module.bytes, section.contents.start).expect("validated when read");
            count.1 = leb(before + small(self.segments.len()) - small(given_up));
        }
        edits.extend(joints);
        edits.extend(self.overwritten.iter().cloned());
        edits.sort_by_key(|(range, _)| range.start);
        edits
    }
}

fn encode_type(signature: &Signature, out: &mut Vec<u8>) {
    let list = |types: &[CoreType]| types.iter().map(|ty| (*ty).into()).collect::<Vec<wasm_encoder::ValType>>();
    out.push(0x60);
    list(&signature.params).as_slice().encode(out);
    list(&signature.results).as_slice().encode(out);
}

fn encode_global(global: Global, initial: i64, out: &mut Vec<u8>) {
    GlobalType { val_type: global.ty.into(), mutable: global.mutable, shared: false }.encode(out);
    let wide = global.ty == CoreType::I64;
    let narrow = i32::try_from(initial).unwrap_or_default();
    (if wide { ConstExpr::i64_const(initial) } else { ConstExpr::i32_const(narrow) }).encode(out);
}

/// How many types there are, if each is a function's and none is in a group: then groups are types.
fn only_functions(module: &CoreModule<'_>, groups: u32) -> Option<u32> {
    let section = the_section(module, TYPES)?;
    let reader = BinaryReader::new(&module.bytes[section.contents.clone()], 0);
    let types = TypeSectionReader::new(reader).ok()?.into_iter_err_on_gc_types();
    (types.map_while(Result::ok).count() == groups as usize).then_some(groups)
}

fn exports<'a>(module: &CoreModule<'a>) -> impl Iterator<Item = wasmparser::Export<'a>> {
    let bytes = module.bytes;
    let section = the_section(module, EXPORTS).map(|section| BinaryReader::new(&bytes[section.contents.clone()], 0));
    let reader = section.and_then(|reader| ExportSectionReader::new(reader).ok());
    reader.into_iter().flatten().map_while(Result::ok)
}

/// The section, if there is exactly one.
fn the_section<'m>(module: &'m CoreModule<'_>, id: u8) -> Option<&'m Section> {
    let mut sections = module.sections.iter().filter(|section| section.id == id);
    sections.next().filter(|_| sections.next().is_none())
}

/// The number of entries of a section.
fn vec_count(module: &CoreModule<'_>, id: u8) -> Option<u32> {
    let section = the_section(module, id)?;
    leb_at(module.bytes, section.contents.start).map(|(count, _)| count)
}

/// A section with replaced parts, its size corrected.
fn splice<'a>(out: &mut Pieces<'a>, bytes: &'a [u8], section: &Section, edits: Vec<Edit>) {
    let removed: usize = edits.iter().map(|(range, _)| range.len()).sum();
    let added: usize = edits.iter().map(|(_, new)| new.len()).sum();
    out.tail().push(section.id);
    small(section.contents.len() - removed + added).encode(out.tail());
    let mut kept = section.contents.start;
    for (range, new) in edits {
        out.push(&bytes[kept..range.start]);
        out.push(new);
        kept = range.end;
    }
    out.push(&bytes[kept..section.contents.end]);
}

/// The changed bytes of all bodies that call what moves.
fn redirected_calls(bytes: &[u8], section: &Section, moved: &[(FuncIndex, FuncIndex)]) -> Vec<Edit> {
    let mut edits = Vec::new();
    let Some((count, mut at)) = leb_at(bytes, section.contents.start).map(|(count, range)| (count, range.end)) else {
        return edits;
    };
    let mut candidates = candidates(bytes, section, moved).into_iter().peekable();
    for _ in 0..count {
        let Some((size, size_range)) = leb_at(bytes, at) else { return edits };
        let body = size_range.end..(size_range.end + size as usize).min(section.contents.end);
        at = body.end;
        while candidates.next_if(|candidate| *candidate < body.start).is_some() {}
        if candidates.peek().is_none_or(|candidate| *candidate >= body.end) {
            continue;
        }
        let calls = calls(bytes, &body, moved);
        if calls.is_empty() {
            continue;
        }
        let grown: usize = calls.iter().map(|(_, new)| new.len()).sum();
        let shrunk: usize = calls.iter().map(|(range, _)| range.len()).sum();
        edits.push((size_range, leb(small(body.len() + grown - shrunk))));
        edits.extend(calls);
    }
    edits
}

/// Where the bytes of such a call stand; most of these are no calls, but immediates of something else.
fn candidates(bytes: &[u8], section: &Section, moved: &[(FuncIndex, FuncIndex)]) -> Vec<usize> {
    let start = section.contents.start;
    let calls = bytes[section.contents.clone()].iter().enumerate().filter(|(_, byte)| **byte == CALL);
    let is_moved = |at: &usize| {
        let number = leb_at(bytes, at + 1).map(|(number, _)| number);
        moved.iter().any(|(from, _)| Some(from.0) == number)
    };
    calls.map(|(at, _)| start + at).filter(is_moved).collect()
}

/// The calls in one body that move: where the number of the function stands, and the new one.
fn calls(bytes: &[u8], body: &Range<usize>, moved: &[(FuncIndex, FuncIndex)]) -> Vec<Edit> {
    let own = &bytes[body.clone()];
    let calls = skip::calls(own).unwrap_or_else(|| read_calls(own));
    let to = |number: u32| moved.iter().find(|(from, _)| from.0 == number).map(|(_, to)| *to);
    let at = |range: Range<usize>| body.start + range.start..body.start + range.end;
    calls.into_iter().filter_map(|(range, number)| Some((at(range), leb(to(number)?.0)))).collect()
}

/// The calls of any body. One that is not valid stays so, and is told when the result is validated.
fn read_calls(body: &[u8]) -> Vec<skip::Call> {
    let reader = FunctionBody::new(BinaryReader::new(body, 0)).get_operators_reader();
    let operators = reader.into_iter().flat_map(|operators| operators.into_iter_with_offsets().map_while(Result::ok));
    let call = |(operator, at): (Operator<'_>, u64)| {
        let Operator::Call { function_index } = operator else { return None };
        let (_, number) = leb_at(body, usize::try_from(at).ok()? + 1)?;
        Some((number, function_index))
    };
    operators.filter_map(call).collect()
}

/// A number of up to five bytes, and where it stands.
fn leb_at(bytes: &[u8], at: usize) -> Option<(u32, Range<usize>)> {
    let mut reader = BinaryReader::new(bytes.get(at..)?, 0);
    let value = reader.read_var_u32().ok()?;
    Some((value, at..at + usize::try_from(reader.original_position()).ok()?))
}

fn leb(value: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    value.encode(&mut bytes);
    bytes
}

fn small(count: usize) -> u32 {
    u32::try_from(count).expect("a module is smaller than 4 GiB")
}

#[cfg(test)]
mod tests;
