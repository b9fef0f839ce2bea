//! Manifests of the places where components run: Spin, wasmCloud, Kubernetes, Docker.
//!
//! In: what an app is, imports, exports and is granted. Out: the files of a target, by path, or what it cannot run.
//! Holds: nothing is written for a target that cannot run the app: everything it lacks is said, all at once; nothing
//! is given that was not granted, and where a target cannot keep to that, it is said; the same app gives the same
//! bytes.

pub mod app;
mod checks;
mod docker;
pub mod host;
mod image;
mod k8s;
mod network;
mod oci;
mod spin;
mod spinapp;
mod target;
mod wadm;
mod yaml;

pub use app::App;
pub use image::is_reference;
pub use target::{Packaged, Runtime, Target, Trigger, package};
