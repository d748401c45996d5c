//! `get`: one item.

use super::process::line;
use super::show::{self, Extent};
use super::{CliError, Global};
use crate::bus::layout::StreamName;
use crate::event::Event;
use clap::ValueEnum;

/// `copydesk get`
#[derive(Debug, clap::Args)]
pub(super) struct GetArgs {
    /// Id of the item, as every event carries it
    id: String,
    /// Form of the output
    #[arg(long, value_enum, default_value = "pretty")]
    format: GetFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum GetFormat {
    /// For a person, whole.
    Pretty,
    /// The event.
    Json,
}

pub(super) async fn get(global: &Global, args: &GetArgs) -> Result<(), CliError> {
    let source = source_of(&args.id).ok_or_else(|| {
        CliError::Usage(format!(
            "`{}` is no id; one looks like zzrb-20240105-02-k3v7q2ma",
            args.id
        ))
    })?;
    let (_, bus) = global.open().await?;
    let newest = bus
        .newest(StreamName::Items, &bus.names().item(source, &args.id))
        .await
        .map_err(CliError::failed)?;
    let message =
        newest.ok_or_else(|| CliError::Failed(format!("there is no item {}", args.id)))?;
    let event: Event = serde_json::from_slice(&message.payload).map_err(CliError::failed)?;
    let mut out = anstream::stdout().lock();
    let written = match args.format {
        GetFormat::Pretty => show::item(&mut out, &event.data, None, Extent::Whole),
        GetFormat::Json => line(&mut out, &event),
    };
    super::process::ended(written).map(|_| ())
}

/// Its source: everything before date, page and hash. Subjects are made of it, so it must be a token.
pub(super) fn source_of(id: &str) -> Option<&str> {
    let mut parts = id.rsplitn(4, '-');
    let (_hash, _page, _date, source) =
        (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let clean = id
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    (clean && crate::config::is_token(source)).then_some(source)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_source_is_what_stands_before_date_page_and_hash() {
        assert_eq!(source_of("zzrb-20240105-02-k3v7q2ma"), Some("zzrb"));
        assert_eq!(
            source_of("daily-news-20240105-A1-k3v7q2ma"),
            Some("daily-news")
        );
        for bad in [
            "",
            "zzrb",
            "zz>-20240105-02-k3v7q2ma",
            "zz.*-1-2-3",
            "-1-2-3",
        ] {
            assert_eq!(source_of(bad), None, "{bad}");
        }
    }
}
