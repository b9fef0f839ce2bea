//! What users can choose.

/// How bindings are generated.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The import path of the folder that is written to.
    pub module: String,
    /// Whether no `go.mod` stands in the folder or above, so one is written.
    pub writes_module: bool,
    /// Whether the folder has bindings of a world with asynchronous functions, whose module these become part of.
    pub has_tasks: bool,
    /// Whether the folder has bindings of a world whose values come in memory of their own, likewise.
    pub grows: bool,
    /// Write a program with a start of an implementation.
    pub stubs: bool,
}
