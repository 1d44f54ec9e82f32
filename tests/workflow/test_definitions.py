"""Seams of the state machines: with themselves, with the handlers, with the errors."""

import ast
import inspect
import re
from importlib import import_module
from types import ModuleType
from typing import Any

import msgspec
import pytest

from tests.workflow.definitions import (
    MACHINES,
    ROOT,
    State,
    all_states,
    all_tasks,
    caught,
    definition,
    follow_ups,
    function_tasks,
    module_of,
    named,
    reachable,
    retried,
    selected,
    states,
    text_of,
)
from tunedrop import errors
from tunedrop.errors import (
    BusinessError,
    CapacityUnavailableError,
    ChampionChangedError,
    JobSlotsFullError,
)
from tunedrop.run import CREATED, REUSED
from tunedrop.serving import approval, capacity, clean_up, swapping, turns

FINE_TUNING, CLEAN_UP_RUN = MACHINES
STANDARD_RETRY = states(FINE_TUNING)["PrepareRun"]["Retry"]
SERVICE_ERRORS = {
    "States.ALL",
    "States.Timeout",
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
    "Sandbox.Timedout",
    "Runtime.ExitError",
    "Lambda.Unknown",
    "StepFunctions.ExecutionLimitExceededException",
    "StepFunctions.ServiceUnavailableException",
}
# Whoever answers SQS, EventBridge or people, and no state of a machine.
EVENT_HANDLERS = {"start_run", "resume_run", "sweep", "answer_approval"}
EVENTS_PER_ROUND_OF_A_TOKEN = ("TaskScheduled", "TaskStarted", "TaskSubmitted", "TaskTimedOut")
MOST_EVENTS_AN_HOUR = 20
OF_JSONATA = {"Arguments", "Assign", "Output", "QueryLanguage"}

each_machine = pytest.mark.parametrize("machine", MACHINES)
each_state = pytest.mark.parametrize("task", all_states(), ids=named)
each_task = pytest.mark.parametrize("task", all_tasks(), ids=named)
each_function_task = pytest.mark.parametrize("task", function_tasks(), ids=named)

Task = tuple[str, str, State]


def error_classes(base: type[Exception]) -> list[type[Any]]:
    found = [each for each in vars(errors).values() if inspect.isclass(each)]
    return [each for each in found if issubclass(each, base) and each is not base]


# The files


@each_machine
def test_the_file_is_strict_json_that_workflow_studio_opens(machine: str) -> None:
    assert definition(machine)["StartAt"] in states(machine)
    assert definition(machine)["Comment"].startswith("Tunedrop: ")


@each_machine
def test_paths_are_jsonpath_only(machine: str) -> None:
    assert "{%" not in text_of(machine)
    for name, state in states(machine).items():
        assert not OF_JSONATA & set(state), name


@each_machine
def test_the_execution_has_a_time_limit(machine: str) -> None:
    assert definition(machine)["TimeoutSeconds"] > 0


@each_machine
def test_every_target_exists_and_every_state_is_reached(machine: str) -> None:
    found = states(machine)
    targets = {target for state in found.values() for target in follow_ups(state)}
    assert targets <= set(found)
    assert reachable(machine, [definition(machine)["StartAt"]]) == set(found)


@each_state
def test_every_state_says_at_night_what_it_does(task: Task) -> None:
    comment = task[2]["Comment"]
    assert comment.endswith(".")
    assert len(comment.split()) >= 5


@each_function_task
def test_every_task_names_its_code(task: Task) -> None:
    assert f"lambdas/{module_of(task[1])}.py" in task[2]["Comment"]


# Tasks


@each_task
def test_every_task_has_a_time_limit_and_catches_everything_last(task: Task) -> None:
    assert task[2]["TimeoutSeconds"] > 0
    assert task[2]["Catch"][-1]["ErrorEquals"] == ["States.ALL"]


@each_function_task
def test_every_function_is_retried_as_is_usual(task: Task) -> None:
    own = task[2]["Retry"][: -len(STANDARD_RETRY)]
    assert task[2]["Retry"][-len(STANDARD_RETRY) :] == STANDARD_RETRY
    assert all(retry["ErrorEquals"] == ["States.Timeout"] for retry in own)
    assert bool(own) == task[2]["Resource"].endswith(".waitForTaskToken")


def test_retries_wait_longer_and_longer_and_not_all_at_once() -> None:
    assert STANDARD_RETRY[0]["BackoffRate"] == 2
    assert STANDARD_RETRY[0]["JitterStrategy"] == "FULL"
    assert STANDARD_RETRY[0]["MaxDelaySeconds"] <= 60


@pytest.mark.parametrize(
    "task", [each for each in all_tasks() if "Token" in each[2]["Resource"]], ids=named
)
def test_a_wait_for_a_token_looks_again_for_days_within_twenty_events_an_hour(task: Task) -> None:
    [again] = [r for r in task[2]["Retry"] if r["ErrorEquals"] == ["States.Timeout"]]
    round_seconds = task[2]["TimeoutSeconds"] + again["IntervalSeconds"]
    assert 3600 / round_seconds * len(EVENTS_PER_ROUND_OF_A_TOKEN) <= MOST_EVENTS_AN_HOUR
    assert again["BackoffRate"] == 1
    assert again["MaxAttempts"] * round_seconds > definition(task[0])["TimeoutSeconds"]


def test_an_hour_of_waiting_for_a_job_slot_adds_few_events() -> None:
    round_seconds = states(FINE_TUNING)["WaitForJobSlot"]["Seconds"]
    of_the_wait, of_the_task = 2, len(("Entered", "Scheduled", "Started", "Failed", "Exited"))
    assert 3600 / round_seconds * (of_the_wait + of_the_task) <= MOST_EVENTS_AN_HOUR


def test_a_failed_run_waits_for_its_clean_up_as_long_as_that_takes() -> None:
    waits = states(FINE_TUNING)["CleanUp"]["TimeoutSeconds"]
    assert waits >= definition(CLEAN_UP_RUN)["TimeoutSeconds"]


def test_clean_up_gives_up_in_words_before_its_time_limit() -> None:
    assert clean_up._LONGEST_TAKE_DOWN.total_seconds() < definition(CLEAN_UP_RUN)["TimeoutSeconds"]


def test_a_run_that_waits_for_its_turn_asks_often_enough_to_be_known_as_waiting() -> None:
    pause = states(FINE_TUNING)["WaitForCapacity"]["Seconds"]
    assert 2 * pause < turns.ASKS_WITHIN.total_seconds()


def test_an_approval_is_looked_at_before_its_deadline() -> None:
    round_seconds = states(FINE_TUNING)["ApproveDeployment"]["TimeoutSeconds"]
    assert round_seconds < approval.DEADLINE.total_seconds()
    assert approval.DEADLINE.total_seconds() < definition(FINE_TUNING)["TimeoutSeconds"]


# Handlers


def test_placeholders_are_the_functions_and_the_other_machine() -> None:
    found = {name for m in MACHINES for name in re.findall(r"\$\{(\w+)\}", text_of(m))}
    functions = {f"{name}FunctionArn" for _, name, _ in function_tasks()}
    assert found == functions | {"CleanUpRunStateMachineArn"}


@each_function_task
def test_a_state_calls_the_function_of_its_own_name(task: Task) -> None:
    assert task[2]["Parameters"]["FunctionName"] == f"${{{task[1]}FunctionArn}}"


def test_state_module_and_test_share_a_name() -> None:
    in_states = {module_of(name) for _, name, _ in function_tasks()}
    modules = {path.stem for path in (ROOT / "lambdas").glob("*.py")}
    tests = {path.stem for path in (ROOT / "tests" / "functional").glob("test_*.py")}
    assert modules - {"__init__", "runtime"} == in_states | EVENT_HANDLERS
    assert tests >= {f"test_{module}" for module in in_states | EVENT_HANDLERS}


@each_function_task
def test_a_state_selects_what_its_handler_answers(task: Task) -> None:
    module = import_module(f"lambdas.{module_of(task[1])}")
    output = getattr(module, f"{task[1]}Output", None)
    answered = set(output.__struct_fields__) if output else set()
    assert selected(task[2].get("ResultSelector", {})) == answered
    for name, path in task[2].get("ResultSelector", {}).items():
        assert path == f"$.Payload.{name.removesuffix('.$')}"


@each_function_task
def test_a_state_gives_what_its_handler_takes(task: Task) -> None:
    machine, name, state = task
    taken = input_of(import_module(f"lambdas.{module_of(name)}"))
    assert taken.__struct_config__.forbid_unknown_fields
    if (machine, name) == (CLEAN_UP_RUN, "CleanUp"):
        assert state["Parameters"]["Payload.$"] == "$$.Execution.Input"
        given = states(FINE_TUNING)["CleanUp"]["Parameters"]["Input"]
    else:
        given = state["Parameters"]["Payload"]
    assert selected(given) == set(taken.__struct_fields__)


def input_of(module: ModuleType) -> type[msgspec.Struct]:
    """The struct that a handler parses its event as."""
    [name] = [
        node.args[1].id
        for node in ast.walk(ast.parse(inspect.getsource(module)))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "parse"
        and isinstance(node.args[1], ast.Name)
    ]
    found: type[msgspec.Struct] = getattr(module, name)
    return found


@pytest.mark.parametrize(
    ("choice", "elsewhere"),
    [
        ("IsThroughputReused", {REUSED, capacity.WINDOW}),
        ("ChooseCapacity", {REUSED, CREATED, capacity.COMMITTED}),
    ],
)
def test_every_capacity_leads_where_it_is_had(choice: str, elsewhere: set[str]) -> None:
    choices = states(FINE_TUNING)[choice]["Choices"]
    assert {each["StringEquals"] for each in choices} == elsewhere
    assert len({each["Next"] for each in choices}) == len(elsewhere)


def test_a_window_is_waited_for_in_parts_that_a_cancelled_run_ends_with() -> None:
    wait, swap = states(FINE_TUNING)["WaitForWindow"], states(FINE_TUNING)["SwapThroughput"]
    assert wait["SecondsPath"] == f"{swap['ResultPath']}.wait_seconds"
    of_the_wait, of_the_task = 3, len(("Entered", "Scheduled", "Started", "Succeeded", "Exited"))
    longest = swapping._LONGEST_WAIT_SECONDS
    assert 3600 / longest * (of_the_wait + of_the_task) <= MOST_EVENTS_AN_HOUR
    assert f"every {longest // 60} minutes" in wait["Comment"]


# Errors and ends


@each_task
def test_every_error_name_is_a_class_of_ours_or_a_services_word(task: Task) -> None:
    ours = {each.__name__ for each in error_classes(errors.TunedropError)}
    assert set(caught(task[2]) + retried(task[2])) <= ours | SERVICE_ERRORS


@pytest.mark.parametrize(
    "error",
    [
        *error_classes(BusinessError),
        JobSlotsFullError,
        CapacityUnavailableError,
        ChampionChangedError,
    ],
)
def test_every_business_error_and_every_reason_to_wait_is_caught_by_name(
    error: type[Exception],
) -> None:
    assert error.__name__ in {name for _, _, state in all_tasks() for name in caught(state)}


def test_a_busy_service_is_retried_everywhere() -> None:
    assert all("ServiceBusyError" in retried(state) for _, _, state in function_tasks())


@pytest.mark.parametrize("error", error_classes(BusinessError))
def test_every_business_outcome_has_its_red_end(error: type[BusinessError]) -> None:
    end = states(FINE_TUNING)[error.outcome]
    assert (end["Type"], end["Error"]) == ("Fail", error.outcome)
    assert end["CausePath"] == "$.outcome.Cause"
    assert f"docs/operating.md, heading {error.outcome}." in end["Comment"]


def test_the_execution_ends_in_the_state_that_is_named_like_its_outcome() -> None:
    how = states(FINE_TUNING)["HowItEnded"]
    ends = {choice["StringEquals"]: choice["Next"] for choice in how["Choices"]}
    outcomes = {each.outcome for each in error_classes(BusinessError)}
    assert set(ends) == outcomes | {"RunSucceeded", "RunUnchanged"}
    assert all(outcome == target for outcome, target in ends.items())
    assert {choice["Variable"] for choice in how["Choices"]} == {"$.outcome.Error"}
    assert how["Default"] == "ServiceFailed"


def test_every_end_is_named_like_its_error() -> None:
    for _, name, state in all_states():
        if state["Type"] == "Fail":
            assert state["Error"] == name


@pytest.mark.parametrize(
    ("machine", "judge"), [(FINE_TUNING, "RecordOutcome"), (CLEAN_UP_RUN, "IsRunClean")]
)
def test_no_failure_reaches_a_green_end_unless_the_record_says_so(machine: str, judge: str) -> None:
    targets = {c["Next"] for state in states(machine).values() for c in state.get("Catch", ())}
    after = reachable(machine, targets, without=[judge])
    green = {name for name, state in states(machine).items() if state["Type"] == "Succeed"}
    assert not green & after
    assert not any("End" in state for state in states(machine).values())


def test_every_failure_passes_clean_up_and_the_record() -> None:
    found = states(FINE_TUNING)
    for name, state in found.items():
        for catch in state.get("Catch", ()):
            if name not in ("CleanUp", "RecordOutcome") and catch["ResultPath"] == "$.failure":
                assert catch["Next"] == "CleanUp"
    assert set(follow_ups(found["CleanUp"])) == {"RecordOutcome"}


def test_what_is_waited_for_is_no_failure() -> None:
    waiting = {JobSlotsFullError.__name__, CapacityUnavailableError.__name__}
    for _, _, state in all_tasks():
        for catch in state["Catch"]:
            is_wait = catch["Next"].startswith("WaitFor")
            assert is_wait == bool(waiting & set(catch["ErrorEquals"]))
            assert is_wait == (catch["ResultPath"] == "$.waiting_for")
