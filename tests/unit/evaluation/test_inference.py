"""What Bedrock is asked, body by body, and what its answers become."""

import base64
import io
import json
from array import array
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tunedrop.dataset.records import Media, Record, Turn
from tunedrop.errors import ServiceBusyError
from tunedrop.evaluation.answers import QuestionRefusedError, Reply
from tunedrop.evaluation.inference import BedrockInference
from tunedrop.evaluation.questions import ImageToDraw, ImageToEmbed, Question, TextToEmbed

IMAGE = b"pixels"


class Runtime:
    """Keeps each request and gives the answer, or the error, that a test wants."""

    def __init__(self, answer: Any = None, error: str = "") -> None:
        self.given = answer
        self.error = error
        self.request: dict[str, Any] = {}

    def converse(self, **request: Any) -> Any:
        usage = {"inputTokens": 12, "outputTokens": 3, "totalTokens": 15}
        answer = {"output": {"message": {"content": self.given}}, "usage": usage}
        return self._answer(request, answer)

    def invoke_model(self, **request: Any) -> Any:
        body = io.BytesIO(json.dumps(self.given).encode())
        headers = {"x-amzn-bedrock-input-token-count": "7"}
        return self._answer(request, {"body": body, "ResponseMetadata": {"HTTPHeaders": headers}})

    def _answer(self, request: dict[str, Any], answer: Any) -> Any:
        self.request = request
        if self.error:
            raise ClientError({"Error": {"Code": self.error, "Message": "words"}}, "Converse")
        return answer

    @property
    def body(self) -> Any:
        return json.loads(self.request["body"])


def reply(runtime: Runtime, question: Question) -> Reply:
    return BedrockInference(runtime, {"s3://b/i.png": IMAGE}.__getitem__).answer("arn:m", question)


def ask(runtime: Runtime, question: Question) -> str:
    return reply(runtime, question).text or ""


def dialogue(*parts: str | Media, system: str | None = None) -> Record:
    texts = "\n".join(part for part in parts if isinstance(part, str))
    told = parts if any(isinstance(part, Media) for part in parts) else ()
    return Record(system, (Turn("user", texts, told), Turn("assistant", "the reference")))


def test_a_dialogue_is_asked_up_to_its_last_turn_with_its_system_prompt() -> None:
    runtime = Runtime([{"text": "one "}, {"text": "two"}, {"reasoningContent": {}}])
    assert ask(runtime, dialogue("Hello?", system="Be brief.")) == "one two"
    assert runtime.request["messages"] == [{"role": "user", "content": [{"text": "Hello?"}]}]
    assert runtime.request["system"] == [{"text": "Be brief."}]
    assert runtime.request["inferenceConfig"]["temperature"] == 0


def test_images_of_a_dialogue_are_sent_in_their_place() -> None:
    runtime = Runtime([{"text": "a lamp"}])
    ask(runtime, dialogue("What is", Media("image", "png", "s3://b/i.png"), "this?"))
    assert runtime.request["messages"][0]["content"] == [
        {"text": "What is"},
        {"image": {"format": "png", "source": {"bytes": IMAGE}}},
        {"text": "this?"},
    ]


def test_videos_are_named_and_their_format_is_read_off_the_name() -> None:
    runtime = Runtime([{"text": "a film"}])
    ask(runtime, dialogue("What?", Media("video", None, "s3://b/v.MP4")))
    assert runtime.request["messages"][0]["content"][1] == {
        "video": {"format": "mp4", "source": {"s3Location": {"uri": "s3://b/v.MP4"}}}
    }


def test_the_tokens_that_bedrock_bills_come_with_the_answer() -> None:
    said = reply(Runtime([{"text": "one"}]), dialogue("Hello?"))
    assert (said.input_tokens, said.output_tokens) == (12, 3)
    embedded = reply(Runtime({"embedding": [1.0]}), TextToEmbed("a lamp"))
    assert (embedded.input_tokens, embedded.output_tokens) == (7, None)


def test_a_text_is_embedded() -> None:
    runtime = Runtime({"embedding": [1, 0.5]})
    answer = ask(runtime, TextToEmbed("a lamp"))
    assert array("f", base64.b64decode(answer)).tolist() == [1.0, 0.5]
    assert runtime.body == {
        "inputText": "a lamp",
        "embeddingConfig": {"outputEmbeddingLength": 1024},
    }


def test_an_image_is_embedded_by_its_bytes() -> None:
    runtime = Runtime({"embedding": [1.0]})
    ask(runtime, ImageToEmbed("s3://b/i.png"))
    assert base64.b64decode(runtime.body["inputImage"]) == IMAGE


def test_a_caption_is_drawn_once_and_small() -> None:
    runtime = Runtime({"images": ["aW1hZ2U="]})
    assert ask(runtime, ImageToDraw("c" * 600)) == "aW1hZ2U="
    assert runtime.body["textToImageParams"] == {"text": "c" * 512}
    assert runtime.body["imageGenerationConfig"]["numberOfImages"] == 1


def test_an_image_that_a_filter_withheld_is_a_refusal_in_its_words() -> None:
    with pytest.raises(QuestionRefusedError, match="blocked by our content filters"):
        ask(Runtime({"images": [], "error": "blocked by our content filters"}), ImageToDraw("c"))


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("ThrottlingException", ServiceBusyError),
        ("ModelNotReadyException", ServiceBusyError),
        ("ModelTimeoutException", ServiceBusyError),
        ("ValidationException", QuestionRefusedError),
        ("AccessDeniedException", ClientError),
    ],
)
@pytest.mark.parametrize("question", [dialogue("Hello?"), TextToEmbed("a lamp")])
def test_errors_say_whether_to_ask_again(
    code: str, expected: type[Exception], question: Question
) -> None:
    with pytest.raises(expected, match="words"):
        ask(Runtime({}, error=code), question)
