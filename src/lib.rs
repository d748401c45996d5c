//! copydesk: newspaper pages in, enriched items on NATS subjects out.
//!
//! Folders follow the data: [`page`] reads bytes into [`article`]s, [`enrich`] makes them [`item`]s, [`channels`] says who
//! wants them. These three are pure: no I/O, no clock, no tokio, no NATS.

pub mod article;
pub mod broker;
pub mod bus;
pub mod channels;
pub mod cli;
pub mod config;
pub mod enrich;
pub mod event;
pub mod gazetteer;
pub mod item;
pub mod metrics;
pub mod page;
pub mod problem;
pub mod service;
mod spans;
mod sys;
pub mod telemetry;
pub mod trace;
pub mod watch;
pub mod web;
