//! Bodies named without the division they belong to: 市文明办, 县纪委监委.

use super::super::name::Name;
use super::super::person::is_han;
use super::super::words::Words;
use crate::gazetteer;
use crate::item::EntityKind;
use std::sync::LazyLock;

/// Bodies of a city, county, province: 市 + 文明办.
const BODIES: &str = "委办 政府办 委宣传部 委组织部 委统战部 委政法委 委办公室 委党校 委 人民政府 政府 纪委监委 纪委 \
     人大常委会 政协 公安局 人民检察院 检察院 人民法院 法院 司法局 财政局 教育局 民政局 人社局 \
     商务局 农业农村局 卫健委 发改委 住建局 工信局 交通运输局 水利局 林业局 市场监管局 \
     应急管理局 统计局 医保局 城管局 审计局 信访局 总工会 团委 妇联 残联 文明办 工商联 \
     红十字会 烟草专卖局 烟草局 卫生健康委 文旅局 自然资源局 生态环境局 乡村振兴局 退役军人事务局 \
     人民防空办公室 疾控中心 民中心 民服务中心";

/// Bodies that go by this alone.
const ALONE: &str = "妇联 残联 工商联 总工会";

/// Bodies of 市, 县… with nothing of a name before them, in order.
pub(super) fn find(chars: &[char]) -> Vec<Name> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        match body(chars, at) {
            Some(length) => {
                // 自治区纪委监委
                let start = match chars.get(..at) {
                    Some([.., '自', '治']) => at - 2,
                    _ => at,
                };
                found.push(Name::new(
                    EntityKind::Organisation,
                    start,
                    at + length,
                    0.95,
                ));
                at += length;
            }
            None if let Some(length) = alone(chars, at) => {
                found.push(Name::new(EntityKind::Organisation, at, at + length, 0.8));
                at += length;
            }
            None => at += 1,
        }
    }
    found
}

static BODY: LazyLock<Words> = LazyLock::new(|| Words::beginning(BODIES));

static ALONE_WORDS: LazyLock<Words> = LazyLock::new(|| Words::beginning(ALONE));

/// 妇联 behind a mark.
fn alone(chars: &[char], at: usize) -> Option<usize> {
    let length = ALONE_WORDS.at_start(chars.get(at..)?)?;
    let before = at.checked_sub(1).and_then(|i| chars.get(i));
    before.is_none_or(|c| !is_han(*c)).then_some(length)
}

/// 市文明办 with nothing of a name before it.
fn body(chars: &[char], at: usize) -> Option<usize> {
    if !matches!(chars.get(at), Some('省' | '市' | '县' | '区' | '州')) {
        return None;
    }
    let rest = chars.get(at + 1..)?;
    let mut length = BODY.at_start(rest)?;
    // 县政府 + 办事, but 县政府办
    if rest.get(length - 1) == Some(&'办')
        && matches!(rest.get(length), Some('事' | '理' | '法' | '学'))
    {
        length -= 1;
    }
    // The 市 of 株洲市委 belongs to 株洲, that of 城市 to no body.
    let owned = (1..=10).any(|back| {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_begin_where_their_division_does() {
        for (text, expected) in [
            ("昨天,市纪委监委通报", vec!["市纪委监委"]),
            ("自治区纪委监委通报", vec!["自治区纪委监委"]),
            ("宁夏回族自治区纪委监委通报", vec![]),
            ("工会、妇联、残联到会", vec!["妇联", "残联"]),
            ("各级妇联", vec![]),
            ("县委办、县政府办参加", vec!["县委办", "县政府办"]),
            ("到县政府办事", vec!["县政府"]),
            ("到市民中心办事", vec!["市民中心"]),
        ] {
            let chars: Vec<char> = text.chars().collect();
            let found: Vec<String> = find(&chars)
                .iter()
                .map(|n| chars[n.start..n.end].iter().collect())
                .collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}
