//! What changed of a function: parameters, result, `async`.
//!
//! Holds: names of parameters are part of the type, as the specification has it, so that a new name breaks as well.

use types::{FuncId, FuncType, Param};

use super::rules::Rule;
use super::value::Aligned;
use super::walk::{Step, Walk};

pub(super) fn compare(walk: &mut Walk<'_>, old: FuncId, new: FuncId) {
    let types = walk.types;
    let (old, new) = (types.func(old), types.func(new));
    if old.async_ != new.async_ {
        let words = |async_| if async_ { "async func" } else { "func" }.to_owned();
        let became = if new.async_ { "asynchronous" } else { "synchronous" };
        let headline = format!("{} became {became}", walk.here());
        walk.say(Rule::AsyncChanged, walk.view.both(), headline, Some(words(old.async_)), Some(words(new.async_)));
    }
    params(walk, old, new);
    result(walk, old, new);
}

fn params(walk: &mut Walk<'_>, old: &FuncType, new: &FuncType) {
    let names = |func: &FuncType| func.params.iter().map(|param| param.name.clone()).collect::<Vec<_>>();
    let same = |walk: &mut Walk<'_>, a: usize, b: usize| walk.is_equal(old.params[a].ty, new.params[b].ty);
    let aligned = Aligned::new(walk, &names(old), &names(new), same);
    let step = |param: &Param| Step::new("parameter", &param.name);
    for at in &aligned.removed {
        let param = &old.params[*at];
        walk.at(step(param), param.place.as_ref(), None, |walk| {
            let headline = format!("{} of {} was removed", walk.here(), walk.around());
            walk.say(Rule::ParamRemoved, walk.view.both(), headline, Some(words(walk, param)), None);
        });
    }
    for (a, b) in &aligned.renamed {
        let (a, b) = (&old.params[*a], &new.params[*b]);
        walk.at(step(a), a.place.as_ref(), b.place.as_ref(), |walk| {
            let headline = format!("{} of {} was renamed to `{}`", walk.here(), walk.around(), b.name);
            walk.say(Rule::ParamRenamed, walk.view.both(), headline, Some(words(walk, a)), Some(words(walk, b)));
        });
    }
    for (a, b) in &aligned.common {
        let (a, b) = (&old.params[*a], &new.params[*b]);
        walk.at(step(a), a.place.as_ref(), b.place.as_ref(), |walk| {
            if walk.differs(a.ty, b.ty) {
                let headline = format!("{} of {} has another type", walk.here(), walk.around());
                let (old, new) = walk.words(a.ty, b.ty);
                walk.say(Rule::ParamTypeChanged, walk.view.both(), headline, Some(old), Some(new));
            } else {
                walk.type_names(a.ty, b.ty);
            }
        });
    }
    for at in &aligned.added {
        let param = &new.params[*at];
        walk.at(step(param), None, param.place.as_ref(), |walk| {
            let headline = format!("{} was added to {}", walk.here(), walk.around());
            walk.say(Rule::ParamAdded, walk.view.both(), headline, None, Some(words(walk, param)));
        });
    }
    if aligned.is_reordered {
        let headline = format!("the parameters of {} have another order", walk.here());
        let list = |func| Some(names(func).join(", "));
        walk.say(Rule::ParamsReordered, walk.view.both(), headline, list(old), list(new));
    }
}

fn words(walk: &Walk<'_>, param: &Param) -> String {
    format!("{}: {}", param.name, types::wit_text(walk.types, param.ty))
}

fn result(walk: &mut Walk<'_>, old: &FuncType, new: &FuncType) {
    let (text, happened) = match (old.result, new.result) {
        (None, None) => return,
        (Some(a), Some(b)) if walk.differs(a, b) => {
            let (old, new) = walk.words(a, b);
            ((Some(old), Some(new)), "has another result")
        }
        (Some(a), Some(b)) => {
            return walk.at(Step::new("result", ""), None, None, |walk| walk.type_names(a, b));
        }
        (Some(a), None) => ((Some(types::wit_text(walk.types, a)), None), "has no result any more"),
        (None, Some(b)) => ((None, Some(types::wit_text(walk.types, b))), "has a result now"),
    };
    let headline = format!("{} {happened}", walk.here());
    walk.at(Step::new("result", ""), None, None, |walk| {
        walk.say(Rule::ResultChanged, walk.view.both(), headline, text.0, text.1);
    });
}
