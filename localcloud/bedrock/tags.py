"""Tags of jobs, custom models, throughput and deployments."""

from localcloud.bedrock.cloud import Answer, Call
from localcloud.bedrock.errors import ServiceError, not_found

_MOST = 200


def tag(call: Call) -> Answer:
    """TagResource."""
    with call.state.lock:
        arn = _existing(call)
        keys = {each["key"] for each in call.parameters["tags"]}
        if len(keys | set(call.state.tags.get(arn, ()))) > _MOST:
            raise ServiceError("TooManyTagsException", f"A resource has at most {_MOST} tags")
        call.state.keep_tags(arn, call.parameters["tags"])
    return {}


def untag(call: Call) -> Answer:
    """UntagResource."""
    with call.state.lock:
        tags = call.state.tags.get(_existing(call), {})
        for key in call.parameters["tagKeys"]:
            tags.pop(key, None)
    return {}


def listed(call: Call) -> Answer:
    """ListTagsForResource."""
    with call.state.lock:
        tags = call.state.tags.get(_existing(call), {})
        return {"tags": [{"key": key, "value": value} for key, value in tags.items()]}


def _existing(call: Call) -> str:
    arn: str = call.parameters["resourceARN"]
    state = call.state
    if not any(
        arn in each for each in (state.jobs, state.models, state.throughputs, state.deployments)
    ):
        raise not_found("The provided resource identifier is not found")
    return arn
