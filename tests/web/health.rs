//! Health, and who is answered at all.

use crate::http::Site;
use crate::support::{Nats, Room, wait_until};

#[test]
fn a_desk_is_ready_while_nats_can_be_reached_and_alive_all_along() {
    let room = Room::new();
    let mut nats = Nats::start();
    let url = nats.url.clone();
    let desk = room.daemon(&[
        "run",
        "watch",
        "enrich",
        "fanout",
        "web",
        "--inbox",
        &room.rsrb(),
        "-s",
        &url,
    ]);
    let site = Site::of(&desk);
    assert_eq!(site.get("/livez").status, 200);
    assert_eq!(site.get("/readyz").json()["ready"], true);
    nats.kill();
    wait_until("it to be ready no more", || {
        site.get("/readyz").status == 503
    });
    assert_eq!(site.get("/livez").status, 200);
    assert_eq!(site.get("/metrics").status, 200);
    nats.restart();
    wait_until("it to be ready again", || site.get("/readyz").status == 200);
}

#[test]
fn beyond_loopback_there_has_to_be_a_token() {
    let room = Room::new();
    for (listen, token, said) in [
        ("0.0.0.0:0", None, "no token is asked for"),
        ("[::]:0", None, "no token is asked for"),
        ("0.0.0.0:0", Some("short"), "the token is short"),
        ("somewhere", None, "is no address"),
    ] {
        let mut command = room.copydesk(&["up", "--inbox", &room.rsrb()]);
        command.env("COPYDESK_WEB__LISTEN", listen);
        if let Some(token) = token {
            command.env("COPYDESK_WEB__TOKEN", token);
        }
        let ran = crate::support::finish(&mut command, "");
        assert_eq!(ran.code, 64, "{ran:?}");
        assert!(ran.err.contains(said), "{ran:?}");
    }
}

#[test]
fn a_token_is_asked_for_and_another_name_is_not_answered() {
    const TOKEN: &str = "a-token-of-some-length";
    let room = Room::new();
    let mut command = room.copydesk(&["up", "--inbox", &room.rsrb()]);
    command.env("COPYDESK_WEB__TOKEN", TOKEN);
    let desk = crate::support::Daemon::start(&mut command).ready();
    let site = Site::of(&desk);
    assert_eq!(site.get("/readyz").status, 200);
    assert_eq!(site.get("/metrics").status, 401);
    let bearer = format!("Bearer {TOKEN}");
    assert_eq!(
        site.ask("GET", "/metrics", &[("authorization", &bearer)])
            .status,
        200
    );

    let login = site.get(&format!("/metrics?token={TOKEN}"));
    assert_eq!(
        (login.status, login.header("location")),
        (303, Some("/metrics"))
    );
    let cookie = login.header("set-cookie").unwrap();
    assert!(
        cookie.contains("HttpOnly")
            && cookie.contains("SameSite=Strict")
            && !cookie.contains(TOKEN)
    );
    let cookie = cookie.split(';').next().unwrap();
    assert_eq!(
        site.ask("GET", "/metrics", &[("cookie", cookie)]).status,
        200
    );

    let foreign = site.ask(
        "GET",
        "/metrics",
        &[("host", "elsewhere.example"), ("authorization", &bearer)],
    );
    assert_eq!(foreign.status, 421);
    let forged = site.ask(
        "POST",
        "/metrics",
        &[("cookie", cookie), ("origin", "http://elsewhere.example")],
    );
    assert_eq!(forged.status, 403);
}

#[test]
fn a_token_in_the_environment_opens_the_address_of_a_file() {
    let room = Room::new();
    let config = room.config(
        "copydesk.toml",
        "[web]\nlisten = \"0.0.0.0:0\"\n[[source]]\nname = \"rsrb\"\ninbox = \"{inbox}\"\n",
    );
    let mut command = room.copydesk(&["check", "--config", &config]);
    let refused = crate::support::finish(command.env_remove("COPYDESK_WEB__LISTEN"), "");
    assert_eq!(refused.code, 64, "{refused:?}");
    assert!(
        refused.err.contains("line 2") || refused.out.contains("line 2"),
        "{refused:?}"
    );
    let mut command = room.copydesk(&["check", "--config", &config]);
    command.env("COPYDESK_WEB__TOKEN", "0123456789abcdef");
    let taken = crate::support::finish(command.env_remove("COPYDESK_WEB__LISTEN"), "");
    assert_eq!(taken.code, 0, "{taken:?}");
}

#[test]
fn an_address_that_is_taken_is_said_at_start_with_what_to_do() {
    let room = Room::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let mut command = room.copydesk(&["up", "--inbox", &room.rsrb()]);
    let ran = crate::support::finish(command.env("COPYDESK_WEB__LISTEN", &address), "");
    assert_ne!(ran.code, 0);
    assert!(
        ran.err.contains(&address) && ran.err.contains("enabled = false"),
        "{}",
        ran.err
    );
}

#[test]
fn every_answer_forbids_what_is_not_the_desks_own() {
    let room = Room::new();
    let desk = room.up();
    let site = Site::of(&desk);
    for path in ["/", "/livez", "/no/such/page", "/feeds/none.json"] {
        let answer = site.get(path);
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self';"));
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    }
}
