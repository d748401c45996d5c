//! The desk end to end: the `copydesk` program, a real nats-server, an independent reader.
#![cfg(test)]

#[path = "../channels_support/mod.rs"]
mod channels_support;
#[path = "../support/mod.rs"]
mod support;

mod api;
mod bad_input;
mod broker;
mod channels;
mod client;
mod events;
mod faults;
mod own_nats;
mod power;
mod quiet;
mod reload;
mod revisions;
mod scale;
mod stories;
mod top;
mod up;
