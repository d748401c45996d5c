//! A finished draft → an article: the body with every part's place in it.

use super::draft::{Draft, Note, Piece};
use super::kind;
use crate::article::{
    Article, ArticleOrigin, Continuation, Flag, Issue, Kind, Origin, Section, Source, Span,
    Subhead, flag,
};

/// Facts all articles of a page share.
pub(super) struct Shared<'a> {
    pub(super) source: &'a Source,
    pub(super) origin: &'a Origin,
    pub(super) issue: &'a Issue,
    pub(super) encoding: &'a str,
    /// Flags every article of the page carries.
    pub(super) notes: &'a [Note],
}

/// Puts an article together; its id is still empty.
pub(super) fn article(draft: Draft, shared: &Shared<'_>) -> Article {
    let kind = kind::of(&draft);
    let continuation = continuation(&draft);
    let mut flags: Vec<Flag> = shared
        .notes
        .iter()
        .chain(&draft.notes)
        .map(|n| whole(n, None))
        .collect();
    jump_flags(&draft, &mut flags);
    if kind == Kind::Notice && is_private(&draft) {
        flags.push(Flag {
            code: flag::PRIVACY.into(),
            span: None,
            note: "a private person is named in a notice".into(),
        });
    }
    let mut body = Body::default();
    for piece in draft.pieces {
        match piece {
            Piece::Para(para) => {
                let span = body.paragraph(&para.text);
                for note in &para.notes {
                    let at = note.at.map_or(span, |(from, to)| {
                        Span::new(span.start + from, span.start + to)
                    });
                    flags.push(whole(note, Some(at)));
                }
            }
            Piece::Subhead(value) => body.open_subhead(value),
            Piece::Label(label) => body.open_section(label),
        }
    }
    body.close();
    Article {
        id: String::new(),
        source: shared.source.clone(),
        kind,
        issue: shared.issue.clone(),
        headline: draft.headline,
        // A paper that prints a column's standing head above the headline means it as a kicker.
        kicker: draft.kicker.or_else(|| draft.slogan.clone()),
        deck: draft.deck,
        slogan: draft.slogan,
        byline: draft.byline,
        body: body.text,
        subheads: body.subheads,
        sections: body.sections,
        continuation,
        external: None,
        origin: ArticleOrigin {
            file: shared.origin.file.clone(),
            sha256: shared.origin.sha256.clone(),
            encoding: shared.encoding.to_owned(),
            lines: draft.lines.into_iter().collect(),
            rest: None,
        },
        flags,
    }
}

fn whole(note: &Note, span: Option<Span>) -> Flag {
    Flag {
        code: note.code.to_owned(),
        span,
        note: note.text.clone(),
    }
}

fn continuation(draft: &Draft) -> Option<Continuation> {
    let (from, to) = (draft.from.as_ref(), draft.to.as_ref());
    let ordinal = from.or(to).map(|m| m.ordinal)?;
    Some(Continuation {
        from: from.map(|m| m.page.clone()),
        to: to.map(|m| m.page.clone()),
        ordinal,
        joined: false,
    })
}

fn jump_flags(draft: &Draft, flags: &mut Vec<Flag>) {
    for (marker, code) in [(&draft.from, flag::ORPHAN), (&draft.to, flag::TRUNCATED)] {
        if let Some(marker) = marker {
            flags.push(Flag {
                code: code.into(),
                span: None,
                note: marker.raw.clone(),
            });
        }
    }
}

/// A notice about a person: a child found, somebody missing, a lost paper.
fn is_private(draft: &Draft) -> bool {
    draft.paras().any(|p| {
        [
            "姓名:",
            "姓名：",
            "捡拾",
            "身份证",
            "性别",
            "弃婴",
            "走失",
            "遗失",
            "被执行人",
        ]
        .iter()
        .any(|w| p.text.contains(w))
    })
}

#[derive(Default)]
struct Body {
    text: String,
    chars: usize,
    subheads: Vec<Subhead>,
    sections: Vec<Section>,
    in_subhead: bool,
    in_section: bool,
}

impl Body {
    fn paragraph(&mut self, text: &str) -> Span {
        if self.chars > 0 {
            self.text.push('\n');
            self.chars += 1;
        }
        let start = self.chars;
        self.text.push_str(text);
        self.chars += text.chars().count();
        Span::new(start, self.chars)
    }

    /// Where the next paragraph will begin.
    fn next(&self) -> usize {
        if self.chars > 0 { self.chars + 1 } else { 0 }
    }

    fn open_subhead(&mut self, value: String) {
        self.close_subhead();
        let at = self.next();
        self.subheads.push(Subhead {
            value,
            span: Span::new(at, at),
        });
        self.in_subhead = true;
    }

    fn open_section(&mut self, label: String) {
        self.close();
        let at = self.next();
        self.sections.push(Section {
            label,
            span: Span::new(at, at),
        });
        self.in_section = true;
    }

    fn close_subhead(&mut self) {
        if let Some(last) = self.subheads.last_mut().filter(|_| self.in_subhead) {
            last.span = closed(last.span, self.chars);
        }
        self.in_subhead = false;
    }

    fn close(&mut self) {
        self.close_subhead();
        if let Some(last) = self.sections.last_mut().filter(|_| self.in_section) {
            last.span = closed(last.span, self.chars);
        }
        self.in_section = false;
    }
}

/// A passage that began at `open.start` and ends at `end`; one without text is empty at the end of the body.
fn closed(open: Span, end: usize) -> Span {
    let start = open.start.min(end);
    Span::new(start, end)
}
