//! A page of a list, as operations give it out. What cannot be read is damaged or of a newer release: it is named on the page, and hinders nothing else that is on it.

use std::error::Error;

use store::keys::Key;
use store::records::Read;
use store::table::TableError;

/// What is on the page, what of it cannot be read, and behind which position the next one begins; none where there is no more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed<R, P, U> {
    pub found: Vec<R>,
    pub unreadable: Vec<U>,
    pub next: Option<P>,
}

/// What was read, and what cannot be, which the log tells of.
pub(crate) fn readable<T>(read: Read<T>) -> (Vec<T>, Vec<(Key, TableError)>) {
    let (mut found, mut unreadable) = (Vec::with_capacity(read.len()), Vec::new());
    for (key, one) in read {
        match one {
            Ok(one) => found.push(one),
            Err(error) => {
                log_unreadable(&key, &error);
                unreadable.push((key, error));
            }
        }
    }
    (found, unreadable)
}

/// Tells the log where something stands that cannot be read: nothing of a person is in a key.
pub(crate) fn log_unreadable(key: &Key, error: &TableError) {
    let at = format!("{} {}", key.pk, key.sk);
    let why = error.source().map(ToString::to_string).unwrap_or_default();
    tracing::error!(at, error = format!("{error}: {why}"), "it cannot be read");
}
