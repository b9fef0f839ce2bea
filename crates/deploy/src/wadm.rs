//! wasmCloud: an application of wadm, with links to capability providers.
//!
//! In: an app. Out: `wadm.yaml`, and the component beside it where no image is named.
//! Holds: a link stands only where something was granted; a provider stands only where a link needs it.
//!
//! Specification: wadm, "The Application Specification", core.oam.dev/v1beta1.

use std::collections::BTreeMap;

use diag::Diagnostic;

use crate::app::App;
use crate::checks::{ignored, refused, refused_kind, shown, wider};
use crate::image;
use crate::target::Made;
use crate::yaml::{self, Yaml, filled, map, some};

/// A provider, and the interfaces that it is linked for.
struct Provider {
    name: &'static str,
    image: &'static str,
    namespace: &'static str,
    package: &'static str,
}

impl Provider {
    /// Unlike the name of the app, whatever that is.
    fn name_in(&self, app: &App) -> String {
        format!("{}-{}", app.name.value, self.name)
    }
}

const HTTP_SERVER: &str = "ghcr.io/wasmcloud/http-server:0.27.0";
const HTTP_CLIENT: Provider =
    Provider { name: "http-client", image: "ghcr.io/wasmcloud/http-client:0.12.1", namespace: "wasi", package: "http" };
const KEY_VALUE: Provider = Provider {
    name: "keyvalue",
    image: "ghcr.io/wasmcloud/keyvalue-redis:0.29.0",
    namespace: "wasi",
    package: "keyvalue",
};

pub fn files(app: &App, found: &mut Vec<Diagnostic>) -> Made {
    let given = image::given(app, found);
    refuse_grants(app, found);
    note_unused(app, found);
    let wasm = format!("{}.wasm", app.name.value);
    let image = given.clone().unwrap_or_else(|| format!("file://./{wasm}"));
    let text = yaml::print(&[application(app, &image)]);
    let mut files = BTreeMap::from([("wadm.yaml".to_owned(), text.into_bytes())]);
    if given.is_none() {
        files.insert(wasm, app.component.bytes.clone());
    }
    let mut commands = Vec::new();
    let callers: Vec<&str> = callers(app).collect();
    if !callers.is_empty() {
        let values: Vec<String> = callers.iter().map(|key| format!("{key}=\"${key}\"")).collect();
        commands.push(format!("wash config put {} {}", callers_config(app), values.join(" ")));
    }
    commands.push("wash app deploy wadm.yaml".to_owned());
    (files, commands)
}

/// wasmCloud gives components no folders, no sockets and no environment.
fn refuse_grants(app: &App, found: &mut Vec<Diagnostic>) {
    for dir in &app.grants.dirs {
        let headline = format!("wasmCloud gives components no folders, and `{}` is granted", dir.value.shown);
        found.push(refused_kind(dir, "dir", headline, "keep files by `wasi:blobstore`, or values by `wasi:keyvalue`"));
    }
    for (address, grant) in app.grants.addresses() {
        let headline = format!("wasmCloud gives components no sockets, and `{}` is granted", address.value);
        found.push(refused_kind(address, grant, headline, "use a capability provider"));
    }
    if reads_config(app) {
        let callers = app.grants.env.iter().filter(|(key, said)| said.value.is_none() && !is_config_key(key));
        for (key, said) in callers {
            let headline = format!("`{}` is no name that `wash config put` takes", shown(key));
            found.push(refused(said, headline, "name it with letters, digits and `_`"));
        }
        return;
    }
    for (key, said) in &app.grants.env {
        let headline = format!("wasmCloud gives components no environment, and `{}` is granted", shown(key));
        found.push(refused_kind(said, "env", headline, "read it by `wasi:config/runtime`, as configuration"));
    }
}

fn note_unused(app: &App, found: &mut Vec<Diagnostic>) {
    if let Some(route) = &app.deploy.route {
        found.push(ignored(
            route,
            "the HTTP server of wasmCloud hands on every path: this route is not used",
            "this route",
        ));
    }
    if let Some(memory) = &app.limits.memory {
        let headline = "memory is limited by each host of wasmCloud, for all its components: this limit is not used";
        found.push(ignored(memory, headline, "this limit"));
    }
    let grants = &app.grants;
    if sends_http(app) && grants.http.is_empty() {
        let headline =
            format!("`{}` can send HTTP requests and is granted no host: it gets no link to a client", app.name.value);
        let help = "grant what it needs: `http-allow = [\"HOST\"]` in `[grants]`, or `--http-allow HOST`";
        found.push(diag::note("deploy/nothing-granted", headline).help(help));
    }
    if let Some(first) = grants.http.first().filter(|_| sends_http(app)) {
        let headline = format!("the HTTP client of wasmCloud reaches every host, not only `{}`", first.value.host);
        found.push(wider(first, headline, "narrow it in the network of the lattice"));
    }
    if stores(app) && grants.key_value.is_empty() {
        let headline =
            format!("`{}` imports key-value stores and is granted none: it gets no link to one", app.name.value);
        let help = "grant one: `key-value = [\"default\"]` in `[grants]`, or `--key-value default`";
        found.push(diag::note("deploy/nothing-granted", headline).help(help));
    }
    if let Some(first) = grants.key_value.first().filter(|_| !stores(app)) {
        let headline = format!("`{}` imports no key-value store: the grant is not used", app.component.file);
        found.push(ignored(first, headline, "granted here"));
    }
    for package in ["wasi:blobstore", "wasmcloud:messaging", "wasmcloud:secrets"] {
        if app.component.imports_from(package) {
            let headline = format!("`{package}` is linked to nothing: `withe.toml` has no grant for it");
            found.push(diag::note("deploy/nothing-granted", headline).help("link a provider to it, beside wadm.yaml"));
        }
    }
}

fn sends_http(app: &App) -> bool {
    app.component.imports_interface("wasi:http/outgoing-handler")
}

fn stores(app: &App) -> bool {
    app.component.imports_from("wasi:keyvalue")
}

/// Whether the component reads configuration, which grants of the environment become.
fn reads_config(app: &App) -> bool {
    app.component.imports_from("wasi:config")
}

fn is_config_key(key: &str) -> bool {
    !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Names whose values are put into a configuration by hand.
fn callers(app: &App) -> impl Iterator<Item = &str> {
    let named = app.grants.env.iter().filter(|(_, said)| said.value.is_none());
    named.map(|(key, _)| key.as_str()).filter(|_| reads_config(app))
}

fn callers_config(app: &App) -> String {
    format!("{}-caller", app.name.value)
}

fn application(app: &App, image: &str) -> Yaml {
    let annotations = Yaml::Map(annotations(app));
    let metadata = map([("name", some(&app.name.value)), ("annotations", some(annotations))]);
    let mut components = vec![component(app, image), http_server(app)];
    components.extend(providers(app).iter().map(|(provider, _)| {
        let properties = map([("image", some(provider.image))]);
        map([("name", some(provider.name_in(app))), ("type", some("capability")), ("properties", some(properties))])
    }));
    map([
        ("apiVersion", some("core.oam.dev/v1beta1")),
        ("kind", some("Application")),
        ("metadata", some(metadata)),
        ("spec", some(map([("components", some(components))]))),
    ])
}

fn annotations(app: &App) -> Vec<(String, Yaml)> {
    let authors = app.authors.join(", ");
    let all = [
        ("version", Some(app.version.to_string())),
        ("description", app.description.clone()),
        ("wasmcloud.dev/authors", Some(authors).filter(|authors| !authors.is_empty())),
        ("wasmcloud.dev/source-url", app.repository.clone()),
        ("wasmcloud.dev/homepage", app.homepage.clone()),
    ];
    all.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?.into()))).collect()
}

fn component(app: &App, image: &str) -> Yaml {
    let properties = map([("image", some(image)), ("config", filled(config(app)))]);
    let scaler = map([("instances", some(u64::from(app.deploy.replicas)))]);
    let mut traits = vec![trait_of("spreadscaler", scaler)];
    traits.extend(providers(app).iter().map(|(provider, interfaces)| {
        let target = match provider.package {
            "keyvalue" => map([
                ("name", some(provider.name_in(app))),
                (
                    "config",
                    some(vec![named_config(
                        &format!("{}-keyvalue", app.name.value),
                        vec![("url", "redis://127.0.0.1:6379")],
                    )]),
                ),
            ]),
            _ => map([("name", some(provider.name_in(app)))]),
        };
        let link = map([
            ("target", some(target)),
            ("namespace", some(provider.namespace)),
            ("package", some(provider.package)),
            ("interfaces", some(interfaces.clone())),
        ]);
        trait_of("link", link)
    }));
    map([
        ("name", some(&app.name.value)),
        ("type", some("component")),
        ("properties", some(properties)),
        ("traits", some(traits)),
    ])
}

/// What the component is linked to: what it imports, where that is granted.
fn providers(app: &App) -> Vec<(&'static Provider, Vec<&'static str>)> {
    let imports = |name: &str| app.component.imports_interface(name);
    let mut all = Vec::new();
    if sends_http(app) && !app.grants.http.is_empty() {
        all.push((&HTTP_CLIENT, vec!["outgoing-handler"]));
    }
    if stores(app) && !app.grants.key_value.is_empty() {
        let interfaces = ["atomics", "batch", "store"].into_iter();
        all.push((&KEY_VALUE, interfaces.filter(|name| imports(&format!("wasi:keyvalue/{name}"))).collect()));
    }
    all
}

fn config(app: &App) -> Vec<Yaml> {
    if !reads_config(app) {
        return Vec::new();
    }
    let values: Vec<(&str, &str)> =
        app.grants.env.iter().filter_map(|(key, said)| Some((key.as_str(), said.value.as_deref()?))).collect();
    let mut all = Vec::new();
    if !values.is_empty() {
        all.push(named_config(&format!("{}-env", app.name.value), values));
    }
    // Without properties, a configuration is one that is put there by hand.
    if callers(app).next().is_some() {
        all.push(map([("name", some(callers_config(app)))]));
    }
    all
}

fn named_config(name: &str, values: Vec<(&str, &str)>) -> Yaml {
    let properties = values.into_iter().map(|(key, value)| (key.to_owned(), value.into())).collect();
    map([("name", some(name)), ("properties", some(Yaml::Map(properties)))])
}

/// The server calls the component, so the link is its own.
fn http_server(app: &App) -> Yaml {
    let address = format!("0.0.0.0:{}", app.deploy.port);
    let source =
        map([("config", some(vec![named_config(&format!("{}-http", app.name.value), vec![("address", &address)])]))]);
    let link = map([
        ("target", some(map([("name", some(&app.name.value))]))),
        ("namespace", some("wasi")),
        ("package", some("http")),
        ("interfaces", some(vec!["incoming-handler"])),
        ("source", some(source)),
    ]);
    map([
        ("name", some(format!("{}-http-server", app.name.value))),
        ("type", some("capability")),
        ("properties", some(map([("image", some(HTTP_SERVER))]))),
        ("traits", some(vec![trait_of("link", link)])),
    ])
}

fn trait_of(kind: &str, properties: Yaml) -> Yaml {
    map([("type", some(kind)), ("properties", some(properties))])
}
