"""Gateway to the function that takes answers: what the command line asks on people's behalf."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tunedrop.errors import InvalidInputError, ServiceBusyError
from tunedrop.gateway import aws
from tunedrop.serving.approval import statement


@dataclass(frozen=True, kw_only=True)
class ApprovalFunction:
    """Invokes it; `prove` signs a statement with the caller's credentials."""

    client: Any
    name: str
    prove: Callable[[str], str]

    def answer(self, run_id: str, *, approved: bool, commitment: str = "") -> str:
        """Answer a run's question; returns who answered by AWS's word.

        An `InvalidInputError` says why nothing was answered.
        """
        proof = self.prove(statement(run_id, approved=approved, commitment=commitment))
        payload = {
            "run_id": run_id,
            "approved": approved,
            "commitment": commitment,
            "proof": proof,
        }
        with aws("answer"):
            found = self.client.invoke(FunctionName=self.name, Payload=json.dumps(payload).encode())
        answer = json.loads(found["Payload"].read())
        if "FunctionError" not in found:
            return str(answer["answered_by"])
        if answer.get("errorType") == InvalidInputError.__name__:
            raise InvalidInputError(answer["errorMessage"])
        raise ServiceBusyError(f"The answer was not taken: {answer.get('errorMessage', '')}")
