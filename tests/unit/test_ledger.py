"""What runs cost is completed once what they left in service is gone, and only then."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from msgspec import structs

from tests.unit.run_builders import NOW, RUN_ID, run
from tunedrop.ledger import Ledger
from tunedrop.run import ENDED, RUNNING, Deployment, Run, timestamp
from tunedrop.serving.recipe_state import RecipeState

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


def promoted(run_id: str, hours: int, arn: str = "arn:x") -> dict[str, Any]:
    """The entry of a promotion so many hours later, as the history of a recipe keeps it."""
    at = timestamp(NOW + timedelta(hours=hours))
    return {"run_id": run_id, "model_id": arn, "promoted_at": at}


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


@pytest.mark.parametrize("since", [[], [promoted("third", 3)], [promoted("third", 3, "arn:y")]])
def test_throughput_bills_to_its_first_run_until_another_model_is_swapped_in(
    since: list[dict[str, Any]],
) -> None:
    book, records = ledger()
    history = (*since, promoted("second", 2), promoted(RUN_ID, 0))
    book.pass_on(RecipeState(history=history))
    assert records.run.cost["ended"] == {"arn:x": timestamp(LATER)}


@pytest.mark.parametrize(
    "history",
    [
        (),
        (promoted(RUN_ID, 0),),
        (promoted(RUN_ID, 2), promoted(RUN_ID, 0)),
        (promoted("second", 2, "arn:y"), promoted(RUN_ID, 0)),
    ],
)
def test_throughput_that_nothing_was_swapped_into_is_passed_on_to_nobody(
    history: tuple[dict[str, Any], ...],
) -> None:
    book, records = ledger()
    book.pass_on(RecipeState(history=history))
    assert records.written == []
