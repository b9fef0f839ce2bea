//! `withe validate`, in process.
#![expect(clippy::disallowed_methods, clippy::unwrap_used, reason = "tests write files, and unwrap")]

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

/// A folder with these files, and what `withe` says of it: status, and standard error.
fn in_folder(files: &[(&str, &str)], prepare: impl Fn(&std::path::Path), words: &[&str]) -> (i32, String) {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    prepare(folder.path());
    let mut io = withe::Io::captured(folder.path());
    let withe::Exit(status) = withe::run(std::iter::once("withe").chain(words.iter().copied()), &mut io);
    (status, io.stderr.text())
}

#[test]
fn every_text_below_a_folder_is_checked() {
    let good = ("wit/w.wit", "package a:b;\nworld w { import c:d/i; }\n");
    let dependency = ("wit/deps/c.wit", "package c:d;\ninterface i {}\n");
    for name in ["wit/sub/x.wit", "wit/sub/deeper/x.wit", "x/x.wit"] {
        let (status, said) = in_folder(&[good, dependency, (name, "garbage")], |_| (), &["validate", "."]);
        let summary = "2 files checked, 1 not valid";
        assert!(status == 1 && said.contains(name) && said.contains(summary), "{name}: {status}\n{said}");
    }
    let apart = ("wit/sub/x.wit", "package e:f;\ninterface i {}\n");
    assert_eq!(in_folder(&[good, dependency, apart], |_| (), &["validate", "wit"]).0, 0);
    // With the folder's own texts, those of other projects below it are not read.
    assert_eq!(in_folder(&[good, dependency, ("wit/sub/x.wit", "garbage")], |_| (), &["wit", "wit"]).0, 0);
}

#[cfg(unix)]
#[test]
fn what_is_not_read_need_not_be_readable() {
    let files = [("v/w.wit", "package a:b;\nworld w {}\n"), ("v/sub/e.wit", "package c:d;\n")];
    let link = |at: &'static str| {
        move |folder: &std::path::Path| {
            std::os::unix::fs::symlink("nowhere", folder.join(at)).unwrap();
        }
    };
    let (status, said) = in_folder(&files, link("v/sub/d.wit"), &["wit", "v"]);
    assert_eq!(status, 0, "{said}");
    let (status, said) = in_folder(&files, link("v/d.wit"), &["wit", "v"]);
    assert!(status == 1 && said.contains("the link `v/d.wit` leads nowhere"), "{said}");
    let (status, said) = in_folder(&files, link("d.wit"), &["wit", "d.wit"]);
    assert!(status == 1 && said.contains("leads to `nowhere`") && !said.contains("did you mean"), "{said}");
}

#[test]
fn texts_of_one_package_are_read_together() {
    let types = ("types.wit", "interface types {\n  type id = u32;\n}\n");
    let world = ("world.wit", "package a:b;\nworld w {\n  use types.{id};\n  import f: func() -> id;\n}\n");
    let other = ("o/other.wit", "package c:d;\ninterface i {}\n");
    let (status, said) =
        in_folder(&[types, world, other], |_| (), &["validate", "types.wit", "o/other.wit", "world.wit"]);
    assert!(status == 0 && said == "3 files checked, all valid\n", "{status}\n{said}");
    let broken = ("types.wit", "interface types {\n  type id = u33;\n}\n");
    let (status, said) = in_folder(&[broken, world], |_| (), &["validate", "types.wit", "world.wit"]);
    assert!(status == 1 && said.contains("types.wit:2:13") && said.contains("2 files checked, 1 not valid"), "{said}");
    let (status, said) = in_folder(&[types, world], |_| (), &["validate", "world.wit"]);
    assert!(status == 1 && said.contains("name the folder `.`"), "{said}");
}

#[test]
fn what_is_missing_in_one_file_is_in_its_folder() {
    let files = [("p/wit/w.wit", "package r:r;\nworld w {\n  import d:x/i;\n}\n")];
    let dependency = ("p/wit/deps/x.wit", "package d:x;\ninterface i {}\n");
    let (status, said) = in_folder(&[files[0], dependency], |_| (), &["wit", "p/wit/w.wit"]);
    assert!(status == 1 && said.contains("name the folder `p/wit`"), "{said}");
    let (status, said) = in_folder(&files, |_| (), &["wit", "p/wit/w.wit"]);
    assert!(status == 1 && !said.contains("name the folder"), "{said}");
    let (status, said) = in_folder(&[files[0], ("p/wit/deps/x.wasm", "junk")], |_| (), &["wit", "p/wit"]);
    assert!(status == 1 && said.contains("`p/wit/deps/x.wasm` is no WIT package"), "{said}");
}

/// The syntax of scripts is checked, by the ending `.wac`: every mistake, whatever components they name.
#[test]
fn scripts_are_checked_for_syntax() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let good = write("good.wac", b"package local:app;\nlet a = new \"no-such.wasm\" { ... };\nexport a...;\n");
    let bad = write("bad.wac", b"package local:app\nlet a = new local:a { x y };\n");
    let latin = write("latin.wac", b"package local:caf\xe9;");
    assert_eq!(run(&["validate", &good]).status, 0);
    let ran = run(&["validate", &good, &bad, &latin, "--format", "short"]);
    assert_eq!(ran.status, 1);
    for place in ["bad.wac:2:1: error[wac/syntax]", "bad.wac:2:25: error[wac/syntax]", "error[wac/not-text]"] {
        assert!(ran.stderr.contains(place), "{place}: {}", ran.stderr);
    }
    assert_eq!(ran.stderr.matches("error[").count(), 3, "{}", ran.stderr);
    // They are found in folders too.
    let ran = run(&["validate", folder.path().to_str().unwrap(), "--format", "short"]);
    assert_eq!(ran.stderr.matches("error[").count(), 3, "{}", ran.stderr);
}
