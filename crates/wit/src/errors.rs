//! wit-parser's refusals as diagnostics.
//!
//! In: its typed errors, and the texts. Out: one diagnostic with a code, a place, what it conflicts with,
//! names that come near, and one action.
//! Holds: a refusal whose kind is not known keeps wit-parser's own words, under `wit/invalid`.

mod advice;

use diag::{Diagnostic, Place, near_misses};
use wit_parser::{ParseError, ParseErrorKind, ResolveError, ResolveErrorKind, SourceMap, Span};

use crate::places::Texts;
use crate::scan;

/// Names of types that are always there.
const PRIMITIVES: [&str; 14] =
    ["bool", "u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64", "f32", "f64", "char", "string", "error-context"];

/// Where an error stands, with the means to look around.
struct Scene<'a> {
    texts: &'a Texts,
    map: &'a SourceMap,
    /// What is resolved already, for errors between packages.
    resolve: Option<&'a wit_parser::Resolve>,
}

impl Scene<'_> {
    fn place(&self, span: Span) -> Option<Place> {
        self.texts.place(self.map, span)
    }

    /// A label at the span; at the first file if the span is not known.
    fn label(&self, found: Diagnostic, span: Span, text: impl Into<String>) -> Diagnostic {
        let place = self.place(span).or_else(|| self.first_word());
        match place {
            Some(place) => found.label(place, text),
            None => found,
        }
    }

    /// The beginning of the first file.
    fn first_word(&self) -> Option<Place> {
        let name = self.map.source_names().next()?;
        let Some(source) = self.texts.get(name) else { return Some(Place::file(name)) };
        let range = scan::tokens(&source.text).first().map(|token| token.range.clone());
        Some(Place::text(source, range.unwrap_or(0..0)))
    }

    /// The text of the file that a span stands in, and where in it.
    fn source(&self, span: Span) -> Option<(&std::sync::Arc<diag::Source>, usize)> {
        let location = self.map.resolve_span(span)?;
        Some((self.texts.get(location.path)?, location.range.start))
    }

    /// Where a name was declared before: earlier in the same file, or in another one.
    fn earlier(&self, name: &str, span: Span) -> Option<Place> {
        let (here, at) = self.source(span)?;
        if let Some(range) = scan::earlier_declaration(&here.text, name, at) {
            return Some(Place::text(here, range));
        }
        let others =
            self.map.source_names().filter(|other| *other != here.name).filter_map(|name| self.texts.get(name));
        others.into_iter().find_map(|other| Some(Place::text(other, scan::top_declaration(&other.text, name)?)))
    }

    /// The word or mark at a span, and the one before it.
    fn words(&self, span: Span) -> Option<Words<'_>> {
        let (source, at) = self.source(span)?;
        let tokens = scan::tokens(&source.text);
        let here = tokens.iter().position(|token| token.range.start >= at);
        let before = here.unwrap_or(tokens.len()).checked_sub(1).map(|before| tokens[before].text);
        let found = here.map(|here| tokens[here].clone()).filter(|token| token.range.start <= at + 1);
        Some(Words { source, found, before })
    }

    /// The path of the `use` that a span stands in: `wasi:http/types@0.2.0`.
    fn used_from(&self, span: Span) -> Option<String> {
        let (source, at) = self.source(span)?;
        let tokens = scan::tokens(source.text.get(..at)?);
        let start = tokens.iter().rposition(|token| token.text == "use")? + 1;
        let end = tokens.iter().rposition(|token| token.text == "{")?.checked_sub(1)?;
        Some(tokens.get(start..end)?.iter().map(|token| token.text).collect())
    }

    /// What the files at hand declare.
    fn declared(&self) -> Vec<&str> {
        let texts = self.map.source_names().filter_map(|name| self.texts.get(name));
        texts.flat_map(|source| scan::declared(&source.text)).collect()
    }
}

/// What stands at a place where something else is expected.
struct Words<'a> {
    source: &'a std::sync::Arc<diag::Source>,
    found: Option<scan::Token<'a>>,
    before: Option<&'a str>,
}

/// An error within one package.
pub(crate) fn parse(texts: &Texts, map: &SourceMap, error: &ParseError) -> Diagnostic {
    let scene = Scene { texts, map, resolve: None };
    match error.kind() {
        ParseErrorKind::ItemNotFound { span, name, kind, .. } => item_not_found(&scene, *span, name, kind),
        ParseErrorKind::TypeCycle { span, name, kind } => {
            let kind = if kind == "interface or world" { kind_declared(&scene, *span) } else { kind.as_str() };
            let found = diag::error("wit/cycle", format!("{kind} `{name}` depends on itself"));
            scene
                .label(found, *span, "is part of what it is made of")
                .help("break the circle: leave out one of the references")
        }
        ParseErrorKind::Lex(error) => {
            lexical(&scene, &error.to_string(), Span::new(error.position(), error.position() + 1))
        }
        ParseErrorKind::Syntax { span, message } => said(&scene, *span, message),
        other => said(&scene, other.span(), &other.to_string()),
    }
}

/// An error between packages.
pub(crate) fn resolve(texts: &Texts, resolve: &wit_parser::Resolve, error: &ResolveError) -> Diagnostic {
    let scene = Scene { texts, map: &resolve.source_map, resolve: Some(resolve) };
    match error.kind() {
        ResolveErrorKind::PackageNotFound { span, requested, known } => {
            let known: Vec<String> = known.iter().map(ToString::to_string).collect();
            package_not_found(&scene, *span, requested, &known)
        }
        ResolveErrorKind::WorldNotFound { span, requested, package } => {
            item_not_in(&scene, *span, "world", requested, package, resolve)
        }
        ResolveErrorKind::InterfaceNotFound { span, requested, package } => {
            item_not_in(&scene, *span, "interface", requested, package, resolve)
        }
        ResolveErrorKind::InvalidTransitiveDependency { span, name } => {
            let found = diag::error(
                "wit/split-dependency",
                format!("interface `{name}` needs one interface both imported and exported"),
            );
            scene
                .label(found, *span, "reached by an export and by an import")
                .help("export the interfaces between the two as well")
        }
        ResolveErrorKind::DuplicatePackage { name, span1, span2 } => {
            let found = diag::error("wit/duplicate-package", format!("package `{name}` is declared twice"));
            let found = scene.label(found, *span1, "declared again");
            scene.label(found, *span2, "first declared here").help("remove one of the two, or give it another name")
        }
        ResolveErrorKind::PackageCycle { package, span } => {
            let found = diag::error("wit/package-cycle", format!("package `{package}` depends on itself"));
            scene.label(found, *span, "closes the circle").help("move what both packages need into a third one")
        }
        ResolveErrorKind::ItemShadowing { span, item_type, name } => {
            let found = diag::error("wit/duplicate", format!("{item_type} `{name}` is there already"));
            let found = scene.label(found, *span, format!("brings in another `{name}`"));
            match scene.earlier(name, *span) {
                Some(place) => found.label(place, "the first one"),
                None => found,
            }
            .help(format!("rename one of the two: `with {{ {name} as another-name }}`"))
        }
        ResolveErrorKind::StabilityMismatch { span, .. } => {
            let found = diag::error("wit/feature-gate", "one item has two different gates");
            scene.label(found, *span, "gated otherwise elsewhere").help("write the same gate in both places")
        }
        ResolveErrorKind::Semantic { span, message } => said(&scene, *span, message),
        other => said(&scene, other.span(), &other.to_string()),
    }
}

fn lexical(scene: &Scene<'_>, message: &str, span: Span) -> Diagnostic {
    if message.starts_with("expected ") {
        return said(scene, span, message);
    }
    let found = diag::error("wit/syntax", advice::tidy(message));
    scene.label(found, span, "cannot be read").help("remove it, or put it into a comment")
}

/// A message that wit-parser has no kind for.
fn said(scene: &Scene<'_>, span: Span, message: &str) -> Diagnostic {
    let advice = advice::advice(message);
    if let (true, Some(words)) = (advice.code == "wit/syntax", scene.words(span)) {
        return syntax(scene, span, &advice, &words);
    }
    let found = diag::error(advice.code, advice.headline.clone());
    let mut found = scene.label(found, span, advice.label);
    if let Some(place) = advice.earlier.as_deref().and_then(|name| scene.earlier(name, span)) {
        found = found.label(place, "the first one");
    }
    match advice.unknown_type {
        Some(name) => match scene.used_from(span) {
            Some(path) => not_in_interface(scene, found, &name, &path),
            None => found.help(advice.help),
        },
        None => found.help(advice.help),
    }
}

/// Something else is expected: the word that was found is named, and where the expected one goes.
fn syntax(scene: &Scene<'_>, span: Span, advice: &advice::Advice, words: &Words<'_>) -> Diagnostic {
    let mut headline = advice.headline.clone();
    if let Some(token) = &words.found {
        headline = headline.replace("found an identifier", &format!("found `{}`", token.text));
    }
    let expected = headline.strip_prefix("expected ").and_then(|rest| rest.split_once(", found ")).map(|(one, _)| one);
    let word_found = words.found.as_ref().is_some_and(|token| token.text.starts_with(char::is_alphabetic));
    let help = match (expected, words.before) {
        // Two parts of a list stand side by side: the comma between them is what is missing.
        (Some("`)`" | "`>`" | "`}`"), Some(before)) if word_found => format!("write `,` after `{before}`"),
        (Some(mark), Some(before)) if mark.starts_with('`') => format!("write {mark} after `{before}`"),
        (Some(what), Some(before)) if !what.contains(" or ") => format!("write {what} after `{before}`"),
        _ => advice.help.to_owned(),
    };
    let found = diag::error(advice.code, headline);
    let found = match &words.found {
        Some(token) => found.label(Place::text(words.source, token.range.clone()), advice.label),
        None => scene.label(found, span, advice.label),
    };
    found.help(help)
}

fn item_not_found(scene: &Scene<'_>, span: Span, name: &str, kind: &str) -> Diagnostic {
    let types = kind == "type" || kind == "name";
    let code = if types { "wit/unknown-type" } else { "wit/unknown-interface" };
    let kind = if kind == "name" { "type" } else { kind };
    let found = diag::error(code, format!("{kind} `{name}` is not declared"));
    let found = scene.label(found, span, "not declared here or in this package");
    if let (true, Some(usual)) = (types, usual_name(name)) {
        return found.help(format!("write `{usual}`"));
    }
    let declared = scene.declared();
    let primitives = PRIMITIVES.iter().copied().filter(|_| types);
    let otherwise = if types { "declare it, or bring it in with `use`" } else { "declare it, or name its package too" };
    with_near_miss(found, name, declared.into_iter().chain(primitives), otherwise)
}

/// What other languages, and older WIT, call a primitive.
fn usual_name(name: &str) -> Option<&'static str> {
    Some(match name {
        "float32" | "float" => "f32",
        "float64" | "double" => "f64",
        "i8" | "int8" => "s8",
        "i16" | "int16" => "s16",
        "i32" | "int32" | "int" => "s32",
        "i64" | "int64" => "s64",
        "uint8" | "byte" => "u8",
        "uint16" => "u16",
        "uint32" | "uint" => "u32",
        "uint64" => "u64",
        "str" => "string",
        "boolean" => "bool",
        _ => return None,
    })
}

fn with_near_miss<'a>(
    found: Diagnostic,
    name: &str,
    candidates: impl Iterator<Item = &'a str>,
    otherwise: &str,
) -> Diagnostic {
    let candidates = candidates.filter(|candidate| *candidate != name);
    match near_misses(name, candidates).first() {
        Some(near) => found.help(format!("did you mean `{near}`?")),
        None => found.help(otherwise),
    }
}

fn package_not_found(
    scene: &Scene<'_>,
    span: Span,
    requested: &wit_parser::PackageName,
    known: &[String],
) -> Diagnostic {
    let found = diag::error("wit/unknown-package", format!("package `{requested}` is not here"));
    let found = scene.label(found, span, "neither in the files nor built in").about(requested.to_string());
    let stem = format!("{}:{}", requested.namespace, requested.name);
    let built_in: Vec<String> = crate::builtin::all().iter().map(|entry| entry.name.to_string()).collect();
    let candidates = || known.iter().chain(&built_in).map(String::as_str).filter(|name| *name != requested.to_string());
    let versions: Vec<&str> = candidates().filter(|name| name.split('@').next() == Some(&stem)).collect();
    if let Some(newest) = versions.last() {
        return found.help(format!("write the version that is there: `{newest}`"));
    }
    let folder = requested.name.clone();
    with_near_miss(found, &requested.to_string(), candidates(), &format!("put the package's WIT into `deps/{folder}/`"))
}

/// A `use` of a type that the interface has not, or not yet in this version.
fn not_in_interface(scene: &Scene<'_>, found: Diagnostic, name: &str, path: &str) -> Diagnostic {
    let Some(asked) = crate::builtin::Asked::parse(path) else { return found.help("declare it there") };
    let version = asked.version.and_then(|version| semver::Version::parse(version).ok());
    let package =
        wit_parser::PackageName { namespace: asked.namespace.to_owned(), name: asked.name.to_owned(), version };
    let later = crate::builtin::find(&crate::world::package_name(&package));
    if let Some(later) = later.filter(|later| scan::declared(later.text).contains(&name)) {
        return found.help(format!("ask for `{}`, which has it", later.name));
    }
    let types = scene.resolve.and_then(|resolve| {
        let package = &resolve.packages[*resolve.package_names.get(&package)?];
        Some(&resolve.interfaces[*package.interfaces.get(asked.item?)?].types)
    });
    let names: Vec<&str> = types.map(|types| types.keys().map(String::as_str).collect()).unwrap_or_default();
    let otherwise = match names.as_slice() {
        [] => "declare it there".to_owned(),
        some => format!("choose one of: {}", some.join(", ")),
    };
    with_near_miss(found, name, names.into_iter(), &otherwise)
}

fn item_not_in(
    scene: &Scene<'_>,
    span: Span,
    kind: &str,
    name: &str,
    package: &wit_parser::PackageName,
    resolve: &wit_parser::Resolve,
) -> Diagnostic {
    let code = if kind == "world" { "wit/unknown-world" } else { "wit/unknown-interface" };
    let found = diag::error(code, format!("package `{package}` has no {kind} `{name}`"));
    let found = scene.label(found, span, "not declared there");
    let later = crate::builtin::find(&crate::world::package_name(package))
        .filter(|entry| scan::declared(entry.text).contains(&name));
    if let Some(later) = later {
        return found.help(format!("ask for `{}`, which has it", later.name));
    }
    let declared: Vec<&str> = match resolve.package_names.get(package).map(|id| &resolve.packages[*id]) {
        Some(package) if kind == "world" => package.worlds.keys().map(String::as_str).collect(),
        Some(package) => package.interfaces.keys().map(String::as_str).collect(),
        None => Vec::new(),
    };
    let otherwise = match declared.as_slice() {
        [] => format!("declare `{name}` in `{package}`"),
        some => format!("choose one of: {}", some.join(", ")),
    };
    with_near_miss(found, name, declared.into_iter(), &otherwise)
}

/// Whether an interface or a world is declared at the span.
fn kind_declared(scene: &Scene<'_>, span: Span) -> &'static str {
    let before = scene.source(span).and_then(|(source, at)| source.text.get(..at));
    match before.map(str::trim_end) {
        Some(before) if before.ends_with("world") => "world",
        _ => "interface",
    }
}
