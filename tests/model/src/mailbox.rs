//! The mailbox of one client: its calls are put into it and wait there, until whoever drives the client answers them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::time::Timestamp;

use super::call::{Answer, Asked, Call, CallName};

/// A mailbox. Its clones are the same mailbox.
#[derive(Debug, Clone)]
pub struct Mailbox {
    client: usize,
    contents: Arc<Mutex<Contents>>,
}

#[derive(Debug, Default)]
struct Contents {
    begun: usize,
    waiting: Vec<Call>,
    answers: HashMap<usize, Answer>,
    paused: bool,
}

impl Mailbox {
    /// The mailbox of this client.
    pub fn new(client: usize) -> Self {
        Self { client, contents: Arc::default() }
    }

    /// Puts a call into the mailbox; it is the client's call of this number.
    pub(super) fn put(&self, process: usize, at: Timestamp, asked: Asked) -> usize {
        let mut contents = self.contents();
        let ordinal = contents.begun;
        contents.begun += 1;
        contents.waiting.push(Call {
            name: CallName { client: self.client, ordinal },
            process,
            at,
            asked,
        });
        ordinal
    }

    /// Takes the calls that wait in the mailbox.
    pub fn take(&self) -> Vec<Call> {
        std::mem::take(&mut self.contents().waiting)
    }

    /// Answers a call.
    pub fn answer(&self, ordinal: usize, answer: Answer) {
        self.contents().answers.insert(ordinal, answer);
    }

    /// The answer to a call, if it is there.
    pub(super) fn answer_to(&self, ordinal: usize) -> Option<Answer> {
        self.contents().answers.remove(&ordinal)
    }

    /// The client pauses.
    pub(super) fn pause(&self) {
        self.contents().paused = true;
    }

    /// Whether the client paused since this was last asked.
    pub fn has_paused(&self) -> bool {
        std::mem::take(&mut self.contents().paused)
    }

    fn contents(&self) -> MutexGuard<'_, Contents> {
        self.contents.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
