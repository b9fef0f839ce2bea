//! The signature of a function, for its documentation.
//!
//! In: a function's type. Out: one line as WIT has it.
//! Holds: a signature that nobody would read is left out.

use bindgen::wit;
use types::{ExternName, FuncType, Types};

/// Bytes of a signature that is shown.
const MOST: usize = 400;

/// `greet: func(name: string) -> string`, or without its types where these are long.
pub fn signature(types: &Types, name: &ExternName, func: &FuncType) -> String {
    let text = wit::func(types, name, func);
    let text = if text.len() > MOST { format!("{name}: func(..)") } else { text };
    text.replace("*/", "* /")
}
