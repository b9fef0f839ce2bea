//! The built-in preview1 adapters, and which of them a module needs.

use wasi_preview1_component_adapter_provider as provider;
use wasm::CoreModule;

/// The module name under which preview1 programs import their functions.
pub const BUILTIN_NAME: &str = provider::WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME;

/// A built-in adapter from preview1 to WASI 0.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Builtin {
    /// For programs with `_start`: provides `wasi:cli/run`.
    Command,
    /// For libraries.
    Reactor,
    /// For HTTP handlers that have neither files nor arguments.
    Proxy,
}

impl Builtin {
    /// The adapter that fits a module by itself; none if it imports nothing from preview1.
    pub fn choose(module: &CoreModule<'_>) -> Option<Self> {
        if !module.imports.iter().any(|import| import.module == BUILTIN_NAME) {
            return None;
        }
        Some(if module.exports.contains_key("_start") { Self::Command } else { Self::Reactor })
    }

    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "command" => Some(Self::Command),
            "reactor" => Some(Self::Reactor),
            "proxy" => Some(Self::Proxy),
            _ => None,
        }
    }

    /// As the command line writes it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Command => "command",
            Self::Reactor => "reactor",
            Self::Proxy => "proxy",
        }
    }
}

/// The preview1 functions that a module imports and the proxy adapter has no world for: calls of them fail.
pub fn proxy_cannot(module: &CoreModule<'_>) -> Vec<String> {
    let preview1 = module.imports.iter().filter(|import| import.module == BUILTIN_NAME);
    preview1.map(|import| import.field.to_string()).filter(|field| needs_files_or_host(field)).collect()
}

fn needs_files_or_host(field: &str) -> bool {
    const FILES: [&str; 16] = [
        "fd_advise",
        "fd_allocate",
        "fd_datasync",
        "fd_fdstat_set_flags",
        "fd_fdstat_set_rights",
        "fd_filestat_get",
        "fd_filestat_set_size",
        "fd_filestat_set_times",
        "fd_pread",
        "fd_pwrite",
        "fd_readdir",
        "fd_renumber",
        "fd_seek",
        "fd_sync",
        "fd_tell",
        "proc_exit",
    ];
    field.starts_with("path_") || field.starts_with("sock_") || FILES.contains(&field)
}

/// The adapter's bytes: a core module with its metadata.
pub fn builtin(adapter: Builtin) -> &'static [u8] {
    match adapter {
        Builtin::Command => provider::WASI_SNAPSHOT_PREVIEW1_COMMAND_ADAPTER,
        Builtin::Reactor => provider::WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER,
        Builtin::Proxy => provider::WASI_SNAPSHOT_PREVIEW1_PROXY_ADAPTER,
    }
}
