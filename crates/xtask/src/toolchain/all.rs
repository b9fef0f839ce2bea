//! All tools at once, for whoever runs tests.
//!
//! In: what the other modules set up. Out: the tools, and the variables that tell tests where they are.

use std::path::PathBuf;
use std::process::Command;

use super::{Guest, TARGETS, browser, componentize, go, npm, python, readers, registry};
use crate::run::{self, Done};

/// The tools that are here.
#[derive(Debug)]
pub struct Tools {
    guest: Option<Guest>,
    playwright: Option<PathBuf>,
    npm: Vec<String>,
    python: Option<PathBuf>,
    componentize: Option<String>,
    go: Vec<String>,
    registry: Option<PathBuf>,
}

impl Tools {
    /// Finds or makes all of them; an error where tools are required and one cannot be had.
    pub fn set_up() -> Done<Self> {
        let tools = Self {
            guest: super::set_up()?,
            playwright: browser::set_up()?,
            npm: npm::set_up()?,
            python: python::set_up()?,
            componentize: componentize::set_up()?,
            go: go::set_up()?,
            registry: registry::set_up()?,
        };
        readers::set_up()?;
        Ok(tools)
    }

    /// Tells `command` where they are.
    pub fn tell(&self, command: &mut Command) {
        let guest = self.guest.as_ref().map(|guest| &guest.rustc);
        for (variable, place) in [
            ("WITHE_GUEST_RUSTC", guest),
            ("WITHE_PLAYWRIGHT", self.playwright.as_ref()),
            ("WITHE_PYTHON_PACKAGES", self.python.as_ref()),
            ("WITHE_DOCKER_REGISTRY", self.registry.as_ref()),
        ] {
            if let Some(place) = place {
                command.env(variable, place);
            }
        }
    }

    /// Prints those that no program on `PATH` stands for.
    pub fn list(&self) {
        match &self.guest {
            Some(guest) => println!("  {:<10} {} for {}", "guest rust", guest.version(), TARGETS.join(", ")),
            None => println!("  {:<10} not here; tests that compile guests did not run", "guest rust"),
        }
        println!("  {:<10} {}", "npm", self.npm.join(", "));
        println!("  {:<10} {}", "for go", self.go.join(", "));
        println!("  {:<10} {}", "for python", self.componentize.as_deref().unwrap_or("not here"));
        let registry = self.registry.as_ref().and_then(|program| run::version(program, "--version"));
        println!("  {:<10} {}", "registry", registry.as_deref().unwrap_or("not here"));
    }
}
