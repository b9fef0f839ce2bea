//! `withe validate`, in process.
#![expect(clippy::disallowed_methods, reason = "tests write files")]

mod session;

use std::time::{Duration, Instant};

use session::{run, session};

#[test]
fn files_are_checked_together() {
    let _plain = session::plain_snapshots();
    insta::assert_snapshot!(session(&[
        &["validate", "calc.wat", "hello.wat", "preview1.wat"],
        &["validate", "calc.wat", "bad-bodies.wat", "bad-parts.wat", "bad-type.wat", "bad.wit", "no-such.wasm"],
        &["validate", "calc.wat", "bad.wit", "--format", "json"],
        &["validate", "calc.wat", "--wasm-features", "gcc"],
        &["validate", "hello.wat", "--wasm-features", "simd"],
        &["validate", "hello.wat", "--target", "wasi:cli/command@0.2.0"],
        &["validate", "calc.wat", "--target", "wasi:cli/command@0.2.0"],
    ]));
}

#[test]
fn damaged_binaries_end_in_diagnostics() {
    let folder = tempfile::tempdir().unwrap();
    let whole = folder.path().join("whole.wasm");
    assert_eq!(run(&["parse", "calc.wat", "-o", whole.to_str().unwrap()]).status, 0);
    let whole = std::fs::read(whole).unwrap();
    let check = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let path = path.to_str().unwrap();
        for words in [vec!["validate", path], vec!["run", path], vec!["call", path, "f()"]] {
            let start = Instant::now();
            let ran = run(&words);
            assert_eq!(ran.status, 1, "{words:?}: {}", ran.stderr);
            assert!(ran.stderr.contains("error["), "{words:?}: {}", ran.stderr);
            assert!(start.elapsed() < Duration::from_secs(5), "{words:?}");
        }
    };
    for len in [4, 9, 20, whole.len() / 2, whole.len() - 1] {
        check(&format!("truncated-{len}.wasm"), &whole[..len]);
    }
    check("garbage.wasm", b"\0asm\x0d\0\x01\0garbage");
    check("other-version.wasm", b"\0asm\x63\0\x01\0");
    check("text.wasm", b"hello");
    check("empty.wasm", b"");
    // A type section that claims a billion types, in a module and in a component.
    check("billion.wasm", b"\0asm\x01\0\0\0\x01\x05\x80\x94\xeb\xdc\x03");
    check("billion-component.wasm", b"\0asm\x0d\0\x01\0\x07\x05\x80\x94\xeb\xdc\x03");
}

/// Random damage to a component: a verdict, a result or diagnostics, never a bug, and never for long.
#[test]
fn random_damage_never_ends_in_a_bug() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("damaged.wasm");
    assert_eq!(run(&["parse", "calc.wat", "-o", path.to_str().unwrap()]).status, 0);
    let whole = std::fs::read(&path).unwrap();
    let path = path.to_str().unwrap();
    let mut state = 7_u64;
    let mut next = |limit: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % limit
    };
    let start = Instant::now();
    for _ in 0..150 {
        let mut bytes = whole.clone();
        for _ in 0..=next(3) {
            let at = 8 + next(bytes.len() - 8);
            bytes[at] = u8::try_from(next(256)).unwrap();
        }
        std::fs::write(path, bytes).unwrap();
        let limits = ["--fuel", "100000", "--memory", "64MiB"];
        for words in [vec!["validate", path], [&["call", path, "add(1, 2)", "echo(\"a\")"], &limits[..]].concat()] {
            let ran = run(&words);
            assert!(matches!(ran.status, 0 | 1 | 134), "{words:?}: {}\n{}", ran.status, ran.stderr);
        }
    }
    assert!(start.elapsed() < Duration::from_secs(120));
}
