"""Run requests: the small YAML file that names the files of a run and what it does differently."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from tunedrop.errors import InvalidInputError
from tunedrop.layout import DATASET_SUFFIX
from tunedrop.recipe.reading import read_struct

_NOTE_MAX = 500

Paths = Annotated[
    tuple[str, ...], Meta(min_length=1, description="a path, or a list of paths, of .jsonl files")
]
Path = Annotated[str, Meta(min_length=1, description="the path of a .jsonl file")]
Note = Annotated[
    str, Meta(max_length=_NOTE_MAX, description=f"text of at most {_NOTE_MAX} characters")
]


class RunRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One run: paths are relative to the recipe's folder, hyperparameters are not yet checked."""

    train: Paths
    validation: Path | None = None
    test: Path | None = None
    hyperparameters: Annotated[
        dict[str, Any], Meta(description="a section such as {epochs: 3}")
    ] = msgspec.field(default_factory=dict)
    note: Note = ""
    again: bool = False

    @property
    def paths(self) -> tuple[str, ...]:
        """Every file that the request names, training first."""
        return (*self.train, *(each for each in (self.validation, self.test) if each is not None))


def parse(text: str, where: str = "the run request") -> RunRequest:
    """Read a run request; `InvalidInputError` names every problem."""
    from tunedrop.recipe.yaml_text import parse_mapping

    given = parse_mapping(text, where)
    if isinstance(given.get("train"), str):
        given["train"] = [given["train"]]
    problems: list[str] = []
    request = read_struct(RunRequest, given, problems)
    if not problems:
        problems += [each for path in request.paths for each in _path_problems(path)]
        problems += _named_twice(request.paths)
    if problems:
        raise InvalidInputError(f"{where}: {'; '.join(problems)}.")
    return request


def _path_problems(path: str) -> list[str]:
    if path.startswith("/") or ".." in path.split("/") or "://" in path:
        return [f'"{path}" must be a path below the recipe\'s folder, such as parts/a.jsonl']
    if not path.endswith(DATASET_SUFFIX):
        return [f'"{path}" must end with {DATASET_SUFFIX}']
    return []


def _named_twice(paths: tuple[str, ...]) -> list[str]:
    twice = sorted({path for path in paths if paths.count(path) > 1})
    return [f'"{path}" is named twice; every file has one role' for path in twice]
