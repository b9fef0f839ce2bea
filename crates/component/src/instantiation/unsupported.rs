//! What valid components may have and no host here makes happen.

use diag::Place;
use wasmparser::CanonicalFunction;

use super::PartId;
use super::eval::{Eval, MOST_LEVELS, Stop};

impl Eval<'_, '_> {
    /// A value at component level; the part is not always known.
    pub(super) fn unsupported_value(&self, part: Option<PartId>) -> Stop {
        let place = part.map_or(Place::file(self.file), |part| self.place(part, "a value"));
        diag::error("unsupported/component-value", "imports and exports of values are not supported")
            .label(place, "this item is a value")
            .help("use a function that returns the value")
            .into()
    }

    pub(super) fn unsupported_start(&self, part: PartId) -> Stop {
        diag::error("unsupported/component-start", "start functions of components are not supported")
            .label(self.place(part, "start function"), "it would be called when the component is instantiated")
            .help("export the function, and call it after the component is instantiated")
            .into()
    }

    pub(super) fn unsupported_component(&self, part: PartId) -> Stop {
        diag::error("unsupported/component-import", "components that are imported cannot be instantiated")
            .label(self.place(part, "an instance"), "it is made of a component that the host would give")
            .help("compose the two components first, with `withe compose` or `withe plug`")
            .into()
    }

    pub(super) fn unsupported_gc(&self, part: PartId) -> Stop {
        diag::error("unsupported/gc", "values in memory under garbage collection are not supported")
            .label(self.place(part, "a canonical definition"), "it has the option `gc` or `core-type`")
            .help("build the module for linear memory")
            .into()
    }

    pub(super) fn unsupported_canon(&self, part: PartId, canon: &CanonicalFunction) -> Stop {
        let name = match canon {
            CanonicalFunction::ThreadSpawnRef { .. } => "thread.spawn-ref",
            CanonicalFunction::ThreadSpawnIndirect { .. } => "thread.spawn-indirect",
            CanonicalFunction::ThreadAvailableParallelism => "thread.available-parallelism",
            _ => "a canonical definition",
        };
        diag::error("unsupported/threads", format!("`{name}` is not supported: memory is never shared by threads"))
            .label(self.place(part, &format!("`{name}`")), "it is for threads that run at the same time")
            .help("build the module without `-pthread`")
            .into()
    }

    pub(super) fn too_deep(&self) -> Stop {
        diag::error("component/too-large", format!("the types of `{}` are too deep", self.file))
            .label(Place::file(self.file), format!("instances inside instances, more than {MOST_LEVELS} deep"))
            .help("use fewer levels of instances")
            .into()
    }
}
