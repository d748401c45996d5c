//! The requests any NATS client can send, and their answers.

use crate::event::Event;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Longest text taken, bytes. A page has some 30 KB; whole issues belong into an inbox.
pub const MAX_TEXT: usize = 1 << 20;
/// Header of [`Endpoint::Process`]: the source the text is of.
pub const SOURCE: &str = "Copydesk-Source";
/// Header of [`Endpoint::Process`]: path of the file, from which issue date and page are read.
pub const FILE: &str = "Copydesk-File";

/// What can be asked: the last token of the request's subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Endpoint {
    /// A page or an article in, its events out; nothing is published.
    Process,
    /// An id in, the newest revision of its item out.
    Get,
    /// The channels there are.
    Channels,
}

impl Endpoint {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Process, Self::Get, Self::Channels];

    /// The word in the subject.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Process => "process",
            Self::Get => "get",
            Self::Channels => "channels",
        }
    }

    /// What it does, in a line.
    pub fn description(self) -> &'static str {
        match self {
            Self::Process => {
                "A page or an article in any form and encoding an inbox takes, at most 1 MiB; answered with its events as they would be published. Nothing is stored"
            }
            Self::Get => "The id of an item; answered with the event of its newest revision",
            Self::Channels => "Nothing; answered with the channels there are",
        }
    }
}

/// Answer of `process`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Processed {
    /// An event for each article, in reading order; revision 1.
    pub events: Vec<Event>,
}

/// Answer of `channels`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ChannelList {
    /// Those of the configuration, then those made while running by name.
    pub channels: Vec<ChannelInfo>,
}

/// A channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ChannelInfo {
    /// Its name.
    pub name: String,
    /// Its query.
    pub query: String,
    /// Whom it is for.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Where to listen.
    pub subject: String,
    /// Where compact copies come, if they do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compact: Option<String>,
    /// live, catching-up or paused.
    pub state: ChannelState,
}

/// What a channel is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ChannelState {
    /// Items come as they are published.
    Live,
    /// The past comes first.
    CatchingUp,
    /// Kills alone come.
    Paused,
}

/// A request that is not answered: code and words of the service error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// As in HTTP: 400, 404, 413, 422 are the caller's, 503 may be tried again.
    pub code: u16,
    /// What is wrong and what to do.
    pub message: String,
}

impl Refusal {
    /// With this code.
    pub fn new(code: u16, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }
}
