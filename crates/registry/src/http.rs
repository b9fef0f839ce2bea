//! Requests to one registry: who is asked how, what is told, how long is waited, how often is asked again.
//!
//! In: a method and a path. Out: the registry's answer, or a fault.
//! Holds: what authorizes goes to the registry's own address and to no other; no answer is read beyond its limit, and
//! none is waited for without end.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures::StreamExt as _;
use reqwest::header::{
    ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue, RANGE, RETRY_AFTER, WWW_AUTHENTICATE,
};
use reqwest::{Method, RequestBuilder, Response, StatusCode, Url};

use crate::challenge;
use crate::client::Options;
use crate::credentials::{self, Credential};
use crate::fault::{Again, Fault, Kind, Tried};
use crate::reference::{Reference, is_loopback};

/// Answers that are read whole before they are looked at.
pub(crate) const LARGEST_DOCUMENT: u64 = 4 << 20;
/// What is read of an answer that is an error.
const LARGEST_ERROR: u64 = 64 << 10;
/// How much must arrive within the time that is waited, so that a trickle is not waited for without end.
const LEAST_PROGRESS: u64 = 32 << 10;
/// No registry decides that a command sleeps for longer.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
const REDIRECTS: usize = 5;
/// The pieces in which a content is sent.
const PIECE: usize = 64 << 10;

/// The way to registries.
#[derive(Debug)]
pub(crate) struct Http {
    pub options: Options,
    /// For other machines: the system's proxies and certificates.
    away: OnceLock<reqwest::Client>,
    /// For this machine: no proxy.
    here: OnceLock<reqwest::Client>,
    authority: Vec<reqwest::Certificate>,
    known: Mutex<Known>,
    /// Held while credentials are looked for: a helper that asks its user asks once.
    asking: tokio::sync::Mutex<()>,
}

/// What has been learned about who the user is. Its values are in no message.
#[derive(Default)]
struct Known {
    /// By host: what the user's files have.
    credentials: HashMap<String, Option<Credential>>,
    /// By host, repository and action.
    authorizations: HashMap<String, Authorization>,
    secrets: Vec<String>,
}

impl std::fmt::Debug for Known {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Known")
    }
}

#[derive(Clone)]
enum Authorization {
    Basic { user: String, password: String },
    Bearer(String),
}

/// One request.
#[derive(Clone, Debug)]
pub(crate) struct Ask<'r> {
    pub reference: &'r Reference,
    /// As the registry calls it.
    pub repository: String,
    pub method: Method,
    pub url: Url,
    /// `pull` or `pull,push`.
    pub scope: &'static str,
    pub accept: &'static [&'static str],
    pub content: Option<(Bytes, &'static str)>,
    /// The first byte that is wanted, if that is not the first.
    pub from: u64,
}

impl Http {
    /// # Errors
    ///
    /// `registry/certificate` where the file of an authority cannot be read or is none.
    pub fn new(options: Options) -> Result<Self, Fault> {
        // Another part of the process may have installed one: any will do.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let authority = match &options.ca {
            Some(file) => authority(file)?,
            None => Vec::new(),
        };
        Ok(Self {
            options,
            away: OnceLock::new(),
            here: OnceLock::new(),
            authority,
            known: Mutex::default(),
            asking: tokio::sync::Mutex::default(),
        })
    }

    /// A question about a repository; `path` comes after its name.
    pub fn ask<'r>(&self, reference: &'r Reference, method: Method, path: &str) -> Result<Ask<'r>, Fault> {
        let (host, repository) = match (reference.host.as_str(), reference.repository.as_str()) {
            // Docker Hub's names are not where its registry is.
            ("docker.io" | "index.docker.io", name) if !name.contains('/') => {
                ("registry-1.docker.io", format!("library/{name}"))
            }
            ("docker.io" | "index.docker.io", name) => ("registry-1.docker.io", name.to_owned()),
            (host, name) => (host, name.to_owned()),
        };
        let url = format!("{}://{host}/v2/{repository}/{path}", self.scheme(reference));
        let url = Url::parse(&url).map_err(|_| Fault::malformed("its address is none"))?;
        Ok(Ask { reference, repository, method, url, scope: "pull", accept: &[], content: None, from: 0 })
    }

    /// This machine is asked without TLS, unless an authority is named for it.
    pub fn scheme(&self, reference: &Reference) -> &'static str {
        let is_plain = self.options.plain_http || (reference.is_loopback() && self.options.ca.is_none());
        if is_plain { "http" } else { "https" }
    }

    fn client(&self, url: &Url) -> Result<&reqwest::Client, Fault> {
        let is_here = url.host_str().is_some_and(is_loopback);
        let slot = if is_here { &self.here } else { &self.away };
        if let Some(client) = slot.get() {
            return Ok(client);
        }
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("withe/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(self.options.timeout)
            .redirect(reqwest::redirect::Policy::custom(followed));
        if is_here {
            builder = builder.no_proxy();
        }
        builder = match url.scheme() {
            // Without TLS there is nothing to check, and the machine's certificates need not be there.
            "http" if is_here => builder.tls_certs_only(self.authority.clone()),
            _ => builder.tls_certs_merge(self.authority.clone()),
        };
        let built = builder.build().map_err(|error| {
            let words = std::error::Error::source(&error).map_or_else(String::new, ToString::to_string);
            Fault::once(Kind::Unreachable(format!("TLS cannot be used: {words}")))
        })?;
        Ok(slot.get_or_init(|| built))
    }

    /// Asks until there is an answer that stands: a success, or a status that asking again will not change.
    pub async fn send(&self, ask: &Ask<'_>) -> Result<Response, Fault> {
        self.again(async || self.send_once(ask).await).await
    }

    /// Repeats what may come out otherwise, with pauses that grow.
    pub async fn again<T>(&self, mut attempt: impl AsyncFnMut() -> Result<T, Fault>) -> Result<T, Fault> {
        let mut tries = 0;
        loop {
            let fault = match attempt().await {
                Ok(done) => return Ok(done),
                Err(fault) => fault,
            };
            let pause = self.pause(tries, fault.again);
            let Some(pause) = pause else { return Err(fault) };
            tries += 1;
            tokio::time::sleep(pause).await;
        }
    }

    /// How long to wait before asking again, if that is to be done.
    pub fn pause(&self, tries: u32, again: Again) -> Option<Duration> {
        if tries >= self.options.retries {
            return None;
        }
        let grown = self.options.pause.saturating_mul(1 << tries.min(10)).min(LONGEST_PAUSE);
        match again {
            Again::No => None,
            Again::Yes => Some(grown),
            Again::After(time) => Some(time.min(LONGEST_PAUSE)),
        }
    }

    /// Asks once, and once more with what the registry asks for.
    pub async fn send_once(&self, ask: &Ask<'_>) -> Result<Response, Fault> {
        let mut authorization = self.authorization(ask);
        let mut tried = Tried::Nothing;
        for is_last in [false, true] {
            let response = self.exchange(ask, authorization.as_ref()).await?;
            let status = response.status();
            if status.is_success() || status == StatusCode::RANGE_NOT_SATISFIABLE {
                return Ok(response);
            }
            // Only the registry itself may ask who one is: where it sends on to is not told.
            let may_ask = status == StatusCode::UNAUTHORIZED && is_same(response.url(), &ask.url);
            if is_last || !may_ask {
                return Err(self.refusal(response, tried).await);
            }
            let headers = response.headers().clone();
            (authorization, tried) = self.authorize(ask, &headers).await?;
            if authorization.is_none() {
                return Err(self.refusal(response, tried).await);
            }
        }
        Err(Fault::malformed("it asks for credentials again and again"))
    }

    /// Sends the request and waits for the head of the answer.
    async fn exchange(&self, ask: &Ask<'_>, authorization: Option<&Authorization>) -> Result<Response, Fault> {
        let mut request = self.client(&ask.url)?.request(ask.method.clone(), ask.url.clone());
        if !ask.accept.is_empty() {
            request = request.header(ACCEPT, ask.accept.join(", "));
        }
        if ask.from > 0 {
            request = request.header(RANGE, format!("bytes={}-", ask.from));
        }
        if let Some(authorization) = authorization.filter(|_| self.is_registry(ask)) {
            request = authorized(request, authorization);
        }
        let Some((content, media_type)) = &ask.content else {
            if ask.method == Method::POST || ask.method == Method::PUT {
                request = request.header(CONTENT_LENGTH, 0);
            }
            return within(self.options.timeout, request.send()).await?.map_err(|error| Fault::of_http(&error));
        };
        self.upload(request.header(CONTENT_TYPE, *media_type), content).await
    }

    /// Sends a content in pieces. The time that is waited begins anew with each piece that leaves.
    async fn upload(&self, request: RequestBuilder, content: &Bytes) -> Result<Response, Fault> {
        let moved = Arc::new(Mutex::new(Instant::now()));
        let seen = Arc::clone(&moved);
        let content = content.clone();
        let len = content.len();
        let starts = (0..len).step_by(PIECE);
        let pieces = futures::stream::iter(starts).map(move |start| {
            if let Ok(mut moved) = seen.lock() {
                *moved = Instant::now();
            }
            Ok::<_, std::io::Error>(content.slice(start..(start + PIECE).min(content.len())))
        });
        let request = request.header(CONTENT_LENGTH, len).body(reqwest::Body::wrap_stream(pieces));
        let mut sending = std::pin::pin!(request.send());
        loop {
            let last = moved.lock().map_or_else(|_| Instant::now(), |moved| *moved);
            let left = (last + self.options.timeout).saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(Fault::passing(Kind::Silent(self.options.timeout)));
            }
            if let Ok(done) = tokio::time::timeout(left, &mut sending).await {
                return done.map_err(|error| Fault::of_http(&error));
            }
        }
    }

    /// Whether a request goes to the registry itself; an upload may be told to go elsewhere.
    fn is_registry(&self, ask: &Ask<'_>) -> bool {
        self.ask(ask.reference, Method::GET, "").is_ok_and(|own| is_same(&own.url, &ask.url))
    }

    /// What is known from an earlier request of the same kind.
    fn authorization(&self, ask: &Ask<'_>) -> Option<Authorization> {
        self.known.lock().ok()?.authorizations.get(&key(ask)).cloned()
    }

    /// What to tell a registry that asks, and what was tried for it.
    async fn authorize(&self, ask: &Ask<'_>, headers: &HeaderMap) -> Result<(Option<Authorization>, Tried), Fault> {
        let credential = self.credential(ask.reference).await?;
        let tried = match &credential {
            Some(_) => Tried::Credentials,
            None => Tried::Anonymous(self.options.credentials.shown()),
        };
        if !self.is_registry(ask) {
            return Ok((None, Tried::Nothing));
        }
        let values = headers.get_all(WWW_AUTHENTICATE).iter().filter_map(|value| value.to_str().ok());
        let found = match (challenge::choose(values), credential) {
            (Some(challenge::Challenge::Bearer { realm, service, scope }), credential) => {
                let token = Token { realm, service, scope };
                Some(Authorization::Bearer(self.token(ask, token, credential, &tried).await?))
            }
            (Some(challenge::Challenge::Basic) | None, Some(Credential::Password { user, password })) => {
                self.remember_secret(basic_text(&self.client(&ask.url)?.get(ask.url.clone()), &user, &password));
                Some(Authorization::Basic { user, password })
            }
            (Some(challenge::Challenge::Basic) | None, Some(Credential::Identity(_)) | None) => None,
        };
        if let (Some(found), Ok(mut known)) = (&found, self.known.lock()) {
            known.authorizations.insert(key(ask), found.clone());
        }
        Ok((found, tried))
    }

    async fn credential(&self, reference: &Reference) -> Result<Option<Credential>, Fault> {
        let _asking = self.asking.lock().await;
        let kept = self.known.lock().ok().and_then(|known| known.credentials.get(&reference.host).cloned());
        if let Some(kept) = kept {
            return Ok(kept);
        }
        let found = credentials::find(&self.options.credentials, reference).await?;
        if let Some(found) = &found {
            self.remember_secret(Some(found.secret().to_owned()));
        }
        if let Ok(mut known) = self.known.lock() {
            known.credentials.insert(reference.host.clone(), found.clone());
        }
        Ok(found)
    }

    /// Asks the registry's token server for a token.
    async fn token(
        &self,
        ask: &Ask<'_>,
        token: Token,
        credential: Option<Credential>,
        tried: &Tried,
    ) -> Result<String, Fault> {
        let mut url = Url::parse(&token.realm).map_err(|_| Fault::malformed("its token server has no address"))?;
        let is_near = is_same_host(&url, &ask.url) || url.host_str().is_some_and(is_loopback);
        let is_plain = url.scheme() == "http" && ask.url.scheme() == "http" && is_near;
        if url.scheme() != "https" && !is_plain {
            let words = "it names a token server that would be told credentials without TLS";
            return Err(Fault::malformed(words));
        }
        let scope = token.scope.unwrap_or_else(|| format!("repository:{}:{}", ask.repository, ask.scope));
        let service = token.service.unwrap_or_default();
        let client = self.client(&url)?;
        let request = match credential {
            Some(Credential::Identity(identity)) => {
                let form = [
                    ("grant_type", "refresh_token"),
                    ("service", &service),
                    ("client_id", "withe"),
                    ("scope", &scope),
                    ("refresh_token", &identity),
                ];
                client.post(url).header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(form_text(&form))
            }
            other => {
                let pairs = [("service", &service), ("scope", &scope)];
                url.query_pairs_mut().extend_pairs(pairs.into_iter().filter(|(_, value)| !value.is_empty()));
                match other {
                    Some(Credential::Password { user, password }) => {
                        self.remember_secret(basic_text(&client.get(url.clone()), &user, &password));
                        client.get(url).basic_auth(user, Some(password))
                    }
                    Some(Credential::Identity(_)) | None => client.get(url),
                }
            }
        };
        let response = within(self.options.timeout, request.send()).await?.map_err(|error| Fault::of_http(&error))?;
        if !response.status().is_success() {
            return Err(self.refusal(response, tried.clone()).await);
        }
        let body = self.document(response, LARGEST_DOCUMENT).await?;
        let body: serde_json::Value = serde_json::from_slice(&body)
            .map_err(|_| Fault::malformed("its token server does not answer with a token"))?;
        let found =
            ["token", "access_token"].iter().find_map(|key| body[*key].as_str().filter(|text| !text.is_empty()));
        let Some(found) = found.filter(|text| HeaderValue::from_str(text).is_ok()) else {
            return Err(Fault::malformed("its token server does not answer with a token"));
        };
        self.remember_secret(Some(found.to_owned()));
        Ok(found.to_owned())
    }

    fn remember_secret(&self, secret: Option<String>) {
        if let (Some(secret), Ok(mut known)) = (secret, self.known.lock())
            && !secret.is_empty()
            && !known.secrets.contains(&secret)
        {
            known.secrets.push(secret);
        }
    }

    /// A status that is no success, as a fault. A token that was refused is forgotten.
    async fn refusal(&self, response: Response, tried: Tried) -> Fault {
        let status = response.status();
        let code = status.as_u16();
        let waits = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
        let is_own = status != StatusCode::UNAUTHORIZED;
        if !is_own && let Ok(mut known) = self.known.lock() {
            known.authorizations.clear();
        }
        let body = self.document(response, LARGEST_ERROR).await.unwrap_or_default();
        let again = match (code, waits) {
            (429 | 503, Some(seconds)) => Again::After(Duration::from_secs(seconds)),
            (429 | 500 | 502 | 503 | 504, _) => Again::Yes,
            _ => Again::No,
        };
        Fault { kind: Kind::Status { code, said: self.said(&body), tried }, again }
    }

    /// What a registry says of an error, if it repeats nothing that is not for others.
    fn said(&self, body: &[u8]) -> Option<String> {
        let body: serde_json::Value = serde_json::from_slice(body).ok()?;
        let first = body["errors"].get(0)?;
        let texts = ["code", "message"].map(|key| first[key].as_str().unwrap_or("").trim());
        let said: Vec<&str> = texts.into_iter().filter(|text| !text.is_empty()).collect();
        let said = said.join(", ");
        // As it is, and as it is written in the document.
        let (known, written) = (self.known.lock().ok()?, body.to_string());
        let is_told = |secret: &String| written.contains(secret.as_str()) || said.contains(secret.as_str());
        let is_fit = !said.is_empty() && !known.secrets.iter().any(is_told);
        is_fit.then(|| said.chars().filter(|c| !c.is_control()).take(200).collect())
    }

    /// An answer that is looked at whole. It has twice the time of a piece of one.
    pub async fn document(&self, mut response: Response, limit: u64) -> Result<Vec<u8>, Fault> {
        let end = Instant::now() + self.options.timeout * 2;
        let mut body = Vec::new();
        loop {
            let left = end.saturating_duration_since(Instant::now()).min(self.options.timeout);
            let chunk = within(left, response.chunk()).await?.map_err(|error| Fault::of_http(&error))?;
            let Some(chunk) = chunk else { return Ok(body) };
            body.extend_from_slice(&chunk);
            if body.len() as u64 > limit {
                return Err(Fault::once(Kind::TooLarge { what: "what describes it", size: None, limit }));
            }
        }
    }

    /// Hands on an answer piece by piece. A trickle is as good as silence.
    pub async fn pieces(
        &self,
        mut response: Response,
        mut take: impl FnMut(&[u8]) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let (mut since, mut arrived) = (Instant::now(), 0);
        loop {
            let chunk =
                within(self.options.timeout, response.chunk()).await?.map_err(|error| Fault::of_http(&error))?;
            let Some(chunk) = chunk else { return Ok(()) };
            take(&chunk)?;
            arrived += chunk.len() as u64;
            if since.elapsed() >= self.options.timeout {
                if arrived < LEAST_PROGRESS {
                    return Err(Fault::passing(Kind::Silent(self.options.timeout)));
                }
                (since, arrived) = (Instant::now(), 0);
            }
        }
    }
}

/// What a registry says about its tokens.
struct Token {
    realm: String,
    service: Option<String>,
    scope: Option<String>,
}

/// What an authorization is good for.
fn key(ask: &Ask<'_>) -> String {
    format!("{} {} {}", ask.reference.host, ask.reference.repository, ask.scope)
}

fn authorized(request: RequestBuilder, authorization: &Authorization) -> RequestBuilder {
    match authorization {
        Authorization::Basic { user, password } => request.basic_auth(user, Some(password)),
        Authorization::Bearer(token) => request.bearer_auth(token),
    }
}

/// The text that a password is sent as.
fn basic_text(request: &RequestBuilder, user: &str, password: &str) -> Option<String> {
    let request = request.try_clone()?.basic_auth(user, Some(password)).build().ok()?;
    let text = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    text.strip_prefix("Basic ").map(str::to_owned)
}

/// A form, as a body.
fn form_text(pairs: &[(&str, &str)]) -> String {
    let mut url = Url::parse("form:///").expect("this is an address");
    url.query_pairs_mut().extend_pairs(pairs);
    url.query().unwrap_or("").to_owned()
}

/// Whether two addresses have the same scheme, host and port.
pub(crate) fn is_same(one: &Url, other: &Url) -> bool {
    one.scheme() == other.scheme()
        && is_same_host(one, other)
        && one.port_or_known_default() == other.port_or_known_default()
}

fn is_same_host(one: &Url, other: &Url) -> bool {
    one.host_str() == other.host_str()
}

/// Whether a redirection is followed: a few, and never from TLS to none.
fn followed(attempt: reqwest::redirect::Attempt<'_>) -> reqwest::redirect::Action {
    let was_safe = attempt.previous().last().is_some_and(|previous| previous.scheme() == "https");
    if attempt.previous().len() > REDIRECTS {
        attempt.error("more than five in a row")
    } else if was_safe && attempt.url().scheme() != "https" {
        attempt.error("from TLS to none")
    } else {
        attempt.follow()
    }
}

async fn within<T>(time: Duration, future: impl Future<Output = T>) -> Result<T, Fault> {
    tokio::time::timeout(time, future).await.map_err(|_| Fault::passing(Kind::Silent(time)))
}

/// The certificates in a file.
fn authority(file: &std::path::Path) -> Result<Vec<reqwest::Certificate>, Fault> {
    let wrong = |why: String| Fault::once(Kind::Authority { file: file.display().to_string(), why });
    let text = std::fs::read(file).map_err(|error| wrong(error.to_string()))?;
    let found = reqwest::Certificate::from_pem_bundle(&text).map_err(|_| wrong("not in PEM form".to_owned()))?;
    if found.is_empty() {
        return Err(wrong("it holds no certificate".to_owned()));
    }
    Ok(found)
}
