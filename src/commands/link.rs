//! `withe link`: shared libraries become one component.

use std::path::Path;

use encode::Guest;
use encode::link::{LIBDL, LIBDL_NAME, LinkOptions, Shared};
use types::Types;

use super::reduce::{self, Before};
use super::wrap;
use crate::cli::LinkArgs;
use crate::io::Wasm;
use crate::{Exit, Io};

pub fn link(args: &LinkArgs, io: &mut Io) -> diag::Result<Exit> {
    wrap::check_flags(&args.flags)?;
    let files = library_files(args, io)?;
    if files.is_empty() {
        io.report(nothing_to_link());
    }
    let mut types = Types::new();
    let libraries = read_libraries(args, io, &mut types, &files)?;
    let linkage = encode::link::link(&libraries, &link_options(args))?;
    let used: Vec<&Guest<'_>> = linkage.order.iter().map(|index| &libraries[*index].guest).collect();
    let adapter_files = wrap::adapter_files(&args.flags, io, &used)?;
    let adapters = wrap::read_adapters(&mut types, &adapter_files)?;
    let input = linkage.input(&mut types, &libraries, adapters, wrap::options(&args.flags))?;

    // From here on no type is added and nothing is looked up by name.
    let before = Before::of(&args.flags, &input);
    let shaken = reduce::shaken(&args.flags, &types, &input)?;
    let input = encode::with_modules(input, &shaken)?;
    let plan = encode::plan(&types, &input)?;
    let cores: Vec<&Wasm> = files.iter().map(|file| &file.wasm).collect();
    wrap::write(&args.flags, &args.out, io, &plan, &cores, before)
}

/// A library before it is read.
struct LibraryFile {
    name: String,
    wasm: Wasm,
    dl_openable: bool,
}

fn library_files(args: &LinkArgs, io: &mut Io) -> diag::Result<Vec<LibraryFile>> {
    let plain = args.libraries.iter().map(|text| (text, false));
    let openable = args.dl_openable.iter().map(|text| (text, true));
    let mut files = Vec::new();
    let mut wrong = Vec::new();
    for (text, dl_openable) in plain.chain(openable) {
        let (name, path) = match text.split_once('=') {
            Some((name, path)) => (name.to_owned(), Path::new(path)),
            None => {
                let path = Path::new(text);
                (path.file_name().unwrap_or_default().to_string_lossy().into_owned(), path)
            }
        };
        match io.read_wasm(path) {
            Ok(wasm) => files.push(LibraryFile { name, wasm, dl_openable }),
            Err(diag::Diagnostics(more)) => wrong.extend(more),
        }
    }
    if args.use_built_in_libdl {
        let wasm = crate::io::parse_wat("<libdl>", LIBDL.into())?;
        files.push(LibraryFile { name: LIBDL_NAME.to_owned(), wasm, dl_openable: false });
    }
    if wrong.is_empty() { Ok(files) } else { Err(diag::Diagnostics(wrong)) }
}

/// The libraries, decoded; the world that the user names is that of the first.
fn read_libraries<'a>(
    args: &LinkArgs,
    io: &mut Io,
    types: &mut Types,
    files: &'a [LibraryFile],
) -> diag::Result<Vec<Shared<'a>>> {
    let mut libraries = Vec::new();
    let mut wrong = Vec::new();
    for (index, LibraryFile { name, wasm, dl_openable }) in files.iter().enumerate() {
        let module = wasm::read_module(&wasm.name, &wasm.bytes);
        let guest = module.and_then(|module| match index {
            0 => wrap::main_guest(&args.flags, io, types, module),
            _ => Guest::of(types, module),
        });
        match guest {
            Ok(guest) => libraries.push(Shared { name: name.clone(), guest, dl_openable: *dl_openable }),
            Err(diag::Diagnostics(more)) => wrong.extend(more),
        }
    }
    if wrong.is_empty() { Ok(libraries) } else { Err(diag::Diagnostics(wrong)) }
}

fn link_options(args: &LinkArgs) -> LinkOptions {
    LinkOptions { stack_size: args.stack_size, stub_missing_functions: args.stub_missing_functions }
}

fn nothing_to_link() -> diag::Diagnostic {
    diag::warning("link/nothing", "no library is given: the component will be empty")
        .help("name the libraries: `withe link [NAME=]LIB... -o OUT`")
}
