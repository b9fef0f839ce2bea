//! What the guest implements: traits, resources, the functions behind core exports, the macro `export!`.

use printer::{Doc, block, blocks, doc, lines};

use super::async_exports;
use super::imports::{drop_impl, handles};
use super::uses::{self, Here, Operand};
use super::{docs, lints, literal, signature};
use crate::model::{
    Arg, Args, ExportBody, ExportFunc, ExportMacro, ExportedResource, Exports, Kept, Module, ResultUse, Shim,
    Signature, Trait, Wrap, core_type,
};
use crate::runtime;

pub fn items(exports: &Exports, module: &Module, run_ctors: bool) -> Vec<Doc> {
    let mut out = vec![print_trait(&exports.guest, "")];
    for resource in &exports.resources {
        out.extend(print_resource(resource));
    }
    for func in &exports.funcs {
        out.push(print_func(func, module, run_ctors));
        out.extend(post_return(func));
    }
    out
}

fn print_trait(found: &Trait, bound: &'static str) -> Doc {
    let types = found.types.iter().map(|(name, bound)| Doc::from(format!("type {name}: {bound};")));
    let funcs = found.funcs.iter().map(trait_func);
    lines([docs(&found.docs), doc!["pub trait ", &found.name, bound, " ", block(blocks(types.chain(funcs)))]])
}

fn trait_func(func: &Signature) -> Doc {
    let sized = if func.sized { " where Self: ::core::marker::Sized" } else { "" };
    let mut text = func.docs.clone();
    // Whoever implements it cannot help that it is deprecated.
    text.deprecated = None;
    let allow = if func.asynchronous { "#[allow(async_fn_in_trait)]" } else { "" };
    lines([docs(&text), Doc::from(allow), lints::trait_func(func), doc![signature(func), sized, ";"]])
}

fn print_resource(resource: &ExportedResource) -> Vec<Doc> {
    let names = &resource.names;
    let own = &names.own;
    let item = doc!["pub struct ", own, " ", block(doc!["handle: _rt::Resource<", own, ">,"])];
    let borrow = doc![
        "pub struct ",
        &names.borrow,
        "<'a> ",
        block(lines([Doc::from("rep: i32,".to_owned()), doc!["lent: ::core::marker::PhantomData<&'a ", own, ">,"]]))
    ];
    let borrow_docs = format!("/// A borrowed handle of [`{own}`].");
    vec![
        print_trait(&resource.guest, ": 'static"),
        lines([docs(&resource.docs), Doc::from("#[derive(Debug)]\n#[repr(transparent)]"), item]),
        doc!["impl ", own, " ", block(blocks(own_functions(resource)))],
        drop_impl(own, &resource.drop),
        lines([Doc::from(borrow_docs), Doc::from("#[derive(Clone, Copy, Debug)]"), borrow]),
        doc!["impl ", &names.borrow, "<'_> ", block(blocks(borrow_functions(resource)))],
        destructor(resource),
    ]
}

fn own_functions(resource: &ExportedResource) -> Vec<Doc> {
    let guest = &resource.names.guest;
    let rep = |handle: &str| doc![&resource.rep, "(", handle.to_owned(), " as i32)"];
    let handle = "_rt::Resource::handle(&self.handle)";
    let mut out = vec![
        doc![
            "/// Makes a resource that keeps `value`.\npub fn new<T: ",
            guest,
            ">(value: T) -> Self ",
            block(doc![
                "unsafe { Self::",
                &resource.names.from_handle,
                "(",
                &resource.new,
                "(_rt::rep_new(value)) as u32) }"
            ])
        ],
        doc![
            "/// The value inside. Panics if it is not a `T` or was taken out.\npub fn get<T: ",
            guest,
            ">(&self) -> &T ",
            block(doc!["unsafe { _rt::rep_ref::<T>(", rep(handle), ") }"])
        ],
        doc![
            "/// The value inside. Panics if it is not a `T` or was taken out.\npub fn get_mut<T: ",
            guest,
            ">(&mut self) -> &mut T ",
            block(doc!["unsafe { _rt::rep_mut::<T>(", rep(handle), ") }"])
        ],
        doc![
            "/// Takes the value out, and drops the resource.\npub fn into_inner<T: ",
            guest,
            ">(self) -> T ",
            block(doc!["unsafe { _rt::rep_take::<T>(", rep(handle), ") }"])
        ],
    ];
    let names = &resource.names;
    out.extend(handles(&names.from_handle, &names.take_handle, &names.handle));
    out
}

fn borrow_functions(resource: &ExportedResource) -> Vec<Doc> {
    let guest = &resource.names.guest;
    vec![
        doc![
            "/// The value inside. Panics if it is not a `T` or was taken out.\npub fn get<T: ",
            guest,
            ">(&self) -> &T ",
            block("unsafe { _rt::rep_ref::<T>(self.rep) }")
        ],
        doc![
            "#[doc(hidden)]\npub unsafe fn from_rep(rep: i32) -> Self ",
            block("Self { rep, lent: ::core::marker::PhantomData }")
        ],
    ]
}

fn destructor(resource: &ExportedResource) -> Doc {
    let body = "unsafe { _rt::rep_drop(rep) }";
    doc!["#[doc(hidden)]\npub unsafe fn ", &resource.destructor, "<_T: Guest>(rep: i32) ", block(body)]
}

fn here(module: &Module) -> Here<'_> {
    let root = if module.to_root.is_empty() { "self::" } else { &module.to_root };
    Here { root, module: &module.path, abi: "_abi::", temps: "", borrows: "&borrows" }
}

fn print_func(func: &ExportFunc, module: &Module, run_ctors: bool) -> Doc {
    let params = func.body.cores.iter().zip(&func.params).map(|(name, ty)| format!("{name}: {}", core_type(*ty)));
    let result = func.result.map(|ty| format!(" -> {}", core_type(ty)));
    // That it is unsafe makes the block around it right for every function.
    let start = if run_ctors { "_rt::run_ctors_once();" } else { "_rt::enter();" };
    let body = std::iter::once(Doc::from(start)).chain(statements(&func.body, &here(module)));
    let body = doc!["unsafe ", block(lines(body))];
    // A task may outlive the call that starts it.
    let bound = if func.body.task.is_some() { "<_T: Guest + 'static>" } else { "<_T: Guest>" };
    let head = lines([Doc::from("#[doc(hidden)]"), lints::core_func(func.params.len())]);
    let params = Doc::list("(", params, ")");
    doc![head, "\npub unsafe fn ", &func.ident, bound, params, result, " ", block(body)]
}

fn statements(body: &ExportBody, here: &Here<'_>) -> Vec<Doc> {
    let mut out = Vec::new();
    if body.borrows {
        out.push(Doc::from("let borrows = _rt::Borrows::new();"));
    }
    let mut args: Vec<String> = Vec::new();
    if let Some((core, ty)) = &body.receiver {
        match &body.args {
            Args::Flat(_) => args.push(format!("_rt::rep_ref::<_T::{ty}>({core})")),
            Args::Spilled { .. } => args.push("p0".to_owned()),
        }
    }
    args.extend(lifted(body, here, &mut out));
    let call = doc![&body.target, Doc::list("(", args, ")")];
    let call = match &body.wrap {
        Wrap::Nothing => call,
        Wrap::Own(own) => doc![own, "::new(", call, ")"],
        Wrap::Fallible(own) => doc![call, ".map(", own, "::new)"],
    };
    let done = give_back(body);
    if let Some(task) = &body.task {
        return vec![async_exports::task(task, out, call, done, here)];
    }
    let returned = returned(body, here);
    match body.result.codec() {
        None => out.push(doc![call, ";"]),
        // The value is the core value.
        Some(_) if done.is_empty() && returned == [Doc::from("value".to_owned())] => {
            out.push(call);
            return out;
        }
        Some(_) => out.push(doc!["let value = ", call, ";"]),
    }
    out.extend(done);
    out.extend(returned);
    out
}

/// Lowers `value`: by reference if it is kept.
fn returned(body: &ExportBody, here: &Here<'_>) -> Vec<Doc> {
    let Some(codec) = body.result.codec() else { return Vec::new() };
    let here = Here { temps: "temps", ..*here };
    let owned = body.kept.is_none();
    let value = "value".to_owned();
    let value = if owned { Operand::Value(value) } else { Operand::Ref(value) };
    let mut out: Vec<Doc> = body.kept.iter().map(|kept| Doc::from(keep(kept))).collect();
    match &body.result {
        ResultUse::None | ResultUse::Flat { .. } => out.push(Doc::from(uses::lower(codec, &value, owned, &here))),
        ResultUse::Area { at, .. } => {
            out.push(doc!["let ", at, " = _abi::RETURN.ptr();"]);
            out.push(Doc::from(uses::store(codec, &value, at, 0, owned, &here) + ";"));
            out.push(doc![at, " as usize as i32"]);
        }
    }
    out
}

/// The arguments for the trait's function; those passed in memory are lifted first, and the memory freed.
fn lifted(body: &ExportBody, here: &Here<'_>, out: &mut Vec<Doc>) -> Vec<String> {
    match &body.args {
        Args::Flat(args) => args.iter().map(|arg| lifted_flat(arg, here, out)).collect(),
        Args::Spilled { at, size, align, args, .. } => {
            out.push(doc!["let ", at, " = c0 as usize as *mut u8;"]);
            let receiver = usize::from(body.receiver.is_some());
            if let Some((_, ty)) = &body.receiver {
                let rep = uses::at(at, args[0].offset);
                out.push(doc!["let p0 = _rt::rep_ref::<_T::", ty, ">(", rep, ".cast::<i32>().read());"]);
            }
            let args = &args[receiver..];
            for arg in args {
                let here = if arg.codec.is_lent() { &Here { borrows: "", ..*here } } else { here };
                out.push(doc!["let ", &arg.name, " = ", uses::load(&arg.codec, at, arg.offset, here), ";"]);
            }
            out.push(doc!["_rt::dealloc(", at, ", ", *size, ", ", *align, ");"]);
            args.iter().map(passed).collect()
        }
    }
}

fn lifted_flat(arg: &Arg, here: &Here<'_>, out: &mut Vec<Doc>) -> String {
    if !arg.codec.is_lent() {
        return uses::lift(&arg.codec, &arg.cores, here);
    }
    let handle = uses::lift(&arg.codec, &arg.cores, &Here { borrows: "", ..*here });
    out.push(doc!["let ", &arg.name, " = ", handle, ";"]);
    passed(arg)
}

/// A local as an argument: a handle that is only lent stays here.
fn passed(arg: &Arg) -> String {
    if arg.codec.is_lent() { format!("&{}", arg.name) } else { arg.name.clone() }
}

/// Drops what was lent to the call.
fn give_back(body: &ExportBody) -> Vec<Doc> {
    let (Args::Flat(args) | Args::Spilled { args, .. }) = &body.args;
    let lent = args.iter().filter(|arg| arg.codec.is_lent()).map(|arg| arg.name.as_str());
    let names = lent.chain(body.borrows.then_some("borrows"));
    names.map(|name| doc!["::core::mem::drop(", name.to_owned(), ");"]).collect()
}

fn keep(kept: &Kept) -> &'static str {
    if kept.temps {
        "let (value, temps) = _abi::KEPT.keep((value, _rt::Temps::new()));"
    } else {
        "let value = _abi::KEPT.keep(value);"
    }
}

fn post_return(func: &ExportFunc) -> Option<Doc> {
    let (ident, kept) = (func.post_return.as_ref()?, func.body.kept.as_ref()?);
    let free = doc!["unsafe { _abi::KEPT.free::<", &kept.ty, ">() }"];
    Some(doc!["#[doc(hidden)]\npub unsafe fn ", ident, "<_T: Guest>(_: i32) ", block(free)])
}

pub fn export_macro(found: &ExportMacro) -> Doc {
    let (name, module) = (&found.name, &found.module);
    let call = doc![module, "::", name, "!($ty with_types_in ", module, ");"];
    let short = doc!["($ty:ident) => ", block(call), ";"];
    let shims = doc!["const _: () = ", block(lines(found.shims.iter().map(shim))), ";"];
    let shims = if found.shims.is_empty() { Doc::default() } else { shims };
    let metadata = (!found.metadata.is_empty()).then(|| {
        let section = runtime::section(&found.section, "COMPONENT_TYPE", &found.metadata);
        doc!["const _: () = ", block(doc!["#[allow(dead_code)]\n", section]), ";"]
    });
    let both = lines(std::iter::once(shims).chain(metadata));
    let long = doc!["($ty:ident with_types_in $($root:tt)*) => ", block(both), ";"];
    let (attribute, visibility) = if found.public { ("#[macro_export]\n", "pub") } else { ("", "pub(crate)") };
    lines([
        doc![
            "#[allow(unused_macros)]\n#[doc(hidden)]\n",
            attribute,
            "macro_rules! ",
            &found.ident,
            " ",
            block(lines([short, long]))
        ],
        Doc::from(
            "\n/// Exports what a type implements: `export!(MyType)`, or `export!(MyType with_types_in path::to::this::module)`.",
        ),
        doc!["#[allow(unused_imports)]\n", visibility, " use ", &found.ident, " as ", name, ";"],
    ])
}

fn shim(shim: &Shim) -> Doc {
    let params = shim.params.iter().enumerate();
    let params = params.map(|(index, ty)| format!("c{index}: {}", core_type(*ty)));
    let args = (0..shim.params.len()).map(|index| format!("c{index}"));
    let result = shim.result.map(|ty| format!(" -> {}", core_type(ty)));
    let generic = if shim.generic { "::<$ty>" } else { "" };
    let call = doc!["$($root)*::", &shim.target, generic, Doc::list("(", args, ")")];
    lines([
        Doc::from("#[allow(dead_code)]"),
        lints::core_func(shim.params.len()),
        doc!["#[cfg_attr(target_arch = \"wasm32\", unsafe(export_name = ", literal(&shim.core_name), "))]"],
        doc![
            "unsafe extern \"C\" fn ",
            &shim.ident,
            Doc::list("(", params, ")"),
            result,
            " ",
            block(doc!["unsafe ", block(call)])
        ],
    ])
}
