//! `topic suggest`: terms the archive offers.

use super::archive::{ArchiveArgs, texts};
use crate::cli::process::{ended, line};
use crate::cli::show::pad;
use crate::cli::{CliError, Format, Global};
use crate::enrich::topics::{self, Example, Model, Suggestion};
use anstyle::{AnsiColor, Style};
use serde::Serialize;
use std::collections::VecDeque;
use std::io::Write;

/// `copydesk topic suggest`
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct SuggestArgs {
    /// Topic of topics.toml; a new one with a few terms will do
    topic: String,
    #[command(flatten)]
    archive: ArchiveArgs,
    /// Most terms offered
    #[arg(long, value_name = "N", default_value_t = 20)]
    most: usize,
    /// Form of the output
    #[arg(long, value_enum, default_value = "pretty")]
    format: Format,
}

/// The newest texts are looked at, so many at most.
const TEXTS: usize = 50_000;

#[derive(Serialize)]
struct Offered<'a> {
    term: &'a str,
    strength: &'a str,
    about: usize,
    elsewhere: usize,
    context: &'a str,
}

pub(super) async fn suggest(global: &Global, args: &SuggestArgs) -> Result<(), CliError> {
    let taxonomy = super::taxonomy(global)?;
    super::known(&taxonomy, &args.topic)?;
    let classifier = global.load()?.models.topics;
    let mut found: VecDeque<Example> = VecDeque::new();
    texts(global, &args.archive, |text| {
        let by_model = || {
            let given = classifier.classify(&text.headline, &text.body);
            given.iter().any(|t| t.id == args.topic)
        };
        let given = text.decided(&args.topic).unwrap_or_else(by_model);
        if found.len() == TEXTS {
            found.pop_front();
        }
        found.push_back(Example {
            headline: text.headline,
            body: text.body,
            given,
        });
        Ok(())
    })
    .await?;
    let found = Vec::from(found);
    let about = found.iter().filter(|t| t.given).count();
    let model = Model::embedded().map_err(CliError::failed)?;
    let offered = topics::suggest(&taxonomy, &model, &args.topic, &found, args.most);
    let mut out = anstream::stdout().lock();
    let written = match args.format {
        Format::Pretty => print(&mut out, &args.topic, &offered, (about, found.len())),
        Format::Ndjson => offered.iter().try_for_each(|s| {
            let offered = Offered {
                term: &s.term,
                strength: s.strength,
                about: s.about,
                elsewhere: s.elsewhere,
                context: &s.context,
            };
            line(&mut out, &offered)
        }),
    };
    ended(written).map(|_| ())
}

fn print(
    out: &mut impl Write,
    topic: &str,
    offered: &[Suggestion],
    (about, all): (usize, usize),
) -> std::io::Result<()> {
    const LABEL: Style = AnsiColor::BrightBlack.on_default();
    const TERM: Style = Style::new().bold();
    writeln!(out, "{about} of {all} texts are about {topic}")?;
    if offered.is_empty() {
        return writeln!(
            out,
            "no terms to offer: a term must stand in three texts about the topic, and mostly there"
        );
    }
    writeln!(
        out,
        "\n{LABEL}{}{}{:>6}{:>11}  in a text{LABEL:#}",
        pad("term", 16),
        pad("list", 10),
        "about",
        "elsewhere"
    )?;
    for s in offered {
        writeln!(
            out,
            "{TERM}{}{TERM:#}{}{:>6}{:>11}  {LABEL}{}{LABEL:#}",
            pad(&s.term, 16),
            pad(s.strength, 10),
            s.about,
            s.elsewhere,
            s.context
        )?;
    }
    for list in ["decisive", "strong", "hints"] {
        let terms: Vec<String> = offered
            .iter()
            .filter(|s| s.strength == list)
            .map(|s| format!("\"{}\"", s.term))
            .collect();
        if !terms.is_empty() {
            writeln!(out, "\n{LABEL}{list} +={LABEL:#} {}", terms.join(", "))?;
        }
    }
    writeln!(
        out,
        "\nnothing is changed: copy what fits into topics.toml, then see `copydesk topic test {topic}`"
    )
}
