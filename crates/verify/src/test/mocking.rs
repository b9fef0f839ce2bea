//! Mocks, typed by what components import.
//!
//! In: the mocks of a file or a test, the components' imports. Out: lines for `Book`, or every mistake.
//! Holds: a mock is for every component that imports its interface; of one that this host does
//! not provide, all functions are mocked.

use std::sync::Arc;

use diag::{Diagnostic, Place};
use wasmtime::component::ResourceType;
use wasmtime::component::types::Type;

use super::imports::{ImportedFunc, Imports, spelling};
use super::mock::{self, Book};
use super::piece::Pieces;
use super::plan::Loaded;
use super::syntax::{self, Answer, File, HandleDecl, Mock, Name, Wave};
use crate::session::exports::Exports;
use crate::session::scope::Bound;
use crate::session::{Literal, Notation, Scope};
use crate::value::{Data, Handle, ValueType};

/// Handles in values that no session has made.
const NO_SESSION: u64 = u64::MAX;

/// A line for the book of a component.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    component: usize,
    interface: Option<String>,
    name: String,
    /// `None` makes the function known.
    line: Option<mock::Line>,
}

/// Puts the entries into the books of the components.
pub(crate) fn fill(books: &[Book], entries: &[Entry]) {
    for entry in entries {
        books[entry.component].add(entry.interface.as_deref(), &entry.name, entry.line.clone());
    }
}

/// Types mocks.
pub(crate) fn entries(file: &File, mocks: &[Mock], loaded: &[Loaded], errors: &mut Vec<Diagnostic>) -> Vec<Entry> {
    let mut entries = Vec::new();
    for mock in mocks {
        let targets = targets(mock, loaded);
        if targets.is_empty() {
            errors.push(unknown_interface(file, mock, loaded));
            continue;
        }
        for handle in &mock.handles {
            let known = targets.iter().any(|target| target.resource(&handle.resource.text).is_some());
            if !known {
                errors.push(unknown_resource(file, handle, &targets));
            }
        }
        for line in &mock.lines {
            let known: Vec<_> = targets.iter().filter_map(|target| Some((target, target.func(line)?))).collect();
            if known.is_empty() {
                errors.push(unknown_function(file, &line.function, &targets));
            }
            for (position, (target, func)) in known.into_iter().enumerate() {
                match target.line(file, mock, line, func) {
                    Ok(entry) => entries.push(entry),
                    // Another component says the same.
                    Err(mistakes) if position == 0 => errors.extend(mistakes),
                    Err(_) => {}
                }
            }
        }
        entries.extend(targets.iter().flat_map(Target::all));
    }
    entries
}

/// An imported interface that is mocked.
struct Target<'a> {
    component: usize,
    interface: Option<&'a str>,
    imports: &'a Imports,
    /// The names of its resources, for what is said of types.
    names: Arc<Exports>,
}

fn targets<'a>(mock: &Mock, loaded: &'a [Loaded]) -> Vec<Target<'a>> {
    let mut targets = Vec::new();
    for (component, loaded) in loaded.iter().enumerate() {
        let interfaces: Vec<Option<&str>> = match &mock.interface {
            Some(wanted) => loaded.imports.interfaces(&wanted.text).into_iter().map(Some).collect(),
            None if loaded.imports.of(None).next().is_some() => vec![None],
            None => Vec::new(),
        };
        for interface in interfaces {
            targets.push(Target {
                component,
                interface,
                imports: &loaded.imports,
                names: Arc::clone(&loaded.imports.names),
            });
        }
    }
    targets
}

impl Target<'_> {
    fn func(&self, line: &syntax::Line) -> Option<&ImportedFunc> {
        self.imports.func(self.interface, &line.function.text)
    }

    fn resource(&self, name: &str) -> Option<ResourceType> {
        let own =
            self.imports.resources.iter().find(|one| one.interface.as_deref() == self.interface && one.name == name);
        own.map(|resource| resource.ty)
    }

    /// An entry for each function, so that one without a line says so when it is called. What this host provides stays
    /// where no line stands for it.
    fn all(&self) -> impl Iterator<Item = Entry> {
        let provided = self.interface.is_some_and(|interface| crate::link::provider(interface).is_some());
        self.imports.of(self.interface).filter(move |_| !provided).map(|func| self.entry(func, None))
    }

    fn entry(&self, func: &ImportedFunc, line: Option<mock::Line>) -> Entry {
        let interface = self.interface.map(str::to_owned);
        Entry { component: self.component, interface, name: func.name.clone(), line }
    }

    fn line(
        &self,
        file: &File,
        mock: &Mock,
        line: &syntax::Line,
        func: &ImportedFunc,
    ) -> Result<Entry, Vec<Diagnostic>> {
        let params: Vec<(&str, Type)> = func.ty.params().collect();
        if params.len() != line.patterns.len() {
            return Err(vec![self.wrong_count(file, line, &params)]);
        }
        let mut errors = Vec::new();
        let types = params.iter().map(|(_, ty)| ty.clone()).chain(func.ty.results());
        if let Some(ty) = types.into_iter().find(is_asynchronous) {
            return Err(vec![self.unsupported(file, line, &ty)]);
        }
        let mut read = |wave: &Wave, ty: &Type| {
            let value = self.value(file, mock, wave, ty);
            value.map_err(|mistakes| errors.extend(mistakes)).ok()
        };
        let patterns: Vec<Option<Data>> =
            line.patterns.iter().zip(&params).map(|(pattern, (_, ty))| read(pattern, ty)).collect();
        let result = func.ty.results().next();
        let mut answers = Vec::new();
        let mut misfit = None;
        for answer in &line.answers {
            answers.push(match (answer, &result) {
                (Answer::Traps(text), _) => {
                    let text = text.as_ref().map_or_else(|| "it traps".to_owned(), |text| text.text.clone());
                    Some(mock::Answer::Trap(text))
                }
                (Answer::Value(wave), Some(ty)) => read(wave, ty).map(mock::Answer::Value),
                (Answer::Value(wave), None) => {
                    misfit = Some(no_result(file, &line.function, wave));
                    None
                }
            });
        }
        if let (Some(ty), true) = (&result, line.answers.is_empty()) {
            misfit = Some(self.no_answer(file, line, ty));
        }
        if line.answers.is_empty() {
            answers.push(Some(mock::Answer::Nothing));
        }
        errors.extend(misfit);
        match (patterns.into_iter().collect(), answers.into_iter().collect(), errors.is_empty()) {
            (Some(patterns), Some(answers), true) => Ok(self.entry(func, Some(mock::Line { patterns, answers }))),
            _ => Err(errors),
        }
    }

    fn value(&self, file: &File, mock: &Mock, wave: &Wave, ty: &Type) -> Result<Data, Vec<Diagnostic>> {
        let mut pieces = Pieces::default();
        let source = pieces.value(file, &wave.span);
        let notation = Notation { files: None, patterns: true };
        let mut scope = Scope::default();
        for handle in &mock.handles {
            if let Some(ty) = self.resource(&handle.resource.text) {
                // Where it is declared: no other of the file has the same.
                let number = u32::try_from(handle.name.span.start).expect("a file is smaller than that");
                let value = Data::Handle(Handle::mock("handle", number));
                scope.bind(&handle.name.text, Bound::Handle(ty), Some(value), NO_SESSION);
            }
        }
        let ty = ValueType { ty: ty.clone(), exports: Arc::clone(&self.names) };
        let literal = Literal::parse(&source, notation).map_err(|mistake| vec![mistake]);
        let value = literal.and_then(|literal| literal.read(&ty, &mut scope));
        value.map(|value| value.data).map_err(|mistakes| {
            let mistakes = mistakes.into_iter().map(|mistake| self.declarable(mock, mistake)).collect();
            pieces.all_in_file(file, mistakes)
        })
    }

    /// A handle that is not known can be declared here: a mock has no `let`.
    fn declarable(&self, mock: &Mock, mut mistake: Diagnostic) -> Diagnostic {
        let Some(Place::Text { source, span }) = mistake.labels.first().map(|label| &label.place) else {
            return mistake;
        };
        if mistake.code.0 != "call/unknown-name" {
            return mistake;
        }
        let name = source.text[span.clone()].to_owned();
        let own = self.imports.resources.iter().filter(|one| one.interface.as_deref() == self.interface);
        let own: Vec<&str> = own.map(|resource| resource.name.as_str()).collect();
        let handles = mock.handles.iter().map(|handle| handle.name.text.as_str());
        mistake.headline = format!("no `handle` has named `{name}`");
        mistake.help = Some(match (diag::near_misses(&name, handles).first(), own.as_slice()) {
            (Some(near), _) => format!("did you mean `{near}`?"),
            (None, [only]) => format!("declare it in the mock: `handle {name} = {only};`"),
            (None, several) if several.contains(&name.as_str()) => {
                format!("declare it in the mock: `handle {name} = {name};`")
            }
            (None, several) => {
                format!("declare it in the mock: `handle {name} = ...;`, with one of `{}`", several.join("`, `"))
            }
        });
        mistake
    }

    fn text(&self, ty: &Type) -> String {
        ValueType { ty: ty.clone(), exports: Arc::clone(&self.names) }.text()
    }

    fn wrong_count(&self, file: &File, line: &syntax::Line, params: &[(&str, Type)]) -> Diagnostic {
        let signature: Vec<String> = params.iter().map(|(name, ty)| format!("{name}: {}", self.text(ty))).collect();
        let patterns = vec!["_"; params.len()].join(", ");
        let name = &line.function.text;
        let headline = match params.len() {
            0 => format!("`{name}` takes no argument, found {}", line.patterns.len()),
            1 => format!("`{name}` takes 1 argument, found {}", line.patterns.len()),
            several => format!("`{name}` takes {several} arguments, found {}", line.patterns.len()),
        };
        diag::error("test/mock", headline)
            .label(file.place(&line.brackets), format!("the parameters are ({})", signature.join(", ")))
            .help(format!("write `{name}({patterns})` for a call with any arguments"))
    }

    fn unsupported(&self, file: &File, line: &syntax::Line, ty: &Type) -> Diagnostic {
        let (name, ty) = (&line.function.text, self.text(ty));
        diag::error("unsupported/value", format!("`{name}` cannot be mocked: it has a `{ty}`"))
            .label(file.place(&line.function.span), "mocks take and give no streams, futures or error contexts")
            .help("satisfy the import with `withe plug`, and test the result")
    }

    fn no_answer(&self, file: &File, line: &syntax::Line, ty: &Type) -> Diagnostic {
        let name = &line.function.text;
        diag::error("test/mock", format!("`{name}` gives a value, which this line does not"))
            .label(file.place(&line.function.span), format!("its result is `{}`", self.text(ty)))
            .help(format!("write `-> {}` behind the arguments", crate::value::types::sample(ty)))
    }
}

/// Whether values of the type are streams, futures or error contexts, or hold some.
fn is_asynchronous(ty: &Type) -> bool {
    let optional = |ty: Option<Type>| ty.is_some_and(|ty| is_asynchronous(&ty));
    match ty {
        Type::Stream(_) | Type::Future(_) | Type::ErrorContext => true,
        Type::List(list) => is_asynchronous(&list.ty()),
        Type::FixedLengthList(list) => is_asynchronous(&list.ty()),
        Type::Map(map) => is_asynchronous(&map.value()),
        Type::Record(record) => record.fields().any(|field| is_asynchronous(&field.ty)),
        Type::Tuple(tuple) => tuple.types().any(|ty| is_asynchronous(&ty)),
        Type::Variant(variant) => variant.cases().any(|case| optional(case.ty)),
        Type::Option(option) => is_asynchronous(&option.ty()),
        Type::Result(result) => optional(result.ok()) || optional(result.err()),
        _ => false,
    }
}

fn no_result(file: &File, function: &Name, wave: &Wave) -> Diagnostic {
    diag::error("test/mock", format!("`{}` has no result", function.text))
        .label(file.place(&wave.span), "no value can be given")
        .help("leave out the answer")
}

fn unknown_interface(file: &File, mock: &Mock, loaded: &[Loaded]) -> Diagnostic {
    let known: Vec<&str> = loaded.iter().flat_map(|loaded| loaded.imports.all_interfaces()).collect();
    let Some(wanted) = &mock.interface else {
        return diag::error("test/mock", "no component imports a function without an interface")
            .label(file.place(&mock.span), "nothing to mock here")
            .help("name the interface: `mock \"local:store/kv\" { ... }`");
    };
    let found = diag::error("test/mock", format!("no component imports `{}`", wanted.text))
        .label(file.place(&wanted.span), "not found among the imports");
    match diag::near_misses(&wanted.text, known.iter().copied()).first() {
        Some(near) => found.help(format!("did you mean `{near}`?")),
        None if known.is_empty() => found.help("take the mock out: nothing is imported"),
        None => found.help(format!("mock one of `{}`", known.join("`, `"))),
    }
}

fn unknown_resource(file: &File, handle: &HandleDecl, targets: &[Target<'_>]) -> Diagnostic {
    let all = targets.iter().flat_map(|target| {
        let own = target.imports.resources.iter().filter(|one| one.interface.as_deref() == target.interface);
        own.map(|resource| resource.name.clone())
    });
    unknown(file, &handle.resource, "resource", &all.collect::<Vec<_>>())
}

fn unknown_function(file: &File, name: &Name, targets: &[Target<'_>]) -> Diagnostic {
    let all = targets.iter().flat_map(|target| target.imports.of(target.interface).map(|func| spelling(&func.name)));
    unknown(file, name, "function", &all.collect::<Vec<_>>())
}

fn unknown(file: &File, name: &Name, kind: &str, known: &[String]) -> Diagnostic {
    let found = diag::error("test/mock", format!("what is mocked has no {kind} `{}`", name.text))
        .label(file.place(&name.span), "not found among what is imported");
    match diag::near_misses(&name.text, known.iter().map(String::as_str)).first() {
        Some(near) => found.help(format!("did you mean `{near}`?")),
        None if known.is_empty() => found.help(format!("take it out: no {kind} is imported")),
        None => found.help(format!("the {kind}s are `{}`", known.join("`, `"))),
    }
}
