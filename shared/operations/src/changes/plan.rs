//! What a record of the stream asks for: which change it is, what the history says of it, and who is found under what from then on. Nothing is read or written here.

use std::collections::HashMap;

use domain::by::By;
use domain::change::{Change, ChangeId, ChangeType};
use domain::customer::{Customer, CustomerNumber, Identifier};
use domain::dealer::association::DealerCustomerEffect;
use domain::history::{HistoryEntry, Of, What};
use domain::look_up::{self, Kind, Term};
use domain::matching::possible::{Pair, PairRecord, PairState, Prints};
use domain::request::{RequestInError, State};
use domain::secret::Secret;
use domain::time::Timestamp;
use store::item::Item;
use store::items::{self, DealerCustomerRecord, Occupant, Standing};
use store::keys::{self, Key};
use store::table::TableError;

use super::Record;
use crate::customers::remains::{Remains, has_somebody};
use crate::kit::Stopped;

/// What is to be done about one record.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) change: Change,
    /// Whose history it goes to; none where it belongs to nobody's.
    pub(super) entry: Option<(Identifier, HistoryEntry)>,
    /// Who stands how under which terms from this version on.
    pub(super) standings: Vec<(Term, Standing)>,
    /// The version of what stands under the terms.
    pub(super) version: u64,
    /// The customer as it was before it was erased, where this is the erasure, and who erased it.
    pub(super) erases: Option<(Box<Customer>, By)>,
    /// The customer as it was and as it is since, where its possible duplicates may be others than before: it has this version still, and is not erased.
    pairs: Option<(Option<Box<Customer>>, Box<Customer>)>,
    /// What the record says of a person, beside its customer.
    pub(super) says: Remains,
    /// Who erased its customer meanwhile.
    pub(super) erased_by: Option<By>,
    /// The number of the customer to whose history it goes, where only that is known of it, and who did it.
    of_number: Option<(CustomerNumber, Option<By>)>,
    /// The pair that it is of.
    pair: Option<Pair>,
    /// The winner of the customer that it is about, where the record tells no number of it.
    winner: Option<Identifier>,
}

impl Plan {
    /// Tells this change, and nothing else follows from it.
    fn telling(change: Change, version: u64) -> Self {
        Self {
            change,
            version,
            entry: None,
            standings: Vec::new(),
            erases: None,
            pairs: None,
            says: Remains::default(),
            erased_by: None,
            of_number: None,
            pair: None,
            winner: None,
        }
    }

    /// The plan of a record; none where nothing follows from it.
    ///
    /// # Errors
    /// Where one of the items cannot be read.
    pub(super) fn of(record: &Record) -> Result<Option<Self>, TableError> {
        let Record { key, before, after, at: _ } = record;
        // What expires or is taken away by hand tells nothing.
        let Some(after) = after.clone() else {
            return Ok(None);
        };
        let before = before.clone();
        if keys::place_of(key).is_some() {
            // What holds a seat for a customer that lives elsewhere tells nothing of it.
            let Some(after) = resident(after)? else {
                return Ok(None);
            };
            return Ok(of_customer(before.map(resident).transpose()?.flatten(), &after));
        }
        if keys::is_dealer_customer(key) {
            let before = before.map(items::dealer_customer).transpose()?;
            return Ok(of_dealer_customer(before.as_ref(), &items::dealer_customer(after)?));
        }
        if keys::is_request_in_error(key) {
            let before = before.map(items::request_in_error).transpose()?;
            return Ok(of_request(before.as_ref(), &items::request_in_error(after)?));
        }
        if keys::pair_of(key).is_some() {
            let before = before.map(items::pair_of).transpose()?;
            return Ok(of_pair(before.as_ref(), items::pair_of(after)?));
        }
        Ok(None)
    }

    /// The customer whose possible duplicates are to be looked for: one that changed what they are found or judged by, that was merged into another, or parted from it.
    pub(super) fn to_pair(&self, secret: &Secret) -> Option<&Customer> {
        let (before, after) = self.pairs.as_ref()?;
        let prints = Prints::of(after, secret);
        let is_same = |before: &Customer| {
            before.merged_into == after.merged_into && Prints::of(before, secret) == prints
        };
        (!before.as_deref().is_some_and(is_same)).then_some(&**after)
    }

    /// The customers of whom the record does not tell all that is told.
    pub(super) fn others(&self) -> impl Iterator<Item = &Identifier> {
        let both = self.pair.iter().flat_map(|pair| [pair.low(), pair.high()]);
        both.chain(&self.winner)
    }

    /// Says who the customers are of whom the record does not tell it. A pair is told of while both are there and neither was erased; none where that is not so.
    pub(super) fn meet_others(&mut self, known: &HashMap<Identifier, Customer>) -> Option<()> {
        let named = |customer: &Customer| (customer.identifier.clone(), customer.number);
        if let Some(winner) = &self.winner {
            self.change.other = known.get(winner).map(named);
        }
        let Some(pair) = &self.pair else {
            return Some(());
        };
        let mut both = [known.get(pair.low())?, known.get(pair.high())?];
        if both.iter().any(|customer| customer.erased.is_some()) {
            return None;
        }
        both.sort_unstable_by_key(|customer| customer.number);
        let [customer, other] = both.map(named);
        (self.change.customer, self.change.other) = (Some(customer), Some(other));
        Some(())
    }

    /// The customer that it is about, as far as the record tells.
    pub(super) fn customer(&self) -> Option<&Identifier> {
        self.entry.as_ref().map(|(identifier, _)| identifier)
    }

    /// The number of the customer that it is about, where the record tells that alone.
    pub(super) fn of_number(&self) -> Option<CustomerNumber> {
        self.of_number.as_ref().map(|(number, _)| *number)
    }

    /// Says whose the number is.
    pub(super) fn belongs_to(&mut self, customer: &Customer) {
        let by = self.of_number.take().and_then(|(_, by)| by);
        let Some(what) = self.change.kind.what() else { return };
        let Change { at, of, .. } = self.change.clone();
        let entry = HistoryEntry { of, what, at, by, changed: Vec::new(), lost_since: None };
        self.entry = Some((customer.identifier.clone(), entry));
        self.change.customer = Some((customer.identifier.clone(), customer.number));
    }

    /// Meets the customer as it is now: one who was erased meanwhile is not brought back, and neither is one who is not there.
    ///
    /// # Errors
    /// Where the customer would have to tell its number, and is not there.
    pub(super) fn meet(
        &mut self,
        customer: Option<&Customer>,
        now: Timestamp,
    ) -> Result<(), Stopped> {
        if customer.is_none_or(|customer| customer.erased.is_some()) {
            self.without_the_person(now);
        }
        // A newer version has a record of its own.
        if customer
            .is_none_or(|customer| customer.erased.is_some() || customer.version != self.version)
        {
            self.pairs = None;
        }
        let erased = customer.and_then(|customer| customer.erased.as_ref());
        self.erased_by = erased.map(|erased| erased.by.clone());
        match customer {
            Some(customer) => {
                let known = (customer.identifier.clone(), customer.number);
                self.change.customer.get_or_insert(known);
                Ok(())
            }
            None if self.change.customer.is_some() => Ok(()),
            None => Err(Stopped::Defect("its customer is not there".into())),
        }
    }

    /// Where the history has it once all of it is done.
    pub(super) fn done_mark(&self) -> Option<Key> {
        let (identifier, entry) = self.entry.as_ref()?;
        Some(match entry.of {
            Of::Version(version) => keys::history_of_version(identifier, version),
            Of::DealerCustomer(_) | Of::RequestInError(_) => {
                keys::history_of_other(identifier, entry.at, &self.change.id)
            }
        })
    }

    /// The list that the change is appended to.
    pub(super) fn shard(&self) -> u8 {
        match &self.change.customer {
            Some((identifier, _)) => keys::changes_of(&identifier.to_string()),
            None => keys::changes_of(self.change.id.as_str()),
        }
    }

    /// Takes all of a person out of it.
    fn without_the_person(&mut self, now: Timestamp) {
        if let Some((_, entry)) = &mut self.entry {
            *entry = entry.erased();
        }
        for (_, standing) in &mut self.standings {
            *standing = Standing::Removed(now);
        }
    }
}

/// The customer that lives at this place of its block, where one does.
fn resident(item: Item) -> Result<Option<Customer>, TableError> {
    Ok(match items::occupant(item)?.1 {
        Occupant::Customer(customer) => Some(*customer),
        Occupant::Reference(_) | Occupant::Empty => None,
    })
}

fn of_customer(before: Option<Customer>, after: &Customer) -> Option<Plan> {
    if before.as_ref().is_some_and(|before| before.version == after.version) {
        return None;
    }
    let entry = HistoryEntry::of_version(before.as_ref(), after);
    let mut change = change_of_version(after, &entry);
    let mut winner = None;
    if let Some(before) = &before {
        change.other = parted_or_absorbed(before, after);
        if before.merged_into != after.merged_into {
            let merged = after.merged_into.as_ref().or(before.merged_into.as_ref());
            winner = merged.map(|merged| merged.winner.clone());
        }
    }
    let standings = standings(before.as_ref(), after);
    let before = before.map(Box::new);
    let (erases, pairs) = if change.kind == ChangeType::CustomerErased {
        (before.zip(after.erased.as_ref().map(|erased| erased.by.clone())), None)
    } else {
        (None, Some((before, Box::new(after.clone()))))
    };
    Some(Plan {
        entry: Some((after.identifier.clone(), entry)),
        standings,
        erases,
        pairs,
        winner,
        ..Plan::telling(change, after.version)
    })
}

/// The customer that this one absorbed between the two versions, or was parted from.
fn parted_or_absorbed(before: &Customer, after: &Customer) -> Option<(Identifier, CustomerNumber)> {
    let only_in = |one: &Customer, other: &Customer| {
        let mut absorbed = one.absorbed.iter();
        absorbed.find(|absorbed| !other.has_absorbed(&absorbed.loser)).cloned()
    };
    let other = only_in(after, before).or_else(|| only_in(before, after))?;
    Some((other.loser, other.number))
}

/// The change that made a version of a customer, of which the history has this entry.
pub(crate) fn change_of_version(after: &Customer, entry: &HistoryEntry) -> Change {
    let kind = match entry.what {
        What::Created => ChangeType::CustomerCreated,
        What::Erased => ChangeType::CustomerErased,
        What::Merged => ChangeType::CustomerMerged,
        What::Unmerged => ChangeType::CustomerUnmerged,
        What::Updated | What::Restored | What::Associated | What::Released | What::Resolved => {
            ChangeType::CustomerUpdated
        }
    };
    Change {
        id: ChangeId::of_version(after.number, after.version),
        kind,
        at: after.updated_at,
        customer: Some((after.identifier.clone(), after.number)),
        other: None,
        state: None,
        of: Of::Version(after.version),
        version: Some(after.version),
        operation: after.by.as_ref().map(|by| by.operation.clone()),
        changed: entry.changed.iter().map(|changed| changed.part).collect(),
    }
}

/// Who stands how under which terms since this version. Where another item tells who has a value, only who had it needs a key.
pub(crate) fn standings(before: Option<&Customer>, after: &Customer) -> Vec<(Term, Standing)> {
    let had = before.map(look_up::all_terms).unwrap_or_default();
    let has = look_up::all_terms(after);
    let since = after.updated_at;
    let lost = |kind: Kind| {
        if after.erased.is_some() || !kind.finds_formerly() {
            Standing::Removed(since)
        } else {
            Standing::Former(since)
        }
    };
    let gained = has.difference(&had).filter(|term| !term.kind.is_claimed());
    let gained = gained.map(|term| (term.clone(), Standing::Current));
    gained.chain(had.difference(&has).map(|term| (term.clone(), lost(term.kind)))).collect()
}

fn of_dealer_customer(
    before: Option<&DealerCustomerRecord>,
    after: &DealerCustomerRecord,
) -> Option<Plan> {
    // One write has one effect; what only changes what the dealer said has none.
    let (effect, did, at) = after.effects_since(before).next()?;
    let dcn = &after.dealer_customer.dcn;
    let (kind, what, organization) = match did {
        DealerCustomerEffect::Associated { organization, .. } => {
            (ChangeType::DealerCustomerAssociated, What::Associated, organization.clone())
        }
        DealerCustomerEffect::Released => {
            let organization = before.and_then(|was| was.dealer_customer.organization.clone())?;
            (ChangeType::DealerCustomerReleased, What::Released, organization)
        }
    };
    let standings = match did {
        DealerCustomerEffect::Associated { .. } => Vec::new(),
        DealerCustomerEffect::Released => vec![(Term::of_dcn(dcn), Standing::Former(at))],
    };
    let of = Of::DealerCustomer(dcn.clone());
    let entry = HistoryEntry {
        of: of.clone(),
        what,
        at,
        by: after.by.clone(),
        changed: Vec::new(),
        lost_since: None,
    };
    let change = Change {
        id: ChangeId::of_dealer_customer(dcn, effect),
        kind,
        at,
        // The number is the customer's to tell.
        customer: None,
        other: None,
        state: None,
        of,
        version: None,
        operation: after.by.as_ref().map(|by| by.operation.clone()),
        changed: Vec::new(),
    };
    Some(Plan {
        entry: Some((organization, entry)),
        standings,
        says: Remains {
            dealer_customers: [&after.dealer_customer]
                .into_iter()
                .filter(|said| has_somebody(said))
                .cloned()
                .collect(),
            ..Remains::default()
        },
        ..Plan::telling(change, at.millis())
    })
}

fn of_request(before: Option<&RequestInError>, after: &RequestInError) -> Option<Plan> {
    let kind = match (before.map(|before| before.state), after.state) {
        (None, State::Open) => ChangeType::RequestInErrorOpened,
        (Some(State::Open) | None, State::Resolved) => ChangeType::RequestInErrorResolved,
        (Some(State::Open) | None, State::Deleted) => ChangeType::RequestInErrorDeleted,
        // Opened anew.
        (Some(State::Resolved | State::Deleted), State::Open) => ChangeType::RequestInErrorOpened,
        (Some(_), _) => return None,
    };
    let of_number = after.customer_number().filter(|_| kind.what().is_some());
    let of_number = of_number.map(|number| (number, after.by.clone()));
    let change = Change {
        id: ChangeId::of_request_in_error(&after.id, after.version),
        kind,
        at: after.history.last().map_or(after.received_at, |last| last.at),
        customer: None,
        other: None,
        state: None,
        of: Of::RequestInError(after.id.clone()),
        version: Some(after.version),
        operation: after.by.as_ref().map(|by| by.operation.clone()),
        changed: Vec::new(),
    };
    Some(Plan {
        says: Remains {
            requests: [after].into_iter().filter(|said| !said.is_erased()).cloned().collect(),
            ..Remains::default()
        },
        of_number,
        ..Plan::telling(change, after.version)
    })
}

/// What is told of a pair: that it waits for a steward, or that it does no more. That one does not look alike any more is told only where a decision on it was taken back.
fn of_pair(before: Option<&PairRecord>, after: PairRecord) -> Option<Plan> {
    let was = before.map(|before| before.state);
    let kind = match after.state {
        state if was == Some(state) => return None,
        PairState::Past if after.by.is_none() => return None,
        PairState::Open if after.by.is_none() => ChangeType::PossibleDuplicateFound,
        PairState::Open | PairState::Apart | PairState::Merged | PairState::Past => {
            ChangeType::PossibleDuplicateDecided
        }
    };
    let change = Change {
        id: ChangeId::of_pair(&after.pair, after.version),
        kind,
        at: after.since,
        // Their numbers are the customers' to tell.
        customer: None,
        other: None,
        state: Some(after.state),
        of: Of::Version(after.version),
        version: Some(after.version),
        operation: after.by.map(|by| by.operation),
        changed: Vec::new(),
    };
    Some(Plan { pair: Some(after.pair), ..Plan::telling(change, after.version) })
}
