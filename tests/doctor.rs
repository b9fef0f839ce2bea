//! `withe doctor` on machines made of a folder with scripts: tools that are here, old, broken, silent or missing.
#![cfg(unix)]
#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "tests read and write files, and unwrap")]

use std::collections::HashMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::Value;
use withe::io::Env;
use withe::{Exit, Io};

/// A machine: the programs on its search path, as bodies of shell scripts.
struct Machine {
    folder: tempfile::TempDir,
}

impl Machine {
    fn with(programs: &[(&str, &str)]) -> Self {
        let machine = Self { folder: tempfile::tempdir().unwrap() };
        programs.iter().for_each(|(name, body)| machine.add(name, body));
        machine
    }

    fn add(&self, name: &str, body: &str) {
        let path = self.folder.path().join(name);
        fs::write(&path, format!("#!/bin/sh\n{body}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The status, standard output, standard error.
    fn doctor(&self, args: &[&str]) -> (i32, String, String) {
        self.doctor_in(self.path(), args)
    }

    /// The same, in another folder.
    fn doctor_in(&self, folder: &Path, args: &[&str]) -> (i32, String, String) {
        self.doctor_with(&[], folder, args)
    }

    /// The same, with more in the environment.
    fn doctor_with(&self, env: &[(&str, &Path)], folder: &Path, args: &[&str]) -> (i32, String, String) {
        let mut io = Io::captured(folder);
        let env = env.iter().copied().chain([("PATH", self.path())]);
        io.env = Env::Fixed(env.map(|(name, value)| (name.to_owned(), value.display().to_string())).collect());
        let Exit(exit) = withe::run(["withe", "doctor"].iter().chain(args), &mut io);
        (exit, io.stdout.text(), io.stderr.text())
    }

    fn json(&self) -> Value {
        let (exit, out, _) = self.doctor(&["--format", "json"]);
        assert_eq!(exit, 0);
        serde_json::from_str::<Value>(&out).unwrap()["result"].take()
    }

    fn tool(&self, name: &str) -> Value {
        let result = self.json();
        result["tools"].as_array().unwrap().iter().find(|tool| tool["name"] == name).unwrap().clone()
    }
}

/// A compiler that has the libraries of two targets.
fn rust(version: &str) -> Machine {
    let body = format!(
        "case \"$1\" in --version) echo 'rustc {version} (0123456 2026-01-01)';; \
         --print) case \"$4\" in wasm32-wasip2) echo unknown >&2; exit 1;; *) echo \"${{0%/*}}/lib-$4\";; esac;; esac"
    );
    let machine = Machine::with(&[("rustc", &body), ("cargo", &format!("echo 'cargo {version}'"))]);
    for target in ["wasm32-unknown-unknown", "wasm32-wasip1"] {
        let folder = machine.path().join(format!("lib-{target}"));
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("libstd-0123.rlib"), "").unwrap();
    }
    machine
}

#[test]
fn with_nothing_here_all_is_missing_and_nothing_is_wrong() {
    let (exit, out, err) = Machine::with(&[]).doctor(&[]);
    assert_eq!((exit, err.as_str()), (0, ""));
    for line in [
        "\nRust: needs rustc, cargo, wasm32-unknown-unknown, wasm32-wasip1\n",
        "\nGo: needs go\n",
        "\nC: needs clang, wasm-ld\n",
        "\nJavaScript: needs node\n",
        "\nother tools:\n",
        "curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh\n",
    ] {
        assert!(out.contains(line), "{line}: {out}");
    }
    assert_eq!(out.matches("  missing, for ").count(), 14, "{out}");
}

#[test]
fn what_is_here_is_shown_with_its_version() {
    let machine = rust("1.95.0");
    machine.add("go", "echo 'go version go1.24.1 linux/amd64'");
    machine.add("chromium", "exit 1");
    let (_, out, _) = machine.doctor(&[]);
    assert!(
        out.contains(
            "\nRust: ready\n  rustc                   rustc 1.95.0 (0123456 2026-01-01), for guests in Rust\n"
        ),
        "{out}"
    );
    assert!(out.contains("\n  wasm32-wasip2           missing, for "), "{out}");
    assert!(out.contains("\nGo: ready\n"), "{out}");
    let chromium = machine.path().join("chromium").display().to_string();
    assert!(out.contains(&chromium), "a browser is not started: {out}");
    assert_eq!(machine.json()["ready"], serde_json::json!(["rust", "go"]));
}

#[test]
fn the_compiler_that_a_build_takes_is_asked() {
    let (bare, full) = (Machine::with(&[("rustc", "echo nothing"), ("cargo", "echo 'cargo 1.95.0'")]), rust("1.95.0"));
    let doctor = |rustc: &Path| bare.doctor_with(&[("RUSTC", rustc)], bare.path(), &["rust"]).1;
    assert!(doctor(&full.path().join("rustc")).contains("Rust: ready"));
    let none = doctor(Path::new("/nonexistent/rustc"));
    assert!(none.contains("Rust: needs rustc, wasm32-unknown-unknown, wasm32-wasip1"), "{none}");
    assert!(none.contains("fails: `RUSTC` names `/nonexistent/rustc`, which is no program"), "{none}");
    assert!(none.contains("see that `RUSTC` names a compiler, or unset it"), "{none}");
    let lacks = doctor(&bare.path().join("rustc"));
    let advice = "see that `RUSTC` names a compiler with the library of `wasm32-wasip1`, or unset it";
    assert!(lacks.contains(advice) && !lacks.contains("rustup"), "{lacks}");
}

#[test]
fn a_version_that_is_too_old_is_said_with_the_way_to_a_newer_one() {
    let machine = rust("1.84.1");
    for (name, body) in [
        ("rustup", ""),
        ("go", "echo 'go version go1.23.4 linux/amd64'"),
        ("node", "echo v18.19.0"),
        ("npm", "echo 9.2.0"),
    ] {
        machine.add(name, body);
    }
    let (exit, out, _) = machine.doctor(&[]);
    assert_eq!(exit, 0);
    for line in [
        "go1.23.4 linux/amd64 is too old: 1.24 or newer is needed",
        "go env -w GOTOOLCHAIN=go1.24.0+auto\n",
        "v18.19.0 is too old: 20.0 or newer is needed",
        "npm install --global node@24\n",
        "is too old: 1.85 or newer is needed",
        "rustup update stable\n",
        "rustup target add wasm32-wasip2\n",
    ] {
        assert!(out.contains(line), "{line}: {out}");
    }
    let go = machine.tool("go");
    assert_eq!((&go["state"], &go["oldest"]), (&"old".into(), &"1.24".into()));
    assert_eq!(machine.json()["ready"], serde_json::json!([]));
}

#[test]
fn tinygo_is_not_taken_for_go() {
    let machine = Machine::with(&[("tinygo", "echo 'tinygo version 0.40.0 linux/amd64 (using go version go1.25.0)'")]);
    let (_, out, _) = machine.doctor(&["go"]);
    let said = "missing, and `tinygo`, which is here, does not do instead, for guests in Go";
    assert!(out.contains("Go: needs go") && out.contains(said) && out.contains("go.dev/dl/go1.24.0"), "{out}");
    assert_eq!(machine.tool("go")["state"], "missing");
    machine.add("go", "echo 'go version go1.26.0 linux/amd64'");
    assert!(machine.doctor(&["go"]).1.contains("Go: ready"));
}

#[test]
fn tools_that_fail_or_do_not_answer_are_said_to() {
    let machine = Machine::with(&[
        ("go", "exec /bin/sleep 60"),
        ("node", "exec /bin/sleep 60"),
        ("clang", "echo 'no such library' >&2; exit 127"),
        ("wasm-ld", "while :; do echo floods; done"),
        ("tsc", "printf 'Version \\033[31m5.4.2\\n'"),
    ]);
    let start = Instant::now();
    let (exit, out, _) = machine.doctor(&[]);
    let took = start.elapsed();
    assert_eq!(exit, 0);
    assert_eq!(out.matches("  does not answer within 2 s, for ").count(), 2, "{out}");
    assert!(out.contains("  fails: no such library, for guests in C"), "{out}");
    assert!(out.contains("Version [31m5.4.2"), "no control character reaches the terminal: {out:?}");
    assert!(took < Duration::from_millis(3500), "two tools are waited for at once: {took:?}");
    assert_eq!((&machine.tool("go")["state"], &machine.tool("clang")["state"]), (&"silent".into(), &"broken".into()));
}

/// Fourteen tools that take 0.3 s each.
#[test]
fn tools_are_asked_side_by_side() {
    let slow = "/bin/sleep 0.3; echo 99.0";
    let names = ["rustc", "cargo", "go", "clang", "wasm-ld", "node", "npm", "tsc", "wasm-tools", "wasmtime"];
    let machine = Machine::with(&names.map(|name| (name, slow)));
    let start = Instant::now();
    machine.doctor(&[]);
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
}

#[test]
fn the_command_is_the_one_of_this_system() {
    let install = |programs: &[&str], tool: &str| {
        let programs: Vec<_> = programs.iter().map(|name| (*name, "")).collect();
        Machine::with(&programs).tool(tool)["install"].as_str().unwrap().to_owned()
    };
    let cases: &[(&[&str], &str, &str)] = &[
        (&["apt-get"], "clang", "apt-get install clang lld wasi-libc libclang-rt-dev-wasm32"),
        (&["apt-get", "sudo"], "npm", "sudo apt-get install npm"),
        (&["apt-get"], "node", "apt-get install npm && npm install --global node@24"),
        (&["dnf"], "clang", "dnf install clang lld wasi-libc"),
        (&["apk"], "chromium", "apk add chromium"),
        (&["pacman", "sudo"], "npm", "sudo pacman -S npm"),
        (&["brew", "apt-get"], "clang", "brew install llvm lld wasi-libc wasi-runtimes"),
        (&["brew"], "go", "brew install go"),
        (&["brew"], "node", "brew install node"),
        (&["brew"], "rustc", "brew install rustup && rustup default stable"),
        (&["rustup"], "cargo", "rustup toolchain install stable"),
        (&["rustup"], "wasm32-wasip1", "rustup target add wasm32-wasip1"),
        (&["npm"], "tsc", "npm install --global typescript"),
        (&[], "wasm-tools", "cargo install --locked wasm-tools"),
        (&["brew"], "wasmtime", "brew install wasmtime"),
    ];
    for (programs, tool, expected) in cases {
        assert_eq!(install(programs, tool), *expected, "{programs:?} {tool}");
    }
    assert!(install(&[], "go").contains("go1.24.0."));
    assert!(install(&[], "wasm32-wasip1").ends_with(" && rustup target add wasm32-wasip1"));
}

#[test]
fn only_the_languages_named_are_looked_at() {
    let (exit, out, _) = Machine::with(&[]).doctor(&["go", "c"]);
    assert_eq!(exit, 0);
    assert!(out.contains("Go: needs go") && out.contains("C: needs clang"), "{out}");
    assert!(!out.contains("Rust") && !out.contains("wasm-tools") && !out.contains("node"), "{out}");
}

#[test]
fn strictness_is_for_scripts() {
    let machine = rust("1.95.0");
    assert_eq!(machine.doctor(&["rust", "--strict"]).0, 0);
    let (exit, _, err) = machine.doctor(&["--strict", "rust", "go"]);
    assert_eq!(exit, 1);
    assert!(err.contains("error[doctor/missing-tool]: Go is not ready: `go`"), "{err}");
    assert_eq!(err.matches("doctor/missing-tool").count(), 1, "{err}");
}

/// What is no program, or lies in the folder one happens to be in, is not started.
#[test]
fn only_programs_of_the_search_path_are_started() {
    let machine = Machine::with(&[("go", "echo 'go version go1.24.1'")]);
    fs::set_permissions(machine.path().join("go"), fs::Permissions::from_mode(0o644)).unwrap();
    fs::create_dir(machine.path().join("node")).unwrap();
    let tool = |name: &str| machine.tool(name)["state"].clone();
    assert_eq!((tool("go"), tool("node")), ("missing".into(), "missing".into()));
    let here = Machine::with(&[("go", "echo 'go version go1.24.1'")]);
    let mut io = Io::captured(here.path());
    io.env = Env::Fixed(HashMap::from([("PATH".to_owned(), ":.".to_owned())]));
    withe::run(["withe", "doctor", "go"], &mut io);
    assert!(io.stdout.text().contains("Go: needs go"), "{}", io.stdout.text());
}

/// A project in a folder that is not on the search path of the machine.
fn project_on(machine: &Machine, components: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let manifest = format!("[app]\nname = \"example:todo\"\nversion = \"0.1.0\"\n\n{components}");
    fs::write(folder.path().join("withe.toml"), manifest).unwrap();
    fs::create_dir_all(folder.path().join("auth/below")).unwrap();
    assert!(!machine.path().starts_with(folder.path()));
    folder
}

const AUTH: &str =
    "[components.auth]\nlanguage = \"command\"\nbuild = [\"componentize-py\", \"componentize\"]\noutput = \"a.wasm\"\n";

#[test]
fn a_project_needs_what_its_components_are_made_with() {
    let machine = Machine::with(&[("pipx", "")]);
    let components =
        format!("[components.front]\nlanguage = \"go\"\n\n[components.tiny]\nlanguage = \"wat\"\n\n{AUTH}");
    let project = project_on(&machine, &components);
    let below = project.path().join("auth/below");
    let (exit, out, err) = machine.doctor_in(&below, &[]);
    assert_eq!((exit, err.as_str()), (0, ""));
    for line in [
        "\nexample:todo, in `../../withe.toml`: needs go, componentize-py\n",
        "\nGo: needs go\n",
        "\n  componentize-py  missing, for component `auth`\n                   pipx install componentize-py\n",
    ] {
        assert!(out.contains(line), "{line}: {out}");
    }
    assert!(!out.contains("Rust") && !out.contains("node") && !out.contains("wasm-tools"), "{out}");
    let (exit, _, err) = machine.doctor_in(&below, &["--strict"]);
    assert!(exit == 1 && err.matches("error[doctor/missing-tool]").count() == 2, "{err}");
    assert!(err.contains("component `auth` is not ready: `componentize-py`"), "{err}");
    assert!(err.contains("help: run `pipx install componentize-py`"), "{err}");

    machine.add("go", "echo 'go version go1.26.0 linux/amd64'");
    machine.add("componentize-py", "echo 'componentize-py 0.25.1'");
    let (exit, out, _) = machine.doctor_in(&below, &["--strict"]);
    assert!(exit == 0 && out.contains("example:todo, in `../../withe.toml`: ready\n"), "{out}");
    assert!(out.contains("  componentize-py  componentize-py 0.25.1, for component `auth`\n"), "{out}");
    let (exit, out, _) = machine.doctor_in(&below, &["rust", "--strict"]);
    assert!(exit == 1 && !out.contains("example:todo"), "a language that is named is what is asked for: {out}");
}

/// What withe does not know might do anything when it is started.
#[test]
fn programs_that_are_not_known_are_looked_for_and_not_started() {
    let machine = Machine::with(&[("frob", "echo started > started; exit 1")]);
    let build = |name: &str, program: &str| {
        format!(
            "[components.{name}]\nlanguage = \"command\"\nsource = \"auth\"\nbuild = [\"{program}\"]\noutput = \"a.wasm\"\n"
        )
    };
    let components = [build("one", "frob"), build("two", "frob"), build("three", "./make.sh"), build("four", "nope")];
    let project = project_on(&machine, &components.concat());
    let (_, out, _) = machine.doctor_in(project.path(), &[]);
    assert!(out.contains("needs ./make.sh, nope\n"), "{out}");
    let frob = machine.path().join("frob").display().to_string();
    assert!(out.contains(&format!("{frob}, for components `one`, `two`\n")), "{out}");
    assert!(out.contains("put an executable file at `./make.sh` in the component's folder"), "{out}");
    assert!(out.contains("put `nope` on the search path"), "{out}");
    assert!(!project.path().join("started").exists() && !machine.path().join("started").exists());
    let script = project.path().join("auth/make.sh");
    fs::write(&script, "#!/bin/sh\necho started > started\n").unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    let (_, out, _) = machine.doctor_in(project.path(), &[]);
    assert!(out.contains("needs nope\n") && !project.path().join("auth/started").exists(), "{out}");
}

#[test]
fn a_project_of_text_alone_needs_nothing() {
    let machine = Machine::with(&[]);
    let project = project_on(&machine, "[components.tiny]\nlanguage = \"wat\"\n");
    let (exit, out, _) = machine.doctor_in(project.path(), &["--strict"]);
    assert!(exit == 0 && out.ends_with("example:todo, in `withe.toml`: needs none either\n"), "{out}");
}

/// All tools are shown, as outside of a project, and the manifest's mistakes are said.
#[test]
fn a_manifest_with_mistakes_is_no_obstacle() {
    let machine = Machine::with(&[]);
    let project = project_on(&machine, "[components.tiny]\nlangage = \"wat\"\n");
    let (exit, out, err) = machine.doctor_in(project.path(), &[]);
    assert!(exit == 1 && err.contains("did you mean `language`?"), "{err}");
    assert!(out.contains("Rust: needs rustc") && out.contains("other tools:"), "{out}");
}

/// A library is built as for a bare machine, a program with WASI, and the manifest may say otherwise.
#[test]
fn of_targets_only_those_of_the_crates_are_needed() {
    let machine = rust("1.95.0");
    fs::remove_dir_all(machine.path().join("lib-wasm32-wasip1")).unwrap();
    let library = "[lib]\ncrate-type = [\"cdylib\"]\n";
    for (cargo, more, needs) in [
        (Some(library), "", "ready"),
        (Some("[package]\n"), "", "needs wasm32-wasip1"),
        (Some(library), "flags = [\"--target\", \"wasm32-wasip1\"]\n", "needs wasm32-wasip1"),
        (Some("[package]\n"), "flags = [\"--target=wasm32-unknown-unknown\"]\n", "ready"),
        (None, "", "needs wasm32-wasip1"),
    ] {
        let components = format!("[components.store]\nlanguage = \"rust\"\nsource = \"auth\"\n{more}");
        let project = project_on(&machine, &components);
        if let Some(cargo) = cargo {
            fs::write(project.path().join("auth/Cargo.toml"), cargo).unwrap();
        }
        let (exit, out, _) = machine.doctor_in(project.path(), &["--strict"]);
        assert!(out.contains(&format!("example:todo, in `withe.toml`: {needs}\n")), "{components}: {out}");
        assert_eq!(exit == 0, needs == "ready", "{components}: {out}");
    }
}
