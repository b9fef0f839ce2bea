//! Whether two messages give the same reason: the reference's innermost cause, and what a diagnostic of ours says.

use diag::Diagnostic;

/// What the reference's words mean in ours: each of the second must be in our headline or first label.
/// `{1}`, `{2}` are what the reference has in backticks, in this order.
const REASONS: &[(&str, &[&str])] = &[
    ("expected function with a result, found function without a result", &["result: expected ", "found nothing"]),
    ("expected function without a result, found function with a result", &["result: expected nothing"]),
    ("expected function with parameter count *, found parameter count *", &["parameter `", "nothing"]),
    ("expected function parameter * to be named `*`, found name `*`", &["expected `{1}: ", "found `{2}: "]),
    ("expected enum case * to be named `*`, found an enum case named `*`", &["in the order", "{1}", "{2}"]),
    ("expected flag * to be named `*`, found a flag named `*`", &["in the order", "{1}", "{2}"]),
    ("expected variant case * to be named `*`, found a case named `*`", &["case `{1}`"]),
    ("expected variant case `*` to be typed, found an untyped case", &["case `{1}`: expected `", "found nothing"]),
    ("expected variant case `*` to be untyped, found a typed case", &["case `{1}`: expected nothing, found `"]),
    ("expected an enum type case count of *, found a count of *", &["case `", "nothing"]),
    ("expected a variant case count of *, found a count of *", &["case `", "nothing"]),
    ("expected a record field count of *, found a count of *", &["field `", "nothing"]),
    ("expected a tuple of size *, found a tuple of size *", &["expected `tuple<", "found `tuple<"]),
    ("expected resource `*`, found resource `*`", &["expected `resource {1}`, found `resource {2}`"]),
    ("expected an `ok` for result type", &["result, `ok`: expected `", "found nothing"]),
    ("expected no `ok` for result type", &["result, `ok`: expected nothing, found `"]),
    ("expected borrow, found string", &["expected `borrow<", "found `string`"]),
    ("expected function, found instance", &["expected `func(", "found `interface`"]),
    ("expected u8, found string", &["expected `u8`, found `string`"]),
    ("expected u16, found string", &["expected `u16`, found `string`"]),
    ("expected u32, found string", &["expected `u32`, found `string`"]),
    ("expected string, found u8", &["expected `string`, found `u8`"]),
    ("expected string, found u32", &["expected `string`, found `u32`"]),
    ("instance is missing expected function export `*`", &["`{1}`: expected `func(", "found nothing"]),
    ("instance has unexpected resource export `*`", &["`{1}`: expected nothing, found `resource`"]),
    ("instance has unexpected function export `*`", &["`{1}`: expected nothing, found `func("]),
    ("instance cannot be merged with function", &["with different types"]),
    ("export name cannot be a hash, url, or dependency", &["hashes, URLs and dependencies"]),
    ("`*` is not in kebab case", &["is not in kebab case", "{1}"]),
    ("package `*` is not a binary-encoded WebAssembly component", &["is no WebAssembly binary", "`{1}`"]),
    // The reference quotes another tool here; ours quotes it in another label.
    ("unknown type 0: type index out of bounds (at offset 0xb)", &["is not a valid component"]),
];

pub fn is_same(cause: &str, problem: &Diagnostic) -> bool {
    let said = problem.labels.first().map(|label| label.text.clone()).unwrap_or_default();
    let quoted: Vec<&str> = cause.split('`').skip(1).step_by(2).collect();
    let Some((_, ours)) = REASONS.iter().find(|(theirs, _)| fits(theirs, cause)) else { return false };
    ours.iter().all(|words| {
        let mut words = (*words).to_owned();
        for (at, name) in quoted.iter().enumerate() {
            words = words.replace(&format!("{{{}}}", at + 1), name);
        }
        said.contains(&words) || problem.headline.contains(&words)
    })
}

/// Whether a cause is of a form, in which `*` stands for anything.
fn fits(form: &str, cause: &str) -> bool {
    let mut rest = cause;
    for (at, piece) in form.split('*').enumerate() {
        match rest.find(piece) {
            Some(0) => rest = &rest[piece.len()..],
            Some(found) if at > 0 => rest = &rest[found + piece.len()..],
            Some(_) | None => return false,
        }
    }
    rest.is_empty() || form.ends_with('*')
}
