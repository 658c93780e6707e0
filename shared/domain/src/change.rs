//! Changes as the rest of the world is told of them: what happened to whom, and the names of what changed. No value of a person can be in one.

use crate::customer::{CustomerNumber, Identifier};
use crate::dealer::Dcn;
use crate::effect::EffectId;
use crate::history::{Of, Part, What};
use crate::matching::possible::{Pair, PairState};
use crate::request::RequestInErrorId;
use crate::time::Timestamp;

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangeType {
    CustomerCreated,
    CustomerUpdated,
    CustomerErased,
    CustomerMerged,
    CustomerUnmerged,
    DealerCustomerAssociated,
    DealerCustomerReleased,
    RequestInErrorOpened,
    RequestInErrorResolved,
    RequestInErrorDeleted,
    /// Two customers look alike, or do again: they wait for a steward.
    PossibleDuplicateFound,
    /// The two are kept apart or were merged, or a decision was taken back.
    PossibleDuplicateDecided,
}

impl ChangeType {
    pub const ALL: [Self; 12] = [
        Self::CustomerCreated,
        Self::CustomerUpdated,
        Self::CustomerErased,
        Self::CustomerMerged,
        Self::CustomerUnmerged,
        Self::DealerCustomerAssociated,
        Self::DealerCustomerReleased,
        Self::RequestInErrorOpened,
        Self::RequestInErrorResolved,
        Self::RequestInErrorDeleted,
        Self::PossibleDuplicateFound,
        Self::PossibleDuplicateDecided,
    ];

    /// `customer.created` and so on: what subscribers select by.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CustomerCreated => "customer.created",
            Self::CustomerUpdated => "customer.updated",
            Self::CustomerErased => "customer.erased",
            Self::CustomerMerged => "customer.merged",
            Self::CustomerUnmerged => "customer.unmerged",
            Self::DealerCustomerAssociated => "dealer-customer.associated",
            Self::DealerCustomerReleased => "dealer-customer.released",
            Self::RequestInErrorOpened => "request-in-error.opened",
            Self::RequestInErrorResolved => "request-in-error.resolved",
            Self::RequestInErrorDeleted => "request-in-error.deleted",
            Self::PossibleDuplicateFound => "possible-duplicate.found",
            Self::PossibleDuplicateDecided => "possible-duplicate.decided",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// What the history of the customer says of it; none for what is in no customer's history.
    pub fn what(self) -> Option<What> {
        match self {
            Self::CustomerCreated => Some(What::Created),
            Self::CustomerUpdated => Some(What::Updated),
            Self::CustomerErased => Some(What::Erased),
            Self::CustomerMerged => Some(What::Merged),
            Self::CustomerUnmerged => Some(What::Unmerged),
            Self::DealerCustomerAssociated => Some(What::Associated),
            Self::DealerCustomerReleased => Some(What::Released),
            Self::RequestInErrorResolved => Some(What::Resolved),
            Self::RequestInErrorOpened
            | Self::RequestInErrorDeleted
            | Self::PossibleDuplicateFound
            | Self::PossibleDuplicateDecided => None,
        }
    }
}

/// Names a change: the same however often it is told.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChangeId(String);

impl ChangeId {
    pub fn of_version(number: CustomerNumber, version: u64) -> Self {
        Self(format!("customer/{number}/{version}"))
    }

    pub fn of_dealer_customer(dcn: &Dcn, effect: &EffectId) -> Self {
        let Dcn { dealer_code, dealer_customer_number } = dcn;
        Self(format!("dealer-customer/{dealer_code}/{dealer_customer_number}/{}", effect.as_str()))
    }

    pub fn of_request_in_error(id: &RequestInErrorId, version: u64) -> Self {
        Self(format!("request-in-error/{}/{version}", id.as_str()))
    }

    pub fn of_pair(pair: &Pair, version: u64) -> Self {
        Self(format!("possible-duplicate/{}/{}/{version}", pair.low(), pair.high()))
    }

    /// The id that was given out as this text.
    pub fn read(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One committed change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub id: ChangeId,
    pub kind: ChangeType,
    pub at: Timestamp,
    /// The customer that it is about, of a pair the one with the lower number; none for a request in error that became none.
    pub customer: Option<(Identifier, CustomerNumber)>,
    /// The other customer of a pair, of a merge or of its end.
    pub other: Option<(Identifier, CustomerNumber)>,
    /// Where a pair stands since.
    pub state: Option<PairState>,
    pub of: Of,
    /// The version that it made, of the customer, of the request in error or of the pair; a dealer customer has none.
    pub version: Option<u64>,
    /// The operation that did it; none for what was written before this was kept.
    pub operation: Option<String>,
    /// What changed, by name.
    pub changed: Vec<Part>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_is_read_back_by_its_name() {
        for kind in ChangeType::ALL {
            assert_eq!(ChangeType::named(kind.as_str()), Some(kind));
        }
        assert_eq!(ChangeType::named("customer.vanished"), None);
    }
}
