//! What the customer master shall do, one request after another: written from the business rules (design page "Domain"), not from the operations, and without storage.
//!
//! It knows only what scenarios need: of the edits the blank city and the numbers that are taken, of folding nothing but capitals.

use std::collections::BTreeMap;

use domain::customer::{CustomerNumber, Identifier};
use domain::effect::EffectId;
use domain::message::Attribute;
use domain::request_in_error::{RequestInErrorId, State};
use operations::fix::Refused;
use store::keys::{self, Key};

use super::ledger::Ledger;
use super::request::{Answer, Made, Request, Whom};

/// Names of what requests created, as the table has them: identifiers and numbers are the system's to choose.
pub type Names = BTreeMap<EffectId, (Identifier, CustomerNumber)>;

type Attributes = BTreeMap<&'static str, String>;

/// A customer, named by the effect that created it.
#[derive(Debug, Clone)]
struct Customer {
    effect: EffectId,
    attributes: Attributes,
    version: u64,
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
}

/// What a request is to be answered. Customers are told by their place in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Says {
    /// Associated with this customer.
    Associated {
        /// The customer.
        customer: usize,
        /// `created`, `matched` or `given`.
        origin: &'static str,
        /// Whether the dealer customer was created too.
        created: bool,
    },
    /// The dealer customer is taken.
    Taken {
        /// Whose it is.
        holder: usize,
        /// Whether that is the one meant.
        same: bool,
    },
    /// Several are meant.
    Ambiguous(Vec<usize>),
    /// Released.
    Released,
    /// It belonged to nobody.
    NotAssociated,
    /// There is none.
    UnknownDealerCustomer,
    /// Created.
    Created(usize),
    /// Updated.
    Updated(usize),
    /// Duplicates.
    Duplicate(Vec<usize>),
    /// Edits failed; the effect that queued the message.
    Failed(Vec<&'static str>, EffectId),
    /// Corrected, to this version.
    Corrected(u64),
    /// Deleted.
    Deleted,
    /// There is no such message in the queue.
    Unknown,
    /// It was resolved, with this customer.
    AlreadyResolved(usize),
    /// It was deleted.
    AlreadyDeleted,
    /// It has this version, not the one that the steward saw.
    VersionMismatch(u64),
    /// The key is another request's.
    KeyReused,
}

impl Says {
    /// Whether the request had an effect, which its key then answers for ever.
    fn is_effect(&self) -> bool {
        match self {
            Self::Associated { .. }
            | Self::Released
            | Self::Created(_)
            | Self::Updated(_)
            | Self::Failed(..)
            | Self::Corrected(_)
            | Self::Deleted => true,
            Self::Taken { .. }
            | Self::Ambiguous(_)
            | Self::NotAssociated
            | Self::UnknownDealerCustomer
            | Self::Duplicate(_)
            | Self::Unknown
            | Self::AlreadyResolved(_)
            | Self::AlreadyDeleted
            | Self::VersionMismatch(_)
            | Self::KeyReused => false,
        }
    }
}

/// A request as the specification is asked for it.
#[derive(Debug, Clone, Copy)]
pub struct Asking<'a> {
    /// The request.
    pub request: &'a Request,
    /// Its idempotency key.
    pub key: Option<&'static str>,
    /// The name of its effect.
    pub effect: &'a EffectId,
}

/// The customer master as it should be.
#[derive(Debug, Clone, Default)]
pub struct Specification {
    customers: Vec<Customer>,
    dealer_customers: BTreeMap<&'static str, Option<usize>>,
    queue: Vec<Queued>,
    keys: BTreeMap<(&'static str, &'static str), (Request, Option<Says>)>,
}

impl Specification {
    /// Binds a request's key, as a try does that comes to nothing else.
    pub fn bind(&mut self, asking: Asking<'_>) {
        if let Some(key) = asking.key {
            self.keys
                .entry((asking.request.operation(), key))
                .or_insert_with(|| (asking.request.clone(), None));
        }
    }

    /// Does what is asked. None where the table says that no such thing was ever done.
    pub fn perform(&mut self, asking: Asking<'_>, made: &Made, names: &Names) -> Option<Says> {
        let slot = asking.key.map(|key| (asking.request.operation(), key));
        if let Some(slot) = slot
            && let Some((bound, says)) = self.keys.get(&slot)
        {
            if bound != asking.request {
                return Some(Says::KeyReused);
            }
            if let Some(says) = says {
                return Some(says.clone());
            }
        }
        let says = match asking.request {
            Request::Associate { dcn, whom } => self.associate(dcn, whom, asking, made, names)?,
            Request::Release { dcn } => self.release(dcn),
            Request::Message(letter) => self.receive(letter.attributes(made), asking, names)?,
            Request::Correct { queued, city, seen } => {
                let effect = &made[*queued].effect;
                match self.touch(effect, Some(*seen)) {
                    Err(refused) => refused,
                    Ok(queued) => Says::Corrected(self.change_queued(queued, Some(city), asking)),
                }
            }
            Request::Delete { queued, seen } => {
                match self.touch(&made[*queued].effect, Some(*seen)) {
                    Err(refused) => refused,
                    Ok(queued) => {
                        self.change_queued(queued, None, asking);
                        self.queue[queued].standing = Standing::Deleted;
                        Says::Deleted
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
            let answer = says.is_effect().then(|| says.clone());
            self.keys.insert(slot, (asking.request.clone(), answer));
        }
        Some(says)
    }

    fn associate(
        &mut self,
        dcn: &'static str,
        whom: &Whom,
        asking: Asking<'_>,
        made: &Made,
        names: &Names,
    ) -> Option<Says> {
        let (found, origin) = match whom {
            Whom::Made(before) => {
                let (identifier, _) = made[*before].customer.as_ref()?;
                (Some(self.at(identifier, names)?), "given")
            }
            Whom::Searched(party) => {
                let same = self.same_as(&party.attributes());
                match same[..] {
                    [] => (None, "created"),
                    [one] => (Some(one), "matched"),
                    _ => return Some(Says::Ambiguous(same)),
                }
            }
        };
        if let Some(Some(holder)) = self.dealer_customers.get(dcn) {
            return Some(Says::Taken {
                holder: *holder,
                same: Some(*holder) == found,
            });
        }
        let customer = match (found, whom) {
            (Some(customer), _) => customer,
            (None, Whom::Searched(party)) => {
                self.create(asking.effect, party.attributes(), names)?
            }
            (None, Whom::Made(_)) => return None,
        };
        let created = self.dealer_customers.insert(dcn, Some(customer)).is_none();
        Some(Says::Associated {
            customer,
            origin,
            created,
        })
    }

    fn release(&mut self, dcn: &'static str) -> Says {
        match self.dealer_customers.get_mut(dcn) {
            None => Says::UnknownDealerCustomer,
            Some(None) => Says::NotAssociated,
            Some(organization) => {
                *organization = None;
                Says::Released
            }
        }
    }

    fn receive(&mut self, given: Attributes, asking: Asking<'_>, names: &Names) -> Option<Says> {
        let says = self.message(&given, asking.effect, names)?;
        if let Says::Failed(..) = &says {
            self.queue.push(Queued {
                effect: asking.effect.clone(),
                attributes: given,
                standing: Standing::Open,
                version: 1,
                last: asking.effect.clone(),
            });
        }
        Some(says)
    }

    /// The queued message that may be touched, by its place in the queue; or why it may not.
    fn touch(&self, effect: &EffectId, seen: Option<u64>) -> Result<usize, Says> {
        let place = self
            .queue
            .iter()
            .position(|queued| queued.effect == *effect);
        let place = place.ok_or(Says::Unknown)?;
        let queued = &self.queue[place];
        match queued.standing {
            Standing::Resolved(customer) => Err(Says::AlreadyResolved(customer)),
            Standing::Deleted => Err(Says::AlreadyDeleted),
            Standing::Open if seen.is_some_and(|seen| seen != queued.version) => {
                Err(Says::VersionMismatch(queued.version))
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
        queued.version
    }

    fn reprocess(
        &mut self,
        place: usize,
        city: Option<&str>,
        asking: Asking<'_>,
        names: &Names,
    ) -> Option<Says> {
        let mut given = self.queue[place].attributes.clone();
        if let Some(city) = city {
            given.insert("cst_city", city.to_owned());
        }
        let says = match self.message(&given, asking.effect, names)? {
            Says::Failed(codes, _) => Says::Failed(codes, self.queue[place].effect.clone()),
            says => says,
        };
        // The attempt of one request is remembered once.
        if self.queue[place].last != *asking.effect {
            self.change_queued(place, city, asking);
        }
        if let Says::Created(customer) | Says::Updated(customer) = says {
            self.queue[place].standing = Standing::Resolved(customer);
        }
        Some(says)
    }

    fn message(&mut self, given: &Attributes, effect: &EffectId, names: &Names) -> Option<Says> {
        let holder = |attribute: &str| {
            let value = given.get(attribute)?;
            self.customers
                .iter()
                .position(|customer| customer.attributes.get(attribute) == Some(value))
        };
        let (relate, alternate) = (holder("cst_relate_id"), holder("cst_interface_cust_nbr"));
        let target = match given.get("cst_cust_nbr") {
            Some(number) => Some(self.customers.iter().position(|customer| {
                names
                    .get(&customer.effect)
                    .is_some_and(|(_, one)| one.to_string() == *number)
            })?),
            None if given.contains_key("cst_relate_id") => relate,
            None => alternate,
        };
        let taken = |target: Option<usize>| {
            let mut codes = Vec::new();
            if alternate.is_some() && alternate != target {
                codes.push("alternate-number-taken");
            }
            if relate.is_some() && relate != target {
                codes.push("relate-id-taken");
            }
            codes
        };
        if let Some(target) = target {
            return Some(self.update(target, given, taken(Some(target)), effect));
        }
        let check = given.get("cst_duplicate").map_or("", String::as_str);
        let same = match check {
            "Y" | "S" | "A" => self.same_as(given),
            _ => Vec::new(),
        };
        let number = |customer: &usize| {
            names
                .get(&self.customers[*customer].effect)
                .map(|(_, number)| *number)
        };
        match (check, &same[..]) {
            (_, []) => {
                let mut codes = taken(None);
                codes.extend(blank_city(given));
                if !codes.is_empty() {
                    return Some(failed(codes, effect));
                }
                let customer = self.create(effect, kept(given), names)?;
                Some(Says::Created(customer))
            }
            ("S", [one]) | ("A", [one]) => {
                let mut codes = taken(Some(*one));
                codes.extend(blank_city(given));
                Some(self.update(*one, given, codes, effect))
            }
            ("A", several) => {
                let best = several.iter().copied().max_by_key(number)?;
                let mut codes = taken(Some(best));
                codes.extend(blank_city(given));
                Some(self.update(best, given, codes, effect))
            }
            _ => {
                let mut same = same;
                same.sort_by_key(|customer| std::cmp::Reverse(number(customer)));
                Some(Says::Duplicate(same))
            }
        }
    }

    fn update(
        &mut self,
        target: usize,
        given: &Attributes,
        mut codes: Vec<&'static str>,
        effect: &EffectId,
    ) -> Says {
        let mut merged = self.customers[target].attributes.clone();
        merged.extend(kept(given));
        if codes.is_empty() {
            codes.extend(blank_city(&merged));
        }
        if !codes.is_empty() {
            return failed(codes, effect);
        }
        let customer = &mut self.customers[target];
        customer.attributes = merged;
        customer.version += 1;
        Says::Updated(target)
    }

    fn create(
        &mut self,
        effect: &EffectId,
        attributes: Attributes,
        names: &Names,
    ) -> Option<usize> {
        names.get(effect)?;
        self.customers.push(Customer {
            effect: effect.clone(),
            attributes,
            version: 1,
        });
        Some(self.customers.len() - 1)
    }

    fn at(&self, identifier: &Identifier, names: &Names) -> Option<usize> {
        self.customers.iter().position(|customer| {
            names
                .get(&customer.effect)
                .is_some_and(|(at, _)| at == identifier)
        })
    }

    /// The customers with this match code and these exact-match values.
    fn same_as(&self, wanted: &Attributes) -> Vec<usize> {
        const EXACT: [&str; 4] = [
            "cst_company_name",
            "cst_street_addr",
            "cst_city",
            "cst_state",
        ];
        let same = |customer: &Customer| {
            match_code(&customer.attributes) == match_code(wanted)
                && EXACT
                    .iter()
                    .all(|name| folded(customer.attributes.get(name)) == folded(wanted.get(name)))
        };
        (0..self.customers.len())
            .filter(|customer| same(&self.customers[*customer]))
            .collect()
    }

    /// Whether that is what was answered.
    pub fn agrees(&self, says: &Says, answer: &Answer, names: &Names) -> bool {
        let name = |customer: &usize| names.get(&self.customers[*customer].effect);
        let identifier = |customer: &usize| name(customer).map(|(identifier, _)| identifier);
        let number = |customer: &usize| name(customer).map(|(_, number)| number);
        match (says, answer) {
            (
                Says::Associated {
                    customer,
                    origin,
                    created,
                },
                Answer::Associated {
                    organization,
                    origin: told,
                    created: told_created,
                },
            ) => {
                identifier(customer) == Some(organization)
                    && origin == told
                    && created == told_created
            }
            (
                Says::Taken { holder, same },
                Answer::Taken {
                    holder: told,
                    same: told_same,
                },
            ) => identifier(holder) == Some(told) && same == told_same,
            (Says::Ambiguous(customers), Answer::Ambiguous(told)) => {
                let mut said: Vec<_> = customers.iter().filter_map(identifier).cloned().collect();
                said.sort();
                said == *told
            }
            (Says::Released, Answer::Released)
            | (Says::NotAssociated, Answer::NotAssociated)
            | (Says::UnknownDealerCustomer, Answer::UnknownDealerCustomer)
            | (Says::KeyReused, Answer::KeyReused) => true,
            (Says::Created(customer), Answer::Created(told))
            | (Says::Updated(customer), Answer::Updated(told)) => number(customer) == Some(told),
            (Says::Duplicate(customers), Answer::Duplicate(told)) => {
                customers.iter().map(number).eq(told.iter().map(Some))
            }
            (Says::Failed(codes, effect), Answer::Failed(told, id)) => {
                let mut told = told.clone();
                told.sort_unstable();
                *codes == told && RequestInErrorId::of(effect).as_str() == id
            }
            (Says::Corrected(version), Answer::Corrected(told))
            | (Says::VersionMismatch(version), Answer::Refused(Refused::VersionMismatch(told))) => {
                version == told
            }
            (Says::Deleted, Answer::Deleted)
            | (Says::Unknown, Answer::Refused(Refused::Unknown))
            | (Says::AlreadyDeleted, Answer::Refused(Refused::AlreadyDeleted)) => true,
            (Says::AlreadyResolved(customer), Answer::Refused(Refused::AlreadyResolved(told))) => {
                number(customer) == told.as_ref()
            }
            _ => false,
        }
    }

    /// Whether the table stands as it should.
    ///
    /// # Errors
    /// A sentence that says what does not.
    pub fn stands(&self, ledger: &Ledger, names: &Names) -> Result<(), String> {
        if self.customers.len() != ledger.customers.len() {
            return Err(format!(
                "there are {} customers in the table and should be {}",
                ledger.customers.len(),
                self.customers.len()
            ));
        }
        for customer in &self.customers {
            let stands = ledger
                .created_by(&customer.effect)
                .ok_or("a customer is missing")?;
            if stands.version != customer.version {
                return Err(format!(
                    "{} has version {} and should have {}",
                    stands.identifier, stands.version, customer.version
                ));
            }
            for (name, value) in &customer.attributes {
                let attribute = domain::message::Attribute::named(name);
                if attribute.and_then(|attribute| stands.attributes.get(attribute)) != Some(value) {
                    return Err(format!("{} has another {name}", stands.identifier));
                }
            }
            for (name, key) in CLAIMED {
                if let Some(value) = customer.attributes.get(name)
                    && ledger.claims.get(&key(value)) != Some(&stands.identifier)
                {
                    return Err(format!("{} has not claimed its {name}", stands.identifier));
                }
            }
        }
        let claimed = self.customers.iter().map(|customer| {
            let has = |(name, _): &&(&str, _)| customer.attributes.contains_key(name);
            CLAIMED.iter().filter(has).count()
        });
        if ledger.claims.len() != claimed.sum::<usize>() {
            return Err("a number or relate id is claimed that nobody has".to_owned());
        }
        let belongs: BTreeMap<_, _> = ledger
            .dealer_customers
            .iter()
            .map(|(dcn, record)| (dcn.as_str(), record.dealer_customer.organization.as_ref()))
            .collect();
        let should: BTreeMap<_, _> = self
            .dealer_customers
            .iter()
            .map(|(dcn, organization)| {
                let organization = organization
                    .and_then(|customer| names.get(&self.customers[customer].effect))
                    .map(|(identifier, _)| identifier);
                (*dcn, organization)
            })
            .collect();
        if belongs != should {
            return Err(format!(
                "dealer customers belong as {belongs:?} and should as {should:?}"
            ));
        }
        self.queue_stands(ledger)
    }

    fn queue_stands(&self, ledger: &Ledger) -> Result<(), String> {
        if ledger.requests_in_error.len() != self.queue.len() {
            return Err(format!(
                "{} messages are queued and should be {}",
                ledger.requests_in_error.len(),
                self.queue.len()
            ));
        }
        for queued in &self.queue {
            let id = RequestInErrorId::of(&queued.effect);
            let stands = ledger.requests_in_error.iter().find(|one| one.id == id);
            let stands = stands.ok_or("a queued message is missing")?;
            let should = match queued.standing {
                Standing::Open => State::Open,
                Standing::Resolved(_) => State::Resolved,
                Standing::Deleted => State::Deleted,
            };
            let city = stands.attribute(Attribute::CITY);
            if (stands.state, stands.version) != (should, queued.version)
                || city != queued.attributes.get("cst_city").map(String::as_str)
            {
                return Err(format!(
                    "request in error {} is {:?} in version {} with the city {city:?} and should be {should:?} in version {} with {:?}",
                    id.as_str(),
                    stands.state,
                    stands.version,
                    queued.version,
                    queued.attributes.get("cst_city")
                ));
            }
        }
        Ok(())
    }
}

/// What is claimed, with the key of its claim.
const CLAIMED: [(&str, fn(&str) -> Key); 2] = [
    ("cst_relate_id", keys::relate_id),
    ("cst_interface_cust_nbr", keys::alternate_number),
];

fn failed(mut codes: Vec<&'static str>, effect: &EffectId) -> Says {
    codes.sort_unstable();
    Says::Failed(codes, effect.clone())
}

fn kept(given: &Attributes) -> Attributes {
    let mut kept = given.clone();
    kept.remove("cst_duplicate");
    kept.remove("cst_cust_nbr");
    kept
}

fn blank_city(attributes: &Attributes) -> Option<&'static str> {
    (!attributes.contains_key("cst_city")).then_some("city-blank")
}

/// Postal code 1–5, name 1–4, street 1–6.
fn match_code(attributes: &Attributes) -> [String; 3] {
    let first = |name: &str, count| {
        let letters = folded(attributes.get(name));
        letters
            .chars()
            .filter(|character| *character != ' ')
            .take(count)
            .collect()
    };
    [
        first("cst_zip", 5),
        first("cst_company_name", 4),
        first("cst_street_addr", 6),
    ]
}

fn folded(value: Option<&String>) -> String {
    value.map(|value| value.to_uppercase()).unwrap_or_default()
}
