//! `withe run`, in process: what guests get, what they are refused, and how they end.

#![expect(clippy::disallowed_methods, reason = "tests write files and start the program")]

mod session;

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use session::{run, run_with, session};

#[test]
fn programs_end_with_their_own_status() {
    let _plain = session::plain_snapshots();
    insta::assert_snapshot!(session(&[&["run", "hello.wat"], &["run", "hello3.wat"], &["run", "preview1.wat"]]));
}

#[test]
fn what_cannot_run_is_explained() {
    let _plain = session::plain_snapshots();
    insta::assert_snapshot!(session(&[
        &["run", "calc.wat"],
        &["run", "unmet.wat"],
        &["run", "hello.wat", "--dir", "nowhere", "--dir", "hello.wat::/x:rw"],
        &["run", "hello.wat", "--memory", "lots"],
        &["run", "hello.wat", "--connect", "example.com:80"],
        &["run", "no-such.wat"],
    ]));
}

#[test]
fn limits_end_programs() {
    let _plain = session::plain_snapshots();
    insta::assert_snapshot!(session(&[
        &["run", "preview1.wat", "--fuel", "1000"],
        &["run", "preview1.wat", "--memory", "64KiB"],
        &["run", "sleep.wat", "--timeout", "300ms"],
    ]));
}

/// Where it happened: inside of a composition, before anything is called, in tasks, in the host, against the ABI.
#[test]
fn traps_say_where() {
    let _plain = session::plain_snapshots();
    let names = [
        "composed", "start", "segment", "overflow", "host", "realloc", "handle", "range", "bool", "task", "subtask",
        "silent", "stuck",
    ];
    let files: Vec<String> = names.iter().map(|name| format!("traps/{name}.wat")).collect();
    let commands: Vec<[&str; 2]> = files.iter().map(|file| ["run", file.as_str()]).collect();
    let commands: Vec<&[&str]> = commands.iter().map(|words| &words[..]).collect();
    assert_eq!(std::fs::read_dir(session::fixtures().join("traps")).unwrap().count(), commands.len());
    insta::assert_snapshot!(session(&commands));
}

/// Functions, also of tasks, of resources and of instances in instances; what is not called does no harm.
#[test]
fn stubs_trap_when_they_are_called() {
    let call = |function: &str| run(&["call", "stubs.wat", &format!("{function}()"), "--stub", "trap"]);
    assert_eq!(call("use-nothing").status, 0);
    for (function, import) in [
        ("use-plain", "plain"),
        ("use-later", "later"),
        ("use-new", "local:things/store@1.0.0#[constructor]item"),
        ("use-deep", "local:things/store@1.0.0#inner#deep"),
    ] {
        let ran = call(function);
        let said = format!("the guest trapped: the stubbed import `{import}` was called");
        assert!(ran.status == 134 && ran.stderr.contains(&said), "{}", ran.stderr);
    }
    let refused = run(&["call", "stubs.wat", "use-nothing()"]);
    assert!(
        refused.status == 1 && refused.stderr.matches("error[run/unmet-import]").count() == 3,
        "{}",
        refused.stderr
    );
}

#[test]
fn nothing_is_granted_unasked() {
    let secret = [("SECRET", "1")];
    let ran = run_with(&["run", "surroundings.wat"], b"", &secret);
    assert_eq!((ran.status, ran.stdout.as_str()), (0, "surroundings.wat\0"));
    // Bad descriptor: there is no folder.
    assert_eq!(run(&["run", "reads.wat"]).status, 8);
    assert_eq!(run_with(&["run", "cat.wat", "--no-stdin"], b"text", &[]).stdout, "");
}

#[test]
fn grants_reach_the_program() {
    let words = ["run", "surroundings.wat", "--env", "A", "--env", "B=2", "--env", "UNSET", "--", "-x", "y z"];
    let ran = run_with(&words, b"", &[("A", "1"), ("C", "3")]);
    assert_eq!((ran.status, ran.stdout.as_str()), (0, "surroundings.wat\0-x\0y z\0A=1\0B=2\0"));
    assert_eq!(run_with(&["run", "cat.wat"], b"some text", &[]).stdout, "some text");
}

#[test]
fn folders_are_read_only_unless_granted() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("note.txt"), "a note\n").unwrap();
    let host = folder.path().to_str().unwrap();
    assert_eq!(run(&["run", "reads.wat", "--dir", host]).stdout, "a note\n");

    let refused = run(&["run", "files.wat", "--dir", &format!("{host}::/data")]);
    assert_eq!(refused.status, 69, "preview1's number for a read-only file system");
    assert_eq!(refused.stderr.matches("run/refused").count(), 1, "{}", refused.stderr);
    assert!(refused.stderr.contains(&format!("`--dir {host}::/data:rw`")), "{}", refused.stderr);
    assert!(!folder.path().join("new.txt").exists());

    let granted = run(&["run", "files.wat", "--dir", &format!("{host}::/data:rw")]);
    assert_eq!((granted.status, granted.stderr.as_str()), (0, ""));
    assert_eq!(std::fs::read_to_string(folder.path().join("new.txt")).unwrap(), "written\n");
}

/// WASI 0.3: the program writes by every operation, and tells whether each was refused as `read-only`.
#[test]
fn folders_of_wasi_0_3_are_read_only_unless_granted() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("note.txt"), "a note").unwrap();
    std::fs::create_dir(folder.path().join("sub")).unwrap();
    let host = folder.path().to_str().unwrap();
    let ran = |grant: &str| session::with_wrapped("files3", |component| run(&["run", component, "--dir", grant]));
    let refused = ran(&format!("{host}::/data"));
    assert_eq!(refused.status, 0, "{}", refused.stderr);
    assert_eq!(refused.stderr.matches(&format!("`--dir {host}::/data:rw`")).count(), 1, "{}", refused.stderr);
    assert_eq!(std::fs::read_dir(host).unwrap().count(), 2);
    assert_eq!(std::fs::read_to_string(folder.path().join("note.txt")).unwrap(), "a note");

    let granted = ran(&format!("{host}::/data:rw"));
    assert_eq!((granted.status, granted.stderr.as_str()), (1, ""));
    assert!(!folder.path().join("sub").exists() && !folder.path().join("note.txt").exists());
}

/// WASI 0.3, in a folder that may be written: the numbers are those of `error-code`, 255 is success.
#[test]
fn nothing_of_wasi_0_3_leads_out_of_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["outside", "in/sub"] {
        std::fs::create_dir_all(folder.path().join(name)).unwrap();
    }
    std::fs::write(folder.path().join("outside/secret.txt"), "a secret").unwrap();
    std::fs::write(folder.path().join("in/mine.txt"), "mine").unwrap();
    let absolute = format!("read(\"{}\")", folder.path().join("outside/secret.txt").display());
    let (not_permitted, fine) = ("30", "255");
    let tries = [
        (r#"read("mine.txt")"#, fine),
        (r#"read("../outside/secret.txt")"#, not_permitted),
        (r#"read("sub/../../outside/secret.txt")"#, not_permitted),
        (r#"read("/etc/passwd")"#, not_permitted),
        (absolute.as_str(), not_permitted),
        (r#"write("../outside/new.txt")"#, not_permitted),
        (r#"make-folder("../outside/folder")"#, not_permitted),
        (r#"remove("../outside/secret.txt")"#, not_permitted),
        (r#"link("../outside/secret.txt", "linked.txt")"#, not_permitted),
        (r#"link("mine.txt", "../outside/linked.txt")"#, not_permitted),
        (r#"rename("../outside/secret.txt", "moved.txt")"#, not_permitted),
        (r#"rename("mine.txt", "../outside/moved.txt")"#, not_permitted),
        (r#"symbolic-link("/etc", "absolute")"#, not_permitted),
        // A link may lead outside; nobody goes there.
        (r#"symbolic-link("../outside", "leads-out")"#, fine),
        (r#"read("leads-out/secret.txt")"#, not_permitted),
        (r#"write("leads-out/new.txt")"#, not_permitted),
        (r#"remove("leads-out/secret.txt")"#, not_permitted),
    ];
    let host = format!("{}::/in:rw", folder.path().join("in").display());
    let mut words = vec!["--dir", &host];
    words.extend(tries.iter().map(|(expression, _)| *expression));
    let ran = session::with_wrapped("escape3", |component| run(&[&["call", component], &words[..]].concat()));
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let said: Vec<(&str, &str)> = tries.iter().map(|(expression, _)| *expression).zip(ran.stdout.lines()).collect();
    assert_eq!(said, tries);
    assert_eq!(std::fs::read_dir(folder.path().join("outside")).unwrap().count(), 1);
    assert_eq!(std::fs::read_to_string(folder.path().join("outside/secret.txt")).unwrap(), "a secret");
}

#[test]
fn variables_and_input_of_wasi_0_3_are_granted() {
    let ask = |words: &[&str]| {
        let ran = session::with_wrapped("everything3", |component| {
            run_with(&[&["call", component], words].concat(), b"some input", &[("SECRET", "1")])
        });
        assert_eq!(ran.status, 0, "{}", ran.stderr);
        ran.stdout
    };
    assert_eq!(ask(&["variables()", "input()"]), "0\n0\n");
    assert_eq!(ask(&["variables()", "input()", "--env", "SECRET", "--env", "A=1", "--stdin"]), "2\n10\n");
}

#[test]
fn a_frozen_clock_and_a_seed_make_runs_equal() {
    let run = |seed: &str| run(&["run", "chance.wat", "--clock", "frozen", "--random", seed]).stdout;
    let first = run("seed=1");
    assert_eq!(first, run("seed=1"));
    assert_ne!(first, run("seed=2"));
    assert!(first.ends_with("frozen\n"), "{first}");
    assert!(!session::run(&["run", "chance.wat"]).stdout.ends_with("frozen\n"));
}

#[test]
fn a_blocked_host_call_ends_with_the_timeout() {
    let start = Instant::now();
    let ran = run(&["run", "sleep.wat", "--timeout", "200ms"]);
    assert_eq!((ran.status, ran.stdout.as_str()), (134, "before\n"));
    assert!(start.elapsed() < Duration::from_secs(30), "the program sleeps for an hour");
}

#[test]
fn usage_tells_fuel_time_and_memory() {
    let ran = run(&["run", "preview1.wat", "--usage"]);
    assert_eq!(ran.status, 42);
    let used = ran.stderr.strip_prefix("used: fuel ").unwrap();
    let fuel: u64 = used.split(',').next().unwrap().parse().unwrap();
    assert!(fuel > 100, "{used}");
    assert!(used.contains(" ms, memory ") && used.trim_end().ends_with(" bytes"), "{used}");
}

#[test]
fn the_report_goes_to_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report.json");
    let ran = run(&["run", "preview1.wat", "--report", report.to_str().unwrap(), "--usage"]);
    assert_eq!((ran.status, ran.stdout.as_str()), (42, "hello\n"));
    let report: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(report).unwrap()).unwrap();
    assert_eq!((&report["command"], &report["status"]), (&"run".into(), &42.into()));
    assert!(report["result"]["usage"]["fuel"].as_u64().unwrap() > 100, "{report}");
}

/// Standard output is the guest's; without a file the document goes to standard error, and nothing else does.
#[test]
fn json_leaves_standard_output_to_the_guest() {
    let ran = run(&["run", "preview1.wat", "--format", "json", "--usage"]);
    assert_eq!((ran.status, ran.stdout.as_str()), (42, "hello\n"));
    let report: serde_json::Value = serde_json::from_str(&ran.stderr).unwrap();
    let usage = &report["result"]["usage"];
    assert!(usage["fuel"].as_u64().unwrap() > 100 && usage["memory"].as_u64().unwrap() >= 65536, "{report}");
    assert!(usage["milliseconds"].as_f64().unwrap() > 0.0, "{report}");
    let trapped = run(&["run", "traps/composed.wat", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&trapped.stderr).unwrap();
    assert_eq!((&report["status"], &report["diagnostics"][0]["code"]), (&134.into(), &"run/trap".into()));
    assert_eq!(run(&["run", "preview1.wat", "--format", "json", "-o", "-"]).status, 2);
}

#[test]
fn usage_of_a_call_that_ends_in_a_trap() {
    let ran = run(&["call", "calc.wat", "add(1, 2)", "fail()", "--usage"]);
    assert!(ran.stderr.contains("used: fuel ") && !ran.stderr.contains("used: fuel 0"), "{}", ran.stderr);
}

/// In a process of its own: streams are the system's, and standard input never ends.
#[test]
fn a_process_ends_with_the_guests_status() {
    let withe = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_withe"));
        command.current_dir(session::fixtures()).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    };
    let output = withe().args(["run", "preview1.wat"]).output().unwrap();
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(42), &b"hello\n"[..]));

    let mut child = withe().args(["run", "cat.wat", "--timeout", "2s"]).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(b"first line\n").unwrap();
    // Held open until the program has been ended.
    let start = Instant::now();
    let output = child.wait_with_output().unwrap();
    drop(stdin);
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(134), &b"first line\n"[..]));
    assert!(start.elapsed() < Duration::from_secs(60));
}

/// Before the guest has run: nothing of it is on standard output.
#[test]
fn a_report_that_cannot_be_written_is_said_before_the_guest_runs() {
    for (report, status, code) in [
        ("/nope/x", 1, "error[output/unwritable-file]"),
        (".", 1, "error[output/unwritable-file]"),
        ("-", 2, "error[usage/one-owner]"),
    ] {
        let ran = run(&["run", "hello.wat", "--report", report]);
        assert!(ran.status == status && ran.stdout.is_empty() && ran.stderr.contains(code), "{report}: {}", ran.stderr);
    }
    assert!(!session::fixtures().join("-").exists());
}

/// Compiled code keeps its count to itself until it calls or returns.
#[test]
fn fuel_is_unknown_after_a_timeout() {
    let ran = run(&["call", "calc.wat", "spin()", "--timeout", "200ms", "--usage"]);
    assert!(ran.status == 134 && ran.stderr.contains("used: fuel unknown, time "), "{}", ran.stderr);
    let ran = run(&["call", "calc.wat", "spin()", "--timeout", "200ms", "--usage", "--format", "json"]);
    let document: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let usage = &document["result"]["usage"];
    assert!(usage["fuel"].is_null() && usage["memory"].is_u64(), "{document}");
    let ran = run(&["call", "calc.wat", "spin()", "--fuel", "1000", "--usage"]);
    assert!(ran.stderr.contains("used: fuel 100"), "{}", ran.stderr);
}

#[test]
fn a_mode_of_a_folder_that_is_none_is_refused() {
    for dir in [".::/x:rx", ".:rx", ".::/x:write"] {
        let ran = run(&["run", "hello.wat", "--dir", dir]);
        assert!(ran.status == 2 && ran.stderr.contains("is neither `ro` nor `rw`"), "{}", ran.stderr);
    }
}

/// `async/during-sync-scheduling-candidates.wast` of the component model's tests, whose first component panics the
/// embedded runtime.
#[test]
fn a_panic_of_the_embedded_runtime_is_a_trap() {
    let ran = run(&["call", "panic.wat", "run()", "--timeout", "20s"]);
    assert_eq!(ran.status, 134, "{}", ran.stderr);
    assert!(ran.stderr.contains("error[run/trap]: the embedded runtime failed: "), "{}", ran.stderr);
    let ran = run(&["call", "panic.wat", "run()"]);
    assert!(ran.status == 134 && ran.stderr.contains("the embedded runtime failed: "), "{}", ran.stderr);
}

#[test]
fn results_as_json_have_standard_output_to_themselves() {
    let ran = run(&["call", "hello.wat", "run()", "--json"]);
    let results: Vec<serde_json::Value> =
        ran.stdout.lines().map(|line| serde_json::from_str(line).expect("each line is a result")).collect();
    assert!(ran.status == 0 && results.len() == 1 && !ran.stderr.is_empty(), "{}{}", ran.stdout, ran.stderr);
}

/// Of code that computes and of a guest that waits: in order, with the results so far and the report.
#[cfg(unix)]
#[test]
fn an_interrupted_call_ends_in_order() {
    for (file, call) in [("calc.wat", "spin()"), ("sleep.wat", "run()")] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_withe"));
        command.current_dir(session::fixtures()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = command.args(["call", file, call, "--timeout", "100s", "--usage"]).spawn().unwrap();
        // By then it runs: everything before takes milliseconds; a slow machine only makes the wait for it longer.
        std::thread::sleep(Duration::from_secs(4));
        let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(killed.success() && output.status.code() == Some(130), "{:?}: {said}", output.status);
        assert!(said.contains("error[run/interrupted]") && said.contains("used: "), "{said}");
    }
}

#[test]
fn a_command_line_that_is_wrong_names_its_command() {
    let ran = run(&["run", "hello.wat", "--bogus", "--format", "json"]);
    let document: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert!(ran.status == 2 && document["command"] == "run", "{document}");
}

/// A program that asks for nothing, not even preview1, is a command as well.
#[test]
fn a_core_module_that_only_starts_is_run() {
    let ran = run(&["run", "starts.wat"]);
    assert_eq!((ran.status, ran.stdout.as_str(), ran.stderr.as_str()), (0, "", ""));
    let ran = run(&["run", "starts-and-traps.wat"]);
    assert!(ran.status == 134 && ran.stderr.contains("unreachable"), "{}", ran.stderr);
}
