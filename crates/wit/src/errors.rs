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
}

impl Scene<'_> {
    fn place(&self, span: Span) -> Option<Place> {
        self.texts.place(self.map, span)
    }

    /// A label at the span; at the first file if the span is not known.
    fn label(&self, found: Diagnostic, span: Span, text: impl Into<String>) -> Diagnostic {
        let place = self.place(span).or_else(|| self.map.source_names().next().map(Place::file));
        match place {
            Some(place) => found.label(place, text),
            None => found,
        }
    }

    /// The text of the file that a span stands in, and where in it.
    fn source(&self, span: Span) -> Option<(&std::sync::Arc<diag::Source>, usize)> {
        let location = self.map.resolve_span(span)?;
        Some((self.texts.get(location.path)?, location.range.start))
    }

    fn earlier(&self, name: &str, span: Span) -> Option<Place> {
        let (source, at) = self.source(span)?;
        Some(Place::text(source, scan::earlier_declaration(&source.text, name, at)?))
    }

    /// What the files at hand declare.
    fn declared(&self) -> Vec<&str> {
        let texts = self.map.source_names().filter_map(|name| self.texts.get(name));
        texts.flat_map(|source| scan::declared(&source.text)).collect()
    }
}

/// An error within one package.
pub(crate) fn parse(texts: &Texts, map: &SourceMap, error: &ParseError) -> Diagnostic {
    let scene = Scene { texts, map };
    match error.kind() {
        ParseErrorKind::ItemNotFound { span, name, kind, hint } => {
            item_not_found(&scene, *span, name, kind, hint.as_deref())
        }
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
    let scene = Scene { texts, map: &resolve.source_map };
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
    let found = diag::error(advice.code, advice.headline.clone());
    let mut found = scene.label(found, span, advice.label);
    if let Some(place) = advice.earlier.as_deref().and_then(|name| scene.earlier(name, span)) {
        found = found.label(place, "the first one");
    }
    match advice.unknown_type {
        Some(name) => {
            let declared = scene.declared();
            with_near_miss(found, &name, declared.into_iter(), advice.help)
        }
        None => found.help(advice.help),
    }
}

fn item_not_found(scene: &Scene<'_>, span: Span, name: &str, kind: &str, hint: Option<&str>) -> Diagnostic {
    let types = kind == "type" || kind == "name";
    let code = if types { "wit/unknown-type" } else { "wit/unknown-interface" };
    let kind = if kind == "name" { "type" } else { kind };
    let found = diag::error(code, format!("{kind} `{name}` is not declared"));
    let found = scene.label(found, span, "not declared here or in this package");
    if hint.is_some() && name.starts_with("float") {
        return found.help(format!("write `f{}`", &name["float".len()..]));
    }
    let declared = scene.declared();
    let primitives = PRIMITIVES.iter().copied().filter(|_| types);
    let otherwise = if types { "declare it, or bring it in with `use`" } else { "declare it, or name its package too" };
    with_near_miss(found, name, declared.into_iter().chain(primitives), otherwise)
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
    let found = scene.label(found, span, "neither in the files nor built in");
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
    let declared: Vec<&str> = match resolve.package_names.get(package) {
        Some(id) => {
            let package = &resolve.packages[*id];
            package.interfaces.keys().chain(package.worlds.keys()).map(String::as_str).collect()
        }
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
