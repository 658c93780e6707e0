//! The controls (system control values): settings of one deployment, read from the environment once, at start. The letters and digits in the docs are the controls' codes.

use std::fmt;

use crate::customer::CustomerNumber;
use crate::customer::company::Company;
use crate::customer::contact;
use crate::customer::country::Country;
use crate::matching::comparison::MatchField;
use crate::matching::generic_values::GenericValues;
use crate::matching::match_code::Layout;
use crate::matching::possible::Thresholds;
use crate::matching::possible::score::Bits;
use crate::matching::possible::weights::Weights;
use crate::matching::rule::{Rule, Rules};
use crate::secret::{MIN_SECRET_BYTES, Secret};

/// What a service is asked with in `Authorization: Bearer` (RFC 6750).
#[derive(Clone, PartialEq, Eq)]
pub struct BearerToken(String);

impl BearerToken {
    /// A token of visible ASCII without blanks, as a header carries it.
    fn new(text: String) -> Option<Self> {
        let fits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        fits.then_some(Self(text))
    }

    /// The token itself, for the header and nothing else.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// It opens a service to whoever has it.
impl fmt::Debug for BearerToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BearerToken(…)")
    }
}

#[derive(Debug, Clone)]
pub struct Controls {
    companies: Vec<Company>,
    /// B17: the country of an address that names none.
    pub default_country: Option<&'static Country>,
    /// H85: whether every customer has a class.
    pub require_customer_class: bool,
    /// D63: the class of a customer that is given none.
    pub default_customer_class: Option<String>,
    /// The classes that are valid; empty: any.
    pub customer_classes: Vec<String>,
    /// G97: the opt in/opt out of a customer that is given none.
    pub default_email_status: Option<String>,
    /// F70 and the match code's layout: when two customers are the same.
    pub rules: Rules,
    /// Values that are nobody's.
    pub generic_values: GenericValues,
    /// From how many bits on two customers are likely or possible duplicates.
    pub thresholds: Thresholds,
    /// How much each field says of whether two are one.
    pub weights: Weights,
    /// Whether every address has a street.
    pub require_street_address: bool,
    /// L93: whether messages from Xstore skip the edits.
    pub bypass_edits_for_xstore: bool,
    /// I99: where the service that verifies addresses answers; none: addresses are taken as they come.
    pub address_standardization_url: Option<String>,
    /// What the functions authenticate with at that service; none: it asks nobody who they are.
    pub address_standardization_secret: Option<BearerToken>,
    /// I90: the customer whose empty attributes are blanked in a Change that does not give them.
    pub default_customer: Option<CustomerNumber>,
    /// The deployment's secret.
    pub secret: Secret,
}

impl Controls {
    /// Reads the controls from `variable`, which answers an environment variable by its name. An empty one is as good as none.
    ///
    /// # Errors
    /// One sentence for each control with a bad value; each names its control.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, Vec<String>> {
        let mut bad = Vec::new();
        let value = |name: &str| {
            variable(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
        };
        let list = |name: &str| -> Vec<String> {
            value(name)
                .map(|value| value.split(',').map(|one| one.trim().to_owned()).collect())
                .unwrap_or_default()
        };
        let mut flag = |name: &str| match value(name).as_deref() {
            None | Some("false") => false,
            Some("true") => true,
            Some(_) => {
                bad.push(format!("{name} is `true` or `false`."));
                false
            }
        };
        let require_customer_class = flag("REQUIRE_CUSTOMER_CLASS");
        let require_street_address = flag("REQUIRE_STREET_ADDRESS");
        let bypass_edits_for_xstore = flag("BYPASS_EDITS_FOR_XSTORE");

        let mut companies: Vec<Company> =
            list("COMPANIES").iter().map(|code| Company::new(code)).collect();
        if companies
            .iter()
            .any(|company| company.as_str().is_empty() || company.as_str().chars().count() > 100)
        {
            bad.push("COMPANIES is a list of company codes with a comma between each two, the default company first.".to_owned());
        }
        if companies.is_empty() {
            companies.push(Company::new("1"));
        }
        let default_country = value("DEFAULT_COUNTRY").and_then(|code| {
            let country = Country::of(&code);
            if country.is_none() {
                bad.push(
                    "DEFAULT_COUNTRY is a country's code of two or three letters (ISO 3166-1)."
                        .to_owned(),
                );
            }
            country
        });
        let customer_classes: Vec<String> =
            list("CUSTOMER_CLASSES").iter().map(|class| class.to_uppercase()).collect();
        if customer_classes.iter().any(String::is_empty) {
            bad.push(
                "CUSTOMER_CLASSES is a list of classes with a comma between each two.".to_owned(),
            );
        }
        let default_customer_class =
            value("DEFAULT_CUSTOMER_CLASS").map(|class| class.to_uppercase());
        if let Some(class) = &default_customer_class
            && !customer_classes.is_empty()
            && !customer_classes.contains(class)
        {
            bad.push(
                "DEFAULT_CUSTOMER_CLASS is one of CUSTOMER_CLASSES, where there are any."
                    .to_owned(),
            );
        }
        let default_email_status = value("DEFAULT_EMAIL_STATUS").and_then(|status| {
            let known = contact::email_status(&status);
            if known.is_none() {
                bad.push("DEFAULT_EMAIL_STATUS is one of O1, O2, O3 and O4.".to_owned());
            }
            known
        });
        let exact_match = match value("EXACT_MATCH") {
            None => MatchField::DEFAULT.to_vec(),
            Some(names) => Rule::parse_exact(&names).unwrap_or_else(|| {
                bad.push(format!(
                    "EXACT_MATCH is a list of {} with a comma between each two.",
                    MatchField::ALL.map(MatchField::name).join(", ")
                ));
                Vec::new()
            }),
        };
        let match_code_layout = match value("MATCH_CODE_LAYOUT") {
            None => Layout::default(),
            Some(text) => Layout::parse(&text).unwrap_or_else(|| {
                bad.push("MATCH_CODE_LAYOUT is like postal_code:5,name:4,street:6, each part once and 1 to 40 long.".to_owned());
                Layout::default()
            }),
        };
        let home = Rule::new(match_code_layout, &exact_match);
        let also = value("ALSO_MATCH").and_then(|text| {
            let rule = Rule::parse(&text);
            if rule.is_none() {
                bad.push("ALSO_MATCH is a second rule: a layout as MATCH_CODE_LAYOUT has it, /, and fields as EXACT_MATCH has them.".to_owned());
            }
            rule.filter(|rule| *rule != home)
        });
        let generic_values = match value("GENERIC_VALUES") {
            None => GenericValues::default(),
            Some(text) => GenericValues::parse(&text).unwrap_or_else(|| {
                bad.push("GENERIC_VALUES is like names=Unknown,N/A;streets=Unknown;contacts=, each kind once, its values with a comma between each two, and each value with a letter or digit.".to_owned());
                GenericValues::default()
            }),
        };
        let mut threshold = |name: &str, default: Bits| {
            let Some(text) = value(name) else { return default };
            Bits::parse(&text).unwrap_or_else(|| {
                bad.push(format!(
                    "{name} is a number of bits from 0 to 100, with one decimal at the most."
                ));
                default
            })
        };
        let Thresholds { likely, possible } = Thresholds::default();
        let thresholds = Thresholds {
            likely: threshold("LIKELY_DUPLICATE", likely),
            possible: threshold("POSSIBLE_DUPLICATE", possible),
        };
        if thresholds.possible > thresholds.likely {
            bad.push("POSSIBLE_DUPLICATE is no higher than LIKELY_DUPLICATE.".to_owned());
        }
        let weights = match value("MATCH_WEIGHTS") {
            None => Weights::default(),
            Some(text) => Weights::parse(&text).unwrap_or_else(|| {
                bad.push("MATCH_WEIGHTS is like last_name=7.7,7.5,3.1,-3;city=…, as `cargo measure weights` prints it: of each field the bits of a value that agrees, is close, is near, and differs, each no more than the one before, from 30 to -30 with one decimal at the most.".to_owned());
                Weights::default()
            }),
        };
        let address_standardization_url = value("ADDRESS_STANDARDIZATION_URL");
        if let Some(url) = &address_standardization_url
            && !url.starts_with("http://")
            && !url.starts_with("https://")
        {
            bad.push("ADDRESS_STANDARDIZATION_URL is an http:// or https:// address.".to_owned());
        }
        let address_standardization_secret =
            value("ADDRESS_STANDARDIZATION_SECRET").and_then(|secret| {
                let token = BearerToken::new(secret);
                if token.is_none() {
                    bad.push(
                        "ADDRESS_STANDARDIZATION_SECRET is one word of visible ASCII characters."
                            .to_owned(),
                    );
                }
                token
            });
        if address_standardization_secret.is_some() {
            match &address_standardization_url {
                None => bad.push(
                    "ADDRESS_STANDARDIZATION_SECRET is nothing without ADDRESS_STANDARDIZATION_URL.".to_owned(),
                ),
                Some(url) if may_carry_a_secret(url) => {}
                Some(_) => bad.push(
                    "ADDRESS_STANDARDIZATION_SECRET is sent to an https:// address only, or to this machine.".to_owned(),
                ),
            }
        }
        let default_customer = value("DEFAULT_CUSTOMER").and_then(|number| {
            let number = CustomerNumber::parse(&number);
            if number.is_none() {
                bad.push("DEFAULT_CUSTOMER is a customer number: up to nine digits.".to_owned());
            }
            number
        });
        let secret = value("KEY_SECRET").as_deref().and_then(Secret::new);
        if secret.is_none() {
            bad.push(format!(
                "KEY_SECRET is the deployment's secret, {MIN_SECRET_BYTES} bytes or more, and never changes."
            ));
        }
        if let (Some(secret), true) = (secret, bad.is_empty()) {
            Ok(Self {
                companies,
                default_country,
                require_customer_class,
                default_customer_class,
                customer_classes,
                default_email_status,
                rules: Rules { home, also },
                generic_values,
                thresholds,
                weights,
                require_street_address,
                bypass_edits_for_xstore,
                address_standardization_url,
                address_standardization_secret,
                default_customer,
                secret,
            })
        } else {
            Err(bad)
        }
    }

    /// The company of messages that name none, and of dealers.
    pub fn default_company(&self) -> &Company {
        self.companies.first().expect("there is always a company, `read` sees to it")
    }

    /// The deployment's company of that code, as the deployment writes it.
    pub fn company(&self, code: &str) -> Option<&Company> {
        let company = Company::new(code);
        self.companies.iter().find(|one| **one == company)
    }
}

/// Whether nobody on the way reads what is sent there.
fn may_carry_a_secret(url: &str) -> bool {
    let host = url
        .strip_prefix("http://")
        .map(|rest| rest.split(['/', '?', '#']).next().unwrap_or_default());
    match host {
        None => true,
        Some(host) => {
            let (name, port) = host.rsplit_once(':').unwrap_or((host, ""));
            ["127.0.0.1", "localhost"].contains(&name)
                && port.bytes().all(|byte| byte.is_ascii_digit())
        }
    }
}

#[cfg(test)]
impl Default for Controls {
    /// The controls of an environment that sets none but the secret.
    fn default() -> Self {
        Self::read(tests::with_secret(&[])).expect("nothing set is nothing bad")
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// An environment of these variables and a secret.
    pub(crate) fn with_secret(pairs: &[(&str, &str)]) -> impl Fn(&str) -> Option<String> {
        let own = [("KEY_SECRET", "the secret of the tests of this crate")];
        move |name| {
            let found = pairs.iter().chain(&own).find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        }
    }

    fn read(pairs: &[(&str, &str)]) -> Result<Controls, Vec<String>> {
        Controls::read(with_secret(pairs))
    }

    #[test]
    fn nothing_set_gives_the_defaults() {
        let controls = read(&[]).unwrap();
        assert_eq!(controls.default_company().as_str(), "1");
        assert_eq!(controls.rules.home, Rule::default());
        assert_eq!(controls.rules.also, None);
        assert!(controls.default_country.is_none());
        assert!(!controls.require_street_address);
    }

    #[test]
    fn a_secret_goes_to_an_address_that_keeps_it_and_is_never_shown() {
        let with = |url: &str| {
            let pairs = [
                ("ADDRESS_STANDARDIZATION_URL", url),
                ("ADDRESS_STANDARDIZATION_SECRET", " s3cret-Token+/= "),
            ];
            read(&pairs)
        };
        for url in [
            "https://addresses.example/verify",
            "http://127.0.0.1:8080/verify",
            "http://localhost",
            "http://localhost/?a=b",
        ] {
            let controls = with(url).unwrap();
            let secret = controls.address_standardization_secret.as_ref();
            assert_eq!(secret.map(BearerToken::reveal), Some("s3cret-Token+/="), "{url}");
            assert!(!format!("{controls:?}").contains("s3cret"));
        }
        for url in [
            "",
            "http://addresses.example/verify",
            "http://127.0.0.1@addresses.example",
            "http://127.0.0.1:80@addresses.example",
            "http://localhost.example",
            "http://",
        ] {
            let [sentence] = &with(url).unwrap_err()[..] else { panic!("one sentence for {url}") };
            assert!(sentence.starts_with("ADDRESS_STANDARDIZATION_SECRET"), "{sentence}");
            assert!(!sentence.contains("s3cret"));
        }
    }

    #[test]
    fn every_bad_control_is_named_in_a_sentence() {
        let bad = [
            ("COMPANIES", "1,,2"),
            ("DEFAULT_COUNTRY", "Mars"),
            ("REQUIRE_CUSTOMER_CLASS", "yes"),
            ("CUSTOMER_CLASSES", "A,,B"),
            ("DEFAULT_CUSTOMER_CLASS", "C"),
            ("DEFAULT_EMAIL_STATUS", "O5"),
            ("EXACT_MATCH", "first_name,shoe_size"),
            ("MATCH_CODE_LAYOUT", "name:0"),
            ("ALSO_MATCH", "name:4"),
            ("GENERIC_VALUES", "Unknown,None"),
            ("LIKELY_DUPLICATE", "high"),
            ("POSSIBLE_DUPLICATE", "100.5"),
            ("MATCH_WEIGHTS", "city=NaN,0,0,0"),
            ("REQUIRE_STREET_ADDRESS", "1"),
            ("BYPASS_EDITS_FOR_XSTORE", "TRUE"),
            ("ADDRESS_STANDARDIZATION_URL", "ftp://x"),
            ("ADDRESS_STANDARDIZATION_SECRET", "two words"),
            ("DEFAULT_CUSTOMER", "12x"),
            ("KEY_SECRET", "0123456789abcdef0123456789abcde"),
        ];
        let sentences = read(&bad).unwrap_err();
        for (name, _) in bad {
            assert!(
                sentences.iter().any(|sentence| sentence.starts_with(name)),
                "{name} is not named in {sentences:?}"
            );
        }
    }

    #[test]
    fn companies_are_compared_as_numbers_where_they_are_numbers() {
        let controls = read(&[("COMPANIES", "7, us")]).unwrap();
        assert_eq!(controls.company("007").map(Company::as_str), Some("7"));
        assert_eq!(controls.company("US").map(Company::as_str), Some("us"));
        assert_eq!(controls.company("70"), None);
        assert_eq!(Company::new("000"), Company::new("0"));
    }
}
