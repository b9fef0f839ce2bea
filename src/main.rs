fn main() -> std::process::ExitCode {
    withe::main()
}
