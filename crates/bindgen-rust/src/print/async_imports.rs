//! Imported functions that are called asynchronously.

use printer::{Doc, block, doc, lines};

use super::imports::{flat_arguments, operand};
use super::uses::{self, Here, Operand};
use crate::model::{Args, AsyncImport};

/// The body: what is particular to this call, as an implementation of the runtime's trait, then the call.
pub fn statements(import: &AsyncImport, core: &str, here: &Here<'_>) -> Vec<Doc> {
    let (item, of) = if import.lifetime {
        ("struct _Call<'a>(::core::marker::PhantomData<&'a ()>);", "<'a> _rt::AsyncImport for _Call<'a> ")
    } else {
        ("struct _Call;", " _rt::AsyncImport for _Call ")
    };
    let result = import.result.clone().unwrap_or_else(|| "()".to_owned());
    let body = lines([
        doc!["type Params = ", tuple(&import.types), ";"],
        doc!["type Result = ", &result, ";"],
        doc!["type Area = [u64; ", import.words, "];"],
        doc!["const RESULT_OFFSET: usize = ", import.result_offset, ";"],
        start(import, core, here),
        give(import, here),
        lift(import, &result, here),
    ]);
    vec![
        Doc::from(item),
        doc!["unsafe impl", of, block(body)],
        doc!["_rt::call_import::<_Call>(", tuple(&import.values), ").await"],
    ]
}

fn tuple(parts: &[String]) -> Doc {
    match parts {
        [one] => doc!["(", one, ",)"],
        _ => Doc::list("(", parts, ")"),
    }
}

fn start(import: &AsyncImport, core: &str, here: &Here<'_>) -> Doc {
    let mut out = Vec::new();
    let cores = match &import.args {
        Args::Flat(args) => {
            let mut cores = flat_arguments(args, here, &mut out);
            cores.extend(import.result.as_ref().map(|_| "area as usize as i32".to_owned()));
            cores
        }
        Args::Spilled { at, args, .. } => {
            for arg in args {
                out.push(Doc::from(uses::store(&arg.codec, &operand(arg), at, arg.offset, false, here) + ";"));
            }
            let result = format!("{} as usize as i32", uses::at("area", import.result_offset));
            let params = "area as usize as i32".to_owned();
            std::iter::once(params).chain(import.result.as_ref().map(|_| result)).collect()
        }
    };
    out.push(doc![core.to_owned(), Doc::list("(", cores, ")")]);
    let params = if import.types.is_empty() { "_" } else { "params" };
    let temps = if import.temps { "temps" } else { "_" };
    let area = if import.words == 0 { "_" } else { "area" };
    let head = format!("unsafe fn start({params}: &Self::Params, {temps}: &mut _rt::Temps, {area}: *mut u8) -> i32 ");
    doc![head, block(doc!["unsafe ", block(lines(out))])]
}

fn give(import: &AsyncImport, here: &Here<'_>) -> Doc {
    let gives = import.gives.iter();
    let gives = gives.filter_map(|(place, codec)| Some(uses::give(codec, &Operand::Place(place.clone()), here)? + ";"));
    let gives: Vec<String> = gives.collect();
    if gives.is_empty() {
        return Doc::from("unsafe fn give(_: &Self::Params) {}");
    }
    let body = lines(gives);
    // Handles are taken without a helper, which is safe.
    let body = if body.mentions("_abi::") { doc!["unsafe ", block(body)] } else { body };
    doc!["unsafe fn give(params: &Self::Params) ", block(body)]
}

fn lift(import: &AsyncImport, result: &str, here: &Here<'_>) -> Doc {
    let Some(codec) = &import.lift else { return Doc::from("unsafe fn lift(_: *mut u8) {}") };
    let load = uses::load(codec, "result", 0, here);
    doc!["unsafe fn lift(result: *mut u8) -> ", result.to_owned(), " ", block(doc!["unsafe ", block(load)])]
}
