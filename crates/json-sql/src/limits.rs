//! How much one query may take. Every bound fails the query with an error; none cuts a result short.

/// Bounds on running a query, set by the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Evaluation steps one row may take: roughly one per operator, array element and 64 bytes of
    /// text. A step is a few nanoseconds to a few tens of them.
    pub steps_per_row: u64,
    /// The longest text an expression may build, in bytes.
    pub text_bytes: usize,
    /// Rows, groups and distinct values a query may keep in memory. Rows that pass through a plain
    /// WHERE are never kept. ORDER BY with LIMIT and OFFSET keeps as many as these add up to; where
    /// that is all that may be kept, a quarter more and one wait to be sorted in.
    pub kept_rows: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { steps_per_row: 5_000_000, text_bytes: 4 << 20, kept_rows: 1_000_000 }
    }
}
