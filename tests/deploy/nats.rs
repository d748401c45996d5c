//! Configurations of nats-server: its own check, and pages over TLS with accounts.

use crate::support::{Daemon, Nats, Ran, Room, folder_of_nats_server, page, wait_until};
use crate::{checkout, tool};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What nats-server says of a configuration.
fn check(file: &Path, environment: &[(&str, &str)]) -> Ran {
    let mut command = Command::new(folder_of_nats_server().join("nats-server"));
    command
        .arg("-t")
        .arg("-c")
        .arg(file)
        .current_dir(file.parent().unwrap())
        .envs(environment.iter().copied());
    tool(&mut command).unwrap()
}

#[test]
fn nats_server_takes_every_configuration_there_is() {
    const NODE: &[(&str, &str)] = &[
        ("NODE", "desk-1"),
        ("STORE", "/tmp"),
        ("CLIENT", "127.0.0.1:4222"),
        ("ROUTE", "127.0.0.1:6222"),
        ("ROUTE_1", "nats://desk-1:6222"),
        ("ROUTE_2", "nats://desk-2:6222"),
        ("ROUTE_3", "nats://desk-3:6222"),
        ("NATS_PASSWORD", "hush"),
    ];
    let dir = tempfile::tempdir().unwrap();
    let compose = dir.path().join("nats.conf");
    std::fs::copy(checkout("deploy/compose/nats.conf"), &compose).unwrap();
    std::fs::copy(
        checkout("deploy/cluster/nats.conf"),
        dir.path().join("cluster.conf"),
    )
    .unwrap();
    for file in [
        checkout("deploy/cluster/nats.conf"),
        checkout("deploy/kubernetes/nats.conf"),
        compose,
    ] {
        let ran = check(&file, NODE);
        assert_eq!(ran.code, 0, "{}: {ran:?}", file.display());
    }
}

/// What deploy/nats/prepare.sh makes; `None` where there is no openssl.
fn prepared(room: &Room) -> Option<PathBuf> {
    tool(Command::new("openssl").arg("version"))?;
    let folder = room.path("nats");
    let mut script = Command::new(checkout("deploy/nats/prepare.sh"));
    let ran = tool(script.arg(&folder).args(["localhost", "127.0.0.1"])).unwrap();
    assert_eq!(ran.code, 0, "{ran:?}");
    let ran = check(&folder.join("nats.conf"), &[]);
    assert_eq!(ran.code, 0, "{ran:?}");
    Some(folder)
}

/// A server with the shipped configuration; address, store and monitoring are the test's.
fn serve(folder: &Path) -> Nats {
    let text = std::fs::read_to_string(folder.join("nats.conf")).unwrap();
    let mut settings = String::new();
    for line in text.lines() {
        let key = line.trim_start().split(':').next().unwrap();
        match key {
            "listen" | "http" | "store_dir" => {}
            "cert_file" | "key_file" | "ca_file" => {
                let name = line.split('"').nth(1).unwrap();
                settings += &format!("{key}: \"{}\"\n", folder.join(name).display());
            }
            _ if key.trim_start().starts_with("include") => {
                let name = line.split('"').nth(1).unwrap();
                let users = std::fs::read_to_string(folder.join(name)).unwrap();
                settings += &users;
                settings.push('\n');
            }
            _ => settings += &format!("{line}\n"),
        }
    }
    Nats::with(&settings)
}

#[test]
fn a_page_passes_over_tls_with_accounts_and_each_missing_piece_is_named() {
    let room = Room::new();
    let Some(folder) = prepared(&room) else {
        return;
    };
    let nats = serve(&folder);
    let port = nats.url.rsplit(':').next().unwrap();
    let url = std::fs::read_to_string(folder.join("desk.url")).unwrap();
    let url = url
        .trim()
        .replace("localhost:4222", &format!("localhost:{port}"));
    let file = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let (ca, cert, key) = (file("ca.pem"), file("desk.pem"), file("desk.key"));

    // By configuration, the files named from where it stands.
    let config = room.config(
        "nats/copydesk.toml",
        &format!(
            "[nats]\nserver = \"{url}\"\nca = \"ca.pem\"\ncert = \"desk.pem\"\nkey = \"desk.key\"\n\
             [[source]]\nname = \"rsrb\"\ninbox = \"{{inbox}}\"\n"
        ),
    );
    let desk = Daemon::start(&mut room.copydesk(&["up", "--config", &config])).ready();
    room.put("20250318/01.md", page(1, 2));
    let flags = [
        "-s",
        &url,
        "--tlsca",
        &ca,
        "--tlscert",
        &cert,
        "--tlskey",
        &key,
    ];
    let tail = [
        &[
            "tail", "all", "--since", "start", "--count", "2", "--format", "ndjson",
        ][..],
        &flags[..],
    ]
    .concat();
    let got = room.run(&tail);
    assert_eq!((got.code, got.out.lines().count()), (0, 2), "{got:?}");
    desk.stop();
    assert!(!room.path("data").exists(), "a private server was started");

    let refused = |flags: &[&str], said: &str| {
        let ran = room.run(&[&["status", "--timeout", "5"], flags].concat());
        assert_eq!(ran.code, 1, "{flags:?}: {ran:?}");
        assert!(ran.err.contains(said), "{flags:?}: {said}: {ran:?}");
        assert!(
            !ran.err.contains(url.split(['/', '@']).nth(2).unwrap()),
            "{ran:?}"
        );
    };
    let password_less = format!("tls://localhost:{port}");
    refused(&["-s", &url], "--tlsca");
    refused(&["-s", &url, "--tlsca", &ca], "--tlscert");
    refused(
        &["-s", &url, "--tlsca", &ca, "--tlscert", &cert],
        "give both",
    );
    refused(&["-s", &url, "--tlsca", &file("none.pem")], "none.pem");
    refused(&["-s", &url, "--tlsca", &key], "no PEM block `CERTIFICATE`");
    refused(
        &[
            "-s",
            &url,
            "--tlsca",
            &ca,
            "--tlscert",
            &cert,
            "--tlskey",
            &cert,
        ],
        "no PEM block `PRIVATE KEY`",
    );
    refused(
        &[&["-s", &password_less], &flags[2..]].concat(),
        "uthorization",
    );
    // Another authority's certificate is not taken for the server's.
    let other = Room::new();
    let stranger = prepared(&other).unwrap().join("ca.pem");
    refused(
        &[
            &["-s", &url, "--tlsca", stranger.to_str().unwrap()],
            &flags[4..],
        ]
        .concat(),
        "--tlsca",
    );
    wait_until("the server to live on", || nats.pid().is_some());
}
