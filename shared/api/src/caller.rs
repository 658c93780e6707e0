//! Who calls: scopes, dealer codes and name, from the authorizer's verified claims in the event's request context only.
//!
//! Neither the body nor any header can make a caller here, and what does not parse counts as no permission. What a route
//! answers to a caller who lacks a permission is the route's decision.

use std::collections::{BTreeSet, HashMap};
use std::fmt;

use domain::dealer::{DealerCode, DealerCodes};
use lambda_http::aws_lambda_events::apigw::ApiGatewayV2httpRequestContext;

use crate::problem::Problem;

/// The longest claim that is read, in bytes. A token that passes the gateway is shorter as a whole.
const MAX_CLAIM: usize = 16 * 1024;

/// The longest name, in bytes; RFC-abiding issuers keep `sub` under 255.
const MAX_NAME: usize = 255;

/// The claims that name a caller; the first that does counts.
pub(crate) const NAME_CLAIMS: [&str; 2] = ["sub", "client_id"];

/// A group of routes that a caller may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Associates customers with dealer codes; limited to the caller's dealer codes.
    Dealer,
    /// Adds, changes and reads customers.
    Customers,
    /// Fixes requests in error; reads customers and customer organizations.
    Steward,
    /// Erases persons.
    Privacy,
}

impl Scope {
    pub const ALL: &[Scope] = &[Scope::Dealer, Scope::Customers, Scope::Steward, Scope::Privacy];

    /// The word for it in the claims `scope` and `scp`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Scope::Dealer => "dealer",
            Scope::Customers => "customers",
            Scope::Steward => "steward",
            Scope::Privacy => "privacy",
        }
    }
}

#[derive(Clone, PartialEq, Eq)]
pub struct Caller {
    name: String,
    scopes: BTreeSet<Scope>,
    dealer_codes: DealerCodes,
}

impl Caller {
    /// The caller that the claims of a JSON Web Token name: `sub`, or `client_id` where there is no `sub`.
    ///
    /// `None` (then: 401) when they name nobody, since what is done must be written down as somebody's.
    pub fn from_claims(claims: &HashMap<String, String>) -> Option<Caller> {
        let claim = |name: &str| {
            claims.get(name).map(String::as_str).filter(|text| text.len() <= MAX_CLAIM)
        };
        Some(Caller {
            name: NAME_CLAIMS
                .into_iter()
                .filter_map(claim)
                .find(|name| is_a_name(name))?
                .to_owned(),
            // Some issuers (Entra, Okta) say `scp` where others say `scope` (RFC 8693, section 4.2).
            scopes: claim("scope").or_else(|| claim("scp")).and_then(scopes).unwrap_or_default(),
            dealer_codes: claim("dealer_codes")
                .and_then(dealer_codes)
                .unwrap_or(DealerCodes::Only(BTreeSet::new())),
        })
    }

    /// The caller of an event, from its context; only the claims of a JWT authorizer count.
    pub(crate) fn from_context(context: &ApiGatewayV2httpRequestContext) -> Option<Caller> {
        Caller::from_claims(&context.authorizer.as_ref()?.jwt.as_ref()?.claims)
    }

    /// The caller's name; opaque, and the same for the same caller.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn has(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope)
    }

    /// Goes on only with one of these scopes.
    ///
    /// # Errors
    /// `forbidden` without any of them.
    pub(crate) fn require(&self, scopes: &[Scope]) -> Result<(), Problem> {
        if scopes.iter().any(|scope| self.has(*scope)) {
            return Ok(());
        }
        let names: Vec<_> = scopes.iter().map(|scope| scope.as_str()).collect();
        Err(Problem::forbidden().detail(format!("This needs the scope {}.", names.join(" or "))))
    }

    /// Whether the caller acts for this dealer code. The scope `dealer` is a question of its own.
    pub fn acts_for(&self, code: &DealerCode) -> bool {
        self.dealer_codes.contains(code)
    }

    pub fn dealer_codes(&self) -> &DealerCodes {
        &self.dealer_codes
    }
}

/// The name may be a person's.
impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caller")
            .field("scopes", &self.scopes)
            .field("dealer_codes", &self.dealer_codes)
            .finish_non_exhaustive()
    }
}

fn is_a_name(text: &str) -> bool {
    !text.trim().is_empty() && text.len() <= MAX_NAME && !text.chars().any(char::is_control)
}

/// The scopes of ours among the words of a claim; other words are other services' scopes. None where the claim is in no shape that one has.
fn scopes(claim: &str) -> Option<BTreeSet<Scope>> {
    let words = words(claim, &[' '])?;
    let has = |scope: &&Scope| words.iter().any(|word| word == scope.as_str());
    Some(Scope::ALL.iter().filter(has).copied().collect())
}

/// The dealer codes of a claim; `*` is all of them.
///
/// `None` when any part of it is not a dealer code: half a claim is not acted on, because it may not be what was meant.
fn dealer_codes(claim: &str) -> Option<DealerCodes> {
    let words = words(claim, &[' ', ','])?;
    if words == ["*"] {
        return Some(DealerCodes::All);
    }
    let codes = words.iter().map(|word| DealerCode::parse(word).ok());
    codes.collect::<Option<_>>().map(DealerCodes::Only)
}

/// The words of a claim in any of the shapes that arrays come in: `A B`, `[A B]` (how API Gateway passes an array), a JSON array of texts. None for any other shape.
fn words(claim: &str, separators: &[char]) -> Option<Vec<String>> {
    let claim = claim.trim_matches(' ');
    match serde_json::from_str::<Option<Vec<String>>>(claim) {
        Ok(words) => words,
        Err(_) => {
            let inner = match claim.strip_prefix('[') {
                Some(rest) => rest.strip_suffix(']')?,
                None => claim,
            };
            let words = inner.split(separators).filter(|word| !word.is_empty());
            Some(words.map(str::to_owned).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::ProblemType;

    fn caller(claims: &[(&str, &str)]) -> Option<Caller> {
        Caller::from_claims(
            &claims.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect(),
        )
    }

    fn code(text: &str) -> DealerCode {
        DealerCode::parse(text).expect("a dealer code")
    }

    #[test]
    fn dealer_codes_are_read_in_every_shape_and_nothing_is_read_out_of_any_other() {
        let both: &[&str] = &["TD68", "TD69"];
        let none: &[&str] = &[];
        let cases: &[(&str, &[&str])] = &[
            ("TD68", &["TD68"]),
            ("td68", &["TD68"]),
            ("TD68 TD69", both),
            ("  TD68   TD69 ", both),
            ("TD68,TD69", both),
            ("TD68, TD69", both),
            ("TD68,,TD69,", both),
            ("[TD68 TD69]", both),
            ("[TD68,TD69]", both),
            ("[TD68]", &["TD68"]),
            ("[12 34]", &["12", "34"]),
            (r#"["TD68","TD69"]"#, both),
            (r#" [ "TD68" , "TD69" ] "#, both),
            (r#"["TD68","TD68"]"#, &["TD68"]),
            ("", none),
            (" ", none),
            ("[]", none),
            ("[ ]", none),
            ("null", none),
            ("[null]", &["NULL"]),
            ("TD68 T!D", none),
            ("TD68|TD69", none),
            ("TD68;TD69", none),
            ("TD68\tTD69", none),
            ("TD68\nTD69", none),
            ("ＴＤ68", none),
            ("TD68\u{200b}", none),
            ("[TD68 TD69", none),
            ("TD68 TD69]", none),
            ("[[TD68]]", none),
            ("{TD68}", none),
            ("\"TD68\"", none),
            (r#"["TD68","TD69""#, none),
            (r#"["TD68 TD69"]"#, none),
            (r#"["TD68",null]"#, none),
            (r#"["TD68",["TD69"]]"#, none),
            (r#"{"TD68":"TD69"}"#, none),
            ("* TD68", none),
            ("**", none),
            ("TD*", none),
            ("[* TD68]", none),
            ("ABCDEFGHIJK", none),
        ];
        for (claim, expected) in cases {
            let caller =
                caller(&[("sub", "erp"), ("dealer_codes", claim)]).expect("a named caller");
            let expected = DealerCodes::Only(expected.iter().map(|text| code(text)).collect());
            assert_eq!(caller.dealer_codes(), &expected, "{claim:?}");
        }
    }

    #[test]
    fn a_star_is_all_dealer_codes_in_every_shape() {
        for claim in ["*", " * ", "[*]", r#"["*"]"#] {
            let caller =
                caller(&[("sub", "erp"), ("dealer_codes", claim)]).expect("a named caller");
            assert_eq!(caller.dealer_codes(), &DealerCodes::All, "{claim:?}");
            assert!(caller.acts_for(&code("TD68")));
        }
    }

    #[test]
    fn a_caller_acts_for_its_dealer_codes_and_no_others() {
        let caller = caller(&[("sub", "erp"), ("dealer_codes", "TD68")]).expect("a named caller");
        assert!(caller.acts_for(&code("TD68")) && caller.acts_for(&code("td68")));
        assert!(!caller.acts_for(&code("TD6")) && !caller.acts_for(&code("TD689")));
    }

    #[test]
    fn scopes_are_whole_words_between_spaces() {
        use Scope::{Customers, Dealer, Privacy, Steward};
        let cases: &[(&str, &[Scope])] = &[
            ("dealer", &[Dealer]),
            ("openid dealer  steward customers", &[Dealer, Customers, Steward]),
            ("", &[]),
            ("Dealer", &[]),
            ("dealers dealer2 xdealer", &[]),
            ("dealer,steward", &[]),
            ("[dealer steward]", &[Dealer, Steward]),
            (r#"["dealer", "privacy"]"#, &[Dealer, Privacy]),
            (r#"["dealer steward"]"#, &[]),
            (r#"["dealer", 1]"#, &[]),
            ("[dealer", &[]),
            ("dealer]", &[]),
            ("null", &[]),
            (r#"{"dealer":true}"#, &[]),
            ("dealer\tsteward", &[]),
            ("customer-master/dealer", &[]),
        ];
        for (claim, expected) in cases {
            let caller = caller(&[("sub", "erp"), ("scope", claim)]).expect("a named caller");
            for scope in Scope::ALL {
                assert_eq!(caller.has(*scope), expected.contains(scope), "{scope:?} in {claim:?}");
                let required = caller.require(&[*scope]).map_err(|problem| problem.kind());
                assert_eq!(required.is_ok(), expected.contains(scope), "{scope:?} in {claim:?}");
                assert!(required.is_ok() || required == Err(ProblemType::Forbidden));
            }
        }
    }

    #[test]
    fn scp_is_read_where_there_is_no_scope() {
        for (claims, expected) in [
            (&[("sub", "erp"), ("scp", "[steward privacy]")][..], true),
            (&[("sub", "erp"), ("scp", "openid steward")], true),
            (&[("sub", "erp"), ("scp", r#"["steward"]"#)], true),
            (&[("sub", "erp"), ("scope", "dealer"), ("scp", "steward")], false),
            (&[("sub", "erp"), ("scope", ""), ("scp", "steward")], false),
        ] {
            let caller = caller(claims).expect("a named caller");
            assert_eq!(caller.has(Scope::Steward), expected, "{claims:?}");
        }
    }

    #[test]
    fn missing_claims_grant_nothing() {
        let caller = caller(&[("sub", "erp")]).expect("a named caller");
        assert!(Scope::ALL.iter().all(|scope| !caller.has(*scope)));
        assert_eq!(caller.dealer_codes(), &DealerCodes::Only(BTreeSet::new()));
    }

    #[test]
    fn huge_claims_grant_nothing() {
        let codes = "TD68 ".repeat(1 << 20);
        let scope = "dealer ".repeat(1 << 20);
        let caller = caller(&[("sub", "erp"), ("scope", &scope), ("dealer_codes", &codes)])
            .expect("a named caller");
        assert!(!caller.has(Scope::Dealer) && !caller.acts_for(&code("TD68")));
    }

    #[test]
    fn a_deep_array_grants_nothing() {
        let deep = format!("{}{}", "[".repeat(8000), "]".repeat(8000));
        let caller = caller(&[("sub", "erp"), ("dealer_codes", &deep)]).expect("a named caller");
        assert_eq!(caller.dealer_codes(), &DealerCodes::Only(BTreeSet::new()));
    }

    #[test]
    fn the_name_is_the_subject_or_else_the_client_and_must_be_there() {
        let long = "x".repeat(256);
        type Claims<'a> = &'a [(&'a str, &'a str)];
        let cases: &[(Claims<'_>, Option<&str>)] = &[
            (&[("sub", "julie"), ("client_id", "erp")], Some("julie")),
            (&[("client_id", "erp")], Some("erp")),
            (&[("sub", ""), ("client_id", "erp")], Some("erp")),
            (&[("sub", "  ")], None),
            (&[("sub", "a\nb")], None),
            (&[("sub", &long)], None),
            (&[("scope", "dealer steward customers"), ("dealer_codes", "*")], None),
            (&[], None),
        ];
        for (claims, expected) in cases {
            assert_eq!(caller(claims).as_ref().map(Caller::name), *expected, "{claims:?}");
        }
    }

    #[test]
    fn debug_does_not_show_the_name() {
        let caller = caller(&[("sub", "julie")]).expect("a named caller");
        assert!(!format!("{caller:?}").contains("julie"));
    }
}
