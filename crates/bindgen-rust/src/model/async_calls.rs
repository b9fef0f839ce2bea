//! Asynchronous functions: what a call is made of that goes on after its caller.
//!
//! In: an asynchronous function of the bindings. Out: an `AsyncImport`, or the `TaskReturn` of an export.
//! Holds: arguments are lowered from values that stay as they are until the callee has started; their handles are
//! given away then, and not before.
//!
//! Specification: Canonical ABI, "`canon lower`" and "`canon task.return`".

use abi::{Params, Results};
use bindgen::{Func, Interface, Scope};
use types::ValType;

use super::calls::{Arg, Args, Calls, core_locals, words};
use super::helpers::{Op, Passing};
use super::uses::Use;
use super::{CoreImport, Signature, ident};
use crate::options::check::Chain;

/// What an asynchronous imported function does.
#[derive(Debug)]
pub struct AsyncImport {
    /// Some argument is borrowed.
    pub lifetime: bool,
    /// The Rust types of the arguments, receiver first.
    pub types: Vec<String>,
    /// The arguments, as the function's parameters name them.
    pub values: Vec<String>,
    pub result: Option<String>,
    /// The memory of arguments and result, in eight-byte words.
    pub words: u64,
    /// Where the result stands in it, in bytes.
    pub result_offset: u64,
    pub args: Args,
    pub temps: bool,
    /// The arguments with handles: where each stands, and how its handles are given away.
    pub gives: Vec<(String, Use)>,
    pub lift: Option<Use>,
}

/// How the result of an asynchronous export is passed on.
#[derive(Debug)]
pub struct TaskReturn {
    /// The core function that takes it.
    pub core: String,
    pub temps: bool,
    pub result: TaskResult,
}

#[derive(Debug)]
pub enum TaskResult {
    None,
    /// As core values, held by the locals.
    Flat {
        codec: Use,
        cores: Vec<String>,
    },
    /// In memory: eight-byte words.
    Area {
        codec: Use,
        words: u64,
    },
}

impl Calls<'_, '_> {
    pub fn async_import(&mut self, interface: &Interface<'_>, func: &Func<'_>, signature: &Signature) -> AsyncImport {
        let params: Vec<ValType> = func.ty.params.iter().map(|param| param.ty).collect();
        let view = super::rust_type::View { lifetime: "'a", ..self.view(interface) };
        let types: Vec<String> = params.iter().map(|ty| view.owned(*ty)).collect();
        let result = func.ty.result.map(|ty| view.owned(ty));
        let own = if signature.chain == Some(Chain::Owned) { "&self" } else { "self" };
        let receiver = signature.receiver.then(|| own.to_owned());
        let values = receiver.into_iter().chain(signature.params.iter().map(|(name, _)| name.clone())).collect();
        let (words, result_offset) = area(func);
        let args = self.kept(func, &params);
        let list = match &args {
            Args::Flat(args) | Args::Spilled { args, .. } => args,
        };
        let temps = list.iter().any(|arg| arg.codec.temps());
        let gives = params.iter().enumerate().filter(|(_, ty)| self.look.facts(**ty).given);
        let gives: Vec<_> = gives.map(|(index, ty)| (place(index), *ty)).collect();
        let gives = gives.into_iter().map(|(place, ty)| (place, self.helpers.for_type(ty, Op::Give))).collect();
        AsyncImport {
            lifetime: params.iter().any(|ty| self.look.facts(*ty).borrow),
            types,
            values,
            result,
            words,
            result_offset,
            args,
            temps,
            gives,
            lift: func.ty.result.map(|ty| self.helpers.for_type(ty, Op::Load)),
        }
    }

    /// The arguments, lowered so that the values keep their handles.
    fn kept(&mut self, func: &Func<'_>, params: &[ValType]) -> Args {
        let mut scope = start_scope();
        let arg = |index, codec, cores, offset| Arg { name: place(index), reference: false, codec, cores, offset };
        match &func.call.params {
            Params::Flat(_) => {
                let args = params.iter().enumerate().map(|(index, ty)| {
                    let codec = self.helpers.for_type(*ty, Op::Lower(Passing::Kept));
                    let cores = core_locals(&codec, &format!("p{index}"), &mut scope);
                    arg(index, codec, cores, 0)
                });
                Args::Flat(args.collect())
            }
            Params::Spilled(spill) => {
                let args = params.iter().zip(&spill.offsets).enumerate().map(|(index, (ty, offset))| {
                    arg(index, self.helpers.for_type(*ty, Op::Store(Passing::Kept)), Vec::new(), *offset)
                });
                let (size, align) = (spill.layout.size, spill.layout.align);
                Args::Spilled { area: String::new(), at: "area".to_owned(), size, align, args: args.collect() }
            }
        }
    }

    /// The core import that takes the result of an asynchronous export.
    pub fn task_return_import(&self, func: &Func<'_>, ident: &str) -> CoreImport {
        let signature = self.helpers.abi().task_return(func.ty.result);
        let name = bindgen::core_name::task_return(&func.name.to_string());
        CoreImport { ident: ident.to_owned(), name, params: signature.params, result: None }
    }

    /// How the result of an asynchronous export is passed to the core function `core`.
    pub fn task_return(&mut self, func: &Func<'_>, core: String) -> TaskReturn {
        let Some(ty) = func.ty.result else { return TaskReturn { core, temps: false, result: TaskResult::None } };
        let abi = self.helpers.abi();
        let result = if let Some(flat) = abi.flatten([ty], abi::MAX_FLAT_PARAMS) {
            let codec = self.helpers.for_type(ty, Op::Lower(Passing::Ref));
            TaskResult::Flat { codec, cores: (0..flat.len()).map(|index| format!("r{index}")).collect() }
        } else {
            let words = words(abi.layout(ty).size);
            TaskResult::Area { codec: self.helpers.for_type(ty, Op::Store(Passing::Ref)), words }
        };
        let temps = match &result {
            TaskResult::None => false,
            TaskResult::Flat { codec, .. } | TaskResult::Area { codec, .. } => codec.temps(),
        };
        TaskReturn { core, temps, result }
    }
}

/// Where an argument stands among all of them.
fn place(index: usize) -> String {
    format!("params.{index}")
}

fn start_scope() -> Scope {
    let mut scope = ident::scope();
    ["params", "temps", "area"].into_iter().for_each(|name| scope.reserve(name));
    scope
}

/// Eight-byte words of the memory that a call needs, and where the result stands in it, in bytes.
fn area(func: &Func<'_>) -> (u64, u64) {
    let params = match &func.call.params {
        Params::Flat(_) => 0,
        Params::Spilled(spill) => spill.layout.size,
    };
    let (size, align) = match &func.call.results {
        Results::Flat(_) | Results::TaskReturn(_) => (0, 1),
        Results::Spilled(spill) => (spill.layout.size, spill.layout.align),
    };
    let offset = params.next_multiple_of(align);
    (words(offset + size), offset)
}
