//! Refusals in large graphs: told once for each pair of owners, briefly, and in a time that grows with the graph.
#![expect(clippy::print_stderr, reason = "the time is the report")]

use std::time::Instant;

use indexmap::IndexMap;
use types::{ExternName, Types};
use withe_compose::{Part, Source, Wanted, WantedId, Wiring};

const OWNER: &str = r#"(component
  (type $r (resource (rep i32)))
  (component $types
    (import "r" (type $r (sub resource)))
    (export "r" (type $r)))
  (instance $types (instantiate $types (with "r" (type $r))))
  (export "a:b/types" (instance $types)))"#;

/// Passes the types on.
const RELAY: &str = r#"(component
  (import "a:b/types" (instance $types (export "r" (type (sub resource)))))
  (export "a:b/types" (instance $types)))"#;

/// Imports the types twice, and says that they are one.
const BOTH: &str = r#"(component
  (import "a:b/types" (instance $types (export "r" (type (sub resource)))))
  (alias export $types "r" (type $r))
  (import "a:b/again" (instance (alias outer 1 $r (type $o)) (export "r" (type (eq $o))))))"#;

fn part<'a>(types: &mut Types, file: &str, bytes: &'a [u8]) -> Part<'a> {
    Part::new(file, bytes, component::read(types, file, bytes).expect("it is valid").ty)
}

fn name(text: &str) -> ExternName {
    ExternName::parse(text).expect("a name")
}

/// Two chains of `length`, and `ends` instances that take the end of each for one.
fn refusal(length: usize, ends: usize) -> Vec<diag::Diagnostic> {
    let files = [OWNER, RELAY, BOTH].map(|text| wat::parse_str(text).expect("it is valid"));
    let types = &mut Types::new();
    let [owner, relay, both] =
        [("owner.wasm", 0), ("relay.wasm", 1), ("both.wasm", 2)].map(|(file, index)| part(types, file, &files[index]));
    let mut wiring = Wiring::new();
    let from = |of: WantedId| Source::export(of, name("a:b/types"));
    let chains = [(); 2].map(|()| {
        let mut end = wiring.instance(Wanted::new(owner.clone(), IndexMap::new()));
        for _ in 0..length {
            let args = IndexMap::from([(name("a:b/types"), from(end).into())]);
            end = wiring.instance(Wanted::new(relay.clone(), args));
        }
        end
    });
    for _ in 0..ends {
        let args = [(name("a:b/types"), from(chains[0]).into()), (name("a:b/again"), from(chains[1]).into())];
        wiring.instance(Wanted::new(both.clone(), IndexMap::from(args)));
    }
    wiring.build(types).expect_err("the chains begin at two owners").0
}

#[test]
fn a_long_way_is_told_briefly() {
    for (length, ends) in [(10, 10), (250, 250), (1000, 500)] {
        let begin = Instant::now();
        let told = refusal(length, ends);
        eprintln!("two chains of {length}, {ends} places: {} ms", begin.elapsed().as_millis());
        assert_eq!(told.len(), 1, "one pair of owners");
        let one = &told[0];
        assert_eq!(one.code.0, "compose/resource-mismatch");
        assert!(one.labels.iter().all(|label| label.text.len() < 800), "{one:#?}");
        assert!(one.labels.iter().any(|label| label.text.contains("more steps")), "{one:#?}");
        assert!(one.labels[0].text.ends_with(&format!("and {} more", ends - 1 - 3)), "{one:#?}");
    }
}
