"""Takes people's answers to the question whether a model may be deployed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from msgspec import structs

from tunedrop.errors import DeploymentDeclinedError, InvalidInputError
from tunedrop.identity import Identities
from tunedrop.records import RunRecords
from tunedrop.run import RUNNING, Run, Wait, moment, timestamp
from tunedrop.serving.approval import (
    COMMITMENT,
    DEADLINE,
    SECTIONS,
    approving,
    is_over,
    statement,
)
from tunedrop.tokens import TaskTokens


@dataclass(frozen=True, kw_only=True)
class ApprovalDesk:
    """Takes people's answers; who gave one is AWS's word, never the caller's own."""

    records: RunRecords
    tokens: TaskTokens
    identities: Identities

    def answer(
        self, run_id: str, proof: str, now: datetime, *, approved: bool, commitment: str = ""
    ) -> str:
        """Resume the run that waits, and return who answered; the same answer is taken twice.

        An `InvalidInputError` when the run does not wait for an approval, or for one of something
        else, or not any more, or nobody can be named.
        """
        run = self.records.find(run_id)
        if run is None:
            raise InvalidInputError(f"There is no run {run_id}. List them: tunedrop runs RECIPE.")
        wait = _wait(run)
        state = wait.state if wait else _answered_in(run)
        if not state:
            raise _waits_for_nobody(run)
        if approved:
            _check_what_is_approved(run, state, commitment)
        signed = statement(run_id, approved=approved, commitment=commitment)
        by = self.identities.who_signed(signed, proof)
        answer = {"answered_by": by, "answered_at": timestamp(now), "approved": approved}
        if wait is None or not self._is_taken(run, wait, answer):
            _check_same(self.records.get(run_id), state, answer)
        return by

    def _is_taken(self, run: Run, wait: Wait, answer: dict[str, Any]) -> bool:
        """Whether the workflow took the answer: one that it did not take is none."""
        section = SECTIONS[wait.state]
        asked = getattr(run, section)
        if is_over(asked, moment(answer["answered_at"])):
            raise InvalidInputError(
                f"The run {run.run_id} was to be answered within {DEADLINE.days} days of "
                f"{asked['asked_at']}, and counts as declined. Its report will say how to go on."
            )
        if not self.records.update_waiting(run, wait=None, **{section: {**asked, **answer}}):
            return False
        if self._send(wait.token, answer):
            return True
        answered = structs.replace(run, wait=None)
        self.records.update_waiting(answered, wait=wait, **{section: asked})
        return False

    def _send(self, token: str, answer: dict[str, Any]) -> bool:
        by = answer["answered_by"]
        if answer["approved"]:
            return self.tokens.succeed(token, {"approved_by": by})
        declined = DeploymentDeclinedError(f"The deployment was declined by {by}.")
        return self.tokens.fail(token, declined)


def _wait(run: Run) -> Wait | None:
    """The wait for an answer, where a running run waits for one."""
    wait = run.wait
    return wait if wait and wait.state in SECTIONS and run.status == RUNNING else None


def _answered_in(run: Run) -> str:
    """The state whose question was answered last, or ""."""
    sections = {state: getattr(run, name) for state, name in SECTIONS.items()}
    answered = [state for state, each in sections.items() if each.get("answered_at")]
    return max(answered, key=lambda state: str(sections[state]["answered_at"]), default="")


def _waits_for_nobody(run: Run) -> InvalidInputError:
    last = max(run.timeline, key=run.timeline.__getitem__, default="")
    return InvalidInputError(
        f"The run {run.run_id} does not wait for an approval: it is "
        f"{run.outcome or last or run.status}."
    )


def _check_same(run: Run, state: str, answer: dict[str, Any]) -> None:
    """Whoever answers as he did before is told the same; any other comes too late."""
    given = getattr(run, SECTIONS[state])
    if not given.get("answered_at"):
        raise InvalidInputError(
            f"The run {run.run_id} does not wait any more; try again in a minute."
        )
    if any(given[name] != answer[name] for name in ("answered_by", "approved")):
        raise InvalidInputError(
            f"The run {run.run_id} does not wait any more: it was "
            f"{'approved' if given['approved'] else 'declined'} by {given['answered_by']} at "
            f"{given['answered_at']}."
        )


def _check_what_is_approved(run: Run, state: str, commitment: str) -> None:
    """Whoever approves months of costs names them; nobody approves them by an older question."""
    asked = run.plan.deployment.commitment if state == COMMITMENT else ""
    if commitment != asked:
        what = f"a commitment of {asked}" if asked else "no commitment"
        raise InvalidInputError(
            f"The run {run.run_id} asks for {what}, and {commitment or 'none'} was named. Approve "
            f"what it asks with: {approving(run, state)}"
        )
