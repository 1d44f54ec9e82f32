"""The audit of the embedded cloud: it passes what is right, and finds every kind of wrong."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from localcloud.scenarios.audit import audit
from localcloud.scenarios.audit_table import table
from localcloud.scenarios.books import DEPLOYMENT, JOB, MODEL, THROUGHPUT, Books, Item, Resource

NOW = "2026-11-22T12:00:00.000Z"
LATER, EARLIER = "2026-11-22T13:00:00.000Z", "2026-11-22T11:00:00.000Z"
OLD, NEW, RED, GOING = "routing-1-old", "routing-1-new", "routing-1-red", "routing-1-going"


def arn(kind: str, run_id: str) -> str:
    return f"arn:{kind}/{run_id}"


def resource(kind: str, run_id: str, status: str = "", **changes: str) -> Resource:
    serves = arn(MODEL, run_id) if kind in (THROUGHPUT, DEPLOYMENT) else ""
    given = Resource(
        kind=kind,
        name=f"{run_id}-1",
        arn=arn(kind, run_id),
        status=status,
        model_arn=serves,
        recipe="routing",
        run_id=run_id,
    )
    return replace(given, **changes)


def served(run_id: str) -> dict[str, Any]:
    """What a champion and the record of its run have in common."""
    return {"deployment": {"arn": arn(THROUGHPUT, run_id), "name": f"{run_id}-1"}}


def champion(run_id: str) -> Item:
    model = arn(MODEL, run_id)
    return {
        **served(run_id),
        "run_id": run_id,
        "model_id": arn(THROUGHPUT, run_id),
        "custom_model_arn": model,
    }


def retiree(retire_at: str) -> Item:
    """The former champion."""
    model = arn(MODEL, OLD)
    return {**served(OLD), "run_id": OLD, "retire_at": retire_at, "custom_model_arn": model}


def ended(run_id: str, outcome: str, cause: str, **sections: Any) -> dict[str, Any]:
    ending = {"status": "ended", "outcome": outcome, "cause": cause}
    return {"run_id": run_id, "recipe": "routing", **ending, **sections}


def promoted(run_id: str) -> dict[str, Any]:
    job = {"custom_model_arn": arn(MODEL, run_id)}
    return ended(run_id, "RunSucceeded", "", job=job, promotion={"version": 1}, **served(run_id))


def good() -> Books:
    """A champion, the one before in its grace, a refused run, and one in flight."""
    runs = {
        OLD: promoted(OLD),
        NEW: promoted(NEW),
        RED: ended(RED, "ModelRejected", "Worse. Still billing: nothing."),
        GOING: {"run_id": GOING, "recipe": "routing", "status": "running"},
    }
    state = {
        "champion": champion(NEW),
        "previous": champion(OLD),
        "retiring": [retiree(LATER)],
        "history": [champion(NEW), champion(OLD)],
    }
    return Books(
        read_at=NOW,
        resources=(
            *(resource(THROUGHPUT, each, "InService") for each in (OLD, NEW)),
            *(resource(MODEL, each) for each in (OLD, NEW)),
            resource(JOB, GOING, "InProgress"),
        ),
        runs=runs,
        recipes={"routing": state},
        turns={"routing": GOING},
        executions={OLD: "SUCCEEDED", NEW: "SUCCEEDED", RED: "FAILED", GOING: "RUNNING"},
        published=dict(runs),
        answers={run_id: {"outcome": run.get("outcome")} for run_id, run in runs.items()},
        parameters={"routing": arn(THROUGHPUT, NEW)},
        base_models={"routing": "us.amazon.nova-lite-v1:0"},
    )


def with_resources(*changed: Resource) -> Books:
    """Books in which these replace what has their ARN, or are added."""
    books = good()
    kept = {each.arn: each for each in (*books.resources, *changed)}
    return replace(books, resources=tuple(kept.values()))


def without(kind: str, run_id: str) -> Books:
    left = tuple(each for each in good().resources if each.arn != arn(kind, run_id))
    return replace(good(), resources=left)


def with_run(run_id: str, **changes: Any) -> Books:
    """Books in which a record, and what was published of it, differ."""
    books = good()
    runs = {**books.runs, run_id: {**books.runs[run_id], **changes}}
    return replace(books, runs=runs, published={**books.published, run_id: runs[run_id]})


def with_state(**changes: Any) -> Books:
    books = good()
    return replace(books, recipes={"routing": {**books.recipes["routing"], **changes}})


def over_due() -> Books:
    return with_state(retiring=[retiree(EARLIER)])


def committed(*resources: Resource) -> Books:
    """Books in which the run of the champion bought a commitment, and this is there too."""
    bought = {**served(NEW)["deployment"], "committed_until": "2026-12-22T12:00:00.000Z"}
    return replace(with_run(NEW, deployment=bought), resources=with_resources(*resources).resources)


def demoted() -> Books:
    return replace(with_run(NEW, promotion=None), parameters=good().parameters)


STRANGE, TRIAL = "nobody-1", f"{NEW}-trial"
WRONG: dict[str, tuple[Callable[[], Books], str]] = {
    "orphaned throughput": (
        lambda: with_resources(resource(THROUGHPUT, STRANGE, "InService")),
        f"nobody owns the throughput {STRANGE}-1",
    ),
    "orphaned deployment": (
        lambda: with_resources(resource(DEPLOYMENT, STRANGE, "Active")),
        f"nobody owns the deployment {STRANGE}-1",
    ),
    "orphaned model": (lambda: with_resources(resource(MODEL, STRANGE)), "nobody owns the custom"),
    "orphaned job": (
        lambda: with_resources(resource(JOB, RED, "InProgress")),
        f"nobody owns the job {RED}-1",
    ),
    "job of an execution that is over": (
        lambda: replace(good(), executions={**good().executions, GOING: "ABORTED"}),
        f"nobody owns the job {GOING}-1",
    ),
    "retiree over its grace": (over_due, f"nobody owns the throughput {OLD}-1"),
    "retiree taken down in its grace": (
        lambda: without(THROUGHPUT, OLD),
        "what serves a former champion of routing, in its grace is gone",
    ),
    "champion taken down": (
        lambda: without(THROUGHPUT, NEW),
        "what serves the champion of routing is gone",
    ),
    "champion that failed": (
        lambda: with_resources(resource(THROUGHPUT, NEW, "Failed")),
        "what serves the champion of routing is Failed",
    ),
    "throughput that serves another model": (
        lambda: with_resources(resource(THROUGHPUT, NEW, "InService", model_arn=arn(MODEL, OLD))),
        f"serves {arn(MODEL, OLD)} and not {arn(MODEL, NEW)}",
    ),
    "former champion's throughput that serves another model": (
        lambda: with_resources(resource(THROUGHPUT, OLD, "InService", model_arn=arn(MODEL, NEW))),
        f"a former champion of routing, in its grace serves {arn(MODEL, NEW)} and not",
    ),
    "trial left beside what was committed to": (
        lambda: committed(resource(THROUGHPUT, NEW, "InService", name=TRIAL, arn="arn:trial")),
        f"nobody owns the throughput {TRIAL}",
    ),
    "champion's model deleted": (lambda: without(MODEL, NEW), "the champion's custom model is"),
    "rollback target's model deleted": (
        lambda: without(MODEL, OLD),
        "the rollback target's custom model is gone",
    ),
    "parameter left behind": (
        lambda: replace(good(), parameters={"routing": arn(THROUGHPUT, OLD)}),
        f"the parameter names {arn(THROUGHPUT, OLD)}",
    ),
    "parameter missing": (lambda: replace(good(), parameters={}), "the parameter names nothing"),
    "parameter without champion": (
        lambda: with_state(champion=None),
        "and the recipe's item us.amazon.nova-lite-v1:0",
    ),
    "champion without promotion": (demoted, "knows of no promotion"),
    "record of another deployment": (
        lambda: with_run(NEW, **served(OLD)),
        "names another deployment",
    ),
    "record of another model": (
        lambda: with_run(NEW, job={"custom_model_arn": arn(MODEL, OLD)}),
        "names another model",
    ),
    "history behind": (lambda: with_state(history=[champion(OLD)]), "the history's newest entry"),
    "turn of an ended run": (
        lambda: replace(good(), turns={"routing": RED}),
        f"its turn to deploy is held by {RED}",
    ),
    "record left open": (
        lambda: replace(good(), executions={**good().executions, GOING: "FAILED"}),
        "its execution is FAILED, and its record still running",
    ),
    "red execution of a success": (
        lambda: replace(good(), executions={**good().executions, NEW: "FAILED"}),
        "its execution is FAILED, and its record says RunSucceeded",
    ),
    "green execution of a failure": (
        lambda: replace(good(), executions={**good().executions, RED: "SUCCEEDED"}),
        "its execution is SUCCEEDED, and its record says ModelRejected",
    ),
    "cause without what bills": (
        lambda: with_run(RED, cause="Worse."),
        "its cause does not say what still bills",
    ),
    "leftover that the cause denies": (
        lambda: with_resources(resource(MODEL, RED)),
        f"its cause does not name the custom model {RED}-1",
    ),
    "run.json that differs": (
        lambda: replace(good(), published={**good().published, RED: {"outcome": "RunSucceeded"}}),
        "run.json and the record differ in status, outcome, cause",
    ),
    "answer that differs": (
        lambda: replace(good(), answers={**good().answers, RED: {"outcome": "RunStarted"}}),
        "its drop is answered with RunStarted",
    ),
}


def test_what_is_right_passes() -> None:
    found = audit(good())
    assert found.findings == ()
    assert "everything that serves is there: yes" in table(found)
    assert "NOBODY" not in table(found)


def test_what_is_committed_needs_no_champion() -> None:
    books = committed()
    left = {"champion": None, "retiring": [], "history": [champion(NEW), champion(OLD)]}
    books = replace(books, recipes={"routing": {**books.recipes["routing"], **left}})
    unowned = [each for each in audit(books).findings if "nobody owns the throughput" in each]
    assert [f"{OLD}-1" in each for each in unowned] == [True]


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_found(what: str) -> None:
    plant, words = WRONG[what]
    found = audit(plant())
    assert any(words in finding for finding in found.findings), found.findings
    assert f"WRONG: {found.findings[0]}." in table(found)
    assert "is there: yes" not in table(found)
