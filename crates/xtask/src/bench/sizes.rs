//! How large our components are beside the peer's, over all public encoder cases that both accept.
//!
//! In: the binary, `wasm-tools` on `PATH`, the folder of cases beside the checkout. Out: a line for each case, the
//! largest ratio first, and the total; the names of broken promises.
//! Holds: both sides get the same files, whose worlds the peer's `component embed` has put in, and the same flags;
//! names are written, as both do by default. Inputs and outputs stay in `target/bench/sizes/CASE`, to be looked at.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::peer;
use crate::run::{self, Done, in_file};

/// What all outputs together may have, as a multiple of the peer's.
const TOTAL: f64 = 0.9;
/// What one output may have.
const ONE: f64 = 1.02;
/// The flags that a case may ask for with a line `;;! FLAG = true`; both sides call them so.
const FLAGS: [&str; 5] = [
    "emit-canonical-names",
    "realloc-via-memory-grow",
    "return-call-ref",
    "stub-missing-functions",
    "use-built-in-libdl",
];

/// Bytes of one case's component.
struct Sizes {
    case: String,
    ours: u64,
    theirs: u64,
}

impl Sizes {
    #[expect(clippy::cast_precision_loss, reason = "sizes of files are far below 2^52")]
    fn ratio(&self) -> f64 {
        self.ours as f64 / self.theirs as f64
    }
}

pub fn sizes(withe: &Path, folder: &Path) -> Done<Vec<String>> {
    let Some(wasm_tools) = peer("wasm-tools", &[]) else {
        println!("sizes of components: not measured, wasm-tools is not installed");
        return Ok(Vec::new());
    };
    let Some(cases) = cases()? else {
        println!("sizes of components: not measured, there is no `shared/conformance/encode` beside the checkout");
        return Ok(Vec::new());
    };
    let wasm_tools = PathBuf::from(wasm_tools.get_program());
    let mut compared = Vec::new();
    let mut refused = Vec::new();
    for case in &cases {
        let name = file_name(case);
        let made = folder.join("sizes").join(&name);
        std::fs::create_dir_all(&made).map_err(in_file(&made))?;
        let words = inputs(&wasm_tools, case, &made)?;
        let theirs = output(Command::new(&wasm_tools).arg("component"), &words, &made.join("peer.wasm"))
            .map_err(|why| format!("{name}: {why}"))?;
        match output(&mut Command::new(withe), &words, &made.join("withe.wasm")) {
            Ok(ours) => compared.push(Sizes { case: name, ours, theirs }),
            Err(why) => refused.push(format!("{name} ({})", code(&why))),
        }
    }
    Ok(table(compared, &refused))
}

/// The cases that are to be accepted, by name.
fn cases() -> Done<Option<Vec<PathBuf>>> {
    let all =
        std::env::var_os("WITHE_CONFORMANCE").map_or_else(|| run::root().join("../shared/conformance"), PathBuf::from);
    let folder = all.join("encode");
    if !folder.is_dir() {
        return Ok(None);
    }
    let mut cases = run::entries(&folder)?;
    cases.retain(|path| path.is_dir() && !file_name(path).starts_with("error-"));
    Ok(Some(cases))
}

/// The words of the command that makes the case's component, but for `-o`; the binaries that they name are made.
fn inputs(wasm_tools: &Path, case: &Path, made: &Path) -> Done<Vec<String>> {
    let texts = run::entries(case)?.into_iter().filter(|path| path.extension().is_some_and(|end| end == "wat"));
    let mut words = Vec::new();
    for text in texts.filter(|path| !path.ends_with("component.wat")) {
        let binary = embedded(wasm_tools, case, &text, made)?;
        let stem = file_name(&text.with_extension(""));
        let comments = run::read_text(&text)?;
        let mut comments = comments.lines().take_while(|line| line.is_empty() || line.starts_with(";;"));
        let named = comments.find_map(|line| line.strip_prefix(";; module name: ")).map(str::trim);
        let with_name = |prefix| {
            let name = named.or_else(|| stem.strip_prefix(prefix)).unwrap_or(&stem);
            format!("{name}={}", binary.display())
        };
        if stem == "module" {
            words.splice(0..0, [String::new(), binary.display().to_string()]);
        } else if stem.starts_with("adapt-") {
            words.extend(["--adapt".to_owned(), with_name("adapt-")]);
        } else if stem.starts_with("dlopen-lib-") {
            words.extend(["--dl-openable".to_owned(), with_name("dlopen-lib-")]);
        } else {
            words.push(with_name("lib-"));
        }
        words.extend(flags(&run::read_text(&text)?));
    }
    match words.first_mut() {
        Some(first) if first.is_empty() => *first = "new".to_owned(),
        Some(_) | None => words.insert(0, "link".to_owned()),
    }
    Ok(words)
}

/// The flags in leading lines `;;! FLAG = true`.
fn flags(text: &str) -> Vec<String> {
    let asked = |flag: &&str| text.lines().any(|line| line.trim() == format!(";;! {flag} = true"));
    FLAGS.iter().filter(|flag| asked(flag)).map(|flag| format!("--{flag}")).collect()
}

/// The module as binary, with the world that is called like its file; without WIT, as it is.
fn embedded(wasm_tools: &Path, case: &Path, text: &Path, made: &Path) -> Done<PathBuf> {
    let binary = made.join(file_name(text)).with_extension("wasm");
    let has_wit = run::entries(case)?.iter().any(|path| path.extension().is_some_and(|end| end == "wit"));
    let mut command = Command::new(wasm_tools);
    if has_wit {
        let world = file_name(&text.with_extension(""));
        command.args(["component", "embed"]).arg(case).arg(text).args(["--world", &world]);
    } else {
        command.arg("parse").arg(text);
    }
    run::run_quietly(command.arg("-o").arg(&binary))?;
    Ok(binary)
}

/// The size of what a command writes.
fn output(command: &mut Command, words: &[String], out: &Path) -> Done<u64> {
    let is_ours = command.get_args().next().is_none();
    let verb = match words[0].as_str() {
        "new" if is_ours => "wrap",
        verb => verb,
    };
    run::run_quietly(command.arg(verb).args(&words[1..]).arg("-o").arg(out))?;
    Ok(std::fs::metadata(out).map_err(in_file(out))?.len())
}

/// The first code among what was said.
fn code(said: &str) -> &str {
    said.split_once("error[").and_then(|(_, rest)| rest.split(']').next()).unwrap_or("no diagnostic")
}

/// Prints the cases and the total, and returns what is broken.
fn table(mut compared: Vec<Sizes>, refused: &[String]) -> Vec<String> {
    compared.sort_by(|a, b| b.ratio().total_cmp(&a.ratio()).then_with(|| a.case.cmp(&b.case)));
    let mut broken = Vec::new();
    println!("{:<48} {:>9} {:>9} {:>7} {:>8}", "bytes of a component", "withe", "peer", "ratio", "promise");
    for sizes in &compared {
        let Sizes { case, ours, theirs } = sizes;
        println!("{case:<48} {ours:>9} {theirs:>9} {:>7.3} {ONE:>8.2}", sizes.ratio());
        if sizes.ratio() > ONE {
            broken.push(format!("the size of {case}"));
        }
    }
    let (ours, theirs) = (compared.iter().map(|one| one.ours).sum(), compared.iter().map(|one| one.theirs).sum());
    let total = Sizes { case: format!("all {} cases", compared.len()), ours, theirs };
    println!("{:<48} {ours:>9} {theirs:>9} {:>7.3} {TOTAL:>8.2} (wasm-tools)", total.case, total.ratio());
    if !refused.is_empty() {
        println!("{} cases are not compared, since they are refused here: {}", refused.len(), refused.join(", "));
    }
    if total.ratio() > TOTAL {
        broken.push("the size of all components together".to_owned());
    }
    broken
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(case: &str, ours: u64, theirs: u64) -> Sizes {
        Sizes { case: case.to_owned(), ours, theirs }
    }

    #[test]
    fn one_that_is_larger_and_a_total_that_is_not_smaller_are_told() {
        assert!(table(vec![of("a", 89, 100), of("b", 102, 100), of("c", 700, 1000)], &[]).is_empty());
        assert_eq!(table(vec![of("a", 103, 100), of("b", 500, 1000)], &[]), ["the size of a"]);
        assert_eq!(table(vec![of("a", 91, 100)], &[]), ["the size of all components together"]);
    }

    #[test]
    fn flags_stand_in_lines_of_their_own() {
        assert_eq!(flags(";;! return-call-ref = true\n(module)"), ["--return-call-ref"]);
        assert!(flags("(module) ;; return-call-ref = true").is_empty());
    }
}
