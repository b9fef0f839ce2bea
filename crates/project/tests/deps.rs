//! Dependencies from folders: chosen, fetched into `deps/`, locked; and what is told when that fails.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a test writes projects and registries, and unwraps"
)]

use std::fs;
use std::path::PathBuf;

use testing::seeds;
use withe_project::Manifest;
use withe_project::deps::{self, Fetched, Lock, Options, Update};

/// A project and a registry beside it, in a folder of its own.
struct Place(tempfile::TempDir);

const HEAD: &str = "[app]\nname = \"t:app\"\nversion = \"0.1.0\"\n";

impl Place {
    fn new(manifest: &str) -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        place.write("app/withe.toml", &format!("{HEAD}{manifest}"));
        place
    }

    fn root(&self) -> PathBuf {
        self.0.path().join("app")
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.0.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn manifest(&self) -> Manifest {
        Manifest::open(&self.root(), &self.root()).unwrap_or_else(|found| panic!("{found:?}"))
    }

    /// Puts a WIT package into the registry; what it uses has to be in there.
    fn publish(&self, name: &str, version: &str, body: &str) {
        let text = format!("package {name}@{version};\n{body}\n");
        let mut tree = wit::SourceTree::of_text("package.wit", text.clone());
        for used in wit::references(&text).iter().filter(|used| used.package != name) {
            let at = used.version.as_ref().unwrap();
            let path = self.in_registry(&used.package, at);
            if let Ok(bytes) = fs::read(path) {
                deps::contents::add_wasm(&mut tree, &used.package, &bytes);
            }
        }
        let package = wit::load(&tree, &wit::LoadOptions::default()).unwrap_or_else(|found| panic!("{found:?}"));
        let path = self.in_registry(name, version);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, wit::wasm(&package, None, wit::print::Docs::Keep).unwrap()).unwrap();
    }

    fn in_registry(&self, name: &str, version: &str) -> PathBuf {
        self.0.path().join("registry").join(name.replace(':', "/")).join(format!("{version}.wasm"))
    }

    fn options(&self) -> Options {
        let cache = self.0.path().join("cache").display().to_string();
        let mut options = Options::of(&|name| (name == "XDG_CACHE_HOME").then(|| cache.clone()));
        // Whatever asks the network fails here.
        options.registry.offline = true;
        options
    }

    fn fetch(&self) -> Result<Fetched, String> {
        self.fetch_with(&self.options())
    }

    fn fetch_with(&self, options: &Options) -> Result<Fetched, String> {
        deps::fetch(&self.manifest(), options).map_err(|found| told(&found))
    }

    fn lock(&self) -> String {
        fs::read_to_string(self.root().join("withe.lock")).unwrap_or_default()
    }

    /// Every file of the project, with its bytes.
    fn files(&self) -> Vec<(String, Vec<u8>)> {
        let mut files = Vec::new();
        let mut open = vec![self.root()];
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let name = path.strip_prefix(self.root()).unwrap().display().to_string();
                match path.is_dir() {
                    true if name != "target" => open.push(path),
                    true => {}
                    false => files.push((name, fs::read(path).unwrap())),
                }
            }
        }
        files.sort();
        files
    }
}

fn told(found: &diag::Diagnostics) -> String {
    let label = |label: &diag::Label| match &label.place {
        diag::Place::Text { source, span } => {
            format!("\n  {}:{}: {}", source.name, source.position(span.start).line, label.text)
        }
        place @ (diag::Place::Binary { .. } | diag::Place::File { .. }) => {
            format!("\n  {}: {}", place.file_name(), label.text)
        }
    };
    let one = |one: &diag::Diagnostic| {
        let labels: String = one.labels.iter().map(label).collect();
        format!("{}: {}{labels}\n  help: {}", one.code, one.headline, one.help.as_deref().unwrap_or(""))
    };
    found.0.iter().map(one).collect::<Vec<_>>().join("\n")
}

fn ids(fetched: &Fetched) -> Vec<String> {
    fetched.lock.packages.iter().map(deps::Locked::id).collect()
}

const REGISTRY: &str = "[registries]\ndefault = \"../registry\"\n";

fn types_and_log(place: &Place) {
    place.publish("t:types", "1.0.0", "interface types { type id = u32; }");
    place.publish("t:types", "1.1.0", "interface types { type id = u32; type more = u8; }");
    place.publish("t:log", "1.2.0", "interface log { use t:types/types@1.0.0.{id}; write: func(id: id); }");
    place.publish("t:log", "2.0.0", "interface log { write: func(); }");
}

#[test]
fn packages_and_what_they_need_are_fetched() {
    let place = Place::new(&format!("[dependencies]\n\"t:log\" = \"1.2\"\n{REGISTRY}"));
    types_and_log(&place);
    let fetched = place.fetch().unwrap();
    assert_eq!(ids(&fetched), ["t:log@1.2.0", "t:types@1.1.0"]);
    assert_eq!(fetched.written, ["t/log/1.2.0.wasm", "t/types/1.1.0.wasm"]);
    let lock = place.lock();
    assert!(lock.contains("source = \"registry+../registry\""), "{lock}");
    assert!(lock.contains("required-by = [\"t:log@1.2.0 ^1.0.0\"]"), "{lock}");
    for locked in &fetched.lock.packages {
        let bytes = fs::read(place.root().join("deps").join(locked.file())).unwrap();
        assert_eq!(deps::Digest::of(&bytes), locked.digest);
    }
    let manifest = place.manifest();
    let found = deps::locate(&manifest, &fetched.lock, &"t:log".parse().unwrap(), &"^1".parse().unwrap());
    assert_eq!(found, Some(manifest.root.join("deps/t/log/1.2.0.wasm")));

    // The lock holds, whatever is new, and nobody is asked.
    place.publish("t:log", "1.9.0", "interface log { write: func(); }");
    let files = place.files();
    fs::rename(place.0.path().join("registry"), place.0.path().join("gone")).unwrap();
    let again = place.fetch().unwrap();
    assert!(again.written.is_empty() && again.removed.is_empty());
    assert_eq!(place.files(), files);
    fs::rename(place.0.path().join("gone"), place.0.path().join("registry")).unwrap();

    // What is missing in `deps/` comes again, as the lock has it.
    fs::remove_dir_all(place.root().join("deps")).unwrap();
    place.fetch().unwrap();
    assert_eq!(place.files(), files);

    let updated = place.fetch_with(&Options { update: Update::All, ..place.options() }).unwrap();
    assert_eq!(ids(&updated), ["t:log@1.9.0"]);
    assert_eq!(updated.removed, ["t/log/1.2.0.wasm", "t/types/1.1.0.wasm"]);
    assert!(!place.root().join("deps/t/types").exists());
}

#[test]
fn the_projects_own_wit_asks_too() {
    let place = Place::new(REGISTRY);
    types_and_log(&place);
    place.write(
        "app/wit/app.wit",
        "package t:app;\nworld app { import t:log/log@1.2.0; import wasi:cli/stdout@0.2.0; import here:x/y; }",
    );
    place.write("app/wit/deps/x.wit", "package here:x;\ninterface y {}");
    assert_eq!(ids(&place.fetch().unwrap()), ["t:log@1.2.0", "t:types@1.1.0"]);
    assert!(place.lock().contains("required-by = [\"wit ^1.2.0\"]"), "{}", place.lock());
}

#[test]
fn wit_of_a_folder_is_read_again_each_time() {
    let place = Place::new(&format!("[dependencies]\n\"t:shared\" = {{ path = \"../shared\" }}\n{REGISTRY}"));
    types_and_log(&place);
    let text = "package t:shared@0.1.0;\ninterface s { use t:types/types@1.0.0.{id}; use near:by/n.{x}; f: func(a: id, b: x); }";
    place.write("shared/s.wit", text);
    place.write("shared/deps/by/n.wit", "package near:by;\ninterface n { type x = u8; }");
    let fetched = place.fetch().unwrap();
    assert_eq!(ids(&fetched), ["near:by", "t:shared@0.1.0", "t:types@1.1.0"]);
    assert!(place.lock().contains("source = \"path+../shared/deps/by\""), "{}", place.lock());
    let same = place.fetch().unwrap();
    assert!(same.written.is_empty());
    place.write("shared/s.wit", &text.replace("f: func", "/// More.\n g: func"));
    let told = place.fetch_with(&Options { locked: true, ..place.options() }).unwrap_err();
    assert!(told.contains("changes `t:shared@0.1.0`"), "{told}");
    assert_eq!(place.fetch().unwrap().written, ["t/shared/0.1.0.wasm"]);

    // Vendored, the copy is what counts, and nothing else has to be there.
    place.fetch_with(&Options { vendor: Some(true), ..place.options() }).unwrap();
    for gone in ["shared", "registry", "cache"] {
        let _ = fs::remove_dir_all(place.0.path().join(gone));
    }
    assert_eq!(ids(&place.fetch().unwrap()).len(), 3);
    fs::remove_file(place.root().join("deps/t/shared/0.1.0.wasm")).unwrap();
    let told = place.fetch().unwrap_err();
    assert!(told.contains("deps/not-vendored: `t:shared@0.1.0` is vendored"), "{told}");
}

#[test]
fn what_cannot_be_had_is_told_at_once_and_changes_nothing() {
    let place = Place::new(&format!(
        "[dependencies]\n\"t:lgo\" = \"1\"\n\"t:log\" = \"3\"\n\"t:types\" = \"=7.0.0\"\n\"u:x\" = \"1\"\n{}",
        REGISTRY.replace("default", "t")
    ));
    types_and_log(&place);
    let files = place.files();
    let found = place.fetch().unwrap_err();
    assert!(
        found.contains("deps/unknown-package: there is no package `t:lgo`\n  withe.toml:5: asked for here"),
        "{found}"
    );
    assert!(found.contains("../registry/t/lgo: looked for here\n  help: did you mean `t:log`?"), "{found}");
    assert!(found.contains("deps/no-registry: nothing says where `u:x` is"), "{found}");
    place.write(
        "app/withe.toml",
        &format!("{HEAD}[dependencies]\n\"t:log\" = \"3\"\n\"t:types\" = \"=7.0.0\"\n{REGISTRY}"),
    );
    let told = place.fetch().unwrap_err();
    assert!(told.contains("deps/unknown-version: no version of `t:log` fits ^3"), "{told}");
    assert!(told.contains("there are 2.0.0, 1.2.0"), "{told}");
    assert!(told.contains("deps/unknown-version: no version of `t:types` fits =7.0.0"), "{told}");
    assert_eq!(place.files().len(), files.len());
}

#[test]
fn a_conflict_shows_both_who_ask() {
    let place = Place::new(&format!("[dependencies]\n\"t:log\" = \"1.2\"\n\"t:types\" = \"=1.0.0\"\n{REGISTRY}"));
    place.publish("t:types", "1.0.0", "interface types { type id = u32; }");
    place.publish("t:types", "1.1.0", "interface types { type id = u32; }");
    place.publish("t:log", "1.2.0", "interface log { use t:types/types@1.1.0.{id}; write: func(id: id); }");
    let told = place.fetch().unwrap_err();
    assert!(told.contains("deps/conflict: no version of `t:types` fits all who ask for it"), "{told}");
    assert!(told.contains("withe.toml:6: the manifest asks for =1.0.0"), "{told}");
    assert!(told.contains("`t:log@1.2.0` asks for ^1.1.0"), "{told}");
}

#[test]
fn files_of_others_stay() {
    let place = Place::new(&format!("[dependencies]\n\"t:log\" = \"2\"\n{REGISTRY}"));
    types_and_log(&place);
    place.write("app/deps/t/log/2.0.0.wasm", "mine");
    place.write("app/deps/other/notes.txt", "mine");
    let files = place.files();
    let told = place.fetch().unwrap_err();
    assert!(told.contains("deps/edited-file: `deps/t/log/2.0.0.wasm` is not as withe wrote it"), "{told}");
    assert_eq!(place.files(), files);
    fs::remove_file(place.root().join("deps/t/log/2.0.0.wasm")).unwrap();
    place.fetch().unwrap();

    // Changed since, and wanted no more: it stays, and is told.
    place.write("app/deps/t/log/2.0.0.wasm", "edited");
    place.write("app/withe.toml", &format!("{HEAD}{REGISTRY}"));
    let fetched = place.fetch().unwrap();
    assert_eq!(fetched.notes.len(), 1, "{:?}", fetched.notes);
    assert_eq!(fs::read_to_string(place.root().join("deps/t/log/2.0.0.wasm")).unwrap(), "edited");
    assert!(place.root().join("deps/other/notes.txt").exists());
}

#[test]
fn a_lock_that_cannot_be_read_says_where() {
    let place = Place::new(&format!("[dependencies]\n\"t:log\" = \"2\"\n{REGISTRY}"));
    types_and_log(&place);
    place.fetch().unwrap();
    let good = place.lock();
    let told = |text: &str| {
        place.write("app/withe.lock", text);
        place.fetch().unwrap_err()
    };
    assert!(told(&format!("<<<<<<< ours\n{good}")).contains("deps/lock-conflict"), "marks of a merge");
    assert!(told(&good.replace("version = 1\n", "version = 9\n")).contains("deps/lock-version"), "a newer form");
    let edited = good.replace("kind = \"wit\"", "kind = \"wot\"").replace("sha256:", "sha256:g");
    assert_eq!(told(&edited).matches("deps/lock:").count(), 2);
    assert!(told(&good[..good.len() - 40]).contains("deps/lock:"), "cut short");
    assert!(told(&good.replace("[[package]]", "[[package]]\nwhat = 1")).contains("`what` is no key of a lock"));
    let entry = &good[good.find("[[package]]").unwrap()..];
    assert!(told(&format!("{good}\n{entry}")).contains("stands here twice"));
    // Another digest than the bytes have, and nothing that withe wrote has it.
    let digest = deps::Digest::of(b"other").to_string();
    let at = good.find("sha256:").unwrap();
    let wrong = format!("{}{digest}{}", &good[..at], &good[at + digest.len()..]);
    assert!(told(&wrong).contains("deps/digest: `t:log@2.0.0` is not what the lock says it is"), "{}", told(&wrong));
    place.write("app/withe.lock", &good);
    assert!(place.fetch().unwrap().written.is_empty());
}

#[test]
fn what_is_no_package_or_another_one_is_told() {
    let place = Place::new(
        "[dependencies]\n\"t:a\" = { path = \"../a\" }\n\"t:b\" = { path = \"../b.wasm\" }\n\"t:c\" = { path = \"../c\" }\n",
    );
    place.write("a/a.wit", "package t:other;\ninterface i {}");
    place.write("b.wasm", "no wasm");
    let told = place.fetch().unwrap_err();
    assert!(told.contains("deps/another-package: `../a` holds `t:other`, not `t:a`"), "{told}");
    assert!(told.contains("deps/not-a-package: `../b.wasm` is neither WIT nor a component"), "{told}");
    assert!(told.contains("deps/unreadable: `../c` cannot be read"), "{told}");
}

#[test]
fn fuzz_a_killed_fetch_is_gone_on_with() {
    let packages: Vec<String> = (0..6).map(|n| format!("t:p{n}")).collect();
    let lines: String = packages.iter().map(|name| format!("\"{name}\" = \"1\"\n")).collect();
    let place = Place::new(&format!("[dependencies]\n{lines}{REGISTRY}"));
    for name in &packages {
        place.publish(name, "1.0.0", &format!("interface i {{ {} }}", "/// text\n f: func();"));
    }
    place.fetch().unwrap();
    let expected = place.files();
    // Whatever a run has done of its work when it is killed: any of the files, its list or not, its folder or not.
    seeds::check("a_killed_fetch_is_gone_on_with", 12, |random| {
        let old = random.below(2) == 0;
        for (name, _) in &expected {
            let path = place.root().join(name);
            let is_list = name.ends_with(".withe-files");
            if name.starts_with("deps/t") && random.below(2) == 0 || name == "withe.lock" && random.below(2) == 0 {
                fs::remove_file(&path).unwrap();
            }
            if is_list && old && random.below(2) == 0 {
                let mut list = fs::read_to_string(&path).unwrap();
                list.push_str(&format!("{}  t/p0/0.9.0.wasm\n", deps::Digest::of(b"old").hex()));
                fs::write(&path, list).unwrap();
                place.write("app/deps/t/p0/0.9.0.wasm", "old");
            }
        }
        place.write("app/deps/.withe-new-x/0", "half");
        place.fetch().unwrap_or_else(|told| panic!("{told}"));
        assert_eq!(place.files(), expected);
    });
}

#[test]
fn overrides_and_the_lock_of_wkg_are_taken() {
    let place = Place::new(REGISTRY);
    types_and_log(&place);
    place.publish("t:log", "1.3.0", "interface log { write: func(); }");
    place.write("app/wit/a.wit", "package t:app;\nworld app { import t:log/log@1.2.0; import o:v/i; }");
    place.write("over/o.wit", "package o:v;\ninterface i {}");
    place.write("app/wkg.toml", "[overrides]\n\"o:v\" = { path = \"../over\" }\n");
    let digest = deps::Digest::of(&fs::read(place.in_registry("t:log", "1.2.0")).unwrap());
    let pinned = format!(
        "version = 1\n[[packages]]\nname = \"t:log\"\nregistry = \"x\"\n[[packages.versions]]\n\
         requirement = \"=1.2.0\"\nversion = \"1.2.0\"\ndigest = \"{digest}\"\n"
    );
    place.write("app/wkg.lock", &pinned);
    assert_eq!(ids(&place.fetch().unwrap()), ["o:v", "t:log@1.2.0", "t:types@1.1.0"]);
    fs::remove_file(place.root().join("wkg.lock")).unwrap();
    fs::remove_file(place.root().join("withe.lock")).unwrap();
    assert_eq!(ids(&place.fetch().unwrap()), ["o:v", "t:log@1.3.0"]);
}

#[test]
fn the_users_configuration_says_where_packages_are() {
    let place = Place::new("[dependencies]\n\"t:log\" = \"2\"\n");
    types_and_log(&place);
    let root = place.0.path().join("registry").display().to_string();
    place.write(
        "config.toml",
        &format!("[namespace_registries]\nt = \"mine.example\"\n[registry.\"mine.example\".local]\nroot = '{root}'\n"),
    );
    let options = Options { config: Some(place.0.path().join("config.toml")), ..place.options() };
    assert_eq!(ids(&place.fetch_with(&options).unwrap()), ["t:log@2.0.0"]);
    assert!(place.lock().contains("source = \"registry+mine.example\""), "{}", place.lock());
}

#[test]
fn twenty_projects_at_once_fetch_the_same() {
    let place = Place::new(&format!("[dependencies]\n\"t:log\" = \"1\"\n{REGISTRY}"));
    types_and_log(&place);
    std::thread::scope(|scope| {
        let all: Vec<_> = (0..20).map(|_| scope.spawn(|| place.fetch().map(|fetched| ids(&fetched)))).collect();
        for one in all {
            assert_eq!(one.join().unwrap().unwrap(), ["t:log@1.2.0", "t:types@1.1.0"]);
        }
    });
    assert!(place.fetch().unwrap().written.is_empty());
}

#[test]
fn fuzz_locks() {
    let place = Place::new(&format!("[dependencies]\n\"t:log\" = \"1\"\n{REGISTRY}"));
    types_and_log(&place);
    place.fetch().unwrap();
    let good = place.lock();
    assert_eq!(Lock::parse("withe.lock", good.as_bytes()).unwrap().print(), good);
    seeds::check("fuzz_locks", 300, |random| {
        let bytes = random.mutate(good.as_bytes());
        if let Ok(lock) = Lock::parse("withe.lock", &bytes) {
            let text = lock.print();
            let again = Lock::parse("withe.lock", text.as_bytes()).unwrap_or_else(|found| panic!("{text}\n{found:?}"));
            assert_eq!(again.print(), text);
            let tree = deps::graph::tree(&lock);
            assert!(tree.len() <= 1 + lock.packages.len() * 4);
            lock.packages.iter().for_each(|locked| drop(deps::graph::why(&lock, locked)));
        }
    });
}

#[test]
fn what_a_package_needs_is_looked_for_beside_it() {
    let place = Place::new("[dependencies]\n\"t:log\" = { version = \"1\", registry = \"../registry\" }\n");
    types_and_log(&place);
    assert_eq!(ids(&place.fetch().unwrap()), ["t:log@1.2.0", "t:types@1.1.0"]);
    let files = place.files();
    fs::rename(place.0.path().join("registry"), place.0.path().join("gone")).unwrap();
    assert!(place.fetch().unwrap().written.is_empty());
    assert_eq!(place.files(), files);
}

#[test]
fn nothing_outside_of_deps_is_written_or_removed() {
    let place = Place::new(&format!("[dependencies]\n\"t:log\" = \"2\"\n{REGISTRY}"));
    types_and_log(&place);
    place.write("mine.wasm", "mine");
    place.write("app/deps/.withe-files", &format!("{}  ../../mine.wasm\n", deps::Digest::of(b"mine").hex()));
    place.fetch().unwrap();
    assert!(place.0.path().join("mine.wasm").exists());
    #[cfg(unix)]
    {
        fs::remove_dir_all(place.root().join("deps")).unwrap();
        fs::create_dir_all(place.0.path().join("elsewhere")).unwrap();
        fs::create_dir_all(place.root().join("deps")).unwrap();
        std::os::unix::fs::symlink("../../elsewhere", place.root().join("deps/t")).unwrap();
        let told = place.fetch().unwrap_err();
        assert!(told.contains("deps/unwritable: `deps` cannot be written"), "{told}");
        assert!(!place.0.path().join("elsewhere/log/2.0.0.wasm").exists());
    }
}

#[test]
fn a_lock_of_many_packages_ends() {
    let place = Place::new("");
    let entry = |number: usize| {
        let by = if number == 0 { "withe.toml ^1".to_owned() } else { format!("t:p{}@1.0.0 ^1", number - 1) };
        format!(
            "\n[[package]]\nname = \"t:p{number}\"\nversion = \"1.0.0\"\nkind = \"wit\"\nsource = \"registry+x\"\n\
             digest = \"{}\"\nrequired-by = [\"{by}\"]\n",
            deps::Digest::of(b"")
        )
    };
    let lock = |count: usize| format!("version = 1\n{}", (0..count).map(entry).collect::<String>());
    let read = Lock::parse("withe.lock", lock(2000).as_bytes()).unwrap();
    let mut nodes = &deps::graph::tree(&read)[0].below;
    let mut depth = 0;
    while let Some(node) = nodes.first() {
        (nodes, depth) = (&node.below, depth + 1);
    }
    assert_eq!(depth, 2000);
    assert!(told(&Lock::parse("withe.lock", lock(2001).as_bytes()).unwrap_err()).contains("more than 2000 packages"));
    place.write("app/withe.lock", &lock(2000));
    // Nobody asks for any of them.
    assert!(place.fetch().unwrap().lock.packages.is_empty());
}
