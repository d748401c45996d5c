//! Administrative divisions of China (GB/T 2260 to street level), embedded: `models/gb2260.md` says where they come from.

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
    let pair = mix(mix(SEED, *first), *second);
    let reach = TABLE.reach(pair).min(text.len());
    let (mut hash, mut longest) = (mix(SEED, *first), None);
    for (c, length) in text.get(1..reach)?.iter().zip(2..) {
        hash = mix(hash, *c);
        let name = text.iter().copied().take(length);
        if TABLE.names.get(TABLE.place(hash, &name)) != Some(&0) {
            longest = Some(length);
        }
    }
    longest
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
    /// By the high bits of the hash of a name, the next free place after it where that is taken: one more than the index of the
    /// first entry of its chain.
    names: Vec<u32>,
    /// By the high bits of the hash of two characters: how long the longest name is that begins with them, 0 for none.
    reach: Vec<u8>,
    entries: Vec<Entry>,
}

/// A name of a division.
struct Entry {
    division: u32,
    /// One more than the index of the next entry of the same name; 0 ends the chain.
    next: u32,
    /// Bytes of the division's name that are this name.
    length: u8,
}

/// Bits of a hash: names, and pairs of characters, told apart at once.
const NAME_BITS: u32 = 18;
const PAIR_BITS: u32 = 18;
const SEED: u32 = 0x5bd1_e995;

fn mix(hash: u32, c: char) -> u32 {
    (hash.rotate_left(7) ^ u32::from(c)).wrapping_mul(0x9e37_79b1)
}

fn hash(name: impl Iterator<Item = char>) -> u32 {
    name.fold(SEED, mix)
}

impl Table {
    fn read(text: &'static str) -> Self {
        let divisions: Vec<Division> = text
            .lines()
            .filter_map(|line| line.split_once('\t'))
            .map(|(code, name)| Division { code, name })
            .collect();
        let mut table = Self {
            names: vec![0; 1 << NAME_BITS],
            reach: vec![0; 1 << PAIR_BITS],
            entries: Vec::with_capacity(divisions.len() * 2),
            divisions,
        };
        for number in 0..table.divisions.len() {
            let Some(division) = table.divisions.get(number).copied() else {
                break;
            };
            table.enter(division.name, number);
            let short = division.short_name();
            if short.len() != division.name.len() {
                table.enter(short, number);
            }
        }
        table
    }

    fn enter(&mut self, name: &'static str, division: usize) {
        let (Ok(division), Ok(length)) = (u32::try_from(division), u8::try_from(name.len())) else {
            return;
        };
        let place = self.place(hash(name.chars()), &name.chars());
        let Some(first) = self.names.get_mut(place) else {
            return;
        };
        self.entries.push(Entry {
            division,
            next: *first,
            length,
        });
        *first = u32::try_from(self.entries.len()).unwrap_or(0);
        let mut chars = name.chars();
        if let (Some(first), Some(second)) = (chars.next(), chars.next()) {
            let length = u8::try_from(2 + chars.count()).unwrap_or(u8::MAX);
            let pair = mix(mix(SEED, first), second) >> (32 - PAIR_BITS);
            if let Some(longest) = self.reach.get_mut(pair as usize) {
                *longest = length.max(*longest);
            }
        }
    }

    /// No name that begins with these two characters, whose hash this is, is longer.
    fn reach(&self, pair: u32) -> usize {
        let reach = self.reach.get((pair >> (32 - PAIR_BITS)) as usize);
        reach.map_or(0, |reach| usize::from(*reach))
    }

    /// Where in `names` the name with this hash stands, or would.
    fn place(&self, hash: u32, name: &(impl Iterator<Item = char> + Clone)) -> usize {
        let mask = self.names.len() - 1;
        let mut place = (hash >> (32 - NAME_BITS)) as usize;
        while let Some(entry) = self.entry(self.names.get(place).copied().unwrap_or(0))
            && !self.name(entry).chars().eq(name.clone())
        {
            place = (place + 1) & mask;
        }
        place
    }

    fn entry(&self, number: u32) -> Option<&Entry> {
        self.entries.get(number.checked_sub(1)? as usize)
    }

    fn name(&self, entry: &Entry) -> &'static str {
        let division = self.divisions.get(entry.division as usize);
        division
            .and_then(|d| d.name.get(..entry.length.into()))
            .unwrap_or("")
    }

    fn named(&self, name: &str) -> impl Iterator<Item = Division> {
        let place = self.place(hash(name.chars()), &name.chars());
        let mut entry = self.entry(self.names.get(place).copied().unwrap_or(0));
        std::iter::from_fn(move || {
            let this = entry?;
            entry = self.entry(this.next);
            self.divisions.get(this.division as usize).copied()
        })
    }
}

/// What names with this last character may end in; longest first where one ends in another.
fn suffixes(last: char) -> &'static [&'static str] {
    match last {
        '镇' => &["镇"],
        '乡' => &["民族乡", "乡"],
        '道' => &["街道"],
        '处' => &["街道办事处", "地区办事处"],
        '木' => &["苏木"],
        '县' => &["自治县", "县"],
        '区' => &["特别行政区", "自治区", "地区", "新区", "林区", "矿区", "区"],
        '市' => &["市"],
        '州' => &["自治州"],
        '旗' => &["自治旗"],
        '盟' => &["盟"],
        '省' => &["省"],
        _ => &[],
    }
}

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
    let last = name.chars().next_back().unwrap_or_default();
    let Some((rest, suffix)) = suffixes(last)
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
