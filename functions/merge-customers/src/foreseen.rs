//! What a dry run of a merge tells beside what would change: both customers, who would better win, and each value with whose it is and why.

use api::parts::ValueBody;
use domain::customer::merge::Choice;
use domain::customer::merge::foreseen::Compared;
use operations::customers::decision::{Beforehand, Foreseen};
use serde::Serialize;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ForeseenBody {
    proposed_winner: String,
    proposed_because: &'static str,
    winner: BeforehandBody,
    loser: BeforehandBody,
    values: Vec<ComparedBody>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BeforehandBody {
    customer_number: String,
    name: String,
    status: &'static str,
    version: u64,
    created_at: String,
    updated_at: String,
    dealer_customers: usize,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    more_dealer_customers: bool,
}

/// A value of both; what one does not have is null.
#[derive(Serialize)]
struct ComparedBody {
    attribute: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    choice: Option<&'static str>,
    winner: Option<ValueBody>,
    loser: Option<ValueBody>,
    merged: Option<ValueBody>,
    differs: bool,
    because: &'static str,
}

impl ForeseenBody {
    pub(crate) fn of(foreseen: &Foreseen) -> Self {
        let Foreseen { winner, loser, proposed: (number, because), compared } = foreseen;
        Self {
            proposed_winner: number.to_string(),
            proposed_because: because.name(),
            winner: BeforehandBody::of(winner),
            loser: BeforehandBody::of(loser),
            values: compared.iter().map(ComparedBody::of).collect(),
        }
    }
}

impl BeforehandBody {
    fn of(beforehand: &Beforehand) -> Self {
        let Beforehand { customer, dealer_customers: (counted, more) } = beforehand;
        Self {
            customer_number: customer.number.to_string(),
            name: customer.business_name(),
            status: customer.status().as_str(),
            version: customer.version,
            created_at: customer.created_at.to_string(),
            updated_at: customer.updated_at.to_string(),
            dealer_customers: *counted,
            more_dealer_customers: *more,
        }
    }
}

impl ComparedBody {
    fn of(compared: &Compared) -> Self {
        let Compared { part, choice, winner, loser, merged, differs, because } = compared;
        Self {
            attribute: part.name(),
            choice: choice.map(Choice::name),
            winner: winner.as_ref().map(ValueBody::of),
            loser: loser.as_ref().map(ValueBody::of),
            merged: merged.as_ref().map(ValueBody::of),
            differs: *differs,
            because: because.name(),
        }
    }
}
