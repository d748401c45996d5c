//! The books: what was written against what each channel got. Pure, so that it can be shown to find every kind of mistake.

use std::collections::{BTreeMap, BTreeSet};

/// One state of an article that was written completely: its headline stays, its body changes from version to version.
pub(crate) type Body = String;

/// What the writer promises of one article.
#[derive(Debug, Clone, Default)]
pub(crate) struct Written {
    /// Its complete states, oldest first.
    pub(crate) versions: Vec<Body>,
    /// The file was deleted soon after: it may have been missed, with all its articles or with none.
    pub(crate) deleted: bool,
    /// The file it stood in.
    pub(crate) file: String,
}

/// All that was written, by headline.
pub(crate) type Ledger = BTreeMap<String, Written>;

/// A message of a channel, as an independent consumer got it.
#[derive(Debug, Clone)]
pub(crate) struct Delivery {
    /// Place in the stream: the same message told twice by NATS counts once.
    pub(crate) sequence: u64,
    pub(crate) id: String,
    pub(crate) headline: String,
    pub(crate) revision: u64,
    pub(crate) body: Body,
}

/// What is wrong, each with enough to look for it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Balance {
    pub(crate) lost: Vec<String>,
    pub(crate) doubled: Vec<String>,
    /// Text that nobody wrote like this: half a file, or bytes of two.
    pub(crate) half: Vec<String>,
    /// What the channel should not have got.
    pub(crate) strayed: Vec<String>,
}

impl Balance {
    pub(crate) fn is_even(&self) -> bool {
        *self == Self::default()
    }
}

/// Balances one channel, to the byte. `wanted` tells whether an article of this headline belongs on it.
pub(crate) fn balance(
    ledger: &Ledger,
    deliveries: &[Delivery],
    wanted: impl Fn(&str) -> bool,
) -> Balance {
    let mut balance = Balance::default();
    let mut sequences = BTreeSet::new();
    let mut came: BTreeMap<&str, Vec<&Delivery>> = BTreeMap::new();
    for delivery in deliveries {
        if sequences.insert(delivery.sequence) {
            came.entry(&delivery.headline).or_default().push(delivery);
        }
    }
    for (headline, deliveries) in &came {
        match ledger.get(*headline) {
            None => balance.half.push(format!("nobody wrote: {headline}")),
            Some(_) if !wanted(headline) => balance.strayed.push((*headline).to_owned()),
            Some(written) => judge(headline, written, deliveries, &mut balance),
        }
    }
    let came_from: BTreeSet<&str> = ledger
        .iter()
        .filter(|(headline, _)| came.contains_key(headline.as_str()))
        .map(|(_, written)| written.file.as_str())
        .collect();
    for (headline, written) in ledger {
        let may_miss = written.deleted && !came_from.contains(written.file.as_str());
        if wanted(headline) && !came.contains_key(headline.as_str()) && !may_miss {
            balance.lost.push(format!("{headline} of {}", written.file));
        }
    }
    balance
}

fn judge(headline: &str, written: &Written, deliveries: &[&Delivery], balance: &mut Balance) {
    let mut deliveries = deliveries.to_vec();
    deliveries.sort_by_key(|d| d.sequence);
    let mut last: Option<(u64, usize)> = None;
    for delivery in &deliveries {
        let Some(version) = written.versions.iter().position(|v| *v == delivery.body) else {
            balance.half.push(format!(
                "{headline}, revision {}: {}",
                delivery.revision, delivery.body
            ));
            continue;
        };
        if let Some((revision, earlier)) = last
            && (delivery.revision <= revision || version <= earlier)
        {
            balance.doubled.push(format!(
                "{headline}: version {version} as revision {} after version {earlier} as {revision}",
                delivery.revision
            ));
        }
        last = Some((delivery.revision, version));
    }
    if deliveries.iter().any(|d| d.id != deliveries[0].id) {
        balance.doubled.push(format!("{headline}: two ids"));
    }
    if last.is_some_and(|(_, version)| version + 1 != written.versions.len()) && !written.deleted {
        balance.lost.push(format!(
            "the last version of {headline} of {}",
            written.file
        ));
    }
}

#[test]
fn the_books_find_every_kind_of_mistake() {
    let written = |versions: &[&str], deleted: bool| Written {
        versions: versions.iter().map(|v| (*v).to_owned()).collect(),
        deleted,
        file: if deleted { "02.md" } else { "01.md" }.into(),
    };
    let ledger: Ledger = [
        ("塘堤".to_owned(), written(&["一", "二"], false)),
        ("水渠".to_owned(), written(&["三"], true)),
        ("泵站".to_owned(), written(&["四"], true)),
    ]
    .into();
    let told = |sequence, headline: &str, revision, body: &str| Delivery {
        sequence,
        id: headline.to_owned(),
        headline: headline.to_owned(),
        revision,
        body: body.to_owned(),
    };
    let good = [told(1, "塘堤", 1, "一"), told(2, "塘堤", 2, "二")];
    let of = |more: &[Delivery]| balance(&ledger, &[&good, more].concat(), |h| h != "外");
    assert!(of(&[]).is_even());
    assert!(of(&good).is_even(), "told twice by NATS");
    assert!(
        balance(&ledger, &good[1..], |_| true).is_even(),
        "an older version may be missed"
    );
    assert_eq!(of(&[told(3, "塘堤", 3, "二")]).doubled.len(), 1);
    assert_eq!(of(&[told(3, "塘堤", 2, "二")]).doubled.len(), 1);
    assert_eq!(of(&[told(3, "塘堤", 3, "")]).half.len(), 1);
    assert_eq!(of(&[told(3, "塘", 1, "一")]).half.len(), 1);
    assert_eq!(balance(&ledger, &good[..1], |_| true).lost.len(), 1);
    assert_eq!(balance(&ledger, &[], |_| true).lost.len(), 1);
    let part = of(&[told(3, "水渠", 1, "三")]);
    assert_eq!(part.lost.len(), 1, "of one file all or nothing: {part:?}");
    assert_eq!(balance(&ledger, &good, |h| h == "外").strayed.len(), 1);
}
