//! What is done with the ends of streams and futures.
//!
//! Specification: Component Model explainer, "Stream and Future Built-ins".

/// A stream or a future.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Carrier {
    Stream,
    Future,
}

/// What is done with a stream or future.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TransferOp {
    New,
    Read,
    Write,
    CancelRead,
    CancelWrite,
    DropReadable,
    DropWritable,
    /// Hands a readable end on to a writable one.
    Forward,
}

impl TransferOp {
    pub const ALL: [Self; 8] = [
        Self::New,
        Self::Read,
        Self::Write,
        Self::CancelRead,
        Self::CancelWrite,
        Self::DropReadable,
        Self::DropWritable,
        Self::Forward,
    ];

    /// Whether it comes in two forms: one that waits and one that does not.
    pub fn may_wait(self) -> bool {
        match self {
            Self::Read | Self::Write | Self::CancelRead | Self::CancelWrite => true,
            Self::New | Self::DropReadable | Self::DropWritable | Self::Forward => false,
        }
    }

    /// As the text format and core names write it.
    pub fn word(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Read => "read",
            Self::Write => "write",
            Self::CancelRead => "cancel-read",
            Self::CancelWrite => "cancel-write",
            Self::DropReadable => "drop-readable",
            Self::DropWritable => "drop-writable",
            Self::Forward => "forward",
        }
    }
}

impl Carrier {
    /// As the text format and core names write it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Stream => "stream",
            Self::Future => "future",
        }
    }
}
