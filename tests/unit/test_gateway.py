"""Which answers of AWS mean "try again"."""

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from tunedrop.errors import ServiceBusyError
from tunedrop.gateway import aws, code_of, words_of


def refusal(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "Not now."}}, "Operation")


@pytest.mark.parametrize(
    "code",
    [
        "ThrottlingException",
        "InternalServerException",
        "SlowDown",
        "ServiceUnavailable",
        "TransactionConflictException",
    ],
)
def test_a_busy_service_is_for_the_workflow_to_retry(code: str) -> None:
    with pytest.raises(ServiceBusyError) as busy, aws("read a thing"):
        raise refusal(code)
    assert str(busy.value) == f"AWS is busy: read a thing was answered with {code}: Not now."
    assert isinstance(busy.value.__cause__, ClientError)


@pytest.mark.parametrize("code", ["AccessDeniedException", "ValidationException", "NoSuchKey", ""])
def test_another_refusal_is_the_gateways_own_affair(code: str) -> None:
    with pytest.raises(ClientError) as refused, aws("read a thing"):
        raise refusal(code)
    assert (code_of(refused.value), words_of(refused.value)) == (code, "Not now.")


@pytest.mark.parametrize(
    "error",
    [EndpointConnectionError(endpoint_url="x"), ReadTimeoutError(endpoint_url="x", error="y")],
)
def test_an_unreachable_service_is_for_the_workflow_to_retry(error: Exception) -> None:
    with (
        pytest.raises(ServiceBusyError, match="could not be reached to read a thing"),
        aws("read a thing"),
    ):
        raise error


def test_a_mistake_of_ours_is_not_hidden() -> None:
    with pytest.raises(KeyError), aws("read a thing"):
        raise KeyError("x")


def test_an_answer_without_an_error_has_neither_code_nor_words() -> None:
    bare = ClientError({}, "Operation")
    assert (code_of(bare), words_of(bare)) == ("", "")
