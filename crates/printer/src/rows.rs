//! Cells in columns, as `gofmt` aligns them.

use crate::Doc;

/// Rows below one another whose cells stand in columns.
///
/// Every cell but the last of its row is padded with spaces to its column's width.
/// Cells hold no line breaks. Spaces between columns are part of the cells.
pub fn rows<R, C>(rows: impl IntoIterator<Item = R>) -> Doc
where
    R: IntoIterator<Item = C>,
    C: Into<Doc>,
{
    Doc::Rows(rows.into_iter().map(|row| row.into_iter().map(Into::into).collect()).collect())
}
