//! Imports of one semver track become one, shown as dumps; what differs is refused.

use withe_types as types;

mod support;

use support::component;
use types::merge::{Why, merge_versions};
use types::{Types, dump};

fn merged(text: &str) -> String {
    let types = &mut Types::new();
    let component = component(types, text);
    match merge_versions(types, &component) {
        Ok(merged) => dump::component(types, &merged),
        Err(conflicts) => {
            let told = conflicts.iter().map(|conflict| {
                let why = match &conflict.why {
                    Why::Circle => "circle".to_owned(),
                    Why::Differs(why) => why
                        .iter()
                        .map(|mismatch| format!("{}: {}", mismatch.path, mismatch.text()))
                        .collect::<Vec<_>>()
                        .join("; "),
                };
                format!("{} and {}: {why}\n", conflict.lower, conflict.higher)
            });
            told.collect()
        }
    }
}

#[test]
fn users_of_the_lower_version_use_the_higher_one() {
    let text = "
        import a:b/c@0.2.0 { resource r; type p = record { x: u32 }; f: func(r: borrow<r>) -> p; }
        import a:b/d@0.2.0 { use a:b/c@0.2.0.r; use a:b/c@0.2.0.p; g: func(p: p) -> r; }
        import own:use/e { use a:b/c@0.2.0.p; h: func() -> list<p>; }
        import a:b/c@0.2.3 { resource r; type p = record { x: u32 }; f: func(r: borrow<r>) -> p; more: func(); }
        import a:b/d@0.2.7 { use a:b/c@0.2.3.r; use a:b/c@0.2.3.p; g: func(p: p) -> r; }
        import a:b/c@0.3.0 { other: func(); }
        export own:use/out { use a:b/c@0.2.0.r; use own:use/e.p; give: func(r: r) -> p; }";
    assert_eq!(
        merged(text),
        "\
import a:b/c@0.2.3: interface
  resource r#0
  type p = record { x: u32 }
  f: func(r: borrow<r#0>) -> p
  more: func()
import own:use/e: interface
  type p = p of a:b/c@0.2.3
  h: func() -> list<p>
import a:b/d@0.2.7: interface
  resource r#0
  type p = p of a:b/c@0.2.3
  g: func(p: p) -> r#0
import a:b/c@0.3.0: interface
  other: func()
export own:use/out: interface
  resource r#0
  type p = p of own:use/e
  give: func(r: r#0) -> p
"
    );
}

#[test]
fn versions_that_differ_are_refused() {
    let records = "
        import a:b/c@1.0.0 { type p = record { x: u32, y: u8 }; f: func() -> p; gone: func(); old: func(a: u8); }
        import a:b/c@1.2.0 { type p = record { x: u32, y: u16 }; f: func() -> p; old: func(a: u8, b: u8); }";
    assert_eq!(
        merged(records),
        "a:b/c@1.0.0 and a:b/c@1.2.0: f / result / y: expected `u8`, found `u16`; \
         gone: expected `func()`, found nothing; old / b: expected nothing, found `b: u8`\n"
    );
    let kinds = "
        import a:b/c@1.0.0 { resource p; }
        import a:b/c@1.2.0 { type p = u32; }";
    assert!(merged(kinds).contains("resource"), "{}", merged(kinds));
}

#[test]
fn a_resource_is_only_the_one_of_the_same_name() {
    // Both versions take `r` from elsewhere, and not from the same place.
    let text = "
        import k:one/i { resource r; }
        import k:two/i { resource r; }
        import a:b/c@1.0.0 { use k:one/i.r; f: func() -> r; }
        import a:b/c@1.2.0 { use k:two/i.r; f: func() -> r; }";
    assert_eq!(
        merged(text),
        "a:b/c@1.0.0 and a:b/c@1.2.0: r: expected `resource r of k:one/i`, found `resource r of k:two/i`\n"
    );
    let same = "
        import k:one/i { resource r; }
        import a:b/c@1.0.0 { use k:one/i.r; f: func() -> r; }
        import a:b/c@1.2.0 { use k:one/i.r; f: func() -> r; }";
    assert!(merged(same).ends_with("import a:b/c@1.2.0: interface\n  resource r#0\n  f: func() -> r#0\n"));
}

#[test]
fn a_version_in_between_may_come_later() {
    let text = "
        import a:b/c@1.0.0 { resource r; }
        import a:b/d@1.0.0 { use a:b/c@1.0.0.r; f: func() -> r; }
        import a:b/c@1.1.0 { resource r; }
        import a:b/d@1.1.0 { use a:b/c@1.1.0.r; f: func() -> r; }
        import a:b/c@1.2.0 { resource r; }";
    assert_eq!(
        merged(text),
        "\
import a:b/c@1.2.0: interface
  resource r#0
import a:b/d@1.1.0: interface
  resource r#0
  f: func() -> r#0
"
    );
}

#[test]
fn a_circle_through_two_versions_is_refused() {
    let text = "
        import a:b/c@1.0.0 { type t = u32; }
        import x:y/d { use a:b/c@1.0.0.t; type u = t; }
        import a:b/c@1.1.0 { type t = u32; use x:y/d.u; }";
    let told = merged(text);
    assert!(told == "a:b/c@1.0.0 and a:b/c@1.1.0: circle\n", "{told}");
}

#[test]
fn prereleases_and_names_without_version_stay_apart() {
    let text = "
        import a:b/c@1.0.0-rc.1 { f: func(); }
        import a:b/c@1.0.0-rc.2 { f: func(); }
        import a:b/c { f: func(); }
        import a:b/c@0.0.1 { f: func(); }
        import a:b/c@0.0.2 { f: func(); }";
    assert_eq!(merged(text).matches("import").count(), 5);
}
