//! The picture: tables in which full-width text stands in its columns.

use super::super::status::{size, uptime};
use super::desk::{Desk, Link};
use crate::item::Action;
use crate::service::Role;
use jiff::tz::TimeZone;
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Cell, Clear, Paragraph, Row, Table as Grid, Widget};
use unicode_width::UnicodeWidthStr;

const LABEL: Style = Style::new().fg(Color::DarkGray);
const GOOD: Style = Style::new().fg(Color::Green);
const BAD: Style = Style::new().fg(Color::Red);
const CHANGED: Style = Style::new().fg(Color::Yellow);
const HERE: Style = Style::new().add_modifier(Modifier::REVERSED);
/// From so many columns on, tables stand side by side.
const WIDE: u16 = 110;
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
    line: usize,
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
        self.head().render(head, buffer);
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

    fn head(&self) -> Line<'_> {
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
        for (label, value, style) in [
            (
                "items/s",
                format!("{rate:.1} {}", curve(&desk.items_per_second)),
                Style::new(),
            ),
            ("backlog", desk.backlog().to_string(), Style::new()),
            ("latency", latency, Style::new()),
            ("dead", dead.to_string(), if dead > 0 { BAD } else { GOOD }),
        ] {
            spans.push(Span::styled(format!("  {label} "), LABEL));
            spans.push(Span::styled(value, style));
        }
        Line::from(spans)
    }

    /// Time of day.
    fn clock(&self, milliseconds: i64) -> String {
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

    /// Draws a table with the line looked at in sight.
    fn table(
        &self,
        which: Table,
        title: &str,
        head: &[&'static str],
        widths: &[Constraint],
        rows: Vec<Row<'_>>,
        (area, buffer): (Rect, &mut Buffer),
    ) {
        let here = self.place.table == which;
        let border = if here {
            Style::new().fg(Color::Cyan)
        } else {
            LABEL
        };
        let block = Block::bordered()
            .border_style(border)
            .title(title.to_owned());
        let height = usize::from(area.height.saturating_sub(3)).max(1);
        let at = if here { self.place.line } else { 0 };
        let skipped = at.saturating_sub(height - 1);
        let rows = rows.into_iter().enumerate().skip(skipped).take(height);
        // Until somebody moves, no line stands out.
        let marked = rows.map(|(n, row)| {
            if here && at > 0 && n == at {
                row.style(HERE)
            } else {
                row
            }
        });
        let grid = Grid::new(marked, widths.to_vec())
            .header(Row::new(head.iter().map(|h| Cell::from(*h))).style(LABEL))
            .column_spacing(1)
            .block(block);
        Widget::render(grid, area, buffer);
    }

    fn roles(&self, area: Rect, buffer: &mut Buffer) {
        let roles = self.desk.status.as_ref().map_or(&[][..], |s| &s.roles);
        let mut rows: Vec<Row<'_>> = Vec::new();
        for role in Role::ALL {
            let at_work: Vec<_> = roles.iter().filter(|r| r.role == role.as_str()).collect();
            if at_work.is_empty() && self.desk.status.is_some() {
                rows.push(Row::new([role.as_str(), "nobody at work"]).style(BAD));
            }
            rows.extend(at_work.iter().map(|r| {
                let speed = self.desk.speeds.get(&r.instance).copied().unwrap_or(0.0);
                Row::new([
                    Cell::from(Span::styled(r.role.clone(), GOOD)),
                    Cell::from(r.instance.clone()),
                    Cell::from(r.counts.done.to_string()),
                    Cell::from(r.counts.unchanged.to_string()),
                    Cell::from(r.counts.failed.to_string()),
                    Cell::from(format!("{speed:.1}")),
                    Cell::from(uptime(r.counts.seconds)),
                ])
            }));
        }
        let widths = [
            Constraint::Length(6),
            Constraint::Min(8),
            Constraint::Length(8),
            Constraint::Length(7),
            Constraint::Length(6),
            Constraint::Length(6),
            Constraint::Length(6),
        ];
        let head = ["role", "instance", "done", "known", "failed", "per s", "up"];
        self.table(Table::Roles, "roles", &head, &widths, rows, (area, buffer));
    }

    fn streams(&self, area: Rect, buffer: &mut Buffer) {
        let status = self.desk.status.as_ref();
        let streams = status.iter().flat_map(|s| s.streams.iter().zip(&s.rates));
        let rows = streams.map(|(stream, rate)| {
            let backlog = stream.backlog.iter().map(|b| {
                let again = match b.redelivered {
                    0 => String::new(),
                    n => format!(" again {n}"),
                };
                format!("{} {}+{}{again}", b.consumer, b.waiting, b.unacked)
            });
            Row::new([
                stream.name.clone(),
                stream.messages.to_string(),
                size(stream.bytes),
                format!("{rate:.1}"),
                backlog.collect::<Vec<_>>().join(", "),
            ])
        });
        let widths = [
            Constraint::Length(18),
            Constraint::Length(9),
            Constraint::Length(11),
            Constraint::Length(7),
            Constraint::Min(10),
        ];
        let head = [
            "stream",
            "messages",
            "size",
            "in/s",
            "backlog: waiting+in work",
        ];
        self.table(
            Table::Streams,
            "streams",
            &head,
            &widths,
            rows.collect(),
            (area, buffer),
        );
    }

    fn items(&self, area: Rect, buffer: &mut Buffer) {
        let rows = self.desk.items.iter().map(|item| {
            let (action, style) = match item.action {
                Action::Publish => (String::new(), Style::new()),
                Action::Update => (format!("update {}", item.revision), CHANGED),
                Action::Kill => (format!("KILL {}", item.revision), BAD),
                Action::Withdraw => (format!("withdrawn {}", item.revision), BAD),
            };
            Row::new([
                Cell::from(Span::styled(self.clock(item.stored), LABEL)),
                Cell::from(item.source.clone()),
                Cell::from(item.title.clone()),
                Cell::from(Span::styled(item.topics.join(" "), GOOD)),
                Cell::from(Span::styled(action, style)),
            ])
        });
        let widths = [
            Constraint::Length(8),
            Constraint::Length(8),
            Constraint::Fill(3),
            Constraint::Fill(1),
            Constraint::Length(9),
        ];
        let head = ["stored", "source", "title", "topics", ""];
        self.table(
            Table::Items,
            "items",
            &head,
            &widths,
            rows.collect(),
            (area, buffer),
        );
    }

    fn channels(&self, area: Rect, buffer: &mut Buffer) {
        let rows = self.desk.channels.iter().map(|(name, tally)| {
            Row::new([
                name.clone(),
                tally.count.to_string(),
                self.clock(tally.last),
            ])
        });
        let widths = [
            Constraint::Min(8),
            Constraint::Length(6),
            Constraint::Length(8),
        ];
        let head = ["channel", "lately", "last"];
        self.table(
            Table::Channels,
            "channels",
            &head,
            &widths,
            rows.collect(),
            (area, buffer),
        );
    }

    fn dead(&self, area: Rect, buffer: &mut Buffer) {
        let rows = self.desk.dead.iter().map(|letter| {
            Row::new([
                letter.sequence.to_string(),
                letter.role.clone(),
                letter.id.clone(),
                letter.reason.clone(),
            ])
        });
        let widths = [
            Constraint::Length(6),
            Constraint::Length(6),
            Constraint::Length(26),
            Constraint::Min(10),
        ];
        if self.desk.dead.is_empty() {
            let block = Block::bordered().border_style(LABEL).title("dead letters");
            let text = if self.desk.status.is_some() {
                "none"
            } else {
                ""
            };
            Paragraph::new(Span::styled(text, GOOD))
                .block(block)
                .render(area, buffer);
            return;
        }
        let head = ["number", "role", "id", "reason"];
        let title = "dead letters: copydesk dead show|retry NUMBER";
        self.table(
            Table::Dead,
            title,
            &head,
            &widths,
            rows.collect(),
            (area, buffer),
        );
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
    Clear.render(window, buffer);
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
mod tests {
    use super::super::super::status::Status;
    use super::*;
    use crate::article::Source;
    use crate::bus::dead::DeadLetter;
    use crate::bus::roles::{Backlog, Counts, RoleStatus, StreamStatus};
    use crate::bus::work::Order;
    use crate::event::Event;
    use crate::item::{Item, ModelVersions, Topic};
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;

    fn role(role: &str, done: u64, notices: &[&str]) -> RoleStatus {
        RoleStatus {
            role: role.into(),
            instance: format!("{role}4QK1"),
            version: "0.1.0".into(),
            counts: Counts {
                seconds: 3_700 + done,
                done,
                unchanged: 2,
                failed: 1,
            },
            notices: notices.iter().map(|n| (*n).to_owned()).collect(),
        }
    }

    fn stream(name: &str, messages: u64, consumer: &str) -> StreamStatus {
        let backlog = Backlog {
            consumer: consumer.into(),
            waiting: messages / 2,
            unacked: 3,
            redelivered: u64::from(consumer == "fanout") as usize,
        };
        StreamStatus {
            name: format!("COPYDESK_{name}"),
            messages,
            bytes: messages * 3_000,
            last_sequence: messages,
            backlog: (!consumer.is_empty())
                .then_some(backlog)
                .into_iter()
                .collect(),
        }
    }

    fn status(done: u64, dead: u64) -> Status {
        Status {
            roles: vec![
                role("enrich", done, &[]),
                role("watch", done / 10, &["the configuration is refused"]),
            ],
            streams: vec![
                stream("ARTICLES", 12, "enrich"),
                stream("ITEMS", 4_000, "fanout"),
                stream("CHANNELS", 9_000, ""),
                stream("DEAD", dead, ""),
            ],
            rates: vec![1.0, 12.5, 30.0, 0.0],
            dead,
            quiet: Vec::new(),
        }
    }

    fn desk() -> Desk {
        let mut desk = Desk::default();
        desk.connected("nats://127.0.0.1:4222".into());
        desk.read(status(100, 2));
        desk.read(status(120, 2));
        let page = "## 18个招商项目在南城县集中签约\n\n3月17日,18个招商引资项目集中签约。\n\n## 春耕备耕𠮷日\n\n农民忙春耕。\n";
        let page = crate::page::read(
            page.as_bytes(),
            &Source::named("rsrb"),
            &crate::article::Origin::default(),
        );
        let topic = Topic {
            id: "agriculture".into(),
            mediatopic: None,
            name: "农业".into(),
            score: 0.9,
            by: None,
            evidence: Vec::new(),
        };
        for (n, article) in page.unwrap().articles.iter().enumerate() {
            let item = Item::new(
                article,
                vec![topic.clone()],
                Vec::new(),
                ModelVersions::default(),
            );
            let action = if n == 0 {
                Action::Publish
            } else {
                Action::Update
            };
            let event = Event::new(item, 1 + u32::try_from(n).unwrap(), action, "", "", None);
            desk.item(&event, 1_700_000_000_000);
            desk.delivered(
                "all",
                &event.subject,
                &(n + 1).to_string(),
                1_700_000_000_007,
            );
            desk.delivered(
                "agriculture",
                &event.subject,
                &(n + 1).to_string(),
                1_700_000_000_009,
            );
        }
        desk.dead = vec![DeadLetter {
            sequence: 17,
            role: "watch".into(),
            id: "7f3a".into(),
            reason: "这一版里没有文章;it holds no text".into(),
            attempts: 1,
            order: Order::default(),
            subject: String::new(),
            payload: bytes::Bytes::new(),
            time: String::new(),
        }];
        desk
    }

    fn place() -> Place {
        Place {
            zone: TimeZone::UTC,
            ..Place::default()
        }
    }

    fn picture(desk: &Desk, place: &Place, width: u16, height: u16) -> String {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        terminal
            .draw(|frame| frame.render_widget(&View { desk, place }, frame.area()))
            .unwrap();
        let buffer = terminal.backend().buffer();
        let lines: Vec<_> = (0..height).map(|y| line(buffer, y)).collect();
        lines.join("\n")
    }

    #[test]
    fn a_wide_and_a_narrow_terminal() {
        insta::assert_snapshot!("wide", picture(&desk(), &place(), 130, 32));
        insta::assert_snapshot!("narrow", picture(&desk(), &place(), 80, 36));
    }

    #[test]
    fn right_borders_stand_one_below_the_other_whatever_stands_in_the_row() {
        let text = picture(&desk(), &place(), 130, 32);
        for row in text.lines().skip(1).take(30) {
            assert_eq!(row.width(), 130, "{row}");
            assert!(row.ends_with(['│', '┐', '┘']), "{row}");
        }
    }

    #[test]
    fn nothing_known_yet_and_nats_away() {
        insta::assert_snapshot!("nothing", picture(&Desk::default(), &place(), 100, 24));
        let mut away = desk();
        away.link = Link::Away("the connection is lost".into());
        let text = picture(&away, &place(), 120, 30);
        // What was known stays in sight.
        assert!(
            text.starts_with("copydesk  NATS is away, trying again: the connection is lost"),
            "{text}"
        );
        assert!(text.contains("18个招商项目在南城县集中签约"), "{text}");
    }

    #[test]
    fn help_lies_over_it_and_a_tiny_terminal_is_no_fault() {
        let help = Place {
            help: true,
            ..place()
        };
        let text = picture(&desk(), &help, 110, 32);
        assert!(text.contains("next table, the one before"), "{text}");
        for (width, height) in [(1, 1), (3, 40), (40, 3), (200, 2), (20, 10)] {
            picture(&desk(), &help, width, height);
        }
    }

    #[test]
    fn the_line_looked_at_stays_in_sight_and_in_the_table() {
        let mut desk = desk();
        let line = desk.items.front().cloned().unwrap();
        for n in 0..100 {
            let title = format!("第{n}条");
            desk.items.push_back(super::super::desk::Line {
                title,
                ..line.clone()
            });
        }
        let mut place = place();
        place.down(usize::MAX);
        place.bound(&desk);
        let text = picture(&desk, &place, 130, 32);
        assert!(
            text.contains("第99条") && !text.contains("第50条"),
            "{text}"
        );
        desk.items.truncate(3);
        place.bound(&desk);
        assert_eq!(place.line, 2);
    }
}
