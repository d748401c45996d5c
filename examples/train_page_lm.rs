//! Trains the character model of `page`: paragraphs a line on stdin, weights on stdout.
//! `cargo run --release --example train_page_lm < paragraphs.txt > models/page-lm.bin`

use std::io::{Read, Write};

/// 3 bytes each: just below 2 MB.
const SLOTS: usize = 660_000;

fn main() -> std::io::Result<()> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    let weights = copydesk::page::lm::train(text.lines(), SLOTS);
    std::io::stdout().write_all(&weights)
}
