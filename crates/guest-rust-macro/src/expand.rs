//! From arguments to tokens, as a list of stages.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use bindgen::{Files, Kept};
use component::StringEncoding;
use diag::Diagnostics;
use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::Error;
use types::Types;

use crate::arguments::{Arguments, arguments};
use crate::errors::errors;
use crate::sources;

/// The macro's output; `runtime` is where the runtime is if the user says nothing.
pub fn expand(input: TokenStream, runtime: &str) -> TokenStream {
    let home = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).unwrap_or_default();
    expand_in(input, &home, runtime)
}

/// The same for a crate whose `Cargo.toml` is in the folder `home`.
pub fn expand_in(input: TokenStream, home: &Path, runtime: &str) -> TokenStream {
    let (arguments, mut mistakes) = arguments(input);
    // Which WIT is meant may be unknown; then nothing more can be said.
    if arguments.says_which_wit {
        match bindings(&arguments, home, runtime) {
            Ok(output) if mistakes.is_empty() => return output,
            Ok(_) => {}
            Err(more) => mistakes.extend(more),
        }
    }
    mistakes.into_iter().map(Error::into_compile_error).collect()
}

fn bindings(arguments: &Arguments, home: &Path, runtime: &str) -> Result<TokenStream, Vec<Error>> {
    let place = |key: &str| arguments.span_of(key);
    let wit_place = place(if arguments.inline.is_some() { "inline" } else { "path" });
    let told = |span: Span| move |found: Diagnostics| errors(&found, arguments, span);

    let sources = sources::read(home, arguments.paths.as_deref(), arguments.inline.as_ref())
        .map_err(|found| unread(found, arguments))?;
    let load = wit::LoadOptions { features: arguments.features.clone(), ..wit::LoadOptions::default() };
    let package = wit::load(&sources.tree, &load).map_err(told(wit_place))?;
    let mut types = Types::new();
    let world = arguments.world.as_ref();
    let world_place = world.map_or(wit_place, |world| world.span);
    let world = package.world(&mut types, world.map(|world| world.value.as_str())).map_err(told(world_place))?;

    let metadata = component::metadata::encode(&types, &world, StringEncoding::Utf8).map_err(told(world_place))?;
    let mut options = arguments.options.clone();
    options.runtime_path.get_or_insert_with(|| runtime.to_owned());
    let mut bindings = bindgen::bindings(&types, &world, metadata);
    bindings.choose_modes(&arguments.sync, &arguments.asynchronous).map_err(told(world_place))?;
    if options.pub_export_macro {
        let imports = bindgen::without_exports(&world);
        let metadata =
            component::metadata::encode(&types, &imports, StringEncoding::Utf8).map_err(told(world_place))?;
        bindings.import_metadata = Some(metadata);
    }
    let files = bindgen_rust::generate(&bindings, &options).map_err(told(world_place))?;
    let text = one_file(&files);

    let text = if is_to_be_seen(arguments) { written(&world.name, text)? } else { text };
    let tokens = text.parse::<TokenStream>().map_err(|error| vec![Error::new(Span::call_site(), error)])?;
    let mentions = sources.files.iter().map(|file| mention(file));
    Ok(std::iter::once(tokens).chain(mentions).collect())
}

/// The bindings, and, where a start of an implementation was asked for, that in a module of its own.
fn one_file(files: &Files) -> String {
    let rust = || files.iter().filter(|(path, _)| path.ends_with(".rs"));
    let (starts, bindings): (Vec<_>, Vec<_>) = rust().partition(|(_, file)| file.kept == Kept::Yes);
    let mut out: String = bindings.iter().map(|(_, file)| file.text.as_str()).collect();
    for (_, start) in starts {
        // The start has the bindings as a module; here they are around it.
        let lines = start.text.lines().map(|line| {
            let module = line.strip_prefix("mod ").and_then(|rest| rest.strip_suffix(';'));
            module.map_or_else(|| line.to_owned(), |name| format!("mod {name} {{ pub use super::super::*; }}"))
        });
        out += &format!("\nmod _stubs {{\n{}\n}}\n", lines.collect::<Vec<_>>().join("\n"));
    }
    out
}

/// What could not be read, each at its path.
fn unread(found: Vec<(Option<usize>, Diagnostics)>, arguments: &Arguments) -> Vec<Error> {
    let span = |index: Option<usize>| {
        let path = index.and_then(|index| arguments.paths.as_ref()?.get(index));
        path.map_or_else(Span::call_site, |path| path.span)
    };
    found.iter().flat_map(|(index, found)| errors(found, arguments, span(*index))).collect()
}

/// Makes the compiler remember that the crate depends on a file.
fn mention(file: &Path) -> TokenStream {
    let path = file.to_string_lossy();
    quote! { const _: &[u8] = ::core::include_bytes!(#path); }
}

fn is_to_be_seen(arguments: &Arguments) -> bool {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0");
    arguments.debug || is_set("WITHE_BINDGEN_DEBUG") || is_set("WIT_BINDGEN_DEBUG")
}

/// Writes the output to a file that people can look at; gives what includes it.
fn written(world: &str, text: String) -> Result<String, Vec<Error>> {
    static CALLS: AtomicUsize = AtomicUsize::new(0);
    let folder = std::env::var_os("OUT_DIR").map_or_else(std::env::temp_dir, PathBuf::from).join("withe-bindgen");
    let name = std::env::var("CARGO_PKG_NAME").unwrap_or_default();
    let path = folder.join(format!("{name}-{world}-{}.rs", CALLS.fetch_add(1, Ordering::Relaxed)));
    let write = std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&path, text));
    write.map_err(|error| {
        let text = format!("`{}` cannot be written: {error}\n\nhelp: leave `debug` out", path.display());
        vec![Error::new(Span::call_site(), text)]
    })?;
    Ok(format!("::core::include!({:?});", path.to_string_lossy()))
}
