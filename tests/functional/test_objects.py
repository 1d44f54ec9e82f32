"""Objects of S3: read in parts at one version, written in parts, never on disk."""

import io
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import IncompleteReadError
from moto import mock_aws

from tunedrop import objects
from tunedrop.errors import ServiceBusyError
from tunedrop.object_parts import ObjectParts
from tunedrop.objects import Objects

BUCKET = "tested"
DATA = bytes(range(256)) * 40


@pytest.fixture
def s3() -> Iterator[Any]:
    with mock_aws():
        keys = {"aws_access_key_id": "dev", "aws_secret_access_key": "dev"}
        client = boto3.Session().client("s3", region_name="us-east-1", **keys)
        client.create_bucket(Bucket=BUCKET)
        client.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        yield client


class Faulty:
    """A client whose first answers are no whole ones; notes what was asked."""

    def __init__(self, client: Any, broken: int = 0) -> None:
        self._client = client
        self._broken = broken
        self.asked: list[dict[str, str]] = []

    def get_object(self, **asked: str) -> Any:
        self.asked.append(asked)
        answer = self._client.get_object(**asked)
        if len(self.asked) <= self._broken:
            answer["Body"] = _Broken()
        return answer


class _Broken(io.BytesIO):
    def read(self, _: int | None = -1) -> bytes:
        raise IncompleteReadError(actual_bytes=1, expected_bytes=2)


def parts(client: Any, pauses: list[float] | None = None, **keys: Any) -> ObjectParts:
    waited = [] if pauses is None else pauses
    address = {"Bucket": BUCKET, "Key": "data"}
    return ObjectParts(client=client, address=address, sleep=waited.append, **keys)


@pytest.mark.parametrize("part_bytes", [1000, 10_240, 3413, 20_000])
def test_parts_come_in_order_and_make_up_the_object(s3: Any, part_bytes: int) -> None:
    s3.put_object(Bucket=BUCKET, Key="data", Body=DATA)
    read = list(parts(s3, part_bytes=part_bytes))
    assert b"".join(read) == DATA
    assert max(map(len, read)) <= part_bytes


def test_a_small_object_is_one_request(s3: Any) -> None:
    s3.put_object(Bucket=BUCKET, Key="data", Body=DATA)
    client = Faulty(s3)
    assert list(parts(client)) == [DATA]
    assert len(client.asked) == 1


def test_an_empty_object_has_no_parts(s3: Any) -> None:
    s3.put_object(Bucket=BUCKET, Key="data", Body=b"")
    assert b"".join(parts(s3)) == b""


def test_the_version_of_the_first_part_is_read_to_its_end(s3: Any) -> None:
    s3.put_object(Bucket=BUCKET, Key="data", Body=DATA)
    reading = iter(parts(s3, part_bytes=1000))
    begun = next(reading)
    s3.put_object(Bucket=BUCKET, Key="data", Body=b"x" * len(DATA))
    assert begun + b"".join(reading) == DATA


def test_no_more_parts_are_under_way_than_may_be(s3: Any) -> None:
    s3.put_object(Bucket=BUCKET, Key="data", Body=DATA)
    client = Faulty(s3)
    reading = iter(parts(client, part_bytes=100, ahead=3))
    for taken in range(1, 20):
        next(reading)
        assert len(client.asked) <= taken + 3


def test_answers_that_break_off_are_asked_for_again(s3: Any) -> None:
    s3.put_object(Bucket=BUCKET, Key="data", Body=DATA)
    pauses: list[float] = []
    assert b"".join(parts(Faulty(s3, broken=2), pauses, part_bytes=1000)) == DATA
    assert len(pauses) == 2


def test_a_service_that_stays_broken_is_said_to_be_busy(s3: Any) -> None:
    s3.put_object(Bucket=BUCKET, Key="data", Body=DATA)
    with pytest.raises(ServiceBusyError, match="in the middle of data"):
        list(parts(Faulty(s3, broken=99)))


@pytest.mark.parametrize("size", [0, 1, 5 << 20, (11 << 20) + 7])
def test_what_is_written_in_pieces_is_one_object(
    s3: Any, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(objects, "_PART_BYTES", 5 << 20)
    output = Objects(s3, BUCKET).output("data")
    piece = DATA * 25
    for start in range(0, size, len(piece)):
        output.write(piece[: size - start])
    assert "Contents" not in s3.list_objects_v2(Bucket=BUCKET)
    output.close()
    written = s3.get_object(Bucket=BUCKET, Key="data")
    expected = piece * (size // len(piece)) + piece[: size % len(piece)]
    assert written["Body"].read() == expected
    assert written["ContentType"] == "application/jsonl"
    assert s3.get_object_tagging(Bucket=BUCKET, Key="data")["TagSet"]


def test_a_failed_upload_leaves_no_parts(s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(objects, "_PART_BYTES", 100)
    output = Objects(s3, BUCKET).output("data")
    output.write(DATA)
    output.write(DATA)
    with pytest.raises(s3.exceptions.ClientError, match="EntityTooSmall"):
        output.close()
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=BUCKET)
