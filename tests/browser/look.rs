//! What a picky reader sees: words where words belong, letters dark enough, nothing that sticks out.

use crate::driver::{Browser, Look, WIDE};
use crate::stage::{Stage, address};
use crate::support::{Daemon, Room, SAMPLES, sample};

const DARK: Look = Look { dark: true, ..WIDE };
const PHONE: Look = Look {
    width: 390,
    height: 844,
    dark: false,
};

fn desk(room: &Room) -> Daemon {
    let desk = room.up();
    for name in SAMPLES {
        room.put(name, std::fs::read(sample(name)).unwrap());
    }
    desk
}

fn open(browser: &Browser, desk: &Daemon) {
    browser.open(&address(desk));
    browser.until("document.getElementById('count').textContent === '19 items'");
}

/// Texts with less contrast than WCAG 2 asks for (AA: 4.5, large ones 3), each once, with what they have.
const PALE: &str = r"
const read = (c) => { const [r, g, b, a = 1] = c.match(/[\d.]+/g).map(Number); return [r, g, b, a]; };
const ground = (node) => {
  const c = read(getComputedStyle(node).backgroundColor);
  if (c[3] === 1 || !node.parentElement) return c;
  const under = ground(node.parentElement);
  return [0, 1, 2].map((i) => c[i] * c[3] + under[i] * (1 - c[3]));
};
const light = (c) => {
  const [r, g, b] = c.map((v) => v / 255).map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
};
const found = new Set();
const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walk.nextNode()) {
  const node = walk.currentNode.parentElement;
  if (!walk.currentNode.data.trim() || !node.checkVisibility() || node.closest('option, noscript, .hidden, .skip')) continue;
  const look = getComputedStyle(node);
  const pair = [light(read(node.closest('svg') ? look.fill : look.color)), light(ground(node))].sort((a, b) => b - a);
  const size = parseFloat(look.fontSize);
  const least = size >= 24 || (size >= 18.7 && look.fontWeight >= 700) ? 3 : 4.5;
  const has = pair[0] / pair[1];
  if (has < least) found.add(`${has.toFixed(2)} ${node.className.baseVal ?? node.className} ${walk.currentNode.data.trim().slice(0, 20)}`);
}
return [...found].join('\n')";

#[test]
fn every_text_stands_out_from_its_ground_in_light_and_dark() {
    let Some(light) = Browser::start(WIDE) else {
        return;
    };
    let room = Room::new();
    let desk = desk(&room);
    for browser in [light, Browser::start(DARK).unwrap()] {
        let pale = |where_: &str| {
            let found = browser.run(PALE);
            assert_eq!(found, "", "{where_}");
        };
        open(&browser, &desk);
        browser.until("document.querySelectorAll('.figures svg').length > 5");
        pale("figures");
        browser.keys("j");
        browser.until("document.querySelector('article .rail .topic')");
        browser.keys("s");
        browser.until("document.querySelector('.source li.read')");
        pale("item");
        browser.keys("e");
        browser.until("document.querySelector('dialog.editor[open]')");
        pale("editor");
    }
    desk.stop();
}

#[test]
fn keys_are_told_in_words_not_as_objects() {
    let Some(browser) = Browser::start(WIDE) else {
        return;
    };
    let stage = Stage::new();
    browser.open(&stage.address());
    browser.keys("?");
    browser.until("document.querySelector('dialog .keys')");
    assert_eq!(
        browser.value("document.querySelectorAll('.keys dt').length"),
        12
    );
    assert_eq!(
        browser.text("document.querySelector('.keys dt').textContent"),
        "jk"
    );
    assert_eq!(
        browser.value("document.body.innerText.includes('[object')"),
        false
    );
}

#[test]
fn a_mistake_is_set_in_type_not_in_backticks() {
    let Some(browser) = Browser::start(WIDE) else {
        return;
    };
    let stage = Stage::new();
    browser.open(&stage.address());
    browser.keys("/topik:law ");
    browser.until("!document.getElementById('mistake').hidden");
    let lines = browser
        .text("[...document.querySelectorAll('#mistake p')].map((p) => p.textContent).join('\\n')");
    assert_eq!(lines, "there is no field topik\ndid you mean topic?");
    assert_eq!(
        browser.text("document.querySelector('#mistake p code').textContent"),
        "topik"
    );
}

#[test]
fn latency_is_no_line_at_zero_where_nothing_was_delivered() {
    let Some(browser) = Browser::start(WIDE) else {
        return;
    };
    // The web role alone: nobody delivers.
    let stage = Stage::new();
    browser.open(&stage.address());
    let figure = "[...document.querySelectorAll('.figures figure')].find((f) => f.textContent.startsWith('Latency'))";
    browser.until(&format!("document.querySelector('#state').textContent.includes('backlog') && {figure}?.textContent.includes('nothing delivered')"));
    assert_eq!(
        browser.value(&format!("{figure}.querySelectorAll('polyline').length")),
        0
    );
    assert_eq!(
        browser.value(
            "document.querySelectorAll('#small-plots [aria-label^=Latency] polyline').length"
        ),
        0
    );
}

#[test]
fn figures_open_at_their_head_and_fit_a_phone() {
    let Some(browser) = Browser::start(PHONE) else {
        return;
    };
    let room = Room::new();
    let desk = desk(&room);
    open(&browser, &desk);
    browser.run("document.querySelector('.row').click()");
    browser.until("document.querySelector('article .rail .topic')");
    browser.run("document.getElementById('item').scrollTop = 400");
    browser.keys("g");
    browser.until("document.querySelector('.figures table')");
    assert_eq!(
        browser.value("document.getElementById('item').scrollTop"),
        0
    );
    let out = browser.text(
        "[...document.querySelectorAll('.figures *')].filter((n) => n.getBoundingClientRect().right > innerWidth - 15).map((n) => n.className || n.tagName).join(' ')",
    );
    assert_eq!(out, "");
    // A topic's name stands on one line.
    assert_eq!(
        browser.value("[...document.querySelectorAll('.figures .topics button')].every((b) => b.offsetHeight < 40)"),
        true
    );
    desk.stop();
}

#[test]
fn source_lines_have_room_on_a_laptop() {
    let Some(browser) = Browser::start(Look {
        width: 1280,
        height: 800,
        dark: false,
    }) else {
        return;
    };
    let room = Room::new();
    let desk = desk(&room);
    open(&browser, &desk);
    browser.keys("j");
    browser.until("document.querySelector('article .rail .topic')");
    browser.keys("s");
    browser.until("document.querySelector('.source li.read')");
    let width = |what: &str| {
        let width = browser.value(&format!("document.querySelector('{what}').clientWidth"));
        width.as_f64().unwrap()
    };
    let (text, source) = (width(".text"), width(".source"));
    assert!(
        source > 240.0 && text > source,
        "text {text}, source {source}"
    );
    desk.stop();
}
