//! Arguments of `call`.

use std::path::PathBuf;

use clap::Args;

use super::{GrantArgs, LimitArgs, RegistryArgs};

/// What stands below the flags of `--help`.
const NOTATION: &str = "\
Values are WAVE: 1, -1.5, true, 'c', \"text\", [1, 2], (1, \"a\"), {x: 1, y: 2}, {read, write}, circle(2), some(1),
none, ok(1), err(\"why\"), and maps {\"a\": 1}; beyond WAVE: stream([1, 2]), future(1), error-context(\"why\").
`let NAME = CALL` names a result for later expressions; a handle is passed by its name.
`@PATH` is the content of a file: as it is for `string`, `list<u8>` and `stream<u8>`, else read as a value.

With --json: numbers, true, \"text\" (also char, enum), [1, 2] (list, tuple), {\"x\": 1, \"y\": 2} (record),
[\"read\"] (flags), {\"circle\": 2} (variant; without payload \"circle\"), null or the value (option),
{\"ok\": 1}, {\"err\": \"why\"} (result; without payload null), \"nan\", \"inf\", \"-inf\" (floats),
[[\"a\", 1]] (map; {\"a\": 1} if its keys are strings), {\"stream\": [1, 2]}, {\"future\": 1},
{\"error-context\": \"why\"}. Handles are passed by name, as without --json: take(c).";

#[derive(Args, Clone, Debug)]
#[command(after_help = NOTATION)]
pub struct CallArgs {
    /// The component; `oci://HOST/NAME:TAG` in a registry; in a project the name of a component, which is built first and
    /// has the project's grants
    pub component: PathBuf,
    /// Calls such as 'add(1, 2)', 'local:calc/ops#add(1, 2)', 'let c = new counter(1)'
    #[arg(required_unless_present = "type_of", value_name = "EXPR")]
    pub exprs: Vec<String>,
    /// Arguments and results are JSON, in the form that stands below; calls and `let` stay as they are
    #[arg(long)]
    pub json: bool,
    /// Call nothing: show the signatures of the functions that are named, or of all, each with a call of it in WAVE
    #[arg(long, conflicts_with = "json")]
    pub type_of: bool,
    #[command(flatten)]
    pub grants: GrantArgs,
    #[command(flatten)]
    pub limits: LimitArgs,
    #[command(flatten)]
    pub registry: RegistryArgs,
}
