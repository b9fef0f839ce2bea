//! Functions and resources that the guest calls.

use printer::{Doc, block, blocks, doc, lines};

use super::async_imports;
use super::uses::{self, Here, Operand};
use super::{allow, docs, signature};
use crate::model::{Arg, Args, ImportBody, ImportFunc, ImportedResource, Module, ResultUse, SyncImport};

/// A function of the module, or of a resource.
pub fn func(func: &ImportFunc, module: &Module) -> Doc {
    let body = match &func.body {
        ImportBody::Sync(import) => doc!["unsafe ", block(lines(statements(import, &func.core, module)))],
        ImportBody::Async(import) => lines(async_imports::statements(import, &func.core, &here(module, "temps"))),
    };
    let body = match func.signature.chain {
        Some(_) => lines([doc![body, ";"], Doc::from("self")]),
        None => body,
    };
    lines([
        docs(&func.signature.docs),
        allow(&func.signature.lints),
        doc!["pub ", signature(&func.signature), " ", block(body)],
    ])
}

pub fn resource(resource: &ImportedResource, module: &Module) -> Vec<Doc> {
    let names = &resource.names;
    let own = &names.own;
    let item = doc!["pub struct ", own, " ", block(doc!["handle: _rt::Handle<", own, ">,"])];
    let funcs = resource.funcs.iter().map(|found| func(found, module));
    let handles = handles(&names.from_handle, &names.take_handle, &names.handle);
    vec![
        lines([docs(&resource.docs), Doc::from("#[derive(Debug)]\n#[repr(transparent)]"), item]),
        doc!["impl ", own, " ", block(blocks(funcs.chain(handles)))],
        drop_impl(own, &resource.drop),
    ]
}

/// Functions that every owned handle has.
pub fn handles(from: &str, take: &str, handle: &str) -> [Doc; 3] {
    let from_docs =
        "/// Takes over a handle.\n///\n/// # Safety\n/// The handle is one of this resource, and nobody else's.";
    [
        doc![
            from_docs,
            "\npub unsafe fn ",
            from.to_owned(),
            "(handle: u32) -> Self ",
            block("Self { handle: unsafe { _rt::Handle::from_handle(handle) } }")
        ],
        doc![
            "/// Gives the handle away: this value does not drop it.\npub fn ",
            take.to_owned(),
            "(&self) -> u32 ",
            block("_rt::Handle::take_handle(&self.handle)")
        ],
        doc![
            "/// The handle's number.\npub fn ",
            handle.to_owned(),
            "(&self) -> u32 ",
            block("_rt::Handle::handle(&self.handle)")
        ],
    ]
}

/// How a handle is dropped.
pub fn drop_impl(own: &str, drop: &str) -> Doc {
    let call = doc!["unsafe { ", drop.to_owned(), "(handle as i32) }"];
    let body = doc!["fn drop_handle(handle: u32) ", block(call)];
    doc!["unsafe impl _rt::ResourceDrop for ", own.to_owned(), " ", block(body)]
}

fn here<'a>(module: &'a Module, temps: &'a str) -> Here<'a> {
    let root = if module.to_root.is_empty() { "self::" } else { &module.to_root };
    Here { root, module: &module.path, abi: "_abi::", temps, borrows: "" }
}

pub fn operand(arg: &Arg) -> Operand {
    if arg.reference { Operand::Ref(arg.name.clone()) } else { Operand::Value(arg.name.clone()) }
}

fn statements(import: &SyncImport, core: &str, module: &Module) -> Vec<Doc> {
    let mut out = Vec::new();
    let temps = import.temps.as_ref().map(|temps| format!("&mut {temps}")).unwrap_or_default();
    if let Some(temps) = &import.temps {
        out.push(doc!["let mut ", temps, " = _rt::Temps::new();"]);
    }
    let here = here(module, &temps);
    let mut cores = arguments(&import.args, &here, &mut out);
    match &import.result {
        ResultUse::None => out.push(doc![core.to_owned(), Doc::list("(", cores, ")"), ";"]),
        ResultUse::Flat { local, codec } => {
            let call = doc![core.to_owned(), Doc::list("(", cores, ")")];
            let lifted = uses::lift(codec, std::slice::from_ref(local), &here);
            if lifted == *local {
                out.push(call);
            } else {
                out.push(doc!["let ", local, " = ", call, ";"]);
                out.push(Doc::from(lifted));
            }
        }
        ResultUse::Area { area, at, words, codec } => {
            out.push(doc!["let mut ", area, " = _rt::Area::<", *words, ">::new();"]);
            out.push(doc!["let ", at, " = ", area, ".ptr();"]);
            cores.push(format!("{at} as usize as i32"));
            out.push(doc![core.to_owned(), Doc::list("(", cores, ")"), ";"]);
            out.push(Doc::from(uses::load(codec, at, 0, &here)));
        }
    }
    out
}

/// Lowers the arguments; gives the core arguments.
fn arguments(args: &Args, here: &Here<'_>, out: &mut Vec<Doc>) -> Vec<String> {
    match args {
        Args::Flat(args) => flat_arguments(args, here, out),
        Args::Spilled { area, at, size, args, .. } => {
            out.push(doc!["let mut ", area, " = _rt::Area::<", size.div_ceil(8), ">::new();"]);
            out.push(doc!["let ", at, " = ", area, ".ptr();"]);
            for arg in args {
                out.push(Doc::from(uses::store(&arg.codec, &operand(arg), at, arg.offset, false, here) + ";"));
            }
            vec![format!("{at} as usize as i32")]
        }
    }
}

/// Lowers arguments that are passed as core values.
pub fn flat_arguments(args: &[Arg], here: &Here<'_>, out: &mut Vec<Doc>) -> Vec<String> {
    let mut cores = Vec::new();
    for arg in args {
        let lowered = uses::lower(&arg.codec, &operand(arg), false, here);
        match arg.cores.as_slice() {
            [] => cores.push(lowered),
            [one] => {
                out.push(doc!["let ", one, " = ", lowered, ";"]);
                cores.push(one.clone());
            }
            several => {
                out.push(doc!["let ", Doc::list("(", several, ")"), " = ", lowered, ";"]);
                cores.extend_from_slice(several);
            }
        }
    }
    cores
}
