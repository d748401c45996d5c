//! Generated names put into labelled sentences, so that the model learns how names are made and where they stand
//! rather than which names were in the news.

use super::super::super::person;
use super::Sentence;
use super::lists::Lists;
use super::random::Random;
use super::words::{BODIES, FIRMS, GROUPS, OFFICES, PARKS, SCHOOLS, TRADES};
use crate::article::Span;
use crate::gazetteer::{self, Level};
use crate::item::EntityKind;

/// What names are made of.
pub(super) struct Parts {
    surnames: Vec<char>,
    /// Second and third characters of names.
    given: Vec<char>,
    foreign: Vec<String>,
    places: Vec<String>,
    bodies: Vec<String>,
    brands: Vec<String>,
    counties: Vec<gazetteer::Division>,
    towns: Vec<gazetteer::Division>,
    lists: Lists,
}

impl Parts {
    /// From a word list (`word count tag` lines), lists of names and the table of divisions.
    pub(super) fn new(words: &str, lists: Lists) -> Self {
        let tagged = |wanted: &[&str], lengths: std::ops::RangeInclusive<usize>| -> Vec<String> {
            words
                .lines()
                .filter_map(|line| {
                    let mut fields = line.split(' ');
                    let word = fields.next()?;
                    let tag = fields.nth(1)?;
                    (wanted.contains(&tag) && lengths.contains(&word.chars().count()))
                        .then(|| word.to_owned())
                })
                .collect()
        };
        let native = tagged(&["nr"], 3..=3);
        let given = native
            .iter()
            .filter(|w| w.chars().next().is_some_and(person::is_surname))
            .flat_map(|w| w.chars().skip(1))
            .collect();
        let (towns, counties) = gazetteer::all().partition(|d| d.level() == Level::Street);
        Self {
            surnames: person::surnames().collect(),
            given,
            foreign: tagged(&["nrt"], 2..=5),
            places: tagged(&["ns"], 2..=5),
            bodies: tagged(&["nt"], 2..=12),
            brands: tagged(&["nz"], 2..=3),
            counties,
            towns,
            lists,
        }
    }

    pub(super) fn name(&self, kind: EntityKind, random: &mut Random, like: &str) -> String {
        match kind {
            EntityKind::Person => self.person(random, like),
            EntityKind::Place => self.place(random),
            _ => self.organisation(random),
        }
    }

    fn person(&self, random: &mut Random, like: &str) -> String {
        if like.contains('·') || like.chars().count() > 3 || (like.is_empty() && random.percent(4))
        {
            let mut name = random.pick(&self.foreign).cloned().unwrap_or_default();
            if like.contains('·') {
                name.push('·');
                name.push_str(random.pick(&self.foreign).map_or("", String::as_str));
            }
            return name;
        }
        // Common surnames come first in the list: squaring favours them and leaves rare ones their turn.
        let rank = random.below(self.surnames.len()) * random.below(self.surnames.len())
            / self.surnames.len().max(1);
        let mut name: String = self.surnames.get(rank).into_iter().collect();
        if random.percent(2) {
            name = random
                .word(&[
                    "欧阳", "司马", "上官", "诸葛", "夏侯", "皇甫", "尉迟", "司徒", "令狐", "慕容",
                ])
                .to_owned();
        }
        name.extend(random.pick(&self.given));
        if !random.percent(22) {
            name.extend(random.pick(&self.given));
        }
        name
    }

    fn place(&self, random: &mut Random) -> String {
        match random.below(10) {
            0..=2 => self.county(random).to_owned(),
            3 => random
                .pick(&self.counties)
                .map_or("", |d| d.short_name())
                .to_owned(),
            4 | 5 => random.pick(&self.towns).map_or("", |d| d.name).to_owned(),
            6 | 7 => random.pick(&self.places).cloned().unwrap_or_default(),
            _ => {
                let stem = self.stem(random);
                stem + random.word(&[
                    "村", "村", "村", "社区", "路", "大道", "街", "水库", "山", "河", "大桥",
                    "广场", "公园", "小区", "古镇", "湖",
                ])
            }
        }
    }

    fn county(&self, random: &mut Random) -> &'static str {
        random.pick(&self.counties).map_or("", |d| d.name)
    }

    /// Two characters of a place's or a firm's own name.
    fn stem(&self, random: &mut Random) -> String {
        let town = |random: &mut Random| random.pick(&self.towns).map_or("", |d| d.short_name());
        match random.below(4) {
            0 => random.pick(&self.brands).cloned().unwrap_or_default(),
            1 => (0..2).filter_map(|_| random.pick(&self.given)).collect(),
            _ => town(random).chars().take(3).collect(),
        }
    }

    fn organisation(&self, random: &mut Random) -> String {
        let owner = match random.below(8) {
            0 | 1 => self.county(random).to_owned(),
            2 | 3 => random
                .pick(&self.counties)
                .map_or("", |d| d.short_name())
                .to_owned(),
            4 => random.pick(&self.towns).map_or("", |d| d.name).to_owned(),
            _ => random.word(&["市", "市", "县", "区", "省"]).to_owned(),
        };
        match random.below(12) {
            0 | 1 => random.pick(&self.bodies).cloned().unwrap_or_default(),
            2..=4 => owner + random.word(&BODIES),
            5 => owner + random.word(&BODIES) + random.word(&OFFICES),
            6 | 7 => {
                let place = if owner.chars().count() > 1 && random.percent(60) {
                    owner
                } else {
                    String::new()
                };
                place + &self.stem(random) + random.word(&TRADES) + random.word(&FIRMS)
            }
            8 => {
                self.stem(random)
                    + random.word(&[
                        "集团", "科技", "医药", "重工", "股份", "电子", "食品", "地产", "汽车",
                        "传媒", "资本", "证券",
                    ])
            }
            9 => {
                let place = if owner.chars().count() > 1 {
                    owner
                } else {
                    self.stem(random)
                };
                place + random.word(&SCHOOLS)
            }
            10 => {
                let place = if random.percent(50) {
                    owner
                } else {
                    self.stem(random)
                };
                place + random.word(&TRADES) + random.word(&PARKS)
            }
            _ => owner + random.word(&TRADES) + random.word(&GROUPS),
        }
    }
}

/// `sentence` with names of its kinds in place of its own.
pub(super) fn renamed(sentence: &Sentence, parts: &Parts, random: &mut Random) -> Sentence {
    let chars: Vec<char> = sentence.text.chars().collect();
    let mut made = Sentence {
        text: String::new(),
        names: Vec::new(),
    };
    let (mut length, mut at) = (0, 0);
    for (kind, span) in &sentence.names {
        let (Some(before), Some(own)) =
            (chars.get(at..span.start), chars.get(span.start..span.end))
        else {
            continue;
        };
        made.text.extend(before);
        length += before.len();
        let own: String = own.iter().collect();
        let name = if random.percent(80) {
            parts.name(*kind, random, &own)
        } else {
            own
        };
        let end = length + name.chars().count();
        if end > length {
            made.names.push((*kind, Span::new(length, end)));
        }
        made.text.push_str(&name);
        length = end;
        at = span.end;
    }
    made.text.extend(chars.get(at..).unwrap_or_default());
    made
}

/// A template with names in its slots: `{P}`, `{L}`, `{O}` made up, `{O:bank}` and `{O:@city银行}` of lists, `<O:市委>` as it
/// stands, `{N:game}` of a list that is none of the three kinds.
pub(super) fn filled(template: &str, parts: &Parts, random: &mut Random) -> Sentence {
    let mut made = Sentence {
        text: String::new(),
        names: Vec::new(),
    };
    let mut rest = template;
    while let Some(at) = rest.find(['{', '<']) {
        let (before, slot) = rest.split_at(at);
        made.text.push_str(before);
        let Some(end) = slot.find(['}', '>']) else {
            rest = slot;
            break;
        };
        let inside = slot.get(1..end).unwrap_or("");
        rest = slot.get(end + 1..).unwrap_or("");
        let (letter, own) = inside.split_once(':').unwrap_or((inside, ""));
        let kind = match letter {
            "P" => EntityKind::Person,
            "L" => EntityKind::Place,
            _ => EntityKind::Organisation,
        };
        let name = if own.is_empty() {
            parts.name(kind, random, "")
        } else if slot.starts_with('{') {
            parts.lists.name(own, random)
        } else {
            own.to_owned()
        };
        let start = made.text.chars().count();
        made.text.push_str(&name);
        let end = start + name.chars().count();
        if start < end && letter != "N" {
            made.names.push((kind, Span::new(start, end)));
        }
    }
    made.text.push_str(rest);
    made
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts() -> Parts {
        Parts::new(
            "李文海 3 nr\n史密斯 3 nrt\n黑龙江 9 ns\n红旗 5 nz\n教育部 9 nt\n",
            Lists::new(&[("game".to_owned(), "星海\n".to_owned())]),
        )
    }

    #[track_caller]
    fn sound(sentence: &Sentence) {
        let mut last = 0;
        for (_, span) in &sentence.names {
            assert!(span.start >= last && span.start < span.end, "{sentence:?}");
            assert!(!span.of(&sentence.text).is_empty(), "{sentence:?}");
            last = span.end;
        }
    }

    #[test]
    fn generated_names_stand_where_they_are_said_to_stand() {
        let parts = parts();
        let original = Sentence {
            text: "昨天,王明在天元区出席会议".into(),
            names: vec![
                (EntityKind::Person, Span::new(3, 5)),
                (EntityKind::Place, Span::new(6, 9)),
            ],
        };
        for seed in 0..200 {
            let made = renamed(&original, &parts, &mut Random::new(seed));
            sound(&made);
            assert!(
                made.text.starts_with("昨天,") && made.text.ends_with("出席会议"),
                "{made:?}"
            );
            assert_eq!(made.names.len(), 2, "{made:?}");
        }
    }

    #[test]
    fn what_is_no_name_gets_no_label() {
        let made = filled("{P}玩{N:game}", &parts(), &mut Random::new(1));
        assert!(
            made.text.ends_with("玩星海") && made.names.len() == 1,
            "{made:?}"
        );
    }

    #[test]
    fn templates_are_filled() {
        let parts = parts();
        for seed in 0..200 {
            let made = filled(
                "<O:市委>书记{P}到{L}{O}调研",
                &parts,
                &mut Random::new(seed),
            );
            sound(&made);
            assert!(made.text.starts_with("市委书记") && made.text.ends_with("调研"));
            assert!(!made.text.contains(['{', '<', '}', '>']));
        }
    }
}
