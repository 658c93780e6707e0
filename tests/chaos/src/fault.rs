//! What can go wrong between a function and its database, and the seeded script that chooses it call by call.
//!
//! Nothing is done here: who carries calls ([`super::proxy`], [`super::line`]) does what the script says.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

/// An answer of the database that says: not now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refusal {
    /// `ProvisionedThroughputExceededException`.
    Throughput,
    /// `ThrottlingException`.
    Throttling,
    /// `InternalServerError`, with status 500.
    Internal,
    /// `ServiceUnavailable`, with status 503.
    Unavailable,
    /// `TransactionConflictException`, of a single write that meets a transaction.
    Conflict,
    /// `TransactionCanceledException` with `TransactionConflict`.
    Cancelled,
    /// `TransactionCanceledException` with `ThrottlingError`.
    CancelledByThrottling,
    /// `TransactionInProgressException`.
    InProgress,
}

/// What happens to one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// The request does not arrive, and the connection breaks.
    LoseRequest,
    /// The request has its effect, and the connection breaks before the answer.
    LoseAnswer,
    /// The request has its effect, and half of the answer arrives.
    HalfAnswer,
    /// The request has its effect, and the answer says that the database failed.
    FailAfterEffect(Refusal),
    /// The request is refused and has no effect.
    Refuse(Refusal),
    /// The answer takes long, and longer than a caller waits.
    Slow(Duration),
    /// The request has its effect long after its caller stopped waiting.
    Late(Duration),
    /// Nothing arrives and nothing is answered: the database hangs.
    Hang,
    /// The request arrives twice, as when a client repeats it; the answer is the second one.
    Repeat,
    /// The calling function is killed before the request has an effect.
    KillBefore,
    /// The calling function is killed after the request had its effect, before the answer.
    KillAfter,
}

impl Fault {
    /// Its word in a report.
    #[must_use]
    pub fn word(self) -> String {
        match self {
            Self::Slow(_) => "Slow".to_owned(),
            Self::Late(_) => "Late".to_owned(),
            Self::Refuse(refusal) => format!("Refuse {refusal:?}"),
            Self::FailAfterEffect(refusal) => format!("FailAfterEffect {refusal:?}"),
            Self::LoseRequest
            | Self::LoseAnswer
            | Self::HalfAnswer
            | Self::Hang
            | Self::Repeat
            | Self::KillBefore
            | Self::KillAfter => format!("{self:?}"),
        }
    }
}

/// One call of the database, as a carrier sees it.
#[derive(Debug, Clone)]
pub struct Call {
    /// `PutItem`, `Query` and so on; empty for what is no call of DynamoDB.
    pub operation: String,
    /// How many writes a transaction has; 0 for other calls.
    pub writes: usize,
    /// Whether it is a single write that may meet a transaction.
    pub may_conflict: bool,
}

impl Call {
    /// Reads the call from the header `X-Amz-Target` and the body.
    #[must_use]
    pub fn of(target: &str, body: &[u8]) -> Self {
        let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let writes = body["TransactItems"].as_array().map_or(0, Vec::len);
        let may_conflict = ["PutItem", "UpdateItem", "DeleteItem"].contains(&operation.as_str())
            && body["ConditionExpression"].is_string();
        Self { operation, writes, may_conflict }
    }

    /// The refusals that DynamoDB has for this call, those that say "nothing happened" and not only "I do not know".
    #[must_use]
    pub fn refusals(&self) -> Vec<Refusal> {
        let mut refusals =
            vec![Refusal::Throughput, Refusal::Throttling, Refusal::Internal, Refusal::Unavailable];
        if self.may_conflict {
            refusals.push(Refusal::Conflict);
        }
        if self.writes > 0 {
            refusals.extend([
                Refusal::Cancelled,
                Refusal::CancelledByThrottling,
                Refusal::InProgress,
            ]);
        }
        refusals
    }

    /// Whether this can happen to this call: all can, but for refusals that DynamoDB does not have for it.
    #[must_use]
    pub fn has(&self, fault: Fault) -> bool {
        match fault {
            Fault::Refuse(refusal) => self.refusals().contains(&refusal),
            Fault::LoseRequest
            | Fault::LoseAnswer
            | Fault::HalfAnswer
            | Fault::FailAfterEffect(_)
            | Fault::Slow(_)
            | Fault::Late(_)
            | Fault::Hang
            | Fault::Repeat
            | Fault::KillBefore
            | Fault::KillAfter => true,
        }
    }

    /// Status and body of a refusal.
    #[must_use]
    pub fn refused(&self, refusal: Refusal) -> (u16, Value) {
        let typed = |name: &str| json!({ "__type": format!("com.amazonaws.dynamodb.v20120810#{name}"), "message": "Injected by the test." });
        let cancelled = |code: &str| {
            let mut body = typed("TransactionCanceledException");
            let reasons: Vec<Value> = (0..self.writes)
                .map(|at| {
                    if at == 0 {
                        json!({ "Code": code, "Message": "Injected by the test." })
                    } else {
                        json!({ "Code": "None" })
                    }
                })
                .collect();
            body["CancellationReasons"] = Value::Array(reasons);
            body
        };
        match refusal {
            Refusal::Throughput => (400, typed("ProvisionedThroughputExceededException")),
            Refusal::Throttling => (400, typed("ThrottlingException")),
            Refusal::Internal => (500, typed("InternalServerError")),
            Refusal::Unavailable => (503, typed("ServiceUnavailable")),
            Refusal::Conflict => (400, typed("TransactionConflictException")),
            Refusal::Cancelled => (400, cancelled("TransactionConflict")),
            Refusal::CancelledByThrottling => (400, cancelled("ThrottlingError")),
            Refusal::InProgress => (400, typed("TransactionInProgressException")),
        }
    }
}

/// How many calls of ten thousand meet each fault.
#[derive(Debug, Clone, Copy)]
pub struct Rates {
    /// The request is lost.
    pub lose_request: u32,
    /// The answer is lost.
    pub lose_answer: u32,
    /// Half of the answer arrives.
    pub half_answer: u32,
    /// It had its effect and says that it failed.
    pub fail_after_effect: u32,
    /// It is refused.
    pub refuse: u32,
    /// The answer comes too late.
    pub slow: u32,
    /// The effect comes too late.
    pub late: u32,
    /// The request arrives twice.
    pub repeat: u32,
    /// The function is killed before the effect.
    pub kill_before: u32,
    /// The function is killed after the effect.
    pub kill_after: u32,
}

impl Rates {
    /// Nothing goes wrong.
    pub const CALM: Self = Self {
        lose_request: 0,
        lose_answer: 0,
        half_answer: 0,
        fail_after_effect: 0,
        refuse: 0,
        slow: 0,
        late: 0,
        repeat: 0,
        kill_before: 0,
        kill_after: 0,
    };

    /// A bad day: about one call of eight goes wrong.
    pub const ROUGH: Self = Self {
        lose_request: 100,
        lose_answer: 200,
        half_answer: 80,
        fail_after_effect: 100,
        refuse: 450,
        slow: 25,
        late: 40,
        repeat: 200,
        kill_before: 25,
        kill_after: 45,
    };
}

/// Chooses the fault of each call, and counts. The same seed makes the same choices; which call meets which choice depends on how the machine runs the functions.
#[derive(Debug)]
pub struct Script {
    chance: fastrand::Rng,
    rates: Rates,
    /// Calls by operation.
    pub calls: BTreeMap<String, u64>,
    /// Faults by their word.
    pub faults: BTreeMap<String, u64>,
}

impl Script {
    /// The script of a seed.
    #[must_use]
    pub fn new(seed: u64, rates: Rates) -> Self {
        Self {
            chance: fastrand::Rng::with_seed(seed),
            rates,
            calls: BTreeMap::new(),
            faults: BTreeMap::new(),
        }
    }

    /// From now on other rates.
    pub fn set_rates(&mut self, rates: Rates) {
        self.rates = rates;
    }

    /// What happens to this call; nothing for most.
    pub fn next(&mut self, call: &Call) -> Option<Fault> {
        *self.calls.entry(call.operation.clone()).or_default() += 1;
        let fault = self.choose(call)?;
        *self.faults.entry(fault.word()).or_default() += 1;
        Some(fault)
    }

    fn choose(&mut self, call: &Call) -> Option<Fault> {
        let draw = self.chance.u32(0..10_000);
        let mut least = 0;
        let mut within = |rate: u32| {
            least += rate;
            draw < least
        };
        let rates = self.rates;
        if within(rates.lose_request) {
            Some(Fault::LoseRequest)
        } else if within(rates.lose_answer) {
            Some(Fault::LoseAnswer)
        } else if within(rates.half_answer) {
            Some(Fault::HalfAnswer)
        } else if within(rates.fail_after_effect) {
            let mut unknown = vec![Refusal::Internal, Refusal::Unavailable];
            if call.writes > 0 {
                unknown.push(Refusal::InProgress);
            }
            self.chance.choice(unknown).map(Fault::FailAfterEffect)
        } else if within(rates.refuse) {
            self.chance.choice(call.refusals()).map(Fault::Refuse)
        } else if within(rates.slow) {
            Some(Fault::Slow(Duration::from_millis(self.chance.u64(900..1_500))))
        } else if within(rates.late) {
            Some(Fault::Late(Duration::from_millis(self.chance.u64(1_050..2_500))))
        } else if within(rates.repeat) {
            Some(Fault::Repeat)
        } else if within(rates.kill_before) {
            Some(Fault::KillBefore)
        } else if within(rates.kill_after) {
            Some(Fault::KillAfter)
        } else {
            None
        }
    }
}
