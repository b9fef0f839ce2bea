//! OCI registries: artifacts pushed, pulled and listed.
//!
//! In: a reference, `HOST/REPOSITORY[:TAG][@DIGEST]`. Out: the artifact with its digests, or what the registry answered.
//! Holds: what is given back has the digest that was asked for; no credential is in any message.
//!
//! ```text
//! let client = Client::new(Options::of(&|name| io.env.var(name)))?;
//! let artifact = client.pull(&Reference::parse("ghcr.io/me/app:1.0.0")?)?;
//! ```
//!
//! `oci-client` has the forms of manifests. Its requests are not used: it reads answers of any length into memory, does
//! not say how long a registry asks to wait, and panics at a place to send to that is no address.

#![expect(clippy::disallowed_methods, reason = "this crate asks the network, and keeps what it got")]

pub mod artifact;
mod cache;
mod challenge;
pub mod client;
pub mod credentials;
pub mod digest;
mod fault;
mod http;
mod list;
pub mod pull;
pub mod push;
pub mod reference;

pub use artifact::{Interface, Kind, Layout, Package};
pub use client::{Client, Options};
pub use digest::Digest;
pub use pull::Artifact;
pub use push::Pushed;
pub use reference::Reference;
