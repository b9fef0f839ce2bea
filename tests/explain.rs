//! The pages of `withe explain`: each one's example is run and must yield its code; each code has a page.
//!
//! In: `crates/diag/codes/<area>/<name>.md`, in the form that the README there describes, and the sources.
//! Out: one test a page, and two over all of them; `tests/snapshots/explain` shows what each example says.
//! Holds: an example that ends in an error leaves the folder as it was, and its output file too.
#![allow(clippy::disallowed_methods, reason = "a test writes the files of the examples")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use libtest_mimic::{Arguments, Failed, Trial};
use withe::Io;
use withe::explain::{PAGES, Page};

fn main() {
    let arguments = Arguments::from_args();
    let pages = PAGES.iter().map(|page| Trial::test(format!("explain/{}", page.code), || check(page)));
    let over_all = [
        Trial::test("every_code_has_a_page", every_code_has_a_page),
        Trial::test("every_page_has_a_code", every_page_has_a_code),
    ];
    libtest_mimic::run(&arguments, pages.chain(over_all).collect()).exit();
}

fn check(page: &Page) -> Result<(), Failed> {
    let text = page.text;
    ensure(text.starts_with(&format!("# {}\n\n", page.code)), "the heading is not the code")?;
    ensure(page.summary().ends_with('.'), "the first line after the heading is no sentence")?;
    for part in ["\n## Example\n", "\n## Fix\n"] {
        ensure(text.matches(part).count() == 1, &format!("there is not one `{}`", part.trim()))?;
    }
    if text.contains("\n## Example\n\nNo input yields it: ") {
        return ensure(fences(text).is_empty(), "no input yields it, and there is an example");
    }
    let example = Example::of(text)?;
    let folder = tempfile::tempdir()?;
    example.write(folder.path())?;
    let (last, before) = example.commands.split_last().ok_or("there is no command")?;
    for command in before {
        let (status, said) = example.run(command, folder.path());
        ensure(status == 0, &format!("`{command}` ends with {status}:\n{said}"))?;
    }
    example.write_outputs(last, folder.path())?;
    let files = contents(folder.path())?;
    let (status, said) = example.run(last, folder.path());
    let forms = [format!("[{}]", page.code), format!("\"code\": \"{}\"", page.code)];
    ensure(
        forms.iter().any(|form| said.contains(form)),
        &format!("`{last}` (status {status}) does not yield {}:\n{said}", page.code),
    )?;
    ensure(status != 101, &format!("`{last}` is a bug"))?;
    if status != 0 {
        ensure(contents(folder.path())? == files, &format!("`{last}` fails and changes files"))?;
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("snapshots/explain");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let name = page.code.replace('/', "-");
    settings.bind(|| insta::assert_snapshot!(name, format!("$ withe {last}\n{said}[status {status}]")));
    Ok(())
}

/// All files of a folder, with what they hold.
fn contents(folder: &Path) -> Result<Vec<(PathBuf, Vec<u8>)>, Failed> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push((path.clone(), fs::read(&path)?));
            }
        }
    }
    files.sort();
    Ok(files)
}

fn ensure(holds: bool, otherwise: &str) -> Result<(), Failed> {
    if holds { Ok(()) } else { Err(otherwise.into()) }
}

/// A fenced block: what stands after the three backticks, and the text.
struct Fence {
    info: String,
    text: String,
}

fn fences(page: &str) -> Vec<Fence> {
    let mut fences: Vec<Fence> = Vec::new();
    let mut open = false;
    for line in page.lines() {
        match (open, line.strip_prefix("```")) {
            (false, Some(info)) => {
                fences.push(Fence { info: info.to_owned(), text: String::new() });
                open = true;
            }
            (true, Some(_)) => open = false,
            (true, None) => {
                let fence = fences.last_mut().expect("one is open");
                fence.text.push_str(line);
                fence.text.push('\n');
            }
            (false, None) => {}
        }
    }
    fences
}

/// Files, commands, and what the environment must be.
struct Example {
    files: Vec<(PathBuf, Vec<u8>)>,
    commands: Vec<String>,
    stdout_is_terminal: bool,
    stdin: Vec<u8>,
}

impl Example {
    fn of(page: &str) -> Result<Self, Failed> {
        let mut example =
            Self { files: Vec::new(), commands: Vec::new(), stdout_is_terminal: false, stdin: Vec::new() };
        for fence in fences(page) {
            let mut words = fence.info.split(' ');
            let language = words.next().unwrap_or("");
            for word in words {
                match word.split_once('=') {
                    Some(("file", path)) => example.files.push((path.into(), content(language, &fence.text)?)),
                    Some(("stdin", text)) => example.stdin = text.as_bytes().to_vec(),
                    Some(("stdout", "terminal")) => example.stdout_is_terminal = true,
                    Some(_) | None => return Err(format!("`{word}` has no meaning").into()),
                }
            }
            if language == "console" {
                let commands = fence.text.lines().filter_map(|line| line.strip_prefix("$ withe "));
                example.commands.extend(commands.map(str::to_owned));
            }
        }
        Ok(example)
    }

    fn write(&self, folder: &Path) -> Result<(), Failed> {
        for (path, bytes) in &self.files {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().expect("it is in the folder"))?;
            fs::write(path, bytes)?;
        }
        Ok(())
    }

    /// Puts something where the command would write, if that is a wasm file in a folder that is there.
    fn write_outputs(&self, command: &str, folder: &Path) -> Result<(), Failed> {
        let words = words(command);
        let outputs = words.iter().zip(words.iter().skip(1)).filter(|(flag, _)| *flag == "-o");
        for (_, path) in outputs.filter(|(_, path)| path.ends_with(".wasm")) {
            let path = folder.join(path);
            if path.parent().is_some_and(Path::is_dir) && !path.exists() {
                fs::write(path, "what was there before")?;
            }
        }
        Ok(())
    }

    /// The status, and what was said: on standard error, or with `--format json` on standard output.
    fn run(&self, command: &str, folder: &Path) -> (i32, String) {
        let mut io = Io::captured(folder);
        io.terminals.stdout = self.stdout_is_terminal;
        io.stdin = withe::io::Stdin::Bytes(self.stdin.clone());
        let words = ["withe".to_owned()].into_iter().chain(words(command));
        let exit = withe::run(words, &mut io);
        let said = if io.format == withe::cli::Format::Json { &io.stdout } else { &io.stderr };
        (exit.0, said.text())
    }
}

fn content(language: &str, text: &str) -> Result<Vec<u8>, Failed> {
    match language {
        "hex" => text
            .split_whitespace()
            .map(|byte| u8::from_str_radix(byte, 16).map_err(|_| format!("`{byte}` is no byte").into()))
            .collect(),
        "wasm" => {
            let buffer = wast::parser::ParseBuffer::new(text).map_err(|error| error.to_string())?;
            let encoded = wast::parser::parse::<wast::Wat<'_>>(&buffer).and_then(|mut wat| wat.encode());
            encoded.map_err(|error| error.to_string().into())
        }
        _ => Ok(text.as_bytes().to_vec()),
    }
}

/// Words as a shell splits them, with `'` and `"`.
fn words(command: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut quote = None;
    let mut in_word = false;
    for c in command.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '\'' | '"') => {
                quote = Some(c);
                if !in_word {
                    words.push(String::new());
                }
                in_word = true;
            }
            (None, ' ') => in_word = false,
            (Some(_) | None, c) => {
                if !in_word {
                    words.push(String::new());
                }
                in_word = true;
                words.last_mut().expect("a word was begun").push(c);
            }
        }
    }
    words
}

fn every_code_has_a_page() -> Result<(), Failed> {
    let pages: BTreeSet<&str> = PAGES.iter().map(|page| page.code).collect();
    let missing: Vec<String> = codes_in_sources()?.into_iter().filter(|code| !pages.contains(code.as_str())).collect();
    ensure(missing.is_empty(), &format!("no page in crates/diag/codes:\n{}", missing.join("\n")))
}

fn every_page_has_a_code() -> Result<(), Failed> {
    let sources = sources()?.join("\n");
    let unused: Vec<&str> =
        PAGES.iter().map(|page| page.code).filter(|code| !sources.contains(&format!("\"{code}\""))).collect();
    ensure(unused.is_empty(), &format!("no source has the code:\n{}", unused.join("\n")))
}

/// The texts of all sources of the product, without their tests.
fn sources() -> Result<Vec<String>, Failed> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![root.join("src")];
    for entry in fs::read_dir(root.join("crates"))? {
        let entry = entry?;
        let name = entry.file_name();
        if !["xtask", "oracle", "testing"].iter().any(|outside| name == *outside) {
            folders.push(entry.path().join("src"));
        }
    }
    let mut texts = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") && !path.ends_with("tests.rs") {
                let text = fs::read_to_string(&path)?;
                texts.push(text.split("#[cfg(test)]\nmod tests").next().unwrap_or("").to_owned());
            }
        }
    }
    Ok(texts)
}

/// The codes in the sources: what is given to `error`, `warning`, `note` and `Code`, and every other literal
/// of the same form and the same areas.
fn codes_in_sources() -> Result<BTreeSet<String>, Failed> {
    let sources = sources()?;
    let mut codes: BTreeSet<String> = PAGES.iter().map(|page| page.code.to_owned()).collect();
    for text in &sources {
        for start in ["error(", "warning(", "note(", "Code("] {
            for after in text.split(start).skip(1) {
                let literal = after.trim_start().strip_prefix('"').and_then(|rest| rest.split('"').next());
                codes.extend(literal.filter(|literal| is_code(literal)).map(str::to_owned));
            }
        }
    }
    let areas: BTreeSet<String> = codes.iter().map(|code| area(code).to_owned()).collect();
    let literals = sources.iter().flat_map(|text| text.split('"'));
    codes.extend(literals.filter(|text| is_code(text) && areas.contains(area(text))).map(str::to_owned));
    Ok(codes)
}

fn area(code: &str) -> &str {
    code.split('/').next().unwrap_or(code)
}

fn is_code(text: &str) -> bool {
    let is_word =
        |word: &str| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    text.split_once('/').is_some_and(|(area, name)| is_word(area) && is_word(name))
}
