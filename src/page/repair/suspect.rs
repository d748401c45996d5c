//! Characters that are probably misread: flagged with what they may stand for, never changed.

use crate::article::flag;
use crate::page::chars::CharSet;
use crate::page::draft::{Note, Para};
use crate::page::lm::{EDGE, Model};
use rustc_hash::FxHashMap;
use std::str::Chars;
use std::sync::LazyLock;

/// Bits the other character must save.
const SAVED: f32 = 16.0;

/// A character that costs fewer bits is no suspect.
const EXPECTED: f32 = 8.0;

/// Characters OCR takes for one another.
const ALIKE: [&str; 60] = [
    "仗伙",
    "绿渌",
    "已己巳",
    "末未",
    "土士",
    "曰日",
    "侯候",
    "戍戌戊",
    "大太犬",
    "人入",
    "干千于",
    "天夭",
    "囗口",
    "晴睛",
    "清请",
    "情清",
    "住往",
    "待侍",
    "持特",
    "析折",
    "拆折",
    "免兔",
    "鸟乌",
    "狠狼",
    "阴阳",
    "问间",
    "田由",
    "甲申",
    "贝见",
    "矢失",
    "刀力",
    "午牛",
    "王玉",
    "白自",
    "目日",
    "师帅",
    "历厉",
    "兵乒",
    "季李",
    "今令",
    "冶治",
    "泠冷",
    "准淮",
    "壁璧",
    "辩辨",
    "徒徙",
    "梁粱",
    "栗粟",
    "密蜜",
    "竟竞",
    "抱抢",
    "沧沦",
    "抡抢",
    "幕慕",
    "暮墓",
    "偏遍",
    "拨拔",
    "孤狐",
    "哀衷",
    "肓盲",
];

/// Traditional forms that stray into simplified text.
static TRADITIONAL: CharSet = CharSet::of(
    "員個們來國會這時說對業發產經開關門問間長東車馬鳥魚風飛龍學實寶電書畫當點體無為與東應該還進運過連選區協縣鄉鎮黨務動勞勝單歷總線組織給統結續緒縣約級紅納純紙細終絕經維網練職聯聲聽訊記訓設許訪評詞試話詳誠語誤請論諸課調談識證譯議護讀變讓豐負財貢貧貨購費貿資賽贊贏趙車軌軍轉輪輸輝辦農邊遠適遺郵鄧鄭釋鋼錄錢鐵銀鎖長門閃閉開閣隊陽階際陳陸險隨難雲霧靜頁項順須預領頭題額願類風飛飯館馬駐騎驗驚體鬥魚鮮鳥鳳鴻麗麥黃點齊齒",
);

/// All that OCR confuses: asked for every character, so that few are looked up.
static CONFUSED: CharSet = CharSet::of_all(&ALIKE);

/// What each of them is taken for.
static OTHERS: LazyLock<FxHashMap<char, Vec<char>>> = LazyLock::new(|| {
    let mut others: FxHashMap<char, Vec<char>> = FxHashMap::default();
    for group in ALIKE {
        for c in group.chars() {
            others
                .entry(c)
                .or_default()
                .extend(group.chars().filter(|o| *o != c));
        }
    }
    others
});

/// Flags a paragraph's doubtful characters.
pub(super) fn flag(para: &mut Para, model: &Model) {
    // A few traditional characters in simplified text are strays; many are the way the paper writes.
    let traditional = para
        .text
        .chars()
        .filter(|c| TRADITIONAL.contains(*c))
        .count();
    let stray = traditional > 0 && traditional * 20 < para.text.chars().count();
    let mut before = [EDGE; 2];
    let mut rest = para.text.chars();
    let mut notes = Vec::new();
    let mut at = 0;
    while let Some(c) = rest.next() {
        let what = if c == char::REPLACEMENT_CHARACTER {
            Some("undecodable".to_owned())
        } else if stray && TRADITIONAL.contains(c) {
            Some(format!("“{c}” is a traditional form"))
        } else if CONFUSED.contains(c) {
            better(before, c, rest.clone(), model)
                .map(|(other, saved)| format!("“{c}” may be “{other}” ({saved:.0} bits)"))
        } else {
            None
        };
        notes.extend(what.map(|what| Note::at(flag::SUSPECT_TEXT, at, at + 1, what)));
        before = [before[1], c];
        at += 1;
    }
    para.notes.append(&mut notes);
}

/// The look-alike that fits far better than what is printed, and the bits it saves.
fn better(before: [char; 2], c: char, mut after: Chars<'_>, model: &Model) -> Option<(char, f32)> {
    // Nearly every character is expected where it stands; only the others are worth a comparison.
    if model.bits(before, c) < EXPECTED {
        return None;
    }
    let next = [after.next(), after.next()].map(|c| c.unwrap_or(EDGE));
    let cost = |c: char| {
        model.bits(before, c)
            + model.bits([before[1], c], next[0])
            + model.bits([c, next[0]], next[1])
    };
    let printed = cost(c);
    OTHERS
        .get(&c)?
        .iter()
        .map(|other| (*other, printed - cost(*other)))
        .filter(|(_, saved)| *saved >= SAVED)
        .max_by(|a, b| a.1.total_cmp(&b.1))
}
