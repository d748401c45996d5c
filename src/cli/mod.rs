//! The command line. Results on stdout, the log on stderr; exit 0 done, 1 failed, 2 usage, 64 configuration.

mod article;
mod channel;
mod daemon;
mod dead;
mod explain;
mod process;
mod reenrich;
mod reload;
mod schema;
mod shell;
mod show;
mod status;
mod systemd;
mod tail;
mod top;
mod topic;
mod train;

use crate::bus::Bus;
use crate::bus::connect::NatsOptions;
use crate::config::{Config, ConfigError, SourceSettings};
use crate::service::Role;
use crate::telemetry::{self, LogFormat};
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const EXAMPLES: &str = "\
Examples:
  copydesk up --inbox ./pages            watch a folder, with a NATS server of its own
  copydesk tail all                      show what arrives, in another terminal
  copydesk process page.md               read one page and print what would be published
  copydesk run enrich -s nats://host     one more enricher for a NATS of yours
  copydesk channel test 'topic:investment AND place:430200' --since 30d";

/// Newspaper pages in, enriched items on NATS subjects out.
#[derive(Debug, Parser)]
#[command(name = "copydesk", version, about, after_help = EXAMPLES, max_term_width = 110, infer_subcommands = false)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

impl Cli {
    /// A daemon tells what it does; a command only what goes wrong.
    fn log_filter(&self) -> &str {
        let daemon = matches!(self.command, Command::Up { .. } | Command::Run { .. });
        let usual = match self.command {
            // A line of the log would stand across the screen.
            Command::Top(_) => "off",
            _ if daemon => "info",
            _ => "warn",
        };
        self.global.log.as_deref().unwrap_or(usual)
    }
}

/// What every command takes.
#[derive(Debug, Clone, Args)]
struct Global {
    /// Configuration file; topics.toml, channels.toml and entities.toml beside it count too
    #[arg(long, env = "COPYDESK_CONFIG", global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Data folder of the private NATS server
    #[arg(
        long,
        env = "COPYDESK_DATA",
        global = true,
        value_name = "DIR",
        default_value = "./.copydesk"
    )]
    data: PathBuf,
    /// Log level or filter, e.g. debug or info,copydesk::watch=debug [default: info for up and run, else warn]
    #[arg(long, env = "COPYDESK_LOG", global = true, value_name = "FILTER")]
    log: Option<String>,
    /// Form of the log on stderr
    #[arg(long, global = true, value_enum, default_value = "auto")]
    log_format: LogFormat,
    #[command(flatten)]
    nats: NatsOptions,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run everything: watch inboxes, enrich, fan out; with a private NATS server when none is configured
    #[command(
        after_help = "Examples:\n  copydesk up --inbox ./pages\n  copydesk up --inbox zzrb=/srv/zzrb --inbox hyrb=/srv/hyrb --data /var/lib/copydesk\n  copydesk up --config /etc/copydesk/copydesk.toml"
    )]
    Up {
        #[command(flatten)]
        inboxes: Inboxes,
    },
    /// Run some roles, against a NATS of yours
    #[command(
        after_help = "Examples:\n  copydesk run watch fanout --inbox zzrb=/srv/zzrb -s nats://10.0.0.5\n  copydesk run enrich -s nats://10.0.0.5      on as many machines as you like"
    )]
    Run {
        /// Roles this process takes on
        #[arg(required = true, value_enum)]
        roles: Vec<Role>,
        #[command(flatten)]
        inboxes: Inboxes,
    },
    /// Read, split and enrich files without NATS, and print the events
    #[command(
        after_help = "Examples:\n  copydesk process samples/rsrb/20250318/01.md\n  copydesk process pages/ --format ndjson | jq .data.item.title"
    )]
    Process(process::ProcessArgs),
    /// Tag entities: a text a line on stdin, {\"entities\":[…]} a line on stdout
    #[command(
        after_help = "Examples:\n  copydesk tag < lines.txt\n  echo '3月17日,抚州市市长龚念华到南城县调研。' | copydesk tag"
    )]
    Tag,
    /// Classify topics: {\"headline\",\"body\"} a line on stdin, {\"topics\":[…]} a line on stdout
    #[command(
        after_help = "Examples:\n  copydesk classify < docs.ndjson\n  echo '{\"headline\":\"18个招商项目集中签约\",\"body\":\"\"}' | copydesk classify"
    )]
    Classify,
    /// Show the items of a channel as they arrive
    #[command(
        after_help = "Examples:\n  copydesk tail all\n  copydesk tail investment --since 2d --format ndjson\n  copydesk tail '*' --since start --no-follow     everything every channel holds"
    )]
    Tail(tail::TailArgs),
    /// Print an item by its id
    #[command(
        after_help = "Examples:\n  copydesk get zzrb-20240105-02-k3v7q2ma\n  copydesk get zzrb-20240105-02-k3v7q2ma --format json | jq .data.enrichment.topics"
    )]
    Get(article::GetArgs),
    /// Withdraw an item from everyone who got it, before anything that is queued
    #[command(
        after_help = "Examples:\n  copydesk kill zzrb-20240105-02-k3v7q2ma --reason '人名有误,撤稿'"
    )]
    Kill(article::KillArgs),
    /// Show roles at work, backlog of every stream, rates and dead letters
    #[command(
        after_help = "Examples:\n  copydesk status\n  copydesk status --json | jq '.streams[] | {name, messages}'\n  copydesk status -s nats://10.0.0.5"
    )]
    Status(status::StatusArgs),
    /// Watch the desk at work: roles, backlog, rates, latency, last items, channels, dead letters
    #[command(
        after_help = "Keys: Tab goes on to the next table, arrows move in it, ? explains, q ends.\n\nExamples:\n  copydesk top\n  copydesk top --once                 print it once, for programs and logs\n  copydesk top -s nats://10.0.0.5"
    )]
    Top(top::TopArgs),
    /// Check the configuration as the daemon would
    #[command(
        after_help = "Examples:\n  copydesk check --config /etc/copydesk/copydesk.toml\n  COPYDESK_NATS__PREFIX=desk2 copydesk check"
    )]
    Check,
    /// What failed for good: look at it, retry it
    #[command(
        subcommand,
        after_help = "Examples:\n  copydesk dead list\n  copydesk dead show 17\n  copydesk dead retry 17"
    )]
    Dead(dead::DeadCommand),
    /// Channels: list, test, add and remove them, ask why
    #[command(
        subcommand,
        after_help = "Examples:\n  copydesk channel list --config copydesk.toml\n  copydesk channel test 'topic:investment AND place:430200' --since 30d\n  copydesk channel add zhuzhou 'topic:investment AND place:430200' --backfill 7d\n  copydesk channel explain zhuzhou zzrb-20240105-02-k3v7q2ma"
    )]
    Channel(channel::ChannelCommand),
    /// Topics: offer terms, learn from examples, test a change, decide on single items
    #[command(
        subcommand,
        after_help = "docs/topics.md goes through it by task.\n\nExamples:\n  copydesk topic suggest heritage --config copydesk.toml\n  copydesk topic learn heritage --examples heritage.ndjson --config copydesk.toml\n  copydesk topic test heritage --config copydesk.toml\n  copydesk topic assert zzrb-20240105-02-k3v7q2ma heritage --by 龚岚"
    )]
    Topic(topic::TopicCommand),
    /// Say why an article has a topic, or why not
    #[command(
        after_help = "Examples:\n  copydesk explain zzrb-20240105-02-k3v7q2ma\n  copydesk explain zzrb-20240105-02-k3v7q2ma --topic volunteers\n  copydesk explain page.md --topic agriculture      no NATS needed"
    )]
    Explain(explain::ExplainArgs),
    /// Run new models or configuration over the archive: a new revision of every item they see otherwise
    #[command(
        after_help = "Name the same --config as the daemon's. Stopped or killed, the same command goes on where it was.\n\nExamples:\n  copydesk reenrich --dry-run --since 7d\n  copydesk reenrich --config /etc/copydesk/copydesk.toml\n  copydesk reenrich --rate 200"
    )]
    Reenrich(reenrich::ReenrichArgs),
    /// For developers: print a schema of what is published, for the prefix of the configuration
    #[command(
        after_help = "docs/developers.md begins with it.\n\nExamples:\n  copydesk schema item > item.schema.json          JSON Schema of the event\n  copydesk schema asyncapi > asyncapi.yaml         every subject, AsyncAPI 3.0"
    )]
    Schema(schema::SchemaArgs),
    /// For developers: make the models copydesk comes with from text
    #[command(
        subcommand,
        after_help = "Examples:\n  copydesk train topics\n  copydesk train topics --shared /srv/shared --output /tmp/topics.bin"
    )]
    Train(train::TrainCommand),
    /// Print what a shell needs to complete commands and flags
    #[command(
        after_help = "Examples:\n  copydesk completions bash > ~/.local/share/bash-completion/completions/copydesk\n  copydesk completions zsh > ~/.zfunc/_copydesk\n  copydesk completions fish > ~/.config/fish/completions/copydesk.fish"
    )]
    Completions(shell::CompletionsArgs),
    /// Print the manual page, or write one for every command
    #[command(
        after_help = "Examples:\n  copydesk man | man -l -\n  copydesk man --out /usr/local/share/man/man1"
    )]
    Man(shell::ManArgs),
}

/// Inboxes named on the command line.
#[derive(Debug, Clone, Args)]
struct Inboxes {
    /// Folder to watch; NAME is the source's, else the folder's. Goes before the sources of the configuration; repeatable
    #[arg(long = "inbox", value_name = "[NAME=]DIR")]
    inboxes: Vec<String>,
}

/// How results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For a person.
    Pretty,
    /// One event a line.
    Ndjson,
}

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
enum CliError {
    /// Exit 64.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Exit 2.
    #[error("{0}")]
    Usage(String),
    /// Exit 1.
    #[error("{0}")]
    Failed(String),
    /// Exit 1, with everything said already.
    #[error("")]
    Silent,
}

impl CliError {
    fn failed(error: impl std::fmt::Display) -> Self {
        Self::Failed(error.to_string())
    }
}

/// Runs the program.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    if let Err(message) = telemetry::start(cli.global.log_format, cli.log_filter()) {
        return fail(&CliError::Usage(message));
    }
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

fn run(cli: Cli) -> Result<(), CliError> {
    let Cli { global, command } = cli;
    match command {
        Command::Up { inboxes } => daemon::up(&global, &inboxes),
        Command::Run { roles, inboxes } => daemon::run(&global, &roles, &inboxes),
        Command::Process(args) => process::process(&global.load()?, &args),
        Command::Tag => process::tag(&Config::tagger(global.config.as_deref())?),
        Command::Classify => process::classify(&global.load()?),
        Command::Check => check(&global),
        Command::Tail(args) => block_on(tail::tail(&global, &args)),
        Command::Get(args) => block_on(article::get(&global, &args)),
        Command::Kill(args) => block_on(article::kill(&global, &args)),
        Command::Status(args) => block_on(status::status(&global, &args)),
        Command::Top(args) => top::top(&global, &args),
        Command::Dead(command) => block_on(dead::dead(&global, &command)),
        Command::Channel(command) => channel::channel(&global, &command),
        Command::Topic(command) => topic::topic(&global, &command),
        Command::Explain(args) => explain::explain(&global, &args),
        Command::Reenrich(args) => block_on(reenrich::reenrich(&global, &args)),
        Command::Schema(args) => schema::schema(&global, &args),
        Command::Train(command) => train::train(&command),
        Command::Completions(args) => shell::completions(&args),
        Command::Man(args) => shell::man(&args),
    }
}

fn fail(error: &CliError) -> ExitCode {
    use std::io::Write;
    let mut stderr = anstream::stderr().lock();
    let _ = match error {
        CliError::Silent => Ok(()),
        CliError::Config(config) => {
            write!(
                stderr,
                "{}",
                config.report(&miette::GraphicalReportHandler::new())
            )
        }
        other => writeln!(stderr, "copydesk: {other}"),
    };
    match error {
        CliError::Config(_) => ExitCode::from(64),
        CliError::Usage(_) => ExitCode::from(2),
        CliError::Failed(_) | CliError::Silent => ExitCode::FAILURE,
    }
}

/// Writes a file whole or not at all.
fn replace(file: &Path, bytes: &[u8]) -> Result<(), CliError> {
    let failed = |e: std::io::Error| CliError::Failed(format!("{}: {e}", file.display()));
    let mut name = file.as_os_str().to_owned();
    name.push(".new");
    let new = PathBuf::from(name);
    std::fs::write(&new, bytes).map_err(failed)?;
    std::fs::File::open(&new)
        .and_then(|f| f.sync_all())
        .map_err(failed)?;
    std::fs::rename(&new, file).map_err(failed)
}

/// Runs a short command on a small runtime.
fn block_on<T>(work: impl Future<Output = Result<T, CliError>>) -> Result<T, CliError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(CliError::failed)?;
    runtime.block_on(work)
}

impl Global {
    fn load(&self) -> Result<Config, CliError> {
        Ok(Config::load(self.config.as_deref())?)
    }

    /// Flags and environment, else configuration, else the selected context; `None` for the private server.
    fn nats(&self, config: &crate::config::NatsSettings) -> Result<Option<NatsOptions>, CliError> {
        let mut options = self.nats.clone();
        if options.server.is_none() && options.context.is_none() {
            options.server.clone_from(&config.server);
            let or = |flag: Option<PathBuf>, file: &Option<PathBuf>| flag.or_else(|| file.clone());
            options.creds = or(options.creds, &config.creds);
            options.tlsca = or(options.tlsca, &config.ca);
            options.tlscert = or(options.tlscert, &config.cert);
            options.tlskey = or(options.tlskey, &config.key);
        }
        let home = std::env::var_os("HOME").map(|home| Path::new(&home).join(".config"));
        let folder = std::env::var_os("XDG_CONFIG_HOME")
            .map(PathBuf::from)
            .or(home);
        options.resolve(folder.as_deref()).map_err(CliError::failed)
    }

    /// Connects as a command does: to the NATS named anywhere, else to the private server of the data folder.
    async fn connect(&self, settings: &crate::config::NatsSettings) -> Result<Bus, CliError> {
        let options = match self.nats(settings)? {
            Some(options) => options,
            None => {
                let file = self.data.join("nats.url");
                let url = std::fs::read_to_string(&file).map_err(|_| {
                    CliError::Failed(format!(
                        "no NATS is named and no copydesk runs on {} (there is no {}); start `copydesk up`, or name one with --server or --data",
                        self.data.display(),
                        file.display()
                    ))
                })?;
                NatsOptions {
                    server: Some(url.trim().to_owned()),
                    ..self.nats.clone()
                }
            }
        };
        Bus::connect(&options, &settings.prefix, "copydesk command")
            .await
            .map_err(CliError::failed)
    }

    /// Settings and a connection.
    async fn open(&self) -> Result<(crate::config::Settings, Bus), CliError> {
        let settings = crate::config::Settings::load(self.config.as_deref())?;
        let bus = self.connect(&settings.nats).await?;
        Ok((settings, bus))
    }
}

impl Inboxes {
    /// Adds the named inboxes to the sources, or points a configured source at another folder.
    fn apply(&self, sources: &mut Vec<SourceSettings>) -> Result<(), CliError> {
        let mut named: Vec<String> = Vec::new();
        for inbox in &self.inboxes {
            let (name, folder) = match inbox.split_once('=') {
                Some((name, folder)) => (name.to_owned(), Path::new(folder)),
                None => (source_name(Path::new(inbox)), Path::new(inbox)),
            };
            if !crate::config::is_token(&name) {
                return Err(CliError::Usage(format!(
                    "--inbox {inbox}: `{name}` cannot name a source; write --inbox NAME=DIR with lower-case ASCII letters, digits, `_` and `-`"
                )));
            }
            if named.contains(&name) {
                return Err(CliError::Usage(format!(
                    "--inbox {inbox}: there is an inbox `{name}` already; write --inbox NAME=DIR with another name"
                )));
            }
            match sources.iter_mut().find(|s| s.name == name) {
                Some(source) => source.inbox = folder.to_owned(),
                None => sources.push(SourceSettings::new(&name, folder)),
            }
            named.push(name);
        }
        match crate::config::overlapping(sources) {
            Some((one, other)) => Err(CliError::Usage(format!(
                "the inboxes of `{one}` and `{other}` lie in each other; give each source a folder of its own"
            ))),
            None => Ok(()),
        }
    }
}

/// The folder's name as a source name; `inbox` where nothing of it is usable.
fn source_name(folder: &Path) -> String {
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let name = folder
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .to_ascii_lowercase();
    let usable: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    let usable = usable.trim_matches('-');
    if crate::config::is_token(usable) {
        usable.to_owned()
    } else {
        "inbox".to_owned()
    }
}

fn check(global: &Global) -> Result<(), CliError> {
    use std::io::Write;
    let config = global.load()?;
    let mut out = anstream::stdout().lock();
    let nats = match global.nats(&config.settings.nats)? {
        Some(options) => {
            crate::bus::connect::without_credentials(options.server.as_deref().unwrap_or_default())
        }
        None => format!("private server on {}", global.data.display()),
    };
    let mut missing = Vec::new();
    for source in &config.settings.sources {
        if !source.inbox.is_dir() {
            missing.push(format!(
                "source `{}`: inbox {} is not a folder; make it, or correct the path",
                source.name,
                source.inbox.display()
            ));
        }
    }
    if !missing.is_empty() {
        return Err(CliError::Failed(missing.join("\n")));
    }
    let _ = writeln!(out, "configuration is good");
    let _ = writeln!(
        out,
        "  file      {}",
        global
            .config
            .as_ref()
            .map_or("none, defaults".into(), |p| p.display().to_string())
    );
    let _ = writeln!(out, "  nats      {nats}");
    for source in &config.settings.sources {
        let _ = writeln!(
            out,
            "  source    {} {} in {}",
            source.name,
            source.title,
            source.inbox.display()
        );
    }
    let versions = config.models.versions();
    let _ = writeln!(
        out,
        "  topics    {} ({})",
        config.models.topics.topics().count(),
        versions.topics
    );
    let _ = writeln!(out, "  entities  {}", versions.entities);
    let _ = writeln!(out, "  channels  {}", config.channels.list.len());
    Ok(())
}
