//! What the guest implements: traits, resources, the functions behind core exports, the macro `export!`.

use printer::{Doc, block, blocks, doc, lines};

use super::async_exports;
use super::imports::{drop_impl, handles};
use super::uses::{self, Here, Operand};
use super::{allow, docs, literal, signature};
use crate::model::{
    Arg, Args, ExportBody, ExportFunc, ExportMacro, ExportedResource, Exports, Kept, Module, ResourceNames, ResultUse,
    Shim, Signature, Trait, Wrap, core_type,
};
use crate::runtime;

pub fn items(exports: &Exports, module: &Module, run_ctors: bool) -> Vec<Doc> {
    let mut out = vec![print_trait(&exports.guest, "", None)];
    for resource in &exports.resources {
        out.extend(print_resource(resource));
    }
    for func in &exports.funcs {
        out.push(print_func(func, module, run_ctors));
        out.extend(post_return(func));
    }
    out
}

fn print_trait(found: &Trait, bound: &'static str, given: Option<&'static str>) -> Doc {
    let types = found.types.iter().map(|(name, bound)| Doc::from(format!("type {name}: {bound};")));
    let funcs = found.funcs.iter().map(trait_func);
    lines([
        docs(&found.docs),
        doc!["pub trait ", &found.name, bound, " ", block(blocks(types.chain(given.map(Doc::from)).chain(funcs)))],
    ])
}

fn trait_func(func: &Signature) -> Doc {
    let sized = if func.sized { " where Self: ::core::marker::Sized" } else { "" };
    let mut text = func.docs.clone();
    // Whoever implements it cannot help that it is deprecated.
    text.deprecated = None;
    let asynchronous = func.asynchronous.then_some("#[allow(async_fn_in_trait)]");
    lines([docs(&text), Doc::from(asynchronous), allow(&func.lints), doc![signature(func), sized, ";"]])
}

fn print_resource(resource: &ExportedResource) -> Vec<Doc> {
    let names = &resource.names;
    let own = &names.own;
    let item = doc!["pub struct ", own, " ", block(doc!["handle: _rt::Handle<", own, ">,"])];
    let borrow = doc![
        "pub struct ",
        &names.borrow,
        "<'a> ",
        block(lines([Doc::from("rep: i32,".to_owned()), doc!["lent: ::core::marker::PhantomData<&'a ", own, ">,"]]))
    ];
    // A macro of the prelude may be called like the type.
    let borrow_docs = format!("/// A borrowed handle of [`{own}`](struct@{own}).");
    vec![
        print_trait(&resource.guest, ": _rt::Resource", Some(RAW_FUNCTIONS)),
        lines([docs(&resource.docs), Doc::from("#[derive(Debug)]\n#[repr(transparent)]"), item]),
        doc!["impl ", own, " ", block(blocks(own_functions(resource)))],
        drop_impl(own, &resource.drop),
        lines([Doc::from(borrow_docs), Doc::from("#[derive(Clone, Copy, Debug)]"), borrow]),
        doc!["impl<'a> ", &names.borrow, "<'a> ", block(blocks(borrow_functions(resource)))],
        destructor(resource),
    ]
}

/// Where a value is kept; guests may override both, to keep values elsewhere.
const RAW_FUNCTIONS: &str = "\
/// Puts the representation where it stays as long as the resource lives. Whoever overrides this also overrides
/// `resource_from_raw_`.
///
/// # Safety
/// The address stays valid until `resource_from_raw_` takes it.
unsafe fn resource_into_raw_(rep: Self::Rep) -> *mut Self::Rep {
    _rt::Box::into_raw(_rt::Box::new(rep))
}

/// Takes the representation back when the resource is dropped.
///
/// # Safety
/// `resource_into_raw_` gave the address, and it is not used again.
unsafe fn resource_from_raw_(rep: *mut Self::Rep) -> Self::Rep {
    unsafe { *_rt::Box::from_raw(rep) }
}";

const GET: &str = "/// The value inside. Panics if it is not a `T` or was taken out.\n";

fn own_functions(resource: &ExportedResource) -> Vec<Doc> {
    let ResourceNames { guest, handle, from_handle, take_handle, .. } = &resource.names;
    let rep = format!("{}(_rt::Handle::handle(&self.handle) as i32)", resource.rep);
    let value = |function: &str| {
        block(format!("unsafe {{ <T::Rep as _rt::ResourceRep<T>>::{function}(Self::_rep::<T>({rep})) }}"))
    };
    let get = block(format!("unsafe {{ Self::_value({rep}) }}"));
    let new = block(lines([
        Doc::from("let rep = <T::Rep as _rt::ResourceRep<T>>::rep_new(value);"),
        Doc::from("let rep = unsafe { T::resource_into_raw_(rep) } as usize as i32;"),
        Doc::from("Self::_rep::<T>(rep);"),
        doc!["unsafe { Self::", from_handle, "(", &resource.new, "(rep) as u32) }"],
    ]));
    let mut out = vec![
        doc!["/// Makes a resource that keeps `value`.\npub fn new<T: ", guest, ">(value: T) -> Self ", new],
        doc![GET, "pub fn get<T: ", guest, ">(&self) -> &T ", get],
        doc![GET, "pub fn get_mut<T: ", guest, ">(&mut self) -> &mut T ", value("rep_as_mut")],
        doc![
            "/// Takes the value out, and drops the resource.\npub fn into_inner<T: ",
            guest,
            ">(self) -> T ",
            value("rep_take")
        ],
        address(guest),
    ];
    out.extend(handles(from_handle, take_handle, handle));
    out
}

/// All addresses of representations come from here, so that no two types get in.
fn address(guest: &str) -> Doc {
    let rep = lines(["static TYPE: _rt::RepType = _rt::RepType::new();", "TYPE.address::<T>(rep)"]);
    let value = "unsafe { <T::Rep as _rt::ResourceRep<T>>::rep_as_ref(Self::_rep::<T>(rep)) }";
    lines([
        doc!["fn _rep<T: ", guest.to_owned(), ">(rep: i32) -> *mut T::Rep ", block(rep)],
        doc!["\nunsafe fn _value<'a, T: ", guest.to_owned(), ">(rep: i32) -> &'a T ", block(value)],
    ])
}

fn borrow_functions(resource: &ExportedResource) -> Vec<Doc> {
    // `T` may be the resource itself here.
    let ResourceNames { own, guest, .. } = &resource.names;
    let value = format!("unsafe {{ {own}::_value(self.rep) }}");
    vec![
        doc![GET.replace("`T`", "`_T`"), "pub fn get<_T: ", guest, ">(&self) -> &'a _T ", block(value)],
        doc![
            "#[doc(hidden)]\npub unsafe fn from_rep(rep: i32) -> Self ",
            block("Self { rep, lent: ::core::marker::PhantomData }")
        ],
    ]
}

fn destructor(resource: &ExportedResource) -> Doc {
    let ResourceNames { own, guest, .. } = &resource.names;
    let ty = format!("<_T::{own} as {guest}>");
    let body = format!("::core::mem::drop(unsafe {{ {ty}::resource_from_raw_({own}::_rep::<_T::{own}>(rep)) }});");
    doc!["#[doc(hidden)]\npub unsafe fn ", &resource.destructor, "<_T: Guest>(rep: i32) ", block(body)]
}

/// The value behind a receiver's representation.
fn kept(own: &str, rep: &str) -> String {
    format!("{own}::_value::<_T::{own}>({rep})")
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
    let head = lines([Doc::from("#[doc(hidden)]"), allow(&func.lints)]);
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
            Args::Flat(_) => args.push(kept(ty, core)),
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
                out.push(doc!["let p0 = ", kept(ty, &format!("{rep}.cast::<i32>().read()")), ";"]);
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
        allow(&shim.lints),
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
