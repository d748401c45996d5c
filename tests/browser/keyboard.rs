//! All of it with the keyboard alone.

use crate::driver::{Browser, DOWN, ENTER, ESC, TAB, WIDE};
use crate::stage::address;
use crate::support::{Room, SAMPLES, sample};

/// Presses Tab until what has the focus fulfils `wanted`, an expression over `a`.
fn tab_to(browser: &Browser, wanted: &str) {
    for _ in 0..200 {
        if browser.value(&format!(
            "((a) => Boolean({wanted}))(document.activeElement)"
        )) == true
        {
            return;
        }
        browser.keys(TAB);
    }
    panic!("Tab never comes to {wanted}");
}

#[test]
fn an_editor_needs_no_mouse() {
    let Some(browser) = Browser::start(WIDE) else {
        return;
    };
    let room = Room::new();
    let desk = room.up();
    for name in SAMPLES {
        room.put(name, std::fs::read(sample(name)).unwrap());
    }
    browser.open(&address(&desk));
    browser.until("document.getElementById('count').textContent === '19 items'");

    // The list: next, next, previous, read.
    browser.keys("jjk");
    let chosen = "document.querySelector('.row[aria-selected=true]')";
    browser.until(&format!("{chosen}?.getAttribute('aria-posinset') === '1'"));
    browser.keys(DOWN);
    browser.until(&format!("{chosen}?.getAttribute('aria-posinset') === '2'"));
    browser.keys(ENTER);
    browser.until("document.activeElement.id === 'item' && document.querySelector('article h2')");

    // The filter, a mistake in it, and out again.
    browser.keys("/topik:law ");
    browser.until("document.querySelector('#mistake .wrong')?.textContent === 'topik'");
    browser.keys(ESC);
    browser.until("document.getElementById('mistake').hidden");
    browser.keys("/topic:law ");
    browser.keys(ENTER);
    browser.until("/^[1-9] of 19 items/.test(document.getElementById('count').textContent)");
    browser.keys("j");
    browser.keys(ENTER);
    browser.until(&format!(
        "document.querySelector('article')?.dataset.id === {chosen}?.dataset.id && document.querySelector('.rail .topic [aria-label^=Reject]')"
    ));
    let id = browser.text("document.querySelector('article').dataset.id");

    // Rejecting a topic: the name is asked for once.
    browser.keys("r");
    tab_to(
        &browser,
        "a.getAttribute('aria-label')?.startsWith('Reject')",
    );
    browser.keys(ENTER);
    browser.until("document.querySelector('dialog[open]')");
    browser.keys("long");
    browser.keys(ENTER);
    browser.until("document.querySelector('.topic.rejected')?.textContent.includes('long')");
    let got = room.run(&["get", &id, "--format", "json"]);
    let event: serde_json::Value = serde_json::from_str(&got.out).unwrap();
    assert_eq!(
        event["data"]["enrichment"]["decisions"][0]["verdict"],
        "rejected"
    );
    assert_eq!(event["data"]["enrichment"]["decisions"][0]["by"], "long");

    // The revision before, and back.
    browser.keys("[");
    browser.until("document.querySelector('article .notice')?.textContent.startsWith('Revision ')");
    browser.keys("]");
    browser.until("!document.querySelector('article .notice')");

    // Source lines, then killing it: Esc takes back, a reason is needed.
    browser.keys("s");
    browser.until("document.querySelector('.source li.read')");
    browser.keys("x");
    browser.until("document.querySelector('dialog.kill[open]')");
    browser.keys(ENTER);
    browser.keys(ESC);
    browser.until("!document.querySelector('dialog')");
    browser.keys("x");
    browser.until("document.querySelector('dialog.kill[open]')");
    browser.keys("wrong name");
    browser.keys(ENTER);
    browser.until("document.querySelector('.notice.kill')?.textContent.includes('wrong name')");
    let got = room.run(&["get", &id, "--format", "json"]);
    let event: serde_json::Value = serde_json::from_str(&got.out).unwrap();
    assert_eq!(event["data"]["enrichment"]["action"], "kill");

    // A channel: tried while it is written, saved, and there.
    browser.keys("e");
    browser.until("document.querySelector('dialog.editor[open]')");
    tab_to(&browser, "a.tagName === 'TEXTAREA'");
    browser.run("document.activeElement.select()");
    browser.keys("kind:notice");
    browser.until(
        "/^[1-9][0-9]* of 19 items match/.test(document.querySelector('.trial').textContent)",
    );
    tab_to(
        &browser,
        "a.matches('dialog input:not([type=checkbox])') && !a.value && a.required",
    );
    browser.keys("classified");
    tab_to(&browser, "a.textContent === 'Save'");
    browser.keys(ENTER);
    browser.until("[...document.querySelectorAll('#channels .name')].some((n) => n.textContent === 'classified')");
    assert!(room.run(&["channel", "list"]).out.contains("classified"));

    // Help, figures, channels.
    browser.keys("?");
    browser.until("document.querySelector('dialog .keys')");
    browser.keys(ESC);
    browser.keys("g");
    browser.until("document.querySelector('.figures svg')");
    browser.keys("c");
    browser.until("document.activeElement.closest('#channels')");
    tab_to(&browser, "a.textContent.startsWith('agriculture')");
    browser.keys(ENTER);
    browser.until("/ of 19 items/.test(document.getElementById('count').textContent)");
    assert_eq!(
        browser.value("document.querySelector('#channels [aria-pressed=true] .name').textContent"),
        "agriculture"
    );
    desk.stop();
}
