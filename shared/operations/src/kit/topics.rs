//! The items that say what requests in error are about: written before the request that they lead to, and kept in step with it off its path.

use std::collections::BTreeSet;

use domain::about::{self, Topic};
use domain::request::{RequestInError, RequestInErrorId};
use domain::time::Timestamp;
use futures_util::future::join_all;
use store::items::{self, HasTopic};
use store::keys;
use store::table::Table;

use super::{Master, Stopped, written};

/// Says what a request in error will be about in this version, before it is: whoever erases a person finds it. What comes of no request leads to none, and finds nobody.
pub(crate) async fn announce<T: Table>(
    master: &Master<T>,
    id: &RequestInErrorId,
    version: u64,
    topics: &BTreeSet<Topic>,
) -> Result<(), Stopped> {
    let now = master.table().now();
    write(master, (id, version, now), topics.iter().map(|topic| (topic, None))).await
}

/// The same of the next version of a request that is there, as far as it is new.
pub(crate) async fn announce_next<T: Table>(
    master: &Master<T>,
    seen: &RequestInError,
    next: &RequestInError,
) -> Result<(), Stopped> {
    let about = |request| about::of_request(request, master.controls());
    let new = about(next).difference(&about(seen)).cloned().collect();
    announce(master, &seen.id, next.version, &new).await
}

/// Keeps in step with a request that was written: what it is about lasts as long as it does, and what it is about no more ends now.
pub(crate) async fn keep<T: Table>(
    master: &Master<T>,
    before: Option<&RequestInError>,
    after: &RequestInError,
) -> Result<(), Stopped> {
    let about = |request| about::of_request(request, master.controls());
    let (had, has) = (before.map(about).unwrap_or_default(), about(after));
    let until = after.expires_at();
    let lasted = before.map_or(until.is_none(), |before| before.expires_at() == until);
    let at = after.history.last().map_or(after.received_at, |last| last.at);
    let gone = had.difference(&has).map(|topic| (topic, Some(at)));
    let kept = has.iter().filter(|topic| !lasted || (before.is_some() && !had.contains(topic)));
    let kept = kept.map(|topic| (topic, until));
    write(master, (&after.id, after.version, at), gone.chain(kept)).await
}

async fn write<T: Table>(
    master: &Master<T>,
    (id, version, at): (&RequestInErrorId, u64, Timestamp),
    topics: impl Iterator<Item = (&Topic, Option<Timestamp>)>,
) -> Result<(), Stopped> {
    let table = master.table();
    let writes = topics.map(|(topic, until)| {
        let until = until.map(Timestamp::seconds);
        let said = HasTopic { id: id.clone(), version, until, at };
        let write = items::topic(&keys::topic(&master.controls().secret, topic), &said);
        async move { written(table, &write).await }
    });
    // All of them, so that none is still on its way when the request goes on.
    join_all(writes).await.into_iter().collect()
}
