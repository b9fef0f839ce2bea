//! Case folders under `fixtures/wac-syntax`: a script in, its packages and its layout or its errors out.
//!
//! A case is a file `script.wac`; `expected.txt` holds what comes of it: every error as it is drawn, or the packages
//! that the script names and the printed script. A case named `error-` is one that is refused.
//! `INSTA_UPDATE=always` writes it anew.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use diag::Source;
use testing::cases::Suite;
use testing::{Outcome, fixtures, golden, read_text};
use withe_wac::{PackageUse, parse, print};

fn main() -> ExitCode {
    Suite::new().folder("wac-syntax", &fixtures("wac-syntax"), check).run()
}

fn check(case: &Path) -> Outcome {
    let is_error = case.file_name().is_some_and(|name| name.to_string_lossy().starts_with("error-"));
    let parsed = parse(Arc::new(Source::new("script.wac", read_text(&case.join("script.wac"))?)));
    if is_error == parsed.problems.is_empty() {
        return Err(format!("refused are scripts in folders `error-..`; found {:#?}", parsed.problems).into());
    }
    let style = diag::human::Style { color: false, width: 120 };
    let drawn = parsed.problems.iter().map(|one| format!("{}\n\n", diag::human::render(one, style).trim_end()));
    let mut out: String = drawn.collect();
    if !is_error {
        out.extend(parsed.script.packages().iter().map(describe));
        let printed = print(&parsed.script);
        let again = parse(Arc::new(Source::new("printed.wac", printed.clone())));
        if !again.problems.is_empty() || again.script != parsed.script || print(&again.script) != printed {
            return Err(format!("what is printed does not read as the same: {printed}").into());
        }
        out = format!("{out}\n{printed}");
    }
    golden::compare(&case.join("expected.txt"), &out)
}

fn describe(found: &PackageUse) -> String {
    let PackageUse { package, span, is_component, has_types } = found;
    let needed = match (is_component, has_types) {
        (true, true) => "a component, and for its types",
        (true, false) => "a component",
        (false, true) => "for its types",
        (false, false) => "for nothing",
    };
    format!("{package}: {needed}; first at byte {}\n", span.start)
}
