"""How a customization job is read from Bedrock's answer."""

from typing import Any

import pytest

from tests.unit.run_builders import NOW
from tunedrop.training.jobs import CustomizationJobs


class Answering:
    """A client that knows one running job."""

    def __init__(self, **members: Any) -> None:
        known = {"jobName": "x-1", "jobArn": "arn", "status": "InProgress", "creationTime": NOW}
        self._job = {**known, **members}

    def get_model_customization_job(self, jobIdentifier: str) -> dict[str, Any]:  # noqa: N803
        return self._job


@pytest.mark.parametrize(
    ("details", "started"),
    [
        ({"trainingDetails": {"status": "NotStarted"}}, False),
        ({"trainingDetails": {"status": "InProgress"}}, True),
        ({}, True),
        (None, True),
    ],
)
def test_only_a_job_that_bedrock_calls_not_started_is_stuck(
    details: dict[str, Any] | None, started: bool
) -> None:
    members = {} if details is None else {"statusDetails": details}
    found = CustomizationJobs(Answering(**members)).find("x-1")
    assert found is not None
    assert found.training_started is started
