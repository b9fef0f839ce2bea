//! Pushing: a package's contents, then the manifest that names them.
//!
//! In: a reference and a package. Out: the digest it has there.
//! Holds: a content that is there is not sent; the manifest comes last.

use bytes::Bytes;
use reqwest::header::LOCATION;
use reqwest::{Method, StatusCode};

use crate::artifact::Package;
use crate::client::Client;
use crate::fault::{Fault, Kind};
use crate::pull::{name_of, stated};
use crate::{Digest, Reference};

/// What was pushed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pushed {
    /// Of the manifest: what `@sha256:` in a reference names.
    pub digest: Digest,
    /// Of the wasm itself.
    pub content: Digest,
    /// Bytes that were sent; what the registry had is not among them.
    pub sent: u64,
}

pub(crate) async fn push(client: &Client, reference: &Reference, package: &Package) -> Result<Pushed, Fault> {
    let layout = package.layout();
    let reference = &Reference { digest: None, ..reference.clone() };
    let Some(name) = name_of(reference) else { return Err(Fault::once(Kind::NoTag)) };
    if client.http.options.offline {
        return Err(Fault::once(Kind::Offline));
    }
    let mut sent = send_content(client, reference, &layout.layer_digest, &Bytes::from(package.bytes.clone())).await?;
    sent += send_content(client, reference, &layout.config_digest, &Bytes::from(layout.config)).await?;
    let mut ask = client.http.ask(reference, Method::PUT, &format!("manifests/{name}"))?;
    ask.scope = "pull,push";
    sent += layout.manifest.len() as u64;
    ask.content = Some((Bytes::from(layout.manifest), "application/vnd.oci.image.manifest.v1+json"));
    let response = client.http.send(&ask).await?;
    if let Some(found) = stated(response.headers()).filter(|found| *found != layout.digest) {
        return Err(Fault::once(Kind::Digest { expected: layout.digest, found }));
    }
    Ok(Pushed { digest: layout.digest, content: layout.layer_digest, sent })
}

/// Sends a content that the registry does not have; gives how much was sent.
async fn send_content(client: &Client, reference: &Reference, digest: &Digest, content: &Bytes) -> Result<u64, Fault> {
    let mut ask = client.http.ask(reference, Method::HEAD, &format!("blobs/{digest}"))?;
    ask.scope = "pull,push";
    match client.http.send(&ask).await {
        Ok(_) => return Ok(0),
        Err(Fault { kind: Kind::Status { code: 404, .. }, .. }) => {}
        Err(fault) => return Err(fault),
    }
    // A place to send to is good for one attempt.
    client.http.again(async || upload(client, reference, digest, content).await).await?;
    Ok(content.len() as u64)
}

async fn upload(client: &Client, reference: &Reference, digest: &Digest, content: &Bytes) -> Result<(), Fault> {
    let mut ask = client.http.ask(reference, Method::POST, "blobs/uploads/")?;
    ask.scope = "pull,push";
    let response = client.http.send_once(&ask).await?;
    let place = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
    let place = place.filter(|place| !place.is_empty()).and_then(|place| ask.url.join(place).ok());
    let Some(mut place) = place.filter(|_| response.status() == StatusCode::ACCEPTED) else {
        return Err(Fault::malformed("it does not say where a content is to be sent"));
    };
    if ask.url.scheme() == "https" && place.scheme() != "https" {
        return Err(Fault::malformed("it wants a content to be sent without TLS"));
    }
    place.query_pairs_mut().append_pair("digest", &digest.to_string());
    ask.method = Method::PUT;
    ask.url = place;
    ask.content = Some((content.clone(), "application/octet-stream"));
    let response = client.http.send_once(&ask).await?;
    match response.status() {
        StatusCode::CREATED | StatusCode::NO_CONTENT | StatusCode::OK => Ok(()),
        other => Err(Fault::malformed(format!("it answers with {} where a content was sent", other.as_u16()))),
    }
}
