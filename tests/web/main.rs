//! What the desk shows over HTTP: the `copydesk` program, a real nats-server, plain requests.
#![cfg(test)]

#[path = "../support/mod.rs"]
mod support;

mod desk;
mod feeds;
mod health;
mod http;
mod metrics;
mod spans;
