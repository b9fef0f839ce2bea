//! The command that installs a tool on this machine: with what is here already, else with its makers' own way.
//!
//! In: a tool, its state, the machine. Out: one command line to paste.

use super::probe::{Machine, State};

/// The newest Go that generated code was tried with is newer; this one is what it needs.
const GO: &str = "1.24.0";

/// The command that installs a target of the Rust compiler.
pub(super) fn rust_target(machine: &Machine, target: &str) -> String {
    if machine.named_rustc().is_some() {
        return format!("see that `RUSTC` names a compiler with the library of `{target}`, or unset it");
    }
    let has = |name: &str| machine.find(name).is_some();
    let add = format!("rustup target add {target}");
    if has("rustup") { add } else { format!("{} && {add}", rustup(has("brew"))) }
}

/// The command that installs the tool, or a newer version of it; nothing for a tool that withe does not know.
pub(super) fn known(machine: &Machine, name: &str, state: &State) -> Option<String> {
    let has = |name: &str| machine.find(name).is_some();
    Some(match name {
        "rustc" if machine.named_rustc().is_some() => "see that `RUSTC` names a compiler, or unset it".to_owned(),
        "rustc" | "cargo" if has("rustup") && matches!(state, State::Old(_)) => "rustup update stable".to_owned(),
        "rustc" | "cargo" if has("rustup") => "rustup toolchain install stable".to_owned(),
        "rustc" | "cargo" => rustup(has("brew")),
        "go" if has("brew") => "brew install go".to_owned(),
        // A Go from 1.21 on fetches a newer one by itself.
        "go" if matches!(state, State::Old(line) if line.contains("go1.21") || line.contains("go1.22") || line.contains("go1.23")) =>
        {
            format!("go env -w GOTOOLCHAIN=go{GO}+auto")
        }
        "go" => go_archive(),
        "clang" | "wasm-ld" => c_compiler(&has),
        "node" if has("brew") => "brew install node".to_owned(),
        "node" => npm(&has, "node@24"),
        "npm" => {
            packages(&has, "npm", "node", "npm").unwrap_or_else(|| "see https://nodejs.org/en/download".to_owned())
        }
        "tsc" => npm(&has, "typescript"),
        "chromium" => packages(&has, "chromium", "--cask chromium", "chromium")
            .unwrap_or_else(|| "npx playwright install chromium".to_owned()),
        "wasm-tools" if has("brew") => "brew install wasm-tools".to_owned(),
        "wasm-tools" => "cargo install --locked wasm-tools".to_owned(),
        "wasmtime" if has("brew") => "brew install wasmtime".to_owned(),
        "wasmtime" => "cargo install --locked wasmtime-cli".to_owned(),
        "componentize-py" => python_program(&has, "componentize-py"),
        "python" | "python3" => packages(&has, "python3", "python", "python3")
            .unwrap_or_else(|| "see https://www.python.org/downloads/".to_owned()),
        "jco" => npm(&has, "@bytecodealliance/jco"),
        "npx" => npm(&has, "npx"),
        "tinygo" if has("brew") => "brew install tinygo".to_owned(),
        "tinygo" => "see https://tinygo.org/getting-started/install/".to_owned(),
        "zig" if has("brew") => "brew install zig".to_owned(),
        "zig" => "see https://ziglang.org/download/".to_owned(),
        "make" | "cmake" | "ninja" => packages(&has, name, name, name)?,
        _ => return None,
    })
}

/// The same, where it is known that there is one.
pub(super) fn command(machine: &Machine, name: &str, state: &State) -> String {
    known(machine, name, state).unwrap_or_else(|| format!("put `{name}` on the search path"))
}

/// A program made in Python, apart from the system's own packages, which many systems protect.
fn python_program(has: &impl Fn(&str) -> bool, package: &str) -> String {
    let pipx = format!("pipx install {package}");
    if has("pipx") {
        return pipx;
    }
    if has("uv") {
        return format!("uv tool install {package}");
    }
    match packages(has, "pipx", "pipx", "pipx") {
        Some(first) => format!("{first} && {pipx}"),
        None => format!("python3 -m pip install {package}"),
    }
}

/// What is to be done, as a sentence: a command is run, other advice stands as it is.
pub(super) fn as_help(install: &str) -> String {
    let is_advice = ["see ", "put "].iter().any(|start| install.starts_with(start));
    if is_advice { install.to_owned() } else { format!("run `{install}`") }
}

fn rustup(has_brew: bool) -> String {
    if has_brew {
        "brew install rustup && rustup default stable".to_owned()
    } else {
        "curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh".to_owned()
    }
}

/// Distributions have older versions, so it is the makers' own archive.
fn go_archive() -> String {
    let system = if cfg!(target_os = "macos") { "darwin" } else { "linux" };
    let machine = if cfg!(target_arch = "aarch64") { "arm64" } else { "amd64" };
    if cfg!(windows) {
        return "winget install GoLang.Go".to_owned();
    }
    format!("curl -sSfL https://go.dev/dl/go{GO}.{system}-{machine}.tar.gz | tar -C /usr/local -xz")
}

fn c_compiler(has: &impl Fn(&str) -> bool) -> String {
    packages(
        has,
        "clang lld wasi-libc libclang-rt-dev-wasm32",
        "llvm lld wasi-libc wasi-runtimes",
        "clang lld wasi-libc",
    )
    .unwrap_or_else(|| "see https://github.com/WebAssembly/wasi-sdk/releases".to_owned())
}

/// With npm, which is installed first where it is missing.
fn npm(has: &impl Fn(&str) -> bool, package: &str) -> String {
    let install = format!("npm install --global {package}");
    if has("npm") {
        return install;
    }
    match packages(has, "npm", "node", "npm") {
        Some(first) => format!("{first} && {install}"),
        None => "see https://nodejs.org/en/download".to_owned(),
    }
}

/// With the system's own packages; `None` if there is no manager that is known.
fn packages(has: &impl Fn(&str) -> bool, apt: &str, brew: &str, others: &str) -> Option<String> {
    let with = |command: &str, names: &str| {
        // What is installed for the whole system needs its rights.
        let sudo = if has("sudo") { "sudo " } else { "" };
        Some(format!("{sudo}{command} {names}"))
    };
    if has("brew") {
        Some(format!("brew install {brew}"))
    } else if has("apt-get") {
        with("apt-get install", apt)
    } else if has("dnf") {
        with("dnf install", others)
    } else if has("apk") {
        with("apk add", others)
    } else if has("pacman") {
        with("pacman -S", others)
    } else {
        None
    }
}
