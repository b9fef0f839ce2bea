//! The page of the types that WIT has by itself.

use super::frame::{Contents, Frame};
use crate::path;
use crate::site::Site;

/// Word, how it is written, what it is. Specification: "WIT", "Types".
const TYPES: &[(&str, &str, &str)] = &[
    ("bool", "bool", "true or false."),
    ("u8", "u8", "A whole number from 0 to 255."),
    ("u16", "u16", "A whole number from 0 to 65 535."),
    ("u32", "u32", "A whole number from 0 to 4 294 967 295."),
    ("u64", "u64", "A whole number from 0 to 18 446 744 073 709 551 615."),
    ("s8", "s8", "A whole number from −128 to 127."),
    ("s16", "s16", "A whole number from −32 768 to 32 767."),
    ("s32", "s32", "A whole number from −2 147 483 648 to 2 147 483 647."),
    ("s64", "s64", "A whole number from −9 223 372 036 854 775 808 to 9 223 372 036 854 775 807."),
    ("f32", "f32", "A number of IEEE 754 with 32 bits. NaNs are not told apart."),
    ("f64", "f64", "A number of IEEE 754 with 64 bits. NaNs are not told apart."),
    ("char", "char", "A Unicode scalar value."),
    ("string", "string", "A sequence of Unicode scalar values."),
    ("list", "list<T>, list<T, N>", "A sequence of values of one type; with N, of exactly so many."),
    ("map", "map<K, V>", "Values by their keys, each key once."),
    ("tuple", "tuple<T, U>", "Values in a fixed order, without names."),
    ("option", "option<T>", "A value, or none."),
    ("result", "result<T, E>", "What came of it, or an error. Each of the two may be without a value."),
    (
        "borrow",
        "borrow<R>",
        "A handle to a resource that is lent for a call; a resource's name alone is a handle that is owned.",
    ),
    ("stream", "stream<T>", "Values that come one after the other, read while others still come."),
    ("future", "future<T>", "A value that comes later."),
    ("error-context", "error-context", "What is known of an error, for people who look for its cause."),
];

pub(crate) fn print(site: &Site<'_>) -> String {
    let entries = TYPES.iter().map(|(word, ..)| ((*word).to_owned(), (*word).to_owned())).collect();
    let frame = Frame {
        site,
        path: path::BUILT_IN,
        title: "Types of WIT".to_owned(),
        about: "The types that every WIT package can use".to_owned(),
        package: None,
        name: None,
        contents: vec![Contents { heading: "Types", entries }],
    };
    frame.print(|html| {
        html.element("h1", &[], |html| html.leaf("span", &[("class", "what")], "Types of WIT"));
        html.leaf("p", &[], "Every package can use these types; all others are declared with them.");
        html.element("dl", &[("class", "rows")], |html| {
            for (word, form, text) in TYPES {
                html.element("dt", &[("id", word)], |html| html.leaf("code", &[], form));
                html.leaf("dd", &[], text);
            }
        });
    })
}
