//! Requests of scenarios as data. How the shipped operations are asked for them is in `perform`, what came of them in `answer`.

mod answer;
mod audit;
mod perform;

use std::collections::BTreeMap;

use domain::customer::address::Address;
use domain::customer::{CustomerNumber, Identifier};
use domain::dealer::association::Statement;
use domain::dealer::{Dcn, DealerCode, DealerCustomerNumber, DealerType};
use domain::effect::EffectId;
use domain::message::{Attribute, Attributes, MESSAGE_TYPE, Message};

pub use answer::Answer;

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
    Message(MessageFields),
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
    /// Merge two customers that requests before the scenario created, whatever their versions are.
    Merge {
        /// Which request before created the winner.
        winner: usize,
        /// Which the loser.
        loser: usize,
        /// Whether the winner gets the loser's address.
        address: bool,
    },
    /// Take it back, whatever the versions are; what changed since stays with the winner.
    Unmerge {
        /// Which request before created the winner.
        winner: usize,
        /// Which the loser.
        loser: usize,
    },
    /// Erase the person that this request before the scenario created, and all that are merged with it.
    Erase {
        /// Which request before.
        customer: usize,
    },
    /// Keep two customers apart that requests before the scenario created.
    KeepApart {
        /// Which request before created the one.
        one: usize,
        /// Which the other.
        other: usize,
    },
    /// Take that back.
    TakeBack {
        /// Which request before created the one.
        one: usize,
        /// Which the other.
        other: usize,
    },
    /// Ask every writer to keep the second rule of this process, as the first step of an audit does.
    BringIn,
    /// Audit the whole table, mend what is found, and call the rule complete that is being brought in.
    Audit,
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
pub struct MessageFields {
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

/// One try of a request.
#[derive(Debug, Clone)]
pub struct Tried {
    /// What it came to.
    pub answer: Answer,
    /// The name of its effect.
    pub effect: EffectId,
}

impl Tried {
    /// A process that stopped at its start.
    pub(super) fn not_in_force() -> Self {
        Self { answer: Answer::NotInForce, effect: EffectId::random([0; 10]) }
    }
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
    let (code, number) = text.split_once('|').expect("scenarios write DCNs with a pipe");
    Dcn {
        dealer_code: DealerCode::parse(code).expect("scenarios name dealers rightly"),
        dealer_customer_number: DealerCustomerNumber::parse(number)
            .expect("scenarios number dealer customers rightly"),
    }
}

impl Party {
    pub(super) fn statement(&self) -> Statement {
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

impl MessageFields {
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
            let (_, number) =
                made[before].customer.as_ref().expect("a scenario names what was made");
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

    pub(super) fn message(&self, made: &Made) -> Message {
        let attributes: Attributes = self
            .attributes(made)
            .into_iter()
            .map(|(name, value)| {
                let attribute = Attribute::named(name).expect("the attributes are known");
                (attribute, value)
            })
            .collect();
        Message { message_type: Some(MESSAGE_TYPE.to_owned()), attributes, ..Message::default() }
    }
}
