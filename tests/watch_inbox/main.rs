//! The inbox watcher on a real file system: every trap of watched folders by name.

#[cfg(test)]
mod after;
#[cfg(test)]
mod complete;
#[cfg(test)]
mod missed;
#[cfg(test)]
mod odd;
#[cfg(test)]
mod support;
