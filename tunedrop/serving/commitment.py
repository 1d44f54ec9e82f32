"""Asks people for a commitment, which is bought only after its model passed the test."""

from dataclasses import dataclass
from datetime import datetime

from tunedrop.run import Run
from tunedrop.serving.approval import COMMITMENT, Approval
from tunedrop.serving.deployments import Deployments
from tunedrop.serving.turns import Turns


@dataclass(frozen=True, kw_only=True)
class CommitmentDesk:
    """Asks while nothing bills, and while other runs of the recipe may deploy."""

    approval: Approval
    deployments: Deployments
    turns: Turns

    def ask(self, run: Run, token: str, now: datetime) -> None:
        """Take down what the model was tested on, pass the turn on, and ask, once.

        The test's answers are kept; a later look takes down what could not be taken down before.
        """
        for tested in run.deployments:
            if tested.arn and not tested.commitment:
                self.deployments.delete(tested.mode, tested.arn)
        self.turns.give_back(run)
        self.approval.ask(run, token, now, COMMITMENT)
