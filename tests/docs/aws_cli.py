"""Says what is wrong with an `aws` command line, without running it."""

from collections.abc import Iterator

import botocore.session
from botocore import xform_name
from botocore.exceptions import UnknownServiceError

_OF_EVERY_COMMAND = frozenset({"--query", "--output", "--region", "--profile"})
_HIGH_LEVEL = frozenset({("s3", "cp")})
_SESSION = botocore.session.get_session()


def faults(words: list[str]) -> Iterator[str]:
    """What the AWS CLI would not understand of `aws ...`."""
    service, operation, *arguments = words[1:]
    if (service, operation) in _HIGH_LEVEL:
        return
    service = "s3" if service == "s3api" else service
    try:
        operations = _operations(service)
    except UnknownServiceError:
        yield f"there is no service {service}"
        return
    if operation == "wait":
        operation, *arguments = arguments
        yield from _waiter_faults(service, operation)
        return
    if operation not in operations:
        yield f"{service} has no operation {operation}"
        return
    given = {word for word in arguments if word.startswith("--")}
    known = _OF_EVERY_COMMAND | operations[operation]
    yield from (f"{operation} has no option {option}" for option in sorted(given - known))


def _operations(service: str) -> dict[str, set[str]]:
    model = _SESSION.get_service_model(service)
    operations = {}
    for name in model.operation_names:
        shape = model.operation_model(name).input_shape
        members = shape.members if shape else ()
        options = {f"--{xform_name(member, '-')}" for member in members}
        operations[xform_name(name, "-")] = options
    return operations


def _waiter_faults(service: str, waiter: str) -> Iterator[str]:
    known = {xform_name(name, "-") for name in _SESSION.get_waiter_model(service).waiter_names}
    if waiter not in known:
        yield f"{service} has no waiter {waiter}"
