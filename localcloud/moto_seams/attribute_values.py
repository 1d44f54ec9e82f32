"""DynamoDB's answers: moto looks for every possible type of every value, under each of its aliases.

That is most of what answering costs. A value has the form already in which AWS answers.
"""

import base64
from typing import Any

from moto.core.serialize import BaseJSONSerializer

from localcloud.moto_seams.replacing import replace


def apply() -> None:
    """Write attribute values as they are."""

    @replace(BaseJSONSerializer, "_serialize_type_structure")
    def serialize(
        original: Any, serializer: Any, serialized: Any, value: Any, shape: Any, key: str
    ) -> None:
        if shape.name == "AttributeValue" and key and isinstance(value, dict):
            serialized[key] = _as_json(value)
        else:
            original(serializer, serialized, value, shape, key)


def _as_json(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _as_json(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple | set):
        return [_as_json(inner) for inner in value]
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value if isinstance(value, bool) else str(value)
