//! Arguments of `new`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

#[derive(Args, Clone, Debug)]
pub struct NewArgs {
    /// The folder to write; must be empty or absent
    pub dir: PathBuf,
    /// What the component is written in
    #[arg(long, value_enum, value_name = "LANGUAGE")]
    pub lang: NewLang,
    /// What the component does
    #[arg(long, value_enum, default_value_t = TemplateName::Library, value_name = "NAME")]
    pub template: TemplateName,
    /// What the package is called; without it, as the folder, made a valid name
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
}

/// A language that projects are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum NewLang {
    Rust,
    /// Stock Go, 1.24 or newer
    Go,
    /// JavaScript that uses a component, on Node and on a page
    Js,
    /// WebAssembly text, which needs no compiler
    Wat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TemplateName {
    /// Exports an interface for others
    Library,
    /// Is run from the command line
    Command,
    /// Answers HTTP requests
    Http,
    /// Exports asynchronous functions and streams
    Async,
}

impl TemplateName {
    /// As it stands on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Library => "library",
            Self::Command => "command",
            Self::Http => "http",
            Self::Async => "async",
        }
    }
}
