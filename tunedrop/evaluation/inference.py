"""Gateway to Bedrock's runtime: a model's answer to the prompt of a record."""

from typing import Any

from botocore.exceptions import ClientError

from tunedrop.dataset.records import Record
from tunedrop.errors import ModelRejectedError, ServiceBusyError
from tunedrop.gateway import aws, code_of, words_of

_LONGEST_ANSWER = 1024
_ASK_AGAIN = frozenset({"ModelNotReadyException", "ModelTimeoutException", "ModelErrorException"})


class BedrockInference:
    """Asks through Converse, the one call that all base and custom text models answer."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def converse(self, model_id: str, record: Record) -> str:
        """The model's answer to everything before the record's last turn, at temperature 0."""
        try:
            with aws(f"ask {model_id}"):
                answer = self._client.converse(**_request(model_id, record))
        except ClientError as error:
            if code_of(error) in _ASK_AGAIN:
                raise ServiceBusyError(
                    f"{model_id} is not ready to answer: {words_of(error)}"
                ) from error
            if code_of(error) == "ValidationException":
                raise ModelRejectedError(
                    f"{model_id} cannot be asked the test set: {words_of(error)}"
                ) from error
            raise
        blocks = answer["output"]["message"]["content"]
        return "".join(block.get("text", "") for block in blocks)


def _request(model_id: str, record: Record) -> dict[str, Any]:
    messages = [{"role": turn.role, "content": [{"text": turn.text}]} for turn in record.turns[:-1]]
    system = {"system": [{"text": record.system}]} if record.system else {}
    return {
        "modelId": model_id,
        "messages": messages,
        "inferenceConfig": {"maxTokens": _LONGEST_ANSWER, "temperature": 0.0},
        **system,
    }
