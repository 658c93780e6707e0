"""Mistakes put into the template on purpose, and the trial that must notice each: tests of the step itself."""

import copy

import trials
from stage import Failed


def missing_variable(template):
    del template["Globals"]["Function"]["Environment"]["Variables"]["KEY_SECRET"]


def route_to_the_wrong_function(template):
    resources = template["Resources"]
    events = resources["FindCustomer"]["Properties"]["Events"]
    resources["FixError"]["Properties"]["Events"]["GetCustomer"] = events.pop("GetCustomer")


def scope_left_out(template):
    event = template["Resources"]["FixError"]["Properties"]["Events"]["ListErrors"]
    del event["Properties"]["Auth"]


def right_too_few(template):
    (policy,) = template["Resources"]["AddCustomerRole"]["Properties"]["Policies"]
    statements = policy["PolicyDocument"]["Statement"]
    statements.remove(next(statement for statement in statements if statement.get("Sid") == "QueueRequestInError"))


# The mistake, how it is made, the trial that must fail, and a word of what it must say.
MISTAKES = [
    ("a missing environment variable", missing_variable, trials.smoke, "test result: FAILED"),
    ("a route to the wrong function", route_to_the_wrong_function, trials.smoke, "a_message_adds_a_customer"),
    ("a scope left out", scope_left_out, trials.doors, "GET /errors without a scope"),
    ("a right too few", right_too_few, trials.smoke, "AddCustomerRole does not allow PutItem"),
]


def are_noticed(stage, template):
    for name, make, trial, word in MISTAKES:
        mistaken = copy.deepcopy(template)
        make(mistaken)
        stage.deploy_packages_of(stage, mistaken)
        try:
            trial(stage)
        except Failed as failed:
            if word not in str(failed):
                raise Failed(f"{name.capitalize()} fails the step, but not for what it is:\n{failed}") from failed
        else:
            raise Failed(f"{name.capitalize()} is not noticed.")
        finally:
            stage.gate.take_refused()
    stage.deploy_packages_of(stage, template)
    trials.smoke(stage)
