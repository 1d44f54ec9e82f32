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

    def __init__(self, client: Any, clean_up_state_machine_arn: str) -> None:
        self._client = client
        self._clean_up_state_machine_arn = clean_up_state_machine_arn

    def status(self, execution_arn: str) -> str:
        """Step Functions' word for an execution; GONE once its history has expired."""
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

    def stop(self, execution_arn: str) -> None:
        """Stop an execution."""
        with aws("stop an execution"):
            self._client.stop_execution(executionArn=execution_arn, cause="Stopped by tunedrop.")
