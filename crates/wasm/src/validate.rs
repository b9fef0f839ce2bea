//! Validation of finished binaries, function bodies included.
//!
//! In: the bytes of a module or component, in pieces perhaps. Out: nothing, or what wasmparser refuses.
//! Holds: structure is checked in one pass; bodies, which only read the structure before them, are shared among
//! threads while that pass goes on, and each is looked at once; of several faults the first in the file is told,
//! whichever thread was faster; only a few bodies wait at any time, however many there are.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, Scope};

use wasmparser::{Chunk, FuncToValidate, FuncValidatorAllocations, FunctionBody, Parser, Payload, ValidPayload};
use wasmparser::{Validator, ValidatorResources, WasmFeatures};

use crate::Pieces;

/// Code that is handed to a thread at once, in bytes: some tenths of a millisecond's work.
const BATCH: usize = 32 << 10;
/// Batches that wait for a thread; beyond that one more is started, and the thread that reads validates one itself.
const WAITING: usize = 32;

/// Validates a module or component with every feature that is known.
pub fn validate(bytes: &[u8]) -> wasmparser::Result<()> {
    validate_pieces(&bytes.into())
}

/// The same of bytes in pieces.
pub fn validate_pieces(pieces: &Pieces<'_>) -> wasmparser::Result<()> {
    let (sender, receiver) = sync_channel(WAITING);
    let shared = Shared { receiver: Mutex::new(receiver), first_error: Mutex::new(None) };
    let whole = thread::scope(|scope| {
        let mut bodies = Bodies::new(scope, &shared, sender);
        let mut validator = Validator::new_with_features(WasmFeatures::all());
        let whole = each_payload(pieces, |payload| {
            if let ValidPayload::Func(func, body) = validator.payload(&payload)? {
                bodies.add(func, body);
            }
            Ok(())
        });
        bodies.finish();
        whole
    });
    match whole {
        Ok(Whole::Walked) => shared.error().map_or(Ok(()), Err),
        Ok(Whole::Torn) => validate(&pieces.borrowed().into_contiguous()),
        Err(error) => Err(shared.error().filter(|other| other.offset() < error.offset()).unwrap_or(error)),
    }
}

/// Modules and components that wasmparser goes through in one binary, the binary itself and nested ones included.
///
/// The specification sets no such limit, and earlier versions had none.
const MOST_PARTS: usize = 1000;

/// Whether a binary has more modules and components than validators go through. Then nothing is validated, so that
/// this needs no memory for what would be refused in the end.
pub fn has_too_many_parts(pieces: &Pieces<'_>) -> bool {
    let mut parts = 1_usize;
    let walked = each_payload(pieces, |payload| {
        parts += usize::from(matches!(payload, Payload::ModuleSection { .. } | Payload::ComponentSection { .. }));
        Ok(())
    });
    match walked {
        Ok(Whole::Walked) => parts > MOST_PARTS,
        Ok(Whole::Torn) => has_too_many_parts(&pieces.borrowed().into_contiguous().as_ref().into()),
        // What cannot be gone through is refused by who validates it.
        Err(_) => false,
    }
}

/// Whether the pieces could be gone through.
enum Whole {
    Walked,
    /// Something that is read at once lies in two pieces.
    Torn,
}

/// Calls `visit` with all payloads, those of nested modules and components too.
fn each_payload<'a>(
    pieces: &'a Pieces<'_>,
    mut visit: impl FnMut(Payload<'a>) -> wasmparser::Result<()>,
) -> wasmparser::Result<Whole> {
    let mut pieces = pieces.iter();
    let mut data = pieces.next().unwrap_or_default();
    let mut outer = Vec::new();
    let mut parser = Parser::new(0);
    loop {
        let (payload, consumed) = match parser.parse(data, pieces.len() == 0)? {
            Chunk::Parsed { payload, consumed } => (payload, consumed),
            Chunk::NeedMoreData(_) if !data.is_empty() => return Ok(Whole::Torn),
            Chunk::NeedMoreData(_) => {
                data = pieces.next().unwrap_or_default();
                continue;
            }
        };
        data = &data[consumed..];
        match &payload {
            Payload::ModuleSection { parser: inner, .. } | Payload::ComponentSection { parser: inner, .. } => {
                outer.push(std::mem::replace(&mut parser, inner.clone()));
                visit(payload)?;
            }
            Payload::End(_) => {
                visit(payload)?;
                match outer.pop() {
                    Some(next) => parser = next,
                    None => return Ok(Whole::Walked),
                }
            }
            _ => visit(payload)?,
        }
    }
}

type Body<'a> = (FuncToValidate<ValidatorResources>, FunctionBody<'a>);

/// What the threads have in common.
struct Shared<'a> {
    receiver: Mutex<Receiver<Vec<Body<'a>>>>,
    /// The one that stands first in the file, of those found so far.
    first_error: Mutex<Option<wasmparser::Error>>,
}

impl<'a> Shared<'a> {
    fn error(&self) -> Option<wasmparser::Error> {
        self.first_error.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Waits for a batch; `None` when there will be no more.
    fn next_batch(&self) -> Option<Vec<Body<'a>>> {
        self.receiver.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
    }

    /// Validates batches until there will be no more.
    fn work(&self) {
        let mut allocations = FuncValidatorAllocations::default();
        while let Some(batch) = self.next_batch() {
            allocations = self.validate(batch, allocations);
        }
    }

    fn validate(&self, batch: Vec<Body<'a>>, mut allocations: FuncValidatorAllocations) -> FuncValidatorAllocations {
        for (func, body) in batch {
            let mut validator = func.into_validator(allocations);
            if let Err(error) = validator.validate(&body) {
                let mut first = self.first_error.lock().unwrap_or_else(PoisonError::into_inner);
                if first.as_ref().is_none_or(|first| error.offset() < first.offset()) {
                    *first = Some(error);
                }
            }
            allocations = validator.into_allocations();
        }
        allocations
    }
}

/// The side that reads: collects bodies, hands them on, starts threads as they are needed.
struct Bodies<'scope, 'env, 'a> {
    scope: &'scope Scope<'scope, 'env>,
    shared: &'scope Shared<'a>,
    sender: SyncSender<Vec<Body<'a>>>,
    batch: Vec<Body<'a>>,
    /// Code in the batch, in bytes.
    size: usize,
    started: usize,
    /// Threads beside this one that are worth having; `None` before there is work for any.
    most: Option<usize>,
    allocations: FuncValidatorAllocations,
}

impl<'scope, 'env, 'a> Bodies<'scope, 'env, 'a> {
    fn new(scope: &'scope Scope<'scope, 'env>, shared: &'scope Shared<'a>, sender: SyncSender<Vec<Body<'a>>>) -> Self {
        let allocations = FuncValidatorAllocations::default();
        Self { scope, shared, sender, batch: Vec::new(), size: 0, started: 0, most: None, allocations }
    }

    fn add(&mut self, func: FuncToValidate<ValidatorResources>, body: FunctionBody<'a>) {
        self.size += body.as_bytes().len();
        self.batch.push((func, body));
        if self.size >= BATCH {
            self.size = 0;
            self.hand_on();
        }
    }

    fn hand_on(&mut self) {
        let batch = std::mem::take(&mut self.batch);
        if self.started == 0 {
            self.start();
        }
        if self.started == 0 {
            return self.validate(batch);
        }
        if let Err(TrySendError::Full(batch) | TrySendError::Disconnected(batch)) = self.sender.try_send(batch) {
            self.start();
            self.validate(batch);
        }
    }

    /// Starts one more thread, if the machine can run it.
    fn start(&mut self) {
        let most = *self.most.get_or_insert_with(|| thread::available_parallelism().map_or(0, |all| all.get() - 1));
        if self.started < most {
            self.started += 1;
            let shared = self.shared;
            self.scope.spawn(move || shared.work());
        }
    }

    fn validate(&mut self, batch: Vec<Body<'a>>) {
        self.allocations = self.shared.validate(batch, std::mem::take(&mut self.allocations));
    }

    /// Validates what is left, with the other threads.
    fn finish(mut self) {
        let batch = std::mem::take(&mut self.batch);
        self.validate(batch);
        let shared = self.shared;
        drop(self);
        shared.work();
    }
}
