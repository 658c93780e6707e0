//! Requests of scenarios as data, and how the shipped operations are asked for them. What the operations answer is told here without HTTP.

use std::collections::BTreeMap;
use std::fmt;

use domain::address::Address;
use domain::association::Origin;
use domain::association::{Associate, Organization, Statement};
use domain::controls::Controls;
use domain::customer::{CustomerNumber, Identifier};
use domain::dealer::{Dcn, DealerCode, DealerCustomerNumber, DealerType};
use domain::edits::Field;
use domain::effect::EffectId;
use domain::message::{Attribute, Attributes, MESSAGE_TYPE, Message};
use domain::outcome::{
    AssociateOutcome, DealerCustomerOutcome, MessageOutcome, Processed, ReleaseOutcome, Stopped,
};
use domain::request_in_error::{Correction, Received, RequestInErrorId};
use operations::associate::associate;
use operations::fix::{self, Refused};
use operations::idempotency::Asked;
use operations::master::Master;
use operations::message::{self, Processing, Purpose};
use operations::release::release;
use store::table::Table;

/// Who is meant, as dealers and messages say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Party {
    /// The business's name.
    pub name: &'static str,
    /// Its street address.
    pub street: &'static str,
    /// Its city; empty, and a message fails its edits.
    pub city: &'static str,
    /// Its postal code.
    pub zip: &'static str,
}

/// A request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// Associate a dealer customer with a customer.
    Associate {
        /// The dealer customer, as `TD68|1`.
        dcn: &'static str,
        /// The customer.
        whom: Whom,
    },
    /// Release a dealer customer.
    Release {
        /// The dealer customer.
        dcn: &'static str,
    },
    /// Process a message.
    Message(Letter),
    /// Correct the city of the message that this request before the scenario queued.
    Correct {
        /// Which request before.
        queued: usize,
        /// The city.
        city: &'static str,
        /// The version that the steward saw.
        seen: u64,
    },
    /// Delete it.
    Delete {
        /// Which request before.
        queued: usize,
        /// The version that the steward saw.
        seen: u64,
    },
    /// Reprocess it.
    Reprocess {
        /// Which request before.
        queued: usize,
        /// The city that the steward gives with it.
        city: Option<&'static str>,
        /// The version that the steward saw, where it says.
        seen: Option<u64>,
    },
}

/// The customer that an association means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whom {
    /// The one that this request before the scenario created.
    Made(usize),
    /// The one that name and address find.
    Searched(Party),
}

/// What a message says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Letter {
    /// Who is meant.
    pub party: Option<Party>,
    /// `cst_duplicate`
    pub check: &'static str,
    /// `cst_cust_nbr` of the customer that this request before the scenario created.
    pub number_of: Option<usize>,
    /// `cst_relate_id`
    pub relate_id: &'static str,
    /// `cst_interface_cust_nbr`
    pub alternate_number: &'static str,
    /// `cst_mail_code`, which no rule names.
    pub mail_code: &'static str,
}

/// What a request came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The dealer customer belongs to this customer.
    Associated {
        /// The customer.
        organization: Identifier,
        /// `created`, `matched` or `given`.
        origin: &'static str,
        /// Whether the dealer customer was created too.
        created: bool,
    },
    /// The dealer customer belongs to a customer already.
    Taken {
        /// That customer.
        holder: Identifier,
        /// Whether it is the one that was meant.
        same: bool,
    },
    /// No customer has that identifier.
    UnknownOrganization,
    /// Several customers are meant.
    Ambiguous(Vec<Identifier>),
    /// The dealer customer belongs to nobody any more.
    Released,
    /// It belonged to nobody.
    NotAssociated,
    /// There is no such dealer customer.
    UnknownDealerCustomer,
    /// A customer was created.
    Created(CustomerNumber),
    /// A customer was updated.
    Updated(CustomerNumber),
    /// These are duplicates.
    Duplicate(Vec<CustomerNumber>),
    /// Edits failed, by their codes; the message waits under this name.
    Failed(Vec<&'static str>, String),
    /// The request in error has this version after the correction.
    Corrected(u64),
    /// The request in error is closed.
    Deleted,
    /// The request in error was not touched.
    Refused(Refused),
    /// The idempotency key is another request's.
    KeyReused,
    /// It could not be done in time.
    Busy,
    /// The table gave no answer.
    Unavailable,
    /// The code found itself wrong.
    Defect(String),
}

impl Answer {
    /// Whether the client knows what came of its request; if not it may ask again.
    pub fn tells(&self) -> bool {
        !matches!(self, Self::Busy | Self::Unavailable)
    }
}

impl Answer {
    /// Whether it tells of an effect.
    pub fn is_effect(&self) -> bool {
        match self {
            Self::Associated { .. }
            | Self::Released
            | Self::Created(_)
            | Self::Updated(_)
            | Self::Failed(..)
            | Self::Corrected(_)
            | Self::Deleted => true,
            Self::Taken { .. }
            | Self::UnknownOrganization
            | Self::Ambiguous(_)
            | Self::NotAssociated
            | Self::UnknownDealerCustomer
            | Self::Duplicate(_)
            | Self::Refused(_)
            | Self::KeyReused
            | Self::Busy
            | Self::Unavailable
            | Self::Defect(_) => false,
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Associated {
                organization,
                origin,
                created,
            } => write!(
                f,
                "associated with {organization} ({origin}), dealer customer {}",
                if *created { "created" } else { "associated" }
            ),
            Self::Taken { holder, same } => write!(
                f,
                "taken by {holder}, which is {}",
                if *same { "the one meant" } else { "another" }
            ),
            Self::Ambiguous(candidates) => write!(f, "ambiguous: {} candidates", candidates.len()),
            other => write!(f, "{other:?}"),
        }
    }
}

/// One try of a request.
#[derive(Debug, Clone)]
pub struct Tried {
    /// What it came to.
    pub answer: Answer,
    /// The name of its effect.
    pub effect: EffectId,
}

/// What one of the requests before a scenario did.
#[derive(Debug, Clone)]
pub struct MadeBy {
    /// Identifier and number, where it made a customer.
    pub customer: Option<(Identifier, CustomerNumber)>,
    /// The name of its effect.
    pub effect: EffectId,
}

/// What the requests before a scenario did, in their order.
pub type Made = Vec<MadeBy>;

/// Parses `TD68|1`.
pub fn dcn(text: &str) -> Dcn {
    let (code, number) = text
        .split_once('|')
        .expect("scenarios write DCNs with a pipe");
    Dcn {
        dealer_code: DealerCode::parse(code).expect("scenarios name dealers rightly"),
        dealer_customer_number: DealerCustomerNumber::parse(number)
            .expect("scenarios number dealer customers rightly"),
    }
}

impl Party {
    fn statement(&self) -> Statement {
        Statement {
            dealer_type: DealerType::default(),
            business_name: Some(self.name.to_owned()),
            alternate_name: None,
            address: Some(Address {
                line1: self.street.to_owned(),
                city: self.city.to_owned(),
                state: "MA".to_owned(),
                postal_code: self.zip.to_owned(),
                country: "USA".to_owned(),
                ..Address::default()
            }),
            email: None,
            phones: Vec::new(),
        }
    }

    /// What is said of it under the names of messages.
    pub fn attributes(&self) -> BTreeMap<&'static str, String> {
        [
            ("cst_company_name", self.name),
            ("cst_street_addr", self.street),
            ("cst_city", self.city),
            ("cst_state", "MA"),
            ("cst_zip", self.zip),
            ("cst_country", "USA"),
        ]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| (name, value.to_owned()))
        .collect()
    }
}

impl Letter {
    /// The attributes of the message; of those that steer it only the check.
    pub fn attributes(&self, made: &Made) -> BTreeMap<&'static str, String> {
        let mut attributes = self
            .party
            .map(|party| {
                let mut attributes = party.attributes();
                attributes.insert("cst_email_status", "O2".to_owned());
                attributes
            })
            .unwrap_or_default();
        let number = self.number_of.map(|before| {
            let (_, number) = made[before]
                .customer
                .as_ref()
                .expect("a scenario names what was made");
            number.to_string()
        });
        for (name, value) in [
            ("cst_duplicate", self.check),
            ("cst_relate_id", self.relate_id),
            ("cst_interface_cust_nbr", self.alternate_number),
            ("cst_mail_code", self.mail_code),
            ("cst_cust_nbr", number.as_deref().unwrap_or_default()),
        ] {
            if !value.is_empty() {
                attributes.insert(name, value.to_owned());
            }
        }
        attributes
    }

    fn message(&self, made: &Made) -> Message {
        let attributes: Attributes = self
            .attributes(made)
            .into_iter()
            .map(|(name, value)| {
                let attribute = Attribute::named(name).expect("the attributes are known");
                (attribute, value)
            })
            .collect();
        Message {
            message_type: Some(MESSAGE_TYPE.to_owned()),
            attributes,
            ..Message::default()
        }
    }
}

impl Request {
    /// The operation under which its idempotency key is bound.
    pub fn operation(&self) -> &'static str {
        match self {
            Self::Associate { .. } => "associate",
            Self::Release { .. } => "release",
            Self::Message(_) => "add",
            Self::Correct { .. } => "correct",
            Self::Delete { .. } => "delete",
            Self::Reprocess { .. } => "reprocess",
        }
    }

    /// Asks the operation for it, once.
    pub async fn perform<T: Table>(
        &self,
        master: &Master<T>,
        key: Option<&str>,
        made: &Made,
    ) -> Tried {
        let key = key.map(|key| (key, format!("{self:?}")));
        let asked = Asked::new(master.table(), "caller", self.operation(), key, false);
        let answer = match self {
            Self::Associate { dcn, whom } => {
                let request = association(dcn, whom, made, master.controls());
                associate(master, &request, &asked).await.map(associated)
            }
            Self::Release { dcn } => {
                release(master, &self::dcn(dcn), &asked)
                    .await
                    .map(|outcome| match outcome {
                        ReleaseOutcome::Released => Answer::Released,
                        ReleaseOutcome::NotAssociated => Answer::NotAssociated,
                        ReleaseOutcome::Unknown => Answer::UnknownDealerCustomer,
                    })
            }
            Self::Message(letter) => {
                let message = letter.message(made);
                let received = Received {
                    content_type: "application/json".to_owned(),
                    body: format!("{letter:?}"),
                };
                message::process(master, &message, Purpose::Received(&received), &asked)
                    .await
                    .map(|processing| match processing {
                        Processing::Done(processed) => self::processed(*processed),
                        Processing::Overtaken | Processing::HistoryFull => {
                            Answer::Defect("a new message has a history".to_owned())
                        }
                    })
            }
            Self::Correct { queued, city, seen } => {
                let (id, correction) = (id(made, *queued), correction(Some(city)));
                let content = |version| version == *seen;
                fix::correct(master, &id, &correction, Some(&content), &asked)
                    .await
                    .map(|fixed| match fixed {
                        Ok(shown) => Answer::Corrected(shown.request.version),
                        Err(refused) => Answer::Refused(refused),
                    })
            }
            Self::Delete { queued, seen } => {
                let content = |version| version == *seen;
                fix::delete(master, &id(made, *queued), Some(&content), &asked)
                    .await
                    .map(|fixed| match fixed {
                        Ok(()) => Answer::Deleted,
                        Err(refused) => Answer::Refused(refused),
                    })
            }
            Self::Reprocess { queued, city, seen } => {
                let (id, correction) = (id(made, *queued), correction(*city));
                let content = |version| seen.is_none_or(|seen| version == seen);
                fix::reprocess(master, &id, &correction, Some(&content), &asked)
                    .await
                    .map(|fixed| match fixed {
                        Ok(reprocessed) => processed(reprocessed.processed),
                        Err(refused) => Answer::Refused(refused),
                    })
            }
        };
        Tried {
            answer: answer.unwrap_or_else(|stopped| match stopped {
                Stopped::Busy => Answer::Busy,
                Stopped::KeyReused => Answer::KeyReused,
                Stopped::Unavailable(_) => Answer::Unavailable,
                Stopped::Defect(source) => Answer::Defect(source.to_string()),
            }),
            effect: asked.cause.id,
        }
    }
}

fn association(text: &str, whom: &Whom, made: &Made, controls: &Controls) -> Associate {
    let (organization, statement) = match whom {
        Whom::Made(before) => {
            let (identifier, _) = made[*before]
                .customer
                .clone()
                .expect("a scenario names what was made");
            (Organization::Given(identifier), Statement::default())
        }
        Whom::Searched(party) => (Organization::Searched, party.statement()),
    };
    Associate::new(dcn(text), organization, statement, controls)
        .expect("the associations of scenarios pass the edits")
}

fn associated(outcome: AssociateOutcome) -> Answer {
    match outcome {
        AssociateOutcome::Associated {
            organization,
            origin,
            dealer_customer,
            replayed: _,
        } => Answer::Associated {
            organization: organization.expect("only a dry run names nobody"),
            origin: match origin {
                Origin::Created => "created",
                Origin::Matched(_) => "matched",
                Origin::Given => "given",
            },
            created: dealer_customer == DealerCustomerOutcome::Created,
        },
        AssociateOutcome::Taken { holder, same } => Answer::Taken { holder, same },
        AssociateOutcome::UnknownOrganization => Answer::UnknownOrganization,
        AssociateOutcome::Ambiguous(mut candidates) => {
            candidates.sort();
            Answer::Ambiguous(candidates)
        }
    }
}

fn id(made: &Made, queued: usize) -> RequestInErrorId {
    RequestInErrorId::of(&made[queued].effect)
}

fn correction(city: Option<&str>) -> Correction {
    let mut correction = Correction::default();
    if let Some(city) = city {
        correction.set(Field::Attribute(Attribute::CITY), Some(city.to_owned()));
    }
    correction
}

fn processed(processed: Processed) -> Answer {
    let number = |number: Option<CustomerNumber>| number.expect("only a dry run uses up no number");
    match processed.outcome {
        MessageOutcome::Created(stored) => Answer::Created(number(stored.number)),
        MessageOutcome::Updated(stored) => Answer::Updated(number(stored.number)),
        MessageOutcome::Duplicate(duplicates) => {
            Answer::Duplicate(duplicates.iter().map(|one| one.number).collect())
        }
        MessageOutcome::Failed {
            failed,
            request_in_error,
        } => Answer::Failed(
            failed.iter().map(|failed| failed.code.code()).collect(),
            request_in_error.map_or_else(String::new, |id| id.as_str().to_owned()),
        ),
    }
}
