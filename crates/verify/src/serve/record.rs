//! What is remembered of a request until everybody is done with it.
//!
//! In: what the guest's side and the client's side see. Out: one `Ended`, when the last of them lets go.

use std::sync::atomic::{AtomicU16, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Instant, SystemTime};

use http::{Method, Uri};

use super::handler::Handler;
use super::{Entry, Message};
use crate::limits::Usage;

/// Shared by those who work for one request.
pub(super) struct Record {
    handler: Arc<Handler>,
    time: SystemTime,
    start: Instant,
    pub(super) method: Method,
    uri: Uri,
    /// 0: there is none yet.
    status: AtomicU16,
    bytes: AtomicU64,
    end: Mutex<End>,
}

/// How the request ended, as far as it is known.
#[derive(Default)]
struct End {
    usage: Option<Usage>,
    failure: Option<wasmtime::Error>,
    no_answer: Option<wasmtime::Error>,
    cut_short: Option<String>,
    /// The answer's body was sent to its end.
    delivered: bool,
}

/// A request that has ended, and what went wrong.
pub(super) struct Ended {
    pub(super) entry: Entry,
    /// Of the guest as a whole.
    pub(super) failure: Option<wasmtime::Error>,
    /// Instead of an answer.
    pub(super) no_answer: Option<wasmtime::Error>,
    /// Of the answer's body.
    pub(super) cut_short: Option<String>,
}

impl Record {
    pub(super) fn new(handler: Arc<Handler>, method: Method, uri: Uri) -> Self {
        Self {
            handler,
            time: SystemTime::now(),
            start: Instant::now(),
            method,
            uri,
            status: AtomicU16::new(0),
            bytes: AtomicU64::new(0),
            end: Mutex::default(),
        }
    }

    fn end(&self) -> std::sync::MutexGuard<'_, End> {
        self.end.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The guest failed.
    pub(super) fn fail(&self, error: wasmtime::Error) {
        self.end().failure = Some(error);
    }

    pub(super) fn has_failed(&self) -> bool {
        self.end().failure.is_some()
    }

    /// The guest gave no answer.
    pub(super) fn no_answer(&self, error: wasmtime::Error) {
        self.end().no_answer = Some(error);
    }

    /// The answer's body ended with an error.
    pub(super) fn cut_short(&self, error: String) {
        self.end().cut_short = Some(error);
    }

    pub(super) fn used(&self, usage: Usage) {
        self.end().usage = Some(usage);
    }

    /// The answer has this status.
    pub(super) fn answered(&self, status: u16) {
        self.status.store(status, Relaxed);
    }

    /// So much of the body was sent.
    pub(super) fn sent(&self, bytes: usize) {
        self.bytes.fetch_add(bytes as u64, Relaxed);
    }

    /// Bytes of the body that were sent so far.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes.load(Relaxed)
    }

    /// The body was sent to its end.
    pub(super) fn delivered(&self) {
        self.end().delivered = true;
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        let end = std::mem::take(self.end.get_mut().unwrap_or_else(PoisonError::into_inner));
        let failed = end.failure.is_some() || end.no_answer.is_some() || end.cut_short.is_some();
        if !failed && !self.handler.log {
            return;
        }
        let status = *self.status.get_mut();
        let entry = Entry {
            time: self.time,
            method: self.method.to_string(),
            path: self.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned(),
            status: (status != 0).then_some(status),
            bytes: *self.bytes.get_mut(),
            duration: self.start.elapsed(),
            usage: end.usage,
            error: (!end.delivered).then(|| "client-gone".to_owned()),
        };
        let ended = Ended { entry, failure: end.failure, no_answer: end.no_answer, cut_short: end.cut_short };
        super::send(&self.handler.messages, Message::Ended(ended));
    }
}
