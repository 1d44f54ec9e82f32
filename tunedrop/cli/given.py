"""What is to be checked or submitted: a dataset, a folder of them, or a run request."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from tunedrop import run_request
from tunedrop.cli.places import Place, located
from tunedrop.dataset.lines import SourceFile
from tunedrop.dataset.splits import Side
from tunedrop.errors import InvalidInputError
from tunedrop.layout import DATASET_SUFFIX, RUN_REQUEST_SUFFIX
from tunedrop.run_request import RunRequest

_SIDES: tuple[Side, ...] = ("train", "validation", "test")
_REJECTED = f"rejected{DATASET_SUFFIX}"
_ACCEPTED = (
    f"a dataset (*{DATASET_SUFFIX}), a run request (*{RUN_REQUEST_SUFFIX}) or a folder with "
    f"train{DATASET_SUFFIX}"
)


class RequestRefusedError(InvalidInputError):
    """The run request itself is wrong."""


@dataclass(frozen=True, kw_only=True)
class Given:
    """A folder and what of it is meant: one file, or the files that a request names.

    `file` is "" where the folder itself was given. A request's paths are relative to `place`.
    """

    place: Place
    file: str
    request: RunRequest

    @property
    def name(self) -> str:
        """How messages name it."""
        return self.file or self.place.uri

    @property
    def is_folder(self) -> bool:
        """Whether a folder was given."""
        return not self.file

    @property
    def is_request(self) -> bool:
        """Whether a run request was given as a file."""
        return self.file.endswith(RUN_REQUEST_SUFFIX)

    @property
    def paths(self) -> Mapping[Side, tuple[str, ...]]:
        """The files on each side."""
        request = self.request
        return {
            "train": request.train,
            "validation": (request.validation,) if request.validation else (),
            "test": (request.test,) if request.test else (),
        }

    @property
    def sources(self) -> Mapping[Side, Sequence[SourceFile]]:
        """The files on each side, for the validator."""
        return {
            side: [self.place.source(path) for path in paths] for side, paths in self.paths.items()
        }

    @property
    def bytes(self) -> int:
        """What all files hold together."""
        return sum(self.place.size(path) or 0 for path in self.request.paths)

    @property
    def missing(self) -> list[str]:
        """The files that the request names and the folder lacks."""
        return [path for path in self.request.paths if self.place.size(path) is None]

    def check_complete(self) -> None:
        """An `InvalidInputError` names the files that are missing."""
        if missing := self.missing:
            raise InvalidInputError(
                f"{self.name} names {', '.join(missing)}, which is not in "
                f"{self.place.uri}. Put the file there, or correct the name."
            )


def given(name: str) -> Given:
    """What a name on the command line stands for; `InvalidInputError` where it is nothing."""
    place, file = located(name)
    if not file:
        return Given(place=place, file="", request=_request_of_folder(place))
    if file.endswith(RUN_REQUEST_SUFFIX):
        return Given(place=place, file=file, request=_read(place, file))
    if file.endswith(DATASET_SUFFIX):
        return Given(place=place, file=file, request=RunRequest(train=(file,)))
    raise InvalidInputError(f"{file} is not {_ACCEPTED}.")


def _request_of_folder(place: Place) -> RunRequest:
    """The folder's own run request, or one that names its train, validation and test files."""
    files = [path for path in place.files() if "/" not in path]
    requests = [path for path in files if path.endswith(RUN_REQUEST_SUFFIX)]
    if len(requests) > 1:
        raise InvalidInputError(
            f"The folder {place.uri} holds {len(requests)} run requests: {', '.join(requests)}. "
            "Name one of them."
        )
    if requests:
        return _read(place, requests[0])
    datasets = [path for path in files if path.endswith(DATASET_SUFFIX)]
    named = {side: f"{side}{DATASET_SUFFIX}" for side in _SIDES}
    # `tunedrop prepare` writes rejected.jsonl beside the files that are meant.
    meant = {*named.values(), _REJECTED} if named["train"] in datasets else named.values()
    others = [path for path in datasets if path not in meant]
    if named["train"] not in datasets and len(datasets) == 1 and others:
        named["train"] = others.pop()
    if named["train"] not in datasets or others:
        raise InvalidInputError(
            f"The folder {place.uri} holds {', '.join(datasets) or 'no dataset'}; it must hold "
            f"{named['train']}, and may hold {named['validation']} and {named['test']}. Rename "
            f"the files, or name them in a run request (*{RUN_REQUEST_SUFFIX}) beside them."
        )
    there = {side: path for side, path in named.items() if path in datasets}
    return RunRequest(
        train=(there["train"],), validation=there.get("validation"), test=there.get("test")
    )


def _read(place: Place, file: str) -> RunRequest:
    try:
        return run_request.parse(place.read(file).decode("utf-8-sig"), where=file)
    except UnicodeDecodeError as error:
        raise RequestRefusedError(f"{file} is not UTF-8 text; save it as UTF-8.") from error
    except InvalidInputError as error:
        raise RequestRefusedError(str(error)) from error


def below(request: RunRequest, folder: str) -> RunRequest:
    """The request with its paths one folder deeper."""
    return msgspec.structs.replace(
        request,
        train=tuple(f"{folder}/{path}" for path in request.train),
        validation=request.validation and f"{folder}/{request.validation}",
        test=request.test and f"{folder}/{request.test}",
    )
