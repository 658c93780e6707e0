//! Judges the end of a run in which all requests mean one customer, in worlds of their own: under neighbouring rules, with an address verified or taken as it was given, after something
//! was lost. There is one customer, whoever made it, and every answer names it.

use std::collections::BTreeSet;

use domain::customer::CustomerNumber;

use super::ledger::Ledger;
use super::linearization::Ended;
use super::request::Answer;
use super::scenario::{NEWER, Stage};

/// Judges. `faulty`: something went wrong in the run, so that "no answer" is no surprise. `lost`: a customer was lost before it.
///
/// # Errors
/// A sentence that says what is wrong.
pub(crate) fn judge(
    ended: &[Ended],
    ledger: &Ledger,
    (faulty, lost): (bool, bool),
) -> Result<(), String> {
    ledger.check()?;
    if ledger.customers.len() > 1 {
        return Err(format!("one customer became {}", ledger.customers.len()));
    }
    let there: BTreeSet<CustomerNumber> =
        ledger.customers.iter().map(|customer| customer.number).collect();
    let mut created = BTreeSet::new();
    for (client, Ended { tries, .. }) in ended.iter().enumerate() {
        for tried in tries {
            let named: Vec<CustomerNumber> = match &tried.answer {
                Answer::Created(number) => {
                    created.insert(tried.effect.clone());
                    vec![*number]
                }
                Answer::Updated(number) => vec![*number],
                Answer::Duplicate(numbers) => numbers.clone(),
                Answer::Associated { organization, .. } => {
                    let is_there =
                        ledger.customers.iter().any(|one| one.identifier == *organization);
                    if !is_there {
                        return Err(format!("client {client} was associated with nobody"));
                    }
                    Vec::new()
                }
                Answer::Busy | Answer::BroughtIn | Answer::Audited { .. } | Answer::NotInForce => {
                    Vec::new()
                }
                // The customer was lost, and with it its identifier.
                Answer::UnknownOrganization if lost => Vec::new(),
                Answer::Unavailable if faulty => Vec::new(),
                other @ (Answer::Taken { .. }
                | Answer::UnknownOrganization
                | Answer::Ambiguous(_)
                | Answer::Released
                | Answer::NotAssociated
                | Answer::UnknownDealerCustomer
                | Answer::Failed(..)
                | Answer::Corrected(_)
                | Answer::Deleted
                | Answer::Refused(_)
                | Answer::Merged(..)
                | Answer::Parted(..)
                | Answer::NotDecided(_)
                | Answer::Unknown
                | Answer::Erased
                | Answer::KeptApart(_)
                | Answer::TakenBack(_)
                | Answer::AlreadyProcessed
                | Answer::KeyReused
                | Answer::Unavailable
                | Answer::Defect(_)) => {
                    return Err(format!("client {client} was answered {other}"));
                }
            };
            if named.iter().any(|number| !there.contains(number)) || named.len() > 1 {
                return Err(format!(
                    "client {client} was told of {named:?}, and there are {there:?}"
                ));
            }
        }
    }
    if created.len() > 1 {
        return Err("two requests were told that they had created it".to_owned());
    }
    Ok(())
}

/// What a newer release put on items stays there, whoever writes them.
///
/// # Errors
/// A sentence that names one from which it is gone.
pub(crate) fn keeps_what_is_newer<'a>(
    stage: &Stage,
    item: impl Fn(&store::keys::Key) -> Option<&'a store::item::Item>,
) -> Result<(), String> {
    for key in &stage.newer {
        if item(key).is_none_or(|item| !item.contains_key(NEWER)) {
            return Err(format!("{} {} lost what a newer release put there", key.pk, key.sk));
        }
    }
    Ok(())
}
