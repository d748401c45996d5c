//! The Debian package: everything it is made of is there. `make deb` builds it.

use crate::{checkout, tool};
use std::process::Command;

fn metadata() -> toml::Table {
    let text = std::fs::read_to_string(checkout("Cargo.toml")).unwrap();
    let manifest: toml::Table = toml::from_str(&text).unwrap();
    manifest["package"]["metadata"]["deb"]
        .as_table()
        .unwrap()
        .clone()
}

#[test]
fn every_file_of_the_package_is_there_or_made_by_make() {
    let makefile = std::fs::read_to_string(checkout("Makefile")).unwrap();
    let deb = metadata();
    let mut installed = Vec::new();
    for asset in deb["assets"].as_array().unwrap() {
        let source = asset[0].as_str().unwrap();
        let folder = source.rsplit_once('/').unwrap().0;
        if source.starts_with("target/dist/") {
            let made = source.trim_end_matches("/*.1");
            assert!(makefile.contains(made), "{source}");
        } else if source.ends_with("/*") || source.contains("*.") {
            assert!(checkout(folder).is_dir(), "{source}");
        } else if source != "target/release/copydesk" {
            assert!(checkout(source).is_file(), "{source}");
        }
        installed.push(asset[1].as_str().unwrap());
    }
    for file in deb["conf-files"].as_array().unwrap() {
        let file = file.as_str().unwrap().trim_start_matches('/');
        assert!(installed.contains(&file), "{file}");
    }
}

#[test]
fn the_scripts_are_shell_and_the_user_is_as_systemd_wants_it() {
    for script in ["postinst", "postrm"] {
        let file = checkout("deploy/debian").join(script);
        assert!(
            std::fs::read_to_string(&file)
                .unwrap()
                .contains("\n#DEBHELPER#\n")
        );
        let ran = tool(Command::new("sh").arg("-n").arg(file)).unwrap();
        assert_eq!(ran.code, 0, "{ran:?}");
    }
    let users = checkout("deploy/debian/sysusers.d/copydesk.conf");
    if let Some(ran) = tool(Command::new("systemd-sysusers").arg("--dry-run").arg(users)) {
        assert_eq!(ran.code, 0, "{ran:?}");
        assert!((ran.out + &ran.err).contains("copydesk"));
    }
}
