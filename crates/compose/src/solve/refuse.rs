//! What keeps chosen instances from being put in order.
//!
//! In: the choices. Out: the order; or each circle, and each component of which nothing is used.
//! Holds: what only the user's choices leave without a use is no mistake: it is left out of the order, with a warning.

use std::collections::HashSet;

use diag::{Diagnostic, Place};
use types::{ExternName, ItemKind, Types};

use super::choose::{Choice, Choices, Taken};
use super::{IMPORT, Member, Reason, order};
use crate::offers::{Almost, Why, are_near, fitting, mismatches};
use crate::part::Part;
use crate::report;
use crate::wiring::all_well;

/// Names that are compared for likeness, of each side, for one component.
const MOST_COMPARED: usize = 100;

/// The members in the order of the result.
pub(super) struct Order {
    pub members: Vec<usize>,
    /// A warning for each member that the user's choices leave without a use.
    pub left_out: Vec<Diagnostic>,
}

/// The members in the order of the result.
///
/// # Errors
/// `compose/cycle`, `compose/unused-component`. Of unused components nothing is said where a choice of the user does
/// not fit, which is told when the graph is built.
pub(super) fn order(types: &Types, members: &[Member<'_>], choices: &Choices) -> diag::Result<Order> {
    let needs: Vec<Vec<usize>> = choices.of.iter().map(|of| taken(of).map(|(_, taken)| taken.by).collect()).collect();
    let (mut order, mut problems) = match order::order(&needs) {
        Ok(order) => (order, Vec::new()),
        Err(circles) => {
            (Vec::new(), circles.iter().map(|circle| self::circle(types, members, choices, &needs, circle)).collect())
        }
    };
    let reached = order::reached(&needs);
    let mut left_out = Vec::new();
    if reached.contains(&false) && !is_wired_wrongly(types, members, choices) {
        let unused = Unused { types, members, choices, users: users(&needs) };
        let excused = unused.by_the_user(&reached, &needs);
        for at in (0..members.len()).filter(|at| !reached[*at]) {
            match &excused[at] {
                Some(warning) => left_out.push(warning.clone()),
                None => problems.push(unused.report(at)),
            }
        }
        order.retain(|at| reached[*at]);
    }
    all_well(problems)?;
    Ok(Order { members: order, left_out })
}

/// Whether a choice of the user gives an import what does not fit it.
fn is_wired_wrongly(types: &Types, members: &[Member<'_>], choices: &Choices) -> bool {
    choices.of.iter().zip(members).any(|(of, member)| {
        taken(of).filter(|(_, taken)| taken.why == Reason::Wire).any(|(import, taken)| {
            let offered = &members[taken.by].part.ty.exports[&taken.export];
            !mismatches(types, offered, &member.part.ty.imports[import]).is_empty()
        })
    })
}

fn taken<'c>(
    of: impl IntoIterator<Item = (&'c ExternName, &'c Choice)>,
) -> impl Iterator<Item = (&'c ExternName, &'c Taken)> {
    of.into_iter().filter_map(|(import, choice)| match choice {
        Choice::Take(taken) => Some((import, &**taken)),
        Choice::Open => None,
    })
}

/// By member: who takes from it.
fn users(needs: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut users: Vec<Vec<usize>> = vec![Vec::new(); needs.len()];
    for (user, needs) in needs.iter().enumerate() {
        for need in needs {
            users[*need].push(user);
        }
    }
    users
}

/// All of a circle: who takes what from whom, in order.
fn circle(
    types: &Types,
    members: &[Member<'_>],
    choices: &Choices,
    needs: &[Vec<usize>],
    circle: &[usize],
) -> Diagnostic {
    let name = |at: usize| format!("`{}`", members[at].name);
    let mut headline = circle.iter().take(report::MOST_NAMED).map(|at| name(*at)).collect::<Vec<_>>().join(" needs ");
    if circle.len() > report::MOST_NAMED {
        headline.push_str(&format!(" needs {} more, of which the last", circle.len() - report::MOST_NAMED));
    }
    let headline = format!("components need one another in a circle: {headline} needs {}", name(circle[0]));
    let mut error = diag::error("compose/cycle", headline);
    let mut of_types_alone: Option<(usize, &ExternName)> = None;
    let mut first: Option<(usize, &ExternName)> = None;
    let mut elsewhere: Option<String> = None;
    for (place, &at) in circle.iter().enumerate() {
        let next = circle[(place + 1) % circle.len()];
        let edges: Vec<&ExternName> =
            taken(&choices.of[at]).filter(|(_, taken)| taken.by == next).map(|(import, _)| import).collect();
        for import in &edges {
            let part = &members[at].part;
            error = error.label(part.import_place(import), format!("{} takes it from {}", name(at), name(next)));
            first = first.or(Some((at, import)));
        }
        if let [only] = edges.as_slice()
            && elsewhere.is_none()
        {
            elsewhere = outside(types, members, choices, needs, circle, (at, only))
                .map(|by| format!("`--wire {}#{only}={}`", members[at].name, members[by].name));
        }
        if let [only] = edges.as_slice()
            && is_types_alone(types, &members[at].part, only)
        {
            of_types_alone = of_types_alone.or(Some((at, only)));
        }
    }
    let leave_open = |(at, import): (usize, &ExternName)| format!("`--wire {}#{import}={IMPORT}`", members[at].name);
    if let Some(flag) = elsewhere {
        return error.help(format!("take one of them from elsewhere with {flag}"));
    }
    match (of_types_alone, first) {
        (Some(edge), _) => error.help(format!(
            "only types of `{}` are used there: move them into an interface that no component of the circle \
             implements, or leave it open with {}",
            edge.1,
            leave_open(edge)
        )),
        (None, Some(edge)) => error.help(format!("leave one of them open, as with {}", leave_open(edge))),
        (None, None) => error,
    }
}

/// Providers that are tried for one import.
const MOST_TRIED: usize = 8;

/// Another component that could give an import, and takes nothing from the circle.
fn outside(
    types: &Types,
    members: &[Member<'_>],
    choices: &Choices,
    needs: &[Vec<usize>],
    circle: &[usize],
    (at, import): (usize, &ExternName),
) -> Option<usize> {
    let family = choices.offers.family(import)?;
    let wanted = &members[at].part.ty.imports[import];
    let is_apart = |by: &usize| {
        let reached = order::reached_from(needs, *by);
        circle.iter().all(|member| !reached[*member])
    };
    let mut fits = family.all.iter().copied().filter(|by| *by != 0 && !circle.contains(by)).take(MOST_TRIED);
    fits.find(|by| fitting(types, &members[*by].part, import, wanted).is_some() && is_apart(by))
}

/// Whether an import is an interface of types alone. A resource is more than a type: it has an owner.
fn is_types_alone(types: &Types, part: &Part<'_>, import: &ExternName) -> bool {
    let Some(interface) = part.ty.imports[import].kind.instance() else { return false };
    types.instance(interface).exports.values().all(|item| matches!(item.kind, ItemKind::Type(_)))
}

/// Members that the first one does not reach.
struct Unused<'u, 'a> {
    types: &'u Types,
    members: &'u [Member<'a>],
    choices: &'u Choices,
    users: Vec<Vec<usize>>,
}

impl Unused<'_, '_> {
    /// By member: a warning, if a choice of the user alone leaves it without a use. What only such members take from
    /// is without a use for the same reason.
    fn by_the_user(&self, reached: &[bool], needs: &[Vec<usize>]) -> Vec<Option<Diagnostic>> {
        let mut warnings: Vec<Option<Diagnostic>> = vec![None; self.members.len()];
        let mut open = Vec::new();
        for &(consumer, ref import) in &self.choices.wired {
            let wanted = &self.members[consumer].part.ty.imports[import];
            let family = self.choices.offers.family(import).map_or(&[][..], |family| &family.all);
            for &at in family.iter().filter(|at| **at != consumer && !reached[**at]) {
                let export = fitting(self.types, &self.members[at].part, import, wanted);
                if let (None, Some(export)) = (&warnings[at], export) {
                    warnings[at] = Some(self.wired_past(at, export, consumer, import));
                    open.push(at);
                }
            }
        }
        while let Some(user) = open.pop() {
            for &at in needs[user].iter().filter(|at| !reached[**at]) {
                if warnings[at].is_none() {
                    warnings[at] = Some(self.used_by_unused(diag::warning, at, user));
                    open.push(at);
                }
            }
        }
        warnings
    }

    /// An export fits an import for which the user chose otherwise.
    fn wired_past(&self, at: usize, export: &ExternName, consumer: usize, import: &ExternName) -> Diagnostic {
        let Member { part, name } = &self.members[at];
        let consumer_name = &self.members[consumer].name;
        let (headline, why) = match &self.choices.of[consumer][import] {
            Choice::Take(taken) => {
                let other = &self.members[taken.by].name;
                let headline = format!(
                    "nothing of `{name}` is used: `--wire` gives `{consumer_name}` its `{import}` from `{other}`"
                );
                (headline, format!("fits `{import}`, which is taken from `{other}`"))
            }
            Choice::Open => {
                let headline =
                    format!("nothing of `{name}` is used: `--wire` leaves `{import}` of `{consumer_name}` open");
                (headline, format!("fits `{import}`, which is left open by `--wire`"))
            }
        };
        diag::warning("compose/unused-component", headline)
            .label(part.export_place(export), why)
            .help(format!("leave `{}` out", part.file))
    }

    /// Only what is not used itself takes from it.
    fn used_by_unused(&self, make: fn(&'static str, String) -> Diagnostic, at: usize, user: usize) -> Diagnostic {
        let Member { part, name } = &self.members[at];
        let user = &self.members[user].name;
        let headline = format!("nothing of `{name}` is used but by `{user}`, of which nothing is used");
        make("compose/unused-component", headline)
            .label(Place::file(&part.file), format!("exports {}", report::list(part.ty.exports.keys())))
            .help(format!("leave `{}` out", part.file))
    }

    fn report(&self, at: usize) -> Diagnostic {
        if let Some(user) = self.users[at].iter().find(|user| **user != at) {
            return self.used_by_unused(diag::error, at, *user);
        }
        self.taken_from_others(at).unwrap_or_else(|| self.fits_nothing(at))
    }

    /// An export that is wanted, and taken from another component.
    fn taken_from_others(&self, at: usize) -> Option<Diagnostic> {
        let Member { part, name } = &self.members[at];
        let export = |name: &ExternName| (name.clone(), at);
        let offered: HashSet<(ExternName, usize)> = part.ty.exports.keys().map(export).collect();
        let passed = self.choices.passed.iter().find_map(|passed| {
            let (_, export) = passed.others.iter().find(|(by, export)| offered.contains(&(export.clone(), *by)))?;
            Some((passed.consumer, &passed.import, export))
        });
        let of_family = || {
            let mut exports = part.ty.exports.keys();
            exports.find_map(|export| {
                let family = self.choices.offers.family(export)?;
                let mut others = family.ends.iter().chain(&family.middles);
                let other = others.find(|other| **other != at && !self.users[**other].is_empty())?;
                let consumer = *self.users[*other].first()?;
                let mut imports = taken(&self.choices.of[consumer]);
                let (import, _) = imports.find(|(import, taken)| {
                    taken.by == *other && self.choices.offers.family(import).is_some_and(|of| std::ptr::eq(of, family))
                })?;
                let wanted = &self.members[consumer].part.ty.imports[import];
                Some((consumer, import, fitting(self.types, part, import, wanted)?))
            })
        };
        let (consumer, import, export) = passed.or_else(of_family)?;
        let Choice::Take(taken) = &self.choices.of[consumer][import] else { return None };
        let (consumer, other) = (&self.members[consumer], &self.members[taken.by]);
        let headline =
            format!("nothing of `{name}` is used: `{}` takes `{import}` from `{}`", consumer.name, other.name);
        let flag = format!("`--wire {}#{import}={name}`", consumer.name);
        Some(
            diag::error("compose/unused-component", headline)
                .label(part.export_place(export), "fits, but is taken from another component")
                .label(other.part.export_place(&taken.export), "taken from here")
                .help(format!("take it with {flag}, or leave `{}` out", part.file)),
        )
    }

    fn fits_nothing(&self, at: usize) -> Diagnostic {
        let Member { part, name } = &self.members[at];
        let near = self.near(at);
        let differs = near.first().is_some_and(|(_, almost)| matches!(almost.why, Why::Type(_)));
        let why = if differs { "fits an import of" } else { "is imported by" };
        let headline = format!("nothing of `{name}` is used: none of its exports {why} another component");
        let error = diag::error("compose/unused-component", headline);
        let error = near.iter().fold(error, |error, (_, almost)| almost.labels(error, part));
        let error = near.iter().take(1).fold(error, |error, (importer, almost)| {
            error.label(self.members[*importer].part.import_place(&almost.import), "imported here")
        });
        let error = error.label(Place::file(&part.file), format!("exports {}", report::list(part.ty.exports.keys())));
        match near.first() {
            Some((_, almost)) => error.help(almost.help(part)),
            None if self.takes_from_first(at) => {
                error.help(format!("it takes from `{}`: name it first", self.members[0].name))
            }
            None => error.help(format!("leave `{}` out", part.file)),
        }
    }

    fn takes_from_first(&self, at: usize) -> bool {
        taken(&self.choices.of[at]).any(|(_, taken)| taken.by == 0)
    }

    /// Exports that nearly fit an import that stays open, with who imports it.
    fn near(&self, at: usize) -> Vec<(usize, Almost)> {
        let by_type = self.choices.almost.iter().enumerate().flat_map(|(importer, almost)| {
            almost.iter().filter(|almost| almost.by == at).map(move |almost| (importer, almost.clone()))
        });
        let near: Vec<(usize, Almost)> = by_type.take(report::MOST_NAMED).collect();
        if !near.is_empty() {
            return near;
        }
        let open = self.choices.of.iter().enumerate().filter(|(importer, _)| *importer != at);
        let open = open.flat_map(|(importer, choices)| {
            choices.iter().filter(|(_, choice)| matches!(choice, Choice::Open)).map(move |(name, _)| (importer, name))
        });
        let open: Vec<(usize, &ExternName)> = open.take(MOST_COMPARED).collect();
        let pairs = self.members[at].part.ty.exports.keys().take(MOST_COMPARED).flat_map(|export| {
            open.iter()
                .filter(|(_, import)| are_near(export, import))
                .map(move |(importer, import)| (*importer, *import, export))
        });
        let almost = |(importer, import, export): (usize, &ExternName, &ExternName)| {
            (importer, Almost { import: import.clone(), by: at, export: export.clone(), why: Why::Name })
        };
        pairs.map(almost).take(report::MOST_NAMED).collect()
    }
}
