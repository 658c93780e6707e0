//! What the customer master shall do, one request after another: written from the business rules (design page "Domain"), not from the operations, and without storage.
//!
//! It knows only what scenarios need: of the edits the blank city and the numbers that are taken, of folding nothing but capitals.

mod end;
mod expected;
mod merge;
mod message;

use std::collections::{BTreeMap, BTreeSet};

use domain::customer::{CustomerNumber, Identifier};
use domain::effect::EffectId;

use super::request::{Made, MadeBy, Request, Whom};
use expected::Expected;

/// Names of what requests created, as the table has them: identifiers and numbers are the system's to choose.
pub(crate) type Names = BTreeMap<EffectId, (Identifier, CustomerNumber)>;

type Attributes = BTreeMap<&'static str, String>;

/// A customer, named by the effect that created it.
#[derive(Debug, Clone)]
struct Customer {
    effect: EffectId,
    attributes: Attributes,
    version: u64,
    /// The customer that acts for it.
    merged_into: Option<usize>,
    absorbed: Vec<merge::Absorbed>,
    erased: bool,
    /// Its item was lost.
    lost: bool,
}

/// Where a queued message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Open,
    Resolved(usize),
    Deleted,
}

/// A queued message, named by the effect that queued it.
#[derive(Debug, Clone)]
struct Queued {
    effect: EffectId,
    attributes: Attributes,
    standing: Standing,
    version: u64,
    /// The effect that touched it last.
    last: EffectId,
    /// What the last attempt came to.
    attempt: Attempted,
    /// The edits that failed when it was last written.
    failing: Vec<&'static str>,
}

/// What an attempt came to.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Attempted {
    Failed(Vec<&'static str>),
    Duplicate,
}

/// A request as the specification is asked for it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asking<'a> {
    /// The request.
    pub(crate) request: &'a Request,
    /// Its idempotency key.
    pub(crate) key: Option<&'static str>,
    /// The name of its effect.
    pub(crate) effect: &'a EffectId,
}

/// The customer master as it should be.
#[derive(Debug, Clone, Default)]
pub(crate) struct Specification {
    customers: Vec<Customer>,
    dealer_customers: BTreeMap<&'static str, Option<usize>>,
    queue: Vec<Queued>,
    keys: BTreeMap<(&'static str, &'static str), (Request, Option<Expected>)>,
    /// Who is kept apart from whom.
    apart: BTreeSet<[usize; 2]>,
}

impl Specification {
    /// Binds a request's key, as a try does that comes to nothing else.
    pub(crate) fn bind(&mut self, asking: Asking<'_>) {
        if let Some(key) = asking.key {
            self.keys
                .entry((asking.request.operation(), key))
                .or_insert_with(|| (asking.request.clone(), None));
        }
    }

    /// Does what is asked. None where the table says that no such thing was ever done.
    pub(crate) fn perform(
        &mut self,
        asking: Asking<'_>,
        made: &Made,
        names: &Names,
    ) -> Option<Expected> {
        let slot = asking.key.map(|key| (asking.request.operation(), key));
        if let Some(slot) = slot
            && let Some((bound, expected)) = self.keys.get(&slot)
        {
            if bound != asking.request {
                return Some(Expected::KeyReused);
            }
            if let Some(expected) = expected {
                return Some(expected.clone());
            }
        }
        let expected = match asking.request {
            Request::Merge { winner, loser, address } => {
                let at = |before: usize| self.made(&made[before]);
                self.merge(at(*winner)?, at(*loser)?, *address)
            }
            Request::Unmerge { winner, loser } => {
                let at = |before: usize| self.made(&made[before]);
                self.unmerge(at(*winner)?, at(*loser)?)
            }
            Request::Erase { customer } => {
                let customer = self.made(&made[*customer])?;
                self.erase(customer)
            }
            Request::KeepApart { one, other } => {
                let two = [self.made(&made[*one])?, self.made(&made[*other])?];
                self.keep_apart(two)
            }
            Request::TakeBack { one, other } => {
                let two = [self.made(&made[*one])?, self.made(&made[*other])?];
                self.take_back(two)
            }
            // What it mends is none of what requests ask for, but for dealer customers of nobody.
            Request::Audit | Request::BringIn => {
                self.abandon();
                Expected::Audited
            }
            Request::Associate { dcn, whom } => self.associate(dcn, whom, asking, made, names)?,
            Request::Release { dcn } => self.release(dcn),
            Request::Message(fields) => self.receive(fields.attributes(made), asking, names)?,
            Request::Correct { queued, city, seen } => {
                let effect = &made[*queued].effect;
                match self.touch(effect, Some(*seen)) {
                    Err(refused) => refused,
                    Ok(queued) => {
                        Expected::Corrected(self.change_queued(queued, Some(city), asking))
                    }
                }
            }
            Request::Delete { queued, seen } => {
                match self.touch(&made[*queued].effect, Some(*seen)) {
                    Err(refused) => refused,
                    Ok(queued) => {
                        self.change_queued(queued, None, asking);
                        self.queue[queued].standing = Standing::Deleted;
                        Expected::Deleted
                    }
                }
            }
            Request::Reprocess { queued, city, seen } => {
                match self.touch(&made[*queued].effect, *seen) {
                    Err(refused) => refused,
                    Ok(queued) => self.reprocess(queued, *city, asking, names)?,
                }
            }
        };
        if let Some(slot) = slot {
            // What a queued message says already had no effect.
            let says_so = if let Request::Reprocess { queued, .. } = asking.request {
                let queued = self.queue.iter().find(|one| one.effect == made[*queued].effect);
                queued.is_some_and(|queued| queued.last != *asking.effect)
            } else {
                false
            };
            let answer = (expected.is_effect() && !says_so).then(|| expected.clone());
            self.keys.insert(slot, (asking.request.clone(), answer));
        }
        Some(expected)
    }

    fn associate(
        &mut self,
        dcn: &'static str,
        whom: &Whom,
        asking: Asking<'_>,
        made: &Made,
        names: &Names,
    ) -> Option<Expected> {
        let (found, origin) = match whom {
            Whom::Made(before) => {
                let (identifier, _) = made[*before].customer.as_ref()?;
                let leader = self.leader(self.at(identifier, names)?);
                if self.customers[leader].erased || self.customers[leader].lost {
                    return Some(Expected::UnknownOrganization);
                }
                (Some(leader), "given")
            }
            Whom::Searched(party) => {
                let same = self.same_as(&party.attributes());
                match same[..] {
                    [] => (None, "created"),
                    [(one, _)] => (Some(one), "matched"),
                    _ => {
                        let same = same.into_iter().map(|(one, _)| one).collect();
                        return Some(Expected::Ambiguous(same));
                    }
                }
            }
        };
        if let Some(Some(holder)) = self.dealer_customers.get(dcn) {
            let same = Some(self.leader(*holder)) == found;
            return Some(Expected::Taken { holder: *holder, same });
        }
        let customer = match (found, whom) {
            (Some(customer), _) => customer,
            (None, Whom::Searched(party)) => {
                let mut attributes = party.attributes();
                attributes.insert("cst_email_status", "O2".to_owned());
                self.create(asking.effect, attributes, names)?
            }
            (None, Whom::Made(_)) => return None,
        };
        let created = self.dealer_customers.insert(dcn, Some(customer)).is_none();
        Some(Expected::Associated { customer, origin, created })
    }

    fn release(&mut self, dcn: &'static str) -> Expected {
        match self.dealer_customers.get_mut(dcn) {
            None => Expected::UnknownDealerCustomer,
            Some(None) => Expected::NotAssociated,
            Some(organization) => {
                *organization = None;
                Expected::Released
            }
        }
    }

    fn receive(
        &mut self,
        given: Attributes,
        asking: Asking<'_>,
        names: &Names,
    ) -> Option<Expected> {
        let expected = self.message(&given, asking.effect, names)?;
        if let Expected::Failed(codes, _) = &expected {
            self.queue.push(Queued {
                effect: asking.effect.clone(),
                attributes: given,
                standing: Standing::Open,
                version: 1,
                last: asking.effect.clone(),
                attempt: Attempted::Failed(codes.clone()),
                failing: codes.clone(),
            });
        }
        Some(expected)
    }

    /// The queued message that may be touched, by its place in the queue; or why it may not.
    fn touch(&self, effect: &EffectId, seen: Option<u64>) -> Result<usize, Expected> {
        let place = self.queue.iter().position(|queued| queued.effect == *effect);
        let place = place.ok_or(Expected::Unknown)?;
        let queued = &self.queue[place];
        match queued.standing {
            Standing::Resolved(customer) => Err(Expected::AlreadyResolved(customer)),
            Standing::Deleted => Err(Expected::AlreadyDeleted),
            Standing::Open if seen.is_some_and(|seen| seen != queued.version) => {
                Err(Expected::VersionMismatch(queued.version))
            }
            Standing::Open => Ok(place),
        }
    }

    /// Writes the queued message once more, with what is changed.
    fn change_queued(&mut self, place: usize, city: Option<&str>, asking: Asking<'_>) -> u64 {
        let queued = &mut self.queue[place];
        if let Some(city) = city {
            queued.attributes.insert("cst_city", city.to_owned());
        }
        queued.version += 1;
        queued.last = asking.effect.clone();
        queued.failing = message::blank_city(&queued.attributes).into_iter().collect();
        queued.version
    }

    fn reprocess(
        &mut self,
        place: usize,
        city: Option<&str>,
        asking: Asking<'_>,
        names: &Names,
    ) -> Option<Expected> {
        let mut given = self.queue[place].attributes.clone();
        if let Some(city) = city {
            given.insert("cst_city", city.to_owned());
        }
        let mut expected = self.message(&given, asking.effect, names)?;
        if let Expected::Failed(_, effect) = &mut expected {
            effect.clone_from(&self.queue[place].effect);
        }
        let attempt = if let Expected::Failed(codes, _) = &expected {
            Some(Attempted::Failed(codes.clone()))
        } else {
            matches!(expected, Expected::Duplicate(_)).then_some(Attempted::Duplicate)
        };
        // The attempt of one request is remembered once, and one that says what the last one says not at all.
        if self.queue[place].last != *asking.effect && !self.tells(place, &given, attempt.as_ref())
        {
            self.change_queued(place, city, asking);
        }
        if let Some(attempt) = attempt {
            self.queue[place].attempt = attempt;
        }
        if let Expected::Created(customer) | Expected::Updated(customer) = expected {
            self.queue[place].standing = Standing::Resolved(customer);
        }
        Some(expected)
    }

    /// Whether the last attempt says all that this one would.
    fn tells(&self, place: usize, given: &Attributes, attempt: Option<&Attempted>) -> bool {
        let queued = &self.queue[place];
        let failing: Vec<_> = match attempt {
            Some(Attempted::Failed(codes)) => codes.clone(),
            Some(Attempted::Duplicate) | None => message::blank_city(given).into_iter().collect(),
        };
        attempt == Some(&queued.attempt) && queued.failing == failing && queued.attributes == *given
    }

    /// The customer that a request before made.
    fn made(&self, made: &MadeBy) -> Option<usize> {
        self.customers.iter().position(|customer| customer.effect == made.effect)
    }

    /// The item of a customer is lost.
    pub(crate) fn lose(&mut self, made: &MadeBy) {
        if let Some(place) = self.made(made) {
            self.customers[place].lost = true;
        }
    }

    /// Dealer customers of customers that were lost belong to nobody.
    fn abandon(&mut self) {
        for organization in self.dealer_customers.values_mut() {
            *organization = organization.filter(|one| !self.customers[*one].lost);
        }
    }

    fn at(&self, identifier: &Identifier, names: &Names) -> Option<usize> {
        self.customers.iter().position(|customer| {
            names.get(&customer.effect).is_some_and(|(at, _)| at == identifier)
        })
    }
}
