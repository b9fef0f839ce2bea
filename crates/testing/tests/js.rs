//! Both versions of Node, the time limit, the type checker and the shim, as far as they are here.

#![expect(clippy::disallowed_methods, reason = "tests write scripts")]

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use testing::cases::Suite;
use testing::js::{Node, TIME, check_types, link_package};
use testing::{Outcome, Trouble, scratch};
use withe_testing as testing;

fn main() -> ExitCode {
    let mut suite = Suite::new();
    for node in Node::ALL {
        suite = suite
            .test(format!("{} says its version", node.name()), move || version(node))
            .test(format!("{} imports the shim", node.name()), move || shim(node));
    }
    suite
        .test("a script that does not end is stopped", endless)
        .test("a status is a failure that shows all", status)
        .test("wrong types are found with their code", types)
        .run()
}

fn folder(name: &str, files: &[(&str, &str)]) -> Result<PathBuf, Trouble> {
    let folder = scratch(&format!("js/{name}"))?;
    for (name, text) in files {
        std::fs::write(folder.join(name), text)?;
    }
    Ok(folder)
}

fn version(node: Node) -> Outcome {
    let text = "console.log(process.version, process.argv[2]); console.error('e');";
    let ran = node.run(&folder(node.name(), &[("v.mjs", text)])?, "v.mjs", &["word"], TIME)?;
    let prefix = node.name().replace("node", "v") + ".";
    assert!(ran.stdout.starts_with(&prefix) && ran.stdout.ends_with(" word\n"), "{ran:?}");
    assert_eq!((ran.stderr.as_str(), ran.status), ("e\n", Some(0)));
    Ok(())
}

fn shim(node: Node) -> Outcome {
    let text = "import { stdout } from '@bytecodealliance/preview2-shim/cli';\nconsole.log(typeof stdout.getStdout);";
    let folder = folder(&format!("shim-{}", node.name()), &[("shim.mjs", text)])?;
    link_package(&folder, "@bytecodealliance/preview2-shim")?;
    assert_eq!(node.output(&folder, "shim.mjs", &[])?, "function\n");
    Ok(())
}

fn endless() -> Outcome {
    let folder = folder("endless", &[("endless.mjs", "console.log('begun'); for (;;);")])?;
    let ran = Node::V20.run(&folder, "endless.mjs", &[], Duration::from_secs(2))?;
    assert!(ran.stdout == "begun\n" && ran.status.is_none() && !ran.in_time, "{ran:?}");
    Ok(())
}

fn status() -> Outcome {
    let folder = folder("status", &[("status.mjs", "console.log('said'); process.exit(7)")])?;
    match Node::V20.output(&folder, "status.mjs", &[]) {
        Err(Trouble::Failed(text)) if text.contains("status 7\nsaid") => Ok(()),
        other => other.and_then(|said| Err(format!("it is no failure: {said}").into())),
    }
}

fn types() -> Outcome {
    let api = ("a.d.ts", "export function half(of: bigint): number;\n");
    let good = ("good.ts", "import { half } from './a.js';\nexport const a: number = half(1n);\n");
    let bad = ("bad.ts", "import { half } from './a.js';\n\nhalf(1);\n");
    assert_eq!(check_types(&folder("types-good", &[api, good])?, &[])?, []);
    let errors = check_types(&folder("types-bad", &[api, good, bad])?, &[])?;
    let found: Vec<_> = errors.iter().map(|error| (error.file.as_str(), error.line, error.code.as_str())).collect();
    assert_eq!(found, [("bad.ts", 3, "TS2345")]);
    Ok(())
}
