//! The message `CWCustomerIn` as data: its attributes, in the order of the rules, and what they say about how to treat it. No wire format and no rule.

pub mod change;
pub mod edits;

use std::collections::BTreeMap;
use std::fmt;

use crate::effect::Did;
use crate::matching::fold;

/// The `type` of the one message that is understood.
pub const MESSAGE_TYPE: &str = "CWCustomerIn";

/// What the system decided a message to be: `cst_action_type` of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// A new customer.
    Add,
    /// A change of a customer, and the update of a duplicate.
    Change,
}

impl Action {
    pub const ALL: [Self; 2] = [Self::Add, Self::Change];

    /// `A` or `C`.
    pub fn letter(self) -> &'static str {
        match self {
            Self::Add => "A",
            Self::Change => "C",
        }
    }

    /// The action of that letter, which must be a capital.
    pub fn of_letter(letter: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.letter() == letter)
    }
}

impl From<Did> for Action {
    fn from(did: Did) -> Self {
        match did {
            Did::Created => Self::Add,
            Did::Updated => Self::Change,
        }
    }
}

/// How many ignored things one answer names.
const MAX_WARNINGS: usize = 50;

/// One of the `cst_*` attributes of `CustSoldTo`. Attributes are ordered as the rules list them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Attribute(u8);

macro_rules! attributes {
    ($($constant:ident $name:literal),+ $(,)?) => {
        /// The names of all attributes, in their order.
        const NAMES: &[&str] = &[$($name),+];

        #[expect(non_camel_case_types, clippy::upper_case_acronyms, reason = "only counts the constants below")]
        enum Position { $($constant),+ }

        impl Attribute {
            $(#[doc = concat!("`", $name, "`")] pub const $constant: Self = Self(Position::$constant as u8);)+
        }
    };
}

attributes! {
    COMPANY "cst_company", ACTION_TYPE "cst_action_type", SEND_RESPONSE "cst_send_response", DUPLICATE "cst_duplicate", CUSTOMER_NUMBER "cst_cust_nbr",
    SALESMAN_NUMBER "cst_salesman_nbr", ALTERNATE_NUMBER "cst_interface_cust_nbr", LANGUAGE "cst_language", JOB_TITLE "cst_job_title",
    RELATE_ID "cst_relate_id", PREFIX "cst_prefix", FIRST_NAME "cst_fname", MIDDLE_INITIAL "cst_minitial", LAST_NAME "cst_lname", SUFFIX "cst_suffix",
    COMPANY_NAME "cst_company_name", STREET "cst_street_addr", ADDRESS_LINE_2 "cst_addr_line_2", ADDRESS_LINE_3 "cst_addr_line_3",
    ADDRESS_LINE_4 "cst_addr_line_4", APARTMENT "cst_apt", CITY "cst_city", STATE "cst_state", POSTAL_CODE "cst_zip", COUNTRY "cst_country",
    EMAIL "cst_email", DAY_PHONE "cst_day_phone", DAY_EXTENSION "cst_day_ext", EVENING_PHONE "cst_eve_phone", EVENING_EXTENSION "cst_eve_ext",
    FAX_PHONE "cst_fax_phone", FAX_EXTENSION "cst_fax_ext", MAIL_NAME "cst_mail_name", RENT_NAME "cst_rent_name", SEED_NAME "cst_seed_name",
    RENT_EMAIL "cst_rent_email", ORIGINAL_SOURCE "cst_original_source", CURRENT_SOURCE "cst_current_source",
    HOLD_BYPASS_FRAUD "cst_hold_bypass_fraud", ORIGINAL_MAIL_TYPE "cst_orig_mail_type", CURRENT_MAIL_TYPE "cst_curr_mail_type",
    TAX_EXEMPT "cst_tax_exempt", EXEMPT_CERTIFICATE "cst_exempt_certificate", EXEMPT_EXPIRY "cst_exempt_expiry", ASSOCIATE "cst_associate",
    CANCEL_BACKORDER "cst_cancel_bo", COMMERCIAL "cst_commercial", CUSTOMER_TYPE "cst_cust_type", DISCOUNT_PERCENT "cst_discount_pct",
    ENTRY_DATE "cst_entry_date", INACTIVE "cst_inactive", BYPASS_RESERVATION "cst_bypass_reservation", POP_WINDOW_1 "cst_pop_window_1",
    POP_WINDOW_2 "cst_pop_window_2", POP_WINDOW_3 "cst_pop_window_3", POP_WINDOW_4 "cst_pop_window_4", PRICE_COLUMN "cst_price_column",
    ITEM_HISTORY_TRACKING "cst_item_hist_tracking", VAT_NUMBER "cst_vat_nbr", DO_NOT_FAX "cst_do_not_fax", DELIVERABLE "cst_deliverable",
    DELIVERY_TYPE "cst_delivery_type", EMAIL_STATUS "cst_email_status", ACCOUNT_NUMBER "cst_account_nbr", CUSTOMER_CLASS "cst_cust_class",
    CUSTOMER_COMPANY "cst_cust_company", MAIL_CODE "cst_mail_code", CALL_CODE "cst_call_code", CURRENCY "cst_currency",
}

impl Attribute {
    /// All attributes, in the order of the rules.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..).map(Self).take(NAMES.len())
    }

    /// The attribute of that name; none for a name that is not known. Case matters.
    pub fn named(name: &str) -> Option<Self> {
        Self::all().find(|attribute| attribute.name() == name)
    }

    pub fn name(self) -> &'static str {
        NAMES[usize::from(self.0)]
    }

    /// How many characters a value may have: 254 for the e-mail address, 200 for a pop window, 100 for all others.
    pub fn max_characters(self) -> usize {
        match self {
            Self::EMAIL => 254,
            Self::POP_WINDOW_1 | Self::POP_WINDOW_2 | Self::POP_WINDOW_3 | Self::POP_WINDOW_4 => {
                200
            }
            _ => 100,
        }
    }

    /// Whether the attribute steers the message and is not kept on the customer.
    pub fn steers(self) -> bool {
        matches!(self, Self::ACTION_TYPE | Self::SEND_RESPONSE | Self::DUPLICATE)
    }
}

impl fmt::Debug for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Attributes and their values. A value is never empty: an empty one is "not given".
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Attributes(BTreeMap<Attribute, String>);

impl Attributes {
    /// The value as it was given; none where it was not, or is blank.
    pub fn get(&self, attribute: Attribute) -> Option<&str> {
        self.0.get(&attribute).map(String::as_str)
    }

    /// The value, or nothing.
    pub fn text(&self, attribute: Attribute) -> &str {
        self.get(attribute).unwrap_or_default()
    }

    /// Sets the value, without the blanks, tabs and line breaks around it; one that shows nothing takes the attribute away.
    pub fn set(&mut self, attribute: Attribute, value: impl Into<String>) {
        let value = value.into();
        if fold::is_blank(&value) {
            self.0.remove(&attribute);
        } else {
            let bare = value.trim();
            let value = if bare.len() == value.len() { value } else { bare.to_owned() };
            self.0.insert(attribute, value);
        }
    }

    pub fn remove(&mut self, attribute: Attribute) {
        self.0.remove(&attribute);
    }

    /// What is given, in the order of the rules.
    pub fn iter(&self) -> impl Iterator<Item = (Attribute, &str)> {
        self.0.iter().map(|(attribute, value)| (*attribute, value.as_str()))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<V: Into<String>> FromIterator<(Attribute, V)> for Attributes {
    fn from_iter<I: IntoIterator<Item = (Attribute, V)>>(pairs: I) -> Self {
        let mut attributes = Self::default();
        for (attribute, value) in pairs {
            attributes.set(attribute, value);
        }
        attributes
    }
}

impl fmt::Debug for Attributes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// Where a message came from and where its answer is awaited: echoed, never interpreted.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Routing {
    pub source: Option<String>,
    pub target: Option<String>,
    pub resp_qmgr: Option<String>,
    pub resp_q: Option<String>,
}

/// It may hold anything, so nothing of it is shown.
impl fmt::Debug for Routing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Routing").finish_non_exhaustive()
    }
}

/// One `CWCustomerIn`, parsed but not yet judged.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Message {
    /// `type`; `None` where the message has none.
    pub message_type: Option<String>,
    /// The informational attributes of `Message`.
    pub routing: Routing,
    pub attributes: Attributes,
    /// Names, in the order of the message, of what it carries and we do not know: accepted, ignored and named in the answer's warnings.
    pub unknown: Vec<String>,
}

/// Type and unknown names are what the sender made up, so they are shown no more than the attributes' values.
impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message").field("attributes", &self.attributes).finish_non_exhaustive()
    }
}

impl Message {
    /// Whether the sender wants the answer as a body: `cst_send_response` is `Y`.
    pub fn wants_response(&self) -> bool {
        self.attributes.text(Attribute::SEND_RESPONSE).trim().eq_ignore_ascii_case("Y")
    }

    /// Whether the message asks for a deletion, which no message can.
    pub fn deletes(&self) -> bool {
        self.attributes.text(Attribute::ACTION_TYPE).trim().eq_ignore_ascii_case("D")
    }

    /// Whether the message names a customer by a number of its own: then it is meant as a Change, unless nobody has that number.
    pub fn names_a_customer(&self) -> bool {
        self.naming().is_some()
    }

    /// The attribute that names the customer: the first of those that are given.
    pub fn naming(&self) -> Option<Attribute> {
        let names = [Attribute::CUSTOMER_NUMBER, Attribute::RELATE_ID, Attribute::ALTERNATE_NUMBER];
        names.into_iter().find(|name| self.attributes.get(*name).is_some())
    }

    /// Whether the message comes from Xstore, whose messages the control L93 may let pass without edits.
    pub fn comes_from_xstore(&self) -> bool {
        self.attributes.text(Attribute::ORIGINAL_SOURCE).trim().eq_ignore_ascii_case("XSTORE")
    }

    /// One sentence for each thing in the message that was ignored.
    pub fn warnings(&self) -> Vec<String> {
        self.unknown
            .iter()
            .take(MAX_WARNINGS)
            .map(|name| format!("{name} is not a known attribute"))
            .collect()
    }
}

/// What an Add does when it meets duplicates: `cst_duplicate`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DuplicateCheck {
    /// `S`: update the one duplicate; several are an answer.
    UpdateSingle,
    /// `A`: update the best of the duplicates.
    UpdateBest,
    /// `Y`: any duplicate is an answer.
    Report,
    /// `N`, nothing or anything else: create without looking.
    Unchecked,
}

impl DuplicateCheck {
    /// The check that the message asks for. Small letters count as capitals.
    pub fn of(attributes: &Attributes) -> Self {
        match attributes.text(Attribute::DUPLICATE).trim() {
            "S" | "s" => Self::UpdateSingle,
            "A" | "a" => Self::UpdateBest,
            "Y" | "y" => Self::Report,
            _ => Self::Unchecked,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_known_by_their_names_and_blank_ones_are_not_given() {
        assert_eq!(Attribute::all().count(), 69);
        for attribute in Attribute::all() {
            assert_eq!(Attribute::named(attribute.name()), Some(attribute));
        }
        assert_eq!(Attribute::CURRENCY.name(), "cst_currency");
        assert_eq!(Attribute::named("CST_CITY"), None);
        let attributes = Attributes::from_iter([
            (Attribute::CITY, " "),
            (Attribute::FIRST_NAME, "\u{200b}\u{3164}"),
            (Attribute::LAST_NAME, "\tRobinson\r\n"),
        ]);
        assert_eq!(attributes.iter().collect::<Vec<_>>(), [(Attribute::LAST_NAME, "Robinson")]);
        assert!(!format!("{attributes:?}").contains("Robinson"), "values are personal data");
    }
}
