//! Steps are brought together by kind; what runs code, and what is seen from outside, keeps its order.

use withe_component::plan::{CanonOptions, Plan, Primitive, ROOT, TypeExpr, ValRef};
use withe_component::{EmitOptions, emit};

const MODULE: &str =
    r#"(module (func (export "a") (result i32) i32.const 0) (func (export "b") (result i32) i32.const 0))"#;

/// Two instances of a module, each function lifted and exported as soon as it is there.
fn plan() -> Plan<'static> {
    let mut plan = Plan::new();
    let module = plan.core_module(wat::parse_str(MODULE).expect("the text is a module"));
    for round in 0..2 {
        let instance = plan.core_instantiate(module, Vec::new());
        for name in ["a", "b"] {
            let func = plan.core_alias_func(instance, name);
            let result = if name == "a" { Primitive::U32 } else { Primitive::S32 };
            let result = Some(ValRef::Primitive(result));
            let ty = plan.define(ROOT, TypeExpr::Func { async_: false, params: Vec::new(), result });
            let lifted = plan.lift(func, ty, CanonOptions::default());
            plan.export(format!("{name}{round}"), lifted, None);
        }
    }
    plan
}

fn sections(bytes: &[u8]) -> usize {
    let payloads =
        wasmparser::Parser::new(0).parse_all(bytes).map(|payload| payload.expect("what was emitted is read"));
    let is_section = |payload: &wasmparser::Payload<'_>| {
        use wasmparser::Payload::*;
        matches!(
            payload,
            InstanceSection(_)
                | ComponentAliasSection(_)
                | ComponentTypeSection(_)
                | ComponentCanonicalSection(_)
                | ComponentExportSection(_)
        )
    };
    payloads.filter(is_section).count()
}

/// The lines of a dump that begin a step with this text, without the handle that it makes.
fn steps(plan: &Plan<'_>, verb: &str) -> Vec<String> {
    let dump = plan.dump();
    let steps = dump.lines().filter_map(|line| line.split_once(" = "));
    steps.filter(|(_, step)| step.starts_with(verb)).map(|(_, step)| step.to_owned()).collect()
}

#[test]
fn each_kind_that_needs_no_other_order_is_one_section() {
    let (scattered, mut grouped) = (plan(), plan());
    grouped.group();
    let (before, after) = (emit(&scattered, EmitOptions::default()), emit(&grouped, EmitOptions::default()));
    for bytes in [&before, &after] {
        wasmparser::Validator::new_with_features(wasmparser::WasmFeatures::all()).validate_all(bytes).unwrap();
    }
    // Instances, aliases, types, lifts, exports.
    assert_eq!(sections(&after), 5, "{}", grouped.dump());
    assert!(after.len() < before.len());
    assert_eq!(steps(&grouped, "instantiate"), steps(&scattered, "instantiate"));
    assert_eq!(steps(&grouped, "export"), steps(&scattered, "export"));
}

#[test]
fn grouping_again_changes_nothing() {
    let mut once = plan();
    once.group();
    let mut twice = once.clone();
    twice.group();
    assert_eq!(once.dump(), twice.dump());
}
