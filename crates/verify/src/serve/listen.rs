//! Connections: HTTP/1 and HTTP/2 (with prior knowledge) over TCP.
//!
//! In: a listening socket. Out: requests to the handler, its answers to the clients.
//! Holds: a client has `HEAD` of time to send a request's head, and `CONNECTIONS` bounds how many there are; more wait
//! in the system's queue.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::mpsc::SyncSender;
use std::time::Duration;

use futures::future::{Either, select};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{Semaphore, watch};
use wasmtime_wasi_http::Error;

use super::Message;
use super::handler::Handler;

/// Connections that are open at once.
const CONNECTIONS: u32 = 512;

/// Connections that wait in the system's queue.
const BACKLOG: u32 = 1024;

/// Requests at once on one HTTP/2 connection.
const STREAMS: u32 = 100;

/// Bytes of a request's head.
const HEAD_SIZE: usize = 64 << 10;

/// How long a client may take to send a request's head, and how long a connection may be idle.
const HEAD: Duration = Duration::from_secs(30);

/// Between two attempts when the system has no more files or memory for a connection.
const RETRY: Duration = Duration::from_millis(50);

/// Between two looks at a connection's first bytes.
const LOOK: Duration = Duration::from_millis(5);

pub(super) async fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // A server that is started again finds its port free. (On Windows this would let two servers share it.)
    socket.set_reuseaddr(!cfg!(windows))?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Accepts connections until told to stop; then waits for those that there are.
pub(super) async fn listen(
    handler: Arc<Handler>,
    listener: TcpListener,
    mut stop: watch::Receiver<bool>,
    messages: SyncSender<Message>,
) {
    let seats = Arc::new(Semaphore::new(CONNECTIONS as usize));
    let all_places = u32::try_from(handler.places.available_permits()).unwrap_or(u32::MAX);
    tokio::spawn(sweep(handler.clone()));
    loop {
        let seat = seats.clone().acquire_owned().await.expect("it is never closed");
        let accepted = match select(pin!(listener.accept()), pin!(stop.wait_for(|stop| *stop))).await {
            Either::Left((accepted, _)) => accepted,
            Either::Right(_) => break,
        };
        let Ok((stream, _)) = accepted else {
            tokio::time::sleep(RETRY).await;
            continue;
        };
        let (handler, stop) = (handler.clone(), stop.clone());
        tokio::spawn(async move {
            // A connection that breaks is its client's matter: requests on it have records of their own.
            let _ = converse(handler, stream, stop).await;
            drop(seat);
        });
    }
    drop(listener);
    let _all = seats.acquire_many(CONNECTIONS).await;
    // A guest may work on after its answer.
    let _all = handler.places.acquire_many(all_places).await;
    super::send(&messages, Message::Finished);
}

async fn sweep(handler: Arc<Handler>) {
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        handler.sweep();
    }
}

async fn converse(
    handler: Arc<Handler>,
    stream: TcpStream,
    mut stop: watch::Receiver<bool>,
) -> Result<(), hyper::Error> {
    // Small pieces of an answer go out as the guest writes them.
    let _ = stream.set_nodelay(true);
    let Some(is_http2) = first_bytes(&stream, &mut stop).await else {
        return Ok(());
    };
    let service = service_fn(move |request: http::Request<Incoming>| {
        let handler = handler.clone();
        let request = request.map(|body| body.map_err(Error::from).boxed_unsync());
        async move { Ok::<_, Infallible>(handler.answer(request).await) }
    });
    let io = TokioIo::new(stream);
    if is_http2 {
        let mut http2 = http2::Builder::new(TokioExecutor::new());
        http2.timer(TokioTimer::new()).max_concurrent_streams(STREAMS).max_header_list_size(HEAD_SIZE as u32);
        http2.keep_alive_interval(HEAD);
        until_stopped(http2.serve_connection(io, service), stop, http2::Connection::graceful_shutdown).await
    } else {
        let mut http1 = http1::Builder::new();
        http1.timer(TokioTimer::new()).header_read_timeout(HEAD).max_buf_size(HEAD_SIZE).max_header_size(HEAD_SIZE);
        until_stopped(http1.serve_connection(io, service), stop, http1::Connection::graceful_shutdown).await
    }
}

/// Whether it is HTTP/2; `None` if nothing came in time.
async fn first_bytes(stream: &TcpStream, stop: &mut watch::Receiver<bool>) -> Option<bool> {
    let first = pin!(tokio::time::timeout(HEAD, is_http2(stream)));
    match select(first, pin!(stop.wait_for(|stop| *stop))).await {
        Either::Left((Ok(Ok(is_http2)), _)) => Some(is_http2),
        Either::Left((Ok(Err(_)) | Err(_), _)) | Either::Right(_) => None,
    }
}

/// Whether the client begins with HTTP/2's preface; no method of HTTP/1 begins with `PRI`.
async fn is_http2(stream: &TcpStream) -> io::Result<bool> {
    let mut first = [0; 3];
    loop {
        let seen = stream.peek(&mut first).await?;
        let seen = &first[..seen];
        if seen.is_empty() || !b"PRI".starts_with(seen) {
            return Ok(false);
        }
        if seen == b"PRI" {
            return Ok(true);
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Drives a connection; when told to stop, it ends after the request that it is at.
async fn until_stopped<C: Future<Output = Result<(), hyper::Error>>>(
    connection: C,
    mut stop: watch::Receiver<bool>,
    end: impl Fn(Pin<&mut C>),
) -> Result<(), hyper::Error> {
    let mut connection = pin!(connection);
    if let Either::Left((result, _)) = select(connection.as_mut(), pin!(stop.wait_for(|stop| *stop))).await {
        return result;
    }
    end(connection.as_mut());
    connection.await
}
