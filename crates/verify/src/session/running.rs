//! Calls on a store, under the time limit.
//!
//! In: a guest, calls with their arguments as data. Out: results as data, or the runtime's error.
//! Holds: the guest is in the runner or in the task that calls it; a task that does not end in time keeps it, and is
//! left behind.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;
use wasmtime::component::types::{ComponentFunc, Type};
use wasmtime::component::{ComponentExportIndex, Instance, Val};
use wasmtime::{AsContextMut, Error, Result, UpdateDeadline};

use super::check::Typed;
use super::exports::Exports;
use crate::guest::{GRACE, Guest, TimeLimit};
use crate::limits::Usage;
use crate::value::{Data, Handle, Held, lift, lower};

/// A guest, instantiated by its first call.
pub(crate) struct Live {
    guest: Guest,
    instance: Option<Instance>,
}

/// Calls a guest.
pub(crate) struct Runner {
    /// `None` once the guest was left behind.
    live: Option<Box<Live>>,
    runtime: Option<Runtime>,
    timeout: Option<Duration>,
    spent: Duration,
}

/// How a call ended.
pub(crate) enum Ended {
    Well(Option<Data>),
    Error(Error),
    LeftBehind,
}

/// What is done on a guest.
enum Job {
    Call(Call),
    Drop(Vec<Data>),
}

/// One call, apart from the expression that it comes from.
struct Call {
    index: ComponentExportIndex,
    func: ComponentFunc,
    args: Vec<Data>,
    /// Whether the handles of the result stay.
    keep: bool,
    exports: Arc<Exports>,
}

impl Live {
    pub(crate) fn new(mut guest: Guest) -> Self {
        guest.store.epoch_deadline_callback(|store| match store.data().deadline {
            Some(deadline) if Instant::now() >= deadline => Err(Error::from(TimeLimit)),
            // Another session's time has come.
            Some(_) | None => Ok(UpdateDeadline::Continue(1)),
        });
        Self { guest, instance: None }
    }

    async fn instance(&mut self) -> Result<Instance> {
        if let Some(instance) = self.instance {
            return Ok(instance);
        }
        let instance = self.guest.pre.instantiate_async(&mut self.guest.store).await?;
        self.instance = Some(instance);
        Ok(instance)
    }

    async fn call(&mut self, call: Call) -> Result<Option<Data>> {
        let instance = self.instance().await?;
        let store = &mut self.guest.store;
        let func = instance.get_func(&mut *store, call.index).expect("the export was found in the component's type");
        let mut args = Vec::with_capacity(call.args.len());
        for (data, (_, ty)) in call.args.iter().zip(call.func.params()) {
            args.push(lower(data, &ty, &mut |data, _| handle(data))?);
        }
        let mut results = vec![Val::Bool(false); call.func.results().len()];
        func.call_async(&mut *store, &args, &mut results).await?;
        let (Some(result), Some(ty)) = (results.pop(), call.func.results().next()) else { return Ok(None) };
        let data = lift(result, &ty, &mut |val, ty| named(val, ty, &call.exports))?;
        if !call.keep {
            self.drop_handles(&data).await?;
        }
        Ok(Some(data))
    }

    /// Drops every handle in a value, so that destructors run.
    async fn drop_handles(&mut self, data: &Data) -> Result<()> {
        let mut handles = Vec::new();
        collect_handles(data, &mut handles);
        for handle in handles {
            match handle.held {
                Held::Guest(any) => any.resource_drop_async(self.guest.store.as_context_mut()).await?,
                Held::Mock(_) => {}
            }
        }
        Ok(())
    }
}

/// A handle as the runtime has it.
fn handle(data: &Data) -> Result<Val> {
    match data {
        Data::Handle(Handle { held: Held::Guest(any), .. }) => Ok(Val::Resource(*any)),
        _ => Err(Error::msg("this value has no place outside of its instance")),
    }
}

/// A handle with its resource's name.
fn named(val: Val, ty: &Type, exports: &Exports) -> Result<Data> {
    match (val, ty) {
        (Val::Resource(any), Type::Own(resource) | Type::Borrow(resource)) => {
            let resource = exports.resource_name(*resource).to_owned();
            Ok(Data::Handle(Handle { resource, held: Held::Guest(any) }))
        }
        _ => Err(Error::msg("results cannot be streams, futures or error contexts")),
    }
}

fn collect_handles<'a>(data: &'a Data, found: &mut Vec<&'a Handle>) {
    match data {
        Data::Handle(handle) => found.push(handle),
        Data::List(items) | Data::Tuple(items) | Data::Stream(items) => {
            items.iter().for_each(|item| collect_handles(item, found));
        }
        Data::Map(entries) => entries.iter().for_each(|(_, value)| collect_handles(value, found)),
        Data::Record(fields) => fields.iter().for_each(|(_, value)| collect_handles(value, found)),
        Data::Variant(_, payload) | Data::Option(payload) | Data::Future(payload) => {
            payload.iter().for_each(|payload| collect_handles(payload, found));
        }
        Data::Result(Ok(payload) | Err(payload)) => {
            payload.iter().for_each(|payload| collect_handles(payload, found));
        }
        Data::Bool(_)
        | Data::S8(_)
        | Data::U8(_)
        | Data::S16(_)
        | Data::U16(_)
        | Data::S32(_)
        | Data::U32(_)
        | Data::S64(_)
        | Data::U64(_)
        | Data::F32(_)
        | Data::F64(_)
        | Data::Char(_)
        | Data::String(_)
        | Data::Enum(_)
        | Data::Flags(_)
        | Data::ErrorContext(_)
        | Data::Any => {}
    }
}

impl Runner {
    pub(crate) fn new(live: Live, timeout: Option<Duration>) -> Self {
        Self { live: Some(Box::new(live)), runtime: None, timeout, spent: Duration::ZERO }
    }

    /// Calls an export.
    pub(crate) fn call(&mut self, typed: &Typed, args: Vec<Data>) -> Ended {
        let call = Call {
            index: typed.index,
            func: typed.func.clone(),
            args,
            keep: typed.binds().is_some(),
            exports: Arc::clone(&typed.exports),
        };
        self.drive(Job::Call(call))
    }

    /// Drops handles.
    pub(crate) fn end(&mut self, owned: Vec<Data>) -> Ended {
        if owned.is_empty() {
            return Ended::Well(None);
        }
        self.drive(Job::Drop(owned))
    }

    pub(crate) fn guest(&self) -> Option<&Guest> {
        self.live.as_ref().map(|live| &live.guest)
    }

    pub(crate) fn usage(&self) -> Option<Usage> {
        self.guest().map(|guest| guest.usage(self.spent))
    }

    /// Does a job under what is left of the time. Under a limit it has a thread of its own, so that a blocked one can be
    /// left behind.
    fn drive(&mut self, job: Job) -> Ended {
        let Some(mut live) = self.live.take() else { return Ended::LeftBehind };
        let start = Instant::now();
        let left = self.timeout.map(|timeout| timeout.saturating_sub(self.spent));
        live.guest.store.data_mut().deadline = left.and_then(|left| start.checked_add(left));
        if left.is_some() {
            live.guest.store.set_epoch_deadline(1);
        }
        let engine = live.guest.component.engine().clone();
        let runtime = self.runtime.get_or_insert_with(|| runtime(left.is_some()));
        let work = perform(live, job, left);
        let done = match left {
            None => Some(runtime.block_on(work)),
            Some(left) => runtime.block_on(async {
                let mut task = tokio::spawn(work);
                let in_time = tokio::time::timeout(left, &mut task).await.ok();
                let finished = match in_time {
                    Some(finished) => Some(finished),
                    None => {
                        // Ends code that computes without ever calling the host.
                        engine.increment_epoch();
                        tokio::time::timeout(GRACE, task).await.ok()
                    }
                };
                finished.map(|done| done.unwrap_or_else(|failed| std::panic::resume_unwind(failed.into_panic())))
            }),
        };
        self.spent += start.elapsed();
        match done {
            None => Ended::LeftBehind,
            Some((live, result)) => {
                self.live = Some(live);
                result.map_or_else(Ended::Error, Ended::Well)
            }
        }
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        // A thread that is blocked must not be waited for.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

fn runtime(limited: bool) -> Runtime {
    let mut builder = match limited {
        false => tokio::runtime::Builder::new_current_thread(),
        true => tokio::runtime::Builder::new_multi_thread(),
    };
    if limited {
        // One for the guest, which may block it, and one for timers.
        builder.worker_threads(2);
    }
    builder.enable_all().build().expect("the system gives threads and timers")
}

async fn perform(mut live: Box<Live>, job: Job, left: Option<Duration>) -> (Box<Live>, Result<Option<Data>>) {
    let work = async {
        match job {
            Job::Call(call) => live.call(call).await,
            Job::Drop(owned) => {
                for data in owned {
                    live.drop_handles(&data).await?;
                }
                Ok(None)
            }
        }
    };
    let result = match left {
        None => work.await,
        Some(left) => tokio::time::timeout(left, work).await.unwrap_or_else(|_| Err(Error::from(TimeLimit))),
    };
    (live, result)
}
