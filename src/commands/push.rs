//! `withe push`: a component, a core module or WIT, into a registry.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use component::BinaryKind;
use component::package::{PackageItem, PackageItemKind};
use diag::{Diagnostics, Place};
use project::Manifest;
use registry::{Interface, Kind, Layout, Package, Reference};
use serde_json::{Value, json};
use types::Types;
use verify::Proposals;
use wit::print::Docs;

use super::build;
use crate::cli::building::{BuildFlags, ProjectArgs};
use crate::cli::{Format, PushArgs};
use crate::io::{Checkable, Part, Wasm, shown};
use crate::{Exit, Io};

pub fn push(args: &PushArgs, io: &mut Io) -> diag::Result<Exit> {
    let Some(order) = order(args, io)? else { return Ok(Exit::INPUT) };
    let wasm = read(&order.what, io)?;
    check(&wasm)?;
    let package = package(&wasm, &order, args, io)?;
    let layout = package.layout();
    let exact = order.reference.with_digest(layout.digest).to_string();
    if args.dry_run {
        io.print(&plan(&wasm, &order, &package, &layout));
        io.set_result(as_json(&exact, &package, &layout, None));
        return Ok(Exit::OK);
    }
    let pushed = io.registry(&args.registry)?.push(&order.reference, &package)?;
    io.print(&format!("pushed {exact}\n"));
    if io.verbose > 0 && io.format == Format::Human {
        io.print(&format!(
            "{} of {} bytes were sent\n",
            pushed.sent,
            package.bytes.len() + layout.config.len() + layout.manifest.len()
        ));
    }
    io.set_result(as_json(&exact, &package, &layout, Some(pushed.sent)));
    Ok(Exit::OK)
}

/// What is to be pushed, where to, and what the project says of it.
struct Order {
    what: PathBuf,
    reference: Reference,
    annotations: BTreeMap<String, String>,
}

/// Nothing where the project's app could not be built, which has been told.
fn order(args: &PushArgs, io: &mut Io) -> diag::Result<Option<Order>> {
    let named = match (&args.what, &args.reference) {
        (Some(what), Some(reference)) => {
            let reference = tagged(Reference::parse(reference)?, None)?;
            return Ok(Some(Order { what: what.clone(), reference, annotations: BTreeMap::new() }));
        }
        // One word alone is where the project's app goes, unless it is there to be pushed.
        (Some(what), None) if io.resolve(what).exists() => return Err(without_reference(what)),
        (Some(reference), None) => Some(Reference::parse(&shown(reference))?),
        (None, _) => None,
    };
    let manifest = build::opened(&ProjectArgs::default(), io)?;
    let reference = match named {
        Some(reference) => tagged(reference, Some(version_tag(&manifest)))?,
        None => image(&manifest)?,
    };
    let what = app(&manifest, args, io)?;
    Ok(what.map(|what| Order { what, reference, annotations: said(&manifest) }))
}

fn without_reference(what: &Path) -> Diagnostics {
    let what = shown(what);
    diag::error("usage/command-line", format!("where `{what}` is to be pushed is not said"))
        .help(format!("write `withe push {what} HOST/REPOSITORY:TAG`"))
        .into()
}

/// A push has to name a tag, and cannot choose a digest.
fn tagged(reference: Reference, default: Option<String>) -> diag::Result<Reference> {
    let place = reference.place();
    if reference.digest.is_some() {
        return Err(diag::error("registry/reference", "what is pushed has the digest of its content, and no other")
            .label(place, "has a digest")
            .help("leave the `@` and the digest out")
            .into());
    }
    match (&reference.tag, default) {
        (Some(_), _) => Ok(reference),
        (None, Some(tag)) => Ok(reference.with_tag(tag)),
        (None, None) => {
            let help = format!("write under which, as in `{reference}:1.0.0`");
            let error = diag::error("registry/reference", format!("`{reference}` has no tag"));
            Err(error.label(place, "a tag is missing after this").help(help).into())
        }
    }
}

/// `[deploy] image`.
fn image(manifest: &Manifest) -> diag::Result<Reference> {
    let Some(image) = &manifest.deploy.image else {
        let error = diag::error("registry/reference", format!("`{}` does not say where to push", manifest.source.name));
        let error = error.label(manifest.place(&manifest.app.name.span), "of this app");
        return Err(error
            .help("write `image = \"HOST/REPOSITORY\"` below `[deploy]`, or name it after `withe push`")
            .into());
    };
    // The text stands between quotes; an escape in it would only move the place.
    let start = image.span.start + 1;
    let place = |span: std::ops::Range<usize>| manifest.place(&(start + span.start..start + span.end));
    tagged(Reference::parse_at(&image.value, &place)?, Some(version_tag(manifest)))
}

/// The app's version as a tag, which has no `+`.
fn version_tag(manifest: &Manifest) -> String {
    manifest.app.version.value.to_string().replace('+', "_")
}

/// The app, built; nothing where that failed, which has been told.
fn app(manifest: &Manifest, args: &PushArgs, io: &mut Io) -> diag::Result<Option<PathBuf>> {
    if !manifest.has_app() {
        return Err(diag::error(
            "usage/command-line",
            format!("`{}` is no app: it does not say how it is composed", manifest.source.name),
        )
        .label(manifest.place(&manifest.app.name.span), "of several components")
        .help("write `[compose]`, or name a component as `withe push target/withe/NAME.wasm HOST/REPOSITORY:TAG`")
        .into());
    }
    let flags = BuildFlags { offline: args.registry.offline, ..BuildFlags::default() };
    let done = build::made(manifest, &[manifest.app_name().to_owned()], &flags, build::Told::All, io)?;
    if done.exit() != Exit::OK {
        return Ok(None);
    }
    let path = manifest.root.join(manifest.output_of(manifest.app_name()));
    let cwd = std::fs::canonicalize(io.resolve(Path::new("."))).unwrap_or_default();
    Ok(Some(path.strip_prefix(&cwd).map_or(path.clone(), Path::to_owned)))
}

/// What the manifest says of the app, in the words of image annotations.
fn said(manifest: &Manifest) -> BTreeMap<String, String> {
    let app = &manifest.app;
    let authors = Some(app.authors.join(", ")).filter(|authors| !authors.is_empty());
    annotations([
        ("title", Some(app.name.value.to_string())),
        ("version", Some(app.version.value.to_string())),
        ("description", app.description.clone()),
        ("authors", authors),
        ("licenses", app.license.clone()),
        ("url", app.homepage.clone()),
        ("source", app.repository.clone()),
    ])
}

fn annotations<const N: usize>(texts: [(&str, Option<String>); N]) -> BTreeMap<String, String> {
    let named = texts.into_iter().filter_map(|(name, text)| Some((format!("org.opencontainers.image.{name}"), text?)));
    named.collect()
}

/// Wasm as it is; WIT as a package.
fn read(what: &Path, io: &mut Io) -> diag::Result<Wasm> {
    let is_folder = io.resolve(what).is_dir();
    let part = if is_folder { None } else { Some(Part::Named(what.to_owned())) };
    let found = match part {
        Some(part) => io.read_part(&part)?,
        None => Checkable::Wit(io.source_tree(what)?),
    };
    match found {
        Checkable::Wasm(wasm) => Ok(wasm),
        Checkable::Script(script) => Err(diag::error("input/not-wasm", format!("`{}` is a script", script.name))
            .label(Place::file(&script.name), "composes components")
            .help(format!("compose it with `withe compose {} -o APP.wasm`, and push that", script.name))
            .into()),
        Checkable::Wit(tree) => {
            let loaded = io.load_wit(what, &tree, &wit::LoadOptions::default())?;
            io.report_all(loaded.notes().iter().cloned());
            Ok(Wasm { name: shown(what), bytes: wit::wasm(&loaded, None, Docs::Keep)? })
        }
    }
}

/// Nothing is pushed that is not valid.
fn check(wasm: &Wasm) -> diag::Result<()> {
    let findings = verify::validate(&wasm.name, &wasm.bytes, Proposals::ALL);
    // What is newer than the runtime may be pushed.
    let is_valid = findings.is_empty() || wasm::validate(&wasm.bytes).is_ok();
    if is_valid { Ok(()) } else { Err(Diagnostics(findings)) }
}

fn package(wasm: &Wasm, order: &Order, args: &PushArgs, io: &Io) -> diag::Result<Package> {
    let (kind, mut found) = match component::kind_of(&wasm.bytes) {
        Some(BinaryKind::Component) => (Kind::Component(of_component(wasm)?), of_sections(wasm)),
        Some(BinaryKind::WitPackage) => {
            let (interface, found) = of_wit(wasm)?;
            (Kind::Component(interface), found)
        }
        Some(BinaryKind::CoreModule) | None => (Kind::CoreModule, of_sections(wasm)),
    };
    found.extend(order.annotations.clone());
    found.extend(args.annotation.iter().cloned());
    let author = found.get("org.opencontainers.image.authors").cloned();
    Ok(Package { bytes: wasm.bytes.clone(), kind, annotations: found, author, created: created(io)? })
}

/// What `SOURCE_DATE_EPOCH` says.
fn created(io: &Io) -> diag::Result<u64> {
    // The year 9999 is the last that the form of the date has.
    const LAST: u64 = 253_402_300_799;
    let Some(text) = io.env.var("SOURCE_DATE_EPOCH") else { return Ok(0) };
    text.trim().parse().ok().filter(|seconds| *seconds <= LAST).ok_or_else(|| {
        diag::error("usage/command-line", format!("`SOURCE_DATE_EPOCH` is `{text}`, which is no number of seconds"))
            .help("set it to seconds since 1970, or unset it")
            .into()
    })
}

fn of_component(wasm: &Wasm) -> diag::Result<Interface> {
    let mut types = Types::new();
    let read = component::read(&mut types, &wasm.name, &wasm.bytes)?;
    let exports = read.ty.exports.keys().map(ToString::to_string).collect();
    let imports = read.ty.imports.keys().map(ToString::to_string).collect();
    Ok(Interface { exports, imports, target: None })
}

/// A package of WIT exports its worlds and interfaces.
fn of_wit(wasm: &Wasm) -> diag::Result<(Interface, BTreeMap<String, String>)> {
    let tree = wit::SourceTree::of_file(wasm.name.clone(), wasm.bytes.clone());
    let loaded = wit::load(&tree, &wit::LoadOptions::default())?;
    let (name, items) = wit::items(&loaded, &mut Types::new())?;
    let version = name.version.as_ref().map(|version| format!("@{version}")).unwrap_or_default();
    let full = |item: &PackageItem| format!("{}:{}/{}{version}", name.namespace, name.name, item.name);
    let mut exports: Vec<String> = items.iter().map(full).collect();
    for item in items.iter().filter(|item| item.kind == PackageItemKind::World) {
        exports.extend(item.component.exports.keys().map(ToString::to_string));
    }
    exports.sort();
    exports.dedup();
    let title = format!("{}:{}", name.namespace, name.name);
    let version = name.version.as_ref().map(ToString::to_string);
    Ok((Interface { exports, ..Interface::default() }, annotations([("title", Some(title)), ("version", version)])))
}

/// What the wasm says of itself.
fn of_sections(wasm: &Wasm) -> BTreeMap<String, String> {
    let about = component::read::about(&wasm.bytes);
    let text = |name: &str| about.texts.get(name).cloned();
    annotations([
        ("version", text("version")),
        ("description", text("description")),
        ("authors", text("authors")),
        ("licenses", text("licenses")),
        ("url", text("homepage")),
        ("source", text("source")),
        ("revision", text("revision")),
    ])
}

fn plan(wasm: &Wasm, order: &Order, package: &Package, layout: &Layout) -> String {
    let rows = [
        ("wasm", layout.layer_digest, package.bytes.len()),
        ("configuration", layout.config_digest, layout.config.len()),
        ("manifest", layout.digest, layout.manifest.len()),
    ];
    let mut text = format!("would push {} to {}\n", wasm.name, order.reference);
    text.extend(rows.map(|(name, digest, len)| format!("  {name:<13} {digest} {len} bytes\n")));
    text.extend(package.annotations.iter().map(|(name, value)| format!("  {name} = {value}\n")));
    text
}

/// `sent` is how much was, and nothing if nothing was to be.
fn as_json(exact: &str, package: &Package, layout: &Layout, sent: Option<u64>) -> Value {
    let (kind, imports, exports) = match &package.kind {
        Kind::Component(interface) => ("component", json!(interface.imports), json!(interface.exports)),
        Kind::CoreModule => ("module", json!([]), json!([])),
    };
    json!({
        "reference": exact,
        "digest": layout.digest.to_string(),
        "content": layout.layer_digest.to_string(),
        "bytes": package.bytes.len(),
        "kind": kind,
        "imports": imports,
        "exports": exports,
        "annotations": package.annotations,
        "sent": sent,
    })
}
