//! What an operation came to, and what it cost. How an outcome is told over HTTP is the edge's business.

/// What one request cost the table.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Cost {
    /// Calls one after another: how often the request waited for the table. Calls made side by side are one step.
    pub steps: u32,
    /// All calls.
    pub calls: u32,
    /// Read capacity units, as the database reported them.
    pub read_units: f64,
    /// Write capacity units, as the database reported them, indexes included.
    pub write_units: f64,
    /// How often the operation decided: 1 without a conflict.
    pub rounds: u32,
}
