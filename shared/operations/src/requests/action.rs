//! What a request in error adds or changes.

use std::collections::HashSet;

use domain::message::Attribute;
use domain::request::{EntryOutcome, RequestInError};
use domain::secret::Secret;
use store::keys::Key;
use store::table::{MAX_ITEMS, Table};
use store::{item, keys};

use crate::kit::{Master, Stopped};
use crate::messages::Action;

/// What each of these requests adds or changes: what came of it, or what its message would do now. A relate id or an alternate number makes it a
/// Change only if somebody has it, so those are looked up, all at once.
pub async fn actions<T: Table>(
    master: &Master<T>,
    requests: &[RequestInError],
) -> Result<Vec<Action>, Stopped> {
    let secret = &master.controls().secret;
    let mut wanted: Vec<_> =
        requests.iter().filter_map(|request| deciding_claim(request, secret)).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let mut held = HashSet::new();
    for wanted in wanted.chunks(MAX_ITEMS) {
        let found = master.table().get_all(wanted).await?;
        held.extend(found.iter().map(item::key_of));
    }
    let action = |request: &RequestInError| {
        let changes = match deciding_claim(request, secret) {
            Some(claim) => held.contains(&claim),
            None => request.message.names_a_customer(),
        };
        came_to(request).unwrap_or(if changes { Action::Change } else { Action::Add })
    };
    Ok(requests.iter().map(action).collect())
}

/// The claim that decides whether the message changes a customer; none where none need be looked up.
fn deciding_claim(request: &RequestInError, secret: &Secret) -> Option<Key> {
    if came_to(request).is_some() {
        return None;
    }
    match request.message.naming()? {
        naming @ Attribute::RELATE_ID => {
            request.attribute(naming).map(|id| keys::relate_id(secret, id))
        }
        naming @ Attribute::ALTERNATE_NUMBER => {
            request.attribute(naming).map(|number| keys::alternate_number(secret, number))
        }
        _ => None,
    }
}

/// What came of a request, if a customer did.
fn came_to(request: &RequestInError) -> Option<Action> {
    let outcomes = request.history.iter().rev().filter_map(|entry| entry.outcome);
    outcomes.into_iter().find_map(|outcome| match outcome {
        EntryOutcome::Created(_) => Some(Action::Add),
        EntryOutcome::Updated(_) | EntryOutcome::Unchanged(_) => Some(Action::Change),
        EntryOutcome::Failure(_) | EntryOutcome::Duplicate => None,
    })
}
