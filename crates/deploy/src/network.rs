//! What a component is granted of the network, as targets write it.

use core::net::{IpAddr, SocketAddr};

use crate::app::{App, Authority};

/// Interfaces by which a component reaches out: WASI's, and those of Spin.
const OUTBOUND: &[&str] = &["wasi:http/outgoing-handler", "fermyon:spin/http"];
const SOCKETS: &[&str] = &["wasi:sockets/tcp", "wasi:sockets/udp", "wasi:sockets/tcp-create-socket"];
const DATABASES: &[&str] = &[
    "fermyon:spin/redis",
    "fermyon:spin/mqtt",
    "fermyon:spin/mysql",
    "fermyon:spin/postgres",
    "spin:postgres/postgres",
];

/// Whether the component can send HTTP requests.
pub fn sends_http(app: &App) -> bool {
    OUTBOUND.iter().any(|interface| app.component.imports_interface(interface))
}

/// Whether the component can open sockets.
pub fn has_sockets(app: &App) -> bool {
    SOCKETS.iter().any(|interface| app.component.imports_interface(interface))
}

/// Whether the component can reach anything outside.
pub fn reaches_out(app: &App) -> bool {
    sends_http(app) || has_sockets(app) || DATABASES.iter().any(|name| app.component.imports_interface(name))
}

/// The IP address of an authority that is one.
pub fn ip(authority: &Authority) -> Option<IpAddr> {
    let host = authority.host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(&authority.host);
    host.parse().ok()
}

/// `[::1]:80` as Spin has it: any scheme.
pub fn any_scheme(address: &SocketAddr) -> String {
    format!("*://{address}")
}
