//! How the shipped operations are asked for a request.

use domain::controls::Controls;
use domain::customer::CustomerNumber;
use domain::dealer::association::{Associate, Organization, Origin, Statement};
use domain::message::Attribute;
use domain::message::edits::Field;
use domain::outcome::{
    AssociateOutcome, DealerCustomerOutcome, MessageOutcome, Processed, ReleaseOutcome, Stopped,
};
use domain::request::{Correction, Received, RequestInError, RequestInErrorId};
use operations::dealers::associate::associate;
use operations::dealers::release::release;
use operations::kit::Asked;
use operations::kit::Master;
use operations::messages::process::{self as message, Processing, Purpose};
use operations::requests::reprocess as fix;
use store::table::Table;

use super::{Answer, Made, Request, Tried, Whom, dcn};

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
        }
    }

    /// Asks the operation for it, once.
    pub async fn perform<T: Table>(
        &self,
        master: &Master<T>,
        key: Option<&str>,
        made: &Made,
    ) -> Tried {
        let key = key.map(|key| (key, format!("{self:?}")));
        let asked = Asked::new(master.table(), "caller", self.operation(), key, false);
        let answer = match self {
            Self::Associate { dcn, whom } => {
                let request = association(dcn, whom, made, master.controls());
                associate(master, &request, &asked).await.map(associated)
            }
            Self::Release { dcn } => {
                release(master, &self::dcn(dcn), &asked).await.map(|outcome| match outcome {
                    ReleaseOutcome::Released => Answer::Released,
                    ReleaseOutcome::NotAssociated => Answer::NotAssociated,
                    ReleaseOutcome::Unknown => Answer::UnknownDealerCustomer,
                })
            }
            Self::Message(letter) => {
                let message = letter.message(made);
                let received = Received {
                    content_type: "application/json".to_owned(),
                    body: format!("{letter:?}"),
                };
                message::process(master, &message, Purpose::Received(&received), &asked).await.map(
                    |processing| match processing {
                        Processing::Done(processed) => self::processed(*processed),
                        Processing::Overtaken | Processing::HistoryFull => {
                            Answer::Defect("a new message has a history".to_owned())
                        }
                    },
                )
            }
            Self::Correct { queued, city, seen } => {
                let (id, correction) = (id(made, *queued), correction(Some(city)));
                let content = |version| version == *seen;
                fix::correct(master, &id, &correction, Some(&content), &asked).await.map(|fixed| {
                    match fixed {
                        Ok(shown) => Answer::Corrected(version_by(&shown.request, &asked)),
                        Err(refused) => Answer::Refused(refused),
                    }
                })
            }
            Self::Delete { queued, seen } => {
                let content = |version| version == *seen;
                fix::delete(master, &id(made, *queued), Some(&content), &asked).await.map(|fixed| {
                    match fixed {
                        Ok(()) => Answer::Deleted,
                        Err(refused) => Answer::Refused(refused),
                    }
                })
            }
            Self::Reprocess { queued, city, seen } => {
                let (id, correction) = (id(made, *queued), correction(*city));
                let content = |version| seen.is_none_or(|seen| version == seen);
                fix::reprocess(master, &id, &correction, Some(&content), &asked).await.map(
                    |fixed| match fixed {
                        Ok(reprocessed) => processed(reprocessed.processed),
                        Err(refused) => Answer::Refused(refused),
                    },
                )
            }
        };
        Tried {
            answer: answer.unwrap_or_else(|stopped| match stopped {
                Stopped::Busy => Answer::Busy,
                Stopped::KeyReused => Answer::KeyReused,
                Stopped::Unavailable(_) => Answer::Unavailable,
                Stopped::Defect(source) => Answer::Defect(source.to_string()),
            }),
            effect: asked.cause.id,
        }
    }
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
        AssociateOutcome::Associated { organization, origin, dealer_customer, replayed: _ } => {
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
fn version_by(request: &RequestInError, asked: &Asked) -> u64 {
    let history = request.history.iter();
    let later = history.rev().take_while(|entry| entry.effect != asked.cause.id);
    request.version - later.count() as u64
}

fn correction(city: Option<&str>) -> Correction {
    let mut correction = Correction::default();
    if let Some(city) = city {
        correction.set(Field::Attribute(Attribute::CITY), Some(city.to_owned()));
    }
    correction
}

fn processed(processed: Processed) -> Answer {
    let number = |number: Option<CustomerNumber>| number.expect("only a dry run uses up no number");
    match processed.outcome {
        MessageOutcome::Created(stored) => Answer::Created(number(stored.number)),
        MessageOutcome::Updated(stored) => Answer::Updated(number(stored.number)),
        MessageOutcome::Duplicate(duplicates) => {
            Answer::Duplicate(duplicates.iter().map(|one| one.number).collect())
        }
        MessageOutcome::Failed { failed, request_in_error } => Answer::Failed(
            failed.iter().map(|failed| failed.code.code()).collect(),
            request_in_error.map_or_else(String::new, |id| id.as_str().to_owned()),
        ),
    }
}
