//! The command line: arguments and files in, exit status out.
//!
//! In: the words of the command line and an `Io`. Out: files, what was said on the streams, and an `Exit`.
//! Holds: nothing here ends the process or reads a stream but through `Io`, so that tests and fuzzers call `run`.
#![expect(clippy::disallowed_methods, reason = "this crate reads and writes files for the others")]

pub mod bug;
pub mod cli;
pub mod commands;
pub mod explain;
pub mod io;

use std::ffi::OsString;

use clap::Parser as _;

use cli::{Cli, Command, Format, Written};
pub use io::Io;

/// The status that the process ends with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exit(pub i32);

impl Exit {
    /// It worked.
    pub const OK: Self = Self(0);
    /// The input has errors.
    pub const INPUT: Self = Self(1);
    /// The command line is wrong.
    pub const USAGE: Self = Self(2);
    /// A bug in withe.
    pub const BUG: Self = Self(101);

    /// The status that diagnostics call for: those about the command line have codes `usage/...`.
    pub fn of(diagnostics: &diag::Diagnostics) -> Self {
        let errors = diagnostics.0.iter().filter(|one| one.severity == diag::Severity::Error);
        if errors.clone().count() > 0 && errors.clone().all(|one| one.code.0.starts_with("usage/")) {
            Self::USAGE
        } else {
            Self::INPUT
        }
    }
}

/// What `main` does: the process's own arguments, streams and status.
pub fn main() -> std::process::ExitCode {
    bug::record_panics();
    let exit = run(std::env::args_os(), &mut Io::of_process());
    // Only the low eight bits of a status reach the caller, whatever a guest says.
    std::process::ExitCode::from(exit.0.to_le_bytes()[0])
}

/// Runs one command; `args` begin with the program's name.
pub fn run(args: impl IntoIterator<Item = impl Into<OsString>>, io: &mut Io) -> Exit {
    let words: Vec<OsString> = args.into_iter().skip(1).map(Into::into).collect();
    io.format = format_asked_for(&words);
    io.color = color_asked_for(&words);
    let exit = bug::caught(io, |io| run_words(words, io));
    let exit = io.status(exit);
    io.finish(exit)
}

fn run_words(words: Vec<OsString>, io: &mut Io) -> Exit {
    // The question that scripts ask most is answered without building the whole command line's description.
    if let [only] = words.as_slice()
        && (only == "--version" || only == "-V")
    {
        io.print_version();
        return Exit::OK;
    }
    let cli = match parse(words, io) {
        Ok(cli) => cli,
        Err(exit) => return exit,
    };
    // What follows an unknown command was not parsed; the format found beforehand stays.
    if !matches!(cli.command, Command::Other(_)) {
        io.format = cli.global.format;
        io.color = cli.global.color;
    }
    io.quiet = cli.global.quiet;
    io.verbose = cli.global.verbose;
    io.command = cli.command.name().to_owned();
    match check(&cli, io).and_then(|()| dispatch(&cli.command, io)) {
        Ok(exit) => exit,
        Err(diagnostics) => {
            let exit = Exit::of(&diagnostics);
            io.report_all(diagnostics.0);
            exit
        }
    }
}

/// The arguments as data. An error has been said already.
fn parse(words: Vec<OsString>, io: &mut Io) -> Result<Cli, Exit> {
    let words = cli::peers::translate(words).map_err(|diagnostic| {
        io.report(diagnostic);
        Exit::USAGE
    })?;
    let line = std::iter::once(OsString::from("withe")).chain(words.iter().cloned());
    Cli::try_parse_from(line).map_err(|error| {
        if error.kind() == clap::error::ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
            io.report_no_command(&error);
            Exit::USAGE
        } else if error.use_stderr() {
            io.command = command_named(&words);
            io.report_usage(&error);
            Exit::USAGE
        } else {
            io.print_help(&error);
            Exit::OK
        }
    })
}

/// The command that the words name, found without a parse.
fn command_named(words: &[OsString]) -> String {
    let commands = <Cli as clap::CommandFactory>::command();
    let mut words = words.iter().filter_map(|word| word.to_str());
    words.find(|word| commands.find_subcommand(word).is_some()).unwrap_or_default().to_owned()
}

/// What is wrong with the command line as a whole.
fn check(cli: &Cli, io: &mut Io) -> diag::Result<()> {
    check_format(cli, io)?;
    match cli.command.written() {
        Written::Nothing => Ok(()),
        Written::Text(out) => io.check_text_out(out.as_deref()),
        Written::Binary(out) => io.check_binary_out(out.as_deref()),
    }
}

/// Formats for services take what `validate` finds, or the results of `test`, and nothing else.
fn check_format(cli: &Cli, io: &mut Io) -> diag::Result<()> {
    let (name, owner) = match cli.global.format {
        Format::Human | Format::Short | Format::Json => return Ok(()),
        Format::Sarif => ("sarif", "validate"),
        Format::Github => ("github", "validate"),
        Format::Junit => ("junit", "test"),
    };
    let command = cli.command.name();
    if command == owner || matches!(cli.command, Command::Other(_)) {
        return Ok(());
    }
    io.format = Format::Human;
    let headline = format!("`--format {name}` is for `withe {owner}`, not for `withe {command}`");
    Err(diag::error("usage/command-line", headline).help("use `--format json`").into())
}

pub(crate) fn dispatch(command: &Command, io: &mut Io) -> diag::Result<Exit> {
    match command {
        Command::Demo(args) => commands::demo::demo(args, io),
        Command::New(args) => commands::new::new(args, io),
        Command::Wit(args) => commands::wit::wit(args, io),
        Command::Fmt(args) => commands::fmt::fmt(args, io),
        Command::Docs(args) => commands::docs::docs(args, io),
        Command::Bindgen(args) => commands::bindgen::bindgen(args, io),
        Command::Embed(args) => commands::embed::embed(args, io),
        Command::Wrap(args) => commands::wrap::wrap(args, io),
        Command::Link(args) => commands::link::link(args, io),
        Command::Plug(args) => commands::plug::plug(args, io),
        Command::Compose(args) => commands::compose::compose(args, io),
        Command::Graph(args) => commands::graph::graph(args, io),
        Command::Transpile(args) => commands::transpile::transpile(args, io),
        Command::Run(args) => commands::run::run(args, io),
        Command::Call(args) => commands::call::call(args, io),
        Command::Serve(args) => commands::serve::serve(args, io),
        Command::Test(args) => commands::test::test(args, io),
        Command::Package(args) => commands::package::package(args, io),
        Command::Add(args) => commands::add::add(args, io),
        Command::Fetch(args) => commands::fetch::fetch(args, io),
        Command::Update(args) => commands::update::update(args, io),
        Command::Vendor(args) => commands::vendor::vendor(args, io),
        Command::Tree(args) => commands::tree::tree(args, io),
        Command::Why(args) => commands::why::why(args, io),
        Command::Build(args) => commands::build::build(args, io),
        Command::Check(args) => commands::check::check(args, io),
        Command::Validate(args) => commands::validate::validate(args, io),
        Command::Inspect(args) => commands::inspect::inspect(args, io),
        Command::Diff(args) => commands::diff::diff(args, io),
        Command::Explain(args) => commands::explain::explain(args, io),
        Command::Doctor(args) => commands::doctor::doctor(args, io),
        Command::Completions(args) => commands::completions::completions(args, io),
        Command::Man(args) => commands::man::man(args, io),
        Command::Print(args) => commands::print::print(args, io),
        Command::Parse(args) => commands::parse::parse(args, io),
        Command::Strip(args) => commands::strip::strip(args, io),
        Command::Push(args) => commands::push::push(args, io),
        Command::Pull(args) => commands::pull::pull(args, io),
        Command::Other(_) => Err(cli::later::answer(command.name()).into()),
    }
}

/// The value of a flag, found without a parse: mistakes in the command line are reported in the wanted format too.
fn value_asked_for<T: clap::ValueEnum>(words: &[OsString], flag: &str) -> Option<T> {
    let words: Vec<_> = words.iter().take_while(|word| *word != "--").map(|word| word.to_string_lossy()).collect();
    let at = words.iter().position(|word| word.starts_with(flag))?;
    let value = match words[at].strip_prefix(flag)?.strip_prefix('=') {
        Some(value) => value,
        None => words.get(at + 1)?,
    };
    T::from_str(value, false).ok()
}

/// The formats that only one command has are for that one.
fn format_asked_for(words: &[OsString]) -> Format {
    match value_asked_for(words, "--format").unwrap_or_default() {
        format @ (Format::Human | Format::Short | Format::Json) => format,
        format @ (Format::Sarif | Format::Github) if words.iter().any(|word| word == "validate") => format,
        Format::Junit if words.iter().any(|word| word == "test") => Format::Junit,
        Format::Sarif | Format::Github | Format::Junit => Format::Human,
    }
}

fn color_asked_for(words: &[OsString]) -> cli::Color {
    value_asked_for(words, "--color").unwrap_or_default()
}
