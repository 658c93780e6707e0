"""What is tried on a deployed stage. Each trial ends quietly or with `Failed`, and none knows how the stage came to be."""

import json
import os
import re
import subprocess

import boto3
import door
from samcli.yamlhelper import yaml_parse
from stage import Failed

SCOPES = ("dealer", "customers", "steward", "privacy")
DEALER_CODE = "SMOKE"
# The partition of the counter of customer numbers: functions that are warm have taken numbers from it.
COUNTER = "COUNTER#CUSTOMER"
# What the template calls the secret's bytes is the functions' own limit.
SECRET_BYTES = 32


def everybody(stage):
    """A token with every scope, and the dealer code of the smoke test."""
    return stage.issuer.token(" ".join(SCOPES), dealer_codes=f"{DEALER_CODE} TD68")


def rights_were_enough(stage):
    refused = sorted(set(stage.gate.take_refused()))
    if refused:
        raise Failed("Rights are missing:\n  " + "\n  ".join(refused))


def suite(stage, name, *filters, **variables):
    """A suite of the tests against the stage."""
    command = ["cargo", "test", "--quiet", "--package", "suites", "--test", name, "--", *filters]
    done = subprocess.run(command, env={**os.environ, "RUST_BACKTRACE": "0", **variables}, capture_output=True, text=True)
    rights_were_enough(stage)
    ran = re.search(r"test result: ok\. (\d+) passed", done.stdout)
    if done.returncode != 0 or not ran or ran[1] == "0":
        raise Failed(f"The suite {name} fails:\n{done.stdout[-6000:]}\n{done.stderr[-2000:]}")


def smoke(stage, token=None):
    """The smoke test, as the release checklist has it."""
    suite(stage, "smoke", BASE_URL=stage.url, TOKEN=token or everybody(stage), DEALER_CODE=DEALER_CODE)


def events(stage):
    """The sample events, each story on an empty table and before its function made any customer."""
    for package in ("associate_dealer", "add_customer", "fix_error"):
        stage.empty()
        suite(
            stage,
            "events",
            f"each_event_of_{package}_gets_its_answer",
            INVOKE_URL=f"{stage.gate.url}/invoke/{stage.stack}",
            DYNAMODB_URL=stage.account.url,
            TABLE_NAME=stage.table,
        )


def corpus(stage):
    """One request of every kind, so that every role is asked for all that its function does."""
    stage.empty(but=[COUNTER])
    suite(stage, "deployment", "one_request_of_every_kind", BASE_URL=stage.url, TOKEN=everybody(stage))


def operations():
    """Every operation of the contract: method, path, scopes."""
    with open("openapi.yaml", encoding="utf-8") as file:
        contract = yaml_parse(file.read())
    for path, methods in contract["paths"].items():
        for method, operation in methods.items():
            if method in ("get", "post", "put", "patch", "delete"):
                scopes = [scope for requirement in operation["security"] for scope in requirement.get("bearer", [])]
                yield method.upper(), re.sub(r"\{\w+\}", "0000000000000009", path), scopes


def doors(stage):
    """Each door opens to those scopes that the contract names, and the gateway itself turns everybody else away."""
    bad = []

    def held(method, path, who, answer, expected):
        by_the_gateway = answer.headers.get("x-request-id") is None
        if expected is None:
            right = answer.status not in (401, 403) and not by_the_gateway
        else:
            right = answer.status == expected and by_the_gateway
        if not right:
            by = "the gateway" if by_the_gateway else "a function"
            bad.append(f"{method} {path} {who}: {answer} by {by}, and not {expected or 'let in'}")

    for method, path, scopes in operations():
        def asked(token):
            return door.ask(stage, method, path, token, {} if method in ("POST", "PATCH") else None)

        held(method, path, "of a stranger", asked(None), 401 if scopes else None)
        if not scopes:
            continue
        for why, token in stage.issuer.bad_tokens().items():
            held(method, path, f"with a token {why}", asked(token), 401)
        held(method, path, "without a scope", asked(stage.issuer.token()), 403)
        for scope in SCOPES:
            token = stage.issuer.token(scope, dealer_codes="0000000000000009")
            held(method, path, f"with the scope {scope}", asked(token), None if scope in scopes else 403)
    rights_were_enough(stage)
    if bad:
        raise Failed("Doors are not as the contract says:\n  " + "\n  ".join(bad))


def message(name, check="Y"):
    return {
        "type": "CWCustomerIn",
        "source": "CROWD",
        "CustSoldTo": {
            "cst_send_response": "Y", "cst_duplicate": check, "cst_fname": "Crowd", "cst_lname": name, "cst_street_addr": f"{name} Example Street",
            "cst_city": "Westborough", "cst_state": "MA", "cst_zip": "01581", "cst_country": "USA", "cst_email_status": "O1",
        },
    }  # fmt: skip


def counted(answers):
    counts = {}
    for answer in answers:
        counts[answer.status] = counts.get(answer.status, 0) + 1
    return counts


def crowd(stage):
    """64 equal Adds make one customer, and 50 associations of one DCN associate one."""
    token = everybody(stage)
    adds = door.all_at_once([lambda: door.ask_until_decided(stage, "POST", "/customers", token, message("Multitude"))] * 64)
    numbers = {answer.json["CustSoldTo"]["cst_cust_nbr"] for answer in adds}
    if counted(adds) != {201: 1, 409: 63} or len(numbers) != 1:
        raise Failed(f"64 equal Adds: {counted(adds)}, numbers {numbers}")

    def associate(which):
        address = {"line1": f"{which} Quarry Road", "city": "Westborough", "state": "MA", "postalCode": "01581", "country": "USA"}
        body = {"dealerCode": DEALER_CODE, "dealerCustomerNumber": "CROWD-1", "businessName": f"Quarry {which}", "address": address}
        return lambda: door.ask_until_decided(stage, "POST", "/dealer-customers", token, body)

    associations = door.all_at_once([associate(which) for which in range(50)])
    if counted(associations) != {201: 1, 400: 49}:
        raise Failed(f"50 associations of one DCN: {counted(associations)}")
    made = next(answer.json["customerOrganizationIdentifier"] for answer in associations if answer.status == 201)
    read = door.ask(stage, "GET", f"/dealer-customers/{DEALER_CODE}/CROWD-1", token)
    if read.status != 200 or read.json["customerOrganizationIdentifier"] != made:
        raise Failed(f"The association that was made is not the one that is there: {read}")
    rights_were_enough(stage)


def without_country():
    told = message("Stateless")
    del told["CustSoldTo"]["cst_country"]
    return told


def country_is(stage, wanted):
    """Whether the control DEFAULT_COUNTRY is this one, told from what a message without a country is answered."""
    answer = door.ask_until_decided(stage, "POST", "/customers?dryRun=true", everybody(stage), without_country())
    if answer.status != (201 if wanted else 422):
        raise Failed(f"With the default country {wanted or 'of none'} a message without one is answered {answer}")
    rights_were_enough(stage)


def secret_reaches_the_functions(stage):
    """The generated secret is each function's KEY_SECRET; what it is, is not shown."""
    secrets = stage.account.client("secretsmanager")
    secret = secrets.get_secret_value(SecretId=stage.resources["KeySecret"])["SecretString"]
    if len(secret.encode()) < SECRET_BYTES:
        raise Failed("The generated secret is too short.")
    for function in ("AssociateDealer", "AddCustomer", "FixError"):
        if stage.variables(function).get("KEY_SECRET") != secret:
            raise Failed(f"{function} does not have the generated secret.")
    return secret


def table_survived(stage, before):
    """After `sam delete` the stack is gone and the table is there, with what it held."""
    stacks = stage.cloudformation.list_stacks()["StackSummaries"]
    if any(one["StackName"] == stage.stack and one["StackStatus"] != "DELETE_COMPLETE" for one in stacks):
        raise Failed("The stack is still there.")
    if stage.items() != before:
        raise Failed(f"The table held {before} items and holds {stage.items()}.")
    secrets = stage.account.client("secretsmanager")
    if not secrets.get_secret_value(SecretId=stage.resources["KeySecret"])["SecretString"]:
        raise Failed("The secret is gone.")
    left = [one["FunctionName"] for one in stage.account.client("lambda").list_functions()["Functions"] if stage.stack in one["FunctionName"]]
    if left:
        raise Failed(f"Functions are left: {left}")


def roles_are_narrow(stage):
    """No role allows anything on the whole table, or on partitions that are not named."""
    actions = sorted(boto3.client("dynamodb", region_name="us-east-1").meta.service_model.operation_names)
    actions += ["ConditionCheckItem", "PartiQLSelect", "PartiQLInsert", "PartiQLUpdate", "PartiQLDelete"]
    roles = [role for (stack, _), role in stage.gate.roles.items() if stack == stage.stack]
    wide = [what for role in roles for what in role.table_wide(actions, stage.table, "gsi1")]
    if wide:
        raise Failed("Roles allow more than single partitions:\n  " + "\n  ".join(wide))


def rights_were_needed(stage):
    """Every right of every role was needed by a call of this run."""
    unused = [what for (stack, _), role in stage.gate.roles.items() if stack == stage.stack for what in role.unused()]
    if unused:
        raise Failed("Nobody needed these rights:\n  " + "\n  ".join(unused))
