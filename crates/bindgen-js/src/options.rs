//! What users choose.

/// How a component becomes JavaScript.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// The module's file name without `.js`.
    pub name: String,
    pub instantiate: Instantiate,
    /// Where imports come from: patterns of interface ids, and modules, in the order given.
    pub map: Vec<(String, String)>,
    pub wasi: Wasi,
}

/// Where WASI 0.2 comes from, where the map does not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wasi {
    /// An npm package.
    #[default]
    Shim,
    /// Files beside the module.
    Inline,
}

/// Who makes the instance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Instantiate {
    /// The module itself, as it is loaded.
    #[default]
    Esm,
    /// `instantiate(getCoreModule, imports, instantiateCore?)`, which returns a promise.
    Async,
    /// The same, without promises.
    Sync,
}
