//! What rules add to the model: masked persons, rosters, and organisations up to the end of their name.

use super::name::Name;
use super::person;
use crate::gazetteer;
use crate::item::EntityKind;

/// Ends of organisations' names that a name found before them reaches up to. Longest first where one ends another.
const SUFFIXES: [&str; 67] = [
    "有限责任公司",
    "股份有限公司",
    "集团有限公司",
    "专业合作社",
    "志愿服务队",
    "志愿者协会",
    "工程研究中心",
    "技术研究中心",
    "社会福利院",
    "产业开发区",
    "经济开发区",
    "人民检察院",
    "公安机关",
    "检察机关",
    "司法机关",
    "人民政府",
    "人民法院",
    "有限公司",
    "股份公司",
    "产业园区",
    "工业园区",
    "服务中心",
    "促进中心",
    "事务中心",
    "研究中心",
    "监测中心",
    "培训中心",
    "文化中心",
    "体育中心",
    "示范基地",
    "种植基地",
    "养殖基地",
    "农业基地",
    "生产基地",
    "委员会",
    "管委会",
    "居委会",
    "村委会",
    "合作社",
    "服务队",
    "救援队",
    "产业园",
    "工业园",
    "科技园",
    "物流园",
    "研究院",
    "研究所",
    "设计院",
    "事务所",
    "派出所",
    "卫生院",
    "福利院",
    "敬老院",
    "博物馆",
    "图书馆",
    "纪念馆",
    "幼儿园",
    "基金会",
    "研究会",
    "联合会",
    "促进会",
    "检察院",
    "公司",
    "协会",
    "商会",
    "小学",
    "中学",
];

/// Farther than this from a name no suffix belongs to it.
const REACH: usize = 14;

/// Characters that stand between names and the rest of a sentence, never inside a name of ours.
const STOPS: &str = ",。;:!?、\"'()《》<> \n·/的了在是和与及由到向为从被把让将来去会说以等该各有对还就也又都而并其这那们做要给用请";

/// Bodies of a city, county, province: 市 + 文明办. Longest first where one begins another.
const BODIES: [&str; 56] = [
    "委宣传部",
    "委组织部",
    "委统战部",
    "委政法委",
    "委办公室",
    "委党校",
    "委",
    "人民政府",
    "政府",
    "纪委监委",
    "纪委",
    "人大常委会",
    "政协",
    "公安局",
    "人民检察院",
    "检察院",
    "人民法院",
    "法院",
    "司法局",
    "财政局",
    "教育局",
    "民政局",
    "人社局",
    "商务局",
    "农业农村局",
    "卫健委",
    "发改委",
    "住建局",
    "工信局",
    "交通运输局",
    "水利局",
    "林业局",
    "市场监管局",
    "应急管理局",
    "统计局",
    "医保局",
    "城管局",
    "审计局",
    "信访局",
    "总工会",
    "团委",
    "妇联",
    "残联",
    "文明办",
    "工商联",
    "红十字会",
    "烟草专卖局",
    "烟草局",
    "卫生健康委",
    "文旅局",
    "自然资源局",
    "生态环境局",
    "乡村振兴局",
    "退役军人事务局",
    "人民防空办公室",
    "疾控中心",
];

/// 市文明办 with nothing of a name before it.
fn body(chars: &[char], at: usize) -> Option<usize> {
    if !matches!(chars.get(at), Some('省' | '市' | '县' | '区' | '州')) {
        return None;
    }
    let rest = chars.get(at + 1..)?;
    let found = BODIES.iter().find(|b| {
        let mut seen = rest.iter();
        b.chars().all(|c| seen.next() == Some(&c))
    })?;
    let length = found.chars().count();
    // The 市 of 株洲市委 belongs to 株洲, that of 城市 to no body.
    let owned = (1..=4).any(|back| {
        let name = at.checked_sub(back).and_then(|from| chars.get(from..=at));
        name.is_some_and(|name| gazetteer::longest(name) == Some(name.len()))
    });
    let before = at.checked_sub(1).and_then(|i| chars.get(i));
    if owned
        || before.is_some_and(|c| {
            c.is_ascii_alphanumeric() || "全我本该各两城郊小校都地新园省市县区".contains(*c)
        })
    {
        return None;
    }
    // 市委员 is a person, 市政府旧址 a place.
    let broken = matches!(rest.get(length), Some('员' | '托' | '派' | '旧' | '大'))
        || rest
            .get(length..)
            .is_some_and(|r| r.starts_with(&['机', '关']));
    (!broken).then_some(1 + length)
}

/// Persons and bodies that a rule is surer of than any model.
pub(super) fn certain(chars: &[char]) -> Vec<Name> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(c) = chars.get(at) {
        if let Some(length) = body(chars, at) {
            found.push(Name::new(EntityKind::Organisation, at, at + length, 0.95));
            at += length;
            continue;
        }
        if !person::is_surname(*c) {
            at += 1;
            continue;
        }
        let rest = chars.get(at..).unwrap_or_default();
        let free = at == 0 || chars.get(at - 1).is_some_and(|c| !person::is_han(*c));
        let known = || {
            person::in_roster(rest)
                .filter(|_| free)
                .or_else(|| person::introduced(chars, at))
        };
        match person::masked(rest).or_else(known) {
            Some(length) => {
                found.push(Name::new(EntityKind::Person, at, at + length, 0.97));
                at += length;
            }
            None => at += 1,
        }
    }
    found
}

/// Reaches from a place or an organisation over what follows to the end of the organisation's name,
/// 商务部 + 产业转移促进中心, and joins a place that stands right before an organisation to it.
pub(super) fn organisations(names: &[Name], chars: &[char]) -> Vec<Name> {
    let mut made: Vec<Name> = Vec::with_capacity(names.len());
    for (i, name) in names.iter().enumerate() {
        let mut name = trimmed(*name, chars);
        if made.last().is_some_and(|last| last.end > name.start) {
            // Swallowed by the one before.
            continue;
        }
        if name.house.is_none() && matches!(name.kind, EntityKind::Place | EntityKind::Organisation)
        {
            let barrier = names
                .get(i + 1..)
                .unwrap_or_default()
                .iter()
                .take_while(|n| n.start < name.end + REACH)
                .find(|n| n.kind == EntityKind::Person || n.house.is_some())
                .map_or(chars.len(), |n| n.start);
            if let Some(end) = reach(chars, name.end, barrier.min(name.end + REACH)) {
                if name.kind == EntityKind::Place && end - name.end > 3 && is_address(chars, &name)
                {
                    // 某镇某村 + 青禾生态农业基地: the place is where it is, not its name.
                    made.push(name);
                    name.start = name.end;
                }
                name.kind = EntityKind::Organisation;
                name.end = end;
                name.score = name.score.min(0.8);
            }
        }
        if let Some(last) = made.last_mut()
            && last.end == name.start
            && (last.kind, name.kind) == (EntityKind::Place, EntityKind::Organisation)
            && last.house.is_none()
            && name.house.is_none()
            && !is_address(chars, last)
        {
            last.kind = EntityKind::Organisation;
            last.end = name.end;
            last.score = last.score.min(name.score);
            continue;
        }
        made.push(name);
    }
    made
}

/// A name without the 由 or 与 that the model took for its first character.
fn trimmed(mut name: Name, chars: &[char]) -> Name {
    let first = chars.get(name.start);
    let glued = first.is_some_and(|c| "由被则与及或".contains(*c)) && name.end - name.start > 3;
    if glued && name.house.is_none() && name.kind != EntityKind::Person {
        name.start += 1;
    }
    name
}

/// Whether a place is further down than what a body is named after: 村, 镇, 路.
fn is_address(chars: &[char], place: &Name) -> bool {
    let name = chars.get(place.start..place.end).unwrap_or_default();
    [
        "村", "镇", "乡", "组", "社区", "街道", "路", "街", "大道", "坝", "号",
    ]
    .iter()
    .any(|end| person::ends_with(name, end))
}

/// Where the suffix ends that a name ending at `from` reaches, if nothing stands in between that no name contains.
fn reach(chars: &[char], from: usize, limit: usize) -> Option<usize> {
    let rest = chars.get(from..limit.min(chars.len()))?;
    let plain = rest
        .iter()
        .take_while(|c| person::is_han(**c) && !STOPS.contains(**c))
        .count();
    let window = rest.get(..plain)?;
    (0..window.len()).find_map(|at| {
        let here = window.get(at..)?;
        let suffix = SUFFIXES.iter().find(|s| {
            let mut seen = here.iter();
            s.chars().all(|c| seen.next() == Some(&c))
        })?;
        Some(from + at + suffix.chars().count())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(names: &[Name]) -> Vec<(EntityKind, usize, usize)> {
        names.iter().map(|n| (n.kind, n.start, n.end)).collect()
    }

    #[test]
    fn names_reach_to_the_suffix_but_not_over_other_words() {
        let extended = |text: &str, kind, start, end| {
            let chars: Vec<char> = text.chars().collect();
            spans(&organisations(&[Name::new(kind, start, end, 1.0)], &chars))
        };
        let org = EntityKind::Organisation;
        let place = EntityKind::Place;
        assert_eq!(
            extended("湘南先进陶瓷产业园建成", place, 0, 2),
            [(org, 0, 9)]
        );
        assert_eq!(
            extended("商务厅产业转移促进中心主任", org, 0, 3),
            [(org, 0, 11)]
        );
        assert_eq!(
            extended("湘南的先进陶瓷产业园", place, 0, 2),
            [(place, 0, 2)]
        );
        assert_eq!(extended("湘南今年天气很好", place, 0, 2), [(place, 0, 2)]);
    }

    #[test]
    fn rosters_and_masked_names_are_certain() {
        let chars: Vec<char> = "孙立(钳工)、周海明(电气试验工)、吴(略)与王某"
            .chars()
            .collect();
        let person = EntityKind::Person;
        assert_eq!(
            spans(&certain(&chars)),
            [(person, 0, 2), (person, 7, 10), (person, 23, 25)]
        );
    }
}
