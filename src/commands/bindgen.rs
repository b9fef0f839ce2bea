//! `withe bindgen`: a world's bindings for one language.
//!
//! In: WIT and options. Out: files in a folder; with `--check` only whether they are up to date.
//! Holds: with an error nothing is written; files that people edit are written once and never compared.

mod check;
mod go_module;
mod go_worlds;

use std::path::Path;

use bindgen::{Files, Kept};
use bindgen_rust::With;
use component::StringEncoding;
use types::{Types, World};

use super::left_over::{self, Spot};
use super::{foreign, transpile};
use crate::cli::bindings::{BindgenGoArgs, BindgenJsArgs, Ownership, Side};
use crate::cli::transpiling::Instantiation;
use crate::cli::{BindgenArgs, BindgenLang, BindgenRustArgs};
use crate::{Exit, Io};

pub fn bindgen(args: &BindgenArgs, io: &mut Io) -> diag::Result<Exit> {
    match &args.lang {
        BindgenLang::Rust(args) => rust(args, io),
        BindgenLang::Js(args) => js(args, io),
        BindgenLang::Go(args) => go(args, io),
    }
}

fn rust(args: &BindgenRustArgs, io: &mut Io) -> diag::Result<Exit> {
    let options = rust_options(args);
    let tree = io.source_tree(&args.wit)?;
    let package = io.load_wit(&args.wit, &tree, &args.world.features.load_options())?;
    io.report_all(package.notes().iter().cloned());
    let mut types = Types::new();
    let world = package.world(&mut types, args.world.world.as_deref())?;

    let metadata = component::metadata::encode(&types, &world, StringEncoding::Utf8)?;
    let mut bindings = bindgen::bindings(&types, &world, metadata);
    if options.pub_export_macro {
        let imports = bindgen::without_exports(&world);
        bindings.import_metadata = Some(component::metadata::encode(&types, &imports, StringEncoding::Utf8)?);
    }
    let files = bindgen_rust::generate(&bindings, &options)?;
    if args.check {
        return check::check(&files, &args.out, &package, ".rs", io);
    }
    write(&files, &args.out, io)
}

fn go(args: &BindgenGoArgs, io: &mut Io) -> diag::Result<Exit> {
    let mut options = go_module::options(args, io)?;
    let tree = io.source_tree(&args.wit)?;
    let package = io.load_wit(&args.wit, &tree, &args.world.features.load_options())?;
    io.report_all(package.notes().iter().cloned());
    let mut types = Types::new();
    let world = package.world(&mut types, args.world.world.as_deref())?;

    let metadata = component::metadata::encode(&types, &world, StringEncoding::Utf8)?;
    let bindings = bindgen::bindings(&types, &world, metadata);
    let before = go_worlds::GoWorlds::find(&args.out, &world, &package, io);
    options.has_tasks = before.others_wait(io);
    options.grows = before.others_grow(io);
    let files = bindgen_go::generate(&bindings, &options)?;
    let left = before.left_over(&files, io);
    if args.check {
        return check::check_with(&files, &args.out, &package, ".go", &left, io);
    }
    write(&files, &args.out, io)?;
    io.remove_files(&args.out, &left)
}

fn js(args: &BindgenJsArgs, io: &mut Io) -> diag::Result<Exit> {
    if args.side == Side::Guest && args.instantiation.is_some() {
        return Err(diag::error("usage/command-line", "`--instantiation` is for hosts, and the types are for guests")
            .help("add `--side host`, or leave `--instantiation` out")
            .into());
    }
    transpile::check_folder(&args.out, io)?;
    let tree = io.source_tree(&args.wit)?;
    let package = io.load_wit(&args.wit, &tree, &args.world.features.load_options())?;
    io.report_all(package.notes().iter().cloned());
    let mut types = Types::new();
    let world = package.world(&mut types, args.world.world.as_deref())?;

    let name = js_name(args, &world);
    transpile::check_name(&name)?;
    let files = match args.side {
        Side::Guest => bindgen_js::dts::guest(&types, &world, &name),
        Side::Host => {
            let options = bindgen_js::Options {
                name: name.clone(),
                instantiate: instantiate(args.instantiation.unwrap_or_default()),
                ..Default::default()
            };
            bindgen_js::dts::component(&types, &world, &options, false)
        }
    };
    let spot = Spot { folder: &args.out, name: &name, own: &[left_over::TYPES] };
    if args.check {
        let left = spot.left_over(&files.iter().map(|(path, _)| path).collect(), io);
        return check::check_with(&files, &args.out, &package, left_over::TYPES, &left, io);
    }
    write_js(&files, spot, io)
}

/// Writes types, and removes those of the same name that are left of an earlier run.
fn write_js(files: &Files, spot: Spot<'_>, io: &mut Io) -> diag::Result<Exit> {
    refuse_foreign(files, spot.folder, io)?;
    foreign::refuse(spot.shared(files.iter().map(|(path, file)| (path, file.text.as_bytes())), io))?;
    let left = spot.left_over(&files.iter().map(|(path, _)| path).collect(), io);
    write(files, spot.folder, io)?;
    io.remove_files(spot.folder, &left)
}

/// The name of the world's file: a component's own name says nothing, its file's does.
fn js_name(args: &BindgenJsArgs, world: &World) -> String {
    let is_component = world.package.to_string() == "root:component";
    let name = args.name.clone().or_else(|| is_component.then(|| transpile::default_name(&args.wit)));
    name.unwrap_or_else(|| world.name.clone())
}

fn instantiate(given: Instantiation) -> bindgen_js::Instantiate {
    match given {
        Instantiation::Esm => bindgen_js::Instantiate::Esm,
        Instantiation::Async => bindgen_js::Instantiate::Async,
        Instantiation::Sync => bindgen_js::Instantiate::Sync,
    }
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
    refuse_foreign(files, folder, io)?;
    io.write_folder(folder, wanted)
}

/// Files of other people are not overwritten: each one that stands where bindings go is an error.
fn refuse_foreign(files: &Files, folder: &Path, io: &Io) -> diag::Result<()> {
    let generated = files.iter().filter(|(_, file)| file.kept == Kept::No);
    let foreign = generated
        .filter_map(|(path, file)| foreign::at(&folder.join(path), file.text.as_bytes(), "the bindings go", io));
    foreign::refuse(foreign.collect())
}

/// `--generate-all`, `--generate-unused-types` and `--std-feature` say what holds anyway.
fn rust_options(args: &BindgenRustArgs) -> bindgen_rust::Options {
    let options = &args.options;
    bindgen_rust::Options {
        stubs: args.stubs,
        no_std: args.no_std,
        skip: options.skip.clone(),
        sync: options.sync.clone(),
        asynchronous: options.async_.clone(),
        with: options.with.iter().map(|(item, path)| (item.clone(), With::new(path))).collect(),
        ownership: ownership(options.ownership),
        merge_equal_types: options.merge_structurally_equal_types,
        raw_strings: options.raw_strings,
        map_type: options.map_type.clone(),
        bitflags_path: options.bitflags_path.clone(),
        chainable_methods: options.chainable_methods.clone(),
        type_attributes: options.additional_type_attributes.clone(),
        member_attributes: options.additional_member_attributes.clone(),
        pub_export_macro: options.pub_export_macro,
        derives: options.additional_derive_attributes.clone(),
        derive_ignore: options.additional_derive_ignore.clone(),
        no_derive: options.no_derive.iter().map(|text| bindgen_rust::Options::read_no_derive(text)).collect(),
        runtime_path: (options.runtime_path != "inline").then(|| options.runtime_path.clone()),
        no_realloc: options.no_realloc,
        section_suffix: options.type_section_suffix.clone().unwrap_or_default(),
        export_prefix: options.export_prefix.clone().unwrap_or_default(),
        export_macro: options.export_macro_name.clone(),
        bindings_module: options.default_bindings_module.clone(),
        no_run_ctors: options.disable_run_ctors_once_workaround,
        no_link_helpers: options.disable_custom_section_link_helpers,
    }
}

fn ownership(given: Ownership) -> bindgen_rust::Ownership {
    match given {
        Ownership::Owning => bindgen_rust::Ownership::Owning,
        Ownership::Borrowing => bindgen_rust::Ownership::Borrowing,
        Ownership::BorrowingDuplicateIfNecessary => bindgen_rust::Ownership::BorrowingDuplicate,
    }
}
