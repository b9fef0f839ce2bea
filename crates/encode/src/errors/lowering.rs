//! Why a WIT function has the core type that it has, at the first place where a module's type differs.
//!
//! In: both core types, the WIT function, how it is called. Out: one sentence, with the parameter's place if it has one.
//! Holds: nothing is said where the two core types agree.
//!
//! Specification: Canonical ABI, "Flattening".

use abi::{Abi, Call, Mode, Params, Results, Side};
use diag::Place;
use types::{FuncId, FuncType, Types, ValType};
use wasm::{Extern, Signature};

use crate::canon::{Canon, core_signature, lowered};

/// Texts of types that are longer than this many bytes are left out.
const LONGEST_TYPE: usize = 60;

/// A reason, and the WIT parameter that it is about.
pub struct Why {
    pub place: Option<Place>,
    pub text: String,
}

/// Why an export has to have another type than it has.
pub fn why_export(types: &Types, func: FuncId, call: &Call, mode: Mode, found: &Extern) -> Option<Why> {
    let how = How { types, func: types.func(func), call, side: Side::Lift, mode };
    how.why(&core_signature(&call.signature), found.as_func()?)
}

/// Why a core import has to have another type than it has.
pub fn why_import(abi: &Abi<'_>, canon: &Canon, found: &Extern) -> Option<Why> {
    let types = abi.types();
    match canon {
        Canon::Lower { func, async_ } => {
            let mode = if *async_ { Mode::Async } else { Mode::Sync };
            let call = lowered(abi, func.ty, *async_);
            let how = How { types, func: types.func(func.ty), call: &call, side: Side::Lower, mode };
            how.why(&core_signature(&call.signature), found.as_func()?)
        }
        Canon::TaskReturn(func) => {
            let result = types.func(func.ty).result;
            let text = match result {
                None => "there is no result, so nothing is passed".to_owned(),
                Some(ty) => {
                    format!(
                        "the result{} is passed as `{}`",
                        type_text(types, ty),
                        values(&abi.task_return(result).params)
                    )
                }
            };
            Some(Why { place: None, text })
        }
        Canon::DropImported { .. } | Canon::Own { .. } | Canon::Transfer { .. } | Canon::Builtin(_) => None,
    }
}

/// One call, with what decides its core type.
struct How<'c> {
    types: &'c Types,
    func: &'c FuncType,
    call: &'c Call,
    side: Side,
    mode: Mode,
}

impl How<'_> {
    fn why(&self, wanted: &Signature, found: &Signature) -> Option<Why> {
        if wanted.params == found.params {
            return Some(Why { place: None, text: self.results()? });
        }
        let same = wanted.params.iter().zip(&found.params).take_while(|(wanted, found)| wanted == found).count();
        match &self.call.params {
            Params::Spilled(_) if same > 0 && found.params.len() == same => self.pointer(),
            Params::Spilled(_) => Some(Why { place: None, text: self.spilled() }),
            Params::Flat(flat) => {
                self.param(flat, same).or_else(|| self.pointer()).or_else(|| Some(no_more_params(flat)))
            }
        }
    }

    /// The parameter that the core value of this number belongs to.
    fn param(&self, flat: &[Vec<abi::CoreType>], number: usize) -> Option<Why> {
        let mut end = 0;
        let (param, flat) = self.func.params.iter().zip(flat).find(|(_, flat)| {
            end += flat.len();
            number < end
        })?;
        let ty = type_text(self.types, param.ty);
        let text = format!("parameter `{}`{} lowers to `{}`", param.name, of(&ty), values(flat));
        Some(Why { place: param.place.clone(), text })
    }

    fn spilled(&self) -> String {
        match (self.side, self.mode) {
            (Side::Lower, Mode::Async | Mode::AsyncStackful) => {
                "parameters of more than 4 core values are passed in memory by an asynchronous call: one pointer"
                    .to_owned()
            }
            (Side::Lower, Mode::Sync) | (Side::Lift, Mode::Sync | Mode::Async | Mode::AsyncStackful) => {
                "parameters of more than 16 core values are passed in memory: one pointer".to_owned()
            }
        }
    }

    /// The pointer to the result that an import takes after its parameters.
    fn pointer(&self) -> Option<Why> {
        let (Results::Spilled(_), Side::Lower, Some(result)) = (&self.call.results, self.side, self.func.result) else {
            return None;
        };
        let text =
            format!("the result{} is written through a pointer, the last parameter", type_text(self.types, result));
        Some(Why { place: None, text })
    }

    fn results(&self) -> Option<String> {
        let result = self.func.result.map(|ty| type_text(self.types, ty)).unwrap_or_default();
        let text = match (self.side, self.mode, &self.call.results) {
            (Side::Lower, Mode::Async | Mode::AsyncStackful, _) => {
                "an asynchronous call returns the state of its subtask as `i32`".to_owned()
            }
            (Side::Lift, Mode::Async, _) => "an asynchronous export returns what its callback waits for as `i32`; \
                 the result is passed to `[task-return]`"
                .to_owned(),
            (Side::Lift, Mode::AsyncStackful, _) => {
                "an asynchronous export passes its result to `[task-return]` and returns nothing".to_owned()
            }
            (Side::Lift, Mode::Sync, Results::Spilled(_)) => {
                format!("the result{result} takes more than one core value, so a pointer to it is returned")
            }
            (Side::Lower, Mode::Sync, Results::Spilled(_)) => {
                format!("the result{result} is written through a pointer, the last parameter; nothing is returned")
            }
            (_, Mode::Sync, Results::Flat(flat)) if !flat.is_empty() => {
                format!("the result{result} is returned as `{}`", values(flat))
            }
            (_, Mode::Sync, Results::Flat(_)) if self.func.result.is_none() => "there is no result".to_owned(),
            (_, Mode::Sync, Results::Flat(_) | Results::TaskReturn(_)) => return None,
        };
        Some(text)
    }
}

/// More is passed than there is.
fn no_more_params(flat: &[Vec<abi::CoreType>]) -> Why {
    let all: Vec<abi::CoreType> = flat.iter().flatten().copied().collect();
    let text = if all.is_empty() {
        "there are no parameters".to_owned()
    } else {
        format!("all parameters together lower to `{}`", values(&all))
    };
    Why { place: None, text }
}

/// The type with a blank before it, in backticks; nothing if it is long.
fn type_text(types: &Types, ty: ValType) -> String {
    let text = types::text::wit_text(types, ty);
    if text.len() > LONGEST_TYPE { String::new() } else { format!(" `{text}`") }
}

fn of(ty: &str) -> String {
    if ty.is_empty() { String::new() } else { format!(" of type{ty}") }
}

fn values(flat: &[abi::CoreType]) -> String {
    if flat.is_empty() {
        return "no value".to_owned();
    }
    flat.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}
