"""Takes people's answers to the question whether a model may be deployed."""

from dataclasses import dataclass
from datetime import datetime

from tunedrop.errors import DeploymentDeclinedError, InvalidInputError
from tunedrop.identity import Identities
from tunedrop.records import RunRecords
from tunedrop.run import RUNNING, Run, timestamp
from tunedrop.serving.approval import STATE, statement
from tunedrop.tokens import TaskTokens


@dataclass(frozen=True, kw_only=True)
class ApprovalDesk:
    """Takes people's answers; who gave one is AWS's word, never the caller's own."""

    records: RunRecords
    tokens: TaskTokens
    identities: Identities

    def answer(self, run_id: str, proof: str, now: datetime, *, approved: bool) -> str:
        """Resume the run that waits, and return who answered.

        An `InvalidInputError` when the run does not wait for an approval, or nobody can be named.
        """
        run = self._waiting(run_id)
        token = run.wait.token if run.wait else ""
        by = self.identities.who_signed(statement(run_id, approved=approved), proof)
        answered = {"answered_by": by, "answered_at": timestamp(now), "approved": approved}
        self.records.update(run, approval={**run.approval, **answered})
        if approved:
            sent = self.tokens.succeed(token, {"approved_by": by})
        else:
            declined = DeploymentDeclinedError(f"The deployment was declined by {by}.")
            sent = self.tokens.fail(token, declined)
        if not sent:
            raise InvalidInputError(
                f"The run {run_id} does not wait any more; try again in a minute."
            )
        return by

    def _waiting(self, run_id: str) -> Run:
        run = self.records.find(run_id)
        if run is None:
            raise InvalidInputError(f"There is no run {run_id}. List them: tunedrop runs RECIPE.")
        if run.status != RUNNING or run.wait is None or run.wait.state != STATE:
            last = max(run.timeline, key=run.timeline.__getitem__, default="")
            raise InvalidInputError(
                f"The run {run_id} does not wait for an approval: it is "
                f"{run.outcome or last or run.status}."
            )
        return run
