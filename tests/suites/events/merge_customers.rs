//! What is decided about customers as a whole: one story of customers that messages made.

use kit::fixture::{Fixture, person};

use crate::Story;

pub(crate) const STORY: Story = &[
    ("merge-version-missing", 428, "/type", "/problems/version-required"),
    ("merge-part-of-an-address", 422, "/errors/0/pointer", "/take/cst_city"),
    ("merge-dry-run", 200, "/absorbed/0", "000000002"),
    ("merge", 200, "/customerNumber", "000000001"),
    ("merge-again", 200, "/customerNumber", "000000001"),
    ("merge-already-merged", 409, "/type", "/problems/already-merged"),
    ("unmerge", 200, "/released/0", "000000002"),
    ("unmerge-not-merged", 409, "/type", "/problems/not-merged"),
    ("restore", 200, "/customerNumber", "000000001"),
    ("restore-unknown-version", 404, "/type", "/problems/not-found"),
    ("erase-dry-run", 200, "/customerNumber", "000000001"),
    ("erase", 204, "", ""),
    ("erase-unknown", 404, "/type", "/problems/not-found"),
];

/// The customers that the events name, by the numbers that they get.
pub(crate) async fn plant(master: &Fixture) {
    for name in ["Robinson", "Dryer"] {
        master.send(&person(name)).await.is_empty(201);
    }
}
