//! Artifacts in Debian's registry that one tool puts there and another gets: this project, `wkg`, and `oci-wasm`.
//!
//! In: a component, a WIT package, a core module. Out: the same bytes on the other side, and a description of them that
//! both make alike.
#![allow(clippy::disallowed_methods, reason = "a test puts a cache into a folder of its own")]

use std::collections::BTreeSet;
use std::io::Cursor;
use std::process::ExitCode;

use futures::StreamExt as _;
use oci_client_of_wkg::Reference as OtherReference;
use oci_client_of_wkg::client::{ClientConfig, ClientProtocol};
use oci_client_of_wkg::secrets::RegistryAuth;
use oci_wasm::{WasmClient, WasmConfig};
use registry::{Client, Interface, Kind, Options, Package, Reference};
use testing::cases::Suite;
use testing::registry::{Daemon, Setup};
use testing::{Outcome, Trouble};
use tokio::runtime::Runtime;
use types::Types;
use wasm_pkg_client::{Config, PackageRef, PublishOpts};

const WIT: &str = "package local:calc@1.2.0;\n\
    interface ops { add: func(a: u32, b: u32) -> u32; }\n\
    world calc { export ops; }\n";

fn main() -> ExitCode {
    Suite::new()
        .test("registry/wkg_gets_what_is_pushed", wkg_gets_what_is_pushed)
        .test("registry/what_wkg_publishes_is_pulled", what_wkg_publishes_is_pulled)
        .test("registry/oci_wasm_reads_what_is_pushed", oci_wasm_reads_what_is_pushed)
        .test("registry/what_oci_wasm_pushes_is_pulled", what_oci_wasm_pushes_is_pulled)
        .run()
}

/// What stands between: a registry, and the runtime that the other tools want.
struct Between {
    daemon: Daemon,
    runtime: Runtime,
    folder: tempfile::TempDir,
}

impl Between {
    fn new(name: &str) -> Result<Self, Trouble> {
        let daemon = Daemon::start(name, &Setup::default())?;
        Ok(Self { daemon, runtime: Runtime::new()?, folder: tempfile::tempdir()? })
    }

    fn client(&self) -> Client {
        let home = self.folder.path().display().to_string();
        Client::new(Options::of(&|name| (name == "HOME").then(|| home.clone())))
            .expect("options without files are good")
    }

    fn reference(&self, rest: &str) -> Reference {
        Reference::parse(&format!("{}/{rest}", self.daemon.host())).expect("it is of the form")
    }

    fn other_reference(&self, rest: &str) -> Result<OtherReference, Trouble> {
        format!("{}/{rest}", self.daemon.host()).parse().map_err(other)
    }

    fn wkg(&self) -> Result<wasm_pkg_client::Client, Trouble> {
        let host = self.daemon.host();
        let text = format!(
            "default_registry = \"{host}\"\n[registry.\"{host}\"]\ntype = \"oci\"\n[registry.\"{host}\".oci]\nprotocol = \"http\"\n"
        );
        Ok(wasm_pkg_client::Client::new(Config::from_toml(&text).map_err(other)?))
    }

    fn oci_wasm(&self) -> WasmClient {
        let config = ClientConfig { protocol: ClientProtocol::Http, ..ClientConfig::default() };
        WasmClient::new(oci_client_of_wkg::Client::new(config))
    }
}

fn other(error: impl std::fmt::Display) -> Trouble {
    Trouble::Failed(format!("{error:#}"))
}

/// A component that exports a function and imports another.
fn component() -> Result<Vec<u8>, Trouble> {
    wat::parse_str(
        "(component
          (import \"local:calc/log@1.0.0\" (instance (export \"log\" (func (param \"line\" u32)))))
          (core module $m (func (export \"add\") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))
          (core instance $i (instantiate $m))
          (func $add (param \"a\" u32) (param \"b\" u32) (result u32) (canon lift (core func $i \"add\")))
          (instance $ops (export \"add\" (func $add)))
          (export \"local:calc/ops@1.2.0\" (instance $ops)))",
    )
    .map_err(other)
}

/// A package of WIT, as `withe wit --as wasm` makes it.
fn wit_package() -> Result<Vec<u8>, Trouble> {
    let tree = wit::SourceTree::of_file("calc.wit", WIT.as_bytes().to_vec());
    let said = |found: diag::Diagnostics| Trouble::Failed(format!("{found:?}"));
    let package = wit::load(&tree, &wit::LoadOptions::default()).map_err(said)?;
    wit::wasm(&package, None, wit::print::Docs::Keep).map_err(said)
}

/// What `withe push` says of a component.
fn interface(bytes: &[u8]) -> Result<Interface, Trouble> {
    let read = component::read(&mut Types::new(), "a", bytes).map_err(|found| Trouble::Failed(format!("{found:?}")))?;
    let names =
        |names: indexmap::map::Keys<'_, types::ExternName, types::Item>| names.map(ToString::to_string).collect();
    Ok(Interface { exports: names(read.ty.exports.keys()), imports: names(read.ty.imports.keys()), target: None })
}

fn package(bytes: Vec<u8>, kind: Kind) -> Package {
    Package { bytes, kind, annotations: [("a.b".to_owned(), "c".to_owned())].into(), author: None, created: 7 }
}

fn wkg_gets_what_is_pushed() -> Outcome {
    let between = Between::new("oracle-wkg-gets")?;
    let component = component()?;
    for (name, bytes, kind) in [
        ("calc", component.clone(), Kind::Component(interface(&component)?)),
        ("calc-wit", wit_package()?, Kind::Component(Interface::default())),
    ] {
        let reference = between.reference(&format!("local/{name}:1.2.0"));
        between.client().push(&reference, &package(bytes.clone(), kind)).map_err(|found| format!("{found:?}"))?;
        let wkg = between.wkg()?;
        let got = between.runtime.block_on(async {
            let name: PackageRef = format!("local:{name}").parse().map_err(other)?;
            let versions = wkg.list_all_versions(&name).await.map_err(other)?;
            let [version] = &versions[..] else { return Err(Trouble::Failed(format!("{versions:?}"))) };
            let release = wkg.get_release(&name, &version.version).await.map_err(other)?;
            // The stream is checked against the digest that the manifest names.
            let mut content = wkg.stream_content(&name, &release).await.map_err(other)?;
            let mut bytes = Vec::new();
            while let Some(piece) = content.next().await {
                bytes.extend_from_slice(&piece.map_err(other)?);
            }
            Ok(bytes)
        })?;
        assert!(got == bytes, "{name}");
    }
    Ok(())
}

/// A package of WIT: of a component, `wkg` 0.16 wants the version of a package that it does not find in any.
fn what_wkg_publishes_is_pulled() -> Outcome {
    let between = Between::new("oracle-wkg-publishes")?;
    let bytes = wit_package()?;
    let source = Box::pin(Cursor::new(bytes.clone()));
    between.runtime.block_on(between.wkg()?.publish_release_data(source, PublishOpts::default())).map_err(other)?;
    let reference = between.reference("local/calc:1.2.0");
    let client = between.client();
    let said = |found: diag::Diagnostics| Trouble::Failed(format!("{found:?}"));
    assert_eq!(client.tags(&reference).map_err(said)?, ["1.2.0"]);
    let pulled = client.pull(&reference).map_err(said)?;
    assert!(pulled.bytes == bytes);
    assert_eq!(pulled.annotations["org.opencontainers.image.version"], "1.2.0");
    Ok(())
}

fn oci_wasm_reads_what_is_pushed() -> Outcome {
    let between = Between::new("oracle-oci-wasm-reads")?;
    let component = component()?;
    let module = b"\0asm\x01\0\0\0".to_vec();
    for (name, bytes, kind) in
        [("calc", component.clone(), Kind::Component(interface(&component)?)), ("module", module, Kind::CoreModule)]
    {
        let rest = format!("local/{name}:1.2.0");
        let pushed = package(bytes.clone(), kind.clone());
        let digest =
            between.client().push(&between.reference(&rest), &pushed).map_err(|found| format!("{found:?}"))?.digest;
        let (client, reference) = (between.oci_wasm(), between.other_reference(&rest)?);
        let anonymous = RegistryAuth::Anonymous;
        let image = between.runtime.block_on(client.pull(&reference, &anonymous)).map_err(other)?;
        assert!(image.layers[0].data == bytes && image.layers[0].media_type == "application/wasm");
        assert_eq!(image.digest, Some(digest.to_string()));
        let (manifest, config, _) =
            between.runtime.block_on(client.pull_manifest_and_config(&reference, &anonymous)).map_err(other)?;
        assert_eq!(manifest.annotations.unwrap_or_default(), pushed.annotations);
        assert_eq!(config.layer_digests, [pushed.layout().layer_digest.to_string()]);
        assert_eq!(config.created.timestamp(), 7);
        // What the other tool says of the same bytes.
        let theirs = match kind {
            Kind::Component(_) => WasmConfig::from_raw_component(bytes, None),
            Kind::CoreModule => WasmConfig::from_raw_module(bytes, None),
        };
        let theirs = theirs.map_err(other)?.0;
        assert_eq!((config.os, config.architecture), (theirs.os, theirs.architecture));
        let names = |config: Option<oci_wasm::Component>| {
            config.map(|found| (BTreeSet::from_iter(found.imports), BTreeSet::from_iter(found.exports)))
        };
        assert_eq!(names(config.component), names(theirs.component));
    }
    Ok(())
}

/// The crate that `wkg` pushes with.
fn what_oci_wasm_pushes_is_pulled() -> Outcome {
    let between = Between::new("oracle-oci-wasm-pushes")?;
    let (module, component) = (b"\0asm\x01\0\0\0".to_vec(), component()?);
    for (name, bytes, made) in [
        ("module", module.clone(), WasmConfig::from_raw_module(module, Some("me".to_owned()))),
        ("component", component.clone(), WasmConfig::from_raw_component(component, None)),
    ] {
        let (config, layer) = made.map_err(other)?;
        let rest = format!("local/{name}:1.0.0");
        let (client, reference) = (between.oci_wasm(), between.other_reference(&rest)?);
        let push = client.push(&reference, &RegistryAuth::Anonymous, layer, config, None);
        between.runtime.block_on(push).map_err(other)?;
        let pulled = between.client().pull(&between.reference(&rest)).map_err(|found| format!("{found:?}"))?;
        assert!(pulled.bytes == bytes, "{name}");
    }
    Ok(())
}
