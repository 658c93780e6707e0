//! What the build prepared of the pages (`build.rs`): of every file of the console, and of the contract.

use api::page::Prepared;

include!(concat!(env!("OUT_DIR"), "/prepared.rs"));

/// What was prepared of the file of this name.
///
/// # Panics
/// If the build did not see the file.
pub(crate) fn prepared(name: &str) -> Prepared {
    let found = PREPARED.iter().find(|(known, _)| *known == name);
    found.map(|(_, prepared)| *prepared).expect("the build prepares every file that is served")
}
