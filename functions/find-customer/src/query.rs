//! The query of a look-up, read into what the domain looks for; all of its faults at once.

use api::query::Query;
use domain::Invalid;
use domain::customer::company::Company;
use domain::dealer::{Dcn, DealerCode, DealerCustomerNumber};
use domain::look_up::LookUp;
use domain::matching::possible::PairState;
use domain::time::Timestamp;
use operations::customers::history::AsOf;

/// The parameters that find somebody by themselves.
const FINDING: [&str; 7] =
    ["name", "email", "phone", "number", "alternateNumber", "relateId", "dcn"];

/// Who is looked for, and all that was asked as one text, for the cursors to be bound to.
pub(crate) fn look_up(query: &mut Query<'_, '_>) -> (LookUp, String) {
    let look_up = LookUp {
        number: query.optional("number", LookUp::parse_number),
        dcn: query.optional("dcn", dcn),
        alternate_number: query.optional("alternateNumber", LookUp::parse_text),
        relate_id: query.optional("relateId", LookUp::parse_text),
        email: query.optional("email", LookUp::parse_email),
        phone: query.optional("phone", LookUp::parse_phone),
        name: query.optional("name", LookUp::parse_name),
        postal_code: query.optional("postalCode", LookUp::parse_postal_code),
        company: query.optional("company", company),
    };
    let mut asked = String::new();
    let mut finds = false;
    for name in FINDING.into_iter().chain(["postalCode", "company"]) {
        if let Some(value) = query.parameter(name) {
            finds |= FINDING.contains(&name);
            asked.push_str(&format!("{name}={}:{value}&", value.len()));
        }
    }
    if !finds {
        let message = format!("Say by what to find: {}.", FINDING.join(", "));
        query.faults().push(api::problem::Fault::new("/query", "nothing-asked", message));
    }
    (look_up, asked)
}

/// The version or the time at which a customer is asked for; one of them at the most.
pub(crate) fn as_of(query: &mut Query<'_, '_>) -> Option<AsOf> {
    let version = query.optional("version", version);
    let at = query.optional("at", at);
    match (version, at) {
        (Some(_), Some(_)) => {
            query.fault("at", "version-or-time", "A customer is read at a version or at a time.");
            None
        }
        (Some(version), None) => Some(AsOf::Version(version)),
        (None, Some(at)) => Some(AsOf::At(at)),
        (None, None) => None,
    }
}

/// A state whose pairs are listed.
pub(crate) fn state(text: &str) -> Result<PairState, Invalid> {
    PairState::named(text).filter(|state| PairState::LISTED.contains(state)).ok_or_else(|| {
        Invalid {
            code: "invalid-state",
            reason: "a state is `open`, `apart` or `merged`".to_owned(),
        }
    })
}

fn dcn(text: &str) -> Result<Dcn, Invalid> {
    let (dealer_code, number) = text.split_once('|').ok_or_else(|| Invalid {
        code: "invalid-dcn",
        reason: "a DCN is a dealer code and a dealer customer number with '|' between them"
            .to_owned(),
    })?;
    Ok(Dcn {
        dealer_code: DealerCode::parse(dealer_code)?,
        dealer_customer_number: DealerCustomerNumber::parse(number)?,
    })
}

fn company(text: &str) -> Result<Company, Invalid> {
    let company = Company::new(text);
    if company.as_str().is_empty() || company.as_str().chars().count() > 100 {
        return Err(Invalid {
            code: "invalid-company",
            reason: "a company code is 1 to 100 characters".to_owned(),
        });
    }
    Ok(company)
}

fn version(text: &str) -> Result<u64, Invalid> {
    let digits = text.len() <= 10 && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|version| digits && *version > 0).ok_or_else(|| Invalid {
        code: "invalid-version",
        reason: "a version is a whole number from 1 on".to_owned(),
    })
}

fn at(text: &str) -> Result<Timestamp, Invalid> {
    Timestamp::parse(text).ok_or_else(|| Invalid {
        code: "invalid-time",
        reason: "a time is RFC 3339, for example 2026-11-28T07:00:00Z".to_owned(),
    })
}
