//! Merging: which values one customer has that two were, what it gave up for them, and how the two are parted again. Nothing is read or written here.

pub mod foreseen;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::by::{By, Stamp};
use crate::customer::contact::Phone;
use crate::customer::{Customer, CustomerNumber, Identifier};
use crate::history::{self, Changed, Part};
use crate::matching::block::Block;
use crate::matching::fold;
use crate::message::{Attribute, Attributes};
use crate::time::Timestamp;

/// How long a chain of merges may be.
pub const MAX_DEPTH: u32 = 8;

/// How many customers may hang on one by merges, all together.
pub const MAX_ABSORBED: u32 = 50;

/// Into whom a customer was merged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergedInto {
    pub winner: Identifier,
    pub at: Timestamp,
    /// The version that the merge made of the loser: with the time, it names the merge.
    pub version: u64,
}

/// A customer that was merged into the one that keeps this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Absorbed {
    pub loser: Identifier,
    pub number: CustomerNumber,
    /// The name and the address that the winner gave up by the merge, where it did: whoever comes with them still means the winner.
    pub gave_up: Option<Attributes>,
}

impl Absorbed {
    /// The same without the person.
    #[must_use]
    pub fn erased(&self) -> Self {
        Self { gave_up: None, ..self.clone() }
    }
}

/// What hangs on a customer by merges, whether directly or by others between.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Hanging {
    pub customers: u32,
    /// The longest chain.
    pub depth: u32,
}

impl Hanging {
    /// The same with a customer more on which this hangs; none where it is too many or too long a chain.
    pub fn with(self, loser: Self) -> Option<Self> {
        let customers = self.customers.checked_add(loser.customers)?.checked_add(1)?;
        let depth = self.depth.max(loser.depth.checked_add(1)?);
        (customers <= MAX_ABSORBED && depth <= MAX_DEPTH).then_some(Self { customers, depth })
    }

    /// What hangs where these are absorbed.
    pub fn of<'a>(losers: impl IntoIterator<Item = &'a Customer>) -> Self {
        losers.into_iter().fold(Self::default(), |sum, loser| Self {
            customers: sum.customers.saturating_add(loser.hanging.customers).saturating_add(1),
            depth: sum.depth.max(loser.hanging.depth.saturating_add(1)),
        })
    }
}

/// One of two customers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Winner,
    Loser,
}

impl Side {
    pub fn named(word: &str) -> Option<Self> {
        match word {
            "winner" => Some(Self::Winner),
            "loser" => Some(Self::Loser),
            _ => None,
        }
    }
}

/// What is chosen as one: an address as a whole, everything else by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Choice {
    Address,
    Part(Part),
}

/// Why a name is no choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoChoice {
    Unknown,
    /// It stays where it is and leads to the winner.
    Stays,
    /// It is a part of an address, which is chosen as a whole.
    OfAddress,
}

impl Choice {
    /// The choice of that name.
    ///
    /// # Errors
    /// Where nothing of that name can be chosen.
    pub fn named(name: &str) -> Result<Self, NoChoice> {
        if name == "address" {
            return Ok(Self::Address);
        }
        let part = Part::named(name).ok_or(NoChoice::Unknown)?;
        match Self::of(part) {
            Some(Self::Address) => Err(NoChoice::OfAddress),
            Some(choice) => Ok(choice),
            None => Err(NoChoice::Stays),
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Part(part) => part.name(),
        }
    }

    /// What the part is chosen with; none for what stays.
    pub fn of(part: Part) -> Option<Self> {
        match part {
            Part::Attribute(attribute) if stays(attribute) => None,
            Part::Attribute(attribute) if ADDRESS.contains(&attribute) => Some(Self::Address),
            Part::Attribute(_) | Part::AlternateName | Part::Phones => Some(Self::Part(part)),
        }
    }
}

/// Which customer's value is chosen, where somebody chose.
pub type Choices = BTreeMap<Choice, Side>;

/// What makes an address.
pub const ADDRESS: [Attribute; 9] = [
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

/// What makes the name of a person.
const PERSON: [Attribute; 5] = [
    Attribute::PREFIX,
    Attribute::FIRST_NAME,
    Attribute::MIDDLE_INITIAL,
    Attribute::LAST_NAME,
    Attribute::SUFFIX,
];

/// What says nothing without its first.
const TOGETHER: [&[Attribute]; 4] = [
    &[Attribute::DAY_PHONE, Attribute::DAY_EXTENSION],
    &[Attribute::EVENING_PHONE, Attribute::EVENING_EXTENSION],
    &[Attribute::FAX_PHONE, Attribute::FAX_EXTENSION],
    &[Attribute::TAX_EXEMPT, Attribute::EXEMPT_CERTIFICATE, Attribute::EXEMPT_EXPIRY],
];

/// What a person says about being written to, with the value that says no.
const OPT_OUTS: [(Attribute, &str); 4] = [
    (Attribute::MAIL_NAME, "N"),
    (Attribute::RENT_NAME, "N"),
    (Attribute::RENT_EMAIL, "N"),
    (Attribute::DO_NOT_FAX, "Y"),
];

/// Whether the attribute is of a name or an address.
pub fn is_name_or_address(attribute: Attribute) -> bool {
    attribute == Attribute::COMPANY_NAME
        || PERSON.contains(&attribute)
        || ADDRESS.contains(&attribute)
}

/// Whether the attribute is never chosen: the company, which both have, and numbers, which lead to the winner from where they are.
pub fn stays(attribute: Attribute) -> bool {
    attribute.steers()
        || matches!(
            attribute,
            Attribute::COMPANY
                | Attribute::CUSTOMER_NUMBER
                | Attribute::ALTERNATE_NUMBER
                | Attribute::RELATE_ID
        )
}

/// The winner with the values that are chosen: what nobody chose is the winner's, the loser's where the winner has none, and an opt-out where one of them has it.
#[must_use]
pub fn merged(winner: &Customer, loser: &Customer, choices: &Choices) -> Values {
    let mut merged = winner.clone();
    propose(&mut merged.attributes, &loser.attributes);
    if merged.alternate_name.is_none() {
        merged.alternate_name.clone_from(&loser.alternate_name);
    }
    if merged.phones.is_empty() {
        merged.phones.clone_from(&loser.phones);
    }
    for (choice, side) in choices {
        let from = match side {
            Side::Winner => winner,
            Side::Loser => loser,
        };
        take(&mut merged, *choice, from);
    }
    merged.values()
}

/// Sets what is chosen as it is there.
fn take(customer: &mut Customer, choice: Choice, from: &Customer) {
    match choice {
        Choice::Address => copy(&mut customer.attributes, &from.attributes, &ADDRESS),
        Choice::Part(part) => history::copy_part(customer, part, from),
    }
}

fn copy(into: &mut Attributes, from: &Attributes, attributes: &[Attribute]) {
    for attribute in attributes {
        into.set(*attribute, from.text(*attribute));
    }
}

/// Adds what the winner does not have.
fn propose(merged: &mut Attributes, loser: &Attributes) {
    let winner = merged.clone();
    let has_none = |attributes: &[Attribute]| {
        attributes.iter().all(|attribute| winner.get(*attribute).is_none())
    };
    // A country alone may be the deployment's default.
    if has_none(&ADDRESS[..ADDRESS.len() - 1]) {
        copy(merged, loser, &ADDRESS);
    }
    let same_last_name = fold::words(winner.text(Attribute::LAST_NAME))
        == fold::words(loser.text(Attribute::LAST_NAME));
    if has_none(&PERSON) {
        copy(merged, loser, &PERSON);
    }
    for group in TOGETHER {
        if has_none(&group[..1]) {
            copy(merged, loser, group);
        }
    }
    for attribute in Attribute::all() {
        let is_alone = !stays(attribute)
            && !ADDRESS.contains(&attribute)
            && (!PERSON.contains(&attribute) || same_last_name)
            && TOGETHER.iter().all(|group| !group.contains(&attribute));
        if is_alone && winner.get(attribute).is_none() {
            merged.set(attribute, loser.text(attribute));
        }
    }
    for (attribute, _) in OPT_OUTS.into_iter().chain([(Attribute::EMAIL_STATUS, "")]) {
        if says_no(attribute, loser.text(attribute)) > says_no(attribute, winner.text(attribute)) {
            merged.set(attribute, loser.text(attribute));
        }
    }
}

/// How far the value of an attribute that says something about being written to says no; none of another attribute.
fn says_no(attribute: Attribute, value: &str) -> Option<u8> {
    if attribute == Attribute::EMAIL_STATUS {
        return Some(opted_out(value));
    }
    let (_, no) = OPT_OUTS.iter().find(|(of, _)| *of == attribute)?;
    Some(u8::from(value.trim().eq_ignore_ascii_case(no)))
}

/// How far an e-mail status keeps from writing: with `O2` only about orders, with `O3` not at all, and with `O4` the person is not even asked again.
fn opted_out(status: &str) -> u8 {
    match status {
        "O4" => 3,
        "O3" => 2,
        "O2" => 1,
        _ => 0,
    }
}

/// Whether a customer with the one name, address and e-mail address is found where one with the other is not.
fn gives_up(before: &Attributes, after: &Attributes) -> bool {
    let differs = |attribute| before.get(attribute) != after.get(attribute);
    Attribute::all().any(|attribute| is_name_or_address(attribute) && differs(attribute))
        || (before.get(Attribute::EMAIL).is_some() && differs(Attribute::EMAIL))
}

/// What a customer with these attributes is found by in its block.
fn found_by(attributes: &Attributes) -> Attributes {
    let is_compared = |attribute| {
        is_name_or_address(attribute)
            || attribute == Attribute::EMAIL
            || attribute == Attribute::COMPANY
    };
    attributes.iter().filter(|(attribute, _)| is_compared(*attribute)).collect()
}

/// The values of a customer: what a steward chooses among, and what an earlier version had.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Values {
    pub attributes: Attributes,
    pub alternate_name: Option<String>,
    pub phones: Vec<Phone>,
}

/// They are a person's.
impl fmt::Debug for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Values(…)")
    }
}

impl Customer {
    pub fn values(&self) -> Values {
        let Self { attributes, alternate_name, phones, .. } = self.clone();
        Values { attributes, alternate_name, phones }
    }

    /// The same customer with these values.
    #[must_use]
    pub fn with_values(self, Values { attributes, alternate_name, phones }: Values) -> Self {
        Self { attributes, alternate_name, phones, ..self }
    }

    /// The loser, from the merge on: it keeps all that it has, and leads to the winner.
    #[must_use]
    pub fn merged_into(&self, winner: &Self, stamp: &Stamp) -> Self {
        let next = self.decided(stamp);
        let (winner, version) = (winner.identifier.clone(), next.version);
        Self { merged_into: Some(MergedInto { winner, at: stamp.at, version }), ..next }
    }

    /// The winner, from the merge on, with these values, which make these blocks; none where too many hang on it.
    pub fn absorbing(
        &self,
        loser: &Self,
        (values, blocks): (Values, &[Block]),
        stamp: &Stamp,
    ) -> Option<Self> {
        let hanging = self.hanging.with(loser.hanging)?;
        let gave_up = gives_up(&self.attributes, &values.attributes);
        let gave_up = gave_up.then(|| found_by(&self.attributes));
        let (identifier, number) = (loser.identifier.clone(), loser.number);
        let mut winner = self.decided(stamp).with_values(values).seated(blocks);
        winner.absorbed.push(Absorbed { loser: identifier, number, gave_up });
        winner.hanging = hanging;
        Some(winner.telling_since(self, stamp))
    }

    /// The loser, from the un-merge on. What requests did to the winner meanwhile they may have done by the loser's numbers, so it remembers that too.
    #[must_use]
    pub fn parted_from(
        &self,
        winner: &Self,
        (values, blocks): (Values, &[Block]),
        stamp: &Stamp,
    ) -> Self {
        let mut loser = self.decided(stamp).with_values(values).seated(blocks);
        loser.merged_into = None;
        loser.effects.adopt(&winner.effects, (&winner.identifier, winner.number));
        loser
    }

    /// The winner without this loser, with these values, which make these blocks. `others` are those that it absorbed beside.
    #[must_use]
    pub fn releasing(
        &self,
        loser: &Identifier,
        (values, blocks): (Values, &[Block]),
        others: &[Self],
        stamp: &Stamp,
    ) -> Self {
        let mut winner = self.decided(stamp).with_values(values).seated(blocks);
        winner.absorbed.retain(|absorbed| absorbed.loser != *loser);
        winner.hanging = Hanging::of(others);
        winner.telling_since(self, stamp)
    }

    /// The customer with these values of an earlier version, which make these blocks.
    #[must_use]
    pub fn restored(&self, (values, blocks): (Values, &[Block]), stamp: &Stamp) -> Self {
        self.decided(stamp).with_values(values).seated(blocks).telling_since(self, stamp)
    }

    /// The values by which it is found in its blocks: its own, then those that it gave up by merges.
    pub fn found_by(&self) -> impl Iterator<Item = &Attributes> {
        let gave_up = self.absorbed.iter().filter_map(|absorbed| absorbed.gave_up.as_ref());
        std::iter::once(&self.attributes).chain(gave_up)
    }

    /// Whether this one was merged into it, and not out of it again.
    pub fn has_absorbed(&self, loser: &Identifier) -> bool {
        self.absorbed.iter().any(|absorbed| absorbed.loser == *loser)
    }

    /// The next version, made by a steward's decision: its effect remembers which version it made.
    fn decided(&self, stamp: &Stamp) -> Self {
        let mut next = self.written(&[], stamp);
        next.effects.made_version(&stamp.cause.id, next.version);
        next
    }

    /// The same, remembering for the next try of a request with a key what it changed: until the history has it, nothing else tells that.
    fn telling_since(mut self, before: &Self, stamp: &Stamp) -> Self {
        if stamp.cause.keyed {
            let changed = history::changes(Some(before), &self);
            self.effects.made_changes(&stamp.cause.id, changed);
        }
        self
    }
}

/// A merge as it is kept: what an un-merge must know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merge {
    pub loser: Identifier,
    pub winner: Identifier,
    /// The version that it made of the loser.
    pub loser_version: u64,
    /// The version that it made of the winner.
    pub winner_version: u64,
    pub at: Timestamp,
    pub by: By,
    /// The winner as it was.
    pub before: Values,
    /// What the merge changed of it.
    pub changed: Vec<Changed>,
}

impl Merge {
    /// The merge of these two, which makes this of the winner.
    pub fn of(loser: &Customer, (before, after): (&Customer, &Customer), stamp: &Stamp) -> Self {
        Self {
            loser: loser.identifier.clone(),
            winner: after.identifier.clone(),
            loser_version: loser.version,
            winner_version: after.version,
            at: stamp.at,
            by: stamp.by.clone(),
            before: before.values(),
            changed: history::changes(Some(before), after),
        }
    }

    /// What changed of the winner since the merge.
    pub fn since(&self, winner: &Customer) -> Vec<Changed> {
        let mut right_after = winner.clone().with_values(self.before.clone());
        for Changed { part, before: _, after } in &self.changed {
            history::set_part(&mut right_after, *part, after.as_ref());
        }
        history::changes(Some(&right_after), winner)
    }

    /// The values of winner and loser once they are parted. What the merge changed of the winner is as it was before; what changed since stays with it or goes with the loser,
    /// as is chosen.
    ///
    /// # Errors
    /// What changed since and nobody chose for.
    pub fn undone(
        &self,
        (winner, loser): (&Customer, &Customer),
        choices: &Choices,
    ) -> Result<(Values, Values), Vec<Choice>> {
        let chosen = |changed: &[Changed]| {
            let choices = changed.iter().filter_map(|changed| Choice::of(changed.part));
            choices.collect::<BTreeSet<_>>()
        };
        let since = chosen(&self.since(winner));
        let open: Vec<_> =
            since.iter().filter(|choice| !choices.contains_key(choice)).copied().collect();
        if !open.is_empty() {
            return Err(open);
        }
        let before = winner.clone().with_values(self.before.clone());
        let (mut parted_winner, mut parted_loser) = (winner.clone(), loser.clone());
        for choice in chosen(&self.changed).difference(&since) {
            take(&mut parted_winner, *choice, &before);
        }
        for choice in since {
            if choices.get(&choice) == Some(&Side::Loser) {
                take(&mut parted_loser, choice, winner);
                take(&mut parted_winner, choice, &before);
            }
        }
        Ok((parted_winner.values(), parted_loser.values()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effect::{Cause, EffectId};

    fn stamp(at: u64) -> Stamp {
        Stamp {
            by: By::new("steward", "merge", "request"),
            cause: Cause { id: EffectId::random([at as u8; 10]), keyed: false },
            at: Timestamp::from_millis(at),
        }
    }

    fn customer(number: u64, attributes: &[(Attribute, &str)]) -> Customer {
        let identifier = format!("0123456789ABCDEF-{number:06}-89ABCDEF");
        let identifier = Identifier::parse(&identifier).unwrap();
        let attributes = attributes.iter().copied().collect();
        Customer::new(identifier, CustomerNumber::new(number).unwrap(), attributes, &stamp(1))
    }

    fn proposed(winner: &[(Attribute, &str)], loser: &[(Attribute, &str)]) -> Attributes {
        merged(&customer(1, winner), &customer(2, loser), &Choices::new()).attributes
    }

    #[test]
    fn an_address_and_a_name_are_filled_up_only_as_a_whole() {
        let city = [(Attribute::CITY, "Boston")];
        let street = [(Attribute::STREET, "7 Mill Road"), (Attribute::CITY, "Concord")];
        assert_eq!(proposed(&city, &street).get(Attribute::STREET), None);
        let country = [(Attribute::COUNTRY, "USA")];
        assert_eq!(proposed(&country, &street).get(Attribute::CITY), Some("Concord"));
        let bob = [(Attribute::FIRST_NAME, "Bob"), (Attribute::LAST_NAME, "Dryer")];
        let robinson = [(Attribute::LAST_NAME, "Robinson")];
        assert_eq!(proposed(&robinson, &bob).get(Attribute::FIRST_NAME), None);
        let dryer = [(Attribute::LAST_NAME, "DRYER")];
        assert_eq!(proposed(&dryer, &bob).get(Attribute::FIRST_NAME), Some("Bob"));
        let extension = [(Attribute::DAY_EXTENSION, "7"), (Attribute::DAY_PHONE, "1")];
        let phone = [(Attribute::DAY_PHONE, "2")];
        assert_eq!(proposed(&phone, &extension).get(Attribute::DAY_EXTENSION), None);
    }

    #[test]
    fn what_stays_is_never_proposed_and_never_chosen() {
        let numbers = [(Attribute::RELATE_ID, "R"), (Attribute::ALTERNATE_NUMBER, "A")];
        assert!(proposed(&[], &numbers).is_empty());
        for name in ["cst_relate_id", "cst_interface_cust_nbr", "cst_company", "cst_cust_nbr"] {
            assert_eq!(Choice::named(name), Err(NoChoice::Stays), "{name}");
        }
        assert_eq!(Choice::named("cst_zip"), Err(NoChoice::OfAddress));
        assert_eq!(Choice::named("cst_favourite"), Err(NoChoice::Unknown));
        for name in ["address", "phones", "alternateName", "cst_email"] {
            assert_eq!(Choice::named(name).map(Choice::name), Ok(name));
        }
    }

    #[test]
    fn the_stricter_word_about_being_written_to_wins() {
        let status = |text| [(Attribute::EMAIL_STATUS, text)];
        for (winner, loser, expected) in [
            ("O1", "O2", "O2"),
            ("O2", "O1", "O2"),
            ("O1", "O3", "O3"),
            ("O2", "O3", "O3"),
            ("O3", "O2", "O3"),
            ("O2", "O4", "O4"),
            ("O3", "O4", "O4"),
            ("O4", "O3", "O4"),
        ] {
            let kept = proposed(&status(winner), &status(loser));
            assert_eq!(kept.get(Attribute::EMAIL_STATUS), Some(expected), "{winner} {loser}");
        }
    }

    #[test]
    fn nothing_hangs_too_deep_and_not_too_much_hangs() {
        let hanging = |customers, depth| Hanging { customers, depth };
        assert_eq!(hanging(0, 0).with(hanging(0, 0)), Some(hanging(1, 1)));
        assert_eq!(hanging(3, 2).with(hanging(7, 7)), Some(hanging(11, 8)));
        assert_eq!(hanging(0, 0).with(hanging(8, 8)), None);
        assert_eq!(hanging(30, 1).with(hanging(19, 1)), Some(hanging(50, 2)));
        assert_eq!(hanging(30, 1).with(hanging(20, 1)), None);
    }

    #[test]
    fn a_merge_that_is_undone_gives_both_back_but_for_what_changed_since() {
        let winner =
            customer(1, &[(Attribute::CITY, "Boston"), (Attribute::LAST_NAME, "Robinson")]);
        let loser = customer(2, &[(Attribute::CITY, "Concord"), (Attribute::LANGUAGE, "FR")]);
        let choices = Choices::from([(Choice::Address, Side::Loser)]);
        let values = merged(&winner, &loser, &choices);
        let led = loser.merged_into(&winner, &stamp(2));
        let after = winner.absorbing(&loser, (values, &[]), &stamp(2)).unwrap();
        assert!(after.absorbed[0].gave_up.is_some() && after.has_absorbed(&loser.identifier));
        let merge = Merge::of(&led, (&winner, &after), &stamp(2));
        let (of_winner, of_loser) = merge.undone((&after, &led), &Choices::new()).unwrap();
        assert_eq!((of_winner, of_loser), (winner.values(), loser.values()));

        let mut changed = after.clone();
        changed.attributes.set(Attribute::LANGUAGE, "EN");
        let language = Choice::Part(Part::Attribute(Attribute::LANGUAGE));
        assert_eq!(merge.undone((&changed, &led), &Choices::new()), Err(vec![language]));
        for (side, of_winner, of_loser) in
            [(Side::Winner, Some("EN"), Some("FR")), (Side::Loser, None, Some("EN"))]
        {
            let keep = Choices::from([(language, side)]);
            let (winner, loser) = merge.undone((&changed, &led), &keep).unwrap();
            let language =
                |values: &Values| values.attributes.get(Attribute::LANGUAGE).map(str::to_owned);
            assert_eq!(language(&winner).as_deref(), of_winner);
            assert_eq!(language(&loser).as_deref(), of_loser);
        }
    }
}
