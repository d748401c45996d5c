//! What the model looks at in a sentence, as 32-bit keys.

use super::lexicon::{Lexicon, Word, fingerprint, mix};
use std::sync::LazyLock;

/// Something seen in a sentence that speaks of several characters near it: its slot `s` of the character `first + s`.
///
/// An n-gram speaks of the characters before, in and behind it, a word of each of its own. One look-up so serves what would
/// be a feature of its own for every distance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) key: u32,
    /// Row of scores of slot 0; the rows of the sentence begin at [`START`].
    pub(super) first: u32,
    /// At most [`SLOTS`].
    pub(super) slots: u8,
}

/// Slots of a block.
pub(super) const SLOTS: u8 = 8;

/// What is looked at reaches so far over the sentence's ends, and speaks of characters as far away again.
const PAD: usize = 3;

/// Row of scores of the first character.
pub(super) const START: usize = 2 * PAD;

/// Rows of scores that the blocks of a sentence of this length need.
pub(super) fn rows(length: usize) -> usize {
    length + 2 * START
}

/// Room for one sentence, used again for the next.
#[derive(Default)]
pub(super) struct Extractor {
    words: Vec<Word>,
    /// Words of the longest-match walk.
    walk: Vec<Word>,
    /// The longest word that covers and that ends at each character: length and part of speech.
    covers: Vec<(u8, u8)>,
    ends: Vec<(u8, u8)>,
    /// With room on either side.
    classes: Vec<u8>,
    padded: Vec<char>,
    /// A word of [`MATCH`] is in the sentence.
    is_match: bool,
}

/// Fingerprints of [`MATCH`].
struct MatchWords {
    sorted: Vec<u32>,
    /// A bit for the high bits of each, so that hardly any other word is searched for.
    sieve: [u64; 64],
}

static MATCH_WORDS: LazyLock<MatchWords> = LazyLock::new(MatchWords::new);

impl MatchWords {
    fn new() -> Self {
        let words = MATCH.split_whitespace();
        let mut sorted: Vec<u32> = words
            .map(|word| fingerprint(&word.chars().collect::<Vec<_>>()))
            .collect();
        sorted.sort_unstable();
        let mut sieve = [0; 64];
        for key in &sorted {
            if let Some(bits) = sieve.get_mut((key >> 26) as usize) {
                *bits |= 1 << (key >> 20 & 63);
            }
        }
        Self { sorted, sieve }
    }

    #[inline]
    fn has(&self, key: u32) -> bool {
        let bits = self.sieve.get((key >> 26) as usize).copied();
        bits.is_some_and(|bits| bits >> (key >> 20 & 63) & 1 == 1)
            && self.sorted.binary_search(&key).is_ok()
    }
}

const PLACE: &str = "省市区县州镇乡村路街道巷湾山河湖海江岛港桥庄屯寨堡坪塘岭沟溪洲";
const BODY: &str = "局委部厅院校社会所队馆站厂行司团处办署店党盟协中心园场组";
const FOREIGN: &str = "尔斯特克拉罗德阿瓦巴卡莫萨布姆内伊夫格洛诺维奥贝费塞托普亚蒂杜鲁埃";
const NUMERAL: &str = "零一二三四五六七八九十百千万亿两〇几";
const DATE: &str = "年月日时分秒号";
/// Words by which a sentence is told to be of a match: there a city's name is a side.
const MATCH: &str = "主场 客场 联赛 赔率 足彩 竞彩 赛季 球队 主队 客队 比分 平局 主胜 客胜 保级 降级 不败 前锋 后卫 \
     中场 门将 进球 失球 夺冠 决赛 半决赛 小组赛 淘汰赛 热身赛 德比 对阵 做客 英超 意甲 德甲 西甲 法甲 中超 \
     欧冠 盘口 让球 主帅 主教练 俱乐部 击败 战胜 战平 逆转 球员 球迷 足球 篮球 排球 首轮 次轮 出线 锋线 防线";
/// Neither Han nor ASCII.
const OTHER: u8 = 13;

/// Classes of the characters of the BMP, so that looking one up is one read.
pub(super) struct Classes(Vec<u8>);

impl Classes {
    pub(super) fn new() -> Self {
        let mut classes = Self(vec![OTHER; 0x1_0000]);
        // What comes later goes before.
        classes.put('\0'..='\u{7f}', 3);
        classes.put('\u{4e00}'..='\u{9fff}', 12);
        classes.put(super::super::person::surnames(), 11);
        let foreign = |surname: bool| {
            let all = FOREIGN.chars();
            all.filter(move |c| super::super::person::is_surname(*c) == surname)
        };
        classes.put(foreign(false), 9);
        classes.put(foreign(true), 10);
        classes.put(BODY.chars(), 8);
        classes.put(PLACE.chars(), 7);
        classes.put(DATE.chars(), 6);
        classes.put(NUMERAL.chars(), 5);
        classes.put(['·'], 4);
        classes.put('a'..='z', 2);
        classes.put('A'..='Z', 2);
        classes.put('0'..='9', 1);
        classes
    }

    fn put(&mut self, chars: impl IntoIterator<Item = char>, class: u8) {
        for c in chars {
            if let Some(of) = self.0.get_mut(c as usize) {
                *of = class;
            }
        }
    }

    #[inline]
    fn of(&self, c: char) -> u8 {
        self.0.get(c as usize).copied().unwrap_or(OTHER)
    }
}

/// Stands for what lies outside the sentence.
const EDGE: char = '\u{0}';

/// A word where there is none.
const NOTHING: Word = Word {
    length: 0,
    tag: 0,
    key: 0,
};

/// One step of a key; the number says what the parts are.
fn key(n: u32, parts: &[u32]) -> u32 {
    parts.iter().fold(mix(0x2545_f491, n), |h, p| mix(h, *p))
}

fn shape(word: Word) -> u32 {
    u32::from(word.length) << 8 | u32::from(word.tag)
}

impl Extractor {
    /// Calls `see` with every block of a sentence.
    #[inline]
    pub(super) fn each(
        &mut self,
        chars: &[char],
        lexicon: &Lexicon,
        classes: &Classes,
        mut see: impl FnMut(Block),
    ) {
        lexicon.walk(chars, &mut self.words);
        self.lay_out(chars, classes);
        let mut block = |key: u32, first: usize, slots: u8| {
            see(Block {
                key,
                first: u32::try_from(first).unwrap_or(0),
                slots,
            });
        };
        self.strings(&mut block);
        self.word_ends(chars.len(), &mut block);
        self.walked(chars, &mut block);
    }

    /// Longest-match walk, and the longest word that covers and that ends at each character.
    fn lay_out(&mut self, chars: &[char], classes: &Classes) {
        let count = chars.len();
        self.padded.clear();
        self.padded.extend([EDGE; PAD]);
        self.padded.extend(chars);
        self.padded.extend([EDGE; 2 * PAD]);
        self.classes.clear();
        self.classes.extend([0; PAD]);
        self.classes.extend(chars.iter().map(|c| classes.of(*c)));
        self.classes.extend([0; 2 * PAD]);
        self.walk.clear();
        self.covers.clear();
        self.covers.resize(count, (0, 0));
        self.ends.clear();
        self.ends.resize(count, (0, 0));
        let mut next = 0;
        self.is_match = false;
        let match_words = &*MATCH_WORDS;
        for (at, word) in self.words.iter().enumerate() {
            if at == next {
                self.is_match |= word.tag != 0 && match_words.has(word.key);
                self.walk.push(*word);
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

    /// Strings of one to four characters and of two, three and five classes.
    #[inline]
    fn strings(&self, block: &mut impl FnMut(u32, usize, u8)) {
        for (at, window) in self.padded.windows(4).enumerate() {
            let &[a, b, c, d] = window else { continue };
            let [a, b, c, d] = [a, b, c, d].map(u32::from);
            let one = key(1, &[a]);
            let two = mix(one, b);
            let three = mix(two, c);
            // Of the characters that have it within three.
            block(one, at, 7);
            block(two, at + 1, 6);
            block(three, at + 2, 5);
            block(mix(three, d), at + 3, 4);
            block(key(2, &[a, c]), at + PAD + 1, 1);
        }
        for (at, window) in self.classes.windows(5).enumerate() {
            let &[a, b, c, d, e] = window else { continue };
            let [a, b, c, d, e] = [a, b, c, d, e].map(u32::from);
            let two = key(3, &[a << 4 | b]);
            let three = mix(two, c);
            block(two, at + PAD, 2);
            block(three, at + PAD, 3);
            block(mix(three, d << 4 | e), at + PAD + 2, 1);
        }
    }

    /// Words that begin, cover and end at each character.
    #[inline]
    fn word_ends(&self, count: usize, block: &mut impl FnMut(u32, usize, u8)) {
        let pair = |p: Option<&(u8, u8)>| p.map_or(0, |p| u32::from(p.0) << 8 | u32::from(p.1));
        let begins = |at: usize| self.words.get(at).map_or(0, |w| shape(*w));
        let mut ended = 0;
        for at in 0..count {
            let ends = pair(self.ends.get(at));
            let covers = pair(self.covers.get(at));
            block(key(4, &[begins(at), covers, ends]), at + START, 1);
            block(key(5, &[begins(at + 1), ended]), at + START, 1);
            ended = ends;
        }
    }

    /// Words of the walk with their neighbours: a slot for each character of the word.
    #[inline]
    fn walked(&self, chars: &[char], block: &mut impl FnMut(u32, usize, u8)) {
        let mut at = 0;
        for index in 0..self.walk.len() {
            let word = |by: isize| {
                index
                    .checked_add_signed(by)
                    .and_then(|i| self.walk.get(i))
                    .copied()
                    .unwrap_or(NOTHING)
            };
            let [two_back, back, this, ahead, two_ahead] = [-2, -1, 0, 1, 2].map(word);
            let tag = |w: Word| u32::from(w.tag);
            let own = shape(this);
            for key in [
                key(6, &[own]),
                key(7, &[this.key]),
                key(8, &[back.key, own]),
                key(9, &[ahead.key, own]),
                key(10, &[tag(back), own]),
                key(11, &[tag(ahead), own]),
                key(12, &[shape(back) << 16 | shape(ahead), own]),
                key(13, &[two_back.key]),
                key(14, &[two_ahead.key]),
                key(15, &[back.key, this.key]),
                key(16, &[this.key, ahead.key]),
                key(17, &[tag(two_back) << 8 | tag(back), own]),
            ] {
                block(key, at + START, this.length);
            }
            if self.is_match {
                for key in [
                    key(19, &[this.key]),
                    key(20, &[tag(back), own]),
                    key(21, &[tag(ahead), own]),
                ] {
                    block(key, at + START, this.length);
                }
            }
            for (inside, c) in (0u32..).zip(chars.iter().skip(at).take(this.length.into())) {
                let key = key(18, &[u32::from(*c), inside << 16 | own]);
                block(key, at + inside as usize + START, 1);
            }
            at += usize::from(this.length);
        }
    }
}
