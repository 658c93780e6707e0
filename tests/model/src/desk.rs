//! The desk of one client: its calls are laid on it and wait there, until whoever drives the client answers them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::time::Timestamp;

use super::call::{Answer, Asked, Call, CallName};

/// A desk. Its clones are the same desk.
#[derive(Debug, Clone)]
pub struct Desk {
    client: usize,
    papers: Arc<Mutex<Papers>>,
}

#[derive(Debug, Default)]
struct Papers {
    begun: usize,
    laid: Vec<Call>,
    answers: HashMap<usize, Answer>,
    paused: bool,
}

impl Desk {
    /// The desk of this client.
    pub fn new(client: usize) -> Self {
        Self { client, papers: Arc::default() }
    }

    /// Lays a call on the desk; it is the client's call of this number.
    pub(super) fn lay(&self, process: usize, at: Timestamp, asked: Asked) -> usize {
        let mut papers = self.papers();
        let ordinal = papers.begun;
        papers.begun += 1;
        papers.laid.push(Call {
            name: CallName { client: self.client, ordinal },
            process,
            at,
            asked,
        });
        ordinal
    }

    /// Takes the calls that were laid on the desk.
    pub fn take(&self) -> Vec<Call> {
        std::mem::take(&mut self.papers().laid)
    }

    /// Answers a call.
    pub fn answer(&self, ordinal: usize, answer: Answer) {
        self.papers().answers.insert(ordinal, answer);
    }

    /// The answer to a call, if it is there.
    pub(super) fn answer_to(&self, ordinal: usize) -> Option<Answer> {
        self.papers().answers.remove(&ordinal)
    }

    /// The client pauses.
    pub(super) fn pause(&self) {
        self.papers().paused = true;
    }

    /// Whether the client paused since this was last asked.
    pub fn has_paused(&self) -> bool {
        std::mem::take(&mut self.papers().paused)
    }

    fn papers(&self) -> MutexGuard<'_, Papers> {
        self.papers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
