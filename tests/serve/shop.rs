//! A service in Go, with `net/http`, JSON and goroutines: every kind of answer, and many requests at once.
//!
//! In: the project that `withe new` writes, with the program in `fixtures/go/http`. Out: nothing.

use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Duration;

use serde_json::{Value, json};
use testing::go::Go;
use testing::{Outcome, Trouble, fixtures, scratch};

use crate::client::{Answer, Client};
use crate::ensure;
use crate::server::{Server, withe};

/// The component, made once.
fn shop() -> Result<PathBuf, Trouble> {
    static MADE: OnceLock<Result<PathBuf, Trouble>> = OnceLock::new();
    let make = || {
        let folder = scratch("serve-shop")?;
        withe(&folder, &["new", "shop", "--lang", "go", "--template", "http"])?;
        std::fs::copy(fixtures("go/http/main.go"), folder.join("shop/main.go"))?;
        // Its tests are of the routes that are no more.
        std::fs::remove_file(folder.join("shop/main_test.go"))?;
        let core = Go::Machine.build(&folder.join("shop"), ".", "serve-shop")?;
        withe(&folder, &["wrap", &core.to_string_lossy(), "--adapt", "proxy", "-o", "shop.wasm"])?;
        Ok(folder.join("shop.wasm"))
    };
    MADE.get_or_init(make).clone()
}

/// One server for both: to compile the component takes longer than all requests.
pub fn is_served() -> Outcome {
    let server = Server::start(&shop()?, &["--reuse", "20", "--at-once", "32", "--timeout", "60s"])?;
    answers(&server)?;
    is_under_load(&server)
}

fn post(client: &mut Client, target: &str, body: &str) -> Result<Answer, Trouble> {
    let length = body.len();
    client
        .send(format!("POST {target} HTTP/1.1\r\nhost: test\r\ncontent-length: {length}\r\n\r\n{body}").as_bytes())?;
    client.answer("POST")
}

fn header<'a>(answer: &'a Answer, name: &str) -> Vec<&'a str> {
    answer.headers.iter().filter(|(given, _)| given == name).map(|(_, value)| value.as_str()).collect()
}

fn parsed(answer: &Answer) -> Result<Value, Trouble> {
    serde_json::from_slice(&answer.body).map_err(|error| format!("{error}: {answer:?}").into())
}

/// Routing, status codes, headers, lengths and streams, as `net/http` has them.
fn answers(server: &Server) -> Outcome {
    let mut client = Client::new(server.address)?;
    for (target, status, text) in [
        ("/nothing", 404, "404 page not found\n"),
        ("/upper", 405, "Method Not Allowed\n"),
        ("/empty", 204, ""),
        ("/after/30", 200, "context deadline exceeded\n"),
        ("/primes/30", 200, "[2,3,5,7,11,13,17,19,23,29]\n"),
    ] {
        let answer = client.get(target)?;
        ensure((answer.status, answer.text().as_str()) == (status, text), (target, &answer))?;
        ensure(header(&answer, "x-served-by") == ["go"], &answer)?;
        let length = text.len().to_string();
        ensure(status == 204 || header(&answer, "content-length") == [length.as_str()], &answer)?;
    }
    ensure(header(&client.get("/upper")?, "allow") == ["POST"], "what is allowed")?;

    let twice = client.get("/twice")?;
    ensure(twice.status == 418 && header(&twice, "x-first") == ["yes"], &twice)?;
    ensure(header(&twice, "set-cookie") == ["a=1", "b=2"], &twice)?;
    ensure(header(&twice, "content-type") == ["text/html; charset=utf-8"], &twice)?;
    let lines = client.get("/lines")?;
    ensure(lines.text().lines().count() == 2000 && lines.text().ends_with("line 1999\n"), "a long answer")?;
    ensure(header(&lines, "transfer-encoding") == ["chunked"], header(&lines, "transfer-encoding"))?;

    client.send(b"GET /about?q=a%20b HTTP/1.1\r\nhost: shop.test\r\naccept: a\r\naccept: b\r\n\r\n")?;
    let about = parsed(&client.answer("GET")?)?;
    let expected = json!({
        "method": "GET", "host": "shop.test", "path": "/about", "query": "a b", "uri": "/about?q=a%20b",
        "accept": ["a", "b"], "length": about["length"],
    });
    ensure(about == expected, about)?;
    client.send(b"HEAD /primes/30 HTTP/1.1\r\nhost: test\r\n\r\n")?;
    let head = client.answer("HEAD")?;
    ensure(head.status == 200 && header(&head, "content-length") == ["28"], &head)?;
    ensure(client.get("/empty")?.status == 204, "the connection goes on after HEAD")?;

    let large = format!("{{\"items\": [{}", " ".repeat(70_000));
    for (body, status) in [("{", 400), ("{\"other\": 1}", 400), ("[]", 400), (&large, 413)] {
        // Who is answered before the body was read may find the connection closed.
        let answer = post(&mut Client::new(server.address)?, "/orders/1", body)?;
        ensure(answer.status == status && parsed(&answer)?["error"].is_string(), &answer)?;
    }
    is_streamed(server)?;
    a_panic_is_told(server)
}

/// A line comes back before the next is sent.
fn is_streamed(server: &Server) -> Outcome {
    use std::io::Read as _;
    let mut client = Client::new(server.address)?;
    client.send(b"POST /upper HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n4\r\nabc\n\r\n")?;
    let mut seen = Vec::new();
    while !seen.ends_with(b"4\r\nABC\n\r\n") {
        let mut byte = [0];
        client.stream.read_exact(&mut byte)?;
        seen.push(byte[0]);
    }
    client.send(b"3\r\nde\n\r\n0\r\n\r\n")?;
    while !seen.ends_with(b"0\r\n\r\n") {
        let mut byte = [0];
        client.stream.read_exact(&mut byte)?;
        seen.push(byte[0]);
    }
    ensure(seen.ends_with(b"3\r\nDE\n\r\n0\r\n\r\n"), String::from_utf8_lossy(&seen))
}

/// What Go says of a panic is seen, and the client gets 500.
fn a_panic_is_told(server: &Server) -> Outcome {
    let answer = Client::new(server.address)?.get("/panic")?;
    ensure(answer.status == 500, &answer)?;
    let said = server.said();
    ensure(said.contains("panic: asked to") && said.contains("main.routes"), said)
}

/// Connections at once, and requests of each.
const CONNECTIONS: usize = 200;
const REQUESTS: usize = 4;

/// Every answer is its request's, and nothing is left in memory.
fn is_under_load(server: &Server) -> Outcome {
    flood(server)?;
    std::thread::sleep(Duration::from_millis(300));
    let before = server.memory();
    flood(server)?;
    std::thread::sleep(Duration::from_millis(300));
    let (Some(before), Some(after)) = (before, server.memory()) else {
        return Err(Trouble::MissingTool("no /proc: the memory of a process is not known".to_owned()));
    };
    // In KiB. Eight instances that were left behind would be more.
    ensure(after < before + 48 * 1024, format!("{before} KiB before, {after} KiB after"))
}

fn flood(server: &Server) -> Outcome {
    let address = server.address;
    let work = |connection: usize| -> Outcome {
        let mut client = Client::new(address)?;
        (0..REQUESTS).try_for_each(|request| order(&mut client, connection * REQUESTS + request))
    };
    let done: Vec<Outcome> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..CONNECTIONS).map(|connection| scope.spawn(move || work(connection))).collect();
        workers.into_iter().map(|worker| worker.join().unwrap_or_else(|_| Err("a client panicked".into()))).collect()
    });
    done.into_iter().collect()
}

/// An order of its own for each number.
fn order(client: &mut Client, number: usize) -> Outcome {
    let items = (0..1 + number % 23).map(|at| (format!("item {at:02} of {number}"), 100 + at * number, 1 + at % 5));
    let items: Vec<_> = items.collect();
    let asked: Vec<Value> =
        items.iter().rev().map(|(name, price, count)| json!({"name": name, "price": price, "count": count})).collect();
    let answer = post(client, &format!("/orders/{number}"), &json!({ "items": asked }).to_string())?;
    let total: usize = items.iter().map(|(_, price, count)| price * count).sum();
    let sums = items
        .iter()
        .map(|(name, price, count)| json!({"name": name, "price": price, "count": count, "sum": price * count}));
    let expected = json!({ "number": number, "items": sums.collect::<Vec<_>>(), "total": total });
    ensure(answer.status == 201 && header(&answer, "location") == [format!("/orders/{number}").as_str()], &answer)?;
    ensure(parsed(&answer)? == expected, &answer)
}
