//! Structural equality of types, resources compared by identity through a given correspondence.
