//! The private NATS server: a child process on loopback that lives and dies with the daemon.
//!
//! The data folder holds everything: `lock`, `nats.conf`, `users.conf`, `nats.log`, `jetstream/`, the port and the credentials (the
//! same after every restart: subscribers keep their address) and `nats.url`, one line that any NATS client takes.

mod folder;
mod grants;
mod server;

pub use folder::{DataFolder, FolderError};
pub use grants::{Grant, Secret, User, Users, UsersError};
pub use server::{Broker, BrokerError, USERS, random_token};
