//! The page in light, dark and on a phone: nothing sticks out, and the pictures of the documentation are made of it.

use crate::driver::{Browser, Look, WIDE};
use crate::stage::address;
use crate::support::{Room, SAMPLES, sample};
use std::path::Path;

const DARK: Look = Look { dark: true, ..WIDE };
const PHONE: Look = Look {
    width: 390,
    height: 844,
    dark: false,
};

/// `DESK_SCREENSHOTS=1` writes docs/screenshots anew.
fn kept() -> bool {
    std::env::var_os("DESK_SCREENSHOTS").is_some()
}

fn keep(browser: &Browser, name: &str) {
    let picture = browser.picture();
    assert!(picture.starts_with(b"\x89PNG"), "no picture");
    if kept() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/screenshots");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(name), picture).unwrap();
    }
}

#[test]
fn it_can_be_looked_at_in_light_dark_and_on_a_phone() {
    let Some(light) = Browser::start(WIDE) else {
        return;
    };
    let room = Room::new();
    let config = room.config(
        "copydesk.toml",
        "[[source]]\nname = \"rsrb\"\ntitle = \"汝水日报\"\nhome = \"361000\"\ninbox = \"{inbox}\"\n",
    );
    let desk = room.daemon(&["up", "--config", &config]);
    for name in SAMPLES {
        room.put(name, std::fs::read(sample(name)).unwrap());
    }
    let fits = "document.documentElement.scrollWidth <= innerWidth && document.querySelector('#item').scrollWidth <= document.querySelector('#item').clientWidth";
    let background = "getComputedStyle(document.body).backgroundColor";
    let open = |browser: &Browser, words: &str| {
        browser.open(&address(&desk));
        browser.until("document.getElementById('count').textContent === '19 items'");
        browser.run(&format!("[...document.querySelectorAll('.row')].find((r) => r.textContent.includes('{words}')).click()"));
        browser.until("document.querySelector('article .rail .topic')");
    };
    open(&light, "磨刀匠");
    light.until("document.querySelector('#channels b') && document.querySelector('#state').textContent.includes('latency')");
    light.run("document.querySelector('.topic').focus({ focusVisible: false })");
    assert_eq!(light.value(fits), true);
    assert_ne!(
        light.value("document.querySelectorAll('.text .lit').length"),
        0
    );
    keep(&light, "desk-light.png");
    let paper = light.text(background);
    light.run("document.getElementById('figures').click()");
    light.until("document.querySelectorAll('.figures svg').length > 5");
    if kept() {
        // Points of the latency come every five seconds.
        light.until(
            "document.querySelector('#small-plots [aria-label^=Latency] .line')?.points.length > 3",
        );
    }
    keep(&light, "figures.png");
    drop(light);

    let dark = Browser::start(DARK).unwrap();
    open(&dark, "巡回法庭");
    dark.keys("s");
    dark.until("document.querySelector('.source li.read')");
    assert_eq!(dark.value(fits), true);
    assert_ne!(dark.text(background), paper);
    keep(&dark, "desk-dark.png");
    drop(dark);

    let phone = Browser::start(PHONE).unwrap();
    phone.open(&address(&desk));
    phone.until("document.getElementById('count').textContent === '19 items'");
    assert_eq!(phone.value("document.documentElement.scrollWidth"), 390);
    keep(&phone, "phone-list.png");
    open(&phone, "巡回法庭");
    assert_eq!(phone.value(fits), true);
    keep(&phone, "phone-item.png");
    desk.stop();
}
