//! How a component wires the core modules in it, as text that does not depend on how the encoder went about it.
//!
//! In: a component's bytes, and the core modules that it was made of. Out: for each import of each of those modules
//! what it finally reaches, for each function that the component exports what is lifted, what happens at start, which
//! tables are filled, the destructors of resources.
//! Holds: everything is found by symbolic instantiation. A module that the encoder made is never described; its
//! functions are run on symbols once all tables are filled, and what only passes its parameters on is the function
//! that it passes them to. So it does not matter whether something goes through a shim, through which, in which order,
//! or under which names.
//!
//! ```text
//! main: import "a:b/c" "f"    lower(a:b/c#f, memory=main.memory, realloc=main.cabi_realloc)
//! export a:b/d#g              lift(main.a:b/d#g, memory=main.memory, post-return=main.cabi_post_a:b/d#g)
//! ```
#![expect(clippy::wildcard_enum_match_arm, reason = "the enums of wasmparser are open-ended; what is unknown is told")]

mod component;
mod describe;
mod exec;
mod module;
mod scope;
mod store;
mod types;

use std::collections::BTreeMap;

/// A core module that was given to the encoder.
pub struct Input<'a> {
    /// As the description calls it: `main`, or the name of an adapter or library.
    pub name: String,
    pub bytes: &'a [u8],
}

/// The description of a component: what, and how it is wired.
#[derive(Debug, PartialEq, Eq)]
pub struct Wiring(pub BTreeMap<String, String>);

/// A component that was read and is valid.
pub struct Component<'a> {
    types: wasmparser::types::Types,
    parsed: component::Parsed<'a>,
}

impl<'a> Component<'a> {
    /// # Errors
    ///
    /// It is not valid: said in the validator's words.
    pub fn read(bytes: &'a [u8]) -> Result<Self, String> {
        let mut validator = wasmparser::Validator::new_with_features(wasmparser::WasmFeatures::all());
        let types = validator.validate_all(bytes).map_err(|error| format!("not valid: {error}"))?;
        Ok(Self { types, parsed: component::parse(bytes)? })
    }

    fn names(&self) -> types::Names<'_> {
        types::Names::new(self.types.as_ref(), &self.parsed)
    }

    /// Describes it.
    ///
    /// # Errors
    ///
    /// It has something that no encoder of core modules makes: said in words.
    pub fn wiring(&self, inputs: &[Input<'_>]) -> Result<Wiring, String> {
        self.wiring_with(&self.names(), inputs)
    }

    fn wiring_with(&self, names: &types::Names<'_>, inputs: &[Input<'_>]) -> Result<Wiring, String> {
        let (store, world) = scope::instantiate(&self.parsed, names, inputs)?;
        Ok(Wiring(describe::all(&store, &world, names)))
    }

    /// What is wired otherwise in another component that was made of the same modules.
    ///
    /// A resource with several names is called by one that both components have.
    ///
    /// # Errors
    ///
    /// As for `wiring`.
    pub fn differences(&self, ours: &Self, inputs: &[Input<'_>]) -> Result<Vec<Difference>, String> {
        let (mut there, mut here) = (self.names(), ours.names());
        there.keep_common(&mut here);
        let described = |whose, component: &Self, names| {
            component.wiring_with(names, inputs).map_err(|why| format!("the component {whose}: {why}"))
        };
        Ok(differences(&described("there", self, &there)?, &described("here", ours, &here)?))
    }
}

/// One thing that is wired otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    pub what: String,
    pub there: Option<String>,
    pub here: Option<String>,
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let side = |found: &Option<String>| found.clone().unwrap_or_else(|| "nothing".to_owned());
        write!(f, "{}\n  there: {}\n  here: {}", self.what, side(&self.there), side(&self.here))
    }
}

/// Differences as lines of text.
pub fn told(differences: &[Difference]) -> String {
    differences.iter().map(Difference::to_string).collect::<Vec<_>>().join("\n")
}

fn differences(theirs: &Wiring, ours: &Wiring) -> Vec<Difference> {
    let keys: std::collections::BTreeSet<&String> = theirs.0.keys().chain(ours.0.keys()).collect();
    let both = keys.into_iter().map(|what| Difference {
        what: what.clone(),
        there: theirs.0.get(what).cloned(),
        here: ours.0.get(what).cloned(),
    });
    both.filter(|difference| difference.there != difference.here).collect()
}
