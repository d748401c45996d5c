//! The tables of the picture.

use super::super::status::{size, uptime};
use super::view::{BAD, CHANGED, GOOD, LABEL, Table, View};
use crate::item::Action;
use crate::service::Role;
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::Span;
use ratatui::widgets::{Block, Cell, Paragraph, Row, Table as Grid, Widget};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The line looked at.
const HERE: Style = Style::new().add_modifier(Modifier::REVERSED);

impl View<'_> {
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

    pub(super) fn roles(&self, area: Rect, buffer: &mut Buffer) {
        let roles = self.desk.status.as_ref().map_or(&[][..], |s| &s.roles);
        let mut rows: Vec<Row<'_>> = Vec::new();
        for role in Role::ALL {
            let at_work: Vec<_> = roles.iter().filter(|r| r.role == role.as_str()).collect();
            // A desk can do without the page.
            if at_work.is_empty() && self.desk.status.is_some() && role != Role::Web {
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
            Constraint::Min(14),
            Constraint::Length(7),
            Constraint::Length(6),
            Constraint::Length(6),
            Constraint::Length(5),
            Constraint::Length(5),
        ];
        let head = ["role", "instance", "done", "known", "failed", "per s", "up"];
        self.table(Table::Roles, "roles", &head, &widths, rows, (area, buffer));
    }

    pub(super) fn streams(&self, area: Rect, buffer: &mut Buffer) {
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
            Constraint::Length(8),
            Constraint::Length(10),
            Constraint::Length(6),
            Constraint::Min(10),
        ];
        let head = ["stream", "messages", "size", "in/s", "waiting+in work"];
        self.table(
            Table::Streams,
            "streams",
            &head,
            &widths,
            rows.collect(),
            (area, buffer),
        );
    }

    pub(super) fn items(&self, area: Rect, buffer: &mut Buffer) {
        let widths = [
            Constraint::Length(8),
            Constraint::Length(8),
            Constraint::Fill(2),
            Constraint::Fill(1),
            Constraint::Length(9),
        ];
        let [_, _, title, topics, _] = Layout::horizontal(widths)
            .spacing(1)
            .areas(Block::bordered().inner(area));
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
                Cell::from(fitted(&item.title, title.width)),
                Cell::from(Span::styled(
                    fitted(&item.topics.join(" "), topics.width),
                    GOOD,
                )),
                Cell::from(Span::styled(action, style)),
            ])
        });
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

    pub(super) fn channels(&self, area: Rect, buffer: &mut Buffer) {
        // Where there is little room, whole names rather than times.
        let columns = if area.width < 30 { 2 } else { 3 };
        let rows = self.desk.channels.iter().map(|(name, tally)| {
            let cells = [
                name.clone(),
                tally.count.to_string(),
                self.clock(tally.last),
            ];
            Row::new(cells.into_iter().take(columns))
        });
        let widths = [
            Constraint::Min(8),
            Constraint::Length(6),
            Constraint::Length(8),
        ];
        let widths: Vec<_> = widths.into_iter().take(columns).collect();
        let head: Vec<_> = ["channel", "lately", "last"]
            .into_iter()
            .take(columns)
            .collect();
        self.table(
            Table::Channels,
            "channels",
            &head,
            &widths,
            rows.collect(),
            (area, buffer),
        );
    }

    pub(super) fn dead(&self, area: Rect, buffer: &mut Buffer) {
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

/// A text in so many columns; what is cut off is seen to be.
fn fitted(text: &str, columns: u16) -> String {
    let columns = usize::from(columns);
    if text.width() <= columns {
        return text.to_owned();
    }
    let mut left = columns.saturating_sub(1);
    let fits = |c: &char| {
        let room = left.checked_sub(c.width().unwrap_or(0));
        left = room.unwrap_or(0);
        room.is_some()
    };
    text.chars().take_while(fits).chain(['…']).collect()
}
