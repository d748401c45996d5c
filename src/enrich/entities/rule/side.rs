//! Sides of matches: a name that 队 follows, and names on either side of a VS.

use super::super::name::Name;
use crate::item::EntityKind;

/// What makes another word of 队: 队员, 队长.
const WITHIN: &str = "员长伍列友医里内中服歌旗报形";

/// Characters of `队`, `男队`, `女队` at the start of `rest`.
fn team(rest: &[char]) -> Option<usize> {
    let (length, after) = match rest {
        ['队', after @ ..] => (1, after),
        ['男' | '女', '队', after @ ..] => (2, after),
        _ => return None,
    };
    after
        .first()
        .is_none_or(|c| !WITHIN.contains(*c))
        .then_some(length)
}

fn is_versus(between: &[char]) -> bool {
    let mut letters = between.iter().filter(|c| **c != ' ');
    let both = [letters.next(), letters.next()];
    matches!(both, [Some('v' | 'V'), Some('s' | 'S')])
        && letters.next().is_none_or(|c| *c == '.')
        && between.len() <= 5
}

/// Takes 队 into the name before it, and makes organisations of what plays against what.
pub(in super::super) fn mark(names: &mut [Name], chars: &[char]) {
    for i in 0..names.len() {
        let limit = names.get(i + 1).map_or(chars.len(), |next| next.start);
        let before = i.checked_sub(1).and_then(|i| names.get(i));
        let last = before.map_or(0, |name| name.end);
        let rival_before = before.is_some_and(|name| name.kind != EntityKind::Person);
        let rival_after = names
            .get(i + 1)
            .is_some_and(|name| name.kind != EntityKind::Person);
        let Some(name) = names.get_mut(i).filter(|n| n.house.is_none()) else {
            continue;
        };
        let length = name.end - name.start;
        let long = length > 2 || length > 1 && name.kind != EntityKind::Person;
        let goes_on = chars.get(name.end..limit).and_then(team);
        if let Some(more) = goes_on.filter(|_| long && chars.get(name.end - 1) != Some(&'队')) {
            name.end += more;
            name.kind = EntityKind::Organisation;
        }
        let after = chars.get(name.end..limit).is_some_and(is_versus);
        let ahead = chars.get(last..name.start).is_some_and(is_versus);
        let person = name.kind == EntityKind::Person;
        if after && (!person || rival_after) || ahead && (!person || rival_before) {
            name.kind = EntityKind::Organisation;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_plays_is_an_organisation() {
        use EntityKind::{Organisation, Person, Place};
        for (text, names, expected) in [
            (
                "青川队2比1胜",
                vec![(Place, 0, 2)],
                vec![(Organisation, 0, 3)],
            ),
            (
                "青川女队胜",
                vec![(Place, 0, 2)],
                vec![(Organisation, 0, 4)],
            ),
            ("青川队员说", vec![(Place, 0, 2)], vec![(Place, 0, 2)]),
            ("孙立队", vec![(Person, 0, 2)], vec![(Person, 0, 2)]),
            (
                "青川VS 白水",
                vec![(Place, 0, 2), (Person, 5, 7)],
                vec![(Organisation, 0, 2), (Organisation, 5, 7)],
            ),
            (
                "孙立vs李明",
                vec![(Person, 0, 2), (Person, 4, 6)],
                vec![(Person, 0, 2), (Person, 4, 6)],
            ),
        ] {
            let chars: Vec<char> = text.chars().collect();
            let mut found: Vec<Name> = names
                .iter()
                .map(|(kind, start, end)| Name::new(*kind, *start, *end, 0.9))
                .collect();
            mark(&mut found, &chars);
            let found: Vec<_> = found.iter().map(|n| (n.kind, n.start, n.end)).collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}
