//! Who may log in to NATS, in a file that nats-server includes, and what a subscriber is granted there.
//!
//! A subscriber finds its durable consumer made, with the filter on its channels: one that makes its own could have the server
//! deliver, and so publish, anywhere. It may ask for the next messages, ack them, and hear its own inboxes.

use super::folder::FolderError;
use crate::bus::layout::{Names, StreamName};
use rustix::fs::{FlockOperation, flock};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

const HEAD: &str = "\
# Who may log in to NATS, one user a line, as JSON. `copydesk channel grant` and `revoke` change theirs and keep the others.
users: [
";
const FOOT: &str = "]\n";

/// What a subscriber may read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Its name: that of its consumer and of its inboxes too.
    pub user: String,
    /// Names of its channels.
    pub channels: Vec<String>,
    /// The copies without body instead of the whole items.
    pub compact: bool,
}

/// How a user proves who it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Secret {
    /// A password, as it is or as bcrypt.
    Password(String),
    /// Public NKEY.
    Key(String),
}

/// A user as nats-server reads it. Whatever else stands there is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nkey: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    permissions: Option<Value>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

/// The users of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Users(Vec<User>);

/// Why the users cannot be changed.
#[derive(Debug, thiserror::Error)]
pub enum UsersError {
    /// The file or its folder.
    #[error(transparent)]
    File(#[from] FolderError),
    /// Something else than users, one a line.
    #[error(
        "line {line} of the users is no user as copydesk writes them ({reason}); one JSON object a line"
    )]
    Line {
        /// From 1.
        line: usize,
        /// As the parser says.
        reason: String,
    },
}

impl Grant {
    /// Subjects of its channels: the filter of its consumer.
    pub fn subjects(&self, names: &Names) -> Vec<String> {
        let subject = |channel: &String| match self.compact {
            true => names.compact(channel, "*"),
            false => names.channel(channel, "*"),
        };
        self.channels.iter().map(subject).collect()
    }

    /// Prefix of the inboxes its client has to use.
    pub fn inbox(&self) -> String {
        format!("_INBOX_{}", self.user)
    }

    /// The least that lets it read and ack.
    fn permissions(&self, names: &Names) -> Value {
        let consumer = format!("{}.{}", names.stream(StreamName::Channels), self.user);
        // Every token of an ack is counted: with `>` a subject of the longer form would also be one of the shorter form for
        // somebody else's consumer.
        let publish = [
            format!("$JS.API.CONSUMER.INFO.{consumer}"),
            format!("$JS.API.CONSUMER.MSG.NEXT.{consumer}"),
            format!("$JS.ACK.{consumer}.*.*.*.*.*"),
            format!("$JS.ACK.*.*.{consumer}.*.*.*.*.*"),
        ];
        let mut subscribe = self.subjects(names);
        subscribe.push(format!("{}.>", self.inbox()));
        json!({"publish": {"allow": publish}, "subscribe": {"allow": subscribe}})
    }

    /// Reads permissions back; none where they are not, to the letter, what would be granted.
    fn of(permissions: &Value, names: &Names) -> Option<Self> {
        let subjects = permissions["subscribe"]["allow"].as_array()?;
        let subjects: Vec<&str> = subjects.iter().filter_map(Value::as_str).collect();
        let (inbox, subjects) = subjects.split_last()?;
        let channels = subjects.iter().filter_map(|s| s.rsplit('.').nth(1));
        let grant = |compact| Self {
            user: inbox
                .trim_start_matches("_INBOX_")
                .trim_end_matches(".>")
                .to_owned(),
            channels: channels.clone().map(str::to_owned).collect(),
            compact,
        };
        [grant(false), grant(true)]
            .into_iter()
            .find(|g| g.permissions(names) == *permissions)
    }
}

impl User {
    /// One who may do everything.
    pub fn unbounded(user: &str, password: &str) -> Self {
        Self {
            user: Some(user.to_owned()),
            password: Some(password.to_owned()),
            nkey: None,
            permissions: None,
            rest: Map::new(),
        }
    }

    /// A subscriber.
    pub fn granted(grant: &Grant, secret: Secret, names: &Names) -> Self {
        let (user, password, nkey) = match secret {
            Secret::Password(password) => (Some(grant.user.clone()), Some(password), None),
            Secret::Key(key) => (None, None, Some(key)),
        };
        Self {
            user,
            password,
            nkey,
            permissions: Some(grant.permissions(names)),
            rest: Map::new(),
        }
    }

    fn grant(&self, names: &Names) -> Option<Grant> {
        Grant::of(self.permissions.as_ref()?, names)
    }

    fn is_named(&self, user: &str, names: &Names) -> bool {
        self.user.as_deref() == Some(user) || self.grant(names).is_some_and(|g| g.user == user)
    }

    fn secret(&self) -> Option<Secret> {
        let key = self.nkey.clone().map(Secret::Key);
        key.or_else(|| self.password.clone().map(Secret::Password))
    }
}

impl Users {
    /// Reads a file.
    ///
    /// # Errors
    /// [`UsersError::Line`]
    pub fn parse(text: &str) -> Result<Self, UsersError> {
        let lines = text.lines().map(str::trim).enumerate();
        let users = lines.filter(|(_, l)| {
            !(l.is_empty() || l.starts_with('#') || matches!(*l, "users: [" | "]"))
        });
        let user = |(i, line): (usize, &str)| {
            serde_json::from_str(line.trim_end_matches(',')).map_err(|e| UsersError::Line {
                line: i + 1,
                reason: e.to_string(),
            })
        };
        Ok(Self(users.map(user).collect::<Result<_, _>>()?))
    }

    /// As nats-server includes it.
    pub fn render(&self) -> String {
        let line = |user: &User| format!("  {}\n", serde_json::to_string(user).unwrap_or_default());
        let lines: String = self.0.iter().map(line).collect();
        format!("{HEAD}{lines}{FOOT}")
    }

    /// What was granted, in order.
    pub fn grants(&self, names: &Names) -> Vec<Grant> {
        self.0.iter().filter_map(|u| u.grant(names)).collect()
    }

    /// How a subscriber logs in; none where there is no such.
    pub fn secret_of(&self, user: &str, names: &Names) -> Option<Secret> {
        self.0.iter().find(|u| u.is_named(user, names))?.secret()
    }

    /// Whether somebody else than a subscriber of ours has the name.
    pub fn is_foreign(&self, user: &str, names: &Names) -> bool {
        let foreign = |u: &User| u.user.as_deref() == Some(user) && u.grant(names).is_none();
        self.0.iter().any(foreign)
    }

    /// Puts a user in the place of the one of that name, or behind the others.
    pub fn put(&mut self, name: &str, user: User, names: &Names) {
        match self.0.iter_mut().find(|u| u.is_named(name, names)) {
            Some(there) => *there = user,
            None => self.0.push(user),
        }
    }

    /// Takes a subscriber out; says whether it was there.
    pub fn revoke(&mut self, user: &str, names: &Names) -> bool {
        let before = self.0.len();
        self.0
            .retain(|u| u.grant(names).is_none_or(|g| g.user != user));
        self.0.len() < before
    }

    /// The users of a file; none where there is no such file.
    ///
    /// # Errors
    /// It cannot be read, or is something else.
    pub fn read(file: &Path) -> Result<Self, UsersError> {
        match std::fs::read_to_string(file) {
            Ok(text) => Self::parse(&text),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Self::default()),
            Err(reason) => Err(unusable(file)(reason).into()),
        }
    }

    /// Changes a file as a whole, alone; readable by its owner only.
    ///
    /// # Errors
    /// As for [`Users::read`], or it cannot be written.
    pub fn change(file: &Path, change: impl FnOnce(&mut Self)) -> Result<(), UsersError> {
        let unusable = unusable(file);
        let folder = match file.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let folder = File::open(folder).map_err(unusable)?;
        // The daemon holds the lock file of its data folder; the folder itself nobody locks but here.
        flock(&folder, FlockOperation::LockExclusive).map_err(|e| unusable(e.into()))?;
        let mut users = Self::read(file)?;
        let before = users.render();
        change(&mut users);
        let text = users.render();
        if text == before && file.exists() {
            return Ok(());
        }
        let write = || {
            let mut name = file.as_os_str().to_owned();
            name.push(".tmp");
            let mut aside = OpenOptions::new();
            aside.write(true).create(true).truncate(true).mode(0o600);
            let mut aside = aside.open(&name)?;
            aside.write_all(text.as_bytes())?;
            aside.sync_all()?;
            std::fs::rename(&name, file)?;
            folder.sync_all()
        };
        write().map_err(|e| unusable(e).into())
    }
}

fn unusable(file: &Path) -> impl Fn(std::io::Error) -> FolderError + Copy {
    move |reason| FolderError::Unusable {
        folder: file.to_owned(),
        reason,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grant(user: &str, channels: &[&str], compact: bool) -> Grant {
        Grant {
            user: user.into(),
            channels: channels.iter().map(|&c| c.to_owned()).collect(),
            compact,
        }
    }

    fn password() -> Secret {
        Secret::Password("$2b$11$hash".into())
    }

    #[test]
    fn a_subscriber_gets_the_least_subjects() {
        let names = Names::new("desk");
        for (grant, subscribe) in [
            (
                grant("ed", &["bees"], false),
                json!(["desk.channel.bees.*", "_INBOX_ed.>"]),
            ),
            (
                grant("ed", &["bees", "ponds"], true),
                json!(["desk.compact.bees.*", "desk.compact.ponds.*", "_INBOX_ed.>"]),
            ),
        ] {
            let expected = json!({
                "publish": {"allow": [
                    "$JS.API.CONSUMER.INFO.DESK_CHANNELS.ed",
                    "$JS.API.CONSUMER.MSG.NEXT.DESK_CHANNELS.ed",
                    "$JS.ACK.DESK_CHANNELS.ed.*.*.*.*.*",
                    "$JS.ACK.*.*.DESK_CHANNELS.ed.*.*.*.*.*",
                ]},
                "subscribe": {"allow": subscribe},
            });
            assert_eq!(grant.permissions(&names), expected);
            assert_eq!(Grant::of(&expected, &names), Some(grant));
        }
    }

    #[test]
    fn permissions_that_somebody_widened_are_no_grant_of_ours() {
        let names = Names::new("desk");
        let mut wide = grant("ed", &["bees"], false).permissions(&names);
        wide["publish"]["allow"][0] = "$JS.API.>".into();
        assert_eq!(Grant::of(&wide, &names), None);
        for other in [
            json!({}),
            json!({"publish": "a"}),
            json!({"subscribe": {"allow": []}}),
            json!(3),
        ] {
            assert_eq!(Grant::of(&other, &names), None, "{other}");
        }
    }

    #[test]
    fn users_of_others_are_kept_and_never_revoked() {
        let names = Names::new("desk");
        let text = "# ours\nusers: [\n{\"user\":\"desk\",\"password\":\"x\",\"allowed_connection_types\":[\"STANDARD\"]},\n]\n";
        let mut users = Users::parse(text).unwrap();
        assert!(users.is_foreign("desk", &names));
        let key = Secret::Key("UKEY".into());
        let ed = grant("ed", &["bees"], false);
        let (li, more) = (
            grant("li", &["ponds"], true),
            grant("ed", &["bees", "ponds"], false),
        );
        users.put("ed", User::granted(&ed, password(), &names), &names);
        users.put("li", User::granted(&li, key.clone(), &names), &names);
        users.put("ed", User::granted(&more, password(), &names), &names);
        let mut users = Users::parse(&users.render()).unwrap();
        assert_eq!(users.grants(&names), [more, li]);
        assert_eq!(users.secret_of("ed", &names), Some(password()));
        assert_eq!(users.secret_of("li", &names), Some(key));
        for (user, was_there) in [("ed", true), ("ed", false), ("li", true), ("desk", false)] {
            assert_eq!(users.revoke(user, &names), was_there, "{user}");
        }
        assert_eq!(users, Users::parse(text).unwrap());
    }

    #[test]
    fn a_line_that_is_no_user_is_named() {
        let error = Users::parse("users: [\n{\"user\":\"a\"}\n$include\n]\n").unwrap_err();
        assert!(error.to_string().starts_with("line 3 "), "{error}");
    }
}
