//! The role itself: where it listens, whom it answers, what it says of the desk's health.

use super::{address, ask, get};
use crate::support::{Nats, Room, wait_until};

#[test]
fn a_desk_is_ready_when_its_roles_are_and_not_while_nats_is_away() {
    let room = Room::new();
    let mut nats = Nats::start();
    let desk = room.daemon(&["up", "-s", &nats.url, "--inbox", &room.rsrb()]);
    let web = address(&desk);
    assert_eq!(get(&web, "/livez").status, 200);
    wait_until("ready", || get(&web, "/readyz").status == 200);
    nats.kill();
    wait_until("not ready without NATS", || {
        let answer = get(&web, "/readyz");
        answer.status == 503 && answer.json()["nats"] == false
    });
    assert_eq!(get(&web, "/livez").status, 200);
}

#[test]
fn no_answer_goes_to_a_foreign_name_and_every_answer_forbids_what_is_not_the_desks_own() {
    let room = Room::new();
    let desk = room.up();
    let web = address(&desk);
    let foreign = ask(&web, "GET /livez", &["host: elsewhere.example"], "");
    assert_eq!(foreign.status, 421, "{foreign:?}");
    for answer in [foreign, get(&web, "/livez"), get(&web, "/no/such/page")] {
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self';"));
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    }
}

#[test]
fn beyond_loopback_it_listens_only_with_a_token_and_asks_for_it() {
    let room = Room::new();
    let open = "[web]\nlisten = \"0.0.0.0:0\"\n[[source]]\nname = \"rsrb\"\ninbox = \"{inbox}\"\n";
    let config = room.config("copydesk.toml", open);
    // The room's own setting goes before the file.
    let mut command = room.copydesk(&["up", "--config", &config]);
    let ran = crate::support::finish(command.env_remove("COPYDESK_WEB__LISTEN"), "");
    assert_eq!(ran.code, 64, "{ran:?}");
    assert!(ran.err.contains("no token is asked for"), "{}", ran.err);

    let mut command = room.copydesk(&["up", "--config", &config]);
    command.env("COPYDESK_WEB__TOKEN", "0123456789abcdef");
    let desk =
        crate::support::Daemon::start(command.env("COPYDESK_WEB__LISTEN", "0.0.0.0:0")).ready();
    let web = address(&desk).replace("0.0.0.0", "127.0.0.1");
    assert_eq!(get(&web, "/livez").status, 200);
    assert_eq!(get(&web, "/").status, 401);
    let right = ask(
        &web,
        "GET /none",
        &["authorization: Bearer 0123456789abcdef"],
        "",
    );
    assert_eq!(right.status, 404);
    let login = get(&web, "/?token=0123456789abcdef");
    assert_eq!(login.status, 303);
    let cookie = login
        .header("set-cookie")
        .unwrap()
        .split(';')
        .next()
        .unwrap();
    let shown = ask(&web, "GET /none", &[&format!("cookie: {cookie}")], "");
    assert_eq!(shown.status, 404);
}

#[test]
fn an_address_that_is_taken_is_said_at_start_with_what_to_do() {
    let room = Room::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let inbox = room.rsrb();
    let mut command = room.copydesk(&["up", "--inbox", &inbox]);
    let ran = crate::support::finish(command.env("COPYDESK_WEB__LISTEN", &address), "");
    assert_ne!(ran.code, 0);
    assert!(
        ran.err.contains(&address) && ran.err.contains("enabled = false"),
        "{}",
        ran.err
    );
}
