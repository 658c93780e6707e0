//! Find which customer a message means by its numbers, and whose those numbers are.
//!
//! A number's claim and its customer are written in one transaction, and a reader may see one of them and not yet the other. A claim counts only together with its
//! customer; where the two do not agree, the message is decided a moment later.

use domain::customer::{Customer, CustomerNumber, Identifier, TakenNumber};
use domain::message::edits::{self, EditCode, FailedEdit};
use domain::message::{Attribute, Attributes, Message};
use store::follow::{Followed, follow};
use store::items::Claimed;
use store::keys::{self, Key};
use store::records;
use store::table::{Table, TableError};
use tokio::join;

use crate::customers::read::customer_by_number;
use crate::kit::customer_writes::SeenClaims;
use crate::kit::{Master, Stopped};

/// Which customer the message means by its numbers.
pub(crate) enum Target {
    /// None: it adds one.
    New,
    /// This one, or the one that acts for it: it changes that.
    Existing(Box<Followed>),
    /// One that is not there.
    Missing,
    /// What was read overlapped a write and tells nothing.
    Unsettled,
}

/// Whose the alternate number and the relate id of the message are, and their claims as they were read.
#[derive(Debug, Default)]
pub(crate) struct Holders {
    relate_id: Option<Holder>,
    alternate_number: Option<Holder>,
    pub(crate) claims: SeenClaims,
}

/// Who has a number, and who acts for it.
#[derive(Debug)]
struct Holder {
    has: Identifier,
    leader: Identifier,
}

impl Holders {
    /// The edits of numbers that belong to another customer than the one that shall have them.
    pub(crate) fn taken(&self, target: Option<&Customer>) -> impl Iterator<Item = FailedEdit> {
        let target = target.map(|target| &target.identifier);
        let taken = |holder: &Option<Holder>| {
            holder.as_ref().is_some_and(|holder| Some(&holder.leader) != target)
        };
        let relate_id = taken(&self.relate_id)
            .then(|| FailedEdit::on(Attribute::RELATE_ID, EditCode::RelateIdTaken));
        let alternate = taken(&self.alternate_number)
            .then(|| FailedEdit::on(Attribute::ALTERNATE_NUMBER, EditCode::AlternateNumberTaken));
        relate_id.into_iter().chain(alternate)
    }

    /// What the message gives, without the numbers that a customer has that was merged into this one: they stay where they are, and lead to it.
    pub(crate) fn without_led(&self, given: &Attributes, target: &Customer) -> Attributes {
        let led = |holder: &Option<Holder>| {
            holder.as_ref().is_some_and(|holder| {
                holder.leader == target.identifier && holder.has != target.identifier
            })
        };
        let mut given = given.clone();
        if led(&self.relate_id) {
            given.remove(Attribute::RELATE_ID);
        }
        if led(&self.alternate_number) {
            given.remove(Attribute::ALTERNATE_NUMBER);
        }
        given
    }
}

/// Finds the customer: the first of customer number, relate id and alternate number that is given decides.
pub(crate) async fn find<T: Table>(
    master: &Master<T>,
    message: &Message,
) -> Result<(Target, Holders), Stopped> {
    let given = &message.attributes;
    let number = given.get(Attribute::CUSTOMER_NUMBER);
    let (by_number, relate_id, alternate_number) = join!(
        followed_by_number(master, number.and_then(CustomerNumber::parse)),
        claimed(master, given, Attribute::RELATE_ID),
        claimed(master, given, Attribute::ALTERNATE_NUMBER),
    );
    let ((relate_id, relate_claim), (alternate_number, alternate_claim)) =
        (relate_id?, alternate_number?);
    let named =
        if given.get(Attribute::RELATE_ID).is_some() { &relate_id } else { &alternate_number };
    let target = match (number, by_number?, named) {
        (Some(_), Held::By(customer), _) => Target::Existing(customer),
        (Some(_), Held::ByNobody, _) => Target::Missing,
        (Some(_), Held::Unsettled, _) => Target::Unsettled,
        (None, _, Held::By(customer)) => Target::Existing(customer.clone()),
        (None, _, Held::ByNobody) => Target::New,
        (None, _, Held::Unsettled) => Target::Unsettled,
    };
    let half_seen = match (&target, &relate_id, &alternate_number) {
        (_, Held::Unsettled, _) | (_, _, Held::Unsettled) => true,
        // The relate id looks free, but who has the alternate number has it as well: its claim is not to be seen yet.
        (Target::New, _, Held::By(other)) => given.get(Attribute::RELATE_ID).is_some_and(|id| {
            let secret = &master.controls.secret;
            let number = TakenNumber::of(secret, Attribute::RELATE_ID, id);
            other.named().has_number(secret, &number)
        }),
        (Target::New | Target::Existing(_) | Target::Missing | Target::Unsettled, ..) => false,
    };
    let holders = Holders {
        relate_id: relate_id.holder(),
        alternate_number: alternate_number.holder(),
        claims: relate_claim.into_iter().chain(alternate_claim).collect(),
    };
    Ok((if half_seen { Target::Unsettled } else { target }, holders))
}

/// A customer by its number.
pub(crate) async fn by_number<T: Table>(
    master: &Master<T>,
    number: Option<CustomerNumber>,
) -> Result<Option<Customer>, Stopped> {
    match number {
        Some(number) => customer_by_number(master, number).await,
        None => Ok(None),
    }
}

/// The customer of a number, and who acts for it.
async fn followed_by_number<T: Table>(
    master: &Master<T>,
    number: Option<CustomerNumber>,
) -> Result<Held, Stopped> {
    match by_number(master, number).await? {
        Some(customer) => Ok(Held::by(follow(master.table(), customer).await?)),
        None => Ok(Held::ByNobody),
    }
}

/// Who has a number, with the customer as it stands.
enum Held {
    ByNobody,
    By(Box<Followed>),
    /// The claim and its customer do not agree, or a customer and whom it was merged into.
    Unsettled,
}

impl Held {
    fn by(followed: Option<Followed>) -> Self {
        followed.map_or(Self::Unsettled, |followed| Self::By(Box::new(followed)))
    }

    fn holder(self) -> Option<Holder> {
        match self {
            Self::By(followed) => Some(Holder {
                has: followed.named().identifier.clone(),
                leader: followed.leader.identifier.clone(),
            }),
            Self::ByNobody | Self::Unsettled => None,
        }
    }
}

/// Who has the number that the message gives, and its claim, where there is one.
async fn claimed<T: Table>(
    master: &Master<T>,
    given: &Attributes,
    attribute: Attribute,
) -> Result<(Held, Option<(Key, Claimed)>), TableError> {
    // Nobody has a number that is longer than the attribute may be; it may be longer than a key can be as well.
    let Some(number) = given.get(attribute).filter(|value| !edits::is_too_long(attribute, value))
    else {
        return Ok((Held::ByNobody, None));
    };
    let number = TakenNumber::of(&master.controls.secret, attribute, number);
    let key = keys::claim(&number);
    let Some(claimed) = records::claim(master.table(), &key).await? else {
        return Ok((Held::ByNobody, None));
    };
    let held = match &claimed.holder {
        None => Held::ByNobody,
        Some(holder) => match records::customer(master.table(), holder).await? {
            Some(customer) if customer.has_number(&master.controls.secret, &number) => {
                Held::by(follow(master.table(), customer).await?)
            }
            Some(_) | None => Held::Unsettled,
        },
    };
    Ok((held, Some((key, claimed))))
}
