"""InvokeModel where pictures are asked for or looked at: Titan's and Canvas's native bodies."""

import base64
from collections.abc import Callable, Mapping
from typing import Any

from localcloud.bedrock import learner
from localcloud.bedrock.errors import invalid
from localcloud.bedrock.serving import AnyModel, base_of
from localcloud.bedrock.state import CustomModel

_LENGTHS = (256, 384, 1024)
_SIDES = (256, 4096)
_MOST_IMAGES = 5
_MOST_TEXT = 1024  # characters of a prompt
_CHARACTERS_PER_TOKEN = 4


def native_answer(model: AnyModel, body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The answer to a body for an image or for an embedding.

    Raises ValueError, KeyError or TypeError where the body is of another form.
    """
    learner.on_one_thread()
    return _ANSWERS[base_of(model).inference.request](model, body)


def _drawn(model: AnyModel, body: Mapping[str, Any]) -> Mapping[str, Any]:
    if body["taskType"] != "TEXT_IMAGE":
        raise invalid(f"The embedded cloud serves no taskType but TEXT_IMAGE: {body['taskType']}")
    text = body["textToImageParams"]["text"]
    if not isinstance(text, str) or not 1 <= len(text) <= _MOST_TEXT:
        raise invalid(
            f"Malformed input request: #/textToImageParams/text: expected between 1 and "
            f"{_MOST_TEXT} characters, please reformat your input and try again."
        )
    wanted = body.get("imageGenerationConfig", {})
    width = _in_range(wanted, "width", 1024, _SIDES)
    height = _in_range(wanted, "height", 1024, _SIDES)
    count = _in_range(wanted, "numberOfImages", 1, (1, _MOST_IMAGES))
    seed = _in_range(wanted, "seed", 0, (0, 2**31 - 1))
    draw = _drawing(model)
    drawn = [draw(text, width, height, seed + index) for index in range(count)]
    return {"images": [base64.b64encode(each).decode() for each in drawn], "error": None}


def _embedded(model: AnyModel, body: Mapping[str, Any]) -> Mapping[str, Any]:
    from localcloud.bedrock.pictures.pixels import thumbnail

    text, encoded = body.get("inputText"), body.get("inputImage")
    if text is None and encoded is None:
        raise invalid("Malformed input request: provide inputText, inputImage or both.")
    length = body.get("embeddingConfig", {}).get("outputEmbeddingLength", max(_LENGTHS))
    if length not in _LENGTHS:
        raise invalid(
            f"Malformed input request: #/embeddingConfig/outputEmbeddingLength: {length} is not a "
            "valid enum value, please reformat your input and try again."
        )
    picture = thumbnail(base64.b64decode(encoded, validate=True)) if encoded is not None else None
    if encoded is not None and picture is None:
        raise invalid("Unable to process provided image. Provide a valid PNG or JPEG image.")
    tokens = -(-len(text) // _CHARACTERS_PER_TOKEN) if text is not None else 0
    vector = _vector(model)(text, picture, length)
    return {"embedding": vector, "inputTextTokenCount": tokens, "message": None}


def _drawing(model: AnyModel) -> Callable[[str, int, int, int], bytes]:
    from localcloud.bedrock.picture_learner.drawings import base_drawing

    return model.learned.drawing if isinstance(model, CustomModel) else base_drawing


def _vector(model: AnyModel) -> Callable[[str | None, Any, int], list[float]]:
    from localcloud.bedrock.picture_learner.vectors import base_vector

    return model.learned.vector if isinstance(model, CustomModel) else base_vector


def _in_range(wanted: Mapping[str, Any], key: str, usual: int, accepted: tuple[int, int]) -> int:
    value = wanted.get(key, usual)
    least, most = accepted
    if not isinstance(value, int) or not least <= value <= most:
        raise invalid(
            f"Malformed input request: #/imageGenerationConfig/{key}: {value} is not between "
            f"{least} and {most}, please reformat your input and try again."
        )
    return value


_ANSWERS: Mapping[str, Callable[[AnyModel, Mapping[str, Any]], Mapping[str, Any]]] = {
    "image-generation": _drawn,
    "multimodal-embedding": _embedded,
}
