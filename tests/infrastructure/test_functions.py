"""The functions: what they run on, what they are told, what they leave."""

from dataclasses import MISSING, fields

import pytest
from synthesized import Synthesized, flat

from stacks.task_functions import TASKS, module_of
from tunedrop.settings import Settings

REQUIRED = {f.name.upper() for f in fields(Settings) if f.default is MISSING}
OPTIONAL = {f.name.upper() for f in fields(Settings)} - REQUIRED
NAMES = list(TASKS)


def environment(service: Synthesized, name: str) -> dict[str, str]:
    variables: dict[str, str] = service.functions()[name]["Properties"]["Environment"]["Variables"]
    return variables


@pytest.mark.parametrize("name", NAMES)
def test_functions_are_told_what_settings_ask_for(service: Synthesized, name: str) -> None:
    variables = set(environment(service, name))
    assert variables >= REQUIRED
    assert variables - {"POWERTOOLS_SERVICE_NAME"} <= REQUIRED | OPTIONAL


def test_only_functions_that_no_machine_names_are_told_about_machines(
    service: Synthesized,
) -> None:
    told = {name: OPTIONAL & set(environment(service, name)) for name in NAMES}
    assert {name: t for name, t in told.items() if t} == {
        "StartRun": {"STATE_MACHINE_ARN"},
        "Sweep": {"STATE_MACHINE_ARN", "CLEAN_UP_STATE_MACHINE_ARN"},
    }


def test_clean_up_waits_for_the_slowest_function_that_creates(service: Synthesized) -> None:
    creators = [
        function["Properties"]["Timeout"]
        for name, function in service.functions().items()
        if "bedrock:Create" in flat(service.statements(f"FineTuningService{name}Role"))
    ]
    assert len(creators) == 3
    assert environment(service, "CleanUp")["CREATE_TIMEOUT_SECONDS"] == str(max(creators))


def test_recipe_names_are_those_of_the_parameters(service: Synthesized) -> None:
    names = environment(service, "StartRun")["RECIPE_NAMES"].split(",")
    parameters = service.of_type("AWS::SSM::Parameter").values()
    assert {p["Properties"]["Name"] for p in parameters} == {
        f"/tunedrop/dev/{name}/recipe" for name in names
    }


@pytest.mark.parametrize("name", NAMES)
def test_functions_run_on_arm_with_traces_and_json_logs(service: Synthesized, name: str) -> None:
    function = service.functions()[name]["Properties"]
    assert function["Runtime"] == "python3.14"
    assert function["Architectures"] == ["arm64"]
    assert function["TracingConfig"] == {"Mode": "Active"}
    assert function["LoggingConfig"]["LogFormat"] == "JSON"


def test_all_functions_share_one_asset(service: Synthesized) -> None:
    assert len({flat(f["Properties"]["Code"]) for f in service.functions().values()}) == 1


def test_every_function_has_a_role_and_a_log_group_of_its_own(service: Synthesized) -> None:
    functions = service.functions().values()
    roles = {flat(f["Properties"]["Role"]) for f in functions}
    groups = {flat(f["Properties"]["LoggingConfig"]["LogGroup"]) for f in functions}
    assert len(roles) == len(groups) == len(TASKS)


def test_log_groups_expire_and_are_under_the_key(service: Synthesized) -> None:
    for group in service.of_type("AWS::Logs::LogGroup").values():
        assert group["Properties"]["RetentionInDays"] == 30
        assert "Key" in flat(group["Properties"]["KmsKeyId"])


def test_no_role_has_a_managed_policy_or_a_fixed_name(service: Synthesized) -> None:
    for role in service.of_type("AWS::IAM::Role").values():
        assert not {"ManagedPolicyArns", "RoleName"} & set(role["Properties"])


@pytest.mark.parametrize(
    ("name", "module"),
    [("CleanUp", "clean_up"), ("WaitForCustomizationJob", "wait_for_customization_job")],
)
def test_a_module_is_named_after_its_state(name: str, module: str) -> None:
    assert module_of(name) == module
