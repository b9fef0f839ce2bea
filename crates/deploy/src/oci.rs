//! An OCI image layout with one image for `wasi/wasm`, as containerd and Docker read it.
//!
//! In: a component and what it is called. Out: `oci-layout`, `index.json`, and three blobs.
//! Holds: no time and no owner is written, so the same component gives the same digests.
//!
//! Specification: OCI image format: "Image Layout", "Image Manifest", "Image Configuration", "Image Layer Filesystem
//! Changeset".

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use crate::app::App;
use crate::k8s::SHIM_PORT;
use crate::target::Trigger;

/// Where the component is in the image.
pub const FILE: &str = "app.wasm";

/// The layout's files, by their paths in it.
pub fn layout(app: &App, trigger: Trigger, name: &str) -> BTreeMap<String, Vec<u8>> {
    let layer = tar(FILE, &app.component.bytes);
    let config = config(app, trigger, &digest(&layer)).to_string().into_bytes();
    let manifest = manifest(app, &config, &layer).to_string().into_bytes();
    let index = index(name, &manifest).to_string().into_bytes();
    let mut files: BTreeMap<String, Vec<u8>> =
        [layer, config, manifest].into_iter().map(|blob| (format!("blobs/sha256/{}", hex(&blob)), blob)).collect();
    files.insert("index.json".to_owned(), index);
    files.insert("oci-layout".to_owned(), json!({ "imageLayoutVersion": "1.0.0" }).to_string().into_bytes());
    files
}

fn config(app: &App, trigger: Trigger, diff_id: &str) -> Value {
    let mut run = Map::new();
    if trigger == Trigger::Http {
        run.insert("ExposedPorts".to_owned(), json!({ format!("{SHIM_PORT}/tcp"): {} }));
    }
    run.insert("Entrypoint".to_owned(), json!([format!("/{FILE}")]));
    run.insert("WorkingDir".to_owned(), "/".into());
    let labels = annotations(app);
    run.insert("Labels".to_owned(), labels);
    json!({
        "architecture": "wasm",
        "os": "wasi",
        "config": run,
        "rootfs": { "type": "layers", "diff_ids": [diff_id] },
    })
}

fn manifest(app: &App, config: &[u8], layer: &[u8]) -> Value {
    json!({
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": descriptor("application/vnd.oci.image.config.v1+json", config),
        "layers": [descriptor("application/vnd.oci.image.layer.v1.tar", layer)],
        "annotations": annotations(app),
    })
}

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

fn index(name: &str, manifest: &[u8]) -> Value {
    let tag = name.rsplit('/').next().and_then(|last| last.split_once([':', '@'])).map_or("latest", |(_, tag)| tag);
    let mut of_image = descriptor(MANIFEST, manifest);
    of_image["annotations"] = json!({
        "io.containerd.image.name": name,
        "org.opencontainers.image.ref.name": tag,
    });
    of_image["platform"] = json!({ "architecture": "wasm", "os": "wasi" });
    json!({ "schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": [of_image] })
}

fn descriptor(media_type: &str, blob: &[u8]) -> Value {
    json!({ "mediaType": media_type, "digest": digest(blob), "size": blob.len() })
}

/// The annotations that the specification names.
fn annotations(app: &App) -> Value {
    let authors = app.authors.join(", ");
    let version = app.version.to_string();
    let all = [
        ("title", Some(&app.name.value)),
        ("version", Some(&version)),
        ("description", app.description.as_ref()),
        ("authors", Some(&authors).filter(|authors| !authors.is_empty())),
        ("licenses", app.license.as_ref()),
        ("url", app.homepage.as_ref()),
        ("source", app.repository.as_ref()),
    ];
    let said = all
        .into_iter()
        .filter_map(|(key, value)| Some((format!("org.opencontainers.image.{key}"), Value::from(value?.as_str()))));
    Value::Object(said.collect())
}

fn digest(blob: &[u8]) -> String {
    format!("sha256:{}", hex(blob))
}

fn hex(blob: &[u8]) -> String {
    Sha256::digest(blob).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The size of a record of an archive, in bytes.
const RECORD: usize = 512;

/// An archive of one file: readable by all, of nobody, of no time. Format: `ustar`, POSIX.1-1988.
fn tar(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut header = [0; RECORD];
    let mut field = |at: usize, text: &str| header[at..at + text.len()].copy_from_slice(text.as_bytes());
    field(0, name);
    field(100, "0000644\0");
    field(108, "0000000\0");
    field(116, "0000000\0");
    field(124, &format!("{:011o}\0", bytes.len()));
    field(136, "00000000000\0");
    // The sum is taken with spaces in its own place.
    field(148, "        ");
    field(156, "0");
    field(257, "ustar\x0000");
    let sum: u32 = header.iter().copied().map(u32::from).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    let padding = bytes.len().next_multiple_of(RECORD) - bytes.len();
    let mut archive = Vec::with_capacity(bytes.len() + padding + 3 * RECORD);
    archive.extend_from_slice(&header);
    archive.extend_from_slice(bytes);
    archive.resize(archive.len() + padding + 2 * RECORD, 0);
    archive
}
