//! Exports with more parameters than Go's compiler takes.
//!
//! In: exports that take the address of their parameters. Out: functions with their true signatures in front of them.
//! Holds: the block is one that `cabi_realloc` handed out, which Go gives back when it has read it.

use abi::go_arena::{GROW, PRIVATE_PREFIX, Wide};
use wasm::{CoreModule, CoreType, Extension, FuncIndex, Instruction, Signature, bytes_at};

use super::asm::{Arena, Asm, words};
use super::shape::Odd;
use super::{ADAPTER_REALLOC, REALLOC};
use crate::canon;

/// A wide export of a module.
pub struct Found {
    /// The name in the world.
    pub name: String,
    pub wide: Wide,
    /// Go's function, which takes an address.
    pub func: FuncIndex,
}

/// The wide exports: what the bindings export for the rewriting alone, but for `GROW`. What is wrong with one is noted.
pub fn find(module: &CoreModule<'_>, extension: &Extension<'_, '_>, odd: &mut Odd) -> Vec<Found> {
    let mut all: Vec<Found> = Vec::new();
    let is_private = |name: &&str| name.starts_with(PRIVATE_PREFIX) && *name != GROW;
    for export in module.exports.keys().copied().filter(is_private) {
        let mut wrong = |text: String| odd.push((module.place_of_export(export), text));
        let Some((wide, name)) = Wide::read_export_name(export) else {
            wrong("this version of withe knows no such export of the bindings".to_owned());
            continue;
        };
        let expected = Signature::new([CoreType::I32], canon::core_signature(&wide.signature).results);
        let signature = module.exported_func(export);
        let func = extension.exported_func(export).filter(|_| signature == Some(&expected));
        let is_ours = [REALLOC, ADAPTER_REALLOC].contains(&name);
        if is_ours || module.exports.contains_key(name) || all.iter().any(|one| one.name == name) {
            wrong(format!("`{name}` is exported already"));
        } else if let Some(func) = func {
            all.push(Found { name: name.to_owned(), wide, func });
        } else {
            let found = signature.map_or_else(|| "no function".to_owned(), ToString::to_string);
            wrong(format!("it is {found}, not {expected}"));
        }
    }
    all
}

/// Puts a function in front of a wide export, under its own name.
pub fn add(extension: &mut Extension<'_, '_>, arena: &Arena, realloc: FuncIndex, found: &Found) {
    const ALIGN: i32 = 8;
    let signature = canon::core_signature(&found.wide.signature);
    let params = found.wide.signature.params.iter().zip(found.wide.offsets());
    let count = u32::try_from(signature.params.len()).expect("a signature has a few parameters");
    let mut asm = Asm::new(arena);
    asm.constant(0).constant(0).constant(ALIGN).constant(found.wide.size().cast_signed()).call(realloc).set(count);
    for (index, (ty, offset)) in (0..).zip(params) {
        asm.locals([count, index]).push([store(*ty, offset)]);
    }
    asm.local(count).call(found.func).end();
    let func = extension.func(format!("withe: {}", found.name), &signature, &words(1), &asm.body);
    extension.export_func(&found.name, func);
}

fn store(ty: abi::CoreType, offset: u32) -> Instruction<'static> {
    let at = bytes_at(u64::from(offset));
    match ty {
        abi::CoreType::I32 => Instruction::I32Store(at),
        abi::CoreType::I64 => Instruction::I64Store(at),
        abi::CoreType::F32 => Instruction::F32Store(at),
        abi::CoreType::F64 => Instruction::F64Store(at),
    }
}
