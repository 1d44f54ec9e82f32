"""Who is asked before a model is deployed."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.unit.run_builders import NOW, KeptRecords, recipe, run
from tunedrop.errors import ServiceBusyError
from tunedrop.run import Deployment, Run, timestamp
from tunedrop.serving.approval import Approval
from tunedrop.serving.champions import Champions
from tunedrop.serving.hourly import why_asked
from tunedrop.serving.recipe_state import Champion, RecipeState, Retiree

NOVA_LITE = "amazon.nova-lite-v1:0:300k"
UNPRICED = {"base_model": "amazon.nova-pro-v1:0:300k", "deployment": {"mode": "provisioned"}}


def asked(in_service: RecipeState | None = None, **sections: Any) -> bool:
    planned = run(recipe(**{"base_model": NOVA_LITE, **sections}))
    return bool(why_asked(planned, in_service or RecipeState(), "us-west-2"))


def deployment(usd: float | None) -> Deployment:
    return Deployment(mode="provisioned", name="x", intended_at="", hourly_usd=usd)


def serving(usd: float | None) -> RecipeState:
    """A champion in service at this price, and a replaced one in its grace at a tenth of it."""
    champion = Champion(
        run_id="x",
        order="",
        model_id="m",
        custom_model_arn="c",
        base_model_id=NOVA_LITE,
        deployment=deployment(usd),
    )
    leaving = Retiree(run_id="y", retire_at="", deployment=deployment(usd and usd / 10))
    return RecipeState(champion=champion, retiring=(leaving,))


@pytest.mark.parametrize("mode", ["on_demand", "provisioned"])
def test_a_recipe_can_always_ask_for_a_person(mode: str) -> None:
    assert asked(deployment={"mode": mode, "approval": "required"})


def test_an_hour_within_the_budget_needs_nobody() -> None:
    assert not asked(deployment={"mode": "provisioned"}, budget={"hourly_usd": 108.15})


def test_people_are_told_that_it_is_the_budget_which_asks_them() -> None:
    planned = {"deployment": {"mode": "provisioned"}, "budget": {"hourly_usd": 200}}
    why = why_asked(run(recipe(base_model=NOVA_LITE, **planned)), serving(100.0), "us-west-2")
    assert "an hour would cost 218.15 US dollars" in why
    assert "beyond the recipe's budget.hourly_usd of 200.00 US dollars" in why


def test_an_hour_beyond_the_budget_needs_a_person() -> None:
    assert asked(deployment={"mode": "provisioned"}, budget={"hourly_usd": 108})


COMMITTED = {"mode": "provisioned", "commitment": "1 month", "model_units": 2}


@pytest.mark.parametrize(("limit", "is_asked"), [(108, True), (109, False)])
def test_before_a_commitment_one_unit_of_its_test_counts(limit: float, is_asked: bool) -> None:
    assert asked(deployment=COMMITTED, budget={"hourly_usd": limit}) is is_asked


def test_two_units_cost_twice_as_much() -> None:
    two = {"mode": "provisioned", "model_units": 2}
    assert asked(deployment=two, budget={"hourly_usd": 200})


def test_an_unknown_price_counts_as_beyond_the_budget() -> None:
    assert asked(**UNPRICED, budget={"hourly_usd": 10_000})


def test_without_a_budget_nobody_is_asked() -> None:
    assert not asked(**UNPRICED)


def test_what_bills_by_the_token_is_within_every_hourly_budget() -> None:
    assert not asked(deployment={"mode": "on_demand"}, budget={"hourly_usd": 0})


@pytest.mark.parametrize(("limit", "is_asked"), [(218.14, True), (218.15, False)])
def test_the_champion_counts_against_the_budget_and_what_serves_on_in_its_grace_too(
    limit: float, is_asked: bool
) -> None:
    budget = {"hourly_usd": limit}
    given = {"deployment": {"mode": "provisioned"}, "budget": budget}
    assert asked(serving(100.0), **given) is is_asked


def test_what_serves_at_an_unknown_price_counts_as_beyond_the_budget() -> None:
    given = {"deployment": {"mode": "provisioned"}, "budget": {"hourly_usd": 10_000}}
    assert asked(serving(None), **given)
    assert not asked(serving(0.0), **given)


@pytest.mark.parametrize(("agreed", "is_asked"), [(218.15, False), (300, False), (200, True)])
def test_who_said_yes_is_asked_again_for_more_money_only(agreed: float, is_asked: bool) -> None:
    planned = recipe(
        base_model=NOVA_LITE, deployment={"mode": "provisioned"}, budget={"hourly_usd": 150}
    )
    said = {"approved": True, "total_hourly_usd": agreed}
    assert bool(why_asked(run(planned, approval=said), serving(100.0), "us-west-2")) is is_asked


@pytest.mark.parametrize(("agreed", "is_asked"), [(108.15, False), (0.0, True)])
def test_a_recipe_that_asks_for_a_person_asks_again_for_a_dearer_deployment(
    agreed: float, is_asked: bool
) -> None:
    planned = recipe(
        base_model=NOVA_LITE, deployment={"mode": "provisioned", "approval": "required"}
    )
    said = {"approved": True, "hourly_usd": agreed}
    assert bool(why_asked(run(planned, approval=said), RecipeState(), "us-west-2")) is is_asked


def test_an_answer_that_the_workflow_never_took_is_asked_for_again() -> None:
    lost = {"asked_at": timestamp(NOW), "told_at": timestamp(NOW), "answered_at": timestamp(NOW)}
    topic, records = BusyTopic(refusals=0), KeptRecords(run(approval=lost | {"approved": True}))
    approval = Approval(
        region="us-east-1", records=records, champions=NoChampions(), notifications=topic
    )
    approval.ask(records.run, "second", NOW)
    assert len(topic.sent) == 1
    assert set(records.run.approval) == {"asked_at", "told_at"}


@dataclass
class BusyTopic:
    """Refuses the first message, and keeps those that it takes."""

    refusals: int = 1
    sent: list[str] = field(default_factory=list)

    def send(self, *, subject: str, message: str) -> None:
        if self.refusals:
            self.refusals -= 1
            raise ServiceBusyError("AWS is busy.")
        self.sent.append(message)


class NoChampions(Champions):
    """A recipe that has nothing in service yet."""

    def __init__(self) -> None: ...

    def state(self, recipe: str) -> RecipeState:
        return RecipeState()

    def later_champion(self, run: Run) -> Champion | None:
        return None


def test_a_question_that_could_not_be_sent_is_sent_by_the_next_call_and_once() -> None:
    topic, records = BusyTopic(), KeptRecords(run())
    approval = Approval(
        region="us-east-1", records=records, champions=NoChampions(), notifications=topic
    )
    with pytest.raises(ServiceBusyError):
        approval.ask(records.run, "first", NOW)
    for token in ("second", "third"):
        approval.ask(records.run, token, NOW)
    assert len(topic.sent) == 1
