//! `CWCustomerIn` and `CWCustomerOut` in XML.
//!
//! XML is read and written by quick-xml. It leaves some checks of XML 1.0 to its caller: they are in `read` and `characters`.
//! What a name is to the message is told by [`crate::reading`], and what the answer tells by [`crate::answer`].

mod characters;
mod encoding;
mod read;
mod write;

pub use encoding::decode;
pub use read::{MAX_DEPTH, read, read_text};
pub use write::write;

#[cfg(test)]
mod tests;
