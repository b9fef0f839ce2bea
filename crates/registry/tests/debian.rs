//! Debian's registry: artifacts go there and come back, with and without a password, with and without TLS.
#![allow(clippy::disallowed_methods, reason = "a test writes certificates")]
#![allow(clippy::unwrap_used, reason = "tests may unwrap, in their own helper functions too")]

mod common;

use std::path::PathBuf;
use std::process::ExitCode;

use common::{Home, package, said};
use testing::Outcome;
use testing::cases::Suite;
use testing::registry::{Certificates, Daemon, ME, Setup};
use withe_registry::{Client, Reference};

fn main() -> ExitCode {
    Suite::new()
        .test("debian/plain", plain)
        .test("debian/password", password)
        .test("debian/tls", tls)
        .test("debian/a_push_that_is_cut_off_goes_on", a_push_that_is_cut_off_goes_on)
        .run()
}

fn reference(daemon: &Daemon, rest: &str) -> Reference {
    Reference::parse(&format!("{}/{rest}", daemon.host())).unwrap()
}

fn plain() -> Outcome {
    let daemon = Daemon::start("registry-plain", &Setup::default())?;
    let home = Home::new();
    let client = home.client();
    for (tag, seed) in [("1.0.0", 1), ("1.1.0", 2)] {
        client.push(&reference(&daemon, "me/app").with_tag(tag), &package(3_000_000, seed)).unwrap();
    }
    let artifact = reference(&daemon, "me/app:1.0.0");
    let mut tags = client.tags(&artifact).unwrap();
    // In the order of its file system.
    tags.sort();
    assert_eq!(tags, ["1.0.0", "1.1.0"]);
    assert_eq!(client.resolve(&artifact).unwrap(), package(3_000_000, 1).layout().digest);
    let pulled = client.pull(&artifact).unwrap();
    assert!(pulled.bytes == package(3_000_000, 1).bytes);
    // What was left of a pull that broke off is gone on with.
    let part = pulled.path.with_extension("part");
    std::fs::remove_file(&pulled.path)?;
    std::fs::write(&part, &pulled.bytes[..2_000_000])?;
    assert!(client.pull(&artifact).unwrap().bytes == pulled.bytes && !part.exists());
    // By the digest, under whatever tag.
    assert!(
        Home::new().client().pull(&reference(&daemon, "me/app").with_digest(pulled.digest)).unwrap().bytes
            == pulled.bytes
    );
    let found = said(client.pull(&artifact.with_tag("2.0.0")));
    assert!(found.contains("/me/app` has no tag `2.0.0` | it has `1.1.0`, `1.0.0` | "), "{found}");
    let found = said(client.pull(&reference(&daemon, "me/none:2.0.0")));
    assert!(found.starts_with("[registry/not-found]") && found.contains("MANIFEST_UNKNOWN"), "{found}");
    let found = said(client.tags(&reference(&daemon, "me/none")));
    assert!(found.starts_with("[registry/not-found]") && found.contains("NAME_UNKNOWN"), "{found}");
    Ok(())
}

fn password() -> Outcome {
    let setup = Setup { users: Some(ME.to_owned()), ..Setup::default() };
    let daemon = Daemon::start("registry-password", &setup)?;
    let artifact = reference(&daemon, "me/app:1.0.0");
    let stranger = Home::new();
    let found = said(stranger.client().push(&artifact, &package(10, 1)));
    assert!(found.starts_with("[registry/not-allowed]") && found.contains("no credentials for it are in"), "{found}");
    // "me:wr0ng"
    let mistaken = Home::new();
    mistaken.log_in(&format!(r#"{{"auths": {{"{}": {{"auth": "bWU6d3Iwbmc="}}}}}}"#, daemon.host()));
    let found = said(mistaken.client().push(&artifact, &package(10, 1)));
    assert!(found.contains("does not take the credentials") && !found.contains("wr0ng"), "{found}");
    let home = Home::new();
    home.log_in(&format!(r#"{{"auths": {{"{}": {{"username": "me", "password": "s3cret"}}}}}}"#, daemon.host()));
    home.client().push(&artifact, &package(10, 1)).unwrap();
    assert!(home.client().pull(&artifact).unwrap().bytes == package(10, 1).bytes);
    Ok(())
}

fn tls() -> Outcome {
    let Certificates { authority, certificate, key } = Certificates::new("registry-certificates")?;
    let setup = Setup { certificate: Some((certificate, key.clone())), ..Setup::default() };
    let daemon = Daemon::start("registry-tls", &setup)?;
    let artifact = reference(&daemon, "me/app:1.0.0");
    let trusting = |file: &PathBuf| {
        let home = Home::new();
        let mut options = home.options();
        options.ca = Some(file.clone());
        (Client::new(options), home)
    };
    let (client, _home) = trusting(&authority);
    let client = client.unwrap();
    client.push(&artifact, &package(100_000, 1)).unwrap();
    assert!(client.pull(&artifact).unwrap().bytes == package(100_000, 1).bytes);
    // Another authority; the key, which is no certificate; a file that is not there.
    let other = Certificates::new("registry-other-certificates")?.authority;
    let (client, _home) = trusting(&other);
    let found = said(client.unwrap().pull(&artifact));
    assert!(found.starts_with(&format!("[registry/certificate] `{}` cannot prove", daemon.host())), "{found}");
    let found = said(trusting(&key).0);
    assert!(found.starts_with("[registry/certificate]") && found.contains("holds no certificate"), "{found}");
    let found = said(trusting(&key.with_extension("none")).0);
    assert!(found.starts_with("[registry/certificate]"), "{found}");
    // Without TLS it says what it is.
    let found = said(Home::new().client().pull(&artifact));
    assert!(found.contains("--ca FILE"), "{found}");
    // With TLS, where there is none.
    let plain = Daemon::start("registry-no-tls", &Setup::default())?;
    let (client, _home) = trusting(&other);
    let found = said(client.unwrap().pull(&reference(&plain, "me/app:1.0.0")));
    assert!(found.contains("it does not speak TLS | use `--plain-http`"), "{found}");
    Ok(())
}

/// What a push that was killed had sent is not sent again.
fn a_push_that_is_cut_off_goes_on() -> Outcome {
    let daemon = Daemon::start("registry-cut-off", &Setup::default())?;
    let (home, artifact, package) = (Home::new(), reference(&daemon, "me/app:1.0.0"), package(100_000, 1));
    // As far as a push comes before its manifest: the wasm is there, under another repository's name it is not.
    home.client().push(&artifact.with_tag("draft"), &package).unwrap();
    assert!(!home.client().exists(&artifact).unwrap());
    let pushed = home.client().push(&artifact, &package).unwrap();
    assert_eq!(pushed.sent, package.layout().manifest.len() as u64);
    Ok(())
}
