//! The command line's contract: exit status, formats, where output goes. One test for each promise.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "tests read and write files, and unwrap")]

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use serde_json::Value;
use withe::io::{Env, Stdin};
use withe::{Exit, Io};

/// What one command did.
struct Ran {
    exit: i32,
    out: Vec<u8>,
    err: String,
}

impl Ran {
    fn json(&self) -> Value {
        let text = std::str::from_utf8(&self.out).unwrap();
        let value: Value = serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"));
        assert_eq!(value["schema"], "withe.diagnostics/1");
        assert_eq!(value["status"], self.exit);
        value
    }
}

/// Runs in a folder, with changes to what the command finds around it.
fn run_with(folder: &Path, args: &[&str], change: impl FnOnce(&mut Io)) -> Ran {
    let mut io = Io::captured(folder);
    change(&mut io);
    let Exit(exit) = withe::run(["withe"].iter().chain(args), &mut io);
    Ran { exit, out: io.stdout.bytes(), err: io.stderr.text() }
}

fn run(folder: &Path, args: &[&str]) -> Ran {
    run_with(folder, args, |_| {})
}

/// A folder with a module, a text that is none, and WIT.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("m.wat"), "(module (func (export \"f\")))").unwrap();
    fs::write(folder.path().join("bad.wat"), "(module\n  (func (param i33)))").unwrap();
    fs::write(folder.path().join("letter.txt"), "dear friend").unwrap();
    folder
}

const MAGIC: &[u8] = b"\0asm";

#[test]
fn statuses() {
    let folder = folder();
    let at = |args: &[&str]| run(folder.path(), args).exit;
    assert_eq!(at(&["print", "m.wat"]), 0);
    assert_eq!(at(&["print", "missing.wat"]), 1);
    assert_eq!(at(&["print", "bad.wat"]), 1);
    assert_eq!(at(&["print", "letter.txt"]), 1);
    assert_eq!(at(&["print"]), 2);
    assert_eq!(at(&["print", "m.wat", "--no-such-flag"]), 2);
    assert_eq!(at(&[]), 2);
    assert_eq!(at(&["warp"]), 2);
    assert_eq!(at(&["lsp", "m.wat", "-o", "x"]), 1);
    assert_eq!(at(&["--help"]), 0);
    assert_eq!(at(&["--version"]), 0);
}

#[test]
fn every_help_can_be_shown() {
    let folder = folder();
    let all = run(folder.path(), &["--help"]);
    let text = String::from_utf8(all.out).unwrap();
    let commands = text.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let mut count = 0;
    for command in commands.filter_map(|line| line.split_whitespace().next()) {
        let help = run(folder.path(), &[command, "--help"]);
        assert_eq!((help.exit, help.err.as_str()), (0, ""), "{command}");
        assert!(String::from_utf8(help.out).unwrap().contains("Usage: withe"), "{command}");
        count += 1;
    }
    let known = <withe::cli::Cli as clap::CommandFactory>::command();
    assert_eq!(count, known.get_subcommands().count());
}

#[test]
fn a_mistake_is_drawn_with_its_text() {
    let folder = folder();
    let ran = run(folder.path(), &["print", "bad.wat"]);
    assert_eq!(ran.out, b"");
    insta::assert_snapshot!(ran.err);
}

#[test]
fn short_is_one_line_a_finding() {
    let folder = folder();
    let ran = run(folder.path(), &["--format", "short", "print", "bad.wat"]);
    assert!(ran.err.starts_with("bad.wat:2:16: error[input/wat-syntax]: unexpected token"), "{}", ran.err);
    assert_eq!(ran.err.lines().count(), 1);
    let ran = run(folder.path(), &["print", "m.wta", "--format=short"]);
    assert_eq!(ran.err, "m.wta:0:0: error[input/missing-file]: there is no file `m.wta`\n");
}

#[test]
fn json_is_one_document() {
    let folder = folder();
    let ran = run(folder.path(), &["print", "bad.wat", "--format", "json"]);
    assert_eq!(ran.err, "");
    let document = ran.json();
    assert_eq!(document["command"], "print");
    let finding = &document["diagnostics"][0];
    assert_eq!((&finding["code"], &finding["severity"]), (&"input/wat-syntax".into(), &"error".into()));
    let label = &finding["labels"][0];
    assert_eq!(label["file"], "bad.wat");
    assert_eq!(label["start"], serde_json::json!({ "line": 2, "column": 16, "offset": 23 }));
    assert_eq!(label["end"], serde_json::json!({ "line": 2, "column": 19, "offset": 26 }));
    assert_eq!(document["result"], Value::Null);
}

#[test]
fn json_holds_the_text_that_has_no_other_place() {
    let folder = folder();
    let document = run(folder.path(), &["print", "m.wat", "--format", "json"]).json();
    assert!(document["result"]["text"].as_str().unwrap().starts_with("(module"));
    let ran = run(folder.path(), &["print", "m.wat", "--format", "json", "-o", "printed.wat"]);
    assert_eq!(ran.json()["result"], Value::Null);
    assert!(fs::read_to_string(folder.path().join("printed.wat")).unwrap().starts_with("(module"));
}

#[test]
fn json_reports_a_wrong_command_line_too() {
    let folder = folder();
    for args in [
        &["--format", "json", "print"][..],
        &["print", "--format=json", "--nope"],
        &["warp", "--format", "json"],
        &["--format", "json"],
    ] {
        let ran = run(folder.path(), args);
        assert_eq!((ran.exit, ran.err.as_str()), (2, ""), "{args:?}");
        let document = ran.json();
        assert!(document["diagnostics"][0]["code"].as_str().unwrap().starts_with("usage/"), "{args:?}");
    }
}

#[test]
fn json_and_an_output_on_standard_output_do_not_go_together() {
    let folder = folder();
    for verb in ["print", "parse", "strip"] {
        let ran = run(folder.path(), &[verb, "m.wat", "--format", "json", "-o", "-"]);
        assert_eq!(ran.exit, 2);
        assert_eq!(ran.json()["diagnostics"][0]["code"], "usage/one-owner");
    }
    let ran = run(folder.path(), &["parse", "m.wat", "--format", "json"]);
    assert_eq!((ran.exit, &ran.json()["diagnostics"][0]["code"]), (2, &"usage/no-output".into()));
}

#[test]
fn without_a_place_wasm_goes_to_a_pipe() {
    let folder = folder();
    for args in [&["parse", "m.wat"][..], &["parse", "m.wat", "-o", "-"], &["strip", "m.wat"]] {
        let ran = run(folder.path(), args);
        assert_eq!(ran.exit, 0, "{}", ran.err);
        assert!(ran.out.starts_with(MAGIC));
    }
}

#[test]
fn wasm_is_never_written_to_a_terminal() {
    let folder = folder();
    let commands: [&[&str]; 6] = [
        &["parse", "m.wat"],
        &["parse", "m.wat", "-o", "-"],
        &["strip", "m.wat"],
        &["wrap", "m.wat"],
        &["embed", "m.wat", "--wit", "x.wit"],
        &["plug", "m.wat", "m.wat"],
    ];
    for args in commands {
        let ran = run_with(folder.path(), args, |io| io.terminals.stdout = true);
        assert_eq!((ran.exit, ran.out.len()), (2, 0), "{args:?}");
        assert!(ran.err.contains("usage/no-output") && ran.err.contains("-o FILE"), "{args:?}: {}", ran.err);
    }
    let ran = run_with(folder.path(), &["print", "m.wat"], |io| io.terminals.stdout = true);
    assert_eq!(ran.exit, 0, "text may be written to a terminal");
}

#[test]
fn a_failure_leaves_the_output_as_it_was() {
    let folder = folder();
    let out = folder.path().join("out.wasm");
    fs::write(&out, "as it was").unwrap();
    for input in ["bad.wat", "letter.txt", "missing.wat"] {
        assert_eq!(run(folder.path(), &["parse", input, "-o", "out.wasm"]).exit, 1);
        assert_eq!(fs::read_to_string(&out).unwrap(), "as it was");
    }
    assert_eq!(run(folder.path(), &["parse", "m.wat", "-o", "out.wasm"]).exit, 0);
    assert!(fs::read(&out).unwrap().starts_with(MAGIC));
    let names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 4, "no temporary file is left: {names:?}");
}

#[test]
fn an_output_without_a_folder_is_an_error() {
    let folder = folder();
    let ran = run(folder.path(), &["parse", "m.wat", "-o", "no/such/out.wasm"]);
    assert_eq!(ran.exit, 1);
    assert!(ran.err.contains("output/unwritable-file") && ran.err.contains("mkdir -p no/such"), "{}", ran.err);
}

#[cfg(unix)]
#[test]
fn an_output_keeps_its_link_and_its_mode() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let folder = folder();
    let target = folder.path().join("target.wasm");
    fs::write(&target, "").unwrap();
    fs::set_permissions(&target, fs::Permissions::from_mode(0o640)).unwrap();
    symlink(&target, folder.path().join("link.wasm")).unwrap();
    assert_eq!(run(folder.path(), &["parse", "m.wat", "-o", "link.wasm"]).exit, 0);
    assert!(fs::symlink_metadata(folder.path().join("link.wasm")).unwrap().is_symlink());
    assert!(fs::read(&target).unwrap().starts_with(MAGIC));
    assert_eq!(fs::metadata(&target).unwrap().permissions().mode() & 0o777, 0o640);
}

#[test]
fn a_dash_is_standard_input() {
    let folder = folder();
    let with_stdin =
        |bytes: &[u8], args: &[&str]| run_with(folder.path(), args, |io| io.stdin = Stdin::Bytes(bytes.to_vec()));
    assert!(with_stdin(b"(module)", &["parse", "-"]).out.starts_with(MAGIC));
    assert_eq!(with_stdin(b"\0asm\x01\0\0\0", &["print", "-"]).out, b"(module)\n");
    let ran = with_stdin(b"hello", &["print", "-", "--format", "short"]);
    assert_eq!(ran.err, "<stdin>:0:0: error[input/not-wasm]: `<stdin>` is not wasm, neither binary nor text\n");
}

#[test]
fn names_that_resemble_a_missing_file_are_shown() {
    let folder = folder();
    assert!(run(folder.path(), &["print", "lettre.txt"]).err.contains("did you mean `letter.txt`?"));
    let ran = run(folder.path(), &["print", "no/such.wat"]);
    assert!(ran.err.contains("its folder `no` is not there either"), "{}", ran.err);
}

fn colored(change: impl FnOnce(&mut Io), args: &[&str]) -> bool {
    let folder = folder();
    let args: Vec<&str> = ["print", "bad.wat"].iter().chain(args).copied().collect();
    run_with(folder.path(), &args, change).err.contains('\u{1b}')
}

fn terminal(io: &mut Io) {
    io.terminals.stdout = true;
    io.terminals.stderr = true;
}

#[test]
fn colors_are_for_terminals() {
    let no_color = |value: &str| Env::Fixed(HashMap::from([("NO_COLOR".to_owned(), value.to_owned())]));
    assert!(!colored(|_| {}, &[]));
    assert!(colored(terminal, &[]));
    assert!(!colored(terminal, &["--color", "never"]));
    assert!(colored(|_| {}, &["--color", "always"]));
    assert!(colored(|_| {}, &["--color=always"]));
    assert!(!colored(
        |io| {
            terminal(io);
            io.env = no_color("1")
        },
        &[]
    ));
    assert!(colored(
        |io| {
            terminal(io);
            io.env = no_color("")
        },
        &[]
    ));
    assert!(colored(
        |io| {
            terminal(io);
            io.env = no_color("1")
        },
        &["--color", "always"]
    ));
    assert!(!colored(terminal, &["--format", "short"]));
}

#[test]
fn strip_keeps_what_a_later_step_needs() {
    let folder = folder();
    let text = r#"(module (@custom "a" "x") (@custom "component-type" "y") (@custom "component-type:w" "z"))"#;
    fs::write(folder.path().join("c.wat"), text).unwrap();
    let names = |args: &[&str]| {
        let out = run(folder.path(), args).out;
        let names: Vec<String> = wasm::custom_sections(&out).map(|custom| custom.name.to_owned()).collect();
        names
    };
    assert_eq!(names(&["strip", "c.wat"]), ["component-type", "component-type:w"]);
    assert_eq!(names(&["strip", "c.wat", "--all"]), [""; 0]);
    assert_eq!(names(&["strip", "c.wat", "-d", "component-type"]), ["a", "component-type:w"]);
}

#[test]
fn strip_reaches_into_components() {
    let folder = folder();
    let text = r#"(component (core module (@custom "a" "x") (@custom "component-type:w" "z")))"#;
    fs::write(folder.path().join("c.wat"), text).unwrap();
    let stripped = run(folder.path(), &["strip", "c.wat"]).out;
    assert!(!stripped.windows(2).any(|two| two == b"\x01a") && stripped.windows(6).any(|name| name == b"type:w"));
    let printed = run_with(folder.path(), &["print", "-"], |io| io.stdin = Stdin::Bytes(stripped));
    assert_eq!(printed.exit, 0, "{}", printed.err);
}

#[test]
fn text_and_binary_are_each_others_inverse() {
    let folder = folder();
    assert_eq!(run(folder.path(), &["parse", "m.wat", "-o", "m.wasm"]).exit, 0);
    assert_eq!(run(folder.path(), &["print", "m.wasm", "-o", "again.wat"]).exit, 0);
    assert_eq!(run(folder.path(), &["parse", "again.wat", "-o", "again.wasm"]).exit, 0);
    let read = |name: &str| fs::read(folder.path().join(name)).unwrap();
    assert_eq!(read("m.wasm"), read("again.wasm"));
    let skeleton = run(folder.path(), &["print", "m.wat", "--skeleton"]);
    assert!(String::from_utf8(skeleton.out).unwrap().contains("..."));
}

#[test]
fn garbage_that_claims_to_be_wasm_is_an_input_error() {
    let folder = folder();
    fs::write(folder.path().join("g.wasm"), b"\0asm\x0d\0\x01\0\xff\xff\xff\xff\xff").unwrap();
    for verb in ["print", "strip"] {
        let ran = run(folder.path(), &[verb, "g.wasm"]);
        assert_eq!(ran.exit, 1);
        assert!(ran.err.contains("error[wasm/invalid]"), "{}", ran.err);
    }
}

#[test]
fn help_is_a_command_too() {
    let folder = folder();
    for command in ["run", "call", "test"] {
        let help = run(folder.path(), &["help", command]);
        assert_eq!((help.exit, &help.out), (0, &run(folder.path(), &[command, "--help"]).out));
    }
    assert_eq!(run(folder.path(), &["help"]).out, run(folder.path(), &["--help"]).out);
}

/// What the program alone has to say to those who have no page.
#[test]
fn help_holds_the_notations() {
    let folder = folder();
    let help = |words: &[&str]| String::from_utf8(run(folder.path(), words).out).unwrap();
    let call = help(&["call", "--help"]);
    for part in ["With --json", "{\"ok\": 1}", "{\"circle\": 2}", "take(c)"] {
        assert!(call.contains(part), "{part}: {call}");
    }
    let test = help(&["test", "--help"]);
    for part in ["component \"calc.wasm\";", "10 seconds", "withe explain test/syntax"] {
        assert!(test.contains(part), "{part}: {test}");
    }
    let page = help(&["explain", "test/syntax"]);
    for word in ["`then`", "`handle ", "`calls ", "`stdout`", "`mock "] {
        assert!(page.contains(word), "{word}: {page}");
    }
    let run = help(&["run", "--help"]);
    assert_eq!(run.matches("<IP:PORT>").count(), 2, "{run}");
    for form in ["sarif", "github", "junit"] {
        let line = run.lines().find(|line| line.contains(&format!("- {form}:"))).unwrap();
        assert!(line.ends_with("of `validate` alone") || line.ends_with("of `test` alone"), "{line}");
    }
}

#[test]
fn wit_where_a_component_is_needed_is_answered() {
    let folder = folder();
    fs::write(folder.path().join("w.wit"), "package a:b;\n").unwrap();
    let ran = run(folder.path(), &["inspect", "w.wit"]);
    assert_eq!(ran.exit, 1);
    assert!(ran.err.contains("this looks like WIT") && ran.err.contains("`withe wit`"), "{}", ran.err);
    assert!(!ran.err.contains("--wit"), "{}", ran.err);
}

#[test]
fn explain_lists_and_shows() {
    let folder = folder();
    let list = String::from_utf8(run(folder.path(), &["explain"]).out).unwrap();
    assert_eq!(list.lines().count(), withe::explain::PAGES.len());
    for code in ["input/wat-syntax", "error[input/wat-syntax]", "error[input/wat-syntax]:"] {
        let page = String::from_utf8(run(folder.path(), &["explain", code]).out).unwrap();
        assert!(page.starts_with("# input/wat-syntax\n"));
    }
    for area in ["run", "run/"] {
        let list = String::from_utf8(run(folder.path(), &["explain", area]).out).unwrap();
        assert!(list.lines().count() > 3 && list.lines().all(|line| line.starts_with("run/")), "{list}");
    }
    let ran = run(folder.path(), &["explain", "input/wat-sintax"]);
    assert_eq!(ran.exit, 1);
    assert!(ran.err.contains("did you mean `withe explain input/wat-syntax`?"));
    let document = run(folder.path(), &["explain", "withe/bug", "--format", "json"]).json();
    assert_eq!(document["result"]["code"], "withe/bug");
}

#[test]
fn doctor_says_what_each_tool_is_for() {
    let folder = folder();
    let text = String::from_utf8(run(folder.path(), &["doctor"]).out).unwrap();
    for tool in ["rustc", "go", "node", "tsc", "wasm32-wasip1"] {
        assert!(text.contains(&format!("  {tool} ")), "{text}");
    }
    let document = run(folder.path(), &["doctor", "--format", "json"]).json();
    assert!(document["result"]["tools"].as_array().unwrap().iter().all(|tool| tool["install"].is_string()));
}

#[test]
fn completions_know_the_commands() {
    let folder = folder();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = String::from_utf8(run(folder.path(), &["completions", shell]).out).unwrap();
        assert!(script.contains("wrap") && script.contains("validate"), "{shell}");
    }
}

#[test]
fn quiet_keeps_errors_and_drops_notes() {
    let folder = folder();
    assert!(run(folder.path(), &["-q", "print", "bad.wat"]).err.contains("input/wat-syntax"));
    fs::write(folder.path().join("c.wat"), "(component)").unwrap();
    let wrap = |flags: &[&str]| {
        let args: Vec<&str> = ["wrap", "c.wat", "-o", "c.wasm"].iter().chain(flags).copied().collect();
        run(folder.path(), &args)
    };
    assert!(wrap(&[]).err.contains("note[encode/already-a-component]"));
    assert_eq!(wrap(&["-q"]).err, "");
    assert_eq!(wrap(&["-q", "--format", "json"]).json()["diagnostics"][0]["severity"], "note");
}

#[test]
fn verbose_says_where_to_read_more() {
    let folder = folder();
    let ran = run(folder.path(), &["-v", "print", "bad.wat"]);
    assert!(ran.err.ends_with("\n  more: withe explain input/wat-syntax\n\n"), "{}", ran.err);
    assert_eq!(run(folder.path(), &["-q", "-v", "print", "bad.wat"]).exit, 2);
}

#[test]
fn printing_has_its_ways() {
    let folder = folder();
    fs::write(folder.path().join("n.wat"), "(module (func (drop (i32.add (i32.const 1) (i32.const 2)))))").unwrap();
    let print = |flag: &str| String::from_utf8(run(folder.path(), &["print", "n.wat", flag]).out).unwrap();
    assert!(print("--fold-instructions").contains("(i32.add"));
    assert!(print("-f").contains("(i32.add"));
    assert!(print("--print-offsets").contains("(;@"));
    assert!(print("-p").contains("(;@"));
    assert!(!print("--skeleton").contains("i32.add"));
}

#[test]
fn spellings_of_other_tools_work_or_are_answered() {
    let folder = folder();
    fs::write(folder.path().join("c.wat"), "(component)").unwrap();
    let ran = run(folder.path(), &["component", "new", "c.wat", "-o", "c.wasm"]);
    assert_eq!(ran.exit, 0, "{}", ran.err);
    assert!(folder.path().join("c.wasm").exists());
    let answers: [(&[&str], &str); 4] = [
        (&["component", "embed", "wit", "m.wat", "-o", "e.wasm"], "withe embed m.wat --wit wit -o e.wasm"),
        (&["run", "c.wasm", "--invoke", "f()"], "withe call c.wasm 'f()'"),
        (&["run", "-S", "http", "c.wasm"], "withe run c.wasm --http-allow HOST"),
        (&["-S", "http", "c.wasm"], "withe run c.wasm --http-allow HOST"),
    ];
    for (args, command) in answers {
        let ran = run(folder.path(), args);
        assert_eq!(ran.exit, 2);
        assert!(ran.err.contains(&format!("write `{command}`")), "{}", ran.err);
    }
}

#[test]
fn commands_to_come_say_what_there_is() {
    let folder = folder();
    let later = ["trace", "lsp"];
    for command in later {
        let ran = run(folder.path(), &[command, "x", "--some-flag", "-o", "y"]);
        assert_eq!(ran.exit, 1, "{command}");
        assert!(ran.err.contains("error[unsupported/command]") && ran.err.contains("help: "), "{command}: {}", ran.err);
    }
}

/// The short way that `--version` takes says what the long way would say.
#[test]
fn the_version_is_the_same_either_way() {
    let folder = folder();
    let short = run(folder.path(), &["--version"]);
    assert_eq!(short.out, run(folder.path(), &["-V"]).out);
    assert_eq!(short.out, run(folder.path(), &["--version", "-q"]).out);
    assert_eq!((short.exit, short.err.as_str()), (0, ""));
}

/// The process itself: what tests in process cannot see.
#[test]
fn the_process_ends_with_the_status() {
    let folder = folder();
    let withe = |args: &[&str]| {
        std::process::Command::new(env!("CARGO_BIN_EXE_withe")).args(args).current_dir(folder.path()).output().unwrap()
    };
    let version = withe(&["--version"]);
    assert_eq!(version.status.code(), Some(0));
    assert_eq!(String::from_utf8(version.stdout).unwrap(), format!("withe {}\n", env!("CARGO_PKG_VERSION")));
    assert_eq!(withe(&["print", "bad.wat"]).status.code(), Some(1));
    assert_eq!(withe(&["print"]).status.code(), Some(2));
    if let Ok(full) = fs::File::options().write(true).open("/dev/full") {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_withe"));
        let explained = command.arg("explain").stdout(full).output().unwrap();
        assert_eq!(explained.status.code(), Some(1), "what was lost is not called a success");
    }
    let parsed = withe(&["parse", "m.wat"]);
    assert!(parsed.status.success() && parsed.stdout.starts_with(MAGIC));
}

#[cfg(unix)]
#[test]
fn a_folder_that_links_to_itself_is_read_once() {
    let folder = tempfile::tempdir().unwrap();
    let wit = folder.path().join("wit");
    fs::create_dir_all(wit.join("deps")).unwrap();
    fs::write(wit.join("w.wit"), "package a:b; world w { import c:d/i; }").unwrap();
    fs::write(wit.join("deps/d.wit"), "package c:d; interface i { f: func(); }").unwrap();
    for link in ["again", "deps/again", "deps/more"] {
        std::os::unix::fs::symlink(&wit, wit.join(link)).unwrap();
    }
    let ran = run(folder.path(), &["wit", "wit"]);
    assert_eq!(ran.exit, 0, "{}", ran.err);
    assert!(String::from_utf8(ran.out).unwrap().contains("world w"));
}

/// A component is WIT for every command, even if it exports a type by itself.
#[test]
fn a_component_is_read_as_wit() {
    let folder = tempfile::tempdir().unwrap();
    let component = r#"(component
        (type $t (record (field "x" u32)))
        (export $tt "t" (type $t))
        (core module $m (func (export "f") (param i32) (result i32) local.get 0))
        (core instance $i (instantiate $m))
        (func $f (param "a" $tt) (result u32) (canon lift (core func $i "f")))
        (export "f" (func $f)))"#;
    fs::write(folder.path().join("t.wat"), component).unwrap();

    let ran = run(folder.path(), &["--format", "short", "wit", "t.wat"]);
    assert_eq!(ran.exit, 0, "{}", ran.err);
    assert!(ran.err.starts_with("t.wat:0:0: note[wit/not-in-wit]"), "{}", ran.err);
    let text = "package root:component;\n\nworld root {\n  record t {\n    x: u32,\n  }\n\n  \
                export f: func(a: t) -> u32;\n}\n";
    assert_eq!(String::from_utf8(ran.out).unwrap(), text);

    let ran = run(folder.path(), &["bindgen", "rust", "t.wat", "-o", "out"]);
    assert_eq!(ran.exit, 0, "{}", ran.err);
    let made = fs::read_to_string(folder.path().join("out/root.rs")).unwrap();
    assert!(made.contains("fn f(a: T) -> u32;"), "{made}");
}

/// The formats for services are `validate`'s: one SARIF document, or one command a finding, on standard output.
#[test]
fn findings_go_to_services() {
    let folder = folder();
    fs::write(folder.path().join("bad.wit"), "package a:b;\ninterface i {\n  f: fnc();\n}\n").unwrap();
    let ran = run(folder.path(), &["validate", "bad.wit", "m.wat", "--format", "sarif"]);
    assert_eq!(ran.exit, 1);
    let log: Value = serde_json::from_slice(&ran.out).unwrap();
    let run_of = &log["runs"][0];
    assert_eq!(run_of["invocations"][0]["exitCode"], 1);
    let result = &run_of["results"][0];
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "bad.wit");
    assert_eq!(place["region"]["startLine"], 3);
    let rule = &run_of["tool"]["driver"]["rules"][0];
    assert_eq!(rule["id"], result["ruleId"]);
    assert!(rule["help"]["markdown"].as_str().unwrap().starts_with("# wit/"), "{rule}");

    let ran = run(folder.path(), &["validate", "bad.wit", "m.wat", "--format", "github"]);
    let lines = String::from_utf8(ran.out).unwrap();
    assert_eq!((ran.exit, lines.lines().count()), (1, 1), "{lines}");
    assert!(lines.starts_with("::error file=bad.wit,line=3,endLine=3,col="), "{lines}");

    let ran = run(folder.path(), &["validate", "m.wat", "--format", "sarif"]);
    let log: Value = serde_json::from_slice(&ran.out).unwrap();
    assert_eq!((ran.exit, &log["runs"][0]["results"]), (0, &serde_json::json!([])));
    assert_eq!(run(folder.path(), &["validate", "m.wat", "--format", "github"]).out, b"");
    // A wrong command line is told in the format too.
    let ran = run(folder.path(), &["validate", "--format=sarif"]);
    let log: Value = serde_json::from_slice(&ran.out).unwrap();
    assert_eq!((ran.exit, &log["runs"][0]["results"][0]["ruleId"]), (2, &"usage/command-line".into()));
}

#[test]
fn formats_for_services_are_for_validate() {
    let folder = folder();
    for format in ["sarif", "github"] {
        for args in [&["print", "m.wat"][..], &["explain"], &["wit", "wasi:io"]] {
            let ran = run(folder.path(), &[args, &["--format", format]].concat());
            assert_eq!((ran.exit, ran.out.len()), (2, 0), "{args:?}");
            let said = format!("`--format {format}` is for `withe validate`, not for `withe {}`", args[0]);
            assert!(ran.err.contains(&said) && ran.err.contains("use `--format json`"), "{}", ran.err);
        }
    }
    let ran = run(folder.path(), &["validate", "m.wat", "--format", "junit"]);
    assert!(ran.exit == 2 && ran.err.contains("`--format junit` is for `withe test`"), "{}", ran.err);
}

/// A folder stands for its WIT, each project's by itself, and for every module and component in it.
#[test]
fn all_of_a_folder_is_validated() {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("one/wit/w.wit", "package local:app; world w { import c:d/i; }");
    write("one/wit/deps/d.wit", "package c:d; interface i { f: func(); }");
    write("one/app.wat", "(module)");
    write("two/wit/w.wit", "package local:app; world w { import c:d/i; }");
    write("two/wit/deps/d.wit", "package c:d; interface i { f: fnc(); }");
    write("two/build/app.wasm", "no wasm");
    write("two/target/old.wasm", "what tools made is not looked at");
    write("readme.md", "nor what is no WIT");
    let files = |path: &str| -> Vec<(String, bool)> {
        let files = run(folder.path(), &["validate", path, "--format", "json"]).json()["result"]["files"].take();
        let files = files.as_array().unwrap().clone();
        files.iter().map(|one| (one["file"].as_str().unwrap().to_owned(), one["valid"] == true)).collect()
    };
    let found = [("./one/wit", true), ("./two/wit", false), ("./one/app.wat", true), ("./two/build/app.wasm", false)];
    assert_eq!(files("."), found.map(|(file, valid)| (file.to_owned(), valid)));
    assert_eq!(files("one/wit"), [("one/wit".to_owned(), true)]);
    // Packages that stand in folders of their own are read together.
    write("many/a/a.wit", "package x:a; interface i { use x:b/j.{t}; }");
    write("many/b/b.wit", "package x:b; interface j { type t = u8; }");
    assert_eq!(files("many"), [("many".to_owned(), true)]);
    write("empty/readme.md", "");
    assert!(run(folder.path(), &["validate", "empty"]).err.contains("error[validate/nothing]"));
}

/// The world of `--target` is chosen with `--target`, not with the `-w` of other commands.
#[test]
fn a_wrong_target_is_answered_with_the_flag() {
    let folder = folder();
    fs::write(folder.path().join("w.wit"), "package a:b; world app {} world other {}").unwrap();
    let said = |target: &str| run(folder.path(), &["validate", "m.wat", "--target", target]).err;
    assert!(said("w.wit#apps").contains("did you mean `--target w.wit#app`?"), "{}", said("w.wit#apps"));
    let all = "choose one: `--target w.wit#app`, `--target w.wit#other`";
    assert!(said("w.wit#xyz").contains(all) && said("w.wit").contains(all), "{}", said("w.wit"));
}

/// A guest for which nothing was exported lacks one thing, whatever the world asks for.
#[test]
fn a_forgotten_export_is_named() {
    let folder = folder();
    fs::write(folder.path().join("w.wit"), "package a:b; world app { export f: func(); export g: func(); }").unwrap();
    let module = r#"(module (memory (export "memory") 1) (global (export "__heap_base") i32 (i32.const 0))
        (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) unreachable))"#;
    fs::write(folder.path().join("guest.wat"), module).unwrap();
    let ran = run(folder.path(), &["wrap", "guest.wat", "--wit", "w.wit", "-o", "c.wasm"]);
    assert_eq!(ran.err.matches("`export!(YourType)`").count(), 2, "{}", ran.err);
    let some = r#"(module (func (export "f")))"#;
    fs::write(folder.path().join("guest.wat"), some).unwrap();
    let ran = run(folder.path(), &["wrap", "guest.wat", "--wit", "w.wit", "-o", "c.wasm"]);
    assert!(ran.err.contains("`g` is missing") && !ran.err.contains("export!"), "{}", ran.err);
}

/// A component that is named twice is not told to fit some interface of its own.
#[test]
fn a_component_does_not_fill_itself() {
    let folder = folder();
    let component = r#"(component
        (import "wasi:cli/stdout@0.2.12" (instance))
        (instance $run)
        (export "wasi:cli/run@0.2.12" (instance $run)))"#;
    fs::write(folder.path().join("app.wat"), component).unwrap();
    let same = run(folder.path(), &["plug", "app.wat", "app.wat", "-o", "x.wasm"]).err;
    assert!(same.contains("help: name a component that exports what `app.wat` imports"), "{same}");
    fs::write(folder.path().join("other.wat"), component.replace("wasi:cli/stdout@0.2.12", "a:b/c")).unwrap();
    let other = run(folder.path(), &["plug", "app.wat", "other.wat", "-o", "x.wasm"]).err;
    assert!(!other.contains("is not `wasi:cli/stdout"), "{other}");
}

/// One text that is something else is told once, not line by line as broken WIT.
#[test]
fn a_text_that_is_no_wit_is_told_once() {
    let folder = folder();
    fs::write(folder.path().join("README.md"), "# Title\n\nSome text, and more of it.\n- a\n- b\n").unwrap();
    for line in [
        &["push", "README.md", "localhost:1/x:1"][..],
        &["validate", "README.md"],
        &["wit", "README.md"],
        &["bindgen", "rust", "README.md", "-o", "out"],
    ] {
        let ran = run(folder.path(), line);
        assert!(ran.exit == 1 && ran.err.contains("`README.md` is neither wasm nor WIT"), "{line:?}: {}", ran.err);
        assert_eq!(ran.err.matches("error[").count(), 1, "{line:?}: {}", ran.err);
    }
    // What has no ending may be anything.
    fs::write(folder.path().join("world"), "package a:b; world app {}").unwrap();
    assert_eq!(run(folder.path(), &["validate", "world"]).exit, 0);
}

#[test]
fn a_text_that_is_called_wasm_is_told() {
    let folder = folder();
    fs::write(folder.path().join("w.wit"), "package a:b; world app {}").unwrap();
    let ran = run(folder.path(), &["wit", "w.wit", "-o", "w.wasm"]);
    assert!(ran.exit == 0 && ran.err.contains("warning[output/text-as-wasm]"), "{}", ran.err);
    assert!(ran.err.contains("help: add `--as wasm`"), "{}", ran.err);
    assert_eq!(run(folder.path(), &["wit", "w.wit", "--as", "wasm", "-o", "w.wasm"]).err, "");
    let ran = run(folder.path(), &["print", "m.wat", "-o", "m.wasm"]);
    assert!(ran.exit == 0 && ran.err.contains("help: write it to a file that is called `.wat`"), "{}", ran.err);
}

#[test]
fn flags_of_other_names_are_known() {
    let folder = folder();
    for (line, help) in [
        (&["serve", "--port", "1"][..], "write `--addr 127.0.0.1:PORT`"),
        (&["serve", "--port=1"], "write `--addr 127.0.0.1:PORT`"),
        (&["package", "--target", "spin"], "write `--as TARGET`"),
        (&["inspect", "m.wat", "--json"], "write `--format json`"),
        (&["serve", "--repor", "x"], "a similar argument exists: '--report'"),
    ] {
        let ran = run(folder.path(), line);
        assert!(ran.exit == 2 && ran.err.contains(&format!("help: {help}")), "{line:?}: {}", ran.err);
    }
}

#[test]
fn an_app_that_answers_requests_is_served() {
    let folder = folder();
    let app = r#"(component
        (core module $m (func (export "handle") (param i32 i32)))
        (core instance $i (instantiate $m))
        (func $handle (param "request" u32) (param "response" u32) (canon lift (core func $i "handle")))
        (instance $handler (export "handle" (func $handle)))
        (export "wasi:http/incoming-handler@0.2.6" (instance $handler)))"#;
    fs::write(folder.path().join("app.wat"), app).unwrap();
    let ran = run(folder.path(), &["run", "app.wat"]);
    assert!(ran.err.contains("help: it answers HTTP requests: use `withe serve app.wat`"), "{}", ran.err);
}

#[test]
fn a_folder_that_cannot_be_made_is_told_with_what_to_do() {
    let folder = folder();
    fs::write(folder.path().join("taken"), "a file").unwrap();
    fs::write(folder.path().join("w.wit"), "package a:b; world app {}").unwrap();
    for line in [&["docs", "w.wit", "-o", "taken/site"][..], &["bindgen", "rust", "w.wit", "-o", "taken/src"]] {
        let ran = run(folder.path(), line);
        assert!(ran.exit == 1 && ran.err.contains("help: "), "{line:?}: {}", ran.err);
    }
}
