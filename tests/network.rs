//! What network grants open, and that nothing else is open.

mod session;

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};

use session::{Ran, run};

/// A server that answers every connection with an empty response, until the test ends.
fn server() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("this machine has a loopback");
    let address = listener.local_addr().expect("it is bound");
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut stream = stream;
            let _ = stream.read(&mut [0; 1024]);
            let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n");
        }
    });
    address
}

/// Wraps a program of the fixtures and runs it with grants and one argument.
fn run_wrapped(name: &str, grants: &[&str], argument: &str) -> Ran {
    let folder = tempfile::tempdir().expect("temporary folders can be made");
    let component = folder.path().join("program.wasm");
    let component = component.to_str().expect("its path is text");
    let (core, wit) = (format!("{name}/{name}.wat"), format!("{name}/{name}.wit"));
    let wrapped = run(&["wrap", &core, "--wit", &wit, "-o", component]);
    assert_eq!(wrapped.status, 0, "{}", wrapped.stderr);
    run(&[&["run", component], grants, &["--", argument]].concat())
}

#[test]
fn requests_go_only_where_they_are_granted() {
    let address = server().to_string();
    let port = format!("127.0.0.1:{}", 1);
    let ran = |grants: &[&str]| run_wrapped("get", grants, &address);
    assert_eq!(ran(&["--http-allow", &address]).status, 0);
    assert_eq!(ran(&["--http-allow", "127.0.0.1"]).status, 0);
    for grants in [&[][..], &["--http-allow", &port], &["--http-allow", "localhost"], &["--connect", &address]] {
        let refused = ran(grants);
        assert_eq!(refused.status, 1, "{grants:?}");
        assert!(refused.stderr.contains(&format!("`--http-allow {address}`")), "{grants:?}: {}", refused.stderr);
    }
}

#[test]
fn connections_go_only_where_they_are_granted() {
    let address = server();
    let (port, whole) = (address.port().to_string(), address.to_string());
    let ran = |grants: &[&str]| run_wrapped("connect", grants, &port);
    assert_eq!(ran(&["--connect", &whole]).status, 0);
    for grants in [&[][..], &["--connect", "127.0.0.1:1"], &["--listen", &whole], &["--http-allow", &whole]] {
        let refused = ran(grants);
        assert_eq!(refused.status, 1, "{grants:?}");
        assert!(refused.stderr.contains(&format!("`--connect {whole}`")), "{grants:?}: {}", refused.stderr);
    }
}
