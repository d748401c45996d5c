//! What the model looks at around a character, as 32-bit keys.

use super::super::text::Manner;
use super::lexicon::{Lexicon, Word, mix};

/// Keys a character has.
pub(in super::super) const FEATURES: usize = 56;

/// Room for one sentence, used again for the next.
#[derive(Default)]
pub(super) struct Extractor {
    words: Vec<Word>,
    /// Word of the walk over each character: its index in `walk` and the position in it.
    walk: Vec<Word>,
    in_walk: Vec<(u32, u8)>,
    covers: Vec<(u8, u8)>,
    ends: Vec<(u8, u8)>,
    classes: Vec<u8>,
}

/// Class of a character.
fn class(c: char) -> u8 {
    const PLACE: &str = "省市区县州镇乡村路街道巷湾山河湖海江岛港桥庄屯寨堡坪塘岭沟溪洲";
    const BODY: &str = "局委部厅院校社会所队馆站厂行司团处办署店党盟协中心园场组";
    const FOREIGN: &str = "尔斯特克拉罗德阿瓦巴卡莫萨布姆内伊夫格洛诺维奥贝费塞托普亚蒂杜鲁埃";
    const NUMERAL: &str = "零一二三四五六七八九十百千万亿两〇几";
    const DATE: &str = "年月日时分秒号";
    match c {
        '0'..='9' => 1,
        'a'..='z' | 'A'..='Z' => 2,
        c if c.is_ascii() => 3,
        '·' => 4,
        c if NUMERAL.contains(c) => 5,
        c if DATE.contains(c) => 6,
        c if PLACE.contains(c) => 7,
        c if BODY.contains(c) => 8,
        c if FOREIGN.contains(c) => {
            if super::super::person::is_surname(c) {
                10
            } else {
                9
            }
        }
        c if super::super::person::is_surname(c) => 11,
        '\u{4e00}'..='\u{9fff}' => 12,
        _ => 13,
    }
}

/// Classes of the characters of the BMP, so that looking one up is one read.
pub(super) struct Classes(Vec<u8>);

impl Classes {
    pub(super) fn new() -> Self {
        Self(
            (0..0x1_0000u32)
                .map(|c| char::from_u32(c).map_or(0, class))
                .collect(),
        )
    }

    #[inline]
    fn of(&self, c: char) -> u8 {
        self.0.get(c as usize).copied().unwrap_or(13)
    }
}

/// Stand for what lies outside the sentence.
const EDGE: u32 = 0x11_0000;

impl Extractor {
    /// Fills `keys` with [`FEATURES`] keys a character.
    pub(super) fn extract(
        &mut self,
        chars: &[char],
        manner: Manner,
        lexicon: &Lexicon,
        classes: &Classes,
        keys: &mut Vec<[u32; FEATURES]>,
    ) {
        lexicon.walk(chars, &mut self.words);
        self.lay_out(chars, classes);
        keys.clear();
        keys.reserve(chars.len());
        let spoken = manner == Manner::Speech;
        for at in 0..chars.len() {
            keys.push(self.at(chars, at, spoken));
        }
    }

    /// Longest-match walk, and the longest word that covers and that ends at each character.
    fn lay_out(&mut self, chars: &[char], classes: &Classes) {
        let count = chars.len();
        self.classes.clear();
        self.classes.extend(chars.iter().map(|c| classes.of(*c)));
        self.walk.clear();
        self.in_walk.clear();
        self.covers.clear();
        self.covers.resize(count, (0, 0));
        self.ends.clear();
        self.ends.resize(count, (0, 0));
        let mut next = 0;
        for (at, word) in self.words.iter().enumerate() {
            if at == next {
                let index = u32::try_from(self.walk.len()).unwrap_or(0);
                self.walk.push(*word);
                for inside in 0..word.length {
                    self.in_walk.push((index, inside));
                }
                next += usize::from(word.length);
            }
            if word.tag == 0 {
                continue;
            }
            let end = at + usize::from(word.length);
            for cover in self.covers.get_mut(at..end).unwrap_or_default() {
                if word.length > cover.0 {
                    *cover = (word.length, word.tag);
                }
            }
            if let Some(last) = self.ends.get_mut(end - 1)
                && word.length > last.0
            {
                *last = (word.length, word.tag);
            }
        }
    }

    fn at(&self, chars: &[char], at: usize, spoken: bool) -> [u32; FEATURES] {
        let char_at = |by: isize| {
            at.checked_add_signed(by)
                .and_then(|i| chars.get(i))
                .map_or(EDGE, |c| u32::from(*c))
        };
        let class_at = |by: isize| {
            at.checked_add_signed(by)
                .and_then(|i| self.classes.get(i))
                .map_or(0, |c| u32::from(*c))
        };
        let [a, b, c, d, e, f, g] = [-3, -2, -1, 0, 1, 2, 3].map(char_at);
        let [u, v, w, x, y] = [-2, -1, 0, 1, 2].map(class_at);
        let (index, inside) = self.in_walk.get(at).copied().unwrap_or((0, 0));
        let word_at = |by: i32| {
            index
                .checked_add_signed(by)
                .and_then(|i| self.walk.get(i as usize))
                .copied()
                .unwrap_or(Word {
                    length: 0,
                    tag: 0,
                    key: EDGE,
                })
        };
        let [two_back, back, this, ahead, two_ahead] = [-2, -1, 0, 1, 2].map(word_at);
        let tag = |w: Word| u32::from(w.tag);
        let shape = |w: Word| u32::from(w.length) << 8 | u32::from(w.tag);
        let place = u32::from(inside) << 16 | shape(this);
        let pair = |p: (u8, u8)| u32::from(p.0) << 8 | u32::from(p.1);
        let begins = self.words.get(at).map_or(0, |w| shape(*w));
        let begins_next = self.words.get(at + 1).map_or(0, |w| shape(*w));
        let covers = self.covers.get(at).copied().map_or(0, pair);
        let ends = self.ends.get(at).copied().map_or(0, pair);
        let ended = at
            .checked_sub(1)
            .and_then(|i| self.ends.get(i))
            .copied()
            .map_or(0, pair);
        let key = |n: u32, parts: &[u32]| {
            parts
                .iter()
                .fold(mix(0x2545_f491, n), |h, p| mix(h, *p))
                .max(1)
        };
        // 0 is the key of nothing.
        let aloud = |n: u32, parts: &[u32]| if spoken { key(n, parts) } else { 0 };
        [
            key(0, &[a]),
            key(1, &[b]),
            key(2, &[c]),
            key(3, &[d]),
            key(4, &[e]),
            key(5, &[f]),
            key(6, &[g]),
            key(7, &[a, b]),
            key(8, &[b, c]),
            key(9, &[c, d]),
            key(10, &[d, e]),
            key(11, &[e, f]),
            key(12, &[f, g]),
            key(13, &[c, e]),
            key(14, &[a, b, c]),
            key(15, &[b, c, d]),
            key(16, &[c, d, e]),
            key(17, &[d, e, f]),
            key(18, &[e, f, g]),
            key(19, &[a, b, c, d]),
            key(20, &[b, c, d, e]),
            key(21, &[c, d, e, f]),
            key(22, &[d, e, f, g]),
            key(23, &[v, w]),
            key(24, &[w, x]),
            key(25, &[v, w, x]),
            key(26, &[u, v, w]),
            key(27, &[w, x, y]),
            key(28, &[u, v, w, x, y]),
            key(29, &[place]),
            key(30, &[this.key, u32::from(inside)]),
            key(31, &[back.key, place]),
            key(32, &[ahead.key, place]),
            key(33, &[tag(back), place]),
            key(34, &[tag(ahead), place]),
            key(35, &[shape(back), place, shape(ahead)]),
            key(36, &[two_back.key, u32::from(inside)]),
            key(37, &[two_ahead.key, u32::from(inside)]),
            key(38, &[begins, covers, ends]),
            key(39, &[begins_next, ended]),
            key(40, &[back.key, this.key, u32::from(inside)]),
            key(41, &[this.key, ahead.key, u32::from(inside)]),
            key(42, &[tag(two_back), tag(back), place]),
            key(43, &[d, place]),
            aloud(44, &[c, d]),
            aloud(45, &[d, e]),
            aloud(46, &[b, c, d]),
            aloud(47, &[c, d, e]),
            aloud(48, &[d, e, f]),
            aloud(49, &[d]),
            aloud(50, &[place]),
            aloud(51, &[this.key, u32::from(inside)]),
            aloud(52, &[back.key, place]),
            aloud(53, &[ahead.key, place]),
            aloud(54, &[shape(back), place, shape(ahead)]),
            aloud(55, &[w, x, v]),
        ]
    }
}
