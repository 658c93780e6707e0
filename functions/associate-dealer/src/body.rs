//! This function's JSON, in and out.

use api::customer_out::NOT_COMPARED;
use api::json::{self, Json, Reader};
use api::parts::{AddressBody, PhoneBody};
use api::problem::Fault;
use domain::controls::Controls;
use domain::customer::address::Address;
use domain::customer::contact::Phone;
use domain::dealer::association::Origin;
use domain::dealer::association::{Associate, Organization, Statement};
use domain::dealer::{Dcn, DealerCode, DealerCustomerNumber, DealerType};
use domain::matching::fold;
use domain::message::Attribute;
use domain::message::edits::{self, EditCode, FailedEdit, Field};
use operations::dealers::associate::{Associated, DealerCustomerOutcome};
use operations::dealers::organization::Seen;
use operations::kit::Listed;
use serde::Serialize;
use std::collections::BTreeMap;

/// How many telephone numbers one request may give.
const MAX_PHONES: usize = 10;

/// Reads a request to associate: the dealer code as soon as it is known, for it decides who may ask, and the request if there is no fault in it.
pub(crate) fn read(
    json: &Json,
    controls: &Controls,
    faults: &mut Vec<Fault>,
) -> (Option<DealerCode>, Option<Associate>) {
    let mut body = Reader::open(json, "", faults);
    let dealer_code = body.required("dealerCode", DealerCode::parse);
    let dealer_customer_number = body.required("dealerCustomerNumber", DealerCustomerNumber::parse);
    let organization = body
        .text("customerOrganizationIdentifier")
        .map_or(Organization::Searched, Organization::named);
    let statement = Statement {
        dealer_type: body.optional("dealerType", DealerType::parse).unwrap_or_default(),
        business_name: body.text("businessName").and_then(said),
        alternate_name: body.optional("alternateName", alternate_name).and_then(|name| said(&name)),
        address: body.object("address").map(address),
        email: body.text("email").and_then(said),
        phones: phones(&mut body),
    };
    body.finish();
    let (Some(code), Some(dealer_customer_number)) = (&dealer_code, dealer_customer_number) else {
        // The faults of the rest are reported as well, under any DCN.
        let examined = Associate::edits(&statement, &organization, controls);
        add(examined.failed, faults);
        return (dealer_code, None);
    };
    let dcn = Dcn { dealer_code: code.clone(), dealer_customer_number };
    let request = Associate::new(dcn, organization, statement, controls);
    let request = request.map_err(|failed| add(failed, faults)).ok();
    (dealer_code, request)
}

/// Adds the failed edits, but for those of a value that could not be read: what is of the wrong kind is not also missing.
fn add(failed: Vec<FailedEdit>, faults: &mut Vec<Fault>) {
    let unread: Vec<String> = faults
        .iter()
        .filter(|fault| fault.code == json::WRONG_KIND)
        .map(|fault| fault.pointer.clone())
        .collect();
    let is_unread = |pointer: &str| {
        let within = |rest: &str| rest.is_empty() || rest.starts_with('/');
        unread.iter().any(|above| pointer.strip_prefix(above.as_str()).is_some_and(within))
    };
    let failed = failed.into_iter().map(fault);
    faults.extend(failed.filter(|fault| !is_unread(&fault.pointer)));
}

fn address(mut body: Reader<'_, '_>) -> Address {
    let values = Address::PARTS.map(|(name, _)| body.text(name).unwrap_or_default().to_owned());
    body.finish();
    Address::from_values(values)
}

fn phones(body: &mut Reader<'_, '_>) -> Vec<Phone> {
    let Some(list) = body.list("phones") else {
        return Vec::new();
    };
    if list.len() > MAX_PHONES {
        body.fault("phones", "too-many", format!("There are at most {MAX_PHONES} phones."));
        return Vec::new();
    }
    let pointer = body.pointer("phones");
    let read =
        |(index, json): (usize, &Json)| phone(json, json::item(&pointer, index), body.faults());
    list.iter().enumerate().filter_map(read).collect()
}

fn phone(json: &Json, pointer: String, faults: &mut Vec<Fault>) -> Option<Phone> {
    match json {
        Json::Text(number) if fold::is_blank(number) => None,
        Json::Text(number) => Phone::parse(None, number)
            .map_err(|invalid| faults.push(Fault::refused(pointer, invalid)))
            .ok(),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::List(_) | Json::Object(_) => {
            let mut body = Reader::open(json, pointer, faults);
            let kind = body.optional("type", |kind| Phone::parse_kind(kind).map(str::to_owned));
            let number = body.raw("number");
            let is_blank = matches!(number, Some(Json::Text(text)) if fold::is_blank(text));
            let parse = |number: &str| Phone::parse(kind.as_deref(), number);
            let phone = if is_blank { None } else { body.required("number", parse) };
            body.finish();
            phone
        }
    }
}

/// A value without the blanks, tabs and line breaks around it; none where it shows nothing.
fn said(text: &str) -> Option<String> {
    (!fold::is_blank(text)).then(|| text.trim().to_owned())
}

fn alternate_name(text: &str) -> Result<String, domain::Invalid> {
    let text = text.trim();
    let refused = |code: EditCode| {
        Err(domain::Invalid { code: code.code(), reason: code.reason().to_owned() })
    };
    if text.chars().count() > Attribute::COMPANY_NAME.max_characters() {
        refused(EditCode::ValueTooLong)
    } else if !edits::is_plain(text) {
        refused(EditCode::InvalidValue)
    } else {
        Ok(text.to_owned())
    }
}

/// A failed edit where the dealer's JSON has its value.
fn fault(failed: FailedEdit) -> Fault {
    let part = |attribute| Address::PARTS.into_iter().find(|(_, part)| *part == attribute);
    let pointer = match failed.field {
        Field::Attribute(Attribute::EMAIL) => "/email".to_owned(),
        Field::Attribute(attribute) => match part(attribute) {
            Some((name, _)) => format!("/address/{name}"),
            None => "/businessName".to_owned(),
        },
        Field::MessageType => String::new(),
    };
    let message = match failed.detail() {
        Some(detail) => format!("{}. {detail}", failed.code.reason()),
        None => failed.code.reason().to_owned(),
    };
    Fault::new(pointer, failed.code.code(), message)
}

/// An association that was made, or would be.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Association {
    dcn: String,
    dealer_code: String,
    dealer_customer_number: String,
    dealer_type: String,
    customer_organization_identifier: Option<String>,
    customer_number: Option<String>,
    customer_organization: &'static str,
    dealer_customer: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    r#match: Option<BTreeMap<&'static str, &'static str>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
    #[serde(skip_serializing_if = "is_false")]
    dry_run: bool,
}

impl Association {
    pub(crate) fn of(request: &Associate, associated: &Associated, dry_run: bool) -> Self {
        let Associated { organization, number, origin, dealer_customer, replayed: _ } = associated;
        let (customer_organization, explanation) = match origin {
            Origin::Created => ("created", None),
            Origin::Matched(explanation) => ("matched", Some(explanation)),
            Origin::Given => ("given", None),
        };
        Self {
            dcn: request.dcn.to_string(),
            dealer_code: request.dcn.dealer_code.to_string(),
            dealer_customer_number: request.dcn.dealer_customer_number.to_string(),
            dealer_type: request.dealer_type().as_str().to_owned(),
            customer_organization_identifier: organization.as_ref().map(ToString::to_string),
            customer_number: number.as_ref().map(ToString::to_string),
            customer_organization,
            dealer_customer: match dealer_customer {
                DealerCustomerOutcome::Created => "created",
                DealerCustomerOutcome::Associated => "associated",
            },
            r#match: explanation.map(|explanation| {
                explanation
                    .iter()
                    .map(|(field, comparison)| (field.name(), comparison.name()))
                    .collect()
            }),
            warnings: request
                .phones()
                .iter()
                .enumerate()
                .filter(|(_, phone)| !phone.is_number())
                .map(|(index, _)| {
                    format!("phone {} does not read as a number and is kept as it is", index + 1)
                })
                .collect(),
            dry_run,
        }
    }

    /// With a warning where the customer was searched by what stands for nobody.
    pub(crate) fn warning(mut self, not_compared: bool) -> Self {
        self.warnings.extend(not_compared.then(|| NOT_COMPARED.to_owned()));
        self
    }
}

/// What a dry run says of a release.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Released {
    pub(crate) dcn: String,
    pub(crate) dry_run: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DealerCustomer {
    dcn: String,
    dealer_code: String,
    dealer_customer_number: String,
    dealer_type: String,
    business_name: String,
    alternate_name: Option<String>,
    address: AddressBody,
    email: Option<String>,
    phones: Vec<PhoneBody>,
    customer_organization_identifier: Option<String>,
}

impl DealerCustomer {
    pub(crate) fn of(found: &domain::dealer::DealerCustomer) -> Self {
        let domain::dealer::DealerCustomer { dcn, profile, organization } = found;
        Self {
            dcn: dcn.to_string(),
            dealer_code: dcn.dealer_code.to_string(),
            dealer_customer_number: dcn.dealer_customer_number.to_string(),
            dealer_type: profile.dealer_type.as_str().to_owned(),
            business_name: profile.business_name.clone().unwrap_or_default(),
            alternate_name: profile.alternate_name.clone(),
            address: AddressBody::of(&profile.address.clone().unwrap_or_default()),
            email: profile.email.as_ref().map(|email| email.as_str().to_owned()),
            phones: profile.phones.iter().map(PhoneBody::of).collect(),
            customer_organization_identifier: organization.as_ref().map(ToString::to_string),
        }
    }
}

/// A page of dealer customers.
type ListedDealerCustomers = Listed<domain::dealer::DealerCustomer, Dcn, Dcn>;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DealerCustomers {
    dealer_customers: Vec<DealerCustomer>,
    /// The DCNs of those that this release cannot read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unreadable: Vec<String>,
    next: Option<String>,
}

impl DealerCustomers {
    pub(crate) fn of(page: &ListedDealerCustomers, next: Option<String>) -> Self {
        Self {
            dealer_customers: page.found.iter().map(DealerCustomer::of).collect(),
            unreadable: page.unreadable.iter().map(ToString::to_string).collect(),
            next,
        }
    }
}

/// A customer organization with the dealer customers that the caller may see.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CustomerOrganization {
    customer_organization_identifier: String,
    customer_number: String,
    status: &'static str,
    business_name: String,
    alternate_name: Option<String>,
    address: AddressBody,
    email: Option<String>,
    phones: Vec<PhoneBody>,
    version: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    merged_into: Option<String>,
    dealer_customers: Vec<DealerCustomer>,
    /// The DCNs of those that this release cannot read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unreadable: Vec<String>,
    /// The identifiers of those merged into it that this release cannot read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unreadable_merged: Vec<String>,
    next: Option<String>,
}

impl CustomerOrganization {
    pub(crate) fn of(seen: &Seen, next: Option<String>) -> Self {
        let Seen { customer, merged, unreadable, dealer_customers: page } = seen;
        Self {
            customer_organization_identifier: customer.identifier.to_string(),
            customer_number: customer.number.to_string(),
            status: customer.status().as_str(),
            business_name: customer.business_name(),
            alternate_name: customer.alternate_name.clone(),
            address: AddressBody::of(&customer.address()),
            email: customer.email().map(|email| email.as_str().to_owned()),
            phones: customer.all_phones().iter().map(PhoneBody::of).collect(),
            version: customer.version,
            merged_into: merged.then(|| customer.number.to_string()),
            unreadable_merged: unreadable.iter().map(ToString::to_string).collect(),
            dealer_customers: page.found.iter().map(DealerCustomer::of).collect(),
            unreadable: page.unreadable.iter().map(ToString::to_string).collect(),
            next,
        }
    }
}

fn is_false(flag: &bool) -> bool {
    !*flag
}
