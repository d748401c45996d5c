//! `schema`: what is published, for programs that make programs.

use super::process::ended;
use super::{CliError, Global};
use crate::bus::layout::Names;
use crate::config::Settings;
use crate::schema;
use clap::ValueEnum;
use std::io::Write;

/// `copydesk schema`
#[derive(Debug, clap::Args)]
pub(super) struct SchemaArgs {
    /// Which
    #[arg(value_enum)]
    what: What,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// JSON Schema (2020-12) of the event.
    Item,
    /// AsyncAPI 3.0: every subject and what comes on it, as YAML.
    Asyncapi,
}

pub(super) fn schema(global: &Global, args: &SchemaArgs) -> Result<(), CliError> {
    let text = match args.what {
        What::Item => schema::item_json(),
        What::Asyncapi => {
            let settings = Settings::load(global.config.as_deref())?;
            schema::asyncapi_yaml(&Names::new(&settings.nats.prefix))
        }
    };
    let text = text.map_err(CliError::Failed)?;
    ended(anstream::stdout().write_all(text.as_bytes())).map(|_| ())
}
