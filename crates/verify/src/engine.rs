//! The engine: one configuration for everything that runs here.
//!
//! In: which limits need instrumented code. Out: a `wasmtime::Engine`.
//! Holds: `ACCEPTED` is exactly what the engine is configured to accept, so `validate` and `run` agree.

use wasmparser_embedded::WasmFeatures;
use wasmtime::{Config, Engine, WasmBacktraceDetails};

use crate::limits::Limits;

/// The proposals that the embedded runtime runs, beyond those that are part of WebAssembly 3.0.
const EXTRA: WasmFeatures = WasmFeatures::CM_ASYNC
    .union(WasmFeatures::CM_MORE_ASYNC_BUILTINS)
    .union(WasmFeatures::CM_ASYNC_STACKFUL)
    .union(WasmFeatures::CM_THREADING)
    .union(WasmFeatures::CM_ERROR_CONTEXT)
    .union(WasmFeatures::CM_MAP)
    .union(WasmFeatures::CM_FIXED_LENGTH_LISTS)
    .union(WasmFeatures::CM_IMPLEMENTS);

/// Everything that the embedded runtime accepts.
pub(crate) const ACCEPTED: WasmFeatures =
    WasmFeatures::WASM3.union(WasmFeatures::THREADS).union(WasmFeatures::COMPONENT_MODEL).union(EXTRA);

/// Builds the engine.
///
/// Fuel and interruption are compiled into the guest's code, so they are on only where a limit asks for them.
pub(crate) fn engine(limits: &Limits) -> Engine {
    let mut config = Config::new();
    config
        .wasm_features(EXTRA, true)
        .consume_fuel(limits.counts_fuel())
        .epoch_interruption(limits.timeout.is_some())
        .wasm_backtrace_details(WasmBacktraceDetails::Disable);
    Engine::new(&config).expect("the configuration is fixed and valid on every supported platform")
}
