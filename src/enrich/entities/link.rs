//! Names and patterns of one article → its entities: the same thing is one entity with all its mentions.

use super::house::House;
use super::name::Name;
use super::pattern::{Anchors, Meaning, Pattern};
use super::place::Resolver;
use super::text::Text;
use super::{organisation, person};
use crate::article::{Article, Span};
use crate::gazetteer;
use crate::item::{Bound, Code, Entity, EntityKind, Value};
use rustc_hash::FxHashMap;

/// Score of what is written by rule; measured on invented and official text.
pub(super) const PATTERN_SCORE: f64 = 0.97;

/// A text of the article with what was found in it.
pub(super) struct Part {
    pub(super) text: Text,
    pub(super) names: Vec<Name>,
    pub(super) patterns: Vec<Pattern>,
    /// Only mentions in the body are told.
    pub(super) body: bool,
}

impl Part {
    /// Leaves no two of its names and patterns overlapping.
    pub(super) fn settle(&mut self) {
        let (names, patterns) = super::settle(
            std::mem::take(&mut self.names),
            std::mem::take(&mut self.patterns),
        );
        self.names = names;
        self.patterns = patterns;
    }
}

/// Entities in order of first mention in the body; those of the headline alone come last and have no mentions.
pub(super) fn link(article: &Article, parts: &[Part], house: &House) -> Vec<Entity> {
    let named: Vec<_> = parts
        .iter()
        .map(|p| (p.text.chars(), p.names.as_slice()))
        .collect();
    let mut linker = Linker {
        article,
        house,
        resolver: Resolver::new(&article.source, &named),
        anchors: Anchors {
            issue: article.issue.date,
            last: None,
        },
        organisations: organisation::Families::new(&named),
        entities: Vec::new(),
        index: FxHashMap::default(),
    };
    for part in parts {
        linker.part(part);
    }
    let mut entities = linker.entities;
    let curly = article.body.contains('“') && !article.body.contains('"');
    for entity in &mut entities {
        entity.mentions.sort();
        if curly {
            let told = [
                Some(&mut entity.name),
                entity.role.as_mut(),
                entity.org.as_mut(),
            ];
            for text in told.into_iter().flatten().filter(|t| t.contains('"')) {
                *text = with_curly_quotes(text);
            }
        }
    }
    entities.sort_by_key(|e| e.mentions.first().map_or((1, 0), |m| (0, m.start)));
    entities
}

struct Linker<'a> {
    article: &'a Article,
    house: &'a House,
    resolver: Resolver,
    anchors: Anchors,
    organisations: organisation::Families,
    entities: Vec<Entity>,
    index: FxHashMap<String, usize>,
}

impl Linker<'_> {
    fn part(&mut self, part: &Part) {
        let chars = part.text.chars();
        for (i, name) in part.names.iter().enumerate() {
            let mut entity = self.name(&part.text, &part.names, i, name);
            if part.body {
                entity.mentions.push(name.span());
            }
            self.add(entity);
        }
        for (span, lead, level) in pointing_words(chars, &part.names) {
            let Some(division) = self
                .resolver
                .deictic(chars, &part.names, span.start, lead, level)
            else {
                continue;
            };
            let mut entity = place(division.name.to_owned(), Some(division), 0.9);
            if part.body {
                entity.mentions.push(span);
            }
            self.add(entity);
        }
        for pattern in &part.patterns {
            let surface = part.text.slice(pattern.span.start, pattern.span.end);
            let mut entity = self.pattern(surface, pattern);
            if part.body {
                entity.mentions.push(pattern.span);
            }
            self.add(entity);
        }
    }

    fn add(&mut self, entity: Entity) {
        match self
            .index
            .get(&entity.key)
            .and_then(|i| self.entities.get_mut(*i))
        {
            Some(known) => {
                known.mentions.extend(entity.mentions);
                known.score = known.score.max(entity.score);
                known.role = match &entity.org {
                    Some(_) => both(known.role.take(), entity.role),
                    None => known.role.take().or(entity.role),
                };
                known.org = known.org.take().or(entity.org);
                if entity.name.chars().count() > known.name.chars().count() && known.code.is_none()
                {
                    known.name = entity.name;
                }
            }
            None => {
                self.index.insert(entity.key.clone(), self.entities.len());
                self.entities.push(entity);
            }
        }
    }

    fn name(&mut self, text: &Text, names: &[Name], index: usize, name: &Name) -> Entity {
        let surface = text.slice(name.start, name.end);
        if let Some(entry) = name.house.and_then(|i| self.house.entry(i)) {
            return match entry.kind {
                EntityKind::Place => {
                    let division = entry.code.as_deref().and_then(gazetteer::by_code);
                    Entity {
                        name: entry.name.clone(),
                        ..place(entry.name.clone(), division, 1.0)
                    }
                }
                kind => plain(kind, entry.name.clone(), 1.0),
            };
        }
        match name.kind {
            EntityKind::Person => {
                let role = person::role(text.chars(), names, index);
                let employer = role.as_ref().and_then(|r| names.get(r.employer?));
                let org = employer.map(|n| self.name(text, names, index, n).name);
                let role = role.map(|r| r.text);
                let masked = person::is_masked(&surface);
                let mut entity = plain(EntityKind::Person, surface, name.score);
                if masked {
                    // 王某 here and 王某 elsewhere are nobody's business.
                    entity.key = format!("masked:{}", entity.name);
                }
                Entity {
                    role,
                    org,
                    ..entity
                }
            }
            EntityKind::Place => {
                let division = self.resolver.resolve(text.chars(), name);
                place(surface, division, name.score)
            }
            _ => {
                let full = self.organisations.full_name(&surface, self.article);
                plain(EntityKind::Organisation, full, name.score)
            }
        }
    }

    fn pattern(&mut self, surface: String, pattern: &Pattern) -> Entity {
        let kind = pattern.kind();
        let value = match &pattern.meaning {
            Meaning::Date(when) => self.anchors.resolve(when).map(Value::Date),
            Meaning::Measure(value) => Some(value.clone()),
        };
        let key = value.as_ref().map_or_else(|| surface.clone(), canonical);
        Entity {
            key: format!("{}:{key}", kind.as_str()),
            value,
            ..plain(kind, surface, PATTERN_SCORE)
        }
    }
}

/// What the tagger read with straight quotation marks, as the article prints it. Keys keep them straight, whatever is printed.
fn with_curly_quotes(text: &str) -> String {
    let mut open = false;
    let quote = |c| match c {
        '"' => {
            open = !open;
            if open { '“' } else { '”' }
        }
        c => c,
    };
    text.chars().map(quote).collect()
}

/// Roles told at two places: 农户;合作社负责人. What says no more than the other is left out.
fn both(known: Option<String>, new: Option<String>) -> Option<String> {
    match (known, new) {
        (Some(known), Some(new)) if new.contains(&known) => Some(new),
        (Some(known), Some(new)) if !known.contains(&new) && !known.contains(';') => {
            Some(format!("{known};{new}"))
        }
        (known, new) => known.or(new),
    }
}

fn plain(kind: EntityKind, name: String, score: f64) -> Entity {
    let prefix = match kind {
        EntityKind::Organisation => "org",
        kind => kind.as_str(),
    };
    Entity {
        kind,
        key: format!("{prefix}:{name}"),
        name,
        role: None,
        org: None,
        code: None,
        value: None,
        score,
        mentions: Vec::new(),
    }
}

/// A place by its code where that says all, by code and name where the name goes further down, else by name.
fn place(name: String, division: Option<gazetteer::Division>, score: f64) -> Entity {
    let Some(division) = division else {
        return plain(EntityKind::Place, name, score);
    };
    let whole = name.ends_with(division.name) || name.ends_with(division.short_name());
    let key = if whole {
        format!("place:{}", division.code)
    } else {
        format!("place:{}:{name}", division.code)
    };
    Entity {
        key,
        code: Some(Code {
            scheme: "GB/T 2260".to_owned(),
            value: division.code.to_owned(),
        }),
        name: if whole {
            division.name.to_owned()
        } else {
            name.clone()
        },
        ..plain(EntityKind::Place, name, score)
    }
}

/// 我市, 全省, 该区… outside names: where, the word before the level, the level.
fn pointing_words(chars: &[char], names: &[Name]) -> Vec<(Span, char, char)> {
    let mut found = Vec::new();
    let mut names = names.iter().peekable();
    for (at, pair) in chars.windows(2).enumerate() {
        let &[lead, level] = pair else { continue };
        if !matches!(lead, '我' | '全' | '本' | '该') || !"省市县区镇乡".contains(level) {
            continue;
        }
        while names.next_if(|n| n.end <= at).is_some() {}
        if names.peek().is_none_or(|n| n.start >= at + 2) {
            found.push((Span::new(at, at + 2), lead, level));
        }
    }
    found
}

/// One spelling for one value, so that 1.9亿元 and 19000万元 are the same.
fn canonical(value: &Value) -> String {
    let (unit, amount, scale, to, bound) = match value {
        Value::Date(edtf) => return edtf.clone(),
        Value::Money(m) => (&m.currency, &m.amount, m.scale, &m.to, m.bound),
        Value::Quantity(q) => (&q.unit, &q.amount, q.scale, &q.to, q.bound),
    };
    let sign = match bound {
        Some(Bound::About) => "~",
        Some(Bound::AtLeast) => ">=",
        Some(Bound::AtMost) => "<=",
        None => "",
    };
    let to = to
        .as_ref()
        .map_or_else(String::new, |to| format!("-{}", scaled(to, scale)));
    format!("{sign}{}{to}{unit}", scaled(amount, scale))
}

/// `1.9` at 100000000 → `190000000`.
fn scaled(amount: &str, scale: u64) -> String {
    let zeros = scale.checked_ilog10().unwrap_or(0) as usize;
    let (whole, fraction) = amount.split_once('.').unwrap_or((amount, ""));
    let shifted: String = fraction
        .chars()
        .chain(std::iter::repeat('0'))
        .take(zeros)
        .collect();
    let rest = fraction.get(zeros..).unwrap_or("").trim_end_matches('0');
    let whole = format!("{whole}{shifted}");
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        digits => digits,
    };
    if rest.is_empty() {
        whole.to_owned()
    } else {
        format!("{whole}.{rest}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_of_one_value_have_one_spelling() {
        for (amount, scale, expected) in [
            ("1.9", 100_000_000, "190000000"),
            ("19000", 10_000, "190000000"),
            ("0.6", 100_000_000, "60000000"),
            ("666.70", 1, "666.7"),
            ("0.5", 1, "0.5"),
            ("0", 1, "0"),
            ("1.23456", 100, "123.456"),
        ] {
            assert_eq!(scaled(amount, scale), expected);
        }
    }
}
