"""Filters, order and pages of the list operations."""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from localcloud.bedrock.cloud import Answer, Call
from localcloud.bedrock.errors import invalid
from localcloud.bedrock.state import RegionState

_PAGE = 100


class Dated(Protocol):
    """Anything with an ARN, a name and a time of creation."""

    arn: str
    name: str
    created: datetime


AnyDated = TypeVar("AnyDated", bound=Dated)


@dataclass(frozen=True, kw_only=True)
class Listing(Generic[AnyDated]):
    """How one list operation names its members and its time filters."""

    member: str
    summary: Callable[[RegionState, AnyDated], dict[str, Any]]
    before: str
    after: str


def page(call: Call, resources: Sequence[AnyDated], listing: Listing[AnyDated]) -> Answer:
    """One page of the resources that pass the filters, newest first unless asked otherwise."""
    given = call.parameters
    kept = [
        each
        for each in resources
        if given.get("nameContains", "") in each.name
        and not (listing.before in given and each.created >= given[listing.before])
        and not (listing.after in given and each.created <= given[listing.after])
    ]
    kept.sort(
        key=lambda each: (each.created, each.arn),
        reverse=given.get("sortOrder", "Descending") == "Descending",
    )
    shown, following = cut(kept, given.get("maxResults"), given.get("nextToken"))
    answer: dict[str, Any] = {listing.member: [listing.summary(call.state, each) for each in shown]}
    return answer | ({"nextToken": following} if following else {})


Item = TypeVar("Item")


def cut(
    items: Sequence[Item], size: int | None, token: str | None
) -> tuple[Sequence[Item], str | None]:
    """The page that a token asks for, and the token of the next."""
    start = _position(token) if token else 0
    end = start + (size or _PAGE)
    following = base64.b64encode(str(end).encode()).decode() if end < len(items) else None
    return items[start:end], following


def _position(token: str) -> int:
    try:
        return int(base64.b64decode(token, validate=True))
    except (ValueError, binascii.Error) as error:
        raise invalid("The provided nextToken is invalid") from error
