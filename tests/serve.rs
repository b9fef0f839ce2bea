//! `withe serve` as a process, over loopback, with handlers compiled from Rust and Go.
#![expect(clippy::disallowed_methods, reason = "tests start programs and read their files")]

#[path = "serve/client.rs"]
mod client;
#[path = "serve/server.rs"]
mod server;
#[path = "serve/shop.rs"]
mod shop;

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use client::Client;
use serde_json::Value;
use server::{Server, many, three, withe};
use testing::cases::Suite;
use testing::{Outcome, Trouble, scratch};

fn main() -> ExitCode {
    Suite::new()
        .test("requests_are_answered", requests_are_answered)
        .test("bodies_and_trailers_are_streamed", bodies_and_trailers_are_streamed)
        .test("what_is_no_request_is_refused", what_is_no_request_is_refused)
        .test("http2_is_spoken", http2_is_spoken)
        .test("a_failure_is_its_requests_own", a_failure_is_its_requests_own)
        .test("a_broken_answer_does_not_look_whole", a_broken_answer_does_not_look_whole)
        .test("limits_count_for_each_request", limits_count_for_each_request)
        .test("nothing_is_granted_unasked", nothing_is_granted_unasked)
        .test("instances_are_used_again_where_that_is_said", instances_are_used_again_where_that_is_said)
        .test("handlers_of_0_3_answer", handlers_of_0_3_answer)
        .test("signals_end_it_well", signals_end_it_well)
        .test("a_stuck_guest_does_not_hold_up_the_end", a_stuck_guest_does_not_hold_up_the_end)
        .test("a_client_that_goes_away_ends_its_request", a_client_that_goes_away_ends_its_request)
        .test("the_log_has_a_line_for_each_request", the_log_has_a_line_for_each_request)
        .test("one_request_needs_no_server", one_request_needs_no_server)
        .test("a_taken_port_is_told", a_taken_port_is_told)
        .test("load", load)
        .test("load_with_failures", load_with_failures)
        .test("a_service_in_go_is_under_load", shop::is_served)
        .run()
}

fn ensure(holds: bool, otherwise: impl std::fmt::Debug) -> Outcome {
    if holds { Ok(()) } else { Err(Trouble::Failed(format!("{otherwise:?}"))) }
}

fn requests_are_answered() -> Outcome {
    let server = Server::start(&many()?, &[])?;
    let mut client = Client::new(server.address)?;
    // All on one connection.
    for (target, status, text) in
        [("/hello", 200, "hello\n"), ("/nothing", 404, "there is nothing\n"), ("/status?204", 204, "")]
    {
        let answer = client.get(target)?;
        ensure((answer.status, answer.text().as_str()) == (status, text), &answer)?;
    }
    client.send(b"HEAD /hello HTTP/1.1\r\nhost: test\r\n\r\n")?;
    ensure(client.answer("HEAD")?.status == 200, "HEAD")?;
    // Three at once, answered in order.
    client.send(b"GET /status?201 HTTP/1.1\r\nhost: a\r\n\r\nGET /status?202 HTTP/1.1\r\nhost: a\r\n\r\nGET /hello HTTP/1.1\r\nhost: a\r\n\r\n")?;
    let statuses = [client.answer("GET")?.status, client.answer("GET")?.status, client.answer("GET")?.status];
    ensure(statuses == [201, 202, 200], statuses)?;
    let about = client.get("/about?x=%20")?.text();
    ensure(about == "Get Some(Http) Some(\"test\")\nenvironment [] arguments []\n", &about)?;
    let mut old = Client::new(server.address)?;
    old.send(b"GET /hello HTTP/1.0\r\n\r\n")?;
    ensure(old.answer("GET")?.text() == "hello\n" && old.is_closed(), "HTTP/1.0")
}

fn bodies_and_trailers_are_streamed() -> Outcome {
    let server = Server::start(&many()?, &[])?;
    let mut client = Client::new(server.address)?;
    client.send(
        b"POST /echo HTTP/1.1\r\nhost: a\r\nte: trailers\r\nexpect: 100-continue\r\ntransfer-encoding: chunked\r\n\r\n",
    )?;
    ensure(client.answer("POST")?.status == 100, "the body is asked for")?;
    client.send(b"3\r\nabc\r\n")?;
    // The first part comes back before the second is sent.
    let mut head = Vec::new();
    while !head.ends_with(b"3\r\nabc\r\n") {
        let mut byte = [0];
        client.stream.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    client.send(b"2\r\nde\r\n0\r\nx-given: yes\r\n\r\n")?;
    let mut rest = Vec::new();
    while !rest.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        client.stream.read_exact(&mut byte)?;
        rest.push(byte[0]);
    }
    let rest = String::from_utf8_lossy(&rest).into_owned();
    let sum = b"abcde".iter().fold(0_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(*byte)));
    // A trailer that the answer's `trailer` header does not announce is not sent.
    ensure(rest == format!("2\r\nde\r\n0\r\nx-sum: {sum}\r\n\r\n"), &rest)?;

    // Large bodies, both ways at once.
    let large: Vec<u8> = (0..5_000_000_u32).map(|at| at.wrapping_mul(2_654_435_761).to_le_bytes()[3]).collect();
    let mut sender = client.stream.get_ref().try_clone()?;
    let sent = large.clone();
    let sending = std::thread::spawn(move || {
        let head = format!("POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: {}\r\n\r\n", sent.len());
        sender.write_all(head.as_bytes()).and_then(|()| sender.write_all(&sent))
    });
    let answer = client.answer("POST")?;
    sending.join().map_err(|_| "the sender panicked")??;
    ensure(answer.body == large, "the body comes back as it was")?;
    ensure(client.get("/large?3000000")?.body.len() == 3_000_000, "a large answer")
}

fn what_is_no_request_is_refused() -> Outcome {
    let server = Server::start(&many()?, &[])?;
    let long = format!("GET /hello HTTP/1.1\r\nhost: a\r\nx: {}\r\n\r\n", "a".repeat(200_000));
    let cases: &[(&[u8], u16)] = &[
        (b"nonsense\r\n\r\n", 400),
        (b"GET /hello HTTP/1.1\r\n\r\n", 400),
        (b"GET /hello HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n", 400),
        (b"GET /hello HTTP/1.1\r\nhost: a\r\ncontent-length: x\r\n\r\n", 400),
        (b"GET /hello HTTP/1.1\r\nhost: a\r\nbad header\r\n\r\n", 400),
        (long.as_bytes(), 431),
    ];
    for (request, status) in cases {
        let mut client = Client::new(server.address)?;
        // What is refused early is not read to its end.
        let _ = client.send(request);
        let answer = client.answer("GET")?;
        ensure(answer.status == *status, (String::from_utf8_lossy(request), answer))?;
    }
    ensure(Client::new(server.address)?.get("/hello")?.status == 200, "it serves on")
}

/// With `curl`, where it is.
fn http2_is_spoken() -> Outcome {
    let server = Server::start(&many()?, &[])?;
    let url = format!("http://{}/hello", server.address);
    let mut curl = testing::tool::command("curl")?;
    let output = curl.args(["-sS", "--http2-prior-knowledge", "-w", "%{http_version}", &url]).output()?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    ensure(said == "hello\n2", (said, String::from_utf8_lossy(&output.stderr)))
}

fn a_failure_is_its_requests_own() -> Outcome {
    let server = Server::start(&many()?, &[])?;
    let mut client = Client::new(server.address)?;
    for (target, code) in
        [("/trap", "run/trap"), ("/silent", "serve/no-answer"), ("/error", "serve/no-answer"), ("/exit", "serve/exit")]
    {
        let answer = client.get(target)?;
        ensure((answer.status, answer.text().as_str()) == (500, "the handler failed\n"), &answer)?;
        ensure(client.get("/hello")?.status == 200, "the same connection goes on")?;
        let said = server.said();
        let times = said.matches("error[").count();
        let place = format!("request `GET {target}`");
        ensure(times == 1 && said.contains(&format!("error[{code}]")) && said.contains(&place), said)?;
    }
    Ok(())
}

fn a_broken_answer_does_not_look_whole() -> Outcome {
    let server = Server::start(&many()?, &[])?;
    for target in ["/late", "/short"] {
        let mut client = Client::new(server.address)?;
        let answer = client.get(target);
        ensure(answer.is_err(), (target, &answer))?;
        ensure(client.is_closed(), "the connection is cut")?;
    }
    let said = server.said();
    ensure(said.contains("error[run/trap]") && said.contains("error[serve/incomplete-body]"), said)
}

fn limits_count_for_each_request() -> Outcome {
    for (flags, target, code) in [
        (["--timeout", "1s"], "/loop", "run/timeout"),
        (["--timeout", "1s"], "/sleep?3600000", "run/timeout"),
        (["--fuel", "3000000"], "/loop", "run/fuel-limit"),
        (["--memory", "32MiB"], "/grow", "run/memory-limit"),
    ] {
        let server = Server::start(&many()?, &flags)?;
        let mut client = Client::new(server.address)?;
        for _ in 0..3 {
            ensure(client.get(target)?.status == 500, target)?;
            // Each request has all of it.
            ensure(client.get("/hello")?.status == 200, target)?;
        }
        let said = server.said();
        ensure(said.matches(&format!("error[{code}]")).count() == 3, said)?;
    }
    Ok(())
}

fn nothing_is_granted_unasked() -> Outcome {
    let other = TcpListener::bind("127.0.0.1:0")?;
    let address = other.local_addr()?.to_string();
    std::thread::spawn(move || {
        for mut stream in other.incoming().flatten() {
            let _ = stream.read(&mut [0; 1024]);
            let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n");
        }
    });
    let target = format!("/ask?{address}");
    let server = Server::start(&many()?, &[])?;
    let mut client = Client::new(server.address)?;
    for _ in 0..2 {
        let refused = client.get(&target)?;
        ensure((refused.status, refused.text().contains("HttpRequestDenied")) == (502, true), &refused)?;
    }
    let said = server.said();
    ensure(said.matches("note[run/refused]").count() == 1, &said)?;
    ensure(said.contains(&format!("`--http-allow {address}`")), &said)?;
    let server = Server::start(&many()?, &["--http-allow", &address, "--env", "A=1"])?;
    let mut client = Client::new(server.address)?;
    ensure(client.get(&target)?.text() == "204\n", "granted")?;
    let about = client.get("/about")?.text();
    ensure(about.contains("environment [(\"A\", \"1\")] arguments []"), about)
}

fn instances_are_used_again_where_that_is_said() -> Outcome {
    let counts = |flags: &[&str], targets: &[&str]| -> Result<Vec<String>, Trouble> {
        let server = Server::start(&many()?, flags)?;
        let mut client = Client::new(server.address)?;
        targets.iter().map(|target| Ok(client.get(target)?.text().trim().to_owned())).collect()
    };
    let three = ["/count"; 3];
    ensure(counts(&[], &three)? == ["1", "1", "1"], "one request each")?;
    ensure(counts(&["--reuse", "2"], &three)? == ["1", "2", "1"], "two requests each")?;
    ensure(counts(&["--reuse", "9", "--fuel", "100000000"], &three)? == ["1", "1", "1"], "counted apart")?;
    let trapped = counts(&["--reuse", "9"], &["/count", "/count", "/trap", "/count"])?;
    ensure(trapped == ["1", "2", "the handler failed", "1"], trapped)
}

fn handlers_of_0_3_answer() -> Outcome {
    for flags in [&[][..], &["--reuse", "1"], &["--timeout", "5s", "--fuel", "1000000"]] {
        let server = Server::start(&three()?, flags)?;
        let mut client = Client::new(server.address)?;
        for _ in 0..300 {
            let answer = client.get("/")?;
            let seen = answer.headers.iter().any(|header| *header == ("x-seen".to_owned(), "handler".to_owned()));
            ensure(answer.status == 200 && answer.body.is_empty() && seen, &answer)?;
        }
    }
    Ok(())
}

fn signals_end_it_well() -> Outcome {
    for name in ["TERM", "INT"] {
        let mut server = Server::start(&many()?, &[])?;
        let mut busy = Client::new(server.address)?;
        let mut idle = Client::new(server.address)?;
        ensure(idle.get("/hello")?.status == 200, "before")?;
        busy.send(b"GET /sleep?1000 HTTP/1.1\r\nhost: a\r\n\r\n")?;
        std::thread::sleep(Duration::from_millis(300));
        let (status, took) = server.signal(name)?;
        ensure(status.code() == Some(0) && took < Duration::from_secs(5), (name, status, took))?;
        ensure(busy.answer("GET")?.text() == "slept\n", "what runs is finished")?;
        ensure(idle.is_closed(), "connections are closed")?;
    }
    Ok(())
}

fn a_stuck_guest_does_not_hold_up_the_end() -> Outcome {
    let mut server = Server::start(&many()?, &[])?;
    let mut stuck = Vec::new();
    for _ in 0..8 {
        let mut client = Client::new(server.address)?;
        client.send(b"GET /loop HTTP/1.1\r\nhost: a\r\n\r\n")?;
        stuck.push(client);
    }
    std::thread::sleep(Duration::from_millis(300));
    let (status, took) = server.signal("TERM")?;
    ensure(status.code() == Some(0) && took <= Duration::from_millis(5500), (status, took))
}

fn a_client_that_goes_away_ends_its_request() -> Outcome {
    let folder = scratch("serve-gone")?;
    let log = folder.join("log.jsonl");
    let server = Server::start(&many()?, &["--at-once", "1", "--access-log", &log.to_string_lossy()])?;
    let mut gone = Client::new(server.address)?;
    gone.send(b"GET /sleep?3600000 HTTP/1.1\r\nhost: a\r\n\r\n")?;
    std::thread::sleep(Duration::from_millis(300));
    drop(gone);
    // Its place is free again.
    ensure(Client::new(server.address)?.get("/hello")?.status == 200, "the next is served")?;
    let mut half = Client::new(server.address)?;
    half.send(b"GET /large?100000000 HTTP/1.1\r\nhost: a\r\n\r\n")?;
    half.stream.read_exact(&mut [0; 100_000])?;
    drop(half);
    ensure(Client::new(server.address)?.get("/hello")?.status == 200, "the next is served")?;
    let gone = entries(&log, 4)?.iter().filter(|entry| entry["error"] == "client-gone").count();
    ensure(gone == 2, std::fs::read_to_string(&log)?)
}

/// The lines of a log, as soon as there are so many.
fn entries(log: &Path, count: usize) -> Result<Vec<Value>, Trouble> {
    let start = Instant::now();
    loop {
        let text = std::fs::read_to_string(log)?;
        if text.lines().count() >= count || start.elapsed() > Duration::from_secs(60) {
            let parse = |line: &str| serde_json::from_str(line).map_err(|error| format!("`{line}`: {error}").into());
            let entries: Result<Vec<Value>, Trouble> = text.lines().map(parse).collect();
            let entries = entries?;
            ensure(entries.len() == count, text)?;
            return Ok(entries);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn the_log_has_a_line_for_each_request() -> Outcome {
    let folder = scratch("serve-log")?;
    let log = folder.join("log.jsonl");
    let server = Server::start(&many()?, &["--usage", "--access-log", &log.to_string_lossy()])?;
    let mut client = Client::new(server.address)?;
    for target in ["/hello?a=b", "/trap", "/large?5000", "/print?said"] {
        client.get(target)?;
    }
    let entries = entries(&log, 4)?;
    let of = |name: &str| entries.iter().map(|entry| entry[name].clone()).collect::<Vec<_>>();
    ensure(of("path") == ["/hello?a=b", "/trap", "/large?5000", "/print?said"], of("path"))?;
    ensure(of("method") == ["GET"; 4] && of("status") == [200, 500, 200, 200], of("status"))?;
    ensure(of("bytes") == [6, 19, 5000, 8], of("bytes"))?;
    ensure(of("error") == [Value::Null, "run/trap".into(), Value::Null, Value::Null], of("error"))?;
    for entry in &entries {
        let fuel = entry["fuel"].as_u64().unwrap_or(0);
        let time = entry["time"].as_str().unwrap_or("");
        ensure(fuel > 100 && entry["memory"].as_u64() > Some(65_536), entry)?;
        ensure(time.len() == 24 && time.starts_with("20") && time.ends_with('Z'), time)?;
        ensure(entry["milliseconds"].as_f64().is_some_and(|time| time > 0.0), entry)?;
    }
    ensure(server.said().contains("used by GET /hello?a=b: fuel "), "usage is told")
}

fn one_request_needs_no_server() -> Outcome {
    let many = many()?;
    let folder = many.parent().unwrap_or(Path::new("."));
    let once = |words: &[&str]| withe(folder, &[&["serve", "many.wasm", "--once"], words].concat());
    ensure(once(&["GET", "/hello"])? == "hello\n", "the body")?;
    let shown = once(&["POST", "/echo", "--body", "text", "--include"])?;
    ensure(shown == "200 OK\ntrailer: x-sum\n\ntext\nx-sum: 3556653\n", shown)?;
    std::fs::write(folder.join("body.txt"), "from a file")?;
    ensure(once(&["POST", "/echo", "--body", "@body.txt"])? == "from a file", "the body of a file")?;
    ensure(once(&["GET", "/about", "--header", "x-a: b"])?.contains("x-a: b\n"), "a header")?;
    // What the guest prints does not mix with the answer.
    ensure(once(&["GET", "/print?aside"])? == "printed\n", "what the guest prints")?;
    let document: Value = serde_json::from_str(&once(&["GET", "/hello", "--format", "json"])?)
        .map_err(|error| Trouble::Failed(error.to_string()))?;
    ensure(document["result"]["status"] == 200 && document["result"]["body"]["text"] == "hello\n", document)?;
    let report = folder.join("once.json");
    let told = once(&["GET", "/hello", "--report", &report.to_string_lossy()])?;
    let document: Value =
        serde_json::from_str(&std::fs::read_to_string(&report)?).map_err(|error| Trouble::Failed(error.to_string()))?;
    ensure(told == "hello\n" && document["result"]["body"]["text"] == "hello\n", document)?;
    for (words, said) in [
        (&["GET", "/nothing"][..], ""),
        (&["GET", "/trap"], "run/trap"),
        (&["GET", "/late"], "run/trap"),
        (&["GET", "hello"], "usage/command-line"),
        (&["GET", "/hello", "--header", "x"], "usage/command-line"),
    ] {
        let failed = once(words);
        ensure(failed.as_ref().is_err_and(|failed| failed.to_string().contains(said)), (words, failed))?;
    }
    Ok(())
}

fn a_taken_port_is_told() -> Outcome {
    let taken = TcpListener::bind("127.0.0.1:0")?;
    let address = taken.local_addr()?.to_string();
    let mut command = Command::new(env!("CARGO_BIN_EXE_withe"));
    let output = command.arg("serve").arg(many()?).args(["--addr", &address]).stdin(Stdio::null()).output()?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    ensure(output.status.code() == Some(1), output.status)?;
    ensure(said.contains("error[serve/address]") && said.contains("port 0 is any free one"), said)
}

/// Sends the targets over so many connections; counts the answers that are not what `right` says.
fn flood(server: &Server, connections: usize, targets: &[String], right: fn(&str, u16, &[u8]) -> bool) -> Outcome {
    let next = std::sync::atomic::AtomicUsize::new(0);
    let address = server.address;
    let wrong: Vec<Result<Vec<String>, Trouble>> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..connections)
            .map(|_| {
                scope.spawn(|| {
                    let mut client = Client::new(address)?;
                    let mut wrong = Vec::new();
                    while let Some(target) = targets.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed)) {
                        let answer = client.get(target)?;
                        if !right(target, answer.status, &answer.body) {
                            wrong.push(format!("{target}: {answer:?}"));
                        }
                    }
                    Ok(wrong)
                })
            })
            .collect();
        workers.into_iter().map(|worker| worker.join().unwrap_or_else(|_| Err("a client panicked".into()))).collect()
    });
    for wrong in wrong {
        let wrong = wrong?;
        ensure(wrong.is_empty(), wrong)?;
    }
    Ok(())
}

fn is_right(target: &str, status: u16, body: &[u8]) -> bool {
    match target {
        "/hello" => (status, body) == (200, b"hello\n"),
        "/large?20000" => status == 200 && body.len() == 20_000,
        _ => (status, body) == (500, b"the handler failed\n"),
    }
}

fn load() -> Outcome {
    let server = Server::start(&many()?, &[])?;
    let targets: Vec<String> =
        (0..10_000).map(|at| if at % 10 == 0 { "/large?20000" } else { "/hello" }.to_owned()).collect();
    flood(&server, 32, &targets, is_right)
}

fn load_with_failures() -> Outcome {
    let server = Server::start(&many()?, &["--timeout", "2s", "--memory", "64MiB"])?;
    let bad = ["/trap", "/loop", "/grow"];
    let mixed: Vec<String> =
        (0..1000).map(|at| if at % 10 == 3 { bad[at / 10 % bad.len()] } else { "/hello" }.to_owned()).collect();
    // What the first failures leave is what a failure costs once: names of functions, threads, arenas.
    flood(&server, 32, &mixed[..100], is_right)?;
    std::thread::sleep(Duration::from_secs(1));
    let before = server.memory();
    flood(&server, 32, &mixed, is_right)?;
    std::thread::sleep(Duration::from_secs(2));
    let (Some(before), Some(after)) = (before, server.memory()) else {
        return Err(Trouble::MissingTool("no /proc: the memory of a process is not known".to_owned()));
    };
    // In KiB. One instance that was left behind would be 64 MiB, and there were 34.
    ensure(after < before + 32 * 1024, format!("{before} KiB before, {after} KiB after"))
}
