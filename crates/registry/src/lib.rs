//! OCI registries: artifacts pushed, pulled and listed.
//!
//! In: a reference, `HOST/REPOSITORY[:TAG][@DIGEST]`. Out: the artifact with its digests, or what the registry answered.
//! Holds: what is given back has the digest that was asked for; no credential is in any message.

#![expect(clippy::disallowed_methods, reason = "this crate asks the network, and keeps what it got")]
