//! Calls on a store, under the time limit.
//!
//! In: a guest, calls with their arguments as data. Out: results as data, or the runtime's error.
//! Holds: the guest is in the runner or in the task that calls it; a task that does not end in time keeps it, and is
//! left behind.

use std::collections::{HashMap, VecDeque};
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::future::{Either, select};
use tokio::runtime::Runtime;
use tokio::sync::watch;
use wasmtime::component::types::{ComponentFunc, Type};
use wasmtime::component::{Component, ComponentExportIndex, Func, Instance, Linker, Val};
use wasmtime::{AsContextMut, Error, Result, UpdateDeadline};

use super::check::Typed;
use super::ends::{Kind, element_size, has_ends, kind_of};
use super::exports::Exports;
use crate::guest::{GRACE, Guest, TimeLimit, without_panic};
use crate::interrupt::{self, Signal};
use crate::limits::Usage;
use crate::value::types::type_text;
use crate::value::{Data, Handle, Held, lift, lower};

/// The most elements that are read of one stream.
const MOST_ELEMENTS: u32 = 1_000_000;

/// The most bytes that are read of one stream, as they stand in linear memory.
const MOST_BYTES: u32 = 64 << 20;

/// How long several streams and futures of one result are read. One alone is known to be stuck at once.
const PATIENCE: Duration = Duration::from_secs(30);

/// A guest, instantiated by its first call.
pub(crate) struct Live {
    guest: Guest,
    instance: Option<Instance>,
    /// Components that make and take streams and their like, by the text of the type. For look-ups only.
    ends: HashMap<String, Component>,
}

/// Calls a guest.
pub(crate) struct Runner {
    /// `None` once the guest was left behind.
    live: Option<Box<Live>>,
    runtime: Option<Runtime>,
    timeout: Option<Duration>,
    spent: Duration,
    /// What the last job's end left unknown is left out.
    usage: Option<Usage>,
    /// Says which signal came, if signals are to end calls; `None` if they are not, or none can be listened to.
    signal: Option<watch::Receiver<Option<Signal>>>,
}

/// How a call ended.
pub(crate) enum Ended {
    Well(Option<Data>),
    Error(Error),
    LeftBehind,
}

/// What is done on a guest.
enum Job {
    Instantiate,
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
        Self { guest, instance: None, ends: HashMap::new() }
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
        let mut args = Vec::with_capacity(call.args.len());
        for (data, (_, ty)) in call.args.iter().zip(call.func.params()) {
            args.push(self.made(data, &ty, &call.exports).await?);
        }
        let store = &mut self.guest.store;
        let func = instance.get_func(&mut *store, call.index).expect("the export was found in the component's type");
        let mut results = vec![Val::Bool(false); call.func.results().len()];
        func.call_async(&mut *store, &args, &mut results).await?;
        let (Some(result), Some(ty)) = (results.pop(), call.func.results().next()) else { return Ok(None) };
        let data = self.taken(result, &ty, &call.exports).await?;
        if !call.keep {
            self.drop_handles(&data).await?;
        }
        Ok(Some(data))
    }

    /// The runtime's value; streams and their like in it are made first.
    async fn made(&mut self, data: &Data, ty: &Type, exports: &Exports) -> Result<Val> {
        if !has_ends(ty) {
            return lower(data, ty, &mut |data, _| handle(data));
        }
        let mut wanted: Vec<(Data, Type)> = Vec::new();
        lower(data, ty, &mut |data, ty| {
            wanted.push((data.clone(), ty.clone()));
            Ok(Val::Bool(false))
        })?;
        let mut made = VecDeque::with_capacity(wanted.len());
        for (data, ty) in &wanted {
            made.push_back(match kind_of(ty) {
                Some((kind, element)) => self.make_end(kind, element, data, ty, exports).await?,
                None => handle(data)?,
            });
        }
        lower(data, ty, &mut |_, _| Ok(made.pop_front().expect("the walk is the same as before")))
    }

    async fn make_end(
        &mut self,
        kind: Kind,
        element: Option<Type>,
        data: &Data,
        ty: &Type,
        exports: &Exports,
    ) -> Result<Val> {
        let mut items = Vec::new();
        match (data, &element) {
            (Data::Stream(elements), Some(element)) => {
                for item in elements {
                    items.push(Box::pin(self.made(item, element, exports)).await?);
                }
            }
            (Data::Stream(elements), None) => items = vec![Val::U8(0); elements.len()],
            (Data::Future(Some(value)), Some(element)) => {
                items.push(Box::pin(self.made(value, element, exports)).await?);
            }
            (Data::Future(None), None) => items.push(Val::U8(0)),
            (Data::ErrorContext(message), _) => {
                let make = self.end_func(kind, None, ty, "make", exports).await?;
                let mut results = [Val::Bool(false)];
                make.call_async(&mut self.guest.store, &[Val::String(message.clone())], &mut results).await?;
                let [context] = results;
                return Ok(context);
            }
            _ => return Err(Error::msg("a value does not have the type of its place")),
        }
        let size = Val::U32(element_size(element.as_ref()));
        let make = self.end_func(kind, element.as_ref(), ty, "make", exports).await?;
        let mut results = [Val::Bool(false)];
        make.call_async(&mut self.guest.store, &[Val::List(items), size], &mut results).await?;
        let [end] = results;
        Ok(end)
    }

    /// A function of a new instance of the component for the type.
    async fn end_func(
        &mut self,
        kind: Kind,
        element: Option<&Type>,
        ty: &Type,
        name: &str,
        exports: &Exports,
    ) -> Result<Func> {
        let key = type_text(ty, exports);
        let component = match self.ends.get(&key) {
            Some(component) => component.clone(),
            None => {
                let made = super::ends::component(self.guest.component.engine(), kind, element);
                let made = made.ok_or_else(|| Error::msg("elements of streams and futures cannot be handles"))??;
                self.ends.insert(key, made.clone());
                made
            }
        };
        let linker = Linker::new(self.guest.component.engine());
        let instance = linker.instantiate_async(&mut self.guest.store, &component).await?;
        let func = instance.get_func(&mut self.guest.store, name);
        func.ok_or_else(|| Error::msg(format!("the component for `{name}` lacks it")))
    }

    /// Data of the runtime's value; streams and their like in it are read to their end, side by side.
    async fn taken(&mut self, val: Val, ty: &Type, exports: &Exports) -> Result<Data> {
        if !has_ends(ty) {
            return lift(val, ty, &mut |val, ty| named(val, ty, exports));
        }
        let mut met: Vec<(Val, Type)> = Vec::new();
        let mut shape = lift(val.clone(), ty, &mut |val, ty| {
            Ok(match kind_of(ty) {
                Some(_) => {
                    met.push((val, ty.clone()));
                    Data::Any
                }
                None => named(val, ty, exports)?,
            })
        })?;
        let mut read: VecDeque<Data> = self.take_ends(met, exports).await?.into();
        fill(&mut shape, &mut read);
        Ok(shape)
    }

    async fn take_ends(&mut self, ends: Vec<(Val, Type)>, exports: &Exports) -> Result<Vec<Data>> {
        let mut calls = Vec::with_capacity(ends.len());
        for (val, ty) in &ends {
            let (kind, element) = kind_of(ty).expect("only such types are met");
            let func = self.end_func(kind, element.as_ref(), ty, "take", exports).await?;
            let size = element_size(element.as_ref());
            let args = match kind {
                Kind::ErrorContext => vec![val.clone()],
                Kind::Stream | Kind::Future => {
                    vec![val.clone(), Val::U32(size), Val::U32(MOST_ELEMENTS), Val::U32(MOST_BYTES)]
                }
            };
            calls.push((func, args, [Val::Bool(false)]));
        }
        if let [(func, args, results)] = &mut calls[..] {
            // Alone, it ends in a trap if nobody will ever write.
            func.call_async(&mut self.guest.store, args, results).await?;
        } else {
            let all = self.guest.store.run_concurrent(async |accessor| {
                let calls = calls.iter_mut().map(|(func, args, results)| func.call_concurrent(accessor, args, results));
                futures::future::try_join_all(calls).await
            });
            tokio::time::timeout(PATIENCE, all).await.map_err(|_| Error::from(Endless { patience: true }))???;
        }
        let mut read = Vec::with_capacity(ends.len());
        for ((_, _, [result]), (_, ty)) in calls.into_iter().zip(&ends) {
            read.push(self.elements(result, ty, exports).await?);
        }
        Ok(read)
    }

    /// The data of what was read of one end.
    async fn elements(&mut self, result: Val, ty: &Type, exports: &Exports) -> Result<Data> {
        let (kind, element) = kind_of(ty).expect("only such types are met");
        let items = match (kind, result) {
            (Kind::ErrorContext, Val::String(message)) => return Ok(Data::ErrorContext(message)),
            (Kind::Stream | Kind::Future, Val::Tuple(parts)) => match <[Val; 2]>::try_from(parts) {
                Ok([_, Val::Bool(true)]) => return Err(Error::from(Endless { patience: false })),
                Ok([Val::List(items), _]) => items,
                Ok(_) | Err(_) => Vec::new(),
            },
            _ => Vec::new(),
        };
        let mut data = Vec::with_capacity(items.len());
        for item in items {
            data.push(match &element {
                Some(element) if has_ends(element) => Box::pin(self.taken(item, element, exports)).await?,
                Some(element) => lift(item, element, &mut |val, ty| named(val, ty, exports))?,
                None => Data::Tuple(Vec::new()),
            });
        }
        Ok(match kind {
            Kind::Stream | Kind::ErrorContext => Data::Stream(data),
            Kind::Future => Data::Future(data.pop().filter(|_| element.is_some()).map(Box::new)),
        })
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

/// Puts what was read where a placeholder stands, in the order of the walk.
fn fill(data: &mut Data, read: &mut VecDeque<Data>) {
    let mut fill_all = |items: &mut Vec<Data>| items.iter_mut().for_each(|item| fill(item, read));
    match data {
        Data::Any => *data = read.pop_front().expect("one was read for each placeholder"),
        Data::List(items) | Data::Tuple(items) | Data::Stream(items) => fill_all(items),
        Data::Map(entries) => entries.iter_mut().for_each(|(key, value)| {
            fill(key, read);
            fill(value, read);
        }),
        Data::Record(fields) => fields.iter_mut().for_each(|(_, value)| fill(value, read)),
        Data::Variant(_, payload)
        | Data::Option(payload)
        | Data::Future(payload)
        | Data::Result(Ok(payload) | Err(payload)) => payload.iter_mut().for_each(|payload| fill(payload, read)),
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
        | Data::Handle(_) => {}
    }
}

/// A stream or future of a result was not read to its end.
#[derive(Debug)]
pub(crate) struct Endless {
    /// Whether time ran out, rather than elements.
    patience: bool,
}

impl std::fmt::Display for Endless {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.patience {
            true => write!(f, "its streams and futures did not end within {} seconds", PATIENCE.as_secs()),
            false => write!(f, "a stream did not end within {MOST_ELEMENTS} elements or {} MiB", MOST_BYTES >> 20),
        }
    }
}

impl std::error::Error for Endless {}

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
    pub(crate) fn new(live: Live, timeout: Option<Duration>, signals: bool) -> Self {
        let signal = signals.then(watched).flatten();
        Self { signal, live: Some(Box::new(live)), runtime: None, timeout, spent: Duration::ZERO, usage: None }
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

    /// Instantiates the guest, if no call has yet.
    pub(crate) fn instantiate(&mut self) -> Ended {
        self.drive(Job::Instantiate)
    }

    /// Drops handles.
    pub(crate) fn end(&mut self, owned: Vec<Data>) -> Ended {
        if owned.is_empty() {
            return Ended::Well(None);
        }
        self.drive(Job::Drop(owned))
    }

    /// Whether the guest was instantiated, as far as is known.
    pub(crate) fn is_instantiated(&self) -> bool {
        self.live.as_ref().is_none_or(|live| live.instance.is_some())
    }

    pub(crate) fn guest(&self) -> Option<&Guest> {
        self.live.as_ref().map(|live| &live.guest)
    }

    pub(crate) fn usage(&self) -> Option<Usage> {
        self.guest().map(|guest| self.usage.unwrap_or_else(|| guest.usage(self.spent)))
    }

    /// Does a job under what is left of the time. Under a limit it has a thread of its own, so that a blocked one can be
    /// left behind.
    fn drive(&mut self, job: Job) -> Ended {
        let Some(mut live) = self.live.take() else { return Ended::LeftBehind };
        let start = Instant::now();
        let left = self.timeout.map(|timeout| timeout.saturating_sub(self.spent));
        live.guest.store.data_mut().deadline = left.and_then(|left| start.checked_add(left));
        live.guest.store.set_epoch_deadline(1);
        let engine = live.guest.component.engine().clone();
        let is_watched = left.is_some() || self.signal.is_some();
        let runtime = self.runtime.get_or_insert_with(|| runtime(is_watched));
        let work = perform(live, job, left, self.signal.clone());
        let done = match is_watched {
            false => Some(runtime.block_on(work)),
            true => runtime.block_on(async {
                let mut task = tokio::spawn(work);
                let finished = match in_time(&mut task, left, self.signal.clone()).await {
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
            None => match self.signal.as_ref().and_then(|signal| *signal.borrow()) {
                Some(signal) => Ended::Error(Error::from(signal)),
                None => Ended::LeftBehind,
            },
            Some((live, result)) => {
                if let Err(error) = &result {
                    self.usage = Some(live.guest.usage(self.spent).after(Some(error)));
                }
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

/// Listens to signals; the sender lives with the thread that listens.
fn watched() -> Option<watch::Receiver<Option<Signal>>> {
    let (tell, told) = watch::channel(None);
    let listening = interrupt::listen(move |signal| {
        tell.send_replace(Some(signal));
    });
    listening.is_ok().then_some(told)
}

/// The signal, when it comes.
async fn signalled(signal: Option<watch::Receiver<Option<Signal>>>) -> Signal {
    if let Some(mut signal) = signal
        && let Ok(came) = signal.wait_for(Option::is_some).await
        && let Some(came) = *came
    {
        return came;
    }
    std::future::pending().await
}

/// What the task gives, unless the time is over or a signal comes before.
async fn in_time<T>(
    task: &mut tokio::task::JoinHandle<T>,
    left: Option<Duration>,
    signal: Option<watch::Receiver<Option<Signal>>>,
) -> Option<std::result::Result<T, tokio::task::JoinError>> {
    let until_signal = async {
        match select(pin!(signalled(signal)), task).await {
            Either::Left(_) => None,
            Either::Right((done, _)) => Some(done),
        }
    };
    match left {
        None => until_signal.await,
        Some(left) => tokio::time::timeout(left, until_signal).await.ok().flatten(),
    }
}

async fn perform(
    mut live: Box<Live>,
    job: Job,
    left: Option<Duration>,
    signal: Option<watch::Receiver<Option<Signal>>>,
) -> (Box<Live>, Result<Option<Data>>) {
    let work = async {
        match job {
            Job::Instantiate => live.instance().await.map(|_| None),
            Job::Call(call) => live.call(call).await,
            Job::Drop(owned) => {
                for data in owned {
                    live.drop_handles(&data).await?;
                }
                Ok(None)
            }
        }
    };
    let work = async {
        match select(pin!(signalled(signal)), pin!(without_panic(work))).await {
            Either::Left((signal, _)) => Err(Error::from(signal)),
            Either::Right((result, _)) => result,
        }
    };
    let result = match left {
        None => work.await,
        Some(left) => tokio::time::timeout(left, work).await.unwrap_or_else(|_| Err(Error::from(TimeLimit))),
    };
    (live, result)
}
