//! Core signatures of calls in every form, for both sizes of a memory, as the specification states them.
//!
//! Specification: Canonical ABI, "Flattening" (`flatten_functype`), "`canon task.return`".

use types::{Decl, FuncType, Owner, Param, TypeDef, TypeKind, Types, ValType};
use withe_abi as abi;

use abi::{Abi, Mode, Params, PtrSize, Results, Side, futures_and_streams};

/// How many `u32` parameters, whether a string comes back, and the core signature of each form.
struct Row {
    params: Vec<ValType>,
    result: Option<ValType>,
    lift: &'static str,
    lift_async: &'static str,
    lift_stackful: &'static str,
    lower: &'static str,
    lower_async: &'static str,
    task_return: &'static str,
}

const FORMS: [(Side, Mode); 5] = [
    (Side::Lift, Mode::Sync),
    (Side::Lift, Mode::Async),
    (Side::Lift, Mode::AsyncStackful),
    (Side::Lower, Mode::Sync),
    (Side::Lower, Mode::Async),
];

fn func(params: &[ValType], result: Option<ValType>) -> FuncType {
    let params = params.iter().map(|ty| Param { name: "p".to_owned(), ty: *ty, place: None }).collect();
    FuncType { async_: true, params, result }
}

fn check(ptr: PtrSize, rows: &[Row]) {
    let types = Types::new();
    let abi = Abi::new(&types, ptr);
    for row in rows {
        let func = func(&row.params, row.result);
        let expected = [row.lift, row.lift_async, row.lift_stackful, row.lower, row.lower_async];
        for ((side, mode), expected) in FORMS.into_iter().zip(expected) {
            let found = abi.call(&func, side, mode).signature.to_string();
            assert_eq!(found, expected, "{side:?} {mode:?} of {:?} -> {:?}", row.params, row.result);
        }
        assert_eq!(abi.task_return(row.result).to_string(), row.task_return);
    }
}

#[test]
fn small_functions_are_flat_in_every_form() {
    let none = Row {
        params: vec![],
        result: None,
        lift: "(func)",
        lift_async: "(func (result i32))",
        lift_stackful: "(func)",
        lower: "(func)",
        lower_async: "(func (result i32))",
        task_return: "(func)",
    };
    let scalars = Row {
        params: vec![ValType::U8, ValType::F64],
        result: Some(ValType::S64),
        lift: "(func (param i32 f64) (result i64))",
        lift_async: "(func (param i32 f64) (result i32))",
        lift_stackful: "(func (param i32 f64))",
        lower: "(func (param i32 f64) (result i64))",
        lower_async: "(func (param i32 f64 i32) (result i32))",
        task_return: "(func (param i64))",
    };
    check(PtrSize::P32, &[none, scalars]);
}

#[test]
fn the_fifth_core_value_spills_an_asynchronously_lowered_call() {
    let four = Row {
        params: vec![ValType::String, ValType::U32, ValType::U32],
        result: Some(ValType::String),
        lift: "(func (param i32 i32 i32 i32) (result i32))",
        lift_async: "(func (param i32 i32 i32 i32) (result i32))",
        lift_stackful: "(func (param i32 i32 i32 i32))",
        lower: "(func (param i32 i32 i32 i32 i32))",
        lower_async: "(func (param i32 i32 i32 i32 i32) (result i32))",
        task_return: "(func (param i32 i32))",
    };
    let five = Row {
        params: vec![ValType::String, ValType::String, ValType::U32],
        result: Some(ValType::Bool),
        lift: "(func (param i32 i32 i32 i32 i32) (result i32))",
        lift_async: "(func (param i32 i32 i32 i32 i32) (result i32))",
        lift_stackful: "(func (param i32 i32 i32 i32 i32))",
        lower: "(func (param i32 i32 i32 i32 i32) (result i32))",
        lower_async: "(func (param i32 i32) (result i32))",
        task_return: "(func (param i32))",
    };
    check(PtrSize::P32, &[four, five]);
}

#[test]
fn a_larger_memory_widens_pointers_and_nothing_else() {
    let row = Row {
        params: vec![ValType::String, ValType::U32],
        result: Some(ValType::String),
        lift: "(func (param i64 i64 i32) (result i64))",
        lift_async: "(func (param i64 i64 i32) (result i32))",
        lift_stackful: "(func (param i64 i64 i32))",
        lower: "(func (param i64 i64 i32 i64))",
        lower_async: "(func (param i64 i64 i32 i64) (result i32))",
        task_return: "(func (param i64 i64))",
    };
    check(PtrSize::P64, &[row]);
}

#[test]
fn more_than_sixteen_core_values_are_passed_in_memory() {
    let row = Row {
        params: vec![ValType::U64; 17],
        result: None,
        lift: "(func (param i32))",
        lift_async: "(func (param i32) (result i32))",
        lift_stackful: "(func (param i32))",
        lower: "(func (param i32))",
        lower_async: "(func (param i32) (result i32))",
        task_return: "(func)",
    };
    check(PtrSize::P32, &[row]);
}

#[test]
fn a_result_of_more_than_sixteen_core_values_is_returned_from_memory() {
    let mut types = Types::new();
    let tuple = anonymous(&mut types, TypeKind::Tuple(vec![ValType::U32; 17]));
    let abi = Abi::wasm32(&types);
    assert_eq!(abi.task_return(Some(tuple)).to_string(), "(func (param i32))");
    let call = abi.call(&func(&[], Some(tuple)), Side::Lift, Mode::Async);
    assert!(call.memory && !call.realloc && call.post_return.is_none());
    assert!(matches!(call.results, Results::TaskReturn(_)) && matches!(call.params, Params::Flat(_)));
}

fn anonymous(types: &mut Types, kind: TypeKind) -> ValType {
    ValType::Def(types.add_type(TypeDef { name: None, owner: Owner::Nothing, kind, decl: Decl::default() }))
}

#[test]
fn streams_and_futures_are_counted_inner_before_outer() {
    let mut types = Types::new();
    let inner = anonymous(&mut types, TypeKind::Future(Some(ValType::U32)));
    let outer = anonymous(&mut types, TypeKind::Future(Some(inner)));
    let bytes = anonymous(&mut types, TypeKind::Stream(Some(ValType::U8)));
    let list = anonymous(&mut types, TypeKind::List(outer));
    let found = futures_and_streams(&types, &func(&[list, ValType::U32, inner], Some(bytes)));
    assert_eq!(found, [inner, outer, inner, bytes]);
}

#[test]
fn a_type_that_doubles_at_every_level_ends_the_count() {
    let mut types = Types::new();
    let mut ty = anonymous(&mut types, TypeKind::Future(None));
    let mut plain = ValType::U8;
    for _ in 0..60 {
        ty = anonymous(&mut types, TypeKind::Tuple(vec![ty, ty]));
        plain = anonymous(&mut types, TypeKind::Tuple(vec![plain, plain]));
    }
    assert_eq!(futures_and_streams(&types, &func(&[ty], None)).len(), abi::builtin::MOST);
    assert!(futures_and_streams(&types, &func(&[plain], None)).is_empty());
}
