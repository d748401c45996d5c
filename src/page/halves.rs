//! The two halves of a piece that jumps from one page to another, made one again. Pure: whoever stores halves, or reads
//! several pages at once, asks here.

use super::jump::page_name;
use super::lm;
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
    let date = article.issue.date?;
    let here = page_name(article.issue.page.as_deref()?);
    let (from, to, half) = match (&jump.from, &jump.to) {
        (Some(from), _) => (page_name(from), here, Half::Rest),
        (None, Some(to)) => (here, page_name(to), Half::Head),
        (None, None) => return None,
    };
    let source = article.source.name.clone();
    Some((
        Seam {
            source,
            date,
            from,
            to,
            ordinal: jump.ordinal,
        },
        half,
    ))
}

/// The partner of `article` among `others`; several that fit are none.
pub fn partner<'a>(article: &Article, others: &'a [Article]) -> Option<&'a Article> {
    let (_, half) = seam(article)?;
    let mut fitting = others.iter().filter(|other| match half {
        Half::Head => belongs(article, other),
        Half::Rest => belongs(other, article),
    });
    let first = fitting.next()?;
    fitting.next().is_none().then_some(first)
}

/// Bits of the character model that join two halves when nothing printed does.
const CERTAIN: f32 = 10.0;

/// Whether `rest` is the continuation of `head`: at the same seam, and not under another headline. Where the paper prints no
/// ordinal the headline must be repeated, or the language must leave no doubt.
fn belongs(head: &Article, rest: &Article) -> bool {
    let (Some((ours, Half::Head)), Some((theirs, Half::Rest))) = (seam(head), seam(rest)) else {
        return false;
    };
    let letters = |text: &str| {
        text.chars()
            .filter(|c| c.is_alphanumeric())
            .collect::<String>()
    };
    let titled = !rest.headline.is_empty();
    let same_headline = titled && letters(&rest.headline) == letters(&head.headline);
    if ours != theirs || titled && !same_headline {
        return false;
    }
    let spoken = || is_broken(&head.body) && lm::model().joint(&head.body, &rest.body) >= CERTAIN;
    ours.ordinal.is_some() || same_headline || spoken()
}

/// Whether a text stops within a sentence.
fn is_broken(body: &str) -> bool {
    !body.is_empty() && !body.ends_with(|c| "。！？!?…”’\"」』)）：:；;》".contains(c))
}

/// The whole piece: the head's id and heads, both texts. A paragraph that the jump broke is one again.
pub fn join(head: &Article, rest: &Article) -> Article {
    let broken = is_broken(&head.body);
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
pub fn join_all(articles: &[Article]) -> Vec<Article> {
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
        let rest = read(REST, "20250301/02.md").remove(0);
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
        let one = join_all(&[head.clone(), rest.clone()]);
        let two = join_all(&[rest, head]);
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
            assert_eq!(join_all(&[head.clone(), other]).len(), 2);
        }
        assert!(
            partner(&head, &[rest.clone(), rest]).is_none(),
            "two that cannot be told apart are none"
        );
    }

    #[test]
    fn without_an_ordinal_the_headline_decides_or_nothing_does() {
        let head = read(
            "## 新桥通车\n\n昨日,新桥正式通车。\n\n(下转第二版)\n",
            "20250301/01.md",
        )
        .remove(0);
        for (rest, fits) in [
            ("## 新桥通车\n\n(上接第一版)\n\n两岸群众奔走相告。\n", true),
            ("## 旧桥拆除\n\n(上接第一版)\n\n施工人员已经进场。\n", false),
            ("(上接第一版)\n\n施工人员已经进场。\n", false),
        ] {
            let rest = read(rest, "20250301/02.md");
            assert_eq!(rest.len(), 1);
            assert_eq!(partner(&head, &rest).is_some(), fits, "{rest:?}");
        }
    }
}
