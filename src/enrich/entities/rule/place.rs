//! Chains of divisions with what lies below them: `南城县株良镇邓家湾村老屋组19号`.

use super::super::name::Name;
use super::super::person::is_han;
use super::super::words::Words;
use super::stop;
use crate::gazetteer::{self, Level};
use crate::item::EntityKind;
use std::sync::LazyLock;

/// Names of divisions that are common words as well; they count below another one only.
const COMMON: &str =
    "老城区 新城区 城区 郊区 矿区 市区 市中区 城关区 开发区 高新区 新区 集镇 新市区 城中区";

/// Ends of what lies below a town: a village, an estate, a street.
static BELOW: LazyLock<Words> = LazyLock::new(|| {
    Words::beginning(
        "村 社区 街道 大道 路 街 巷 组 小区 屯 庄 苏木 嘎查 镇 乡 花园 家园 新村 坝 苑 坪 \
     湾 冲 寨 沟",
    )
});

/// A chain and how far down it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Chain {
    /// In characters.
    pub(super) length: usize,
    /// Divisions and places in it.
    pub(super) parts: usize,
    /// Where each of them ends.
    ends: [u8; 8],
    /// It ends in a town or street of the table or in a place below one.
    pub(super) low: bool,
    /// It ends in a village, an estate or a street.
    pub(super) lowest: bool,
}

impl Chain {
    fn add(&mut self, length: usize) {
        self.length += length;
        if let Some(end) = self.ends.get_mut(self.parts) {
            *end = u8::try_from(self.length).unwrap_or(u8::MAX);
        }
        self.parts += 1;
    }

    fn ends(&self) -> impl Iterator<Item = usize> {
        self.ends
            .iter()
            .take(self.parts)
            .map(|end| usize::from(*end))
    }
}

/// The chain that begins with `rest`. A division's short name (株洲) begins one, and so does any full name.
pub(super) fn chain(rest: &[char]) -> Option<Chain> {
    let first = gazetteer::longest(rest).filter(|_| !is_other_word(rest))?;
    let mut chain = Chain {
        length: 0,
        parts: 0,
        ends: [0; 8],
        low: false,
        lowest: false,
    };
    let mut next = Some(first);
    while let Some(length) = next {
        let here = rest.get(chain.length..)?;
        let name: String = here.iter().take(length).collect();
        let level = gazetteer::by_name(&name)
            .into_iter()
            .find(|d| chain.parts > 0 || d.name == name || d.level() < Level::Street)
            .map(|d| d.level());
        let Some(level) = level else { break };
        // 长沙 + 县, 株洲 + 市区
        chain.add(length);
        chain.low |= level == Level::Street;
        if chain.parts > 5 {
            break;
        }
        next = rest
            .get(chain.length..)
            .and_then(gazetteer::longest)
            .filter(|n| {
                // 株洲 + 新建 (a common word): below a short name only full ones go on.
                rest.get(chain.length..chain.length + n)
                    .is_some_and(is_full)
            });
    }
    if chain.parts == 0 {
        return None;
    }
    while chain.parts < 8
        && let Some(length) = below(rest.get(chain.length..)?)
    {
        chain.add(length);
        chain.low = true;
        chain.lowest = true;
    }
    Some(chain)
}

/// Whether what begins like a division's short name is something else: 东至人民路, 共和国.
fn is_other_word(rest: &[char]) -> bool {
    rest.starts_with(&['东', '至']) && rest.get(2) != Some(&'县')
        || rest.starts_with(&['共', '和', '国'])
}

/// Whether a name says what sort of division it is.
pub(super) fn is_full(name: &[char]) -> bool {
    name.len() > 2
        && matches!(
            name,
            [
                ..,
                '省' | '市' | '区' | '县' | '旗' | '州' | '盟' | '镇' | '乡'
            ] | [.., '街', '道']
                | [.., '苏', '木']
        )
}

/// Characters of a village, an estate, a street, a group at the start of `rest`: two to five characters and what they end in.
fn below(rest: &[char]) -> Option<usize> {
    for at in 0..rest.len().min(7) {
        let here = rest.get(at..)?;
        if at >= 2 - usize::from(here.first() == Some(&'村'))
            && at > 0
            && let Some(length) = BELOW.at_start(here)
        {
            let end = at + length;
            let after = rest.get(end..).unwrap_or_default();
            // 土锅寨 + 村, 农 + 村
            let other = matches!(after.first(), Some('村' | '社' | '街' | '桥'))
                || matches!(rest.get(at - 1), Some('农' | '乡' | '全' | '本'))
                || rest.starts_with(&['乡', '村']);
            if other {
                continue;
            }
            let broken = match after {
                // 村民, 村委会, 路上, 街边, 组织, 镇政府, 村党支部
                [c, ..] => {
                    "民委党干支主医道口上下边旁两面线径程段灯织长合建成员级情寨部里府政中小学股"
                        .contains(*c)
                        && !(length > 1 && "党居委".contains(*c))
                }
                [] => false,
            };
            return (!broken).then_some(end);
        }
        if !is_han(*here.first()?) || stop(rest, at).is_some() {
            return None;
        }
    }
    None
}

/// Places that the table of divisions is sure of, in order, each part of a chain by itself.
pub(super) fn find(chars: &[char]) -> Vec<Name> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let rest = chars.get(at..).unwrap_or_default();
        let Some(length) = gazetteer::longest(rest) else {
            at += 1;
            continue;
        };
        let full = rest.get(..length).is_some_and(is_full);
        // 更新 + 和
        let split = !full
            && at
                .checked_sub(1)
                .and_then(|i| chars.get(i))
                .is_some_and(|c| is_han(*c))
            && (at..at + length).any(|i| stop(chars, i).is_some());
        if split {
            at += 1;
            continue;
        }
        let chain = chain(rest).filter(|c| full && !is_common(rest, length) || c.parts > 1);
        match chain {
            Some(chain) => {
                let mut start = at;
                for end in chain.ends().map(|end| at + end) {
                    found.push(Name::new(EntityKind::Place, start, end, 0.9));
                    start = end;
                }
                at += chain.length;
            }
            None => at += 1,
        }
    }
    found
}

fn is_common(rest: &[char], length: usize) -> bool {
    let name = rest.get(..length).unwrap_or_default();
    let glued = matches!(
        rest.get(length),
        Some('域' | '划' | '分' | '块' | '情' | '长' | '级')
    );
    glued
        || COMMON
            .split(' ')
            .any(|c| c.chars().eq(name.iter().copied()))
}

/// Joins places that stand side by side, highest first, and the number of the house behind them: 芦淞区 + 白关镇, 法国 + 里昂市.
pub(in super::super) fn join(names: Vec<Name>, chars: &[char]) -> Vec<Name> {
    join_if(names, chars, |above, _| has_below(above))
}

/// The same in a text without context: only where a place says that it is a division, or the one behind it that it is a street.
pub(in super::super) fn join_told(names: Vec<Name>, chars: &[char]) -> Vec<Name> {
    join_if(names, chars, |above, below| {
        let division = above.len() > 2 && above.last().is_some_and(|c| DIVISION.contains(*c));
        division || below.len() > 2 && STREET.at_end(below).is_some()
    })
}

/// What names of divisions end in.
const DIVISION: &str = "省市区县旗州镇乡";

/// What names of streets and of what stands in them end in.
static STREET: LazyLock<Words> = LazyLock::new(|| {
    Words::ending("路 街 巷 大道 号 弄 胡同 村 社区 小区 花园 苑 组 屯 大厦 广场")
});

fn join_if(
    names: Vec<Name>,
    chars: &[char],
    goes_on: impl Fn(&[char], &[char]) -> bool,
) -> Vec<Name> {
    let mut joined: Vec<Name> = Vec::with_capacity(names.len());
    for name in names {
        match joined.last_mut() {
            Some(last)
                if last.end == name.start
                    && last.kind == EntityKind::Place
                    && name.kind == EntityKind::Place
                    && last.house.is_none()
                    && name.house.is_none()
                    && goes_on(
                        chars.get(last.start..last.end).unwrap_or_default(),
                        chars.get(name.start..name.end).unwrap_or_default(),
                    ) =>
            {
                last.end = name.end;
                last.score = last.score.min(name.score);
            }
            _ => joined.push(name),
        }
    }
    for i in 0..joined.len() {
        let limit = joined.get(i + 1).map_or(chars.len(), |next| next.start);
        if let Some(name) = joined
            .get_mut(i)
            .filter(|n| n.kind == EntityKind::Place && n.house.is_none())
        {
            let rest = chars.get(name.end..limit).unwrap_or_default();
            name.end += address(rest);
            name.end += exit(chars.get(name.start..name.end).unwrap_or_default(), rest);
        }
    }
    joined
}

/// Countries that a city's name often stands behind.
const COUNTRIES: &str = "中国 法国 德国 英国 美国 日本 韩国 泰国 越南 老挝 缅甸 印度 俄罗斯 意大利 西班牙 荷兰 \
     瑞士 巴西 埃及 柬埔寨 马来西亚 新加坡 澳大利亚 加拿大";

/// 省, 市, 区, 村, a country: what may have something below it.
fn has_below(name: &[char]) -> bool {
    let suffix = name.len() > 1
        && (name
            .last()
            .is_some_and(|c| "省市区县旗州盟镇乡村".contains(*c))
            || name.ends_with(&['街', '道'])
            || name.ends_with(&['苏', '木']));
    suffix
        || (name.len() <= 4 && gazetteer::longest(name) == Some(name.len()))
        || COUNTRIES
            .split(' ')
            .any(|c| c.chars().eq(name.iter().copied()))
}

/// Ends of what lies on a motorway and is told with its name.
static EXITS: LazyLock<Words> =
    LazyLock::new(|| Words::beginning("收费站 服务区 停车区 互通 枢纽 出口 入口 段"));

/// Characters behind the name of a motorway, `沪昆高速` + `新余西收费站`.
fn exit(road: &[char], rest: &[char]) -> usize {
    let motorway = [&['高', '速'][..], &['高', '速', '公', '路'], &['国', '道']];
    if !motorway.iter().any(|end| road.ends_with(end)) {
        return 0;
    }
    for at in 0..rest.len().min(6) {
        let Some(here) = rest.get(at..) else { break };
        if let Some(length) = EXITS.at_start(here).filter(|_| at > 1) {
            return at + length;
        }
        if here.first().is_none_or(|c| !is_han(*c)) || stop(rest, at).is_some() {
            break;
        }
    }
    0
}

/// Characters of `19号附1号`, `3幢2单元601室` at the start of `rest`.
fn address(rest: &[char]) -> usize {
    let mut end = 0;
    while let Some(here) = rest.get(end..) {
        let lead = usize::from(matches!(here, ['附', ..]));
        let digits = here
            .iter()
            .skip(lead)
            .take(6)
            .take_while(|c| c.is_ascii_digit())
            .count();
        let unit = match here.get(lead + digits..).unwrap_or_default() {
            ['号', '线' | '令' | '文', ..] => 0,
            ['单', '元', ..] | ['号', '楼' | '院', ..] => 2,
            ['号' | '幢' | '栋' | '室' | '组', ..] => 1,
            _ => 0,
        };
        if digits == 0 || unit == 0 {
            break;
        }
        end += lead + digits + unit;
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let chars: Vec<char> = text.chars().collect();
        join(find(&chars), &chars)
            .iter()
            .map(|n| chars[n.start..n.end].iter().collect())
            .collect()
    }

    #[test]
    fn in_a_text_without_context_only_what_says_so_is_joined() {
        for (text, ends, expected) in [
            ("天元区衡山路8号", [3, 6], vec!["天元区衡山路8号"]),
            ("湖南株洲的", [2, 4], vec!["湖南", "株洲"]),
            ("株洲衡山路的", [2, 5], vec!["株洲衡山路"]),
        ] {
            let chars: Vec<char> = text.chars().collect();
            let [first, second] = ends;
            let names = [(0, first), (first, second)]
                .map(|(start, end)| Name::new(EntityKind::Place, start, end, 0.9));
            let joined: Vec<String> = join_told(names.to_vec(), &chars)
                .iter()
                .map(|n| chars[n.start..n.end].iter().collect())
                .collect();
            assert_eq!(joined, expected, "{text}");
        }
    }

    #[test]
    fn chains_reach_down_to_the_door() {
        for (text, expected) in [
            (
                "在资溪县马头山镇昌坪村邓家组19号附1号捡到",
                vec!["资溪县马头山镇昌坪村邓家组19号附1号"],
            ),
            ("东乡区恒安西路开工", vec!["东乡区恒安西路"]),
            ("天元区村民说", vec!["天元区"]),
            ("株洲市天元区政府", vec!["株洲市天元区"]),
            ("惠民县魏集镇的合作社", vec!["惠民县魏集镇"]),
            ("在老城区走走", vec![]),
            ("城市更新和断头路打通", vec![]),
            ("东至长罡二街", vec![]),
            ("中华人民共和国道路交通安全法", vec![]),
            ("天元区一条小沟", vec!["天元区"]),
            ("洛阳市老城区走走", vec!["洛阳市老城区"]),
            (
                "婺城区城东街道金苑小区3幢2单元601室购房",
                vec!["婺城区城东街道金苑小区3幢2单元601室"],
            ),
        ] {
            assert_eq!(found(text), expected, "{text}");
        }
    }
}
