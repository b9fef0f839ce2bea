//! The engine: one configuration for everything that runs here.
//!
//! In: which limits need instrumented code. Out: a `wasmtime::Engine`.
//! Holds: `ACCEPTED` is exactly what the engine is configured to accept, so `validate` and `run` agree.

use wasmparser_embedded::WasmFeatures;
use wasmtime::component::Component;
use wasmtime::{Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig, WasmBacktraceDetails};

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
    Engine::new(&config(limits)).expect("the configuration is fixed and valid on every supported platform")
}

fn config(limits: &Limits) -> Config {
    let mut config = Config::new();
    config
        .wasm_features(EXTRA, true)
        .consume_fuel(limits.counts_fuel())
        .epoch_interruption(limits.timeout.is_some())
        .wasm_backtrace_details(WasmBacktraceDetails::Disable);
    config
}

/// Memories and tables that the pool has for each instance.
const POOLED_MEMORIES: u32 = 4;
const POOLED_TABLES: u32 = 8;

/// Elements that a table of the pool has room for; only what is used of it takes memory.
const POOLED_ELEMENTS: usize = 1 << 20;

/// Instances beyond those that handle requests: some are still being dropped.
const SPARE: u32 = 16;

/// Bytes that no instance needs; the pool rounds up, which `usize::MAX` would not survive.
const NO_LIMIT: usize = usize::MAX / 2;

/// An engine that keeps what instances need ready, for `instances` of them at once: making one and dropping it is then
/// a small part of a request's time. `None` if the system does not have the addresses.
pub(crate) fn pooled(limits: &Limits, instances: usize) -> Option<Engine> {
    let instances = u32::try_from(instances).ok()?.checked_add(SPARE)?;
    let memories = instances.checked_mul(POOLED_MEMORIES)?;
    let tables = instances.checked_mul(POOLED_TABLES)?;
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(u32::MAX)
        .total_core_instances(u32::MAX)
        .max_component_instance_size(NO_LIMIT)
        .max_core_instance_size(NO_LIMIT)
        .total_memories(memories)
        .total_tables(tables)
        .total_stacks(memories)
        .max_tables_per_module(tables)
        .max_memories_per_module(memories)
        .table_elements(POOLED_ELEMENTS)
        // What is set to zero is quicker to have again than what is given back to the system.
        .linear_memory_keep_resident(256 << 10)
        .table_keep_resident(16 << 10)
        .async_stack_keep_resident(16 << 10);
    let mut config = config(limits);
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    Engine::new(&config).ok()
}

/// Whether an instance of the component finds all that it needs in the pool.
pub(crate) fn fits_pool(component: &Component) -> bool {
    component.resources_required().is_some_and(|needed| {
        needed.num_memories <= POOLED_MEMORIES
            && needed.num_tables <= POOLED_TABLES
            && needed.max_initial_table_size.is_none_or(|elements| elements <= POOLED_ELEMENTS as u64)
    })
}
