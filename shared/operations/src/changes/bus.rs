//! Where events go: the seam between what follows from a change and whoever is told of it.

use std::error::Error;
use std::future::Future;

use domain::change::Change;

/// Takes events. What it takes it delivers at least once.
pub trait Bus: Send + Sync + 'static {
    /// Hands over one event for each change, and says of each, in order, whether it was taken.
    ///
    /// # Errors
    /// Where it cannot be known of any.
    fn put(
        &self,
        changes: &[&Change],
    ) -> impl Future<Output = Result<Vec<bool>, Box<dyn Error + Send + Sync>>> + Send;
}
