//! Instructions passed over quickly: which functions a body calls, and where their numbers stand.
//!
//! In: a body. Out: its calls, or nothing if it has an instruction that is not known here.
//! Holds: only what compilers for the first version of WebAssembly write is known, and what is not valid may be read
//! as something else: a reader of everything stands behind it, and the result is validated.
//!
//! Specification: WebAssembly core, "Instructions" (binary format).

use std::ops::Range;

/// A call: where the number of the function stands in the body, and the number.
pub type Call = (Range<usize>, u32);

/// Bytes that are read forward; `None` at their end.
struct Bytes<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl Bytes<'_> {
    fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    /// Passes over numbers.
    fn numbers(&mut self, count: u32) -> Option<()> {
        for _ in 0..count {
            while self.byte()? & 0x80 != 0 {}
        }
        Some(())
    }

    fn number(&mut self) -> Option<u32> {
        let (number, range) = super::leb_at(self.bytes, self.at)?;
        self.at = range.end;
        Some(number)
    }

    /// The type of a variable or block: one byte. Others are longer.
    fn short_type(&mut self) -> Option<()> {
        matches!(self.byte()?, 0x40 | 0x6f | 0x70 | 0x7b..=0x7f).then_some(())
    }
}

/// The calls of a body, in its order.
pub fn calls(body: &[u8]) -> Option<Vec<Call>> {
    let mut bytes = Bytes { bytes: body, at: 0 };
    for _ in 0..bytes.number()? {
        bytes.numbers(1)?;
        bytes.short_type()?;
    }
    let mut calls = Vec::new();
    while bytes.at < body.len() {
        let opcode = bytes.byte()?;
        if opcode == super::CALL {
            let start = bytes.at;
            let number = bytes.number()?;
            calls.push((start..bytes.at, number));
        } else {
            immediates(&mut bytes, opcode)?;
        }
    }
    Some(calls)
}

fn immediates(bytes: &mut Bytes<'_>, opcode: u8) -> Option<()> {
    match opcode {
        // Plain arithmetic, and what ends or leaves a block.
        0x00 | 0x01 | 0x05 | 0x0b | 0x0f | 0x1a | 0x1b | 0x45..=0xc4 | 0xd1 => Some(()),
        0x02..=0x04 => match bytes.bytes.get(bytes.at)? {
            0x40 | 0x6f | 0x70 | 0x7b..=0x7f => bytes.short_type(),
            // A type with a number, which is not negative; references have more bytes.
            byte if byte & 0xc0 != 0x40 => bytes.numbers(1),
            _ => None,
        },
        0x0c | 0x0d | 0x12 | 0x20..=0x26 | 0x3f..=0x42 | 0xd2 => bytes.numbers(1),
        0x11 | 0x13 => bytes.numbers(2),
        0x0e => {
            let count = bytes.number()?;
            bytes.numbers(count.checked_add(1)?)
        }
        // An address, in the first memory.
        0x28..=0x3e => (bytes.byte()? < 0x40).then_some(()).and_then(|()| bytes.numbers(1)),
        0x43 => fixed(bytes, 4),
        0x44 => fixed(bytes, 8),
        0xfc => match bytes.number()? {
            0..=7 => Some(()),
            9 | 11 | 13 | 15..=17 => bytes.numbers(1),
            8 | 10 | 12 | 14 => bytes.numbers(2),
            _ => None,
        },
        _ => None,
    }
}

fn fixed(bytes: &mut Bytes<'_>, count: usize) -> Option<()> {
    bytes.at += count;
    (bytes.at <= bytes.bytes.len()).then_some(())
}
