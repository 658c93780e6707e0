//! The routing table of http.md: which function answers which path.

use crate::gateway::{Access, Route};

/// `associate-dealer`, by its place in the list of functions.
pub const ASSOCIATE_DEALER: usize = 0;

/// All routes. Methods are the functions' to refuse.
pub const ROUTES: &[Route] = &[
    authorized("/dealer-customers", ASSOCIATE_DEALER),
    authorized("/dealer-customers/{dealerCode}", ASSOCIATE_DEALER),
    authorized(
        "/dealer-customers/{dealerCode}/{dealerCustomerNumber}",
        ASSOCIATE_DEALER,
    ),
    authorized(
        "/dealer-customers/{dealerCode}/{dealerCustomerNumber}/association",
        ASSOCIATE_DEALER,
    ),
    authorized("/customer-organizations/{identifier}", ASSOCIATE_DEALER),
];

const fn authorized(path: &'static str, function: usize) -> Route {
    Route {
        path,
        function,
        access: Access::Authorized,
    }
}
