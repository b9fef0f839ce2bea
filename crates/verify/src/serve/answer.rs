//! What a request's client gets.
//!
//! In: a request as it came. Out: the guest's answer, or one of the host's: 400 for a request that no guest should
//! see, 500 where the guest gave none.
//! Holds: a client that goes away before there is an answer ends its request.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures::channel::oneshot;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderValue};
use http::{Method, Response, StatusCode, Version};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Body, Frame, SizeHint};
use tokio::task::JoinHandle;
use wasmtime_wasi_http::handler::Request;
use wasmtime_wasi_http::{Error, WasiBody};

use super::exchange::Exchange;
use super::handler::Handler;
use super::record::Record;

/// An answer's body, watched on its way.
pub(super) struct Watched {
    body: WasiBody,
    /// What the head said of its length.
    length: Option<u64>,
    has_body: bool,
    ended: bool,
    record: Arc<Record>,
    /// Dropped with the body, which is how the guest's side learns of it.
    _delivered: Option<oneshot::Sender<()>>,
}

/// A guest at work; without somebody who waits for its answer it is given up.
struct Work(Option<JoinHandle<()>>);

impl Drop for Work {
    fn drop(&mut self) {
        if let Some(task) = &self.0 {
            task.abort();
        }
    }
}

impl Handler {
    /// Answers a request.
    pub(super) async fn answer(self: &Arc<Self>, mut request: Request) -> Response<Watched> {
        let record = Arc::new(Record::new(self.clone(), request.method().clone(), request.uri().clone()));
        if let Err(why) = admit(&mut request) {
            return watched(own(StatusCode::BAD_REQUEST, why), record, None);
        }
        let place = self.places.clone().acquire_owned().await.expect("it is never closed");
        let (head, answer) = oneshot::channel();
        let (delivery, delivered) = oneshot::channel();
        let exchange = Exchange { handler: self.clone(), record: record.clone(), request, head, delivered, place };
        let mut work = start(exchange).await;
        let response = match answer.await {
            // The runtime passes these on to nobody.
            Ok(Ok(response)) if response.status().is_informational() => {
                let status = response.status();
                record.no_answer(wasmtime::format_err!("the answer has the status {status}, which ends no request"));
                failed()
            }
            Ok(Ok(response)) => response,
            Ok(Err(error)) => {
                record.no_answer(error);
                failed()
            }
            Err(oneshot::Canceled) => {
                record.no_answer(wasmtime::Error::msg("the handler ended without an answer"));
                failed()
            }
        };
        // From here on the guest may finish by itself.
        work.0 = None;
        watched(response, record, Some(delivery))
    }
}

/// Runs the guest here as far as it goes without waiting, and as a task of its own from there: most handlers are done
/// at once, and changing threads costs more than they do.
async fn start(exchange: Exchange) -> Work {
    let mut work = Box::pin(exchange.run());
    let done = std::future::poll_fn(|cx| Poll::Ready(work.as_mut().poll(cx).is_ready())).await;
    if done { Work(None) } else { Work(Some(tokio::spawn(work))) }
}

/// Refuses what HTTP calls malformed, and completes what old clients leave out.
fn admit(request: &mut Request) -> Result<(), &'static str> {
    let mut hosts = request.headers().get_all(HOST).iter();
    let named = (request.uri().authority().is_some(), hosts.next(), hosts.next());
    match named {
        (_, Some(_), Some(_)) => return Err("there are several `host` headers\n"),
        (_, Some(host), None) if host.to_str().is_err() => return Err("the `host` header is no text\n"),
        (_, Some(_), None) | (true, None, _) => {}
        (false, None, _) if request.version() <= Version::HTTP_10 => {
            request.headers_mut().insert(HOST, HeaderValue::from_static("localhost"));
        }
        (false, None, _) => return Err("the `host` header is missing\n"),
    }
    Ok(())
}

fn failed() -> Response<WasiBody> {
    own(StatusCode::INTERNAL_SERVER_ERROR, "the handler failed\n")
}

/// An answer of the host.
fn own(status: StatusCode, text: &'static str) -> Response<WasiBody> {
    let body = Full::new(Bytes::from_static(text.as_bytes())).map_err(|never| match never {}).boxed_unsync();
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    response
}

fn watched(
    response: Response<WasiBody>,
    record: Arc<Record>,
    delivery: Option<oneshot::Sender<()>>,
) -> Response<Watched> {
    let status = response.status();
    record.answered(status.as_u16());
    let length = response.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    let has_body =
        record.method != Method::HEAD && status != StatusCode::NO_CONTENT && status != StatusCode::NOT_MODIFIED;
    response.map(|body| Watched { body, length, has_body, ended: false, record, _delivered: delivery })
}

impl Body for Watched {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        match &polled {
            Poll::Ready(Some(Ok(frame))) => {
                self.ended = frame.is_trailers();
                self.record.sent(frame.data_ref().map_or(0, Bytes::len));
            }
            Poll::Ready(Some(Err(error))) => self.record.cut_short(error.to_string()),
            // The end that its guest's end has made must not look like one that it was meant to have.
            Poll::Ready(None) if self.record.has_failed() => {
                return Poll::Ready(Some(Err(Error::ConnectionTerminated)));
            }
            Poll::Ready(None) => self.ended = true,
            Poll::Pending => {}
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        // The server stops asking once all that was announced is there.
        let whole = self.length == Some(self.record.bytes());
        if self.ended || !self.has_body || whole || self.body.is_end_stream() {
            self.record.delivered();
        }
    }
}
