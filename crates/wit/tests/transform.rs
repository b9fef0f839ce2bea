//! Worlds seen from the other side print as WIT that parses alone and says the same.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test reads files and says what it counted"
)]

mod support;

use support::{conformance, read_tree, wit_sources};
use types::Types;
use withe_wit::print::{Docs, print};
use withe_wit::{LoadOptions, Package, SourceTree, Transform, load, transform};

fn changes() -> [Transform; 3] {
    let name = || Some("changed-world".to_owned());
    [
        Transform::Importize { name: name() },
        Transform::Exportize { name: name(), only: Vec::new() },
        Transform::MergeImports,
    ]
}

/// The change is printed, loaded, printed again: the same text, and the same world.
fn check(package: &Package, world: &str, change: &Transform) -> Result<bool, String> {
    let said = |found: diag::Diagnostics| format!("{}: {}", found.0[0].code, found.0[0].headline);
    let (changed, name) = match transform(package, Some(world), change) {
        Ok(changed) => changed,
        // A type and an export of one name cannot both be imports; two versions may differ.
        Err(found) if ["wit/duplicate", "wit/not-compatible"].contains(&found.0[0].code.0) => return Ok(false),
        Err(found) => return Err(said(found)),
    };
    let text = print(&changed, Some(&name), Docs::Keep).map_err(said)?;
    let options = LoadOptions { all_features: true, ..LoadOptions::default() };
    let again = load(&SourceTree::of_text("changed.wit", text.clone()), &options)
        .map_err(|found| format!("{}\n{text}", said(found)))?;
    if print(&again, Some(&name), Docs::Keep).map_err(said)? != text {
        return Err(format!("printed again it differs:\n{text}"));
    }
    let mut types = Types::new();
    let first = changed.world(&mut types, Some(&name)).map_err(said)?;
    let second = again.world(&mut types, Some(&name)).map_err(said)?;
    if !types::equal::components(&types, &first.component, &second.component) {
        return Err(format!("the text says another world:\n{text}"));
    }
    Ok(true)
}

#[test]
fn every_world_can_be_seen_from_the_other_side() {
    let (mut count, mut refused, mut wrong) = (0, 0, Vec::new());
    for folder in ["interfaces", "wit-ui", "bindgen", "merge"] {
        let Some(folder) = conformance(folder) else { continue };
        for path in wit_sources(&folder) {
            let options = LoadOptions { all_features: true, ..LoadOptions::default() };
            let Ok(package) = load(&read_tree(&path), &options) else { continue };
            for world in package.worlds() {
                for change in changes() {
                    count += 1;
                    match check(&package, &world, &change) {
                        Ok(true) => {}
                        Ok(false) => refused += 1,
                        Err(reason) => wrong.push(format!("{} {world} {change:?}: {reason}", path.display())),
                    }
                }
            }
        }
    }
    println!("{count} changes of worlds, {refused} refused, {} wrong", wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n=====\n"));
    assert!(count == 0 || count >= 500, "only {count} changes");
}

const LOG: &str = "package local:calc;
interface log { record line { text: string } say: func(l: line); }
interface ops { use log.{line}; add: func(a: u32, l: line) -> u32; }
world calc { use log.{line}; import warn: func(l: line); export ops; export run: func(l: line); }
";

#[test]
fn exports_become_imports() {
    let package = load(&SourceTree::of_text("calc.wit", LOG), &LoadOptions::default()).unwrap();
    let (changed, name) = transform(&package, None, &Transform::Importize { name: None }).unwrap();
    assert_eq!(name, "local:calc/calc-importized");
    let text = print(&changed, None, Docs::Keep).unwrap();
    let world = text.split("world ").nth(1).unwrap();
    let expected = "calc-importized {
  import log;
  import ops;
  use log.{line};
  import run: func(l: line);
}
";
    assert_eq!(world, expected);
}

#[test]
fn chosen_imports_become_exports() {
    let package = load(&SourceTree::of_text("calc.wit", LOG), &LoadOptions::default()).unwrap();
    for (only, expected) in [
        (&[][..], "\n  import log;\n  use log.{line};\n\n  export warn: func(l: line);\n  export log;\n"),
        (&["warn"][..], "\n  import log;\n  use log.{line};\n\n  export warn: func(l: line);\n"),
        (
            &["local:calc/log"][..],
            "\n  import log;\n  use log.{line};\n  import warn: func(l: line);\n\n  export log;\n",
        ),
    ] {
        let only = only.iter().map(|name| (*name).to_owned()).collect();
        let change = Transform::Exportize { name: Some("turned".to_owned()), only };
        let (changed, _) = transform(&package, None, &change).unwrap();
        let text = print(&changed, None, Docs::Keep).unwrap();
        assert_eq!(text.split("world turned {").nth(1).unwrap().trim_end_matches("}\n"), expected, "{change:?}");
    }
}

const VERSIONS: &str = "package local:calc;
world calc { import dep:log/log@1.0.0; import dep:log/log@1.1.0; }
package dep:log@1.0.0 { interface log { say: func(); } }
package dep:log@1.1.0 { interface log { say: func(); write: func(); } }
";

#[test]
fn the_newest_of_compatible_imports_stays() {
    let package = load(&SourceTree::of_text("calc.wit", VERSIONS), &LoadOptions::default()).unwrap();
    let (changed, name) = transform(&package, None, &Transform::MergeImports).unwrap();
    assert_eq!(name, "local:calc/calc");
    let text = print(&changed, Some(&name), Docs::Keep).unwrap();
    assert!(text.contains("import dep:log/log@1.1.0;") && !text.contains("1.0.0"), "{text}");

    let text = VERSIONS.replace("say: func(); write: func();", "say: func(text: string);");
    let package = load(&SourceTree::of_text("calc.wit", text), &LoadOptions::default()).unwrap();
    let found = &transform(&package, None, &Transform::MergeImports).unwrap_err().0[0];
    assert_eq!(found.code.0, "wit/not-compatible");
    assert_eq!(found.headline, "`dep:log/log@1.1.0` does not replace `dep:log/log@1.0.0`");
    assert_eq!(found.labels.len(), 2);
}
