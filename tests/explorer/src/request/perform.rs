//! How the shipped operations are asked for a request.

use domain::by::By;
use domain::controls::Controls;
use domain::customer::CustomerNumber;
use domain::customer::merge::{Choice, Choices, Side};
use domain::dealer::association::{Associate, Organization, Origin, Statement};
use domain::effect::EffectId;
use domain::history::Part;
use domain::message::Attribute;
use domain::message::edits::Field;
use domain::request::{Correction, Received, RequestInError, RequestInErrorId, Versions};
use operations::customers::decision::{Decided, NotDecided};
use operations::customers::erase::erase;
use operations::customers::keep_apart::{Two, keep_apart, take_back};
use operations::customers::merge::{Merging, merge};
use operations::customers::unmerge::{Parting, unmerge};
use operations::dealers::associate::{
    AssociateOutcome, Associated, DealerCustomerOutcome, associate,
};
use operations::dealers::release::{ReleaseOutcome, release};
use operations::kit::{Attempt, Master, Stopped};
use operations::messages::process::process;
use operations::messages::{MessageOutcome, MessageResult};
use operations::requests::NotFixed;
use operations::requests::correct::correct;
use operations::requests::delete::delete;
use operations::requests::reprocess::reprocess;
use store::table::WholeTable;

use super::{Answer, Made, Request, Tried, Whom, audit, dcn};

impl Request {
    /// The operation under which its idempotency key is bound.
    pub fn operation(&self) -> &'static str {
        match self {
            Self::Associate { .. } => "associate",
            Self::Release { .. } => "release",
            Self::Message(_) => "add",
            Self::Correct { .. } => "correct",
            Self::Delete { .. } => "delete",
            Self::Reprocess { .. } => "reprocess",
            Self::Merge { .. } => "merge",
            Self::Unmerge { .. } => "unmerge",
            Self::Erase { .. } => "erase",
            Self::KeepApart { .. } => "keep-apart",
            Self::TakeBack { .. } => "take-back",
            Self::BringIn | Self::Audit => "audit",
        }
    }

    /// Asks the operation for it, once.
    pub async fn perform<T: WholeTable>(
        &self,
        master: &Master<T>,
        key: Option<&str>,
        made: &Made,
    ) -> Tried {
        let key = key.map(|key| (key, format!("{self:?}")));
        let by = By::new("caller", self.operation(), "request");
        let attempt = Attempt::new(master, by, key, false);
        let answer =
            match self {
                Self::Associate { dcn, whom } => {
                    let request = association(dcn, whom, made, master.controls());
                    associate(&attempt, &request).await.map(associated)
                }
                Self::Release { dcn } => {
                    release(&attempt, &self::dcn(dcn)).await.map(|outcome| match outcome {
                        ReleaseOutcome::Released => Answer::Released,
                        ReleaseOutcome::NotAssociated => Answer::NotAssociated,
                        ReleaseOutcome::Unknown => Answer::UnknownDealerCustomer,
                    })
                }
                Self::Message(fields) => {
                    let message = fields.message(made);
                    let received = Received {
                        content_type: "application/json".to_owned(),
                        body: format!("{fields:?}"),
                    };
                    process(&attempt, &message, &received).await.map(processed)
                }
                Self::Correct { queued, city, seen } => {
                    let (id, correction) = (id(made, *queued), correction(Some(city)));
                    let seen = Versions::OneOf(vec![*seen]);
                    let shown = correct(&attempt, &id, &correction, Some(&seen)).await;
                    fixed(shown.map(|shown| {
                        Answer::Corrected(version_by(&shown.request, attempt.effect()))
                    }))
                }
                Self::Delete { queued, seen } => {
                    let seen = Versions::OneOf(vec![*seen]);
                    let deleted = delete(&attempt, &id(made, *queued), None, Some(&seen)).await;
                    fixed(deleted.map(|()| Answer::Deleted))
                }
                Self::Reprocess { queued, city, seen } => {
                    let (id, correction) = (id(made, *queued), correction(*city));
                    let seen = seen.map_or(Versions::Any, |seen| Versions::OneOf(vec![seen]));
                    let done = reprocess(&attempt, &id, &correction, Some(&seen)).await;
                    fixed(done.map(|done| processed(done.outcome)))
                }
                Self::Merge { winner, loser, address } => {
                    let side = if *address { Side::Loser } else { Side::Winner };
                    let merging = Merging {
                        winner: number(made, *winner),
                        loser: number(made, *loser),
                        winner_seen: Some(Versions::Any),
                        loser_seen: Some(Versions::Any),
                        choices: Choices::from([(Choice::Address, side)]),
                        counts: false,
                    };
                    decided(merge(&attempt, &merging).await, Answer::Merged)
                }
                Self::Unmerge { winner, loser } => {
                    let mail_code = Choice::Part(Part::Attribute(Attribute::MAIL_CODE));
                    let keep = [(Choice::Address, Side::Winner), (mail_code, Side::Winner)];
                    let parting = Parting {
                        winner: number(made, *winner),
                        loser: number(made, *loser),
                        seen: Some(Versions::Any),
                        keep: Choices::from(keep),
                        counts: false,
                    };
                    decided(unmerge(&attempt, &parting).await, Answer::Parted)
                }
                Self::Erase { customer } => {
                    let erased = erase(&attempt, number(made, *customer)).await;
                    erased.map(|erased| erased.map_or(Answer::Unknown, |_| Answer::Erased))
                }
                Self::KeepApart { one, other } => {
                    let two = Two { customer: number(made, *one), other: number(made, *other) };
                    keep_apart(&attempt, two).await.map(Answer::KeptApart)
                }
                Self::TakeBack { one, other } => {
                    let two = Two { customer: number(made, *one), other: number(made, *other) };
                    take_back(&attempt, two).await.map(Answer::TakenBack)
                }
                Self::BringIn => audit::bring_in(master).await,
                Self::Audit => audit::audit(master).await,
            };
        Tried {
            answer: answer.unwrap_or_else(|stopped| match stopped {
                Stopped::Busy => Answer::Busy,
                Stopped::KeyReused => Answer::KeyReused,
                Stopped::AlreadyProcessed => Answer::AlreadyProcessed,
                Stopped::Unavailable(_) => Answer::Unavailable,
                Stopped::Defect(source) => Answer::Defect(source.to_string()),
            }),
            effect: attempt.effect().clone(),
        }
    }
}

/// A decision, or why it was not carried out.
fn decided(
    result: Result<Decided, NotDecided>,
    answer: impl FnOnce(CustomerNumber, u64) -> Answer,
) -> Result<Answer, Stopped> {
    match result {
        Ok(decided) => Ok(answer(decided.number, decided.version)),
        Err(NotDecided::Refused(refused)) => Ok(Answer::NotDecided(refused)),
        Err(NotDecided::Stopped(stopped)) => Err(stopped),
    }
}

fn number(made: &Made, before: usize) -> CustomerNumber {
    made[before].customer.as_ref().expect("a scenario names what was made").1
}

/// A refusal is an answer.
fn fixed(result: Result<Answer, NotFixed>) -> Result<Answer, Stopped> {
    result.or_else(|why| match why {
        NotFixed::Refused(refused) => Ok(Answer::Refused(refused)),
        NotFixed::Stopped(stopped) => Err(stopped),
    })
}

fn association(text: &str, whom: &Whom, made: &Made, controls: &Controls) -> Associate {
    let (organization, statement) = match whom {
        Whom::Made(before) => {
            let (identifier, _) =
                made[*before].customer.clone().expect("a scenario names what was made");
            (Organization::Given(identifier), Statement::default())
        }
        Whom::Searched(party) => (Organization::Searched, party.statement()),
    };
    Associate::new(dcn(text), organization, statement, controls)
        .expect("the associations of scenarios pass the edits")
}

fn associated(outcome: AssociateOutcome) -> Answer {
    match outcome {
        AssociateOutcome::Associated(associated) => {
            let Associated { organization, number: _, origin, dealer_customer, replayed: _ } =
                associated;
            Answer::Associated {
                organization: organization.expect("only a dry run names nobody"),
                origin: match origin {
                    Origin::Created => "created",
                    Origin::Matched(_) => "matched",
                    Origin::Given => "given",
                },
                created: dealer_customer == DealerCustomerOutcome::Created,
            }
        }
        AssociateOutcome::Taken { holder, same } => Answer::Taken { holder, same },
        AssociateOutcome::UnknownOrganization => Answer::UnknownOrganization,
        AssociateOutcome::Ambiguous(mut candidates) => {
            candidates.sort();
            Answer::Ambiguous(candidates)
        }
    }
}

fn id(made: &Made, queued: usize) -> RequestInErrorId {
    RequestInErrorId::of(&made[queued].effect)
}

/// The version that the request in error got by what was asked. The answer tells how it stands now: after a repeated call others may have touched it since.
fn version_by(request: &RequestInError, effect: &EffectId) -> u64 {
    let history = request.history.iter();
    let later = history.rev().take_while(|entry| entry.effect != *effect);
    request.version - later.count() as u64
}

fn correction(city: Option<&str>) -> Correction {
    let mut correction = Correction::default();
    if let Some(city) = city {
        correction.set(Field::Attribute(Attribute::CITY), Some(city.to_owned()));
    }
    correction
}

fn processed(outcome: MessageOutcome) -> Answer {
    let number = |number: Option<CustomerNumber>| number.expect("only a dry run uses up no number");
    match outcome.result {
        MessageResult::Created(stored) => Answer::Created(number(stored.number)),
        MessageResult::Updated(stored) | MessageResult::Unchanged(stored) => {
            Answer::Updated(number(stored.number))
        }
        MessageResult::Duplicate(duplicates) => {
            Answer::Duplicate(duplicates.iter().map(|one| one.number).collect())
        }
        MessageResult::Failed { failed, request_in_error } => Answer::Failed(
            failed.iter().map(|failed| failed.code.code()).collect(),
            request_in_error.map_or_else(String::new, |id| id.as_str().to_owned()),
        ),
    }
}
