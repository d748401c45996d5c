//! `copydesk kill`.

use super::{Desk, id, told};
use crate::support::wait_until;
use copydesk::item::Action;

const BEES: &str = "[[channel]]\nname = \"bees\"\nquery = 'text:\"蜂箱\"'\n";

#[test]
fn a_kill_overtakes_what_is_queued_even_when_nobody_is_at_work() {
    let desk = Desk::new(BEES);
    desk.put_first(0..300);
    let said = desk.run(&["kill", &id(200), "--reason", "人名有误"]);
    assert!(said.contains("is killed by revision 2"), "{said}");
    let again = desk.run(&["kill", &id(200), "--reason", "人名有误"]);
    assert!(again.contains("was killed before"), "{again}");
    let unknown = desk.try_run(&["kill", &id(999), "--reason", "x"]);
    assert!(
        unknown.code == 1 && unknown.err.contains("there is no item"),
        "{unknown:?}"
    );

    let fanout = desk.fanout();
    desk.drained();
    // 299 first revisions and one kill: the killed text went nowhere.
    assert_eq!(desk.wire.published("COPYDESK_CHANNELS"), 300);
    let got = desk.holds("bees");
    let killed = got.iter().find(|m| m.id() == id(200)).unwrap();
    assert_eq!((killed.revision(), killed.action()), (2, "kill"));
    assert_eq!(killed.json["data"]["enrichment"]["reason"], "人名有误");
    assert_eq!(killed.json["data"]["item"]["pubStatus"], "canceled");
    fanout.stop();
}

#[test]
fn a_kill_of_what_was_delivered_does_not_wait_behind_a_backlog() {
    let desk = Desk::new(BEES);
    let fanout = desk.fanout();
    desk.put_first(0..1);
    desk.put(1, 1, Action::Publish, "青石板路");
    desk.drained();
    // A backlog: nothing is handed out.
    let in_an_hour = std::time::SystemTime::now() + std::time::Duration::from_secs(3600);
    desk.wire.block_on(async {
        let stream = desk.wire.js().get_stream("COPYDESK_ITEMS").await.unwrap();
        stream
            .pause_consumer("fanout", in_an_hour.into())
            .await
            .unwrap();
    });
    desk.put_first(2..50);
    desk.run(&["kill", &id(0), "--reason", "人名有误"]);
    wait_until("the kill", || told(&desk.holds("bees")) == ["0 2 kill"]);
    desk.wire.block_on(async {
        let stream = desk.wire.js().get_stream("COPYDESK_ITEMS").await.unwrap();
        stream.resume_consumer("fanout").await.unwrap();
    });
    desk.drained();
    assert_eq!(desk.wire.on_channel("bees"), 49);
    assert_eq!(desk.wire.published("COPYDESK_CHANNELS"), 50);
    fanout.stop();
}

/// `dead retry` publishes a body without its headers: the next revision was a second one of the same number.
#[test]
fn an_item_brought_back_from_the_dead_letters_keeps_its_number() {
    let desk = Desk::new(BEES);
    let event = super::event(7, 3, Action::Update, super::WORD);
    let subject = format!("copydesk.item.rsrb.{}", id(7));
    desk.wire
        .publish(&subject, &serde_json::to_string(&event).unwrap());
    let said = desk.run(&["kill", &id(7), "--reason", "人名有误"]);
    assert!(said.contains("is killed by revision 4"), "{said}");
}
