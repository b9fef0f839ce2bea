//! What the tests of this crate share: packages, caches of their own, what is said of failures.
#![allow(dead_code, reason = "each test uses a part of it")]

use std::time::Duration;

use testing::registry::Server;
use withe_registry::{Client, Digest, Interface, Kind, Options, Package, Reference};

/// Puts an artifact into a registry, as if it had been pushed.
pub fn put(server: &Server, repository: &str, tag: &str, package: &Package) -> Digest {
    let layout = package.layout();
    let put = |path: String, bytes: &[u8]| server.put(&format!("/v2/{repository}/{path}"), bytes);
    put(format!("blobs/{}", layout.layer_digest), &package.bytes);
    put(format!("blobs/{}", layout.config_digest), &layout.config);
    put(format!("manifests/{tag}"), &layout.manifest);
    put(format!("manifests/{}", layout.digest), &layout.manifest);
    layout.digest
}

pub fn reference(server: &Server, rest: &str) -> Reference {
    Reference::parse(&format!("{}/{rest}", server.host())).unwrap()
}

/// A component of a kind: its bytes begin as wasm does.
pub fn package(len: usize, seed: u8) -> Package {
    let mut bytes = b"\0asm\x0d\0\x01\0".to_vec();
    bytes.extend((0..len).map(|at| (at / 7) as u8 ^ (at as u8).wrapping_mul(31) ^ seed));
    let interface = Interface { exports: vec!["local:calc/ops@1.0.0".to_owned()], ..Interface::default() };
    Package { bytes, kind: Kind::Component(interface), annotations: Default::default(), author: None, created: 0 }
}

/// A cache of its own, and options that wait for nobody.
pub struct Home {
    pub folder: tempfile::TempDir,
}

impl Home {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub fn options(&self) -> Options {
        let home = self.folder.path().display().to_string();
        let mut options = Options::of(&|name| (name == "HOME").then(|| home.clone()));
        options.timeout = Duration::from_secs(5);
        options.pause = Duration::from_millis(1);
        options
    }

    pub fn client(&self) -> Client {
        Client::new(self.options()).unwrap()
    }

    /// What `docker login` would write.
    pub fn log_in(&self, text: &str) {
        std::fs::create_dir_all(self.folder.path().join(".docker")).unwrap();
        std::fs::write(self.folder.path().join(".docker/config.json"), text).unwrap();
    }

    /// Files in the cache, by their names, sorted.
    pub fn cached(&self) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(self.folder.path().join(".cache/withe/sha256")) else { return Vec::new() };
        let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

/// What is said of a failure: `[CODE] HEADLINE | LABEL | HELP`, each on a line.
pub fn said<T: std::fmt::Debug>(result: diag::Result<T>) -> String {
    let Err(diag::Diagnostics(found)) = result else { return format!("no failure: {result:?}") };
    let one = |one: diag::Diagnostic| {
        let labels: Vec<&str> = one.labels.iter().map(|label| label.text.as_str()).collect();
        format!("[{}] {} | {} | {}", one.code.0, one.headline, labels.join("; "), one.help.unwrap_or_default())
    };
    found.into_iter().map(one).collect::<Vec<_>>().join("\n")
}
