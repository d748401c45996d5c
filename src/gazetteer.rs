//! Administrative divisions of China (GB/T 2260 to street level), embedded: `models/gb2260.md` says where they come from.

use rustc_hash::FxHashMap;
use std::sync::LazyLock;

/// One division.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Division {
    /// Two, four or six significant digits padded to six with zeros; nine at street level.
    pub code: &'static str,
    /// Full name: `天元区`.
    pub name: &'static str,
}

impl Division {
    /// How far down it stands.
    pub fn level(&self) -> Level {
        match prefix(self.code).len() {
            2 => Level::Province,
            4 => Level::Prefecture,
            6 => Level::County,
            _ => Level::Street,
        }
    }

    /// Its name without 省, 市, 区…, where two characters or more are left: `天元`.
    pub fn short_name(&self) -> &'static str {
        short(self.name)
    }
}

/// Level of a division, highest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// 省, 自治区, 直辖市, 特别行政区.
    Province,
    /// 地级市, 自治州, 地区, 盟.
    Prefecture,
    /// 县, 区, 县级市, 旗.
    County,
    /// 街道, 镇, 乡.
    Street,
}

/// Every division, in order of code.
pub fn all() -> impl Iterator<Item = Division> {
    TABLE.divisions.iter().copied()
}

/// The division with exactly this code.
pub fn by_code(code: &str) -> Option<Division> {
    let all = &TABLE.divisions;
    let found = all.binary_search_by(|d| d.code.cmp(code)).ok()?;
    all.get(found).copied()
}

/// Every division of this name, with or without its suffix (`天元` and `天元区`), highest level first.
pub fn by_name(name: &str) -> Vec<Division> {
    let mut found: Vec<Division> = TABLE.named(name).collect();
    found.sort_by_key(|d| (d.level(), d.code));
    found
}

/// How many characters of `text`, from its start, are the longest name of a division, full or short.
pub fn longest(text: &[char]) -> Option<usize> {
    let (Some(first), Some(second)) = (text.first(), text.get(1)) else {
        return None;
    };
    let longest = usize::from(*TABLE.begins.get(&(*first, *second))?).min(text.len());
    let mut name: String = text.iter().take(longest).collect();
    for length in (2..=longest).rev() {
        if TABLE.names.contains_key(name.as_str()) {
            return Some(length);
        }
        name.pop();
    }
    None
}

/// The divisions it lies in, nearest first: `430211102` → `430211`, `430200`, `430000`.
pub fn parents(code: &str) -> Vec<Division> {
    let mut found = Vec::with_capacity(3);
    for digits in [6, 4, 2] {
        let Some(head) = code.get(..digits) else {
            continue;
        };
        let padded = format!("{head:0<6}");
        if padded != code {
            found.extend(by_code(&padded).filter(|d| !found.contains(d)));
        }
    }
    found
}

/// A code without its trailing zero pairs, so that a prefix test means “lies in”: `430200` → `4302`.
pub fn prefix(code: &str) -> &str {
    let mut end = code.len();
    while end > 2 && end <= 6 && end.is_multiple_of(2) && code.get(end - 2..end) == Some("00") {
        end -= 2;
    }
    code.get(..end).unwrap_or(code)
}

/// Whether `code` is `ancestor` or lies in it.
pub fn within(code: &str, ancestor: &str) -> bool {
    code.starts_with(prefix(ancestor))
}

static TEXT: &str = include_str!("../models/gb2260.tsv");
static TABLE: LazyLock<Table> = LazyLock::new(|| Table::read(TEXT));

/// All divisions by code, and chains of those that share a name.
struct Table {
    divisions: Vec<Division>,
    /// Name → first entry of its chain in `chain`.
    names: FxHashMap<&'static str, u32>,
    /// First two characters of a name → length of the longest that begins so.
    begins: FxHashMap<(char, char), u8>,
    /// (division, next entry or `END`).
    chain: Vec<(u32, u32)>,
}

const END: u32 = u32::MAX;

impl Table {
    fn read(text: &'static str) -> Self {
        let divisions: Vec<Division> = text
            .lines()
            .filter_map(|line| line.split_once('\t'))
            .map(|(code, name)| Division { code, name })
            .collect();
        let mut table = Self {
            names: FxHashMap::with_capacity_and_hasher(divisions.len() * 2, Default::default()),
            begins: FxHashMap::with_capacity_and_hasher(divisions.len(), Default::default()),
            chain: Vec::with_capacity(divisions.len() * 2),
            divisions: Vec::new(),
        };
        for (i, division) in (0u32..).zip(&divisions) {
            table.enter(division.name, i);
            let short = division.short_name();
            if short != division.name {
                table.enter(short, i);
            }
        }
        table.divisions = divisions;
        table
    }

    fn enter(&mut self, name: &'static str, division: u32) {
        let entry = u32::try_from(self.chain.len()).unwrap_or(END);
        let next = self.names.insert(name, entry).unwrap_or(END);
        self.chain.push((division, next));
        let mut chars = name.chars();
        if let (Some(first), Some(second)) = (chars.next(), chars.next()) {
            let length = u8::try_from(2 + chars.count()).unwrap_or(u8::MAX);
            let longest = self.begins.entry((first, second)).or_default();
            *longest = length.max(*longest);
        }
    }

    fn named(&self, name: &str) -> impl Iterator<Item = Division> {
        let mut entry = self.names.get(name).copied().unwrap_or(END);
        std::iter::from_fn(move || {
            let (division, next) = *self.chain.get(entry as usize)?;
            entry = next;
            self.divisions.get(division as usize).copied()
        })
    }
}

/// Longest first where one ends in another.
const SUFFIXES: [&str; 21] = [
    "特别行政区",
    "街道办事处",
    "地区办事处",
    "自治区",
    "自治州",
    "自治县",
    "自治旗",
    "民族乡",
    "街道",
    "地区",
    "新区",
    "林区",
    "矿区",
    "苏木",
    "省",
    "市",
    "区",
    "县",
    "镇",
    "乡",
    "盟",
];

const PEOPLES: [&str; 57] = [
    "维吾尔",
    "柯尔克孜",
    "塔吉克",
    "哈萨克",
    "乌孜别克",
    "鄂伦春",
    "鄂温克",
    "达斡尔",
    "俄罗斯",
    "塔塔尔",
    "锡伯",
    "裕固",
    "保安",
    "东乡",
    "撒拉",
    "土家",
    "朝鲜",
    "蒙古",
    "普米",
    "景颇",
    "阿昌",
    "德昂",
    "布朗",
    "基诺",
    "独龙",
    "拉祜",
    "傈僳",
    "哈尼",
    "纳西",
    "仡佬",
    "仫佬",
    "毛南",
    "布依",
    "高山",
    "门巴",
    "珞巴",
    "赫哲",
    "各",
    "羌",
    "怒",
    "京",
    "黎",
    "畲",
    "佤",
    "水",
    "瑶",
    "侗",
    "壮",
    "苗",
    "彝",
    "白",
    "傣",
    "藏",
    "回",
    "满",
    "土",
    "汉",
];

fn short(name: &'static str) -> &'static str {
    let Some((rest, suffix)) = SUFFIXES
        .iter()
        .find_map(|s| Some((name.strip_suffix(s)?, *s)))
        .filter(|(rest, _)| long_enough(rest))
    else {
        return name;
    };
    if suffix.starts_with("自治") || suffix.ends_with('乡') {
        without_peoples(rest)
    } else {
        rest
    }
}

/// `恩施土家族苗族` → `恩施`; `新疆维吾尔` → `新疆`; `内蒙古` stays.
fn without_peoples(name: &'static str) -> &'static str {
    let mut rest = name;
    loop {
        let bare = rest.strip_suffix('族');
        let shorter = PEOPLES
            .iter()
            // 白 or 水 without 族 may end any name.
            .filter(|p| bare.is_some() || p.len() > 3)
            .find_map(|p| bare.unwrap_or(rest).strip_suffix(p))
            .filter(|r| long_enough(r));
        match shorter {
            Some(r) => rest = r,
            None => return rest,
        }
    }
}

fn long_enough(name: &str) -> bool {
    name.chars().nth(1).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(divisions: &[Division]) -> Vec<&str> {
        divisions.iter().map(|d| d.name).collect()
    }

    #[test]
    fn a_code_finds_its_division_and_nothing_else() {
        assert_eq!(by_code("430211").map(|d| d.name), Some("天元区"));
        assert_eq!(by_code("110000").map(|d| d.name), Some("北京市"));
        assert_eq!(by_code("110101001").map(|d| d.name), Some("东华门街道"));
        for unknown in ["", "43", "110100", "999999", "4302110000", "株洲"] {
            assert_eq!(by_code(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn full_and_short_names_find_every_bearer_highest_level_first() {
        assert_eq!(by_name("株洲"), by_name("株洲市"));
        assert_eq!(by_name("株洲").first().map(|d| d.code), Some("430200"));
        assert_eq!(by_name("鼓楼区").len(), 4);
        let jilin = by_name("吉林");
        assert_eq!(names(&jilin[..2]), ["吉林省", "吉林市"]);
        assert!(by_name("城关镇").len() > 50);
        assert_eq!(by_name("无此地"), []);
        assert_eq!(by_name(""), []);
    }

    #[test]
    fn the_longest_name_is_found_where_it_begins() {
        for (text, expected) in [
            ("天元区泰山路", Some(3)),
            ("天元", Some(2)),
            ("湖南省株洲市", Some(3)),
            ("恩施土家族苗族自治州利川市", Some(10)),
            ("天", None),
            ("的天元区", None),
        ] {
            let chars: Vec<char> = text.chars().collect();
            assert_eq!(longest(&chars), expected, "{text}");
        }
    }

    #[test]
    fn parents_come_nearest_first_and_skip_rows_that_are_no_places() {
        assert_eq!(names(&parents("430211102")), ["天元区", "株洲市", "湖南省"]);
        assert_eq!(names(&parents("430211")), ["株洲市", "湖南省"]);
        assert_eq!(names(&parents("110101001")), ["东城区", "北京市"]);
        assert_eq!(names(&parents("441900003")), ["东莞市", "广东省"]);
        assert_eq!(parents("430000"), []);
        assert_eq!(parents("株洲"), []);
    }

    #[test]
    fn prefix_means_lies_in() {
        assert_eq!(prefix("430200"), "4302");
        assert_eq!(prefix("110000"), "11");
        assert_eq!(prefix("431000"), "4310");
        assert_eq!(prefix("430211100"), "430211100");
        assert!(within("430211102", "430200"));
        assert!(within("430200", "430200"));
        assert!(!within("430300", "430200"));
    }

    #[test]
    fn short_names_lose_suffix_and_people_but_keep_two_characters() {
        for (full, expected) in [
            ("恩施土家族苗族自治州", "恩施"),
            ("新疆维吾尔自治区", "新疆"),
            ("内蒙古自治区", "内蒙古"),
            ("香港特别行政区", "香港"),
            ("浦东新区", "浦东"),
            ("东区", "东区"),
            ("龙胜各族自治县", "龙胜"),
            ("玉屏侗族自治县", "玉屏"),
            ("白关镇", "白关"),
        ] {
            assert_eq!(short(full), expected, "{full}");
        }
    }

    #[test]
    fn the_table_is_sorted_so_that_codes_can_be_searched() {
        assert!(TABLE.divisions.is_sorted_by(|a, b| a.code < b.code));
        assert!(TABLE.divisions.len() > 44_000);
    }
}
