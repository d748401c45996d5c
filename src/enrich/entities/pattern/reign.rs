//! Years counted by reign: `清康熙三十年`, `南宋宝祐五年`, `万历年间`, `民国二十三年`.

use super::super::text::Cursor;
use super::super::words::{Chars, Table};
use super::number::small;
use super::when::{Day, Point, When, Year};
use std::sync::LazyLock;

/// A dynasty, the names that may stand before its reigns, and the reigns with their first and last year.
///
/// Only reigns of the common era that chronicles of places and temples still count by.
const DYNASTIES: [(&str, &str); 8] = [
    (
        "东汉 后汉 汉代 汉",
        "建武 25 56 永平 58 75 建初 76 84 元和 84 87 永元 89 105 永初 107 113 元初 114 120 延光 122 125 永建 126 132 \
         阳嘉 132 135 永和 136 141 建和 147 149 元嘉 151 153 永寿 155 158 延熹 158 167 建宁 168 172 熹平 172 178 \
         光和 178 184 中平 184 189 初平 190 193 兴平 194 195 建安 196 220",
    ),
    ("隋朝 隋代 隋", "开皇 581 600 仁寿 601 604 大业 605 618"),
    (
        "唐朝 唐代 大唐 唐",
        "武德 618 626 贞观 627 649 永徽 650 655 显庆 656 661 龙朔 661 663 麟德 664 665 乾封 666 668 总章 668 670 \
         咸亨 670 674 上元 674 676 仪凤 676 679 调露 679 680 永隆 680 681 开耀 681 682 永淳 682 683 垂拱 685 688 \
         长寿 692 694 圣历 698 700 久视 700 701 长安 701 705 神龙 705 707 景龙 707 710 景云 710 712 先天 712 713 \
         开元 713 741 天宝 742 756 至德 756 758 乾元 758 760 宝应 762 763 广德 763 764 永泰 765 766 大历 766 779 \
         建中 780 783 兴元 784 784 贞元 785 805 永贞 805 805 元和 806 820 长庆 821 824 宝历 825 827 大和 827 835 \
         太和 827 835 开成 836 840 会昌 841 846 大中 847 860 咸通 860 874 乾符 874 879 广明 880 881 中和 881 885 \
         光启 885 888 文德 888 888 龙纪 889 889 大顺 890 891 景福 892 893 乾宁 894 898 光化 898 901 天复 901 904 \
         天祐 904 907",
    ),
    (
        "北宋 宋朝 宋代 宋",
        "建隆 960 963 乾德 963 968 开宝 968 976 太平兴国 976 984 雍熙 984 987 端拱 988 989 淳化 990 994 至道 995 997 \
         咸平 998 1003 景德 1004 1007 大中祥符 1008 1016 祥符 1008 1016 天禧 1017 1021 乾兴 1022 1022 天圣 1023 1032 \
         明道 1032 1033 景祐 1034 1038 宝元 1038 1040 康定 1040 1041 庆历 1041 1048 皇祐 1049 1054 至和 1054 1056 \
         嘉祐 1056 1063 治平 1064 1067 熙宁 1068 1077 元丰 1078 1085 元祐 1086 1094 绍圣 1094 1098 元符 1098 1100 \
         建中靖国 1101 1101 崇宁 1102 1106 大观 1107 1110 政和 1111 1118 重和 1118 1119 宣和 1119 1125 靖康 1126 1127",
    ),
    (
        "南宋 宋朝 宋代 宋",
        "建炎 1127 1130 绍兴 1131 1162 隆兴 1163 1164 乾道 1165 1173 淳熙 1174 1189 绍熙 1190 1194 庆元 1195 1200 \
         嘉泰 1201 1204 开禧 1205 1207 嘉定 1208 1224 宝庆 1225 1227 绍定 1228 1233 端平 1234 1236 嘉熙 1237 1240 \
         淳祐 1241 1252 宝祐 1253 1258 开庆 1259 1259 景定 1260 1264 咸淳 1265 1274 德祐 1275 1276 景炎 1276 1278 \
         祥兴 1278 1279",
    ),
    (
        "元朝 元代 元",
        "中统 1260 1264 至元 1264 1294 元贞 1295 1297 大德 1297 1307 至大 1308 1311 皇庆 1312 1313 延祐 1314 1320 \
         至治 1321 1323 泰定 1324 1328 致和 1328 1328 天历 1328 1330 至顺 1330 1333 元统 1333 1335 至正 1341 1370",
    ),
    (
        "明朝 明代 大明 明",
        "洪武 1368 1398 建文 1399 1402 永乐 1403 1424 洪熙 1425 1425 宣德 1426 1435 正统 1436 1449 景泰 1450 1457 \
         天顺 1457 1464 成化 1465 1487 弘治 1488 1505 正德 1506 1521 嘉靖 1522 1566 隆庆 1567 1572 万历 1573 1620 \
         泰昌 1620 1620 天启 1621 1627 崇祯 1628 1644 弘光 1645 1645 隆武 1645 1646 永历 1647 1683",
    ),
    (
        "清朝 清代 大清 清",
        "顺治 1644 1661 康熙 1662 1722 雍正 1723 1735 乾隆 1736 1795 嘉庆 1796 1820 道光 1821 1850 咸丰 1851 1861 \
         同治 1862 1874 光绪 1875 1908 宣统 1909 1912",
    ),
];

/// Reigns that are understood without the dynasty and are nothing else besides: not 绍兴, 永乐, 正统, 长安.
const KNOWN: &str = "建安 开皇 贞观 开元 天宝 大历 贞元 会昌 大中祥符 太平兴国 庆历 嘉祐 熙宁 元丰 元祐 政和 宣和 靖康 \
                     建炎 淳熙 至正 洪武 宣德 成化 弘治 嘉靖 隆庆 万历 天启 崇祯 顺治 康熙 雍正 乾隆 嘉庆 道光 咸丰 \
                     同治 光绪 宣统 民国";

/// One reign: which dynasty, its first and last year.
type Reign = (usize, i16, i16);

/// Every name of a dynasty, with a bit per dynasty that is called so.
static NAMES: LazyLock<Table<u16>> = LazyLock::new(|| {
    let names = DYNASTIES.iter().flat_map(|(names, _)| names.split(' '));
    let bits = |name: &str| {
        let called = DYNASTIES.iter().enumerate();
        called
            .filter(|(_, (names, _))| names.split(' ').any(|n| n == name))
            .fold(0u16, |bits, (at, _)| bits | 1 << at)
    };
    // Longest first: 宋代 before 宋.
    let mut names: Vec<(&str, u16)> = names.map(|name| (name, bits(name))).collect();
    names.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
    Table::beginning(names)
});

/// Titles with whether they are known without the dynasty, and up to two reigns of that title.
static TITLES: LazyLock<Table<(bool, Reign, Option<Reign>)>> = LazyLock::new(|| {
    let mut all: Vec<(&str, Reign)> = vec![("民国", (DYNASTIES.len(), 1912, 1949))];
    for (at, (_, reigns)) in DYNASTIES.iter().enumerate() {
        let words: Vec<&str> = reigns.split_whitespace().collect();
        all.extend(words.as_chunks().0.iter().filter_map(|[title, from, to]| {
            Some((*title, (at, from.parse().ok()?, to.parse().ok()?)))
        }));
    }
    let titles = all.iter().enumerate().map(|(at, (title, reign))| {
        let later = all.iter().skip(at + 1).find(|(other, _)| other == title);
        let known = KNOWN.split_whitespace().any(|k| k == *title);
        (*title, (known, *reign, later.map(|(_, reign)| *reign)))
    });
    // Longest first: 大中祥符 before 大中.
    let mut titles: Vec<_> = titles.collect();
    titles.sort_by_key(|(title, _)| std::cmp::Reverse(title.len()));
    Table::beginning(titles)
});

/// Characters that one begins with: it is asked for at every place of a text.
static FIRST: LazyLock<Chars> = LazyLock::new(|| {
    let dynasties = DYNASTIES.iter().flat_map(|(names, _)| names.split(' '));
    let words = dynasties.chain(KNOWN.split_whitespace());
    Chars::new(words.filter_map(|word| word.chars().next()))
});

/// The title of a reign, its dynasty before it where it needs one: first and last year.
fn title(cursor: &mut Cursor) -> Option<(i16, i16)> {
    cursor.peek().filter(|c| FIRST.has(*c))?;
    let dynasty = cursor.eat_in(&NAMES);
    let (known, first, second) = cursor.eat_in(&TITLES)?;
    let among = |reign: &Reign| match dynasty {
        Some(bits) => bits >> reign.0 & 1 == 1,
        None => known,
    };
    let (_, from, to) = Some(first).filter(among).or(second.filter(among))?;
    Some((from, to))
}

/// Whether the name of a reign stands here.
pub(super) fn sees(mut cursor: Cursor) -> bool {
    title(&mut cursor).is_some()
}

/// `康熙三十年`, `天宝十四载`, `乾隆年间`, `光绪初年`.
pub(super) fn read(cursor: &mut Cursor) -> Option<When> {
    let (first, last) = title(cursor)?;
    let year = |year| {
        Point::of(Day::Common {
            year: Year::Is(year),
            month: None,
            day: None,
        })
    };
    if cursor
        .eat_any(&["年间", "初年", "末年", "中叶", "时期"])
        .is_some()
    {
        return Some(When::Range(year(first), year(last)));
    }
    let n = if cursor.eat("元") { 1 } else { small(cursor)? };
    let at = first.checked_add(i16::try_from(n).ok()?.checked_sub(1)?)?;
    let counted = cursor.eat("年") || cursor.eat("载");
    // 咸丰三年来: the county, and how long.
    if !counted || at > last || cursor.sees_any(&["来", "内"]) {
        return None;
    }
    let mut ahead = *cursor;
    if small(&mut ahead).is_some_and(|m| (1..=12).contains(&m)) && ahead.eat("月") {
        *cursor = ahead;
    }
    Some(When::At(year(at)))
}
