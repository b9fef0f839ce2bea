//! Faults that other encoders have or had: each test shows that this one does not.
//!
//! In: cases of `fixtures/encode`, whose plans and worlds the fixtures' own test compares.
//! Out: what each fault would have spoiled is looked at in the finished bytes, or in what is said.
#![expect(clippy::unwrap_used, reason = "tests unwrap")]
#![expect(clippy::wildcard_enum_match_arm, reason = "wasmparser's enums are foreign and grow")]

#[allow(dead_code, reason = "other tests use the rest of it")]
mod common;

use std::path::{Path, PathBuf};

use common::{Encoded, Stop};
use wasmparser::{CanonicalFunction, CanonicalOption, Operator, Parser, Payload};

fn case(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/encode").join(name)
}

/// The component of a case, which both validators take.
fn encoded(name: &str) -> Encoded {
    match common::encode_case(&case(name)) {
        Ok(encoded) => {
            common::validate(&encoded.bytes).unwrap();
            encoded
        }
        Err(Stop::Refused(diagnostics)) => panic!("{}", common::diagnostics_text(&diagnostics)),
        Err(Stop::NotRun(why)) => panic!("{why}"),
    }
}

/// What is said of a case that is refused.
fn refused(name: &str) -> diag::Diagnostics {
    match common::encode_case(&case(name)) {
        Err(Stop::Refused(diagnostics)) => diagnostics,
        Err(Stop::NotRun(why)) => panic!("{why}"),
        Ok(encoded) => panic!("accepted:\n{}", encoded.plan),
    }
}

/// All canonical definitions, in their order.
fn canons(bytes: &[u8]) -> Vec<CanonicalFunction> {
    let payloads = Parser::new(0).parse_all(bytes).map(Result::unwrap);
    let sections = payloads.filter_map(|payload| match payload {
        Payload::ComponentCanonicalSection(section) => Some(section),
        _ => None,
    });
    sections.flat_map(|section| section.into_iter().map(Result::unwrap)).collect()
}

fn count(canons: &[CanonicalFunction], wanted: impl Fn(&CanonicalFunction) -> bool) -> usize {
    canons.iter().filter(|canon| wanted(canon)).count()
}

/// The main module would use another memory layout than the component declares.
#[test]
fn versions_whose_records_differ_do_not_become_one() {
    let diagnostics = refused("error-version-conflict");
    assert!(diagnostics.0.iter().all(|diagnostic| diagnostic.code.0 == "encode/version-conflict"));
    assert!(diagnostics.0.iter().any(|diagnostic| diagnostic.headline.contains("`a:b/c@0.2.0` and `a:b/c@0.2.3`")));
}

/// The second form would get the first one's options.
#[test]
fn synchronous_and_asynchronous_reads_are_two_definitions() {
    let canons = canons(&encoded("peer-reads-sync-and-async").bytes);
    let is_async = |options: &[CanonicalOption]| options.contains(&CanonicalOption::Async);
    for async_ in [false, true] {
        let read = |canon: &CanonicalFunction| matches!(canon, CanonicalFunction::StreamRead { options, .. } if is_async(options) == async_);
        let write = |canon: &CanonicalFunction| matches!(canon, CanonicalFunction::FutureWrite { options, .. } if is_async(options) == async_);
        let cancel = |canon: &CanonicalFunction| matches!(canon, CanonicalFunction::StreamCancelRead { async_: found, .. } if *found == async_);
        assert_eq!(count(&canons, read), 1, "reads, asynchronous: {async_}");
        assert_eq!(count(&canons, write), 1, "writes, asynchronous: {async_}");
        assert_eq!(count(&canons, cancel), 1, "cancelled reads, asynchronous: {async_}");
    }
}

/// The injected code would set a global of another type, since an earlier one is gone.
#[test]
fn a_lazy_stack_is_kept_in_the_globals_of_the_reduced_adapter() {
    let bytes = encoded("peer-lazy-stack").bytes;
    let mut globals = Vec::new();
    for payload in Parser::new(0).parse_all(&bytes) {
        if let Payload::GlobalSection(section) = payload.unwrap() {
            globals.push(section.into_iter().map(|global| global.unwrap().ty.content_type).collect::<Vec<_>>());
        }
    }
    use wasmparser::ValType::{I32, I64};
    assert_eq!(globals, [vec![I32, I64, I32]]);
    // State 2 is "allocated": only the injected code sets the state, and it is valid.
    let sets = functions(&bytes).into_iter().flatten().filter(|global| *global == 2).count();
    assert!(sets >= 2, "the state is set {sets} times");
}

/// The globals that each function sets, in all modules.
fn functions(bytes: &[u8]) -> Vec<Vec<u32>> {
    let payloads = Parser::new(0).parse_all(bytes).map(Result::unwrap);
    let bodies = payloads.filter_map(|payload| match payload {
        Payload::CodeSectionEntry(body) => Some(body),
        _ => None,
    });
    let sets = bodies.map(|body| {
        let operators = body.get_operators_reader().unwrap().into_iter().map(Result::unwrap);
        let sets = operators.filter_map(|operator| match operator {
            Operator::GlobalSet { global_index } => Some(global_index),
            _ => None,
        });
        sets.collect()
    });
    sets.collect()
}

/// A forgotten `embed` would become a component that does nothing.
#[test]
fn a_module_without_a_world_is_no_empty_component() {
    for name in ["error-no-world", "error-no-world-names", "error-no-world-nothing", "error-no-world-preview1"] {
        let diagnostics = refused(name);
        assert_eq!(diagnostics.0.len(), 1, "{name}");
        assert_eq!(diagnostics.0[0].code.0, "encode/no-world", "{name}");
    }
}

/// An adapter that only another adapter imports would be left out, and then be missed.
#[test]
fn an_adapter_that_only_an_adapter_uses_is_kept() {
    let Encoded { bytes, plan } = encoded("peer-adapter-of-adapter");
    let kept = |name: &str| plan.lines().any(|line| line.starts_with("named ") && line.ends_with(name));
    assert!(kept("adapter:first") && kept("adapter:second"), "{plan}");
    assert!(!kept("adapter:third"), "{plan}");
    assert!(common::printed_world(&bytes).unwrap().contains("import host: func() -> u32;"));
}

/// The hook's wrapper of an asynchronous export would assume that there is no post-return function.
#[test]
fn a_task_hook_beside_a_stray_post_return_is_no_panic() {
    let canons = canons(&encoded("peer-hook-beside-post-return").bytes);
    let post_return = |canon: &CanonicalFunction| {
        let CanonicalFunction::Lift { options, .. } = canon else { return false };
        options.iter().any(|option| matches!(option, CanonicalOption::PostReturn(_)))
    };
    let lift = |canon: &CanonicalFunction| matches!(canon, CanonicalFunction::Lift { .. });
    assert_eq!((count(&canons, lift), count(&canons, post_return)), (2, 1));
}

/// `try_table` would be unimplemented in the code that reduces adapters.
#[test]
fn exceptions_are_known_where_adapters_are_reduced() {
    let bytes = encoded("peer-try-table").bytes;
    let tags: u32 = Parser::new(0)
        .parse_all(&bytes)
        .map(|payload| match payload.unwrap() {
            Payload::TagSection(section) => section.count(),
            _ => 0,
        })
        .sum();
    assert_eq!(tags, 1, "the other tag is used by nothing that is left");
}

/// Names of the standard scheme would be unimplemented for asynchronous functions.
#[test]
fn asynchronous_functions_have_names_in_the_standard_scheme() {
    let canons = canons(&encoded("peer-standard-async").bytes);
    let waits = |canon: &CanonicalFunction| match canon {
        CanonicalFunction::Lift { options, .. } | CanonicalFunction::Lower { options, .. } => {
            options.contains(&CanonicalOption::Async)
        }
        _ => false,
    };
    assert_eq!(count(&canons, waits), 0);
    assert_eq!(refused("error-standard-async-form").0.len(), 2);
}

/// The options of `task.return` would be computed in a second place, which looks for an allocator.
#[test]
fn task_return_needs_no_allocator() {
    let canons = canons(&encoded("peer-task-return-without-allocator").bytes);
    let options = canons.iter().find_map(|canon| match canon {
        CanonicalFunction::TaskReturn { options, .. } => Some(options),
        _ => None,
    });
    let options = options.unwrap();
    assert!(options.iter().any(|option| matches!(option, CanonicalOption::Memory(_))));
    assert!(!options.iter().any(|option| matches!(option, CanonicalOption::Realloc(_))));
}
