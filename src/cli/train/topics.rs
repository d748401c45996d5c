//! `train topics`: the topic model from the shared archive, the labels set by hand and the articles of our own.

use super::{Stages, lines, text};
use crate::cli::CliError;
use crate::enrich::topics::train::{Document, Labels, STAGES, dictionary, pieces, train as fit};
use crate::enrich::topics::{Model, TopicsConfig};
use serde::Deserialize;
use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};

/// `copydesk train topics`
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Run it in a checkout of copydesk. The same input gives the same bytes. models/topics.md says what the model is.\n\nExamples:\n  copydesk train topics                                      from ../shared, into models/topics.bin\n  copydesk train topics --shared /srv/shared --output /tmp/topics.bin\n  copydesk train topics --dictionary jieba/dict.txt          choose the words anew as well"
)]
pub(in crate::cli) struct TopicsArgs {
    /// Folder of the texts to learn from: text/xwlb.jsonl.xz and text/official/*.jsonl.xz below it
    #[arg(
        long,
        value_name = "DIR",
        env = "COPYDESK_SHARED",
        default_value = "../shared"
    )]
    shared: PathBuf,
    /// Taxonomy with its terms
    #[arg(long, value_name = "FILE", default_value = "config/topics.toml")]
    taxonomy: PathBuf,
    /// Labels set by hand for items of xwlb: id, topics, topics that may be said as well; a tab between, commas within
    #[arg(long, value_name = "FILE", default_value = "models/topics-labels.tsv")]
    labels: PathBuf,
    /// Articles of our own with their topics; those of split `train` are learned from
    #[arg(long, value_name = "FILE", default_values = ["tests/gold/topics.jsonl", "tests/gold/regional.jsonl"])]
    gold: Vec<PathBuf>,
    /// Dictionary in jieba's form to choose words from [default: the words of the model there is]
    #[arg(long, value_name = "FILE")]
    dictionary: Option<PathBuf>,
    /// Most words the model knows
    #[arg(long, value_name = "N", default_value_t = 8_000)]
    words: usize,
    /// Where the model goes
    #[arg(long, value_name = "FILE", default_value = "models/topics.bin")]
    output: PathBuf,
}

/// An item of the archive of national television news.
#[derive(Deserialize)]
struct Broadcast {
    id: String,
    title: String,
    paras: Vec<String>,
}

/// An official document.
#[derive(Deserialize)]
struct Official {
    text: String,
}

/// An article of our own.
#[derive(Deserialize)]
struct Own {
    split: String,
    headline: String,
    body: String,
    topics: Vec<String>,
    optional: Vec<String>,
}

/// An article of our own counts as much as so many items of the archive labelled by hand: it is of the kind that matters.
const OWN: f32 = 12.0;
/// Characters of a piece of an official document, the length of a short article.
const PIECE: usize = 450;
/// Every third piece is learned from: more of them taught nothing more.
const EVERY: usize = 3;

pub(super) fn train(args: &TopicsArgs) -> Result<(), CliError> {
    let stages = Stages::new(STAGES as u64 + 1);
    stages.begin(format!("reading {}", args.shared.display()));
    let taxonomy = crate::config::topics(&args.taxonomy)?;
    let mut documents = broadcasts(args)?;
    documents.extend(official(&args.shared.join("text/official"))?);
    for file in &args.gold {
        documents.extend(own(file)?);
    }
    check_labels(&taxonomy, &documents)?;
    let words = match &args.dictionary {
        Some(file) => dictionary(&text(file)?),
        None => Model::embedded()
            .map_err(CliError::failed)?
            .words()
            .map(str::to_owned)
            .collect(),
    };
    let model = fit(&taxonomy, &documents, &words, args.words, &|stage| {
        stages.begin(stage)
    })
    .map_err(CliError::failed)?;
    stages.end();
    let bytes = model.to_bytes().map_err(CliError::failed)?;
    crate::cli::replace(&args.output, &bytes)?;
    let _ = writeln!(
        anstream::stdout(),
        "{}: {} from {} documents, {} words, {} bytes",
        args.output.display(),
        model.name(),
        documents.len(),
        model.words().count(),
        bytes.len()
    );
    Ok(())
}

/// A label that names no topic would teach that there is none.
fn check_labels(taxonomy: &TopicsConfig, documents: &[Document]) -> Result<(), CliError> {
    for document in documents {
        for topic in document
            .labels
            .iter()
            .flat_map(|l| l.topics.iter().chain(&l.optional))
        {
            if taxonomy.topic.iter().all(|t| t.id.get_ref() != topic) {
                return Err(CliError::Failed(format!(
                    "{:?} is labelled {topic:?}, which is no topic of the taxonomy",
                    document.headline
                )));
            }
        }
    }
    Ok(())
}

fn broadcasts(args: &TopicsArgs) -> Result<Vec<Document>, CliError> {
    let words = |field: Option<&str>| -> Vec<String> {
        let words = field.unwrap_or("").split(',').map(str::trim);
        words.filter(|w| !w.is_empty()).map(str::to_owned).collect()
    };
    let mut labels: HashMap<String, Labels> = text(&args.labels)?
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let mut fields = line.split('\t');
            let id = fields.next().unwrap_or("").to_owned();
            let labels = Labels {
                topics: words(fields.next()),
                optional: words(fields.next()),
                weight: 1.0,
            };
            (id, labels)
        })
        .collect();
    let broadcasts: Vec<Broadcast> = lines(&args.shared.join("text/xwlb.jsonl.xz"))?;
    let documents = broadcasts.into_iter().map(|b| Document {
        labels: labels.remove(&b.id),
        headline: b.title,
        body: b.paras.join("\n"),
    });
    let documents = documents.collect();
    match labels.into_keys().min() {
        None => Ok(documents),
        Some(id) => Err(CliError::Failed(format!(
            "{}: {id} is no item of {}",
            args.labels.display(),
            args.shared.join("text/xwlb.jsonl.xz").display()
        ))),
    }
}

fn official(folder: &Path) -> Result<Vec<Document>, CliError> {
    let entries = std::fs::read_dir(folder).map_err(|e| {
        CliError::Failed(format!(
            "{}: {e}; --shared names the folder that has text/official",
            folder.display()
        ))
    })?;
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.to_string_lossy().ends_with(".jsonl.xz"))
        .collect();
    files.sort();
    let mut documents = Vec::new();
    for file in files {
        for document in lines::<Official>(&file)? {
            documents.extend(pieces(&document.text, PIECE));
        }
    }
    Ok(documents.into_iter().step_by(EVERY).collect())
}

fn own(file: &Path) -> Result<Vec<Document>, CliError> {
    let own: Vec<Own> = lines(file)?;
    Ok(own
        .into_iter()
        .filter(|article| article.split == "train")
        .map(|article| Document {
            headline: article.headline,
            body: article.body,
            labels: Some(Labels {
                topics: article.topics,
                optional: article.optional,
                weight: OWN,
            }),
        })
        .collect())
}
