//! The items of the window, by shingle; which story each belongs to.

use super::judge::{overlap, weigh};
use super::signature::Signature;
use crate::article::{Flag, flag};
use crate::item::{Elder, Item};
use rustc_hash::FxHashMap;
use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

/// Smallest hashes of a sketch that an item is found by. Of two texts that share a quarter of their shingles, 98 in 100
/// have [`SHARED`] of them in common.
pub(super) const KEYS: usize = 32;
/// Least keys a candidate shares.
const SHARED: usize = 2;
/// Newest items kept for one key: what stands in more texts than this is a phrase, not a story.
const SAME_KEY: usize = 64;
/// Most candidates looked at closely, those first that share most.
const CANDIDATES: usize = 16;

/// Where an item stands among its likes.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// Id of the first item of its story: its own when it is the first.
    pub story: String,
    /// The item it repeats.
    pub elder: Option<Elder>,
}

/// A revision of an item as it stands in the ledger.
#[derive(Debug)]
pub struct Seen {
    /// Id of the item.
    pub id: String,
    /// Name of its source.
    pub source: String,
    /// Place of the revision in the ledger.
    pub place: u64,
    /// When it was stored, milliseconds since 1970.
    pub time_ms: i64,
    /// What it is recognised by.
    pub signature: Signature,
    /// First item of its story, as it says itself.
    pub story: String,
    /// Id of the item it repeats, as it says itself.
    pub elder: Option<String>,
    /// Withdrawn.
    pub killed: bool,
}

/// An item that says something else of its story than the ledger does.
#[derive(Debug, Clone, PartialEq)]
pub struct Repair {
    /// Its id.
    pub id: String,
    /// Name of its source.
    pub source: String,
    /// Place in the ledger of the revision that says so.
    pub place: u64,
    /// What it must say.
    pub standing: Standing,
}

/// Earlier items, bounded by age and number. What it answers is a function of the revisions it has followed, in their order.
#[derive(Debug)]
pub struct Index {
    window_days: u32,
    most: usize,
    /// Oldest first; `None` where one was replaced.
    entries: VecDeque<Option<Entry>>,
    /// Number of the first of `entries`.
    base: u64,
    ids: FxHashMap<Arc<str>, u64>,
    keys: FxHashMap<u32, Vec<u64>>,
    /// Items that name another as the first of their story, by its id: rank and number.
    copies: FxHashMap<Arc<str>, BTreeSet<(u64, u64)>>,
}

#[derive(Debug)]
struct Entry {
    id: Arc<str>,
    source: Box<str>,
    /// Place in the ledger of the first revision seen; `None` for one on its way there.
    place: Option<u64>,
    /// Place of the last one.
    newest: u64,
    time_ms: i64,
    /// `None` for its own.
    story: Option<Arc<str>>,
    elder: Option<Arc<str>>,
    killed: bool,
    signature: Signature,
}

impl Entry {
    fn story(&self) -> &Arc<str> {
        self.story.as_ref().unwrap_or(&self.id)
    }

    /// Oldest first, those on their way last.
    fn rank(&self) -> u64 {
        self.place.unwrap_or(u64::MAX)
    }
}

impl Standing {
    /// That of an item like no other.
    pub fn alone(id: &str) -> Self {
        Self {
            story: id.to_owned(),
            elder: None,
        }
    }

    /// Writes it on an item.
    pub fn put_on(self, item: &mut Item) {
        let enrichment = &mut item.enrichment;
        let flags = &mut enrichment.quality.flags;
        flags.retain(|f| f.code != flag::DUPLICATE);
        flags.extend(self.elder.as_ref().map(|elder| Flag {
            code: flag::DUPLICATE.to_owned(),
            span: None,
            note: elder.id.clone(),
        }));
        enrichment.story = self.story;
        enrichment.elder = self.elder;
    }
}

impl Index {
    /// One that remembers items for so many days, the newest `most` of them.
    pub fn new(window_days: u32, most: usize) -> Self {
        Self {
            window_days,
            most,
            entries: VecDeque::new(),
            base: 0,
            ids: FxHashMap::default(),
            keys: FxHashMap::default(),
            copies: FxHashMap::default(),
        }
    }

    /// Items it knows.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether it knows none.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Where a new item, or a new revision of one, will stand, and remembers it as on its way.
    pub fn expect(&mut self, id: &str, signature: &Signature, now_ms: i64) -> Standing {
        self.evict(now_ms);
        let own = self.by_id(id).filter(|e| e.place.is_some());
        let rank = own.map_or(u64::MAX, Entry::rank);
        let known = own.is_some();
        let earlier = |e: &Entry| &*e.id != id && (!known || e.rank() < rank);
        let standing = match self.earliest(signature, earlier) {
            Some(like) => self.beside(id, signature, like),
            // What it repeated may have left the window.
            None => match own.filter(|e| self.by_id(e.story()).is_none()) {
                Some(own) => self.as_said(own),
                None => Standing::alone(id),
            },
        };
        if !known {
            self.remove(id);
            self.insert(Entry {
                id: id.into(),
                source: Box::default(),
                place: None,
                newest: 0,
                time_ms: now_ms,
                story: (standing.story != id).then(|| standing.story.as_str().into()),
                elder: standing.elder.as_ref().map(|e| e.id.as_str().into()),
                killed: false,
                signature: signature.clone(),
            });
        }
        standing
    }

    /// Forgets an item that was on its way and will not arrive.
    pub fn forget(&mut self, id: &str) {
        if self.by_id(id).is_some_and(|e| e.place.is_none()) {
            self.remove(id);
        }
    }

    /// Takes note of a revision, and says which items now say something wrong.
    pub fn follow(&mut self, seen: Seen) -> Vec<Repair> {
        self.evict(seen.time_ms);
        let before = self.remove(&seen.id).filter(|e| e.place.is_some());
        let place = before.as_ref().and_then(|e| e.place).unwrap_or(seen.place);
        let mut entry = Entry {
            id: seen.id.as_str().into(),
            source: seen.source.into_boxed_str(),
            place: Some(place),
            newest: seen.place,
            time_ms: seen.time_ms,
            story: (seen.story != seen.id).then(|| seen.story.as_str().into()),
            elder: seen.elder.as_deref().map(Into::into),
            killed: seen.killed,
            signature: seen.signature,
        };
        let mut repairs = Vec::new();
        if !entry.killed {
            let expected = self.standing(&entry);
            if !says(&entry, &expected) {
                entry.story = (expected.story != seen.id).then(|| expected.story.as_str().into());
                entry.elder = expected.elder.as_ref().map(|e| e.id.as_str().into());
                repairs.push(Repair {
                    id: seen.id.clone(),
                    source: entry.source.to_string(),
                    place: entry.newest,
                    standing: expected,
                });
            }
        }
        // Those that name it must name another when it is withdrawn, back, or itself found to repeat one.
        let moved = !repairs.is_empty() && entry.story.is_some();
        let turned = before.is_some_and(|b| b.killed != entry.killed) || entry.killed;
        let (id, story) = (entry.id.clone(), entry.story().clone());
        self.insert(entry);
        if moved || turned {
            let members = self.others(&id, &story);
            repairs.extend(members.into_iter().filter_map(|m| self.recheck(m)));
        }
        repairs
    }

    /// Those of the ledger, beside `id`, that tell its story or this one, in the order they came.
    fn others(&self, id: &str, story: &Arc<str>) -> Vec<u64> {
        let copies = [id, &**story].map(|of| self.copies.get(of));
        let copies = copies.into_iter().flatten().flatten();
        let mut numbers: Vec<u64> = copies.map(|(_, number)| *number).collect();
        numbers.extend(self.ids.get(story));
        numbers.sort_unstable();
        numbers.dedup();
        numbers.retain(|number| {
            self.entry(*number).is_some_and(|e| {
                let told = **e.story() == *id || e.story() == story;
                told && !e.killed && e.place.is_some() && *e.id != *id
            })
        });
        numbers
    }

    /// Sets right what a known item says.
    fn recheck(&mut self, number: u64) -> Option<Repair> {
        let entry = self.entry(number)?;
        let expected = self.standing(entry);
        if says(entry, &expected) {
            return None;
        }
        let (id, rank) = (entry.id.to_string(), entry.rank());
        let (was, now) = (
            entry.story.clone(),
            (expected.story != id).then(|| Arc::from(expected.story.as_str())),
        );
        self.leave(was.as_ref(), rank, number);
        self.join(now.as_ref(), rank, number);
        let entry = self
            .entries
            .get_mut(usize::try_from(number - self.base).ok()?)?
            .as_mut()?;
        entry.story = now;
        entry.elder = expected.elder.as_ref().map(|e| e.id.as_str().into());
        Some(Repair {
            source: entry.source.to_string(),
            place: entry.newest,
            id,
            standing: expected,
        })
    }

    /// What an item of the ledger must say. One that calls itself the first of its story is believed unless an earlier one is
    /// like it; one that names another is believed, for that one was there before it.
    fn standing(&self, entry: &Entry) -> Standing {
        if entry.story.is_none() {
            let rank = entry.rank();
            let earlier = |e: &Entry| e.rank() < rank && e.id != entry.id;
            return match self.earliest(&entry.signature, earlier) {
                Some(like) => self.beside(&entry.id, &entry.signature, like),
                None => Standing::alone(&entry.id),
            };
        }
        match self.by_id(entry.story()) {
            Some(_) => self.beside(&entry.id, &entry.signature, entry),
            None => self.as_said(entry),
        }
    }

    fn as_said(&self, entry: &Entry) -> Standing {
        let elder = entry.elder.as_ref().map(|id| Elder {
            id: id.to_string(),
            overlap: self
                .by_id(id)
                .map_or(0.0, |e| overlap(&entry.signature, &e.signature)),
        });
        Standing {
            story: entry.story().to_string(),
            elder,
        }
    }

    /// Where an item stands that tells the story of `like`.
    fn beside(&self, id: &str, signature: &Signature, like: &Entry) -> Standing {
        // The first of a story may itself have been found to repeat another: once, for the other then was the first.
        let first = self.by_id(like.story());
        let story = first.map_or_else(|| like.story().clone(), |f| f.story().clone());
        let elder = match self.by_id(&story) {
            _ if *story == *id => None,
            Some(first) if !first.killed => Some(first),
            // The oldest that is left stands for one that was withdrawn.
            Some(_) => self
                .copies
                .get(&story)
                .into_iter()
                .flatten()
                .filter_map(|(_, number)| self.entry(*number))
                .find(|e| !e.killed && e.place.is_some())
                .filter(|oldest| {
                    let own = self.by_id(id).or(Some(like).filter(|l| *l.id == *id));
                    *oldest.id != *id && own.is_none_or(|own| oldest.rank() < own.rank())
                }),
            None => like
                .elder
                .as_ref()
                .and_then(|e| self.by_id(e))
                .or(Some(like).filter(|l| *l.id != *id)),
        };
        Standing {
            elder: elder.map(|e| Elder {
                id: e.id.to_string(),
                overlap: overlap(signature, &e.signature),
            }),
            story: story.to_string(),
        }
    }

    /// The earliest item that tells the same story, among those wanted.
    fn earliest(&self, signature: &Signature, wanted: impl Fn(&Entry) -> bool) -> Option<&Entry> {
        let mut hits: Vec<u64> = signature
            .keys()
            .iter()
            .filter_map(|key| self.keys.get(key))
            .flatten()
            .copied()
            .collect();
        hits.sort_unstable();
        let mut candidates: Vec<(usize, u64)> = hits
            .chunk_by(|a, b| a == b)
            .filter(|run| run.len() >= SHARED)
            .filter_map(|run| Some((run.len(), *run.first()?)))
            .collect();
        // Most shared first, then the older.
        candidates.sort_unstable_by_key(|(shared, number)| (std::cmp::Reverse(*shared), *number));
        candidates
            .into_iter()
            .filter_map(|(_, number)| self.entry(number))
            .filter(|e| !e.killed && wanted(e))
            .take(CANDIDATES)
            .filter(|e| {
                weigh(signature, &e.signature, self.window_days).is_some_and(|e| e.is_same())
            })
            .min_by_key(|e| e.rank())
    }

    fn entry(&self, number: u64) -> Option<&Entry> {
        let at = usize::try_from(number.checked_sub(self.base)?).ok()?;
        self.entries.get(at)?.as_ref()
    }

    fn by_id(&self, id: &str) -> Option<&Entry> {
        self.entry(*self.ids.get(id)?)
    }

    /// Notes a copy of the story.
    fn join(&mut self, story: Option<&Arc<str>>, rank: u64, number: u64) {
        if let Some(story) = story {
            let copies = self.copies.entry(story.clone()).or_default();
            copies.insert((rank, number));
        }
    }

    fn leave(&mut self, story: Option<&Arc<str>>, rank: u64, number: u64) {
        if let Some(story) = story
            && let Some(copies) = self.copies.get_mut(story)
        {
            copies.remove(&(rank, number));
            if copies.is_empty() {
                self.copies.remove(story);
            }
        }
    }

    fn insert(&mut self, entry: Entry) {
        let number = self.base + self.entries.len() as u64;
        for key in entry.signature.keys() {
            let list = self.keys.entry(*key).or_default();
            if list.len() >= SAME_KEY {
                list.remove(0);
            }
            list.push(number);
        }
        self.join(entry.story.as_ref(), entry.rank(), number);
        self.ids.insert(entry.id.clone(), number);
        self.entries.push_back(Some(entry));
    }

    fn remove(&mut self, id: &str) -> Option<Entry> {
        let number = self.ids.remove(id)?;
        let at = usize::try_from(number.checked_sub(self.base)?).ok()?;
        let entry = self.entries.get_mut(at)?.take()?;
        self.leave(entry.story.as_ref(), entry.rank(), number);
        for key in entry.signature.keys() {
            if let Some(list) = self.keys.get_mut(key) {
                list.retain(|n| *n != number);
                if list.is_empty() {
                    self.keys.remove(key);
                }
            }
        }
        Some(entry)
    }

    /// Forgets what is older than the window, and the oldest beyond the bound.
    fn evict(&mut self, now_ms: i64) {
        let oldest = now_ms.saturating_sub(i64::from(self.window_days) * 86_400_000);
        while let Some(front) = self.entries.front() {
            match front {
                Some(entry) if entry.time_ms >= oldest && self.ids.len() <= self.most => break,
                Some(entry) => {
                    let id = entry.id.clone();
                    self.remove(&id);
                }
                None => {}
            }
            self.entries.pop_front();
            self.base += 1;
        }
    }
}

fn says(entry: &Entry, standing: &Standing) -> bool {
    **entry.story() == *standing.story
        && entry.elder.as_deref() == standing.elder.as_ref().map(|e| e.id.as_str())
}
