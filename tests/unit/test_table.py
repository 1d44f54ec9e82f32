"""What DynamoDB's refusals mean to those who write records."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tunedrop.errors import ServiceBusyError
from tunedrop.table import Table

FAILED = "ConditionalCheckFailed"


class Cancelling:
    """A table whose transactions are cancelled for these reasons."""

    def __init__(self, *reasons: str) -> None:
        self._reasons = [{"Code": reason} for reason in reasons]

    def transact_write_items(self, **_: Any) -> None:
        error = {"Code": "TransactionCanceledException", "Message": "Cancelled."}
        answer = {"Error": error, "CancellationReasons": self._reasons}
        raise ClientError(answer, "TransactWriteItems")


@pytest.mark.parametrize("reasons", [(FAILED, "None"), (FAILED, "TransactionConflict")])
def test_a_condition_that_did_not_hold_is_an_answer(reasons: tuple[str, ...]) -> None:
    assert Table(Cancelling(*reasons), "runs").all_or_nothing({}, {}) is False


@pytest.mark.parametrize("reason", ["TransactionConflict", "ThrottlingError"])
def test_a_transaction_in_the_way_of_another_is_for_the_workflow_to_retry(reason: str) -> None:
    with pytest.raises(ServiceBusyError, match=reason):
        Table(Cancelling("None", reason), "runs").all_or_nothing({}, {})


def test_a_transaction_that_dynamodb_cannot_accept_is_no_condition() -> None:
    with pytest.raises(ClientError, match="TransactionCanceledException"):
        Table(Cancelling("ValidationError", "None"), "runs").all_or_nothing({}, {})
