//! One request to a handler, in process: without a server, a socket or a clock.
//!
//! In: a component that exports `wasi:http/incoming-handler@0.2` or `wasi:http/handler@0.3`, and `http` words.
//! Out: the answer's status, headers and body, and what the app wrote to its standard output.
//! Holds: an instance of its own for each request, as a server makes them.

use std::path::Path;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use testing::Trouble;
use tokio::task::JoinHandle;
use wasmtime::component::{Component, InstancePre, Linker, ResourceTable};
use wasmtime::{Config, Engine, Result, Store, error::format_err};
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::p2::bindings as p2;
use wasmtime_wasi_http::p3::{self, bindings::ServicePre};
use wasmtime_wasi_http::{WasiBody, WasiHttpCtx, WasiHttpCtxView, WasiHttpHooks, WasiHttpView};

/// Most bytes that an app may write to its standard output.
const MOST_OUTPUT: usize = 64 << 10;

struct Host {
    wasi: WasiCtx,
    http: WasiHttpCtx,
    hooks: Box<dyn WasiHttpHooks>,
    table: ResourceTable,
}

impl WasiView for Host {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl WasiHttpView for Host {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView { hooks: &mut *self.hooks, table: &mut self.table, ctx: &mut self.http }
    }
}

/// Asks a component: `COMPONENT METHOD PATH [NAME:VALUE]...`.
pub fn ask(words: &[String], folder: &Path) -> std::result::Result<String, Trouble> {
    let [file, method, path, headers @ ..] = words else {
        return Err("http COMPONENT METHOD PATH [NAME:VALUE]...".into());
    };
    let mut request = http::Request::builder().method(method.as_str()).uri(format!("http://localhost{path}"));
    for header in headers {
        let (name, value) = header.split_once(':').ok_or_else(|| format!("`{header}` is no header"))?;
        request = request.header(name, value);
    }
    let request = request.body(Bytes::new()).map_err(|error| error.to_string())?;
    let bytes = testing::read(&folder.join(file))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(answer(&bytes, request)).map_err(|error| Trouble::Failed(format!("{words:?}: {error:?}")))
}

async fn answer(bytes: &[u8], request: http::Request<Bytes>) -> Result<String> {
    let mut config = Config::new();
    config.wasm_component_model_async(true).wasm_component_model_more_async_builtins(true);
    let engine = Engine::new(&config)?;
    let component = Component::from_binary(&engine, bytes)?;
    let mut linker = Linker::<Host>::new(&engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    wasmtime_wasi_http::p2::add_only_http_to_linker_async(&mut linker)?;
    wasmtime_wasi::p3::add_to_linker(&mut linker)?;
    p3::add_to_linker(&mut linker)?;
    let pre = linker.instantiate_pre(&component)?;
    let stdout = MemoryOutputPipe::new(MOST_OUTPUT);
    let wasi = WasiCtx::builder().stdout(stdout.clone()).build();
    let host = Host { wasi, http: WasiHttpCtx::new(), hooks: default_hooks_box(), table: ResourceTable::new() };
    let store = Store::new(&engine, host);
    let exports_p2 =
        component.component_type().exports(&engine).any(|(name, _)| name.starts_with("wasi:http/incoming-handler@0.2"));
    let mut shown = if exports_p2 { ask_p2(store, pre, request).await? } else { ask_p3(store, pre, request).await? };
    for line in String::from_utf8_lossy(&stdout.contents()).lines() {
        shown += &format!("stdout: {line}\n");
    }
    Ok(shown)
}

fn default_hooks_box() -> Box<dyn WasiHttpHooks> {
    struct Hooks;
    impl WasiHttpHooks for Hooks {}
    Box::new(Hooks)
}

async fn ask_p2(mut store: Store<Host>, pre: InstancePre<Host>, request: http::Request<Bytes>) -> Result<String> {
    let proxy = p2::ProxyPre::new(pre)?.instantiate_async(&mut store).await?;
    let request = store.data_mut().http().new_incoming_request(p2::http::types::Scheme::Http, request.map(full))?;
    let (answer, answered) = std::sync::mpsc::channel();
    // The body is read while the handler writes it.
    let out = store.data_mut().http().new_response_outparam_from_callback(move |response| {
        let shown: JoinHandle<Result<String>> = tokio::spawn(async move { show(response?).await });
        // Nobody listens once the handler has failed.
        let _gone = answer.send(shown);
    })?;
    proxy.wasi_http_incoming_handler().call_handle(&mut store, request, out).await?;
    drop(store);
    let shown = answered.try_recv().map_err(|_| format_err!("the handler gave no answer"))?;
    shown.await?
}

async fn ask_p3(mut store: Store<Host>, pre: InstancePre<Host>, request: http::Request<Bytes>) -> Result<String> {
    let service = ServicePre::new(pre)?.instantiate_async(&mut store).await?;
    let (request, _sent) = p3::Request::from_http(&mut *default_hooks_box(), request.map(full));
    store
        .run_concurrent(async |store| {
            let response = service.handle(store, request).await?;
            let response = response.map_err(|code| format_err!("the handler gave {code:?}"))?;
            let response = store.with(|store| response.into_http(store, async { Ok(()) }))?;
            show(response).await
        })
        .await?
}

fn full(bytes: Bytes) -> WasiBody {
    Full::new(bytes).map_err(|never| match never {}).boxed_unsync()
}

/// Status, headers by name (several of one name in their order), and the body's lines.
async fn show(response: http::Response<WasiBody>) -> Result<String> {
    let (head, body) = response.into_parts();
    let mut shown = format!("{}\n", head.status.as_u16());
    let mut headers: Vec<String> = head
        .headers
        .iter()
        .map(|(name, value)| format!("{name}: {}\n", String::from_utf8_lossy(value.as_bytes())))
        .collect();
    headers.sort_by(|a, b| a.split(": ").next().cmp(&b.split(": ").next()));
    shown.extend(headers);
    let body = body.collect().await.map_err(|error| format_err!("the body ends with {error:?}"))?.to_bytes();
    for line in String::from_utf8_lossy(&body).lines() {
        shown += &format!("body: {line}\n");
    }
    Ok(shown)
}
