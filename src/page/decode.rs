//! Bytes → text: UTF-8, UTF-16 and GB18030 or Big5, with or without a byte order mark.

use super::ReadError;
use super::formats::charset;
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{BIG5, Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};
use std::borrow::Cow;
use std::cmp::Ordering;

/// Text of a file.
pub(super) struct Decoded<'a> {
    /// The text, without byte order mark.
    pub(super) text: Cow<'a, str>,
    /// Name of the encoding, as IANA has it.
    pub(super) encoding: &'static str,
    /// Whether bytes were replaced by U+FFFD.
    pub(super) replaced: bool,
}

/// Openings of files that are no text, with what to tell their owner.
const SIGNATURES: [(&[u8], &str); 10] = [
    (
        b"%PDF",
        "it is a PDF; extract its text (pdftotext or OCR) first",
    ),
    (b"\x89PNG", "it is a PNG picture; run OCR on it first"),
    (b"\xff\xd8\xff", "it is a JPEG picture; run OCR on it first"),
    (b"GIF8", "it is a GIF picture; run OCR on it first"),
    (b"II*\0", "it is a TIFF picture; run OCR on it first"),
    (b"MM\0*", "it is a TIFF picture; run OCR on it first"),
    (
        b"PK\x03\x04",
        "it is a ZIP archive or an Office document; unpack it or save it as text first",
    ),
    (
        b"\xd0\xcf\x11\xe0",
        "it is an old Office document; save it as text first",
    ),
    (b"\x1f\x8b", "it is gzip-compressed; unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "it is a 7z archive; unpack it first"),
];

/// How much of the file is looked at to tell its encoding.
const SAMPLE_BYTES: usize = 1 << 16;

/// Decodes a file.
///
/// # Errors
/// [`ReadError`] when there is nothing to read or the bytes are not text.
pub(super) fn decode(bytes: &[u8]) -> Result<Decoded<'_>, ReadError> {
    if bytes.is_empty() {
        return Err(ReadError::Empty);
    }
    if let Some((_, what)) = SIGNATURES.iter().find(|(sig, _)| bytes.starts_with(sig)) {
        return Err(ReadError::NotText((*what).to_owned()));
    }
    let (encoding, skip) = match Encoding::for_bom(bytes) {
        Some(found) => found,
        None => (guess(bytes)?, 0),
    };
    let body = bytes.get(skip..).unwrap_or_default();
    let (text, replaced) = encoding.decode_without_bom_handling(body);
    if text.chars().all(char::is_whitespace) {
        return Err(ReadError::Empty);
    }
    let (mut total, mut broken) = (0, 0);
    for c in text.chars() {
        total += 1;
        broken += usize::from(is_broken(c));
    }
    if broken * 10 > total {
        return Err(ReadError::NotText(format!(
            "{broken} of its {total} characters are control codes or undecodable as {}",
            encoding.name()
        )));
    }
    Ok(Decoded {
        text: if text.contains('\r') {
            text.replace("\r\n", "\n").replace('\r', "\n").into()
        } else {
            text
        },
        encoding: encoding.name(),
        replaced,
    })
}

fn is_broken(c: char) -> bool {
    c == char::REPLACEMENT_CHARACTER || (c.is_control() && !c.is_whitespace())
}

/// What a wrong double-byte encoding makes of text.
fn is_private_use(c: char) -> bool {
    matches!(c, '\u{e000}'..='\u{f8ff}')
}

/// The encoding of bytes without a byte order mark.
fn guess(bytes: &[u8]) -> Result<&'static Encoding, ReadError> {
    let sample = bytes.get(..SAMPLE_BYTES).unwrap_or(bytes);
    let valid = std::str::from_utf8(bytes).is_ok();
    let has_nul = sample.contains(&0);
    if valid && !has_nul {
        return Ok(UTF_8);
    }
    if let Some(wide) = utf16(sample) {
        return Ok(wide);
    }
    if has_nul {
        return Err(ReadError::NotText("it contains NUL bytes".to_owned()));
    }
    if mostly_utf8(sample) {
        return Ok(UTF_8);
    }
    if let Some(declared) = charset::declared(sample).filter(|e| charset::fits(e, sample)) {
        return Ok(declared);
    }
    let odd = |encoding: &'static Encoding| {
        let (text, _) = encoding.decode_without_bom_handling(sample);
        text.chars()
            .filter(|c| is_broken(*c) || is_private_use(*c))
            .count()
    };
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(sample, true);
    let doubt = detector.guess(None, Utf8Detection::Deny);
    Ok(match odd(GB18030).cmp(&odd(BIG5)) {
        Ordering::Less => GB18030,
        Ordering::Greater => BIG5,
        Ordering::Equal if doubt == BIG5 => BIG5,
        Ordering::Equal => GB18030,
    })
}

/// UTF-16 without a mark: in one byte order nearly everything is Chinese, punctuation or printable ASCII.
fn utf16(sample: &[u8]) -> Option<&'static Encoding> {
    let units = sample.len() / 2;
    if units == 0 {
        return None;
    }
    let plausible = |read: fn([u8; 2]) -> u16| {
        sample
            .chunks_exact(2)
            .filter(|pair| {
                matches!(
                    <[u8; 2]>::try_from(*pair).map_or(0, read),
                    0x09 | 0x0a | 0x0d | 0x20..=0x7e | 0x2010..=0x203f | 0x2460..=0x24ff | 0x3000..=0x303f
                        | 0x4e00..=0x9fff | 0xff00..=0xffef
                )
            })
            .count()
    };
    let little = plausible(u16::from_le_bytes);
    let big = plausible(u16::from_be_bytes);
    let (best, encoding) = if little >= big {
        (little, UTF_16LE)
    } else {
        (big, UTF_16BE)
    };
    // Line feeds tell UTF-16 from a double-byte encoding whose pairs happen to fall into the same blocks.
    (best * 100 >= units * 95 && sample.contains(&0)).then_some(encoding)
}

/// Damaged UTF-8: whole characters by far outnumber broken ones.
fn mostly_utf8(sample: &[u8]) -> bool {
    let (mut whole, mut broken) = (0usize, 0usize);
    for chunk in sample.utf8_chunks() {
        whole += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    whole > broken * 8
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "## 春耕备耕忙\n\n本报讯(记者 张三) 昨日,市区各处田间一片繁忙,农户正在检修农机,为春耕做好准备。\n";

    fn utf16(text: &str, mark: bool, big: bool) -> Vec<u8> {
        let units = mark
            .then_some(0xfeff)
            .into_iter()
            .chain(text.encode_utf16());
        units
            .flat_map(|u| {
                if big {
                    u.to_be_bytes()
                } else {
                    u.to_le_bytes()
                }
            })
            .collect()
    }

    #[test]
    fn every_encoding_gives_the_same_text() {
        let traditional = "## 春耕備耕忙\n\n本報訊(記者 張三) 昨日,市區各處田間一片繁忙,農戶正在檢修農機,為春耕做好準備。\n";
        let cases: [(Vec<u8>, &str, &str); 8] = [
            (TEXT.into(), "UTF-8", TEXT),
            ([b"\xef\xbb\xbf", TEXT.as_bytes()].concat(), "UTF-8", TEXT),
            (GB18030.encode(TEXT).0.into_owned(), "gb18030", TEXT),
            (BIG5.encode(traditional).0.into_owned(), "Big5", traditional),
            (utf16(TEXT, true, false), "UTF-16LE", TEXT),
            (utf16(TEXT, true, true), "UTF-16BE", TEXT),
            (utf16(TEXT, false, false), "UTF-16LE", TEXT),
            (utf16(TEXT, false, true), "UTF-16BE", TEXT),
        ];
        for (bytes, encoding, text) in cases {
            let decoded = decode(&bytes).unwrap_or_else(|e| panic!("{encoding}: {e}"));
            assert_eq!((decoded.encoding, &*decoded.text), (encoding, text));
            assert!(!decoded.replaced, "{encoding}");
        }
    }

    #[test]
    fn broken_bytes_are_replaced_and_told() {
        let mut bytes = TEXT.as_bytes().to_vec();
        bytes.insert(40, 0xff);
        let decoded = decode(&bytes).unwrap();
        assert!(decoded.replaced);
        assert!(decoded.text.contains('\u{fffd}'));
    }

    #[test]
    fn what_is_no_text_is_refused_with_a_remedy() {
        assert!(matches!(decode(b""), Err(ReadError::Empty)));
        assert!(matches!(decode(b" \r\n\t"), Err(ReadError::Empty)));
        for bytes in [
            &b"%PDF-1.7 \x00\x01"[..],
            b"\x89PNG\r\n\x1a\n",
            b"PK\x03\x04....",
        ] {
            let Err(ReadError::NotText(what)) = decode(bytes) else {
                panic!("{bytes:?} was read");
            };
            assert!(what.contains("first"), "{what}");
        }
        assert!(matches!(
            decode(&[0, 1, 2, 3, 0, 0, 9, 9]),
            Err(ReadError::NotText(_))
        ));
    }
}
