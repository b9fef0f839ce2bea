//! Rust bindings compile: the cases in `fixtures/bindgen/rust`, the guests, WASI's worlds, and the public test vectors.
//!
//! A case is a folder with `world.wit` and `expected.rs`, the generated file without what is the same in all outputs.
//! A first line `// options: ..` of the WIT has further words of the command line.
//! Each world's bindings are compiled with a stub of an implementation, warnings being errors, as wasm and for the host.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use testing::cases::{Suite, entries};
use testing::guest::{Guest, Shape, Target};
use testing::{Outcome, Trouble, fixtures, golden, root, scratch, tool};
use withe::{Exit, Io};

/// Synchronous worlds among the public vectors; the number may only grow.
const SYNCHRONOUS: usize = 87;

/// What WASI's own worlds are made from.
const WASI: &[&str] = &["wasi:http/proxy@0.2.12", "wasi:cli/command@0.2.12", "wasi:http/imports@0.2.0"];

fn main() -> ExitCode {
    let mut suite = Suite::new().folder("bindgen/rust", &fixtures("bindgen/rust"), case);
    for world in WASI {
        suite = suite.test(format!("wasi/{world}"), move || compiles(&format!("wasi-{world}"), &[*world]));
    }
    suite = suite.folder("guests up to date", &fixtures("guests"), up_to_date);
    suite.conformance("bindgen", entries, vector).test("conformance/bindgen/all synchronous", count).run()
}

fn case(folder: &Path) -> Outcome {
    let wit = folder.join("world.wit");
    let text = std::fs::read_to_string(&wit)?;
    let options = text.lines().next().and_then(|line| line.strip_prefix("// options: ")).unwrap_or_default();
    let mut words = vec![wit.to_str().expect("test paths are text")];
    words.extend(options.split(' ').filter(|word| !word.is_empty()));
    let name = file_name(folder);
    let out = generate(&format!("case-{name}"), &words)?;
    golden::compare(&folder.join("expected.rs"), &without_shared(&world_file(&out)?))?;
    golden::compare(&folder.join("lib.rs"), &std::fs::read_to_string(out.join("src/lib.rs"))?)?;
    compile(&name, &out)
}

/// The bindings of the guests are those that withe writes today.
fn up_to_date(folder: &Path) -> Outcome {
    let text = std::fs::read_to_string(folder.join("bindings.txt"))?;
    let mut words = vec!["withe", "bindgen", "rust", "--check", "-o", "src"];
    if golden::updating() {
        words.retain(|word| *word != "--check");
    }
    words.extend(text.split_whitespace());
    let (exit, errors) = withe_in(folder, &words);
    if exit == Exit::OK { Ok(()) } else { Err(Trouble::Failed(errors)) }
}

/// Whether a public vector has something that is asynchronous.
fn is_asynchronous(errors: &str) -> bool {
    errors.contains("error[unsupported/async]")
}

fn vector(path: &Path) -> Outcome {
    let name = file_name(path);
    match generate(&name, &vector_words(path)) {
        Ok(out) => compile(&name, &out),
        Err(Trouble::Failed(errors)) if is_asynchronous(&errors) => {
            Err(Trouble::NotRun("asynchronous: refused with `unsupported/async`".to_owned()))
        }
        Err(trouble) => Err(trouble),
    }
}

/// A vector with several worlds means the one called `imports`.
fn vector_words(path: &Path) -> Vec<&str> {
    vec![path.to_str().expect("test paths are text")]
}

fn count() -> Outcome {
    let vectors = entries(&testing::conformance::folder("bindgen")?);
    let all = vectors.len();
    let generated = vectors
        .iter()
        .filter(|path| generate(&format!("count-{}", file_name(path)), &vector_words(path)).is_ok())
        .count();
    if generated < SYNCHRONOUS {
        return Err(Trouble::Failed(format!("{generated} of {all} worlds have bindings, there were {SYNCHRONOUS}")));
    }
    Ok(())
}

fn compiles(name: &str, words: &[&str]) -> Outcome {
    let out = generate(name, words)?;
    compile(name, &out)
}

/// Generates a crate into a scratch folder.
fn generate(name: &str, words: &[&str]) -> Result<PathBuf, Trouble> {
    let out = scratch(&format!("bindgen-rust-{}", name.replace([':', '/', '@'], "-")))?;
    let mut all = vec!["withe", "bindgen", "rust", "--stubs", "-o", out.to_str().expect("test paths are text")];
    all.extend(words);
    let (exit, errors) = withe_in(&root(), &all);
    if exit != Exit::OK && errors.contains("error[wit/world-ambiguous]") && !words.contains(&"-w") {
        let mut words = words.to_vec();
        words.extend(["-w", "imports"]);
        return generate(name, &words);
    }
    if exit == Exit::OK { Ok(out) } else { Err(Trouble::Failed(errors)) }
}

fn withe_in(folder: &Path, words: &[&str]) -> (Exit, String) {
    let mut io = Io::captured(folder);
    let exit = withe::run(words.iter().copied(), &mut io);
    (exit, io.stderr.text())
}

/// Compiles the crate for wasm, and checks it for the host, as editors do.
fn compile(name: &str, out: &Path) -> Outcome {
    let library = out.join("src/lib.rs");
    let name = name.replace([':', '/', '@'], "-");
    let mut host = tool::command("rustc")?;
    host.args(["--edition=2021", "--crate-type=lib", "--emit=metadata", "-Dwarnings", "--crate-name=bindings", "-o"]);
    tool::run(host.arg(out.join("host.rmeta")).arg(&library))?;
    Guest::new(&library, Target::Unknown, Shape::Check).compile(&format!("bindgen-{name}")).map(drop)
}

/// The world's file of a generated crate.
fn world_file(out: &Path) -> Result<String, Trouble> {
    let mut files = entries(&out.join("src")).into_iter().filter(|path| !path.ends_with("lib.rs"));
    Ok(std::fs::read_to_string(files.next().ok_or("there is no file of bindings")?)?)
}

/// The text without the module `_rt`, which comes from `templates/rust/runtime`.
fn without_shared(text: &str) -> String {
    let start = text.find("/// What generated code shares.").expect("every output has the shared module");
    let end = start + text[start..].find("\n}\n").expect("the module ends") + 3;
    format!("{}// (the module `_rt`)\n{}", &text[..start], &text[end..])
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
