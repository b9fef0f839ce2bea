//! The handler of a component, and its instances.
//!
//! In: `Request`. Out: instances, made anew or rested.
//! Holds: an instance is in use by one request or rests; it rests only after it has done all its work without a trap,
//! and no longer than `REST`.

use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use diag::{Diagnostic, Diagnostics, Place};
use tokio::sync::Semaphore;
use types::InterfaceName;
use wasmtime::component::types::{ComponentFunc, ComponentItem, Type};
use wasmtime::component::{Component, InstancePre};
use wasmtime::{Engine, Store};
use wasmtime_wasi_http::handler::{Proxy, ProxyPre};
use wasmtime_wasi_http::{p2, p3};

use super::{Message, Serving};
use crate::engine;
use crate::grants::Grants;
use crate::guest::{Request, compile, link, missing_dirs};
use crate::host::Host;
use crate::limits::{Limits, Meter};
use crate::refused::Refused;
use crate::session::Mocks;
use crate::stdio::Stdio;

/// How long an instance waits for its next request.
const REST: Duration = Duration::from_secs(1);

/// Requests that an instance of WASI 0.3 handles, unless said otherwise.
const REUSE: usize = 128;

/// Between two interruptions of code that computes without ever calling the host.
const TICK: Duration = Duration::from_millis(10);

/// Refusals that are told; a guest may ask for ever new addresses.
const MOST_REFUSALS: usize = 64;

/// What all requests share.
pub(super) struct Handler {
    engine: Engine,
    pre: ProxyPre<Host>,
    /// How many kinds of resources mocks may have.
    mocked: u32,
    file: String,
    grants: Grants,
    pub(super) limits: Limits,
    stdio: Stdio,
    /// Requests that one instance handles.
    reuse: usize,
    resting: Mutex<Vec<(Instance, Instant)>>,
    /// One for each request that may be handled at once.
    pub(super) places: Arc<Semaphore>,
    pub(super) log: bool,
    /// Headlines of the refusals that were told.
    told: Mutex<Vec<String>>,
    pub(super) messages: SyncSender<Message>,
}

/// An instance with its store.
pub(super) struct Instance {
    pub(super) store: Store<Host>,
    pub(super) proxy: Proxy,
    /// Requests that it may still handle.
    pub(super) left: usize,
}

impl Handler {
    pub(super) fn new(
        request: &Request<'_>,
        serving: &Serving,
        messages: SyncSender<Message>,
    ) -> Result<Self, Diagnostics> {
        let component = compiled(request, serving.at_once)?;
        Self::of(&component, &Mocks::default(), request, serving, messages)
    }

    /// As `new`, of what is compiled already, with mocks in place of imports.
    pub(super) fn of(
        component: &Component,
        mocks: &Mocks,
        request: &Request<'_>,
        serving: &Serving,
        messages: SyncSender<Message>,
    ) -> Result<Self, Diagnostics> {
        let (pre, mocked) = link(request, component, mocks)?;
        let pre = proxy(component, pre, request)?;
        // Folders that are not there are found before the first request.
        Host::new(request.grants, request.stdio, Meter::new(None)).map_err(missing_dirs)?;
        let limits = request.limits.clone();
        let counted = limits.counts_fuel() || limits.memory.is_some();
        let reuse = match (&pre, serving.reuse) {
            // What was used before would count for the next request.
            _ if counted => 1,
            (_, Some(reuse)) => reuse.max(1),
            (ProxyPre::P2(_), None) => 1,
            (ProxyPre::P3(_), None) => REUSE,
        };
        Ok(Self {
            engine: component.engine().clone(),
            pre,
            mocked,
            file: request.file.to_owned(),
            grants: request.grants.clone(),
            limits,
            stdio: request.stdio.clone(),
            reuse,
            resting: Mutex::default(),
            places: Arc::new(Semaphore::new(serving.at_once.clamp(1, Semaphore::MAX_PERMITS))),
            log: serving.log,
            told: Mutex::default(),
            messages,
        })
    }

    /// An instance that rests, or a new one.
    pub(super) async fn instance(&self) -> wasmtime::Result<Instance> {
        let rested = self.resting.lock().unwrap_or_else(PoisonError::into_inner).pop();
        match rested {
            Some((instance, _)) => Ok(instance),
            None => self.instantiate().await,
        }
    }

    async fn instantiate(&self) -> wasmtime::Result<Instance> {
        let meter = Meter::new(self.limits.memory);
        let host = Host::new(&self.grants, &self.stdio, meter).map_err(|missing| {
            let names: Vec<&str> = missing.iter().map(|dir| dir.grant.shown.as_str()).collect();
            wasmtime::format_err!("a granted folder is gone: {}", names.join(", "))
        })?;
        let mut store = Store::new(&self.engine, host);
        store.data_mut().mocked = self.mocked;
        store.limiter(|host| &mut host.meter);
        if let Some(fuel) = self.fuel() {
            store.set_fuel(fuel)?;
        }
        if self.limits.timeout.is_some() {
            // Others get their turn, and the timeout is looked at, each time that the engine counts on.
            store.epoch_deadline_async_yield_and_update(1);
            store.set_epoch_deadline(1);
        }
        let proxy = self.pre.instantiate_async(&mut store).await?;
        Ok(Instance { store, proxy, left: self.reuse })
    }

    /// What a request may use, if fuel is counted.
    pub(super) fn fuel(&self) -> Option<u64> {
        self.limits.counts_fuel().then(|| self.limits.fuel.unwrap_or(u64::MAX))
    }

    /// Takes an instance back that has done its work.
    pub(super) fn rest(&self, mut instance: Instance) {
        instance.left -= 1;
        if instance.left > 0 {
            self.resting.lock().unwrap_or_else(PoisonError::into_inner).push((instance, Instant::now()));
        }
    }

    /// Drops instances that have waited for long.
    pub(super) fn sweep(&self) {
        let mut resting = self.resting.lock().unwrap_or_else(PoisonError::into_inner);
        // The last to come is the first to go on, so the longest waiting stand first.
        let fresh = resting.iter().position(|(_, since)| since.elapsed() < REST).unwrap_or(resting.len());
        let gone: Vec<_> = resting.drain(..fresh).collect();
        drop(resting);
        drop(gone);
    }

    /// Under a timeout, starts the thread that interrupts code which computes without ever calling the host.
    pub(super) fn interrupt_regularly(&self) {
        if self.limits.timeout.is_some() {
            interrupt_regularly(&self.engine);
        }
    }

    /// Tells what the guest was refused, each refusal once.
    pub(super) fn tell_refusals(&self, refused: &Refused) {
        let read_only = self.grants.dirs.iter().filter(|dir| !dir.write);
        let dirs: Vec<String> = read_only.map(|dir| dir.shown.clone()).collect();
        for note in refused.notes(&self.file, &dirs) {
            let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
            if told.len() < MOST_REFUSALS && !told.contains(&note.headline) {
                told.push(note.headline.clone());
                drop(told);
                super::send(&self.messages, Message::Found(note));
            }
        }
    }
}

/// Starts the thread that lets code of the engine be interrupted, for as long as the engine is there.
pub(super) fn interrupt_regularly(engine: &Engine) {
    let engine = engine.weak();
    std::thread::spawn(move || {
        while let Some(engine) = engine.upgrade() {
            engine.increment_epoch();
            drop(engine);
            std::thread::sleep(TICK);
        }
    });
}

/// Says that the component exports no handler, if that is so.
pub(crate) fn check_handler(component: &Component, file: &str) -> Result<(), Diagnostic> {
    if exported(component).is_some() { Ok(()) } else { Err(no_handler(component, file)) }
}

impl Instance {
    /// Whether it is of WASI 0.3.
    pub(super) fn is_async(&self) -> bool {
        match self.proxy {
            Proxy::P2(_) => false,
            Proxy::P3(_) => true,
        }
    }
}

/// Compiles the component for an engine whose instances come from a pool, if the pool has room for them.
fn compiled(request: &Request<'_>, at_once: usize) -> Result<Component, Diagnostics> {
    if let Some(pooled) = engine::pooled(request.limits, at_once) {
        let component = compile(request.file, request.bytes, &pooled)?;
        if engine::fits_pool(&component) {
            return Ok(component);
        }
    }
    compile(request.file, request.bytes, &engine::engine(request.limits))
}

/// Finds the handler that the component exports; of two, that of WASI 0.3.
fn proxy(component: &Component, pre: InstancePre<Host>, request: &Request<'_>) -> Result<ProxyPre<Host>, Diagnostics> {
    let unfit = || {
        diag::error("serve/handler-type", "the exported handler does not have the type that this host calls")
            .label(Place::binary(request.file, "exports"), "its `handle` does not take a request as WASI's does")
            .help("rebuild the component against the WASI version that `withe wit wasi:http` shows")
    };
    match exported(component) {
        Some((_, false)) => Err(unfit().into()),
        Some((Track::Async, _)) => p3::bindings::ServicePre::new(pre).map(ProxyPre::P3).map_err(|_| unfit().into()),
        Some((Track::Sync, _)) => p2::bindings::ProxyPre::new(pre).map(ProxyPre::P2).map_err(|_| unfit().into()),
        None => Err(no_handler(component, request.file).into()),
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Track {
    /// `wasi:http/incoming-handler@0.2`.
    Sync,
    /// `wasi:http/handler@0.3`.
    Async,
}

/// The track of the handler that is exported, and whether its function has the shape that it should have.
fn exported(component: &Component) -> Option<(Track, bool)> {
    let ty = component.component_type();
    let engine = component.engine();
    ty.exports(engine)
        .filter_map(|(name, export)| {
            let ComponentItem::ComponentInstance(instance) = export.ty else { return None };
            let name = InterfaceName::parse(name)?;
            let track = match (name.package.namespace.as_str(), name.package.name.as_str(), name.interface.as_str()) {
                ("wasi", "http", "incoming-handler") => Track::Sync,
                ("wasi", "http", "handler") => Track::Async,
                _ => return None,
            };
            let fits = instance.exports(engine).any(|(name, export)| match export.ty {
                ComponentItem::ComponentFunc(func) => name == "handle" && fits(track, &func),
                _ => false,
            });
            Some((track, fits))
        })
        .max()
}

/// Whether it takes and gives what WASI's handler does. That the resources are WASI's own is checked by each call.
fn fits(track: Track, func: &ComponentFunc) -> bool {
    let params: Vec<Type> = func.params().map(|(_, ty)| ty).collect();
    let results: Vec<Type> = func.results().collect();
    match track {
        Track::Sync => matches!(params.as_slice(), [Type::Own(_), Type::Own(_)]) && results.is_empty(),
        Track::Async => {
            func.async_() && matches!((params.as_slice(), results.as_slice()), ([Type::Own(_)], [Type::Result(_)]))
        }
    }
}

fn no_handler(component: &Component, file: &str) -> Diagnostic {
    let ty = component.component_type();
    let names: Vec<&str> = ty.exports(component.engine()).map(|(name, _)| name).collect();
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    let exported =
        if names.is_empty() { "it exports nothing".to_owned() } else { format!("it exports {}", quoted.join(", ")) };
    let found = diag::error(
        "serve/no-handler",
        "this component serves nothing: it exports neither `wasi:http/incoming-handler` nor `wasi:http/handler`",
    )
    .label(Place::file(file), exported);
    if names.iter().any(|name| name.starts_with("wasi:cli/run@")) {
        return found.help(format!("it is a program: `withe run {file}`"));
    }
    match crate::session::example(component) {
        Some(example) => found.help(format!("call what it exports: `withe call {file} '{example}'`")),
        None => found.help("export `wasi:http/incoming-handler@0.2.12`, as the world `wasi:http/proxy` does"),
    }
}
