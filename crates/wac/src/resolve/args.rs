//! Instantiation: which import of a component is given what.
//!
//! In: a `new` expression. Out: an instance of the wiring.
//! Holds: arguments by name come first, then spread ones in their order; everything that is wrong with the arguments of
//! one instantiation is told; types are compared by structure, each argument alone.
//!
//! Specification: WAC, "New Expressions".

use compose::{Arg as Given, Part, Source, Wanted};
use diag::Place;
use indexmap::IndexMap;
use types::equal::Bindings;
use types::subtype::{Options, interface_of};
use types::{Decl, ExternName, InstanceType, Item, ItemKind, Owner};

use super::scope::{AtHand, Value};
use super::{Resolver, expr, infer, report};
use crate::syntax::tree::{self, Arg, Name, NamedArg, New, Span, SpreadArg};

/// The arguments of one instantiation so far.
#[derive(Debug, Default)]
struct Args {
    /// By import; nothing stands for a value that is at fault.
    given: IndexMap<ExternName, (Option<AtHand>, Span)>,
    /// Where the imports that are left are said to stay open.
    fill: Option<Span>,
    /// Whether something unknown may fill further imports.
    is_partly_unknown: bool,
}

impl<'a> Resolver<'_, 'a> {
    pub(super) fn new_instance(&mut self, new: &New, name: Option<&Name>) -> Value {
        let part = if self.is_own(&new.package) {
            let problem = report::self_instantiation(&new.package.to_string(), self.place(new.package.span()));
            self.problem(problem);
            None
        } else {
            self.component(&new.package)
        };
        let Some(part) = part else {
            self.arguments_of_nothing(&new.args);
            return Value::Unknown;
        };
        let imports = part.ty.imports.clone();
        let mut args = Args::default();
        for (at, arg) in new.args.iter().enumerate() {
            match arg {
                Arg::Inferred(id) => self.inferred(&part, &mut args, id),
                Arg::Named(arg) => self.named_arg(&part, &mut args, arg),
                // What is spread is looked at when everything else is given.
                Arg::Spread(_) => {}
                Arg::Fill(span) => {
                    args.fill = Some(*span);
                    if at + 1 != new.args.len() {
                        let problem = report::fill_not_last(self.place(*span));
                        self.problem(problem);
                    }
                }
            }
        }
        for arg in &new.args {
            if let Arg::Spread(arg) = arg {
                self.spread(&imports, &mut args, arg);
            }
        }
        self.check_complete(&part, new, &args);
        self.check_types(&part, &args);
        self.instantiated(part, new, args, name)
    }

    /// The arguments of something unknown: what is wrong with them themselves.
    fn arguments_of_nothing(&mut self, args: &[Arg]) {
        for arg in args {
            match arg {
                Arg::Inferred(id) => {
                    self.local(id);
                }
                Arg::Named(arg) => {
                    self.expr(&arg.value, None);
                }
                Arg::Spread(arg) => {
                    self.expr(&arg.value, None);
                }
                Arg::Fill(_) => {}
            }
        }
    }

    fn inferred(&mut self, part: &Part<'a>, args: &mut Args, id: &Name) {
        let value = self.local(id);
        let imports = &part.ty.imports;
        let name = self.inferred_name(imports, id, &value);
        if name.is_none() && matches!(value, Value::Unknown) {
            args.is_partly_unknown = true;
            return;
        }
        let value = self.argument(value, id.span);
        match name {
            Some(name) => self.give(args, name, value, id.span),
            None => {
                let better = value.and_then(|value| self.instead_of_whole(part, args, &value, id));
                self.no_import(part, &tree::ExternName::Id(id.clone()), args, better);
            }
        }
    }

    /// What to write where a whole instance is given that has exports for imports of the part.
    fn instead_of_whole(&self, part: &Part<'a>, args: &Args, value: &AtHand, id: &Name) -> Option<String> {
        let exports = &self.types.instance(value.item.kind.instance()?).exports;
        let open = part.ty.imports.keys().filter(|name| !args.given.contains_key(*name));
        let found: Vec<_> = open.filter_map(|name| Some((name, infer::by_name(exports, name)?.0))).collect();
        let (first, export) = found.first()?;
        Some(report::give_an_export(&id.text, first, export, infer::by_id(exports, last_word(export)).is_some()))
    }

    /// The import that an argument without a name is for.
    fn inferred_name(&self, imports: &IndexMap<ExternName, Item>, id: &Name, value: &Value) -> Option<ExternName> {
        if let Value::Item(at_hand) = value {
            let interface = at_hand.item.kind.instance().and_then(|id| self.types.instance(id).id.clone());
            let by_interface =
                interface.and_then(|name| infer::by_name(imports, &ExternName::Interface(name)).map(|(name, _)| name));
            let by_name = || at_hand.name.as_ref().and_then(|name| infer::by_name(imports, name).map(|(name, _)| name));
            if let Some(name) = by_interface.or_else(by_name) {
                return Some(name.clone());
            }
        }
        infer::by_id(imports, &id.text).map(|(name, _)| name.clone())
    }

    fn named_arg(&mut self, part: &Part<'a>, args: &mut Args, arg: &NamedArg) {
        let value = self.expr(&arg.value, None);
        let value = self.argument(value, arg.value.span);
        let imports = &part.ty.imports;
        let found = match &arg.name {
            tree::ExternName::Id(id) => infer::by_id(imports, &id.text),
            tree::ExternName::Text(text) => {
                ExternName::parse(&text.text).and_then(|name| infer::by_name(imports, &name))
            }
        };
        match found.map(|(name, _)| name.clone()) {
            Some(name) => self.give(args, name, value, arg.name.span()),
            None => self.no_import(part, &arg.name, args, None),
        }
    }

    fn no_import(&mut self, part: &Part<'a>, name: &tree::ExternName, args: &mut Args, better: Option<String>) {
        // It may be meant for any import, so none is told to be missing.
        args.is_partly_unknown = true;
        let problem = report::unknown_argument(part, name, self.place(name.span()));
        self.problem(match better {
            Some(better) => problem.help(better),
            None => problem,
        });
    }

    /// What can be an argument. `None` if it cannot, which is told.
    fn argument(&mut self, value: Value, span: Span) -> Option<AtHand> {
        match value {
            Value::Unknown => None,
            Value::Item(at_hand) => Some(*at_hand),
            other @ (Value::Func(_) | Value::Interface(_) | Value::World(_) | Value::Type(_) | Value::Resource(_)) => {
                let words = other.words(self.types);
                let problem = report::not_a_value(&self.written(span), self.place(span), &words);
                self.problem(problem);
                None
            }
        }
    }

    fn give(&mut self, args: &mut Args, name: ExternName, value: Option<AtHand>, span: Span) {
        if let Some((_, first)) = args.given.get(&name) {
            let first = self.place(*first);
            let problem = report::duplicate_argument(&name, self.place(span), first);
            return self.problem(problem);
        }
        args.given.insert(name, (value, span));
    }

    fn spread(&mut self, imports: &IndexMap<ExternName, Item>, args: &mut Args, arg: &SpreadArg) {
        let value = self.expr(&arg.value, None);
        let span = arg.value.span;
        let Some(instance) = self.instance(value, span) else {
            args.is_partly_unknown = true;
            return;
        };
        let ItemKind::Instance(id) = instance.item.kind else { return };
        let exports = &self.types.instance(id).exports;
        let open = imports.keys().filter(|name| !args.given.contains_key(*name));
        let found = open.filter_map(|name| Some((name.clone(), infer::by_name(exports, name)?)));
        let found: Vec<_> =
            found.map(|(name, (export, item))| (name, expr::export_of(&instance, export, item))).collect();
        if found.is_empty() {
            let problem = report::spread_without_match(imports, exports, &args.given, self.place(span));
            return self.problem(problem);
        }
        args.given.extend(found.into_iter().map(|(name, value)| (name, (Some(value), span))));
    }

    /// Tells which imports are given nothing, unless they are said to stay open.
    fn check_complete(&mut self, part: &Part<'a>, new: &New, args: &Args) {
        let imports = &part.ty.imports;
        let is_left = |name: &ExternName, item: &Item| {
            // A type is another name for one of an interface that is given, or says itself what it is.
            let is_type = matches!(item.kind, ItemKind::Type(_));
            let given_with = || interface_of(self.types, imports, item).filter(|of| args.given.contains_key(of));
            !args.given.contains_key(name) && !is_type && given_with().is_none()
        };
        let left: Vec<&ExternName> =
            imports.iter().filter(|(name, item)| is_left(name, item)).map(|(n, _)| n).collect();
        if let Some(span) = args.fill {
            self.left_open.extend(left.into_iter().map(|name| (name.clone(), span)));
            return;
        }
        if left.is_empty() || args.is_partly_unknown {
            return;
        }
        let problem = report::missing_arguments(part, &new.package.to_string(), &left, self.place(new.package.span()));
        self.problem(problem);
    }

    fn check_types(&mut self, part: &Part<'a>, args: &Args) {
        for (name, (value, span)) in &args.given {
            let Some(value) = value else { continue };
            let wanted = &part.ty.imports[name];
            let mut found =
                types::mismatches(self.types, &value.item, wanted, &mut Bindings::new(), Options::default());
            // Two resources of one argument are two whatever else is given; of others, it depends on the other arguments.
            let own = value.item.kind.instance().map(Owner::Instance);
            let is_own = |id| Some(self.types.resource(id).owner) == own;
            found.retain(|mismatch| mismatch.resources.is_none_or(|two| is_own(two.expected) && is_own(two.found)));
            if !found.is_empty() {
                let problem = report::argument_type(part, name, value, self.place(*span), &found);
                self.problem(problem);
            }
        }
    }

    fn instantiated(&mut self, part: Part<'a>, new: &New, args: Args, name: Option<&Name>) -> Value {
        let given = args.given.into_iter().filter_map(|(name, (value, span))| {
            Some((name, Given { source: value?.source, place: Some(self.place(span)) }))
        });
        let wanted = Wanted {
            part: part.clone(),
            args: given.collect(),
            name: name.map(|name| name.text.clone()),
            place: Some(self.place(new.package.span())),
        };
        let source = Source::Instance(self.wiring.instance(wanted));
        let instance = InstanceType { id: None, exports: part.ty.exports, decl: Decl::default() };
        let item = Item { kind: ItemKind::Instance(self.types.add_instance(instance)), decl: Decl::default() };
        AtHand { source, item, name: None, place: Place::file(part.file) }.into()
    }
}

/// The id by which a script may name an item: of an interface its last word.
fn last_word(name: &ExternName) -> &str {
    match name {
        ExternName::Interface(name) => &name.interface,
        ExternName::Label(name) => name,
        ExternName::Constructor(_) | ExternName::Method(..) | ExternName::Static(..) | ExternName::Accessor(_) => "",
    }
}
