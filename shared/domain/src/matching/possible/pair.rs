//! A pair of possible duplicates, as it waits for a steward or was decided on. What becomes of it after a change is decided here; a decision holds from both sides, and until one
//! of the two changes what it rested on.

use crate::by::{By, Stamp};
use crate::customer::{Customer, Identifier};
use crate::effect::EffectId;
use crate::secret::Secret;
use crate::time::Timestamp;

use super::parts::{Part, Prints};
use super::score::{Bits, Thresholds};

/// Two customers, whichever is named first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pair {
    low: Identifier,
    high: Identifier,
}

impl Pair {
    /// None for a customer with itself.
    pub fn of(one: &Identifier, other: &Identifier) -> Option<Self> {
        let (low, high) = if one < other { (one, other) } else { (other, one) };
        (low != high).then(|| Self { low: low.clone(), high: high.clone() })
    }

    pub fn low(&self) -> &Identifier {
        &self.low
    }

    pub fn high(&self) -> &Identifier {
        &self.high
    }
}

/// Where a pair stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PairState {
    /// It waits for a steward.
    Open,
    /// The two are kept apart.
    Apart,
    /// One was merged into the other.
    Merged,
    /// The two do not look alike any more.
    Past,
}

impl PairState {
    /// Those that are listed.
    pub const LISTED: [Self; 3] = [Self::Open, Self::Apart, Self::Merged];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Apart => "apart",
            Self::Merged => "merged",
            Self::Past => "past",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        [Self::Open, Self::Apart, Self::Merged, Self::Past]
            .into_iter()
            .find(|state| state.as_str() == name)
    }
}

/// Where merges put the pair of these two, whatever they look like; none where both act for themselves.
pub fn by_merges([one, other]: [&Customer; 2]) -> Option<PairState> {
    let leads_to = |loser: &Customer, winner: &Customer| {
        loser.merged_into.as_ref().is_some_and(|merged| merged.winner == winner.identifier)
    };
    if leads_to(one, other) || leads_to(other, one) {
        Some(PairState::Merged)
    } else if one.merged_into.is_some() || other.merged_into.is_some() {
        Some(PairState::Past)
    } else {
        None
    }
}

/// What a steward decided of a pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// [`PairState::Apart`]; that two were merged they say themselves.
    pub state: PairState,
    pub at: Timestamp,
    pub by: By,
    /// The request that decided it: its next try finds it here.
    pub effect: EffectId,
    /// What it rested on, of the lower one and of the higher.
    pub prints: [Prints; 2],
}

impl Decision {
    /// What has changed since, of either of the two.
    pub fn changed(&self, [low, high]: [&Customer; 2], secret: &Secret) -> Vec<Part> {
        let [ours, theirs] = &self.prints;
        let mut changed = ours.changed(&Prints::of(low, secret));
        changed.extend(theirs.changed(&Prints::of(high, secret)));
        changed.sort_unstable();
        changed.dedup();
        changed
    }
}

/// A pair with what is kept of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PairRecord {
    pub pair: Pair,
    /// 1 when it is first found, one more with each change.
    pub version: u64,
    pub state: PairState,
    pub bits: Bits,
    /// Since when it stands so.
    pub since: Timestamp,
    /// The last decision on it, also where it is open again.
    pub decision: Option<Decision>,
    /// The request whose decision was taken back, or went with a person.
    pub taken_back: Option<EffectId>,
    /// The request that last took a decision back: its next try finds it here.
    pub taken_back_by: Option<EffectId>,
    /// Who wrote it last; none where it followed from a change.
    pub by: Option<By>,
}

/// Two customers as they are, of whom it is judged how alike they are.
#[derive(Clone, Copy)]
pub struct Judged<'a> {
    pub low: &'a Customer,
    pub high: &'a Customer,
    pub bits: Bits,
}

impl PairRecord {
    /// What becomes of a pair that looks so since the later of the two was changed: none where nothing does.
    pub fn judged(
        known: Option<&Self>,
        judged: Judged<'_>,
        thresholds: Thresholds,
        secret: &Secret,
    ) -> Option<Self> {
        let Judged { low, high, bits } = judged;
        let now = low.updated_at.max(high.updated_at);
        let is_alike =
            thresholds.grade(bits).is_some() && low.erased.is_none() && high.erased.is_none();
        let by_merges = by_merges([low, high]);
        let Some(known) = known else {
            let state = by_merges.or(is_alike.then_some(PairState::Open))?;
            let pair =
                Pair::of(&low.identifier, &high.identifier).filter(|_| state != PairState::Past)?;
            return Some(Self {
                pair,
                version: 1,
                state,
                bits,
                since: now,
                decision: None,
                taken_back: None,
                taken_back_by: None,
                by: None,
            });
        };
        let holds = |decision: &Decision| decision.changed([low, high], secret).is_empty();
        let state = match known.state {
            _ if let Some(state) = by_merges => state,
            PairState::Open if is_alike => PairState::Open,
            PairState::Open => PairState::Past,
            PairState::Past | PairState::Merged if is_alike => match &known.decision {
                Some(decision) if holds(decision) => decision.state,
                Some(_) | None => PairState::Open,
            },
            PairState::Apart if is_alike && !known.decision.as_ref().is_some_and(holds) => {
                PairState::Open
            }
            PairState::Past | PairState::Merged => PairState::Past,
            PairState::Apart => PairState::Apart,
        };
        let changes = state != known.state || (state == PairState::Open && bits != known.bits);
        let since = if state == known.state { known.since } else { now };
        changes.then(|| Self {
            version: known.version + 1,
            state,
            bits,
            since,
            by: None,
            ..known.clone()
        })
    }

    /// The pair once one of the two is not there any more, or was erased: what a decision rested on goes with it. Which requests decided stays, for their next tries.
    #[must_use]
    pub fn of_nobody(&self, now: Timestamp) -> Self {
        let version = self.version + 1;
        let state = PairState::Past;
        Self {
            version,
            state,
            since: now,
            decision: None,
            taken_back: self.decided_by().cloned(),
            by: None,
            ..self.clone()
        }
    }

    /// The pair once it was decided on; none where that was decided already, on the same.
    pub fn decided(
        known: Option<&Self>,
        judged: Judged<'_>,
        state: PairState,
        (secret, stamp): (&Secret, &Stamp),
    ) -> Option<Self> {
        let Judged { low, high, bits } = judged;
        let prints = [Prints::of(low, secret), Prints::of(high, secret)];
        let is_so = |known: &Self| {
            known.state == state
                && known.decision.as_ref().is_some_and(|decision| decision.prints == prints)
        };
        if known.is_some_and(is_so) {
            return None;
        }
        let pair = Pair::of(&low.identifier, &high.identifier)?;
        let version = known.map_or(0, |known| known.version) + 1;
        let Stamp { by, cause, at } = stamp;
        let (at, effect) = (*at, cause.id.clone());
        let decision = Some(Decision { state, at, by: by.clone(), effect, prints });
        let (taken_back, by) = (None, Some(by.clone()));
        let taken_back_by = known.and_then(|known| known.taken_back_by.clone());
        let since = at;
        Some(Self { pair, version, state, bits, since, decision, taken_back, taken_back_by, by })
    }

    /// The request that last decided it, though that may hold no more.
    fn decided_by(&self) -> Option<&EffectId> {
        let decided = self.decision.as_ref().map(|decision| &decision.effect);
        decided.or(self.taken_back.as_ref())
    }

    /// Whether this request decided it, though that may hold no more.
    pub fn was_decided_by(&self, effect: &EffectId) -> bool {
        self.decided_by() == Some(effect)
    }

    /// Whether this request took a decision back, though another may have been made since.
    pub fn was_taken_back_by(&self, effect: &EffectId) -> bool {
        self.taken_back_by.as_ref() == Some(effect)
    }

    /// The pair after its decision is taken back, judged again at once; none where there is none.
    pub fn taken_back(
        known: Option<&Self>,
        judged: Judged<'_>,
        thresholds: Thresholds,
        stamp: &Stamp,
    ) -> Option<Self> {
        let known = known.filter(|known| known.state == PairState::Apart)?;
        let state = match thresholds.grade(judged.bits) {
            Some(_) => PairState::Open,
            None => PairState::Past,
        };
        Some(Self {
            pair: known.pair.clone(),
            version: known.version + 1,
            state,
            bits: judged.bits,
            since: stamp.at,
            decision: None,
            taken_back: known.decided_by().cloned(),
            taken_back_by: Some(stamp.cause.id.clone()),
            by: Some(stamp.by.clone()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::controls::Controls;
    use crate::customer::CustomerNumber;
    use crate::customer::merge::MergedInto;
    use crate::effect::Cause;
    use crate::message::{Attribute, Attributes};

    fn stamp(operation: &str, at: u64) -> Stamp {
        Stamp {
            by: By::new("caller", operation, "request"),
            cause: Cause { id: EffectId::random([7; 10]), keyed: false },
            at: Timestamp::from_millis(at),
        }
    }

    fn customer(seat: u32, city: &str) -> Customer {
        let stamp = stamp("add", 1);
        let identifier =
            Identifier::parse(&format!("0123456789ABCDEF-{seat:06}-89ABCDEF")).unwrap();
        let attributes: Attributes =
            [(Attribute::LAST_NAME, "Robinson"), (Attribute::CITY, city)].into_iter().collect();
        Customer::new(identifier, CustomerNumber::new(seat.into()).unwrap(), attributes, &stamp)
    }

    const ALIKE: Bits = Bits::from_tenths(250);
    const UNLIKE: Bits = Bits::from_tenths(0);

    struct Look {
        secret: Secret,
        low: Customer,
        high: Customer,
    }

    impl Look {
        fn new() -> Self {
            let (low, high) = (customer(1, "Boston"), customer(2, "Boston"));
            Self { secret: Controls::default().secret, low, high }
        }

        fn of(&self, bits: Bits) -> Judged<'_> {
            Judged { low: &self.low, high: &self.high, bits }
        }

        fn judge(&self, known: Option<&PairRecord>, bits: Bits, at: u64) -> Option<PairRecord> {
            let high = Customer { updated_at: Timestamp::from_millis(at), ..self.high.clone() };
            let judged = Judged { high: &high, ..self.of(bits) };
            PairRecord::judged(known, judged, Thresholds::default(), &self.secret)
        }

        fn keep_apart(&self, known: Option<&PairRecord>) -> Option<PairRecord> {
            let stamp = stamp("keep-apart", 9);
            PairRecord::decided(known, self.of(ALIKE), PairState::Apart, (&self.secret, &stamp))
        }
    }

    #[test]
    fn a_pair_is_open_while_it_looks_alike_and_past_when_it_does_not() {
        let look = Look::new();
        assert_eq!(look.judge(None, UNLIKE, 1), None);
        let open = look.judge(None, ALIKE, 1).unwrap();
        assert_eq!((open.version, open.state), (1, PairState::Open));
        assert_eq!(look.judge(Some(&open), ALIKE, 2), None);
        let higher = look.judge(Some(&open), Bits::from_tenths(300), 2).unwrap();
        assert_eq!((higher.version, higher.since), (2, open.since));
        let past = look.judge(Some(&open), UNLIKE, 2).unwrap();
        assert_eq!((past.version, past.state), (2, PairState::Past));
        let again = look.judge(Some(&past), ALIKE, 3).unwrap();
        assert_eq!((again.state, again.since), (PairState::Open, Timestamp::from_millis(3)));
    }

    #[test]
    fn a_decision_holds_until_one_of_the_two_changes_what_it_rested_on() {
        let mut look = Look::new();
        let open = look.judge(None, ALIKE, 1);
        let apart = look.keep_apart(open.as_ref()).unwrap();
        assert_eq!((apart.version, apart.state), (2, PairState::Apart));
        assert_eq!(look.keep_apart(Some(&apart)), None, "it was decided already");
        assert_eq!(look.judge(Some(&apart), ALIKE, 10), None);
        look.high.attributes.set(Attribute::JOB_TITLE, "Geologist");
        assert_eq!(look.judge(Some(&apart), ALIKE, 10), None, "that is no part of it");
        look.high.attributes.set(Attribute::CITY, "Westborough");
        assert_eq!(look.judge(Some(&apart), UNLIKE, 10), None);
        let back = look.judge(Some(&apart), ALIKE, 10).unwrap();
        assert_eq!(back.state, PairState::Open);
        let decision = back.decision.as_ref().unwrap();
        assert_eq!(decision.changed([&look.low, &look.high], &look.secret), [Part::Address]);
        let apart_again = look.keep_apart(Some(&back)).unwrap();
        assert_eq!(look.judge(Some(&apart_again), ALIKE, 11), None);
    }

    #[test]
    fn a_pair_is_merged_while_one_leads_to_the_other_and_past_while_it_leads_elsewhere() {
        let mut look = Look::new();
        let open = look.judge(None, ALIKE, 1).unwrap();
        let apart = look.keep_apart(Some(&open)).unwrap();
        let into = |winner: &Identifier| {
            let (winner, at) = (winner.clone(), Timestamp::from_millis(2));
            Some(MergedInto { winner, at, version: 2 })
        };
        look.high.merged_into = into(&look.low.identifier);
        for known in [None, Some(&open), Some(&apart)] {
            assert_eq!(look.judge(known, UNLIKE, 2).unwrap().state, PairState::Merged);
        }
        let merged = look.judge(Some(&open), ALIKE, 2).unwrap();
        let merged_though_apart = look.judge(Some(&apart), ALIKE, 2).unwrap();
        assert_eq!(look.judge(Some(&merged), ALIKE, 3), None);
        look.high.merged_into = into(&customer(3, "Boston").identifier);
        assert_eq!(look.judge(None, ALIKE, 2), None);
        assert_eq!(look.judge(Some(&open), ALIKE, 2).unwrap().state, PairState::Past);
        look.high.merged_into = None;
        assert_eq!(look.judge(Some(&merged), ALIKE, 4).unwrap().state, PairState::Open);
        assert_eq!(look.judge(Some(&merged), UNLIKE, 4).unwrap().state, PairState::Past);
        let again = look.judge(Some(&merged_though_apart), ALIKE, 4).unwrap();
        assert_eq!(again.state, PairState::Apart, "the decision still holds");
    }

    #[test]
    fn a_decision_that_is_taken_back_is_judged_again_at_once() {
        let look = Look::new();
        let stamp = stamp("take-back", 12);
        let back = |known: Option<&PairRecord>, bits| {
            PairRecord::taken_back(known, look.of(bits), Thresholds::default(), &stamp)
        };
        assert_eq!(back(None, ALIKE), None);
        let apart = look.keep_apart(None).unwrap();
        let open = back(Some(&apart), ALIKE).unwrap();
        assert_eq!(open.state, PairState::Open);
        let effect = apart.decision.as_ref().unwrap().effect.clone();
        assert!(apart.was_decided_by(&effect) && open.was_decided_by(&effect));
        assert!(!open.was_decided_by(&stamp.cause.id.on("another")));
        let again = look.keep_apart(Some(&open)).unwrap();
        for later in [&open, &again] {
            assert!(later.was_taken_back_by(&stamp.cause.id), "{later:?}");
        }
        assert!(!apart.was_taken_back_by(&stamp.cause.id));
        assert_eq!(back(Some(&apart), UNLIKE).unwrap().state, PairState::Past);
        assert_eq!(Pair::of(&look.low.identifier, &look.low.identifier), None);
    }
}
