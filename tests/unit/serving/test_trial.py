"""What a model is deployed on first, what it bills, and what it needs room for."""

from typing import Any

import pytest

from tests.unit.run_builders import recipe, run
from tunedrop.run import Deployment, Run
from tunedrop.serving.recipe_state import Champion, RecipeState
from tunedrop.serving.trial import first_mode, may_reuse, newly_deployed, without_asking

NOVA_LITE = "amazon.nova-lite-v1:0:300k"
NOVA_MICRO = "amazon.nova-micro-v1:0:128k"
EAST, ELSEWHERE = "us-east-1", "eu-central-1"
REUSING = {"mode": "provisioned", "reuse": "after_test"}
WINDOW = {"mode": "provisioned", "reuse": {"window": "02:00-05:00"}, "patience": "1d"}


def planned(is_rollback: bool = False, **deployment: Any) -> Run:
    return run(recipe(base_model=NOVA_LITE, deployment=deployment), is_rollback=is_rollback)


def in_service(base: str = NOVA_LITE, mode: str = "provisioned", units: int = 1) -> RecipeState:
    deployment = Deployment(mode=mode, name="t", intended_at="", arn="arn:t", model_units=units)
    champion = Champion(
        run_id="x", order="", model_id="arn:t", custom_model_arn="arn:m",
        base_model_id=base, deployment=deployment,
    )  # fmt: skip
    return RecipeState(champion=champion)


@pytest.mark.parametrize(
    ("state", "is_reused"),
    [
        (in_service(), True),
        (RecipeState(), False),
        (in_service(base=NOVA_MICRO), False),
        (in_service(mode="on_demand"), False),
        (in_service(units=2), False),
    ],
)
def test_throughput_of_the_same_base_and_size_may_be_reused(
    state: RecipeState, is_reused: bool
) -> None:
    assert may_reuse(planned(**REUSING), state) is is_reused
    assert not may_reuse(planned(mode="provisioned"), state)


@pytest.mark.parametrize(("region", "mode"), [(EAST, "on_demand"), (ELSEWHERE, "provisioned")])
def test_what_will_be_reused_is_tested_where_nothing_bills(region: str, mode: str) -> None:
    assert first_mode(planned(**REUSING), region) == mode


def test_a_rollback_goes_into_the_throughput_itself() -> None:
    assert first_mode(planned(is_rollback=True, **REUSING), EAST) == "provisioned"


def test_what_is_bought_after_its_test_bills_by_the_hour_and_what_is_reused_does_not() -> None:
    def mode(state: RecipeState) -> str:
        return without_asking(planned(**REUSING), EAST, state).deployment.mode

    assert (mode(RecipeState()), mode(in_service())) == ("provisioned", "on_demand")


@pytest.mark.parametrize(
    ("asked", "state", "needed"),
    [
        (planned(mode="provisioned"), in_service(), {"provisioned": 1}),
        (planned(**REUSING), in_service(), {"on_demand": 1}),
        (planned(**REUSING), RecipeState(), {"on_demand": 1, "provisioned": 1}),
        (planned(**WINDOW), in_service(), {}),
        (planned(is_rollback=True, **REUSING), in_service(), {}),
        (planned(commitment="1 month", **REUSING), RecipeState(), {"on_demand": 1}),
    ],
)
def test_room_is_needed_for_what_is_created(
    asked: Run, state: RecipeState, needed: dict[str, int]
) -> None:
    assert newly_deployed(asked, EAST, state) == needed
