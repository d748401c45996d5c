//! The way end to end, from files in an inbox to a channel, beside the bare chain of three JetStream hops on the same
//! server in the same run: the same streams, batches and confirmed acks with no work done between them.
//!
//! `cargo bench --bench pipeline [-- FILES]`; needs a nats-server on PATH (`make bench` sees to it).

#![allow(clippy::print_stdout, reason = "a bench reports on stdout")]

use bytes::Bytes;
use copydesk::broker::{Broker, DataFolder};
use copydesk::bus::Bus;
use copydesk::bus::archive::Since;
use copydesk::bus::connect::NatsOptions;
use copydesk::bus::layout::StreamName;
use copydesk::bus::publish::Outgoing;
use copydesk::bus::work::Verdict;
use copydesk::config::{Config, SourceSettings};
use copydesk::service::{self, Live, Role};
use futures_util::StreamExt;
use futures_util::future::join_all;
use std::path::Path;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

type Error = Box<dyn std::error::Error>;

/// Files of the drained backlog.
const FILES: usize = 2000;
/// Pace and length of the latency run.
const PER_SECOND: u64 = 10;
const SECONDS: u64 = 20;

fn main() -> Result<(), Error> {
    let files = std::env::args()
        .filter_map(|a| a.parse().ok())
        .next()
        .unwrap_or(FILES);
    let folder = std::env::temp_dir().join(format!("copydesk-bench-{}", std::process::id()));
    let broker = Broker::start(
        DataFolder::open(&folder.join("data"))?,
        &Config::load(None)?.settings.broker,
    )?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let result = runtime.block_on(measure(&broker.url, &folder, files));
    broker.stop();
    std::fs::remove_dir_all(&folder)?;
    result
}

async fn measure(url: &str, folder: &Path, files: usize) -> Result<(), Error> {
    let options = |prefix: &str| {
        (
            NatsOptions {
                server: Some(url.to_owned()),
                timeout: 10,
                ..NatsOptions::default()
            },
            prefix.to_owned(),
        )
    };
    let connect = async |prefix: &str| {
        let (options, prefix) = options(prefix);
        Bus::connect(&options, &prefix, "copydesk bench").await
    };

    let chain = bare_chain(&connect("chain").await?, files).await?;
    println!("bare chain of three hops   {chain:>8.0} messages/s");

    let inbox = folder.join("inbox");
    std::fs::create_dir_all(&inbox)?;
    for i in 0..files {
        std::fs::write(inbox.join(format!("{i:06}.md")), article(i))?;
    }
    let mut config = Config::load(None)?;
    config
        .settings
        .sources
        .push(SourceSettings::new("bench", &inbox));
    let config = Live::from(config);

    // What the work alone would allow, on both cores.
    let enrich = enrich_alone(&config.now(), files);
    println!("reading and enriching      {enrich:>8.0} articles/s");
    let allowed = 1.0 / (1.0 / enrich + 1.0 / chain);

    let bus = connect("desk").await?;
    let shutdown = CancellationToken::new();
    let started = Instant::now();
    let (roles, stop, daemon) = (Role::ALL, shutdown.clone(), bus.clone());
    let running =
        tokio::spawn(async move { service::run(daemon, config, &roles, stop, || ()).await });
    let reader = loop {
        match bus
            .read_from(
                StreamName::Channels,
                Some(bus.names().channel("all", "*")),
                Since::Start,
                true,
            )
            .await
        {
            Ok(reader) => break reader,
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    };
    let mut reader = Box::pin(reader);
    for _ in 0..files {
        reader.next().await.ok_or("the channel ended")??;
    }
    let desk = files as f64 / started.elapsed().as_secs_f64();
    println!("inbox to channel           {desk:>8.0} articles/s");
    println!("ratio to the bare chain    {:>8.2}", desk / chain);
    println!(
        "ratio to what work and chain allow together {:.2}",
        desk / allowed
    );

    let mut waits = Vec::new();
    for i in 0..PER_SECOND * SECONDS {
        let tick = Instant::now();
        let path = inbox.join(format!("late-{i:06}.md"));
        std::fs::write(&path, article(files + usize::try_from(i)?))?;
        let closed = Instant::now();
        reader.next().await.ok_or("the channel ended")??;
        waits.push(closed.elapsed());
        tokio::time::sleep(Duration::from_millis(1000 / PER_SECOND).saturating_sub(tick.elapsed()))
            .await;
    }
    waits.sort_unstable();
    let at = |share: usize| {
        waits
            .get(waits.len() * share / 100)
            .copied()
            .unwrap_or_default()
    };
    println!(
        "close to receipt at {PER_SECOND}/s   p50 {:.1?}  p99 {:.1?}",
        at(50),
        at(99)
    );

    shutdown.cancel();
    running.await??;
    Ok(())
}

/// Messages a second through the three streams of the design with nothing done on the way.
async fn bare_chain(bus: &Bus, messages: usize) -> Result<f64, Error> {
    bus.ensure_layout(&Config::load(None)?.settings.streams.limits())
        .await?;
    let names = bus.names().clone();
    let payload = Bytes::from(vec![b'x'; 4096]);
    let hop = async |from: StreamName, to: fn(&copydesk::bus::layout::Names, &str) -> String| {
        let bus = bus.clone();
        let mut deliveries = bus.deliveries(from, "hop").await?;
        Ok::<_, Error>(tokio::spawn(async move {
            loop {
                let group = deliveries.next_group(128).await;
                let out = group.iter().map(|d| {
                    outgoing(
                        &to(bus.names(), d.subject.rsplit('.').next().unwrap_or("")),
                        &d.payload,
                    )
                });
                bus.publish_all(out.collect()).await;
                join_all(group.iter().map(|d| deliveries.settle(d, Verdict::Ack))).await;
            }
        }))
    };
    let reader = bus
        .read_from(StreamName::Channels, None, Since::Start, true)
        .await?;
    let mut reader = Box::pin(reader);
    let first = hop(StreamName::Articles, |n, id| n.item("bench", id)).await?;
    let second = hop(StreamName::Items, |n, id| n.channel("all", id)).await?;
    let started = Instant::now();
    let ids: Vec<String> = (0..messages).map(|i| format!("m{i}")).collect();
    for chunk in ids.chunks(128) {
        let out = chunk
            .iter()
            .map(|id| outgoing(&names.article("bench", id), &payload))
            .collect();
        for stored in bus.publish_all(out).await {
            stored?;
        }
    }
    for _ in 0..messages {
        reader.next().await.ok_or("the chain ended")??;
    }
    first.abort();
    second.abort();
    Ok(messages as f64 / started.elapsed().as_secs_f64())
}

fn outgoing(subject: &str, payload: &Bytes) -> Outgoing {
    Outgoing {
        subject: subject.to_owned(),
        id: subject.to_owned(),
        headers: Vec::new(),
        payload: payload.clone(),
        expect: Some(0),
    }
}

/// Reading and enriching the same files on all cores, without NATS or disk.
fn enrich_alone(config: &Config, files: usize) -> f64 {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let started = Instant::now();
    std::thread::scope(|scope| {
        for core in 0..cores {
            scope.spawn(move || {
                for i in (core..files).step_by(cores) {
                    let origin = copydesk::article::Origin {
                        file: format!("{i:06}.md"),
                        sha256: String::new(),
                    };
                    let source = copydesk::article::Source::named("bench");
                    let page = copydesk::page::read(article(i).as_bytes(), &source, &origin)
                        .unwrap_or_default();
                    for article in &page.articles {
                        std::hint::black_box(copydesk::enrich::enrich(article, &config.models));
                    }
                }
            });
        }
    });
    files as f64 / started.elapsed().as_secs_f64()
}

/// A page with one article, no two alike.
fn article(i: usize) -> String {
    let (villages, acres) = (i % 89 + 3, i % 977 + 40);
    format!(
        "## 第{i}号田块:合作社为{villages}个村统一育秧\n\n**清河日报讯(记者/车前子 通讯员/万年青)** 3月{}日,临川区第{i}合作社的育秧大棚里,\
         工人们正把秧盘送上流水线。今年合作社为{villages}个村的{acres}亩早稻统一育秧,每亩可节约成本约{}元。\n\n\
         理事长介绍,合作社去年投入{}万元建成两座智能大棚,育秧期比往年提前一周。区农业农村局派出技术员驻点指导,志愿者帮助独居老人移栽。\n\n\
         “秧好一半谷。”种粮大户说,有了工厂化育秧,心里踏实多了。\n",
        i % 28 + 1,
        i % 60 + 20,
        i % 500 + 100,
    )
}
