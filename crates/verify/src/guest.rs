//! A guest, from bytes to a store in which its exports can be called.
//!
//! In: `Request`. Out: `Guest`, compiled and linked, not yet instantiated; and the means to drive it.
//! Holds: everything that can be found wrong without running is found here.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::pin;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use diag::{Diagnostics, Place};
use futures::FutureExt as _;
use futures::channel::oneshot;
use futures::future::{Either, select};
use wasmtime::component::{Component, InstancePre};
use wasmtime::{Engine, Store, Trap};

use crate::engine::engine;
use crate::grants::Grants;
use crate::host::{Host, MissingDir};
use crate::interrupt::{self, Signal};
use crate::limits::{Limits, Meter, Usage};
use crate::session::mocks::Mocks;
use crate::stdio::Stdio;
use crate::unmet::{self, Stub};
use crate::{link as linking, nesting};

/// How long a guest that blocks its thread may outlive its timeout.
pub(crate) const GRACE: Duration = Duration::from_millis(500);

/// What is to be run, and with what.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The name to show in messages.
    pub file: &'a str,
    /// A component's binary.
    pub bytes: &'a [u8],
    pub grants: &'a Grants,
    pub limits: &'a Limits,
    pub stdio: &'a Stdio,
    pub stub: Stub,
}

/// A guest that is ready to be instantiated.
pub(crate) struct Guest {
    pub(crate) component: Component,
    pub(crate) pre: InstancePre<Host>,
    pub(crate) store: Store<Host>,
    timeout: Option<Duration>,
    fuel: Option<u64>,
    /// Ends the guest when it comes.
    pub(crate) interruption: Option<Interruption>,
}

/// The timeout was reached.
#[derive(Debug)]
pub(crate) struct TimeLimit;

impl std::fmt::Display for TimeLimit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the timeout was reached")
    }
}

impl std::error::Error for TimeLimit {}

/// Compiles, links, and makes a store.
pub(crate) fn prepare(request: &Request<'_>) -> Result<Guest, Diagnostics> {
    let component = compile(request.file, request.bytes, &engine(request.limits))?;
    let pre = linked(request, &component)?;
    with_store(request, component, pre)
}

/// Makes a store for what is linked.
pub(crate) fn with_store(
    request: &Request<'_>,
    component: Component,
    pre: InstancePre<Host>,
) -> Result<Guest, Diagnostics> {
    let host = Host::new(request.grants, request.stdio, Meter::new(request.limits.memory)).map_err(missing_dirs)?;
    let mut store = Store::new(component.engine(), host);
    store.limiter(|host| &mut host.meter);
    if request.limits.counts_fuel() {
        store.set_fuel(request.limits.fuel.unwrap_or(u64::MAX)).expect("fuel is on, as `Limits` says");
    }
    if request.limits.timeout.is_some() {
        store.set_epoch_deadline(1);
    }
    let fuel = request.limits.counts_fuel().then(|| request.limits.fuel.unwrap_or(u64::MAX));
    Ok(Guest { component, pre, store, timeout: request.limits.timeout, fuel, interruption: None })
}

/// Links what is compiled.
pub(crate) fn linked(request: &Request<'_>, component: &Component) -> Result<InstancePre<Host>, Diagnostics> {
    link(request, component, &Mocks::default()).map(|(pre, _)| pre)
}

/// Links what is compiled, with mocks in place of imports; says how many kinds of resources the mocks may have.
pub(crate) fn link(
    request: &Request<'_>,
    component: &Component,
    mocks: &Mocks,
) -> Result<(InstancePre<Host>, u32), Diagnostics> {
    let mut linker = linking::linker(component).expect("the host's interfaces have different names");
    let mocked = unmet::settle(&mut linker, component, request.file, request.bytes, request.stub, mocks)?;
    let pre = linker.instantiate_pre(component).map_err(|error| {
        let place = Place::binary(request.file, "imports");
        let chain: Vec<String> = error.chain().map(ToString::to_string).collect();
        diag::error("run/import-type", "an import does not have the type that this host provides")
            .label(place, chain.join(": "))
            .help("rebuild the component against the WASI version that `withe wit wasi:cli` shows")
    })?;
    Ok((pre, mocked))
}

/// Compiles what the embedded runtime accepts.
pub(crate) fn compile(file: &str, bytes: &[u8], engine: &Engine) -> Result<Component, Diagnostics> {
    if let Some(finding) = nesting::too_much(file, bytes) {
        return Err(finding.into());
    }
    Component::from_binary(engine, bytes).map_err(|error| {
        diag::error("run/invalid-component", "the embedded runtime does not accept this component")
            .label(Place::file(file), error.root_cause().to_string())
            .help(format!("see all that is wrong with `withe validate {file}`"))
            .into()
    })
}

pub(crate) fn missing_dirs(missing: Vec<MissingDir>) -> Diagnostics {
    let diagnostics = missing.into_iter().map(|dir| {
        let shown = &dir.grant.shown;
        let host = shown.split("::").next().unwrap_or(shown);
        diag::error("run/missing-dir", format!("the folder `{host}` cannot be granted"))
            .label(Place::file(host), dir.reason)
            .help(format!("make the folder, or leave out `--dir {shown}`"))
            .about(shown.as_str())
    });
    Diagnostics(diagnostics.collect())
}

impl Guest {
    /// Awaits `work` on this guest's store under its timeout and until it is interrupted; the time it took goes to
    /// `elapsed`.
    pub(crate) async fn timed<T>(
        &mut self,
        elapsed: &mut Duration,
        work: impl AsyncFnOnce(&mut Store<Host>, &InstancePre<Host>) -> wasmtime::Result<T> + Send,
    ) -> wasmtime::Result<T> {
        let start = Instant::now();
        let future = without_panic(work(&mut self.store, &self.pre));
        let (timeout, engine) = (self.timeout, self.component.engine());
        let limited = async {
            let Some(timeout) = timeout else { return future.await };
            interrupt_after(engine, timeout);
            match tokio::time::timeout(timeout, future).await {
                Ok(result) => result,
                Err(_) => Err(wasmtime::Error::from(TimeLimit)),
            }
        };
        let result = until(self.interruption.take(), limited).await;
        *elapsed = start.elapsed();
        result
    }

    /// What the guest has used.
    pub(crate) fn usage(&self, time: Duration) -> Usage {
        let fuel = self.fuel.map(|given| given - self.store.get_fuel().unwrap_or(0));
        Usage { fuel, time, memory: self.store.data().meter.peak }
    }
}

/// The work's result, or the signal that came first.
async fn until<T>(
    interruption: Option<Interruption>,
    work: impl Future<Output = wasmtime::Result<T>>,
) -> wasmtime::Result<T> {
    let Some(interruption) = interruption else { return work.await };
    match select(interruption, pin!(work)).await {
        Either::Left((Ok(signal), _)) => Err(wasmtime::Error::from(signal)),
        // Nobody is left who could interrupt.
        Either::Left((Err(_), work)) => work.await,
        Either::Right((result, _)) => result,
    }
}

/// Ends code that computes without ever calling the host.
fn interrupt_after(engine: &Engine, timeout: Duration) {
    let engine = engine.weak();
    std::thread::spawn(move || {
        std::thread::sleep(timeout);
        if let Some(engine) = engine.upgrade() {
            engine.increment_epoch();
        }
    });
}

impl Usage {
    /// Without the fuel if the guest was stopped from outside: compiled code keeps its count to itself until it calls,
    /// returns or traps.
    pub(crate) fn after(self, error: Option<&wasmtime::Error>) -> Self {
        let stopped = error.is_some_and(|error| {
            let interrupted = matches!(error.downcast_ref(), Some(Trap::Interrupt));
            interrupted || error.is::<TimeLimit>() || error.is::<Signal>() || error.is::<RuntimeFailed>()
        });
        if stopped { Self { fuel: None, ..self } } else { self }
    }
}

/// The embedded runtime panicked, with this message.
#[derive(Debug)]
pub(crate) struct RuntimeFailed(String);

impl std::fmt::Display for RuntimeFailed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the embedded runtime failed: {}", self.0)
    }
}

impl std::error::Error for RuntimeFailed {}

/// The work's result; a panic in it, which a guest can bring about, is an error like others. Of its store nothing may
/// be called afterwards.
pub(crate) async fn without_panic<T>(work: impl Future<Output = wasmtime::Result<T>>) -> wasmtime::Result<T> {
    match AssertUnwindSafe(work).catch_unwind().await {
        Ok(result) => result,
        Err(panic) => {
            let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
            let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
            Err(wasmtime::Error::from(RuntimeFailed(text.unwrap_or_else(|| "it says no more".to_owned()))))
        }
    }
}

/// Why a guest was left behind: it blocks its thread, or computes, and did not end when it was told to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Left {
    TimeLimit,
    Interrupted(Signal),
}

/// Comes when the guest is to end.
pub(crate) type Interruption = oneshot::Receiver<Signal>;

/// Runs the future that `start` makes to its end. Under a timeout, or if signals may end it, it has a thread of its
/// own, so that a blocked one can be left behind.
pub(crate) fn watched<T: Send + 'static, F: Future<Output = T>>(
    limits: &Limits,
    start: impl FnOnce(Interruption) -> F + Send + 'static,
) -> Result<T, Left> {
    let (stop, interruption) = oneshot::channel();
    if limits.timeout.is_none() && !limits.signals {
        return Ok(alone(start(interruption)));
    }
    let (tell, events) = mpsc::channel();
    if limits.signals {
        let tell = tell.clone();
        // Where signals cannot be listened to, they end the process. After the end nobody listens to the event.
        let _ = interrupt::listen(move |signal| drop(tell.send(Event::Signal(signal))));
    }
    std::thread::spawn(move || {
        let result = catch_unwind(AssertUnwindSafe(|| alone(start(interruption))));
        // If the guest was left behind, nobody wants its result.
        let _ = tell.send(Event::Ended(result));
    });
    attend(limits.timeout, &events, stop)
}

/// What the thread hears that waits for a guest.
enum Event<T> {
    Ended(std::thread::Result<T>),
    Signal(Signal),
}

/// Waits for the end; hands a signal on to the guest, and waits a little longer.
fn attend<T>(
    timeout: Option<Duration>,
    events: &mpsc::Receiver<Event<T>>,
    stop: oneshot::Sender<Signal>,
) -> Result<T, Left> {
    let after = |time: Duration| Instant::now().checked_add(time);
    let mut deadline = timeout.and_then(|timeout| after(timeout.saturating_add(GRACE)));
    let mut left = Left::TimeLimit;
    let mut stop = Some(stop);
    loop {
        let event = match deadline {
            None => events.recv().map_err(|_| mpsc::RecvTimeoutError::Disconnected),
            Some(deadline) => events.recv_timeout(deadline.saturating_duration_since(Instant::now())),
        };
        match event {
            Ok(Event::Ended(Ok(value))) => return Ok(value),
            Ok(Event::Ended(Err(panic))) => resume_unwind(panic),
            Ok(Event::Signal(signal)) => {
                left = Left::Interrupted(signal);
                deadline = after(GRACE);
                // A guest that has ended meanwhile has told so.
                let _ = stop.take().map(|stop| stop.send(signal));
            }
            Err(_) => return Err(left),
        }
    }
}

/// Runs a future on this thread.
fn alone<T>(future: impl Future<Output = T>) -> T {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_all().build().expect("the system gives timers");
    let result = runtime.block_on(future);
    // A thread that still reads standard input must not be waited for.
    runtime.shutdown_background();
    result
}
