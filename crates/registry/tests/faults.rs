//! Registries that refuse, fail, break off, are slow, lie: what is said, what is asked again, what is kept.
#![allow(clippy::disallowed_methods, reason = "a test looks at the cache")]
#![allow(clippy::unwrap_used, reason = "tests may unwrap, in their own helper functions too")]

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use common::{Home, package, put, reference, said};
use testing::registry::{Answer, Asked, Length, Server};
use withe_registry::{Client, Digest, Reference};

/// Answers the first of what fits as told, and is good afterwards.
fn at_first(
    count: usize,
    fits: impl Fn(&Asked) -> bool + Send + 'static,
    answer: impl Fn(usize) -> Answer + Send + 'static,
) -> Server {
    let mut seen = 0;
    Server::start(move |asked| {
        if !fits(asked) || seen >= count {
            return None;
        }
        seen += 1;
        Some(answer(seen - 1))
    })
}

fn is_blob(asked: &Asked) -> bool {
    asked.method == "GET" && asked.path.contains("/blobs/")
}

fn is_manifest(asked: &Asked) -> bool {
    asked.method == "GET" && asked.path.contains("/manifests/")
}

#[test]
fn what_passes_is_asked_again() {
    for status in [429, 500, 502, 503, 504] {
        let server = at_first(2, |_| true, move |_| Answer::of(status, "oops"));
        let digest = put(&server, "me/app", "1.0.0", &package(10, 1));
        let pulled = Home::new().client().pull(&reference(&server, "me/app:1.0.0")).unwrap();
        assert_eq!(pulled.digest, digest, "{status}");
        assert_eq!(server.asked().len(), 4);
    }
}

#[test]
fn what_stays_is_said_after_a_few_times() {
    let server =
        Server::start(|_| Some(Answer::of(503, r#"{"errors":[{"code":"UNAVAILABLE","message":"down for repairs"}]}"#)));
    let host = server.host();
    let found = said(Home::new().client().pull(&reference(&server, "me/app:1.0.0")));
    assert_eq!(
        found,
        format!("[registry/failed] `{host}` failed | answered 503: UNAVAILABLE, down for repairs | try again later")
    );
    assert_eq!(server.asked().len(), 5);
}

#[test]
fn a_registry_says_how_long_to_wait_but_not_for_ever() {
    let server = at_first(1, |_| true, |_| Answer::of(429, "").header("Retry-After", "1"));
    put(&server, "me/app", "1.0.0", &package(10, 1));
    let start = Instant::now();
    Home::new().client().pull(&reference(&server, "me/app:1.0.0")).unwrap();
    assert!((1000..3000).contains(&start.elapsed().as_millis()), "{:?}", start.elapsed());
    // What is no number of seconds is passed over.
    let server = at_first(1, |_| true, |_| Answer::of(429, "").header("Retry-After", "99999999999999999999999"));
    put(&server, "me/app", "1.0.0", &package(10, 1));
    Home::new().client().pull(&reference(&server, "me/app:1.0.0")).unwrap();
}

#[test]
fn a_refusal_is_not_asked_again_and_says_what_it_may_mean() {
    for (status, expected) in [
        (
            404,
            "is not there, or not for you to see | answered 404; it asked for no credentials | check the name and the tag",
        ),
        (
            403,
            "is not there, or not for you to see | answered 403; it asked for no credentials | check the name and the tag",
        ),
    ] {
        let server = Server::start(move |_| Some(Answer::of(status, "<html>no</html>")));
        let artifact = reference(&server, "me/app:1.0.0");
        assert_eq!(said(Home::new().client().pull(&artifact)), format!("[registry/not-found] `{artifact}` {expected}"));
        assert_eq!(server.lines().iter().filter(|line| line.contains("/manifests/")).count(), 1, "{status}");
    }
    let server = Server::start(|_| Some(Answer::of(401, "").header("WWW-Authenticate", "Basic realm=\"x\"")));
    let artifact = reference(&server, "me/app:1.0.0");
    let home = Home::new();
    let found = said(home.client().pull(&artifact));
    let folder = home.folder.path().display();
    assert_eq!(
        found,
        format!(
            "[registry/not-found] `{artifact}` is not there, or not for you to see | answered 401; no credentials for it \
             are in `{folder}/.docker/config.json`, `{folder}/.config/containers/auth.json` | log in with `docker login {}`",
            server.host()
        )
    );
    assert_eq!(server.asked().len(), 1);
    let found = said(home.client().push(&artifact, &package(10, 1)));
    assert!(
        found.starts_with(&format!("[registry/not-allowed] `{}` does not let you push to `me/app`", server.host())),
        "{found}"
    );
}

#[test]
fn a_tag_that_is_not_there_names_those_that_are() {
    let server = Server::start(|asked| {
        let tags = r#"{"tags":["0.9.0","latest","1.10.0","1.2.0","1.0.0","1.1.0","1.3.0"]}"#;
        asked.path.contains("/tags/").then(|| Answer::of(200, tags))
    });
    let host = server.host();
    assert_eq!(
        said(Home::new().client().pull(&reference(&server, "me/app:1.1.1"))),
        format!(
            "[registry/not-found] `{host}/me/app` has no tag `1.1.1` | it has `1.10.0`, `1.3.0`, `1.2.0`, `1.1.0`, `1.0.0` \
             and 2 more | did you mean `{host}/me/app:1.1.0`?"
        )
    );
    let found = said(Home::new().client().pull(&reference(&server, "me/app:nightly")));
    assert!(found.ends_with("name one of these"), "{found}");
}

#[test]
fn a_pull_that_breaks_off_goes_on_where_it_ended() {
    let package = package(300_000, 1);
    let bytes = package.bytes.clone();
    // The first time 100000 bytes come, the second 50000 more, then the rest.
    let mut seen = 0;
    let server = Server::start(move |asked| {
        if !is_blob(asked) || seen == 2 {
            return None;
        }
        let (from, to) = [(0, 100_000), (100_000, 150_000)][seen];
        seen += 1;
        let answer = Answer::of(if from == 0 { 200 } else { 206 }, &bytes[from..to]);
        let answer = answer.header("Content-Range", format!("bytes {from}-{}/{}", bytes.len() - 1, bytes.len()));
        Some(answer.length(Length::Says((bytes.len() - from) as u64)))
    });
    put(&server, "me/app", "1.0.0", &package);
    let pulled = Home::new().client().pull(&reference(&server, "me/app:1.0.0")).unwrap();
    assert!(pulled.bytes == package.bytes);
    let ranges: Vec<String> =
        server.asked().iter().filter(|asked| is_blob(asked)).map(|asked| asked.header("range").to_owned()).collect();
    assert_eq!(ranges, ["", "bytes=100000-", "bytes=150000-"]);
}

#[test]
fn the_next_run_goes_on_with_what_an_earlier_one_left() {
    let package = package(300_000, 1);
    let (server, home) = (Server::start(|_| None), Home::new());
    put(&server, "me/app", "1.0.0", &package);
    let folder = home.options().cache.join("sha256");
    std::fs::create_dir_all(&folder).unwrap();
    let part = folder.join(format!("{}.part", package.layout().layer_digest.hex()));
    let artifact = reference(&server, "me/app:1.0.0");
    // The beginning of it; something else of the same length; more than it has; all of it.
    let wrong = vec![7; 1000];
    let long = vec![7; 400_000];
    for (left, asked) in [(&package.bytes[..1000], 1), (&wrong[..], 2), (&long[..], 1), (&package.bytes[..], 0)] {
        let _ = std::fs::remove_dir_all(home.options().cache.join("sha256"));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(&part, left).unwrap();
        let before = server.asked().iter().filter(|asked| is_blob(asked)).count();
        assert!(home.client().pull(&artifact).unwrap().bytes == package.bytes);
        assert_eq!(server.asked().iter().filter(|asked| is_blob(asked)).count() - before, asked);
        assert!(!part.exists());
    }
}

#[test]
fn a_registry_that_cannot_go_on_begins_anew() {
    let package = package(300_000, 1);
    let bytes = package.bytes.clone();
    for answer in [
        // All of it, whatever was asked; a part from elsewhere, then; nothing beyond the end.
        Answer::of(200, bytes.clone()),
        Answer::of(206, &bytes[5..]).header("Content-Range", "bytes 5-300007/300008"),
        Answer::of(206, &bytes[5..]),
        Answer::of(416, ""),
    ] {
        let server = at_first(1, |asked| is_blob(asked) && !asked.header("range").is_empty(), move |_| answer.clone());
        put(&server, "me/app", "1.0.0", &package);
        let home = Home::new();
        std::fs::create_dir_all(home.options().cache.join("sha256")).unwrap();
        let part = format!("sha256/{}.part", package.layout().layer_digest.hex());
        std::fs::write(home.options().cache.join(part), &bytes[..1000]).unwrap();
        assert!(home.client().pull(&reference(&server, "me/app:1.0.0")).unwrap().bytes == bytes);
    }
}

#[test]
fn wrong_bytes_are_refused_and_not_kept() {
    let package = package(1000, 1);
    let mut wrong = package.bytes.clone();
    wrong[500] ^= 1;
    let server = Server::start(move |asked| is_blob(asked).then(|| Answer::of(200, wrong.clone())));
    put(&server, "me/app", "1.0.0", &package);
    let (home, artifact) = (Home::new(), reference(&server, "me/app:1.0.0"));
    let found = said(home.client().pull(&artifact));
    assert!(
        found.starts_with(&format!(
            "[registry/digest] `{}` sent other bytes than `{artifact}` is made of",
            server.host()
        )),
        "{found}"
    );
    assert_eq!(home.cached(), [package.layout().digest.hex()], "only the manifest is kept");

    // A manifest that is not the one that was asked for.
    let other = put(&server, "me/app", "2.0.0", &common::package(10, 2));
    server.put(&format!("/v2/me/app/manifests/{other}"), b"{}");
    let found = said(home.client().pull(&artifact.with_digest(other)));
    assert!(found.starts_with("[registry/digest]"), "{found}");
    assert_eq!(home.cached().len(), 1);
}

#[test]
fn lengths_are_those_of_the_manifest() {
    let package = package(1000, 1);
    let good = package.bytes.clone();
    let mut long = good.clone();
    long.extend(vec![0; 1000]);
    for (answer, expected) in [
        (Answer::of(200, long.clone()), "it sends 2008 bytes where its manifest says 1008"),
        (Answer::of(200, long).length(Length::Unsaid), "it sends more than the 1008 bytes its manifest says"),
        (Answer::of(200, &good[..10]).length(Length::Unsaid), "after 10 of 1008 bytes"),
    ] {
        let server = Server::start(move |asked| is_blob(asked).then(|| answer.clone()));
        put(&server, "me/app", "1.0.0", &package);
        let home = Home::new();
        let found = said(home.client().pull(&reference(&server, "me/app:1.0.0")));
        assert!(found.contains(expected), "{found}");
        assert!(!home.cached().contains(&package.layout().layer_digest.hex()));
    }
}

/// A body without end: the client must hang up by itself.
fn endless(limit_pieces: usize) -> Answer {
    let mut answer = Answer::of(200, "").length(Length::Unsaid);
    answer.body = vec![(Duration::ZERO, vec![b'['; 1 << 20]); limit_pieces];
    answer
}

#[test]
fn answers_without_end_are_cut() {
    let server = Server::start(|asked| is_manifest(asked).then(|| endless(64)));
    let found = said(Home::new().client().pull(&reference(&server, "me/app:1.0.0")));
    assert!(found.contains("[registry/too-large] what describes it of"), "{found}");
    assert!(found.contains("more, where at most 4 MiB are taken"), "{found}");
    let server = Server::start(|asked| asked.path.contains("/tags/").then(|| endless(64)));
    let found = said(Home::new().client().tags(&reference(&server, "me/app")));
    assert!(found.starts_with("[registry/too-large]"), "{found}");
    // An error's text is cut as well, and the error is still that error.
    let server = Server::start(|_| Some(Answer { status: 404, ..endless(64) }));
    let found = said(Home::new().client().pull(&reference(&server, "me/app:1.0.0")));
    assert!(found.starts_with("[registry/not-found]"), "{found}");
    // More than is taken of a content is not even begun with.
    let server = Server::start(|_| None);
    put(&server, "me/app", "1.0.0", &package(2000, 1));
    let home = Home::new();
    let mut options = home.options();
    options.limit = 1024;
    let found = said(Client::new(options).unwrap().pull(&reference(&server, "me/app:1.0.0")));
    assert!(found.contains("the wasm of `"), "{found}");
    assert!(found.contains("1.9 KiB, where at most 1 KiB are taken"), "{found}");
    assert_eq!(server.lines().len(), 1);
}

#[test]
fn silence_and_trickles_are_not_waited_for_without_end() {
    let quick = |home: &Home| {
        let mut options = home.options();
        (options.timeout, options.retries) = (Duration::from_millis(150), 1);
        Client::new(options).unwrap()
    };
    let package = package(1000, 1);
    let silent =
        || Answer { body: vec![(Duration::from_secs(3), Vec::new())], ..Answer::of(200, "") }.length(Length::Says(5));
    let trickle =
        Answer { body: (0..1008).map(|_| (Duration::from_millis(10), vec![0])).collect(), ..Answer::of(200, "") };
    for (server, expected) in [
        (Server::start(move |_| Some(silent())), "nothing, or next to nothing, came for 150 ms"),
        (
            Server::start(move |asked| is_blob(asked).then(|| trickle.clone())),
            "nothing, or next to nothing, came for 150 ms",
        ),
    ] {
        put(&server, "me/app", "1.0.0", &package);
        let start = Instant::now();
        let found = said(quick(&Home::new()).pull(&reference(&server, "me/app:1.0.0")));
        assert!(found.contains("[registry/unreachable]") && found.contains(expected), "{found}");
        assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    }
}

#[test]
fn what_is_no_registry_is_said() {
    let manifest = |body: &'static str| Server::start(move |asked| is_manifest(asked).then(|| Answer::of(200, body)));
    for (body, expected) in [
        ("<html>log in</html>", "[registry/malformed]"),
        ("{}", "[registry/malformed]"),
        (
            r#"{"schemaVersion":2,"config":{"mediaType":"a","digest":"b","size":1},"layers":[{"mediaType":"application/wasm","digest":"sha256:x","size":1}]}"#,
            "has a digest that is none",
        ),
        (
            r#"{"schemaVersion":2,"config":{"mediaType":"a","digest":"b","size":1},"layers":[{"mediaType":"application/wasm","digest":"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","size":-1}]}"#,
            "a size of -1 bytes",
        ),
        (r#"{"schemaVersion":2,"manifests":[]}"#, "it is an index of 0 images, none of them for wasm"),
        (
            r#"{"schemaVersion":2,"config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"b","size":1},"layers":[]}"#,
            "it is an image of a container",
        ),
    ] {
        let server = manifest(body);
        let found = said(Home::new().client().pull(&reference(&server, "me/app:1.0.0")));
        assert!(found.contains(expected), "{body}: {found}");
    }
    // Wasm that is none.
    let server = Server::start(|_| None);
    let mut fake = package(10, 1);
    fake.bytes = b"#!/bin/sh".to_vec();
    put(&server, "me/app", "1.0.0", &fake);
    let found = said(Home::new().client().pull(&reference(&server, "me/app:1.0.0")));
    assert!(found.starts_with("[registry/not-wasm]"), "{found}");
}

#[test]
fn places_to_send_to_that_are_none_are_said() {
    for place in ["", "http://[", "ftp://x/y"] {
        let server =
            Server::start(move |asked| (asked.method == "POST").then(|| Answer::of(202, "").header("Location", place)));
        let found = said(Home::new().client().push(&reference(&server, "me/app:1.0.0"), &package(10, 1)));
        assert!(found.starts_with("[registry/"), "{place}: {found}");
    }
}

#[test]
fn an_index_with_one_for_wasm_leads_to_it() {
    let server = Server::start(|_| None);
    let package = package(10, 1);
    let digest = put(&server, "me/app", "1.0.0", &package);
    let size = package.layout().manifest.len();
    let other = Digest::of(b"other");
    let entry = |digest: &Digest, architecture: &str| {
        format!(
            r#"{{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"{digest}","size":{size},"platform":{{"architecture":"{architecture}","os":"linux"}}}}"#
        )
    };
    let index = format!(r#"{{"schemaVersion":2,"manifests":[{},{}]}}"#, entry(&other, "amd64"), entry(&digest, "wasm"));
    server.put("/v2/me/app/manifests/all", index.as_bytes());
    let pulled = Home::new().client().pull(&reference(&server, "me/app:all")).unwrap();
    assert_eq!((pulled.digest, pulled.content), (Digest::of(index.as_bytes()), package.layout().layer_digest));
    // An index that leads to itself is not followed.
    let itself = format!(r#"{{"schemaVersion":2,"manifests":[{}]}}"#, entry(&digest, "wasm"));
    server.put("/v2/me/app/manifests/inner", itself.as_bytes());
    let inner = Digest::of(itself.as_bytes());
    server.put(&format!("/v2/me/app/manifests/{inner}"), itself.as_bytes());
    let outer = format!(r#"{{"schemaVersion":2,"manifests":[{}]}}"#, entry(&inner, "wasm"));
    server.put("/v2/me/app/manifests/outer", outer.as_bytes());
    let found = said(Home::new().client().pull(&reference(&server, "me/app:outer")));
    assert!(found.contains("an index of indexes"), "{found}");
}

#[test]
fn twenty_are_fetched_at_once() {
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let slow = Duration::from_millis(150);
    let server = {
        let (now, most) = (Arc::clone(&now), Arc::clone(&most));
        Server::start(move |asked| {
            if is_blob(asked) {
                most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            }
            None
        })
        .pausing(slow)
    };
    for at in 0..20 {
        put(&server, &format!("me/app{at}"), "1.0.0", &package(1000, at));
    }
    let all: Vec<Reference> = (0..20).map(|at| reference(&server, &format!("me/app{at}:1.0.0"))).collect();
    let start = Instant::now();
    let pulled = Home::new().client().pull_all(&all);
    let took = start.elapsed();
    for (at, pulled) in pulled.into_iter().enumerate() {
        assert!(pulled.unwrap().bytes == package(1000, u8::try_from(at).unwrap()).bytes);
    }
    // Forty answers of 150 ms, of which one after the other would be 6 s.
    assert!(took < slow * 12, "{took:?}");
    assert!(most.load(Ordering::SeqCst) >= 16);
}

#[test]
fn one_that_fails_does_not_keep_back_the_others() {
    let server = Server::start(|_| None);
    put(&server, "me/app", "1.0.0", &package(10, 1));
    let all = ["me/app:1.0.0", "me/none:1.0.0", "me/app:1.0.0"].map(|rest| reference(&server, rest));
    let pulled = Home::new().client().pull_all(&all);
    assert!(pulled[0].is_ok() && pulled[1].is_err() && pulled[2].is_ok());
    // What two want at once is fetched once.
    assert_eq!(server.asked().iter().filter(|asked| is_blob(asked)).count(), 1);
}

#[test]
fn nobody_at_the_address() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let artifact = Reference::parse(&format!("localhost:{port}/me/app:1.0.0")).unwrap();
    let found = said(Home::new().client().pull(&artifact));
    assert!(found.starts_with(&format!("[registry/unreachable] `localhost:{port}` cannot be reached | ")), "{found}");
    assert!(found.to_lowercase().contains("connection refused"), "{found}");
}

#[test]
fn fuzz_whatever_a_registry_answers_is_survived() {
    let package = package(2000, 1);
    let layout = package.layout();
    testing::seeds::check("fuzz_whatever_a_registry_answers_is_survived", 25, |random| {
        let seed = random.next_u64();
        let (manifest, bytes) = (layout.manifest.clone(), package.bytes.clone());
        let server = Server::start(move |asked| {
            let mut random = testing::seeds::Random::new(seed ^ asked.path.len() as u64);
            let body = if is_manifest(asked) { random.mutate(&manifest) } else { bytes.clone() };
            let body = if random.below(3) == 0 { random.mutate(&body) } else { body };
            let status = *random.pick(&[200, 200, 200, 201, 202, 204, 206, 301, 400, 401, 403, 404, 416, 429, 500]);
            let noise = |random: &mut testing::seeds::Random| {
                let text = [
                    "Bearer realm=\"",
                    "Basic",
                    "http://localhost:1/",
                    "/v2/",
                    "\"",
                    ",",
                    "=",
                    "sha256:00",
                    "bytes 0-5/9",
                    "é",
                    "0",
                    "-1",
                ];
                (0..random.below(4)).map(|_| *random.pick(&text)).collect::<String>()
            };
            let mut answer = Answer::of(status, body);
            for name in ["WWW-Authenticate", "Location", "Content-Range", "Docker-Content-Digest", "Link"] {
                if random.below(3) == 0 {
                    answer = answer.header(name, noise(&mut random));
                }
            }
            Some(answer)
        });
        let home = Home::new();
        let mut options = home.options();
        (options.retries, options.timeout) = (1, Duration::from_secs(2));
        let client = Client::new(options).unwrap();
        let artifact = reference(&server, "me/app:1.0.0");
        if let Ok(pulled) = client.pull(&artifact) {
            assert_eq!(Digest::of(&pulled.bytes), pulled.content);
        }
        let _ = (client.tags(&artifact), client.resolve(&artifact), client.push(&artifact, &package));
    });
}
