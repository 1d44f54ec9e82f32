"""Takes people's answers to the question whether a model may be deployed."""

from dataclasses import dataclass
from datetime import datetime

from tunedrop.errors import DeploymentDeclinedError, InvalidInputError
from tunedrop.identity import Identities
from tunedrop.records import RunRecords
from tunedrop.run import RUNNING, Run, timestamp
from tunedrop.serving.approval import COMMITMENT, SECTIONS, approving, statement
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
        """Resume the run that waits, and return who answered.

        An `InvalidInputError` when the run does not wait for an approval, or for one of something
        else, or nobody can be named.
        """
        run = self._waiting(run_id)
        token, state = (run.wait.token, run.wait.state) if run.wait else ("", "")
        if approved:
            _check_what_is_approved(run, state, commitment)
        signed = statement(run_id, approved=approved, commitment=commitment)
        by = self.identities.who_signed(signed, proof)
        answered = {"answered_by": by, "answered_at": timestamp(now), "approved": approved}
        section = SECTIONS[state]
        self.records.update(run, **{section: {**getattr(run, section), **answered}})
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
        if run.status != RUNNING or run.wait is None or run.wait.state not in SECTIONS:
            last = max(run.timeline, key=run.timeline.__getitem__, default="")
            raise InvalidInputError(
                f"The run {run_id} does not wait for an approval: it is "
                f"{run.outcome or last or run.status}."
            )
        return run


def _check_what_is_approved(run: Run, state: str, commitment: str) -> None:
    """Whoever approves months of costs names them; nobody approves them by an older question."""
    asked = run.plan.deployment.commitment if state == COMMITMENT else ""
    if commitment != asked:
        what = f"a commitment of {asked}" if asked else "no commitment"
        raise InvalidInputError(
            f"The run {run.run_id} asks for {what}, and {commitment or 'none'} was named. Approve "
            f"what it asks with: {approving(run, state)}"
        )
