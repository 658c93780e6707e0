//! The registry of problem types: slug, status and title of each, in the order of the contract's table.
//!
//! When a type is used is not decided here, and a slug that was once given out never changes its meaning.

use lambda_http::http::StatusCode;

/// Writes the enum, the list of all its values and their facts from one table, so that no type can miss any of them.
macro_rules! registry {
    ($($(#[$meaning:meta])* $name:ident = $slug:literal, $status:ident, $title:literal;)+) => {
        /// The registry of problem types. The slug is what callers' programs compare; it never changes its meaning.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ProblemType {
            $($(#[$meaning])* $name,)+
        }

        impl ProblemType {
            /// Every problem type, in the order of the contract's table.
            pub const ALL: &[ProblemType] = &[$(ProblemType::$name,)+];

            /// The last part of the type's URI reference, `/problems/<slug>`; also the outcome in the log line.
            pub const fn slug(self) -> &'static str {
                match self { $(ProblemType::$name => $slug,)+ }
            }

            /// The status that every problem of this type is sent with.
            pub const fn status(self) -> StatusCode {
                match self { $(ProblemType::$name => StatusCode::$status,)+ }
            }

            /// The sentence that every problem of this type shares.
            pub const fn title(self) -> &'static str {
                match self { $(ProblemType::$name => $title,)+ }
            }
        }
    };
}

registry! {
    /// The request has faults; all of them are listed, with pointers.
    InvalidRequest = "invalid-request", BAD_REQUEST, "The request is not valid";
    /// A message that cannot be parsed; the detail has the reason.
    InvalidMessage = "invalid-message", BAD_REQUEST, "The message cannot be parsed";
    /// The path exists, but not with this method; `Allow` lists those it has.
    MethodNotAllowed = "method-not-allowed", METHOD_NOT_ALLOWED, "The path does not have this method";
    /// The DCN belongs to a customer already (`sameOrganization`, `customerOrganizationIdentifier`).
    DcnAlreadyAssociated = "dcn-already-associated", BAD_REQUEST, "The dealer customer number is already associated";
    /// No verified claims came with the request.
    Unauthenticated = "unauthenticated", UNAUTHORIZED, "The caller is not known";
    /// The caller lacks the scope or the dealer code.
    Forbidden = "forbidden", FORBIDDEN, "The caller may not do this";
    /// There is nothing here, or nothing that the caller may see.
    NotFound = "not-found", NOT_FOUND, "There is no such thing";
    /// No customer has the given identifier.
    CustomerOrganizationNotFound = "customer-organization-not-found", NOT_FOUND, "There is no such customer organization";
    /// Several customers fit (`candidates`); the caller picks one.
    AmbiguousCustomerOrganization = "ambiguous-customer-organization", CONFLICT, "Several customer organizations match";
    /// The request in error is resolved already (`customerNumber`).
    AlreadyResolved = "already-resolved", CONFLICT, "The request in error is already resolved";
    /// The request in error is deleted already.
    AlreadyDeleted = "already-deleted", CONFLICT, "The request in error is already deleted";
    /// The request in error is open, and was to be reopened.
    AlreadyOpen = "already-open", CONFLICT, "The request in error is open";
    /// The dealer customer belongs to no customer.
    NotAssociated = "not-associated", CONFLICT, "The dealer customer is not associated";
    /// So much happened since the key was first used that nobody can tell any more what it did; it is never done again.
    AlreadyProcessed = "already-processed", CONFLICT, "The request was processed before";
    /// The customer was merged into another, which acts for it (`customerNumber`, `mergedInto`).
    AlreadyMerged = "already-merged", CONFLICT, "The customer was merged into another";
    /// The one customer was not merged into the other, or was parted from it again.
    NotMerged = "not-merged", CONFLICT, "The customers are not merged";
    /// The chain of merges would be too long, or too many customers would hang on one.
    TooManyMerged = "too-many-merged", CONFLICT, "Too many customers would be merged into one";
    /// Something changed since the merge (`attributes`), and nobody said with whom it stays.
    ChangedSince = "changed-since", CONFLICT, "The customer has changed since";
    /// The person was erased; nothing can be merged, parted or restored any more.
    CustomerErased = "customer-erased", CONFLICT, "The person was erased";
    /// The version that the caller saw is no longer the current one (`version`).
    VersionMismatch = "version-mismatch", PRECONDITION_FAILED, "The version has changed";
    /// What is asked for was there, and is no more.
    Gone = "gone", GONE, "It is no longer here";
    /// The body is larger than 128 KiB.
    TooLarge = "too-large", PAYLOAD_TOO_LARGE, "The body is too large";
    /// The body is of a content type, charset or content encoding that this route does not read.
    UnsupportedMediaType = "unsupported-media-type", UNSUPPORTED_MEDIA_TYPE, "The content type is not supported";
    /// The route needs `If-Match`.
    VersionRequired = "version-required", PRECONDITION_REQUIRED, "The version is required";
    /// The idempotency key was used for another request.
    IdempotencyKeyReused = "idempotency-key-reused", UNPROCESSABLE_ENTITY, "The idempotency key belongs to another request";
    /// What is asked for reads well, and cannot be: two companies, a part of an address, a number that others have.
    NotPossible = "not-possible", UNPROCESSABLE_ENTITY, "This cannot be done";
    /// Too much contention or load; the same request may succeed a little later (`Retry-After`).
    Busy = "busy", SERVICE_UNAVAILABLE, "The service is busy";
    /// Something broke; the log has the inside under the request id.
    Internal = "internal", INTERNAL_SERVER_ERROR, "Something went wrong";
}

#[cfg(test)]
mod tests {
    use super::ProblemType;

    #[test]
    fn the_registry_is_the_table_of_the_contract() {
        let table: Vec<(&str, u16)> =
            ProblemType::ALL.iter().map(|kind| (kind.slug(), kind.status().as_u16())).collect();
        assert_eq!(
            table,
            [
                ("invalid-request", 400),
                ("invalid-message", 400),
                ("method-not-allowed", 405),
                ("dcn-already-associated", 400),
                ("unauthenticated", 401),
                ("forbidden", 403),
                ("not-found", 404),
                ("customer-organization-not-found", 404),
                ("ambiguous-customer-organization", 409),
                ("already-resolved", 409),
                ("already-deleted", 409),
                ("already-open", 409),
                ("not-associated", 409),
                ("already-processed", 409),
                ("already-merged", 409),
                ("not-merged", 409),
                ("too-many-merged", 409),
                ("changed-since", 409),
                ("customer-erased", 409),
                ("version-mismatch", 412),
                ("gone", 410),
                ("too-large", 413),
                ("unsupported-media-type", 415),
                ("version-required", 428),
                ("idempotency-key-reused", 422),
                ("not-possible", 422),
                ("busy", 503),
                ("internal", 500),
            ]
        );
    }
}
