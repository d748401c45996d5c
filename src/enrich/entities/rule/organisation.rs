//! Organisations and sites by what their names end in: from there back to a division, a name the model found, 市 or 县.

use super::super::name::Name;
use super::super::words::Words;
use super::place::{chain, is_full};
use super::{division, inside, stop, title};
use crate::gazetteer;
use crate::item::EntityKind;
use std::sync::LazyLock;

/// Ends of names that take the divisions before them in: 抚州市资溪县马头山镇 + 中心卫生院.
static PUBLIC: LazyLock<Words> = LazyLock::new(|| {
    Words::beginning(
        "人民政府 人民法院 人民法庭 中级人民法院 人民检察院 检察院 法院 公安局 派出所 公安机关 \
     检察机关 司法机关 委员会 管委会 居委会 村委会 居民委员会 村民委员会 党委 党工委 党组 \
     党支部 党总支 纪委 纪工委 团委 妇联 残联 工商联 联合会 工会 总工会 协会 学会 商会 \
     研究会 促进会 基金会 红十字会 慈善会 文化站 服务站 工作站 农技站 卫生院 医院 保健院 \
     福利院 敬老院 养老院 研究院 研究所 设计院 科学院 规划院 监狱 看守所 法律援助中心 服务中心 \
     促进中心 事务中心 研究中心 监测中心 培训中心 文化中心 指导中心 管理中心 保护中心 发展中心 \
     防控中心 控制中心 推广中心 交易中心 救助中心 指挥中心 诊疗中心 化解中心 调解中心 救援中心 \
     融媒体中心 体验中心 志愿服务队 服务队 救援队 志愿者协会 志愿队 支队 大队 中队 执法队 \
     幼儿园 小学 中学 学校 学院 大学 附中 党校 博物馆 图书馆 纪念馆 文化馆 档案馆 美术馆 \
     科技馆 展览馆 陈列馆 殡仪馆 公证处 办公室 气象台 电视台 气象局 水利局 林业局 财政局 \
     教育局 民政局 商务局 司法局 审计局 统计局 税务局 公路局 邮政局 应急管理局 管理局 监管局 \
     农业农村局 人社局 社会保障局 交通运输局 住建局 建设局 自然资源局 生态环境局 文旅局 体育局 \
     旅游局 信息化局 监督局 保障局 卫健委 发改委 卫健局 医保局 城管局 信访局 事务局 专卖局 \
     烟草局 税务分局 分局 海关 消防救援站 交警支队 交警大队 经济合作社 股份经济合作社 供销社 \
     生态环境厅 教育厅 财政厅 民政厅 交通运输厅 农业农村厅 水利厅 公安厅 司法厅 商务厅 \
     自然资源厅 建设厅 保障厅 科技厅 信息化厅 旅游厅 审计厅 渔业局 粮食局 园林局 国资委 机关工委 \
     旅行社 株式会社 总站 监测站 水文站 防疫站 警备区 军分区 人武部 少年宫 青少年宫 代表队 足球队 篮球队 龙舟队 合唱团 \
     歌舞团 委巡察办 联合社 指挥部 纪委监委 公路分局 研发中心 税务所 司法所 财政所 供电所 \
     管理处 管理所 事务所 供电公司 试验站 实验室 研究室 理事会 董事会 监事会 商会 总会 工坊 \
     委员会 委宣传部 委组织部 委统战部 委政法委员会 委政法委 委党校 委办公室 委社会工作部 委 \
     政府 政协 人大常委会 人大",
    )
});

/// Ends of names of one's own, before which a town or village stays a place: 白关镇 + 青禾生态农业基地.
static OWN: LazyLock<Words> = LazyLock::new(|| {
    Words::beginning(
        "有限责任公司 股份有限公司 集团有限公司 有限公司 集团公司 分公司 支公司 公司 集团 专业合作社 \
     合作社 农场 林场 种植基地 养殖基地 农业基地 生产基地 示范基地 实践基地 教育基地 产业基地 \
     产业园区 工业园区 产业园 工业园 科技园 物流园 创业园 示范园 加工厂 制造厂 机械厂 化工厂 \
     发电厂 饭店 宾馆 酒店 副食店 超市 药店 银行 支行 分行 信用社 联盟 事务所 俱乐部 剧团 \
     艺术团 醒狮团 龙狮团 山歌队 书院 联社",
    )
});

/// Ends of places that no table holds.
static SITE: LazyLock<Words> = LazyLock::new(|| {
    Words::beginning(
        "大厦 广场 公园 大桥 水库 国道 高速公路 高速 大堤 防洪堤 景区 风景区 旅游区 自然保护区 \
     度假区 体育馆 体育场 体育中心 火车站 高铁站 客运站 汽车站 机场 码头 小区 旧址 故居 遗址 \
     开发区 经开区 高新区 合作区 保税区 步行街 国际港 商贸城 物流港 市场 交易市场 观景台 球场 大楼 \
     水产城 家居城 钢铁城 汽车城 渔港 口岸 度假村 国家公园 经济开发区 经济技术开发区 \
     高新技术产业开发区",
    )
});

/// Departments and branches that a body's name goes on to: 市城市管理局 + 供热科.
static BRANCH: LazyLock<Words> = LazyLock::new(|| {
    Words::beginning(
        "支公司 分公司 支行 分行 分局 支队 大队 中队 分中心 分院 分校 支部 党委 党支部 党总支 \
     委员会 图书馆 试验站 实验室 研究所 研究院 研究中心 学院 医院 科 处 系 室 股 儿科 司 \
     办公室 工会 法庭 税务局 管理处 团 站 校区 学部 项目部 煤矿 办事处 天文台",
    )
});

/// Too common to follow a division or 市 at once: 市中心, 株洲公司.
const GENERIC: &str = "公司 集团 学校 大队 中队 广场 公园 市场 机场 服务站 服务中心 工业园区 超市";

/// Ends that a division stands right before, whatever else goes before it: 南宁市 + 委.
const AFTER_DIVISION: &str =
    "委宣传部 委组织部 委统战部 委政法委员会 委政法委 委党校 委办公室 委 政府 政协 人大";

/// Zones that a division's short name stands right before: 昆山 + 开发区.
const ZONES: &str = "开发区 经开区 高新区 保税区 经济开发区 经济技术开发区 高新技术产业开发区";

/// Buildings and sites that are named after whoever owns them: a firm's name + 大厦.
const OWNED: &str = "大厦 大楼 广场 体育馆 体育场 球场 商贸城 物流港 国际港 钢铁城 家居城 汽车城";

/// Farther than this from its end no name begins.
const REACH: usize = 26;

/// How a suffix treats what stands before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    Public,
    Own,
    Site,
}

fn suffix(rest: &[char]) -> Option<(usize, Sort)> {
    [
        (&PUBLIC, Sort::Public),
        (&OWN, Sort::Own),
        (&SITE, Sort::Site),
    ]
    .into_iter()
    .filter_map(|(words, sort)| Some((words.at_start(rest)?, sort)))
    .max_by_key(|(length, _)| *length)
}

/// Whether what follows makes another word of the end: 中学 + 生, 公司 + 化, 市场 + 上.
fn broken(chars: &[char], end: usize) -> bool {
    let before = end.checked_sub(1).and_then(|i| chars.get(i));
    match (before, chars.get(end)) {
        (Some('学'), Some('生' | '习' | '界' | '者' | '位')) => true,
        (Some('场'), Some('上' | '监' | '化' | '主' | '准' | '需' | '价' | '经' | '开' | '份')) => {
            true
        }
        (Some('会'), Some('议' | '员' | '上' | '长')) => chars.get(end) != Some(&'长'),
        (Some('队'), Some('伍' | '长')) | (Some('社'), Some('会' | '区')) => true,
        (Some('学'), Some('校')) => !matches!(
            chars.get(end + 1),
            Some('长' | '园' | '区' | '友' | '内' | '外' | '门' | '庆')
        ),
        (Some('盟'), Some('共')) | (Some('委'), Some('员' | '托' | '派' | '任' | '屈')) => {
            true
        }
        (Some('大'), Some('代' | '会' | '力' | '量' | '型' | '家' | '小' | '学'))
        | (Some('府'), Some('旧')) => true,
        (_, Some('化' | '制' | '型' | '式' | '级')) => true,
        _ => false,
    }
}

/// Organisations and sites, in order, not overlapping. `names` are what is known: places, persons, organisations.
pub(super) fn find(chars: &[char], names: &[Name]) -> Vec<Name> {
    let mut found: Vec<Name> = Vec::new();
    let mut at = 0;
    let mut passed = 0;
    let mut floor = 0;
    while at < chars.len() {
        let Some((length, sort)) = chars.get(at..).and_then(suffix) else {
            at += 1;
            continue;
        };
        let end = at + length;
        while let Some(name) = names.get(passed).filter(|n| n.end <= at) {
            if name.kind == EntityKind::Person && name.score > 0.8 || name.house.is_some() {
                floor = name.end;
            }
            passed += 1;
        }
        let taken = names.get(passed).is_some_and(|n| {
            n.start < end && (n.kind == EntityKind::Person && n.start >= at || n.house.is_some())
        });
        // 交通局 + 原 + 党组书记
        let former = sort == Sort::Public && at > 0 && chars.get(at - 1) == Some(&'原');
        if taken || former || broken(chars, end) {
            at += 1;
            continue;
        }
        // A name that has just ended goes on only where little stands between: 某大学 + 附属医院.
        let last = found.last().map_or(0, |n| {
            if sort != Sort::Site && at <= n.end + 6 {
                n.start
            } else {
                n.end
            }
        });
        if let Some((start, score)) = start(chars, names, floor.max(last), at, length, sort) {
            while found.last().is_some_and(|n| n.end > start) {
                found.pop();
            }
            let kind = if sort == Sort::Site {
                EntityKind::Place
            } else {
                EntityKind::Organisation
            };
            found.push(Name::new(kind, start, end, score));
        }
        at = end;
    }
    found
}

/// Where the name with the suffix at `at` begins, and how sure that is.
fn start(
    chars: &[char],
    names: &[Name],
    floor: usize,
    at: usize,
    length: usize,
    sort: Sort,
) -> Option<(usize, f64)> {
    // 祥和里 + 社区居民委员会
    let place = |at: usize| {
        let name = names.get(names.partition_point(|n| n.end <= at))?;
        (name.kind == EntityKind::Place && name.start <= at).then_some(name.start)
    };
    let mut window = at;
    while window > floor && at - window < REACH {
        window = if inside(chars, window - 1) {
            window - 1
        } else if let Some(start) = place(window - 1)
            .or_else(|| division(chars, window - 1))
            .filter(|start| *start >= floor)
        {
            start
        } else {
            break;
        };
    }
    let suffix: String = chars.get(at..at + length)?.iter().collect();
    let generic = GENERIC.split(' ').any(|g| g == suffix);
    let strict = AFTER_DIVISION.split(' ').any(|b| b == suffix);
    let owned = OWNED.split(' ').any(|o| o == suffix);
    let first = names.partition_point(|n| n.end <= window);
    let known = names
        .get(first..)?
        .iter()
        .take_while(|n| n.start < at)
        .find(|n| {
            n.start >= window
                && n.kind != EntityKind::Person
                && (sort != Sort::Site || n.kind == EntityKind::Place || owned && at <= n.end + 4)
        });
    let zone = ZONES.split(' ').any(|z| z == suffix);
    for start in window..at {
        let rest = chars.get(start..at)?;
        if let Some(name) = known.filter(|n| n.start == start) {
            let stem = at.saturating_sub(name.end);
            let bare = generic && stem == 0 && name.end <= at && name.kind == EntityKind::Place;
            if !(strict || bare) {
                return Some((start, name.score.max(0.75)));
            }
        }
        if let Some(length) = gazetteer::longest(rest) {
            let name = rest.get(..length)?;
            let whole = is_full(name)
                || start == window && (length > 2 || is_county(name))
                || zone && length == rest.len() && is_county(name);
            let fits =
                !strict || chain(rest).is_some_and(|c| c.length == rest.len() && is_full(rest));
            if whole && fits && !(generic && length == rest.len()) {
                return Some((with_party(chars, start), 0.9));
            }
        }
    }
    if strict {
        return None;
    }
    if let Some(quote) = opened(chars, window).filter(|q| *q >= floor && sort != Sort::Site) {
        return Some((owner(chars, names, floor, quote), 0.85));
    }
    let rest = chars.get(window..at)?;
    let level = rest
        .first()
        .is_some_and(|c| "省市县区镇乡村州团校".contains(*c));
    // 市县两级 + 办公室, 乡镇 + 党委
    if rest.iter().take(4).any(|c| *c == '级') || rest.starts_with(&['乡', '镇']) {
        return None;
    }
    // 市 + 商务 + 事务中心, but no 市 + 中心
    if sort != Sort::Site && level && !generic && (rest.len() > 1 || is_body(&suffix)) {
        return Some((window, 0.85));
    }
    // 蔬菜种植 + 专业合作社 is none by name.
    if is_trade(rest) {
        return None;
    }
    let firm =
        suffix.ends_with("有限公司") || suffix.ends_with("责任公司") || suffix.ends_with("合作社");
    (firm && sort == Sort::Own && (2..=14).contains(&rest.len())).then_some((window, 0.7))
}

/// What firms and co-operatives do.
static TRADE: LazyLock<Words> = LazyLock::new(|| {
    Words::beginning(
        "农业 生态 蔬菜 水稻 粮食 油茶 茶叶 水果 果树 药材 中药材 花卉 苗木 生猪 畜牧 水产 家禽 农机 植保 种植 \
         养殖 种养 加工 服务 生产 销售 经营 综合 科技 开发 发展 建设 建筑 旅游 文化 物业 管理 投资 \
         运输 物流 贸易 商贸 汽车 食品 医药 电力 燃气 供水 专业 国有 民营 股份 特色 产业 村级 集体 家政",
    )
});

/// Whether it says nothing but what is done.
fn is_trade(text: &[char]) -> bool {
    let mut rest = text;
    while let Some(length) = TRADE.at_start(rest) {
        rest = rest.get(length..).unwrap_or_default();
    }
    rest.is_empty() && !text.is_empty()
}

/// Ends before which what is done makes no name.
const COMMON: &str =
    "专业合作社 合作社 服务队 志愿服务队 种植基地 养殖基地 生产基地 示范基地 研究中心";

/// Whether it is a sort of organisation and none by name: 蔬菜种植专业合作社.
pub(super) fn is_common(name: &[char]) -> bool {
    matches!(name.last(), Some('社' | '队' | '地' | '心'))
        && COMMON.split(' ').any(|end| {
            let length = end.chars().count();
            let before = name.len().checked_sub(length);
            before.is_some_and(|at| {
                name.get(at..)
                    .is_some_and(|tail| end.chars().eq(tail.iter().copied()))
                    && name
                        .get(..at)
                        .is_some_and(|own| own.is_empty() || is_trade(own))
            })
        })
}

/// Where the quotation mark opens that closes right before `end`, with a name of two to six characters between.
fn opened(chars: &[char], end: usize) -> Option<usize> {
    let close = end.checked_sub(1).filter(|i| chars.get(*i) == Some(&'"'))?;
    let length = (0..7)
        .take_while(|n| close.checked_sub(n + 1).is_some_and(|i| inside(chars, i)))
        .count();
    let open = close.checked_sub(length + 1)?;
    ((2..=6).contains(&length) && chars.get(open) == Some(&'"')).then_some(open)
}

/// Where the division or the name begins that ends at `end`; `end` where there is none.
fn owner(chars: &[char], names: &[Name], floor: usize, end: usize) -> usize {
    let last = names.partition_point(|n| n.end < end);
    let known = names
        .get(last)
        .filter(|n| n.end == end && n.start >= floor && n.kind != EntityKind::Person);
    let division = (floor..end).rev().take(8).find(|start| {
        let rest = chars.get(*start..end).unwrap_or_default();
        is_full(rest) && gazetteer::longest(rest) == Some(rest.len())
    });
    known.map(|n| n.start).or(division).unwrap_or(end)
}

/// The 中共 before a committee belongs to its name.
fn with_party(chars: &[char], start: usize) -> usize {
    match chars.get(..start) {
        Some([.., '中', '共']) => start - 2,
        _ => start,
    }
}

/// Bodies that 市 or 村 stands right before.
fn is_body(suffix: &str) -> bool {
    !suffix.ends_with("中心")
        && !suffix.ends_with('队')
        && !suffix.ends_with('园')
        && suffix != "学院"
        && suffix != "大学"
}

/// The short name of a county or something higher: 株洲.
fn is_county(name: &[char]) -> bool {
    let name: String = name.iter().collect();
    gazetteer::by_name(&name)
        .first()
        .is_some_and(|d| d.level() < gazetteer::Level::Street)
}

/// Takes departments and branches into the name of their body: 市城市管理局 + 供热科, 农业银行 + 抚松县支行.
pub(super) fn with_branches(names: &mut Vec<Name>, chars: &[char]) {
    for i in 0..names.len() {
        let Some(name) = names
            .get(i)
            .copied()
            .filter(|n| n.kind == EntityKind::Organisation && n.house.is_none())
        else {
            continue;
        };
        let limit = names
            .get(i + 1..)
            .unwrap_or_default()
            .iter()
            .take_while(|n| n.start < name.end + 12)
            .find(|n| n.kind == EntityKind::Person || n.house.is_some())
            .map_or(chars.len(), |n| n.start);
        let end = branch(chars, name.end, limit.min(chars.len()));
        if let Some(end) = end
            && let Some(name) = names.get_mut(i)
        {
            name.end = end;
        }
    }
    let mut reached = 0;
    names.retain(|n| {
        let free = n.start >= reached;
        if free {
            reached = n.end;
        }
        free
    });
}

/// Where the branch ends that follows at `from`.
fn branch(chars: &[char], from: usize, limit: usize) -> Option<usize> {
    for at in from..(from + 12).min(limit) {
        // 某公司 + 原党支部书记, 某局 + 副大队长
        let former = matches!(chars.get(at), Some('原' | '副'));
        if former || !inside(chars, at) || stop(chars, at).is_some() {
            return None;
        }
        let rest = chars.get(at..limit)?;
        if let Some(length) = BRANCH.at_start(rest) {
            let end = at + length;
            let after = chars.get(end..)?;
            let long = length > 1 && at > from;
            let deputy = after.strip_prefix(&['副']).unwrap_or(after);
            let titled = after.first().is_none_or(|c| !inside(&[*c], 0))
                || (1..=4).any(|n| deputy.get(..n).is_some_and(|t| title(t) == Some(n)));
            // 大队 + 大队长
            let office = after.first() == Some(&'长');
            if at > from && (long || titled && at - from <= 6) && !office && !broken(chars, end) {
                return Some(end);
            }
        }
        if (1..=4).any(|n| rest.get(..n).is_some_and(|t| title(t) == Some(n))) {
            return None;
        }
    }
    None
}

/// The suffix a name ends with.
fn tail(text: &[char]) -> Option<(usize, Sort)> {
    (1..=6).rev().find_map(|n| {
        let at = text.len().checked_sub(n)?;
        suffix(text.get(at..)?).filter(|(length, _)| *length == n)
    })
}

/// Whether a name ends in what names of organisations and sites end in.
pub(super) fn is_whole(name: &[char]) -> bool {
    tail(name).is_some()
}

/// Cuts towns and villages off names of their own that the model took as one.
pub(super) fn split(names: Vec<Name>, chars: &[char]) -> Vec<Name> {
    let mut made = Vec::with_capacity(names.len());
    for mut name in names {
        let text = chars.get(name.start..name.end).unwrap_or_default();
        if name.kind == EntityKind::Organisation
            && name.house.is_none()
            && let Some(chain) = chain(text).filter(|c| c.low && text.len() >= c.length + 4)
        {
            let tail = tail(text);
            let own = matches!(tail, Some((n, Sort::Own)) if text.len() >= chain.length + n + 2);
            if own
                || chain.lowest
                    && chain.parts > 2
                    && matches!(tail, Some((n, Sort::Public)) if text.len() >= chain.length + n + 2)
            {
                made.push(Name::new(
                    EntityKind::Place,
                    name.start,
                    name.start + chain.length,
                    name.score,
                ));
                name.start += chain.length;
            }
        }
        made.push(name);
    }
    made
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let chars: Vec<char> = text.chars().collect();
        let mut names = split(find(&chars, &[]), &chars);
        with_branches(&mut names, &chars);
        names
            .iter()
            .map(|n| chars[n.start..n.end].iter().collect())
            .collect()
    }

    #[test]
    fn names_reach_from_a_division_to_their_end() {
        for (text, expected) in [
            (
                "市长到重庆市璧山区人民法院调研",
                vec!["重庆市璧山区人民法院"],
            ),
            (
                "在资溪县马头山镇青禾水稻种植专业合作社",
                vec!["资溪县马头山镇", "青禾水稻种植专业合作社"],
            ),
            ("资溪县马头山镇中心卫生院", vec!["资溪县马头山镇中心卫生院"]),
            ("昨天,市水利事务中心主任", vec!["市水利事务中心"]),
            ("市中心的学校", vec![]),
            ("济宁市城市管理局供热科科长", vec!["济宁市城市管理局供热科"]),
            ("株洲市发展和改革委员会公布", vec!["株洲市发展和改革委员会"]),
            ("青年和株洲市公安局", vec!["株洲市公安局"]),
            ("株洲市中学生", vec![]),
            ("代表团赴耒阳开发区考察", vec!["耒阳开发区"]),
            (
                "天元区\"蓝信封\"志愿服务队清理河道",
                vec!["天元区\"蓝信封\"志愿服务队"],
            ),
            ("说:\"蓝信封\"志愿服务队", vec!["\"蓝信封\"志愿服务队"]),
            ("蔬菜种植专业合作社的社员", vec![]),
            ("市县两级协作办公室成立", vec![]),
            ("各乡镇党委书记", vec![]),
            ("为此,茂名市技师学院摆了摊", vec!["茂名市技师学院"]),
            ("犍为县人民医院", vec!["犍为县人民医院"]),
            ("乐山市人民医院普外科副主任", vec!["乐山市人民医院普外科"]),
            ("醴陵市住建局原党组书记", vec!["醴陵市住建局"]),
            (
                "由醴陵市青禾农业有限公司建设",
                vec!["醴陵市青禾农业有限公司"],
            ),
        ] {
            assert_eq!(found(text), expected, "{text}");
        }
    }
}
