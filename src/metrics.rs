//! What this process has done, counted: the part of `/metrics` that lives in memory.
//!
//! Counting is a few atomic additions. What has labels is looked up once and kept by whoever counts, but for channels,
//! which come and go: a lookup there takes a shared lock that only a new channel takes alone.

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// First part of every name.
pub const PREFIX: &str = "copydesk";
/// Channels counted by name; those beyond are counted together, as channel `_other`.
const MOST_CHANNELS: usize = 1_000;

/// Everything counted.
pub static METRICS: LazyLock<Metrics> = LazyLock::new(Metrics::new);

/// Labels of what is counted by source.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfSource {
    source: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfFile {
    source: String,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfChannel {
    channel: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfRole {
    role: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfStage {
    stage: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Build {
    version: &'static str,
}

type Latency = Family<OfStage, Histogram, fn() -> Histogram>;

/// The counters, and the registry that shows them.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    files: Family<OfFile, Counter>,
    waiting: Family<OfSource, Gauge>,
    articles: Family<OfSource, Counter>,
    /// Items published, every revision.
    pub items: Counter,
    /// Articles that were known already.
    pub unchanged: Counter,
    deliveries: Family<OfChannel, Counter>,
    /// Channels counted by name so far.
    named: AtomicUsize,
    dead: Family<OfRole, Counter>,
    /// Article taken by its source → stored to be enriched, seconds.
    pub read: Histogram,
    /// Article stored → its item stored, seconds.
    pub enrich: Histogram,
    /// Item stored → stored for every channel that wants it, seconds.
    pub fanout: Histogram,
    /// File complete in the inbox → on its channels, seconds.
    pub whole: Histogram,
}

/// What is counted of one source.
#[derive(Debug, Clone)]
pub struct SourceMetrics {
    /// Files with articles that were stored.
    pub published: Counter,
    /// Files without anything new.
    pub known: Counter,
    /// Files that became dead letters.
    pub failed: Counter,
    /// Articles stored.
    pub articles: Counter,
    /// Files seen and not finished.
    pub waiting: Gauge,
}

impl Metrics {
    fn new() -> Self {
        let mut registry = Registry::with_prefix(PREFIX);
        let build = Family::<Build, Gauge>::default();
        build
            .get_or_create(&Build {
                version: env!("CARGO_PKG_VERSION"),
            })
            .set(1);
        let latency: Latency = Family::new_with_constructor(histogram);
        let stage = |stage| latency.get_or_create_owned(&OfStage { stage });
        let metrics = Self {
            files: Family::default(),
            waiting: Family::default(),
            articles: Family::default(),
            items: Counter::default(),
            unchanged: Counter::default(),
            deliveries: Family::default(),
            named: AtomicUsize::new(0),
            dead: Family::default(),
            read: stage("read"),
            enrich: stage("enrich"),
            fanout: stage("fanout"),
            whole: stage("inbox_to_channel"),
            registry: Registry::default(),
        };
        registry.register("build_info", "Version of the program, as a label", build);
        registry.register(
            "files",
            "Files finished, by what came of them",
            metrics.files.clone(),
        );
        registry.register(
            "files_waiting",
            "Files seen in the inbox and not finished",
            metrics.waiting.clone(),
        );
        registry.register(
            "articles",
            "Articles stored to be enriched",
            metrics.articles.clone(),
        );
        registry.register(
            "items",
            "Items published, every revision",
            metrics.items.clone(),
        );
        registry.register(
            "unchanged_articles",
            "Articles that were known already",
            metrics.unchanged.clone(),
        );
        registry.register(
            "deliveries",
            "Items stored for a channel, corrections and kills included",
            metrics.deliveries.clone(),
        );
        registry.register(
            "dead_letters",
            "What failed for good, by the role that gave up",
            metrics.dead.clone(),
        );
        registry.register_with_unit(
            "stage_latency",
            "Time a piece spends in a stage, waiting included; inbox_to_channel is the whole way",
            Unit::Seconds,
            latency,
        );
        Self {
            registry,
            ..metrics
        }
    }

    /// The counters of a source.
    pub fn source(&self, source: &str) -> SourceMetrics {
        let file = |outcome| {
            self.files.get_or_create_owned(&OfFile {
                source: source.to_owned(),
                outcome,
            })
        };
        let label = OfSource {
            source: source.to_owned(),
        };
        SourceMetrics {
            published: file("published"),
            known: file("known"),
            failed: file("failed"),
            articles: self.articles.get_or_create_owned(&label),
            waiting: self.waiting.get_or_create_owned(&label),
        }
    }

    /// Counts an item stored for a channel.
    pub fn delivered(&self, channel: &str) {
        let of = |channel: &str| OfChannel {
            channel: channel.to_owned(),
        };
        let label = of(channel);
        if let Some(counter) = self.deliveries.get(&label) {
            counter.inc();
        } else if self.named.fetch_add(1, Ordering::Relaxed) < MOST_CHANNELS {
            self.deliveries.get_or_create(&label).inc();
        } else {
            self.deliveries.get_or_create(&of("_other")).inc();
        }
    }

    /// Counts a dead letter.
    pub fn dead(&self, role: &str) {
        let label = OfRole {
            role: role.to_owned(),
        };
        self.dead.get_or_create(&label).inc();
    }
}

/// 1 ms … 1 h and beyond.
fn histogram() -> Histogram {
    Histogram::new(exponential_buckets(0.001, 2.5, 18))
}

/// Milliseconds since 1970: what the header [`TAKEN`] carries.
pub fn now_ms() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

/// Header: when the article's file was taken from its inbox.
pub const TAKEN: &str = "Copydesk-Taken";

/// Time since a [`TAKEN`] header's value.
pub fn since(taken: &str) -> Option<Duration> {
    let taken: i64 = taken.parse().ok()?;
    let passed = now_ms().checked_sub(taken)?;
    u64::try_from(passed).ok().map(Duration::from_millis)
}

/// These counters and `more` in Prometheus' text format (0.0.4), which every version of it reads.
///
/// # Errors
/// None in practice: writing to a string.
pub fn exposition(more: &Registry) -> Result<String, std::fmt::Error> {
    let mut open = String::new();
    text::encode_registry(&mut open, &METRICS.registry)?;
    text::encode_registry(&mut open, more)?;
    Ok(classic(&open))
}

/// OpenMetrics as the older text format has it: a counter's family is called as its sample, and units are in names alone.
fn classic(open: &str) -> String {
    let mut text = String::with_capacity(open.len());
    let mut help = None;
    for line in open.lines() {
        let mut words = line.splitn(4, ' ');
        match (words.next(), words.next(), words.next(), words.next()) {
            (Some("#"), Some("HELP"), Some(_), told) => help = told,
            (Some("#"), Some("TYPE"), Some(name), Some(kind)) => {
                let total = if kind == "counter" { "_total" } else { "" };
                if let Some(help) = help.take() {
                    text.extend(["# HELP ", name, total, " ", help, "\n"]);
                }
                text.extend(["# TYPE ", name, total, " ", kind, "\n"]);
            }
            (Some("#"), ..) => {}
            _ => text.extend([line, "\n"]),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_are_called_alike_in_samples_and_types() {
        let open = "# HELP a_files Files.\n# TYPE a_files counter\na_files_total{source=\"x\"} 3\n\
                    # HELP a_seconds Time.\n# TYPE a_seconds histogram\n# UNIT a_seconds seconds\na_seconds_count 0\n# EOF\n";
        assert_eq!(
            classic(open),
            "# HELP a_files_total Files.\n# TYPE a_files_total counter\na_files_total{source=\"x\"} 3\n\
             # HELP a_seconds Time.\n# TYPE a_seconds histogram\na_seconds_count 0\n"
        );
    }

    #[test]
    fn channels_beyond_the_bound_are_counted_together() {
        let metrics = Metrics::new();
        for n in 0..MOST_CHANNELS + 5 {
            metrics.delivered(&format!("c{n}"));
        }
        metrics.delivered("c1");
        let count = |channel: &str| {
            let channel = channel.to_owned();
            metrics
                .deliveries
                .get_or_create(&OfChannel { channel })
                .get()
        };
        assert_eq!((count("c1"), count("_other")), (2, 5));
    }

    #[test]
    fn a_time_from_the_future_or_no_time_at_all_is_not_measured() {
        assert!(since(&(now_ms() - 2_000).to_string()).is_some_and(|d| d.as_secs() >= 2));
        for bad in ["", "x", "99999999999999999", "-9223372036854775808"] {
            assert_eq!(since(bad), None, "{bad}");
        }
    }
}
