//! One thing that is wrong with a request: where, what kind, and a sentence.

use std::fmt;

use serde::ser::{Serialize, SerializeMap, Serializer};

/// One thing that is wrong with a request.
///
/// The pointer is a JSON pointer (RFC 6901) into the body, `""` for the whole body; a query parameter is pointed at as
/// `/query/<name>` and a header as `/headers/<Name>`.
#[derive(Clone, PartialEq, Eq)]
pub struct Fault {
    pub pointer: String,
    /// What kind of fault it is, for programs.
    pub code: &'static str,
    pub message: String,
}

impl Fault {
    pub fn new(
        pointer: impl Into<String>,
        code: &'static str,
        message: impl Into<String>,
    ) -> Fault {
        Fault { pointer: pointer.into(), code, message: message.into() }
    }

    /// A value at `pointer` that the domain refused.
    pub fn refused(pointer: impl Into<String>, invalid: domain::Invalid) -> Fault {
        Fault::new(pointer, invalid.code, invalid.reason)
    }
}

/// Pointers and messages may repeat what a caller sent, so only the code is shown.
impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fault").field("code", &self.code).finish_non_exhaustive()
    }
}

impl Serialize for Fault {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(3))?;
        map.serialize_entry("pointer", &self.pointer)?;
        map.serialize_entry("code", self.code)?;
        map.serialize_entry("message", &self.message)?;
        map.end()
    }
}
