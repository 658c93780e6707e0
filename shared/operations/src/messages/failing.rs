//! The edits that a message fails now: those that processing it would report.

use domain::message::Message;
use domain::message::edits::FailedEdit;
use store::table::Table;

use super::decide::{Known, Verdict, decide};
use crate::kit::seats::NextRound;
use crate::kit::{Attempt, Master, Stopped};

pub(crate) async fn failing<T: Table>(
    master: &Master<T>,
    message: &Message,
) -> Result<Vec<FailedEdit>, Stopped> {
    let attempt = Attempt::look(master, "show");
    let mut known = Known::default();
    loop {
        match decide(&attempt, message, &mut known).await?.verdict {
            Verdict::Duplicate { failed, .. } | Verdict::Fail(failed) => return Ok(failed),
            Verdict::Replay(..)
            | Verdict::Create(..)
            | Verdict::WouldCreate(_)
            | Verdict::Unchanged(..)
            | Verdict::Update { .. } => return Ok(Vec::new()),
            Verdict::ReadAgain => known.seats.begin(NextRound::Anew, &attempt).await?,
        }
    }
}
