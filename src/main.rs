//! The binary: everything is in the library, so that tests call it in process.
fn main() -> std::process::ExitCode {
    withe::main()
}
