//! Administrative divisions of China (GB/T 2260 to street level), embedded.

/// One division.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Division {
    /// Two, four or six significant digits padded to six with zeros; nine at street level.
    pub code: &'static str,
    /// Full name: `天元区`.
    pub name: &'static str,
}

/// The division with exactly this code.
pub fn by_code(_code: &str) -> Option<Division> {
    None
}

/// Every division of this name, with or without its suffix (`天元` and `天元区`), highest level first.
pub fn by_name(_name: &str) -> Vec<Division> {
    Vec::new()
}

/// The divisions it lies in, nearest first: `430211102` → `430211`, `430200`, `430000`.
pub fn parents(_code: &str) -> Vec<Division> {
    Vec::new()
}

/// A code without its trailing zero pairs, so that a prefix test means “lies in”: `430200` → `4302`.
pub fn prefix(code: &str) -> &str {
    let mut end = code.len();
    while end > 2 && end <= 6 && end % 2 == 0 && code.get(end - 2..end) == Some("00") {
        end -= 2;
    }
    code.get(..end).unwrap_or(code)
}
