//! Serves HTTP: a component that exports `wasi:http/incoming-handler` (0.2) or `wasi:http/handler` (0.3).
//!
//! In: `Request` and `Serving`, or one `Ask`. Out: events, in the order in which requests end; or one answer.
//! Holds: an instance handles one request at a time, so a trap or a limit ends the request that met it and no other;
//! an instance that failed is never used again; every limit counts for each request by itself.
//!
//! `handler` has the instances, `exchange` one request on one of them, `answer` what its client gets, `record` what is
//! remembered of it, `failure` why it went wrong, `listen` the connections.

mod answer;
mod exchange;
mod failure;
mod handler;
mod listen;
mod once;
mod record;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant, SystemTime};

use diag::{Diagnostic, Diagnostics, Place};
use tokio::runtime::Runtime;
use tokio::sync::watch;

use crate::guest::Request;
use crate::interrupt;
use crate::limits::Usage;
use handler::Handler;
pub(crate) use handler::check_handler;
pub use http::HeaderMap;
pub(crate) use once::Served;
pub use once::{Ask, Part, ask, once};
use record::Ended;

/// How long requests may go on after the server was told to stop.
const GRACE: Duration = Duration::from_millis(4500);

/// Messages that wait to be told. When there are more, requests wait with them.
const WAITING: usize = 1024;

/// How to serve.
#[derive(Clone, Debug)]
pub struct Serving {
    /// Port 0 is any free one.
    pub address: SocketAddr,
    /// Requests that are handled at once; more of them wait.
    pub at_once: usize,
    /// How many requests an instance handles, one after the other; `None`: 1 of WASI 0.2, 128 of 0.3.
    pub reuse: Option<usize>,
    /// Whether requests that went well are events too.
    pub log: bool,
}

/// What happens while serving.
#[derive(Clone, Debug)]
pub enum Event {
    /// Connections are accepted, at this address.
    Listening(SocketAddr),
    /// A request has ended.
    Answered(Entry),
    /// A request failed, or the guest was refused something for the first time.
    Found(Diagnostic),
}

/// A request that has ended.
#[derive(Clone, Debug)]
pub struct Entry {
    /// When it came.
    pub time: SystemTime,
    pub method: String,
    /// With the query, as the client wrote it.
    pub path: String,
    /// `None` if the client went away before there was an answer.
    pub status: Option<u16>,
    /// Of the answer's body, as far as it was sent.
    pub bytes: u64,
    /// Until the guest was done and the answer was sent.
    pub duration: Duration,
    /// `None` if the guest had to be left behind.
    pub usage: Option<Usage>,
    /// The code of the diagnostic that says what went wrong, or `client-gone`.
    pub error: Option<String>,
}

/// What the tasks tell the thread that serves.
enum Message {
    Ended(Ended),
    Found(Diagnostic),
    /// A signal came.
    Stop,
    /// Everything that was accepted has ended.
    Finished,
}

/// Serves until a signal comes: SIGTERM, or Ctrl-C. Then what runs may go on for up to 4.5 seconds.
///
/// A second signal ends the process at once. `each` is called on the calling thread; while it waits, requests wait with it.
///
/// # Errors
/// When serving cannot start: everything that is wrong with the component, or the address.
pub fn serve(request: &Request<'_>, serving: &Serving, mut each: impl FnMut(Event)) -> Result<(), Diagnostics> {
    let (messages, inbox) = sync_channel(WAITING);
    let handler = Arc::new(Handler::new(request, serving, messages.clone())?);
    let runtime = runtime();
    let listener =
        runtime.block_on(listen::bind(serving.address)).map_err(|error| unusable(serving.address, &error))?;
    let stop_here = messages.clone();
    // Where none can be listened to, signals end the process as the system has it.
    let _ = interrupt::listen(move |_| send(&stop_here, Message::Stop));
    handler.interrupt_regularly();
    let address = listener.local_addr().unwrap_or(serving.address);
    let (stop, stopping) = watch::channel(false);
    runtime.spawn(listen::listen(handler, listener, stopping, messages));
    each(Event::Listening(address));
    tell_until_stopped(request, &inbox, &stop, serving.log, &mut each);
    // What still runs is left behind.
    runtime.shutdown_background();
    Ok(())
}

/// Hands on what comes in, until everything has ended or the grace is over.
fn tell_until_stopped(
    request: &Request<'_>,
    inbox: &Receiver<Message>,
    stop: &watch::Sender<bool>,
    log: bool,
    each: &mut impl FnMut(Event),
) {
    let mut deadline: Option<Instant> = None;
    loop {
        let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        let message = match left {
            None => inbox.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some(left) => inbox.recv_timeout(left),
        };
        match message {
            Ok(Message::Ended(ended)) => tell(request, ended, log, each),
            Ok(Message::Found(diagnostic)) => each(Event::Found(diagnostic)),
            Ok(Message::Stop) => {
                stop.send_replace(true);
                deadline = Some(Instant::now() + GRACE);
            }
            Ok(Message::Finished) | Err(_) => return,
        }
    }
}

fn tell(request: &Request<'_>, ended: Ended, log: bool, each: &mut impl FnMut(Event)) {
    let failure = failure::explain(&ended, request);
    let mut entry = ended.entry;
    if let Some(diagnostic) = failure {
        entry.error = Some(diagnostic.code.to_string());
        each(Event::Found(diagnostic));
    }
    if log {
        each(Event::Answered(entry));
    }
}

fn runtime() -> Runtime {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.enable_all().build().expect("the system gives threads and timers")
}

fn unusable(address: SocketAddr, error: &std::io::Error) -> Diagnostics {
    let help = match error.kind() {
        std::io::ErrorKind::AddrInUse => "take another port with `--addr`; port 0 is any free one",
        _ => "take an address of this machine with `--addr`, such as `127.0.0.1:0`",
    };
    diag::error("serve/address", format!("`{address}` cannot be listened on"))
        .label(Place::file("--addr"), error.to_string())
        .help(help)
        .into()
}

/// Sends a message if there is still somebody to tell.
fn send(messages: &SyncSender<Message>, message: Message) {
    // After the end nobody listens.
    let _ = messages.send(message);
}
