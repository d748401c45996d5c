//! An item made ready for questions: texts folded once, names gathered, sums read.

use super::fold::fold_char;
use super::query::{Field, PageNumber, Phrase, decimal, page};
use crate::article::{Byline, Span};
use crate::item::{Entity, EntityKind, Item, Money, Value};
use rustc_hash::FxHasher;
use serde::Serialize;
use std::hash::{Hash, Hasher};
use std::ops::Range;

/// Text an offset counts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Zone {
    /// The main headline.
    Headline,
    /// The kicker.
    Kicker,
    /// The deck.
    Deck,
    /// The main body.
    Body,
    /// The byline as printed.
    Byline,
    /// The standing head.
    Slogan,
}

impl Zone {
    /// The word used in events.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Headline => "headline",
            Self::Kicker => "kicker",
            Self::Deck => "deck",
            Self::Body => "body",
            Self::Byline => "byline",
            Self::Slogan => "slogan",
        }
    }

    /// Fields under whose keys the index keeps a phrase found here.
    pub(super) fn keys(self) -> &'static [Field] {
        match self {
            Self::Headline | Self::Kicker | Self::Deck => &[Field::Text, Field::Headline],
            Self::Body => &[Field::Text],
            Self::Byline => &[Field::Byline],
            Self::Slogan => &[Field::Slogan],
        }
    }

    /// Whether a text field looks here.
    fn is_in(self, field: Field) -> bool {
        match field {
            Field::Text => self <= Self::Body,
            Field::Headline => self < Self::Body,
            Field::Body => self == Self::Body,
            Field::Slogan => self == Self::Slogan,
            _ => self == Self::Byline,
        }
    }
}

/// Where something was found, code points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Hit {
    /// In which text.
    pub r#in: Zone,
    /// Where in it.
    #[serde(flatten)]
    pub span: Span,
}

/// An item made ready for questions.
#[derive(Debug)]
pub(super) struct Facts<'i> {
    pub(super) item: &'i Item,
    pub(super) texts: Vec<ZoneText>,
    pub(super) names: Vec<Name<'i>>,
    pub(super) sums: Vec<ItemSum<'i>>,
    pub(super) page: Option<PageNumber>,
    /// Key and place of every phrase that any channel asks for, in order; none when nobody has looked yet.
    found: Option<Vec<(u64, Occurrence)>>,
}

/// A text of the item, folded.
#[derive(Debug)]
pub(super) struct ZoneText {
    pub(super) zone: Zone,
    pub(super) folded: String,
    /// Byte where each code point begins, and the end.
    starts: Vec<usize>,
    /// Whether it is the zone's text itself, so that spans mean something.
    located: bool,
}

/// A name of an entity: as resolved, as key, or as used in the text.
#[derive(Debug)]
pub(super) struct Name<'i> {
    pub(super) folded: String,
    pub(super) entity: &'i Entity,
}

/// A sum of money in ten-thousandths of its currency's unit.
#[derive(Debug)]
pub(super) struct ItemSum<'i> {
    pub(super) currency: &'i str,
    pub(super) least: i128,
    pub(super) greatest: i128,
    pub(super) entity: &'i Entity,
}

/// A phrase at a byte of one of the texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Occurrence {
    pub(super) text: usize,
    pub(super) start: usize,
}

/// Number under which the index keeps a value of a field. Two values may share one: it finds candidates, it proves nothing.
pub(super) fn key(field: Field, value: &str) -> u64 {
    let mut hasher = FxHasher::default();
    (field, value).hash(&mut hasher);
    hasher.finish()
}

/// The key of “this field has a value”.
pub(super) fn exists_key(field: Field) -> u64 {
    key(field, "*")
}

/// The key of a phrase, whatever text field asks for it.
pub(super) fn phrase_key(phrase: &str) -> u64 {
    key(Field::Text, phrase)
}

/// The key of a phrase where a field asks for it: a headline has fewer than the text has.
pub(super) fn phrase_in(field: Field, phrase_key: u64) -> u64 {
    match field {
        Field::Headline | Field::Byline | Field::Slogan => {
            let mut hasher = FxHasher::default();
            (field, phrase_key).hash(&mut hasher);
            hasher.finish()
        }
        _ => phrase_key,
    }
}

/// The key of an urgency.
pub(super) fn urgency_key(urgency: u8) -> u64 {
    key(Field::Urgency, urgency.to_string().as_str())
}

/// The key of a page.
pub(super) fn page_key(page: &PageNumber) -> u64 {
    key(Field::Page, &format!("{}{}", page.section, page.number))
}

impl<'i> Facts<'i> {
    /// Reads an item; time goes with its length.
    pub(super) fn new(item: &'i Item) -> Self {
        let enrichment = &item.enrichment;
        let mut texts = Vec::with_capacity(6);
        for (role, zone) in [
            ("main", Zone::Headline),
            ("kicker", Zone::Kicker),
            ("deck", Zone::Deck),
        ] {
            let headline = item.item.headlines.iter().find(|h| h.role == role);
            texts.extend(headline.and_then(|h| ZoneText::new(zone, &h.value, true)));
        }
        let body = ZoneText::new(Zone::Body, item.body(), true);
        let names = enrichment
            .entities
            .iter()
            .flat_map(|e| names(e, body.as_ref()))
            .collect();
        texts.extend(body);
        if let Some(byline) = &enrichment.byline {
            texts.extend(byline_texts(byline));
        }
        let slogan = enrichment.slogan.as_deref();
        texts.extend(slogan.and_then(|slogan| ZoneText::new(Zone::Slogan, slogan, true)));
        Self {
            item,
            texts,
            names,
            sums: enrichment.entities.iter().filter_map(item_sum).collect(),
            page: enrichment.issue.page.as_deref().map(page),
            found: None,
        }
    }

    /// The same, knowing where every phrase that may be asked for stands, in order.
    pub(super) fn with_found(mut self, found: Vec<(u64, Occurrence)>) -> Self {
        self.found = Some(found);
        self
    }

    /// Calls `hit` for every place of `phrase` in the texts of `field` until it returns false.
    pub(super) fn find(
        &self,
        field: Field,
        phrase: &Phrase,
        mut hit: impl FnMut(Option<Hit>) -> bool,
    ) {
        let wanted = |text: &&ZoneText| text.zone.is_in(field);
        match &self.found {
            None => {
                for text in self.texts.iter().filter(wanted) {
                    if !phrase.find(&text.folded).all(|bytes| hit(text.hit(&bytes))) {
                        return;
                    }
                }
            }
            Some(found) => {
                let key = phrase_key(phrase.as_str());
                let first = found.partition_point(|(other, _)| *other < key);
                let places = found.iter().skip(first).take_while(|(k, _)| *k == key);
                for (_, place) in places {
                    let Some(text) = self.texts.get(place.text).filter(wanted) else {
                        continue;
                    };
                    let bytes = place.start..place.start + phrase.as_str().len();
                    let same = text.folded.get(bytes.clone()) == Some(phrase.as_str());
                    if same && phrase.is_whole(&text.folded, &bytes) && !hit(text.hit(&bytes)) {
                        return;
                    }
                }
            }
        }
    }

    /// The texts a field looks in.
    pub(super) fn texts_of(&self, field: Field) -> impl Iterator<Item = &ZoneText> {
        self.texts.iter().filter(move |text| text.zone.is_in(field))
    }

    /// Codes of the places named, with the entity.
    pub(super) fn places(&self) -> impl Iterator<Item = (&'i str, &'i Entity)> {
        let entities = self.item.enrichment.entities.iter();
        entities
            .filter(|e| e.kind == EntityKind::Place)
            .filter_map(|e| Some((e.code.as_ref()?.value.as_str(), e)))
    }

    /// Entities that a field asks about.
    pub(super) fn entities(&self, field: Field) -> impl Iterator<Item = &'i Entity> {
        let entities = self.item.enrichment.entities.iter();
        entities.filter(move |e| asks_about(field, e.kind))
    }

    /// Names that a field asks about, those of one entity together.
    pub(super) fn names_of(&self, field: Field) -> impl Iterator<Item = &Name<'i>> {
        let names = self.names.iter();
        names.filter(move |name| asks_about(field, name.entity.kind))
    }

    /// Score of the best topic.
    pub(super) fn best_score(&self) -> Option<f64> {
        let scores = self.item.enrichment.topics.iter().map(|t| t.score);
        scores.max_by(f64::total_cmp)
    }

    /// Keys of everything the item has, phrases aside; some more than once.
    pub(super) fn keys(&self) -> Vec<u64> {
        let enrichment = &self.item.enrichment;
        let mut keys = vec![
            key(Field::Kind, enrichment.kind.as_str()),
            key(Field::Source, &enrichment.source_name),
            key(Field::Status, &self.item.item.pub_status),
            urgency_key(self.item.item.urgency),
        ];
        keys.extend(enrichment.topics.iter().map(|t| key(Field::Topic, &t.id)));
        keys.extend(
            enrichment
                .quality
                .flags
                .iter()
                .map(|f| key(Field::Flag, &f.code)),
        );
        for (code, _) in self.places() {
            let heads = [2, 4, 6, 9]
                .into_iter()
                .filter_map(|digits| code.get(..digits));
            keys.extend(heads.map(|head| key(Field::Place, head)));
        }
        for name in &self.names {
            let fields = [Field::Person, Field::Org, Field::Entity];
            let asking = fields
                .into_iter()
                .filter(|f| asks_about(*f, name.entity.kind));
            keys.extend(asking.map(|field| key(field, &name.folded)));
        }
        keys.extend(self.page.as_ref().map(page_key));
        keys.extend(
            Field::ALL
                .iter()
                .filter(|f| self.has(**f))
                .map(|f| exists_key(*f)),
        );
        keys
    }

    /// Whether a field has any value.
    pub(super) fn has(&self, field: Field) -> bool {
        let enrichment = &self.item.enrichment;
        match field {
            Field::Topic | Field::Score => !enrichment.topics.is_empty(),
            Field::Place | Field::Person | Field::Org | Field::Entity | Field::Money => {
                self.entities(field).next().is_some()
            }
            Field::Text | Field::Headline | Field::Body | Field::Byline | Field::Slogan => {
                self.texts_of(field).next().is_some()
            }
            Field::Page => self.page.is_some(),
            Field::Flag => !enrichment.quality.flags.is_empty(),
            Field::Date => enrichment.issue.date.is_some(),
            Field::Kind | Field::Source | Field::Status | Field::Urgency => true,
        }
    }
}

impl ZoneText {
    /// Folds a text; none when it is empty.
    fn new(zone: Zone, text: &str, located: bool) -> Option<Self> {
        let mut folded = String::with_capacity(text.len());
        let mut starts = Vec::with_capacity(text.len() / 3 + 1);
        for c in text.chars() {
            starts.push(folded.len());
            folded.push(fold_char(c));
        }
        starts.push(folded.len());
        (!folded.is_empty()).then_some(Self {
            zone,
            folded,
            starts,
            located,
        })
    }

    /// The place of these bytes; none where places mean nothing.
    fn hit(&self, bytes: &Range<usize>) -> Option<Hit> {
        let at = |byte: usize| self.starts.partition_point(|&start| start < byte);
        self.located.then(|| Hit {
            r#in: self.zone,
            span: Span::new(at(bytes.start), at(bytes.end)),
        })
    }

    /// The place of all of it.
    pub(super) fn whole(&self) -> Option<Hit> {
        self.hit(&(0..self.folded.len()))
    }

    /// The folded text at a span.
    fn at(&self, span: Span) -> Option<&str> {
        self.folded
            .get(*self.starts.get(span.start)?..*self.starts.get(span.end)?)
    }
}

/// Whether `field` asks about entities of this sort.
fn asks_about(field: Field, kind: EntityKind) -> bool {
    match field {
        Field::Entity => true,
        Field::Person => kind == EntityKind::Person,
        Field::Org => kind == EntityKind::Organisation,
        Field::Place => kind == EntityKind::Place,
        Field::Money => kind == EntityKind::Money,
        _ => false,
    }
}

/// What an entity may be asked for by: its name, its key with and without the sort, every form used in the text.
fn names<'i>(entity: &'i Entity, body: Option<&ZoneText>) -> Vec<Name<'i>> {
    let mut all: Vec<String> = vec![
        super::fold::fold(&entity.name),
        super::fold::fold(&entity.key),
    ];
    all.extend(
        entity
            .key
            .split_once(':')
            .map(|(_, bare)| super::fold::fold(bare)),
    );
    let used = entity.mentions.iter().filter_map(|m| body?.at(*m));
    all.extend(used.map(str::to_owned));
    all.sort_unstable();
    all.dedup();
    all.retain(|name| !name.is_empty());
    all.into_iter()
        .map(|folded| Name { folded, entity })
        .collect()
}

/// The byline as printed, then each name in it without the spaces of print.
fn byline_texts(byline: &Byline) -> impl Iterator<Item = ZoneText> {
    let raw = ZoneText::new(Zone::Byline, &byline.raw, true);
    let names = byline.people.iter().map(|p| p.name.as_str());
    let more = names.chain(byline.paper.as_deref());
    raw.into_iter()
        .chain(more.filter_map(|text| ZoneText::new(Zone::Byline, text, false)))
}

fn item_sum(entity: &Entity) -> Option<ItemSum<'_>> {
    let Some(Value::Money(Money {
        amount,
        scale,
        currency,
        to,
        ..
    })) = &entity.value
    else {
        return None;
    };
    let read = |text: &str| decimal(text)?.checked_mul(i128::from(*scale));
    let least = read(amount)?;
    Some(ItemSum {
        currency,
        least,
        greatest: to.as_deref().and_then(read).unwrap_or(least).max(least),
        entity,
    })
}
