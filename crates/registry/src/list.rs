//! What a registry has: tags, and what they mean.
//!
//! In: a reference. Out: names and digests.

use reqwest::header::LINK;
use reqwest::{Method, Response, Url};

use crate::client::Client;
use crate::fault::{Fault, Kind};
use crate::http::{LARGEST_DOCUMENT, is_same};
use crate::pull::{MANIFESTS, name_of, stated};
use crate::reference::is_tag;
use crate::{Digest, Reference};

/// Pages of tags that are read, and tags that are asked for on each.
const PAGES: usize = 100;
const TAGS: usize = 1000;

/// What a host may say about its registry.
const LARGEST_WELL_KNOWN: u64 = 64 << 10;

pub(crate) async fn resolve(client: &Client, reference: &Reference) -> Result<Digest, Fault> {
    if let Some(digest) = reference.digest {
        return Ok(digest);
    }
    let Some(name) = name_of(reference) else { return Err(Fault::once(Kind::NoTag)) };
    if client.http.options.offline {
        return client.cache.tagged(reference).ok_or_else(|| Fault::once(Kind::Offline));
    }
    let mut ask = client.http.ask(reference, Method::HEAD, &format!("manifests/{name}"))?;
    ask.accept = MANIFESTS;
    let response = client.http.send(&ask).await?;
    if let Some(digest) = stated(response.headers()) {
        return Ok(digest);
    }
    // A registry need not say it.
    ask.method = Method::GET;
    let response = client.http.send(&ask).await?;
    Ok(Digest::of(&client.http.document(response, LARGEST_DOCUMENT).await?))
}

pub(crate) async fn exists(client: &Client, reference: &Reference) -> Result<bool, Fault> {
    let Some(name) = name_of(reference) else { return Err(Fault::once(Kind::NoTag)) };
    if client.http.options.offline {
        let digest = reference.digest.or_else(|| client.cache.tagged(reference));
        let Some(digest) = digest else { return Ok(false) };
        return Ok(client.cache.read(&digest, LARGEST_DOCUMENT)?.is_some());
    }
    let mut ask = client.http.ask(reference, Method::HEAD, &format!("manifests/{name}"))?;
    ask.accept = MANIFESTS;
    match client.http.send(&ask).await {
        Ok(_) => Ok(true),
        Err(Fault { kind: Kind::Status { code: 404, .. }, .. }) => Ok(false),
        Err(fault) => Err(fault),
    }
}

pub(crate) async fn tags(client: &Client, reference: &Reference) -> Result<Vec<String>, Fault> {
    if client.http.options.offline {
        return Ok(client.cache.tags(reference));
    }
    let mut ask = client.http.ask(reference, Method::GET, &format!("tags/list?n={TAGS}"))?;
    let mut found = indexmap::IndexSet::new();
    for _ in 0..PAGES {
        let response = client.http.send(&ask).await?;
        let next = next_page(&response, &ask.url);
        let body = client.http.document(response, LARGEST_DOCUMENT).await?;
        let body: serde_json::Value =
            serde_json::from_slice(&body).map_err(|_| Fault::malformed("its list of tags is no JSON"))?;
        let tags = match &body["tags"] {
            serde_json::Value::Array(tags) => tags.as_slice(),
            serde_json::Value::Null => &[],
            serde_json::Value::Bool(_)
            | serde_json::Value::Number(_)
            | serde_json::Value::String(_)
            | serde_json::Value::Object(_) => return Err(Fault::malformed("its list of tags is none")),
        };
        found.extend(tags.iter().filter_map(|tag| tag.as_str()).filter(|tag| is_tag(tag)).map(str::to_owned));
        match next {
            Some(next) if next != ask.url => ask.url = next,
            Some(_) | None => break,
        }
    }
    Ok(found.into_iter().collect())
}

/// The address of what comes after, `<ADDRESS>; rel="next"`; another host's is not asked.
fn next_page(response: &Response, url: &Url) -> Option<Url> {
    let link = response.headers().get(LINK)?.to_str().ok()?;
    let (address, rest) = link.trim().strip_prefix('<')?.split_once('>')?;
    let next = url.join(address).ok()?;
    (rest.contains("next") && is_same(&next, url)).then_some(next)
}

pub(crate) async fn well_known(client: &Client, reference: &Reference) -> Result<Option<Vec<u8>>, Fault> {
    if client.http.options.offline {
        return Err(Fault::once(Kind::Offline));
    }
    let mut ask = client.http.ask(reference, Method::GET, "")?;
    ask.url.set_path("/.well-known/wasm-pkg/registry.json");
    match client.http.send(&ask).await {
        Ok(response) => client.http.document(response, LARGEST_WELL_KNOWN).await.map(Some),
        Err(Fault { kind: Kind::Status { code: 400..500, .. }, .. }) => Ok(None),
        Err(fault) => Err(fault),
    }
}
