//! What must be known of all customers before the first row is written: who leads to whom, and which dealer's association would make a customer again that no message can
//! make, because it has an alternate name or telephone numbers as dealers give them.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use domain::controls::Controls;
use domain::customer::contact::Phone;
use domain::customer::{Customer, CustomerNumber, Identifier};
use domain::dealer::association::{Associate, Organization};
use domain::dealer::{Dcn, DealerCustomer};
use domain::matching::block::Block;
use domain::matching::duplicate;
use domain::message::{Attribute, Attributes};

use super::rows;

/// How many merges may lead from one to another: more than the master allows.
const MAX_MERGES: usize = 64;

/// Where a customer leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leads {
    /// To the one of this number: itself, or who it was merged into in the end.
    To(CustomerNumber),
    /// To one that was erased.
    ToErased,
    /// To nobody that was counted.
    Nowhere,
}

/// The association that makes a customer.
pub(super) struct Maker {
    pub(super) dcn: Dcn,
    /// Whether no message is needed after it.
    pub(super) makes_it_whole: bool,
}

/// Attributes in few bytes: a digest of them, and which are given.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Values {
    digest: u64,
    given: u128,
}

impl Values {
    fn of(attributes: &Attributes) -> Self {
        let all: Vec<_> = attributes.iter().collect();
        let given = Attribute::all().enumerate();
        let given = given.filter(|(_, attribute)| attributes.get(*attribute).is_some());
        Self { digest: digest(&all), given: given.fold(0, |given, (at, _)| given | 1 << at) }
    }
}

/// A digest of what dealers alone say of a customer; none where they said nothing.
fn said(alternate_name: Option<&str>, phones: &[Phone]) -> Option<u64> {
    let phones: Vec<_> = phones.iter().map(|phone| (phone.kind(), phone.number())).collect();
    let is_something = alternate_name.is_some() || !phones.is_empty();
    is_something.then(|| digest(&(alternate_name, phones)))
}

fn digest(of: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

struct Known {
    number: CustomerNumber,
    merged_into: Option<Identifier>,
    is_erased: bool,
    said: Option<u64>,
    values: Values,
}

/// An association that may make the customer that it is of.
struct Candidate {
    dcn: Dcn,
    said: Option<u64>,
    values: Values,
    blocks: Vec<Block>,
}

pub(super) struct Census<'a> {
    controls: &'a Controls,
    customers: HashMap<Identifier, Known>,
    candidates: HashMap<Identifier, Vec<Candidate>>,
    makers: HashMap<Identifier, Maker>,
}

impl<'a> Census<'a> {
    pub(super) fn new(controls: &'a Controls) -> Self {
        let (customers, candidates, makers) = (HashMap::new(), HashMap::new(), HashMap::new());
        Self { controls, customers, candidates, makers }
    }

    pub(super) fn count(&mut self, customer: &Customer) {
        let known = Known {
            number: customer.number,
            merged_into: customer.merged_into.as_ref().map(|merged| merged.winner.clone()),
            is_erased: customer.erased.is_some(),
            said: said(customer.alternate_name.as_deref(), &customer.phones),
            values: Values::of(&customer.attributes),
        };
        self.customers.insert(customer.identifier.clone(), known);
    }

    /// Keeps it, where it says what only dealers say and is enough to make a customer of.
    pub(super) fn may_make(&mut self, of: &DealerCustomer) {
        let DealerCustomer { dcn, profile, organization } = of;
        let said = said(profile.alternate_name.as_deref(), &profile.phones);
        let (Some(organization), Some(_)) = (organization, said) else { return };
        let statement = rows::statement(profile);
        let made = Associate::new(dcn.clone(), Organization::Searched, statement, self.controls);
        let Ok(made) = made else { return };
        let candidate = Candidate {
            dcn: dcn.clone(),
            said,
            values: Values::of(made.attributes()),
            blocks: duplicate::blocks_of(made.attributes(), self.controls),
        };
        self.candidates.entry(organization.clone()).or_default().push(candidate);
    }

    /// Chooses who makes whom. No two may make customers of one block: the second would find the first.
    pub(super) fn settle(&mut self) {
        let acts = |known: &Known| known.merged_into.is_none() && !known.is_erased;
        let mut asked: Vec<_> = self
            .customers
            .iter()
            .filter(|(_, known)| acts(known) && known.said.is_some())
            .collect();
        asked.sort_by_key(|(_, known)| known.number);
        let mut taken: HashSet<Block> = HashSet::new();
        for (identifier, known) in asked {
            let mut candidates = self.candidates.remove(identifier).unwrap_or_default();
            candidates.sort_by(|one, other| one.dcn.cmp(&other.dcn));
            let makes = |candidate: &Candidate| {
                candidate.said == known.said
                    // What it says too much no message takes away again.
                    && candidate.values.given & !known.values.given == 0
                    && !candidate.blocks.iter().any(|block| taken.contains(block))
            };
            let whole = |candidate: &Candidate| candidate.values == known.values;
            let chosen = candidates.iter().position(|one| makes(one) && whole(one));
            let chosen = chosen.or_else(|| candidates.iter().position(makes));
            if let Some(chosen) = chosen {
                let Candidate { dcn, said: _, values, blocks } = candidates.swap_remove(chosen);
                taken.extend(blocks);
                let maker = Maker { dcn, makes_it_whole: values == known.values };
                self.makers.insert(identifier.clone(), maker);
            }
        }
        self.candidates = HashMap::new();
    }

    pub(super) fn leads(&self, identifier: &Identifier) -> Leads {
        let mut at = identifier;
        for _ in 0..MAX_MERGES {
            match self.customers.get(at) {
                None => return Leads::Nowhere,
                Some(known) if known.is_erased => return Leads::ToErased,
                Some(Known { merged_into: Some(winner), .. }) => at = winner,
                Some(known) => return Leads::To(known.number),
            }
        }
        Leads::Nowhere
    }

    /// The association that makes this customer; none where a message does.
    pub(super) fn maker(&self, identifier: &Identifier) -> Option<&Maker> {
        self.makers.get(identifier)
    }
}
