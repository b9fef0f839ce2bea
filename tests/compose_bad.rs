//! Bad input of `plug` and `compose`: what is no component, what is cut short, what is named twice, what is not there.
//!
//! In: files that each entry needs, written here. Out: nothing.
//! Holds: each is told with its code and its status; whatever is refused leaves all files as they were.
#![expect(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test writes files, and unwraps")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use testing::seeds;
use withe::io::Stdin;
use withe::{Exit, Io};

const SOCKET: &str = r#"(component (import "local:calc/num" (instance (export "get" (func (result u32))))))"#;

/// Exports the socket's import, and imports one of its own: a part in the middle of a chain.
const PLUG: &str = r#"(component
  (import "local:calc/more" (func (result u32)))
  (core module $m (func (export "f") (result i32) (i32.const 7)))
  (core instance $i (instantiate $m))
  (type $n u32)
  (func $f (result $n) (canon lift (core func $i "f")))
  (instance $api (export "get" (func $f)))
  (component $inner
    (import "g" (func $g (result u32)))
    (export "h" (func $g)))
  (instance $j (instantiate $inner (with "g" (func $f))))
  (export "local:calc/num" (instance $api))
  (alias export $j "h" (func $h))
  (instance $again (export "get" (func $h)))
  (export "local:calc/again" (instance $again)))"#;

const WIT: &str = "package local:calc;\ninterface num { get: func() -> u32; }\nworld w { import num; }\n";

/// What is no component, and how it is told where a component is due.
const NO_COMPONENTS: &[(&str, &str, &str)] = &[
    ("core.wat", "component/not-a-component", "a core module"),
    ("core.wasm", "component/not-a-component", "a core module"),
    ("package.wasm", "compose/wit-package", "WIT"),
    ("text.wasm", "input/not-wasm", "`text.wasm`"),
    ("no.wat", "input/wat-syntax", "no.wat:1:"),
    ("empty.wasm", "input/not-wasm", "an empty file"),
    ("folder", "input/unreadable-file", "a folder"),
    ("nope.wasm", "input/missing-file", "`nope.wasm`"),
];

struct Files(tempfile::TempDir);

impl Files {
    fn new() -> Self {
        let files = Self(tempfile::tempdir().unwrap());
        files.write("socket.wat", SOCKET);
        files.write("plug.wat", PLUG);
        files.write("num.wit", WIT);
        files.write("core.wat", "(module (func (export \"get\") (result i32) (i32.const 7)))");
        files.write("text.wasm", "This is no wasm, whatever its name says.");
        files.write("no.wat", "(component (import))");
        files.write("empty.wasm", "");
        fs::create_dir(files.at("folder")).unwrap();
        files.write("folder/plug.wat", PLUG);
        for command in ["parse core.wat -o core.wasm", "parse plug.wat -o plug.wasm", "parse socket.wat -o socket.wasm"]
        {
            files.succeed(command);
        }
        files.succeed("wit num.wit --as wasm -o package.wasm");
        files.write("other.wit", WIT.replace("num", "other"));
        files.succeed("wit other.wit --as wasm -o other.wasm");
        files.write("out", "what was there");
        files
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.at(name), bytes).unwrap();
    }

    /// The bytes of every file.
    fn all(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let files = |folder: &Path| fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let (folders, mut all): (Vec<_>, Vec<_>) = files(self.0.path()).partition(|path| path.is_dir());
        all.extend(folders.iter().flat_map(|folder| files(folder)));
        all.into_iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect()
    }

    /// The status of a command, and what it said.
    fn run(&self, command: &str) -> (i32, String) {
        let mut io = Io::captured(self.0.path());
        io.stdin = Stdin::Bytes(PLUG.as_bytes().to_vec());
        let Exit(status) = withe::run(["withe"].into_iter().chain(command.split(' ')), &mut io);
        (status, io.stderr.text())
    }

    fn succeed(&self, command: &str) {
        let (status, said) = self.run(command);
        assert_eq!(status, 0, "`{command}`:\n{said}");
    }

    /// Runs a command that is refused: with this status, these codes in this order, and no file changed.
    fn refuse(&self, command: &str, status: i32, codes: &[&str]) -> String {
        let before = self.all();
        let (found, said) = self.run(command);
        assert_eq!(found, status, "`{command}`:\n{said}");
        let told: Vec<&str> = said.lines().filter_map(|line| line.strip_prefix("error[")?.split(']').next()).collect();
        assert_eq!(told, codes, "`{command}`:\n{said}");
        // The parser of the text format says only what it expected.
        assert!(said.contains("help: ") || codes == ["input/wat-syntax"], "`{command}` says what to do:\n{said}");
        assert!(self.all() == before, "`{command}` changed a file");
        for code in codes {
            assert!(withe::explain::PAGES.iter().any(|page| page.code == *code), "{code} has no page");
        }
        said
    }
}

/// Every place in which a component can be named.
const PLACES: &[&str] = &[
    "plug {} plug.wat -o out",
    "plug socket.wat {} -o out",
    "plug socket.wat plug.wat {} -o out",
    "compose {} plug.wat -o out",
    "compose socket.wat {} -o out",
    "compose socket.wat plug.wat {} -o out",
    "compose socket.wat a={} -o out",
];

#[test]
fn what_is_no_component_is_told_wherever_it_stands() {
    let files = Files::new();
    files.succeed("plug socket.wat plug.wat -o fits.wasm");
    files.succeed("compose socket.wat plug.wat -o fits.wasm");
    for (name, code, says) in NO_COMPONENTS {
        for place in PLACES {
            let command = place.replace("{}", name);
            let said = files.refuse(&command, 1, &[code]);
            assert!(said.contains(says), "`{command}` does not say {says}:\n{said}");
        }
    }
}

#[test]
fn wit_text_is_no_component() {
    let files = Files::new();
    for place in PLACES.iter().filter(|place| place.starts_with("plug")) {
        files.refuse(&place.replace("{}", "num.wit"), 1, &["input/not-wasm"]);
    }
}

#[test]
fn all_that_is_missing_is_told_at_once() {
    let files = Files::new();
    for command in ["plug a.wasm b.wasm plug.wat c.wasm -o out", "compose a.wasm x=b.wasm plug.wat c.wasm -o out"] {
        let said = files.refuse(command, 1, &["input/missing-file"; 3]);
        assert!(["`a.wasm`", "`b.wasm`", "`c.wasm`"].iter().all(|name| said.contains(name)), "{said}");
    }
    let several = ["input/not-wasm", "input/unreadable-file", "input/missing-file", "input/wat-syntax"];
    for verb in ["plug", "compose"] {
        files.refuse(&format!("{verb} empty.wasm folder nope.wasm no.wat -o out"), 1, &several);
        files.refuse(&format!("{verb} core.wat plug.wat core.wasm -o out"), 1, &["component/not-a-component"; 2]);
        files.refuse(&format!("{verb} package.wasm plug.wat other.wasm -o out"), 1, &["compose/wit-package"; 2]);
    }
}

#[test]
fn the_same_file_twice_is_one_part() {
    let files = Files::new();
    for verb in ["plug", "compose"] {
        files.succeed(&format!("{verb} socket.wat plug.wat -o once.wasm"));
        files.succeed(&format!("{verb} socket.wat plug.wat plug.wasm plug.wat -o thrice.wasm"));
        assert_eq!(fs::read(files.at("once.wasm")).unwrap(), fs::read(files.at("thrice.wasm")).unwrap(), "{verb}");
        files.succeed("validate thrice.wasm");
    }
    // A component's own exports fill nothing of it.
    files.refuse("plug plug.wat plug.wat -o out", 1, &["compose/nothing-to-plug"]);
}

#[test]
fn standard_input_is_read_once() {
    let files = Files::new();
    for verb in ["plug", "compose"] {
        files.succeed(&format!("{verb} socket.wat - -o from-stdin.wasm"));
        files.refuse(&format!("{verb} - - -o out"), 2, &["usage/command-line"]);
        files.refuse(&format!("{verb} socket.wat - - -o out"), 2, &["usage/command-line"]);
    }
    files.refuse("compose socket.wat a=- b=- -o out", 2, &["usage/command-line"]);
}

#[test]
fn an_input_is_never_replaced() {
    let files = Files::new();
    for verb in ["plug", "compose"] {
        for out in ["socket.wasm", "plug.wat", "./plug.wat", "folder/../socket.wasm"] {
            files.refuse(&format!("{verb} socket.wasm plug.wat -o {out}"), 2, &["usage/command-line"]);
        }
        // A folder is no file, and a folder that is not there is not made.
        files.refuse(&format!("{verb} socket.wasm plug.wat -o folder"), 1, &["output/unwritable-file"]);
        files.refuse(&format!("{verb} socket.wasm plug.wat -o nowhere/out"), 1, &["output/unwritable-file"]);
    }
}

#[cfg(unix)]
#[test]
fn an_input_is_never_replaced_through_links() {
    let files = Files::new();
    std::os::unix::fs::symlink("plug.wat", files.at("link.wat")).unwrap();
    for verb in ["plug", "compose"] {
        files.refuse(&format!("{verb} socket.wat plug.wat -o link.wat"), 2, &["usage/command-line"]);
        files.refuse(&format!("{verb} socket.wat link.wat -o plug.wat"), 2, &["usage/command-line"]);
    }
}

#[test]
fn without_a_component_the_command_line_is_wrong() {
    let files = Files::new();
    for command in ["plug -o out", "plug socket.wat -o out", "compose -o out", "plug socket.wat plug.wat --nope -o out"]
    {
        let before = files.all();
        let (status, said) = files.run(command);
        assert!(status == 2 && said.contains("error[usage/command-line]"), "`{command}`: {status}\n{said}");
        assert!(files.all() == before, "`{command}` changed a file");
    }
}

/// Types are read without looking into functions; what is wrong there is told of the part, not of the result.
#[test]
fn a_part_with_a_damaged_function_is_named() {
    let files = Files::new();
    let mut part = fs::read(files.at("plug.wasm")).unwrap();
    // `i32.const 7` becomes `local.get 7`, which is not there.
    let body = part.windows(3).position(|bytes| bytes == [0x41, 7, 0x0b]).expect("the function is in the part");
    part[body] = 0x20;
    files.write("damaged.wasm", &part);
    for verb in ["plug", "compose"] {
        let said = files.refuse(&format!("{verb} socket.wasm damaged.wasm -o out"), 1, &["wasm/invalid"]);
        assert!(said.contains("`damaged.wasm` is not valid"), "{said}");
        assert!(said.contains(&format!("byte {body:#x}")), "{said}");
    }
}

/// The ends of all sections of a binary, the header's too, without the last.
fn section_ends(bytes: &[u8]) -> Vec<usize> {
    let mut ends = vec![8];
    let mut at = 8;
    while at < bytes.len() {
        let (mut size, mut shift) = (0, 0);
        loop {
            at += 1;
            size |= usize::from(bytes[at] & 0x7f) << shift;
            shift += 7;
            if bytes[at] & 0x80 == 0 {
                break;
            }
        }
        at += 1 + size;
        ends.push(at);
    }
    assert_eq!(ends.pop(), Some(bytes.len()), "sections fill the file");
    ends
}

/// A part that is cut short is refused, or what is left of it is a component: then the output is valid.
fn cut(files: &Files, bytes: &[u8]) -> bool {
    files.write("cut.wasm", bytes);
    let mut refused = 0;
    let places = ["plug cut.wasm plug.wat -o cut.out", "plug socket.wat cut.wasm -o cut.out"];
    let more = ["compose cut.wasm plug.wat -o cut.out", "compose socket.wat cut.wasm -o cut.out"];
    for command in places.into_iter().chain(more) {
        let before = files.all();
        let (status, said) = files.run(command);
        if status == 0 {
            files.succeed("validate cut.out");
            fs::remove_file(files.at("cut.out")).unwrap();
        } else {
            assert!(status == 1 && said.contains("error[") && said.contains("help: "), "`{command}`:\n{said}");
            assert!(files.all() == before, "`{command}` changed a file");
            refused += 1;
        }
    }
    refused == 4
}

/// A part that is cut short is refused, or still a component.
#[test]
fn fuzz_parts_cut_short() {
    let files = Files::new();
    let whole = fs::read(files.at("plug.wasm")).unwrap();
    let ends = section_ends(&whole);
    assert!(ends.len() > 10, "the part has sections to cut between: {ends:?}");
    let taken = ends.iter().filter(|end| !cut(&files, &whole[..**end])).count();
    assert!(taken > 0, "without its last export it still is what the socket needs");
    seeds::check("fuzz_parts_cut_short", 200, |random| {
        let end = random.below(whole.len());
        let refused = cut(&files, &whole[..end]);
        assert!(refused || ends.contains(&end), "cut at byte {end}, inside of a section, it is taken");
    });
}
