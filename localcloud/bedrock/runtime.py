"""Inference: Converse and InvokeModel for base models, provisioned throughput and deployments."""

import itertools
import json
import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from localcloud.bedrock import deployments, learner, throughputs
from localcloud.bedrock.catalog import FoundationModel
from localcloud.bedrock.cloud import Answer, Call
from localcloud.bedrock.dialogues import USER, Dialogue, Turn, prompt_of, with_sight
from localcloud.bedrock.errors import ServiceError, invalid, invalid_model, not_found
from localcloud.bedrock.native_bodies import native_body
from localcloud.bedrock.native_pictures import native_answer
from localcloud.bedrock.serving import AnyModel, base_of, is_updating
from localcloud.bedrock.shown_media import media_of, words_seen
from localcloud.bedrock.state import CustomModel, Deployment, Throughput, find, now

_CHARACTERS_PER_TOKEN = 4


@dataclass(frozen=True, kw_only=True)
class Said:
    """An answer of a model, cut where the request wanted it cut."""

    text: str
    stop_reason: str
    input_tokens: int
    output_tokens: int


def converse(call: Call) -> Answer:
    """Converse."""
    started = time.monotonic()
    model = _asked_model(call)
    given, base = call.parameters, base_of(model)
    if base.inference.request != "converse":
        raise invalid(
            "This action doesn't support the model that you provided. Try again with a supported "
            "text or chat model."
        )
    dialogue = _dialogue(given)
    if dialogue.system and not base.inference.takes_system_prompt:
        raise invalid("This model doesn't support the system field. Remove system and try again.")
    limits = given.get("inferenceConfig", {})
    said = say(call, model, dialogue, limits.get("maxTokens"), limits.get("stopSequences", ()))
    return {
        "output": {"message": {"role": "assistant", "content": [{"text": said.text}]}},
        "stopReason": said.stop_reason,
        "usage": {
            "inputTokens": said.input_tokens,
            "outputTokens": said.output_tokens,
            "totalTokens": said.input_tokens + said.output_tokens,
        },
        "metrics": {"latencyMs": int((time.monotonic() - started) * 1000)},
    }


def invoke(call: Call) -> Answer:
    """InvokeModel, in the native body of the model's family; tokens are told in headers."""
    model = _asked_model(call)
    answer, tokens = _native_answer(call, model)
    counted = {f"X-Amzn-Bedrock-{side}-Token-Count": str(n) for side, n in tokens.items()}
    body = json.dumps(answer).encode()
    return {"body": body, "contentType": "application/json", "headers": counted}


def _native_answer(call: Call, model: AnyModel) -> tuple[Mapping[str, Any], Mapping[str, int]]:
    try:
        request = json.loads(call.parameters["body"] or b"null")
        if base_of(model).inference.request != "converse":
            return _picture_answer(model, request)
        body = native_body(base_of(model).family)
        dialogue, most, stops = body.read(request)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise invalid(
            "Malformed input request: the body does not suit the model; please reformat your "
            "input and try again."
        ) from error
    said = say(call, model, dialogue, most, stops)
    answer = body.write(said.text, said.stop_reason, said.input_tokens, said.output_tokens)
    return answer, {"Input": said.input_tokens, "Output": said.output_tokens}


def _picture_answer(
    model: AnyModel, request: Mapping[str, Any]
) -> tuple[Mapping[str, Any], Mapping[str, int]]:
    """Embeddings count what they read; images are billed by the image."""
    answer = native_answer(model, request)
    read = answer.get("inputTextTokenCount")
    return answer, {} if read is None else {"Input": read}


def say(
    call: Call,
    model: AnyModel,
    dialogue: Dialogue,
    most_tokens: int | None,
    stops: Sequence[str],
) -> Said:
    """What the model answers: a custom model from what it learned."""
    prompt = prompt_of(dialogue.turns)
    seen = words_seen(call, base_of(model), dialogue.media)
    if isinstance(model, CustomModel):
        text = model.learned.answer(with_sight(dialogue.system, seen), prompt)
    else:
        text = learner.base_answer(dialogue.system, prompt)
    reason = "end_turn"
    found = [position for position in (text.find(stop) for stop in stops) if position >= 0]
    if found:
        text, reason = text[: min(found)], "stop_sequence"
    if most_tokens is not None and _tokens(len(text)) > most_tokens:
        text, reason = text[: most_tokens * _CHARACTERS_PER_TOKEN], "max_tokens"
    return Said(
        text=text,
        stop_reason=reason,
        input_tokens=_tokens(dialogue.characters),
        output_tokens=_tokens(len(text)),
    )


def _tokens(characters: int) -> int:
    return max(1, math.ceil(characters / _CHARACTERS_PER_TOKEN))


def _dialogue(given: Any) -> Dialogue:
    system = "\n".join(block["text"] for block in given.get("system", ()) if "text" in block)
    turns = tuple(
        Turn(
            role=message["role"],
            text="\n".join(block["text"] for block in message["content"] if "text" in block),
            media=tuple(media_of(message["content"])),
        )
        for message in given.get("messages", ())
    )
    if not turns or turns[0].role != USER:
        raise invalid(
            "A conversation must start with a user message. Try again with a "
            "conversation that starts with a user message."
        )
    if any(before.role == after.role for before, after in itertools.pairwise(turns)):
        raise invalid(
            "A conversation must alternate between user and assistant roles. Make sure "
            "the conversation alternates between user and assistant roles and try again."
        )
    if any(not turn.text.strip() for turn in turns):
        raise invalid(
            "The text field in the ContentBlock object is blank. Add text to the text "
            "field, and try again."
        )
    return Dialogue(system=system or None, turns=turns)


def _asked_model(call: Call) -> AnyModel:
    identifier: str = call.parameters["modelId"]
    if ":provisioned-model/" in identifier or ":custom-model-deployment/" in identifier:
        return _served_model(call, identifier)
    catalog = call.cloud.catalog
    if catalog.by_training_id(identifier) and not catalog.by_inference_id(identifier):
        raise not_found("Model not found.")
    return _base_model(call, identifier)


def _base_model(call: Call, identifier: str) -> FoundationModel:
    catalog = call.cloud.catalog
    model = catalog.by_inference_id(identifier)
    if model is None:
        raise invalid_model()
    in_region = call.region in model.inference.regions or catalog.keep_retired
    if not in_region or catalog.lifecycle(model, now().date()) == "END_OF_LIFE":
        raise invalid_model()
    direct = identifier.rpartition("/")[2] == model.inference.model_id
    if direct and model.inference.kind == "inference_profile" and model.provider != "Amazon":
        raise invalid(
            f"Invocation of model ID {identifier} with on-demand throughput isn't supported. "
            "Retry your request with the ID or ARN of an inference profile that contains this "
            "model."
        )
    return model


def _served_model(call: Call, arn: str) -> AnyModel:
    with call.state.lock:
        served: Throughput | Deployment | None = find(call.state.throughputs, arn) or find(
            call.state.deployments, arn
        )
        if served is None:
            raise not_found("Could not resolve the resource of the provided model identifier.")
        present = (
            throughputs.status(served)
            if isinstance(served, Throughput)
            else deployments.status(served)
        )
        if present not in ("InService", "Active", "Updating"):
            raise ServiceError(
                "ModelNotReadyException",
                "Model is not ready for inference. Wait and try your request again.",
            )
        is_updating(served)
        return served.model
