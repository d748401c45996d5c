//! What rules add to the model: persons behind titles, chains of divisions, organisations up to the end of their names.

mod body;
mod organisation;
mod person;
pub(super) mod place;
pub(super) mod side;

pub(super) use person::{is_hard, title};

use super::model;
use super::name::{Name, overlay};
use super::person::is_han;
use super::words::{Chars, Words};
use crate::gazetteer;
use crate::item::EntityKind;
use std::sync::LazyLock;

/// The model's word list, where there is a model.
#[derive(Clone, Copy)]
pub(super) struct Lexicon<'a>(pub(super) Option<&'a model::Lexicon<'a>>);

impl Lexicon<'_> {
    /// Whether it is a common word, not a name.
    fn is_common(self, word: &[char]) -> bool {
        self.0.is_some_and(|list| list.is_common(word))
    }
}

/// Characters that stand between names and the rest of a sentence…
static STOPS: LazyLock<Chars> = LazyLock::new(|| {
    Chars::new("的了在是和与及由到向为从被把让将来去会说以等该各有对还就也又而并其这那们做要给用请我全本每某很再已只不没第首批个座处名位".chars())
});
/// … but in these words.
static WITHIN: LazyLock<Words> = LazyLock::new(|| {
    Words::beginning(
        "发展和 海洋与 规划与 经济与 科学与 土地与 文化与 体育与 专用 资源和 广电和 农业和 城市和 粮食和 民族和 人口和 质量和 商务和 园林和 体育和 住房和 工业和 旅游和 文化和 规划和 卫生和 教育和体 经济和 科学和技 司法和 \
     和平 和谐 共和 和信 法和 社会 委员会 协会 商会 学会 工会 合会 究会 进会 金会 字会 \
     善会 育会 联会 党委会 议会 有限 有色 有机 国有 应用 实用 日用 通用 信用 使用 对外 \
     就业 成都 首都 都市 都江 都匀 昌都 新都 高等 中等 将军 自由 普及 供给 给水 全国 安全 \
     健全 不锈 处理 个体 中华全国 本溪 日本 全产 来宾 来凤 未来 到户 不动产 为民 华为 处置 \
     高要 到家 其他 位于 第一 第二 第三 第四 第五 第六 第七 第八 第九 第十 到站 资本 基本 \
     来安 名山 知名 定位 单位 学位 以岭 向阳 向日 方向 为农 便民 那曲 有线 做强 国家 教会 \
     分会 总会 理事会 董事会 监事会 支会 机械与 史研究和 ",
    )
});
/// Words no name goes over.
static VERBS: LazyLock<Words> = LazyLock::new(|| {
    Words::beginning(
        "位于 来自 走进 走访 举行 举办 召开 组织 通报 公布 发布 落户 共建 签约 联合 邀请 参加 \
     进入 成立 建成 建立 获得 荣获 获评 前往 深入 推进 推动 加快 实施 开展 负责 打造 引进 \
     引入 新增 共有 拥有 包括 其中 通过 依托 根据 按照 针对 围绕 结合 期间 当日 当天 今年 \
     去年 明年 昨日 昨天 今天 目前 近日 日前 当地 一家 多家 一个 所属 所在 附近 周边 现场 \
     正在 已经 开始 完成 加入 协调 带领 调研 考察 看到 来到 记者 从事 创办 创建 开办 登记 \
     申请 委托 授予 评为 命名 入选 担任 出任 任命 聘请 毕业 就读 任职 自己 遗失 收到 向着 \
     携手 支持 感谢 祝贺 遵守 依法 下午 上午 晚上 走上 进行 作为 成为 建设的 经过 办理 \
     关于 腾出 合设 扎堆 进驻 起诉 状告 转移至 捐给 送到 加强 达到 需要 设立 告上 送进 赶往 可以 要求 认真 \
     同时 以及 或者 通车 开工 投产 开通 开业 揭牌 挂牌 奖励 表彰 诚聘 招聘",
    )
});

/// Whether the character at `at` cannot stand in a name: by itself, or as the beginning of a word.
fn stop(chars: &[char], at: usize) -> Option<()> {
    let c = *chars.get(at)?;
    let rest = chars.get(at..)?;
    if VERBS.at_start(rest).is_some() || is_count(rest) {
        return Some(());
    }
    if !STOPS.has(c) {
        return None;
    }
    let within = (0..3).any(|back| {
        at.checked_sub(back)
            .and_then(|from| WITHIN.at_start(chars.get(from..)?))
            .is_some_and(|length| length > back)
    });
    (!within).then_some(())
}

/// 三所, 一条: how many of something, which is no name.
fn is_count(rest: &[char]) -> bool {
    matches!(
        rest,
        [
            '一' | '两' | '几' | '三' | '四' | '五' | '六' | '七' | '八' | '九' | '十',
            '所' | '个' | '项',
            ..,
        ] | ['一' | '两' | '几', '条', ..]
    )
}

/// Where the full name of a division begins that the character at `at` stands in: the 名 of 茂名市 ends no name.
fn division(chars: &[char], at: usize) -> Option<usize> {
    (at.saturating_sub(4)..=at).find(|start| {
        let rest = chars.get(*start..).unwrap_or_default();
        gazetteer::longest(rest)
            .is_some_and(|n| start + n > at && rest.get(..n).is_some_and(place::is_full))
    })
}

/// Whether the character at `at` may stand in the name of an organisation.
pub(super) fn inside(chars: &[char], at: usize) -> bool {
    let Some(c) = chars.get(at) else { return false };
    let verb = (0..2).any(|back| {
        at.checked_sub(back)
            .and_then(|from| VERBS.at_start(chars.get(from..)?))
            .is_some_and(|length| length > back)
    });
    is_han(*c) && !verb && stop(chars, at).is_none()
}

/// The model's names corrected and completed.
pub(super) fn apply(chars: &[char], trained: Vec<Name>, lexicon: Lexicon) -> Vec<Name> {
    let mut trained = trained;
    trained.retain_mut(|n| {
        trim(n, chars);
        n.start < n.end
    });
    let chains = place::find(chars);
    let certain = overlay(
        &person::find(chars, lexicon, &trained, &chains),
        body::find(chars),
    );
    let known = overlay(&certain, trained);
    let known = with_chains(known, chains);
    let found = organisation::find(chars, &known);
    let known = merge(found, known, chars);
    let mut names = organisation::split(known, chars);
    organisation::with_branches(&mut names, chars);
    names.retain(|n| {
        let text = chars.get(n.start..n.end).unwrap_or_default();
        n.kind != EntityKind::Organisation || !organisation::is_common(text)
    });
    names
}

/// Takes 由 or 与 off the start of a name that the model gave it, and off its end what is an office: 某公司 + 原党支部书记,
/// 某局 + 副大队长.
fn trim(name: &mut Name, chars: &[char]) {
    if name.kind == EntityKind::Organisation {
        let text = chars.get(name.start..name.end).unwrap_or_default();
        let office = text.iter().rposition(|c| matches!(c, '原' | '副'));
        let own = office.filter(|at| text.get(..*at).is_some_and(organisation::is_whole));
        if let Some(at) = own {
            name.end = name.start + at;
        }
    }
    let first = chars.get(name.start);
    let glued = first
        .is_some_and(|c| !is_han(*c) && !c.is_alphanumeric() && !matches!(c, '"' | '(' | '·'))
        || first.is_some_and(|c| "由被则与及或在".contains(*c))
            && name.end - name.start > 3
            && name.kind != EntityKind::Person;
    if glued {
        name.start += 1;
    }
}

/// Whether what was found should not be told of an article: an address (王老师), 京, an unlikely person nothing speaks for.
pub(super) fn is_doubtful(name: &Name, chars: &[char], lexicon: Lexicon) -> bool {
    let text = chars.get(name.start..name.end).unwrap_or_default();
    match name.kind {
        EntityKind::Person => {
            name.score < 0.95
                && (person::is_address(text) || person::is_unlikely(chars, name, lexicon))
        }
        _ => text.len() < 2,
    }
}

/// Whether the model took a form of address (王总, 李律师) for a person.
pub(super) fn is_address(name: &Name, chars: &[char]) -> bool {
    let text = chars.get(name.start..name.end).unwrap_or_default();
    name.kind == EntityKind::Person
        && name.score < 0.95
        && !matches!(text, ['小' | '老' | '阿', ..] | [.., '某'])
        && person::is_address(text)
}

/// Chains of divisions put among the names: into an organisation they are part of no more than they are told, over all else.
fn with_chains(names: Vec<Name>, chains: Vec<Name>) -> Vec<Name> {
    let mut kept: Vec<Name> = Vec::with_capacity(chains.len());
    let mut from = 0;
    for mut chain in chains {
        while names.get(from).is_some_and(|n| n.end <= chain.start) {
            from += 1;
        }
        let mut free = true;
        for name in names.get(from..).unwrap_or_default() {
            if name.start >= chain.end {
                break;
            }
            match name.kind {
                EntityKind::Place if name.house.is_none() => {
                    chain.start = chain.start.min(name.start);
                    chain.end = chain.end.max(name.end);
                }
                // A person that is one by rule, or an organisation.
                EntityKind::Organisation => free = false,
                _ => {
                    free &= name.score < 0.95 && name.start >= chain.start && name.end <= chain.end
                }
            }
        }
        if free && kept.last().is_none_or(|k| k.end <= chain.start) {
            kept.push(chain);
        }
    }
    overlay(&kept, names)
}

/// Whether a name of the model may go over this character: 云南维和药业.
fn may_go_on(chars: &[char], at: usize) -> bool {
    stop(chars, at).is_none() || chars.get(at) == Some(&'和') || division(chars, at).is_some()
}

/// Organisations found by their ends put over what was known, but for longer names of the model.
fn merge(found: Vec<Name>, known: Vec<Name>, chars: &[char]) -> Vec<Name> {
    let mut kept: Vec<Name> = Vec::with_capacity(found.len());
    let mut from = 0;
    for name in found {
        while known.get(from).is_some_and(|n| n.end <= name.start) {
            from += 1;
        }
        let longer = known.get(from).is_some_and(|n| {
            n.house.is_some()
                || n.kind == EntityKind::Person && n.score > 0.95
                || n.kind == EntityKind::Organisation
                    && n.start <= name.start
                    && n.end >= name.end
                    && n.end - n.start > name.end - name.start
                    && (n.end == name.end
                        || chars
                            .get(n.start..n.end)
                            .is_some_and(organisation::is_whole))
                    && (n.start..n.end).all(|i| may_go_on(chars, i))
        });
        if !longer {
            kept.push(name);
        }
    }
    overlay(&kept, known)
}
