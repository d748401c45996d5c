//! The desk end to end: the `copydesk` program, a real nats-server, an independent reader.
#![cfg(test)]

#[path = "../support/mod.rs"]
mod support;

mod bad_input;
mod broker;
mod client;
mod events;
mod faults;
mod own_nats;
mod revisions;
mod scale;
mod stories;
mod up;
