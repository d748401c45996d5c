//! `process`, `tag`, `classify`: the pure core without NATS.

use super::show::{self, Extent};
use super::{CliError, Format};
use crate::article::{Article, Origin, Source};
use crate::config::Config;
use crate::enrich::enrich;
use crate::enrich::entities::Tagger;
use crate::event::{Event, sha256_hex};
use crate::item::{Action, EntityKind, Topic};
use crate::page;
use serde::{Deserialize, Serialize};
use std::io::{self, BufRead, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

/// `copydesk process`
#[derive(Debug, clap::Args)]
pub(super) struct ProcessArgs {
    /// Page and article files, or folders of them
    #[arg(required = true, value_name = "FILE|DIR")]
    paths: Vec<PathBuf>,
    /// Form of the output
    #[arg(long, value_enum, default_value = "pretty")]
    format: Format,
    /// Source the files belong to; one of the configuration, or any name
    #[arg(long, default_value = "desk", value_name = "NAME")]
    source: String,
    /// Title of the paper, where the configuration does not know it
    #[arg(long, value_name = "TITLE")]
    title: Option<String>,
    /// Division code of the paper's home, where the configuration does not know it
    #[arg(long, value_name = "CODE")]
    home: Option<String>,
}

pub(super) fn process(config: &Config, args: &ProcessArgs) -> Result<(), CliError> {
    if !crate::config::is_token(&args.source) {
        return Err(CliError::Usage(format!(
            "--source {}: use lower-case ASCII letters, digits, `_` and `-`",
            args.source
        )));
    }
    let mut source = config
        .settings
        .source(&args.source)
        .unwrap_or_else(|| Source::named(&args.source));
    if let Some(title) = &args.title {
        source.title.clone_from(title);
    }
    if let Some(home) = &args.home {
        if crate::gazetteer::by_code(home).is_none() {
            return Err(CliError::Usage(format!(
                "--home {home}: no such division; give six digits of GB/T 2260, e.g. 430200"
            )));
        }
        source.home = Some(home.clone());
    }
    let limit = config.settings.limits.max_file_mb * 1_000_000;
    let (files, mut faults) = collect(&args.paths);
    let progress = progress(files.len());
    let mut articles = Vec::new();
    for file in &files {
        match read(file, &source, limit) {
            Ok(found) => articles.extend(found),
            Err(reason) => faults.push(format!("{}: {reason}", file.display())),
        }
        progress.inc(1);
    }
    progress.finish_and_clear();
    let articles = page::halves::join_all(&articles);

    let mut out = BufWriter::new(anstream::stdout().lock());
    for article in &articles {
        let item = enrich(article, &config.models);
        let now = format!("{:.3}", jiff::Timestamp::now());
        let event = Event::new(item, 1, Action::Publish, &now, &now, None);
        let written = match args.format {
            Format::Pretty => show::item(&mut out, &event.data, None, Extent::Lead),
            Format::Ndjson => line(&mut out, &event),
        };
        if ended(written)? {
            return Ok(());
        }
    }
    ended(out.flush())?;
    drop(out);
    for fault in &faults {
        let _ = writeln!(anstream::stderr(), "copydesk: {fault}");
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(CliError::Silent)
    }
}

/// Every file named or found in a folder, in order of name; hidden ones only where named.
fn collect(paths: &[PathBuf]) -> (Vec<PathBuf>, Vec<String>) {
    let (mut files, mut faults) = (Vec::new(), Vec::new());
    for path in paths {
        let hidden = |entry: &walkdir::DirEntry| {
            entry.depth() > 0 && entry.file_name().to_string_lossy().starts_with('.')
        };
        for entry in walkdir::WalkDir::new(path)
            .sort_by_file_name()
            .into_iter()
            .filter_entry(|e| !hidden(e))
        {
            match entry {
                Ok(entry) if entry.file_type().is_dir() => {}
                Ok(entry) => files.push(entry.into_path()),
                Err(error) => faults.push(error.to_string()),
            }
        }
    }
    (files, faults)
}

pub(super) fn read(file: &Path, source: &Source, limit: u64) -> Result<Vec<Article>, String> {
    let size = std::fs::metadata(file).map_err(|e| e.to_string())?.len();
    if size > limit {
        return Err(format!(
            "it has {size} bytes, more than the limit of {limit}; raise limits.max_file_mb or split it"
        ));
    }
    let bytes = std::fs::read(file).map_err(|e| e.to_string())?;
    let origin = Origin {
        file: file.to_string_lossy().into_owned(),
        sha256: sha256_hex(&bytes),
    };
    let page = page::read(&bytes, source, &origin).map_err(|e| e.to_string())?;
    if page.articles.is_empty() {
        return Err("no article was found in it; is it a page of a newspaper?".into());
    }
    Ok(page.articles)
}

fn progress(files: usize) -> indicatif::ProgressBar {
    if files < 20 || !io::stderr().is_terminal() {
        return indicatif::ProgressBar::hidden();
    }
    indicatif::ProgressBar::new(files as u64)
}

/// A line of `copydesk tag`: every mention by itself.
#[derive(Serialize)]
struct Tagged {
    entities: Vec<TaggedMention>,
}

#[derive(Serialize)]
struct TaggedMention {
    start: usize,
    end: usize,
    kind: EntityKind,
    score: f64,
}

pub(super) fn tag(tagger: &Tagger) -> Result<(), CliError> {
    each_line(|text| {
        let mentions = tagger.tag(text);
        let mention = |m: crate::enrich::entities::Mention| TaggedMention {
            start: m.span.start,
            end: m.span.end,
            kind: m.kind,
            score: m.score,
        };
        Ok(Tagged {
            entities: mentions.into_iter().map(mention).collect(),
        })
    })
}

/// A line of input to `copydesk classify`.
#[derive(Deserialize)]
struct Document {
    #[serde(default)]
    headline: String,
    #[serde(default)]
    body: String,
}

#[derive(Serialize)]
struct Classified {
    topics: Vec<Topic>,
}

pub(super) fn classify(config: &Config) -> Result<(), CliError> {
    each_line(|text| {
        let document: Document = serde_json::from_str(text)
            .map_err(|e| format!("{e}; give {{\"headline\":…,\"body\":…}}"))?;
        Ok(Classified {
            topics: config
                .models
                .topics
                .classify(&document.headline, &document.body),
        })
    })
}

/// One line in, one line out, as they come.
fn each_line<T: Serialize>(work: impl Fn(&str) -> Result<T, String>) -> Result<(), CliError> {
    let (input, mut out) = (io::stdin().lock(), BufWriter::new(io::stdout().lock()));
    let interactive = io::stdin().is_terminal();
    for (n, text) in input.lines().enumerate() {
        let text = text.map_err(|e| CliError::Failed(format!("line {}: {e}", n + 1)))?;
        let answer = work(&text).map_err(|e| CliError::Failed(format!("line {}: {e}", n + 1)))?;
        let written =
            line(&mut out, &answer).and_then(|()| if interactive { out.flush() } else { Ok(()) });
        if ended(written)? {
            return Ok(());
        }
    }
    ended(out.flush()).map(|_| ())
}

/// Writes a JSON line.
pub(super) fn line(out: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    writeln!(out)
}

/// Whether the reader of our output went away (`| head`), which is no fault.
pub(super) fn ended(written: io::Result<()>) -> Result<bool, CliError> {
    match written {
        Ok(()) => Ok(false),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(true),
        Err(error) => Err(CliError::failed(error)),
    }
}
