//! Near-duplicates, measured: re-sends made by mutation and by hand, different events told alike by hand.
#![cfg(test)]

mod damage;
mod index;
mod measure;
mod texts;
