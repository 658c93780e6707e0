//! The edits that a message fails now: those that processing it would report.

use domain::message::Message;
use domain::message::edits::FailedEdit;
use store::table::Table;

use super::decide::{Verdict, decide};
use crate::kit::{Attempt, Master, Stopped};

pub(crate) async fn failing<T: Table>(
    master: &Master<T>,
    message: &Message,
) -> Result<Vec<FailedEdit>, Stopped> {
    let attempt = Attempt::look(master, "show");
    let mut standardized = None;
    loop {
        match decide(&attempt, message, &mut standardized).await?.verdict {
            Verdict::Duplicate { failed, .. } | Verdict::Fail(failed) => return Ok(failed),
            Verdict::Replay(..)
            | Verdict::Create(_)
            | Verdict::WouldCreate(_)
            | Verdict::Update { .. } => return Ok(Vec::new()),
            Verdict::ReadAgain => attempt.again().await?,
        }
    }
}
