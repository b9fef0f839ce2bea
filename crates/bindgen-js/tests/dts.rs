//! Types for TypeScript: what is written for the cases in `fixtures/bindgen/js`, and that the strict checker takes all
//! that is written, takes programs that use it right, and finds each mistake of those that do not.
//!
//! A case is a folder with `world.wit` and a folder for each kind of output (`guest`, `esm`, `async`, `sync`) with what
//! is expected. Beside them stand programs, `KIND.ts` or `KIND-more.ts`, which are checked together with that output;
//! a line of them that ends in `// TS2345` has this error, and no other line has any.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "tests read and write files, and unwrap")]

#[path = "dts/corpus.rs"]
mod corpus;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use bindgen::Files;
use indexmap::IndexMap;
use testing::cases::{Suite, directories, entries};
use testing::js::{Node, TypeError, check_types, link_package};
use testing::wast::{Doing, Kind, Step, read_script};
use testing::{Outcome, Trouble, conformance, fixtures, golden, root, scratch, seeds};
use types::Types;
use withe_bindgen_js::{Instantiate, Options, dts};

/// Worlds built in; the number may only grow.
const BUILT_IN: usize = 20;

fn main() -> ExitCode {
    let suite = Suite::new()
        .folder("cases", &fixtures("bindgen/js"), case)
        .test("all/built-in worlds", || all("built-in", built_in()?, BUILT_IN))
        .test("all/conformance", || all("conformance", vectors()?, 80))
        .test("all/components", || all("components", components()?, 250))
        .test("all/names", || all("names", corpus::worlds()?, 10))
        .test("all/the same bytes twice", same_bytes)
        .test("all/many interfaces", many_interfaces)
        .test("all/fuzz_random_worlds", fuzz_random_worlds)
        .test("readme/programs", readme_programs)
        .test("shim/fits", shim_fits)
        .test("shim/fits what components import of it", shim_fits_parts)
        .test("wasi/types of the files beside a module", inline_types)
        .test("run/jspi", waiting_exports)
        .test("run/esm", || run(Instantiate::Esm, "esm"))
        .test("run/async", || run(Instantiate::Async, "async"))
        .test("run/sync", || run(Instantiate::Sync, "sync"));
    suite.run()
}

/// The kinds of output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Output {
    Guest,
    Host(Instantiate),
}

impl Output {
    const ALL: [(Self, &'static str); 4] = [
        (Self::Guest, "guest"),
        (Self::Host(Instantiate::Esm), "esm"),
        (Self::Host(Instantiate::Async), "async"),
        (Self::Host(Instantiate::Sync), "sync"),
    ];
}

/// A world, and what the tests call it.
struct Named {
    name: String,
    types: Types,
    world: types::World,
}

impl Named {
    fn files(&self, output: Output) -> Files {
        let name = self.world.name.clone();
        match output {
            Output::Guest => dts::guest(&self.types, &self.world, &name),
            Output::Host(instantiate) => {
                let options = Options { name, instantiate, ..Options::default() };
                dts::component(&self.types, &self.world, &options, false)
            }
        }
    }
}

/// All worlds of the packages that the user names.
fn worlds(name: &str, tree: &wit::SourceTree) -> Result<Vec<Named>, Trouble> {
    let options = wit::LoadOptions { all_features: true, ..wit::LoadOptions::default() };
    let package = wit::load(tree, &options).map_err(|found| format!("{name}: {found:?}"))?;
    let mut types = Types::new();
    let worlds = package.all_worlds(&mut types);
    let named =
        worlds.into_iter().map(|world| Named { name: format!("{name}-{}", world.name), types: types.clone(), world });
    Ok(named.collect())
}

fn case(folder: &Path) -> Outcome {
    let text = testing::read_text(&folder.join("world.wit"))?;
    let named = worlds("case", &wit::SourceTree::of_text("world.wit", text))?;
    let [named] = named.as_slice() else { return Err("a case has one world".into()) };
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut kinds = 0;
    let mut wrong = Vec::new();
    for (output, kind) in Output::ALL {
        if !folder.join(kind).is_dir() {
            continue;
        }
        kinds += 1;
        let files = named.files(output);
        golden::compare_files(&folder.join(kind), files.iter().map(|(path, file)| (path, file.text.as_str())))?;
        let out = scratch(&format!("dts-{name}-{kind}"))?;
        write(&out, &files)?;
        std::fs::write(out.join("package.json"), "{ \"type\": \"module\" }")?;
        let expected = copy_programs(folder, kind, &out)?;
        match same_errors(&expected, &check_types(&out, &["--lib", "es2022"])?) {
            Ok(()) => {}
            Err(trouble) => wrong.push(trouble.to_string()),
        }
    }
    if kinds == 0 {
        return Err("no kind of output is asked for".into());
    }
    if wrong.is_empty() { Ok(()) } else { Err(Trouble::Failed(wrong.join("\n"))) }
}

/// Copies the programs of a kind of output; gives the errors that their comments tell: file, line, code.
fn copy_programs(folder: &Path, kind: &str, out: &Path) -> Result<BTreeSet<(String, usize, String)>, Trouble> {
    let mut expected = BTreeSet::new();
    for path in entries(folder) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !name.ends_with(".ts") || name.split(['-', '.']).next() != Some(kind) {
            continue;
        }
        let text = testing::read_text(&path)?;
        for (at, line) in text.lines().enumerate() {
            let codes = line.rsplit_once("// TS").map(|(_, code)| format!("TS{code}"));
            expected.extend(codes.map(|code| (name.clone(), at + 1, code)));
        }
        std::fs::write(out.join(&name), text)?;
    }
    Ok(expected)
}

fn same_errors(expected: &BTreeSet<(String, usize, String)>, found: &[TypeError]) -> Outcome {
    let places: BTreeSet<_> = found.iter().map(|error| (error.file.clone(), error.line, error.code.clone())).collect();
    let mut wrong: Vec<String> = expected
        .difference(&places)
        .map(|(file, line, code)| format!("{file}:{line}: {code} is expected and not found"))
        .collect();
    for error in found {
        if !expected.contains(&(error.file.clone(), error.line, error.code.clone())) {
            wrong.push(format!("{}:{}: {}: {}", error.file, error.line, error.code, error.message));
        }
    }
    if wrong.is_empty() {
        return Ok(());
    }
    let count = wrong.len();
    wrong.truncate(30);
    Err(Trouble::Failed(format!("{count} wrong:\n{}", wrong.join("\n"))))
}

fn write(folder: &Path, files: &Files) -> Result<(), Trouble> {
    for (path, file) in files.iter() {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap_or(folder))?;
        std::fs::write(path, &file.text)?;
    }
    Ok(())
}

/// Writes all kinds of output of all worlds, and checks them in one run of the checker.
fn all(name: &str, worlds: Vec<Named>, at_least: usize) -> Outcome {
    if worlds.len() < at_least {
        return Err(Trouble::Failed(format!("{} worlds are found, {at_least} are expected", worlds.len())));
    }
    let out = scratch(&format!("dts-all-{name}"))?;
    for (at, named) in worlds.iter().enumerate() {
        for (output, kind) in Output::ALL {
            let files = named.files(output);
            let folder = out.join(format!("{at}-{}", named.name)).join(kind);
            match output {
                Output::Guest => write(&folder, &apart(&files, at))?,
                Output::Host(_) => write(&folder, &files)?,
            }
        }
    }
    same_errors(&BTreeSet::new(), &check_types(&out, &["--lib", "es2022"])?)
}

/// Random packages with all kinds of types and functions.
fn fuzz_random_worlds() -> Outcome {
    testing::js::packaged("typescript")?;
    seeds::check("dts", 12, |random| {
        let length = 2_000 + random.below(6_000);
        let bytes = random.bytes(length);
        let config = wit_smith::Config {
            async_: true,
            futures: true,
            streams: true,
            error_context: true,
            fixed_length_lists: true,
            implements: true,
            ..wit_smith::Config::default()
        };
        // A seed that makes no package, or one without a world, says nothing of types; the maker panics at some.
        let made = std::panic::catch_unwind(|| wit_smith::smith(&config, &mut arbitrary::Unstructured::new(&bytes)));
        let Ok(Ok(package)) = made else { return };
        let found = worlds("random", &wit::SourceTree::of_file("random.wasm", package));
        let found = found.unwrap_or_else(|trouble| panic!("{trouble}"));
        if !found.is_empty() {
            all("random", found, 1).unwrap_or_else(|trouble| panic!("{trouble}"));
        }
    });
    Ok(())
}

/// The modules that a guest's files declare, under names of their own, so that several worlds are checked at once.
fn apart(files: &Files, at: usize) -> Files {
    let mut out = Files::new();
    for (path, file) in files.iter() {
        let mut text = file.text.clone();
        for start in ["declare module '", "import('", " from '"] {
            text = text.replace(start, &format!("{start}w{at}:"));
        }
        out.insert(path, text);
    }
    out
}

fn built_in() -> Result<Vec<Named>, Trouble> {
    let mut found = Vec::new();
    for (package, _) in wit::built_in_texts() {
        let name = package.replace([':', '@'], "-");
        let several = worlds(&name, &wit::SourceTree::built_in(package.as_str()));
        found.extend(several?);
    }
    Ok(found)
}

fn vectors() -> Result<Vec<Named>, Trouble> {
    let mut found = Vec::new();
    for path in entries(&conformance::folder("bindgen")?) {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        found.extend(worlds(&name, &tree(&path)?)?);
    }
    Ok(found)
}

/// The components of the specification's scripts: of shapes that no WIT has.
fn components() -> Result<Vec<Named>, Trouble> {
    let mut found = Vec::new();
    let scripts = entries(&conformance::folder("wast")?).into_iter().filter(|path| path.is_dir());
    for path in
        scripts.flat_map(|folder| entries(&folder)).filter(|path| path.extension().is_some_and(|end| end == "wast"))
    {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        for command in read_script(&path)?.commands {
            let (Step::Define { wasm, .. } | Step::AssertTrap { doing: Doing::Instantiation(wasm), .. }) = command.step
            else {
                continue;
            };
            let Some(bytes) = wasm.bytes.ok().filter(|_| wasm.kind != Kind::Module) else { continue };
            let mut types = Types::new();
            let Ok(read) = component::read(&mut types, "component.wasm", &bytes) else { continue };
            let world = read.world();
            found.push(Named { name: format!("{name}-{}", command.line), types, world });
        }
    }
    Ok(found)
}

fn tree(path: &Path) -> Result<wit::SourceTree, Trouble> {
    if path.is_file() {
        return Ok(wit::SourceTree::of_file(path.to_string_lossy(), std::fs::read(path)?));
    }
    let mut files = IndexMap::new();
    collect(path, &mut files)?;
    Ok(wit::SourceTree::of_folder(path.to_string_lossy(), files))
}

fn collect(folder: &Path, files: &mut IndexMap<String, Vec<u8>>) -> Result<(), Trouble> {
    for path in entries(folder) {
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.insert(path.to_string_lossy().into_owned(), std::fs::read(&path)?);
        }
    }
    Ok(())
}

/// The programs of the README, with the types that the commands around them write.
fn readme_programs() -> Outcome {
    let text = testing::read_text(&root().join("README.md"))?;
    let wit = testing::read_text(&root().join("templates/rust/new/library/wit/world.wit"))?;
    let named = worlds("readme", &wit::SourceTree::of_text("world.wit", wit.replace("{{name}}", "hello")))?;
    let [named] = named.as_slice() else { return Err("the template has one world".into()) };
    let out = scratch("dts-readme")?;
    std::fs::write(out.join("package.json"), "{ \"type\": \"module\" }")?;
    write(&out.join("types/guest"), &named.files(Output::Guest))?;
    write(&out.join("types/host"), &named.files(Output::Host(Instantiate::Async)))?;
    let (_, app) = text.split_once("```wit app.wit\n").ok_or("the README has no `app.wit`")?;
    let app = app.split("```").next().unwrap_or_default();
    let app = worlds("app", &wit::SourceTree::of_text("app.wit", app.to_owned()))?;
    let [app] = app.as_slice() else { return Err("`app.wit` has one world".into()) };
    write(&out.join("types/app"), &app.files(Output::Host(Instantiate::Async)))?;
    let mut count = 0;
    for block in text.split("```ts ").skip(1) {
        let (file, program) = block.split_once('\n').unwrap_or_default();
        std::fs::write(out.join(file), program.split("```").next().unwrap_or_default())?;
        count += 1;
    }
    if count < 3 {
        return Err("the README has no programs".into());
    }
    same_errors(&BTreeSet::new(), &check_types(&out, &["--lib", "es2022"])?)
}

/// What people take WASI from has types of its own.
fn shim_fits() -> Outcome {
    let tree = wit::SourceTree::built_in("wasi:cli@0.2.6");
    let package = wit::load(&tree, &wit::LoadOptions::default()).map_err(|found| format!("{found:?}"))?;
    let mut types = Types::new();
    let world = package.world(&mut types, Some("command")).map_err(|found| format!("{found:?}"))?;
    let out = scratch("dts-shim")?;
    let named = Named { name: "command".to_owned(), types, world };
    write(&out, &named.files(Output::Host(Instantiate::Async)))?;
    link_package(&out, "@bytecodealliance/preview2-shim")?;
    std::fs::write(out.join("package.json"), "{ \"type\": \"module\" }")?;
    let program = root().join("crates/bindgen-js/tests/dts/shim.ts");
    let text = testing::read_text(&program)?;
    let at = text.lines().position(|line| line.ends_with("// TS2322")).unwrap_or_default();
    std::fs::write(out.join("shim.ts"), text)?;
    let expected = BTreeSet::from([("shim.ts".to_owned(), at + 1, "TS2322".to_owned())]);
    // Its declarations are not ours to check.
    same_errors(&expected, &check_types(&out, &["--lib", "es2022,dom", "--skipLibCheck"])?)
}

/// A component imports of an interface what it calls, often a resource without any of its methods: the classes of the
/// shim are taken all the same, and what is no object is not.
fn shim_fits_parts() -> Outcome {
    let text = r#"(component
      (import "wasi:io/error@0.2.3" (instance $error (export "error" (type (sub resource)))))
      (alias export $error "error" (type $e))
      (import "wasi:io/poll@0.2.3" (instance $poll (export "pollable" (type (sub resource)))))
      (import "wasi:io/streams@0.2.3" (instance $streams
        (alias outer 1 $e (type $inner))
        (export "error" (type $error (eq $inner)))
        (export "input-stream" (type (sub resource)))
        (type $case (variant (case "last-operation-failed" (own $error)) (case "closed")))
        (export "stream-error" (type $stream-error (eq $case)))
        (export "output-stream" (type $out (sub resource)))
        (export "[method]output-stream.blocking-flush"
          (func (param "self" (borrow $out)) (result (result (error $stream-error))))))))"#;
    let bytes = wat::parse_str(text).map_err(|error| error.to_string())?;
    let mut types = Types::new();
    let world = component::read(&mut types, "app.wasm", &bytes).map_err(|found| format!("{found:?}"))?.world();
    let out = scratch("dts-shim-parts")?;
    let options = Options { name: "app".to_owned(), instantiate: Instantiate::Async, ..Options::default() };
    write(&out, &dts::component(&types, &world, &options, false))?;
    link_package(&out, "@bytecodealliance/preview2-shim")?;
    std::fs::write(out.join("package.json"), "{ \"type\": \"module\" }")?;
    let program = "import { WASIShim } from '@bytecodealliance/preview2-shim/instantiation';
import { instantiate } from './app.js';
import type { ImportObject } from './app.js';
import type { Pollable } from './interfaces/wasi-io-poll.js';
await instantiate(() => { throw 1; }, new WASIShim().getImportObject());
await instantiate(() => { throw 1; }, new WASIShim().getImportObject({ asVersion: '0.2.3' }));
const pollable: Pollable = 1;
const none: ImportObject = {};
void [pollable, none];
";
    std::fs::write(out.join("use.ts"), program)?;
    let expected = [7, 8].map(|line| ("use.ts".to_owned(), line, "TS2322".to_owned()));
    same_errors(&expected.into(), &check_types(&out, &["--lib", "es2022,dom", "--skipLibCheck"])?)
}

/// Hosts set what a program sees by functions whose types stand beside them.
fn inline_types() -> Outcome {
    let import = |at: usize, name: &str| {
        format!(
            "(import \"wasi:{name}@0.2.3\" (instance $i{at} (export \"f\" (func))))
            (core func $f{at} (canon lower (func $i{at} \"f\")))
            (core instance (instantiate $m (with \"\" (instance (export \"f\" (func $f{at}))))))"
        )
    };
    let names = ["cli/environment", "filesystem/types"];
    let imports: String = names.iter().enumerate().map(|(at, name)| import(at, name)).collect();
    let text = format!("(component (core module $m (import \"\" \"f\" (func))) {imports})");
    let bytes = wat::parse_str(text).map_err(|error| error.to_string())?;
    let mut types = Types::new();
    let told = |found: diag::Diagnostics| Trouble::Failed(format!("{found:?}"));
    let inst = component::instantiation::instantiation(&mut types, "app.wasm", &bytes).map_err(told)?;
    let options = Options { name: "app".to_owned(), wasi: withe_bindgen_js::Wasi::Inline, ..Options::default() };
    let module = withe_bindgen_js::transpile(&types, "app.wasm", &inst, &options).map_err(told)?;
    let out = scratch("dts-inline")?;
    std::fs::create_dir_all(out.join("wasi"))?;
    for (path, text) in module.wasi.iter().chain(&module.wasi_types) {
        std::fs::write(out.join(path), text)?;
    }
    std::fs::write(out.join("package.json"), "{ \"type\": \"module\" }")?;
    let folder = root().join("crates/bindgen-js/tests/dts/wasi");
    let expected = copy_programs(&folder, "inline", &out)?;
    same_errors(&expected, &check_types(&out, &["--lib", "es2022"])?)?;
    // The lines without an error do what the types say; types take none away that is there.
    let program = testing::read_text(&out.join("inline.ts"))?;
    let right: Vec<&str> = program.lines().filter(|line| !line.contains("// TS")).collect();
    std::fs::write(out.join("right.ts"), right.join("\n"))?;
    let said = Node::V24.output(&out, "right.ts", &[])?;
    if said == "ok\n" { Ok(()) } else { Err(Trouble::Failed(said)) }
}

/// Where a core function may wait, a synchronous export gives its value or a promise; elsewhere its value.
fn waiting_exports() -> Outcome {
    let component = |wait: &str| {
        format!(
            "(component (core module $m (import \"\" \"wait\" (func $wait))
              (func (export \"f\") (result i32) (if (i32.const 0) (then (call $wait))) (i32.const 7)))
            {wait}
            (core instance $i (instantiate $m (with \"\" (instance (export \"wait\" (func $wait))))))
            (func (export \"f\") (result u32) (canon lift (core func $i \"f\")))
            (func (export \"g\") async (result u32) (canon lift (core func $i \"f\"))))"
        )
    };
    let waits = "(import \"later\" (func $later async)) (core func $wait (canon lower (func $later)))";
    let plain = "(import \"now\" (func $now)) (core func $wait (canon lower (func $now)))";
    for (wait, result) in [(waits, "number | Promise<number>"), (plain, "number")] {
        let bytes = wat::parse_str(component(wait)).map_err(|error| error.to_string())?;
        let told = |found: diag::Diagnostics| Trouble::Failed(format!("{found:?}"));
        let mut types = Types::new();
        let world = component::read(&mut types, "w.wasm", &bytes).map_err(told)?.world();
        let inst = component::instantiation::instantiation(&mut types, "w.wasm", &bytes).map_err(told)?;
        let options = Options { name: "w".to_owned(), ..Options::default() };
        let module = withe_bindgen_js::transpile(&types, "w.wasm", &inst, &options).map_err(told)?;
        let files = dts::component(&types, &world, &options, module.waits);
        let text = files.iter().map(|(_, file)| file.text.as_str()).collect::<String>();
        for line in [format!("export function f(): {result};"), "export function g(): Promise<number>;".to_owned()] {
            if !text.contains(&line) {
                return Err(Trouble::Failed(format!("no `{line}` in\n{text}")));
            }
        }
    }
    Ok(())
}

/// A program that the checker takes runs, with the component's module: the types say what is there.
fn run(instantiate: Instantiate, kind: &str) -> Outcome {
    let folder = root().join("crates/bindgen-js/tests/dts/run");
    let bytes = wat::parse_file(folder.join("component.wat")).map_err(|error| error.to_string())?;
    let out = scratch(&format!("dts-run-{kind}"))?;
    let map = ["test:host/log", "removal-of", "seed-value"].map(|from| (from.to_owned(), "./host.ts".to_owned()));
    let options = Options { name: "run".to_owned(), instantiate, map: map.to_vec(), ..Options::default() };
    let mut types = Types::new();
    let told = |found: diag::Diagnostics| Trouble::Failed(format!("{found:?}"));
    let world = component::read(&mut types, "run.wasm", &bytes).map_err(told)?.world();
    let inst = component::instantiation::instantiation(&mut types, "run.wasm", &bytes).map_err(told)?;
    let module = withe_bindgen_js::transpile(&types, "run.wasm", &inst, &options).map_err(told)?;
    write(&out, &dts::component(&types, &world, &options, module.waits))?;
    std::fs::write(out.join("run.js"), module.text)?;
    for (name, bytes) in module.core {
        std::fs::write(out.join(name), bytes)?;
    }
    std::fs::write(out.join("package.json"), "{ \"type\": \"module\" }")?;
    let program = format!("{kind}.ts");
    for file in ["host.ts", "env.d.ts", &program] {
        std::fs::copy(folder.join(file), out.join(file))?;
    }
    same_errors(&BTreeSet::new(), &check_types(&out, &["--lib", "es2022", "--allowImportingTsExtensions"])?)?;
    // The newer one takes types away by itself.
    let said = Node::V24.output(&out, &program, &[])?;
    if said == "ok\n" { Ok(()) } else { Err(Trouble::Failed(said)) }
}

/// Thousands of interfaces have a file each, of imports as well as of exports, in a time that grows as they do.
fn many_interfaces() -> Outcome {
    let count = 2000;
    let imports = (0..count).map(|at| {
        let body = "(export \"r\" (type $r (sub resource))) (export \"f\" (func (param \"r\" (own $r))))";
        format!("(import \"a:b/c{at}@1.0.0\" (instance $i{at} {body})) (export \"a:b/c{at}@1.0.0\" (instance $i{at}))")
    });
    let text = format!("(component {})", imports.collect::<String>());
    let bytes = wat::parse_str(text).map_err(|error| error.to_string())?;
    let mut types = Types::new();
    let world = component::read(&mut types, "many.wasm", &bytes).map_err(|found| format!("{found:?}"))?.world();
    let named = Named { name: "many".to_owned(), types, world };
    for (output, kind) in Output::ALL {
        let files = named.files(output).iter().count();
        if files != 2 * count + 1 {
            return Err(Trouble::Failed(format!("{kind}: {files} files")));
        }
    }
    Ok(())
}

fn same_bytes() -> Outcome {
    let folders: Vec<PathBuf> = directories(&fixtures("bindgen/js"));
    for folder in folders {
        let text = testing::read_text(&folder.join("world.wit"))?;
        let make = || -> Result<Vec<Files>, Trouble> {
            let named = worlds("twice", &wit::SourceTree::of_text("world.wit", text.clone()))?;
            Ok(named.iter().flat_map(|named| Output::ALL.map(|(output, _)| named.files(output))).collect())
        };
        if make()? != make()? {
            return Err(Trouble::Failed(format!("{} differs", folder.display())));
        }
    }
    Ok(())
}
