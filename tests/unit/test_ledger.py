"""What runs cost is completed once what they left in service is gone, and only then."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from msgspec import structs

from tests.unit.run_builders import NOW, RUN_ID, run
from tunedrop.ledger import Ledger
from tunedrop.run import ENDED, RUNNING, Deployment, Run, timestamp
from tunedrop.serving.recipe_state import Champion, RecipeState

LATER = NOW + timedelta(hours=2)
THROUGHPUT = Deployment(
    mode="provisioned", name="x-1", intended_at=timestamp(NOW), arn="arn:x", hourly_usd=10.0
)


@dataclass
class EndedRuns:
    """The record of one run; `complete` writes as the table does."""

    run: Run
    written: list[str] = field(default_factory=list)

    def find(self, run_id: str) -> Run | None:
        return self.run if run_id == self.run.run_id else None

    def complete(self, run: Run, arn: str, cost: dict[str, Any]) -> bool:
        self.written.append(arn)
        self.run = structs.replace(run, cost=cost)
        return True


def ledger(status: str = ENDED) -> tuple[Ledger, EndedRuns]:
    records = EndedRuns(run(status=status, ended_at=timestamp(NOW), deployment=THROUGHPUT))
    return Ledger(records=records), records  # type: ignore[arg-type]


def champion(run_id: str, arn: str = "arn:x") -> Champion:
    return Champion(
        run_id=run_id,
        order="",
        model_id=arn,
        custom_model_arn="",
        base_model_id="",
        deployment=structs.replace(THROUGHPUT, arn=arn),
    )


def state(serves: Champion | None, before: Champion | None) -> RecipeState:
    history = ({"promoted_at": timestamp(LATER)},)
    return RecipeState(champion=serves, previous=before, history=history)


def test_what_is_taken_down_is_reckoned_to_its_end_and_once() -> None:
    book, records = ledger()
    assert book.close(RUN_ID, "arn:x", LATER)
    assert records.run.cost["actual"]["usd"] == 20.0
    assert not book.close(RUN_ID, "arn:x", LATER + timedelta(hours=5))
    assert records.written == ["arn:x"]


def test_the_records_of_strangers_and_of_runs_under_way_are_left() -> None:
    book, records = ledger(RUNNING)
    assert not book.close(RUN_ID, "arn:x", LATER)
    assert not book.close("nobody", "arn:x", LATER)
    assert records.written == []


def test_throughput_bills_to_its_first_run_until_another_model_is_swapped_in() -> None:
    book, records = ledger()
    assert book.pass_on(state(champion("later"), champion(RUN_ID)))
    assert records.run.cost["ended"] == {"arn:x": timestamp(LATER)}


@pytest.mark.parametrize(
    ("serves", "before"),
    [
        (champion(RUN_ID), None),
        (None, champion(RUN_ID)),
        (champion(RUN_ID), champion(RUN_ID)),
        (champion("later", "arn:another"), champion(RUN_ID)),
    ],
)
def test_throughput_that_nothing_was_swapped_into_is_passed_on_to_nobody(
    serves: Champion | None, before: Champion | None
) -> None:
    book, records = ledger()
    assert not book.pass_on(state(serves, before))
    assert records.written == []
