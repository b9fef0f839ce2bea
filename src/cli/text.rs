//! Arguments of the verbs about texts and about withe itself.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{OutArgs, WorldArgs};

#[derive(Args, Clone, Debug)]
pub struct DemoArgs {
    /// The folder to write; must be empty or absent
    #[arg(default_value = "withe-demo")]
    pub dir: PathBuf,
}

#[derive(Args, Clone, Debug)]
pub struct WitArgs {
    /// A `.wit` file, a folder, a WIT package or component in wasm, a built-in such as `wasi:http@0.2.3`
    pub path: PathBuf,
    #[command(flatten)]
    pub world: WorldArgs,
    /// What to make of it
    #[arg(long = "as", value_enum, default_value_t = WitForm::Wit, value_name = "FORM")]
    pub form: WitForm,
    /// Leave out documentation
    #[arg(long)]
    pub no_docs: bool,
    #[command(flatten)]
    pub change: ChangeArgs,
    #[command(flatten)]
    pub out: OutArgs,
}

/// What becomes of the world before it is shown.
#[derive(Args, Clone, Debug, Default)]
pub struct ChangeArgs {
    /// The world as those see it that use it: its exports become imports
    #[arg(long, groups = ["change", "importing"])]
    pub importize: bool,
    /// As `--importize`, of that world
    #[arg(long, value_name = "WORLD", groups = ["change", "importing"], conflicts_with = "world")]
    pub importize_world: Option<String>,
    /// What the world is called then; without it, `-importized` is added
    #[arg(long, value_name = "NAME", requires = "importing")]
    pub importize_out_world_name: Option<String>,
    /// The world as those see it that it uses: its imports become exports
    #[arg(long, groups = ["change", "exporting"])]
    pub exportize: bool,
    /// As `--exportize`, of that world
    #[arg(long, value_name = "WORLD", groups = ["change", "exporting"], conflicts_with = "world")]
    pub exportize_world: Option<String>,
    /// What the world is called then; without it, `-exportized` is added
    #[arg(long, value_name = "NAME", requires = "exporting")]
    pub exportize_out_world_name: Option<String>,
    /// Move only this import: a plain name, or an interface; may be repeated
    #[arg(long, value_name = "IMPORT", requires = "exporting")]
    pub exportize_import: Vec<String>,
    /// Of imports whose versions are compatible, keep the newest
    #[arg(long, group = "change")]
    pub merge_world_imports: bool,
    /// As `--merge-world-imports`, of that world
    #[arg(long, value_name = "WORLD", group = "change", conflicts_with = "world")]
    pub merge_world_imports_based_on_semver: Option<String>,
}

impl ChangeArgs {
    /// The change that is wanted, and the world if the flag names it.
    pub fn change(&self) -> Option<(wit::Transform, Option<&str>)> {
        let importize = || wit::Transform::Importize { name: self.importize_out_world_name.clone() };
        let exportize = || wit::Transform::Exportize {
            name: self.exportize_out_world_name.clone(),
            only: self.exportize_import.clone(),
        };
        if self.importize || self.importize_world.is_some() {
            Some((importize(), self.importize_world.as_deref()))
        } else if self.exportize || self.exportize_world.is_some() {
            Some((exportize(), self.exportize_world.as_deref()))
        } else if self.merge_world_imports || self.merge_world_imports_based_on_semver.is_some() {
            Some((wit::Transform::MergeImports, self.merge_world_imports_based_on_semver.as_deref()))
        } else {
            None
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum WitForm {
    Wit,
    Json,
    Wasm,
}

#[derive(Args, Clone, Debug)]
pub struct FmtArgs {
    /// `.wit` files, and folders with all that are below them; `-` is standard input, written to standard output
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Write nothing; exit with 1 if files would change, and name them
    #[arg(long)]
    pub check: bool,
}

#[derive(Args, Clone, Debug)]
pub struct ExplainArgs {
    /// A code such as `wit/syntax`, or an area such as `wit`, whose codes are listed; without one, all are listed
    pub code: Option<String>,
}

#[derive(Args, Clone, Debug)]
pub struct DoctorArgs {
    /// Only the tools of these languages; without one, those that the project needs, and all outside of one
    #[arg(value_enum, value_name = "LANGUAGE")]
    pub languages: Vec<GuestLanguage>,
    /// Exit with 1 if one of the languages, or a component's program, is not ready
    #[arg(long)]
    pub strict: bool,
}

/// A language that guests are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum GuestLanguage {
    Rust,
    Go,
    C,
    Js,
}

impl GuestLanguage {
    pub const ALL: &[Self] = &[Self::Rust, Self::Go, Self::C, Self::Js];

    /// As it stands on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::Go => "go",
            Self::C => "c",
            Self::Js => "js",
        }
    }

    /// As people write it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Rust => "Rust",
            Self::Go => "Go",
            Self::C => "C",
            Self::Js => "JavaScript",
        }
    }
}

#[derive(Args, Clone, Debug)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

#[derive(Args, Clone, Debug)]
pub struct ManArgs {
    /// A command, such as `run` or `bindgen rust`; without one, the page of withe itself or, with `-o`, all pages
    #[arg(value_name = "COMMAND", num_args = 0..=2)]
    pub command: Vec<String>,
    /// The folder to write pages to, as `withe-run.1`; `-` is standard output
    #[arg(short, long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

#[derive(Args, Clone, Debug)]
pub struct PrintArgs {
    /// A module or a component; `-` is standard input
    pub input: PathBuf,
    #[command(flatten)]
    pub out: OutArgs,
    /// Show the shape only, without function bodies and data
    #[arg(long)]
    pub skeleton: bool,
    /// Show the offset of each item in the binary
    #[arg(short = 'p', long)]
    pub print_offsets: bool,
    /// Fold instructions into nested expressions
    #[arg(short = 'f', long)]
    pub fold_instructions: bool,
}

#[derive(Args, Clone, Debug)]
pub struct ParseArgs {
    /// A module or a component in the text format; `-` is standard input
    pub input: PathBuf,
    #[command(flatten)]
    pub out: OutArgs,
}

#[derive(Args, Clone, Debug)]
pub struct StripArgs {
    /// A module or a component; `-` is standard input
    pub input: PathBuf,
    #[command(flatten)]
    pub out: OutArgs,
    /// Drop every custom section, also what later steps need
    #[arg(short = 'a', long)]
    pub all: bool,
    /// Drop the custom sections of this name, and no others
    #[arg(short = 'd', long, value_name = "NAME", conflicts_with = "all")]
    pub delete: Vec<String>,
}
