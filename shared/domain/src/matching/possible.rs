//! Possible duplicates: customers that the rules keep apart and that look alike all the same. They are compared by the method of the field (Fellegi and Sunter 1969; Christen
//! 2012): found by keys that each survive another mistake, weighed field by field, and told from two thresholds on. Nothing is decided by it: a steward decides.

pub mod keys;
pub mod pair;
pub mod parts;
pub mod profile;
pub mod score;
pub mod similarity;
pub mod weights;

pub use keys::{MAX_KEYS, MAX_UNDER_A_KEY};
pub use pair::{Pair, PairRecord, PairState};
pub use parts::{Part, Prints};
pub use profile::Profile;
pub use score::{Grade, Score, Thresholds, Why};
