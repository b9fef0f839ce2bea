//! Harm done to wasm where it tells: in counts, sections, names, types and metadata.
//!
//! In: a module or component, others to take pieces from, a `Random`. Out: a binary that is damaged, or that is valid
//! and means something else.
//! Holds: nothing is validated here; what cannot be taken apart is harmed byte by byte.
//!
//! `parts` takes binaries apart, `names` has the words that encoders give a meaning.

#![expect(clippy::ptr_arg, reason = "all harms have one type, and some take sections away")]

mod names;
mod parts;

use crate::seeds::Random;
pub use names::changed_name;
use parts::{Export, FuncType, Import, Section};

/// Sections of a core module.
const CUSTOM: u8 = 0;
const TYPES: u8 = 1;
const IMPORTS: u8 = 2;
const EXPORTS: u8 = 7;

/// One way to harm the sections of a binary; others of its kind lend pieces.
type Harm = fn(&mut Random, &mut Vec<Section>, &[Vec<u8>]);

/// Those that stand twice are taken twice as often: they leave most modules valid.
const HARMS: &[Harm] = &[
    flip,
    flip,
    count,
    number,
    double,
    remove,
    swap,
    cut,
    take_over,
    custom_name,
    metadata,
    metadata,
    splice,
    import_names,
    import_names,
    import_types,
    export_names,
    export_names,
    export_items,
    func_types,
];

/// `bytes` with one to three harms. The same `Random` gives the same harms.
pub fn harmed(random: &mut Random, bytes: &[u8], others: &[Vec<u8>]) -> Vec<u8> {
    let Some(mut sections) = parts::split(bytes) else { return random.mutate(bytes) };
    if random.below(16) == 0 {
        return random.mutate(bytes);
    }
    for _ in 0..=random.below(3) {
        let harm: Harm = *random.pick(HARMS);
        harm(random, &mut sections, others);
    }
    parts::join(&bytes[..parts::HEADER], &sections)
}

/// Bytes of one section changed; its length stays right, so the rest of the binary is still found.
fn flip(random: &mut Random, sections: &mut Vec<Section>, _: &[Vec<u8>]) {
    if let Some(section) = one(random, sections) {
        section.body = random.mutate(&section.body);
    }
}

/// The count that a section starts with, replaced.
fn count(random: &mut Random, sections: &mut Vec<Section>, _: &[Vec<u8>]) {
    let Some(section) = one(random, sections) else { return };
    let Some((_, length)) = parts::number(&section.body) else { return };
    section.body.splice(..length, claimed(random));
}

/// A number anywhere in a section, replaced.
fn number(random: &mut Random, sections: &mut Vec<Section>, _: &[Vec<u8>]) {
    let Some(section) = one(random, sections).filter(|section| !section.body.is_empty()) else { return };
    let at = random.below(section.body.len());
    let length = parts::number(&section.body[at..]).map_or(1, |(_, length)| length);
    section.body.splice(at..at + length, claimed(random));
}

/// A number as a hostile writer would put it: small, at a limit, enormous, longer than needed, or cut short.
fn claimed(random: &mut Random) -> Vec<u8> {
    let limits = [0, 1, 2, 127, 128, 1_000, 16_384, 50_000, 100_001, 1_000_000, 1 << 28, 1 << 31, u32::MAX];
    match random.below(8) {
        0 => vec![0x80, 0x80, 0x80, 0x80, 0x00],
        1 => vec![0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
        2 => vec![0x80],
        _ => parts::leb(*random.pick(&limits)),
    }
}

fn double(random: &mut Random, sections: &mut Vec<Section>, _: &[Vec<u8>]) {
    if let Some(section) = one(random, sections).cloned() {
        let at = random.below(sections.len() + 1);
        sections.insert(at, section);
    }
}

fn remove(random: &mut Random, sections: &mut Vec<Section>, _: &[Vec<u8>]) {
    if !sections.is_empty() {
        sections.remove(random.below(sections.len()));
    }
}

fn swap(random: &mut Random, sections: &mut Vec<Section>, _: &[Vec<u8>]) {
    if !sections.is_empty() {
        let (a, b) = (random.below(sections.len()), random.below(sections.len()));
        sections.swap(a, b);
    }
}

/// A section that ends early, and says so.
fn cut(random: &mut Random, sections: &mut Vec<Section>, _: &[Vec<u8>]) {
    if let Some(section) = one(random, sections) {
        section.body.truncate(random.below(section.body.len() + 1));
    }
}

/// A section of another binary, in the place of the one of its kind or anywhere.
fn take_over(random: &mut Random, sections: &mut Vec<Section>, others: &[Vec<u8>]) {
    let Some(section) = lent(random, others, |_| true) else { return };
    match sections.iter().position(|own| own.id == section.id) {
        Some(at) if random.below(4) != 0 => sections[at] = section,
        Some(_) | None => sections.insert(random.below(sections.len() + 1), section),
    }
}

/// The metadata of another module, beside what is there or in its place.
fn splice(random: &mut Random, sections: &mut Vec<Section>, others: &[Vec<u8>]) {
    let Some(section) = lent(random, others, is_metadata) else { return };
    match sections.iter().position(is_metadata) {
        Some(at) if random.below(2) == 0 => sections[at] = section,
        Some(_) | None => sections.push(section),
    }
}

fn lent(random: &mut Random, others: &[Vec<u8>], wanted: impl Fn(&Section) -> bool) -> Option<Section> {
    let other = parts::split(others.get(random.below(others.len().max(1)))?)?;
    let fitting: Vec<Section> = other.into_iter().filter(wanted).collect();
    (!fitting.is_empty()).then(|| random.pick(&fitting).clone())
}

fn is_metadata(section: &Section) -> bool {
    section.custom().is_some_and(|(name, _)| name.starts_with(b"component-type"))
}

fn custom_name(random: &mut Random, sections: &mut Vec<Section>, _: &[Vec<u8>]) {
    let names = [
        "component-type",
        "component-type:x",
        "component-typ",
        "producers",
        "name",
        "dylink.0",
        "component-name",
        "target_features",
        ".debug_info",
        "linking",
        "reloc.CODE",
        "",
        "\u{1b}[31m",
        "component-type\n",
    ];
    let mut customs: Vec<&mut Section> = sections.iter_mut().filter(|section| section.id == CUSTOM).collect();
    if customs.is_empty() {
        return;
    }
    let at = random.below(customs.len());
    let data = customs[at].custom().map(|(_, data)| data.to_vec());
    customs[at].body = parts::custom(random.pick(&names).as_bytes(), &data.unwrap_or_default());
}

/// The world inside the metadata: its sections, its letters, its types.
fn metadata(random: &mut Random, sections: &mut Vec<Section>, _: &[Vec<u8>]) {
    let mut found: Vec<&mut Section> = sections.iter_mut().filter(|section| is_metadata(section)).collect();
    if found.is_empty() {
        return;
    }
    let at = random.below(found.len());
    let section = &mut found[at];
    let Some((name, data)) = section.custom() else { return };
    let data = match random.below(6) {
        0 => random.mutate(data),
        1 => harmed(random, data, &[]),
        2 | 3 => world_types(random, data),
        _ => world_letters(random, data),
    };
    section.body = parts::custom(name, &data);
}

/// Codes of the scalar types and `string`, in the binary format of components.
const SCALARS: std::ops::RangeInclusive<u8> = 0x73..=0x7f;

/// One byte that may be a scalar type, become another one.
fn world_types(random: &mut Random, data: &[u8]) -> Vec<u8> {
    replaced(random, data, |byte| SCALARS.contains(&byte), |random| 0x73 + small(random, 13))
}

/// One letter, become another one or something that no name may have.
fn world_letters(random: &mut Random, data: &[u8]) -> Vec<u8> {
    let letters = b"abcxyz0189-@:/.[]_ \n\x1b\xff";
    replaced(random, data, |byte| byte.is_ascii_lowercase(), |random| *random.pick(letters))
}

fn replaced(random: &mut Random, data: &[u8], is_it: fn(u8) -> bool, by: impl Fn(&mut Random) -> u8) -> Vec<u8> {
    let mut data = data.to_vec();
    let places: Vec<usize> = (0..data.len()).filter(|at| is_it(data[*at])).collect();
    if !places.is_empty() {
        let at = *random.pick(&places);
        data[at] = by(random);
    }
    data
}

fn import_names(random: &mut Random, sections: &mut Vec<Section>, _: &[Vec<u8>]) {
    with_vector(sections, IMPORTS, parts::imports, parts::put_imports, |imports: &mut Vec<Import>| {
        let (from, to) = (random.pick(imports).clone(), random.below(imports.len()));
        match random.below(4) {
            0 => imports[to].module = from.module,
            1 => imports[to].field = from.field,
            2 => imports[to].module = changed_name(random, &from.module),
            _ => imports[to].field = changed_name(random, &from.field),
        }
    });
}

/// The type of an import: another of the module's, another kind of item, a table or memory with strange limits.
fn import_types(random: &mut Random, sections: &mut Vec<Section>, _: &[Vec<u8>]) {
    with_vector(sections, IMPORTS, parts::imports, parts::put_imports, |imports: &mut Vec<Import>| {
        let (from, to) = (random.pick(imports).clone(), random.below(imports.len()));
        let tys: [&[u8]; 10] = [
            &[1, 0x70, 0, 0],
            &[1, 0x6f, 1, 0, 0],
            &[2, 0, 0],
            &[2, 1, 1, 0],
            &[2, 4, 1],
            &[2, 3, 1, 1],
            &[2, 8, 1, 0],
            &[3, 0x7f, 0],
            &[3, 0x7e, 1],
            &[4, 0, 0],
        ];
        match random.below(4) {
            0 => imports[to].ty = from.ty,
            1 => imports[to].ty = random.pick(&tys).to_vec(),
            2 => imports[to].ty = vec![0, small(random, 12)],
            _ => imports.insert(to, from),
        }
    });
}

fn export_names(random: &mut Random, sections: &mut Vec<Section>, _: &[Vec<u8>]) {
    with_vector(sections, EXPORTS, parts::exports, parts::put_exports, |exports: &mut Vec<Export>| {
        let (from, to) = (random.pick(exports).clone(), random.below(exports.len()));
        let name = changed_name(random, &from.name);
        if random.below(2) == 0 {
            exports[to].name = name;
        } else {
            exports.push(Export { name, ..exports[to].clone() });
        }
    });
}

fn export_items(random: &mut Random, sections: &mut Vec<Section>, _: &[Vec<u8>]) {
    with_vector(sections, EXPORTS, parts::exports, parts::put_exports, |exports: &mut Vec<Export>| {
        let (a, b) = (random.below(exports.len()), random.below(exports.len()));
        match random.below(4) {
            0 => (exports[a].kind, exports[a].index) = (exports[b].kind, exports[b].index),
            1 => exports[a].index = u32::from(small(random, 12)),
            2 => exports[a].kind = small(random, 5),
            _ => drop(exports.remove(a)),
        }
    });
}

fn func_types(random: &mut Random, sections: &mut Vec<Section>, _: &[Vec<u8>]) {
    with_vector(sections, TYPES, parts::func_types, parts::put_func_types, |types: &mut Vec<FuncType>| {
        let at = random.below(types.len());
        let values = if random.below(2) == 0 { &mut types[at].params } else { &mut types[at].results };
        let value = *random.pick(&[0x7f, 0x7e, 0x7d, 0x7c, 0x7b, 0x70, 0x6f]);
        match random.below(3) {
            0 => values.push(value),
            1 => drop(values.pop()),
            _ => values.iter_mut().take(1).for_each(|one| *one = value),
        }
    });
}

/// Changes the elements of the first section of that kind, if it can be read and has any.
fn with_vector<T>(
    sections: &mut [Section],
    id: u8,
    read: fn(&[u8]) -> Option<Vec<T>>,
    put: fn(&[T]) -> Vec<u8>,
    change: impl FnOnce(&mut Vec<T>),
) {
    let Some(section) = sections.iter_mut().find(|section| section.id == id) else { return };
    let Some(mut elements) = read(&section.body).filter(|elements| !elements.is_empty()) else { return };
    change(&mut elements);
    section.body = put(&elements);
}

fn one<'s>(random: &mut Random, sections: &'s mut [Section]) -> Option<&'s mut Section> {
    if sections.is_empty() { None } else { sections.get_mut(random.below(sections.len())) }
}

/// A number below `end`.
fn small(random: &mut Random, end: u8) -> u8 {
    u8::try_from(random.below(usize::from(end))).expect("it is below a byte")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A module of one imported function, exported again, with metadata that is none.
    fn sample() -> Vec<u8> {
        let sections = [
            Section { id: TYPES, body: parts::put_func_types(&[FuncType { params: vec![0x7f], results: vec![] }]) },
            Section {
                id: IMPORTS,
                body: parts::put_imports(&[Import { module: b"m".to_vec(), field: b"f".to_vec(), ty: vec![0, 0] }]),
            },
            Section { id: EXPORTS, body: parts::put_exports(&[Export { name: b"e".to_vec(), kind: 0, index: 0 }]) },
            Section { id: CUSTOM, body: parts::custom(b"component-type", b"\0asm\x0d\0\x01\0") },
        ];
        parts::join(b"\0asm\x01\0\0\0", &sections)
    }

    #[test]
    fn the_same_seed_gives_the_same_harm() {
        let sample = sample();
        let others = [sample.clone()];
        let all = |from| (from..from + 200).map(|seed| harmed(&mut Random::new(seed), &sample, &others));
        assert!(all(0).eq(all(0)));
        let mut different: Vec<Vec<u8>> = all(0).collect();
        different.sort();
        different.dedup();
        assert!(different.len() > 150, "{} different ones", different.len());
    }

    #[test]
    fn what_is_taken_apart_can_be_put_together() {
        let sample = sample();
        let sections = parts::split(&sample).expect("it has sections");
        assert_eq!(parts::join(&sample[..parts::HEADER], &sections), sample);
        let vectors: Vec<&[u8]> = sections.iter().map(|section| &section.body[..]).collect();
        assert_eq!(parts::func_types(vectors[0]).map(|all| parts::put_func_types(&all)).as_deref(), Some(vectors[0]));
        assert_eq!(parts::imports(vectors[1]).map(|all| parts::put_imports(&all)).as_deref(), Some(vectors[1]));
        assert_eq!(parts::exports(vectors[2]).map(|all| parts::put_exports(&all)).as_deref(), Some(vectors[2]));
        for end in 0..sample.len() {
            let _ = parts::split(&sample[..end]);
        }
    }
}
