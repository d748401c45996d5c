//! Configuration: defaults, under a file, under the environment. A mistake is refused at its line.
//!
//! `copydesk.toml` is one file; `topics.toml`, `channels.toml` and `entities.toml` beside it replace the embedded
//! defaults where they exist. `copydesk check` runs this very path.

mod error;
mod heads;
mod settings;

pub use error::{ConfigError, Mistake};
pub use settings::{
    BrokerSettings, Daemon, Limits, NatsSettings, Quiet, Settings, SourceSettings, Stories,
    Streams, TelemetrySettings, WebSettings, is_token, overlapping,
};

use crate::article::Source;
use crate::channels::definition::Terms;
use crate::channels::{self, ChannelsConfig, Query, TopicName, Vocabulary};
use crate::enrich::Models;
use crate::enrich::entities::{EntitiesConfig, Tagger};
use crate::enrich::topics::{Classifier, TopicsConfig};
use crate::problem::Problem;
use figment::Figment;
use figment::providers::{Env, Serialized};
use serde::de::DeserializeOwned;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// Everything configured, checked and compiled.
#[derive(Debug)]
pub struct Config {
    /// Daemon, sources, limits.
    pub settings: Settings,
    /// Topics and entities.
    pub models: Models,
    /// Channels.
    pub channels: Channels,
}

/// The channels of the file.
#[derive(Debug, Clone)]
pub struct Channels {
    /// As configured, or the default ones.
    pub list: Vec<channels::Channel>,
    /// Terms of delivery, in the same order.
    pub terms: Vec<Terms>,
}

/// A configuration file as it was read.
struct File {
    path: PathBuf,
    text: String,
}

impl Config {
    /// Loads `file` (none: defaults alone), its neighbours and the environment (`COPYDESK_NATS__PREFIX=desk`).
    ///
    /// # Errors
    /// Every mistake found, each with its line and remedy.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        Self::build(file, None).map(|(config, _)| config)
    }

    /// Loads again, while other channels are `in_force`. A mistaken channel is refused alone: where one of its name is in
    /// force, that one stays. The mistakes of such channels are given along.
    ///
    /// # Errors
    /// Every other mistake found, each with its line and remedy; nothing of the files can be taken up then.
    pub fn reload(
        file: Option<&Path>,
        in_force: &Channels,
    ) -> Result<(Self, Option<ConfigError>), ConfigError> {
        Self::build(file, Some(in_force))
    }

    fn build(
        file: Option<&Path>,
        in_force: Option<&Channels>,
    ) -> Result<(Self, Option<ConfigError>), ConfigError> {
        let settings = Settings::load(file)?;
        let folder = file.and_then(Path::parent);
        let neighbour = |name: &str| folder.map(|f| f.join(name)).filter(|p| p.exists());

        let classifier = match neighbour("topics.toml") {
            Some(path) => {
                compile::<TopicsConfig, _>(&path, |config| heads::classifier(config, &path))?
            }
            None => Classifier::embedded()
                .map_err(|p| ConfigError::new("topics.toml (embedded)".into(), p, ""))?,
        };
        let tagger = tagger(file)?;
        let vocabulary = vocabulary(&classifier, &settings);
        let (channels, refused) = match neighbour("channels.toml") {
            Some(path) => Channels::load(&path, &vocabulary, in_force)?,
            None => {
                let list = channels::default_channels(&vocabulary);
                let terms = vec![Terms::default(); list.len()];
                (Channels { list, terms }, None)
            }
        };
        let models = Models {
            topics: classifier,
            entities: tagger,
        };
        let config = Self {
            settings,
            models,
            channels,
        };
        Ok((config, refused))
    }

    /// The entity tagger alone, ready at once: neither topics nor channels are compiled. Settings are checked all the same.
    ///
    /// # Errors
    /// Every mistake found, each with its line and remedy.
    pub fn tagger(file: Option<&Path>) -> Result<Tagger, ConfigError> {
        Settings::load(file)?;
        tagger(file)
    }

    /// The files that [`Config::load`] looks at, whether they are there or not, and the folder of learned heads.
    pub fn files(file: Option<&Path>) -> Vec<PathBuf> {
        let neighbours = ["topics.toml", "heads", "entities.toml", "channels.toml"];
        let folder = file.and_then(Path::parent);
        let neighbours = folder
            .into_iter()
            .flat_map(|f| neighbours.map(|n| f.join(n)));
        file.map(Path::to_owned)
            .into_iter()
            .chain(neighbours)
            .collect()
    }

    /// What queries may name.
    pub fn vocabulary(&self) -> Vocabulary {
        vocabulary(&self.models.topics, &self.settings)
    }
}

impl Channels {
    /// Those of a file. With others `in_force`, a mistaken one is left out, or is the one of its name there.
    fn load(
        path: &Path,
        vocabulary: &Vocabulary,
        in_force: Option<&Self>,
    ) -> Result<(Self, Option<ConfigError>), ConfigError> {
        let file = read(path)?;
        let mut config: ChannelsConfig = parse(&file)?;
        let mistakes = config.mistakes(&file.text, vocabulary);
        if mistakes.is_empty() {
            return Ok((Self::of(&config, vocabulary), None));
        }
        let (places, problems): (Vec<_>, Vec<_>) = mistakes.into_iter().unzip();
        let refused = ConfigError::new(file.path, problems, &file.text);
        let Some(in_force) = in_force else {
            return Err(refused);
        };
        let mistaken: HashSet<_> = config.take(&places).into_iter().collect();
        let mut channels = Self::of(&config, vocabulary);
        let sound: HashSet<_> = channels.list.iter().map(|c| c.name.clone()).collect();
        for (channel, terms) in in_force.list.iter().zip(&in_force.terms) {
            if !mistaken.contains(&channel.name) || sound.contains(&channel.name) {
                continue;
            }
            // What it was before may name a topic or a source that is no more.
            if Query::parse(&channel.query, vocabulary).is_err() {
                return Err(refused);
            }
            channels.list.push(channel.clone());
            channels.terms.push(*terms);
        }
        Ok((channels, Some(refused)))
    }

    fn of(config: &ChannelsConfig, vocabulary: &Vocabulary) -> Self {
        Self {
            list: config.channels(vocabulary),
            terms: config.terms(vocabulary),
        }
    }
}

fn tagger(file: Option<&Path>) -> Result<Tagger, ConfigError> {
    let path = file
        .and_then(Path::parent)
        .map(|f| f.join("entities.toml"))
        .filter(|p| p.exists());
    match path {
        Some(path) => compile::<EntitiesConfig, _>(&path, Tagger::new),
        None => Ok(Tagger::default()),
    }
}

/// Reads and checks a taxonomy.
///
/// # Errors
/// Every mistake found, each with its line and remedy.
pub fn topics(path: &Path) -> Result<TopicsConfig, ConfigError> {
    let file = read(path)?;
    let config: TopicsConfig = parse(&file)?;
    let problems = config.check();
    match problems.is_empty() {
        true => Ok(config),
        false => Err(ConfigError::new(file.path, problems, &file.text)),
    }
}

fn vocabulary(classifier: &Classifier, settings: &Settings) -> Vocabulary {
    let topic = |t: crate::enrich::topics::TopicRef<'_>| TopicName {
        id: t.id.to_owned(),
        name: t.name.to_owned(),
        parents: t.parent.map(str::to_owned).into_iter().collect(),
    };
    Vocabulary {
        topics: classifier.topics().map(topic).collect(),
        sources: settings.sources.iter().map(|s| s.name.clone()).collect(),
    }
}

impl Settings {
    /// Loads and checks `copydesk.toml` and the environment.
    ///
    /// # Errors
    /// Every mistake found, each with its line and remedy.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let file = file.map(read).transpose()?;
        let mut settings: Self = file.as_ref().map_or_else(|| Ok(Self::default()), parse)?;
        let of_file = settings.problems();
        // Paths in a file are meant from where the file is.
        if let Some(file) = &file {
            settings.anchor(file.path.parent().unwrap_or(Path::new("")));
        }
        let mut problems = of_file.clone();
        if std::env::vars_os().any(|(name, _)| name.to_string_lossy().starts_with(ENVIRONMENT)) {
            let environment = Env::prefixed(ENVIRONMENT).ignore(NOT_SETTINGS).split("__");
            settings = Figment::from(Serialized::defaults(&settings))
                .merge(environment)
                .extract()
                .map_err(|e| ConfigError::environment(&e))?;
            problems = settings.problems();
        }
        // What a variable sets right is no mistake; what it sets wrong is none of the file.
        let (of_file, of_environment): (Vec<_>, Vec<_>) =
            problems.into_iter().partition(|p| of_file.contains(p));
        if let (Some(file), false) = (file, of_file.is_empty()) {
            let located = of_file
                .into_iter()
                .map(|(key, problem)| locate(&file.text, &key, problem));
            return Err(ConfigError::new(file.path, located.collect(), &file.text));
        }
        if !of_environment.is_empty() {
            let named = of_environment.into_iter().map(|(key, problem)| Problem {
                message: format!("{}: {}", error::variable(&key), problem.message),
                ..problem
            });
            return Err(ConfigError::new("environment".into(), named.collect(), ""));
        }
        Ok(settings)
    }

    /// The sources as the page reader knows them.
    pub fn source(&self, name: &str) -> Option<Source> {
        self.sources
            .iter()
            .find(|s| s.name == name)
            .map(SourceSettings::source)
    }
}

/// Environment variables that set a key: `COPYDESK_NATS__PREFIX` is `nats.prefix`.
const ENVIRONMENT: &str = "COPYDESK_";
/// Those of this prefix that are command-line flags or for tests.
const NOT_SETTINGS: &[&str] = &["config", "data", "shared", "log"];

fn read(path: &Path) -> Result<File, ConfigError> {
    let text = std::fs::read_to_string(path).map_err(|e| ConfigError::unreadable(path, &e))?;
    Ok(File {
        path: path.to_owned(),
        text,
    })
}

fn parse<T: DeserializeOwned>(file: &File) -> Result<T, ConfigError> {
    toml::from_str(&file.text).map_err(|e| {
        let mut problem = Problem {
            message: e.message().to_owned(),
            help: None,
            span: e.span(),
        };
        if problem.message.starts_with("unknown field") {
            problem.help = Some("remove it, or correct its spelling".into());
        }
        ConfigError::new(file.path.clone(), vec![problem], &file.text)
    })
}

/// Points a mistake at the value of its key, or at the nearest table that is written down.
fn locate(text: &str, key: &str, mut problem: Problem) -> Problem {
    use toml::de::{DeTable, DeValue};
    let Ok(root) = DeTable::parse(text) else {
        return problem;
    };
    let mut value = DeValue::Table(root.get_ref().clone());
    for part in key.split('.') {
        let inner = match &value {
            DeValue::Table(table) => table.get(part),
            DeValue::Array(array) => part.parse().ok().and_then(|i: usize| array.get(i)),
            _ => None,
        };
        let Some(inner) = inner.cloned() else { break };
        problem.span = Some(inner.span());
        value = inner.into_inner();
    }
    problem
}

fn compile<C: DeserializeOwned, T>(
    path: &Path,
    build: impl FnOnce(&C) -> Result<T, Vec<Problem>>,
) -> Result<T, ConfigError> {
    let file = read(path)?;
    let config = parse(&file)?;
    build(&config).map_err(|problems| ConfigError::new(file.path, problems, &file.text))
}
