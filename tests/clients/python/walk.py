"""A walk with the client that openapi-generator makes for Python: `walk.py URL TOKEN`."""

import sys

from customer_master import ApiClient, Configuration, CustomersApi, DealerCustomersApi
from customer_master.exceptions import ApiException, BadRequestException, ConflictException, UnauthorizedException, UnprocessableEntityException
from customer_master.models.address_request import AddressRequest
from customer_master.models.associate_request import AssociateRequest
from customer_master.models.cust_sold_to import CustSoldTo
from customer_master.models.customer_in import CustomerIn
from customer_master.models.customer_out import CustomerOut
from customer_master.models.dcn_already_associated import DcnAlreadyAssociated
from customer_master.models.edit_code import EditCode
from customer_master.models.invalid_request import InvalidRequest
from customer_master.models.message_refusal import MessageRefusal
from customer_master.models.phone_entry import PhoneEntry
from customer_master.models.plain_problem import PlainProblem
from customer_master.models.plain_problem_type import PlainProblemType
from customer_master.models.problem import Problem
from customer_master.models.refusal import Refusal

url, token = sys.argv[1:]
client = ApiClient(Configuration(host=url, access_token=token))
dealers, customers = DealerCustomersApi(client), CustomersApi(client)


def refused(kind: type[ApiException], call) -> ApiException:
    """What the call is refused with, which must be of this kind."""
    try:
        call()
    except kind as refusal:
        return refusal
    raise AssertionError(f"not refused with {kind.__name__}")


def request(number: str, name: str) -> AssociateRequest:
    address = AddressRequest(line1="1 Python Road", city="Westborough", state="MA", postalCode="01581", country="USA")
    return AssociateRequest(dealerCode="PY1", dealerCustomerNumber=number, businessName=name, address=address, phones=[PhoneEntry("508-555-0100")])


def message(last_name: str, city: str = "Westborough", duplicate: str | None = None, answer: bool = True) -> CustomerIn:
    customer = CustSoldTo(
        cst_fname="Paula",
        cst_lname=last_name,
        cst_street_addr="2 Python Road",
        cst_city=city,
        cst_state="MA",
        cst_zip="01581",
        cst_country="USA",
        cst_email_status="O1",
        cst_duplicate=duplicate,
        cst_send_response="Y" if answer else "N",
    )
    return CustomerIn(type="CWCustomerIn", CustSoldTo=customer)


# Associate, and read the customer.
association = dealers.associate_customer(request("A-1", "Python Quarry"))
assert association.dcn == "PY1|A-1" and association.customer_organization == "created", association
found = dealers.get_customer_organization_with_http_info(str(association.customer_organization_identifier))
assert found.data.customer_number == association.customer_number, found.data
assert found.headers is not None and found.headers["etag"] == f'"{found.data.version}"', found.headers

# 400: the DCN is taken; and a request with faults.
refusal = refused(BadRequestException, lambda: dealers.associate_customer(request("A-1", "Python Quarry")))
assert isinstance(refusal.data, Problem) and isinstance(refusal.data.actual_instance, DcnAlreadyAssociated), refusal
assert refusal.data.actual_instance.same_organization, refusal
refusal = refused(BadRequestException, lambda: dealers.associate_customer(AssociateRequest(dealerCode="PY1", dealerCustomerNumber="A-2")))
assert isinstance(refusal.data, Problem) and isinstance(refusal.data.actual_instance, InvalidRequest), refusal
assert any(fault.pointer == "/businessName" for fault in refusal.data.actual_instance.errors), refusal

# A page, and the one after it.
dealers.associate_customer(request("B-1", "Python Mill"))
page = dealers.list_dealer_customers("PY1", limit=1)
assert [customer.dealer_customer_number for customer in page.dealer_customers] == ["A-1"] and page.next is not None, page
page = dealers.list_dealer_customers("PY1", limit=1, cursor=page.next)
assert [customer.dealer_customer_number for customer in page.dealer_customers] == ["B-1"], page

# Add with an answer, and a duplicate of it: 409.
added = customers.add_customer(message("Pythonson", duplicate="Y"), idempotency_key="python-1")
assert added.cust_sold_to.cst_action_result == "Success" and added.cust_sold_to.cst_cust_nbr is not None, added
refusal = refused(ConflictException, lambda: customers.add_customer(message("Pythonson", duplicate="Y")))
assert isinstance(refusal.data, CustomerOut) and refusal.data.cust_sold_to.cst_cust_nbr == added.cust_sold_to.cst_cust_nbr, refusal

# Add without an answer. The client insists on the body that the contract describes, so the answer is left as it is.
silent = customers.add_customer_without_preload_content(message("Silent", answer=False))
assert silent.status == 201 and silent.read() == b"", silent.status
number = silent.headers["Customer-Number"]
assert number is not None and silent.headers["Location"] == f"/customers/{number}", silent.headers
assert customers.get_customer(number).cust_sold_to.cst_lname == "Silent"

# 422: failed edits, in the form of an answer; and a key of another request, in the form of a problem.
refusal = refused(UnprocessableEntityException, lambda: customers.add_customer(message("Failed", city="")))
assert isinstance(refusal.data, MessageRefusal) and isinstance(refusal.data.actual_instance, CustomerOut), refusal
failed = refusal.data.actual_instance
assert failed.cust_sold_to.error is not None and failed.cust_sold_to.error[0].code == EditCode.CITY_MINUS_BLANK and failed.request_in_error, failed
refusal = refused(UnprocessableEntityException, lambda: customers.add_customer(message("Other"), idempotency_key="python-1"))
assert isinstance(refusal.data, MessageRefusal) and isinstance(refusal.data.actual_instance, PlainProblem), refusal
assert refusal.data.actual_instance.type == PlainProblemType.IDEMPOTENCY_KEY_REUSED, refusal

# 401, which the gateway answers.
stranger = CustomersApi(ApiClient(Configuration(host=url, access_token="nobody")))
refusal = refused(UnauthorizedException, lambda: stranger.get_customer("1"))
assert isinstance(refusal.data, Refusal) and refusal.data.message == "Unauthorized", refusal
