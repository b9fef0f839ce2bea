//! Main modules whose functions do something.
//!
//! In: a component. Out: modules with the imports and exports of its first core module; each export calls one import.

use std::ops::Range;

use wasm::{CoreType, Extern, Global, Instruction, ModuleBuilder, Signature};
use wasmparser::{Payload, Validator, WasmFeatures};

/// A function that every module exports, and every component then too.
const DRIVE: &str = "drive-of-the-test";

/// The most imports of one module that are called, each by modules of its own.
const MOST: usize = 40;

/// Where zeros end and letters begin in the memory.
const LETTERS: u32 = 64;

/// The modules, each with what it does; none if the first module has something that cannot be made again.
pub fn modules(component: &[u8]) -> Vec<(String, Vec<u8>)> {
    let main = &component[main_module(component).1];
    let Ok(module) = wasm::read_module("main", main) else { return Vec::new() };
    let funcs: Vec<usize> =
        (0..module.imports.len()).filter(|at| matches!(module.imports[*at].ty, Extern::Func(_))).take(MOST).collect();
    let mut made = Vec::new();
    for value in [0, LETTERS] {
        for call in funcs.iter().map(|at| Some(*at)).chain([None]) {
            let what = match call {
                Some(at) => format!("calls {} {} with {value}", module.imports[at].module, module.imports[at].field),
                None => format!("returns {value}"),
            };
            made.extend(active(&module, call, value).map(|bytes| (what, bytes)));
        }
    }
    made
}

/// The component with another first core module, whose function `DRIVE` it exports as well.
pub fn with_main(component: &[u8], module: &[u8]) -> Vec<u8> {
    let mut out = replaced(component, module);
    let (main, counts) = measure(component);
    let index = |count: u32| {
        let mut bytes = Vec::new();
        leb(&mut bytes, count as usize);
        bytes
    };
    let name = [&[u8::try_from(DRIVE.len()).expect("short")], DRIVE.as_bytes()].concat();
    // An alias of the core function, `(func)`, a lift, an export.
    section(&mut out, 6, &[&[1, 0, 0, 1], &index(main)[..], &name].concat());
    section(&mut out, 7, &[1, 0x40, 0, 1, 0]);
    section(&mut out, 8, &[&[1, 0, 0], &index(counts.core_funcs)[..], &[0], &index(counts.types)].concat());
    section(&mut out, 11, &[&[1, 0], &name[..], &[1], &index(counts.funcs), &[0]].concat());
    out
}

/// How many items of each sort a component has.
struct Counts {
    core_funcs: u32,
    types: u32,
    funcs: u32,
}

/// The core instance of the first core module, and the counts of everything.
fn measure(component: &[u8]) -> (u32, Counts) {
    let (mut main, mut instances, mut depth) = (None, 0, 0);
    for payload in wasmparser::Parser::new(0).parse_all(component) {
        match payload.expect("a component that was read before") {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth -= 1,
            Payload::InstanceSection(section) if depth == 0 => {
                for instance in section {
                    if matches!(instance, Ok(wasmparser::Instance::Instantiate { module_index: 0, .. })) {
                        main = main.or(Some(instances));
                    }
                    instances += 1;
                }
            }
            _ => {}
        }
    }
    let mut validator = Validator::new_with_features(WasmFeatures::all());
    let types = validator.validate_all(component).expect("a valid component");
    let types = types.as_ref();
    let counts = Counts {
        core_funcs: types.function_count(),
        types: types.component_type_count(),
        funcs: types.component_function_count(),
    };
    (main.expect("the first module is instantiated"), counts)
}

fn section(out: &mut Vec<u8>, id: u8, contents: &[u8]) {
    out.push(id);
    leb(out, contents.len());
    out.extend_from_slice(contents);
}

fn leb(out: &mut Vec<u8>, mut value: usize) {
    loop {
        let byte = u8::try_from(value & 0x7f).expect("seven bits");
        value >>= 7;
        out.push(if value == 0 { byte } else { byte | 0x80 });
        if value == 0 {
            return;
        }
    }
}

fn replaced(component: &[u8], module: &[u8]) -> Vec<u8> {
    let (place, _) = main_module(component);
    let mut out = component[..place.start].to_vec();
    section(&mut out, 1, module);
    out.extend_from_slice(&component[place.end..]);
    out
}

/// The section of the first core module, and its contents.
fn main_module(component: &[u8]) -> (Range<usize>, Range<usize>) {
    let mut at = 8;
    loop {
        let (start, id) = (at, component[at]);
        at += 1;
        let (mut size, mut shift) = (0_usize, 0);
        loop {
            let byte = component[at];
            at += 1;
            size |= usize::from(byte & 0x7f) << shift;
            shift += 7;
            if byte < 0x80 {
                break;
            }
        }
        if id == 1 {
            return (start..at + size, at..at + size);
        }
        at += size;
    }
}

fn active(module: &wasm::CoreModule<'_>, call: Option<usize>, value: u32) -> Option<Vec<u8>> {
    let mut builder = ModuleBuilder::new();
    let (mut callee, mut memory) = (None, None);
    for (at, import) in module.imports.iter().enumerate() {
        match &import.ty {
            Extern::Func(signature) => {
                let func = builder.import_func(import.module, &import.field, signature);
                if call == Some(at) {
                    callee = Some((func, signature));
                }
            }
            Extern::Memory(ty) => memory = Some(builder.import_memory(import.module, &import.field, *ty)),
            Extern::Table(_) | Extern::Global(_) | Extern::Tag(_) => return None,
        }
    }
    let body = |builder: &mut ModuleBuilder, signature: &Signature, acts: bool| {
        let mut body = Vec::new();
        if let Some((func, callee)) = callee.filter(|_| acts) {
            body.extend(constants(&callee.params, value));
            body.push(Instruction::Call(func.0));
            body.extend(callee.results.iter().map(|_| Instruction::Drop));
        }
        body.extend(constants(&signature.results, value / 2));
        body.push(Instruction::End);
        builder.func(None, signature, &body)
    };
    for (name, export) in &module.exports {
        match &export.ty {
            Extern::Func(signature) => {
                let quiet = name.starts_with("cabi_post_") || name.ends_with("_post");
                let realloc = Signature::new([CoreType::I32; 4], [CoreType::I32]);
                let func = if name.contains("realloc") && *signature == realloc {
                    builder.func(None, signature, &[Instruction::I32Const(1024), Instruction::End])
                } else {
                    body(&mut builder, signature, !quiet)
                };
                builder.export_func(name, func);
            }
            Extern::Memory(ty) => {
                let made = match memory {
                    Some(memory) => memory,
                    None => builder.memory(*ty),
                };
                builder.export_memory(name, made);
                memory = Some(made);
            }
            Extern::Table(ty) => {
                let table = builder.table(*ty);
                builder.export_table(name, table);
            }
            Extern::Global(Global { ty: ty @ (CoreType::I32 | CoreType::I64), mutable }) => {
                let global = builder.zero_global(Global { ty: *ty, mutable: *mutable });
                builder.export_global(name, global);
            }
            Extern::Global(_) | Extern::Tag(_) => return None,
        }
    }
    let drive = body(&mut builder, &Signature::default(), true);
    builder.export_func(DRIVE, drive);
    let roomy = |ty: &Extern| ty.as_memory().is_some_and(|memory| memory.minimum > 0 && memory.page_size_log2 == 16);
    let memories =
        module.imports.iter().map(|import| &import.ty).chain(module.exports.values().map(|export| &export.ty));
    if let (Some(memory), true) = (memory, memories.into_iter().any(roomy)) {
        // At 32, where results are returned: eight letters.
        builder.data(memory, 32, &[LETTERS, 8].map(u32::to_le_bytes).concat());
        let letters: Vec<u8> = (b'a'..=b'z').cycle().take(512).collect();
        builder.data(memory, LETTERS, &letters);
    }
    Some(builder.finish())
}

fn constants(types: &[CoreType], value: u32) -> Vec<Instruction<'static>> {
    let constant = |ty: &CoreType| match ty {
        CoreType::I32 => Instruction::I32Const(value.cast_signed()),
        CoreType::I64 => Instruction::I64Const(value.into()),
        CoreType::F32 => Instruction::F32Const(0.0_f32.into()),
        CoreType::F64 => Instruction::F64Const(0.0_f64.into()),
        CoreType::V128 | CoreType::Ref(_) => Instruction::Unreachable,
    };
    types.iter().map(constant).collect()
}
