//! One request without a server: no socket is opened.
//!
//! In: `Request` and an `Ask`. Out: the answer, part by part as the guest gives it.
//! Holds: the request goes the way that a served one goes, from its admission on.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use bytes::Bytes;
use diag::{Diagnostic, Diagnostics};
use http::header::{CONTENT_LENGTH, HeaderName, HeaderValue};
use http::{HeaderMap, Method, Response, StatusCode, Uri, Version};
use http_body_util::{BodyExt as _, Full};
use wasmtime::component::Component;
use wasmtime_wasi_http::Error;

use super::answer::Watched;
use super::handler::{Handler, interrupt_regularly};
use super::{Message, Serving, WAITING, failure, runtime};
use crate::engine::engine;
use crate::guest::{Request, compile};
use crate::limits::{Limits, Usage};
use crate::session::Mocks;

/// Parts of an answer that wait to be written.
const PARTS: usize = 16;

/// A request.
#[derive(Clone, Debug)]
pub struct Ask {
    pub method: Method,
    /// A path, or a whole URI.
    pub uri: Uri,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

/// A part of the answer, in this order.
#[derive(Clone, Debug)]
pub enum Part {
    Head(StatusCode, HeaderMap),
    Data(Bytes),
    Trailers(HeaderMap),
}

enum Step {
    Part(Part),
    /// The connection, if there were one, would be cut.
    Broken,
}

/// Reads a request; each header is `NAME:VALUE`. Without a host in `path` it is `localhost`.
pub fn ask(method: &str, path: &str, headers: &[String], body: Vec<u8>) -> Result<Ask, String> {
    let method = method.parse().map_err(|_| format!("`{method}` is no method"))?;
    let uri: Uri = path.parse().map_err(|_| format!("`{path}` is no path"))?;
    if !path.starts_with('/') && uri.scheme().is_none() {
        return Err(format!("`{path}` is no path: it does not begin with `/`"));
    }
    let mut read = HeaderMap::new();
    for header in headers {
        let (name, value) = header.split_once(':').ok_or_else(|| format!("`{header}` is no header: it has no `:`"))?;
        let name: HeaderName = name.trim().parse().map_err(|_| format!("`{name}` is no name of a header"))?;
        let value: HeaderValue = value.trim().parse().map_err(|_| format!("`{value}` is no value of a header"))?;
        read.append(name, value);
    }
    if !body.is_empty() && !read.contains_key(CONTENT_LENGTH) {
        read.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
    }
    Ok(Ask { method, uri, headers: read, body })
}

/// Hands one request to the handler, and its answer to `each`.
///
/// Gives what went wrong and what the guest was refused, and what it used.
///
/// # Errors
/// When there can be no request: everything that is wrong with the component.
pub fn once(
    request: &Request<'_>,
    ask: Ask,
    mut each: impl FnMut(Part),
) -> Result<(Vec<Diagnostic>, Option<Usage>), Diagnostics> {
    let (messages, inbox) = sync_channel(WAITING);
    let handler = Arc::new(Handler::new(request, &one_request(), messages)?);
    handler.interrupt_regularly();
    Ok(converse_with(handler, inbox, request, ask, &mut each))
}

fn one_request() -> Serving {
    Serving { address: ([127, 0, 0, 1], 0).into(), at_once: 1, reuse: None, log: true }
}

/// A component that is asked again and again: compiled once, for an engine of its own, whose code is interrupted
/// regularly under a timeout.
#[derive(Clone)]
pub(crate) struct Served {
    component: Component,
    limits: Limits,
}

impl Served {
    pub(crate) fn new(request: &Request<'_>) -> Result<Self, Diagnostics> {
        let engine = engine(request.limits);
        let component = compile(request.file, request.bytes, &engine)?;
        if request.limits.timeout.is_some() {
            interrupt_regularly(&engine);
        }
        Ok(Self { component, limits: request.limits.clone() })
    }

    /// Whether it can be asked under these limits, which are compiled into its code.
    pub(crate) fn fits(&self, limits: &Limits) -> bool {
        let instrumented = |limits: &Limits| (limits.counts_fuel(), limits.timeout.is_some());
        instrumented(limits) == instrumented(&self.limits)
    }

    /// All that is wrong without asking.
    pub(crate) fn check(&self, request: &Request<'_>, mocks: &Mocks) -> Result<(), Diagnostics> {
        let (messages, _) = sync_channel(WAITING);
        Handler::of(&self.component, mocks, request, &one_request(), messages).map(drop)
    }

    /// As `once`, with mocks in place of imports.
    pub(crate) fn ask(
        &self,
        request: &Request<'_>,
        mocks: &Mocks,
        ask: Ask,
        mut each: impl FnMut(Part),
    ) -> Result<Vec<Diagnostic>, Diagnostics> {
        let (messages, inbox) = sync_channel(WAITING);
        let handler = Handler::of(&self.component, mocks, request, &one_request(), messages)?;
        Ok(converse_with(Arc::new(handler), inbox, request, ask, &mut each).0)
    }
}

fn converse_with(
    handler: Arc<Handler>,
    inbox: Receiver<Message>,
    request: &Request<'_>,
    ask: Ask,
    each: &mut impl FnMut(Part),
) -> (Vec<Diagnostic>, Option<Usage>) {
    let (steps, parts) = sync_channel(PARTS);
    let runtime = runtime();
    runtime.spawn(converse(handler, ask, steps));
    for step in parts {
        match step {
            Step::Part(part) => each(part),
            Step::Broken => break,
        }
    }
    let mut found = Vec::new();
    let mut usage = None;
    for message in inbox {
        match message {
            Message::Ended(ended) => {
                found.extend(failure::explain(&ended, request));
                usage = ended.entry.usage;
            }
            Message::Found(diagnostic) => found.push(diagnostic),
            Message::Stop | Message::Finished => {}
        }
    }
    runtime.shutdown_background();
    (found, usage)
}

async fn converse(handler: Arc<Handler>, ask: Ask, steps: SyncSender<Step>) {
    let body = Full::new(Bytes::from(ask.body)).map_err(|never: std::convert::Infallible| match never {});
    let mut request = http::Request::new(body.map_err(|error: Error| error).boxed_unsync());
    *request.method_mut() = ask.method;
    *request.uri_mut() = ask.uri;
    *request.headers_mut() = ask.headers;
    // As for clients of that version, the host need not be named.
    *request.version_mut() = Version::HTTP_10;
    deliver(handler.answer(request).await, &steps).await;
}

async fn deliver(response: Response<Watched>, steps: &SyncSender<Step>) {
    let (head, mut body) = response.into_parts();
    // Whoever does not want the rest has gone away.
    let mut wanted = steps.send(Step::Part(Part::Head(head.status, head.headers))).is_ok();
    while wanted && let Some(frame) = body.frame().await {
        let step = match frame.map(http_body_frame) {
            Ok(Some(part)) => Step::Part(part),
            Ok(None) => continue,
            Err(_) => Step::Broken,
        };
        wanted = steps.send(step).is_ok();
    }
}

fn http_body_frame(frame: hyper::body::Frame<Bytes>) -> Option<Part> {
    match frame.into_data() {
        Ok(data) => Some(Part::Data(data)),
        Err(frame) => frame.into_trailers().ok().map(Part::Trailers),
    }
}
