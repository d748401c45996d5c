//! What is kept of an item to recognise its story by: some 1.5 KB.

use super::facts::{Facts, KINDS, fold};
use super::sketch::Sketch;
use crate::item::Item;
use data_encoding::BASE64URL_NOPAD;

/// First byte of an encoded signature: others are not read.
const VERSION: u8 = 1;
/// Day when none is known.
const NO_DAY: i32 = i32::MIN;

/// Shingles and facts of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    pub(super) sketch: Sketch,
    pub(super) facts: Facts,
    /// Issue date, days since 1970-01-01.
    pub(super) day: Option<i32>,
}

impl Signature {
    /// Of an item.
    pub fn of(item: &Item) -> Self {
        let epoch = jiff::civil::date(1970, 1, 1);
        let body = item.body();
        let words: Vec<char> = body.chars().map(fold).filter(|c| is_word(*c)).collect();
        Self {
            sketch: Sketch::of(&words),
            facts: Facts::of(item.headline(), body, &item.enrichment.entities),
            day: item
                .enrichment
                .issue
                .date
                .and_then(|date| Some((date - epoch).get_days()).filter(|d| *d != NO_DAY)),
        }
    }

    /// As ASCII, for a header.
    pub fn encode(&self) -> String {
        let mut bytes = vec![VERSION];
        bytes.extend(self.day.unwrap_or(NO_DAY).to_le_bytes());
        let lists = std::iter::once(&self.sketch.hashes).chain(&self.facts.kinds);
        for list in lists {
            bytes.push(u8::try_from(list.len()).unwrap_or(u8::MAX));
            bytes.extend(
                list.iter()
                    .take(u8::MAX.into())
                    .flat_map(|h| h.to_le_bytes()),
            );
        }
        bytes.extend(self.sketch.places.iter().flat_map(|p| p.to_le_bytes()));
        BASE64URL_NOPAD.encode(&bytes)
    }

    /// Reads [`Signature::encode`]; `None` for what another version wrote.
    pub fn decode(text: &str) -> Option<Self> {
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        let rest = bytes.strip_prefix(&[VERSION])?;
        let (day, mut rest) = rest.split_first_chunk::<4>()?;
        let day = i32::from_le_bytes(*day);
        let mut list = || {
            let (count, tail) = rest.split_first()?;
            let (list, tail) = tail.split_at_checked(usize::from(*count) * 4)?;
            rest = tail;
            let (hashes, _) = list.as_chunks::<4>();
            let hashes: Vec<u32> = hashes.iter().map(|c| u32::from_le_bytes(*c)).collect();
            // Everything else relies on the order.
            hashes.is_sorted().then(|| hashes.into_boxed_slice())
        };
        let hashes = list()?;
        let mut facts = Facts::default();
        for kind in facts.kinds.iter_mut().take(KINDS) {
            *kind = list()?;
        }
        let (places, _) = rest.as_chunks::<2>();
        if places.len() != hashes.len() || rest.len() != places.len() * 2 {
            return None;
        }
        let places = places.iter().map(|p| u16::from_le_bytes(*p)).collect();
        Some(Self {
            sketch: Sketch { hashes, places },
            facts,
            day: (day != NO_DAY).then_some(day),
        })
    }

    /// The hashes an index finds it by.
    pub(super) fn keys(&self) -> &[u32] {
        let all = &self.sketch.hashes;
        all.get(..super::index::KEYS).unwrap_or(all)
    }
}

/// Neither space nor punctuation.
fn is_word(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}' | '0'..='9' | 'a'..='z')
        || (!c.is_ascii() && c.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_signature_is_read_as_it_was_written() {
        let text = "3月17日,全市召开会议。".repeat(40);
        let signature = Signature {
            sketch: Sketch::of(&text.chars().collect::<Vec<_>>()),
            facts: Facts::of("题(上)", &text, &[]),
            day: Some(20_165),
        };
        assert_eq!(Signature::decode(&signature.encode()), Some(signature));
    }

    proptest! {
        #[test]
        fn any_header_is_read_or_refused(text in "\\PC{0,60}", bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            let _ = Signature::decode(&text);
            let mut versioned = vec![VERSION];
            versioned.extend(bytes);
            if let Some(signature) = Signature::decode(&BASE64URL_NOPAD.encode(&versioned)) {
                prop_assert_eq!(Signature::decode(&signature.encode()), Some(signature));
            }
        }
    }
}
