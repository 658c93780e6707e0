//! Associating a customer with a dealer: what the dealer says, and which customer is meant.

use std::fmt;

use crate::controls::Controls;
use crate::customer::address::Address;
use crate::customer::contact::{Email, Phone};
use crate::customer::{Customer, Identifier};
use crate::dealer::{Dcn, DealerProfile, DealerType};
use crate::matching::comparison::Explanation;
use crate::matching::duplicate::{self, Candidate, Placed, Same};
use crate::matching::party::Party;
use crate::message::edits::{self, EditCode, Examined, FailedEdit, Subject};
use crate::message::{Attribute, Attributes};

/// How many candidates an ambiguous answer names.
pub const MAX_CANDIDATES: usize = 50;

/// Which customer the dealer means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Organization {
    /// The one of this identifier.
    Given(Identifier),
    /// The one of a text that cannot be an identifier: unknown.
    Unknown,
    /// The one that name and address find.
    Searched,
}

impl Organization {
    /// The customer that a dealer names by this identifier.
    pub fn named(identifier: &str) -> Self {
        Identifier::parse(identifier).map_or(Self::Unknown, Self::Given)
    }
}

/// What a dealer says of a customer, before the edits: every part may be left out.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Statement {
    pub dealer_type: DealerType,
    pub business_name: Option<String>,
    pub alternate_name: Option<String>,
    pub address: Option<Address>,
    pub email: Option<String>,
    pub phones: Vec<Phone>,
}

/// What a dealer says is personal, so only the relation is shown.
impl fmt::Debug for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Statement").field("dealer_type", &self.dealer_type).finish_non_exhaustive()
    }
}

/// A request to associate that passed the edits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Associate {
    pub dcn: Dcn,
    /// The customer it shall belong to.
    pub organization: Organization,
    statement: Statement,
    attributes: Attributes,
}

impl Associate {
    /// Applies the edits of messages to what the dealer says.
    ///
    /// # Errors
    /// Every edit that failed.
    pub fn new(
        dcn: Dcn,
        organization: Organization,
        statement: Statement,
        controls: &Controls,
    ) -> Result<Self, Vec<FailedEdit>> {
        let examined = Self::edits(&statement, &organization, controls);
        if !examined.failed.is_empty() {
            return Err(examined.failed);
        }
        let address = statement.address.as_ref().map(|_| Address::of(&examined.attributes));
        Ok(Self {
            dcn,
            organization,
            statement: Statement { address, ..statement },
            attributes: examined.attributes,
        })
    }

    /// The edits of what the dealer says. Name and address are needed only where the customer is searched; an address is always whole.
    pub fn edits(
        statement: &Statement,
        organization: &Organization,
        controls: &Controls,
    ) -> Examined {
        let mut said = Attributes::default();
        said.set(Attribute::COMPANY_NAME, statement.business_name.as_deref().unwrap_or_default());
        said.set(Attribute::EMAIL, statement.email.as_deref().unwrap_or_default());
        if let Some(address) = &statement.address {
            for ((_, attribute), value) in Address::PARTS.into_iter().zip(address.values()) {
                said.set(attribute, value);
            }
        }
        let searched = *organization == Organization::Searched;
        let subject = if searched || statement.address.is_some() {
            Subject::Dealer
        } else {
            Subject::Fragment
        };
        let mut examined = edits::examine(&said, subject, controls);
        examined.failed.retain(|failed| searched || failed.code != EditCode::NameBlank);
        examined
    }

    /// The same request, decided on these attributes.
    #[must_use]
    pub fn decided_on(self, attributes: Attributes) -> Self {
        Self { attributes, ..self }
    }

    pub fn dealer_type(&self) -> &DealerType {
        &self.statement.dealer_type
    }

    /// The attributes of the customer that is searched, and created where none is found.
    pub fn attributes(&self) -> &Attributes {
        &self.attributes
    }

    /// Whether the customer is searched and what is said in place of its name, street or e-mail address says nothing, so that nobody can be found.
    pub fn stands_for_nobody(&self, controls: &Controls) -> bool {
        self.organization == Organization::Searched
            && Party::of(&self.attributes, controls).is_placeholder_under(&controls.rules)
    }

    /// The other name of the customer that is created.
    pub fn alternate_name(&self) -> Option<&str> {
        self.statement.alternate_name.as_deref()
    }

    /// The telephone numbers of the customer that is created.
    pub fn phones(&self) -> &[Phone] {
        &self.statement.phones
    }

    /// What the dealer said.
    pub fn profile(&self) -> DealerProfile {
        let Statement { dealer_type, business_name, alternate_name, address, email, phones } =
            self.statement.clone();
        DealerProfile {
            dealer_type,
            business_name,
            alternate_name,
            address,
            email: email.and_then(|email| Email::parse(email.trim()).ok()),
            phones,
        }
    }
}

/// Where the customer of an association came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// It was created by the association.
    Created,
    /// It was found by name and address; how the fields compared.
    Matched(Explanation),
    Given,
}

/// What a request did to a dealer customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DealerCustomerEffect {
    Associated {
        organization: Identifier,
        origin: Origin,
    },
    /// Released it from its customer.
    Released,
}

/// Which of the customers in the block is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found<'a> {
    /// None: one is created.
    None,
    /// That one, and why.
    One(&'a Customer, Explanation),
    /// Several, the highest customer number first: the caller picks one.
    Several(Vec<Identifier>),
}

/// Finds the customer that is wanted among those of its blocks. A dealer names no contact: of several that differ only in theirs it means the one without.
pub fn find<'a>(
    wanted: &Placed,
    candidates: impl IntoIterator<Item = Candidate<'a>>,
    controls: &Controls,
) -> Found<'a> {
    let matches = duplicate::among(wanted, candidates, controls);
    let one = |found: &Same<'a>| Found::One(found.customer, found.explanation.clone());
    match &matches[..] {
        [] => Found::None,
        [found] => one(found),
        several => {
            let has_contact = |found: &Same<'_>| Party::of(found.values, controls).has_contact();
            let mut without_contact = several.iter().filter(|found| !has_contact(found));
            match (without_contact.next(), without_contact.next()) {
                (Some(found), None) => one(found),
                _ => {
                    let several = several.iter().take(MAX_CANDIDATES);
                    Found::Several(several.map(|found| found.customer.identifier.clone()).collect())
                }
            }
        }
    }
}
