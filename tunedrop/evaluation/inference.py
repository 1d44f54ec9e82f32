"""Gateway to Bedrock's runtime: a model's answer to the question of a record."""

import base64
import json
from array import array
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError
from msgspec import structs

from tunedrop.dataset.records import Media, Record, Turn
from tunedrop.errors import ServiceBusyError
from tunedrop.evaluation.answers import QuestionRefusedError, Reply
from tunedrop.evaluation.questions import ImageToDraw, ImageToEmbed, Question, TextToEmbed
from tunedrop.gateway import aws, code_of, words_of

_LONGEST_ANSWER = 1024
_LONGEST_CAPTION = 512
_EMBEDDING_LENGTH = 1024
_ASK_AGAIN = frozenset({"ModelNotReadyException", "ModelTimeoutException", "ModelErrorException"})


class BedrockInference:
    """Asks text models through Converse, and the others by the native body that they share.

    `read` gives the bytes of an S3 URI: images are sent, because not every model fetches them.
    """

    def __init__(self, client: Any, read: Callable[[str], bytes]) -> None:
        self._client = client
        self._read = read

    def answer(self, model_id: str, question: Question) -> Reply:
        """The answer: a text; in base64 an image, or an embedding as 32-bit floats."""
        match question:
            case Record():
                return self._converse(model_id, question)
            case TextToEmbed():
                return self._embed(model_id, {"inputText": question.text})
            case ImageToEmbed():
                image = base64.b64encode(self._read(question.uri)).decode()
                return self._embed(model_id, {"inputImage": image})
            case ImageToDraw():
                return self._draw(model_id, question.caption)

    def _converse(self, model_id: str, record: Record) -> Reply:
        """The answer to everything before the record's last turn, at temperature 0."""
        system = {"system": [{"text": record.system}]} if record.system else {}
        request = {
            "modelId": model_id,
            "messages": [self._message(turn) for turn in record.turns[:-1]],
            "inferenceConfig": {"maxTokens": _LONGEST_ANSWER, "temperature": 0.0},
            **system,
        }
        answer = self._asked(model_id, lambda: self._client.converse(**request))
        blocks = answer["output"]["message"]["content"]
        usage = answer.get("usage", {})
        return Reply(
            text="".join(block.get("text", "") for block in blocks),
            input_tokens=usage.get("inputTokens"),
            output_tokens=usage.get("outputTokens"),
        )

    def _message(self, turn: Turn) -> dict[str, Any]:
        parts = turn.parts or (turn.text,)
        blocks = [{"text": p} if isinstance(p, str) else self._medium(p) for p in parts]
        return {"role": turn.role, "content": blocks}

    def _medium(self, medium: Media) -> dict[str, Any]:
        if medium.kind == "video":
            source: dict[str, Any] = {"s3Location": {"uri": medium.uri}}
        else:
            source = {"bytes": self._read(medium.uri)}
        return {medium.kind: {"format": medium.format or _ending(medium.uri), "source": source}}

    def _embed(self, model_id: str, given: dict[str, str]) -> Reply:
        config = {"outputEmbeddingLength": _EMBEDDING_LENGTH}
        answer, counted = self._invoke(model_id, {**given, "embeddingConfig": config})
        embedding = base64.b64encode(array("f", answer["embedding"]).tobytes()).decode()
        return structs.replace(counted, text=embedding)

    def _draw(self, model_id: str, caption: str) -> Reply:
        answer, counted = self._invoke(
            model_id,
            {
                "taskType": "TEXT_IMAGE",
                "textToImageParams": {"text": caption[:_LONGEST_CAPTION]},
                "imageGenerationConfig": {"numberOfImages": 1, "width": 512, "height": 512},
            },
        )
        if not answer.get("images"):
            raise QuestionRefusedError(answer.get("error") or "no image came back")
        return structs.replace(counted, text=str(answer["images"][0]))

    def _invoke(self, model_id: str, body: dict[str, Any]) -> tuple[Any, Reply]:
        """The native answer, and a reply that has its tokens: Bedrock tells them in headers."""
        answer = self._asked(
            model_id,
            lambda: self._client.invoke_model(
                modelId=model_id,
                body=json.dumps(body).encode(),
                contentType="application/json",
                accept="application/json",
            ),
        )
        headers = answer["ResponseMetadata"]["HTTPHeaders"]
        counted = (
            headers.get(f"x-amzn-bedrock-{side}-token-count") for side in ("input", "output")
        )
        given, said = (None if each is None else int(each) for each in counted)
        return json.loads(answer["body"].read()), Reply(input_tokens=given, output_tokens=said)

    def _asked(self, model_id: str, call: Callable[[], Any]) -> Any:
        try:
            with aws(f"ask {model_id}"):
                return call()
        except ClientError as error:
            if code_of(error) in _ASK_AGAIN:
                raise ServiceBusyError(
                    f"{model_id} is not ready to answer: {words_of(error)}"
                ) from error
            if code_of(error) == "ValidationException":
                raise QuestionRefusedError(words_of(error)) from error
            raise


def _ending(uri: str) -> str:
    ending = uri.rpartition(".")[2].lower()
    return "jpeg" if ending == "jpg" else ending
