//! Blobs that an earlier run left in an image layout, and that no image has any more.

use std::path::Path;

use deploy::Packaged;
use serde_json::Value;

use crate::Io;

const INDEX: &str = "image/index.json";

/// Paths in the folder: what the index that is there names, and the new one does not. Blobs of others stay.
pub fn blobs(out: &Path, packaged: &Packaged, io: &Io) -> Vec<String> {
    if !packaged.files.contains_key(INDEX) {
        return Vec::new();
    }
    let read = |path: &str| {
        let bytes = io.read_if_there(&out.join(path))?;
        serde_json::from_slice::<Value>(&bytes).ok()
    };
    let manifests = read(INDEX).map(|index| digests(&index["manifests"])).unwrap_or_default();
    let inner = manifests.iter().filter_map(|path| read(path)).flat_map(|manifest| {
        let config = digests(&Value::Array(vec![manifest["config"].clone()]));
        config.into_iter().chain(digests(&manifest["layers"]))
    });
    let mut left: Vec<String> = manifests.iter().cloned().chain(inner).collect();
    left.sort_unstable();
    left.dedup();
    left.retain(|path| !packaged.files.contains_key(path) && io.resolve(&out.join(path)).is_file());
    left
}

/// The paths of blobs that descriptors name.
fn digests(descriptors: &Value) -> Vec<String> {
    let all = descriptors.as_array().into_iter().flatten();
    let hex = all.filter_map(|one| one["digest"].as_str()?.strip_prefix("sha256:"));
    let hex = hex.filter(|hex| hex.len() == 64 && hex.chars().all(|c| c.is_ascii_hexdigit()));
    hex.map(|hex| format!("image/blobs/sha256/{hex}")).collect()
}
