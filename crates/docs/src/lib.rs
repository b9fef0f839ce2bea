//! A static site from WIT.
//!
//! In: packages with their documentation. Out: pages of HTML, by path.
//! Holds: the same packages give the same bytes; no page asks a server for anything.
