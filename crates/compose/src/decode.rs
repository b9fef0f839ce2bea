//! Decode: the bytes of a composed component become the graph that they were made of.
//!
//! In: untrusted bytes, made here or by others. Out: `Graph`, or diagnostics that say why there is none.
//! Holds: types and the identities of resources are computed again, never taken from the bytes; names come from the
//! name section; what `plan` and `emit` made of a graph becomes a graph of which they make the same bytes; of a
//! composition by others they make one that imports and exports the same.
//!
//! Specification: Component Model explainer, "Component Definitions".

mod names;
mod refuse;
mod replay;

use std::borrow::Cow;
use std::collections::HashMap;

use component::plan::{Body, ROOT, Step};
use component::read::{Composition, contents, read_composition};
use types::Types;

use crate::graph::{Graph, PartId};
use crate::part::Part;

/// Parts of a type that any file may lead to; one that is larger may lead to one for each of its bytes more.
///
/// Types share their parts, and a graph has each part as often as it is named: so a small file could fill any memory.
const MOST_TYPES: usize = 1 << 18;

/// Reads a composed component back.
///
/// # Errors
/// `component/not-a-component` and `component/invalid` as `component::read`; `compose/not-a-composition` for a
/// component that makes something of its own; `unsupported/composition` for what a graph cannot say.
pub fn decode<'a>(types: &mut Types, file: &str, bytes: &'a [u8]) -> diag::Result<Graph<'a>> {
    let composition = read_composition(types, file, bytes)?;
    if contents(bytes).makes {
        return Err(refuse::not_a_composition(file, bytes).into());
    }
    let Composition { component, plan, types: exported, other_types } = composition;
    let Some(plan) = plan else { return Err(refuse::unknown_form(file).into()) };
    if !other_types.is_empty() {
        return Err(refuse::other_types(file, &other_types));
    }
    let mut replay = replay::Replay::new(file, &component.ty, &exported, names::Names::of(&plan));
    replay.graph.name = plan.name().map(str::to_owned);
    replay.graph.customs = plan.customs().to_vec();
    let mut parts = Parts { file, limit: types.len() + MOST_TYPES + bytes.len(), known: HashMap::new() };
    replay.look_ahead(types, plan.steps(ROOT));
    for step in plan.steps(ROOT) {
        if let Step::Component { id, body } = step {
            let name = replay.names.of_item((*id).into()).map(str::to_owned);
            let part = parts.add(types, &mut replay.graph, embedded(body), name)?;
            replay.components.insert(*id, part);
        } else {
            replay.step(types, step)?;
        }
        parts.check_size(types)?;
    }
    Ok(replay.finish())
}

/// The bytes of an embedded component, which lie in the file.
fn embedded<'a>(body: &Body<'a>) -> &'a [u8] {
    match body {
        Body::Bytes(pieces) => match pieces.clone().into_contiguous() {
            Cow::Borrowed(bytes) => bytes,
            Cow::Owned(_) => unreachable!("what is read from bytes lies in them"),
        },
        Body::Plan(_) => unreachable!("what is read from bytes has no plans inside"),
    }
}

/// The embedded components, each content read once.
struct Parts<'f, 'a> {
    file: &'f str,
    /// Types that there may be in all.
    limit: usize,
    known: HashMap<&'a [u8], PartId>,
}

impl<'a> Parts<'_, 'a> {
    fn add(
        &mut self,
        types: &mut Types,
        graph: &mut Graph<'a>,
        bytes: &'a [u8],
        name: Option<String>,
    ) -> diag::Result<PartId> {
        if let Some(&known) = self.known.get(bytes) {
            return Ok(known);
        }
        let shown = match &name {
            Some(name) => format!("{}: component `{name}`", self.file),
            None => format!("{}: component {}", self.file, self.known.len() + 1),
        };
        let component = component::read(types, &shown, bytes).map_err(|errors| {
            let is_invalid = errors.0.iter().any(|error| error.code.0 == "component/invalid");
            // The whole is valid: what is not valid apart from it has an outer alias.
            if is_invalid { refuse::not_apart(self.file, name.as_deref(), self.known.len() + 1) } else { errors }
        })?;
        let part = graph.add_part(Part { file: shown, name, bytes, ty: component.ty });
        self.known.insert(bytes, part);
        Ok(part)
    }

    fn check_size(&self, types: &Types) -> diag::Result<()> {
        if types.len() <= self.limit { Ok(()) } else { Err(refuse::too_large(self.file).into()) }
    }
}
