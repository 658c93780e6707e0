//! Associate a customer with a dealer code: find or create the customer, claim the DCN, both or nothing.

use domain::customer::{Customer, Identifier, Place};
use domain::dealer::association::{self, Associate, Found, Organization};
use domain::dealer::association::{DealerCustomerEffect, Origin};
use domain::effect::Effects;
use domain::matching::duplicate;
use domain::matching::match_code::Block;
use domain::outcome::{AssociateOutcome, DealerCustomerOutcome, Stopped};
use store::items::{self, DealerCustomerRecord};
use store::table::{Table, TableError};
use store::writes::{Condition, Refusal, Transacted, Write, Written};
use store::{block, keys};
use tokio::join;

use crate::kit::Master;
use crate::kit::Rounds;
use crate::kit::attempt::{self as idempotency, Asked, Try};
use crate::kit::token;

/// Associates.
pub async fn associate<T: Table>(
    master: &Master<T>,
    request: &Associate,
    asked: &Asked,
) -> Result<AssociateOutcome, Stopped> {
    match &request.organization {
        Organization::Unknown => Ok(AssociateOutcome::UnknownOrganization),
        Organization::Given(identifier) => given(master, request, identifier, asked).await,
        Organization::Searched => searched(master, request, asked).await,
    }
}

/// The caller names the customer: one read, which a process that has seen the customer saves, and one write.
async fn given<T: Table>(
    master: &Master<T>,
    request: &Associate,
    identifier: &Identifier,
    asked: &Asked,
) -> Result<AssociateOutcome, Stopped> {
    let (bound, customer) =
        join!(idempotency::bind(&master.table, asked), master.known_customer(identifier));
    let (bound, mut rounds) = (bound?, Rounds::begin(&master.table));
    match customer? {
        None => Ok(AssociateOutcome::UnknownOrganization),
        Some(customer) => {
            claim(master, request, &customer, Origin::Given, asked, bound, &mut rounds).await
        }
    }
}

/// The customer is searched: the block is read, and the DCN claimed for the one that is found or created.
async fn searched<T: Table>(
    master: &Master<T>,
    request: &Associate,
    asked: &Asked,
) -> Result<AssociateOutcome, Stopped> {
    let table = &master.table;
    let home = duplicate::block_of(request.attributes(), &master.controls);
    let (bound, mut read, number) = join!(
        idempotency::bind(table, asked),
        read_block(table, home.as_ref()),
        have_number(master, asked)
    );
    let (bound, mut rounds) = (bound?, Rounds::begin(table));
    number?;
    if bound == Try::Again
        && let Some(record) = dealer_customer(master, request).await?
        && let Some(outcome) = replay(&record, asked, bound)
    {
        return Ok(outcome);
    }
    loop {
        let seats = read?;
        if seats.complete {
            match association::find(request, &seats.customers, &master.controls) {
                Found::Several(candidates) => return Ok(AssociateOutcome::Ambiguous(candidates)),
                Found::One(customer, explanation) => {
                    return claim(
                        master,
                        request,
                        customer,
                        Origin::Matched(explanation),
                        asked,
                        bound,
                        &mut rounds,
                    )
                    .await;
                }
                Found::None => {
                    let place = match &home {
                        Some(block) => (block.clone(), Place::Seat(seats.next_seat)),
                        None => (
                            Block::apart(asked.cause.id.bits("block")),
                            Place::beside(asked.cause.id.bits("place")),
                        ),
                    };
                    if let Some(outcome) = create(master, request, place, asked, bound).await? {
                        return Ok(outcome);
                    }
                }
            }
        }
        rounds.again().await?;
        read = read_block(table, home.as_ref()).await;
    }
}

/// Creates the customer at its place together with the DCN; none where the place was taken meanwhile.
async fn create<T: Table>(
    master: &Master<T>,
    request: &Associate,
    (block, place): (Block, Place),
    asked: &Asked,
    bound: Try,
) -> Result<Option<AssociateOutcome>, Stopped> {
    let table = &master.table;
    if asked.dry_run {
        return foresee(master, request, None, Origin::Created).await.map(Some);
    }
    if place == Place::Seat(Place::LAST_SEAT + 1) {
        return Err(TableError::Defect("a block has no seat left".into()).into());
    }
    let now = table.now();
    let customer = Customer {
        identifier: Identifier { block, place },
        number: master.numbers.take(table).await?,
        version: 1,
        created_at: now,
        updated_at: now,
        attributes: request.attributes().clone(),
        alternate_name: request.alternate_name().map(str::to_owned),
        phones: request.phones().to_vec(),
        moved_to: None,
        effects: Effects::created(&asked.cause, now),
    };
    let claim_free = items::associate(
        &request.dcn,
        &request.profile(&customer),
        &customer.identifier,
        &Origin::Created,
        &asked.cause,
        now,
    );
    let put = Write::Put { item: items::customer_item(&customer), on: Condition::Absent };
    let outcome = |dealer_customer| AssociateOutcome::Associated {
        organization: Some(customer.identifier.clone()),
        origin: Origin::Created,
        dealer_customer,
        replayed: false,
    };
    // A transaction tells nothing of what it replaced, so it asks for a new DCN first, and for a free one when a free one refused it.
    let claim_new = items::associate_absent(claim_free.clone());
    for (claim, becomes) in [
        (claim_new, DealerCustomerOutcome::Created),
        (claim_free, DealerCustomerOutcome::Associated),
    ] {
        match table.transact(&token(table), &[put.clone(), claim]).await? {
            Transacted::Done => return Ok(Some(outcome(becomes))),
            Transacted::Refused(reasons) => match &reasons[..] {
                [place, Some(Refusal::Condition(Some(stood)))] => {
                    let record = items::dealer_customer(stood.clone())?;
                    if let Some(done) = replay(&record, asked, bound) {
                        return Ok(Some(done));
                    }
                    // A taken place may change which customer is meant, and that is decided before the DCN is.
                    if place.is_some() {
                        return Ok(None);
                    }
                    if let Some(refused) = refused(&record, asked, bound, &customer.identifier) {
                        return Ok(Some(refused));
                    }
                }
                _ => return Ok(None),
            },
        }
    }
    Ok(None)
}

/// Claims the DCN for a customer that is there.
async fn claim<T: Table>(
    master: &Master<T>,
    request: &Associate,
    customer: &Customer,
    origin: Origin,
    asked: &Asked,
    bound: Try,
    rounds: &mut Rounds<'_, T>,
) -> Result<AssociateOutcome, Stopped> {
    if asked.dry_run {
        return foresee(master, request, Some(&customer.identifier), origin).await;
    }
    let write = items::associate(
        &request.dcn,
        &request.profile(customer),
        &customer.identifier,
        &origin,
        &asked.cause,
        master.table.now(),
    );
    loop {
        match master.table.write(&write).await? {
            Written::Done(before) => {
                let dealer_customer = if before.is_some() {
                    DealerCustomerOutcome::Associated
                } else {
                    DealerCustomerOutcome::Created
                };
                return Ok(AssociateOutcome::Associated {
                    organization: Some(customer.identifier.clone()),
                    origin,
                    dealer_customer,
                    replayed: false,
                });
            }
            Written::Refused(Refusal::Condition(Some(stood))) => {
                let record = items::dealer_customer(stood)?;
                if let Some(refused) = refused(&record, asked, bound, &customer.identifier) {
                    return Ok(refused);
                }
            }
            Written::Refused(Refusal::Condition(None) | Refusal::Contended) => {}
        }
        rounds.again().await?;
    }
}

/// What a dry run foresees for a customer that is there, or would be created.
async fn foresee<T: Table>(
    master: &Master<T>,
    request: &Associate,
    organization: Option<&Identifier>,
    origin: Origin,
) -> Result<AssociateOutcome, Stopped> {
    let record = dealer_customer(master, request).await?;
    let holder = record.as_ref().and_then(|record| record.dealer_customer.organization.clone());
    Ok(match holder {
        Some(holder) => AssociateOutcome::Taken { same: organization == Some(&holder), holder },
        None => AssociateOutcome::Associated {
            organization: organization.cloned(),
            origin,
            dealer_customer: if record.is_some() {
                DealerCustomerOutcome::Associated
            } else {
                DealerCustomerOutcome::Created
            },
            replayed: false,
        },
    })
}

/// What a refused claim means: this request did it before, or the DCN belongs to a customer. None where it is free after all.
fn refused(
    record: &DealerCustomerRecord,
    asked: &Asked,
    bound: Try,
    meant: &Identifier,
) -> Option<AssociateOutcome> {
    replay(record, asked, bound).or_else(|| {
        let holder = record.dealer_customer.organization.clone()?;
        Some(AssociateOutcome::Taken { same: holder == *meant, holder })
    })
}

/// The outcome of an earlier try, from what it left on the dealer customer.
fn replay(record: &DealerCustomerRecord, asked: &Asked, bound: Try) -> Option<AssociateOutcome> {
    match record.effect_of(&asked.cause.id)? {
        DealerCustomerEffect::Associated { organization, origin } => {
            Some(AssociateOutcome::Associated {
                organization: Some(organization.clone()),
                origin: origin.clone(),
                dealer_customer: if record.created_by == asked.cause.id {
                    DealerCustomerOutcome::Created
                } else {
                    DealerCustomerOutcome::Associated
                },
                replayed: bound == Try::Again,
            })
        }
        DealerCustomerEffect::Released => None,
    }
}

async fn dealer_customer<T: Table>(
    master: &Master<T>,
    request: &Associate,
) -> Result<Option<DealerCustomerRecord>, TableError> {
    master
        .table
        .get(&keys::dealer_customer(&request.dcn))
        .await?
        .map(items::dealer_customer)
        .transpose()
}

/// Reads the block; one that there is not has nobody in it.
pub(crate) async fn read_block(
    table: &impl Table,
    block: Option<&Block>,
) -> Result<block::ReadBlock, TableError> {
    match block {
        Some(block) => block::read(table, block).await,
        None => Ok(block::ReadBlock { customers: Vec::new(), next_seat: 1, complete: true }),
    }
}

/// Has a number ready for a customer that may be created; a dry run needs none.
pub(crate) async fn have_number<T: Table>(
    master: &Master<T>,
    asked: &Asked,
) -> Result<(), TableError> {
    if asked.dry_run { Ok(()) } else { master.numbers.have_one(&master.table).await }
}
