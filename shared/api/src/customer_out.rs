//! `CWCustomerOut`, the answer to a message, as data: what is told of an outcome, and what is not.
//!
//! How it is written in JSON is beside it, in XML with the function that reads XML; status and headers are not here.

mod json;

use std::borrow::Cow;

use domain::customer::{Customer, CustomerNumber, Identifier};
use domain::message::edits::FailedEdit;
use domain::message::{Attribute, Attributes, Routing};
use domain::request::RequestInErrorId;
use operations::messages::{Action, LedBy, MessageOutcome, MessageResult, Stored};

pub use json::ErrorElement;

pub const MESSAGE_TYPE: &str = "CWCustomerOut";

/// How many duplicates one answer shows at most. A warning counts the others.
pub const MAX_DUPLICATES: usize = 50;

/// What is shown of a customer beside its number and company: name and address. Nothing else of a customer leaves with an answer.
const SHOWN: [Attribute; 13] = [
    Attribute::FIRST_NAME,
    Attribute::MIDDLE_INITIAL,
    Attribute::LAST_NAME,
    Attribute::COMPANY_NAME,
    Attribute::STREET,
    Attribute::ADDRESS_LINE_2,
    Attribute::ADDRESS_LINE_3,
    Attribute::ADDRESS_LINE_4,
    Attribute::APARTMENT,
    Attribute::CITY,
    Attribute::STATE,
    Attribute::POSTAL_CODE,
    Attribute::COUNTRY,
];

/// What the message came to: `cst_action_result`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActionResult {
    /// A customer was created or updated.
    Success,
    Failure,
    /// There are duplicates, and nothing was written.
    Duplicate,
}

impl ActionResult {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Success => "Success",
            Self::Failure => "Failure",
            Self::Duplicate => "Duplicate",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Shown {
    /// Its company; none where neither it nor the message names one.
    pub company: Option<String>,
    /// Its number; none where there is none yet.
    pub number: Option<CustomerNumber>,
    pub attributes: Attributes,
}

impl Shown {
    fn of(number: Option<CustomerNumber>, attributes: &Attributes) -> Self {
        let shown = attributes.iter().filter(|(attribute, _)| SHOWN.contains(attribute));
        let company = attributes.get(Attribute::COMPANY).map(str::to_owned);
        Self { company, number, attributes: shown.collect() }
    }

    /// Name and value of all that is shown, in the order of the rules; the number has nine digits.
    pub fn pairs(&self) -> impl Iterator<Item = (&'static str, String)> {
        let company = self.company.clone().map(|company| (Attribute::COMPANY.name(), company));
        let number =
            self.number.map(|number| (Attribute::CUSTOMER_NUMBER.name(), number.to_string()));
        let attributes =
            self.attributes.iter().map(|(attribute, value)| (attribute.name(), value.to_owned()));
        company.into_iter().chain(number).chain(attributes)
    }
}

/// Said where duplicates were asked for and none could be looked for.
pub const NOT_COMPARED: &str = "nothing was compared: what stands in place of a name, a street or an e-mail address is a placeholder";

/// Said where an Add found its customer by values that a merge took from it.
pub const LEFT: &str =
    "name and address were left as they are: the message has those from before a merge";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerOut {
    /// The informational attributes of the message, echoed.
    pub routing: Routing,
    /// The customer: as stored after a success, the first of the duplicates, or as the message has it after a failure.
    pub customer: Shown,
    pub action: Action,
    pub result: ActionResult,
    /// The duplicates after the first, the highest customer number first, as many as may be listed.
    pub duplicates: Vec<Shown>,
    pub errors: Vec<FailedEdit>,
    /// `customerOrganizationIdentifier`: the customer that was created or updated.
    pub identifier: Option<Identifier>,
    /// `request_in_error`: where the failed message waits.
    pub request_in_error: Option<RequestInErrorId>,
    /// What was ignored or left out, a sentence each.
    pub warnings: Vec<String>,
    /// Whether this only would have happened.
    pub dry_run: bool,
}

impl CustomerOut {
    pub fn of(outcome: &MessageOutcome, dry_run: bool) -> Self {
        let MessageOutcome { message, action, result, not_compared, led_by, replayed: _ } = outcome;
        let given = &message.attributes;
        let mut answer = Self {
            routing: message.routing.clone(),
            customer: Shown {
                company: given.get(Attribute::COMPANY).map(str::to_owned),
                ..Shown::default()
            },
            action: *action,
            result: ActionResult::Success,
            duplicates: Vec::new(),
            errors: Vec::new(),
            identifier: None,
            request_in_error: None,
            warnings: message.warnings(),
            dry_run,
        };
        if message.unknown.len() > answer.warnings.len() {
            answer.warnings.push("further names that are not known are not listed".to_owned());
        }
        if *not_compared {
            answer.warnings.push(NOT_COMPARED.to_owned());
        }
        if let Some(LedBy { number, left }) = led_by {
            answer.warnings.push(format!("customer {number} was merged into this one"));
            if *left {
                answer.warnings.push(LEFT.to_owned());
            }
        }
        match result {
            MessageResult::Created(stored)
            | MessageResult::Updated(stored)
            | MessageResult::Unchanged(stored) => {
                answer.show_stored(stored);
            }
            MessageResult::Duplicate(duplicates) => answer.show_duplicates(duplicates),
            MessageResult::Failed { failed, request_in_error } => {
                let number = CustomerNumber::parse(given.text(Attribute::CUSTOMER_NUMBER));
                answer.customer = Shown::of(number, given);
                answer.result = ActionResult::Failure;
                answer.errors.clone_from(failed);
                answer.request_in_error.clone_from(request_in_error);
            }
        }
        answer
    }

    fn show_stored(&mut self, stored: &Stored) {
        self.show(Shown::of(stored.number, &stored.attributes));
        self.identifier.clone_from(&stored.identifier);
        let replaced = stored.replaced.iter();
        self.warnings
            .extend(replaced.map(|attribute| format!("{} had another value", attribute.name())));
    }

    fn show_duplicates(&mut self, duplicates: &[Customer]) {
        self.result = ActionResult::Duplicate;
        let mut listed = duplicates.iter().take(MAX_DUPLICATES);
        if let Some(first) = listed.next() {
            self.show(Shown::of(Some(first.number), &first.attributes));
        }
        self.duplicates =
            listed.map(|customer| Shown::of(Some(customer.number), &customer.attributes)).collect();
        match duplicates.len().saturating_sub(MAX_DUPLICATES) {
            0 => {}
            1 => self.warnings.push("1 more duplicate is not listed".to_owned()),
            more => self.warnings.push(format!("{more} more duplicates are not listed")),
        }
    }

    /// Shows a customer, under the company of the message where it has none.
    fn show(&mut self, customer: Shown) {
        let company = customer.company.clone().or_else(|| self.customer.company.take());
        self.customer = Shown { company, ..customer };
    }

    /// Name and value of what is echoed of the message's routing.
    pub fn routing(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let Routing { source, target, resp_qmgr, resp_q } = &self.routing;
        [("source", source), ("target", target), ("resp_qmgr", resp_qmgr), ("resp_q", resp_q)]
            .into_iter()
            .filter_map(|(name, value)| Some((name, value.as_deref()?)))
    }

    /// Name and value of what the message led to: the customer's identifier or the request in error.
    pub fn references(&self) -> impl Iterator<Item = (&'static str, String)> {
        let identifier = self.identifier.as_ref().map(ToString::to_string);
        let request = self.request_in_error.as_ref().map(|id| id.as_str().into());
        [("customerOrganizationIdentifier", identifier), ("request_in_error", request)]
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)))
    }

    pub fn customer_attributes(&self) -> impl Iterator<Item = (&'static str, String)> {
        let mut shown = self.customer.pairs().peekable();
        let company = shown.next_if(|(name, _)| *name == Attribute::COMPANY.name());
        let number = shown.next_if(|(name, _)| *name == Attribute::CUSTOMER_NUMBER.name());
        let decided = [
            (Attribute::ACTION_TYPE.name(), self.action.letter().to_owned()),
            ("cst_action_result", self.result.as_str().to_owned()),
        ];
        company.into_iter().chain(number).chain(decided).chain(shown)
    }
}

/// Name and value of the attributes of `Error`: the business's own text, and where our data know it, what would pass.
pub fn error_attributes(
    failed: FailedEdit,
) -> impl Iterator<Item = (&'static str, Cow<'static, str>)> {
    let FailedEdit { field, code, country: _ } = failed;
    let told = [
        ("element", field.element()),
        ("attribute", field.name()),
        ("code", code.code()),
        ("reason", code.reason()),
    ];
    let detail = failed.detail().map(|detail| ("detail", detail.into()));
    told.into_iter().map(|(name, value)| (name, value.into())).chain(detail)
}

#[cfg(test)]
mod tests;
