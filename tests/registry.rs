//! `push`, `pull` and `oci://` from the command line, against Debian's registry and a slow one.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests read and write files, start withe, and unwrap"
)]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use testing::cases::Suite;
use testing::registry::{Answer, Certificates, Daemon, ME, Server, Setup};
use testing::{Outcome, scratch};
use withe::io::Env;
use withe::{Exit, Io};

const GREETER: &str = r#"(component
  (core module $m
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
    (func (export "run") (result i32) (i32.const 0)))
  (core instance $i (instantiate $m))
  (func $run (result (result)) (canon lift (core func $i "run")))
  (instance $cli (export "run" (func $run)))
  (export "wasi:cli/run@0.2.0" (instance $cli)))"#;

const WIT: &str = "package local:calc@1.2.0;\n\n/// Numbers.\ninterface ops { add: func(a: u32, b: u32) -> u32; }\n\nworld calc { export ops; }\n";

const MANIFEST: &str = r#"[app]
name = "local:greeter"
version = "1.2.3"
description = "Greets"
authors = ["Ada", "Grace"]
license = "MIT"

[components.greeter]
path = "greeter.wat"

[deploy]
image = "HOST/local/greeter"
"#;

fn main() -> ExitCode {
    Suite::new()
        .test("registry/there_and_back", there_and_back)
        .test("registry/the_same_input_has_the_same_digest", the_same_input_has_the_same_digest)
        .test("registry/wit_is_pushed_as_a_package", wit_is_pushed_as_a_package)
        .test("registry/a_project_pushes_its_app", a_project_pushes_its_app)
        .test("registry/components_are_run_from_there", components_are_run_from_there)
        .test("registry/what_is_not_valid_is_not_pushed", what_is_not_valid_is_not_pushed)
        .test("registry/a_helper_has_the_password", a_helper_has_the_password)
        .test("registry/authorities_are_named_or_the_system_s", authorities_are_named_or_the_system_s)
        .test("registry/what_is_killed_goes_on", what_is_killed_goes_on)
        .test("registry/a_push_that_is_killed_goes_on", a_push_that_is_killed_goes_on)
        .test("registry/other_commands_ask_nobody", other_commands_ask_nobody)
        .run()
}

/// A folder with a component, WIT, and a cache of its own.
struct Place {
    folder: PathBuf,
}

/// What a command said and how it ended.
struct Ran {
    status: i32,
    out: String,
    err: String,
}

impl Place {
    fn new(name: &str) -> Result<Self, testing::Trouble> {
        let folder = scratch(name)?;
        fs::write(folder.join("greeter.wat"), GREETER)?;
        fs::create_dir(folder.join("wit"))?;
        fs::write(folder.join("wit/calc.wit"), WIT)?;
        Ok(Self { folder })
    }

    fn env(&self) -> Vec<(String, String)> {
        vec![("HOME".to_owned(), self.folder.display().to_string())]
    }

    /// Runs a command line; words are parted by blanks.
    fn run(&self, line: &str) -> Ran {
        self.run_with(line, &[])
    }

    fn run_with(&self, line: &str, env: &[(&str, &str)]) -> Ran {
        let mut io = Io::captured(&self.folder);
        let more = env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        io.env = Env::Fixed(self.env().into_iter().chain(more).collect());
        let Exit(status) = withe::run(["withe"].into_iter().chain(line.split(' ')), &mut io);
        Ran { status, out: io.stdout.text(), err: io.stderr.text() }
    }

    /// The document of a command that works.
    fn json(&self, line: &str) -> Value {
        let ran = self.run(&format!("{line} --format json"));
        assert_eq!(ran.status, 0, "{line}: {}", ran.out);
        serde_json::from_str::<Value>(&ran.out).unwrap()["result"].clone()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

fn names(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn there_and_back() -> Outcome {
    let daemon = Daemon::start("cli-registry-plain", &Setup::default())?;
    let (place, host) = (Place::new("cli-registry-there")?, daemon.host());
    assert_eq!(place.run("parse greeter.wat -o greeter.wasm").status, 0);
    let pushed = place.run(&format!("push greeter.wasm {host}/me/greeter:1.0.0"));
    assert_eq!((pushed.status, pushed.err.as_str()), (0, ""));
    let exact = pushed.out.strip_prefix("pushed ").unwrap().trim();
    assert!(exact.starts_with(&format!("{host}/me/greeter:1.0.0@sha256:")), "{exact}");
    let pulled = place.run(&format!("pull {host}/me/greeter:1.0.0 -o got.wasm"));
    assert_eq!((pulled.status, pulled.out.as_str()), (0, ""), "{}", pulled.err);
    assert!(pulled.err.starts_with(&format!("pulled {exact}, ")), "{}", pulled.err);
    assert_eq!(fs::read(place.path("got.wasm"))?, fs::read(place.path("greeter.wasm"))?);
    // By its digest, from the cache, to standard output, with `oci://` and without a word.
    let again = place.run(&format!("pull oci://{exact} -q"));
    assert_eq!((again.status, again.err.as_str()), (0, ""));
    assert!(place.json(&format!("pull {exact} -o again.wasm"))["cached"] == true);
    // A tag that is not there: nothing is written, and what is there stays.
    fs::write(place.path("kept.wasm"), "kept")?;
    let missing = place.run(&format!("pull {host}/me/greeter:1.0.1 -o kept.wasm"));
    assert_eq!(missing.status, 1);
    assert!(missing.err.contains(&format!("did you mean `{host}/me/greeter:1.0.0`?")), "{}", missing.err);
    assert_eq!(fs::read_to_string(place.path("kept.wasm"))?, "kept");
    Ok(())
}

fn the_same_input_has_the_same_digest() -> Outcome {
    let place = Place::new("cli-registry-same")?;
    let line = "push greeter.wat localhost:1/me/greeter:1.0.0 --dry-run --annotation a.b=c";
    let (first, second) = (place.json(line), place.json(line));
    assert_eq!(first, second);
    assert_eq!(first["sent"], Value::Null);
    assert_eq!(first["annotations"]["a.b"], "c");
    assert_eq!((&first["kind"], &first["exports"][0]), (&"component".into(), &"wasi:cli/run@0.2.0".into()));
    let dated = place.run_with(line, &[("SOURCE_DATE_EPOCH", "1700000000")]);
    assert!(dated.status == 0 && dated.out != place.run(line).out, "{}", dated.out);
    let wrong = place.run_with(line, &[("SOURCE_DATE_EPOCH", "today")]);
    assert!(wrong.status == 2 && wrong.err.contains("`SOURCE_DATE_EPOCH` is `today`"), "{}", wrong.err);
    Ok(())
}

fn wit_is_pushed_as_a_package() -> Outcome {
    let daemon = Daemon::start("cli-registry-wit", &Setup::default())?;
    let (place, host) = (Place::new("cli-registry-wit-place")?, daemon.host());
    let pushed = place.json(&format!("push wit {host}/local/calc:1.2.0"));
    assert_eq!(pushed["exports"], serde_json::json!(["local:calc/calc@1.2.0", "local:calc/ops@1.2.0"]));
    assert_eq!(pushed["annotations"]["org.opencontainers.image.version"], "1.2.0");
    assert_eq!(place.run(&format!("pull {host}/local/calc:1.2.0 -o calc.wasm")).status, 0);
    let shown = place.run("wit calc.wasm");
    assert!(shown.out.contains("/// Numbers.") && shown.out.contains("world calc"), "{}", shown.out);
    // The file and the folder are the same package.
    assert_eq!(place.json(&format!("push wit/calc.wit {host}/local/calc:1.2.0"))["digest"], pushed["digest"]);
    Ok(())
}

fn a_project_pushes_its_app() -> Outcome {
    let daemon = Daemon::start("cli-registry-project", &Setup::default())?;
    let (place, host) = (Place::new("cli-registry-project-place")?, daemon.host());
    fs::write(place.path("withe.toml"), MANIFEST.replace("HOST", &host))?;
    // The app, built, to `image`, under its version.
    let pushed = place.json("push");
    assert!(pushed["reference"].as_str().unwrap().starts_with(&format!("{host}/local/greeter:1.2.3@")), "{pushed}");
    let said = |name: &str| pushed["annotations"][format!("org.opencontainers.image.{name}")].clone();
    assert_eq!(
        ["title", "version", "description", "authors", "licenses"].map(said),
        ["local:greeter", "1.2.3", "Greets", "Ada, Grace", "MIT"]
    );
    // To another place; without one.
    let elsewhere = place.json(&format!("push {host}/other/greeter:edge"));
    assert!(elsewhere["reference"].as_str().unwrap().starts_with(&format!("{host}/other/greeter:edge@")));
    let manifest = fs::read_to_string(place.path("withe.toml"))?;
    fs::write(place.path("withe.toml"), manifest.replace("image = ", "# image = "))?;
    let broken = manifest.replace("greeter.wat", "missing.wat");
    fs::write(place.path("withe.toml"), broken)?;
    assert_eq!(place.run("push").status, 1);
    fs::write(place.path("withe.toml"), manifest.replace("image = ", "# image = "))?;
    let nowhere = place.run("push");
    assert!(nowhere.status == 1 && nowhere.err.contains("does not say where to push"), "{}", nowhere.err);
    fs::write(place.path("withe.toml"), manifest.replace("/local/greeter", "/Local/greeter"))?;
    let wrong = place.run("push --format short");
    assert!(
        wrong.err.contains("withe.toml:12:") && wrong.err.contains("`Local/greeter` is no repository"),
        "{}",
        wrong.err
    );
    let alone = place.run("push wit");
    assert!(alone.status == 2 && alone.err.contains("write `withe push wit HOST/REPOSITORY:TAG`"), "{}", alone.err);
    Ok(())
}

fn components_are_run_from_there() -> Outcome {
    let daemon = Daemon::start("cli-registry-run", &Setup::default())?;
    let (place, host) = (Place::new("cli-registry-run-place")?, daemon.host());
    let name = format!("oci://{host}/me/greeter:1.0.0");
    let offline = place.run(&format!("run {name} --offline"));
    assert!(offline.status == 1 && offline.err.contains("[registry/offline]"), "{}", offline.err);
    assert_eq!(place.run(&format!("push greeter.wat {host}/me/greeter:1.0.0")).status, 0);
    for (line, expected) in [
        (format!("run {name}"), ""),
        (format!("call {name} run()"), "ok"),
        (format!("inspect {name} --exports"), "wasi:cli/run@0.2.0"),
    ] {
        let ran = place.run(&line);
        assert!(ran.status == 0 && ran.out.contains(expected), "{line}: {}{}", ran.out, ran.err);
    }
    drop(daemon);
    let offline = place.run(&format!("run {name} --offline"));
    assert_eq!(offline.status, 0, "{}", offline.err);
    let online = place.run(&format!("run {name}"));
    assert!(online.status == 1 && online.err.contains("[registry/unreachable]"), "{}", online.err);
    Ok(())
}

fn what_is_not_valid_is_not_pushed() -> Outcome {
    let (place, server) = (Place::new("cli-registry-invalid")?, Server::start(|_| None));
    let host = server.host();
    fs::write(place.path("bad.wasm"), b"\0asm\x0d\0\x01\0\x01")?;
    fs::write(place.path("bad.wit"), "package a:b;\ninterface i { f: fnc(); }\n")?;
    fs::write(place.path("script.wac"), "package a:b;\n")?;
    for (line, code) in [
        (format!("push bad.wasm {host}/me/bad:1.0.0"), "validate/truncated"),
        (format!("push bad.wit {host}/me/bad:1.0.0"), "wit/"),
        (format!("push script.wac {host}/me/bad:1.0.0"), "input/not-wasm"),
        (format!("push missing.wasm {host}/me/bad:1.0.0"), "input/missing-file"),
        (format!("push greeter.wat {host}/me/bad"), "registry/reference"),
        (format!("push greeter.wat {host}/me/bad@sha256:{}", "0".repeat(64)), "registry/reference"),
        (format!("push greeter.wat {host}/me/bad:1.0.0 --offline"), "registry/offline"),
        (format!("push greeter.wat {host}/me/bad:1.0.0 --ca none.pem"), "input/missing-file"),
    ] {
        let ran = place.run(&line);
        assert!(ran.status == 1 && ran.err.contains(code), "{line}: {}", ran.err);
    }
    assert_eq!(server.lines(), Vec::<String>::new());
    // A core module may be pushed: the form has a place for it.
    fs::write(place.path("module.wat"), "(module)")?;
    assert_eq!(place.json(&format!("push module.wat {host}/me/module:1.0.0"))["kind"], "module");
    Ok(())
}

/// `withe` as a process, with the helper `docker-credential-test` on its path.
fn a_helper_has_the_password() -> Outcome {
    let setup = Setup { users: Some(ME.to_owned()), ..Setup::default() };
    let daemon = Daemon::start("cli-registry-helper", &setup)?;
    let (place, host) = (Place::new("cli-registry-helper-place")?, daemon.host());
    let helper = place.path("docker-credential-test");
    fs::create_dir(place.path(".docker"))?;
    fs::write(place.path(".docker/config.json"), r#"{"credsStore": "test"}"#)?;
    let path = format!("{}:{}", place.folder.display(), std::env::var("PATH").unwrap());
    let push = || {
        let mut withe = Command::new(env!("CARGO_BIN_EXE_withe"));
        withe.args(["push", "greeter.wat", &format!("{host}/me/greeter:1.0.0")]);
        withe.env_clear().envs(place.env()).env("PATH", &path).current_dir(&place.folder).output().unwrap()
    };
    for (script, expected) in [
        // The helpers' words for "I have none".
        ("cat >/dev/null; echo 'credentials not found in native keychain'; exit 1", "no credentials for it are in"),
        (
            "cat >/dev/null; echo 's3cret leaks'; echo 's3cret leaks' >&2; exit 1",
            "its credential helper `docker-credential-test` failed",
        ),
        ("cat >/dev/null; echo 's3cret'", "did not answer with credentials"),
        (
            r#"cat >/dev/null; echo '{"ServerURL":"","Username":"me","Secret":"wr0ng"}'"#,
            "does not take the credentials",
        ),
    ] {
        write_helper(&helper, script)?;
        let ran = push();
        let said = String::from_utf8_lossy(&ran.stderr);
        assert!(ran.status.code() == Some(1) && said.contains(expected), "{said}");
        assert!(!said.contains("s3cret") && !said.contains("wr0ng"), "{said}");
    }
    write_helper(
        &helper,
        &format!(r#"[ "$(cat)" = "{host}" ] && echo '{{"ServerURL":"","Username":"me","Secret":"s3cret"}}'"#),
    )?;
    let ran = push();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    Ok(())
}

fn write_helper(path: &Path, script: &str) -> Outcome {
    fs::write(path, format!("#!/bin/sh\n{script}\n"))?;
    Ok(fs::set_permissions(path, fs::Permissions::from_mode(0o755))?)
}

/// TLS on this machine is asked for with `--ca`; what the system trusts is trusted as well.
fn authorities_are_named_or_the_system_s() -> Outcome {
    let Certificates { authority, certificate, key } = Certificates::new("cli-registry-certificates")?;
    let other = Certificates::new("cli-registry-other-certificates")?.authority;
    let daemon =
        Daemon::start("cli-registry-tls", &Setup { certificate: Some((certificate, key)), ..Setup::default() })?;
    let place = Place::new("cli-registry-tls-place")?;
    let push = |ca: &Path, env: Option<&Path>| {
        let mut withe = Command::new(env!("CARGO_BIN_EXE_withe"));
        withe.args(["push", "greeter.wat", &format!("{}/me/greeter:1.0.0", daemon.host()), "--ca"]).arg(ca);
        withe.env_clear().envs(place.env()).envs(env.map(|file| ("SSL_CERT_FILE", file))).current_dir(&place.folder);
        let ran = withe.output().unwrap();
        (ran.status.code(), String::from_utf8_lossy(&ran.stderr).into_owned())
    };
    assert_eq!(push(&authority, None), (Some(0), String::new()));
    assert_eq!(push(&other, Some(&authority)), (Some(0), String::new()));
    let (status, said) = push(&other, None);
    assert!(status == Some(1) && said.contains("[registry/certificate]") && said.contains("--ca FILE"), "{said}");
    Ok(())
}

/// `kill -9` in the middle of a pull: no file, and the next run asks for the rest only.
fn what_is_killed_goes_on() -> Outcome {
    let place = Place::new("cli-registry-killed")?;
    // A module of 2 MiB, of which a part comes at once and the rest after a minute.
    let data = "a".repeat(2 << 20);
    fs::write(place.path("large.wat"), format!("(module (memory 64) (data (i32.const 0) \"{data}\"))"))?;
    assert_eq!(place.run("parse large.wat -o large.wasm").status, 0);
    let whole = fs::read(place.path("large.wasm"))?;
    let mut is_first = true;
    let server = Server::start(move |asked| {
        if !asked.path.contains("/blobs/sha256:") || asked.method != "GET" || !is_first {
            return None;
        }
        is_first = false;
        let mut answer = Answer::of(200, &whole[..1 << 20]);
        answer.body.push((Duration::from_secs(60), whole[1 << 20..].to_vec()));
        Some(answer)
    });
    let host = server.host();
    assert_eq!(place.run(&format!("push large.wat {host}/me/large:1.0.0")).status, 0);
    let pull = format!("pull {host}/me/large:1.0.0 -o got.wasm");
    let mut withe = Command::new(env!("CARGO_BIN_EXE_withe"));
    withe.args(pull.split(' ')).env_clear().envs(place.env()).current_dir(&place.folder);
    let mut child = withe.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    let kept = place.path(".cache/withe/sha256");
    let arrived = || {
        let part = names(&kept).into_iter().find(|name| name.ends_with(".part"));
        part.and_then(|name| fs::metadata(kept.join(name)).ok()).map_or(0, |metadata| metadata.len())
    };
    let end = Instant::now() + Duration::from_secs(30);
    while arrived() < 1 << 20 && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(10));
    }
    child.kill()?;
    child.wait()?;
    assert_eq!((arrived(), place.path("got.wasm").exists()), (1 << 20, false));
    let again = place.run(&pull);
    assert_eq!(again.status, 0, "{}", again.err);
    let last = server.asked().pop().unwrap();
    assert_eq!(last.header("range"), "bytes=1048576-");
    assert_eq!(arrived(), 0);
    assert!(fs::read(place.path("got.wasm"))? == fs::read(place.path("large.wasm"))?);
    Ok(())
}

/// `kill -9` at each request of a push: no tag without its contents, and the next run sends what is not there.
fn a_push_that_is_killed_goes_on() -> Outcome {
    let place = Place::new("cli-registry-killed-push")?;
    assert_eq!(place.run("parse greeter.wat -o greeter.wasm").status, 0);
    let requests = {
        let server = Server::start(|_| None);
        assert_eq!(place.run(&format!("push greeter.wasm {}/me/greeter:1.0.0", server.host())).status, 0);
        server.lines().len()
    };
    // Is it there, where to, there it is: of the component and of its configuration; then the manifest.
    assert_eq!(requests, 7);
    for killed_at in 1..=requests {
        let mut seen = 0;
        let server = Server::start(move |_| {
            seen += 1;
            (seen == killed_at).then(|| Answer { pause: Duration::from_secs(60), ..Answer::of(500, "too late") })
        });
        let host = server.host();
        let push = format!("push greeter.wasm {host}/me/greeter:1.0.0");
        let mut withe = Command::new(env!("CARGO_BIN_EXE_withe"));
        withe.args(push.split(' ')).env_clear().envs(place.env()).current_dir(&place.folder);
        let mut child = withe.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        let end = Instant::now() + Duration::from_secs(30);
        while server.lines().len() < killed_at && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(5));
        }
        child.kill()?;
        child.wait()?;
        assert_eq!(server.lines().len(), killed_at);
        let early = place.run(&format!("pull {host}/me/greeter:1.0.0 -o early.wasm"));
        assert!(early.status == 1 && !place.path("early.wasm").exists(), "{}", early.out);
        let before = server.lines().len();
        let again = place.run(&push);
        assert_eq!(again.status, 0, "killed at request {killed_at}: {}", again.err);
        let sent = server.lines().split_off(before);
        let sent = sent.iter().filter(|line| line.starts_with("PUT ") && line.contains("/blobs/")).count();
        // A content arrives with the third and the sixth request.
        assert_eq!(sent, [2, 1, 0][(killed_at - 1) / 3], "killed at request {killed_at}");
        let pulled = place.run(&format!("pull {host}/me/greeter:1.0.0 -o got-{killed_at}.wasm"));
        assert_eq!(pulled.status, 0, "{}", pulled.err);
        assert!(fs::read(place.path(&format!("got-{killed_at}.wasm")))? == fs::read(place.path("greeter.wasm"))?);
    }
    Ok(())
}

/// Only commands whose purpose allows it ask the network.
fn other_commands_ask_nobody() -> Outcome {
    let (place, server) = (Place::new("cli-registry-nobody")?, Server::start(|_| None));
    let name = format!("oci://{}/me/app:1.0.0", server.host());
    for line in [
        format!("wrap {name} -o x.wasm"),
        format!("validate {name}"),
        format!("graph {name} -o x.svg"),
        format!("plug {name} greeter.wat -o x.wasm"),
        format!("print {name}"),
        format!("diff {name} greeter.wat"),
        format!("transpile {name} -o js"),
        format!("wit {name}"),
    ] {
        let ran = place.run(&line);
        assert!(ran.status == 1 && ran.err.contains("get it with `withe pull"), "{line}: {}{}", ran.out, ran.err);
    }
    assert_eq!(server.lines(), Vec::<String>::new());
    Ok(())
}
