//! A clock that stands still while there is work, and jumps to the next moment that somebody waits for when there is none: waiting costs no time, and the same run takes
//! the same time on any machine.
//!
//! It drives one piece of work at a time; what is waited for is not known here.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use aws_sdk_dynamodb::config::{AsyncSleep, Sleep};

/// The clock.
#[derive(Debug, Clone, Default)]
pub struct Clock(Arc<Mutex<Moments>>);

#[derive(Debug, Default)]
struct Moments {
    now: Duration,
    next: u64,
    waiting: BTreeMap<(Duration, u64), Waker>,
}

impl Clock {
    /// How much time has passed since the clock was made.
    #[must_use]
    pub fn now(&self) -> Duration {
        self.moments().now
    }

    /// Lets time pass.
    pub fn pass(&self, time: Duration) {
        self.moments().now += time;
    }

    /// Waits on this clock.
    #[must_use]
    pub fn wait(&self, time: Duration) -> Wait {
        let mut moments = self.moments();
        moments.next += 1;
        let moment = (moments.now + time, moments.next);
        drop(moments);
        Wait {
            clock: self.clone(),
            moment,
        }
    }

    /// Does the work; whenever all of it waits, the next moment comes at once. It ends without an outcome when `given_up` says so.
    pub async fn drive<W: Future>(
        &self,
        work: W,
        given_up: impl Fn() -> bool,
    ) -> Option<W::Output> {
        let mut work = pin!(work);
        std::future::poll_fn(|context| {
            loop {
                if let Poll::Ready(done) = work.as_mut().poll(context) {
                    return Poll::Ready(Some(done));
                }
                if given_up() {
                    return Poll::Ready(None);
                }
                // Nobody waits on this clock: the work waits for something real.
                if !self.jump() {
                    return Poll::Pending;
                }
            }
        })
        .await
    }

    fn jump(&self) -> bool {
        let mut moments = self.moments();
        let Some(((moment, _), waker)) = moments.waiting.pop_first() else {
            return false;
        };
        moments.now = moments.now.max(moment);
        drop(moments);
        waker.wake();
        true
    }

    fn moments(&self) -> MutexGuard<'_, Moments> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl AsyncSleep for Clock {
    fn sleep(&self, duration: Duration) -> Sleep {
        Sleep::new(self.wait(duration))
    }
}

/// Waits for a moment.
#[derive(Debug)]
pub struct Wait {
    clock: Clock,
    moment: (Duration, u64),
}

impl Future for Wait {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut moments = self.clock.moments();
        if moments.now >= self.moment.0 {
            return Poll::Ready(());
        }
        moments.waiting.insert(self.moment, context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        self.clock.moments().waiting.remove(&self.moment);
    }
}
