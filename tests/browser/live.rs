//! What comes is there within a second; ten thousand items scroll as ten do.

use crate::driver::{Browser, WIDE};
use crate::stage::{Stage, address};
use crate::support::{Room, article};
use std::time::{Duration, Instant};

#[test]
fn an_item_is_on_the_page_within_a_second_of_being_stored() {
    let Some(browser) = Browser::start(WIDE) else {
        return;
    };
    let stage = Stage::new();
    browser.open(&stage.address());
    browser.until("document.querySelector('#state .live')");
    let item = stage.item(&article("水塘清淤完工", "3月17日,南城县水塘清淤工程完工。"));
    let id = item.enrichment.id.clone();
    stage.store([item]);
    let stored = Instant::now();
    browser.until(&format!("document.getElementById('row-{id}')"));
    let took = stored.elapsed();
    println!("on the page after {} ms", took.as_millis());
    assert!(took < Duration::from_secs(1), "{took:?}");
    assert_eq!(browser.complaints(), [""; 0]);
}

#[test]
fn the_page_goes_on_where_it_was_when_the_desk_comes_back() {
    let Some(browser) = Browser::start(WIDE) else {
        return;
    };
    let room = Room::new();
    let listen = format!("127.0.0.1:{}", free_port());
    let up = || {
        let mut command = room.copydesk(&["up", "--inbox", &room.rsrb()]);
        command.env("COPYDESK_WEB__LISTEN", &listen);
        crate::support::Daemon::start(&mut command).ready()
    };
    let desk = up();
    room.put(
        "20250318/01.md",
        article("第一口水塘完工", "3月17日,南城县一口水塘完工。"),
    );
    browser.open(&address(&desk));
    browser.until("document.body.innerText.includes('第一口水塘完工')");
    desk.stop();
    browser.until("document.querySelector('#state .away')");
    let desk = up();
    room.put(
        "20250318/02.md",
        article("第二口水塘完工", "3月17日,崇仁县一口水塘完工。"),
    );
    browser.until("document.body.innerText.includes('第二口水塘完工')");
    browser.until("document.querySelector('#state .live')");
    assert_eq!(
        browser.value("document.querySelectorAll('.row:not([hidden])').length"),
        2
    );
    desk.stop();
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

#[test]
fn ten_thousand_items_scroll_as_ten_do() {
    let Some(browser) = Browser::start(WIDE) else {
        return;
    };
    let stage = Stage::new();
    let model = stage.item(&article("水塘清淤完工", "3月17日,南城县水塘清淤工程完工。"));
    let items = (0..10_000).map(|i| {
        let mut item = model.clone();
        item.enrichment.id = format!("rsrb-20250318-01-{i:08}");
        item.item.title = format!("第{i}号水塘清淤完工");
        item
    });
    stage.store(items);
    browser.open(&stage.address());
    browser.until("document.getElementById('count').textContent.startsWith('10,000')");
    let times = browser.run(
        "return new Promise((done) => {
           const list = document.getElementById('list');
           const times = [];
           let rows = 0;
           let before;
           const step = (now) => {
             if (before !== undefined) times.push(now - before);
             before = now;
             rows = Math.max(rows, document.querySelectorAll('.row').length);
             list.scrollTop += 4000;
             if (times.length < 140) return requestAnimationFrame(step);
             times.sort((a, b) => a - b);
             done({ median: times[70], p95: times[133], rows, first: document.querySelector('.row:not([hidden])').textContent,
                    at: list.scrollTop, tall: list.scrollHeight });
           };
           requestAnimationFrame(step);
         })",
    );
    println!("a frame takes {times}");
    // What lies between is there, and nothing else: the page has as many rows as fit, whatever the archive holds.
    assert!(times["rows"].as_u64().unwrap() < 60, "{times}");
    assert!(times["at"].as_f64().unwrap() > 500_000.0, "{times}");
    assert!(times["median"].as_f64().unwrap() < 50.0, "{times}");
    // The row that is seen is the row that belongs there.
    browser.run("document.getElementById('list').scrollTop = 58 * 5000");
    browser.until("[...document.querySelectorAll('.row:not([hidden])')].some((r) => r.textContent.includes('第4999号'))");
    // One more comes while somebody reads further down: what is looked at stays where it is.
    let seen = "[...document.querySelectorAll('.row:not([hidden])')].find((r) => r.textContent.includes('第4999号')).getBoundingClientRect().top";
    let top = browser.value(seen);
    stage.store([stage.item(&article(
        "又一口水塘完工",
        "3月17日,崇仁县水塘清淤工程完工。",
    ))]);
    browser.until("!document.getElementById('fresh').hidden");
    assert_eq!(browser.value(seen), top);
}
