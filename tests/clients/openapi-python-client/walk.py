"""A walk with the client that openapi-python-client makes: `walk.py URL TOKEN`."""

import sys

from customer_master_client import AuthenticatedClient
from customer_master_client.api.customers import add_customer, get_customer
from customer_master_client.api.dealer_customers import associate_customer, get_customer_organization, list_dealer_customers
from customer_master_client.models import (
    AddressRequestType0,
    AssociateRequest,
    Association,
    Customer,
    CustomerIn,
    CustomerOrganization,
    CustomerOut,
    CustomerOutCustSoldToCstActionResult,
    CustSoldTo,
    CustSoldToCstDuplicate,
    DcnAlreadyAssociated,
    DealerCustomers,
    EditCode,
    InvalidRequest,
    PhoneRequest,
    PlainProblem,
    PlainProblemType,
    Refusal,
)
from customer_master_client.types import Unset

url, token = sys.argv[1:]
client = AuthenticatedClient(base_url=url, token=token, raise_on_unexpected_status=True)


def request(number: str, name: str) -> AssociateRequest:
    address = AddressRequestType0(line1="1 Attrs Road", city="Westborough", state="MA", postal_code="01581", country="USA")
    phones: list[PhoneRequest | str] = ["508-555-0100", PhoneRequest(number="508-555-0101", type_="DAY")]
    return AssociateRequest(dealer_code="OP1", dealer_customer_number=number, business_name=name, address=address, phones=phones)


def message(last_name: str, city: str = "Westborough", duplicate: CustSoldToCstDuplicate | Unset = Unset(), answer: bool = True) -> CustomerIn:
    customer = CustSoldTo(
        cst_fname="Petra",
        cst_lname=last_name,
        cst_street_addr="2 Attrs Road",
        cst_city=city,
        cst_state="MA",
        cst_zip="01581",
        cst_country="USA",
        cst_email_status="O1",
        cst_duplicate=duplicate,
        cst_send_response="Y" if answer else "N",
    )
    return CustomerIn(type_="CWCustomerIn", cust_sold_to=customer)


# Associate, and read the customer.
association = associate_customer.sync(client=client, body=request("A-1", "Attrs Quarry"))
assert isinstance(association, Association), association
assert association.dcn == "OP1|A-1" and association.customer_organization == "created", association
assert association.customer_organization_identifier is not None
found = get_customer_organization.sync_detailed(association.customer_organization_identifier, client=client)
assert isinstance(found.parsed, CustomerOrganization) and found.parsed.customer_number == association.customer_number, found
assert found.headers["ETag"] == f'"{found.parsed.version}"', found

# 400: the DCN is taken; and a request with faults.
taken = associate_customer.sync(client=client, body=request("A-1", "Attrs Quarry"))
assert isinstance(taken, DcnAlreadyAssociated) and taken.same_organization, taken
faulty = associate_customer.sync(client=client, body=AssociateRequest(dealer_code="OP1", dealer_customer_number="A-2"))
assert isinstance(faulty, InvalidRequest) and any(fault.pointer == "/businessName" for fault in faulty.errors), faulty

# A page, and the one after it.
associate_customer.sync(client=client, body=request("B-1", "Attrs Mill"))
page = list_dealer_customers.sync("OP1", client=client, limit=1)
assert isinstance(page, DealerCustomers) and page.next_ is not None, page
assert [customer.dealer_customer_number for customer in page.dealer_customers] == ["A-1"], page
page = list_dealer_customers.sync("OP1", client=client, limit=1, cursor=page.next_)
assert isinstance(page, DealerCustomers) and [customer.dealer_customer_number for customer in page.dealer_customers] == ["B-1"], page

# Add with an answer, and a duplicate of it: 409.
added = add_customer.sync(client=client, body=message("Attrson", duplicate=CustSoldToCstDuplicate.Y), idempotency_key="attrs-1")
assert isinstance(added, CustomerOut) and added.cust_sold_to.cst_action_result == CustomerOutCustSoldToCstActionResult.SUCCESS, added
duplicate = add_customer.sync_detailed(client=client, body=message("Attrson", duplicate=CustSoldToCstDuplicate.Y))
assert duplicate.status_code == 409 and isinstance(duplicate.parsed, CustomerOut), duplicate
assert duplicate.parsed.cust_sold_to.cst_cust_nbr == added.cust_sold_to.cst_cust_nbr, duplicate

# Add without an answer. The client insists on the body that the contract describes, so its request is sent and the answer left as it is.
silent = client.get_httpx_client().request(**add_customer._get_kwargs(body=message("Silent", answer=False)))
assert silent.status_code == 201 and silent.content == b"", silent
number = silent.headers["Customer-Number"]
assert silent.headers["Location"] == f"/customers/{number}", silent.headers
kept = get_customer.sync(number, client=client)
assert isinstance(kept, Customer) and kept.cust_sold_to.cst_lname == "Silent", kept

# 422: failed edits, in the form of an answer; and a key of another request, in the form of a problem.
failed = add_customer.sync_detailed(client=client, body=message("Failed", city=""))
assert failed.status_code == 422 and isinstance(failed.parsed, CustomerOut), failed
errors = failed.parsed.cust_sold_to.error
assert not isinstance(errors, Unset) and errors[0].code == EditCode.CITY_BLANK and failed.parsed.request_in_error, failed
reused = add_customer.sync(client=client, body=message("Other"), idempotency_key="attrs-1")
assert isinstance(reused, PlainProblem) and reused.type_ == PlainProblemType.IDEMPOTENCY_KEY_REUSED, reused

# 401, which the gateway answers.
stranger = get_customer.sync("1", client=AuthenticatedClient(base_url=url, token="nobody"))
assert isinstance(stranger, Refusal) and stranger.message == "Unauthorized", stranger
