//! Which versions of a request in error a steward has seen, and so may change.

/// The versions that the caller is content with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Versions {
    /// Any version, as long as the thing is there.
    Any,
    /// One of these; perhaps none.
    OneOf(Vec<u64>),
}

impl Versions {
    pub fn admit(&self, version: u64) -> bool {
        match self {
            Self::Any => true,
            Self::OneOf(versions) => versions.contains(&version),
        }
    }
}
