//! What follows from a change: history, look-up keys, and telling the rest of the world. Nothing of it is on the path of a request, and nothing of it ever decides one.

mod append;
mod bus;
mod erasure;
pub mod follow;
pub(crate) mod pairs;
mod plan;
pub mod pull;
mod record;
mod told;

pub use bus::Bus;
pub use follow::{Follower, chain};
pub use record::Record;
pub use told::Told;

pub(crate) use plan::{change_of_version, standings};
