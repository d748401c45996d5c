//! Any file is a configuration or is refused at a place inside it, never fatal.

#![no_main]

use copydesk::channels::{ChannelsConfig, Vocabulary};
use copydesk::config::Settings;
use copydesk::enrich::entities::{EntitiesConfig, Tagger};
use copydesk::enrich::topics::TopicsConfig;
use copydesk::problem::Problem;
use libfuzzer_sys::fuzz_target;

fn inside(file: &str, problem: &Problem) {
    if let Some(span) = &problem.span {
        assert!(
            file.get(span.clone()).is_some(),
            "{problem} is said of {span:?}"
        );
    }
}

fuzz_target!(|file: &str| {
    let _ = toml::from_str::<Settings>(file);
    if let Ok(mut config) = toml::from_str::<ChannelsConfig>(file) {
        let vocabulary = Vocabulary {
            topics: Vec::new(),
            sources: Vec::new(),
        };
        let mistakes = config.mistakes(file, &vocabulary);
        mistakes
            .iter()
            .for_each(|(_, problem)| inside(file, problem));
        // What is left without the mistaken ones is right.
        let places: Vec<usize> = mistakes.iter().map(|(place, _)| *place).collect();
        config.take(&places);
        assert!(config.mistakes(file, &vocabulary).is_empty());
    }
    if let Ok(config) = toml::from_str::<TopicsConfig>(file) {
        config
            .check()
            .iter()
            .for_each(|problem| inside(file, problem));
    }
    if let Ok(config) = toml::from_str::<EntitiesConfig>(file)
        && let Err(problems) = Tagger::new(&config)
    {
        problems.iter().for_each(|problem| inside(file, problem));
    }
});
