//! The encoding a file says it is in.

use encoding_rs::{Encoding, GB18030, GBK};

/// How many bytes may stand before the declaration.
const REACH: usize = 2048;

/// The encoding named by an XML declaration or in a `meta` of HTML. GBK and its parts are read as the whole, GB18030.
pub(in crate::page) fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..REACH).unwrap_or(bytes);
    let start = head.iter().position(|b| !b.is_ascii_whitespace())?;
    let head = head.get(start..)?;
    if !head.starts_with(b"<") {
        return None;
    }
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let after = if head.starts_with("<?xml") {
        head.split_once("?>")?.0.split_once("encoding")?.1
    } else {
        head.split_once("charset")?.1
    };
    let label: String = after
        .trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '=' | '"' | '\''))
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
        .collect();
    let found = Encoding::for_label(label.as_bytes())?;
    Some(if found == GBK { GB18030 } else { found })
}

/// The bytes are text in `encoding`: nothing in them is undecodable.
pub(in crate::page) fn fits(encoding: &'static Encoding, sample: &[u8]) -> bool {
    // A sample may end within a character.
    let (_, broken) = encoding.decode_without_bom_handling(
        sample
            .get(..sample.len().saturating_sub(4))
            .unwrap_or_default(),
    );
    !broken
}

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::{BIG5, UTF_8, WINDOWS_1252};

    #[test]
    fn declarations_of_every_kind() {
        for (head, want) in [
            (
                "<html><head><meta http-equiv=Content-Type content=\"text/html; charset=gb2312\">",
                Some(GB18030),
            ),
            ("\n<!DOCTYPE html><meta charset='big5'>", Some(BIG5)),
            (
                "<?xml version=\"1.0\" encoding='iso-8859-1'?>",
                Some(WINDOWS_1252),
            ),
            ("<?xml version=\"1.0\"?><a charset=\"utf-8\"/>", None),
            ("<meta charset=utf-8>", Some(UTF_8)),
            ("charset=gb2312", None),
        ] {
            assert_eq!(declared(head.as_bytes()), want, "{head}");
        }
    }
}
