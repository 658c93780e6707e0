//! Dealers: one story of associations, reads and releases.

use kit::contract::Aliases;
use kit::fixture::Fixture;

use crate::Story;

/// The customer that `associate-created` makes, as the events name it. An identifier ends at random, so it is replaced by the one that was made.
const ACME: &str = "NGPWTW8181RA8CQ7-000001-7TZ8Q2XK";

pub(crate) const STORY: Story = &[
    ("associate-dry-run", 201, "/customerOrganization", "created"),
    ("associate-created", 201, "/customerOrganizationIdentifier", ACME),
    ("associate-taken", 400, "/type", "/problems/dcn-already-associated"),
    ("associate-matched", 201, "/customerOrganization", "matched"),
    ("associate-given", 201, "/customerOrganization", "given"),
    ("associate-with-key", 201, "/dcn", "TD69|A-102"),
    ("associate-with-key-again", 201, "/dcn", "TD69|A-102"),
    ("associate-key-reused", 422, "/type", "/problems/idempotency-key-reused"),
    ("associate-base64", 201, "/dcn", "TD68|Z-1"),
    ("associate-array-claim", 201, "/dcn", "TD68|ORCHARD-7"),
    ("associate-batch-dry-run", 200, "/results/1/customerOrganization", "matched"),
    ("associate-batch", 200, "/results/2/problem/type", "/problems/dcn-already-associated"),
    ("associate-batch-again", 200, "/results/3/problem/type", "/problems/forbidden"),
    ("associate-batch-empty", 400, "/type", "/problems/invalid-request"),
    ("associate-faults", 400, "/type", "/problems/invalid-request"),
    ("associate-not-json", 400, "/type", "/problems/invalid-request"),
    ("associate-xml", 415, "/type", "/problems/unsupported-media-type"),
    ("associate-too-large", 413, "/type", "/problems/too-large"),
    ("associate-foreign-dealer", 403, "/type", "/problems/forbidden"),
    ("associate-without-scope", 403, "/type", "/problems/forbidden"),
    ("associate-without-claims", 401, "/type", "/problems/unauthenticated"),
    ("associate-unknown-identifier", 404, "/type", "/problems/customer-organization-not-found"),
    ("read-dealer-customer", 200, "/customerOrganizationIdentifier", ACME),
    ("read-dealer-customer-absent", 404, "/type", "/problems/not-found"),
    ("read-dealer-customer-foreign", 404, "/type", "/problems/not-found"),
    ("list-dealer-customers", 200, "/dealerCustomers/1/dcn", "TD69|A-101"),
    ("list-dealer-customers-foreign", 404, "/type", "/problems/not-found"),
    ("list-dealer-customers-bad-cursor", 400, "/errors/0/pointer", "/query/cursor"),
    ("read-customer-organization", 200, "/dealerCustomers/0/dcn", "TD68|245TRSSDG343456"),
    ("read-customer-organization-as-customers", 200, "/customerNumber", "000000001"),
    ("read-customer-organization-unknown", 404, "/type", "/problems/not-found"),
    ("release-dry-run", 200, "/dcn", "TD68|245TRSSDG343456"),
    ("release", 204, "", ""),
    ("release-not-associated", 409, "/type", "/problems/not-associated"),
    ("release-absent", 404, "/type", "/problems/not-found"),
    ("release-foreign", 403, "/type", "/problems/forbidden"),
    ("associate-after-release", 200, "/dealerCustomer", "associated"),
    ("method-not-allowed", 405, "/type", "/problems/method-not-allowed"),
    ("unknown-path", 404, "/type", "/problems/not-found"),
    // Sent after a second customer of that name and place is there.
    ("associate-ambiguous", 409, "/candidates/1", ACME),
];

/// Puts what an event needs into the table before it is sent.
pub(crate) async fn prepare(master: &Fixture, event: &str, aliases: &Aliases) {
    if event == "associate-ambiguous" {
        master.plant_twin(&aliases.as_found(ACME), [1; 10]).await;
    }
}
