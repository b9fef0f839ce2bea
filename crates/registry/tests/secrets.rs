//! Who is told what: credentials go to the registry that asks for them and to its token server, and into no message.
#![allow(clippy::disallowed_methods, reason = "a test writes the files that credentials are in")]
#![allow(clippy::unwrap_used, reason = "tests may unwrap, in their own helper functions too")]

mod common;

use common::{Home, package, put, reference, said};
use testing::registry::{Answer, Asked, Server};
use withe_registry::Client;

/// "me:s3cret\"x", as a password is sent.
const BASIC: &str = "Basic bWU6czNjcmV0Ing=";
const LOGIN: &str = r#"{"username": "me", "password": "s3cret\"x"}"#;

fn log_in(home: &Home, host: &str) {
    home.log_in(&format!(r#"{{"auths": {{"{host}": {LOGIN}}}}}"#));
}

fn challenge(value: &str) -> Answer {
    let body = r#"{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}"#;
    Answer::of(401, body).header("WWW-Authenticate", value)
}

#[test]
fn a_password_is_told_when_it_is_asked_for() {
    let server =
        Server::start(|asked| (asked.header("authorization") != BASIC).then(|| challenge("Basic realm=\"r\"")));
    put(&server, "me/app", "1.0.0", &package(10, 1));
    let home = Home::new();
    log_in(&home, &server.host());
    let client = home.client();
    client.pull(&reference(&server, "me/app:1.0.0")).unwrap();
    let told: Vec<bool> = server.asked().iter().map(|asked| !asked.header("authorization").is_empty()).collect();
    // Not before it is asked for; afterwards without being asked.
    assert_eq!(told, [false, true, true]);
    client.push(&reference(&server, "me/app:2.0.0"), &package(10, 2)).unwrap();
    // Another registry's password is not for this one.
    let other = Home::new();
    log_in(&other, "localhost:1");
    let found = said(other.client().pull(&reference(&server, "me/app:1.0.0")));
    assert!(found.contains("[registry/not-found]") && found.contains("no credentials for it are in"), "{found}");
}

#[test]
fn a_password_that_is_not_taken_is_said() {
    let server = Server::start(|_| Some(challenge("Basic realm=\"r\"")));
    let home = Home::new();
    log_in(&home, &server.host());
    let host = server.host();
    let found = said(home.client().pull(&reference(&server, "me/app:1.0.0")));
    let expected = format!(
        "[registry/not-allowed] `{host}` does not take the credentials that are kept for it | answered 401: \
         UNAUTHORIZED, authentication required | log in again with `docker login {host}`"
    );
    assert_eq!(found, expected);
    assert_eq!(server.asked().len(), 2);
}

/// A registry that wants tokens, and its token server, which gives them for the password.
fn with_tokens(wants_password: bool) -> (Server, Server) {
    let tokens = Server::start(move |asked| {
        let is_known = asked.header("authorization") == BASIC || String::from_utf8_lossy(&asked.body).contains("t0ken");
        Some(match wants_password && !is_known {
            true => Answer::of(401, r#"{"errors":[{"code":"DENIED","message":"no"}]}"#),
            false => Answer::of(200, r#"{"token":"short-lived","expires_in":60}"#),
        })
    });
    let realm =
        format!("Bearer realm=\"http://{}/token\",service=\"here\",scope=\"repository:me/app:pull\"", tokens.host());
    let server =
        Server::start(move |asked| (asked.header("authorization") != "Bearer short-lived").then(|| challenge(&realm)));
    (server, tokens)
}

#[test]
fn a_token_is_fetched_with_the_password_and_without() {
    for wants_password in [true, false] {
        let (server, tokens) = with_tokens(wants_password);
        put(&server, "me/app", "1.0.0", &package(10, 1));
        let home = Home::new();
        if wants_password {
            log_in(&home, &server.host());
        }
        home.client().pull(&reference(&server, "me/app:1.0.0")).unwrap();
        let [asked] = &tokens.asked()[..] else { panic!("{:?}", tokens.asked()) };
        assert_eq!(asked.path, "/token?service=here&scope=repository%3Ame%2Fapp%3Apull");
        assert_eq!(asked.header("authorization"), if wants_password { BASIC } else { "" });
        assert!(server.asked().iter().all(|asked| asked.header("authorization") != BASIC));
    }
}

#[test]
fn an_identity_is_exchanged_for_a_token() {
    let (server, tokens) = with_tokens(true);
    put(&server, "me/app", "1.0.0", &package(10, 1));
    let home = Home::new();
    home.log_in(&format!(r#"{{"auths": {{"{}": {{"identitytoken": "t0ken&x"}}}}}}"#, server.host()));
    home.client().pull(&reference(&server, "me/app:1.0.0")).unwrap();
    let [asked] = &tokens.asked()[..] else { panic!("{:?}", tokens.asked()) };
    assert_eq!(
        String::from_utf8_lossy(&asked.body),
        "grant_type=refresh_token&service=here&client_id=withe&scope=repository%3Ame%2Fapp%3Apull&refresh_token=t0ken%26x"
    );
    assert_eq!((asked.method.as_str(), asked.header("content-type")), ("POST", "application/x-www-form-urlencoded"));
}

#[test]
fn a_token_that_has_run_out_is_fetched_again() {
    let mut count = 0;
    let tokens = Server::start(move |_| {
        count += 1;
        Some(Answer::of(200, format!(r#"{{"access_token":"token-{count}"}}"#)))
    });
    let realm = format!("Bearer realm=\"http://{}/token\"", tokens.host());
    // The first token is good for the manifest alone.
    let server = Server::start(move |asked| {
        let wanted = if asked.path.contains("/blobs/") { "Bearer token-2" } else { "Bearer token-1" };
        (asked.header("authorization") != wanted).then(|| challenge(&realm))
    });
    put(&server, "me/app", "1.0.0", &package(10, 1));
    Home::new().client().pull(&reference(&server, "me/app:1.0.0")).unwrap();
    assert_eq!(tokens.asked().len(), 2);
    // It is asked for what is needed, where the registry does not say what that is.
    assert!(tokens.asked()[0].path.contains("scope=repository%3Ame%2Fapp%3Apull"), "{:?}", tokens.asked()[0].path);
}

#[test]
fn a_token_server_without_tls_elsewhere_is_told_nothing() {
    for realm in ["http://registry.invalid/token", "ftp://localhost/token", "no address", "file:///etc/passwd"] {
        let value = format!("Bearer realm=\"{realm}\"");
        let server = Server::start(move |_| Some(challenge(&value)));
        let home = Home::new();
        log_in(&home, &server.host());
        let found = said(home.client().pull(&reference(&server, "me/app:1.0.0")));
        assert!(found.starts_with("[registry/malformed]") && found.contains("token server"), "{found}");
    }
}

#[test]
fn what_is_sent_on_to_another_host_is_not_told() {
    let package = package(1000, 1);
    let bytes = package.bytes.clone();
    // It asks for a password too, which it is not told.
    for is_greedy in [false, true] {
        let bytes = bytes.clone();
        let elsewhere = Server::start(move |_| {
            Some(if is_greedy { challenge("Basic realm=\"r\"") } else { Answer::of(200, bytes.clone()) })
        });
        let place = format!("http://127.0.0.1:{}/storage?sig=abc", elsewhere.port);
        let server = Server::start(move |asked| {
            if asked.header("authorization") != BASIC {
                return Some(challenge("Basic realm=\"r\""));
            }
            asked.path.contains("/blobs/").then(|| Answer::of(307, "").header("Location", place.clone()))
        });
        put(&server, "me/app", "1.0.0", &package);
        let home = Home::new();
        log_in(&home, &server.host());
        let pulled = home.client().pull(&reference(&server, "me/app:1.0.0"));
        assert_eq!(pulled.is_ok(), !is_greedy);
        assert_eq!(elsewhere.asked().len(), 1);
        assert_eq!(elsewhere.asked()[0].header("authorization"), "");
        assert!(!said(pulled).contains("sig=abc"));
    }
}

#[test]
fn a_place_to_send_to_on_another_host_is_not_told() {
    let elsewhere = Server::start(|asked| (asked.method == "PUT").then(|| Answer::of(201, "")));
    let place = format!("http://127.0.0.1:{}/upload?state=7", elsewhere.port);
    let server = Server::start(move |asked| {
        if asked.header("authorization") != BASIC {
            return Some(challenge("Basic realm=\"r\""));
        }
        (asked.method == "POST").then(|| Answer::of(202, "").header("Location", place.clone()))
    });
    let home = Home::new();
    log_in(&home, &server.host());
    home.client().push(&reference(&server, "me/app:1.0.0"), &package(10, 1)).unwrap();
    assert_eq!(elsewhere.asked().len(), 2);
    for asked in elsewhere.asked() {
        assert_eq!(asked.header("authorization"), "");
        assert!(asked.path.starts_with("/upload?state=7&digest=sha256%3A"), "{}", asked.path);
    }
}

/// All that was asked, as an error: a registry that wants to see it repeated.
fn echo(asked: &Asked, status: u16) -> Answer {
    let all = format!("{asked:?} me:s3cret\"x s3cret\"x {BASIC} t0ken short-lived");
    let body = format!(r#"{{"errors":[{{"code":{all:?},"message":{all:?}}}]}}"#);
    Answer::of(status, body).header("WWW-Authenticate", "Basic realm=\"s3cret\"")
}

#[test]
fn no_secret_is_repeated_whatever_a_registry_says() {
    for status in [400, 401, 403, 404, 429, 500] {
        let server = Server::start(move |asked| {
            Some(if asked.header("authorization").is_empty() {
                challenge("Basic realm=\"r\"")
            } else {
                echo(asked, status)
            })
        });
        let home = Home::new();
        log_in(&home, &server.host());
        let mut options = home.options();
        options.retries = 1;
        let client = Client::new(options).unwrap();
        let artifact = reference(&server, "me/app:1.0.0");
        let found = [
            said(client.pull(&artifact)),
            said(client.push(&artifact, &package(10, 1))),
            said(client.tags(&artifact)),
            said(client.resolve(&artifact)),
            format!("{client:?}"),
        ];
        for found in found {
            for secret in ["s3cret", "bWU6czNjcmV0", "t0ken"] {
                assert!(!found.contains(secret), "{status}: {found}");
            }
        }
    }
    // Tokens, and what a token server says.
    let tokens = Server::start(|asked| Some(echo(asked, 403)));
    let realm = format!("Bearer realm=\"http://{}/token?s3cret\"", tokens.host());
    let server = Server::start(move |_| Some(challenge(&realm)));
    let home = Home::new();
    log_in(&home, &server.host());
    let found = said(home.client().pull(&reference(&server, "me/app:1.0.0")));
    assert!(found.starts_with("[registry/") && !found.contains("s3cret"), "{found}");
}

#[test]
fn what_the_environment_has_is_not_shown() {
    let home = Home::new();
    let mut options = home.options();
    options.credentials.inline = Some(r#"{"auths": {"x.example": {"auth": "bWU6czNjcmV0Ing="}}}"#.to_owned());
    assert!(!format!("{:?}", Client::new(options).unwrap()).contains("bWU6"));
}
