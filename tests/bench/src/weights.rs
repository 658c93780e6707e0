//! The weights of possible duplicates, from data: counted on pairs of which it is known whether they are one, or fitted to an export by expectation-maximization (Dempster,
//! Laird and Rubin 1977; Winkler 1988), for which nobody needs to know. The table that is built in comes of the first.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use domain::customer::address::Address;
use domain::customer::contact::Phone;
use domain::matching::generic_values::GenericValues;
use domain::matching::possible::score::likenesses;
use domain::matching::possible::similarity::Likeness;
use domain::matching::possible::weights::{Evidence, Weights};
use domain::matching::possible::{Grade, Profile, Score, Thresholds};
use domain::message::{Attribute, Attributes};
use load::mapping::Mapping;
use load::source::{EXPORTED, Source};
use serde_json::Value;

use super::matching::febrl::{FITTED_ON, records};
use super::matching::possible::{candidates, profiles};
use super::plot::{self, Bar};
use super::report::{Report, table};

/// How many random pairs tell how often two customers agree by chance.
const RANDOM_PAIRS: usize = 2_000_000;

/// How many rounds expectation-maximization has at the most.
const MAX_ROUNDS: usize = 100;

/// How many pairs that are one must have a value for its weights to be fitted; a table for fewer tells of chance.
const MIN_PAIRS: f64 = 50.0;

/// It ends where no share moves by more.
const SETTLED: f64 = 1e-5;

const EVIDENCE: usize = Evidence::ALL.len();

/// How alike two are in each evidence.
type Pattern = [Likeness; EVIDENCE];

/// Of each evidence, the share of each likeness among the pairs that have both values.
type Shares = [[f64; Likeness::GIVEN.len()]; EVIDENCE];

/// Weights, and what they come of.
#[derive(Debug)]
pub struct Fitted {
    /// What they were fitted to.
    data: String,
    /// Among pairs that are one.
    one: Shares,
    /// Among random pairs.
    two: Shares,
    weights: Weights,
    /// What the thresholds catch, with the weights that are built in and with these; and how many of those are one, by the estimate.
    caught: [Caught; 2],
    /// How many pairs the keys lead to, and how many of them are one, by the estimate or by their labels.
    candidates: usize,
    matches: f64,
}

/// What the thresholds catch.
#[derive(Debug, Default)]
struct Caught {
    likely: usize,
    likely_one: f64,
    possible: usize,
    possible_one: f64,
}

/// Counts the weights on the pairs of FEBRL 4, of which it is known who is whom.
///
/// # Errors
///
/// A sentence when the data cannot be had.
pub fn of_labels() -> Result<Fitted, String> {
    let mut all = records(FITTED_ON[0])?;
    all.extend(records(FITTED_ON[1])?);
    let profiles = profiles(&all);
    let is_one = |(one, other): (usize, usize)| all[one].person == all[other].person;
    let mut first: HashMap<&str, usize> = HashMap::new();
    let mut one = Counts::default();
    for (place, record) in all.iter().enumerate() {
        match first.get(record.person.as_str()) {
            Some(other) => one.add(&likenesses(&profiles[*other], &profiles[place]), 1.0),
            None => {
                first.insert(&record.person, place);
            }
        }
    }
    let two = by_chance(&profiles, is_one);
    let (pairs, _) = candidates(&profiles);
    let certain = |pair: &(usize, usize)| if is_one(*pair) { 1.0 } else { 0.0 };
    let pairs = pairs.keys().map(|pair| (*pair, certain(pair)));
    Ok(Fitted::of("FEBRL 4, by its labels".to_owned(), (one, two), &profiles, pairs.collect()))
}

/// Fits the weights to an export.
///
/// # Errors
///
/// A sentence when it cannot be read, or has too little.
pub fn of_export(file: &Path) -> Result<Fitted, String> {
    let profiles = exported(file)?;
    let two = by_chance(&profiles, |_| false);
    let (pairs, _) = candidates(&profiles);
    if pairs.is_empty() {
        return Err(format!("In {} no two customers have a key in common.", file.display()));
    }
    let mut patterns: BTreeMap<Pattern, f64> = BTreeMap::new();
    let patterns_of: Vec<((usize, usize), Pattern)> = pairs
        .keys()
        .map(|pair| (*pair, likenesses(&profiles[pair.0], &profiles[pair.1])))
        .collect();
    for (_, pattern) in &patterns_of {
        *patterns.entry(*pattern).or_default() += 1.0;
    }
    let (one, share) = maximized(&patterns, &two);
    let shares = one.shares();
    let chances =
        patterns_of.iter().map(|(pair, pattern)| (*pair, chance(pattern, &shares, &two, share)));
    let data = format!("{}, by expectation-maximization", file.display());
    Ok(Fitted::of(data, (one, two), &profiles, chances.collect()))
}

fn exported(file: &Path) -> Result<Vec<Profile>, String> {
    let values = GenericValues::default();
    let all = customers(file)?.into_iter();
    let profiles = all.map(|Known { attributes, alternate_name, phones }| {
        Profile::of_values(&attributes, alternate_name.as_deref(), &phones, &values)
    });
    Ok(profiles.collect())
}

/// The customers of an export: of a file, or of the folder that `cargo local --export` makes.
fn customers(file: &Path) -> Result<Vec<Known>, String> {
    // A customer that a dealer made and a message changed stands in two files, and is one.
    let mut customers = Customers::default();
    if file.is_dir() {
        for name in &EXPORTED[..2] {
            customers.add(&file.join(name))?;
        }
    } else {
        customers.add(file)?;
    }
    Ok(customers.all)
}

/// What an export says of a customer.
#[derive(Debug, Default, PartialEq)]
struct Known {
    attributes: Attributes,
    alternate_name: Option<String>,
    phones: Vec<Phone>,
}

/// The customers of an export, and where those are that have a number.
#[derive(Default)]
struct Customers {
    all: Vec<Known>,
    places: HashMap<String, usize>,
}

impl Customers {
    fn add(&mut self, file: &Path) -> Result<(), String> {
        let mut source = Source::open(file, &Mapping::default())?;
        while let Some((number, row)) = source.next_row()? {
            let json: Value = serde_json::from_str(&row.body)
                .map_err(|error| format!("Row {number} cannot be read: {error}."))?;
            let known = known(&json).ok_or_else(|| {
                format!("{}: row {number} is no customer, but a dealer's.", file.display())
            })?;
            match row.of.and_then(|of| self.places.get(&of)) {
                Some(place) => self.all[*place].attributes = known.attributes,
                None => {
                    self.places.extend(row.was.map(|was| (was, self.all.len())));
                    self.all.push(known);
                }
            }
        }
        Ok(())
    }
}

/// What a message, or an association that makes a customer, says of it; none of an association with a customer that is there.
fn known(row: &Value) -> Option<Known> {
    if row.get("dealerCode").is_none() {
        let given = row["CustSoldTo"].as_object().into_iter().flatten();
        let attributes = given
            .filter_map(|(name, value)| Some((Attribute::named(name)?, value.as_str()?.to_owned())))
            .collect();
        return Some(Known { attributes, ..Known::default() });
    }
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let name = text(&row["businessName"])?;
    let address = Address::PARTS.iter();
    let address = address.filter_map(|(part, at)| Some((*at, text(&row["address"][*part])?)));
    let email = text(&row["email"]).map(|email| (Attribute::EMAIL, email));
    let phones = row["phones"].as_array().into_iter().flatten();
    let phones = phones.filter_map(|phone| {
        Phone::parse(phone["type"].as_str(), phone["number"].as_str().or(phone.as_str())?).ok()
    });
    let name = (Attribute::COMPANY_NAME, name);
    Some(Known {
        attributes: std::iter::once(name).chain(email).chain(address).collect(),
        alternate_name: text(&row["alternateName"]),
        phones: phones.collect(),
    })
}

/// How often each likeness was seen.
#[derive(Default)]
struct Counts(Shares);

impl Counts {
    fn add(&mut self, pattern: &Pattern, weight: f64) {
        for (counts, likeness) in self.0.iter_mut().zip(pattern) {
            if let Some(at) = Likeness::GIVEN.iter().position(|given| given == likeness) {
                counts[at] += weight;
            }
        }
    }

    /// How many pairs had a value, of each evidence.
    fn given(&self) -> [f64; EVIDENCE] {
        self.0.map(|counts| counts.iter().sum())
    }

    /// As shares; what was never seen counts as half a time.
    fn shares(&self) -> Shares {
        self.0.map(|counts| {
            let all = counts.iter().sum::<f64>() + 0.5 * 4.0;
            counts.map(|count| (count + 0.5) / all)
        })
    }
}

/// How often two customers agree by chance; `is_one` are those that are no two.
fn by_chance(profiles: &[Profile], is_one: impl Fn((usize, usize)) -> bool) -> Shares {
    let mut counts = Counts::default();
    let mut random = 1_u64;
    let mut draw = || {
        // Knuth's MMIX generator: the same pairs in every run.
        random =
            random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(random >> 33).unwrap_or_default() % profiles.len().max(1)
    };
    for _ in 0..RANDOM_PAIRS {
        let (one, other) = (draw(), draw());
        if one != other && !is_one((one, other)) {
            counts.add(&likenesses(&profiles[one], &profiles[other]), 1.0);
        }
    }
    counts.shares()
}

/// What the shares say of a pattern: how probable it is, as a logarithm.
fn probability(pattern: &Pattern, shares: &Shares) -> f64 {
    let given = pattern.iter().zip(shares).filter_map(|(likeness, shares)| {
        let at = Likeness::GIVEN.iter().position(|given| given == likeness)?;
        Some(shares[at].ln())
    });
    given.sum()
}

/// How probably a pair of this pattern is one.
fn chance(pattern: &Pattern, one: &Shares, two: &Shares, share: f64) -> f64 {
    let odds =
        share.ln() - (1.0 - share).ln() + probability(pattern, one) - probability(pattern, two);
    1.0 / (1.0 + (-odds).exp())
}

/// What pairs that are one are like, and how many are, by expectation-maximization; the shares by chance are known.
fn maximized(patterns: &BTreeMap<Pattern, f64>, two: &Shares) -> (Counts, f64) {
    let all: f64 = patterns.values().sum();
    // It begins with what is built in.
    let built_in = Weights::default();
    let mut one = *two;
    for (evidence, shares) in Evidence::ALL.into_iter().zip(&mut one) {
        for (likeness, share) in Likeness::GIVEN.into_iter().zip(shares.iter_mut()) {
            *share *= built_in.bits(evidence, likeness).exp2();
        }
        let sum: f64 = shares.iter().sum();
        *shares = shares.map(|share| share / sum);
    }
    let mut share = 0.1;
    let mut counts = Counts::default();
    for _ in 0..MAX_ROUNDS {
        counts = Counts::default();
        let mut ones = 0.0;
        for (pattern, count) in patterns {
            let weight = count * chance(pattern, &one, two, share);
            counts.add(pattern, weight);
            ones += weight;
        }
        let next = counts.shares();
        let moved = next.iter().flatten().zip(one.iter().flatten());
        let moved = moved.map(|(next, before)| (next - before).abs()).fold(0.0, f64::max);
        one = next;
        share = (ones / all).clamp(1e-6, 1.0 - 1e-6);
        if moved < SETTLED {
            break;
        }
    }
    (counts, share)
}

/// The table of these shares. Where too few pairs had a value, it has what is built in, and so it has where what is fitted is no table's.
fn weights(counts: &Counts, two: &Shares) -> Weights {
    let shares = counts.shares();
    let rows = Evidence::ALL.into_iter().zip(shares.iter().zip(two)).zip(counts.given());
    rows.filter(|(_, given)| *given >= MIN_PAIRS).fold(
        Weights::default(),
        |weights, ((evidence, (one, two)), _)| {
            weights.clone().with(evidence, in_order(one, two)).unwrap_or(weights)
        },
    )
}

/// The bits of these shares, in which what is more alike never says less: neighbours that are the other way round count as one (the field's term: pool adjacent violators).
fn in_order(one: &[f64; 4], two: &[f64; 4]) -> [f64; 4] {
    let bits = |(one, two, _): (f64, f64, usize)| (one / two).log2();
    let mut pools: Vec<(f64, f64, usize)> = Vec::new();
    for (one, two) in one.iter().zip(two) {
        let mut pool = (*one, *two, 1);
        while let Some(before) = pools.pop_if(|before| bits(*before) < bits(pool)) {
            pool = (pool.0 + before.0, pool.1 + before.1, pool.2 + before.2);
        }
        pools.push(pool);
    }
    let mut row = pools.into_iter().flat_map(|pool| std::iter::repeat_n(bits(pool), pool.2));
    std::array::from_fn(|_| row.next().unwrap_or_default())
}

impl Fitted {
    fn of(
        data: String,
        (counts, two): (Counts, Shares),
        profiles: &[Profile],
        pairs: Vec<((usize, usize), f64)>,
    ) -> Self {
        let (one, weights) = (counts.shares(), weights(&counts, &two));
        let caught = |weights: &Weights| {
            let mut caught = Caught::default();
            for ((one, other), chance) in &pairs {
                let score = Score::of(weights, &profiles[*one], &profiles[*other]);
                match Thresholds::default().grade(score.bits) {
                    Some(Grade::Likely) => {
                        caught.likely += 1;
                        caught.likely_one += chance;
                    }
                    Some(Grade::Possible) => {
                        caught.possible += 1;
                        caught.possible_one += chance;
                    }
                    None => {}
                }
            }
            caught
        };
        Self {
            caught: [caught(&Weights::default()), caught(&weights)],
            candidates: pairs.len(),
            matches: pairs.iter().map(|(_, chance)| chance).sum(),
            data,
            one,
            two,
            weights,
        }
    }
}

#[must_use]
pub fn report(fitted: &Fitted) -> Report {
    let built_in = Weights::default();
    let head = ["evidence", "likeness", "of one", "of two", "bits", "built in"];
    let words = ["agree", "close", "near", "differ"];
    let lines = Evidence::ALL.into_iter().enumerate().flat_map(|(place, evidence)| {
        let built_in = &built_in;
        Likeness::GIVEN.into_iter().enumerate().map(move |(at, likeness)| {
            vec![
                evidence.name().to_owned(),
                words[at].to_owned(),
                format!("{:.4}", fitted.one[place][at]),
                format!("{:.6}", fitted.two[place][at]),
                format!("{:.1}", fitted.weights.bits(evidence, likeness)),
                format!("{:.1}", built_in.bits(evidence, likeness)),
            ]
        })
    });
    let catches = ["weights", "likely", "of them one", "possible", "of them one", "found of all"];
    let caught = ["built in", "these"].into_iter().zip(&fitted.caught).map(|(name, caught)| {
        let found = caught.likely_one + caught.possible_one;
        vec![
            name.to_owned(),
            caught.likely.to_string(),
            format!("{:.0}", caught.likely_one),
            caught.possible.to_string(),
            format!("{:.0}", caught.possible_one),
            format!("{:.4}", found / fitted.matches.max(1.0)),
        ]
    });
    let bars = Evidence::ALL.into_iter().map(|evidence| {
        let value = fitted.weights.bits(evidence, Likeness::Agree);
        let label = evidence.name().to_owned();
        Bar { label, value: value.max(0.0), shown: format!("{value:.1}"), ours: true }
    });
    Report {
        name: "weights",
        title: format!(
            "Weights of possible duplicates, fitted to {}. The keys lead to {} pairs, of which {:.0} are one.",
            fitted.data, fitted.candidates, fitted.matches
        ),
        parts: vec![
            table(&head, &lines.collect::<Vec<_>>()),
            "What the thresholds that are built in catch of these pairs".to_owned(),
            table(&catches, &caught.collect::<Vec<_>>()),
            format!(
                "These weights as the functions take them (a field that fewer than {MIN_PAIRS} pairs have keeps what is built in)\nMATCH_WEIGHTS={}",
                fitted.weights
            ),
        ],
        plot: plot::bars("Bits of a value that agrees", &bars.collect::<Vec<_>>()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(rows: &[(Evidence, [f64; 4])]) -> Counts {
        let mut counts = Counts::default();
        for (evidence, row) in rows {
            counts.0[*evidence as usize] = *row;
        }
        counts
    }

    fn printed(fitted: &Fitted) -> String {
        let text = report(fitted).text();
        let line = text.lines().find_map(|line| line.strip_prefix("MATCH_WEIGHTS="));
        line.expect("a line that the functions take").to_owned()
    }

    #[test]
    fn what_is_printed_is_taken_by_the_functions_and_fits_in_their_environment() {
        let counts = counts(&[
            (Evidence::City, [900.0, 50.0, 30.0, 20.0]),
            // Too few to tell, or the other way round than it can be.
            (Evidence::Phone, [20.0, 0.0, 0.0, 0.0]),
            (Evidence::State, [1.0, 1.0, 1.0, 9_000.0]),
        ]);
        let two = [[0.01, 0.01, 0.03, 0.95]; EVIDENCE];
        let fitted = Fitted::of("a test".to_owned(), (counts, two), &[], Vec::new());
        let text = printed(&fitted);
        assert!(text.len() < 1_000, "the template takes a thousand characters: {}", text.len());
        let variable = |name: &str| match name {
            "MATCH_WEIGHTS" => Some(text.clone()),
            _ => None,
        };
        let controls = local::controls::read(variable).expect("good controls");
        assert_eq!(controls.weights, fitted.weights);
        assert_eq!(controls.weights.to_string(), text);
        let built_in = Weights::default();
        let bits = |of: &Weights, evidence| Likeness::GIVEN.map(|one| of.bits(evidence, one));
        assert_eq!(bits(&controls.weights, Evidence::Phone), bits(&built_in, Evidence::Phone));
        assert_eq!(bits(&controls.weights, Evidence::City), [6.5, 2.3, 0.0, -5.5]);
    }

    #[test]
    fn neighbours_that_are_the_wrong_way_round_count_as_one() {
        let [agree, close, near, differ] = in_order(&[0.2, 0.4, 0.1, 0.3], &[0.1, 0.1, 0.1, 0.7]);
        assert!((agree - 3_f64.log2()).abs() < 1e-9 && (agree - close).abs() < 1e-9);
        assert!(close > near && near > differ);
        let flat = in_order(&[0.1, 0.2, 0.3, 0.4], &[0.4, 0.3, 0.2, 0.1]);
        assert!(flat.iter().all(|bits| bits.abs() < 1e-9), "{flat:?}");
    }

    #[test]
    fn the_folder_of_an_export_has_each_customer_once() {
        let folder = std::env::temp_dir().join(format!("bench-weights-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let address = r#""address":{"line1":"9 Quarry Road","city":"Barre","state":"VT","postalCode":"05641","country":"USA"}"#;
        let dealers = format!(
            r#"{{"was":"000000001","dealerCode":"TD68","dealerCustomerNumber":"1","businessName":"Northern Quarry","phones":[{{"number":"508-555-0100"}}],{address}}}"#
        );
        let messages = concat!(
            r#"{"of":"000000001","type":"CWCustomerIn","CustSoldTo":{"cst_company_name":"Northern Granite","cst_city":"Barre"}}"#,
            "\n",
            r#"{"was":"000000002","type":"CWCustomerIn","CustSoldTo":{"cst_lname":"Robinson","cst_city":"Barre"}}"#,
        );
        std::fs::write(folder.join(EXPORTED[0]), dealers).unwrap();
        std::fs::write(folder.join(EXPORTED[1]), messages).unwrap();
        let found = customers(&folder);
        let of_dealers = customers(&folder.join(EXPORTED[0]));
        let given = folder.join("given.jsonl");
        std::fs::write(&given, r#"{"dealerCode":"TD68","dealerCustomerNumber":"2"}"#).unwrap();
        let refused = customers(&given);
        std::fs::remove_dir_all(&folder).unwrap();
        let named = |attribute, name: &str| {
            Attributes::from_iter([(attribute, name), (Attribute::CITY, "Barre")])
        };
        let phones = vec![Phone::parse(None, "508-555-0100").unwrap()];
        let granite = named(Attribute::COMPANY_NAME, "Northern Granite");
        let robinson = named(Attribute::LAST_NAME, "Robinson");
        let one = Known { attributes: granite, alternate_name: None, phones };
        let other = Known { attributes: robinson, ..Known::default() };
        assert_eq!(found, Ok(vec![one, other]));
        let attributes = &of_dealers.unwrap()[0].attributes;
        assert_eq!(attributes.text(Attribute::STREET), "9 Quarry Road");
        assert!(refused.unwrap_err().ends_with("row 1 is no customer, but a dealer's."));
    }

    /// Two fields, and pairs of which a tenth are one: what they were made of is found again.
    #[test]
    fn expectation_maximization_finds_the_shares_that_the_pairs_were_made_of() {
        let mut two = [[0.25; 4]; EVIDENCE];
        let mut made = two;
        for place in 0..3 {
            two[place] = [0.01, 0.01, 0.03, 0.95];
            made[place] = [0.8, 0.1, 0.05, 0.05];
        }
        let mut patterns: BTreeMap<Pattern, f64> = BTreeMap::new();
        for (shares, count) in [(&made, 1_000.0), (&two, 9_000.0)] {
            for first in 0..4 {
                for second in 0..4 {
                    for third in 0..4 {
                        let mut pattern = [Likeness::Blank; EVIDENCE];
                        let mut weight = count;
                        for (place, at) in [first, second, third].into_iter().enumerate() {
                            pattern[place] = Likeness::GIVEN[at];
                            weight *= shares[place][at];
                        }
                        *patterns.entry(pattern).or_default() += weight;
                    }
                }
            }
        }
        let (one, share) = maximized(&patterns, &two);
        let one = one.shares();
        assert!((share - 0.1).abs() < 0.01, "{share}");
        for place in 0..3 {
            for at in 0..4 {
                assert!((one[place][at] - made[place][at]).abs() < 0.05, "{:?}", one[place]);
            }
        }
    }
}
