"""Gateway to DynamoDB: items as plain data, written under conditions."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError

from tunedrop.errors import ServiceBusyError
from tunedrop.gateway import aws, code_of

# Why a transaction was cancelled, where the same one may go through a moment later.
_PASSING = frozenset({"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})


class Table:
    """Items as plain data in a DynamoDB table with the partition key `pk`."""

    def __init__(self, client: Any, name: str) -> None:
        self._client = client
        self.name = name

    def get(self, pk: str) -> dict[str, Any] | None:
        """The item, read consistently, or None."""
        with aws("read a record"):
            answer = self._client.get_item(
                TableName=self.name, Key=_attributes({"pk": pk}), ConsistentRead=True
            )
        return _plain_item(answer["Item"]) if "Item" in answer else None

    def put(self, item: Mapping[str, Any], *, condition: str, **values: Any) -> bool:
        """Write an item; False when the condition did not hold."""
        return self._conditionally(
            self._client.put_item,
            TableName=self.name,
            Item=_attributes(item),
            ConditionExpression=condition,
            **_values(values),
        )

    def update(
        self, pk: str, expression: str, *, condition: str, names: Mapping[str, str], **values: Any
    ) -> dict[str, Any] | None:
        """Update an item and return it as it is now; None when the condition did not hold."""
        change = self.change(pk, expression, condition=condition, names=names, **values)
        answer: dict[str, Any] = {}

        def call(**arguments: Any) -> None:
            answer.update(self._client.update_item(**arguments, ReturnValues="ALL_NEW"))

        return _plain_item(answer["Attributes"]) if self._conditionally(call, **change) else None

    def change(
        self, pk: str, expression: str, *, condition: str, names: Mapping[str, str], **values: Any
    ) -> dict[str, Any]:
        """An update as `all_or_nothing` takes it."""
        return {
            "TableName": self.name,
            "Key": _attributes({"pk": pk}),
            "UpdateExpression": expression,
            "ConditionExpression": condition,
            **({"ExpressionAttributeNames": dict(names)} if names else {}),
            **_values(values),
        }

    def all_or_nothing(self, *changes: dict[str, Any]) -> bool:
        """Apply several changes at once; False when a condition of theirs did not hold."""
        return self._conditionally(
            self._client.transact_write_items, TransactItems=[{"Update": c} for c in changes]
        )

    def delete(self, pk: str, *, condition: str, **values: Any) -> bool:
        """Delete an item; False when the condition did not hold."""
        return self._conditionally(
            self._client.delete_item,
            TableName=self.name,
            Key=_attributes({"pk": pk}),
            ConditionExpression=condition,
            **_values(values),
        )

    def index(self, name: str, key: str, value: str) -> Iterator[dict[str, Any]]:
        """The items of an index under one key, newest first."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self.name,
            IndexName=name,
            KeyConditionExpression="#key = :value",
            ExpressionAttributeNames={"#key": key},
            ExpressionAttributeValues=_attributes({":value": value}),
            ScanIndexForward=False,
        )
        with aws("list records"):
            for page in pages:
                yield from map(_plain_item, page["Items"])

    def _conditionally(self, call: Any, **arguments: Any) -> bool:
        try:
            with aws("write a record"):
                call(**arguments)
        except ClientError as error:
            if _is_condition_failed(error):
                return False
            raise
        return True


def _is_condition_failed(error: ClientError) -> bool:
    """Whether a condition did not hold; a transaction in another's way is a `ServiceBusyError`."""
    if code_of(error) == "ConditionalCheckFailedException":
        return True
    given = error.response.get("CancellationReasons", ())
    reasons = {reason.get("Code") for reason in given} - {"None"}
    if reasons and reasons <= _PASSING:
        raise ServiceBusyError(
            f"AWS is busy: a transaction was cancelled for {', '.join(sorted(reasons))}."
        ) from error
    return "ConditionalCheckFailed" in reasons


def _attributes(item: Mapping[str, Any]) -> dict[str, Any]:
    serializer = TypeSerializer()
    return {k: serializer.serialize(_storable(v)) for k, v in item.items()}


def _values(values: Mapping[str, Any]) -> dict[str, Any]:
    if not values:
        return {}
    return {"ExpressionAttributeValues": _attributes({f":{k}": v for k, v in values.items()})}


def _plain_item(item: Mapping[str, Any]) -> dict[str, Any]:
    deserializer = TypeDeserializer()
    return {k: _readable(deserializer.deserialize(v)) for k, v in item.items()}


def _storable(value: Any) -> Any:
    if isinstance(value, float):
        return Decimal(repr(value))
    if isinstance(value, Mapping):
        return {str(k): _storable(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_storable(v) for v in value]
    return value


def _readable(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dict):
        return {k: _readable(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_readable(v) for v in value]
    return value
