//! Recall and precision.

use crate::damage::{Dice, resend};
use crate::texts::{Text, alike, invented, resent};
use copydesk::enrich::stories::weigh;

const WINDOW: u32 = 7;

struct Pair {
    same: bool,
    what: String,
    texts: [Text; 2],
}

/// Texts the limits in `judge.rs` were set on, and the others.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Half {
    Tuned,
    Reported,
}

fn pairs(half: Half) -> Vec<Pair> {
    let (odd, seed) = match half {
        Half::Tuned => (0, 20_250_318),
        Half::Reported => (1, 7),
    };
    let ours = |i: &usize| i % 2 == odd;
    let mut dice = Dice(seed);
    let mut all = Vec::new();
    for (_, text) in invented().into_iter().enumerate().filter(|(i, _)| ours(i)) {
        let share = (1 + dice.below(20)) as f64 / 100.0;
        let copy = resend(&text, share, &mut dice);
        all.push(Pair {
            same: true,
            what: format!("changed by {share}"),
            texts: [text, copy],
        });
    }
    for (i, texts) in resent().into_iter().enumerate().filter(|(i, _)| ours(i)) {
        all.push(Pair {
            same: true,
            what: format!("by hand {i}"),
            texts,
        });
    }
    for (i, family) in alike().into_iter().enumerate().filter(|(i, _)| ours(i)) {
        for (at, one) in family.iter().enumerate() {
            for other in family.iter().skip(at + 1) {
                all.push(Pair {
                    same: false,
                    what: format!("family {i}"),
                    texts: [one.clone(), other.clone()],
                });
            }
        }
    }
    all
}

struct Score {
    recall: f64,
    precision: f64,
}

fn score(half: Half) -> Score {
    let (mut found, mut missed, mut merged, mut apart) = (0, 0, 0, 0);
    for Pair { same, what, texts } in pairs(half) {
        let [one, other] = texts.each_ref().map(Text::signature);
        let evidence = weigh(&one, &other, WINDOW);
        let judged = evidence.is_some_and(|e| e.is_same());
        if judged != same {
            println!("  wrong: {what}: {} {evidence:.2?}", texts[1].headline);
        }
        match (same, judged) {
            (true, true) => found += 1,
            (true, false) => missed += 1,
            (false, true) => merged += 1,
            (false, false) => apart += 1,
        }
    }
    let part = |a: i32, b: i32| f64::from(a) / f64::from(a + b);
    let score = Score {
        recall: part(found, missed),
        precision: part(found, merged),
    };
    println!(
        "{half:?}: {found} found, {missed} missed, {merged} merged, {apart} kept apart; recall {:.3}, precision {:.3}",
        score.recall, score.precision
    );
    score
}

#[test]
fn resent_stories_are_recognised_and_different_events_told_alike_are_not() {
    let (same, alike): (Vec<_>, Vec<_>) = [Half::Tuned, Half::Reported]
        .into_iter()
        .flat_map(pairs)
        .partition(|p| p.same);
    assert!(
        same.len() >= 300 && alike.len() >= 150,
        "{} {}",
        same.len(),
        alike.len()
    );
    for score in [score(Half::Tuned), score(Half::Reported)] {
        assert!(score.recall >= 0.95, "recall {:.3}", score.recall);
        assert!(score.precision >= 0.98, "precision {:.3}", score.precision);
    }
}
