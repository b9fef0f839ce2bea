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
    assert!(status == 0 && said == "3 files checked, all valid (2 WIT packages)\n", "{status}\n{said}");
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
    let ran = run(&["validate", &good]);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, "1 file checked, all valid (1 script for syntax only)\n"));
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

/// What the help names is known.
#[test]
fn the_help_names_all_proposals() {
    let (status, help, _) = withe_in(&testing::fixtures("run"), &["validate", "--help"]);
    let names = help.split("`all` for everything: ").nth(1).and_then(|rest| rest.split("\n\n").next()).unwrap();
    let names: Vec<String> = names.split(',').map(|name| name.trim().to_owned()).collect();
    assert!(status == 0 && names.len() > 20 && names.iter().any(|name| name == "memory64"), "{help}");
    assert!(verify::Proposals::parse(&names).is_ok(), "{names:?}");
}

/// What `withe` says in a folder: status, standard output, and standard error.
fn withe_in(folder: &std::path::Path, words: &[&str]) -> (i32, String, String) {
    let mut io = withe::Io::captured(folder);
    let withe::Exit(status) = withe::run(std::iter::once("withe").chain(words.iter().copied()), &mut io);
    (status, io.stdout.text(), io.stderr.text())
}

/// Writes files, and folders as they are needed.
fn write_all(folder: &std::path::Path, files: &[(&str, &str)]) {
    for (name, text) in files {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

const GOOD: &str = "(module (func (export \"f\")))";
const BAD: &str = "(module (func (result i32) f32.const 1) (func $named (result i32)))";

/// The names that were checked, in order.
fn names_checked(folder: &std::path::Path, words: &[&str]) -> Vec<String> {
    let (_, out, _) = withe_in(folder, &[words, &["--format", "json"]].concat());
    let document: serde_json::Value = serde_json::from_str(&out).unwrap();
    let files = document["result"]["files"].as_array().unwrap().clone();
    files.iter().map(|file| file["file"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn what_witheignore_names_is_left_out_of_folders() {
    let folder = tempfile::tempdir().unwrap();
    write_all(
        folder.path(),
        &[
            (".witheignore", "# drafts\n/drafts/\n*.old.wat\n!kept.old.wat\nvendor/*.wat\n"),
            ("a.wat", GOOD),
            ("b.old.wat", BAD),
            ("kept.old.wat", GOOD),
            ("drafts/c.wat", BAD),
            ("sub/drafts/d.wat", GOOD),
            ("sub/.witheignore", "e.wat\n!b.old.wat\n"),
            ("sub/e.wat", BAD),
            ("sub/b.old.wat", GOOD),
            ("vendor/f.wat", BAD),
            ("vendor/deeper/g.wat", GOOD),
            ("wit/w.wit", "package a:b; world w {}"),
            ("wit/.witheignore", "broken.wit\n"),
            ("wit/broken.wit", "garbage"),
            (".hidden/h.wat", BAD),
            ("target/i.wat", BAD),
            ("node_modules/j.wat", BAD),
        ],
    );
    let all = ["wit", "a.wat", "kept.old.wat", "sub/b.old.wat", "sub/drafts/d.wat", "vendor/deeper/g.wat"];
    for (path, prefix) in [(".", "./"), (folder.path().to_str().unwrap(), "")] {
        let found = names_checked(folder.path(), &["validate", path]);
        let absolute = format!("{}/", folder.path().to_str().unwrap());
        let prefix = if prefix.is_empty() { &absolute } else { prefix };
        assert_eq!(found, all.map(|name| format!("{prefix}{name}")), "{path}");
    }
    // The files of the folders above count too.
    assert_eq!(names_checked(folder.path(), &["validate", "sub"]), ["sub/b.old.wat", "sub/drafts/d.wat"]);
    assert_eq!(names_checked(folder.path(), &["validate", "vendor"]), ["vendor/deeper/g.wat"]);
    // What is named is checked, whatever is said of it, and what is in it if it is a folder.
    assert_eq!(withe_in(folder.path(), &["validate", "sub/e.wat"]).0, 1);
    assert_eq!(names_checked(folder.path(), &["validate", "drafts", "target"]), ["drafts/c.wat", "target/i.wat"]);
    // A mistake in the file itself is told, with its line, and the rest is checked.
    std::fs::write(folder.path().join("sub/.witheignore"), "ok\n{a,b\n").unwrap();
    let (status, _, said) = withe_in(folder.path(), &["validate", "sub", "--format", "short"]);
    assert!(status == 1 && said.contains("sub/.witheignore:2:1: error[input/ignore-pattern]"), "{said}");
    assert!(said.contains("sub/e.wat"), "{said}");
}

/// Whatever the number of threads: the same bytes, in the order of the paths.
#[test]
fn threads_change_nothing() {
    let folder = tempfile::tempdir().unwrap();
    for index in 0..700 {
        let text = match index % 7 {
            0 => BAD.to_owned(),
            1 => "(component (core module (func (result i32))))".to_owned(),
            2 => "(module".to_owned(),
            _ => format!("(component (import \"f{index}\" (func)))"),
        };
        write_all(folder.path(), &[(&format!("{}/{index}.wat", index % 5), &text)]);
    }
    write_all(folder.path(), &[("wit/w.wit", "package a:b; world w { import f: func(a: u9); }")]);
    let mut seen: Option<Vec<(i32, String, String)>> = None;
    for threads in [1, 2, 7] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let all = ["human", "short", "json", "sarif", "github"]
            .map(|format| pool.install(|| withe_in(folder.path(), &["validate", ".", "3/3.wat", "--format", format])));
        let all = all.to_vec();
        assert!(all.iter().all(|(status, ..)| *status == 1));
        assert_eq!(seen.get_or_insert_with(|| all.clone()), &all, "{threads}");
    }
    let (_, _, said) = &seen.unwrap()[0];
    let summary = "702 files checked, 301 not valid (501 components, 100 core modules, 1 WIT package; 401 errors)";
    assert!(said.ends_with(&format!("{summary}\n")), "{}", &said[said.len() - 300..]);
}

/// A body is told by its function's name, where the binary has one.
#[test]
fn bad_bodies_are_told_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let mangled = "_ZN4core3fmt5write17h0123456789abcdefE";
    let text = format!("(module (func) (func $first (result i32)) (func (result i32)) (func ${mangled} (result i64)))");
    write_all(
        folder.path(),
        &[("m.wat", &text), ("c.wat", &format!("(component {text} {text})").replace("(module", "(core module"))],
    );
    let (_, _, said) = withe_in(folder.path(), &["validate", "m.wat", "c.wat", "--format", "short"]);
    let errors = said.lines().filter(|line| line.contains("error["));
    let told: Vec<&str> = errors.filter_map(|line| line.rsplit_once(" (")).map(|(_, place)| place).collect();
    assert_eq!(told[..3], ["function `first`)", "function 2)", "function `core::fmt::write`)"], "{said}");
    assert_eq!(told[3], "nested core module 1: function `first`)", "{said}");
    assert_eq!((told.len(), told[8]), (9, "nested core module 2: function `core::fmt::write`)"), "{said}");
}

/// A structural mistake hides what comes after it in its part, and nothing in other parts.
#[test]
fn each_nested_part_has_its_first_mistake_told() {
    let folder = tempfile::tempdir().unwrap();
    let text = r#"(component
        (type $t u32)
        (component $a (core module (export "x" (func 7))) (core module (export "hidden" (func 8))))
        (component $uses-outer (alias outer 1 0 (type)) (core module $m (func (result i32))))
        (component $b (core module (func)) (component $c (export "y" (func 3))))
        (core module $last (export "z" (func 9))))"#;
    write_all(folder.path(), &[("c.wat", text)]);
    let (_, _, said) = withe_in(folder.path(), &["validate", "c.wat"]);
    for part in [
        "component `a`: nested core module 1",
        "component `a`: nested core module 2",
        "component `uses-outer`: core module `m`: function 0",
        "component `b`: component `c`",
        "core module `last`",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert_eq!(said.matches("error[").count(), 5, "{said}");
}

/// What cannot be read is told, each by itself, and the rest is checked.
#[cfg(unix)]
#[test]
fn odd_entries_end_nothing() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().unwrap();
    let at = |path: &str| folder.path().join(path);
    write_all(
        folder.path(),
        &[("a.wat", GOOD), ("loop/b.wat", GOOD), ("wit/w.wit", "package a:b; world w {}"), ("z.wat", BAD)],
    );
    symlink("nowhere.wasm", at("broken.wasm")).unwrap();
    symlink("self.wasm", at("self.wasm")).unwrap();
    symlink("..", at("loop/up")).unwrap();
    symlink("loop", at("again")).unwrap();
    // As many ways through links as there are atoms.
    for level in 0..60 {
        std::fs::create_dir_all(at(&format!("links/{level}"))).unwrap();
        for name in ["x", "y"] {
            symlink(format!("../{}", level + 1), at(&format!("links/{level}/{name}"))).unwrap();
        }
    }
    let _socket = std::os::unix::net::UnixListener::bind(at("socket.wasm")).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(at("pipe.wasm")).status().unwrap().success());
    assert!(std::process::Command::new("mkfifo").arg(at("wit/pipe.wit")).status().unwrap().success());
    let text = std::fs::File::create(at("large.wat")).unwrap();
    text.set_len(1 << 30).unwrap();
    let start = Instant::now();
    let (status, _, said) = withe_in(folder.path(), &["validate", ".", "gone.wasm", "gone/", "--format", "short"]);
    assert!(status == 1 && start.elapsed() < Duration::from_secs(30), "{said}");
    for told in [
        "error[input/missing-file]: the link `./broken.wasm` leads nowhere",
        "error[input/unreadable-file]: `./self.wasm` cannot be read",
        "error[input/unreadable-file]: `./socket.wasm` is a socket",
        "error[input/unreadable-file]: `./pipe.wasm` is a named pipe",
        "error[input/unreadable-file]: `./wit/pipe.wit` is a named pipe",
        "error[input/unreadable-file]: `./large.wat` is too large",
        "error[input/missing-file]: there is no file `gone.wasm`",
        "./z.wat:0:0: error[validate/invalid]",
    ] {
        assert!(said.contains(told), "{told}: {said}");
    }
    let (_, out, _) = withe_in(folder.path(), &["validate", ".", "--format", "json"]);
    let document: serde_json::Value = serde_json::from_str(&out).unwrap();
    let valid = |name: &str| {
        let files = document["result"]["files"].as_array().unwrap();
        files.iter().find(|file| file["file"] == name).map(|file| file["valid"] == true)
    };
    assert_eq!((valid("./a.wat"), valid("./again/b.wat"), valid("./z.wat")), (Some(true), Some(true), Some(false)));
}

/// Folders and files that cannot be read, unless one may read everything.
#[cfg(unix)]
#[test]
fn what_may_not_be_read_is_told() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    write_all(folder.path(), &[("closed/a.wat", GOOD), ("secret.wat", GOOD), ("z.wat", GOOD)]);
    let close = |name: &str, mode| {
        std::fs::set_permissions(folder.path().join(name), std::fs::Permissions::from_mode(mode)).unwrap();
    };
    close("closed", 0);
    close("secret.wat", 0);
    let may_read_all = std::fs::read(folder.path().join("secret.wat")).is_ok();
    let (status, _, said) = withe_in(folder.path(), &["validate", ".", "--format", "short"]);
    close("closed", 0o755);
    let told = ["`./closed` cannot be read", "`./secret.wat` cannot be read"];
    assert!(may_read_all || status == 1 && told.iter().all(|told| said.contains(told)), "{said}");
    assert!(said.contains("3 files checked"), "{said}");
}

/// What is found of each file, for machines.
#[test]
fn the_document_has_kinds_verdicts_and_sums() {
    let folder = tempfile::tempdir().unwrap();
    write_all(
        folder.path(),
        &[
            ("c.wat", "(component)"),
            ("m.wat", BAD),
            ("s.wac", "package a:b;"),
            ("wit/w.wit", "package a:b; world w { import c:d/i; }"),
            ("wit/deps/c.wit", "package c:d; interface i { f: fnc(); }"),
        ],
    );
    let (_, out, _) = withe_in(folder.path(), &["validate", ".", "none", "--format", "json"]);
    let document: serde_json::Value = serde_json::from_str(&out).unwrap();
    let texts = [("./wit/deps/c.wit", false), ("./wit/w.wit", true)];
    let texts = texts.map(|(file, valid)| serde_json::json!({ "file": file, "valid": valid }));
    let expected = serde_json::json!({
        "files": [
            { "file": "./wit", "kind": "wit", "valid": false, "texts": texts },
            { "file": "./c.wat", "kind": "component", "valid": true },
            { "file": "./m.wat", "kind": "module", "valid": false },
            { "file": "./s.wac", "kind": "script", "valid": true },
            { "file": "none", "kind": null, "valid": false },
        ],
        "summary": {
            "files": 5, "valid": 2, "components": 1, "modules": 1, "wit": 1, "scripts": 1, "errors": 4, "warnings": 0,
        },
    });
    assert_eq!(document["result"], expected);
}

/// A core module is held to a target by the world that it carries, as far as it imports what that says.
#[test]
fn core_modules_are_held_to_targets_by_their_metadata() {
    let folder = tempfile::tempdir().unwrap();
    write_all(
        folder.path(),
        &[
            (
                "w.wit",
                "package a:b; interface i { f: func(); } interface j {} \
                world small { export run: func(); } world large { import i; import log: func(); export run: func(); } \
                world other { export run: func(a: u8); }",
            ),
            ("plain.wat", GOOD),
            ("lean.wat", "(module (func (export \"run\")))"),
            (
                "uses.wat",
                "(module (import \"a:b/i\" \"f\" (func)) (import \"$root\" \"log\" (func)) (func (export \"run\")))",
            ),
        ],
    );
    for name in ["lean", "uses"] {
        let words = ["embed", &format!("{name}.wat"), "--wit", "w.wit", "-w", "large", "-o", &format!("{name}.wasm")];
        assert_eq!(withe_in(folder.path(), &words).0, 0);
    }
    let said = |file: &str, world: &str| {
        let target = format!("w.wit#{world}");
        let (status, _, said) = withe_in(folder.path(), &["validate", file, "--target", &target, "--format", "short"]);
        (status, said)
    };
    assert_eq!(said("lean.wasm", "small").0, 0);
    assert_eq!(said("uses.wasm", "large").0, 0);
    let (status, told) = said("uses.wasm", "small");
    assert_eq!((status, told.matches("error[validate/target]").count()), (1, 2), "{told}");
    assert!(told.contains("imports `a:b/i`") && told.contains("imports `log`"), "{told}");
    let (status, told) = said("lean.wasm", "other");
    assert!(status == 1 && told.contains("parameter 1 of `run`: expected `a: u8`, found nothing"), "{told}");
    let (status, told) = said("plain.wat", "small");
    assert!(status == 0 && told.contains("note[validate/no-world]"), "{told}");
}

/// Several components against one world, each with all that does not fit.
#[test]
fn components_are_held_to_a_target() {
    let folder = tempfile::tempdir().unwrap();
    let component = |ty: &str| {
        format!(
            "(component (import \"log\" (func (param \"m\" string))) (core module $m (memory (export \"m\") 1)
               (func (export \"r\") (param i32 i32 i32 i32) (result i32) unreachable)
               (func (export \"put\") (param i32 i32 i32)))
             (core instance $i (instantiate $m))
             (alias core export $i \"m\" (core memory $memory))
             (alias core export $i \"r\" (core func $realloc))
             (func (export \"put\") (param \"key\" u32) (param \"value\" {ty})
               (canon lift (core func $i \"put\") (memory $memory) (realloc $realloc))))"
        )
    };
    write_all(
        folder.path(),
        &[
            (
                "w.wit",
                "package a:b;\nworld store {\n  import log: func(m: string);\n  export put: func(key: u32, value: string);\n}\n",
            ),
            ("b/good.wat", &component("string")),
            ("b/bad.wat", &component("(list u8)")),
            ("b/none.wat", "(component (import \"logg\" (func (param \"m\" string))))"),
        ],
    );
    let _plain = session::plain_snapshots();
    let (status, _, said) = withe_in(folder.path(), &["validate", "b", "--target", "w.wit"]);
    assert_eq!(status, 1);
    insta::assert_snapshot!(said);
    let (_, out, _) = withe_in(folder.path(), &["validate", "b", "--target", "w.wit", "--format", "json"]);
    let document: serde_json::Value = serde_json::from_str(&out).unwrap();
    let label = &document["diagnostics"][0]["labels"][0];
    assert_eq!((&label["file"], &label["path"]), (&"b/bad.wat".into(), &"export put / value".into()), "{label}");
    assert_eq!(label["text"], "parameter 2 of `put`: expected `string`, found `list<u8>`");
}

/// WIT's gates are turned on for what is checked, and for the target.
#[test]
fn gated_items_are_checked_when_they_are_on() {
    let folder = tempfile::tempdir().unwrap();
    write_all(
        folder.path(),
        &[
            ("w.wit", "package a:b@1.0.0; world w { @unstable(feature = x) export f: func(); }"),
            ("c.wat", "(component)"),
        ],
    );
    let status =
        |words: &[&str]| withe_in(folder.path(), &[&["validate", "c.wat", "--target", "w.wit"], words].concat()).0;
    assert_eq!((status(&[]), status(&["--features", "x"]), status(&["--all-features"])), (0, 1, 1));
}

/// Many files take memory and time in proportion, and are all told of.
#[test]
fn a_folder_of_many_files_is_walked() {
    let folder = tempfile::tempdir().unwrap();
    for index in 0..20_000 {
        std::fs::write(folder.path().join(format!("{index}.wasm")), b"\0asm\x01\0\0\0").unwrap();
    }
    let start = Instant::now();
    let (status, _, said) = withe_in(folder.path(), &["validate", "."]);
    assert_eq!((status, said.as_str()), (0, "20000 files checked, all valid (20000 core modules)\n"));
    assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
}

/// Folders of harmed binaries and texts, and any `.witheignore`: a verdict for each file that is not left out, in every
/// format.
#[test]
fn fuzz_folders_of_anything() {
    let wats = ["calc.wat", "bad-bodies.wat", "bad-parts.wat", "two.wat"].map(|name| session::fixtures().join(name));
    let folder = tempfile::tempdir().unwrap();
    let whole: Vec<Vec<u8>> = wats
        .iter()
        .map(|wat| {
            let out = folder.path().join("whole.wasm");
            assert_eq!(run(&["parse", wat.to_str().unwrap(), "-o", out.to_str().unwrap()]).status, 0);
            std::fs::read(out).unwrap()
        })
        .collect();
    const PATTERNS: [&str; 12] = ["*", "!", "/", "**", "a", ".wasm", "[a-", "{b,", "\\", "#", "0", "\n"];
    testing::seeds::check("fuzz_folders_of_anything", 60, |random| {
        let folder = tempfile::tempdir().unwrap();
        let ignore: String = (0..random.below(20)).map(|_| *random.pick(&PATTERNS)).collect();
        let ignore = if random.below(4) == 0 { random.bytes(40) } else { ignore.into_bytes() };
        std::fs::write(folder.path().join(".witheignore"), ignore).unwrap();
        for name in ["a0.wasm", "b/a.wasm", "b/c.wasm", "w.wit", "s.wac"] {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            let good = random.pick(&whole).clone();
            std::fs::write(path, testing::damage::harmed(random, &good, &whole)).unwrap();
        }
        let (status, out, said) = withe_in(folder.path(), &["validate", ".", "--format", "json"]);
        assert!(matches!(status, 0 | 1), "{status}: {said}");
        let document: serde_json::Value = serde_json::from_str(&out).unwrap();
        let files = document["result"]["files"].as_array().unwrap();
        assert_eq!(files.iter().any(|file| file["valid"] == false), status == 1, "{out}");
        for format in ["human", "short", "sarif", "github"] {
            assert_eq!(withe_in(folder.path(), &["validate", ".", "--format", format]).0, status, "{format}");
        }
    });
}
