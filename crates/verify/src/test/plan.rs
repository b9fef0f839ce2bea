//! A test, typed: which session each call goes to, and what it is to give.
//!
//! In: a file, its compiled components, one of its tests. Out: `Plan`, ready to run, or every mistake in the test.
//! Holds: nothing of a guest runs here; a call after one that traps or exits goes to a fresh session.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use diag::{Diagnostic, Diagnostics};

use super::imports::Imports;
use super::mock::Book;
use super::mocking::{self, Entry};
use super::piece::Pieces;
use super::settings::Surroundings;
use super::syntax::{CallStep, Expected, File, How, HttpStep, Name, Span, Step, Stream, Test};
use crate::serve::{Ask, Served, ask, check_handler};
use crate::session::parse::Target;
use crate::session::scope::{Bound, has_handles};
use crate::session::{Expr, Literal, Mocks, Notation, Program, Scope, Session, Setup, Typed};
use crate::stdio::{Input, Output, Stdio};
use crate::unmet::Stub;

/// A compiled component.
pub(crate) struct Loaded {
    /// As tests call it.
    pub(crate) name: Name,
    pub(crate) program: Program,
    pub(crate) imports: Imports,
    /// For requests; made when there is one.
    pub(crate) served: OnceLock<Served>,
}

/// What all tests of a file share.
pub(crate) struct Shared<'a> {
    pub(crate) file: &'a File,
    pub(crate) folder: &'a Path,
    pub(crate) loaded: Vec<Loaded>,
    pub(crate) base: Surroundings,
    pub(crate) mocks: Vec<Entry>,
}

/// A test that is ready to run.
pub(crate) struct Plan<'a> {
    pub(crate) test: &'a Test,
    pub(crate) sessions: Vec<Session>,
    pub(crate) steps: Vec<Planned<'a>>,
    pub(crate) books: Vec<Book>,
    /// Of each component, for requests; sessions have theirs.
    pub(crate) mocks: Vec<Mocks>,
    pub(crate) surroundings: Surroundings,
    pub(crate) stdio: Stdio,
    pub(crate) stdout: Output,
    pub(crate) stderr: Output,
    pub(crate) pieces: Pieces,
    /// Why an instance cannot start: the test fails, and nothing of it runs.
    pub(crate) unstarted: Option<Diagnostic>,
}

/// A statement, typed.
pub(crate) enum Planned<'a> {
    Call { step: &'a CallStep, session: usize, typed: Typed, value: Option<Literal> },
    Http { step: &'a HttpStep, component: usize, served: Served, ask: Ask },
    Stream { stream: Stream, span: &'a Span, how: How, text: &'a Name },
    Calls { span: &'a Span, funcs: Vec<(usize, Option<String>, String)>, how: How, count: u64, count_span: &'a Span },
}

/// An instance that calls can go to.
struct Slot<'a> {
    name: &'a str,
    component: usize,
    /// `None` before its first call, and after one that ended it.
    session: Option<usize>,
}

/// The walk over a test's statements.
struct Planner<'a, 's> {
    shared: &'s Shared<'a>,
    plan: Plan<'a>,
    slots: Vec<Slot<'s>>,
    scope: Scope,
    errors: Vec<Diagnostic>,
}

/// Types a test.
///
/// # Errors
/// Every mistake in it.
pub(crate) fn plan<'a>(shared: &Shared<'a>, test: &'a Test) -> Result<Plan<'a>, Vec<Diagnostic>> {
    let mut errors = Vec::new();
    let mut surroundings = shared.base.clone();
    surroundings.add(shared.file, &test.settings, shared.folder, &mut errors);
    let books: Vec<Book> = shared.loaded.iter().map(|_| Book::default()).collect();
    // A test's own answers come first.
    mocking::fill(&books, &mocking::entries(shared.file, &test.mocks, &shared.loaded, &mut errors));
    mocking::fill(&books, &shared.mocks);
    let (stdout, stderr) = (Output::memory(), Output::memory());
    let stdin = surroundings.stdin.clone().map_or(Input::Closed, Input::Bytes);
    let slots = shared.loaded.iter().enumerate();
    let stdio = Stdio { stdin, stdout: stdout.clone(), stderr: stderr.clone() };
    let mocks: Vec<Mocks> = books.iter().map(answering).collect();
    let mut planner = Planner {
        shared,
        slots: slots.map(|(component, one)| Slot { name: &one.name.text, component, session: None }).collect(),
        scope: Scope::default(),
        errors,
        plan: Plan {
            test,
            sessions: Vec::new(),
            steps: Vec::new(),
            books,
            mocks,
            surroundings,
            stdio,
            stdout,
            stderr,
            pieces: Pieces::default(),
            unstarted: None,
        },
    };
    for step in &test.steps {
        planner.step(step);
        // Names that a call behind it needs are not known.
        if planner.plan.unstarted.is_some() {
            break;
        }
    }
    let Planner { plan, errors, .. } = planner;
    let errors = plan.pieces.all_in_file(shared.file, errors);
    if errors.is_empty() { Ok(plan) } else { Err(errors) }
}

impl Plan<'_> {
    /// What an instance of a component gets.
    pub(crate) fn setup(&self, component: usize) -> Setup<'_> {
        Setup {
            grants: &self.surroundings.grants,
            limits: &self.surroundings.limits,
            stdio: &self.stdio,
            stub: Stub::Refuse,
            mocks: &self.mocks[component],
        }
    }
}

/// The functions that a book answers.
fn answering(book: &Book) -> Mocks {
    let mut mocks = Mocks::default();
    for (interface, name) in book.names() {
        let (book, of, func) = (book.clone(), interface.clone(), name.clone());
        mocks.give(interface.as_deref(), &name, Arc::new(move |args| book.answer(of.as_deref(), &func, args)));
    }
    mocks
}

impl<'a, 's> Planner<'a, 's> {
    fn step(&mut self, step: &'a Step) {
        let planned = match step {
            Step::Instance { name, component } => {
                self.instance(name, component);
                return;
            }
            Step::Call(call) => self.call(call),
            Step::Http(http) => self.http(http),
            Step::Stream { stream, span, how, text } => Ok(Planned::Stream { stream: *stream, span, how: *how, text }),
            Step::Calls { span, function, how, count, count_span } => self
                .mocked(function)
                .map(|funcs| Planned::Calls { span, funcs, how: *how, count: *count, count_span })
                .map_err(|mistake| vec![mistake]),
        };
        match planned {
            Ok(planned) => self.plan.steps.push(planned),
            Err(mistakes) => self.errors.extend(mistakes),
        }
    }

    fn instance(&mut self, name: &'a Name, component: &Name) {
        let file = self.shared.file;
        if let Some(slot) = self.slots.iter().find(|slot| slot.name == name.text) {
            let error = diag::error("test/name", format!("`{}` is taken", slot.name))
                .label(file.place(&name.span), "a component or an instance has this name")
                .help("choose another name");
            self.errors.push(error);
            return;
        }
        let found = self.shared.loaded.iter().position(|loaded| loaded.name.text == component.text);
        match found {
            Some(found) => self.slots.push(Slot { name: &name.text, component: found, session: None }),
            None => {
                let known: Vec<&str> = self.shared.loaded.iter().map(|loaded| loaded.name.text.as_str()).collect();
                self.errors.push(unknown(file, component, "component", &known));
            }
        }
    }

    fn call(&mut self, step: &'a CallStep) -> Result<Planned<'a>, Vec<Diagnostic>> {
        let source = self.plan.pieces.call(self.shared.file, step);
        let expr = Expr::parse(&source, Notation::PLAIN).map_err(|mistake| vec![mistake])?;
        let (slot, session) = match step.instance.is_none().then(|| self.receiver(&expr)).flatten() {
            // A method goes where its handle is from, even if that instance has ended: then the handle is gone.
            Some(session) => {
                let slot = self.slots.iter().position(|slot| slot.session == Some(session));
                (slot, session)
            }
            None => {
                let slot = self.slot(step.instance.as_ref(), &step.call)?;
                (Some(slot), self.session(slot)?)
            }
        };
        if slot.is_none() {
            return Err(vec![self.ended(step)]);
        }
        let typed = self.plan.sessions[session].check(&Arc::new(expr), &mut self.scope)?;
        let value = match &step.expected {
            Expected::Equal(value) | Expected::Unequal(value) => Some(self.value(step, &typed, value)?),
            Expected::Returns | Expected::Traps(_) | Expected::Exits(_) => None,
        };
        if matches!(step.expected, Expected::Traps(_) | Expected::Exits(_))
            && let Some(slot) = slot
        {
            self.slots[slot].session = None;
        }
        Ok(Planned::Call { step, session, typed, value })
    }

    /// The session of the handle that a method is called on.
    fn receiver(&self, expr: &Expr) -> Option<usize> {
        let Target::Member { interface: None, of, .. } = &expr.called.target else { return None };
        let binding = self.scope.get(of).filter(|binding| matches!(binding.ty, Bound::Handle(_)))?;
        let id = binding.session;
        self.plan.sessions.iter().position(|session| session.id() == id)
    }

    /// The instance that a statement names, or the only one.
    fn slot(&self, named: Option<&Name>, statement: &Span) -> Result<usize, Vec<Diagnostic>> {
        let file = self.shared.file;
        let names: Vec<&str> = self.slots.iter().map(|slot| slot.name).collect();
        let Some(name) = named else {
            if self.shared.loaded.len() > 1 {
                let example = format!("{}::{}", names[0], file.text(statement));
                return Err(vec![
                    diag::error("test/name", "several components could be called")
                        .label(file.place(statement), format!("whose is it? There are `{}`", names.join("`, `")))
                        .help(format!("write `{example}`")),
                ]);
            }
            return Ok(0);
        };
        let found = self.slots.iter().position(|slot| slot.name == name.text);
        found.ok_or_else(|| vec![unknown(file, name, "component or instance", &names)])
    }

    /// The session of an instance, started if it has none.
    fn session(&mut self, slot: usize) -> Result<usize, Vec<Diagnostic>> {
        if let Some(session) = self.slots[slot].session {
            return Ok(session);
        }
        let component = self.slots[slot].component;
        let session = self.shared.loaded[component].program.start(&self.plan.setup(component));
        let session = match session {
            Ok(session) => session,
            Err(Diagnostics(found)) => {
                self.plan.unstarted = self.unstarted(component, found);
                return Err(Vec::new());
            }
        };
        self.plan.sessions.push(session);
        let session = self.plan.sessions.len() - 1;
        self.slots[slot].session = Some(session);
        Ok(session)
    }

    /// A request goes to the component, of which it gets an instance of its own.
    fn http(&mut self, step: &'a HttpStep) -> Result<Planned<'a>, Vec<Diagnostic>> {
        let file = self.shared.file;
        let slot = self.slot(step.component.as_ref(), &step.span)?;
        let component = self.slots[slot].component;
        let loaded = &self.shared.loaded[component];
        let headers: Vec<String> = step.headers.iter().map(|header| header.text.clone()).collect();
        let body = step.body.as_ref().map_or_else(Vec::new, |body| body.text.clone().into_bytes());
        let ask = ask(&step.method.text, &step.path.text, &headers, body).map_err(|reason| {
            let error = diag::error("test/request", reason).label(file.place(&step.span), "this cannot be asked");
            vec![error.help("write it like `http GET \"/path?query\" header \"accept: text/plain\" == 200;`")]
        })?;
        check_handler(loaded.program.component(), loaded.program.file())
            .map_err(|error| vec![error.label(file.place(&step.span), "asked here")])?;
        let setup = self.plan.setup(component);
        let request = loaded.program.request(&setup);
        let served = match loaded.served.get() {
            Some(served) if served.fits(request.limits) => Ok(served.clone()),
            Some(_) | None => Served::new(&request),
        };
        let checked = served.and_then(|served| served.check(&request, setup.mocks).map(|()| served));
        match checked {
            Ok(served) => {
                // The first one is for all tests with these limits.
                loaded.served.get_or_init(|| served.clone());
                Ok(Planned::Http { step, component, served, ask })
            }
            Err(Diagnostics(found)) => {
                self.plan.unstarted = self.unstarted(component, found);
                Err(Vec::new())
            }
        }
    }

    /// Why a component cannot start, as one diagnostic that says where the file names it.
    fn unstarted(&self, component: usize, reasons: Vec<Diagnostic>) -> Option<Diagnostic> {
        let file = self.shared.file;
        let headlines: Vec<String> = reasons.iter().map(|reason| reason.headline.clone()).collect();
        let mut reasons = reasons.into_iter();
        let mut found = mockable(reasons.next()?);
        found.labels.extend(reasons.flat_map(|reason| reason.labels));
        found.headline = format!("`{}`: {}", self.plan.test.name.text, headlines.join("; "));
        let declared = file.components.get(component)?;
        Some(found.label(file.place(&declared.path.span), "this component cannot start"))
    }

    fn value(
        &mut self,
        step: &CallStep,
        typed: &Typed,
        wave: &super::syntax::Wave,
    ) -> Result<Literal, Vec<Diagnostic>> {
        let file = self.shared.file;
        let Some(ty) = typed.result() else {
            return Err(vec![
                diag::error("test/no-value", format!("`{}` has no value to compare", file.text(&step.call)))
                    .label(file.place(&step.call), "this function has no result")
                    .help("leave out the expectation: a call alone has to return"),
            ]);
        };
        if has_handles(&ty.ty) && wave.holes.is_empty() {
            return Err(vec![
                diag::error("test/no-value", "handles cannot be compared")
                    .label(file.place(&step.call), format!("its result is `{}`", ty.text()))
                    .help("name it, `let h = ...`, or write `_` where the handle stands"),
            ]);
        }
        let source = self.plan.pieces.value(file, &wave.span);
        let notation = Notation { files: None, patterns: true };
        let literal = Literal::parse(&source, notation).map_err(|mistake| vec![mistake])?;
        literal.read(&ty, &mut self.scope)?;
        Ok(literal)
    }

    fn ended(&self, step: &CallStep) -> Diagnostic {
        diag::error("test/name", "the instance of this handle has ended")
            .label(self.shared.file.place(&step.call), "a call before this one traps or exits")
            .help("make a new handle with `let`, or start a test of its own")
    }

    /// The mocked functions that `calls` counts.
    fn mocked(&self, function: &Name) -> Result<Vec<(usize, Option<String>, String)>, Diagnostic> {
        let (interface, spelled) = match function.text.split_once('#') {
            Some((interface, name)) => (Some(interface), name),
            None => (None, function.text.as_str()),
        };
        let mut found = Vec::new();
        let mut known = Vec::new();
        for (component, loaded) in self.shared.loaded.iter().enumerate() {
            let mocked = self.plan.books[component].names();
            let interfaces: Vec<Option<&str>> = match interface {
                Some(interface) => loaded.imports.interfaces(interface).into_iter().map(Some).collect(),
                None => vec![None],
            };
            for interface in interfaces {
                let func = loaded.imports.func(interface, spelled);
                let name = func.map(|func| (interface.map(str::to_owned), func.name.clone()));
                found.extend(name.filter(|name| mocked.contains(name)).map(|(of, name)| (component, of, name)));
            }
            known.extend(mocked.into_iter().map(|(of, name)| {
                let name = super::imports::spelling(&name);
                of.map_or(name.clone(), |of| format!("{of}#{name}"))
            }));
        }
        if found.is_empty() {
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            return Err(unknown(self.shared.file, function, "mocked function", &known));
        }
        Ok(found)
    }
}

/// An import that nothing meets can be mocked here.
fn mockable(mut diagnostic: Diagnostic) -> Diagnostic {
    if diagnostic.code.0 == "run/unmet-import" {
        diagnostic.help = Some("mock it: `mock \"INTERFACE\" { ... }`, or satisfy it with `withe plug`".to_owned());
    }
    diagnostic
}

fn unknown(file: &File, name: &Name, kind: &str, known: &[&str]) -> Diagnostic {
    let found = diag::error("test/name", format!("there is no {kind} `{}`", name.text))
        .label(file.place(&name.span), "not known here");
    match diag::near_misses(&name.text, known.iter().copied()).first() {
        Some(near) => found.help(format!("did you mean `{near}`?")),
        None if known.is_empty() => found.help("there is none to name"),
        None => found.help(format!("write one of `{}`", known.join("`, `"))),
    }
}
