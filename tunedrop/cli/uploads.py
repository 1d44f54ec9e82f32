"""Uploads what `tunedrop submit` was given: a file, or a folder with the run request for it."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO

import msgspec
import yaml

from tunedrop.cli.given import Given, below
from tunedrop.cli.places import LocalFolder
from tunedrop.errors import InvalidInputError
from tunedrop.layout import DATASETS_PREFIX, RUN_REQUEST_SUFFIX
from tunedrop.run_request import RunRequest
from tunedrop.services import Services

_AT_ONCE = 8
_TOLD_EVERY = 1000


def folder_of(found: Given) -> Path:
    """The folder on this machine; what lies in S3 is an `InvalidInputError`."""
    if isinstance(found.place, LocalFolder):
        return found.place.path
    raise InvalidInputError(
        f"{found.place.uri} lies in S3, and submit uploads from this machine. Copy it there with "
        "the AWS CLI (aws s3 cp), or download it first."
    )


def upload(services: Services, found: Given, recipe: str, name: str) -> tuple[str, str]:
    """Upload a file or a folder; returns the key that starts the run, and its version.

    The run request of a folder goes last, when all that it names is there.
    """
    key = f"{DATASETS_PREFIX}{recipe}/{name}"
    if found.is_folder:
        _upload_folder(services, found, key)
        key += RUN_REQUEST_SUFFIX
        request = _as_yaml(below(found.request, name))
        services.s3.put_object(Bucket=services.datasets.bucket, Key=key, Body=request)
    else:
        with (folder_of(found) / found.file).open("rb") as file:
            _send(services, file, key)
    version = services.datasets.find(key)
    return key, version.version_id if version else ""


def _upload_folder(services: Services, found: Given, prefix: str) -> None:
    folder = folder_of(found)
    paths = [path for path in found.place.files() if not path.endswith(RUN_REQUEST_SUFFIX)]

    def one(path: str) -> None:
        with (folder / path).open("rb") as file:
            _send(services, file, f"{prefix}/{path}")

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for number, _ in enumerate(pool.map(one, paths), 1):
            if number % _TOLD_EVERY == 0 or number == len(paths):
                print(f"Uploaded {number:,} of {len(paths):,} files.", flush=True)


def _send(services: Services, file: IO[bytes], key: str) -> None:
    services.s3.upload_fileobj(file, services.datasets.bucket, key)


def _as_yaml(request: RunRequest) -> bytes:
    given = {key: value for key, value in msgspec.to_builtins(request).items() if value}
    return yaml.safe_dump(given, sort_keys=False, allow_unicode=True).encode()
