//! The tables in which `dlopen` and `dlsym` look.
//!
//! In: the libraries that can be opened, and the address at which the tables will stand. Out: their bytes.
//! Holds: libraries and symbols are sorted by the bytes of their names, since they are looked for by halving;
//! all numbers are 32 bits wide, little endian, aligned to 4.
//!
//! ```c
//! struct symbol  { size_t name_length; char *name; void *address; };
//! struct library { size_t name_length; char *name; size_t symbol_count; struct symbol *symbols; };
//! struct { size_t library_count; struct library *libraries; } __wasm_libdl_libraries;
//! ```

/// A library that can be opened.
pub struct Openable<'m> {
    pub name: &'m str,
    /// Names with addresses: slots of functions, and places of data.
    pub symbols: Vec<(&'m str, Address)>,
}

/// The address of a symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Address {
    Known(u32),
    /// Put there at the start: the position in a list of the caller's.
    Late(usize),
}

/// The tables as they stand in memory.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Tables {
    pub bytes: Vec<u8>,
    /// The address of `__wasm_libdl_libraries`.
    pub root: u32,
    /// Where late addresses belong.
    pub late: Vec<(usize, u32)>,
}

/// Writes the tables for an address, which is a multiple of 4.
pub fn tables(mut libraries: Vec<Openable<'_>>, address: u32) -> Tables {
    let mut writer = Writer { address, tables: Tables::default() };
    libraries.sort_by(|a, b| a.name.cmp(b.name));
    let entries: Vec<[u32; 4]> = libraries
        .into_iter()
        .map(|library| {
            let name = writer.text(library.name);
            let (count, symbols) = writer.symbols(library.symbols);
            [length(library.name), name, count, symbols]
        })
        .collect();
    let start = writer.here();
    entries.iter().flatten().for_each(|number| writer.number(*number));
    writer.tables.root = writer.here();
    writer.number(u32::try_from(entries.len()).unwrap_or(u32::MAX));
    writer.number(start);
    writer.tables
}

struct Writer {
    address: u32,
    tables: Tables,
}

impl Writer {
    fn here(&self) -> u32 {
        self.address.wrapping_add(u32::try_from(self.tables.bytes.len()).unwrap_or(u32::MAX))
    }

    fn number(&mut self, number: u32) {
        self.tables.bytes.extend(number.to_le_bytes());
    }

    /// Writes a text, filled up to the next multiple of 4, and says where it stands.
    fn text(&mut self, text: &str) -> u32 {
        let here = self.here();
        let bytes = &mut self.tables.bytes;
        bytes.extend(text.as_bytes());
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        here
    }

    /// How many symbols there are, and where.
    fn symbols(&mut self, mut symbols: Vec<(&str, Address)>) -> (u32, u32) {
        symbols.sort_by(|a, b| a.0.cmp(b.0));
        let names: Vec<u32> = symbols.iter().map(|(name, _)| self.text(name)).collect();
        let start = self.here();
        for ((name, address), at) in symbols.iter().zip(&names) {
            self.number(length(name));
            self.number(*at);
            match address {
                Address::Known(address) => self.number(*address),
                Address::Late(which) => {
                    self.tables.late.push((*which, self.here()));
                    self.number(0);
                }
            }
        }
        (u32::try_from(symbols.len()).unwrap_or(u32::MAX), start)
    }
}

fn length(text: &str) -> u32 {
    u32::try_from(text.len()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted_and_point_at_each_other() {
        let libraries = vec![
            Openable { name: "b", symbols: vec![("yy", Address::Known(7)), ("x", Address::Late(3))] },
            Openable { name: "a", symbols: Vec::new() },
        ];
        let tables = tables(libraries, 100);
        let numbers: Vec<u32> =
            tables.bytes.chunks(4).map(|bytes| u32::from_le_bytes(bytes.try_into().unwrap())).collect();
        let name = |text: &[u8; 4]| u32::from_le_bytes(*text);
        let names = [name(b"a\0\0\0"), name(b"b\0\0\0"), name(b"x\0\0\0"), name(b"yy\0\0")];
        assert_eq!(numbers[..4], names);
        assert_eq!(numbers[4..10], [1, 108, 0, 2, 112, 7], "symbols of `b`");
        assert_eq!(numbers[10..18], [1, 100, 0, 104, 1, 104, 2, 116], "libraries");
        assert_eq!(numbers[18..], [2, 140], "the root");
        assert_eq!((tables.root, tables.late), (172, vec![(3, 124)]));
    }
}
