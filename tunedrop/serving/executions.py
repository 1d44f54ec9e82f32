"""Gateway to the executions of both state machines."""

import json
from typing import Any

from botocore.exceptions import ClientError

from tunedrop.gateway import aws, code_of
from tunedrop.run import Run, plain

_RUNNING = "RUNNING"
_GONE = "GONE"


class Executions:
    """Tells whether runs are still carried out, and starts their clean-up when they are not."""

    def __init__(
        self, client: Any, *, state_machine_arn: str, clean_up_state_machine_arn: str
    ) -> None:
        self._client = client
        self._state_machine_arn = state_machine_arn
        self._clean_up_state_machine_arn = clean_up_state_machine_arn

    def status(self, execution_arn: str) -> str:
        """Step Functions' word for an execution; GONE once its history has expired.

        GONE are the executions of a state machine that was replaced, too: nobody may ask about
        them any more.
        """
        ours = self._state_machine_arn.replace(":stateMachine:", ":execution:", 1)
        if not execution_arn.startswith(f"{ours}:"):
            return _GONE
        try:
            with aws("describe an execution"):
                return str(self._client.describe_execution(executionArn=execution_arn)["status"])
        except ClientError as error:
            if code_of(error) == "ExecutionDoesNotExist":
                return _GONE
            raise

    def clean_up_if_over(self, run: Run) -> bool:
        """Start the clean-up of a run whose execution ended without it; True if it was needed."""
        status = self.status(run.execution_arn)
        if status == _RUNNING:
            return False
        given = {
            "run_id": run.run_id,
            "execution_arn": run.execution_arn,
            "status": status,
            "input": json.dumps(plain(run.source)),
        }
        with aws("start a clean-up"):
            self._client.start_execution(
                stateMachineArn=self._clean_up_state_machine_arn, input=json.dumps(given)
            )
        return True

    def stop_all(self, cause: str) -> tuple[str, ...]:
        """Stop every execution that carries out a run; returns their run_ids."""
        pages = self._client.get_paginator("list_executions")
        with aws("stop the executions"):
            running = [
                execution
                for page in pages.paginate(
                    stateMachineArn=self._state_machine_arn, statusFilter=_RUNNING
                )
                for execution in page["executions"]
            ]
            for execution in running:
                self._client.stop_execution(executionArn=execution["executionArn"], cause=cause)
        return tuple(execution["name"] for execution in running)
