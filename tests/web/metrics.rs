//! Figures: what a page leaves in them, their form, and the dashboard that shows them.

use crate::http::Site;
use crate::support::{Room, page, wait_until};
use std::collections::BTreeSet;
use std::io::Write;
use std::process::{Command, Stdio};

fn value(text: &str, series: &str) -> Option<f64> {
    let line = text
        .lines()
        .find_map(|l| l.strip_prefix(series)?.strip_prefix(' '));
    line?.parse().ok()
}

#[test]
fn a_page_is_counted_on_its_whole_way_in_a_form_that_prometheus_reads() {
    let room = Room::new();
    let desk = room.up();
    let site = Site::of(&desk);
    room.put("20250318/01.md", page(1, 4));
    room.put("20250318/02.bin", b"\x00\x01\x02\xff\xfe".repeat(50));
    let wanted = [
        (
            "copydesk_files_total{source=\"rsrb\",outcome=\"published\"}",
            1.0,
        ),
        ("copydesk_articles_total{source=\"rsrb\"}", 4.0),
        ("copydesk_items_total", 4.0),
        ("copydesk_deliveries_total{channel=\"all\"}", 4.0),
        (
            "copydesk_stage_latency_seconds_count{stage=\"inbox_to_channel\"}",
            4.0,
        ),
        (
            "copydesk_stage_latency_seconds_count{stage=\"enrich\"}",
            4.0,
        ),
        ("copydesk_files_waiting{source=\"rsrb\"}", 0.0),
        ("copydesk_nats_connected", 1.0),
        (
            "copydesk_backlog_messages{stream=\"COPYDESK_ITEMS\",consumer=\"fanout\"}",
            0.0,
        ),
        ("copydesk_dead_letters_total{role=\"watch\"}", 1.0),
    ];
    let mut text = String::new();
    wait_until("the figures of the page", || {
        text = site.get("/metrics").body;
        wanted
            .iter()
            .all(|(series, count)| value(&text, series) == Some(*count))
            || {
                let missing: Vec<_> = wanted
                    .iter()
                    .filter(|(s, c)| value(&text, s) != Some(*c))
                    .collect();
                eprintln!("not yet: {missing:?}");
                std::thread::sleep(std::time::Duration::from_secs(1));
                false
            }
    });
    assert!(value(&text, "process_resident_memory_bytes").unwrap() > 1e6);
    assert!(value(&text, "process_cpu_seconds_total").is_some());
    passes_promtool(&text);
    names_what_there_is(&text);
}

/// The check of Prometheus itself, where it is installed.
fn passes_promtool(text: &str) {
    let started = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut child) = started else {
        eprintln!("skipped: there is no promtool (Debian: prometheus) on PATH");
        return;
    };
    child
        .stdin
        .take()
        .unwrap()
        .write_all(text.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr) + String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.trim().is_empty(),
        "{said}\n{text}"
    );
}

/// Every query of the dashboard.
fn names_what_there_is(text: &str) {
    let types: BTreeSet<&str> = text
        .lines()
        .filter_map(|l| l.strip_prefix("# TYPE ")?.split(' ').next())
        .collect();
    let dashboard: serde_json::Value =
        serde_json::from_str(include_str!("../../deploy/grafana/copydesk.json")).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let queries: Vec<&str> = panels
        .iter()
        .flat_map(|p| p["targets"].as_array().unwrap())
        .map(|t| t["expr"].as_str().unwrap())
        .collect();
    let name = regex::Regex::new(r"\b(?:copydesk|process)_[a-z_]+").unwrap();
    let mut shown = 0;
    for query in queries {
        assert!(name.is_match(query), "{query}");
        for found in name.find_iter(query) {
            let family = ["_bucket", "_sum", "_count"]
                .iter()
                .find_map(|suffix| found.as_str().strip_suffix(suffix))
                .unwrap_or(found.as_str());
            assert!(
                types.contains(family),
                "the dashboard asks for `{}`",
                found.as_str()
            );
            shown += 1;
        }
    }
    assert!(shown > 10);
}
