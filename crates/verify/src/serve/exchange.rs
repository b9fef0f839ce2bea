//! One request on one instance, from instantiation until all of the guest's work is done.
//!
//! In: a request, where its answer's head goes. Out: the head; a `Record` of how it ended.
//! Holds: the place among the requests that are handled at once is held until the guest is done.

use std::future::{pending, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use futures::channel::oneshot;
use tokio::sync::OwnedSemaphorePermit;
use wasmtime::AsContextMut as _;
use wasmtime::component::Func;
use wasmtime_wasi_http::WasiHttpView as _;
use wasmtime_wasi_http::handler::{Prepared, Proxy, Request, Response};

use super::handler::{Handler, Instance};
use super::record::Record;
use crate::guest::{TimeLimit, without_panic};
use crate::host::Host;
use crate::limits::Usage;

/// A request on its way.
pub(super) struct Exchange {
    pub(super) handler: Arc<Handler>,
    pub(super) record: Arc<Record>,
    pub(super) request: Request,
    pub(super) head: oneshot::Sender<wasmtime::Result<Response>>,
    /// Ends when the answer's body was sent, or is no longer wanted.
    pub(super) delivered: oneshot::Receiver<()>,
    pub(super) place: OwnedSemaphorePermit,
}

impl Exchange {
    /// Drives the guest to the end of its work.
    pub(super) async fn run(self) {
        let Self { handler, record, request, head, delivered, place } = self;
        let mut work = pin!(handle(&handler, &record, request, head, delivered));
        match handler.limits.timeout {
            None => work.await,
            Some(timeout) => {
                if tokio::time::timeout(timeout, work.as_mut()).await.is_err() {
                    record.fail(wasmtime::Error::from(TimeLimit));
                }
            }
        }
        drop(place);
    }
}

/// A failure is on record before the instance is dropped, and with it the answer's body: that then ends as one that
/// is not whole.
async fn handle(
    handler: &Handler,
    record: &Record,
    request: Request,
    head: oneshot::Sender<wasmtime::Result<Response>>,
    delivered: oneshot::Receiver<()>,
) {
    let start = Instant::now();
    let mut instance = match handler.instance().await {
        Ok(instance) => instance,
        Err(error) => {
            record.fail(error);
            return;
        }
    };
    let refused = instance.store.data().refused.clone();
    let result = call(&mut instance, request, head, delivered).await;
    record.used(usage(handler, &instance, start.elapsed()));
    handler.tell_refusals(&refused);
    match result {
        Ok(true) => handler.rest(instance),
        Ok(false) => {}
        Err(error) => record.fail(error),
    }
}

/// Calls the handler. Gives whether the instance can be called again.
async fn call(
    instance: &mut Instance,
    request: Request,
    head: oneshot::Sender<wasmtime::Result<Response>>,
    delivered: oneshot::Receiver<()>,
) -> wasmtime::Result<bool> {
    let is_async = instance.is_async();
    let Instance { store, proxy, .. } = instance;
    let func = handle_func(proxy);
    let proxy = &*proxy;
    let ready = store.run_concurrent(async |accessor| {
        let prepared =
            accessor.with(|mut store| Prepared::new(store.as_context_mut(), proxy, request, Host::http, head))?;
        prepared.run(accessor, pending()).await?;
        if is_async {
            // Its body is read from streams of this store.
            let _ = delivered.await;
        }
        poll_fn(|cx| accessor.poll_no_interesting_tasks(cx)).await;
        let ready = poll_fn(|cx| Poll::Ready(accessor.poll_ready_for_concurrent_call(func, cx).is_ready()));
        wasmtime::error::Ok(ready.await)
    });
    without_panic(ready).await?
}

fn handle_func(proxy: &Proxy) -> Func {
    match proxy {
        Proxy::P2(guest) => *guest.wasi_http_incoming_handler().func_handle().func(),
        Proxy::P3(guest) => *guest.wasi_http_handler().func_handle().func(),
    }
}

fn usage(handler: &Handler, instance: &Instance, time: Duration) -> Usage {
    let fuel = handler.fuel().map(|given| given - instance.store.get_fuel().unwrap_or(0));
    Usage { fuel, time, memory: instance.store.data().meter.peak }
}
