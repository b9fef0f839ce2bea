//! `withe package`: what is written for each target, what is refused, and that the targets' own readers take it.
//!
//! A case is a folder of `fixtures/deploy/cases` with `command.txt`, one command line over the components in
//! `fixtures/deploy/apps`, and what came of it: `said.txt`, and `expected`, the folder that it wrote, without what is
//! binary.
//! Holds: a refused app leaves no file; the same command writes the same bytes again; what is written is read by wadm's
//! types, Compose's loader, the schemas of Kubernetes, and the OCI image format's types.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "tests read and write files, and unwrap")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use serde_json::{Value, json};
use testing::cases::{Suite, directories, entries};
use testing::go::{Go, On};
use testing::{Outcome, Trouble, fixtures, golden, scratch, tool};
use withe::io::Stream;
use withe::{Exit, Io};

fn main() -> ExitCode {
    Suite::new()
        .folder("package", &fixtures("deploy/cases"), case)
        .test("package/spin_takes_what_is_written", || python("spin", &written("spin.toml")))
        .test("package/spinkube_takes_what_is_written", || python("spinapp", &written("spinapp.yaml")))
        .test("package/kubernetes_takes_what_is_written", kubernetes_takes_what_is_written)
        .test("package/wadm_takes_what_is_written", wadm_takes_what_is_written)
        .test("package/compose_takes_what_is_written", compose_takes_what_is_written)
        .test("package/readers_can_refuse", readers_can_refuse)
        .test("package/blobs_of_earlier_images_go", blobs_of_earlier_images_go)
        .test("package/files_of_earlier_runs_go", files_of_earlier_runs_go)
        .test("package/what_is_pushed_before_is_said", what_is_pushed_before_is_said)
        .test("package/what_cannot_be_packaged_is_told", what_cannot_be_packaged_is_told)
        .run()
}

/// What `package` keeps in a folder of what it wrote there.
const LIST: &str = ".withe-package";

/// What a command did.
struct Ran {
    exit: i32,
    said: String,
}

/// One command line, with words split as a shell does.
fn withe(folder: &Path, line: &str) -> Ran {
    let mut io = Io::captured(folder);
    let both = Stream::captured();
    (io.stdout, io.stderr) = (both.clone(), both.clone());
    let Exit(exit) = withe::run(words(line), &mut io);
    Ran { exit, said: both.text() }
}

/// Words of a line: within `'` all stands for itself, but `\n` is the end of a line.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for (at, part) in line.trim_end().split('\'').enumerate() {
        let last = words.last_mut().unwrap();
        if at % 2 == 1 {
            last.push_str(&part.replace("\\n", "\n"));
            continue;
        }
        let mut pieces = part.split(' ');
        last.push_str(pieces.next().unwrap_or_default());
        words.extend(pieces.map(str::to_owned));
    }
    words.retain(|word| !word.is_empty());
    words
}

fn case(case: &Path) -> Outcome {
    let name = case.file_name().unwrap().to_string_lossy().into_owned();
    let folder = scratch(&format!("package-{name}"))?;
    for app in entries(&fixtures("deploy/apps")) {
        fs::copy(&app, folder.join(app.file_name().unwrap()))?;
    }
    let manifest = case.join("withe.toml");
    if manifest.exists() {
        fs::copy(&manifest, folder.join("withe.toml"))?;
    }
    let before = files_below(&folder);
    let line = fs::read_to_string(case.join("command.txt"))?;
    let ran = withe(&folder, &line);
    golden::compare(&case.join("said.txt"), &format!("{}[status {}]\n", ran.said, ran.exit))?;
    if ran.exit != 0 {
        let mut after = files_below(&folder);
        // A project is built before its target can be asked about it.
        after.retain(|path, _| !path.starts_with("target/withe/") || path.starts_with("target/withe/package/"));
        assert_eq!(after, before, "a refused app leaves no file");
        assert!(!case.join("expected").exists(), "nothing is expected of a refused app");
        return Ok(());
    }
    let out = if folder.join("out").exists() { folder.join("out") } else { packaged(&folder) };
    let made = files_below(&out);
    let text = |path: &String| !path.ends_with(".wasm") && !path.contains("/blobs/") && path != LIST;
    let texts: Vec<(&str, &str)> =
        made.iter().filter(|(path, _)| text(path)).map(|(path, bytes)| (path.as_str(), str(bytes))).collect();
    golden::compare_files(&case.join("expected"), texts)?;
    if let Some(index) = made.get("image/index.json") {
        is_an_image(index, &made)?;
    }
    for (path, wasm) in made.iter().filter(|(path, _)| path.ends_with(".wasm")) {
        assert!(wasm.starts_with(b"\0asm"), "{path}");
    }
    let again = withe(&folder, &line);
    assert_eq!(again.exit, 0, "{}", again.said);
    assert!(ran.said.ends_with(&again.said), "what is built already is not told again: {}", again.said);
    assert_eq!(files_below(&out), made, "the same command writes the same bytes");
    Ok(())
}

/// The folder that a project's packages go to, of the one target that was asked for.
fn packaged(folder: &Path) -> PathBuf {
    let targets = directories(&folder.join("target/withe/package"));
    assert_eq!(targets.len(), 1, "{targets:?}");
    targets[0].clone()
}

fn str(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// Files by their paths in a folder.
fn files_below(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for path in entries(folder) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            found.extend(files_below(&path).into_iter().map(|(inner, bytes)| (format!("{name}/{inner}"), bytes)));
        } else {
            found.insert(name, fs::read(&path).unwrap());
        }
    }
    found
}

/// An image layout in which every descriptor has its blob, as the format's own types read it.
fn is_an_image(index: &[u8], files: &BTreeMap<String, Vec<u8>>) -> Outcome {
    use oci_spec::image::{Arch, Descriptor, ImageConfiguration, ImageIndex, ImageManifest, MediaType, OciLayout, Os};
    let wrong = |error: oci_spec::OciSpecError| Trouble::Failed(error.to_string());
    let blob = |descriptor: &Descriptor| {
        let bytes = &files[&format!("image/blobs/sha256/{}", descriptor.digest().digest())];
        assert_eq!(descriptor.size(), bytes.len() as u64);
        assert_eq!(descriptor.digest().digest(), sha256(bytes));
        bytes
    };
    OciLayout::from_reader(files["image/oci-layout"].as_slice()).map_err(wrong)?;
    let index = ImageIndex::from_reader(index).map_err(wrong)?;
    let [of_image] = index.manifests().as_slice() else { return Err("there is one image".into()) };
    let platform = of_image.platform().as_ref().unwrap();
    assert_eq!((platform.architecture(), platform.os()), (&Arch::from("wasm"), &Os::from("wasi")));
    let manifest = ImageManifest::from_reader(blob(of_image).as_slice()).map_err(wrong)?;
    assert_eq!(manifest.config().media_type(), &MediaType::ImageConfig);
    let config = ImageConfiguration::from_reader(blob(manifest.config()).as_slice()).map_err(wrong)?;
    let [layer] = manifest.layers().as_slice() else { return Err("there is one layer".into()) };
    let tar = blob(layer);
    assert_eq!(config.rootfs().diff_ids(), &[format!("sha256:{}", sha256(tar))]);
    let entry = config.config().as_ref().unwrap().entrypoint().clone().unwrap();
    assert_eq!(entry, ["/app.wasm"]);
    let blobs = files.keys().filter(|path| path.contains("/blobs/")).count();
    assert_eq!(blobs, 3, "a blob is left over");
    holds_the_component(tar)
}

/// The archive, as `tar` unpacks it.
fn holds_the_component(tar: &[u8]) -> Outcome {
    let folder = scratch(&format!("package-tar-{}", &sha256(tar)[..16]))?;
    fs::write(folder.join("layer.tar"), tar)?;
    let listed = tool::run(tool::command("tar")?.args(["-tvf", "layer.tar", "--numeric-owner"]).current_dir(&folder))?;
    assert!(listed.starts_with("-rw-r--r-- 0/0 ") && listed.trim_end().ends_with(" app.wasm"), "{listed}");
    tool::run(tool::command("tar")?.args(["-xf", "layer.tar"]).current_dir(&folder))?;
    assert!(fs::read(folder.join("app.wasm"))?.starts_with(b"\0asm"));
    Ok(())
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::{Digest as _, Sha256};
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The files of that name in all cases: what was expected was made, and is in the fixtures.
fn written(name: &str) -> Vec<PathBuf> {
    let cases = directories(&fixtures("deploy/cases"));
    let found: Vec<PathBuf> =
        cases.iter().map(|case| case.join("expected").join(name)).filter(|p| p.exists()).collect();
    assert!(!found.is_empty(), "no case has {name}");
    found
}

/// What a reader in Python says of files; it is 1 and the reasons if one is refused.
fn reader(kind: &str, files: &[PathBuf]) -> Result<String, Trouble> {
    let mut python = tool::python(if kind == "k8s" { "kubernetes_validate" } else { "jsonschema" })?;
    tool::run(python.arg(fixtures("deploy/readers/read.py")).arg(kind).args(files))
}

fn python(kind: &str, files: &[PathBuf]) -> Outcome {
    let said = reader(kind, files)?;
    assert_eq!(said.trim_end(), format!("{} accepted", files.len()));
    Ok(())
}

fn kubernetes_takes_what_is_written() -> Outcome {
    let names = ["runtimeclass", "deployment", "service", "job", "networkpolicy", "volumes"];
    let files: Vec<PathBuf> = names.iter().flat_map(|name| written(&format!("{name}.yaml"))).collect();
    python("k8s", &files)
}

/// The reader made of wadm's own types.
fn wadm(files: &[PathBuf]) -> Result<String, Trouble> {
    let target = testing::target_folder().join("readers/wadm");
    let mut cargo = tool::command("cargo")?;
    cargo.args(["run", "--quiet", "--locked", "--offline", "--target-dir"]).arg(target).arg("--").args(files);
    for variable in ["CARGO_TARGET_DIR", "RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER", "RUSTFLAGS"] {
        cargo.env_remove(variable);
    }
    tool::run(cargo.current_dir(fixtures("deploy/readers/wadm")))
}

fn wadm_takes_what_is_written() -> Outcome {
    assert_eq!(wadm(&written("wadm.yaml"))?, "");
    Ok(())
}

/// The projects that Compose's own loader makes of files.
fn compose(files: &[PathBuf]) -> Result<Vec<Value>, Trouble> {
    let folder = testing::target_folder().join("readers");
    fs::create_dir_all(&folder)?;
    let program = folder.join("compose");
    let source = fixtures("deploy/readers/compose");
    tool::run(Go::Machine.command(&source, On::Host)?.args(["build", "-o"]).arg(&program).arg("."))?;
    let said = tool::run(Command::new(program).args(files))?;
    let lines = said.lines().map(|line| serde_json::from_str(line).map_err(|error| format!("{error}: {line}").into()));
    lines.collect()
}

/// Texts come back as they were said, whatever Compose would take for a variable.
fn compose_takes_what_is_written() -> Outcome {
    let files = written("compose.yaml");
    let projects = compose(&files)?;
    assert_eq!(projects.len(), files.len());
    let service = |case: &str| {
        let at = files.iter().position(|file| file.to_string_lossy().contains(case)).unwrap();
        let services = projects[at]["services"].as_object().unwrap();
        assert_eq!(services.len(), 1);
        services.values().next().unwrap().clone()
    };
    let granted = service("docker-granted");
    assert_eq!(granted["platform"], "wasi/wasm");
    assert_eq!(granted["runtime"], "io.containerd.wasmtime.v1");
    let environment = &granted["environment"];
    assert_eq!(environment["PRICE"], "$5 for ${NAME}");
    assert_eq!(environment["API_KEY"], "the caller's");
    assert_eq!((&environment["EMPTY"], &environment["TIME"]), (&json!(""), &json!("12:30:45")));
    let program = service("docker-program");
    assert_eq!(program["environment"]["NOTE"], "line one\nline two");
    let volumes = program["volumes"].as_array().unwrap();
    let sources: Vec<&str> = volumes.iter().map(|volume| volume["source"].as_str().unwrap()).collect();
    assert_eq!(sources, ["/data", "/my files", "/etc/ssl/certs"], "relative to the file, whose folder is `/project`");
    assert_eq!(volumes[1]["read_only"], true);
    Ok(())
}

/// What an earlier run wrote goes, what others wrote stays, whatever the index says.
fn blobs_of_earlier_images_go() -> Outcome {
    let folder = scratch("package-blobs")?;
    for name in ["plain.wat", "asks.wat"] {
        fs::copy(fixtures("deploy/apps").join(name), folder.join(name))?;
    }
    let blobs = || -> Vec<String> { files_below(&folder.join("out/image/blobs/sha256")).into_keys().collect() };
    assert_eq!(withe(&folder, "withe package plain.wat --as docker -o out").exit, 0);
    let first = blobs();
    assert_eq!(first.len(), 3);
    let foreign = format!("out/image/blobs/sha256/{}", "0".repeat(64));
    fs::write(folder.join(&foreign), "somebody's")?;
    assert_eq!(withe(&folder, "withe package asks.wat --as docker -o out").exit, 0);
    let second = blobs();
    assert_eq!(second.len(), 4, "three, and the foreign one");
    assert!(first.iter().all(|blob| !second.contains(blob)));
    // A list that leads out of the folder, or is none, removes nothing.
    fs::write(folder.join("keep"), "mine")?;
    let of_keep = sha256(b"mine");
    let absolute = folder.join("keep");
    for list in [&format!("{of_keep}  ../keep\n{of_keep}  {}\n", absolute.display()), "\u{1}\n", "", "x  keep"] {
        fs::write(folder.join("out").join(LIST), list)?;
        let ran = withe(&folder, "withe package asks.wat --as docker -o out");
        assert_eq!(ran.exit, 0, "{}", ran.said);
        assert_eq!(blobs(), second, "{list}");
    }
    assert!(folder.join("keep").exists());
    Ok(())
}

/// `kubectl apply -f .` would take them too.
fn files_of_earlier_runs_go() -> Outcome {
    let folder = scratch("package-earlier")?;
    fs::copy(fixtures("deploy/apps/plain.wat"), folder.join("plain.wat"))?;
    let there =
        || -> Vec<String> { files_below(&folder.join("out")).into_keys().filter(|path| path != LIST).collect() };
    let package = |rest: &str| {
        let ran = withe(&folder, &format!("withe package plain.wat --image ghcr.io/a/plain:1 {rest} -o out"));
        assert_eq!(ran.exit, 0, "{}", ran.said);
        ran.said
    };
    package("--as k8s --runtime spin");
    assert_eq!(there(), ["plain.wasm", "spin.toml", "spinapp.yaml"]);
    fs::write(folder.join("out/notes.yaml"), "mine")?;
    let plain = ["deployment.yaml", "networkpolicy.yaml", "notes.yaml", "runtimeclass.yaml", "service.yaml"];
    let said = package("--as k8s");
    assert!(
        said.contains("Removed, since it is of an earlier run:\n  plain.wasm\n  spin.toml\n  spinapp.yaml\n"),
        "{said}"
    );
    assert_eq!(there(), plain);
    assert!(!package("--as k8s").contains("Removed"));
    // What somebody changed stays, and that is said.
    fs::write(folder.join("out/service.yaml"), "changed")?;
    let said = package("--as wadm");
    assert!(said.contains("so it stays:\n  service.yaml\n"), "{said}");
    assert_eq!(there(), ["notes.yaml", "service.yaml", "wadm.yaml"]);
    // A component that was there before is not ours.
    let compiled = "withe parse plain.wat -o plain.wasm";
    assert_eq!(withe(&folder, compiled).exit, 0);
    let package = |target: &str| withe(&folder, &format!("withe package plain.wasm --as {target} --image a/b:1 -o ."));
    assert_eq!((package("spin").exit, package("k8s").exit), (0, 0));
    assert!(folder.join("plain.wasm").exists() && !folder.join("spin.toml").exists());
    Ok(())
}

/// The image has to be where it is said to be before anything asks for it.
fn what_is_pushed_before_is_said() -> Outcome {
    let folder = scratch("package-push")?;
    fs::copy(fixtures("deploy/apps/plain.wat"), folder.join("plain.wat"))?;
    let digest = format!("ghcr.io/a/b@sha256:{}", "0".repeat(64));
    let cases = [
        ("--as k8s --image ghcr.io/a/b:1", Some("withe push ../../plain.wat ghcr.io/a/b:1\n  kubectl apply")),
        ("--as k8s --image a/b", Some("withe push ../../plain.wat docker.io/a/b:0.1.0\n  kubectl apply")),
        ("--as wadm --image ghcr.io/a/b:1", Some("withe push ../../plain.wat ghcr.io/a/b:1\n  wash app deploy")),
        (&format!("--as k8s --image {digest}"), None),
        ("--as wadm", None),
        ("--as docker --image ghcr.io/a/b:1", None),
    ];
    for (flags, push) in cases {
        let said = withe(&folder, &format!("withe package plain.wat {flags} -o out/here")).said;
        assert_eq!(push.is_some(), said.contains("withe push"), "{said}");
        assert!(said.contains(&format!("  cd out/here\n  {}", push.unwrap_or_default())), "{said}");
    }
    Ok(())
}

fn what_cannot_be_packaged_is_told() -> Outcome {
    let folder = scratch("package-not")?;
    fs::copy(fixtures("deploy/apps/plain.wat"), folder.join("plain.wat"))?;
    fs::write(folder.join("core.wat"), "(module)")?;
    fs::write(folder.join("text"), "no wasm")?;
    fs::write(folder.join("taken"), "a file")?;
    assert_eq!(withe(&folder, "withe wit wasi:io@0.2.6 --as wasm -o package.wasm").exit, 0);
    let before = files_below(&folder);
    let cases = [
        ("core.wat --as spin -o out", 1, "withe wrap core.wat"),
        ("package.wasm --as spin -o out", 1, "is a WIT package"),
        ("text --as spin -o out", 1, "input/not-wasm"),
        ("missing.wasm --as spin -o out", 1, "input/missing-file"),
        ("--as spin -o out", 1, "project/no-manifest"),
        ("plain.wat --as spin", 2, "usage/no-output"),
        ("plain.wat --as spin -o -", 2, "usage/no-output"),
        ("plain.wat --as spin -o taken", 1, "output/unwritable-file"),
        ("plain.wat -o out", 2, "--as"),
        ("plain.wat --as nomad -o out", 2, "nomad"),
        ("plain.wat --as docker --runtime spin -o out", 2, "--as k8s --runtime spin"),
        ("plain.wat --as spin --port 0 -o out", 2, "--port"),
        ("plain.wat --as spin --replicas 0 -o out", 2, "--replicas"),
        ("plain.wat --as spin --app-version 1 -o out", 2, "1.2.3"),
        ("plain.wat --as spin --http-allow http://a.b/c -o out", 2, "without scheme"),
    ];
    for (line, exit, says) in cases {
        let ran = withe(&folder, &format!("withe package {line}"));
        assert_eq!(ran.exit, exit, "{line}: {}", ran.said);
        assert!(ran.said.contains(says), "{line}: {}", ran.said);
        if exit != 0 {
            assert_eq!(files_below(&folder), before, "{line}");
        }
    }
    let mut io = Io::captured(&folder);
    let Exit(exit) =
        withe::run(["withe", "package", "plain.wat", "--as", "spin", "--env", "A=b\0", "-o", "zero"], &mut io);
    assert!(exit == 1 && io.stderr.text().contains("deploy/value"), "{}", io.stderr.text());
    Ok(())
}

/// A reader that takes everything proves nothing.
fn readers_can_refuse() -> Outcome {
    let folder = scratch("package-refused")?;
    let changed = |name: &str, from: &str, to: &str| {
        let text = fs::read_to_string(&written(name)[0]).unwrap();
        assert!(text.contains(from), "{name}: {text}");
        let file = folder.join(name);
        fs::write(&file, text.replace(from, to)).unwrap();
        file
    };
    let refuses = |said: Result<String, Trouble>, why: &str| match said {
        Err(Trouble::Failed(said)) if said.contains(why) => Ok(()),
        Err(other) => Err(other),
        Ok(said) => Err(Trouble::Failed(format!("{why}: {said}"))),
    };
    refuses(reader("spin", &[changed("spin.toml", "source = ", "sorce = ")]), "'sorce' was unexpected")?;
    refuses(reader("spinapp", &[changed("spinapp.yaml", "executor:", "exekutor:")]), "'exekutor' was unexpected")?;
    refuses(reader("k8s", &[changed("deployment.yaml", "image:", "imag:")]), "'imag' was unexpected")?;
    refuses(reader("k8s", &[changed("service.yaml", "port: 9090", "port: eighty")]), "'eighty' is not of type")?;
    refuses(wadm(&[changed("wadm.yaml", "incoming-handler", "incoming-handlr")]), "unrecognized interface")?;
    let compose = compose(&[changed("compose.yaml", "read_only: true", "read_only: maybe")]);
    refuses(compose.map(|projects| format!("{projects:?}")), "maybe")
}
