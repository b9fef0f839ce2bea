//! Pulling: from a reference to the bytes of its wasm.
//!
//! In: a reference. Out: the artifact, from the cache or through it.
//! Holds: a content that broke off goes on where it ended; what has another digest than it must is not kept.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use reqwest::header::{CONTENT_RANGE, HeaderMap};
use reqwest::{Method, Response, StatusCode};

use crate::artifact::{self, Descriptor, Found, NoWasm};
use crate::cache::{Begun, Part};
use crate::client::Client;
use crate::fault::{Fault, Kind};
use crate::http::LARGEST_DOCUMENT;
use crate::{Digest, Reference, list};

/// The manifests that are taken.
pub(crate) const MANIFESTS: &[&str] = &[
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
];

/// Progress after which a transfer that breaks off again has not failed twice in a row.
const PROGRESS: u64 = 1 << 20;

/// How often is looked whether somebody else's transfer has ended.
const LOOK: Duration = Duration::from_millis(20);

/// What was pulled.
#[derive(Clone, Debug)]
pub struct Artifact {
    pub reference: Reference,
    /// Of the manifest: what `@sha256:` in a reference names.
    pub digest: Digest,
    /// Of the wasm itself.
    pub content: Digest,
    /// The manifest's annotations.
    pub annotations: BTreeMap<String, String>,
    /// The wasm: a component, a WIT package or a core module.
    pub bytes: Vec<u8>,
    /// Where the cache keeps it.
    pub path: PathBuf,
    /// Whether nothing of it came over the network this time.
    pub was_cached: bool,
}

pub(crate) async fn pull(client: &Client, reference: &Reference) -> Result<Artifact, Fault> {
    let fault = match artifact(client, reference).await {
        Ok(artifact) => return Ok(artifact),
        Err(fault) => fault,
    };
    let is_absent = matches!(fault.kind, Kind::Status { code: 404, .. });
    let (true, None, Some(tag)) = (is_absent, &reference.digest, &reference.tag) else { return Err(fault) };
    // Where the repository may be seen, what it has says more.
    match list::tags(client, reference).await {
        Ok(tags) if !tags.is_empty() && !tags.contains(tag) => {
            Err(Fault::once(Kind::NoSuchTag { tag: tag.clone(), tags }))
        }
        Ok(_) | Err(_) => Err(fault),
    }
}

async fn artifact(client: &Client, reference: &Reference) -> Result<Artifact, Fault> {
    if client.http.options.offline {
        client.cache.check()?;
    }
    let mut was_cached = true;
    let (digest, mut manifest) = manifest(client, reference, &mut was_cached).await?;
    let mut found = find(&manifest)?;
    if let Found::Manifest(inner) = &found {
        let inner = reference.with_digest(inner.digest);
        manifest = self::manifest(client, &inner, &mut was_cached).await?.1;
        found = find(&manifest)?;
    }
    let Found::Wasm { layer, annotations } = found else {
        return Err(Fault::once(Kind::NotWasm("an index of indexes".to_owned())));
    };
    let bytes = content(client, reference, &layer, &mut was_cached).await?;
    if !bytes.starts_with(b"\0asm") {
        return Err(Fault::once(Kind::NotWasm("a content that says it is wasm and does not begin like it".to_owned())));
    }
    if !client.http.options.offline && reference.tag.is_some() {
        client.cache.tag(reference, &digest)?;
    }
    let path = client.cache.path(&layer.digest);
    Ok(Artifact { reference: reference.clone(), digest, content: layer.digest, annotations, bytes, path, was_cached })
}

fn find(manifest: &[u8]) -> Result<Found, Fault> {
    artifact::find(manifest).map_err(|why| match why {
        NoWasm::Malformed(why) => Fault::malformed(why),
        NoWasm::Other(what) => Fault::once(Kind::NotWasm(what)),
    })
}

/// The manifest of a reference, with its digest.
async fn manifest(client: &Client, reference: &Reference, was_cached: &mut bool) -> Result<(Digest, Vec<u8>), Fault> {
    let is_offline = client.http.options.offline;
    let known = reference.digest.or_else(|| client.cache.tagged(reference).filter(|_| is_offline));
    if let Some(digest) = known
        && let Some(bytes) = client.cache.read(&digest, LARGEST_DOCUMENT)?
    {
        return Ok((digest, bytes));
    }
    let Some(name) = name_of(reference) else { return Err(Fault::once(Kind::NoTag)) };
    if is_offline {
        return Err(Fault::once(Kind::Offline));
    }
    *was_cached = false;
    let mut ask = client.http.ask(reference, Method::GET, &format!("manifests/{name}"))?;
    ask.accept = MANIFESTS;
    let (headers, bytes) = client
        .http
        .again(async || {
            let response = client.http.send_once(&ask).await?;
            let headers = response.headers().clone();
            Ok((headers, client.http.document(response, LARGEST_DOCUMENT).await?))
        })
        .await?;
    let found = Digest::of(&bytes);
    for expected in reference.digest.into_iter().chain(stated(&headers)) {
        if found != expected {
            return Err(Fault::once(Kind::Digest { expected, found }));
        }
    }
    client.cache.check()?;
    client.cache.keep(&found, &bytes)?;
    Ok((found, bytes))
}

/// What comes after `manifests/`.
pub(crate) fn name_of(reference: &Reference) -> Option<String> {
    match (&reference.digest, &reference.tag) {
        (Some(digest), _) => Some(digest.to_string()),
        (None, Some(tag)) => Some(tag.clone()),
        (None, None) => None,
    }
}

/// The digest that a registry says an answer has.
pub(crate) fn stated(headers: &HeaderMap) -> Option<Digest> {
    headers.get("docker-content-digest")?.to_str().ok()?.parse().ok()
}

/// A content, from the cache or through it.
async fn content(
    client: &Client,
    reference: &Reference,
    wanted: &Descriptor,
    was_cached: &mut bool,
) -> Result<Vec<u8>, Fault> {
    let limit = client.http.options.limit;
    if wanted.size > limit {
        return Err(Fault::once(Kind::TooLarge { what: "the wasm", size: Some(wanted.size), limit }));
    }
    // The second time is for a file that was there and turned out to be wrong.
    for _ in 0..2 {
        if let Some(bytes) = client.cache.read(&wanted.digest, limit)? {
            return Ok(bytes);
        }
        if client.http.options.offline {
            return Err(Fault::once(Kind::Offline));
        }
        *was_cached = false;
        fetch(client, reference, wanted).await?;
    }
    client.cache.read(&wanted.digest, limit)?.ok_or_else(|| {
        let why = "what was written there is not there any more, or is not what was written".to_owned();
        Fault::once(Kind::Cache { path: client.cache.path(&wanted.digest).display().to_string(), why })
    })
}

/// Fetches a content into the cache, or waits for who does.
async fn fetch(client: &Client, reference: &Reference, wanted: &Descriptor) -> Result<(), Fault> {
    let (mut tries, mut best) = (0, 0);
    let mut is_fresh = false;
    loop {
        let mut part = match begin(client, wanted).await? {
            Some(part) => part,
            None => return Ok(()),
        };
        if is_fresh || part.len > wanted.size {
            part.restart()?;
        }
        let was_resumed = part.len > 0;
        let transferred = transfer(client, reference, wanted, &mut part).await;
        let len = part.len;
        let done = transferred.and_then(|()| part.finish(&client.cache, &wanted.digest));
        let Err(fault) = done else { return Ok(()) };
        // The beginning may have been wrong that an earlier run left.
        if matches!(fault.kind, Kind::Digest { .. }) && was_resumed && !is_fresh {
            is_fresh = true;
            continue;
        }
        if len >= best + PROGRESS {
            (tries, best) = (0, len);
        }
        let Some(pause) = client.http.pause(tries, fault.again) else { return Err(fault) };
        tries += 1;
        tokio::time::sleep(pause).await;
    }
}

/// The part to go on with; nothing where the content is there, which somebody else may have seen to.
async fn begin(client: &Client, wanted: &Descriptor) -> Result<Option<Part>, Fault> {
    let (mut arrived, mut since) = (None, Instant::now());
    loop {
        match client.cache.begin(&wanted.digest)? {
            Begun::Part(part) => return Ok(Some(part)),
            Begun::Done => return Ok(None),
            Begun::Elsewhere => {}
        }
        let now = client.cache.arrived(&wanted.digest);
        if now != arrived {
            (arrived, since) = (now, Instant::now());
        }
        // Whoever it is has limits of its own; past all of them it hangs.
        if since.elapsed() > client.http.options.timeout * 4 {
            let why = "another process has been fetching this and is not getting on".to_owned();
            return Err(Fault::once(Kind::Cache {
                path: client.cache.path(&wanted.digest).display().to_string(),
                why,
            }));
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// What is missing of a content.
async fn transfer(client: &Client, reference: &Reference, wanted: &Descriptor, part: &mut Part) -> Result<(), Fault> {
    if part.len == wanted.size {
        return Ok(());
    }
    let mut ask = client.http.ask(reference, Method::GET, &format!("blobs/{}", wanted.digest))?;
    ask.from = part.len;
    let response = client.http.send_once(&ask).await?;
    match response.status() {
        StatusCode::PARTIAL_CONTENT if starts_at(&response, part.len) => {}
        StatusCode::OK => part.restart()?,
        // What was kept cannot be gone on with.
        StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE if part.len > 0 => {
            part.restart()?;
            return Err(Fault::passing(Kind::BrokenOff("it does not go on where it broke off".to_owned())));
        }
        other => {
            return Err(Fault::malformed(format!("it answers with {} where a content is asked for", other.as_u16())));
        }
    }
    let expected = wanted.size - part.len;
    if response.content_length().is_some_and(|len| len != expected) {
        let len = response.content_length().unwrap_or(0);
        return Err(Fault::malformed(format!("it sends {len} bytes where its manifest says {expected}")));
    }
    client
        .http
        .pieces(response, |bytes| {
            if part.len + bytes.len() as u64 > wanted.size {
                part.restart()?;
                return Err(Fault::malformed(format!(
                    "it sends more than the {} bytes its manifest says",
                    wanted.size
                )));
            }
            part.add(bytes)
        })
        .await?;
    if part.len < wanted.size {
        let why = format!("after {} of {} bytes", part.len, wanted.size);
        return Err(Fault::passing(Kind::BrokenOff(why)));
    }
    Ok(())
}

/// Whether a part of a content begins where it was asked to.
fn starts_at(response: &Response, from: u64) -> bool {
    let range = response.headers().get(CONTENT_RANGE).and_then(|value| value.to_str().ok());
    let start = range.and_then(|range| range.trim().strip_prefix("bytes ")?.split('-').next());
    start.and_then(|start| start.trim().parse().ok()) == Some(from)
}
