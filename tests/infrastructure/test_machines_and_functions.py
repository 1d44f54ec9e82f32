"""State machines against the functions that they call."""

import re
from pathlib import Path
from typing import Any

import pytest
from synthesized import Synthesized, flat, listed

from stacks.config import ROOT
from stacks.task_functions import EVENT_FUNCTIONS, TASKS, module_of

MACHINES = ["FineTuningServiceFineTuning", "FineTuningServiceCleanUpRun"]
_FUNCTION = re.compile(r"\$\{(\w+)FunctionArn\}")


def function_of(state: dict[str, Any]) -> str | None:
    match = _FUNCTION.fullmatch(str(state.get("Parameters", {}).get("FunctionName")))
    return match[1] if match else None


def tasks(service: Synthesized, machine: str) -> dict[str, dict[str, Any]]:
    states = service.definition(machine)["definition"]["States"]
    return {name: state for name, state in states.items() if state["Type"] == "Task"}


def all_tasks(service: Synthesized) -> list[tuple[str, dict[str, Any]]]:
    return [pair for machine in MACHINES for pair in tasks(service, machine).items()]


@pytest.mark.parametrize("machine", MACHINES)
def test_every_placeholder_is_filled_and_every_filling_is_used(
    service: Synthesized, machine: str
) -> None:
    parts = service.definition(machine)
    placeholders = set(re.findall(r"\$\{(\w+)\}", flat(parts["definition"])))
    assert placeholders == set(parts["substitutions"])


def test_every_function_serves_the_state_of_its_name_or_an_event(service: Synthesized) -> None:
    called = {name: function_of(state) for name, state in all_tasks(service)}
    by_lambda = {name: function for name, function in called.items() if function}
    assert all(name == function for name, function in by_lambda.items())
    assert set(service.functions()) == set(by_lambda) | set(EVENT_FUNCTIONS) == set(TASKS)


def test_every_function_has_its_module(service: Synthesized) -> None:
    for name, function in service.functions().items():
        assert function["Properties"]["Handler"] == f"lambdas.{module_of(name)}.handler"
        assert (ROOT / "lambdas" / f"{module_of(name)}.py").is_file(), name


def test_every_module_but_the_shared_one_serves_a_function() -> None:
    modules = {p.stem for p in (ROOT / "lambdas").glob("*.py")} - {"__init__", "runtime"}
    assert modules == {module_of(name) for name in TASKS}


def test_states_call_retained_versions(service: Synthesized) -> None:
    versions = service.of_type("AWS::Lambda::Version")
    filled = {
        value["Ref"]
        for machine in MACHINES
        for name, value in service.definition(machine)["substitutions"].items()
        if name.endswith("FunctionArn")
    }
    assert filled == set(versions)
    assert {v["DeletionPolicy"] for v in versions.values()} == {"Retain"}


@pytest.mark.parametrize("machine", MACHINES)
def test_machines_may_call_all_versions_of_their_functions_and_of_no_other(
    service: Synthesized, machine: str
) -> None:
    called = {function_of(state) for state in tasks(service, machine).values()} - {None}
    [statement] = service.may(machine, "lambda:InvokeFunction")
    granted = [flat(resource) for resource in listed(statement["Resource"])]
    assert all('":*"' in resource for resource in granted)
    assert {re.search(r"FineTuningService(\w+?)Function", g)[1] for g in granted} == called  # type: ignore[index]


def test_every_task_waits_longer_than_its_function_runs(service: Synthesized) -> None:
    for name, state in all_tasks(service):
        function = function_of(state)
        if function:
            timeout = service.functions()[function]["Properties"]["Timeout"]
            assert state["TimeoutSeconds"] > timeout, name


def test_every_task_has_a_timeout_and_catches_everything(service: Synthesized) -> None:
    for name, state in all_tasks(service):
        assert state["TimeoutSeconds"], name
        assert "States.ALL" in [e for c in state["Catch"] for e in c["ErrorEquals"]], name


def test_machines_log_everything_and_trace(service: Synthesized) -> None:
    for machine in service.of_type("AWS::StepFunctions::StateMachine").values():
        properties = machine["Properties"]
        assert properties["LoggingConfiguration"]["Level"] == "ALL"
        assert properties["LoggingConfiguration"]["IncludeExecutionData"] is True
        assert properties["TracingConfiguration"] == {"Enabled": True}


def test_logs_of_machines_need_no_entry_in_the_accounts_resource_policy(
    service: Synthesized,
) -> None:
    names = [
        g["Properties"]["LogGroupName"]
        for g in service.of_type("AWS::Logs::LogGroup").values()
        if "LogGroupName" in g["Properties"]
    ]
    assert len(names) == 2
    assert all(name.startswith("/aws/vendedlogs/states/") for name in names)


def test_fine_tuning_may_start_and_follow_clean_up_run(service: Synthesized) -> None:
    actions = {a for s in service.statements(MACHINES[0]) for a in listed(s["Action"])}
    assert {
        "states:StartExecution", "states:DescribeExecution", "states:StopExecution",
        "events:PutTargets", "events:PutRule", "events:DescribeRule",
    } <= actions  # fmt: skip


def test_the_definition_in_the_template_is_the_file(service: Synthesized) -> None:
    file = Path(ROOT / "statemachines" / "fine_tuning.asl.json").read_text()
    machine = service.only("AWS::StepFunctions::StateMachine", MACHINES[0])
    assert machine["Properties"]["DefinitionString"] == file
