//! Binaries as lists of sections, and the vectors of a core module that are changed element by element.
//!
//! In: bytes. Out: sections, imports, exports, types of functions; and bytes again.
//! Holds: what is not of the plain form is answered with `None`, never with a guess.

/// Bytes before the first section: the magic number, version and layer.
pub const HEADER: usize = 8;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    pub id: u8,
    pub body: Vec<u8>,
}

impl Section {
    /// Name and data of a custom section.
    pub fn custom(&self) -> Option<(&[u8], &[u8])> {
        let mut rest = &self.body[..];
        let name = (self.id == 0).then(|| take_name(&mut rest))??;
        Some((name, rest))
    }
}

/// A core import; `ty` is its external type as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    pub module: Vec<u8>,
    pub field: Vec<u8>,
    pub ty: Vec<u8>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    pub name: Vec<u8>,
    pub kind: u8,
    pub index: u32,
}

/// Codes of number and reference types.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FuncType {
    pub params: Vec<u8>,
    pub results: Vec<u8>,
}

/// The sections of a module or component; `None` if their lengths do not fit.
pub fn split(bytes: &[u8]) -> Option<Vec<Section>> {
    let mut rest = bytes.get(HEADER..)?;
    let mut sections = Vec::new();
    while let Some((&id, after)) = rest.split_first() {
        rest = after;
        let length = take_number(&mut rest)?;
        sections.push(Section { id, body: take(&mut rest, length)?.to_vec() });
    }
    Some(sections)
}

pub fn join(header: &[u8], sections: &[Section]) -> Vec<u8> {
    let mut bytes = header.to_vec();
    for section in sections {
        bytes.push(section.id);
        put_bytes(&mut bytes, &section.body);
    }
    bytes
}

/// The contents of a custom section.
pub fn custom(name: &[u8], data: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    put_bytes(&mut body, name);
    body.extend(data);
    body
}

/// An unsigned LEB128 number of at most 32 bits, and its length in bytes.
pub fn number(bytes: &[u8]) -> Option<(u32, usize)> {
    let mut value = 0_u64;
    for (at, byte) in bytes.iter().take(5).enumerate() {
        value |= u64::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            return Some((u32::try_from(value).ok()?, at + 1));
        }
    }
    None
}

/// A number as unsigned LEB128.
pub fn leb(mut value: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let low = value.to_le_bytes()[0] & 0x7f;
        value >>= 7;
        if value == 0 {
            bytes.push(low);
            return bytes;
        }
        bytes.push(low | 0x80);
    }
}

pub fn imports(body: &[u8]) -> Option<Vec<Import>> {
    vector(body, |rest| {
        let (module, field) = (take_name(rest)?.to_vec(), take_name(rest)?.to_vec());
        Some(Import { module, field, ty: take_extern_type(rest)? })
    })
}

pub fn put_imports(imports: &[Import]) -> Vec<u8> {
    put_vector(imports, |body, import| {
        put_bytes(body, &import.module);
        put_bytes(body, &import.field);
        body.extend(&import.ty);
    })
}

pub fn exports(body: &[u8]) -> Option<Vec<Export>> {
    vector(body, |rest| {
        let name = take_name(rest)?.to_vec();
        let kind = take(rest, 1)?[0];
        let index = u32::try_from(take_number(rest)?).ok()?;
        Some(Export { name, kind, index })
    })
}

pub fn put_exports(exports: &[Export]) -> Vec<u8> {
    put_vector(exports, |body, export| {
        put_bytes(body, &export.name);
        body.push(export.kind);
        body.extend(leb(export.index));
    })
}

/// Types of functions over numbers and plain references; `None` for what is newer.
pub fn func_types(body: &[u8]) -> Option<Vec<FuncType>> {
    vector(body, |rest| {
        (take(rest, 1)? == [0x60]).then_some(())?;
        Some(FuncType { params: take_values(rest)?, results: take_values(rest)? })
    })
}

pub fn put_func_types(types: &[FuncType]) -> Vec<u8> {
    put_vector(types, |body, ty| {
        body.push(0x60);
        put_bytes(body, &ty.params);
        put_bytes(body, &ty.results);
    })
}

/// The elements of a vector that fills a whole section.
fn vector<T>(mut body: &[u8], element: impl Fn(&mut &[u8]) -> Option<T>) -> Option<Vec<T>> {
    let rest = &mut body;
    let count = take_number(rest)?;
    let elements = (0..count).map_while(|_| element(rest)).collect::<Vec<T>>();
    (elements.len() == count && rest.is_empty()).then_some(elements)
}

fn put_vector<T>(elements: &[T], put: impl Fn(&mut Vec<u8>, &T)) -> Vec<u8> {
    let mut body = length(elements.len());
    elements.iter().for_each(|element| put(&mut body, element));
    body
}

fn take_extern_type(rest: &mut &[u8]) -> Option<Vec<u8>> {
    let whole = *rest;
    match take(rest, 1)?[0] {
        0 => drop(take_number(rest)?),
        1 => {
            matches!(take(rest, 1)?, [0x70 | 0x6f]).then_some(())?;
            take_limits(rest)?;
        }
        2 => take_limits(rest)?,
        3 => drop(take(rest, 2)?),
        4 => {
            take(rest, 1)?;
            take_number(rest)?;
        }
        _ => return None,
    }
    Some(whole[..whole.len() - rest.len()].to_vec())
}

fn take_limits(rest: &mut &[u8]) -> Option<()> {
    let flags = take(rest, 1)?[0];
    // 1: a maximum; 8: the size of a page.
    for _ in 0..1 + (flags & 1) + (flags >> 3 & 1) {
        take_number(rest)?;
    }
    (flags < 16).then_some(())
}

fn take_values(rest: &mut &[u8]) -> Option<Vec<u8>> {
    let values = take_name(rest)?;
    values.iter().all(|value| matches!(value, 0x7b..=0x7f | 0x70 | 0x6f)).then(|| values.to_vec())
}

fn take_name<'b>(rest: &mut &'b [u8]) -> Option<&'b [u8]> {
    let length = take_number(rest)?;
    take(rest, length)
}

fn take_number(rest: &mut &[u8]) -> Option<usize> {
    let (value, length) = number(rest)?;
    *rest = &rest[length..];
    usize::try_from(value).ok()
}

fn take<'b>(rest: &mut &'b [u8], length: usize) -> Option<&'b [u8]> {
    let (taken, after) = rest.split_at_checked(length)?;
    *rest = after;
    Some(taken)
}

fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend(length(bytes.len()));
    out.extend(bytes);
}

fn length(length: usize) -> Vec<u8> {
    leb(u32::try_from(length).expect("test binaries are smaller than 4 GiB"))
}
