//! Who, where, when and how much.

mod config;
mod consistency;
mod house;
mod link;
mod model;
mod name;
mod organisation;
mod pattern;
mod person;
mod place;
mod rule;
mod text;
mod words;

pub use config::{EntitiesConfig, HouseKind, HouseName};
pub use model::train;

use crate::article::{Article, Span};
use crate::item::{Entity, EntityKind};
use crate::problem::Problem;
use house::House;
use model::{Model, Scratch};
use name::Name;
use pattern::Pattern;
use std::sync::LazyLock;
use text::{Manner, Text};

/// One entity at one place of a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Mention {
    /// Sort.
    pub kind: EntityKind,
    /// Where, in code points.
    pub span: Span,
    /// 0–1.
    pub score: f64,
}

/// Finds entities.
#[derive(Default)]
pub struct Tagger {
    house: House,
}

impl Tagger {
    /// A tagger that knows the house names of `config`; [`Tagger::default`] knows none.
    ///
    /// # Errors
    /// Every mistake in `config`, with its place in the file.
    pub fn new(config: &EntitiesConfig) -> Result<Self, Vec<Problem>> {
        let problems = config::problems(config);
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(Self {
            house: House::new(config),
        })
    }

    /// Version of rules and weights, for `enrichment.models.entities`.
    pub fn version(&self) -> &str {
        VERSION
    }

    /// Mentions in a text without context, in order, not overlapping: what `copydesk tag` prints.
    pub fn tag(&self, text: &str) -> Vec<Mention> {
        let text = Text::new(text);
        let manner = Manner::of(text.chars());
        let mut part = self.part(text, manner, true);
        let chars = part.text.chars();
        part.names
            .retain(|n| n.house.is_some() || !rule::is_address(n, chars));
        consistency::agree(&mut [(part.text.chars(), &mut part.names)]);
        if manner == Manner::Print {
            part.names = rule::place::join_told(std::mem::take(&mut part.names), part.text.chars());
        }
        part.settle();
        let names = part.names.iter().map(|n| Mention {
            kind: n.kind,
            span: n.span(),
            score: n.score,
        });
        let patterns = part.patterns.iter().map(|p| Mention {
            kind: p.kind(),
            span: p.span,
            score: link::PATTERN_SCORE,
        });
        let mut mentions: Vec<Mention> = names.chain(patterns).collect();
        mentions.sort_by_key(|m| m.span);
        mentions
    }

    /// Entities of an article, each with all its mentions in the body, resolved against source and issue date.
    ///
    /// What only the headline names has no mentions. Names in the byline are contributors and not among them.
    pub fn entities(&self, article: &Article) -> Vec<Entity> {
        let mut parts = [
            self.part(Text::new(&article.body), Manner::Print, true),
            self.part(Text::new(&article.headline), Manner::Print, false),
        ];
        for part in &mut parts {
            let chars = part.text.chars();
            part.names.retain(|n| {
                n.score >= LIKELY && (n.house.is_some() || !rule::is_doubtful(n, chars, lexicon()))
            });
        }
        let mut texts: Vec<_> = parts
            .iter_mut()
            .map(|p| (p.text.chars(), &mut p.names))
            .collect();
        consistency::agree(&mut texts);
        for part in &mut parts {
            part.names = rule::place::join(std::mem::take(&mut part.names), part.text.chars());
            part.settle();
        }
        link::link(article, &parts, &self.house)
    }

    fn part(&self, text: Text, manner: Manner, body: bool) -> link::Part {
        let chars = text.chars();
        let trained = MODEL.as_ref().map_or_else(Vec::new, |model| {
            model.find(chars, manner, &mut Scratch::default())
        });
        let mut names = match manner {
            Manner::Speech => trained,
            Manner::Print => rule::apply(chars, trained, lexicon()),
        };
        rule::side::mark(&mut names, chars);
        let names = name::overlay(&self.house.find(chars), names);
        link::Part {
            names,
            patterns: pattern::scan(chars),
            text,
            body,
        }
    }
}

impl std::fmt::Debug for Tagger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tagger")
            .field("version", &self.version())
            .finish_non_exhaustive()
    }
}

const VERSION: &str = "entities-6";

/// An item names only what is more likely right than wrong.
const LIKELY: f64 = 0.5;

/// Written by [`train::train`]; `models/entities.md` is its card.
static MODEL: LazyLock<Option<Model<'static>>> =
    LazyLock::new(|| Model::read(include_bytes!("../../../models/entities.bin")));

fn lexicon() -> rule::Lexicon<'static> {
    rule::Lexicon(MODEL.as_ref().map(Model::lexicon))
}

/// Where a name and a pattern overlap the longer one stays, of two as long the pattern; house names always stay.
fn settle(names: Vec<Name>, patterns: Vec<Pattern>) -> (Vec<Name>, Vec<Pattern>) {
    let mut kept_names = Vec::with_capacity(names.len());
    let mut kept_patterns = patterns;
    let mut lost = vec![false; kept_patterns.len()];
    let mut from = 0;
    for name in names {
        let length = name.end - name.start;
        while kept_patterns
            .get(from)
            .is_some_and(|p| p.span.end <= name.start)
        {
            from += 1;
        }
        let rivals = || {
            kept_patterns
                .iter()
                .enumerate()
                .skip(from)
                .take_while(|(_, p)| p.span.start < name.end)
        };
        let wins =
            name.house.is_some() || rivals().all(|(_, p)| p.span.end - p.span.start < length);
        if wins {
            for (i, _) in rivals() {
                if let Some(gone) = lost.get_mut(i) {
                    *gone = true;
                }
            }
            kept_names.push(name);
        }
    }
    let mut gone = lost.into_iter();
    kept_patterns.retain(|_| !gone.next().unwrap_or(false));
    (kept_names, kept_patterns)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_model_reads() {
        assert!(MODEL.is_some());
    }
}
