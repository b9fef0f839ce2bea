//! The Go module that bindings are part of.
//!
//! In: the folder, `--module`. Out: the folder's import path, and whether a `go.mod` is missing.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use bindgen_go::Options;
use diag::{Diagnostic, Place, Source};

use crate::Io;
use crate::cli::bindings::BindgenGoArgs;

/// What `bindgen go` is told, with what the folders above say.
pub(super) fn options(args: &BindgenGoArgs, io: &Io) -> diag::Result<Options> {
    let folder = io.resolve(&args.out);
    let folder = std::path::absolute(&folder).unwrap_or(folder);
    let above = module_above(&folder);
    if let Some(old) = above.as_ref().and_then(old_language) {
        return Err(old.into());
    }
    let (module, writes_module) = match (&args.module, above) {
        (None, Some(above)) => (below(&above.path, &above.folder, &folder), false),
        (Some(given), Some(above)) => {
            let found = below(&above.path, &above.folder, &folder);
            if *given != found {
                return Err(other_module(given, &found, &args.out).into());
            }
            (found, false)
        }
        (Some(given), None) => (given.clone(), true),
        (None, None) => (name_of(&folder), true),
    };
    if let Some(fault) = fault(&module) {
        return Err(no_import_path(&module, &fault).into());
    }
    Ok(Options { module, writes_module, has_tasks: false, grows: false, stubs: args.stubs })
}

/// A module that is there.
struct Above {
    folder: PathBuf,
    /// The import path of the folder.
    path: String,
    /// The text of its `go.mod`.
    text: String,
}

/// The nearest `go.mod`, in the folder itself or above.
fn module_above(folder: &Path) -> Option<Above> {
    folder.ancestors().find_map(|above| {
        let text = std::fs::read_to_string(above.join("go.mod")).ok()?;
        let line = text.lines().find_map(|line| line.trim().strip_prefix("module"))?;
        let path = line.split("//").next().unwrap_or_default().trim().trim_matches('"').to_owned();
        Some(Above { folder: above.to_owned(), path, text })
    })
}

/// A module whose line `go` asks for a language that has not all that bindings are written in.
///
/// Specification: Go modules reference, "go directive"; a module without one has the language of Go 1.16.
fn old_language(above: &Above) -> Option<Diagnostic> {
    let line = above.text.lines().find(|line| line.trim_start().starts_with("go "));
    let version = line.and_then(|line| line.split_whitespace().nth(1));
    let mut numbers = version.unwrap_or("1.16").split('.').map(|part| {
        let digits = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
        part[..digits].parse::<u32>().unwrap_or(0)
    });
    let found = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    if found >= OLDEST {
        return None;
    }
    let name = above.folder.join("go.mod").to_string_lossy().into_owned();
    let place = match line {
        Some(line) => {
            let start = line.as_ptr() as usize - above.text.as_ptr() as usize;
            Place::text(&Arc::new(Source::new(name, above.text.clone())), start..start + line.len())
        }
        None => Place::file(name),
    };
    let what = version.map_or_else(|| "no line `go`".to_owned(), |version| format!("Go {version}"));
    let headline = format!("the module `{}` is for an older Go than bindings need", above.path);
    let oldest = format!("{}.{}", OLDEST.0, OLDEST.1);
    let diagnostic = diag::error("unsupported/go-toolchain", headline)
        .label(place, format!("{what}; bindings are written for Go {oldest} or newer"));
    Some(diagnostic.help(format!("run `go mod edit -go={oldest}` in the module's folder")))
}

/// The first Go that builds libraries for WebAssembly.
const OLDEST: (u32, u32) = (1, 24);

/// The import path of a folder below that of a module.
fn below(module: &str, root: &Path, folder: &Path) -> String {
    let rest = folder.strip_prefix(root).unwrap_or(folder);
    let parts = rest.components().map(|part| part.as_os_str().to_string_lossy().into_owned());
    std::iter::once(module.to_owned()).chain(parts).collect::<Vec<_>>().join("/")
}

/// A module's path after the name of its folder: what Go does not take there is left out.
fn name_of(folder: &Path) -> String {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let name: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect();
    let name = if name.is_empty() { "bindings".to_owned() } else { name.to_ascii_lowercase() };
    // A path that begins with a word of the standard library's would be taken for it.
    if STANDARD.contains(&name.as_str()) { format!("example.com/{name}") } else { name }
}

/// Folders of Go's standard library, and of its tools.
const STANDARD: &[&str] = &[
    "archive",
    "arena",
    "bufio",
    "builtin",
    "bytes",
    "cmd",
    "cmp",
    "compress",
    "container",
    "context",
    "crypto",
    "database",
    "debug",
    "embed",
    "encoding",
    "errors",
    "expvar",
    "flag",
    "fmt",
    "go",
    "hash",
    "html",
    "image",
    "index",
    "internal",
    "io",
    "iter",
    "log",
    "maps",
    "math",
    "mime",
    "net",
    "os",
    "path",
    "plugin",
    "reflect",
    "regexp",
    "runtime",
    "slices",
    "sort",
    "strconv",
    "strings",
    "structs",
    "sync",
    "syscall",
    "testing",
    "text",
    "time",
    "unicode",
    "unique",
    "unsafe",
    "vendor",
    "weak",
];

/// What is wrong with an import path.
///
/// Specification: Go modules reference, "Module paths and versions".
fn fault(path: &str) -> Option<String> {
    let is_part = |part: &str| {
        let is_letter = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
        !part.is_empty() && part.chars().all(is_letter) && !part.starts_with('.') && !part.ends_with('.')
    };
    path.split('/').find(|part| !is_part(part)).map(|part| format!("`{}` is no part of one", part.escape_debug()))
}

fn no_import_path(path: &str, fault: &str) -> Diagnostic {
    diag::error("usage/command-line", format!("`{}` is no import path: {fault}", path.escape_debug()))
        .help("give one of letters, digits, `-`, `.`, `_`, `~` and `/` with `--module`, such as `example.com/app`")
}

fn other_module(given: &str, found: &str, folder: &Path) -> Diagnostic {
    let folder = folder.to_string_lossy();
    diag::error(
        "usage/command-line",
        format!("`--module {given}` is not the import path of `{folder}`: that is `{found}`"),
    )
    .label(Place::file(&*folder), "a `go.mod` in it or above says so")
    .help("leave `--module` out, or write to another folder")
}
