//! Kubernetes, with containerd's shim for wasmtime on its nodes.
//!
//! In: an app. Out: a `RuntimeClass`; a `Deployment` and a `Service` for what goes on, a `Job` for a program that ends;
//! a `NetworkPolicy` of what was granted; a claim for each folder.
//! Holds: the container has no rights but these: no root, nothing writable but granted folders, no token of the
//! cluster, no variables but those granted.
//!
//! Specification: Kubernetes API, node.k8s.io/v1, apps/v1, batch/v1, v1, networking.k8s.io/v1.

use core::net::IpAddr;
use std::collections::BTreeMap;

use diag::Diagnostic;

use crate::app::{App, Dir, Said};
use crate::checks::{ignored, refused, refused_kind, shown, wider};
use crate::target::{Made, Trigger};
use crate::yaml::{self, Yaml, filled, map, some};
use crate::{image, network, spin};

/// What the runtime itself needs of memory, beside the guest's: its code and the compiled component.
pub const RUNTIME_MEMORY: u64 = 128 << 20;
/// Where the shim listens for handlers, in their container. What is published is the service's.
pub const SHIM_PORT: u16 = 8080;
/// Whom the container runs as: nobody of the node.
const USER: u64 = 65532;

/// A container's port, and the service's port that leads to it.
struct Port {
    name: String,
    number: u16,
    published: u16,
}

pub fn files(app: &App, trigger: Trigger, found: &mut Vec<Diagnostic>) -> Made {
    let reference = image::needed(app, "Kubernetes", found);
    shim_grants(app, trigger, found);
    check_names(app, found);
    let ports = ports(app, trigger);
    let goes_on = !ports.is_empty();
    if let Some(route) = &app.deploy.route {
        found.push(ignored(
            route,
            "routes are an `Ingress`'s, which is the cluster's: this one is not used",
            "this route",
        ));
    }
    if !goes_on && app.deploy.replicas != 1 {
        found
            .push(diag::warning("deploy/ignored", "a program that ends runs once, as a `Job`: `replicas` is not used"));
    }
    let pod = pod(app, &reference, &ports);
    let mut files = BTreeMap::from([("runtimeclass.yaml", vec![runtime_class()])]);
    if goes_on {
        files.insert("deployment.yaml", vec![deployment(app, pod)]);
        files.insert("service.yaml", vec![service(app, &ports)]);
    } else {
        files.insert("job.yaml", vec![job(app, pod)]);
    }
    files.insert("networkpolicy.yaml", vec![network_policy(app, &ports, found)]);
    if !app.grants.dirs.is_empty() {
        files.insert("volumes.yaml", (0..app.grants.dirs.len()).map(|at| claim(app, at)).collect());
        found.extend((trigger == Trigger::Command).then(begins_empty));
    }
    let commands = vec!["kubectl apply -f .".to_owned()];
    (
        files.into_iter().map(|(name, documents)| (name.to_owned(), yaml::print(&documents).into_bytes())).collect(),
        commands,
    )
}

fn begins_empty() -> Diagnostic {
    let headline = "folders of this machine are no folders of the cluster: its volumes begin empty";
    diag::note("deploy/grant", headline).help("copy what they need with `kubectl cp`, or change volumes.yaml")
}

/// Grants that the shim cannot give: to handlers it gives no folders and no sockets.
pub fn shim_grants(app: &App, trigger: Trigger, found: &mut Vec<Diagnostic>) {
    let grants = &app.grants;
    if trigger == Trigger::Http {
        for dir in &grants.dirs {
            let headline =
                format!("containerd's shim gives handlers of HTTP no folders, and `{}` is granted", dir.value.shown);
            found.push(refused_kind(
                dir,
                "dir",
                headline,
                "read the files in at build time, ask another service for them",
            ));
        }
        for (address, grant) in grants.addresses() {
            let headline =
                format!("containerd's shim gives handlers of HTTP no sockets, and `{}` is granted", address.value);
            let instead = "send requests by `wasi:http/outgoing-handler`";
            found.push(refused_kind(address, grant, headline, instead));
        }
    } else {
        for dir in grants.dirs.iter().filter(|dir| spin::absolute(&dir.value) == "/") {
            let headline =
                format!("`{}` would hide the component, which stands in `/` of its container", dir.value.shown);
            let help =
                format!("give it a name for the guest: `{}::/data`", dir.value.shown.split("::").next().unwrap_or("."));
            found.push(refused(dir, headline, help));
        }
        for listen in grants.listen.iter().filter(|listen| listen.value.ip().is_loopback()) {
            let headline = format!("nobody outside of a container reaches `{}` in it", listen.value);
            let help = format!("listen on `0.0.0.0:{}`", listen.value.port());
            found.push(refused(listen, headline, help));
        }
    }
    if let Some(store) = grants.key_value.first() {
        found.push(ignored(store, "containerd's shim has no key-value stores: the grant is not used", "granted here"));
    }
}

/// Names that Kubernetes takes for variables.
fn check_names(app: &App, found: &mut Vec<Diagnostic>) {
    for (key, said) in &app.grants.env {
        let begins = key.starts_with(|c: char| c.is_ascii_alphabetic() || "-._".contains(c));
        if !begins || !key.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c)) {
            let headline = format!("`{}` is no name that a variable may have in Kubernetes", shown(key));
            let mut wrong = diag::error("deploy/value", headline);
            if let Some(place) = &said.place {
                wrong = wrong.label(place.clone(), "granted here");
            }
            found.push(wrong.help("name it with letters, digits and `_`, a letter first"));
        }
    }
}

fn ports(app: &App, trigger: Trigger) -> Vec<Port> {
    match trigger {
        Trigger::Http => vec![Port { name: "http".to_owned(), number: SHIM_PORT, published: app.deploy.port }],
        Trigger::Command => listened(app)
            .into_iter()
            .map(|number| Port { name: format!("port-{number}"), number, published: number })
            .collect(),
    }
}

/// The ports that a program listens on, each once.
pub fn listened(app: &App) -> Vec<u16> {
    let mut ports: Vec<u16> = app.grants.listen.iter().map(|listen| listen.value.port()).collect();
    ports.sort_unstable();
    ports.dedup();
    ports
}

fn labels(app: &App) -> Yaml {
    map([
        ("app.kubernetes.io/name", some(&app.name.value)),
        ("app.kubernetes.io/version", some(label_value(&app.version.to_string()))),
        ("app.kubernetes.io/managed-by", some("withe")),
    ])
}

/// By what a `Deployment` and a `Service` know their pods; it must not change with the version.
fn selector(app: &App) -> Yaml {
    map([("app.kubernetes.io/name", some(&app.name.value))])
}

/// A version as the value of a label: at most 63 letters, digits, `.`, `_` and `-`, with a letter or digit at the end.
fn label_value(version: &str) -> String {
    let fits: String = version.replace('+', "_").chars().take(63).collect();
    fits.trim_end_matches(|c: char| !c.is_ascii_alphanumeric()).to_owned()
}

pub fn metadata(app: &App) -> Yaml {
    let annotations = map([("description", app.description.as_ref().map(Yaml::from))]);
    map([("name", some(&app.name.value)), ("labels", some(labels(app))), ("annotations", filled(annotations))])
}

fn object(api: &str, kind: &str, app: &App, spec: Yaml) -> Yaml {
    map([("apiVersion", some(api)), ("kind", some(kind)), ("metadata", some(metadata(app))), ("spec", some(spec))])
}

fn runtime_class() -> Yaml {
    map([
        ("apiVersion", some("node.k8s.io/v1")),
        ("kind", some("RuntimeClass")),
        ("metadata", some(map([("name", some("wasmtime"))]))),
        ("handler", some("wasmtime")),
    ])
}

fn deployment(app: &App, pod: Yaml) -> Yaml {
    let template = map([("metadata", some(map([("labels", some(labels(app)))]))), ("spec", some(pod))]);
    let spec = map([
        ("replicas", some(u64::from(app.deploy.replicas))),
        ("selector", some(map([("matchLabels", some(selector(app)))]))),
        ("template", some(template)),
    ]);
    object("apps/v1", "Deployment", app, spec)
}

fn job(app: &App, pod: Yaml) -> Yaml {
    let Yaml::Map(mut pod) = pod else { return pod };
    pod.push(("restartPolicy".to_owned(), "Never".into()));
    let template = map([("metadata", some(map([("labels", some(labels(app)))]))), ("spec", some(Yaml::Map(pod)))]);
    object("batch/v1", "Job", app, map([("backoffLimit", some(3)), ("template", some(template))]))
}

fn pod(app: &App, reference: &str, ports: &[Port]) -> Yaml {
    let volumes = app.grants.dirs.iter().enumerate().map(|(at, _)| {
        let claim = map([("claimName", some(claim_name(app, at)))]);
        map([("name", some(volume_name(at))), ("persistentVolumeClaim", some(claim))])
    });
    let security = map([
        ("runAsNonRoot", some(true)),
        ("runAsUser", some(USER)),
        ("runAsGroup", some(USER)),
        ("fsGroup", (!app.grants.dirs.is_empty()).then_some(Yaml::Number(USER))),
        ("seccompProfile", some(map([("type", some("RuntimeDefault"))]))),
    ]);
    map([
        ("runtimeClassName", some("wasmtime")),
        // A guest finds what its environment has: no addresses of services, no token.
        ("enableServiceLinks", some(false)),
        ("automountServiceAccountToken", some(false)),
        ("securityContext", some(security)),
        ("containers", some(vec![container(app, reference, ports)])),
        ("volumes", filled(volumes.collect::<Vec<_>>())),
    ])
}

fn container(app: &App, reference: &str, ports: &[Port]) -> Yaml {
    let listed = ports.iter().map(|port| {
        map([("name", some(&port.name)), ("containerPort", some(u64::from(port.number))), ("protocol", some("TCP"))])
    });
    let mounts = app.grants.dirs.iter().enumerate().map(|(at, dir)| {
        map([
            ("name", some(volume_name(at))),
            ("mountPath", some(spin::absolute(&dir.value))),
            ("readOnly", (!dir.value.write).then_some(Yaml::Bool(true))),
        ])
    });
    let capabilities = map([("drop", some(vec!["ALL"]))]);
    let security = map([
        ("allowPrivilegeEscalation", some(false)),
        ("readOnlyRootFilesystem", some(true)),
        ("capabilities", some(capabilities)),
    ]);
    let probe = ports
        .iter()
        .find(|port| port.name == "http")
        .map(|port| map([("tcpSocket", some(map([("port", some(&port.name))])))]));
    map([
        ("name", some(&app.name.value)),
        ("image", some(reference)),
        ("ports", filled(listed.collect::<Vec<_>>())),
        ("env", filled(environment(app))),
        ("volumeMounts", filled(mounts.collect::<Vec<_>>())),
        ("resources", resources(app)),
        ("readinessProbe", probe),
        ("securityContext", some(security)),
    ])
}

fn environment(app: &App) -> Vec<Yaml> {
    let granted = app.grants.env.iter().map(|(key, said)| match &said.value {
        Some(text) => map([("name", some(key)), ("value", some(literal(text)))]),
        None => map([("name", some(key)), ("valueFrom", some(secret(app, key)))]),
    });
    granted.collect()
}

/// A value in which Kubernetes finds no reference to a variable: `$$` is a `$`.
fn literal(text: &str) -> String {
    text.replace('$', "$$")
}

/// A value out of the app's secret; without the secret the variable is absent, as it is for `run`.
pub fn secret(app: &App, key: &str) -> Yaml {
    let from = map([("name", some(&app.name.value)), ("key", some(key)), ("optional", some(true))]);
    map([("secretKeyRef", some(from))])
}

/// Memory: of the guest as it is granted, and of the container with what the runtime needs.
pub fn resources(app: &App) -> Option<Yaml> {
    let memory = app.limits.memory.as_ref()?.value;
    let requests = map([("memory", some(quantity(memory)))]);
    let limits = map([("memory", some(quantity(memory.saturating_add(RUNTIME_MEMORY))))]);
    some(map([("requests", some(requests)), ("limits", some(limits))]))
}

/// Bytes as a quantity, in the largest unit that is exact.
pub fn quantity(bytes: u64) -> String {
    for (shift, unit) in [(30, "Gi"), (20, "Mi"), (10, "Ki")] {
        if bytes > 0 && bytes.trailing_zeros() >= shift {
            return format!("{}{unit}", bytes >> shift);
        }
    }
    bytes.to_string()
}

fn service(app: &App, ports: &[Port]) -> Yaml {
    let listed = ports.iter().map(|port| {
        map([
            ("name", some(&port.name)),
            ("port", some(u64::from(port.published))),
            ("targetPort", some(&port.name)),
            ("protocol", some("TCP")),
        ])
    });
    let spec = map([("selector", some(selector(app))), ("ports", some(listed.collect::<Vec<_>>()))]);
    object("v1", "Service", app, spec)
}

/// What goes in and out: the ports above, and what was granted. Names are nothing that a policy knows.
fn network_policy(app: &App, ports: &[Port], found: &mut Vec<Diagnostic>) -> Yaml {
    let into = ports.iter().map(|port| map([("port", some(u64::from(port.number))), ("protocol", some("TCP"))]));
    let into: Vec<Yaml> = into.collect();
    let ingress = if into.is_empty() { Vec::new() } else { vec![map([("ports", some(into))])] };
    let spec = map([
        ("podSelector", some(map([("matchLabels", some(selector(app)))]))),
        ("policyTypes", some(vec!["Ingress", "Egress"])),
        ("ingress", some(ingress)),
        ("egress", some(egress(app, found))),
    ]);
    object("networking.k8s.io/v1", "NetworkPolicy", app, spec)
}

fn egress(app: &App, found: &mut Vec<Diagnostic>) -> Vec<Yaml> {
    let http = app.grants.http.iter().filter(|_| network::sends_http(app));
    let connects = app.grants.connect.iter().map(|said| (said.value.ip(), Some(said.value.port())));
    let requests = http.clone().filter_map(|said| Some((network::ip(&said.value)?, said.value.port)));
    let mut rules: Vec<Yaml> = connects.chain(requests).map(|(ip, port)| rule_to(ip, port)).collect();
    let named: Vec<_> = http.filter(|said| network::ip(&said.value).is_none()).collect();
    let Some(first) = named.first() else { return rules };
    let names: Vec<String> = named.iter().map(|said| format!("`{}`", said.value.host)).collect();
    let headline = format!("a `NetworkPolicy` knows no names: {} opens the way to every host", names.join(", "));
    found.push(wider(first, headline, "narrow networkpolicy.yaml, or grant IP addresses"));
    let mut ports: Vec<Option<u16>> = named.iter().map(|said| said.value.port).collect();
    ports.sort_unstable();
    ports.dedup();
    rules.push(if ports.contains(&None) {
        Yaml::Map(Vec::new())
    } else {
        // Names are looked up at port 53.
        let ports = ports.into_iter().flatten().map(tcp).chain([udp(53), tcp(53)]);
        map([("ports", some(ports.collect::<Vec<_>>()))])
    });
    rules
}

fn rule_to(ip: IpAddr, port: Option<u16>) -> Yaml {
    let bits = if ip.is_ipv4() { 32 } else { 128 };
    let block = map([("ipBlock", some(map([("cidr", some(format!("{ip}/{bits}")))])))]);
    map([("to", some(vec![block])), ("ports", port.map(|port| vec![tcp(port)].into()))])
}

fn tcp(port: u16) -> Yaml {
    map([("port", some(u64::from(port))), ("protocol", some("TCP"))])
}

fn udp(port: u16) -> Yaml {
    map([("port", some(u64::from(port))), ("protocol", some("UDP"))])
}

fn volume_name(at: usize) -> String {
    format!("dir-{at}")
}

fn claim_name(app: &App, at: usize) -> String {
    format!("{}-dir-{at}", app.name.value)
}

/// A claim for a folder. A cluster without a class of storage by default needs one to be named.
fn claim(app: &App, at: usize) -> Yaml {
    let Said { value: Dir { shown, .. }, .. } = &app.grants.dirs[at];
    let metadata = map([
        ("name", some(claim_name(app, at))),
        ("labels", some(labels(app))),
        ("annotations", some(map([("description", some(format!("the folder {shown}")))]))),
    ]);
    let requests = map([("requests", some(map([("storage", some("1Gi"))])))]);
    let spec = map([("accessModes", some(vec!["ReadWriteOnce"])), ("resources", some(requests))]);
    map([
        ("apiVersion", some("v1")),
        ("kind", some("PersistentVolumeClaim")),
        ("metadata", some(metadata)),
        ("spec", some(spec)),
    ])
}
