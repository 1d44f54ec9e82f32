"""Two runs over the same bytes: one of them trains."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from msgspec import structs

from tests.unit.run_builders import run
from tunedrop.dataset.report import RecordCounts, ValidationReport
from tunedrop.dataset.splits import SplitPlan
from tunedrop.dataset_desk import DatasetDesk
from tunedrop.run import ENDED, Run

FAILED = run(run_id="failed", status=ENDED, outcome="ServiceFailed")
RUNNING = run(run_id="running")
REPORT = ValidationReport(
    fit=True, recipe="support", base_model="", records=RecordCounts(
        train=1, validation=0, test=0, rejected=0
    ), tokens=1, training_tokens=1, token_method="", counts={}, errors=0, warnings=0, findings=(),
    findings_left_out=0, files=(), digest="digest", split=SplitPlan(
        test_below="", validation_below=""
    ),
)  # fmt: skip


@dataclass
class Claims:
    """The claim on the bytes; something may happen between a look at it and a write."""

    holder: str = ""
    between: list[Callable[["Claims"], None]] = field(default_factory=list)

    def put(self, item: Mapping[str, Any], *, condition: str, holder: str) -> bool:
        if "attribute_not_exists" not in condition and self.between:
            self.between.pop()(self)
        is_free = "attribute_not_exists" in condition and not self.holder
        if not is_free and self.holder != holder:
            return False
        self.holder = item["holder"]
        return True

    def get(self, pk: str) -> dict[str, Any] | None:
        return {"holder": self.holder}


class KnownRuns:
    """A failed run, and one that runs."""

    def find(self, run_id: str) -> Run | None:
        return {each.run_id: each for each in (FAILED, RUNNING)}.get(run_id)

    def update(self, given: Run, **sections: Any) -> Run:
        return structs.replace(given, **sections)


def claimed(claims: Claims, **request: Any) -> Run:
    desk = DatasetDesk(
        table=claims, records=KnownRuns(), datasets=None, artifacts=None, media=None, quality=None
    )
    return desk._claim(run(**request), REPORT)


def test_bytes_that_nobody_holds_are_new() -> None:
    claims = Claims()
    assert claimed(claims).unchanged_since == ""
    assert claims.holder == run().run_id


def test_bytes_of_a_failed_run_are_taken_over() -> None:
    claims = Claims("failed")
    assert claimed(claims).unchanged_since == ""
    assert claims.holder == run().run_id


def test_of_two_runs_that_take_them_over_at_once_one_is_unchanged() -> None:
    claims = Claims("failed", [lambda them: setattr(them, "holder", "running")])
    assert claimed(claims).unchanged_since == "running"
    assert claims.holder == "running"


def test_a_request_to_train_again_takes_them_over_from_whom_it_may() -> None:
    claims = Claims("running")
    assert claimed(claims, again=True).unchanged_since == ""
    assert claims.holder == run().run_id
