//! W3C trace context: one trace an article, from the file to every channel.

use std::sync::atomic::{AtomicU64, Ordering};

/// Header the context travels in.
pub const TRACEPARENT: &str = "traceparent";

/// A place in a trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TraceContext {
    trace: u128,
    span: u64,
}

impl TraceContext {
    /// A new trace.
    pub fn start() -> Self {
        let (high, low) = (random(), random());
        Self {
            trace: (u128::from(high) << 64 | u128::from(low)).max(1),
            span: random().max(1),
        }
    }

    /// The next step of the same trace.
    #[must_use]
    pub fn step(self) -> Self {
        Self {
            trace: self.trace,
            span: random().max(1),
        }
    }

    /// Reads a `traceparent` header; a malformed one begins a new trace.
    pub fn parse(header: Option<&str>) -> Self {
        header.and_then(Self::try_parse).unwrap_or_else(Self::start)
    }

    fn try_parse(header: &str) -> Option<Self> {
        let mut parts = header.split('-');
        let (_version, trace, span) = (parts.next()?, parts.next()?, parts.next()?);
        if trace.len() != 32 || span.len() != 16 {
            return None;
        }
        let (trace, span) = (
            u128::from_str_radix(trace, 16).ok()?,
            u64::from_str_radix(span, 16).ok()?,
        );
        (trace != 0 && span != 0).then_some(Self { trace, span })
    }

    /// Trace and span as numbers.
    pub fn parts(&self) -> (u128, u64) {
        (self.trace, self.span)
    }

    /// The trace id, 32 hex digits.
    pub fn trace_id(&self) -> String {
        format!("{:032x}", self.trace)
    }
}

impl std::fmt::Display for TraceContext {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "00-{:032x}-{:016x}-01", self.trace, self.span)
    }
}

/// Random enough for ids: the standard library's keyed hasher over a counter.
fn random() -> u64 {
    use std::hash::{BuildHasher, RandomState};
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    static KEYS: std::sync::LazyLock<RandomState> = std::sync::LazyLock::new(RandomState::new);
    KEYS.hash_one(COUNTER.fetch_add(1, Ordering::Relaxed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_context_survives_its_header_and_a_bad_header_begins_anew() {
        let context = TraceContext::start();
        assert_eq!(TraceContext::parse(Some(&context.to_string())), context);
        assert_eq!(context.step().trace_id(), context.trace_id());
        assert_ne!(context.step(), context);
        for bad in [
            "",
            "00-0-0-01",
            "00-00000000000000000000000000000000-0000000000000000-01",
            "äöü",
        ] {
            assert_ne!(TraceContext::parse(Some(bad)), context);
        }
    }
}
