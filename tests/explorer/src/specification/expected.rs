//! What a request is to be answered, and whether that is what it was answered.

use domain::effect::EffectId;
use domain::request::RequestInErrorId;
use operations::customers::decision;
use operations::customers::keep_apart::KeptApart;
use operations::requests::Refused;

use super::super::request::Answer;
use super::{Names, Specification};

/// What a request is to be answered. Customers are told by their place in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Expected {
    /// Associated with this customer.
    Associated {
        /// The customer.
        customer: usize,
        /// `created`, `matched` or `given`.
        origin: &'static str,
        /// Whether the dealer customer was created too.
        created: bool,
    },
    /// The dealer customer is taken.
    Taken {
        /// Whose it is.
        holder: usize,
        /// Whether that is the one meant.
        same: bool,
    },
    /// Several are meant.
    Ambiguous(Vec<usize>),
    /// Released.
    Released,
    /// It belonged to nobody.
    NotAssociated,
    /// There is none.
    UnknownDealerCustomer,
    /// Created.
    Created(usize),
    /// Updated.
    Updated(usize),
    /// Duplicates.
    Duplicate(Vec<usize>),
    /// Edits failed; the effect that queued the message.
    Failed(Vec<&'static str>, EffectId),
    /// Corrected, to this version.
    Corrected(u64),
    /// Deleted.
    Deleted,
    /// There is no such message in the queue.
    Unknown,
    /// It was resolved, with this customer.
    AlreadyResolved(usize),
    /// It was deleted.
    AlreadyDeleted,
    /// It has this version, not the one that the steward saw.
    VersionMismatch(u64),
    /// Merged into this customer, which got this version.
    Merged(usize, u64),
    /// Parted from this customer, which got this version.
    Parted(usize, u64),
    /// Not merged or parted, for this reason.
    NotDecided(&'static str),
    /// No customer has that identifier any more: the person was erased, or was lost.
    UnknownOrganization,
    /// Erased.
    Erased,
    /// Kept apart, or no more.
    KeptApart,
    /// It was merged into this one, and is not kept apart from anybody.
    MergedInto(usize),
    /// They were not kept apart.
    NotKeptApart,
    /// The table was audited.
    Audited,
    /// The key is another request's.
    KeyReused,
}

impl Expected {
    /// Whether the request had an effect, which its key then answers for ever.
    pub(crate) fn is_effect(&self) -> bool {
        match self {
            Self::Associated { .. }
            | Self::Released
            | Self::Created(_)
            | Self::Updated(_)
            | Self::Failed(..)
            | Self::Corrected(_)
            | Self::Merged(..)
            | Self::Parted(..)
            | Self::Erased
            | Self::KeptApart
            | Self::Audited
            | Self::Deleted => true,
            Self::Taken { .. }
            | Self::Ambiguous(_)
            | Self::NotAssociated
            | Self::UnknownDealerCustomer
            | Self::Duplicate(_)
            | Self::Unknown
            | Self::AlreadyResolved(_)
            | Self::AlreadyDeleted
            | Self::VersionMismatch(_)
            | Self::NotDecided(_)
            | Self::UnknownOrganization
            | Self::MergedInto(_)
            | Self::NotKeptApart
            | Self::KeyReused => false,
        }
    }
}

impl Specification {
    /// Whether that is what was answered.
    pub(crate) fn agrees(&self, expected: &Expected, answer: &Answer, names: &Names) -> bool {
        let name = |customer: &usize| names.get(&self.customers[*customer].effect);
        let identifier = |customer: &usize| name(customer).map(|(identifier, _)| identifier);
        let number = |customer: &usize| name(customer).map(|(_, number)| number);
        match (expected, answer) {
            (
                Expected::Associated { customer, origin, created },
                Answer::Associated { organization, origin: told, created: told_created },
            ) => {
                identifier(customer) == Some(organization)
                    && origin == told
                    && created == told_created
            }
            (Expected::Taken { holder, same }, Answer::Taken { holder: told, same: told_same }) => {
                // Who holds it may be told as it was associated, or as the one that acts.
                [*holder, self.leader(*holder)].iter().any(|one| identifier(one) == Some(told))
                    && same == told_same
            }
            (Expected::Ambiguous(customers), Answer::Ambiguous(told)) => {
                let mut said: Vec<_> = customers.iter().filter_map(identifier).cloned().collect();
                said.sort();
                said == *told
            }
            (Expected::Released, Answer::Released)
            | (Expected::NotAssociated, Answer::NotAssociated)
            | (Expected::UnknownDealerCustomer, Answer::UnknownDealerCustomer)
            | (Expected::KeyReused, Answer::KeyReused) => true,
            (Expected::Created(customer), Answer::Created(told))
            | (Expected::Updated(customer), Answer::Updated(told)) => {
                number(customer) == Some(told)
            }
            (Expected::Duplicate(customers), Answer::Duplicate(told)) => {
                customers.iter().map(number).eq(told.iter().map(Some))
            }
            (Expected::Failed(codes, effect), Answer::Failed(told, id)) => {
                let mut told = told.clone();
                told.sort_unstable();
                *codes == told && RequestInErrorId::of(effect).as_str() == id
            }
            (Expected::Corrected(version), Answer::Corrected(told))
            | (
                Expected::VersionMismatch(version),
                Answer::Refused(Refused::VersionMismatch(told)),
            ) => version == told,
            (Expected::Merged(customer, version), Answer::Merged(told, told_version))
            | (Expected::Parted(customer, version), Answer::Parted(told, told_version)) => {
                number(customer) == Some(told) && version == told_version
            }
            (Expected::NotDecided(why), Answer::NotDecided(told)) => matches!(
                (told, *why),
                (decision::Refused::AlreadyMerged { .. }, "already-merged")
                    | (decision::Refused::NotMerged, "not-merged")
                    | (decision::Refused::Erased(_), "erased")
            ),
            (
                Expected::MergedInto(leader),
                Answer::KeptApart(KeptApart::Merged { into, .. })
                | Answer::TakenBack(KeptApart::Merged { into, .. }),
            ) => number(leader) == Some(into),
            // What a key did is told, or that nobody knows it any more.
            (Expected::Updated(_), Answer::AlreadyProcessed)
            | (Expected::UnknownOrganization, Answer::UnknownOrganization)
            | (Expected::Erased, Answer::Erased)
            | (
                Expected::KeptApart,
                Answer::KeptApart(KeptApart::Done { .. })
                | Answer::TakenBack(KeptApart::Done { .. }),
            )
            | (Expected::NotKeptApart, Answer::TakenBack(KeptApart::NotFound))
            | (Expected::Audited, Answer::Audited { .. }) => true,
            (Expected::Deleted, Answer::Deleted)
            | (Expected::Unknown, Answer::Refused(Refused::Unknown))
            | (Expected::AlreadyDeleted, Answer::Refused(Refused::AlreadyDeleted)) => true,
            (
                Expected::AlreadyResolved(customer),
                Answer::Refused(Refused::AlreadyResolved(told)),
            ) => number(customer) == told.as_ref(),
            _ => false,
        }
    }
}
