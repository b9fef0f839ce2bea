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
    session::with_wrapped(name, |component| run(&[&["run", component], grants, &["--", argument]].concat()))
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

/// Calls one function of `everything3`, which gives 255 or the number of an error.
fn ask3(expression: &str, grants: &[&str]) -> Ran {
    session::with_wrapped("everything3", |component| run(&[&["call", component, expression], grants].concat()))
}

#[test]
fn wasi_0_3_has_the_same_grants() {
    let address = server();
    let (port, whole) = (address.port().to_string(), address.to_string());
    let connect = format!("connect({port})");
    let said = |ran: &Ran| ran.stdout.trim().to_owned();
    assert_eq!(said(&ask3(&connect, &["--connect", &whole])), "255");
    for grants in [&[][..], &["--listen", &whole], &["--http-allow", &whole], &["--connect", "127.0.0.1:1"]] {
        let refused = ask3(&connect, grants);
        assert_eq!(said(&refused), "0", "access-denied with {grants:?}");
        assert!(refused.stderr.contains(&format!("`--connect {whole}`")), "{}", refused.stderr);
    }

    let get = |host: &str| format!("get(\"{host}:{port}\")");
    assert_eq!(said(&ask3(&get("127.0.0.1"), &["--http-allow", &whole])), "255");
    assert_eq!(said(&ask3(&get("127.0.0.1"), &["--http-allow", "127.0.0.1"])), "255");
    for host in ["localhost", "[::ffff:127.0.0.1]", "[::1]", "127.1", "0x7f.1", "user@127.0.0.1", "127.0.0.1@localhost"]
    {
        let refused = ask3(&get(host), &["--http-allow", "127.0.0.1", "--connect", &whole]);
        // `HTTP-request-denied`, or an authority that is none.
        assert!(["15", "254"].contains(&said(&refused).as_str()), "{host}: {}", refused.stdout);
    }

    assert_eq!(said(&ask3(&format!("datagram({port})"), &["--connect", &whole, "--listen", &whole])), "0");
    assert_eq!(said(&ask3("look-up(\"localhost\")", &["--connect", &whole, "--http-allow", "localhost"])), "4");
}

#[test]
fn listening_is_granted_alone() {
    // A port that was free a moment ago.
    let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port is free");
    let (port, whole) = (free.port(), free.to_string());
    let listen = |port: u16| format!("listen({port})");
    let said = |expression: &str, grants: &[&str]| ask3(expression, grants).stdout.trim().to_owned();
    assert_eq!(said(&listen(port), &["--listen", &whole]), "255");
    assert_eq!(said(&listen(0), &["--listen", "127.0.0.1:0"]), "255", "any port of the system's choice");
    assert_eq!(said(&listen(port), &["--connect", &whole]), "0", "connecting is not listening");
    assert_eq!(said(&listen(port), &["--listen", "127.0.0.1:1"]), "0", "another port");
    assert_eq!(said(&listen(0), &["--listen", &whole]), "0", "the system might choose another port");
    let refused = ask3(&listen(port), &[]);
    assert!(refused.stderr.contains(&format!("`--listen {whole}`")), "{}", refused.stderr);
}

#[test]
fn clocks_and_random_numbers_of_wasi_0_3() {
    let frozen = ["--clock", "frozen", "--random", "seed=1"];
    assert_eq!(ask3("now()", &frozen).stdout, "0\n");
    assert_eq!(ask3("seconds()", &frozen).stdout, "0\n");
    assert_ne!(ask3("now()", &[]).stdout, "0\n");
    for expression in ["random()", "insecure()"] {
        let first = ask3(expression, &frozen).stdout;
        assert_eq!(first, ask3(expression, &frozen).stdout);
        assert_ne!(first, ask3(expression, &["--random", "seed=2"]).stdout);
        assert_ne!(first, ask3(expression, &[]).stdout);
    }
}
