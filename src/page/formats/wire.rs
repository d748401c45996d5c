//! An item as an agency sends it → an article.

use super::flow::Line;
use super::tree::collapse;
use crate::article::{
    Article, Byline, Contributor, DateFrom, External, Issue, Kind, Origin, PubStatus, Source, flag,
};
use crate::page::assemble::{self, Shared};
use crate::page::byline;
use crate::page::dates;
use crate::page::decode::Decoded;
use crate::page::draft::{Draft, Note, Para, Piece, Signed};
use jiff::civil::Date;

/// What an item says, whatever its format.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Wire {
    /// Main headline.
    pub(super) headline: Option<String>,
    /// Line above it.
    pub(super) kicker: Option<String>,
    /// Line below it.
    pub(super) deck: Option<String>,
    /// Byline as sent.
    pub(super) byline: Option<String>,
    /// Place it comes from.
    pub(super) place: Option<String>,
    /// The text.
    pub(super) lines: Vec<Line>,
    /// Stands in for a text that was not sent: summary or caption.
    pub(super) summary: Option<String>,
    /// It is a picture.
    pub(super) picture: bool,
    /// Times of the item, the one that tells its day best first: RFC 3339, or what is like it.
    pub(super) times: Vec<String>,
    /// When its content was made, written like them: of a picture long before its day, perhaps.
    pub(super) created: Option<String>,
    /// Ids, version, status.
    pub(super) external: External,
    /// First and last line in the file.
    pub(super) extent: [usize; 2],
}

impl Wire {
    /// There is something to publish, or something to withdraw.
    pub(super) fn is_article(&self) -> bool {
        let text = !self.lines.is_empty() || self.summary.is_some();
        text || (self.headline.is_some() && !self.picture)
            || (self.external.uri.is_some() && self.external.status != PubStatus::Usable)
    }

    /// Reads the agency's word for the status, in any of its spellings: `stat:canceled`, `Cancelled`,
    /// `http://cv.iptc.org/newscodes/pubstatusg2/withheld`. An unknown word leaves the status as it is.
    pub(super) fn status(&mut self, word: &str) {
        let word = word.rsplit([':', '/', '#']).next().unwrap_or(word).trim();
        match word.to_ascii_lowercase().as_str() {
            "usable" => self.external.status = PubStatus::Usable,
            "withheld" | "embargoed" => self.external.status = PubStatus::Withheld,
            "canceled" | "cancelled" | "killed" | "kill" => {
                self.external.status = PubStatus::Canceled;
            }
            _ => {}
        }
    }

    /// Notes a signal; one that kills or withholds counts as the status where none stricter is given.
    pub(super) fn signal(&mut self, signal: &str) {
        let word = signal.rsplit([':', '/']).next().unwrap_or(signal);
        match word.to_ascii_lowercase().as_str() {
            "kill" | "canceled" | "cancelled" | "withdraw" | "withdrawal" | "mandatorykill"
            | "takedown" => {
                self.external.status = PubStatus::Canceled;
            }
            "withhold" | "hold" if self.external.status == PubStatus::Usable => {
                self.external.status = PubStatus::Withheld;
            }
            _ => {}
        }
        match &mut self.external.signal {
            Some(all) => {
                all.push(' ');
                all.push_str(signal);
            }
            None => self.external.signal = Some(signal.to_owned()),
        }
    }

    /// Notes the embargo, when it is a time.
    pub(super) fn embargo(&mut self, time: &str) {
        self.external.embargoed_until = rfc3339(time);
    }

    /// The article it is.
    pub(super) fn article(self, source: &Source, origin: &Origin, decoded: &Decoded) -> Article {
        let issue = Issue {
            date: self.times.iter().find_map(|t| day(t)),
            date_from: DateFrom::Header,
            ..Issue::default()
        };
        let mut notes = Vec::new();
        if decoded.replaced {
            notes.push(Note::whole(
                flag::UNDECODABLE,
                format!("bytes that are not {} were replaced", decoded.encoding),
            ));
        }
        let issue = match issue.date {
            Some(_) => issue,
            None => {
                notes.push(Note::whole(flag::NO_DATE, "the item carries no date"));
                Issue::default()
            }
        };
        let shared = Shared {
            source,
            origin,
            issue: &issue,
            encoding: decoded.encoding,
            notes: &notes,
        };
        let made = self.created.iter().chain(&self.times);
        let external = External {
            content_created: made.filter_map(|t| rfc3339(t)).next(),
            ..self.external.clone()
        };
        let picture = self.picture;
        let mut draft = self.draft();
        if let Some(byline) = &mut draft.byline {
            let date = byline.date.take();
            byline.date = date.and_then(|d| dates::dateline(&d, issue.date));
        }
        let mut article = assemble::article(draft, &shared);
        article.external = Some(external);
        if picture {
            article.kind = Kind::Photo;
        }
        article
    }

    fn draft(self) -> Draft {
        let mut draft = Draft {
            headline: self.headline.unwrap_or_default(),
            kicker: self.kicker,
            deck: self.deck,
            lines: Some(self.extent),
            ..Draft::default()
        };
        let sent = self.byline.as_deref().and_then(signed);
        if sent.is_some() {
            draft.signed = Signed::Dispatch;
        }
        draft.byline = sent;
        for line in self.lines {
            if line.heading > 0 {
                // Agencies repeat the headline above the text.
                if !draft.pieces.is_empty() || !same(&line.text, &draft.headline) {
                    draft.pieces.push(Piece::Subhead(line.text));
                }
            } else if !draft.pieces.is_empty() || !same(&line.text, &draft.headline) {
                paragraph(&mut draft, line);
            }
        }
        if let Some(summary) = self.summary.filter(|_| draft.paras().next().is_none()) {
            for text in summary.split('\n').map(collapse).filter(|t| !t.is_empty()) {
                let line = Line {
                    text,
                    line: self.extent.first().copied().unwrap_or(1),
                    ..Line::default()
                };
                paragraph(&mut draft, line);
            }
        }
        if let Some(place) = self.place.as_deref().map(place).filter(|p| !p.is_empty()) {
            let byline = draft.byline.get_or_insert_default();
            byline.place.get_or_insert_with(|| place.to_owned());
        }
        draft
    }
}

/// Adds a paragraph; the first may carry 讯头 or 电头 where the item itself names nobody.
fn paragraph(draft: &mut Draft, line: Line) {
    let mut text = line.text;
    if draft.byline.is_none()
        && draft.pieces.is_empty()
        && let Some(found) = byline::leading(&text)
    {
        if found.apart {
            text = text.get(found.len..).unwrap_or_default().trim().to_owned();
        }
        draft.byline = Some(found.byline);
        draft.signed = Signed::Dispatch;
    }
    if !text.is_empty() {
        draft.pieces.push(Piece::Para(Para {
            text,
            line: line.line,
            ..Para::default()
        }));
    }
}

fn same(a: &str, b: &str) -> bool {
    let plain = |t: &str| -> String { t.chars().filter(|c| c.is_alphanumeric()).collect() };
    !b.is_empty() && plain(a) == plain(b)
}

/// The place in a dateline: `Berlin (dpa) - `.
fn place(dateline: &str) -> &str {
    let place = dateline
        .split_once(['(', '（'])
        .map_or(dateline, |(place, _)| place);
    place.trim_matches(|c: char| c.is_whitespace() || "-–—,，:".contains(c))
}

/// A byline sent in a field of its own.
pub(super) fn signed(raw: &str) -> Option<Byline> {
    let raw = collapse(raw);
    if raw.is_empty() {
        return None;
    }
    if let Some(found) = byline::whole(&raw).or_else(|| byline::signature(&raw)) {
        return Some(found);
    }
    let names = [
        "By ",
        "BY ",
        "by ",
        "Von ",
        "von ",
        "Por ",
        "Par ",
        "Av ",
        "文/",
        "作者:",
        "作者：",
    ]
    .iter()
    .find_map(|p| raw.strip_prefix(p))
    .unwrap_or(&raw);
    let mut people: Vec<Contributor> = Vec::new();
    for part in [
        " and ", " und ", " et ", " y ", " och ", " & ", "、", "/", ";", "，",
    ]
    .iter()
    .fold(vec![names], |parts, mark| {
        parts.into_iter().flat_map(|p| p.split(mark)).collect()
    }) {
        // `Andrej Sokolow, dpa`: who, and for whom or as what.
        let (name, org) = match part.split_once(',') {
            Some((name, org)) => (name, Some(org.trim().to_owned()).filter(|o| !o.is_empty())),
            None => (part, None),
        };
        let name = name.trim();
        if !name.is_empty() {
            people.push(Contributor {
                name: name.to_owned(),
                role: String::new(),
                org,
            });
        }
    }
    Some(Byline {
        raw,
        people,
        ..Byline::default()
    })
}

/// The day a time names, in its own zone: `2013-07-09T10:37:00Z`, `2024/3/8`, `2024年3月8日`, and the older `20130605T210000+0000`.
pub(super) fn day(time: &str) -> Option<Date> {
    let time = time.trim();
    let compact = time.bytes().take_while(u8::is_ascii_digit).count() >= 8;
    let mut numbers = time
        .split(|c: char| !c.is_ascii_digit())
        .filter(|n| !n.is_empty());
    let [year, month, day] = if compact {
        [time.get(..4)?, time.get(4..6)?, time.get(6..8)?]
    } else {
        [numbers.next()?, numbers.next()?, numbers.next()?]
    };
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// A time as RFC 3339; one without a zone is taken for China's, whose papers this desk reads.
pub(super) fn rfc3339(time: &str) -> Option<String> {
    let time = time.trim();
    if time.parse::<jiff::Timestamp>().is_ok() {
        return Some(expand(time));
    }
    let local: jiff::civil::DateTime = time.parse().ok()?;
    Some(format!("{}+08:00", local.strftime("%Y-%m-%dT%H:%M:%S")))
}

/// RFC 3339 has the date and the zone with marks between, ISO 8601 may not.
fn expand(time: &str) -> String {
    let full = time.len() >= 20
        && time.as_bytes().get(4) == Some(&b'-')
        && time.as_bytes().get(10) == Some(&b'T')
        && (time.ends_with('Z') || time.as_bytes().get(time.len() - 3) == Some(&b':'));
    match time.parse::<jiff::Timestamp>() {
        Ok(at) if !full => at.to_string(),
        _ => time.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_rfc_3339_with_their_zone_kept() {
        for (time, want) in [
            (
                "2025-01-23T19:00:00+01:00",
                Some("2025-01-23T19:00:00+01:00"),
            ),
            ("2024-03-08 09:30", Some("2024-03-08T09:30:00+08:00")),
            ("2024-03-08", Some("2024-03-08T00:00:00+08:00")),
            ("20240308T013000Z", Some("2024-03-08T01:30:00Z")),
            ("tomorrow", None),
        ] {
            assert_eq!(rfc3339(time).as_deref(), want, "{time}");
        }
    }

    #[test]
    fn days_in_every_writing() {
        let want = Some(jiff::civil::date(2024, 3, 8));
        for time in [
            "2024-03-08",
            "2024-03-08T23:30:00-05:00",
            "20240308T013000Z",
            "2024/3/8",
            "2024年3月8日",
        ] {
            assert_eq!(day(time), want, "{time}");
        }
        assert_eq!(day("soon"), None);
        assert_eq!(day("2024-13-08"), None);
    }

    #[test]
    fn bylines_of_any_agency() {
        for (raw, names) in [
            (
                "By Ann Lee and Bob Ray",
                vec![("Ann Lee", None), ("Bob Ray", None)],
            ),
            (
                "Von Anna Beispiel, xyz",
                vec![("Anna Beispiel", Some("xyz"))],
            ),
            ("记者 张小明", vec![("张小明", None)]),
        ] {
            let people: Vec<_> = signed(raw)
                .unwrap()
                .people
                .into_iter()
                .map(|p| (p.name, p.org))
                .collect();
            let want: Vec<_> = names
                .into_iter()
                .map(|(n, o)| (n.to_owned(), o.map(str::to_owned)))
                .collect();
            assert_eq!(people, want, "{raw}");
        }
    }

    #[test]
    fn every_spelling_of_a_kill_is_one() {
        for word in [
            "stat:canceled",
            "Canceled",
            "http://cv.iptc.org/newscodes/pubstatusg2/canceled",
        ] {
            let mut wire = Wire::default();
            wire.status(word);
            assert_eq!(wire.external.status, PubStatus::Canceled, "{word}");
        }
        let mut wire = Wire::default();
        wire.signal("sig:kill");
        wire.signal("sig:update");
        assert_eq!(wire.external.status, PubStatus::Canceled);
        assert_eq!(wire.external.signal.as_deref(), Some("sig:kill sig:update"));
    }
}
