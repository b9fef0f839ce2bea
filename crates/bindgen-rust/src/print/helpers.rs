//! Helper functions.
//!
//! In: a `Helper`. Out: its text.
//! Holds: a helper for a list works on pointer and length, every other one on its own form.

use abi::{CoreType, Layout};
use printer::{Doc, block, doc, lines};

use super::uses::{self, HELPER, Operand};
use crate::model::{Body, CaseUse, Helper, Op, PartUse, Passing, Use, core_type};

pub fn helper(helper: &Helper) -> Doc {
    let generics = if helper.lifetime { "<'a>" } else { "" };
    doc![
        "pub unsafe fn ",
        &helper.name,
        generics,
        Doc::list("(", params(helper), ")"),
        result(helper),
        " ",
        block(body(helper))
    ]
}

fn is_list(helper: &Helper) -> bool {
    helper.body.is_list()
}

fn params(helper: &Helper) -> Vec<String> {
    let mut params = match helper.op {
        Op::Load | Op::Free | Op::Check => vec!["at: *mut u8".to_owned()],
        Op::Lift if is_list(helper) => vec!["ptr: i32".to_owned(), "len: i32".to_owned()],
        Op::Lift => helper.flat.iter().enumerate().map(|(index, ty)| format!("c{index}: {}", core_type(*ty))).collect(),
        Op::Store(_) => vec![format!("value: {}", helper.ty), "at: *mut u8".to_owned()],
        Op::Lower(_) | Op::Give => vec![format!("value: {}", helper.ty)],
    };
    params.extend(helper.temps.then(|| "temps: &mut _rt::Temps".to_owned()));
    params.extend(helper.borrows.then(|| "borrows: &'a _rt::Borrows".to_owned()));
    params
}

fn result(helper: &Helper) -> String {
    match helper.op {
        Op::Load | Op::Lift => format!(" -> {}", helper.ty),
        Op::Store(_) | Op::Free | Op::Give | Op::Check => String::new(),
        Op::Lower(_) if is_list(helper) => " -> (i32, i32)".to_owned(),
        Op::Lower(_) => format!(" -> {}", tuple(&helper.flat.iter().map(|ty| core_type(*ty)).collect::<Vec<_>>())),
    }
}

/// `a`, `(a, b)`.
fn tuple(parts: &[impl AsRef<str>]) -> String {
    match parts {
        [one] => one.as_ref().to_owned(),
        parts => format!("({})", parts.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(", ")),
    }
}

fn body(helper: &Helper) -> Doc {
    match &helper.body {
        Body::Record { path, parts } => record(helper, path, parts),
        Body::Cases { cases, .. } => match_cases(helper, cases),
        Body::Enum(paths) => lift_enum(paths),
        Body::List { element, layout } => list(helper, *layout, &Elements::One(element)),
        Body::Checked { element } => lift_checked(element),
        Body::Map { key, value, layout, own } => list(helper, *layout, &Elements::Pair { key, value, own: *own }),
        Body::Array { element, len, stride } => array(helper, element, *len, *stride),
    }
}

fn is_owned(passing: Passing) -> bool {
    match passing {
        Passing::Owned => true,
        Passing::Ref | Passing::Arg | Passing::Deep | Passing::Kept => false,
    }
}

fn field(name: &str, passing: Passing) -> Operand {
    let place = format!("value.{name}");
    if is_owned(passing) { Operand::Value(place) } else { Operand::Place(place) }
}

fn record(helper: &Helper, path: &str, parts: &[PartUse]) -> Doc {
    match helper.op {
        Op::Load => {
            construct(path, parts, parts.iter().map(|part| uses::load(&part.codec, "at", part.offset, &HELPER)))
        }
        Op::Lift => {
            let lift = |part: &PartUse| uses::lift(&part.codec, &cores(part.flat.clone()), &HELPER);
            construct(path, parts, parts.iter().map(lift))
        }
        Op::Store(passing) => lines(parts.iter().map(|part| {
            let value = field(&part.name, passing);
            uses::store(&part.codec, &value, "at", part.offset, is_owned(passing), &HELPER) + ";"
        })),
        Op::Lower(passing) => {
            let parts = parts.iter().map(|part| (field(&part.name, passing), &part.codec, part.flat.clone()));
            lower_parts(parts.collect(), helper.flat.len(), is_owned(passing))
        }
        Op::Free => {
            lines(parts.iter().filter_map(|part| Some(uses::free(&part.codec, "at", part.offset, &HELPER)? + ";")))
        }
        Op::Give => {
            let give = |part: &PartUse| uses::give(&part.codec, &field(&part.name, Passing::Ref), &HELPER);
            lines(parts.iter().filter_map(|part| Some(give(part)? + ";")))
        }
        Op::Check => {
            lines(parts.iter().filter_map(|part| Some(uses::check(&part.codec, "at", part.offset, &HELPER)? + ";")))
        }
    }
}

fn cores(range: std::ops::Range<usize>) -> Vec<String> {
    range.map(|index| format!("c{index}")).collect()
}

fn construct(path: &str, parts: &[PartUse], values: impl Iterator<Item = String>) -> Doc {
    if path.is_empty() {
        let values: Vec<String> = values.collect();
        return match values.as_slice() {
            [one] => doc!["(", one, ",)"],
            _ => Doc::list("(", values, ")"),
        };
    }
    let fields = parts.iter().zip(values).map(|(part, value)| format!("{}: {value}", part.name));
    doc![path.to_owned(), " ", block(lines(fields.map(|field| field + ",")))]
}

/// Lowers parts one after the other and gives all their core values.
fn lower_parts(parts: Vec<(Operand, &Use, std::ops::Range<usize>)>, count: usize, owned: bool) -> Doc {
    if let [(value, codec, flat)] = parts.as_slice()
        && flat.len() == count
    {
        return Doc::from(uses::lower(codec, value, owned, &HELPER));
    }
    let mut out: Vec<Doc> = Vec::new();
    for (value, codec, flat) in parts {
        let names = tuple(&cores(flat));
        out.push(doc!["let ", names, " = ", uses::lower(codec, &value, owned, &HELPER), ";"]);
    }
    out.push(Doc::from(tuple(&cores(0..count))));
    lines(out)
}

fn match_cases(helper: &Helper, cases: &[CaseUse]) -> Doc {
    let Body::Cases { discriminant, payload_offset, .. } = &helper.body else {
        unreachable!("the caller has looked at the body")
    };
    let (discriminant, offset) = (*discriminant, *payload_offset);
    let numbered = || cases.iter().enumerate();
    match helper.op {
        Op::Load => {
            let arm = |(index, case): (usize, &CaseUse)| {
                let payload = case.payload.as_ref().map(|(codec, _)| uses::load(codec, "at", offset, &HELPER));
                doc![index, " => ", wrapped(case, payload), ","]
            };
            match_on(uses::read_discriminant("at", discriminant), numbered().map(arm), "_ => _rt::invalid(),")
        }
        Op::Lift => {
            let arm = |(index, case): (usize, &CaseUse)| {
                let payload = case.payload.as_ref().map(|(codec, casts)| uses::lift(codec, &slots(casts), &HELPER));
                doc![index, " => ", wrapped(case, payload), ","]
            };
            match_on("c0".to_owned(), numbered().map(arm), "_ => _rt::invalid(),")
        }
        Op::Store(passing) => {
            let arm = |(index, case): (usize, &CaseUse)| {
                let write = uses::write_discriminant("at", discriminant, index) + ";";
                let payload = case.payload.as_ref().map(|(codec, _)| {
                    uses::store(codec, &payload(passing), "at", offset, is_owned(passing), &HELPER) + ";"
                });
                doc![pattern(case), " => ", block(lines([Some(write), payload]))]
            };
            match_on("value".to_owned(), numbered().map(arm), "")
        }
        Op::Lower(passing) => {
            let arm = |(index, case): (usize, &CaseUse)| lower_case(helper, index, case, passing);
            match_on("value".to_owned(), numbered().map(arm), "")
        }
        Op::Free => {
            let free = |(index, case): (usize, &CaseUse)| {
                Some((index, uses::free(&case.payload.as_ref()?.0, "at", offset, &HELPER)?))
            };
            free_cases(uses::read_discriminant("at", discriminant), numbered().filter_map(free).collect())
        }
        Op::Give => {
            let arm = |(_, case): (usize, &CaseUse)| {
                let give = uses::give(&case.payload.as_ref()?.0, &payload(Passing::Ref), &HELPER)?;
                Some(doc![pattern(case), " => ", block(give + ";")])
            };
            let arms: Vec<Doc> = numbered().filter_map(arm).collect();
            let rest = if arms.len() == cases.len() { "" } else { "_ => {}" };
            match_on("value".to_owned(), arms.into_iter(), rest)
        }
        Op::Check => unreachable!("Rust keeps no cases as memory does"),
    }
}

fn free_cases(discriminant: String, cases: Vec<(usize, String)>) -> Doc {
    if let [(index, free)] = cases.as_slice() {
        return doc!["if ", discriminant, " == ", *index, " ", block(doc![free, ";"])];
    }
    match_on(discriminant, cases.into_iter().map(|(index, free)| doc![index, " => ", free, ","]), "_ => {}")
}

fn match_on(value: String, arms: impl Iterator<Item = Doc>, last: &'static str) -> Doc {
    let arms = lines(arms.chain(std::iter::once(Doc::from(last))));
    doc!["match ", value, " ", block(arms)]
}

fn payload(passing: Passing) -> Operand {
    let name = "payload".to_owned();
    if is_owned(passing) { Operand::Value(name) } else { Operand::Ref(name) }
}

fn pattern(case: &CaseUse) -> String {
    wrapped(case, case.payload.as_ref().map(|_| "payload".to_owned()))
}

/// A case with its payload; `Ok` and `Err` always carry one.
fn wrapped(case: &CaseUse, payload: Option<String>) -> String {
    match payload {
        Some(payload) => format!("{}({payload})", case.path),
        None if case.path == "Ok" || case.path == "Err" => format!("{}(())", case.path),
        None => case.path.clone(),
    }
}

fn slots(casts: &[abi::Cast]) -> Vec<String> {
    casts.iter().enumerate().map(|(index, cast)| uses::from_slot(*cast, &format!("c{}", index + 1))).collect()
}

fn lower_case(helper: &Helper, index: usize, case: &CaseUse, passing: Passing) -> Doc {
    let slots = &helper.flat[1..];
    let mut values = vec![index.to_string()];
    let mut first = None;
    if let Some((codec, casts)) = &case.payload {
        let names: Vec<String> = (0..casts.len()).map(|index| format!("p{index}")).collect();
        let lowered = uses::lower(codec, &payload(passing), is_owned(passing), &HELPER);
        first = Some(doc!["let ", tuple(&names), " = ", lowered, ";"]);
        values.extend(casts.iter().zip(&names).map(|(cast, name)| uses::into_slot(*cast, name)));
    }
    let rest = slots.iter().skip(values.len() - 1);
    values.extend(rest.map(|ty| zero(*ty).to_owned()));
    match first {
        None => doc![pattern(case), " => ", tuple(&values), ","],
        Some(first) => doc![pattern(case), " => ", block(lines([first, Doc::from(tuple(&values))]))],
    }
}

fn zero(ty: CoreType) -> &'static str {
    match ty {
        CoreType::I32 | CoreType::I64 => "0",
        CoreType::F32 | CoreType::F64 => "0.0",
    }
}

fn lift_enum(paths: &[String]) -> Doc {
    let arms = paths.iter().enumerate().map(|(index, path)| doc![index, " => ", path, ","]);
    match_on("c0".to_owned(), arms, "_ => _rt::invalid(),")
}

fn lift_checked(element: &Use) -> Doc {
    let check = uses::check(element, "at", 0, &HELPER).map(|check| check + ";");
    doc!["_rt::lift_checked(ptr, len, |at| ", block(lines([check])), ")"]
}

/// What stands in a list: elements, or pairs of a map.
enum Elements<'a> {
    One(&'a Use),
    Pair { key: &'a PartUse, value: &'a PartUse, own: bool },
}

fn list(helper: &Helper, layout: Layout, elements: &Elements<'_>) -> Doc {
    let Layout { size, align } = layout;
    match helper.op {
        Op::Load | Op::Lift => {
            let lift = |function: String| {
                doc!["_rt::", function, "ptr, len, ", size, ", ", align, ", |at| ", load_element(elements), ")"]
            };
            match elements {
                Elements::One(_) => lift("lift_list(".to_owned()),
                Elements::Pair { own: false, .. } => lift("lift_map(_rt::Map::new(), ".to_owned()),
                Elements::Pair { own: true, .. } => {
                    let map = format!("lift_map(<{}>::with_capacity(len as u32 as usize), ", helper.ty);
                    lines([Doc::from(WITH_CAPACITY), lift(map)])
                }
            }
        }
        Op::Store(passing) | Op::Lower(passing) => lower_list(elements, layout, passing),
        Op::Free => {
            doc!["_rt::free_elements(at, ", size, ", ", align, ", |at| ", block(free_element(elements)), ")"]
        }
        Op::Give => give_elements(elements),
        Op::Check => unreachable!("Rust keeps no list as memory does"),
    }
}

/// For types of maps that have no function of this name.
const WITH_CAPACITY: &str =
    "#[allow(unused_imports, reason = \"a type's own function comes first\")]\nuse _rt::WithCapacity as _;";

fn give_elements(elements: &Elements<'_>) -> Doc {
    let give = |codec: &Use, name: &str| Some(uses::give(codec, &Operand::Ref(name.to_owned()), &HELPER)? + ";");
    match elements {
        Elements::One(element) => doc!["for item in value.iter() ", block(lines([give(element, "item")]))],
        // No key of a map is a handle (Explainer.md, "Type definitions": `keytype`).
        Elements::Pair { value: payload, .. } => {
            doc!["for (_, value) in value.iter() ", block(lines([give(&payload.codec, "value")]))]
        }
    }
}

fn load_element(elements: &Elements<'_>) -> String {
    match elements {
        Elements::One(element) => uses::load(element, "at", 0, &HELPER),
        Elements::Pair { key, value, .. } => {
            let load = |part: &PartUse| uses::load(&part.codec, "at", part.offset, &HELPER);
            format!("({}, {})", load(key), load(value))
        }
    }
}

fn lower_list(elements: &Elements<'_>, layout: Layout, passing: Passing) -> Doc {
    let Layout { size, align } = layout;
    let owned = is_owned(passing);
    let operand = |name: &str| if owned { Operand::Value(name.to_owned()) } else { Operand::Ref(name.to_owned()) };
    let (pattern, body) = match elements {
        Elements::One(element) => {
            ("item", lines([uses::store(element, &operand("item"), "at", 0, owned, &HELPER) + ";"]))
        }
        Elements::Pair { key, value, .. } => {
            let store = |part: &PartUse, name: &str| {
                uses::store(&part.codec, &operand(name), "at", part.offset, owned, &HELPER) + ";"
            };
            ("(key, value)", lines([store(key, "key"), store(value, "value")]))
        }
    };
    if owned {
        doc!["_rt::lower_list(value.into_iter(), ", size, ", ", align, ", |", pattern, ", at| ", block(body), ")"]
    } else {
        let start = doc!["_rt::lower_list_ref(value.iter(), ", size, ", temps, "];
        let inner = if body.mentions("temps") { "temps" } else { "_" };
        doc![start, "|", pattern, ", at, ", inner, "| ", block(body), ")"]
    }
}

fn free_element(elements: &Elements<'_>) -> Doc {
    let free = |codec: &Use, offset| Some(uses::free(codec, "at", offset, &HELPER)? + ";");
    match elements {
        Elements::One(element) => lines([free(element, 0)]),
        Elements::Pair { key, value, .. } => lines([free(&key.codec, key.offset), free(&value.codec, value.offset)]),
    }
}

/// The address of an array's element.
fn step(stride: u64) -> String {
    if stride == 1 { "let at = at.add(index);".to_owned() } else { format!("let at = at.add(index * {stride});") }
}

fn array(helper: &Helper, element: &Use, len: u32, stride: u64) -> Doc {
    let item = |passing| {
        let name = "item".to_owned();
        if is_owned(passing) { Operand::Value(name) } else { Operand::Ref(name) }
    };
    match helper.op {
        Op::Load => {
            let load = uses::load(element, "at", 0, &HELPER);
            let at = step(stride);
            doc!["::core::array::from_fn(|index| ", block(lines([at, load])), ")"]
        }
        Op::Lift => {
            let width = element.cores();
            let count = helper.flat.len() / width.max(1);
            let lift = |index: usize| uses::lift(element, &cores(index * width..(index + 1) * width), &HELPER);
            Doc::list("[", (0..count).map(lift), "]")
        }
        Op::Store(passing) => {
            let each = if is_owned(passing) { "into_iter()" } else { "iter()" };
            let at = step(stride);
            let store = uses::store(element, &item(passing), "at", 0, is_owned(passing), &HELPER) + ";";
            doc!["for (index, item) in value.", each, ".enumerate() ", block(lines([at, store]))]
        }
        Op::Lower(passing) => {
            let width = element.cores();
            let count = helper.flat.len() / width.max(1);
            let names: Vec<String> = (0..count).map(|index| format!("item{index}")).collect();
            let operand = |name: &String| {
                if is_owned(passing) { Operand::Value(name.clone()) } else { Operand::Ref(name.clone()) }
            };
            let parts = names.iter().enumerate();
            let parts = parts.map(|(index, name)| (operand(name), element, index * width..(index + 1) * width));
            let destructure = doc!["let [", names.join(", "), "] = value;"];
            lines([destructure, lower_parts(parts.collect(), helper.flat.len(), is_owned(passing))])
        }
        Op::Give => {
            let give = uses::give(element, &Operand::Ref("item".to_owned()), &HELPER).map(|give| give + ";");
            doc!["for item in value.iter() ", block(lines([give]))]
        }
        Op::Free => each(uses::free(element, "at", 0, &HELPER), len, stride),
        Op::Check => each(uses::check(element, "at", 0, &HELPER), len, stride),
    }
}

/// A statement on each element of an array in memory.
fn each(statement: Option<String>, len: u32, stride: u64) -> Doc {
    let Some(statement) = statement else { return Doc::default() };
    let at = step(stride);
    doc!["for index in 0..", len, " ", block(lines([at, statement + ";"]))]
}
