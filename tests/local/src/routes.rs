//! The routing table of http.md: which function answers which path.

use crate::gateway::{Access, Route};

/// `associate-dealer`, by its place in the list of functions.
pub const ASSOCIATE_DEALER: usize = 0;

/// `add-customer`, by its place in the list of functions.
pub const ADD_CUSTOMER: usize = 1;

/// `fix-error`, by its place in the list of functions.
pub const FIX_ERROR: usize = 2;

/// All routes. Methods are the functions' to refuse.
pub const ROUTES: &[Route] = &[
    authorized("/dealer-customers", ASSOCIATE_DEALER),
    authorized("/dealer-customers/{dealerCode}", ASSOCIATE_DEALER),
    authorized("/dealer-customers/{dealerCode}/{dealerCustomerNumber}", ASSOCIATE_DEALER),
    authorized(
        "/dealer-customers/{dealerCode}/{dealerCustomerNumber}/association",
        ASSOCIATE_DEALER,
    ),
    authorized("/customer-organizations/{identifier}", ASSOCIATE_DEALER),
    authorized("/customers", ADD_CUSTOMER),
    authorized("/customers/{number}", ADD_CUSTOMER),
    authorized("/customers/{number}/erase", FIX_ERROR),
    authorized("/errors", FIX_ERROR),
    authorized("/errors.csv", FIX_ERROR),
    authorized("/errors/reprocess", FIX_ERROR),
    authorized("/errors/{id}", FIX_ERROR),
    authorized("/errors/{id}/reprocess", FIX_ERROR),
    anyone("/console", FIX_ERROR),
    anyone("/console/{file}", FIX_ERROR),
    anyone("/openapi.yaml", FIX_ERROR),
];

const fn authorized(path: &'static str, function: usize) -> Route {
    Route { path, function, access: Access::Authorized }
}

const fn anyone(path: &'static str, function: usize) -> Route {
    Route { path, function, access: Access::Anyone }
}
