//! Arguments of `new`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

#[derive(Args, Clone, Debug)]
pub struct NewArgs {
    /// The folder to write; must be empty or absent
    pub dir: PathBuf,
    /// What the component is written in; of an app, up to three, for its front, its greeter and its store
    #[arg(long, value_enum, value_name = "LANGUAGE", value_delimiter = ',')]
    pub lang: Vec<NewLang>,
    /// What the component does, or a whole app
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

impl NewLang {
    /// As it stands on the command line, and in a manifest.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::Go => "go",
            Self::Js => "js",
            Self::Wat => "wat",
        }
    }
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
    /// An app of three components that answers HTTP requests; in Rust unless `--lang` says otherwise
    App,
    /// An app of three components that is run from the command line
    AppCommand,
}

/// What the first component of an app is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppFront {
    Http,
    Command,
}

impl TemplateName {
    /// As it stands on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Library => "library",
            Self::Command => "command",
            Self::Http => "http",
            Self::Async => "async",
            Self::App => "app",
            Self::AppCommand => "app-command",
        }
    }

    /// What comes first in an app; nothing, if it is one component.
    pub fn front(self) -> Option<AppFront> {
        match self {
            Self::App => Some(AppFront::Http),
            Self::AppCommand => Some(AppFront::Command),
            Self::Library | Self::Command | Self::Http | Self::Async => None,
        }
    }
}
