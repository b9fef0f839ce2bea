//! Streams, futures and error contexts, made of data and read to their end.
//!
//! In: an element type, elements, or one end of a stream. Out: one end of a stream, or elements.
//! Holds: the work is done by a small component beside the guest, in the guest's store: it has the same types as the
//! guest's functions, so every element type that can be a value works, and a guest cannot tell it from another guest.
//!
//! ```wat
//! (component
//!   (func (export "make") async (param "items" (list T)) (param "len" u32)... (result (stream T)))
//!   (func (export "take") async (param "end" (stream T)) ... (result (tuple (list T) bool))))
//! ```
//!
//! Specification: Component Model, "Concurrency", "Streams and Futures".

use component::plan::{
    Builtin, CanonOptions, CoreFuncId, CoreInstanceId, CoreItem, PlainBuiltin, Plan, Primitive, ROOT, TypeExpr,
    TypeRef, ValRef,
};
use component::{EmitOptions, emit};
use types::transfer::{Carrier, TransferOp};
use wasmtime::Engine;
use wasmtime::component::Component;
use wasmtime::component::types::Type;

use super::layout;

const MEMORY: &[u8] = include_bytes!("ends/memory.wasm");
const STREAM: &[u8] = include_bytes!("ends/stream.wasm");
const FUTURE: &[u8] = include_bytes!("ends/future.wasm");
const CONTEXT: &[u8] = include_bytes!("ends/context.wasm");

/// What is made or taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Stream,
    Future,
    ErrorContext,
}

/// The kind and the element type of a type that has ends.
pub(crate) fn kind_of(ty: &Type) -> Option<(Kind, Option<Type>)> {
    match ty {
        Type::Stream(stream) => Some((Kind::Stream, stream.ty())),
        Type::Future(future) => Some((Kind::Future, future.ty())),
        Type::ErrorContext => Some((Kind::ErrorContext, None)),
        _ => None,
    }
}

/// Whether values of the type may hold streams, futures or error contexts.
pub(crate) fn has_ends(ty: &Type) -> bool {
    let optional = |ty: Option<Type>| ty.is_some_and(|ty| has_ends(&ty));
    match ty {
        Type::Stream(_) | Type::Future(_) | Type::ErrorContext => true,
        Type::List(list) => has_ends(&list.ty()),
        Type::FixedLengthList(list) => has_ends(&list.ty()),
        Type::Map(map) => has_ends(&map.value()),
        Type::Record(record) => record.fields().any(|field| has_ends(&field.ty)),
        Type::Tuple(tuple) => tuple.types().any(|ty| has_ends(&ty)),
        Type::Variant(variant) => variant.cases().any(|case| optional(case.ty)),
        Type::Option(option) => has_ends(&option.ty()),
        Type::Result(result) => optional(result.ok()) || optional(result.err()),
        _ => false,
    }
}

/// Makes the component that makes and takes values of the kind. `None` if elements hold handles, which belong to
/// their own instances.
pub(crate) fn component(engine: &Engine, kind: Kind, element: Option<&Type>) -> Option<wasmtime::Result<Component>> {
    let mut plan = Plan::new();
    match kind {
        Kind::Stream => transfer(&mut plan, Carrier::Stream, element)?,
        Kind::Future => transfer(&mut plan, Carrier::Future, element)?,
        Kind::ErrorContext => context(&mut plan),
    }
    Some(Component::from_binary(engine, &emit(&plan, EmitOptions { names: false })))
}

/// The options of functions that use the memory, and the memory's instance.
fn memory(plan: &mut Plan<'_>) -> (CanonOptions, CoreInstanceId) {
    let module = plan.core_module(MEMORY);
    let instance = plan.core_instantiate(module, Vec::new());
    let memory = plan.core_alias_memory(instance, "memory");
    let realloc = plan.core_alias_func(instance, "realloc");
    (CanonOptions { memory: Some(memory), realloc: Some(realloc), ..CanonOptions::default() }, instance)
}

fn context(plan: &mut Plan<'_>) {
    let (options, memory) = memory(plan);
    let new = plan.builtin(Builtin::ErrorContextNew(options.clone()));
    let message = plan.builtin(Builtin::ErrorContextDebugMessage(options.clone()));
    let drop = plan.builtin(Builtin::Plain(PlainBuiltin::ErrorContextDrop));
    let ends = bag(plan, &[("new", new), ("message", message), ("drop", drop)]);
    let module = plan.core_module(CONTEXT);
    let instance = plan.core_instantiate(module, vec![("memory".to_owned(), memory), ("ends".to_owned(), ends)]);
    let (text, error) = (ValRef::Primitive(Primitive::String), ValRef::Primitive(Primitive::ErrorContext));
    for (name, param, result) in [("make", text, error), ("take", error, text)] {
        let params = vec![("value".to_owned(), param)];
        let ty = plan.define(ROOT, TypeExpr::Func { async_: false, params, result: Some(result) });
        let core = plan.core_alias_func(instance, name);
        let func = plan.lift(core, ty, options.clone());
        plan.export(name, func, None);
    }
}

fn transfer(plan: &mut Plan<'_>, carrier: Carrier, element: Option<&Type>) -> Option<()> {
    let element = match element {
        Some(ty) => Some(val_ref(plan, ty)?),
        None => None,
    };
    let end = plan.define(
        ROOT,
        match carrier {
            Carrier::Stream => TypeExpr::Stream(element),
            Carrier::Future => TypeExpr::Future(element),
        },
    );
    // Elements without a type are counted by the bytes of a list.
    let list = plan.define(ROOT, TypeExpr::List(element.unwrap_or(ValRef::Primitive(Primitive::U8))));
    let taken = plan.define(ROOT, TypeExpr::Tuple(vec![list.into(), Primitive::Bool.into()]));
    let (options, memory) = memory(plan);
    let op = |plan: &mut Plan<'_>, op| {
        let options = match op {
            TransferOp::Read | TransferOp::Write => options.clone(),
            _ => CanonOptions::default(),
        };
        plan.builtin(Builtin::Transfer { carrier, op, ty: end, options })
    };
    let asynchronous = CanonOptions { async_: true, ..options.clone() };
    let returns = |plan: &mut Plan<'_>, ty: TypeRef| {
        let options = CanonOptions { realloc: None, ..options.clone() };
        plan.builtin(Builtin::TaskReturn { result: Some(ty.into()), options })
    };
    let ends = [
        ("new", op(plan, TransferOp::New)),
        ("read", op(plan, TransferOp::Read)),
        ("write", op(plan, TransferOp::Write)),
        ("drop-readable", op(plan, TransferOp::DropReadable)),
        ("drop-writable", op(plan, TransferOp::DropWritable)),
        ("made", returns(plan, end)),
        ("taken", returns(plan, taken)),
    ];
    let ends = bag(plan, &ends);
    let module = plan.core_module(match carrier {
        Carrier::Stream => STREAM,
        Carrier::Future => FUTURE,
    });
    let instance = plan.core_instantiate(module, vec![("memory".to_owned(), memory), ("ends".to_owned(), ends)]);
    let number = |name: &str| (name.to_owned(), ValRef::Primitive(Primitive::U32));
    let functions = [
        ("make", vec![("items".to_owned(), list.into()), number("size")], end),
        ("take", vec![("end".to_owned(), end.into()), number("size"), number("most"), number("most-bytes")], taken),
    ];
    for (name, params, result) in functions {
        let ty = plan.define(ROOT, TypeExpr::Func { async_: true, params, result: Some(result.into()) });
        let core = plan.core_alias_func(instance, name);
        let func = plan.lift(core, ty, asynchronous.clone());
        plan.export(name, func, None);
    }
    Some(())
}

fn bag(plan: &mut Plan<'_>, funcs: &[(&str, CoreFuncId)]) -> CoreInstanceId {
    plan.core_bag(funcs.iter().map(|(name, func)| ((*name).to_owned(), CoreItem::Func(*func))).collect())
}

/// The same type in the plan. Those that have names in WIT are exported, as exported functions demand.
fn val_ref(plan: &mut Plan<'_>, ty: &Type) -> Option<ValRef> {
    let primitive = |primitive: Primitive| Some(ValRef::Primitive(primitive));
    let expr = match ty {
        Type::Bool => return primitive(Primitive::Bool),
        Type::S8 => return primitive(Primitive::S8),
        Type::U8 => return primitive(Primitive::U8),
        Type::S16 => return primitive(Primitive::S16),
        Type::U16 => return primitive(Primitive::U16),
        Type::S32 => return primitive(Primitive::S32),
        Type::U32 => return primitive(Primitive::U32),
        Type::S64 => return primitive(Primitive::S64),
        Type::U64 => return primitive(Primitive::U64),
        Type::Float32 => return primitive(Primitive::F32),
        Type::Float64 => return primitive(Primitive::F64),
        Type::Char => return primitive(Primitive::Char),
        Type::String => return primitive(Primitive::String),
        Type::ErrorContext => return primitive(Primitive::ErrorContext),
        Type::Own(_) | Type::Borrow(_) => return None,
        Type::List(list) => TypeExpr::List(val_ref(plan, &list.ty())?),
        Type::FixedLengthList(list) => TypeExpr::FixedList(val_ref(plan, &list.ty())?, list.len()),
        Type::Map(map) => TypeExpr::Map(val_ref(plan, &map.key())?, val_ref(plan, &map.value())?),
        Type::Tuple(tuple) => TypeExpr::Tuple(tuple.types().map(|ty| val_ref(plan, &ty)).collect::<Option<Vec<_>>>()?),
        Type::Option(option) => TypeExpr::Option(val_ref(plan, &option.ty())?),
        Type::Result(result) => {
            TypeExpr::Result { ok: optional(plan, result.ok())?, err: optional(plan, result.err())? }
        }
        Type::Stream(stream) => TypeExpr::Stream(optional(plan, stream.ty())?),
        Type::Future(future) => TypeExpr::Future(optional(plan, future.ty())?),
        Type::Record(record) => {
            let fields = record.fields().map(|field| Some((field.name.to_owned(), val_ref(plan, &field.ty)?)));
            let fields = fields.collect::<Option<Vec<_>>>()?;
            return Some(exported(plan, TypeExpr::Record(fields)));
        }
        Type::Variant(variant) => {
            let cases = variant.cases().map(|case| Some((case.name.to_owned(), optional(plan, case.ty)?)));
            let cases = cases.collect::<Option<Vec<_>>>()?;
            return Some(exported(plan, TypeExpr::Variant(cases)));
        }
        Type::Enum(cases) => {
            return Some(exported(plan, TypeExpr::Enum(cases.names().map(str::to_owned).collect())));
        }
        Type::Flags(flags) => {
            return Some(exported(plan, TypeExpr::Flags(flags.names().map(str::to_owned).collect())));
        }
    };
    Some(plan.define(ROOT, expr).into())
}

/// `Some(None)` for no type.
fn optional(plan: &mut Plan<'_>, ty: Option<Type>) -> Option<Option<ValRef>> {
    match ty {
        Some(ty) => val_ref(plan, &ty).map(Some),
        None => Some(None),
    }
}

fn exported(plan: &mut Plan<'_>, expr: TypeExpr) -> ValRef {
    let number = plan.steps(ROOT).len();
    let ty = plan.define_apart(ROOT, expr);
    plan.export_type(format!("t{number}"), ty).into()
}

/// The bytes of an element; 0 without a type.
pub(crate) fn element_size(element: Option<&Type>) -> u32 {
    element.map_or(0, |ty| layout::of(ty).size)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_modules_are_those_of_the_text() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/session/ends");
        for (name, bytes) in [
            ("memory", super::MEMORY),
            ("stream", super::STREAM),
            ("future", super::FUTURE),
            ("context", super::CONTEXT),
        ] {
            let text = wat::parse_file(folder.join(name).with_extension("wat")).unwrap();
            assert!(text == bytes, "{name}.wasm is not what {name}.wat says: `withe parse {name}.wat -o {name}.wasm`");
        }
    }
}
