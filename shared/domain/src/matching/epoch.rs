//! The epoch: which rules are in force on a table. A rule changes by ordinary deployments, side by side, without a moment in which a duplicate slips through: E1, then E1 and also
//! E2, then an audit, then E2 and also E1, then E2. Two neighbours of these steps share a rule under which both take seats; what keeps the others apart is decided here.

use std::fmt;

use crate::matching::fold;
use crate::matching::rule::{Rule, Rules};
use crate::secret::Secret;
use crate::time::Timestamp;

/// How long a writer may go on that does not know yet which rule is required: what it knows is a minute old at the most when its last request begins.
pub const UNAWARE_SECONDS: u64 = 180;

/// For how long what is known of the epoch is good enough.
pub const KNOWN_SECONDS: u64 = 60;

/// The name of a rule in force, with the version of folding, which blocks are made of as well.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RuleName(String);

impl RuleName {
    pub fn of(rule: &Rule) -> Self {
        Self(format!("{rule}, folding {}", fold::VERSION))
    }

    /// A name as it stands on the table: of a rule that this release may not know.
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RuleName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What tells one secret from another, and nothing of it.
pub fn fingerprint(secret: &Secret) -> [u8; 10] {
    secret.bits("fingerprint of the secret", &[])
}

/// The rules in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Epoch {
    /// Those under which every customer has its seats.
    pub complete: Vec<RuleName>,
    /// The one that every writer keeps.
    pub required: RuleName,
    /// Since when.
    pub required_at: Timestamp,
}

/// Why a process may not write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotInForce {
    /// Not every customer has a seat under its home rule.
    HomeIncomplete { home: RuleName, complete: Vec<RuleName> },
    /// It does not keep the rule that every writer must.
    RequiredNotKept(RuleName),
}

impl fmt::Display for NotInForce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::HomeIncomplete { home, complete } => {
                let complete: Vec<_> = complete.iter().map(RuleName::as_str).collect();
                write!(
                    f,
                    "MATCH_CODE_LAYOUT and EXACT_MATCH say '{home}', and not every customer of this table has a seat under that rule; in force is '{}'. Deploy the rule in force with this one as ALSO_MATCH first, audit the table with mending, and deploy this one afterwards.",
                    complete.join("', '")
                )
            }
            Self::RequiredNotKept(required) => write!(
                f,
                "Every writer of this table keeps the rule '{required}', and this one does not. Set ALSO_MATCH to it, or MATCH_CODE_LAYOUT and EXACT_MATCH.",
            ),
        }
    }
}

impl Epoch {
    /// The epoch of a table that has none yet. In one without customers every rule is complete; in any other the rule is taken to be the one that it was written under.
    pub fn begin(rules: &Rules, has_customers: bool, now: Timestamp) -> Self {
        let kept = rules.kept().map(RuleName::of);
        Self {
            complete: if has_customers { kept.take(1).collect() } else { kept.collect() },
            required: RuleName::of(&rules.home),
            required_at: now,
        }
    }

    /// Whether a process of these rules may write.
    ///
    /// # Errors
    /// Why it may not.
    pub fn admit(&self, rules: &Rules) -> Result<(), NotInForce> {
        let home = RuleName::of(&rules.home);
        if !self.complete.contains(&home) {
            let complete = self.complete.clone();
            return Err(NotInForce::HomeIncomplete { home, complete });
        }
        if rules.kept().all(|rule| RuleName::of(rule) != self.required) {
            return Err(NotInForce::RequiredNotKept(self.required.clone()));
        }
        Ok(())
    }

    /// The epoch after the start of an admitted process, which gives up rules that it does not keep: nobody takes seats under them any more. None where nothing changes.
    pub fn started(&self, rules: &Rules) -> Option<Self> {
        let is_kept = |name: &RuleName| rules.kept().any(|rule| RuleName::of(rule) == *name);
        let complete: Vec<_> = self.complete.iter().filter(|name| is_kept(name)).cloned().collect();
        (complete != self.complete).then(|| Self { complete, ..self.clone() })
    }

    /// The rule of these that an audit has to bring in.
    pub fn to_bring_in(&self, rules: &Rules) -> Option<RuleName> {
        rules.kept().map(RuleName::of).find(|name| !self.complete.contains(name))
    }

    /// The epoch in which every writer keeps this rule.
    #[must_use]
    pub fn requiring(&self, rule: &RuleName, now: Timestamp) -> Self {
        Self { required: rule.clone(), required_at: now, ..self.clone() }
    }

    /// The epoch in which every customer has its seats under the rule that is required.
    #[must_use]
    pub fn completed(&self) -> Self {
        let mut completed = self.clone();
        completed.complete.push(self.required.clone());
        completed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(home: &str, also: Option<&str>) -> Rules {
        let rule = |text: &str| Rule::parse(text).unwrap();
        Rules { home: rule(home), also: also.map(rule) }
    }

    const E1: &str = "postal_code:5,name:4,street:6/last_name,company";
    const E2: &str = "postal_code:5,name:4,street:7/last_name,company";
    const E3: &str = "postal_code:5/email";

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_millis(1000 * seconds)
    }

    /// What a start of these rules makes of it.
    fn starts(epoch: &mut Epoch, rules: &Rules) {
        epoch.admit(rules).unwrap();
        *epoch = epoch.started(rules).unwrap_or(epoch.clone());
    }

    #[test]
    fn a_rule_changes_by_four_steps_and_neighbours_run_side_by_side() {
        let steps = [rules(E1, None), rules(E1, Some(E2)), rules(E2, Some(E1)), rules(E2, None)];
        let mut epoch = Epoch::begin(&steps[0], true, at(0));
        starts(&mut epoch, &steps[0]);
        assert_eq!(epoch.to_bring_in(&steps[0]), None);
        starts(&mut epoch, &steps[1]);
        epoch.admit(&steps[0]).unwrap();
        let sentence = epoch.admit(&steps[2]).unwrap_err().to_string();
        assert!(sentence.contains("ALSO_MATCH") && sentence.contains("street:7"), "{sentence}");
        assert!(matches!(epoch.admit(&steps[3]), Err(NotInForce::HomeIncomplete { .. })));
        let second = epoch.to_bring_in(&steps[1]).unwrap();
        epoch = epoch.requiring(&second, at(60));
        epoch.admit(&steps[1]).unwrap();
        assert_eq!(epoch.admit(&steps[0]), Err(NotInForce::RequiredNotKept(second.clone())));
        assert!(epoch.admit(&steps[2]).is_err(), "not before the audit is over");
        epoch = epoch.completed();
        starts(&mut epoch, &steps[2]);
        starts(&mut epoch, &steps[1]);
        assert_eq!(epoch.to_bring_in(&steps[1]), None, "nor is anything brought in twice");
        assert!(epoch.admit(&steps[0]).is_err());
        starts(&mut epoch, &steps[3]);
        assert_eq!(epoch.complete, [second]);
        starts(&mut epoch, &steps[2]);
        assert!(
            epoch.admit(&steps[1]).is_err(),
            "nobody took seats under the former rule any more"
        );
        // And back, the same way.
        let first = epoch.to_bring_in(&steps[2]).unwrap();
        assert_eq!(first, RuleName::of(&steps[0].home));
        epoch = epoch.requiring(&first, at(120)).completed();
        for step in [&steps[2], &steps[1], &steps[0]] {
            starts(&mut epoch, step);
        }
        assert!(epoch.admit(&steps[3]).is_err());
    }

    #[test]
    fn a_new_table_has_every_seat_under_every_rule() {
        let both = rules(E1, Some(E2));
        assert_eq!(Epoch::begin(&both, false, at(0)).complete.len(), 2);
        let of_older = Epoch::begin(&both, true, at(0));
        assert_eq!(of_older.complete, [RuleName::of(&both.home)]);
        assert_eq!(of_older.required, RuleName::of(&both.home));
        assert!(of_older.admit(&rules(E3, Some(E1))).is_err());
    }

    #[test]
    fn another_secret_has_another_fingerprint() {
        let secret = |text: &str| Secret::new(&text.repeat(32)).unwrap();
        assert_eq!(fingerprint(&secret("x")), fingerprint(&secret("x")));
        assert_ne!(fingerprint(&secret("x")), fingerprint(&secret("y")));
    }
}
