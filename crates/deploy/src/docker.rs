//! Docker: an OCI image layout, and a file for Docker Compose.
//!
//! In: an app. Out: `image/` and `compose.yaml`.
//! Holds: the image has no value of the environment in it; what is granted stands in `compose.yaml`.
//!
//! Specification: Compose Specification, "Services", "Interpolation".

use std::collections::BTreeMap;

use diag::Diagnostic;

use crate::app::App;
use crate::checks::ignored;
use crate::k8s::{RUNTIME_MEMORY, SHIM_PORT, listened, shim_grants};
use crate::target::{Made, Trigger};
use crate::yaml::{self, Yaml, filled, map, some};
use crate::{image, network, oci, spin};

pub fn files(app: &App, trigger: Trigger, found: &mut Vec<Diagnostic>) -> Made {
    let name = image::given(app, found).unwrap_or_else(|| format!("{}:{}", app.name.value, image::tag(app)));
    shim_grants(app, trigger, found);
    check_network(app, trigger, found);
    if let Some(route) = &app.deploy.route {
        found.push(ignored(route, "Docker has no routes: this one is not used", "this route"));
    }
    if app.deploy.replicas != 1 {
        found.push(diag::warning("deploy/ignored", "one port of a machine has one instance: `replicas` is not used"));
    }
    let layout = oci::layout(app, trigger, &image::whole(&name));
    let mut files: BTreeMap<String, Vec<u8>> =
        layout.into_iter().map(|(path, bytes)| (format!("image/{path}"), bytes)).collect();
    files.insert("compose.yaml".to_owned(), yaml::print(&[compose(app, trigger, &name)]).into_bytes());
    let up =
        if app.grants.dirs.is_empty() { "docker compose up" } else { "USER_ID=$(id -u):$(id -g) docker compose up" };
    let commands = vec!["tar -C image -cf - . | docker load".to_owned(), up.to_owned()];
    (files, commands)
}

/// What the shim opens beyond what was granted.
fn check_network(app: &App, trigger: Trigger, found: &mut Vec<Diagnostic>) {
    let opens = match trigger {
        Trigger::Http => network::sends_http(app),
        Trigger::Command => network::has_sockets(app),
    };
    if opens {
        let headline = format!("containerd's shim lets `{}` reach every host, whatever is granted", app.name.value);
        let help = "put the service into a network that leads where it may go";
        found.push(diag::warning("deploy/wider-grant", headline).help(help));
    }
}

fn compose(app: &App, trigger: Trigger, name: &str) -> Yaml {
    // A name without a value is that of whoever starts Compose.
    let granted = app
        .grants
        .env
        .iter()
        .map(|(key, said)| (key.clone(), said.value.as_ref().map_or(Yaml::Null, |text| literal(text).into())));
    let service = map([
        ("image", some(literal(name))),
        ("platform", some("wasi/wasm")),
        ("runtime", some("io.containerd.wasmtime.v1")),
        ("user", some(user(app))),
        ("read_only", some(true)),
        ("cap_drop", some(vec!["ALL"])),
        ("security_opt", some(vec!["no-new-privileges:true"])),
        ("ports", filled(ports(app, trigger))),
        ("environment", filled(Yaml::Map(granted.collect()))),
        ("volumes", filled(volumes(app))),
        (
            "mem_limit",
            app.limits.memory.as_ref().map(|memory| bytes(memory.value.saturating_add(RUNTIME_MEMORY)).into()),
        ),
    ]);
    let services = Yaml::Map(vec![(app.name.value.clone(), service)]);
    map([("name", some(&app.name.value)), ("services", some(services))])
}

/// Bytes as Compose has them, in the largest unit that is exact.
fn bytes(bytes: u64) -> String {
    for (shift, unit) in [(30, "g"), (20, "m"), (10, "k")] {
        if bytes.trailing_zeros() >= shift {
            return format!("{}{unit}", bytes >> shift);
        }
    }
    format!("{bytes}b")
}

/// Nobody of the machine, but where folders are granted: those belong to whoever starts Compose.
fn user(app: &App) -> &'static str {
    if app.grants.dirs.is_empty() { "65532:65532" } else { "${USER_ID:-1000:1000}" }
}

fn ports(app: &App, trigger: Trigger) -> Vec<String> {
    let ports = match trigger {
        Trigger::Http => vec![(app.deploy.port, SHIM_PORT)],
        Trigger::Command => listened(app).into_iter().map(|port| (port, port)).collect(),
    };
    ports.into_iter().map(|(published, inner)| format!("{published}:{inner}")).collect()
}

fn volumes(app: &App) -> Vec<Yaml> {
    let dirs = app.grants.dirs.iter().map(|dir| {
        // Without `./`, a relative path would be the name of a volume.
        let host = &dir.value.host;
        let source = if host.starts_with(['/', '.']) { host.clone() } else { format!("./{host}") };
        map([
            ("type", some("bind")),
            ("source", some(literal(&source))),
            ("target", some(literal(&spin::absolute(&dir.value)))),
            ("read_only", (!dir.value.write).then_some(Yaml::Bool(true))),
        ])
    });
    dirs.collect()
}

/// A text in which Compose finds no variable: `$$` is a `$`.
fn literal(text: &str) -> String {
    text.replace('$', "$$")
}
