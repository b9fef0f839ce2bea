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
    pub out: OutArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum WitForm {
    Wit,
    Json,
    Wasm,
}

#[derive(Args, Clone, Debug)]
pub struct ExplainArgs {
    /// A code such as `wit/syntax`; without one, all are listed
    pub code: Option<String>,
}

#[derive(Args, Clone, Debug)]
pub struct DoctorArgs {}

#[derive(Args, Clone, Debug)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
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
