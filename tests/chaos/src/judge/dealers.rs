//! What must be true of the dealer customers: one customer a DCN, given and released as the clients were told.

use std::collections::BTreeMap;

use store::items::DealerCustomerRecord;
use store::keys;

use super::super::log::{Entry, Intent};
use super::Judge;

/// What the clients asked of one DCN, by the entries' places.
#[derive(Default)]
struct Asked {
    associating: Vec<usize>,
    releasing: Vec<usize>,
}

impl Judge<'_> {
    /// One customer a DCN; what was acknowledged is there, or was released by a request that did not end before it.
    pub(super) fn dealer_customers(&mut self) {
        let mut by_dcn: BTreeMap<&str, Asked> = BTreeMap::new();
        for (at, entry) in self.log.iter().enumerate() {
            match &entry.intent {
                Intent::Associate { dcn, .. } => {
                    by_dcn.entry(dcn).or_default().associating.push(at)
                }
                Intent::Release { dcn } => by_dcn.entry(dcn).or_default().releasing.push(at),
                Intent::Add { .. }
                | Intent::AddInVain
                | Intent::Change
                | Intent::Correct
                | Intent::Reprocess { .. }
                | Intent::Delete { .. }
                | Intent::Bulk
                | Intent::Reuse => {}
            }
        }
        for (dcn, record) in &self.table.dealer_customers {
            let organization = record.dealer_customer.organization.as_ref();
            let key = keys::dealer_customer(&record.dealer_customer.dcn);
            let customer_is_there =
                organization.is_none_or(|identifier| self.table.customers.contains_key(identifier));
            if !by_dcn.contains_key(dcn.as_str()) || !customer_is_there {
                self.violation(
                    format!("{dcn} has no cause, or belongs to nobody that is there"),
                    vec![key],
                    Vec::new(),
                );
            }
        }
        for (dcn, asked) in by_dcn {
            self.dealer_customer(dcn, &asked);
        }
    }

    fn dealer_customer(&mut self, dcn: &str, asked: &Asked) {
        let record = self.table.dealer_customers.get(dcn);
        let holder = holder(record);
        let acknowledged = self.acknowledged(asked);
        let lost = acknowledged
            .values()
            .find(|(at, organization)| {
                holder.as_ref() != Some(organization)
                    && !self.may_have_been_released_since(asked, self.log[*at].began)
            })
            .map(|(at, _)| self.log[*at].began);
        // A try without a key whose answer was lost is told by the next one who holds the DCN.
        let unknown = holder.as_ref().is_some_and(|holder| {
            asked.associating.iter().all(|at| named(&self.log[*at]) != Some(holder))
        });
        let too_many =
            acknowledged.len() > self.may_have_released(asked) + usize::from(holder.is_some());
        if lost.is_none() && !unknown && !too_many {
            return;
        }
        let what = format!(
            "{dcn} does not belong to whom it was given last (lost {}, unknown {unknown}, more often given than released {too_many})",
            lost.is_some()
        );
        let key = record.map(|record| keys::dealer_customer(&record.dealer_customer.dcn));
        let late = key.as_ref().is_some_and(|key| {
            let (pk, sk) = (format!("\"{}\"", key.pk), format!("\"{}\"", key.sk));
            self.landed_late(&[&pk, &sk], lost.unwrap_or_default())
        });
        if late {
            self.verdict.landed_late.push(what);
        } else {
            let concerned = asked.associating.iter().chain(&asked.releasing).copied();
            self.violation(what, key.into_iter().collect(), concerned.collect());
        }
    }

    /// Who was told to have got the DCN, by the key of the request: when, by the entry's place, and for which customer.
    fn acknowledged(&self, asked: &Asked) -> BTreeMap<String, (usize, String)> {
        let mut acknowledged: BTreeMap<_, (usize, String)> = BTreeMap::new();
        for &at in &asked.associating {
            let entry = &self.log[at];
            let done =
                entry.decided().is_some_and(|answer| answer.status == 200 || answer.status == 201);
            let Some(organization) = named(entry).filter(|_| done) else {
                continue;
            };
            let name = entry
                .effect_id()
                .map_or_else(|| format!("entry {at}"), |id| id.as_str().to_owned());
            let known = acknowledged.entry(name).or_insert_with(|| (at, organization.to_owned()));
            // The first answer of a key tells when it took effect; a replay, much later, tells nothing new.
            if entry.ended < self.log[known.0].ended {
                known.0 = at;
            }
        }
        acknowledged
    }

    fn may_have_been_released_since(&self, asked: &Asked, began: u64) -> bool {
        asked.releasing.iter().any(|at| {
            let release = &self.log[*at];
            releases(release) > 0 && release.ended > began
        })
    }

    /// How often the DCN may have been released.
    fn may_have_released(&self, asked: &Asked) -> usize {
        let counts = asked.releasing.iter().map(|at| releases(&self.log[*at]));
        counts.sum()
    }
}

/// How many tries of a request may have released: one that was answered "busy" may have, one that found nothing to release did not.
fn releases(release: &Entry) -> usize {
    match release.decided() {
        Some(answer) if answer.status != 204 => release.answers.len() - 1,
        Some(_) | None => release.answers.len(),
    }
}

/// The customer that an answer names: the one that got the DCN, or the one that has it.
fn named(entry: &Entry) -> Option<&str> {
    entry.decided()?.body["customerOrganizationIdentifier"].as_str()
}

fn holder(record: Option<&DealerCustomerRecord>) -> Option<String> {
    let organization = record?.dealer_customer.organization.as_ref()?;
    Some(organization.to_string())
}
