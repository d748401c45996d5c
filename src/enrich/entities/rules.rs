//! Names by rule: divisions, masked persons, persons behind titles, organisations by suffix.

use super::name::Name;
use super::person;
use crate::gazetteer::{self, Level};
use crate::item::EntityKind;

/// What an organisation's name ends in.
const SUFFIXES: [&str; 44] = [
    "有限责任公司",
    "有限公司",
    "股份公司",
    "集团公司",
    "合作社",
    "委员会",
    "管委会",
    "服务中心",
    "研究中心",
    "研究院",
    "研究所",
    "事务所",
    "服务队",
    "产业园",
    "工业园",
    "开发区",
    "红十字会",
    "商务局",
    "人民法院",
    "检察院",
    "人民政府",
    "博物馆",
    "图书馆",
    "文化馆",
    "出版社",
    "大学",
    "学院",
    "中学",
    "小学",
    "幼儿园",
    "医院",
    "银行",
    "法院",
    "公司",
    "集团",
    "协会",
    "学会",
    "商会",
    "基金会",
    "党校",
    "公安局",
    "派出所",
    "市政府",
    "市委",
];

/// Characters over which no organisation's name reaches to the left.
const STOPS: &str = ",。;:!?、\"'()《》<> \n\t的了在是和与及由到向对为从被把让于将等将来去要会说以";

/// Persons, organisations and places, in order, not overlapping.
pub(super) fn find(chars: &[char]) -> Vec<Name> {
    let mut names: Vec<Name> = Vec::new();
    let mut at = 0;
    let mut clause = 0;
    while let Some(c) = chars.get(at) {
        if STOPS.contains(*c) {
            at += 1;
            clause = at;
            continue;
        }
        let rest = chars.get(at..).unwrap_or_default();
        if let Some(length) = person::masked(rest).or_else(|| person::behind_title(chars, at)) {
            names.push(Name::new(EntityKind::Person, at, at + length, 0.8));
            at += length;
            clause = at;
            continue;
        }
        if let Some(length) = suffix(rest) {
            let start = clause.max(at.saturating_sub(16));
            if at - start >= 2 || (at - start == 1 && length >= 2) {
                names.retain(|n| n.end <= start);
                names.push(Name::new(EntityKind::Organisation, start, at + length, 0.6));
                at += length;
                clause = at;
                continue;
            }
        }
        match division(rest) {
            Some(length) => {
                names.push(Name::new(EntityKind::Place, at, at + length, 0.8));
                at += length;
            }
            None => at += 1,
        }
    }
    names
}

fn suffix(rest: &[char]) -> Option<usize> {
    SUFFIXES
        .iter()
        .map(|s| (s, s.chars().count()))
        .find(|(s, length)| {
            rest.len() >= *length && s.chars().eq(rest.iter().take(*length).copied())
        })
        .map(|(_, length)| length)
}

/// A division by its full name, or a province or prefecture by its short one.
fn division(rest: &[char]) -> Option<usize> {
    let length = gazetteer::longest(rest)?;
    let name: String = rest.iter().take(length).collect();
    gazetteer::by_name(&name)
        .iter()
        .any(|d| d.name == name || d.level() < Level::County)
        .then_some(length)
}
