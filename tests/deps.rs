//! `withe add`, `fetch`, `update`, `vendor`, `tree` and `why`, with registries on this machine; and projects that are
//! built with what was fetched.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests read and write files, start processes, and unwrap"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use testing::registry::Server;
use withe::io::Env;
use withe::{Exit, Io};

/// What one command did.
struct Ran {
    exit: i32,
    out: String,
    err: String,
}

/// A folder with a project in `app`, whose caches are in it too.
struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn manifest(&self, rest: &str) {
        self.write("app/withe.toml", &format!("[app]\nname = \"t:app\"\nversion = \"0.1.0\"\n\n{rest}"));
    }

    fn env(&self) -> Vec<(String, String)> {
        let cache = self.path("cache").display().to_string();
        let home = self.path("home").display().to_string();
        let path = std::env::var("PATH").unwrap_or_default();
        [("XDG_CACHE_HOME", cache), ("HOME", home), ("PATH", path)].map(|(name, value)| (name.to_owned(), value)).into()
    }

    /// Runs one command in the project.
    fn run(&self, line: &str) -> Ran {
        fs::create_dir_all(self.path("app")).unwrap();
        let mut io = Io::captured(self.path("app"));
        io.env = Env::Fixed(self.env().into_iter().collect());
        let Exit(exit) = withe::run(std::iter::once("withe").chain(line.split(' ')), &mut io);
        Ran { exit, out: io.stdout.text(), err: io.stderr.text() }
    }

    /// Runs one command that has to succeed; what it printed.
    fn ok(&self, line: &str) -> String {
        let ran = self.run(line);
        assert_eq!(ran.exit, 0, "{line}: {}{}", ran.out, ran.err);
        ran.out
    }

    /// Runs one command that has to find mistakes, and changes nothing; what it said.
    fn fails(&self, line: &str) -> String {
        let before = files(&self.path("app"));
        let ran = self.run(line);
        assert_eq!(ran.exit, 1, "{line}: {}{}", ran.out, ran.err);
        assert_eq!(files(&self.path("app")), before, "{line}");
        ran.err
    }

    /// Pushes a component that exports a function of this name, and says which versions there are.
    fn push(&self, server: &Server, name: &str, versions: &[&str]) {
        let func = name.rsplit('/').next().unwrap();
        for version in versions {
            let text = format!(
                "(component (core module $m (func (export \"f\") (result i32) (i32.const {}))) \
                 (core instance $i (instantiate $m)) (func (export \"{func}\") (result u32) (canon lift (core func $i \"f\"))))",
                version.len() + usize::from(version.ends_with('1'))
            );
            self.write("pushed.wat", &text);
            self.ok(&format!("push ../pushed.wat {}/{name}:{version}", server.host()));
        }
        server.put(&format!("/v2/{name}/tags/list"), format!("{{\"tags\":[{}]}}", quoted(versions)).as_bytes());
    }
}

fn quoted(words: &[&str]) -> String {
    words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(",")
}

/// Every file but those below `target`, with its bytes.
fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true if path.ends_with("target") => {}
                true => open.push(path),
                false => found.push((path.clone(), fs::read(path).unwrap())),
            }
        }
    }
    found.sort();
    found
}

fn registry() -> Server {
    Server::start(|_| None)
}

#[test]
fn a_registry_is_asked_once_and_then_nobody_is() {
    let (place, server) = (Place::new(), registry());
    let host = server.host();
    place.push(&server, "pkgs/t/log", &["1.0.0", "1.2.0", "2.0.0"]);
    let document = format!("{{\"oci\":{{\"registry\":\"{host}\",\"namespacePrefix\":\"pkgs/\"}}}}");
    server.put("/.well-known/wasm-pkg/registry.json", document.as_bytes());
    place.manifest(&format!("[dependencies]\n\"t:log\" = \"1\"\n\n[registries]\nt = \"{host}\"\n"));
    let said = place.ok("fetch");
    assert_eq!(said, format!("added    t:log@1.2.0 from {host}\n1 package in deps/: 1 fetched\n"));
    let lock = fs::read_to_string(place.path("app/withe.lock")).unwrap();
    assert!(lock.contains(&format!("source = \"registry+{host}\"")), "{lock}");

    // From here on, not one request.
    let asked = server.asked().len();
    let files_then = files(&place.path("app"));
    place.ok("fetch");
    place.ok("fetch --locked --offline");
    place.ok("tree");
    place.ok("why t:log");
    // The cache has it by its digest.
    fs::remove_dir_all(place.path("app/deps")).unwrap();
    place.ok("fetch --locked");
    assert_eq!(server.asked().len(), asked, "{:?}", server.lines());
    assert_eq!(files(&place.path("app")), files_then);

    // Without the cache, a network is needed, and `--offline` has none.
    fs::remove_dir_all(place.path("app/deps")).unwrap();
    fs::remove_dir_all(place.path("cache")).unwrap();
    let said = place.fails("fetch --offline");
    assert!(said.contains("error[registry/offline]"), "{said}");
    place.ok("fetch");
    assert!(server.asked().len() > asked);
    assert_eq!(files(&place.path("app")), files_then);

    place.push(&server, "pkgs/t/log", &["1.0.0", "1.2.0", "1.3.1", "2.0.0"]);
    assert!(place.ok("fetch").contains("nothing to fetch"));
    assert!(place.ok("update t:log").contains("changed  t:log@1.2.0 to 1.3.1\n"));
    assert!(!place.path("app/deps/t/log/1.2.0.wasm").exists());
}

/// As `wkg get` does: with a project's `[registries]`, or with wkg's own configuration.
#[test]
fn a_package_is_pulled_by_its_name() {
    let (place, server) = (Place::new(), registry());
    let host = server.host();
    place.push(&server, "pkgs/t/log", &["1.0.0", "1.2.0", "2.0.0"]);
    let document = format!("{{\"oci\":{{\"registry\":\"{host}\",\"namespacePrefix\":\"pkgs/\"}}}}");
    server.put("/.well-known/wasm-pkg/registry.json", document.as_bytes());
    let nowhere = place.fails("pull t:log -o log.wasm");
    assert!(nowhere.contains("error[deps/no-registry]: nothing says where `t:log` is"), "{nowhere}");
    place.write("home/.config/wasm-pkg/config.toml", &format!("[namespace_registries]\nt = \"{host}\"\n"));
    for (asked, version) in [("t:log", "2.0.0"), ("t:log@1", "1.2.0"), ("t:log@1.0.0", "1.0.0")] {
        let ran = place.run(&format!("pull {asked} -o got.wasm"));
        assert_eq!((ran.exit, ran.out.as_str()), (0, ""), "{}", ran.err);
        assert!(ran.err.starts_with(&format!("pulled t:log@{version} from {host}, ")), "{}", ran.err);
        place.ok(&format!("pull {host}/pkgs/t/log:{version} -o same.wasm -q"));
        let [got, same] = ["got", "same"].map(|name| fs::read(place.path(&format!("app/{name}.wasm"))).unwrap());
        assert!(got == same, "{asked}");
    }
    fs::remove_dir_all(place.path("home")).unwrap();
    place.manifest(&format!("[registries]\nt = \"{host}\"\n"));
    place.ok("pull t:log@=1.0.0 -o got.wasm");
    let unfit = place.fails("pull t:log@3 -o got.wasm");
    assert!(unfit.contains("error[deps/unknown-version]: no version of `t:log` fits ^3"), "{unfit}");
    assert!(unfit.contains("you ask for ^3") && unfit.contains("there are 2.0.0, 1.2.0, 1.0.0"), "{unfit}");
    let slip = place.run("pull t:log@one -o got.wasm");
    assert!(slip.exit == 2 && slip.err.contains("`one` of `t:log@one` is no requirement"), "{}", slip.err);
    let missing = place.fails("pull t:lgo -o got.wasm");
    assert!(missing.contains("error[deps/unknown-package]"), "{missing}");
    // WIT in a folder of the project comes as a package in wasm.
    place.write("wit-there/t.wit", "package t:there@0.2.0;\ninterface i { f: func(); }\n");
    place.manifest("[dependencies]\n\"t:there\" = { path = \"../wit-there\" }\n");
    place.ok("pull t:there -o there.wasm");
    assert!(place.ok("wit there.wasm").contains("package t:there@0.2.0;"));
}

#[test]
fn what_a_version_holds_may_not_change() {
    let (place, server) = (Place::new(), registry());
    place.push(&server, "t/log", &["1.0.0"]);
    place.manifest(&format!("[dependencies]\n\"t:log\" = {{ version = \"1\", oci = \"{}/t/log\" }}\n", server.host()));
    place.ok("fetch");
    fs::remove_dir_all(place.path("app/deps")).unwrap();
    fs::remove_dir_all(place.path("cache")).unwrap();
    place.write("other.wat", "(component)");
    place.ok(&format!("push ../other.wat {}/t/log:1.0.0", server.host()));
    let said = place.fails("fetch");
    assert!(said.contains("error[deps/digest]: `t:log@1.0.0` is not what the lock says it is"), "{said}");
    place.ok("update t:log");
}

#[test]
fn twenty_packages_are_fetched_side_by_side() {
    let (place, server) = (Place::new(), registry());
    let names: Vec<String> = (0..20).map(|number| format!("p{number}")).collect();
    for name in &names {
        place.push(&server, &format!("t/{name}"), &["1.0.0"]);
    }
    let lines: String = names.iter().map(|name| format!("\"t:{name}\" = \"1\"\n")).collect();
    place.manifest(&format!("[dependencies]\n{lines}\n[registries]\nt = \"{}/\"\n", server.host()));
    let asked = server.asked().len();
    let server = server.pausing(Duration::from_millis(60));
    let begun = Instant::now();
    assert!(place.ok("fetch").ends_with("20 packages in deps/: 20 fetched\n"));
    let (took, asked) = (begun.elapsed(), server.asked().len() - asked);
    // One after the other they would take as long as all pauses.
    let all = Duration::from_millis(60) * u32::try_from(asked).unwrap();
    assert!(asked >= 60 && took < all / 3, "{took:?} for {asked} requests");
}

#[test]
fn a_fetch_that_is_killed_is_gone_on_with() {
    let (place, server) = (Place::new(), registry());
    let names: Vec<String> = (0..5).map(|number| format!("p{number}")).collect();
    names.iter().for_each(|name| place.push(&server, &format!("t/{name}"), &["1.0.0"]));
    let lines: String = names.iter().map(|name| format!("\"t:{name}\" = \"1\"\n")).collect();
    place.manifest(&format!("[dependencies]\n{lines}\n[registries]\nt = \"{}/\"\n", server.host()));
    let server = server.pausing(Duration::from_millis(10));
    for wait in [0, 15, 30, 45, 60, 75, 90] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_withe"));
        command.arg("fetch").current_dir(place.path("app")).env_clear().envs(place.env());
        let mut child =
            command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(wait));
        // It may have ended before.
        let _ = child.kill();
        child.wait().unwrap();
    }
    place.ok("fetch");
    let killed = files(&place.path("app"));
    let names: Vec<_> =
        killed.iter().map(|(path, _)| path.strip_prefix(place.path("app")).unwrap().to_owned()).collect();
    assert_eq!(names.len(), 5 + 3, "{names:?}");
    fs::remove_dir_all(place.path("app/deps")).unwrap();
    fs::remove_file(place.path("app/withe.lock")).unwrap();
    place.ok("fetch");
    assert_eq!(files(&place.path("app")), killed);
    drop(server);
}

#[test]
fn a_dependency_is_added_where_it_belongs_or_nothing_changes() {
    let (place, server) = (Place::new(), registry());
    let host = server.host();
    place.push(&server, "t/log", &["1.0.0", "1.2.0"]);
    place.write("shared/s.wit", "package t:shared@0.1.0;\ninterface s {}\n");
    let text = format!("# What others made.\n[dependencies]\n\n[registries]\nt = \"{host}/\" # ours\n");
    place.manifest(&text);
    place.ok("add t:log");
    place.ok("add t:shared --path ../shared");
    let manifest = || fs::read_to_string(place.path("app/withe.toml")).unwrap();
    let added = "[dependencies]\n\"t:log\" = \"1.2.0\"\n\"t:shared\" = { path = \"../shared\" }\n\n";
    assert!(manifest().ends_with(&text.replace("[dependencies]\n\n", added)), "{}", manifest());
    place.ok("add t:log@=1.0.0");
    assert!(manifest().contains("\"t:log\" = \"=1.0.0\"\n"));
    assert!(place.path("app/deps/t/log/1.0.0.wasm").exists());

    let said = place.fails("add t:lgo");
    assert!(said.contains("error[deps/unknown-package]: there is no package `t:lgo`"), "{said}");
    let said = place.fails("add t:log@3");
    assert!(said.contains("there are 1.2.0, 1.0.0"), "{said}");
    let said = place.fails("add t:other --path ../shared");
    assert!(said.contains("holds `t:shared@0.1.0`, not `t:other`"), "{said}");
    for wrong in ["add T:log", "add t:log@one", "add t:a t:b --path ../shared", "update t:log@1.0.0"] {
        let ran = place.run(wrong);
        assert_eq!(ran.exit, 2, "{wrong}: {}", ran.err);
    }
    let said = place.fails("update t:lgo");
    assert!(said.contains("did you mean `t:log`?"), "{said}");
}

#[test]
fn a_project_is_built_with_what_was_fetched() {
    let (place, server) = (Place::new(), registry());
    place.push(&server, "t/log", &["1.2.0"]);
    place.write("shared/s.wit", "package t:shared@0.1.0;\ninterface s { get: func() -> u32; }\n");
    place.write(
        "app/wit/app.wit",
        "package t:app;\nworld front { import t:shared/s@0.1.0; export twice: func() -> u32; }\n",
    );
    let core = "(module (import \"t:shared/s@0.1.0\" \"get\" (func $get (result i32)))
        (func (export \"twice\") (result i32) (i32.add (call $get) (call $get))))";
    place.write("app/front/component.wat", core);
    place.manifest(&format!(
        "[components.front]\nlanguage = \"wat\"\n\n[components.log]\npackage = \"t:log@1\"\n\n\
         [dependencies]\n\"t:shared\" = {{ path = \"../shared\" }}\n\n[registries]\nt = \"{}/\"\n\n\
         [compose]\nsolve = [\"front\"]\n",
        server.host()
    ));
    place.ok("build");
    assert_eq!(place.ok("call target/withe/log.wasm log()"), "5\n");
    let asked = server.asked().len();
    let said = place.ok("build --format json --offline --locked");
    assert!(!said.contains("\"state\": \"built\""), "{said}");
    assert_eq!(server.asked().len(), asked);
    assert!(place.ok("tree").contains("components.log\n│   └── t:log 1.2.0 (component, ^1)"), "{}", place.ok("tree"));

    // Another text of a package that the WIT names is another component.
    place.write("shared/s.wit", "package t:shared@0.1.0;\ninterface s { get: func() -> u32; more: func(); }\n");
    let said = place.fails("build --locked");
    assert!(said.contains("changes `t:shared@0.1.0`"), "{said}");
    let said = place.ok("build --format json");
    assert!(said.contains("\"why\": \"withe.lock changed\""), "{said}");
}

#[test]
fn vendored_packages_need_nothing_else() {
    let (place, server) = (Place::new(), registry());
    place.push(&server, "t/log", &["1.0.0"]);
    place.manifest(&format!("[dependencies]\n\"t:log\" = \"1\"\n\n[registries]\nt = \"{}/\"\n", server.host()));
    assert!(place.ok("vendor").contains("1 package in deps/, vendored: 1 fetched"));
    fs::remove_dir_all(place.path("cache")).unwrap();
    let asked = server.asked().len();
    place.ok("fetch --locked");
    fs::rename(place.path("app"), place.path("moved")).unwrap();
    fs::rename(place.path("moved"), place.path("app")).unwrap();
    place.ok("fetch --offline");
    assert_eq!(server.asked().len(), asked);
}

#[test]
fn there_is_a_way_back_from_vendoring() {
    let (place, server) = (Place::new(), registry());
    place.push(&server, "t/log", &["1.0.0"]);
    place.manifest(&format!("[dependencies]\n\"t:log\" = \"1\"\n\n[registries]\nt = \"{}/\"\n", server.host()));
    place.ok("fetch");
    let before = files(&place.path("app"));
    place.ok("vendor");
    assert_ne!(files(&place.path("app")), before);
    assert!(place.ok("vendor --undo").contains("1 package in deps/: nothing to fetch"));
    assert_eq!(files(&place.path("app")), before, "the lock says it no more, and `deps/` is as it was");
    // What is missing is asked for again.
    place.ok("vendor");
    fs::remove_dir_all(place.path("app/deps")).unwrap();
    assert!(place.fails("fetch").contains("deps/not-vendored"));
    place.ok("vendor --undo");
    assert_eq!(files(&place.path("app")), before);
}

/// The blocks of a language in the README's section about dependencies.
fn readme_block(language: &str) -> String {
    let text = fs::read_to_string(testing::root().join("README.md")).unwrap();
    let section = text.split("\n## Dependencies\n").nth(1).unwrap().split("\n## ").next().unwrap();
    let block = section.split(&format!("```{language}\n")).nth(1).unwrap();
    block.split("```").next().unwrap().to_owned()
}

#[test]
fn the_readme_says_what_works() {
    let (place, server) = (Place::new(), registry());
    place.manifest(&readme_block("toml"));
    let manifest = project::Manifest::open(&place.path("app"), &place.path("app")).unwrap();
    assert_eq!((manifest.dependencies.len(), manifest.registries.by_name.len()), (4, 2));

    place.push(&server, "example/log", &["1.2.0"]);
    place.write("shared/wit/s.wit", "package example:shared@0.1.0;\ninterface s {}\n");
    place.manifest(&format!("[registries]\nexample = \"{}/\"\n", server.host()));
    let commands = readme_block("sh");
    let lines = commands.lines().map(|line| line.split('#').next().unwrap().trim());
    let ran: Vec<String> = lines.map(|line| place.ok(line.strip_prefix("withe ").unwrap())).collect();
    assert_eq!(ran.len(), 9);
    assert!(place.path("app/deps/example/log/1.2.0.wasm").exists());
}
