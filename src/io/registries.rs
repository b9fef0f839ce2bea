//! Inputs that are in registries: `oci://HOST/REPOSITORY:TAG`.
//!
//! Holds: only commands whose purpose allows the network ask a registry, and only for what begins with `oci://`.

use std::path::Path;

use diag::{Diagnostic, Place};
use registry::{Client, Options, Reference};

use super::Io;
use super::read::{Wasm, shown, unread};
use crate::cli::RegistryArgs;

impl Io {
    /// The client that asks as the flags say, with the environment's cache and credentials.
    ///
    /// # Errors
    ///
    /// Those of `Client::new`.
    pub fn registry(&self, args: &RegistryArgs) -> diag::Result<Client> {
        Client::new(self.registry_options(args)?)
    }

    /// How registries are asked, as the flags and the environment say.
    ///
    /// # Errors
    ///
    /// That the file of authorities cannot be read.
    pub fn registry_options(&self, args: &RegistryArgs) -> diag::Result<Options> {
        let mut options = Options::of(&|name| self.env.var(name));
        options.offline = args.offline;
        options.plain_http = args.plain_http;
        options.ca = args.ca.as_ref().map(|file| self.resolve(file));
        if let Some(file) = &args.ca {
            // A slip in its name is said as that of any other file.
            self.read_named(file).map_err(|error| unread(&shown(file), &self.resolve(file), &error))?;
        }
        Ok(options)
    }

    /// Reads a module or component as `read_wasm` does, or pulls what begins with `oci://`.
    ///
    /// # Errors
    ///
    /// Those of `read_wasm`; `registry/...`.
    pub fn read_component(&mut self, path: &Path, args: &RegistryArgs) -> diag::Result<Wasm> {
        let name = shown(path);
        if !Reference::is_meant_by(&name) {
            return self.read_wasm(path);
        }
        let reference = Reference::parse(&name)?;
        let artifact = self.registry(args)?.pull(&reference)?;
        Ok(Wasm { name, bytes: artifact.bytes })
    }
}

/// What to say where a file is needed and a reference was given.
pub(super) fn no_file(name: &str) -> Option<Diagnostic> {
    let rest = name.get(6..).filter(|_| Reference::is_meant_by(name))?;
    let error =
        diag::error("input/missing-file", format!("`{name}` is in a registry, which this command does not ask"));
    let error = error.label(Place::file(name), "no file");
    Some(error.help(format!("get it with `withe pull {rest} -o FILE`, and name that file")))
}
