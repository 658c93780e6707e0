//! Associate a customer with a dealer code: find or create the customer, claim the DCN, both or nothing.

use domain::customer::{Customer, CustomerNumber, Identifier};
use domain::dealer::association::{
    self, Associate, DealerCustomerEffect, Found, Organization, Origin,
};
use domain::matching::duplicate;
use store::items::{self, Association, DealerCustomerRecord};
use store::table::Table;
use store::writes::{Refusal, Transacted, Write, Written};
use store::{block, records};
use tokio::join;

use crate::kit::{Attempt, Stopped, commit, customer_writes};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AssociateOutcome {
    /// The dealer customer belongs to the customer.
    Associated(Associated),
    /// The dealer customer belongs to a customer already.
    Taken {
        holder: Identifier,
        /// Whether it is the one that was meant.
        same: bool,
    },
    /// No customer has the given identifier.
    UnknownOrganization,
    /// Name and address find several customers.
    Ambiguous(Vec<Identifier>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Associated {
    /// The customer; none where a dry run would have created it.
    pub organization: Option<Identifier>,
    /// Its number; none where there is no customer yet.
    pub number: Option<CustomerNumber>,
    pub origin: Origin,
    pub dealer_customer: DealerCustomerOutcome,
    /// Whether an earlier try of the same request did it.
    pub replayed: bool,
}

/// What became of a dealer customer that was associated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DealerCustomerOutcome {
    /// It was not there, and was created.
    Created,
    /// It was there and belonged to no customer.
    Associated,
}

impl DealerCustomerOutcome {
    fn of(was_there: bool) -> Self {
        if was_there { Self::Associated } else { Self::Created }
    }
}

pub async fn associate<T: Table>(
    attempt: &Attempt<'_, T>,
    request: &Associate,
) -> Result<AssociateOutcome, Stopped> {
    let mut outcome = match &request.organization {
        Organization::Unknown => Ok(AssociateOutcome::UnknownOrganization),
        Organization::Given(identifier) => given(attempt, request, identifier).await,
        Organization::Searched => searched(attempt, request).await,
    }?;
    if let AssociateOutcome::Associated(associated) = &mut outcome
        && let Associated { organization: Some(organization), number: None, .. } = associated
    {
        let customer = attempt.master.known_customer(organization).await?;
        associated.number = customer.map(|customer| customer.number);
    }
    Ok(outcome)
}

/// The caller names the customer: one read, which a process that has seen the customer saves, and one write.
async fn given<T: Table>(
    attempt: &Attempt<'_, T>,
    request: &Associate,
    identifier: &Identifier,
) -> Result<AssociateOutcome, Stopped> {
    let (bound, customer) = join!(attempt.bind(), attempt.master.known_customer(identifier));
    bound?;
    match customer? {
        None => Ok(AssociateOutcome::UnknownOrganization),
        Some(customer) => claim(attempt, request, &customer, Origin::Given).await,
    }
}

/// The customer is searched: the block is read, and the DCN claimed for the one that is found or created.
async fn searched<T: Table>(
    attempt: &Attempt<'_, T>,
    request: &Associate,
) -> Result<AssociateOutcome, Stopped> {
    let (table, controls) = (attempt.table(), attempt.controls());
    let home = duplicate::block_of(request.attributes(), controls);
    let (bound, mut read, number) =
        join!(attempt.bind(), block::read(table, home.as_ref()), attempt.have_number());
    bound?;
    number?;
    if attempt.is_replay()
        && let Some(record) = records::dealer_customer(table, &request.dcn).await?
        && let Some(outcome) = replay(attempt, &record)
    {
        return Ok(outcome);
    }
    loop {
        let seats = read?;
        if seats.complete {
            match association::find(request, &seats.customers, controls) {
                Found::Several(candidates) => return Ok(AssociateOutcome::Ambiguous(candidates)),
                Found::One(customer, explanation) => {
                    return claim(attempt, request, customer, Origin::Matched(explanation)).await;
                }
                Found::None if attempt.dry_run => {
                    return dry_run_outcome(attempt, request, None, Origin::Created).await;
                }
                Found::None => {
                    let free_seat = Some(seats.next_seat);
                    let at = customer_writes::place(home.clone(), free_seat, attempt.effect())?;
                    if let Some(outcome) = create(attempt, request, at).await? {
                        return Ok(outcome);
                    }
                }
            }
        }
        attempt.again().await?;
        read = block::read(table, home.as_ref()).await;
    }
}

/// Creates the customer at its place together with the DCN; none where the place was taken meanwhile.
async fn create<T: Table>(
    attempt: &Attempt<'_, T>,
    request: &Associate,
    at: Identifier,
) -> Result<Option<AssociateOutcome>, Stopped> {
    let attributes = request.attributes().clone();
    let customer = Customer {
        alternate_name: request.alternate_name().map(str::to_owned),
        phones: request.phones().to_vec(),
        ..customer_writes::new_customer(attempt, at, attributes).await?
    };
    // What a dealer says has no number of another system's, so there is nothing to claim but the DCN.
    let mut writes = customer_writes::create(attempt, &customer, &Default::default());
    let free = claim_write(attempt, request, &customer, &Origin::Created);
    // A transaction tells nothing of what it replaced, so it asks for a new DCN first, and for a free one when a free one refused it.
    for (claim, dealer_customer) in [
        (items::associate_absent(free.clone()), DealerCustomerOutcome::Created),
        (free, DealerCustomerOutcome::Associated),
    ] {
        writes.push(claim);
        let Transacted::Refused(reasons) = commit(attempt.table(), &writes).await? else {
            return Ok(Some(AssociateOutcome::Associated(Associated {
                organization: Some(customer.identifier),
                number: Some(customer.number),
                origin: Origin::Created,
                dealer_customer,
                replayed: false,
            })));
        };
        writes.pop();
        let [place, Some(Refusal::Condition(Some(stood)))] = &reasons[..] else {
            return Ok(None);
        };
        let record = items::dealer_customer(stood.clone())?;
        if let Some(done) = replay(attempt, &record) {
            return Ok(Some(done));
        }
        // A taken place may change which customer is meant, and that is decided before the DCN is.
        if place.is_some() {
            return Ok(None);
        }
        if let Some(taken) = taken(&record, &customer.identifier) {
            return Ok(Some(taken));
        }
    }
    Ok(None)
}

/// Claims the DCN for a customer that is there.
async fn claim<T: Table>(
    attempt: &Attempt<'_, T>,
    request: &Associate,
    customer: &Customer,
    origin: Origin,
) -> Result<AssociateOutcome, Stopped> {
    if attempt.dry_run {
        return dry_run_outcome(attempt, request, Some(customer), origin).await;
    }
    let write = claim_write(attempt, request, customer, &origin);
    loop {
        match attempt.table().write(&write).await? {
            Written::Done(before) => {
                return Ok(AssociateOutcome::Associated(Associated {
                    organization: Some(customer.identifier.clone()),
                    number: Some(customer.number),
                    origin,
                    dealer_customer: DealerCustomerOutcome::of(before.is_some()),
                    replayed: false,
                }));
            }
            Written::Refused(Refusal::Condition(Some(stood))) => {
                let record = items::dealer_customer(stood)?;
                let outcome = replay(attempt, &record);
                if let Some(outcome) = outcome.or_else(|| taken(&record, &customer.identifier)) {
                    return Ok(outcome);
                }
            }
            Written::Refused(Refusal::Condition(None) | Refusal::Contended) => {}
        }
        attempt.again().await?;
    }
}

fn claim_write<T: Table>(
    attempt: &Attempt<'_, T>,
    request: &Associate,
    customer: &Customer,
    origin: &Origin,
) -> Write {
    let profile = request.profile(customer);
    let organization = &customer.identifier;
    let association = Association { dcn: &request.dcn, profile: &profile, organization, origin };
    items::associate(association, &attempt.stamp())
}

/// What would happen to the DCN for a customer that is there, or would be created.
async fn dry_run_outcome<T: Table>(
    attempt: &Attempt<'_, T>,
    request: &Associate,
    customer: Option<&Customer>,
    origin: Origin,
) -> Result<AssociateOutcome, Stopped> {
    let organization = customer.map(|customer| &customer.identifier);
    let record = records::dealer_customer(attempt.table(), &request.dcn).await?;
    let dealer_customer = DealerCustomerOutcome::of(record.is_some());
    Ok(match record.and_then(|record| record.dealer_customer.organization) {
        Some(holder) => AssociateOutcome::Taken { same: organization == Some(&holder), holder },
        None => AssociateOutcome::Associated(Associated {
            organization: organization.cloned(),
            number: customer.map(|customer| customer.number),
            origin,
            dealer_customer,
            replayed: false,
        }),
    })
}

/// That the DCN belongs to a customer; none where it is free.
fn taken(record: &DealerCustomerRecord, meant: &Identifier) -> Option<AssociateOutcome> {
    let holder = record.dealer_customer.organization.clone()?;
    Some(AssociateOutcome::Taken { same: holder == *meant, holder })
}

/// The outcome of an earlier try, from what it left on the dealer customer; the customer's number is not among it.
fn replay<T: Table>(
    attempt: &Attempt<'_, T>,
    record: &DealerCustomerRecord,
) -> Option<AssociateOutcome> {
    match record.effect_of(attempt.effect())? {
        DealerCustomerEffect::Associated { organization, origin } => {
            Some(AssociateOutcome::Associated(Associated {
                organization: Some(organization.clone()),
                number: None,
                origin: origin.clone(),
                dealer_customer: DealerCustomerOutcome::of(record.created_by != *attempt.effect()),
                replayed: attempt.is_replay(),
            }))
        }
        DealerCustomerEffect::Released => None,
    }
}
