//! Mistakes in configuration files, shown with their line.

use crate::problem::Problem;
use miette::{Diagnostic, GraphicalReportHandler, LabeledSpan, NamedSource, SourceCode};
use std::path::{Path, PathBuf};

/// Every mistake found in one file.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("{} cannot be used", .file.display())]
pub struct ConfigError {
    file: PathBuf,
    /// The mistakes, in order of place.
    #[related]
    pub mistakes: Vec<Mistake>,
}

/// One mistake, with the text it is in.
#[derive(Debug)]
pub struct Mistake {
    source: Option<NamedSource<String>>,
    problem: Problem,
    line: Option<usize>,
}

impl ConfigError {
    pub(super) fn new(file: PathBuf, problems: Vec<Problem>, text: &str) -> Self {
        let name = file.display().to_string();
        let mistakes = problems
            .into_iter()
            .map(|problem| Mistake::new(&name, text, problem))
            .collect();
        Self { file, mistakes }
    }

    pub(super) fn unreadable(path: &Path, error: &std::io::Error) -> Self {
        let problem = Problem {
            message: format!("cannot be read: {error}"),
            help: Some("check the path and its permissions".into()),
            span: None,
        };
        Self::new(path.to_owned(), vec![problem], "")
    }

    pub(super) fn environment(error: &figment::Error) -> Self {
        let problems = error
            .clone()
            .into_iter()
            .map(|e| Problem {
                message: format!("{}: {}", variable(&e.path.join(".")), e.kind),
                help: Some("unset or correct the variable".into()),
                span: None,
            })
            .collect();
        Self::new(PathBuf::from("environment"), problems, "")
    }

    /// As a person reads it, each mistake pointed at.
    pub fn report(&self, handler: &GraphicalReportHandler) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail; a report that could not be made says at least what is wrong.
        match handler.render_report(&mut text, self) {
            Ok(()) => text,
            Err(_) => self.to_string(),
        }
    }

    /// One line: the file, and its first mistake with its line.
    pub fn brief(&self) -> String {
        let first = self.mistakes.first();
        let mistake = first.map_or_else(String::new, |m| match m.line {
            Some(line) => format!(" line {line}: {}", m.problem.message),
            None => format!(" {}", m.problem.message),
        });
        let more = self.mistakes.len().saturating_sub(1);
        let more = if more > 0 {
            format!(" (and {more} more)")
        } else {
            String::new()
        };
        format!("{}:{mistake}{more}", self.file.display())
    }

    /// 1-based lines of the mistakes that have one.
    pub fn lines(&self) -> impl Iterator<Item = usize> + '_ {
        self.mistakes.iter().filter_map(|m| m.line)
    }
}

/// The environment variable that sets a key: `nats.prefix` is `COPYDESK_NATS__PREFIX`.
pub(super) fn variable(key: &str) -> String {
    format!(
        "{}{}",
        super::ENVIRONMENT,
        key.replace('.', "__").to_ascii_uppercase()
    )
}

impl Mistake {
    /// A mistake in `text`, which is known as `name`.
    pub fn new(name: &str, text: &str, problem: Problem) -> Self {
        let line = problem
            .span
            .as_ref()
            .and_then(|s| text.get(..s.start))
            .map(|before| before.matches('\n').count() + 1);
        let source = line
            .is_some()
            .then(|| NamedSource::new(name, text.to_owned()));
        Self {
            source,
            problem,
            line,
        }
    }
}

impl std::fmt::Display for Mistake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            Some(line) => write!(f, "line {line}: {}", self.problem.message),
            None => f.write_str(&self.problem.message),
        }
    }
}

impl std::error::Error for Mistake {}

impl Diagnostic for Mistake {
    fn help<'a>(&'a self) -> Option<Box<dyn std::fmt::Display + 'a>> {
        self.problem
            .help
            .as_ref()
            .map(|help| Box::new(help) as Box<dyn std::fmt::Display>)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let span = self.problem.span.clone()?;
        Some(Box::new(std::iter::once(
            LabeledSpan::new_primary_with_span(None, span),
        )))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.as_ref().map(|s| s as &dyn SourceCode)
    }
}
