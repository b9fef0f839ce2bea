//! The linker: what this host has for a component's imports.
//!
//! In: a component. Out: a linker that holds exactly the known interfaces that it imports.
//! Holds: an interface is found by its name and semver track, as the specification's canonical names have it;
//! linking is not granting: every interface here refuses what no grant covers.

use types::InterfaceName;
use wasmtime::component::{Component, Linker};
use wasmtime_wasi::I32Exit;
use wasmtime_wasi::cli::{WasiCli, WasiCliView};
use wasmtime_wasi::clocks::{WasiClocks, WasiClocksView};
use wasmtime_wasi::filesystem::{WasiFilesystem, WasiFilesystemView};
use wasmtime_wasi::random::{WasiRandom, WasiRandomView};
use wasmtime_wasi::sockets::{WasiSockets, WasiSocketsView};
use wasmtime_wasi::{p2::bindings as p2b, p3::bindings as p3b};
use wasmtime_wasi_http::{WasiHttp, WasiHttpView, p2::bindings as http2, p3::bindings as http3};
use wasmtime_wasi_io::bindings::wasi::io;

use crate::host::Host;
use crate::{files, files3};

/// One interface that this host has.
#[derive(Clone, Copy)]
pub(crate) struct Provided {
    /// With the newest version of its track.
    pub(crate) name: &'static str,
    add: fn(&mut Linker<Host>) -> wasmtime::Result<()>,
}

/// `wasi:io`'s data is the table alone.
struct Io;

impl wasmtime::component::HasData for Io {
    type Data<'a> = &'a mut wasmtime::component::ResourceTable;
}

macro_rules! provided {
    ($($name:literal: $add:expr;)*) => { &[$(Provided { name: $name, add: $add }),*] };
}

/// Every interface of the host.
pub(crate) const PROVIDED: &[Provided] = provided! {
    "wasi:io/error@0.2.12": |l| io::error::add_to_linker::<Host, Io>(l, |host| &mut host.table);
    "wasi:io/poll@0.2.12": |l| io::poll::add_to_linker::<Host, Io>(l, |host| &mut host.table);
    "wasi:io/streams@0.2.12": |l| io::streams::add_to_linker::<Host, Io>(l, |host| &mut host.table);
    "wasi:clocks/wall-clock@0.2.12": |l| p2b::clocks::wall_clock::add_to_linker::<Host, WasiClocks>(l, Host::clocks);
    "wasi:clocks/monotonic-clock@0.2.12":
        |l| p2b::clocks::monotonic_clock::add_to_linker::<Host, WasiClocks>(l, Host::clocks);
    "wasi:filesystem/types@0.2.12": files::add_to_linker;
    "wasi:filesystem/preopens@0.2.12":
        |l| p2b::filesystem::preopens::add_to_linker::<Host, WasiFilesystem>(l, Host::filesystem);
    "wasi:random/random@0.2.12": |l| p2b::random::random::add_to_linker::<Host, WasiRandom>(l, Host::random);
    "wasi:random/insecure@0.2.12": |l| p2b::random::insecure::add_to_linker::<Host, WasiRandom>(l, Host::random);
    "wasi:random/insecure-seed@0.2.12":
        |l| p2b::random::insecure_seed::add_to_linker::<Host, WasiRandom>(l, Host::random);
    "wasi:cli/exit@0.2.12": |l| p2b::cli::exit::add_to_linker::<Host, WasiCli>(l, Host::cli);
    "wasi:cli/environment@0.2.12": |l| p2b::cli::environment::add_to_linker::<Host, WasiCli>(l, Host::cli);
    "wasi:cli/stdin@0.2.12": |l| p2b::cli::stdin::add_to_linker::<Host, WasiCli>(l, Host::cli);
    "wasi:cli/stdout@0.2.12": |l| p2b::cli::stdout::add_to_linker::<Host, WasiCli>(l, Host::cli);
    "wasi:cli/stderr@0.2.12": |l| p2b::cli::stderr::add_to_linker::<Host, WasiCli>(l, Host::cli);
    "wasi:cli/terminal-input@0.2.12": |l| p2b::cli::terminal_input::add_to_linker::<Host, WasiCli>(l, Host::cli);
    "wasi:cli/terminal-output@0.2.12": |l| p2b::cli::terminal_output::add_to_linker::<Host, WasiCli>(l, Host::cli);
    "wasi:cli/terminal-stdin@0.2.12": |l| p2b::cli::terminal_stdin::add_to_linker::<Host, WasiCli>(l, Host::cli);
    "wasi:cli/terminal-stdout@0.2.12": |l| p2b::cli::terminal_stdout::add_to_linker::<Host, WasiCli>(l, Host::cli);
    "wasi:cli/terminal-stderr@0.2.12": |l| p2b::cli::terminal_stderr::add_to_linker::<Host, WasiCli>(l, Host::cli);
    "wasi:sockets/network@0.2.12": |l| {
        let options = p2b::LinkOptions::default();
        p2b::sockets::network::add_to_linker::<Host, WasiSockets>(l, &(&options).into(), Host::sockets)
    };
    "wasi:sockets/instance-network@0.2.12":
        |l| p2b::sockets::instance_network::add_to_linker::<Host, WasiSockets>(l, Host::sockets);
    "wasi:sockets/ip-name-lookup@0.2.12":
        |l| p2b::sockets::ip_name_lookup::add_to_linker::<Host, WasiSockets>(l, Host::sockets);
    "wasi:sockets/tcp@0.2.12": |l| p2b::sockets::tcp::add_to_linker::<Host, WasiSockets>(l, Host::sockets);
    "wasi:sockets/tcp-create-socket@0.2.12":
        |l| p2b::sockets::tcp_create_socket::add_to_linker::<Host, WasiSockets>(l, Host::sockets);
    "wasi:sockets/udp@0.2.12": |l| p2b::sockets::udp::add_to_linker::<Host, WasiSockets>(l, Host::sockets);
    "wasi:sockets/udp-create-socket@0.2.12":
        |l| p2b::sockets::udp_create_socket::add_to_linker::<Host, WasiSockets>(l, Host::sockets);
    "wasi:http/types@0.2.12": |l| {
        let options = http2::LinkOptions::default();
        http2::http::types::add_to_linker::<Host, WasiHttp>(l, &(&options).into(), Host::http)
    };
    "wasi:http/outgoing-handler@0.2.12":
        |l| http2::http::outgoing_handler::add_to_linker::<Host, WasiHttp>(l, Host::http);
    "wasi:cli/exit@0.3.0": |l| p3b::cli::exit::add_to_linker::<Host, WasiCli>(l, Host::cli);
    "wasi:cli/environment@0.3.0": |l| p3b::cli::environment::add_to_linker::<Host, WasiCli>(l, Host::cli);
    "wasi:cli/stdin@0.3.0": |l| p3b::cli::stdin::add_to_linker::<Host, WasiCli>(l, Host::cli);
    "wasi:cli/stdout@0.3.0": |l| p3b::cli::stdout::add_to_linker::<Host, WasiCli>(l, Host::cli);
    "wasi:cli/stderr@0.3.0": |l| p3b::cli::stderr::add_to_linker::<Host, WasiCli>(l, Host::cli);
    "wasi:cli/terminal-input@0.3.0": |l| p3b::cli::terminal_input::add_to_linker::<Host, WasiCli>(l, Host::cli);
    "wasi:cli/terminal-output@0.3.0": |l| p3b::cli::terminal_output::add_to_linker::<Host, WasiCli>(l, Host::cli);
    "wasi:cli/terminal-stdin@0.3.0": |l| p3b::cli::terminal_stdin::add_to_linker::<Host, WasiCli>(l, Host::cli);
    "wasi:cli/terminal-stdout@0.3.0": |l| p3b::cli::terminal_stdout::add_to_linker::<Host, WasiCli>(l, Host::cli);
    "wasi:cli/terminal-stderr@0.3.0": |l| p3b::cli::terminal_stderr::add_to_linker::<Host, WasiCli>(l, Host::cli);
    "wasi:clocks/types@0.3.0": |l| p3b::clocks::types::add_to_linker::<Host, WasiClocks>(l, Host::clocks);
    "wasi:clocks/monotonic-clock@0.3.0":
        |l| p3b::clocks::monotonic_clock::add_to_linker::<Host, WasiClocks>(l, Host::clocks);
    "wasi:clocks/system-clock@0.3.0":
        |l| p3b::clocks::system_clock::add_to_linker::<Host, WasiClocks>(l, Host::clocks);
    "wasi:filesystem/types@0.3.0": files3::add_to_linker;
    "wasi:filesystem/preopens@0.3.0":
        |l| p3b::filesystem::preopens::add_to_linker::<Host, WasiFilesystem>(l, Host::filesystem);
    "wasi:random/random@0.3.0": |l| p3b::random::random::add_to_linker::<Host, WasiRandom>(l, Host::random);
    "wasi:random/insecure@0.3.0": |l| p3b::random::insecure::add_to_linker::<Host, WasiRandom>(l, Host::random);
    "wasi:random/insecure-seed@0.3.0":
        |l| p3b::random::insecure_seed::add_to_linker::<Host, WasiRandom>(l, Host::random);
    "wasi:sockets/types@0.3.0": |l| p3b::sockets::types::add_to_linker::<Host, WasiSockets>(l, Host::sockets);
    "wasi:sockets/ip-name-lookup@0.3.0":
        |l| p3b::sockets::ip_name_lookup::add_to_linker::<Host, WasiSockets>(l, Host::sockets);
    "withe:preview1/exit": add_exit;
    "wasi:http/types@0.3.0": |l| http3::http::types::add_to_linker::<Host, WasiHttp>(l, Host::http);
    "wasi:http/client@0.3.0": |l| http3::http::client::add_to_linker::<Host, WasiHttp>(l, Host::http);
};

/// The exit of preview1 programs that are wrapped in memory: WASI 0.2's own knows only success and failure.
fn add_exit(linker: &mut Linker<Host>) -> wasmtime::Result<()> {
    linker.instance("withe:preview1/exit")?.func_wrap("exit", |_, (status,): (u32,)| -> wasmtime::Result<()> {
        Err(wasmtime::Error::from(I32Exit(status.cast_signed())))
    })
}

/// The provided interface that serves an import, by name and semver track.
pub(crate) fn provider(import: &str) -> Option<&'static Provided> {
    let wanted = InterfaceName::parse(import)?;
    PROVIDED.iter().find(|provided| InterfaceName::parse(provided.name).is_some_and(|name| name.same_track(&wanted)))
}

/// Makes a linker with what the component imports and this host has; the rest is the caller's to report.
pub(crate) fn linker(component: &Component) -> wasmtime::Result<Linker<Host>> {
    let engine = component.engine();
    let mut linker = Linker::new(engine);
    let mut added: Vec<&str> = Vec::new();
    for (name, _) in component.component_type().imports(engine) {
        if let Some(provided) = provider(name)
            && !added.contains(&provided.name)
        {
            (provided.add)(&mut linker)?;
            added.push(provided.name);
        }
    }
    Ok(linker)
}
