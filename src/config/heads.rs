//! Learned heads: files that topics name.

use crate::enrich::topics::{Classifier, Head, Model, TopicsConfig};
use crate::problem::Problem;
use std::path::Path;

/// The classifier of the taxonomy in `file`, with the heads its topics have learned.
pub(super) fn classifier(config: &TopicsConfig, file: &Path) -> Result<Classifier, Vec<Problem>> {
    let mut problems = config.check();
    let mut model = Model::embedded().map_err(|e| vec![Problem::at(0..0, e.to_string())])?;
    let folder = file.parent().unwrap_or(Path::new(""));
    for topic in &config.topic {
        let Some(named) = &topic.head else { continue };
        match read(&folder.join(named.get_ref()), topic.id.get_ref()) {
            Ok(head) => model = model.with_head(&head),
            Err(why) => problems.push(
                Problem::at(named.span(), format!("{:?}: {why}", named.get_ref())).help(format!(
                    "`copydesk topic learn {}` makes it; without the line the topic goes by its terms",
                    topic.id.get_ref()
                )),
            ),
        }
    }
    match problems.is_empty() {
        true => Classifier::with_model(config, &model),
        false => Err(problems),
    }
}

fn read(file: &Path, topic: &str) -> Result<Head, String> {
    let text = std::fs::read_to_string(file).map_err(|e| e.to_string())?;
    let head: Head =
        serde_json::from_str(&text).map_err(|e| format!("this is no learned head: {e}"))?;
    match head.topic == topic {
        true => Ok(head),
        false => Err(format!("this is the head of {:?}", head.topic)),
    }
}
