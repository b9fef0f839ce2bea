//! Arguments of `transpile`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// What can be said of the result.
const WRITTEN: &str = "\
Written are N.js, its types for TypeScript (N.d.ts, interfaces/*.d.ts)
and the core modules N.core.wasm, N.core2.wasm and so on. What an earlier
run under the same name wrote, and nothing in the folder needs any more, is
removed. N.js is an ES module: where no package.json says
`\"type\": \"module\"`, a note says so.

--map FROM=TO says where imports come from.
  FROM  an interface (`ns:pkg/iface`, with or without a version),
        all those of a package (`ns:pkg/*`),
        or a function of the world (`log`)
  TO    what stands in the import statement, seen from N.js (`./log.js`);
        `path#member` if it is a member of what that module exports,
        `*` for the interface's name

WASI 0.2 comes from @bytecodealliance/preview2-shim where nothing else is
said. With --wasi inline its packages cli, clocks, filesystem, io and random
are written beside the module, in DIR/wasi, for Node, browsers and others.
A program sees no folder but those that a script gives it by `_setPreopens`
of wasi/filesystem.js.

Examples:
  withe transpile adder.wasm -o js
  withe transpile app.wasm -o js --map 'my:app/log=./log.js'
  withe transpile app.wasm -o js --wit wit
  withe transpile app.wasm -o js --instantiation async
  withe transpile program.wasm -o js --wasi inline";

#[derive(Args, Clone, Debug)]
#[command(after_help = WRITTEN)]
pub struct TranspileArgs {
    /// A component; `-` is standard input; in a project the name of a component, which is built first
    pub component: PathBuf,
    /// The folder to write to
    #[arg(short = 'o', long = "output", visible_alias = "out-dir", value_name = "DIR")]
    pub out: PathBuf,
    /// The name of the module [default: the component's file name without `.component` and what is behind it]
    #[arg(short, long, value_name = "N")]
    pub name: Option<String>,
    /// Who makes the instance
    #[arg(short = 'I', long, value_enum, default_value_t, value_name = "MODE")]
    pub instantiation: Instantiation,
    /// Where an import comes from; may be given several times
    #[arg(short = 'M', long, value_name = "FROM=TO", value_parser = entry)]
    pub map: Vec<(String, String)>,
    /// The WIT that the component was made of, for documentation: a `.wit` file, a folder, a built-in
    ///
    /// A component carries none. Of what has the same name in the WIT, the module and its types show the documentation,
    /// and what is deprecated.
    #[arg(long, value_name = "WIT")]
    pub wit: Option<PathBuf>,
    /// Where WASI 0.2 comes from
    #[arg(long, value_enum, default_value_t, value_name = "WHERE")]
    pub wasi: Wasi,
    /// Leave out the types for TypeScript
    #[arg(long, alias = "no-typescript")]
    pub no_types: bool,
}

/// Who makes the instance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Instantiation {
    /// The module, as it is loaded
    #[default]
    Esm,
    /// `instantiate(getCoreModule, imports)`, which returns a promise
    Async,
    /// The same, without promises
    Sync,
}

/// Where WASI 0.2 comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Wasi {
    /// `@bytecodealliance/preview2-shim`, from npm
    #[default]
    Shim,
    /// Files that are written beside the module
    Inline,
}

fn entry(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((from, to)) if !from.is_empty() && !to.is_empty() => Ok((from.to_owned(), to.to_owned())),
        Some(_) | None => Err("an entry is FROM=TO".to_owned()),
    }
}
