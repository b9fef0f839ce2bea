//! Writes the live part of a module again, every index remapped, with what `inject` adds.

use std::collections::{BTreeSet, HashMap};

use wasm_encoder::reencode::{Error, Reencode};
use wasm_encoder::{
    CodeSection, ExportKind, ExportSection, Function, FunctionSection, GlobalSection, ImportSection, Instruction,
    Module, NameMap, NameSection, StartSection, TableSection, TypeSection, ValType,
};
use wasmparser::{ExternalKind, TypeRef};

use super::inject::{self, Injection, Stack};
use super::live::{Live, types_stand_alone};
use super::{Adaptation, Parts, ReallocSource, is_realloc};

type Indices = HashMap<u32, u32>;

/// New index by old index. What is missing is not live, so nothing asks for it.
#[derive(Default)]
struct Remap {
    /// `None`: all types are kept where they are.
    types: Option<Indices>,
    functions: Indices,
    globals: Indices,
    tables: Indices,
    tags: Indices,
}

/// What is put in, as indices of the new module.
struct Injected {
    grow: Option<u32>,
    allocate: Option<u32>,
}

pub(super) fn emit(
    parts: &Parts<'_>,
    live: &Live,
    injection: &Injection,
    adaptation: &Adaptation<'_>,
) -> Result<Vec<u8>, Error> {
    let (mut remap, injected) = number(parts, live, injection);
    let mut module = Module::new();
    let (types, type_count) = types(parts, live, &mut remap)?;
    let (types, injected_types) = injected_types(types, type_count, &injected);
    section(&mut module, &types, types.is_empty());
    let imports = imports(parts, live, adaptation, injection, &mut remap)?;
    section(&mut module, &imports, imports.is_empty());
    let functions = functions(parts, live, &injected, injected_types, &mut remap)?;
    section(&mut module, &functions, functions.is_empty());
    let tables = tables(parts, live, &mut remap)?;
    section(&mut module, &tables, tables.is_empty());
    let globals = globals(parts, live, &mut remap)?;
    section(&mut module, &globals, globals.is_empty());
    let exports = exports(parts, adaptation, &remap);
    section(&mut module, &exports, exports.is_empty());
    if let (Some(function_index), Some(Stack { lazy: false, .. })) = (injected.allocate, &injection.stack) {
        module.section(&StartSection { function_index });
    }
    let code = code(parts, live, injection, &injected, adaptation, &mut remap)?;
    section(&mut module, &code, code.is_empty());
    if adaptation.keep_names {
        module.section(&names(parts, live, &injected, &remap));
    }
    Ok(module.finish())
}

fn section(module: &mut Module, section: &impl wasm_encoder::Section, empty: bool) {
    if !empty {
        module.section(section);
    }
}

/// Gives every live item its new index: imports first, then definitions, then what is injected.
fn number(parts: &Parts<'_>, live: &Live, injection: &Injection) -> (Remap, Injected) {
    let kept = live.functions.iter().filter(|function| !injection.replaced.contains(function));
    let mut functions: Indices = kept.copied().zip(0..).collect();
    let mut next = u32::try_from(functions.len()).expect("no more than the module had");
    let mut inject = |wanted: bool| {
        wanted.then(|| {
            next += 1;
            next - 1
        })
    };
    let grow = inject(injection.grow);
    let allocate = inject(injection.stack.is_some());
    for replaced in &injection.replaced {
        functions.extend(grow.map(|grow| (*replaced, grow)));
    }
    let in_order = |indices: &BTreeSet<u32>| indices.iter().copied().zip(0..).collect();
    let remap = Remap {
        types: types_stand_alone(parts).then(|| in_order(&live.types)),
        functions,
        globals: in_order(&live.globals),
        tables: in_order(&live.tables),
        tags: in_order(&live.tags),
    };
    (remap, Injected { grow, allocate })
}

fn types(parts: &Parts<'_>, live: &Live, remap: &mut Remap) -> Result<(TypeSection, u32), Error> {
    let mut section = TypeSection::new();
    let (mut old, mut written) = (0, 0);
    for group in &parts.types {
        let count = u32::try_from(group.types().len()).expect("a group's types are counted in 32 bits");
        if remap.types.is_none() || live.types.contains(&old) {
            remap.parse_recursive_type_group(section.ty(), group.clone())?;
            written += count;
        }
        old += count;
    }
    Ok((section, written))
}

/// Adds the types of the injected functions; answers their indices, the allocator's first.
fn injected_types(mut section: TypeSection, count: u32, injected: &Injected) -> (TypeSection, [u32; 2]) {
    let mut next = count;
    if injected.grow.is_some() {
        section.ty().function([ValType::I32; 4], [ValType::I32]);
        next += 1;
    }
    if injected.allocate.is_some() {
        section.ty().function([], []);
    }
    (section, [count, next])
}

fn imports(
    parts: &Parts<'_>,
    live: &Live,
    adaptation: &Adaptation<'_>,
    injection: &Injection,
    remap: &mut Remap,
) -> Result<ImportSection, Error> {
    let mut section = ImportSection::new();
    let (mut function, mut table, mut global, mut tag) = (0, 0, 0, 0);
    for import in &parts.imports {
        let kept = match import.ty {
            TypeRef::Func(_) | TypeRef::FuncExact(_) => {
                let index = post_increment(&mut function);
                live.functions.contains(&index) && !injection.replaced.contains(&index)
            }
            TypeRef::Table(_) => live.tables.contains(&post_increment(&mut table)),
            TypeRef::Global(_) => live.globals.contains(&post_increment(&mut global)),
            TypeRef::Tag(_) => live.tags.contains(&post_increment(&mut tag)),
            TypeRef::Memory(_) => live.memory,
        };
        if kept {
            let field = match adaptation.realloc {
                ReallocSource::Main(name) if is_realloc(import) => name,
                ReallocSource::Main(_) | ReallocSource::MemoryGrow => import.name,
            };
            section.import(import.module, field, remap.entity_type(import.ty)?);
        }
    }
    Ok(section)
}

fn post_increment(counter: &mut u32) -> u32 {
    *counter += 1;
    *counter - 1
}

fn defined<'l>(live: &'l BTreeSet<u32>, imported: u32) -> impl Iterator<Item = u32> + 'l {
    live.range(imported..).copied()
}

fn functions(
    parts: &Parts<'_>,
    live: &Live,
    injected: &Injected,
    [grow_type, allocate_type]: [u32; 2],
    remap: &mut Remap,
) -> Result<FunctionSection, Error> {
    let mut section = FunctionSection::new();
    for function in defined(&live.functions, parts.imported_functions) {
        section.function(remap.type_index(parts.functions[function as usize])?);
    }
    if injected.grow.is_some() {
        section.function(grow_type);
    }
    if injected.allocate.is_some() {
        section.function(allocate_type);
    }
    Ok(section)
}

fn tables(parts: &Parts<'_>, live: &Live, remap: &mut Remap) -> Result<TableSection, Error> {
    let mut section = TableSection::new();
    for index in defined(&live.tables, parts.imported_tables) {
        let table = parts.tables[(index - parts.imported_tables) as usize].clone();
        remap.parse_table(&mut section, table)?;
    }
    Ok(section)
}

fn globals(parts: &Parts<'_>, live: &Live, remap: &mut Remap) -> Result<GlobalSection, Error> {
    let mut section = GlobalSection::new();
    for index in defined(&live.globals, parts.imported_globals) {
        let global = &parts.globals[(index - parts.imported_globals) as usize];
        let ty = remap.global_type(global.ty)?;
        let initial = remap.const_expr(global.init_expr.clone())?;
        section.global(ty, &initial);
    }
    Ok(section)
}

fn exports(parts: &Parts<'_>, adaptation: &Adaptation<'_>, remap: &Remap) -> ExportSection {
    let mut section = ExportSection::new();
    for (name, old) in root_functions(parts, adaptation) {
        section.export(name, ExportKind::Func, remap.functions[&old]);
    }
    section
}

fn root_functions<'p>(
    parts: &'p Parts<'_>,
    adaptation: &'p Adaptation<'_>,
) -> impl Iterator<Item = (&'p str, u32)> + 'p {
    parts.exports.iter().filter_map(|export| match export.kind {
        ExternalKind::Func | ExternalKind::FuncExact if adaptation.roots.contains(&export.name) => {
            Some((export.name, export.index))
        }
        _ => None,
    })
}

fn code(
    parts: &Parts<'_>,
    live: &Live,
    injection: &Injection,
    injected: &Injected,
    adaptation: &Adaptation<'_>,
    remap: &mut Remap,
) -> Result<CodeSection, Error> {
    let lazy = injected.allocate.filter(|_| injection.stack.as_ref().is_some_and(|stack| stack.lazy));
    let exported: BTreeSet<u32> = root_functions(parts, adaptation).map(|(_, function)| function).collect();
    let mut section = CodeSection::new();
    for function in defined(&live.functions, parts.imported_functions) {
        let body = parts.body(function).expect("a defined function has a body");
        let mut written = remap.new_function_with_parsed_locals(body)?;
        if let Some(allocate) = lazy.filter(|_| exported.contains(&function)) {
            written.instruction(&Instruction::Call(allocate));
        }
        let mut reader = body.get_operators_reader()?;
        while !reader.eof() {
            written.instruction(&remap.parse_instruction(&mut reader)?);
        }
        section.function(&written);
    }
    if injected.grow.is_some() {
        append(&mut section, &inject::grow_body(adaptation.page_size_log2));
    }
    if let Some(stack) = &injection.stack {
        let imported = injection.realloc_import.filter(|_| stack.lazy).map(|import| remap.functions[&import]);
        let realloc = imported.or(injected.grow).expect("a stack without an imported allocator has the growing one");
        let state = stack.state.map(|state| remap.globals[&state]);
        append(&mut section, &inject::stack_body(remap.globals[&stack.pointer], state, realloc));
    }
    Ok(section)
}

fn append(section: &mut CodeSection, body: &[Instruction<'_>]) {
    let mut function = Function::new([]);
    for instruction in body {
        function.instruction(instruction);
    }
    section.function(&function);
}

fn names(parts: &Parts<'_>, live: &Live, injected: &Injected, remap: &Remap) -> NameSection {
    let mut functions = std::collections::BTreeMap::new();
    for old in &live.functions {
        if let Some(name) = parts.names.functions.get(old) {
            functions.insert(remap.functions[old], *name);
        }
    }
    functions.extend(injected.grow.map(|index| (index, "realloc_via_memory_grow")));
    functions.extend(injected.allocate.map(|index| (index, "allocate_stack")));
    let mut section = NameSection::new();
    section.functions(&name_map(functions));
    let globals = live.globals.iter().filter_map(|old| Some((remap.globals[old], *parts.names.globals.get(old)?)));
    section.globals(&name_map(globals));
    section
}

fn name_map<'n>(names: impl IntoIterator<Item = (u32, &'n str)>) -> NameMap {
    let mut map = NameMap::new();
    names.into_iter().for_each(|(index, name)| map.append(index, name));
    map
}

fn mapped(indices: &Indices, old: u32) -> u32 {
    *indices.get(&old).expect("liveness followed every reference that is written again")
}

impl Reencode for Remap {
    type Error = std::convert::Infallible;

    fn function_index(&mut self, func: u32) -> Result<u32, Error> {
        Ok(mapped(&self.functions, func))
    }

    fn global_index(&mut self, global: u32) -> Result<u32, Error> {
        Ok(mapped(&self.globals, global))
    }

    fn table_index(&mut self, table: u32) -> Result<u32, Error> {
        Ok(mapped(&self.tables, table))
    }

    fn tag_index(&mut self, tag: u32) -> Result<u32, Error> {
        Ok(mapped(&self.tags, tag))
    }

    fn type_index(&mut self, ty: u32) -> Result<u32, Error> {
        Ok(self.types.as_ref().map_or(ty, |types| mapped(types, ty)))
    }
}
