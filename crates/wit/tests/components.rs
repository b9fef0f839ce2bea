//! The world of a component, read from its bytes, prints as the public test vectors say.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test reads files and says what it counted"
)]

mod support;

use support::conformance;
use types::Types;
use withe_wit::print::print_component;

#[test]
fn worlds_of_components_print_as_expected() {
    let Some(folder) = conformance("encode") else { return };
    let mut cases: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    let mut count = 0;
    let mut wrong = Vec::new();
    for case in cases {
        let Ok(expected) = std::fs::read_to_string(case.join("component.wit.print")) else { continue };
        count += 1;
        let bytes = wat::parse_file(case.join("component.wat")).unwrap();
        let mut types = Types::new();
        let name = case.file_name().unwrap().to_str().unwrap();
        match component::read_world(&mut types, name, &bytes) {
            Err(found) => wrong.push(format!("{name}: {}", found.0[0].headline)),
            Ok(world) => {
                let text = print_component(&types, &world);
                if text.trim() != expected.trim() {
                    wrong.push(format!("{name}:\n{text}\n----- expected\n{expected}"));
                }
            }
        }
    }
    println!("encode: {} of {count} worlds print as expected", count - wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n=====\n"));
    assert!(count >= 103, "only {count} cases");
}
