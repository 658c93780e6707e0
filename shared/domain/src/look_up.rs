//! Look-ups: by which values a customer is found, and whether it is the one that is looked for. They never decide anything but what is shown.
//!
//! What stands in a key is a term: a value in the form in which it is compared. Names are found by the beginnings of their words, so a word stands there by some of its
//! beginnings, and what they find is held against the whole of what was asked.

use std::collections::BTreeSet;
use std::fmt;

use unicode_normalization::UnicodeNormalization as _;

use crate::Invalid;
use crate::customer::company::Company;
use crate::customer::contact::Phone;
use crate::customer::{Customer, CustomerNumber};
use crate::dealer::Dcn;
use crate::matching::fold;
use crate::message::{Attribute, Attributes};

/// The shortest word that a name is looked for by.
pub const MIN_LETTERS: usize = 3;

/// By how many letters of its beginning a word is found.
const BEGINNINGS: [usize; 3] = [MIN_LETTERS, 5, 8];

/// The same for words in Han, kana and Hangul, whose letters say more.
const BEGINNINGS_OF_DENSE: [usize; 3] = [1, 2, 4];

/// How many positions of a postal code count together with a name.
const POSTAL_CODE_POSITIONS: usize = 5;

/// How many digits of a telephone number count, the last ones.
const PHONE_DIGITS: usize = 10;

/// The longest text that is looked for, in characters.
const MAX_TEXT: usize = 254;

/// How many words of a name are looked at; further ones find nobody by themselves.
const MAX_WORDS: usize = 8;

/// By what a customer is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Email,
    Phone,
    /// The beginning of a word of a last or company name.
    Name,
    /// The same with the beginning of the postal code.
    NameAndPostalCode,
    AlternateNumber,
    RelateId,
    Dcn,
}

impl Kind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Name => "name",
            Self::NameAndPostalCode => "name-postal-code",
            Self::AlternateNumber => "alternate-number",
            Self::RelateId => "relate-id",
            Self::Dcn => "dcn",
        }
    }

    /// Whether another item of the table tells, and surely, who has such a value now, so that only who had it needs a look-up key.
    pub fn is_claimed(self) -> bool {
        match self {
            Self::AlternateNumber | Self::RelateId | Self::Dcn => true,
            Self::Email | Self::Phone | Self::Name | Self::NameAndPostalCode => false,
        }
    }
}

/// A value by which a customer is found, in the form in which it is compared.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Term {
    pub kind: Kind,
    parts: Vec<String>,
}

impl Term {
    fn new(kind: Kind, part: impl Into<String>) -> Self {
        Self { kind, parts: vec![part.into()] }
    }

    /// What is digested for the key.
    pub fn parts(&self) -> Vec<&[u8]> {
        self.parts.iter().map(String::as_bytes).collect()
    }

    pub fn of_dcn(dcn: &Dcn) -> Self {
        Self::new(Kind::Dcn, dcn.to_string())
    }
}

impl fmt::Debug for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Term({}, …)", self.kind.as_str())
    }
}

/// All terms by which this customer is found, its dealer customers' numbers aside.
///
/// Alternate number and relate id are among them, but while it has them the claim of the number tells more surely.
pub fn terms(customer: &Customer) -> BTreeSet<Term> {
    let attributes = &customer.attributes;
    let mut terms = BTreeSet::new();
    if let Some(email) = attributes.get(Attribute::EMAIL) {
        terms.insert(Term::new(Kind::Email, email_form(email)));
    }
    terms.extend(phone_forms(customer).into_iter().map(|digits| Term::new(Kind::Phone, digits)));
    for (kind, attribute) in [
        (Kind::AlternateNumber, Attribute::ALTERNATE_NUMBER),
        (Kind::RelateId, Attribute::RELATE_ID),
    ] {
        terms.extend(attributes.get(attribute).map(|value| Term::new(kind, number_form(value))));
    }
    let postal_code = postal_code_beginning(attributes.text(Attribute::POSTAL_CODE));
    for word in surname_words(attributes) {
        for beginning in beginnings(&word) {
            terms.insert(Term::new(Kind::Name, beginning));
        }
        if let Some((beginning, code)) =
            beginnings(&word).into_iter().next().zip(postal_code.as_ref())
        {
            terms.insert(Term {
                kind: Kind::NameAndPostalCode,
                parts: vec![beginning, code.clone()],
            });
        }
    }
    terms
}

/// Who is looked for: everything that is given must be so.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct LookUp {
    pub number: Option<CustomerNumber>,
    pub dcn: Option<Dcn>,
    pub alternate_number: Option<String>,
    pub relate_id: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    /// The words asked for, folded.
    pub name: Option<Vec<String>>,
    /// Folded and closed up.
    pub postal_code: Option<String>,
    pub company: Option<Company>,
}

impl fmt::Debug for LookUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LookUp").finish_non_exhaustive()
    }
}

impl LookUp {
    pub fn parse_number(text: &str) -> Result<CustomerNumber, Invalid> {
        CustomerNumber::parse(text).ok_or_else(|| invalid("a customer number is up to nine digits"))
    }

    pub fn parse_email(text: &str) -> Result<String, Invalid> {
        let email = email_form(text);
        if email.contains('@') && email.chars().count() <= MAX_TEXT {
            Ok(email)
        } else {
            Err(invalid("an e-mail address has an '@'"))
        }
    }

    pub fn parse_phone(text: &str) -> Result<String, Invalid> {
        phone_form(text).ok_or_else(|| invalid("a telephone number has digits"))
    }

    pub fn parse_text(text: &str) -> Result<String, Invalid> {
        let text = number_form(text);
        if text.is_empty() || text.chars().count() > MAX_TEXT {
            Err(invalid("this is 1 to 254 characters"))
        } else {
            Ok(text)
        }
    }

    /// The words of a name, one of which is long enough to be looked for by.
    pub fn parse_name(text: &str) -> Result<Vec<String>, Invalid> {
        let words: Vec<String> = words(text).into_iter().take(MAX_WORDS).collect();
        if words.iter().any(|word| is_long_enough(word)) && text.chars().count() <= MAX_TEXT {
            Ok(words)
        } else {
            Err(Invalid::new(
                "name-too-short",
                "a name has a word of three letters or more, or of one where it is Han, kana or Hangul",
            ))
        }
    }

    pub fn parse_postal_code(text: &str) -> Result<String, Invalid> {
        let code = fold::closed_up(&fold::words(text));
        if code.is_empty() || code.chars().count() > MAX_TEXT {
            Err(invalid("a postal code has letters or digits"))
        } else {
            Ok(code)
        }
    }

    /// The terms to look under, the first ones that find the fewest; none where only the number, or nothing that finds, is given.
    /// Several terms are several words of a name, under each of which some may be.
    pub fn sought(&self) -> Vec<Term> {
        let one = |kind, text: &Option<String>| {
            text.as_ref().map(|text| vec![Term::new(kind, text.as_str())])
        };
        self.dcn
            .as_ref()
            .map(|dcn| vec![Term::of_dcn(dcn)])
            .or_else(|| one(Kind::AlternateNumber, &self.alternate_number))
            .or_else(|| one(Kind::RelateId, &self.relate_id))
            .or_else(|| one(Kind::Email, &self.email))
            .or_else(|| one(Kind::Phone, &self.phone))
            .unwrap_or_else(|| {
                self.name.as_deref().map_or_else(Vec::new, |words| self.names(words))
            })
    }

    /// The terms of the words asked for, the longest word first.
    fn names(&self, words: &[String]) -> Vec<Term> {
        let mut words: Vec<&String> = words.iter().collect();
        words.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
        words.dedup();
        let code = self.postal_code.as_deref().and_then(postal_code_beginning);
        let term = |word: &&String| match &code {
            Some(code) => Some(Term {
                kind: Kind::NameAndPostalCode,
                parts: vec![beginnings(word).into_iter().next()?, code.clone()],
            }),
            None => beginnings(word).pop().map(|beginning| Term::new(Kind::Name, beginning)),
        };
        let mut terms: Vec<Term> = words.iter().filter_map(term).collect();
        let mut seen = BTreeSet::new();
        terms.retain(|term| seen.insert(term.clone()));
        terms
    }

    /// What of this is not so of the customer, each with the term under which it may have been so formerly. None where it can never have been found by it.
    pub fn misses(&self, customer: &Customer) -> Vec<(Asked, Option<Term>)> {
        let attributes = &customer.attributes;
        let term = |kind, text: &str| Some(Term::new(kind, text));
        let mut misses = Vec::new();
        if self.number.is_some_and(|number| number != customer.number) {
            misses.push((Asked::Number, None));
        }
        if let Some(email) = &self.email
            && attributes.get(Attribute::EMAIL).map(email_form).as_ref() != Some(email)
        {
            misses.push((Asked::Email, term(Kind::Email, email)));
        }
        if let Some(phone) = &self.phone
            && !phone_forms(customer).contains(phone)
        {
            misses.push((Asked::Phone, term(Kind::Phone, phone)));
        }
        for (asked, kind, attribute, text) in [
            (
                Asked::AlternateNumber,
                Kind::AlternateNumber,
                Attribute::ALTERNATE_NUMBER,
                &self.alternate_number,
            ),
            (Asked::RelateId, Kind::RelateId, Attribute::RELATE_ID, &self.relate_id),
        ] {
            if let Some(text) = text
                && attributes.get(attribute).map(number_form).as_ref() != Some(text)
            {
                misses.push((asked, term(kind, text)));
            }
        }
        if let Some(words) = &self.name
            && !has_name(attributes, words)
        {
            misses.push((Asked::Name, self.names(words).into_iter().next()));
        }
        if let Some(code) = &self.postal_code {
            let own = fold::closed_up(&fold::words(attributes.text(Attribute::POSTAL_CODE)));
            let longer = own.chars().count() >= POSTAL_CODE_POSITIONS && code.starts_with(&own);
            if !own.starts_with(code.as_str()) && !longer {
                misses.push((Asked::PostalCode, None));
            }
        }
        misses
    }

    /// The parameters that are given, by name, in the order of the contract.
    pub fn given(&self) -> Vec<Asked> {
        let Self {
            number,
            dcn,
            alternate_number,
            relate_id,
            email,
            phone,
            name,
            postal_code,
            company: _,
        } = self;
        let given = [
            (Asked::Name, name.is_some()),
            (Asked::PostalCode, postal_code.is_some()),
            (Asked::Email, email.is_some()),
            (Asked::Phone, phone.is_some()),
            (Asked::Number, number.is_some()),
            (Asked::AlternateNumber, alternate_number.is_some()),
            (Asked::RelateId, relate_id.is_some()),
            (Asked::Dcn, dcn.is_some()),
        ];
        given.into_iter().filter(|(_, given)| *given).map(|(asked, _)| asked).collect()
    }
}

/// A parameter of a look-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Asked {
    Name,
    PostalCode,
    Email,
    Phone,
    Number,
    AlternateNumber,
    RelateId,
    Dcn,
}

impl Asked {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::PostalCode => "postalCode",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Number => "number",
            Self::AlternateNumber => "alternateNumber",
            Self::RelateId => "relateId",
            Self::Dcn => "dcn",
        }
    }
}

/// Whether every word asked for begins a word of the name, and one of them a word of the last or company name.
fn has_name(attributes: &Attributes, asked: &[String]) -> bool {
    let surname = surname_words(attributes);
    let first = words(attributes.text(Attribute::FIRST_NAME));
    let begins = |own: &BTreeSet<String>, asked: &String| {
        own.iter().any(|word| word.starts_with(asked.as_str()))
    };
    asked.iter().all(|word| begins(&surname, word) || begins(&first, word))
        && asked.iter().any(|word| begins(&surname, word))
}

fn surname_words(attributes: &Attributes) -> BTreeSet<String> {
    let names = [Attribute::LAST_NAME, Attribute::COMPANY_NAME];
    names.into_iter().flat_map(|name| words(attributes.text(name))).collect()
}

/// The words of a text, as names are compared.
fn words(text: &str) -> BTreeSet<String> {
    fold::words(text).split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// The beginnings by which a word is found, the shortest first; a word that is shorter stands by itself.
fn beginnings(word: &str) -> Vec<String> {
    let letters: Vec<char> = word.chars().collect();
    let lengths = if is_dense(word) { BEGINNINGS_OF_DENSE } else { BEGINNINGS };
    let mut beginnings: Vec<String> = lengths
        .into_iter()
        .filter(|length| *length <= letters.len())
        .map(|length| letters[..length].iter().collect())
        .collect();
    if beginnings.is_empty() {
        beginnings.push(word.to_owned());
    }
    beginnings
}

fn is_long_enough(word: &str) -> bool {
    is_dense(word) || word.chars().count() >= MIN_LETTERS
}

/// Whether the word begins in Han, kana or Hangul, whose syllables folding takes apart.
fn is_dense(word: &str) -> bool {
    word.chars().next().is_some_and(|letter| {
        matches!(u32::from(letter),
            0x1100..=0x11ff | 0x3005..=0x3007 | 0x3040..=0x31ff | 0x3400..=0x9fff | 0xa960..=0xa97f | 0xac00..=0xd7ff | 0xf900..=0xfaff | 0x20000..=0x3ffff)
    })
}

pub(crate) fn email_form(email: &str) -> String {
    fold::email(email)
}

fn number_form(number: &str) -> String {
    fold::identifier(number)
}

fn phone_forms(customer: &Customer) -> BTreeSet<String> {
    customer.all_phones().iter().map(Phone::number).filter_map(phone_form).collect()
}

/// The digits of a telephone number without its extension, the last ten; none where it has none.
pub(crate) fn phone_form(number: &str) -> Option<String> {
    let compatible: String = number.nfkc().collect();
    let lower_case = compatible.to_lowercase();
    let from_first_digit = lower_case.trim_start_matches(|one: char| !one.is_ascii_digit());
    // `x12`, `ext. 12`: the extension is within the same number.
    let number = from_first_digit.split(['x', 'e']).next().unwrap_or_default();
    let digits: Vec<char> = number.chars().filter(char::is_ascii_digit).collect();
    let last = &digits[digits.len().saturating_sub(PHONE_DIGITS)..];
    (!last.is_empty()).then(|| last.iter().collect())
}

/// The beginning of a postal code that counts together with a name; none where there is none.
pub(crate) fn postal_code_beginning(code: &str) -> Option<String> {
    let code = fold::closed_up(&fold::words(code));
    let beginning: String = code.chars().take(POSTAL_CODE_POSITIONS).collect();
    (!beginning.is_empty()).then_some(beginning)
}

fn invalid(reason: &'static str) -> Invalid {
    Invalid::new("invalid-value", reason)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::by::{By, Stamp};
    use crate::customer::Identifier;
    use crate::effect::{Cause, EffectId};
    use crate::time::Timestamp;

    fn customer(attributes: &[(Attribute, &str)]) -> Customer {
        let stamp = Stamp {
            by: By::new("oms", "add", "request"),
            cause: Cause { id: EffectId::random([7; 10]), keyed: false },
            at: Timestamp::from_millis(1),
        };
        let identifier = Identifier::parse("0123456789ABCDEF-000001-89ABCDEF").unwrap();
        let attributes: Attributes = attributes.iter().copied().collect();
        Customer::new(identifier, CustomerNumber::new(7).unwrap(), attributes, &stamp)
    }

    fn julie() -> Customer {
        customer(&[
            (Attribute::FIRST_NAME, "Julie"),
            (Attribute::LAST_NAME, "Robinson-Li"),
            (Attribute::POSTAL_CODE, "01581-1234"),
            (Attribute::EMAIL, "Julie@Robinson.example"),
            (Attribute::DAY_PHONE, "+1 (508) 555-0100"),
            (Attribute::DAY_EXTENSION, "12"),
            (Attribute::ALTERNATE_NUMBER, " A-7 "),
        ])
    }

    fn named(name: &str) -> LookUp {
        LookUp { name: Some(LookUp::parse_name(name).unwrap()), ..LookUp::default() }
    }

    /// Whether the customer stands under one of the terms that are looked under, and is the one that is looked for.
    fn finds(look_up: &LookUp, customer: &Customer) -> bool {
        let terms = terms(customer);
        look_up.sought().iter().any(|term| terms.contains(term))
            && look_up.misses(customer).is_empty()
    }

    #[test]
    fn a_name_is_found_by_the_beginnings_of_its_words() {
        let quarry = customer(&[(Attribute::COMPANY_NAME, "Northern Quarry of Ó Núñez")]);
        for name in ["quarr", "Quarry", "NORTH quarry", "núñ", "northern", "qua nor"] {
            assert!(finds(&named(name), &quarry), "{name}");
        }
        for name in ["uarry", "quarryman", "quarry stone"] {
            assert!(!finds(&named(name), &quarry), "{name}");
        }
    }

    #[test]
    fn one_of_the_words_is_of_the_last_name_however_short_that_is() {
        let li = customer(&[(Attribute::FIRST_NAME, "Robinson"), (Attribute::LAST_NAME, "Li")]);
        assert!(finds(&named("Li Robinson"), &li));
        assert!(finds(&named("robins li"), &li));
        assert!(!finds(&named("Robinson"), &li));
        assert_eq!(LookUp::parse_name("Li").unwrap_err().code, "name-too-short");
    }

    #[test]
    fn dense_writing_is_found_by_one_letter() {
        for (last, asked) in [("金城", "金"), ("김철수", "김"), ("タナカ", "タ")] {
            let person = customer(&[(Attribute::LAST_NAME, last)]);
            assert!(finds(&named(asked), &person), "{last}");
            assert!(finds(&named(last), &person), "{last}");
        }
    }

    #[test]
    fn a_postal_code_narrows_a_name() {
        let with = |code: &str| LookUp {
            postal_code: Some(LookUp::parse_postal_code(code).unwrap()),
            ..named("robinson")
        };
        assert!(finds(&with("01581"), &julie()));
        assert!(finds(&with("01581-1234"), &julie()));
        assert!(!finds(&with("01581-9999"), &julie()));
        assert!(!finds(&with("01582"), &julie()));
        let short =
            customer(&[(Attribute::LAST_NAME, "Robinson"), (Attribute::POSTAL_CODE, "01581")]);
        assert!(finds(&with("01581-1234"), &short));
    }

    #[test]
    fn emails_phones_and_numbers_are_found_in_any_writing() {
        let email = LookUp::parse_email(" JULIE@robinson.EXAMPLE").unwrap();
        assert!(finds(&LookUp { email: Some(email), ..LookUp::default() }, &julie()));
        for phone in
            ["5085550100", "(508) 555 0100 ext. 7", "001 508 555-0100", "５０８５５５０１００"]
        {
            let phone = LookUp::parse_phone(phone).unwrap();
            assert!(finds(&LookUp { phone: Some(phone), ..LookUp::default() }, &julie()));
        }
        let alternate_number = LookUp::parse_text("A-7").ok();
        assert!(finds(&LookUp { alternate_number, ..LookUp::default() }, &julie()));
        let other = LookUp::parse_text("a-7").ok();
        assert!(!finds(&LookUp { alternate_number: other, ..LookUp::default() }, &julie()));
    }

    #[test]
    fn nothing_of_a_person_is_shown() {
        let shown = format!("{:?} {:?}", terms(&julie()), named("robinson"));
        assert!(!shown.to_lowercase().contains("robinson"), "{shown}");
    }
}
