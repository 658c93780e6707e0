//! Find customers by what is known of them. Whom a key leads to is read anew, strongly consistent, and held against all that was asked: a key that is out of date shows nothing wrong.

use std::collections::HashMap;
use std::fmt;

use domain::customer::company::Company;
use domain::customer::{Customer, CustomerNumber, Identifier};
use domain::look_up::{self, Asked, Kind, LookUp, Term};
use domain::message::Attribute;
use domain::retention::Retention;
use domain::time::Timestamp;
use store::item::{self, Item};
use store::items::{self, Claim, Found, Standing};
use store::keys::{self, Key};
use store::records::{self, FoundUnder};
use store::table::{MAX_ITEMS, Table, TableError};

use super::history::earlier_versions;
use super::read::item_by_number;
use super::tree::leaders;
use crate::kit::{Listed, Master, Stopped, log_unreadable};

/// How many keys one page looks at. Where many keys lead to nobody who is asked for, a page may be short, and the next one goes on behind it.
pub const MAX_EXAMINED: usize = 200;

/// A customer who was found, by what, and whether under a value that it has no more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundCustomer {
    pub customer: Customer,
    pub found_by: Vec<Asked>,
    pub formerly: bool,
    /// The merged customer that it was found by, which leads to it; none where it was found by what is its own.
    pub led_by: Option<CustomerNumber>,
}

/// Where a page ended: in which step of the search, and behind which key.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    step: usize,
    after: Option<String>,
}

impl Place {
    /// As text, for a cursor.
    pub fn to_text(&self) -> String {
        format!("{} {}", self.step, self.after.as_deref().unwrap_or_default())
    }

    pub fn parse(text: &str) -> Option<Self> {
        let (step, after) = text.split_once(' ')?;
        let after = (!after.is_empty()).then(|| after.to_owned());
        Some(Self { step: step.parse().ok()?, after })
    }
}

/// The search of one request: what is asked, and in which steps it is looked for.
struct Search<'a, T> {
    master: &'a Master<T>,
    look_up: &'a LookUp,
    /// Who has the number, the DCN or the like, where that is asked for.
    holder: Option<Identifier>,
    /// Who has the DCN, where one is asked for.
    dcn_holder: Option<Identifier>,
    terms: Vec<Term>,
}

/// What may be asked for and cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unreadable {
    /// A customer, or whom it leads to.
    Customer(Identifier),
    /// What has the number, the DCN or the like that is asked for, by what was asked: nobody is found by it.
    Asked(String),
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Customer(identifier) => identifier.fmt(f),
            Self::Asked(asked) => f.write_str(asked),
        }
    }
}

/// A page of those who are, or were until lately, as is asked, behind `after`; and of those who may be, and cannot be read. Nobody where nothing is asked by which somebody is
/// found.
pub async fn find<T: Table>(
    master: &Master<T>,
    look_up: &LookUp,
    after: Option<Place>,
    limit: usize,
) -> Result<Listed<FoundCustomer, Place, Unreadable>, Stopped> {
    let search = match Search::begin(master, look_up).await? {
        Ok(search) => search,
        Err(asked) => {
            let unreadable = vec![Unreadable::Asked(asked)];
            return Ok(Listed { found: Vec::new(), unreadable, next: None });
        }
    };
    let mut place = after.unwrap_or_default();
    let (mut found, mut unreadable) = (Vec::new(), Vec::new());
    let mut examined = 0;
    while examined < MAX_EXAMINED && found.len() < limit {
        let wanted = (limit - found.len()).min(MAX_ITEMS);
        let Some(candidates) = search.candidates(&place, wanted).await? else {
            place.step = search.terms.len() + 1;
            break;
        };
        examined += (candidates.found.len() + candidates.unreadable.len()).max(1);
        let (held, lost) = search.held(&candidates.found, place.step).await?;
        found.extend(held);
        unreadable.extend(candidates.unreadable.into_iter().chain(lost));
        place = match candidates.next {
            Some(after) => Place { after: Some(after), ..place },
            None => Place { step: place.step + 1, after: None },
        };
    }
    unreadable.sort_unstable();
    unreadable.dedup();
    let unreadable = unreadable.into_iter().map(Unreadable::Customer).collect();
    Ok(Listed { found, unreadable, next: search.has(&place).then_some(place) })
}

impl<'a, T: Table> Search<'a, T> {
    /// The search; or which number, DCN or the like is had by what cannot be read.
    async fn begin(
        master: &'a Master<T>,
        look_up: &'a LookUp,
    ) -> Result<Result<Self, String>, Stopped> {
        let table = master.table();
        let dcn_holder = match &look_up.dcn {
            Some(dcn) => {
                let item = table.get(&keys::dealer_customer(dcn)).await?;
                match readable(item, items::dealer_customer) {
                    Ok(record) => record.and_then(|record| record.dealer_customer.organization),
                    Err(Hidden) => return Ok(Err(dcn.to_string())),
                }
            }
            None => None,
        };
        // A number is nobody else's, now or ever.
        if let Some(number) = look_up.number {
            let item = item_by_number(master, number).await?;
            let Ok(customer) = readable(item, items::customer) else {
                return Ok(Err(number.to_string()));
            };
            let holder = customer.map(|customer| customer.identifier);
            return Ok(Ok(Self { master, look_up, holder, dcn_holder, terms: Vec::new() }));
        }
        let (terms, secret) = (look_up.sought(), &master.controls().secret);
        let claim = match terms.first().map(|term| term.kind) {
            Some(Kind::AlternateNumber) => look_up
                .alternate_number
                .as_deref()
                .map(|number| (number, keys::alternate_number(secret, number))),
            Some(Kind::RelateId) => {
                look_up.relate_id.as_deref().map(|id| (id, keys::relate_id(secret, id)))
            }
            Some(
                Kind::Dcn
                | Kind::Email
                | Kind::Phone
                | Kind::Name
                | Kind::NameAndPostalCode
                | Kind::Alike,
            )
            | None => None,
        };
        let holder = match claim {
            Some((asked, claim)) => match readable(table.get(&claim).await?, Claim::read) {
                Ok(claimed) => claimed.and_then(|claimed| claimed.holder),
                Err(Hidden) => return Ok(Err(asked.to_owned())),
            },
            None => dcn_holder.clone(),
        };
        Ok(Ok(Self { master, look_up, holder, dcn_holder, terms }))
    }

    /// Whether there is a step at this place: the first is whoever has the number or the like, the others are the terms.
    fn has(&self, place: &Place) -> bool {
        place.step <= self.terms.len()
    }

    /// Those who may be it at this place, and where the same step goes on; none where there is no further step.
    async fn candidates(
        &self,
        place: &Place,
        wanted: usize,
    ) -> Result<Option<FoundUnder>, Stopped> {
        if place.step == 0 {
            let holder = self.holder.iter().cloned();
            let found = holder.map(|identifier| Found { identifier, standing: Standing::Current });
            let (found, unreadable) = (found.collect(), Vec::new());
            return Ok(Some(FoundUnder { found, unreadable, next: None }));
        }
        let Some(term) = self.terms.get(place.step - 1) else {
            return Ok(None);
        };
        let (key, after) = (self.key(term), place.after.clone());
        let wanted = u32::try_from(wanted).unwrap_or(u32::MAX);
        let found = records::found_under(self.master.table(), &key, after, wanted).await?;
        Ok(Some(found))
    }

    /// Those of the candidates of a step who are as is asked, in their order; and those who cannot be read, or whom they lead to cannot.
    async fn held(
        &self,
        candidates: &[Found],
        step: usize,
    ) -> Result<(Vec<FoundCustomer>, Vec<Identifier>), Stopped> {
        let table = self.master.table();
        let identifiers: Vec<Identifier> =
            candidates.iter().map(|found| found.identifier.clone()).collect();
        let mut customers: HashMap<Identifier, Customer> = HashMap::new();
        let (read, unread) = records::readable_customers(table, &identifiers).await?;
        for customer in read {
            customers.insert(customer.identifier.clone(), customer);
        }
        let mut lost = identifiers;
        lost.retain(|one| unread.iter().any(|(key, _)| *key == keys::customer(one)));
        for (key, error) in &unread {
            log_unreadable(key, error);
        }
        let judged: Vec<(Customer, Misses)> = candidates
            .iter()
            .filter_map(|found| customers.remove(&found.identifier))
            .filter(|customer| self.is_of_company(customer))
            .filter_map(|customer| {
                let misses = self.misses(&customer)?;
                Some((customer, misses))
            })
            .collect();
        let standings = self.standings(&judged, step).await?;
        let mut held = Vec::new();
        for (customer, misses) in judged {
            if self.was_found_before(&customer, step, &standings) {
                continue;
            }
            let formerly = !misses.is_empty();
            if !formerly || self.was_so(&customer, &misses, &standings).await? {
                let found_by = self.look_up.given();
                held.push(FoundCustomer { customer, found_by, formerly, led_by: None });
            }
        }
        let (shown, led_astray) = self.led(held).await?;
        lost.extend(led_astray);
        Ok((shown, lost))
    }

    /// The customers that act, in place of those that were merged. One that is found by what is its own is not shown for another's sake. Beside them, those that lead to what
    /// cannot be read.
    async fn led(
        &self,
        held: Vec<FoundCustomer>,
    ) -> Result<(Vec<FoundCustomer>, Vec<Identifier>), Stopped> {
        let mut shown: Vec<FoundCustomer> = Vec::new();
        let merged = held.iter().filter(|found| found.customer.merged_into.is_some());
        let merged = merged.map(|found| found.customer.clone()).collect();
        let (leaders, lost) = leaders(self.master, merged).await?;
        for found in held {
            if found.customer.merged_into.is_none() {
                shown.push(found);
                continue;
            }
            let led_by = Some(found.customer.number);
            let its = |(named, _): &&(Identifier, Customer)| *named == found.customer.identifier;
            let Some((_, customer)) = leaders.iter().find(its).cloned() else {
                continue;
            };
            let by_itself = self.misses(&customer).is_some_and(|misses| misses.is_empty());
            if !by_itself && shown.iter().all(|one| one.customer.number != customer.number) {
                shown.push(FoundCustomer { customer, led_by, ..found });
            }
        }
        Ok((shown, lost))
    }

    /// What is asked and not so; none where it cannot have been so either.
    fn misses(&self, customer: &Customer) -> Option<Misses> {
        let mut misses = self.look_up.misses(customer);
        if let Some(dcn) = &self.look_up.dcn
            && self.dcn_holder.as_ref() != Some(&customer.identifier)
        {
            misses.push((Asked::Dcn, Some(Term::of_dcn(dcn))));
        }
        misses.into_iter().map(|(asked, term)| Some((asked, term?))).collect()
    }

    fn is_of_company(&self, customer: &Customer) -> bool {
        let company = customer.attributes.get(Attribute::COMPANY).map(Company::new);
        let company = company.as_ref().unwrap_or(self.master.controls().default_company());
        self.look_up.company.as_ref().is_none_or(|asked| asked == company)
    }

    /// How the customers stand under the terms of what is not so, and under those of the steps before.
    async fn standings(
        &self,
        judged: &[(Customer, Misses)],
        step: usize,
    ) -> Result<HashMap<Key, Standing>, Stopped> {
        let mut wanted = Vec::new();
        for (customer, misses) in judged {
            let before = self.terms.iter().take(step.saturating_sub(1));
            let has = look_up::terms(customer);
            let before = before.filter(|term| !has.contains(*term));
            for term in misses.iter().map(|(_, term)| term).chain(before) {
                wanted.push(self.key(term).of(&customer.identifier));
            }
        }
        wanted.sort_unstable();
        wanted.dedup();
        let mut standings = HashMap::new();
        for some in wanted.chunks(MAX_ITEMS) {
            standings.extend(records::standings(self.master.table(), some).await?);
        }
        Ok(standings)
    }

    /// Whether an earlier step has shown the customer.
    fn was_found_before(
        &self,
        customer: &Customer,
        step: usize,
        standings: &HashMap<Key, Standing>,
    ) -> bool {
        let has = look_up::terms(customer);
        step > 0
            && (self.holder.as_ref() == Some(&customer.identifier)
                || self.terms.iter().take(step - 1).any(|term| {
                    has.contains(term)
                        || standings.contains_key(&self.key(term).of(&customer.identifier))
                }))
    }

    /// Whether what is not so was so lately, as the keys say and the history confirms.
    async fn was_so(
        &self,
        customer: &Customer,
        misses: &Misses,
        standings: &HashMap<Key, Standing>,
    ) -> Result<bool, Stopped> {
        let is_former = |(_, term): &(Asked, Term)| {
            let standing = standings.get(&self.key(term).of(&customer.identifier));
            matches!(standing, Some(Standing::Former(_)))
        };
        if customer.erased.is_some() || !misses.iter().all(is_former) {
            return Ok(false);
        }
        // Whose a DCN was is no part of the customer, and its key tells it exactly.
        let mut open: Vec<Asked> = misses.iter().map(|(asked, _)| *asked).collect();
        open.retain(|asked| *asked != Asked::Dcn);
        if open.is_empty() {
            return Ok(true);
        }
        let table = self.master.table();
        let lately = table.now().millis().saturating_sub(Retention::FormerValue.seconds() * 1000);
        let since = Timestamp::from_millis(lately);
        for earlier in earlier_versions(table, customer, since).await? {
            let missed: Vec<Asked> =
                self.look_up.misses(&earlier).into_iter().map(|(asked, _)| asked).collect();
            open.retain(|asked| missed.contains(asked));
            if open.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn key(&self, term: &Term) -> keys::LookUpKey {
        keys::look_up(&self.master.controls().secret, term)
    }
}

/// That something is there and cannot be read, which the log tells.
struct Hidden;

/// What is there, where it can be read.
fn readable<R>(
    item: Option<Item>,
    read: impl Fn(Item) -> Result<R, TableError>,
) -> Result<Option<R>, Hidden> {
    let Some(item) = item else { return Ok(None) };
    let key = item::key_of(&item);
    read(item).map(Some).map_err(|error| {
        log_unreadable(&key, &error);
        Hidden
    })
}

/// What is asked and not so, each with the term under which it may have been.
type Misses = Vec<(Asked, Term)>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_text_and_read_back() {
        for place in [Place::default(), Place { step: 2, after: Some("0-1".to_owned()) }] {
            assert_eq!(Place::parse(&place.to_text()), Some(place));
        }
        assert_eq!(Place::parse("x "), None);
    }
}
