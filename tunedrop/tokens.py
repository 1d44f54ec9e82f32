"""Gateway to the task tokens by which waiting states are resumed."""

import json
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from tunedrop.errors import TunedropError
from tunedrop.gateway import aws, code_of

# The state has gone on without this token: a re-check has replaced it, or the execution has ended.
_SPENT = frozenset({"TaskTimedOut", "TaskDoesNotExist", "InvalidToken"})


class TaskTokens:
    """Resumes waiting states; a token that is spent is left alone."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def succeed(self, token: str, output: Mapping[str, Any]) -> bool:
        """Resume the state with its output; False when the token is spent."""
        return self._send("send_task_success", taskToken=token, output=json.dumps(output))

    def fail(self, token: str, error: TunedropError) -> bool:
        """Let the state fail, in the words that the error would have on Lambda."""
        name = type(error).__name__
        cause = json.dumps({"errorMessage": str(error), "errorType": name})
        return self._send("send_task_failure", taskToken=token, error=name, cause=cause)

    def _send(self, operation: str, **arguments: str) -> bool:
        try:
            with aws("resume a waiting state"):
                getattr(self._client, operation)(**arguments)
        except ClientError as error:
            if code_of(error) in _SPENT:
                return False
            raise
        return True
