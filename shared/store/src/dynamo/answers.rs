//! What the database's answers mean: done, refused, or could not find out. No call is made here.

use std::error::Error;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::types::{AttributeValue, CancellationReason, ConsumedCapacity};

use crate::item::Item;
use crate::keys::{self, IndexEntry, Key};
use crate::table::TableError;
use crate::writes::{Refusal, Transacted};

/// The refusals of a single write, which the SDK knows as one error type for each kind of write.
pub(super) trait Refused {
    fn refusal(&self) -> Option<Refusal>;
}

macro_rules! refused {
    ($($error:path),+) => {
        $(impl Refused for $error {
            fn refusal(&self) -> Option<Refusal> {
                match self {
                    Self::ConditionalCheckFailedException(failed) => Some(Refusal::Condition(failed.item.clone().filter(|item| !item.is_empty()))),
                    Self::TransactionConflictException(_) => Some(Refusal::Contended),
                    _ => None,
                }
            }
        })+
    };
}

refused!(
    aws_sdk_dynamodb::operation::put_item::PutItemError,
    aws_sdk_dynamodb::operation::update_item::UpdateItemError
);

/// Reads the reasons of a cancelled transaction by their position.
pub(super) fn refusals(reasons: &[CancellationReason]) -> Result<Transacted, TableError> {
    let refusal = |reason: &CancellationReason| match reason.code() {
        None | Some("None") => Ok(None),
        Some("ConditionalCheckFailed") => {
            Ok(Some(Refusal::Condition(reason.item.clone().filter(|item| !item.is_empty()))))
        }
        Some("TransactionConflict" | "ThrottlingError" | "ProvisionedThroughputExceeded") => {
            Ok(Some(Refusal::Contended))
        }
        Some(code) => {
            Err(TableError::Defect(format!("a transaction was cancelled with {code}").into()))
        }
    };
    reasons.iter().map(refusal).collect::<Result<_, _>>().map(Transacted::Refused)
}

/// Tells an answer that says "try again" from one that says "you are wrong".
pub(super) fn could_not<E>(error: SdkError<E>) -> TableError
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    const AGAIN_LATER: [&str; 8] = [
        "ThrottlingException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "InternalServerError",
        "ServiceUnavailable",
        "TransactionInProgressException",
        // Of a single write it is a refusal.
        "TransactionConflictException",
        "LimitExceededException",
    ];
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the SDK may add kinds of errors; what is not known to pass is a defect"
    )]
    let later = match &error {
        SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) | SdkError::ResponseError(_) => {
            true
        }
        SdkError::ServiceError(answer) => {
            // An answer without a code could not be read, be it a success or a refusal: whether there was an effect is unknown.
            answer.raw().status().is_server_error()
                || answer.err().code().is_none_or(|code| AGAIN_LATER.contains(&code))
        }
        _ => false,
    };
    if later {
        TableError::Unavailable(Box::new(error))
    } else {
        TableError::Defect(Box::new(error))
    }
}

pub(super) fn defect(error: impl Error + Send + Sync + 'static) -> TableError {
    TableError::Defect(Box::new(error))
}

/// Whether an update's old values are those of an item. For an item that was not there DynamoDB returns none, and the embedded database its key alone,
/// which none of our items is.
pub(super) fn stood_there(old: &Item) -> bool {
    old.keys().any(|name| name != keys::PARTITION_KEY && name != keys::SORT_KEY)
}

pub(super) fn index_entry(mut item: Item) -> Result<IndexEntry, TableError> {
    let mut take = |name: &str| match item.remove(name) {
        Some(AttributeValue::S(text)) => Ok(text),
        _ => Err(TableError::Defect("an index entry has no key".into())),
    };
    Ok(IndexEntry {
        sort: take(keys::INDEX_SORT_KEY)?,
        key: Key { pk: take(keys::PARTITION_KEY)?, sk: take(keys::SORT_KEY)? },
    })
}

pub(super) fn units(capacity: Option<&ConsumedCapacity>) -> f64 {
    capacity.and_then(ConsumedCapacity::capacity_units).unwrap_or_default()
}
