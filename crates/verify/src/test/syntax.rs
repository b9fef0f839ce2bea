//! A `.wave` file as data.
//!
//! In: what `parse` found. Out: declarations and tests, with places; calls and values are spans of WAVE, not yet typed.
//! Holds: every span is a range of bytes in the file's text. The grammar stands in `wave-tests.md`.

use std::ops::Range;
use std::sync::Arc;

use diag::{Place, Source};

/// A range of bytes in the file's text.
pub(crate) type Span = Range<usize>;

/// A file.
#[derive(Clone, Debug)]
pub(crate) struct File {
    pub(crate) source: Arc<Source>,
    pub(crate) components: Vec<ComponentDecl>,
    pub(crate) settings: Vec<Setting>,
    pub(crate) mocks: Vec<Mock>,
    pub(crate) tests: Vec<Test>,
}

/// A word or a string, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Name {
    pub(crate) text: String,
    pub(crate) span: Span,
}

/// `component calc = "calc.wasm";`
#[derive(Clone, Debug)]
pub(crate) struct ComponentDecl {
    pub(crate) name: Name,
    pub(crate) path: Name,
}

/// `grant env "K=V";`, `limit timeout "2s";`
#[derive(Clone, Debug)]
pub(crate) struct Setting {
    pub(crate) kind: SettingKind,
    pub(crate) word: Name,
    pub(crate) values: Vec<Name>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SettingKind {
    Grant,
    Limit,
}

/// `mock "local:store/kv" { ... }`
#[derive(Clone, Debug)]
pub(crate) struct Mock {
    /// `None` for what is imported without an interface.
    pub(crate) interface: Option<Name>,
    /// The word `mock`.
    pub(crate) span: Span,
    pub(crate) handles: Vec<HandleDecl>,
    pub(crate) lines: Vec<Line>,
}

/// `handle first = bucket;`: a name for a handle of a mocked resource.
#[derive(Clone, Debug)]
pub(crate) struct HandleDecl {
    pub(crate) name: Name,
    pub(crate) resource: Name,
}

/// `get("a") -> some(1) then none;`
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) function: Name,
    pub(crate) patterns: Vec<Wave>,
    /// The brackets around the patterns.
    pub(crate) brackets: Span,
    /// Empty: the function answers without a value.
    pub(crate) answers: Vec<Answer>,
}

/// What a mocked function does.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    Value(Wave),
    Traps(Option<Name>),
}

/// A value of WAVE, in which `_` may stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wave {
    pub(crate) span: Span,
    /// Where each `_` stands.
    pub(crate) holes: Vec<usize>,
}

/// `test "adds" { ... }`
#[derive(Clone, Debug)]
pub(crate) struct Test {
    pub(crate) name: Name,
    pub(crate) settings: Vec<Setting>,
    pub(crate) mocks: Vec<Mock>,
    pub(crate) steps: Vec<Step>,
}

/// A statement of a test.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// `instance other = calc;`
    Instance {
        name: Name,
        component: Name,
    },
    Call(CallStep),
    Http(HttpStep),
    /// `stdout == "text";`
    Stream {
        stream: Stream,
        span: Span,
        how: How,
        text: Name,
    },
    /// `calls "local:store/kv#get" == 2;`
    Calls {
        span: Span,
        function: Name,
        how: How,
        count: u64,
        count_span: Span,
    },
}

/// `let c = other::new counter(1);`, `add(1, 2) == 3;`
#[derive(Clone, Debug)]
pub(crate) struct CallStep {
    pub(crate) binds: Option<Name>,
    pub(crate) instance: Option<Name>,
    /// From the function's name to the closing bracket.
    pub(crate) call: Span,
    pub(crate) expected: Expected,
}

/// `http GET "/Ada" header "accept: text/plain" == 200 "Hello, Ada!";`
#[derive(Clone, Debug)]
pub(crate) struct HttpStep {
    pub(crate) component: Option<Name>,
    /// From `http` to the end of the request.
    pub(crate) span: Span,
    pub(crate) method: Name,
    pub(crate) path: Name,
    /// `NAME: VALUE`.
    pub(crate) headers: Vec<Name>,
    pub(crate) body: Option<Name>,
    /// Without it, any status of success or redirection.
    pub(crate) expected: Option<ExpectedAnswer>,
}

/// What a request is to be answered with.
#[derive(Clone, Debug)]
pub(crate) struct ExpectedAnswer {
    pub(crate) status: u16,
    pub(crate) status_span: Span,
    /// The body, compared or searched.
    pub(crate) text: Option<(How, Name)>,
}

/// What a call is to give.
#[derive(Clone, Debug)]
pub(crate) enum Expected {
    /// That it returns, and not `err`.
    Returns,
    Equal(Wave),
    Unequal(Wave),
    /// That it traps, for a reason that holds the text.
    Traps(Option<Name>),
    Exits(u8),
}

/// What a guest prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stream {
    Stdout,
    Stderr,
}

impl Stream {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Stdout => "stdout",
            Self::Stderr => "stderr",
        }
    }
}

/// How two things are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    Equal,
    Unequal,
    Contains,
}

impl File {
    pub(crate) fn place(&self, span: &Span) -> Place {
        Place::text(&self.source, span.clone())
    }

    pub(crate) fn text(&self, span: &Span) -> &str {
        &self.source.text[span.clone()]
    }
}

#[cfg(test)]
impl Step {
    /// The statement, less its expectation.
    pub(crate) fn span(&self) -> &Span {
        match self {
            Self::Instance { name, .. } => &name.span,
            Self::Call(call) => &call.call,
            Self::Http(http) => &http.span,
            Self::Stream { span, .. } | Self::Calls { span, .. } => span,
        }
    }
}
