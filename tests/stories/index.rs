//! The index: who is the first of a story, and what becomes of its links.

use crate::damage::{Dice, resend};
use crate::texts::{Text, invented};
use copydesk::enrich::stories::{Index, Repair, Seen, Signature};

const DAY: i64 = 86_400_000;

fn text() -> Text {
    invented().remove(3)
}

fn copy(seed: u64) -> Signature {
    resend(&text(), 0.05, &mut Dice(seed)).signature()
}

fn seen(id: &str, place: u64, signature: &Signature, story: &str, elder: Option<&str>) -> Seen {
    Seen {
        id: id.into(),
        source: "rsrb".into(),
        place,
        time_ms: i64::try_from(place).unwrap(),
        signature: signature.clone(),
        story: story.into(),
        elder: elder.map(Into::into),
        killed: false,
    }
}

/// (id, story, elder)
fn told(repairs: &[Repair]) -> Vec<(&str, &str, Option<&str>)> {
    repairs
        .iter()
        .map(|r| {
            (
                r.id.as_str(),
                r.standing.story.as_str(),
                r.standing.elder.as_ref().map(|e| e.id.as_str()),
            )
        })
        .collect()
}

#[test]
fn a_copy_names_the_first_and_its_copy_too() {
    let mut index = Index::new(7, 100);
    let first = text().signature();
    assert_eq!(index.expect("a", &first, 0).story, "a");
    // Still on its way, it is known already.
    let b = index.expect("b", &copy(1), 0);
    assert_eq!((b.story.as_str(), b.elder.unwrap().id.as_str()), ("a", "a"));
    assert!(index.follow(seen("a", 1, &first, "a", None)).is_empty());
    assert!(
        index
            .follow(seen("b", 2, &copy(1), "a", Some("a")))
            .is_empty()
    );
    let c = index.expect("c", &copy(2), 0);
    assert_eq!(c.story, "a");
    assert!(c.elder.unwrap().overlap > 0.5);
    let other = invented().remove(40).signature();
    assert_eq!(index.expect("d", &other, 0).elder, None);
}

#[test]
fn of_two_that_call_themselves_first_the_earlier_in_the_ledger_is() {
    let mut index = Index::new(7, 100);
    assert!(index.follow(seen("a", 1, &copy(1), "a", None)).is_empty());
    let repairs = index.follow(seen("b", 2, &copy(2), "b", None));
    assert_eq!(told(&repairs), [("b", "a", Some("a"))]);
    // Its repaired revision comes by: nothing more to say, also to whoever starts now and reads only the end of it.
    assert!(
        index
            .follow(seen("b", 3, &copy(2), "a", Some("a")))
            .is_empty()
    );
    let mut late = Index::new(7, 100);
    assert!(late.follow(seen("a", 1, &copy(1), "a", None)).is_empty());
    assert!(
        late.follow(seen("b", 3, &copy(2), "a", Some("a")))
            .is_empty()
    );
}

#[test]
fn whoever_named_one_that_was_no_first_is_told_its_first() {
    let mut index = Index::new(7, 100);
    index.follow(seen("a", 1, &copy(1), "a", None));
    index.follow(seen("b", 2, &copy(2), "b", None));
    // c was enriched where only b was known.
    let repairs = index.follow(seen("c", 3, &copy(3), "b", Some("b")));
    assert_eq!(told(&repairs), [("c", "a", Some("a"))]);
}

#[test]
fn the_oldest_left_stands_for_one_that_is_withdrawn_until_it_is_back() {
    let mut index = Index::new(7, 100);
    index.follow(seen("a", 1, &copy(1), "a", None));
    index.follow(seen("b", 2, &copy(2), "a", Some("a")));
    index.follow(seen("c", 3, &copy(3), "a", Some("a")));
    let repairs = index.follow(Seen {
        killed: true,
        ..seen("a", 4, &copy(1), "a", None)
    });
    assert_eq!(told(&repairs), [("b", "a", None), ("c", "a", Some("b"))]);
    assert!(index.follow(seen("b", 5, &copy(2), "a", None)).is_empty());
    assert!(
        index
            .follow(seen("c", 6, &copy(3), "a", Some("b")))
            .is_empty()
    );
    let d = index.expect("d", &copy(4), 0);
    assert_eq!((d.story.as_str(), d.elder.unwrap().id.as_str()), ("a", "b"));
    index.forget("d");
    let repairs = index.follow(seen("a", 7, &copy(1), "a", None));
    assert_eq!(
        told(&repairs),
        [("b", "a", Some("a")), ("c", "a", Some("a"))]
    );
}

#[test]
fn a_changed_first_stays_first() {
    let mut index = Index::new(7, 100);
    index.follow(seen("a", 1, &copy(1), "a", None));
    index.follow(seen("b", 2, &copy(2), "a", Some("a")));
    assert_eq!(index.expect("a", &copy(5), 0).elder, None);
    assert!(index.follow(seen("a", 3, &copy(5), "a", None)).is_empty());
}

#[test]
fn the_window_and_the_bound_are_kept() {
    let mut index = Index::new(7, 3);
    let at = |id: &str, place, time_ms, seed| Seen {
        time_ms,
        ..seen(id, place, &copy(seed), id, None)
    };
    index.follow(at("a", 1, 0, 1));
    assert_eq!(index.expect("b", &copy(2), 7 * DAY).story, "a");
    index.forget("b");
    assert_eq!(index.expect("b", &copy(2), 7 * DAY + 1).story, "b");
    assert!(index.len() == 1);
    for (place, text) in invented().into_iter().skip(40).take(5).enumerate() {
        let id = format!("n{place}");
        index.follow(Seen {
            time_ms: 8 * DAY,
            ..seen(&id, place as u64 + 9, &text.signature(), &id, None)
        });
    }
    assert!(index.len() <= 4, "{}", index.len());
}
