"""What schemathesis finds without being right, and why. All else that it finds is a fault of the contract or of the service.

Each exception looks at the request and at its answer, and holds for nothing but what is said beside it. The codes (ST…) are the tool's own.
"""

import json
import re

import schemathesis

ACCEPTED_WHAT_VIOLATES, REFUSED_WHAT_FITS = "ST201", "ST202"
NO_CONTENT_TYPE, NO_JSON = "ST104", "ST109"


# Rules that are of two values together, or of what an attribute's name or a number may be, by operation.
RULED = {
    "findCustomers": ("nothing-asked", "invalid-dcn"),
    "getCustomer": ("version-or-time", "invalid-version"),
    "keepApart": ("same-customer", "invalid-number"),
    "takeBackKeepApart": ("same-customer",),
    "decidePossibleDuplicates": ("same-customer", "invalid-number", "pair-twice"),
    "mergeCustomers": ("same-customer", "invalid-number", "unknown-property"),
    "unmergeCustomers": ("same-customer", "invalid-number", "unknown-property"),
    # A text of blanks is none.
    "assignError": ("required",),
    "noteError": ("required",),
}


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """Whether a finding stands."""
    exceptions = {
        NO_CONTENT_TYPE: is_the_empty_answer,
        NO_JSON: is_the_empty_answer,
        ACCEPTED_WHAT_VIOLATES: is_read_leniently,
        REFUSED_WHAT_FITS: is_refused_for_what_no_schema_says,
    }
    exception = exceptions.get(failure.code)
    return exception is None or not exception(case, response)


def is_the_empty_answer(case, response):
    """A message that does not ask for an answer gets an empty one, whatever came of it. OpenAPI has no way to say that a body may be missing;
    the contract marks where it may."""
    request = response.request.body or b""
    request = request.decode("utf-8", "replace") if isinstance(request, bytes) else request
    asks = re.search(r"""cst_send_response"?\s*[:=]\s*["']Y["']""", request, re.IGNORECASE)
    marked = case.operation.definition.raw["responses"].get(str(response.status_code), {}).get("x-may-be-empty")
    return marked is True and response.content == b"" and not asks


def is_read_leniently(case, response):
    """In messages, and in corrections of them, a number is taken as it is written, null is: not given, and a `cst_duplicate` that has no
    meaning has none. The contract says so in words, and lets clients send texts."""
    if any(part.mode.is_negative and place.name != "BODY" for place, part in case.meta.components.items()):
        return False
    if operation(case) in ("addCustomers", "associateCustomers"):
        # Each row has its own answer, and one that is refused harms no other.
        return response.status_code == 200 and b'"results"' in response.content
    if operation(case) in ("correctError", "reprocessError"):
        values = list(case.body.values()) if isinstance(case.body, dict) else [{}]
    elif operation(case) == "addCustomer" and isinstance(case.body, dict) and isinstance(case.body.get("CustSoldTo"), dict):
        values = [value for name, value in case.body.items() if name != "CustSoldTo"] + list(case.body["CustSoldTo"].values())
    elif operation(case) == "tryRules" and isinstance(case.body, dict) and isinstance(case.body.get("messages"), list):
        customers = [message.get("CustSoldTo") for message in case.body["messages"] if isinstance(message, dict)]
        values = [value for customer in customers if isinstance(customer, dict) for value in customer.values()]
    else:
        return False
    return all(value is None or (isinstance(value, (str, int, float)) and not isinstance(value, bool)) for value in values)


def is_refused_for_what_no_schema_says(case, response):
    """What the edits judge, and what depends on what is there already: no schema can say it."""
    if response.status_code == 422 and operation(case) in ("addCustomer", "reprocessError") and not is_problem(response):
        # The message failed its edits. An empty answer says so by its status and by the request in error that it names.
        failed = b'"Failure"' in response.content
        return failed or (is_the_empty_answer(case, response) and "location" in response.headers)
    if not is_problem(response):
        return False
    problem = json.loads(response.content)
    if problem["type"] == "/problems/version-required" and operation(case) == "mergeCustomers":
        # It may be left out of the body so that its absence is told as that of `If-Match` is.
        return "loserVersion" not in (case.body or {})
    if problem["type"] == "/problems/not-possible" and operation(case) == "mergeCustomers":
        return all(fault["code"] in ("address-is-whole", "other-company") for fault in problem["errors"])
    if problem["type"] in ("/problems/dcn-already-associated", "/problems/version-mismatch", "/problems/idempotency-key-reused"):
        return True
    # Rules, values with a letter or digit, and a number above zero.
    rules = ("invalid-layout", "invalid-exact-match", "invalid-rule", "invalid-value") if operation(case) == "tryRules" else ()
    ruled = RULED.get(operation(case), ())
    edits = case.operation.schema.raw_schema["components"]["schemas"]["EditCode"]["enum"]
    # A cursor is what an answer gave; no other text is one.
    return problem["type"] == "/problems/invalid-request" and all(
        fault["code"] in edits or fault["code"] in rules or fault["code"] in ruled or fault["code"] == "invalid-cursor" or is_no_version(case, fault) or is_on_nobody(case, fault)
        for fault in problem["errors"]
    )


def is_on_nobody(case, fault):
    """Rules are tried on messages or on a customer. That one of two has to be there generators of clients cannot take in, so the contract says it in words."""
    return operation(case) == "tryRules" and fault["code"] == "required" and fault.get("pointer", "").endswith("/messages")


def is_no_version(case, fault):
    """The tool sends an `If-Match` of its own, whatever pattern the contract has for it."""
    sent = (case.headers or {}).get("If-Match", "")
    return fault["code"] == "invalid-if-match" and not re.fullmatch(r'\*|"[1-9][0-9]{0,9}"', sent)


def operation(case):
    return case.operation.definition.raw["operationId"]


def is_problem(response):
    return response.headers.get("content-type", [""])[0].startswith("application/problem+json")
