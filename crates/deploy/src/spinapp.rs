//! Kubernetes by SpinKube: a `SpinApp`, and the Spin application whose artifact it runs.
//!
//! Specification: SpinKube, "SpinApp CRD Reference", core.spinkube.dev/v1alpha1.

use diag::Diagnostic;

use crate::app::App;
use crate::target::{Made, Trigger};
use crate::yaml::{self, Yaml, filled, map, some};
use crate::{image, k8s, spin};

pub fn files(app: &App, trigger: Trigger, found: &mut Vec<Diagnostic>) -> Made {
    if trigger == Trigger::Command {
        let headline = "a `SpinApp` runs until it is taken away, and a program ends";
        found.push(
            diag::error("deploy/trigger", headline)
                .label(app.component.place("export `wasi:cli/run`"), "a program")
                .help("package it with `--runtime wasmtime`, which makes a `Job` of it"),
        );
    }
    let reference = image::needed(app, "a `SpinApp`", found);
    // The operator has fields for what Spin's own manifest has none of.
    let mut plain = app.clone();
    plain.limits.memory = None;
    plain.deploy.replicas = 1;
    let (mut files, _) = spin::files(&plain, trigger, found);
    files.insert("spinapp.yaml".to_owned(), yaml::print(&[spin_app(app, &reference)]).into_bytes());
    let commands = vec![format!("spin registry push {reference}"), "kubectl apply -f spinapp.yaml".to_owned()];
    (files, commands)
}

fn spin_app(app: &App, reference: &str) -> Yaml {
    let spec = map([
        ("image", some(reference)),
        ("executor", some("containerd-shim-spin")),
        ("replicas", some(u64::from(app.deploy.replicas))),
        ("resources", k8s::resources(app)),
        ("variables", filled(variables(app))),
    ]);
    map([
        ("apiVersion", some("core.spinkube.dev/v1alpha1")),
        ("kind", some("SpinApp")),
        ("metadata", some(k8s::metadata(app))),
        ("spec", some(spec)),
    ])
}

/// The application's variables, from a secret that has the name of the app.
fn variables(app: &App) -> Vec<Yaml> {
    let names = spin::callers(app);
    names
        .map(|key| map([("name", some(spin::variable_name(key))), ("valueFrom", some(k8s::secret(app, key)))]))
        .collect()
}
