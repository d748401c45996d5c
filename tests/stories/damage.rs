//! What happens to a story on its way to another paper: seeded, a given part of it at most.

use crate::texts::Text;

/// SplitMix64.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let x = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((x ^ (x >> 31)) % n.max(1) as u64) as usize
    }
}

/// Characters a reader of scans takes for each other.
const ALIKE: &[&str] = &[
    "日曰目白",
    "人入八",
    "己已巳",
    "土士",
    "大太天夫",
    "千干于",
    "问间同",
    "田由甲申",
    "王玉主",
    "今令",
    "侍待持",
    "治冶",
    "折拆析",
    "贷货",
    "1l7",
    "0O6",
    "38",
    "56",
    "未末",
    "木本术",
    "市布",
    "元无",
    "万方",
    "万力",
    "公会",
    "区匹",
    "县具",
    "在左",
    "全金",
    "气乞",
    "开并",
    "年午",
    "月用",
    "采釆",
    "代伐",
    "政攻",
    "住往",
    "水永",
    "村材",
    "工江",
    "业亚",
    "农衣",
    "乡多",
    "了子",
    ",。",
    "的约",
];
const LEADS: &[&str] = &[
    "新华社南昌3月18日电 ",
    "本报综合消息 ",
    "据新华社电,",
    "记者昨日从有关部门获悉,",
    "本报讯(记者 谈笑 通讯员 柳依依)",
    "融媒体中心消息:",
];

/// A copy with up to `share` of its characters changed, added or gone; the headline and the order of sentences besides.
pub(crate) fn resend(text: &Text, share: f64, dice: &mut Dice) -> Text {
    let length = text.body.chars().count();
    let mut budget = (length as f64 * share) as usize;
    let mut sentences: Vec<String> = text.body.split_inclusive('。').map(str::to_owned).collect();
    let mut headline = text.headline.clone();
    let mut lead = "";
    // Each kind of change as the dice fall; whatever budget is left is misread characters.
    if dice.below(3) == 0 {
        headline = text
            .body
            .chars()
            .skip(dice.below(length / 2))
            .take(12)
            .collect();
    }
    if dice.below(3) == 0 {
        lead = LEADS[dice.below(LEADS.len())];
        let cost = lead.chars().count();
        if cost <= budget {
            budget -= cost;
        } else {
            lead = "";
        }
    }
    if dice.below(2) == 0 {
        let fits = |s: &String| s.chars().count() <= budget;
        // Editors cut from the end.
        let from = sentences.len() - dice.below(sentences.len().min(2)) - 1;
        if sentences.len() > 1 && fits(&sentences[from]) {
            budget -= sentences.remove(from).chars().count();
        }
    }
    if dice.below(3) == 0 && sentences.len() > 2 {
        let at = dice.below(sentences.len() - 1);
        sentences.swap(at, at + 1);
    }
    let mut chars: Vec<char> = format!("{lead}{}", sentences.concat()).chars().collect();
    if dice.below(3) > 0 {
        for _ in 0..budget {
            misread(&mut chars, dice);
        }
    } else if budget > 3 {
        // One passage told anew, in words of the text itself.
        let start = dice.below(chars.len() - budget);
        for at in start..start + budget {
            let other = chars[dice.below(chars.len())];
            if !chars[at].is_ascii() && !other.is_ascii() {
                chars[at] = other;
            }
        }
    }
    Text {
        headline,
        body: chars.into_iter().collect(),
    }
}

fn misread(chars: &mut Vec<char>, dice: &mut Dice) {
    let at = dice.below(chars.len());
    match dice.below(8) {
        0 => drop(chars.remove(at)),
        1 => chars.insert(at, chars[dice.below(chars.len())]),
        2 => chars[at] = chars[dice.below(chars.len())],
        // Mostly those that have a double.
        _ => {
            let ways = (0..chars.len()).map(|i| (at + i) % chars.len());
            let found = ways.take(12).find_map(|i| {
                let set = ALIKE.iter().find(|set| set.contains(chars[i]))?;
                Some((
                    i,
                    set.chars().filter(|c| *c != chars[i]).collect::<Vec<_>>(),
                ))
            });
            match found {
                Some((i, set)) => chars[i] = set[dice.below(set.len())],
                None => chars[at] = '口',
            }
        }
    }
}
