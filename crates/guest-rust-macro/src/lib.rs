//! The macro `generate!`.
