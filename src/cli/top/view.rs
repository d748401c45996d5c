//! The picture: tables in which full-width text stands in its columns.

use super::desk::{Desk, Link};
use jiff::tz::TimeZone;
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear, Paragraph, Widget};
use unicode_width::UnicodeWidthStr;

pub(super) const LABEL: Style = Style::new().fg(Color::DarkGray);
pub(super) const GOOD: Style = Style::new().fg(Color::Green);
pub(super) const BAD: Style = Style::new().fg(Color::Red);
pub(super) const CHANGED: Style = Style::new().fg(Color::Yellow);
/// From so many columns on, tables stand side by side.
const WIDE: u16 = 120;
/// Heights of `--once`.
const PRINTED: u16 = 40;

const HELP: &str = "\
Tab ← →    next table, the one before
↑ ↓ j k    a line up, down; PgUp PgDn ten; Home End
?          this
q Esc      end

done known failed   articles or items an instance passed on, had already, gave up
in/s                messages a second into a stream
backlog             waiting and in work, of each consumer
latency             from an item's being stored to its first channel";

/// A table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Table {
    Roles,
    Streams,
    Items,
    Channels,
    Dead,
}

impl Table {
    const ALL: [Self; 5] = [
        Self::Items,
        Self::Channels,
        Self::Dead,
        Self::Roles,
        Self::Streams,
    ];

    fn length(self, desk: &Desk) -> usize {
        let status = desk.status.as_ref();
        match self {
            Self::Roles => status.map_or(0, |s| s.roles.len()),
            Self::Streams => status.map_or(0, |s| s.streams.len()),
            Self::Items => desk.items.len(),
            Self::Channels => desk.channels.len(),
            Self::Dead => desk.dead.len(),
        }
    }
}

/// Where the person looking is.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) table: Table,
    pub(super) help: bool,
    pub(super) line: usize,
    /// In which times of day are told.
    zone: TimeZone,
}

impl Default for Place {
    fn default() -> Self {
        Self {
            table: Table::Items,
            help: false,
            line: 0,
            zone: TimeZone::system(),
        }
    }
}

impl Place {
    fn go(&mut self, steps: usize) {
        let here = Table::ALL.iter().position(|t| *t == self.table);
        let next = (here.unwrap_or(0) + steps) % Table::ALL.len();
        self.table = Table::ALL.get(next).copied().unwrap_or(Table::Items);
        self.line = 0;
    }

    pub(super) fn next(&mut self) {
        self.go(1);
    }

    pub(super) fn previous(&mut self) {
        self.go(Table::ALL.len() - 1);
    }

    pub(super) fn down(&mut self, lines: usize) {
        self.line = self.line.saturating_add(lines);
    }

    pub(super) fn up(&mut self, lines: usize) {
        self.line = self.line.saturating_sub(lines);
    }

    /// Back to the last line where the table has become shorter.
    pub(super) fn bound(&mut self, desk: &Desk) {
        let last = self.table.length(desk).saturating_sub(1);
        self.line = self.line.min(last);
    }
}

/// The desk as it is seen from a place.
pub(super) struct View<'a> {
    pub(super) desk: &'a Desk,
    pub(super) place: &'a Place,
}

impl Widget for &View<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let wide = area.width >= WIDE;
        let rows = |table: Table, least: usize| {
            let length = table.length(self.desk).clamp(least, 8);
            u16::try_from(length + 3).unwrap_or(11)
        };
        let (roles, streams) = (rows(Table::Roles, 3), rows(Table::Streams, 4));
        let above = if wide {
            roles.max(streams)
        } else {
            roles + streams
        };
        let dead = if self.desk.dead.is_empty() {
            3
        } else {
            rows(Table::Dead, 1).min(7)
        };
        let [head, above, middle, dead, foot] = Layout::vertical([
            Constraint::Length(1),
            Constraint::Length(above),
            Constraint::Min(4),
            Constraint::Length(dead),
            Constraint::Length(1),
        ])
        .areas(area);
        let [left, right] = if wide {
            Layout::horizontal([Constraint::Percentage(45), Constraint::Percentage(55)])
                .areas(above)
        } else {
            Layout::vertical([Constraint::Length(roles), Constraint::Length(streams)]).areas(above)
        };
        let [items, channels] = Layout::horizontal([
            Constraint::Min(20),
            Constraint::Length(if wide { 40 } else { 26 }),
        ])
        .areas(middle);
        self.head(wide).render(head, buffer);
        self.roles(left, buffer);
        self.streams(right, buffer);
        self.items(items, buffer);
        self.channels(channels, buffer);
        self.dead(dead, buffer);
        self.foot().render(foot, buffer);
        if self.place.help {
            help(area, buffer);
        }
    }
}

impl View<'_> {
    /// The picture as lines of text, `columns` wide.
    pub(super) fn lines(&self, columns: usize) -> Vec<String> {
        let width = u16::try_from(columns).unwrap_or(u16::MAX);
        let area = Rect::new(0, 0, width, PRINTED);
        let mut buffer = Buffer::empty(area);
        self.render(area, &mut buffer);
        (0..area.height).map(|y| line(&buffer, y)).collect()
    }

    fn head(&self, wide: bool) -> Line<'_> {
        let desk = self.desk;
        let link = match &desk.link {
            Link::Connecting => Span::styled("looking for NATS", CHANGED),
            Link::At(address) => Span::styled(address.as_str(), GOOD),
            Link::Away(reason) => {
                let text = format!("NATS is away, trying again: {reason}");
                return Line::from(vec![Span::raw("copydesk  "), Span::styled(text, BAD)]);
            }
        };
        let rate = desk.items_per_second.back().copied().unwrap_or(0.0);
        let latency = desk.latency().map_or_else(
            || "–".to_owned(),
            |(median, slow)| format!("p50 {median} ms, p99 {slow} ms"),
        );
        let dead = desk.status.as_ref().map_or(0, |s| s.dead);
        let mut spans = vec![Span::raw("copydesk  "), link];
        let curve = if wide {
            curve(&desk.items_per_second)
        } else {
            String::new()
        };
        for (label, value, style) in [
            ("items/s", format!("{rate:.1} {curve}"), Style::new()),
            ("backlog", desk.backlog().to_string(), Style::new()),
            ("dead", dead.to_string(), if dead > 0 { BAD } else { GOOD }),
            ("latency", latency, Style::new()),
        ] {
            spans.push(Span::styled(format!("  {label} "), LABEL));
            spans.push(Span::styled(value, style));
        }
        Line::from(spans)
    }

    /// Time of day.
    pub(super) fn clock(&self, milliseconds: i64) -> String {
        let time = jiff::Timestamp::from_millisecond(milliseconds);
        time.map_or_else(
            |_| String::new(),
            |t| {
                let zone = self.place.zone.clone();
                t.to_zoned_datetime(zone).strftime("%H:%M:%S").to_string()
            },
        )
    }

    fn foot(&self) -> Line<'_> {
        let notices = self.desk.status.iter().flat_map(|s| {
            let roles = s.roles.iter().flat_map(|r| r.notices.iter().cloned());
            let quiet = s
                .quiet
                .iter()
                .map(|q| format!("source {} is quiet since {}", q.source, q.last));
            roles.chain(quiet)
        });
        let notices: Vec<String> = notices.collect();
        match notices.first() {
            None => Line::styled("q end  Tab next table  ↑↓ move  ? help", LABEL),
            Some(first) if notices.len() == 1 => Line::styled(first.clone(), BAD),
            Some(first) => Line::styled(
                format!("{first} (and {} more: copydesk status)", notices.len() - 1),
                BAD,
            ),
        }
    }
}

/// A window in the middle.
fn help(area: Rect, buffer: &mut Buffer) {
    let longest = HELP.lines().map(UnicodeWidthStr::width).max().unwrap_or(0);
    let width = u16::try_from(longest + 4)
        .unwrap_or(area.width)
        .min(area.width);
    let height = u16::try_from(HELP.lines().count() + 2)
        .unwrap_or(area.height)
        .min(area.height);
    let window = Rect {
        x: area.x + (area.width - width) / 2,
        y: area.y + (area.height - height) / 2,
        width,
        height,
    };
    // A full-width character may reach into it from the left.
    let around = Rect {
        x: window.x.saturating_sub(1),
        width: window.width + window.x.min(1),
        ..window
    };
    Clear.render(around, buffer);
    Paragraph::new(HELP)
        .block(Block::bordered().title("help"))
        .render(window, buffer);
}

/// A row of a picture without what is blank at its end; a full-width character takes two cells and stands in the first.
fn line(buffer: &Buffer, y: u16) -> String {
    let (mut text, mut covered) = (String::new(), 0);
    for x in 0..buffer.area.width {
        if covered > 0 {
            covered -= 1;
            continue;
        }
        let symbol = buffer.cell((x, y)).map_or(" ", |c| c.symbol());
        covered = symbol.width().saturating_sub(1);
        text.push_str(symbol);
    }
    text.truncate(text.trim_end().len());
    text
}

/// The last values as bars, the highest as high as can be.
fn curve(values: &std::collections::VecDeque<f64>) -> String {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    const LENGTH: usize = 16;
    let most = values.iter().copied().fold(0.0, f64::max);
    let bar = |value: &f64| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "0 to 7"
        )]
        let height = if most > 0.0 {
            (value / most * 7.0).round() as usize
        } else {
            0
        };
        BARS.get(height).copied().unwrap_or('█')
    };
    values
        .iter()
        .skip(values.len().saturating_sub(LENGTH))
        .map(bar)
        .collect()
}

#[cfg(test)]
mod tests;
