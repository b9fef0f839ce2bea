//! The command line as data.
//!
//! In: arguments. Out: `Cli`, one `XArgs` per verb.
//! Holds: nothing is read or checked here but the form of the arguments; commands that the first releases do not
//! have are listed in `later`, spellings of other tools in `peers`.

pub mod bindings;
pub mod building;
pub mod calling;
pub mod checking;
pub mod composing;
pub mod depending;
pub mod docs;
pub mod encoding;
pub mod input;
pub mod inspecting;
pub mod later;
pub mod new;
pub mod packaging;
pub mod peers;
pub mod registries;
pub mod running;
pub mod serving;
pub mod testing;
pub mod text;
pub mod transpiling;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub use bindings::{BindgenArgs, BindgenLang, BindgenRustArgs};
pub use building::{BuildArgs, CheckArgs};
pub use calling::CallArgs;
pub use checking::{DiffArgs, ValidateArgs};
pub use composing::{ComposeArgs, GraphArgs, GraphForm};
pub use depending::{AddArgs, DepsArgs, FetchArgs, TreeArgs, UpdateArgs, VendorArgs, WhyArgs};
pub use docs::DocsArgs;
pub use encoding::{EmbedArgs, Encoding, LinkArgs, PlugArgs, WrapArgs, WrapFlags};
pub use input::{FeatureArgs, OutArgs, WorldArgs};
pub use inspecting::{InspectArgs, SizeForm};
pub use new::{AppFront, NewArgs, NewLang, TemplateName};
pub use packaging::{AppArgs, GrantName, PackageArgs, PackageGrantArgs, RuntimeName, TargetName};
pub use registries::{PullArgs, PushArgs, RegistryArgs};
pub use running::{GrantArgs, LimitArgs, RunArgs};
pub use serving::ServeArgs;
pub use testing::TestArgs;
pub use text::{
    CompletionsArgs, DemoArgs, DoctorArgs, ExplainArgs, FmtArgs, GuestLanguage, ManArgs, ParseArgs, PrintArgs,
    StripArgs, WitArgs, WitForm,
};
pub use transpiling::TranspileArgs;

/// From WIT to a running, verified application made of WebAssembly components.
#[derive(Debug, Parser)]
#[command(name = "withe", version, max_term_width = 100, disable_help_subcommand = true)]
#[command(after_help = "Exit status: 0 it worked, 1 the input has errors, 2 the command line is wrong.\n\
    `withe demo` shows the whole path; `withe explain CODE` explains a diagnostic.")]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

/// Flags that every command takes.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Every command")]
pub struct Global {
    /// How findings are shown; with `json`, standard output carries one JSON document
    #[arg(long, global = true, value_enum, default_value_t = Format::Human)]
    pub format: Format,
    /// Whether to use colors; NO_COLOR is honoured
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub color: Color,
    /// Say nothing but errors
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Say with each finding where to read more
    #[arg(short, long, global = true, action = clap::ArgAction::Count, conflicts_with = "quiet")]
    pub verbose: u8,
}

/// How findings are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Drawn with the text they are about
    #[default]
    Human,
    /// One line a finding
    Short,
    /// One document on standard output
    Json,
    /// For code scanning; of `validate` alone
    Sarif,
    /// Annotations of GitHub Actions; of `validate` alone
    Github,
    /// What CI services read of tests; of `test` alone
    Junit,
}

/// Whether to use colors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Color {
    #[default]
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// The whole path at a glance: writes a small project, wraps, plugs and runs it
    Demo(DemoArgs),
    /// Write a project that builds, is tested and runs
    New(NewArgs),
    /// Show or convert resolved WIT
    Wit(WitArgs),
    /// Lay out WIT files in the usual way
    Fmt(FmtArgs),
    /// A site of documentation from WIT, and the examples in it as tests
    Docs(DocsArgs),
    /// Generate bindings
    Bindgen(BindgenArgs),
    /// Put a world's metadata into a core module
    Embed(EmbedArgs),
    /// Make a component of a core module
    Wrap(WrapArgs),
    /// Make a component of shared libraries
    Link(LinkArgs),
    /// Fill a component's imports with other components' exports
    Plug(PlugArgs),
    /// Compose components that satisfy one another, or by a WAC script
    Compose(ComposeArgs),
    /// A picture of what is inside a component and how it is wired
    Graph(GraphArgs),
    /// Make a JavaScript module of a component
    Transpile(TranspileArgs),
    /// Run a program
    Run(RunArgs),
    /// Call exports with WAVE values
    Call(CallArgs),
    /// Serve HTTP requests
    Serve(ServeArgs),
    /// Build the components of a project, and compose them
    Build(BuildArgs),
    /// Check a project without building it
    Check(CheckArgs),
    /// Run the expectations in `.wave` files
    Test(TestArgs),
    /// Manifests for where an app is to run: Spin, wasmCloud, Kubernetes, Docker
    Package(PackageArgs),
    /// Add a dependency to the project
    Add(AddArgs),
    /// Bring the packages that the project needs into `deps/`
    Fetch(FetchArgs),
    /// Take newer versions of packages, as far as all who ask for them allow
    Update(UpdateArgs),
    /// Keep the packages in `deps/`, so that nothing else is asked for them
    Vendor(VendorArgs),
    /// The packages of the project, below those who ask for them
    Tree(TreeArgs),
    /// Who asks for a package
    Why(WhyArgs),
    /// Check components, modules and WIT
    Validate(ValidateArgs),
    /// What a component is, what it can touch, what it weighs
    Inspect(InspectArgs),
    /// Whether a change breaks others: of WIT or of components
    Diff(DiffArgs),
    /// The page of a diagnostic
    Explain(ExplainArgs),
    /// Which compilers and tools are here, and what each is for
    Doctor(DoctorArgs),
    /// Completions for a shell
    Completions(CompletionsArgs),
    /// Manual pages, one for each command
    Man(ManArgs),
    /// Wasm to text
    Print(PrintArgs),
    /// Text to wasm
    Parse(ParseArgs),
    /// Drop custom sections that no later step needs
    Strip(StripArgs),
    /// Put a component, a core module or WIT into a registry
    Push(PushArgs),
    /// Get what is in a registry
    Pull(PullArgs),
    #[command(external_subcommand)]
    Other(Vec<OsString>),
}

/// What a command writes to the place that `-o` says, as far as the command line must be checked for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written<'a> {
    Nothing,
    /// To a file, or to standard output even if that is a terminal.
    Text(&'a Option<PathBuf>),
    /// To a file, or to standard output if that is no terminal.
    Binary(&'a Option<PathBuf>),
}

impl Command {
    /// The verb, as users type it.
    pub fn name(&self) -> &str {
        match self {
            Self::Demo(_) => "demo",
            Self::New(_) => "new",
            Self::Wit(_) => "wit",
            Self::Fmt(_) => "fmt",
            Self::Docs(_) => "docs",
            Self::Bindgen(_) => "bindgen",
            Self::Embed(_) => "embed",
            Self::Wrap(_) => "wrap",
            Self::Link(_) => "link",
            Self::Plug(_) => "plug",
            Self::Compose(_) => "compose",
            Self::Graph(_) => "graph",
            Self::Transpile(_) => "transpile",
            Self::Run(_) => "run",
            Self::Call(_) => "call",
            Self::Serve(_) => "serve",
            Self::Build(_) => "build",
            Self::Check(_) => "check",
            Self::Test(_) => "test",
            Self::Package(_) => "package",
            Self::Add(_) => "add",
            Self::Fetch(_) => "fetch",
            Self::Update(_) => "update",
            Self::Vendor(_) => "vendor",
            Self::Tree(_) => "tree",
            Self::Why(_) => "why",
            Self::Validate(_) => "validate",
            Self::Inspect(_) => "inspect",
            Self::Diff(_) => "diff",
            Self::Explain(_) => "explain",
            Self::Doctor(_) => "doctor",
            Self::Completions(_) => "completions",
            Self::Man(_) => "man",
            Self::Print(_) => "print",
            Self::Parse(_) => "parse",
            Self::Strip(_) => "strip",
            Self::Push(_) => "push",
            Self::Pull(_) => "pull",
            Self::Other(words) => words.first().and_then(|word| word.to_str()).unwrap_or_default(),
        }
    }

    /// What goes to the place that `-o` says.
    pub fn written(&self) -> Written<'_> {
        match self {
            Self::Wit(args) if args.form == WitForm::Wasm => Written::Binary(&args.out.out),
            Self::Wit(args) => Written::Text(&args.out.out),
            Self::Embed(args) => Written::Binary(&args.out.out),
            Self::Wrap(args) => Written::Binary(&args.out.out),
            Self::Link(args) => Written::Binary(&args.out.out),
            Self::Plug(args) => Written::Binary(&args.out.out),
            Self::Compose(args) => Written::Binary(&args.out.out),
            Self::Graph(args) => Written::Text(&args.out.out),
            Self::Inspect(args) => Written::Text(&args.out.out),
            Self::Print(args) => Written::Text(&args.out.out),
            Self::Man(args) if args.out.as_deref() == Some(std::path::Path::new("-")) => Written::Text(&args.out),
            Self::Parse(args) => Written::Binary(&args.out.out),
            Self::Strip(args) => Written::Binary(&args.out.out),
            Self::Pull(args) => Written::Binary(&args.out.out),
            Self::Demo(_)
            | Self::New(_)
            | Self::Fmt(_)
            | Self::Docs(_)
            | Self::Bindgen(_)
            | Self::Transpile(_)
            | Self::Run(_)
            | Self::Call(_)
            | Self::Serve(_)
            | Self::Test(_)
            | Self::Package(_)
            | Self::Add(_)
            | Self::Fetch(_)
            | Self::Update(_)
            | Self::Vendor(_)
            | Self::Tree(_)
            | Self::Why(_)
            | Self::Build(_)
            | Self::Check(_)
            | Self::Validate(_)
            | Self::Diff(_)
            | Self::Explain(_)
            | Self::Doctor(_)
            | Self::Completions(_)
            | Self::Man(_)
            | Self::Push(_)
            | Self::Other(_) => Written::Nothing,
        }
    }
}
