//! Who did it: what every write leaves on the item that it writes.

use std::fmt;

use crate::effect::Cause;
use crate::time::Timestamp;

/// The operation that gives a customer the values of an earlier version.
pub const RESTORE: &str = "restore";

/// Who asked, for what, and in which request.
#[derive(Clone, PartialEq, Eq)]
pub struct By {
    /// The caller's name, from the verified claims.
    pub caller: String,
    /// The operation under whose name idempotency keys are bound.
    pub operation: String,
    /// The id under which the log knows the request.
    pub request_id: String,
}

impl By {
    pub fn new(caller: &str, operation: &str, request_id: &str) -> Self {
        let [caller, operation, request_id] = [caller, operation, request_id].map(str::to_owned);
        Self { caller, operation, request_id }
    }

    /// Whether it gave a customer the values of an earlier version.
    pub fn restores(&self) -> bool {
        self.operation == RESTORE
    }
}

/// The caller's name may be a person's.
impl fmt::Debug for By {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("By")
            .field("operation", &self.operation)
            .field("request_id", &self.request_id)
            .finish_non_exhaustive()
    }
}

/// What one write of a request leaves: who asked, the name by which the request's next try finds what it did, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    pub by: By,
    pub cause: Cause,
    pub at: Timestamp,
}
