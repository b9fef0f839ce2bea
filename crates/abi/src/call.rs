//! What a call across the component boundary looks like in core wasm, and which canonical options it needs.
//!
//! Specification: Canonical ABI, "Flattening" (`flatten_functype`) and "`canonopt` Validation".

use types::{FuncType, ValType};

use crate::{Abi, CoreSignature, CoreType, Layout, MAX_FLAT_ASYNC_PARAMS, MAX_FLAT_PARAMS, MAX_FLAT_RESULTS, Needs};

/// Which way values go, seen from the component whose function it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// An export: parameters are lowered into the core function, its result is lifted.
    Lift,
    /// An import: parameters are lifted from the core caller, the result is lowered.
    Lower,
}

/// How the core function waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    Sync,
    /// `async` with a callback; for imports simply `async`.
    Async,
    /// `async` without a callback; exports only.
    AsyncStackful,
}

/// Values passed in memory, one after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spill {
    pub layout: Layout,
    /// Offset of each value in bytes.
    pub offsets: Vec<u64>,
}

/// How parameters are passed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Params {
    /// The core values of each parameter.
    Flat(Vec<Vec<CoreType>>),
    /// One pointer.
    Spilled(Spill),
}

/// How the result is passed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Results {
    /// At most one core value; none also means that there is no result.
    Flat(Vec<CoreType>),
    /// Through a pointer: returned by an export, a trailing parameter of an import.
    Spilled(Spill),
    /// Passed to `task.return`, with this signature.
    TaskReturn(CoreSignature),
}

/// A call in core wasm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    pub params: Params,
    pub results: Results,
    pub signature: CoreSignature,
    /// The canonical definition must name a memory.
    pub memory: bool,
    /// The canonical definition must name a realloc.
    pub realloc: bool,
    /// A string is passed, so the encoding matters.
    pub strings: bool,
    /// The core type of the post-return function, where an export may have one.
    pub post_return: Option<CoreSignature>,
}

impl Call {
    /// The options of its canonical definition, apart from those that say how it waits.
    pub fn needs(&self) -> Needs {
        Needs { memory: self.memory, realloc: self.realloc, strings: self.strings }
    }

    /// The options of `task.return` in an export that is called so: engines compare them with those of the lift.
    pub fn task_return_needs(&self) -> Needs {
        Needs { realloc: false, ..self.needs() }
    }
}

impl Abi<'_> {
    /// The core form of a function of this type.
    pub fn call(&self, func: &FuncType, side: Side, mode: Mode) -> Call {
        let params = self.pass_params(func, side, mode);
        let results = self.pass_results(func, side, mode);
        let signature = self.signature(&params, &results, side, mode);
        let in_params = self.contents_of_all(func.params.iter().map(|param| param.ty));
        let in_result = self.contents_of_all(func.result);
        let spilled_params = matches!(params, Params::Spilled(_));
        let spilled_results = match &results {
            Results::Spilled(_) => true,
            // Values that fit into the parameters of `task.return` need no memory; it is named as for the result of an
            // import, as other encoders do.
            Results::TaskReturn(_) => self.flatten(func.result, MAX_FLAT_RESULTS).is_none(),
            Results::Flat(_) => false,
        };
        let post_return = (side == Side::Lift && mode == Mode::Sync)
            .then(|| CoreSignature { params: signature.results.clone(), results: Vec::new() });
        Call {
            memory: in_params.memory || in_result.memory || spilled_params || spilled_results,
            realloc: match side {
                Side::Lift => in_params.memory || spilled_params,
                Side::Lower => in_result.memory,
            },
            strings: in_params.string || in_result.string,
            params,
            results,
            signature,
            post_return,
        }
    }

    fn pass_params(&self, func: &FuncType, side: Side, mode: Mode) -> Params {
        let limit = match (side, mode) {
            (Side::Lower, Mode::Async | Mode::AsyncStackful) => MAX_FLAT_ASYNC_PARAMS,
            (Side::Lower, Mode::Sync) | (Side::Lift, Mode::Sync | Mode::Async | Mode::AsyncStackful) => MAX_FLAT_PARAMS,
        };
        let types = || func.params.iter().map(|param| param.ty);
        if self.flatten(types(), limit).is_none() {
            return Params::Spilled(self.spill(types()));
        }
        Params::Flat(types().filter_map(|ty| self.flatten([ty], limit)).collect())
    }

    fn pass_results(&self, func: &FuncType, side: Side, mode: Mode) -> Results {
        match (side, mode) {
            (Side::Lift, Mode::Async | Mode::AsyncStackful) => Results::TaskReturn(self.task_return(func.result)),
            (Side::Lower, Mode::Async | Mode::AsyncStackful) if func.result.is_some() => {
                Results::Spilled(self.spill(func.result))
            }
            (Side::Lift | Side::Lower, Mode::Sync | Mode::Async | Mode::AsyncStackful) => {
                match self.flatten(func.result, MAX_FLAT_RESULTS) {
                    Some(flat) => Results::Flat(flat),
                    None => Results::Spilled(self.spill(func.result)),
                }
            }
        }
    }

    /// The core type of `task.return` for a function with this result.
    pub fn task_return(&self, result: Option<ValType>) -> CoreSignature {
        let params = self.flatten(result, MAX_FLAT_PARAMS).unwrap_or_else(|| vec![self.ptr().core_type()]);
        CoreSignature { params, results: Vec::new() }
    }

    fn spill(&self, types: impl IntoIterator<Item = ValType> + Clone) -> Spill {
        Spill { layout: self.record_layout(types.clone()), offsets: self.field_offsets(types) }
    }

    fn signature(&self, params: &Params, results: &Results, side: Side, mode: Mode) -> CoreSignature {
        let pointer = self.ptr().core_type();
        let mut signature = CoreSignature::default();
        match params {
            Params::Flat(values) => signature.params.extend(values.iter().flatten()),
            Params::Spilled(_) => signature.params.push(pointer),
        }
        match (results, side) {
            (Results::Flat(values), Side::Lift | Side::Lower) => signature.results.extend(values),
            (Results::Spilled(_), Side::Lift) => signature.results.push(pointer),
            (Results::Spilled(_), Side::Lower) => signature.params.push(pointer),
            (Results::TaskReturn(_), Side::Lift | Side::Lower) => {}
        }
        match (side, mode) {
            // The status of the subtask, and the callback code.
            (Side::Lower, Mode::Async | Mode::AsyncStackful) | (Side::Lift, Mode::Async) => {
                signature.results = vec![CoreType::I32];
            }
            (Side::Lift, Mode::Sync | Mode::AsyncStackful) | (Side::Lower, Mode::Sync) => {}
        }
        signature
    }
}

#[cfg(test)]
mod tests {
    use types::{Decl, Owner, Param, TypeDef, TypeKind, Types};

    use super::*;

    fn func(params: &[ValType], result: Option<ValType>) -> FuncType {
        let params = params.iter().map(|ty| Param { name: "p".to_owned(), ty: *ty, place: None }).collect();
        FuncType { async_: false, params, result }
    }

    fn signature(func: &FuncType, side: Side, mode: Mode) -> String {
        Abi::wasm32(&Types::new()).call(func, side, mode).signature.to_string()
    }

    #[test]
    fn a_string_result_goes_through_a_pointer() {
        let greet = func(&[ValType::String], Some(ValType::String));
        assert_eq!(signature(&greet, Side::Lift, Mode::Sync), "(func (param i32 i32) (result i32))");
        assert_eq!(signature(&greet, Side::Lower, Mode::Sync), "(func (param i32 i32 i32))");
        assert_eq!(signature(&greet, Side::Lower, Mode::Async), "(func (param i32 i32 i32) (result i32))");
        assert_eq!(signature(&greet, Side::Lift, Mode::AsyncStackful), "(func (param i32 i32))");
    }

    #[test]
    fn the_seventeenth_parameter_spills_all() {
        let many = func(&[ValType::U32; 17], None);
        let types = Types::new();
        let call = Abi::wasm32(&types).call(&many, Side::Lift, Mode::Sync);
        assert_eq!(call.signature.to_string(), "(func (param i32))");
        assert!(call.memory && call.realloc && !call.strings);
        let call = Abi::wasm32(&types).call(&many, Side::Lower, Mode::Sync);
        assert!(call.memory && !call.realloc);
    }

    #[test]
    fn several_values_are_returned_by_task_return_with_a_memory() {
        let mut types = Types::new();
        let kind = TypeKind::Tuple(vec![ValType::U32, ValType::U32]);
        let pair = types.add_type(TypeDef { name: None, owner: Owner::Nothing, kind, decl: Decl::default() });
        let pair = func(&[], Some(ValType::Def(pair)));
        let abi = Abi::wasm32(&types);
        let one = func(&[ValType::U32; 3], Some(ValType::U32));
        let needs = |func, mode| abi.call(func, Side::Lift, mode).task_return_needs();
        for mode in [Mode::Async, Mode::AsyncStackful] {
            assert!(needs(&pair, mode).memory && !needs(&pair, mode).realloc);
            assert!(!needs(&one, mode).memory);
        }
    }

    #[test]
    fn scalars_need_no_options() {
        let add = func(&[ValType::U32, ValType::F64], Some(ValType::S64));
        let types = Types::new();
        let call = Abi::wasm32(&types).call(&add, Side::Lift, Mode::Sync);
        assert!(!call.memory && !call.realloc && !call.strings);
        assert_eq!(call.post_return.map(|sig| sig.to_string()).as_deref(), Some("(func (param i64))"));
    }
}
