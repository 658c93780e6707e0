//! The routes of this function.

use api::Method;
use api::call::Call;
use api::caller::Scope;
use api::problem::Problem;
use api::rights::Right;

pub(crate) enum Route {
    Associate,
    AssociateBatch,
    DealerCustomers { code: String },
    DealerCustomer { code: String, number: String },
    Association { code: String, number: String },
    CustomerOrganization { identifier: String },
}

impl Route {
    /// The route of a call: 404 for a path that is none of ours, 405 for a method that the path does not have.
    pub(crate) fn of(call: &Call) -> Result<Self, Problem> {
        call.route(match call.segments()?[..] {
            ["dealer-customers"] => vec![(Method::POST, Self::Associate)],
            // A dealer that is called so has capital letters.
            ["dealer-customers", "batch"] => vec![(Method::POST, Self::AssociateBatch)],
            ["dealer-customers", code] => {
                vec![(Method::GET, Self::DealerCustomers { code: code.into() })]
            }
            ["dealer-customers", code, number] => {
                let (code, number) = (code.into(), number.into());
                vec![(Method::GET, Self::DealerCustomer { code, number })]
            }
            ["dealer-customers", code, number, "association"] => {
                let (code, number) = (code.into(), number.into());
                vec![(Method::DELETE, Self::Association { code, number })]
            }
            ["customer-organizations", identifier] => {
                vec![(Method::GET, Self::CustomerOrganization { identifier: identifier.into() })]
            }
            _ => vec![],
        })
    }
}

impl api::Route for Route {
    fn operation(&self) -> &'static str {
        match self {
            Self::Associate => "associate",
            Self::AssociateBatch => "associate-batch",
            Self::DealerCustomers { .. } => "list-dealer-customers",
            Self::DealerCustomer { .. } => "read-dealer-customer",
            Self::Association { .. } => "release",
            Self::CustomerOrganization { .. } => "read-customer-organization",
        }
    }
    fn right(&self) -> Right<'_> {
        match self {
            // For which dealer codes, the body says.
            Self::Associate | Self::AssociateBatch => Right::Scope(&[Scope::Dealer]),
            Self::DealerCustomers { code } | Self::DealerCustomer { code, .. } => {
                Right::ReadOf(code)
            }
            Self::Association { code, .. } => Right::WriteFor(code),
            // A dealer sees it only if one of its dealer codes is associated with it, which the table knows.
            Self::CustomerOrganization { .. } => {
                Right::Scope(&[Scope::Dealer, Scope::Customers, Scope::Steward])
            }
        }
    }
}
