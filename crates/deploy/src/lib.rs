//! Manifests of the places where components run: Spin, wasmCloud, Kubernetes, Docker.
//!
//! In: what an app is, imports, exports and is granted. Out: the files of a target, by path, or what it cannot run.
//! Holds: nothing is written for a target that cannot run the app.
