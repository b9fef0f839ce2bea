//! The macro `generate!`: bindings where they are used, without files of their own.
//!
//! In: the tokens between the parentheses. Out: what `withe bindgen rust` writes for the same world and options, as
//! tokens; or every mistake, each at the key that it is about, in the words that the command has for it.
//! Holds: the files that were read are named in the output, so that a change of one compiles the crate again;
//! whatever is decided about bindings is decided by the crates behind, not here.
#![expect(clippy::disallowed_methods, reason = "a macro reads what it expands to: it is the command of its user")]

mod arguments;
mod errors;
mod expand;
mod keys;
mod sources;
#[cfg(test)]
mod tests;

use proc_macro::TokenStream;

/// Generates bindings that use the runtime in `withe_bindgen`.
#[proc_macro]
pub fn generate(input: TokenStream) -> TokenStream {
    expand::expand(input.into(), "::withe_bindgen::rt").into()
}

/// Generates bindings that use the runtime under wit-bindgen's name.
#[doc(hidden)]
#[proc_macro]
pub fn generate_wit_bindgen(input: TokenStream) -> TokenStream {
    expand::expand(input.into(), "::wit_bindgen::rt").into()
}
