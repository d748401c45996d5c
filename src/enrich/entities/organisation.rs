//! Organisations under several names: 江南工业大学 and 江南工大, 市公安局 and the full form the home gives it.

use super::name::Name;
use crate::article::Article;
use crate::gazetteer;
use crate::item::EntityKind;
use rustc_hash::FxHashMap;

/// Short names of one article and the full names they stand for.
pub(super) struct Families {
    full: FxHashMap<String, String>,
}

/// Names compared with each other are those with the same first character; more than this many are not.
const MOST: usize = 64;

impl Families {
    pub(super) fn new(texts: &[(&[char], &[Name])]) -> Self {
        let mut families: FxHashMap<char, Vec<String>> = FxHashMap::default();
        for (chars, names) in texts {
            for name in names
                .iter()
                .filter(|n| n.kind == EntityKind::Organisation && n.house.is_none())
            {
                let chars = chars.get(name.start..name.end).unwrap_or_default();
                let text: String = chars.iter().filter(|c| **c != ' ').collect();
                if let Some(first) = chars.first() {
                    let family = families.entry(*first).or_default();
                    if family.len() < MOST && !family.contains(&text) {
                        family.push(text);
                    }
                }
            }
        }
        let mut full = FxHashMap::default();
        for family in families.values() {
            for short in family {
                let longer: Vec<&String> = family
                    .iter()
                    .filter(|long| abbreviates(short, long))
                    .collect();
                // A school and its library: the school. Otherwise what fits two stands for neither.
                if let Some(whole) = longer.iter().min_by_key(|l| l.len())
                    && longer.iter().all(|l| l.starts_with(whole.as_str()))
                {
                    full.insert(short.clone(), (*whole).clone());
                }
            }
        }
        Self { full }
    }

    /// The name an organisation goes by in this article.
    pub(super) fn full_name(&self, name: &str, article: &Article) -> String {
        let name = self.full.get(name).map_or(name, String::as_str);
        with_home(name, article).unwrap_or_else(|| name.to_owned())
    }
}

/// 江南工大 of 江南工业大学: its characters in order, the first two and the last kept, nothing it adds.
fn abbreviates(short: &str, long: &str) -> bool {
    let short: Vec<char> = short.chars().collect();
    let long: Vec<char> = long.chars().collect();
    if short.len() < 3 || short.len() >= long.len() || short.get(..2) != long.get(..2) {
        return false;
    }
    let mut rest = long.iter();
    let in_order = short.iter().all(|c| rest.any(|l| l == c));
    // 株洲市公安局 is no short form of 株洲市公安局天元分局.
    let prefix = long.starts_with(&short);
    in_order && !prefix
}

/// 市公安局 → 株洲市公安局, where the source has a home.
fn with_home(name: &str, article: &Article) -> Option<String> {
    let level = name.chars().next()?;
    let second = name.chars().nth(1)?;
    if !matches!(level, '省' | '市' | '县' | '区')
        || matches!(second, '场' | '区' | '民' | '内' | '长')
    {
        return None;
    }
    let home = gazetteer::by_code(article.source.home.as_deref()?)?;
    let owner = std::iter::once(home)
        .chain(gazetteer::parents(home.code))
        .find(|d| d.name.ends_with(level))?;
    let stem = owner.name.strip_suffix(level)?;
    Some(format!("{stem}{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_forms_are_told_from_other_bodies() {
        for (short, long, expected) in [
            ("江南工大", "江南工业大学", true),
            ("湘江集团", "湘江新区发展集团有限公司", true),
            ("湘江公安局", "湘江公安局城东分局", false),
            ("江南工大", "湖南大学", false),
            ("江南", "江南大学", false),
        ] {
            assert_eq!(abbreviates(short, long), expected, "{short} {long}");
        }
    }
}
