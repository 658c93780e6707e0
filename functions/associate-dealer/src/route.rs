//! The routes of this function.

use api::Method;
use api::call::Call;
use api::problem::Problem;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Route<'a> {
    Associate,
    DealerCustomers { dealer_code: &'a str },
    DealerCustomer { dealer_code: &'a str, dealer_customer_number: &'a str },
    Association { dealer_code: &'a str, dealer_customer_number: &'a str },
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
