//! The binary: everything is in the library, so that tests call it in process.

/// Types, graphs and validation are made of many small allocations, for which this one takes two thirds of the time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    withe::main()
}
