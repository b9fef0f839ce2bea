//! Which files make up which package.
//!
//! In: the files of a folder. Out: groups of texts, each parsed as one package with its nested ones.
//! Holds: files of one folder that name the same package belong together;
//! a file without a package header belongs to the one package of its folder.

use std::borrow::Cow;
use std::sync::Arc;

use diag::{Diagnostic, Diagnostics, Place, Source};
use indexmap::IndexMap;
use wit_parser::{ParseError, SourceMap, UnresolvedPackageGroup};

use super::{parallel, refused};
use crate::places::Texts;
use crate::{SourceTree, errors, scan, syntax};

/// The files of one package, by name.
pub(crate) struct Sources<'a> {
    pub files: Vec<(&'a str, &'a [u8])>,
    pub main: bool,
}

/// More text than this is not WIT that anybody wrote; wit-parser counts offsets in 32 bits.
pub(super) const MAX_TEXT: usize = 256 << 20;

/// The groups of a folder: its own packages, and those in its `deps`.
///
/// Where the folder itself holds no WIT, the folders in it (but `deps`) are what the user named.
pub(crate) fn groups<'a>(tree: &'a SourceTree, folder: &str) -> diag::Result<Vec<Sources<'a>>> {
    let mut folders: IndexMap<&str, Vec<(&str, &[u8])>> = IndexMap::new();
    for (path, bytes) in &tree.files {
        if path.ends_with(".wit") && within(folder, path).is_some() {
            folders.entry(parent(path)).or_default().push((path, bytes));
        }
    }
    folders.sort_keys();
    let own = folder.trim_end_matches('/');
    let has_own = folders.contains_key(own);
    let mut groups = Vec::new();
    for (path, files) in folders {
        let relative = within(folder, path).unwrap_or("");
        let is_dependency = relative.split('/').any(|part| part == "deps");
        let main = if has_own { relative.is_empty() } else { !is_dependency };
        if main || is_dependency {
            let alone = is_dependency && relative.ends_with("deps");
            groups.extend(by_header(files, main, alone));
        }
    }
    if groups.iter().any(|group| group.main) { Ok(groups) } else { Err(no_wit(folder)) }
}

/// Files of the folder itself that declare another package than the first of them.
pub(super) fn conflicts(tree: &SourceTree, folder: &str, texts: &Texts) -> Vec<Diagnostic> {
    let mut own: Vec<&str> = tree.files.keys().map(String::as_str).filter(|path| is_own(folder, path)).collect();
    own.sort_unstable();
    let mut first: Option<(String, Place)> = None;
    let mut told = Vec::new();
    let mut found = Vec::new();
    for source in own.into_iter().filter_map(|path| texts.get(path)) {
        let Some((name, range)) = scan::header(&source.text) else { continue };
        let place = Place::text(source, range);
        match &first {
            None => first = Some((name, place)),
            Some((known, _)) if *known == name || told.contains(&name) => {}
            Some((known, known_place)) => {
                let headline = format!("files of one folder declare package `{known}` and package `{name}`");
                let one = diag::error("wit/conflicting-package", headline)
                    .label(place, "another package")
                    .label(known_place.clone(), "the package of this folder");
                found.push(one.help("put each package into a folder of its own, or into `deps/`"));
                told.push(name);
            }
        }
    }
    found
}

/// Whether a file of WIT stands directly in a folder.
pub(super) fn is_own(folder: &str, path: &str) -> bool {
    path.ends_with(".wit") && within(folder, path).is_some() && parent(path) == folder.trim_end_matches('/')
}

/// The wasm files in a folder's `deps`.
pub(crate) fn binaries<'a>(tree: &'a SourceTree, folder: &str) -> impl Iterator<Item = (&'a str, &'a [u8])> {
    let folder = folder.to_owned();
    tree.files.iter().filter_map(move |(path, bytes)| {
        let relative = within(&folder, path)?;
        let is_dependency = relative.split('/').any(|part| part == "deps");
        (is_dependency && !path.ends_with(".wit")).then_some((path.as_str(), bytes.as_slice()))
    })
}

/// The path below a folder; `None` if it is elsewhere.
fn within<'a>(folder: &str, path: &'a str) -> Option<&'a str> {
    let folder = folder.trim_end_matches('/');
    if path == folder {
        return Some("");
    }
    if folder.is_empty() || folder == "." && !path.starts_with("./") {
        return Some(path);
    }
    let rest = path.strip_prefix(folder)?;
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix('/') }
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(parent, _)| parent)
}

/// Files of one folder by the package that they name. Files directly in `deps` are each a package of their own.
fn by_header<'a>(files: Vec<(&'a str, &'a [u8])>, main: bool, alone: bool) -> Vec<Sources<'a>> {
    let mut named: IndexMap<String, Vec<(&str, &[u8])>> = IndexMap::new();
    let mut unnamed = Vec::new();
    for (path, bytes) in files {
        let header = std::str::from_utf8(bytes).ok().and_then(scan::header);
        match header {
            Some((name, _)) if alone => named.entry(format!("{name} in {path}")).or_default().push((path, bytes)),
            Some((name, _)) => named.entry(name).or_default().push((path, bytes)),
            None if alone => named.entry(path.to_owned()).or_default().push((path, bytes)),
            None => unnamed.push((path, bytes)),
        }
    }
    match named.first_mut() {
        Some((_, files)) => files.extend(unnamed),
        None if unnamed.is_empty() => {}
        None => {
            named.insert(String::new(), unnamed);
        }
    }
    named.into_values().map(|files| Sources { files, main }).collect()
}

fn no_wit(folder: &str) -> Diagnostics {
    diag::error("wit/no-wit", format!("`{folder}` holds no WIT"))
        .label(Place::file(folder), "no file here ends in `.wit`")
        .help("name a `.wit` file, or a folder that holds some")
        .into()
}

/// Parses the files of one package.
pub(crate) fn parse(texts: &mut Texts, files: &[(&str, &[u8])]) -> diag::Result<UnresolvedPackageGroup> {
    let source = source(texts, files)?;
    parsed(texts, parse_source(source))
}

/// Parses the files of several packages, some at the same time.
pub(crate) fn parse_all(texts: &mut Texts, packages: &[&[(&str, &[u8])]]) -> Vec<diag::Result<UnresolvedPackageGroup>> {
    let sources: Vec<_> = packages.iter().map(|files| source(texts, files)).collect();
    parse_sources(texts, sources)
}

/// The files of one package, as wit-parser takes them, and how much text they are.
pub(crate) struct PackageSource {
    map: SourceMap,
    size: usize,
}

/// Parses several packages, some at the same time.
pub(crate) fn parse_sources(
    texts: &Texts,
    sources: Vec<diag::Result<PackageSource>>,
) -> Vec<diag::Result<UnresolvedPackageGroup>> {
    let size = |source: &diag::Result<PackageSource>| source.as_ref().map_or(0, |source| source.size);
    let answers = parallel::map(sources, size, |source| source.map(parse_source));
    answers.into_iter().map(|answer| answer.and_then(|answer| parsed(texts, answer))).collect()
}

/// What wit-parser says, or that it cannot say anything.
type Answer = Result<Result<UnresolvedPackageGroup, (SourceMap, ParseError)>, Panicked>;

/// The files in which wit-parser panicked, and what is said if the reason is not found.
struct Panicked(Vec<String>, Diagnostics);

fn parse_source(source: PackageSource) -> Answer {
    let map = source.map;
    let names: Vec<String> = map.source_names().map(str::to_owned).collect();
    refused::guarded(names.first().map_or("", String::as_str), || map.parse())
        .map_err(|diagnostic| Panicked(names, diagnostic.into()))
}

fn parsed(texts: &Texts, answer: Answer) -> diag::Result<UnresolvedPackageGroup> {
    match answer {
        Ok(answer) => answer.map_err(|(map, error)| errors::parse(texts, &map, &error).into()),
        Err(Panicked(names, otherwise)) => {
            let reason = names.iter().filter_map(|name| texts.get(name)).find_map(refused::contradiction);
            Err(reason.map_or(otherwise, Diagnostics::from))
        }
    }
}

/// The text with `/**/` made blank: wit-parser 0.263 takes it for documentation without an end, and panics.
fn without_empty_comments(text: &str) -> Cow<'_, str> {
    if !text.contains("/**/") {
        return Cow::Borrowed(text);
    }
    let tokens = syntax::tokens(text);
    let blank = |token: &syntax::Token| match &text[token.span.clone()] {
        "/**/" => "    ",
        other => other,
    };
    Cow::Owned(tokens.iter().map(blank).collect())
}

/// The files of one package, if they are text.
pub(super) fn source(texts: &mut Texts, files: &[(&str, &[u8])]) -> diag::Result<PackageSource> {
    let mut map = SourceMap::new();
    let mut found = Vec::new();
    let mut size = 0;
    for (path, bytes) in files {
        size += bytes.len();
        match std::str::from_utf8(bytes) {
            Ok(text) if size <= MAX_TEXT => {
                texts.add(path, text);
                map.push_str(path, without_empty_comments(text));
            }
            Ok(_) => found.push(
                diag::error("wit/not-text", format!("`{path}` is too large to be WIT"))
                    .label(Place::file(*path), "with it, there are more than 256 MiB of text")
                    .help("name the folder that holds the WIT"),
            ),
            Err(error) => found.push(not_text(path, bytes, error.valid_up_to())),
        }
    }
    if found.is_empty() { Ok(PackageSource { map, size }) } else { Err(Diagnostics(found)) }
}

/// No text, or text in another encoding: then the first byte that is no UTF-8 is shown.
fn not_text(path: &str, bytes: &[u8], valid: usize) -> Diagnostic {
    if bytes.contains(&0) {
        return diag::error("wit/not-text", format!("`{path}` is neither WIT nor wasm"))
            .label(Place::file(path), "not UTF-8 text, and no wasm begins so")
            .help("name a `.wit` file, a folder of WIT, or a wasm file");
    }
    // What follows on the line is enough to show the place.
    let end = bytes.len().min(valid + 100);
    let source = Arc::new(Source::new(path, String::from_utf8_lossy(&bytes[..end])));
    let span = valid..valid + char::REPLACEMENT_CHARACTER.len_utf8();
    diag::error("wit/not-text", format!("`{path}` is not UTF-8 text"))
        .label(Place::text(&source, span), format!("the byte 0x{:02X} is not UTF-8 here", bytes[valid]))
        .help("save the file as UTF-8")
}
