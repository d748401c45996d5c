//! `topic learn`: one head from examples, decisions and the archive.

use super::archive::{ArchiveArgs, lines, texts};
use crate::cli::{CliError, Global};
use crate::enrich::topics::train::Document;
use crate::enrich::topics::{self, Example, Model};
use serde::Deserialize;
use std::io::Write;
use std::path::{Path, PathBuf};

/// `copydesk topic learn`
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct LearnArgs {
    /// Topic of topics.toml
    topic: String,
    /// Examples, one JSON a line
    #[arg(long, value_name = "FILE", required_if_eq("alone", "true"))]
    examples: Option<PathBuf>,
    /// Learn from the examples alone, without an archive
    #[arg(long, conflicts_with_all = ["from", "since"])]
    alone: bool,
    #[command(flatten)]
    archive: ArchiveArgs,
    /// Where the head goes [default: the file the topic names, else heads/NAME.json beside topics.toml]
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// A line of the examples.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    #[serde(default)]
    headline: String,
    #[serde(default)]
    body: String,
    about: bool,
}

/// As many texts of the archive as teach something: more of them only take time.
const TEXTS: usize = 20_000;

pub(super) async fn learn(global: &Global, args: &LearnArgs) -> Result<(), CliError> {
    let taxonomy = super::taxonomy(global)?;
    super::known(&taxonomy, &args.topic)?;
    let file = super::file(global);
    let named = taxonomy
        .topic
        .iter()
        .find(|t| *t.id.get_ref() == args.topic)
        .and_then(|t| t.head.as_ref())
        .map(|head| head.get_ref().clone());
    let default = format!("heads/{}.json", args.topic);
    let output = match (&args.output, &file) {
        (Some(output), _) => output.clone(),
        (None, Some(file)) => {
            let folder = file.parent().unwrap_or(Path::new(""));
            folder.join(named.as_deref().unwrap_or(&default))
        }
        (None, None) => {
            return Err(CliError::Usage(
                "a head belongs to a topics.toml of yours: name the copydesk.toml beside it with --config, or give --output".into(),
            ));
        }
    };
    let mut examples = Vec::new();
    if let Some(file) = &args.examples {
        lines(file, |line: Line| {
            examples.push(Example {
                headline: line.headline,
                body: line.body,
                given: line.about,
            });
            Ok(())
        })?;
    }
    let (mut archive, mut decided) = (Vec::new(), 0);
    if !args.alone {
        texts(global, &args.archive, |text| {
            match text.decided(&args.topic) {
                Some(given) => {
                    decided += 1;
                    examples.push(Example {
                        headline: text.headline,
                        body: text.body,
                        given,
                    });
                }
                None => archive.push(Document {
                    headline: text.headline,
                    body: text.body,
                    labels: None,
                }),
            }
            Ok(())
        })
        .await?;
    }
    let archive = archive
        .get(archive.len().saturating_sub(TEXTS)..)
        .unwrap_or_default();
    let model = Model::embedded().map_err(CliError::failed)?;
    let head = topics::learn(&taxonomy, &model, &args.topic, archive, &examples)
        .map_err(CliError::failed)?;
    if let Some(folder) = output.parent() {
        std::fs::create_dir_all(folder)
            .map_err(|e| CliError::Failed(format!("{}: {e}", folder.display())))?;
    }
    let json = serde_json::to_vec_pretty(&head).map_err(CliError::failed)?;
    crate::cli::replace(&output, &json)?;

    let about = examples.iter().filter(|e| e.given).count();
    let mut words: Vec<(&String, &f32)> = head.weights.iter().collect();
    words.sort_by(|a, b| b.1.total_cmp(a.1));
    let words: Vec<&str> = words.iter().take(12).map(|(w, _)| w.as_str()).collect();
    let mut out = anstream::stdout().lock();
    let _ = writeln!(
        out,
        "{}: learned from {about} texts about {}, {} that are not ({decided} of them decided on items), and {} of the archive",
        output.display(),
        args.topic,
        examples.len() - about,
        archive.len()
    );
    let _ = writeln!(out, "heaviest words: {}", words.join(" "));
    if named.is_none() && args.output.is_none() {
        let _ = writeln!(
            out,
            "to use it, add to the topic in topics.toml:  head = \"{default}\""
        );
    }
    Ok(())
}
