//! Pictures on terminals of several sizes.

use super::super::super::status::Status;
use super::*;
use crate::article::Source;
use crate::bus::dead::DeadLetter;
use crate::bus::roles::{Backlog, Counts, RoleStatus, StreamStatus};
use crate::bus::work::Order;
use crate::event::Event;
use crate::item::{Action, Item, ModelVersions, Topic};
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

#[test]
fn what_does_not_fit_ends_with_a_sign_of_it() {
    let mut desk = desk();
    let line = desk.items.front().cloned().unwrap();
    desk.items.push_front(super::super::desk::Line {
        title: "新任“一把手”上任先过廉洁关,三百名干部集中参加任前考试并签订承诺书".into(),
        topics: ["廉政纪检", "社会民生", "时政要闻"]
            .map(str::to_owned)
            .to_vec(),
        ..line
    });
    let text = picture(&desk, &place(), 130, 32);
    assert!(text.contains("三百名干部…  廉政纪检 社会民生 …"), "{text}");
}
