//! The desk page in a real Chromium: the `copydesk` program, a real nats-server, the browser driven over WebDriver.
//!
//! Without chromium and chromedriver these tests say so and pass; `.ci/run` installs them.
#![cfg(test)]

#[path = "../support/mod.rs"]
mod support;

mod driver;
mod keyboard;
mod live;
mod look;
mod pictures;
mod stage;
mod text;
