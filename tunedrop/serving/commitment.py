"""Asks people for a commitment, which is bought only after its model passed the test."""

from dataclasses import dataclass
from datetime import datetime

from msgspec import structs

from tunedrop.records import RunRecords
from tunedrop.run import TAKEN_DOWN, Run
from tunedrop.serving.approval import COMMITMENT, Approval
from tunedrop.serving.deployments import Deployments
from tunedrop.serving.turns import Turns


@dataclass(frozen=True, kw_only=True)
class CommitmentDesk:
    """Asks while nothing bills, and while other runs of the recipe may deploy."""

    records: RunRecords
    approval: Approval
    deployments: Deployments
    turns: Turns

    def ask(self, run: Run, token: str, now: datetime) -> None:
        """Take down what the model was tested on, pass the turn on, and ask, once.

        The test's answers are kept; a later look takes down what could not be taken down before.
        """
        run = self._take_down(run)
        self.turns.give_back(run)
        self.approval.ask(run, token, now, COMMITMENT)

    def _take_down(self, run: Run) -> Run:
        gone = {
            name: structs.replace(tested, status=TAKEN_DOWN)
            for name, tested in (("trial", run.trial), ("deployment", run.deployment))
            if tested and tested.arn and not tested.commitment
            if self.deployments.delete(tested.mode, tested.arn)
        }
        return self.records.update(run, **gone) if gone else run
