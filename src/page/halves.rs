//! The two halves of a piece that jumps from one page to another, made one again. Pure: whoever stores halves, or reads
//! several pages at once, asks here.

use crate::article::{Article, Continuation, Flag, Span, flag};
use std::collections::HashMap;

/// Which half of a piece an article is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Half {
    /// It goes on at another page.
    Head,
    /// It continues from another page.
    Rest,
}

impl Half {
    /// The other one.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Head => Self::Rest,
            Self::Rest => Self::Head,
        }
    }

    /// A subject token.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Head => "head",
            Self::Rest => "rest",
        }
    }
}

/// What both halves must agree on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Seam {
    /// Name of the source.
    pub source: String,
    /// Issue date.
    pub date: jiff::civil::Date,
    /// Page of the head.
    pub from: String,
    /// Page of the rest.
    pub to: String,
    /// The circled number, where the paper prints one.
    pub ordinal: Option<u32>,
}

/// The seam of an article that is half of a piece. `None` for a whole one, and where the issue or a page is not known:
/// then nothing can be joined safely.
pub fn seam(article: &Article) -> Option<(Seam, Half)> {
    let jump = article.continuation.as_ref().filter(|c| !c.joined)?;
    let (date, page) = (article.issue.date?, article.issue.page.clone()?);
    let seam = |from, to| Seam {
        source: article.source.name.clone(),
        date,
        from,
        to,
        ordinal: jump.ordinal,
    };
    match (&jump.from, &jump.to) {
        (Some(from), _) => Some((seam(from.clone(), page), Half::Rest)),
        (None, Some(to)) => Some((seam(page, to.clone()), Half::Head)),
        (None, None) => None,
    }
}

/// The partner of `article` among the halves at the same seam, on the other side. Several that the ordinal does not tell
/// apart are none; without an ordinal both pages must have a single jump to one another, or the same headline stand over
/// both halves.
pub fn partner<'a>(article: &Article, others: &'a [Article]) -> Option<&'a Article> {
    let (own, half) = seam(article)?;
    let mut fitting = others.iter().filter(|other| {
        let same_headline = !article.headline.is_empty() && article.headline == other.headline;
        let alone = |a: &Article| a.continuation.as_ref().is_some_and(|c| c.sole);
        seam(other).is_some_and(|(seam, side)| seam == own && side == half.other())
            && (own.ordinal.is_some() || same_headline || alone(article) && alone(other))
    });
    let first = fitting.next()?;
    fitting.next().is_none().then_some(first)
}

/// The whole piece: the head's id and heads, both texts. A paragraph that the jump broke is one again.
pub fn join(head: &Article, rest: &Article) -> Article {
    let broken = !head.body.is_empty() && !head.body.ends_with(is_end);
    let offset = head.body.chars().count() + usize::from(!broken);
    let shift = |span: Span| Span::new(span.start + offset, span.end + offset);
    let end = offset + rest.body.chars().count();
    let first_of_rest = rest
        .subheads
        .iter()
        .map(|s| s.span)
        .chain(rest.sections.iter().map(|s| s.span))
        .map(|s| s.start)
        .min();
    // The passage under the head's last subhead goes on until the rest has a subhead of its own.
    let stretch = |span: &mut Span| {
        if span.end + 1 >= offset {
            span.end = first_of_rest
                .map_or(end, |start| offset + start.saturating_sub(1))
                .max(span.end);
        }
    };

    let mut whole = head.clone();
    whole.body = format!(
        "{}{}{}",
        head.body,
        if broken { "" } else { "\n" },
        rest.body
    );
    let last = whole.subheads.last_mut().map(|s| &mut s.span);
    last.into_iter()
        .chain(whole.sections.last_mut().map(|s| &mut s.span))
        .for_each(stretch);
    whole
        .subheads
        .extend(rest.subheads.iter().cloned().map(|mut s| {
            s.span = shift(s.span);
            s
        }));
    whole
        .sections
        .extend(rest.sections.iter().cloned().map(|mut s| {
            s.span = shift(s.span);
            s
        }));
    whole.flags.retain(|f| f.code != flag::TRUNCATED);
    if broken {
        whole.flags.push(Flag {
            code: flag::JOINED_PARAGRAPH.into(),
            span: Some(Span::new(offset.saturating_sub(1), (offset + 1).min(end))),
            note: "broken by the jump to another page".into(),
        });
    }
    let of_rest = rest
        .flags
        .iter()
        .filter(|f| f.code != flag::ORPHAN && !head.flags.contains(f))
        .cloned();
    whole.flags.extend(of_rest.map(|mut f| {
        f.span = f.span.map(shift);
        f
    }));
    let jump = head.continuation.clone().unwrap_or_default();
    whole.continuation = Some(Continuation {
        joined: true,
        ..jump
    });
    whole.origin.rest = Some(Box::new(rest.origin.clone()));
    whole.byline = match (&head.byline, &rest.byline) {
        (Some(byline), _) => Some(byline.clone()),
        (None, byline) => byline.clone(),
    };
    whole
}

/// Joins what belongs together among articles read at once; everything else stays as it is, in order.
pub fn join_all(articles: Vec<Article>) -> Vec<Article> {
    let mut by_seam: HashMap<(Seam, Half), Vec<usize>> = HashMap::new();
    for (i, article) in articles.iter().enumerate() {
        if let Some(key) = seam(article) {
            by_seam.entry(key).or_default().push(i);
        }
    }
    let partner_of = |article: &Article| {
        let (seam, half) = seam(article)?;
        let others: Vec<usize> = by_seam.get(&(seam, half.other()))?.clone();
        let candidates: Vec<Article> = others
            .iter()
            .filter_map(|i| articles.get(*i).cloned())
            .collect();
        partner(article, &candidates).cloned()
    };
    articles
        .iter()
        .filter_map(|article| match (seam(article), partner_of(article)) {
            // Both must choose each other: of two heads at one seam neither is joined.
            (Some((_, half)), Some(other)) if partner_of(&other).as_ref() == Some(article) => {
                (half == Half::Head).then(|| join(article, &other))
            }
            _ => Some(article.clone()),
        })
        .collect()
}

/// Marks the jumps of one page that are the only ones between its two pages.
pub(super) fn mark_sole(articles: &mut [Article]) {
    let mut count: HashMap<(Option<String>, Option<String>), usize> = HashMap::new();
    let ends = |c: &Continuation| (c.from.clone(), c.to.clone());
    for jump in articles.iter().filter_map(|a| a.continuation.as_ref()) {
        *count.entry(ends(jump)).or_default() += 1;
    }
    for jump in articles.iter_mut().filter_map(|a| a.continuation.as_mut()) {
        jump.sole = count.get(&ends(jump)) == Some(&1);
    }
}

/// Whether a text may stop after this character.
fn is_end(c: char) -> bool {
    matches!(
        c,
        '。' | '！'
            | '？'
            | '!'
            | '?'
            | '…'
            | '”'
            | '’'
            | '"'
            | '」'
            | '』'
            | ')'
            | '）'
            | '：'
            | ':'
            | '；'
            | ';'
            | '》'
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::{Origin, Source};

    const HEAD: &str = "## 河堤巡护队的一天\n\n**临水日报讯(记者/车前子)** 3月1日清晨,巡护队出发。\n\n队员们沿着十公里河堤走\n\n▶▶下转02版①\n";
    const REST: &str = "◀◀上接01版① 到渡口,再折返。\n\n傍晚,队员收工。\n";

    fn read(text: &str, file: &str) -> Vec<Article> {
        let origin = Origin {
            file: file.into(),
            sha256: String::new(),
        };
        crate::page::read(text.as_bytes(), &Source::named("lsrb"), &origin)
            .unwrap()
            .articles
    }

    fn halves() -> (Article, Article) {
        let head = read(HEAD, "20250301/01.md").remove(0);
        let rest = read(REST, "20250301/02.md").pop().unwrap();
        (head, rest)
    }

    #[test]
    fn a_paragraph_broken_by_the_jump_is_one_again_and_the_head_keeps_its_id() {
        let (head, rest) = halves();
        let whole = join(&head, &rest);
        assert_eq!(whole.id, head.id);
        assert_eq!(
            whole.body,
            "3月1日清晨,巡护队出发。\n队员们沿着十公里河堤走到渡口,再折返。\n傍晚,队员收工。"
        );
        assert!(whole.is_whole());
        assert!(
            !whole
                .flags
                .iter()
                .any(|f| f.code == flag::TRUNCATED || f.code == flag::ORPHAN)
        );
        let seam = whole
            .flags
            .iter()
            .find(|f| f.code == flag::JOINED_PARAGRAPH)
            .and_then(|f| f.span)
            .unwrap();
        assert_eq!(seam.of(&whole.body), "走到");
    }

    #[test]
    fn the_order_of_pages_does_not_matter() {
        let (head, rest) = halves();
        let one = join_all(vec![head.clone(), rest.clone()]);
        let two = join_all(vec![rest, head]);
        assert_eq!(one, two);
        assert_eq!(one.len(), 1);
    }

    #[test]
    fn another_issue_page_or_ordinal_is_another_piece() {
        let (head, rest) = halves();
        type Change = fn(&mut Article);
        let changes: [Change; 5] = [
            |a| a.issue.date = a.issue.date.and_then(|d| d.tomorrow().ok()),
            |a| a.issue.page = Some("03".into()),
            |a| a.continuation.as_mut().unwrap().from = Some("04".into()),
            |a| a.continuation.as_mut().unwrap().ordinal = Some(2),
            |a| a.continuation.as_mut().unwrap().ordinal = None,
        ];
        for change in changes {
            let mut other = rest.clone();
            change(&mut other);
            assert_eq!(partner(&head, std::slice::from_ref(&other)), None);
            assert_eq!(join_all(vec![head.clone(), other]).len(), 2);
        }
        assert!(
            partner(&head, &[rest.clone(), rest]).is_none(),
            "two that cannot be told apart are none"
        );
    }

    #[test]
    fn without_an_ordinal_only_a_sole_jump_or_the_same_headline_joins() {
        let strip = |mut a: Article, sole| {
            let jump = a.continuation.as_mut().unwrap();
            (jump.ordinal, jump.sole) = (None, sole);
            a
        };
        let (head, rest) = halves();
        let joined = |sole_head, sole_rest| {
            partner(
                &strip(head.clone(), sole_head),
                &[strip(rest.clone(), sole_rest)],
            )
            .is_some()
        };
        assert!(joined(true, true));
        assert!(!joined(true, false) && !joined(false, true));
        let mut titled = strip(rest, false);
        titled.headline.clone_from(&head.headline);
        assert!(partner(&strip(head, false), &[titled]).is_some());
    }
}
