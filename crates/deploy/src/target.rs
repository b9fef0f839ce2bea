//! The targets, and what each is given.

use std::collections::BTreeMap;

use diag::{Diagnostic, Diagnostics, Severity};

use crate::app::App;
use crate::host::{self, Host};
use crate::{docker, image, k8s, spin, spinapp, wadm};

/// A place where components run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    /// `spin.toml`.
    Spin,
    /// wasmCloud: an application of wadm.
    Wadm,
    Kubernetes(Runtime),
    /// An OCI image for `wasi/wasm`, and a file for Docker Compose.
    Docker,
}

/// What runs components in Kubernetes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Runtime {
    /// containerd's shim for wasmtime: a `RuntimeClass` and a `Deployment` or `Job`.
    Wasmtime,
    /// SpinKube: a `SpinApp`.
    Spin,
}

/// What a host calls of a component.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Trigger {
    /// `wasi:http/incoming-handler`.
    Http,
    /// `wasi:cli/run`.
    Command,
}

impl Trigger {
    /// One word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Command => "command",
        }
    }
}

/// Files for a target.
#[derive(Clone, Debug)]
pub struct Packaged {
    pub trigger: Trigger,
    /// By their paths, with `/`.
    pub files: BTreeMap<String, Vec<u8>>,
    /// Warnings and notes.
    pub notes: Vec<Diagnostic>,
    /// What to type next, in the folder of the files.
    pub commands: Vec<String>,
    /// Where the component is to be pushed before, as the files name it.
    pub push: Option<String>,
}

/// The files of a target.
///
/// # Errors
///
/// `deploy/...`: all that the target lacks, with the warnings and notes.
pub fn package(app: &App, target: Target) -> diag::Result<Packaged> {
    let mut found = Vec::new();
    crate::checks::names_and_values(app, &mut found);
    // What is refused already is not to be told again with every other thing, nor to spoil what is told of those.
    let app = &*crate::checks::speakable(app);
    let trigger = host_of(target).trigger(&app.component, &mut found);
    // Which interfaces there are may depend on what is called; without that, the ones of a handler are told.
    let host = match (target, trigger) {
        (Target::Docker | Target::Kubernetes(Runtime::Wasmtime), Some(Trigger::Command)) => host::SHIM_COMMAND,
        (Target::Spin | Target::Wadm | Target::Docker | Target::Kubernetes(_), _) => host_of(target),
    };
    host.check_imports(&app.component, &mut found);
    crate::checks::grants_of_nobody(app, &host, &mut found);
    let trigger_or_http = trigger.unwrap_or(Trigger::Http);
    let (files, commands) = match target {
        Target::Spin => spin::files(app, trigger_or_http, &mut found),
        Target::Wadm => wadm::files(app, &mut found),
        Target::Kubernetes(Runtime::Wasmtime) => k8s::files(app, trigger_or_http, &mut found),
        Target::Kubernetes(Runtime::Spin) => spinapp::files(app, trigger_or_http, &mut found),
        Target::Docker => docker::files(app, trigger_or_http, &mut found),
    };
    let push = match target {
        Target::Wadm | Target::Kubernetes(Runtime::Wasmtime) => image::to_push(app),
        // Spin pushes what it made of the component, and Docker loads the image.
        Target::Spin | Target::Kubernetes(Runtime::Spin) | Target::Docker => None,
    };
    let fails = found.iter().any(|one| one.severity == Severity::Error);
    match trigger {
        Some(trigger) if !fails => Ok(Packaged { trigger, files, notes: found, commands, push }),
        Some(_) | None => Err(Diagnostics(found)),
    }
}

fn host_of(target: Target) -> Host {
    match target {
        Target::Spin | Target::Kubernetes(Runtime::Spin) => host::SPIN,
        Target::Wadm => host::WASMCLOUD,
        Target::Kubernetes(Runtime::Wasmtime) | Target::Docker => host::SHIM_HTTP,
    }
}

/// Files and commands, as each target makes them.
pub type Made = (BTreeMap<String, Vec<u8>>, Vec<String>);
