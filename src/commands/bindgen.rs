//! `withe bindgen`: a world's bindings for one language.
//!
//! In: WIT and options. Out: files in a folder; with `--check` only whether they are up to date.
//! Holds: with an error nothing is written; files that people edit are written once and never compared.

mod check;

use std::path::Path;

use bindgen::{Files, Kept};
use component::StringEncoding;
use diag::{Diagnostic, Diagnostics};
use types::Types;

use crate::cli::bindings::{Ownership, RustOptions};
use crate::cli::{BindgenArgs, BindgenLang, BindgenRustArgs};
use crate::{Exit, Io};

pub fn bindgen(args: &BindgenArgs, io: &mut Io) -> diag::Result<Exit> {
    match &args.lang {
        BindgenLang::Rust(args) => rust(args, io),
        BindgenLang::Js(_) => Err(no_target("js", "JavaScript").into()),
        BindgenLang::Go(_) => Err(no_target("go", "Go").into()),
    }
}

fn no_target(word: &str, name: &str) -> Diagnostic {
    diag::error("unsupported/target", format!("`withe bindgen {word}` is not in this release: no bindings for {name}"))
        .help("write the guest in Rust, with `withe bindgen rust`")
}

fn rust(args: &BindgenRustArgs, io: &mut Io) -> diag::Result<Exit> {
    let options = rust_options(args)?;
    let tree = io.source_tree(&args.wit)?;
    let package = io.load_wit(&args.wit, &tree, &args.world.features.load_options())?;
    io.report_all(package.notes().iter().cloned());
    let mut types = Types::new();
    let world = package.world(&mut types, args.world.world.as_deref())?;

    let metadata = component::metadata::encode(&types, &world, StringEncoding::Utf8)?;
    let mut bindings = bindgen::bindings(&types, &world, metadata);
    bindings.leave_out(&args.options.skip);
    bindings.choose_modes(&args.options.sync, &args.options.async_)?;
    let files = bindgen_rust::generate(&bindings, &options)?;
    if args.check {
        return check::check(&files, &args.out, &package, io);
    }
    write(&files, &args.out, io)
}

/// Writes the files. A start for people is written only where nothing is.
fn write(files: &Files, folder: &Path, io: &mut Io) -> diag::Result<Exit> {
    let wanted: Vec<_> = files
        .iter()
        .filter(|(path, file)| match file.kept {
            Kept::No => true,
            Kept::Yes => !io.resolve(&folder.join(path)).exists(),
        })
        .map(|(path, file)| (path, file.text.as_bytes()))
        .collect();
    io.write_folder(folder, wanted)
}

fn rust_options(args: &BindgenRustArgs) -> diag::Result<bindgen_rust::Options> {
    let options = &args.options;
    let found: Vec<Diagnostic> = unsupported(options).into_iter().map(no_option).collect();
    if !found.is_empty() {
        return Err(Diagnostics(found));
    }
    Ok(bindgen_rust::Options {
        stubs: args.stubs,
        no_std: args.no_std,
        derives: options.additional_derive_attributes.clone(),
        derive_ignore: options.additional_derive_ignore.clone(),
        runtime_path: (options.runtime_path != "inline").then(|| options.runtime_path.clone()),
        no_realloc: options.no_realloc,
        section_suffix: options.type_section_suffix.clone().unwrap_or_default(),
        export_prefix: options.export_prefix.clone().unwrap_or_default(),
        export_macro: options.export_macro_name.clone(),
        bindings_module: options.default_bindings_module.clone(),
        no_run_ctors: options.disable_run_ctors_once_workaround,
        no_link_helpers: options.disable_custom_section_link_helpers,
    })
}

/// The options given that this release does not have.
///
/// `--generate-all` and `--std-feature` say what holds anyway.
fn unsupported(options: &RustOptions) -> Vec<&'static str> {
    let given = [
        ("--with", !options.with.is_empty()),
        ("--ownership", options.ownership != Ownership::Owning),
        ("--chainable-methods", !options.chainable_methods.is_empty()),
        ("--bitflags-path", options.bitflags_path.is_some()),
        ("--pub-export-macro", options.pub_export_macro),
        ("--raw-strings", options.raw_strings),
        ("--map-type", options.map_type.is_some()),
        ("--merge-structurally-equal-types", options.merge_structurally_equal_types),
    ];
    given.into_iter().filter(|(_, given)| *given).map(|(option, _)| option).collect()
}

fn no_option(option: &'static str) -> Diagnostic {
    diag::error("unsupported/option", format!("`{option}` is known and not in this release"))
        .help(format!("leave `{option}` out"))
}
