//! Associate a customer with a dealer code: find or create the customer, claim the DCN, both or nothing.

use domain::customer::{Customer, CustomerNumber, Identifier};
use domain::dealer::association::{
    self, Associate, DealerCustomerEffect, Found, Organization, Origin,
};
use domain::matching::duplicate::Placed;
use domain::message::Attribute;
use store::follow::{Followed, follow};
use store::items::{self, Association, DealerCustomerRecord};
use store::records;
use store::table::Table;
use store::writes::{Refusal, Transacted, Write, Written};
use tokio::join;

use crate::kit::seats::{NextRound, behind_bound, blocks_of, wanted_by};
use crate::kit::{Attempt, Inputs, Seats, Stopped, commit, customer_writes};

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
    /// Its number; none in a dry run, which associates nobody with it.
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
    if !attempt.dry_run
        && let AssociateOutcome::Associated(associated) = &mut outcome
        && let Associated { organization: Some(organization), number: None, .. } = associated
    {
        // The customer was written in one transaction with its dealer customer, of which a reader may see the one before the other.
        associated.number = loop {
            if let Some(customer) = records::customer(attempt.table(), organization).await? {
                break Some(customer.number);
            }
            attempt.again().await?;
        };
    }
    Ok(outcome)
}

/// The caller names the customer: one read and one write.
async fn given<T: Table>(
    attempt: &Attempt<'_, T>,
    request: &Associate,
    identifier: &Identifier,
) -> Result<AssociateOutcome, Stopped> {
    let customer = records::customer(attempt.table(), identifier);
    let (bound, customer) = join!(attempt.bind(), customer);
    bound?;
    let mut customer = customer?;
    loop {
        let Some(named) = customer else {
            return Ok(AssociateOutcome::UnknownOrganization);
        };
        if let Some(Followed { leader, .. }) = follow(attempt.table(), named).await? {
            // Of whom an erased customer was, nothing is told to whoever comes afterwards.
            if leader.erased.is_some() {
                let earlier = match attempt.is_replay() {
                    true => records::dealer_customer(attempt.table(), &request.dcn).await?,
                    false => None,
                };
                let earlier = earlier.and_then(|record| replay(attempt, &record));
                return Ok(earlier.unwrap_or(AssociateOutcome::UnknownOrganization));
            }
            return claim(attempt, request, &leader, Origin::Given).await;
        }
        attempt.again().await?;
        customer = records::customer(attempt.table(), identifier).await?;
    }
}

/// The customer is searched: the block is read, and the DCN claimed for the one that is found or created.
async fn searched<T: Table>(
    attempt: &Attempt<'_, T>,
    request: &Associate,
) -> Result<AssociateOutcome, Stopped> {
    let (table, controls) = (attempt.table(), attempt.controls());
    let mut placed = Placed::of(request.attributes(), controls);
    let looks = !placed.party().is_placeholder_under(&controls.rules);
    let mut wanted = wanted_by(&placed);
    let company = request.attributes().text(Attribute::COMPANY).to_owned();
    let otherwise = vec![(Attribute::COMPANY, company)];
    let own = Inputs { blocks: blocks_of(&wanted), otherwise };
    let mut seats = Seats::default();
    let (bound, read, number) = join!(
        attempt.bind_inputs(&own),
        seats.read(table, own.blocks.iter().filter(|_| looks)),
        attempt.have_number()
    );
    let bound = bound?;
    read?;
    number?;
    let request = &request.clone().decided_on(bound.apply(request.attributes()));
    if *bound != own {
        placed = Placed::of(request.attributes(), controls);
        wanted = behind_bound(&bound.blocks, wanted_by(&placed));
    }
    if attempt.is_replay()
        && let Some(record) = records::dealer_customer(table, &request.dcn).await?
    {
        if let Some(outcome) = replay(attempt, &record) {
            return Ok(outcome);
        }
        attempt.refuse_if_forgotten(record.is_full())?;
    }
    loop {
        if looks {
            seats.read(table, wanted.iter().map(|seat| &seat.block)).await?;
        }
        let mut next = NextRound::Anew;
        if seats.are_complete(table) {
            match association::find(&placed, seats.candidates(), controls) {
                Found::Several(candidates) => return Ok(AssociateOutcome::Ambiguous(candidates)),
                Found::One(customer, explanation) => {
                    return claim(attempt, request, customer, Origin::Matched(explanation)).await;
                }
                Found::None if attempt.dry_run => {
                    return dry_run_outcome(attempt, request, None, Origin::Created).await;
                }
                Found::None => {
                    let place = seats.for_new(attempt, &wanted, looks)?;
                    match create(attempt, request, place, &mut seats).await? {
                        Ok(outcome) => return Ok(outcome),
                        Err(round) => next = round,
                    }
                }
            }
        }
        seats.begin(next, attempt).await?;
    }
}

/// Creates the customer at its place together with the DCN.
async fn create<T: Table>(
    attempt: &Attempt<'_, T>,
    request: &Associate,
    (at, other_seats): (Identifier, Vec<Write>),
    seats: &mut Seats,
) -> Result<Result<AssociateOutcome, NextRound>, Stopped> {
    let attributes = request.attributes().clone();
    let customer = Customer {
        alternate_name: request.alternate_name().map(str::to_owned),
        phones: request.phones().to_vec(),
        ..customer_writes::new_customer(attempt, at, attributes).await?
    };
    // What a dealer says has no number of another system's, so there is nothing to claim but the DCN.
    let mut writes = customer_writes::create(attempt, &customer, other_seats, &Default::default());
    let free = claim_write(attempt, request, &customer, &Origin::Created);
    // A transaction tells nothing of what it replaced, so it asks for a new DCN first, and for a free one when a free one refused it.
    for (claim, dealer_customer) in [
        (items::associate_absent(free.clone()), DealerCustomerOutcome::Created),
        (free, DealerCustomerOutcome::Associated),
    ] {
        writes.push(claim);
        let Transacted::Refused(mut reasons) = commit(attempt.table(), &writes).await? else {
            return Ok(Ok(AssociateOutcome::Associated(Associated {
                organization: Some(customer.identifier),
                number: Some(customer.number),
                origin: Origin::Created,
                dealer_customer,
                replayed: false,
            })));
        };
        writes.pop();
        let of_dcn = reasons.split_off(writes.len());
        if let [Some(Refusal::Condition(Some(stood)))] = &of_dcn[..] {
            let record = items::dealer_customer(stood.clone())?;
            if let Some(done) = replay(attempt, &record) {
                return Ok(Ok(done));
            }
            // A taken place may change which customer is meant, and that is decided before the DCN is.
            if reasons.iter().all(Option::is_none) {
                match taken(attempt, &record, None).await? {
                    Some(taken) => return Ok(Ok(taken)),
                    None => continue,
                }
            }
        }
        let contended =
            matches!(&of_dcn[..], [Some(Refusal::Contended | Refusal::Condition(None))]);
        let next = seats.admit(attempt.table(), &writes, reasons).await?;
        return Ok(Err(if contended { NextRound::Anew } else { next }));
    }
    Ok(Err(NextRound::Anew))
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
                if outcome.is_none() {
                    attempt.refuse_if_forgotten(record.is_full())?;
                }
                if let Some(outcome) = outcome {
                    return Ok(outcome);
                }
                if let Some(taken) = taken(attempt, &record, Some(customer)).await? {
                    return Ok(taken);
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
    let profile = request.profile();
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
    let record = records::dealer_customer(attempt.table(), &request.dcn).await?;
    let dealer_customer = DealerCustomerOutcome::of(record.is_some());
    let taken = match &record {
        Some(record) => taken(attempt, record, customer).await?,
        None => None,
    };
    Ok(match taken {
        Some(taken) => taken,
        None => AssociateOutcome::Associated(Associated {
            organization: customer.map(|customer| customer.identifier.clone()),
            number: None,
            origin,
            dealer_customer,
            replayed: false,
        }),
    })
}

/// That the DCN belongs to a customer; none where it is free. `meant` is nobody where a customer would be created. Only on one that absorbed others can more than its own DCNs
/// hang, so the holder is read only then.
async fn taken<T: Table>(
    attempt: &Attempt<'_, T>,
    record: &DealerCustomerRecord,
    meant: Option<&Customer>,
) -> Result<Option<AssociateOutcome>, Stopped> {
    let Some(holder) = record.dealer_customer.organization.clone() else {
        return Ok(None);
    };
    if let Some(meant) = meant.filter(|meant| meant.identifier != holder)
        && !meant.absorbed.is_empty()
        && let Some(customer) = records::customer(attempt.table(), &holder).await?
        && let Some(followed) = follow(attempt.table(), customer).await?
    {
        let holder = followed.leader.identifier;
        return Ok(Some(AssociateOutcome::Taken { same: holder == meant.identifier, holder }));
    }
    let same = meant.is_some_and(|meant| meant.identifier == holder);
    Ok(Some(AssociateOutcome::Taken { same, holder }))
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
