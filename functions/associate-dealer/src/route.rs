//! The routes of this function, as http.md has them.

use api::Method;
use api::call::Call;
use api::caller::Scope;
use api::problem::Problem;
use api::rights::Right;

/// What a request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Route<'a> {
    /// `POST /dealer-customers`
    Associate,
    /// `GET /dealer-customers/{dealerCode}`
    DealerCustomers { dealer_code: &'a str },
    /// `GET /dealer-customers/{dealerCode}/{dealerCustomerNumber}`
    DealerCustomer { dealer_code: &'a str, dealer_customer_number: &'a str },
    /// `DELETE /dealer-customers/{dealerCode}/{dealerCustomerNumber}/association`
    Association { dealer_code: &'a str, dealer_customer_number: &'a str },
    /// `GET /customer-organizations/{identifier}`
    CustomerOrganization { identifier: &'a str },
}

impl<'a> Route<'a> {
    /// The route of a call: 404 for a path that is none of ours, 405 for a method that the path does not have.
    pub(crate) fn of(call: &'a Call) -> Result<Self, Problem> {
        let (method, route) = match call.segments()?[..] {
            ["dealer-customers"] => (Method::POST, Self::Associate),
            ["dealer-customers", dealer_code] => {
                (Method::GET, Self::DealerCustomers { dealer_code })
            }
            ["dealer-customers", dealer_code, dealer_customer_number] => {
                (Method::GET, Self::DealerCustomer { dealer_code, dealer_customer_number })
            }
            ["dealer-customers", dealer_code, dealer_customer_number, "association"] => {
                (Method::DELETE, Self::Association { dealer_code, dealer_customer_number })
            }
            ["customer-organizations", identifier] => {
                (Method::GET, Self::CustomerOrganization { identifier })
            }
            _ => return Err(Problem::not_found()),
        };
        if *call.method() == method {
            Ok(route)
        } else {
            Err(Problem::method_not_allowed(&[method]))
        }
    }

    /// What the route needs of its caller.
    pub(crate) fn right(self) -> Right<'a> {
        match self {
            // For which dealer code, the body says.
            Self::Associate => Right::Scope(&[Scope::Dealer]),
            Self::DealerCustomers { dealer_code } | Self::DealerCustomer { dealer_code, .. } => {
                Right::ReadOf(dealer_code)
            }
            Self::Association { dealer_code, .. } => Right::WriteFor(dealer_code),
            // A dealer sees it only if one of its dealer codes is associated with it, which the table knows.
            Self::CustomerOrganization { .. } => {
                Right::Scope(&[Scope::Dealer, Scope::Customers, Scope::Steward])
            }
        }
    }

    /// The operation's name in the log.
    pub(crate) fn operation(self) -> &'static str {
        match self {
            Self::Associate => "associate",
            Self::DealerCustomers { .. } => "list-dealer-customers",
            Self::DealerCustomer { .. } => "read-dealer-customer",
            Self::Association { .. } => "release",
            Self::CustomerOrganization { .. } => "read-customer-organization",
        }
    }
}
