//! The form of wasm in a registry: a manifest, a configuration that describes the wasm, and one layer that is the wasm.
//!
//! In: bytes and what is known of them; or the manifest that a registry has. Out: what is pushed; or which content of
//! the manifest is the wasm.
//! Holds: the same input gives the same bytes, so that pushing twice is pushing once.
//!
//! Specification: "Wasm OCI Artifact layout" of the CNCF's working group for wasm; OCI image specification, "Manifest".

use std::collections::BTreeMap;

use oci_client::manifest::{
    IMAGE_CONFIG_MEDIA_TYPE, IMAGE_DOCKER_CONFIG_MEDIA_TYPE, OCI_IMAGE_MEDIA_TYPE, OciDescriptor, OciImageManifest,
    OciManifest,
};
use serde::Serialize;

use crate::Digest;

/// The media type of the configuration.
pub const CONFIG_TYPE: &str = "application/vnd.wasm.config.v0+json";
/// The media type of the layer.
pub const LAYER_TYPE: &str = "application/wasm";

/// Layers that are wasm: the one that is written, and those that earlier tools wrote.
const LAYER_TYPES: [&str; 3] =
    [LAYER_TYPE, "application/vnd.wasm.content.layer.v1+wasm", "application/vnd.module.wasm.content.layer.v1+wasm"];

/// What is to be pushed.
#[derive(Clone, Debug)]
pub struct Package {
    /// The component, WIT package or core module.
    pub bytes: Vec<u8>,
    pub kind: Kind,
    /// `org.opencontainers.image.version` and its like, for the manifest.
    pub annotations: BTreeMap<String, String>,
    /// The person or people behind it, for the configuration.
    pub author: Option<String>,
    /// Seconds since 1970; what `SOURCE_DATE_EPOCH` says, else 0.
    pub created: u64,
}

/// What the bytes are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A component, or a WIT package, which is one by its form.
    Component(Interface),
    CoreModule,
}

/// What a component imports and exports.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Interface {
    /// As `wasi:http/incoming-handler@0.2.0`, in the component's order.
    pub exports: Vec<String>,
    pub imports: Vec<String>,
    /// The world it was made for, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
}

/// The configuration, in the order of the specification.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Config<'p> {
    created: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<&'p str>,
    architecture: &'static str,
    os: &'static str,
    layer_digests: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    component: Option<&'p Interface>,
}

/// A content that a registry keeps under its digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Descriptor {
    pub media_type: String,
    pub digest: Digest,
    /// In bytes.
    pub size: u64,
}

/// Everything that is sent for a package.
#[derive(Clone, Debug)]
pub struct Layout {
    pub manifest: Vec<u8>,
    pub digest: Digest,
    pub config: Vec<u8>,
    pub config_digest: Digest,
    pub layer_digest: Digest,
}

impl Package {
    /// The manifest and the configuration.
    pub fn layout(&self) -> Layout {
        let layer_digest = Digest::of(&self.bytes);
        let (os, component) = match &self.kind {
            Kind::Component(interface) => ("wasip2", Some(interface)),
            Kind::CoreModule => ("wasip1", None),
        };
        let config = Config {
            created: date(self.created),
            author: self.author.as_deref(),
            architecture: "wasm",
            os,
            layer_digests: vec![layer_digest.to_string()],
            component,
        };
        let config = serde_json::to_vec(&config).expect("texts and lists are JSON");
        let config_digest = Digest::of(&config);
        let descriptor = |media_type: &str, digest: Digest, len: usize| OciDescriptor {
            media_type: media_type.to_owned(),
            digest: digest.to_string(),
            size: i64::try_from(len).expect("what is in memory has a length below 2^63"),
            ..OciDescriptor::default()
        };
        let manifest = OciImageManifest {
            media_type: Some(OCI_IMAGE_MEDIA_TYPE.to_owned()),
            config: descriptor(CONFIG_TYPE, config_digest, config.len()),
            layers: vec![descriptor(LAYER_TYPE, layer_digest, self.bytes.len())],
            annotations: Some(self.annotations.clone()).filter(|annotations| !annotations.is_empty()),
            ..OciImageManifest::default()
        };
        let manifest = serde_json::to_vec(&manifest).expect("texts and lists are JSON");
        Layout { digest: Digest::of(&manifest), manifest, config, config_digest, layer_digest }
    }
}

/// What a manifest says is to be fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// The wasm.
    Wasm { layer: Descriptor, annotations: BTreeMap<String, String> },
    /// Another manifest: the one for wasm, of several.
    Manifest(Descriptor),
}

/// Why a manifest leads to no wasm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NoWasm {
    /// Not a manifest, in words.
    Malformed(String),
    /// A manifest of something else, in words.
    Other(String),
}

/// Where the wasm of a manifest is.
pub(crate) fn find(manifest: &[u8]) -> Result<Found, NoWasm> {
    let manifest: OciManifest = serde_json::from_slice(manifest).map_err(|error| {
        NoWasm::Malformed(format!("its manifest is none that the specification knows: {}", short(&error)))
    })?;
    match manifest {
        OciManifest::Image(image) => find_layer(image),
        OciManifest::ImageIndex(index) => {
            let all = index.manifests.len();
            let mut of_wasm = index.manifests.into_iter().filter(|entry| {
                let platform = entry.platform.as_ref();
                all == 1 || platform.is_some_and(|platform| platform.architecture.to_string() == "wasm")
            });
            match (of_wasm.next(), of_wasm.next()) {
                (Some(entry), None) => descriptor(entry.media_type, &entry.digest, entry.size).map(Found::Manifest),
                (Some(_), Some(_)) => Err(NoWasm::Other("an index of several artifacts for wasm".to_owned())),
                (None, _) => Err(NoWasm::Other(format!("an index of {all} images, none of them for wasm"))),
            }
        }
    }
}

fn find_layer(image: OciImageManifest) -> Result<Found, NoWasm> {
    let config = image.config.media_type;
    let types: Vec<String> = image.layers.iter().map(|layer| layer.media_type.clone()).collect();
    let Some(layer) = image.layers.into_iter().find(|layer| LAYER_TYPES.contains(&layer.media_type.as_str())) else {
        let is_image = [IMAGE_CONFIG_MEDIA_TYPE, IMAGE_DOCKER_CONFIG_MEDIA_TYPE].contains(&config.as_str());
        return Err(NoWasm::Other(match (is_image, types.first()) {
            (true, _) => "an image of a container".to_owned(),
            (false, Some(first)) => format!("an artifact whose first content is `{}`", shortened(first)),
            (false, None) => "an artifact without content".to_owned(),
        }));
    };
    let layer = descriptor(layer.media_type, &layer.digest, layer.size)?;
    Ok(Found::Wasm { layer, annotations: image.annotations.unwrap_or_default() })
}

fn descriptor(media_type: String, digest: &str, size: i64) -> Result<Descriptor, NoWasm> {
    let digest =
        digest.parse().map_err(|why| NoWasm::Malformed(format!("its manifest has a digest that is none: {why}")))?;
    let size =
        u64::try_from(size).map_err(|_| NoWasm::Malformed(format!("its manifest has a size of {size} bytes")))?;
    Ok(Descriptor { media_type, digest, size })
}

fn short(error: &serde_json::Error) -> String {
    shortened(&error.to_string())
}

fn shortened(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(120).collect()
}

/// A time in the form of RFC 3339, in UTC.
fn date(seconds: u64) -> String {
    // Days are counted from the first of March of the year 0, so that the day that is at times missing comes last.
    let (days, second) = (seconds / 86_400 + 719_468, seconds % 86_400);
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, later) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    let year = year + era * 400 + later;
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package() -> Package {
        let interface = Interface { exports: vec!["local:a/b@1.0.0".to_owned()], ..Interface::default() };
        let annotations = BTreeMap::from([("org.opencontainers.image.version".to_owned(), "1.0.0".to_owned())]);
        Package { bytes: b"\0asm".to_vec(), kind: Kind::Component(interface), annotations, author: None, created: 0 }
    }

    #[test]
    fn a_component_has_the_form_that_tools_read() {
        let layout = package().layout();
        assert_eq!(
            String::from_utf8(layout.config.clone()).unwrap(),
            r#"{"created":"1970-01-01T00:00:00Z","architecture":"wasm","os":"wasip2","layerDigests":["sha256:cd5d4935a48c0672cb06407bb443bc0087aff947c6b864bac886982c73b3027f"],"component":{"exports":["local:a/b@1.0.0"],"imports":[]}}"#
        );
        assert_eq!(
            String::from_utf8(layout.manifest.clone()).unwrap(),
            format!(
                r#"{{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{{"mediaType":"application/vnd.wasm.config.v0+json","digest":"{}","size":{}}},"layers":[{{"mediaType":"application/wasm","digest":"sha256:cd5d4935a48c0672cb06407bb443bc0087aff947c6b864bac886982c73b3027f","size":4}}],"annotations":{{"org.opencontainers.image.version":"1.0.0"}}}}"#,
                layout.config_digest,
                layout.config.len()
            )
        );
        let Ok(Found::Wasm { layer, annotations }) = find(&layout.manifest) else { panic!("not found again") };
        assert_eq!((layer.digest, layer.size, annotations.len()), (layout.layer_digest, 4, 1));
    }

    #[test]
    fn what_is_no_wasm_is_named() {
        let image = |config: &str, layer: &str| {
            let digest = Digest::of(b"");
            let layers = if layer.is_empty() {
                String::new()
            } else {
                format!(r#"{{"mediaType":"{layer}","digest":"{digest}","size":1}}"#)
            };
            let text = format!(
                r#"{{"schemaVersion":2,"config":{{"mediaType":"{config}","digest":"{digest}","size":1}},"layers":[{layers}]}}"#
            );
            find(text.as_bytes()).unwrap_err()
        };
        let other = |text: &str| NoWasm::Other(text.to_owned());
        assert_eq!(
            image(IMAGE_CONFIG_MEDIA_TYPE, "application/vnd.oci.image.layer.v1.tar"),
            other("an image of a container")
        );
        assert_eq!(image("a/b", "text/plain"), other("an artifact whose first content is `text/plain`"));
        assert_eq!(image("a/b", ""), other("an artifact without content"));
        assert!(matches!(find(b"{}"), Err(NoWasm::Malformed(_))));
        assert_eq!(
            find(br#"{"schemaVersion":2,"manifests":[]}"#),
            Err(other("an index of 0 images, none of them for wasm"))
        );
    }

    #[test]
    fn a_date_is_that_of_the_calendar() {
        assert_eq!(date(0), "1970-01-01T00:00:00Z");
        assert_eq!(date(951_782_399), "2000-02-28T23:59:59Z");
        assert_eq!(date(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(date(1_709_251_199), "2024-02-29T23:59:59Z");
        assert_eq!(date(4_107_542_400), "2100-03-01T00:00:00Z");
    }

    #[test]
    fn fuzz_manifests_are_read_or_refused() {
        let manifest = package().layout().manifest;
        testing::seeds::check("fuzz_manifests_are_read_or_refused", 500, |random| {
            let _ = find(&random.mutate(&manifest));
        });
    }
}
