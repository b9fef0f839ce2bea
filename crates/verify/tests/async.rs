//! Calls of asynchronous functions, with streams, futures and error contexts as values.

mod support;

use std::time::Duration;

use support::{calls, calls_within};

#[track_caller]
fn gives(expressions: &[&str], expected: &str) {
    let (status, out, diagnostics) =
        calls("async.wat", expressions).unwrap_or_else(|errors| panic!("{expressions:?}: {errors:#?}"));
    assert_eq!((status, out.as_str()), (0, expected), "{expressions:?}: {diagnostics:#?}");
}

#[test]
fn streams_and_futures_are_written_as_literals() {
    gives(&["sum(stream([1, 2, 3, 4, 5, 6, 7]))"], "28\n");
    gives(&["sum(stream([]))"], "0\n");
    gives(&["double(future(21))", "double(future(1))"], "42\n2\n");
    gives(&["later(1)"], "2\n");
}

#[test]
fn results_are_read_to_their_end() {
    gives(&["count(5)"], "stream([1, 2, 3, 4, 5])\n");
    gives(&["count(0)"], "stream([])\n");
    gives(&["promise(7)"], "future(7)\n");
    gives(&["both(3)"], "(future(3), stream([1, 2, 3]))\n");
    gives(&["excuse()"], "error-context(\"no luck\")\n");
}

#[test]
fn results_of_one_call_are_arguments_of_the_next() {
    gives(&["let s = count(100)", "sum(s)", "sum(s)"], "5050\n5050\n");
    gives(&["let f = promise(4)", "double(f)"], "8\n");
    gives(&["let e = excuse()", "same-context(e)"], "error-context(\"no luck\")\n");
}

#[test]
fn elements_of_every_type_pass() {
    let cases = [
        ("same-bytes", "stream([0, 255])"),
        ("same-ticks", "stream(3)"),
        ("same-ticks", "stream([])"),
        ("same-done", "future"),
        ("same-context", "error-context(\"because\")"),
        ("same-rows", "stream([{name: \"a\", at: some(1)}, {name: \"\", at: none}])"),
        ("same-nested", "stream([(stream([1, 2]), ok(b)), (stream([]), err(\"no\"))])"),
        ("same-outcome", "future(ok([(-1, 1.5), (2, nan)]))"),
        ("same-outcome", "future(err(b))"),
    ];
    for (function, value) in cases {
        gives(&[&format!("{function}({value})")], &format!("{value}\n"));
    }
}

/// Many more elements than fit one buffer of either side.
#[test]
fn long_streams_pass() {
    let numbers: Vec<String> = (0..20_000).map(|number| number.to_string()).collect();
    gives(&[&format!("sum(stream([{}]))", numbers.join(","))], "199990000\n");
    let bytes = format!("stream([{}])", vec!["7"; 70_000].join(", "));
    gives(&[&format!("same-bytes({bytes})")], &format!("{bytes}\n"));
}

#[test]
fn what_never_ends_is_told() {
    let (status, out, diagnostics) = calls("async.wat", &["endless()"]).unwrap();
    assert_eq!((status, out.as_str(), diagnostics[0].code.0), (1, "", "call/endless"));
    // Nobody holds the writing end, so the runtime knows that nothing will come.
    let (status, _, diagnostics) = calls("async.wat", &["never()"]).unwrap();
    assert_eq!((status, diagnostics[0].code.0), (134, "run/trap"), "{diagnostics:#?}");
    let limit = Some(Duration::from_millis(300));
    let (status, _, diagnostics) = calls_within("async.wat", &["count(4)", "never()"], limit).unwrap();
    assert_eq!(status, 134, "{diagnostics:#?}");
}
