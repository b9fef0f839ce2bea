//! `Pieces`: bytes that lie in several places, so that what is large is copied once, to the output.
//!
//! In: slices of an input, and what was made beside them. Out: the same bytes, in their order.
//! Holds: where the bytes are cut means nothing: two are equal if their bytes are.

use std::borrow::Cow;

/// Smaller pieces are copied behind an owned one: a list of a thousand scraps is slower to go through.
const SCRAP: usize = 4096;

/// Bytes in pieces, borrowed or owned.
#[derive(Clone, Debug, Default)]
pub struct Pieces<'a> {
    /// None is empty.
    pieces: Vec<Cow<'a, [u8]>>,
}

impl<'a> Pieces<'a> {
    /// In bytes.
    pub fn len(&self) -> usize {
        self.pieces.iter().map(|piece| piece.len()).sum()
    }

    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    pub fn iter(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.pieces.iter().map(AsRef::as_ref)
    }

    /// Adds bytes at the end. What is borrowed and large stays borrowed.
    pub fn push(&mut self, bytes: impl Into<Cow<'a, [u8]>>) {
        let bytes = bytes.into();
        match self.pieces.last_mut() {
            Some(Cow::Owned(last)) if bytes.len() < SCRAP => last.extend_from_slice(&bytes),
            Some(_) | None if !bytes.is_empty() => self.pieces.push(bytes),
            Some(_) | None => {}
        }
    }

    /// Adds other pieces at the end.
    pub fn append(&mut self, other: Pieces<'a>) {
        other.pieces.into_iter().for_each(|piece| self.push(piece));
    }

    /// The same bytes, borrowed.
    pub fn borrowed(&self) -> Pieces<'_> {
        Pieces { pieces: self.iter().map(Cow::Borrowed).collect() }
    }

    /// All in one place; copied only if they lie in several.
    pub fn into_contiguous(mut self) -> Cow<'a, [u8]> {
        match self.pieces.len() {
            0 => Cow::Borrowed(&[]),
            1 => self.pieces.swap_remove(0),
            _ => {
                let mut bytes = Vec::with_capacity(self.len());
                self.iter().for_each(|piece| bytes.extend_from_slice(piece));
                Cow::Owned(bytes)
            }
        }
    }

    /// The end of what was written last, to write more.
    pub(crate) fn tail(&mut self) -> &mut Vec<u8> {
        if !matches!(self.pieces.last(), Some(Cow::Owned(_))) {
            self.pieces.push(Cow::Owned(Vec::new()));
        }
        match self.pieces.last_mut() {
            Some(Cow::Owned(last)) => last,
            Some(Cow::Borrowed(_)) | None => unreachable!("an owned piece was pushed above"),
        }
    }
}

impl<'a, B: Into<Cow<'a, [u8]>>> From<B> for Pieces<'a> {
    fn from(bytes: B) -> Self {
        let bytes = bytes.into();
        Self { pieces: if bytes.is_empty() { Vec::new() } else { vec![bytes] } }
    }
}

impl PartialEq for Pieces<'_> {
    fn eq(&self, other: &Self) -> bool {
        let (mut ours, mut theirs) = (self.iter(), other.iter());
        let (mut left, mut right): (&[u8], &[u8]) = (&[], &[]);
        loop {
            if left.is_empty() {
                left = ours.next().unwrap_or_default();
            }
            if right.is_empty() {
                right = theirs.next().unwrap_or_default();
            }
            let both = left.len().min(right.len());
            if both == 0 {
                return left.is_empty() && right.is_empty();
            }
            if left[..both] != right[..both] {
                return false;
            }
            (left, right) = (&left[both..], &right[both..]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_large_is_not_copied() {
        let large = vec![7; SCRAP];
        let mut pieces = Pieces::from(b"head".to_vec());
        pieces.push(b" and more".as_slice());
        pieces.push(large.as_slice());
        pieces.push(b"".as_slice());
        pieces.push(b"tail".as_slice());
        let found: Vec<&[u8]> = pieces.iter().collect();
        assert_eq!(found, [b"head and more".as_slice(), &large, b"tail"]);
        assert_eq!(found[1].as_ptr(), large.as_ptr());
        assert_eq!(pieces.borrowed().into_contiguous().len(), pieces.len());
    }

    #[test]
    fn where_bytes_are_cut_means_nothing() {
        let whole: Vec<u8> = (0..3 * SCRAP).map(|at| at.to_le_bytes()[0]).collect();
        let mut pieces = Pieces::from(&whole[..SCRAP]);
        pieces.push(&whole[SCRAP..]);
        assert_eq!(pieces, Pieces::from(&whole[..]));
        assert_ne!(pieces, Pieces::from(&whole[1..]));
        assert_eq!(pieces.into_contiguous(), whole);
        assert_eq!(Pieces::default(), Pieces::from(Vec::new()));
    }
}
