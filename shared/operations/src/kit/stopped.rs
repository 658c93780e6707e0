//! Why an operation came to no outcome. A refusal is an outcome; this is for what could not be found out, or not be done now.

use std::error::Error;
use std::fmt;

use store::table::TableError;

#[derive(Debug)]
pub enum Stopped {
    /// What it decides on kept changing until its time was used up.
    Busy,
    /// The idempotency key is bound to another request.
    KeyReused,
    /// So much happened to what an earlier try of the request may have changed that nobody can tell any more whether it did.
    AlreadyProcessed,
    /// The database throttled, failed or did not answer in time, for longer than retries last. What was to be written may have been.
    Unavailable(Box<dyn Error + Send + Sync>),
    /// A defect of the code or of the deployment.
    Defect(Box<dyn Error + Send + Sync>),
}

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Busy => "other requests kept changing what this one decides on",
            Self::KeyReused => "the idempotency key is bound to another request",
            Self::AlreadyProcessed => {
                "what an earlier try of this request did is not known any more"
            }
            Self::Unavailable(_) => "the database did not answer in time",
            Self::Defect(_) => "a defect of the code or of the deployment",
        })
    }
}

impl Error for Stopped {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Busy | Self::KeyReused | Self::AlreadyProcessed => None,
            Self::Unavailable(source) | Self::Defect(source) => Some(source.as_ref()),
        }
    }
}

impl From<TableError> for Stopped {
    fn from(error: TableError) -> Self {
        match error {
            TableError::Unavailable(source) => Self::Unavailable(source),
            TableError::Defect(source) => Self::Defect(source),
        }
    }
}
