//! Artifacts pushed to a registry that keeps to the specification, and pulled again.
#![allow(clippy::disallowed_methods, reason = "a test reads the cache")]
#![allow(clippy::unwrap_used, reason = "tests may unwrap, in their own helper functions too")]

mod common;

use common::{Home, package, put, reference, said};
use testing::registry::{Answer, Server};

#[test]
fn what_is_pushed_is_pulled_and_kept() {
    let server = Server::start(|_| None);
    let home = Home::new();
    let artifact = reference(&server, "me/app:1.0.0");
    let package = package(100_000, 1);
    let pushed = home.client().push(&artifact, &package).unwrap();
    assert_eq!(pushed.digest, package.layout().digest);
    let pulled = home.client().pull(&artifact).unwrap();
    assert!(pulled.bytes == package.bytes && !pulled.was_cached);
    assert_eq!((pulled.digest, pulled.content), (pushed.digest, package.layout().layer_digest));
    assert_eq!(std::fs::read(&pulled.path).unwrap(), package.bytes);

    // What is named by its digest is not asked for again.
    let before = server.asked().len();
    let again = home.client().pull(&artifact.with_digest(pushed.digest)).unwrap();
    assert!(again.bytes == package.bytes && again.was_cached);
    assert_eq!(server.asked().len(), before);

    // A tag may mean something else by now: its manifest is asked for, and nothing more.
    home.client().pull(&artifact).unwrap();
    assert_eq!(server.lines()[before..], ["GET /v2/me/app/manifests/1.0.0"]);
}

#[test]
fn what_the_registry_has_is_not_sent_again() {
    let server = Server::start(|_| None);
    let home = Home::new();
    let artifact = reference(&server, "me/app:1.0.0");
    let package = package(100_000, 1);
    let first = home.client().push(&artifact, &package).unwrap();
    let second = home.client().push(&artifact.with_tag("2.0.0"), &package).unwrap();
    assert_eq!(second.sent, package.layout().manifest.len() as u64);
    assert_eq!(first.sent, second.sent + (package.bytes.len() + package.layout().config.len()) as u64);
    assert_eq!(server.lines().iter().filter(|line| line.starts_with("POST")).count(), 2);
}

#[test]
fn offline_only_the_cache_is_asked() {
    let server = Server::start(|_| None);
    let home = Home::new();
    put(&server, "me/app", "1.0.0", &package(10, 1));
    let artifact = reference(&server, "me/app:1.0.0");
    let mut options = home.options();
    options.offline = true;
    let offline = registry(options);
    assert!(
        said(offline.pull(&artifact)).starts_with("[registry/offline] `localhost:"),
        "{}",
        said(offline.pull(&artifact))
    );
    assert!(!offline.exists(&artifact).unwrap() && offline.tags(&artifact).unwrap().is_empty());
    assert_eq!(server.asked().len(), 0);
    home.client().pull(&artifact).unwrap();
    let before = server.asked().len();
    assert!(offline.pull(&artifact).unwrap().was_cached && offline.exists(&artifact).unwrap());
    assert_eq!(offline.tags(&artifact).unwrap(), ["1.0.0"]);
    assert_eq!(offline.resolve(&artifact).unwrap(), package(10, 1).layout().digest);
    assert_eq!(server.asked().len(), before);
}

#[test]
fn tags_come_in_pages() {
    let server = Server::start(|asked| {
        let page = |tags: &str| Some(Answer::of(200, format!(r#"{{"name":"me/app","tags":{tags}}}"#)));
        match asked.path.as_str() {
            "/v2/me/app/tags/list?n=1000" => {
                let next = "</v2/me/app/tags/list?n=1000&last=1.0.0>; rel=\"next\"";
                page(r#"["0.9.0", "1.0.0"]"#).map(|answer| answer.header("Link", next))
            }
            "/v2/me/app/tags/list?n=1000&last=1.0.0" => page(r#"["1.0.0", "1.1.0", "no tag", 7]"#),
            "/v2/me/none/tags/list?n=1000" => page("null"),
            _ => None,
        }
    });
    let client = Home::new().client();
    assert_eq!(client.tags(&reference(&server, "me/app")).unwrap(), ["0.9.0", "1.0.0", "1.1.0"]);
    assert_eq!(client.tags(&reference(&server, "me/none")).unwrap(), Vec::<String>::new());
    assert!(said(client.tags(&reference(&server, "me/other"))).starts_with("[registry/not-found]"));
}

#[test]
fn what_a_tag_means_is_asked_without_the_content() {
    let server = Server::start(|_| None);
    let home = Home::new();
    let digest = put(&server, "me/app", "1.0.0", &package(10, 1));
    let client = home.client();
    assert_eq!(client.resolve(&reference(&server, "me/app:1.0.0")).unwrap(), digest);
    assert!(client.exists(&reference(&server, "me/app:1.0.0")).unwrap());
    assert!(!client.exists(&reference(&server, "me/app:2.0.0")).unwrap());
    assert!(server.lines().iter().all(|line| line.starts_with("HEAD ")));
}

#[test]
fn a_host_may_say_where_its_registry_is() {
    let server = Server::start(|asked| {
        asked.is("GET", "/.well-known/wasm-pkg/registry.json").then(|| Answer::of(200, r#"{"ociRegistry":"ghcr.io"}"#))
    });
    let client = Home::new().client();
    let found = client.well_known(&format!("localhost:{}", server.port)).unwrap();
    assert_eq!(found.as_deref(), Some(&br#"{"ociRegistry":"ghcr.io"}"#[..]));
    let silent = Server::start(|_| None);
    assert_eq!(client.well_known(&format!("localhost:{}", silent.port)).unwrap(), None);
}

fn registry(options: withe_registry::Options) -> withe_registry::Client {
    withe_registry::Client::new(options).unwrap()
}
