"""The general test set as an object: found, pinned and read before money is spent."""

from tunedrop.dataset.records import Record
from tunedrop.errors import InvalidInputError, RunRefusedError
from tunedrop.evaluation.general import MOST_GENERAL_RECORDS
from tunedrop.evaluation.test_set import draw
from tunedrop.evaluation.verdicts import counted
from tunedrop.layout import DATASETS_PREFIX
from tunedrop.objects import Objects
from tunedrop.recipe import Recipe
from tunedrop.recipe.model import FEWEST_PAIRS

_KEY = "evaluation.general_test_set"


def pin_general_test_set(datasets: Objects, recipe: Recipe) -> list[dict[str, object]]:
    """The version of the object that a run asks; empty where the recipe names none.

    A `RunRefusedError` where it is not in the datasets bucket, or holds what cannot be asked.
    """
    given = recipe.evaluation.general_test_set
    if given is None:
        return []
    key = _key(datasets.bucket, recipe.name, given)
    version = datasets.find(key)
    if version is None:
        raise RunRefusedError(
            f"The recipe's {_KEY} names {key}, but there is no such object in {datasets.bucket}. "
            "Put the file there, or correct the recipe."
        )
    pinned = {"key": key, "version_id": version.version_id, "size": version.size}
    _check_questions(datasets, key, version.version_id)
    return [pinned]


def _key(bucket: str, recipe: str, given: str) -> str:
    if not given.startswith("s3://"):
        return f"{DATASETS_PREFIX}{recipe}/{given}"
    named, _, key = given.removeprefix("s3://").partition("/")
    if named != bucket or not key.startswith(DATASETS_PREFIX):
        raise RunRefusedError(
            f"The recipe's {_KEY} is {given}, which the service may not read. It must lie below "
            f"s3://{bucket}/{DATASETS_PREFIX}: copy it there, and name it in the recipe."
        )
    return key


def _check_questions(datasets: Objects, key: str, version_id: str) -> None:
    try:
        records = draw(datasets.chunks(key, version_id), MOST_GENERAL_RECORDS)
    except InvalidInputError as error:
        raise RunRefusedError(
            f"The recipe's {_KEY}, {key}, cannot be asked: {str(error).rstrip('.')}."
        ) from error
    for line, record in records.items():
        if not isinstance(record, Record) or record.media:
            raise RunRefusedError(
                f"The recipe's {_KEY}, {key}, cannot be asked: line {line} is no dialogue of texts "
                "alone. Give prompts with completions, or messages, without images."
            )
    if len(records) < FEWEST_PAIRS:
        raise RunRefusedError(
            f"The recipe's {_KEY}, {key}, guards nothing: it has "
            f"{counted(len(records), 'record')}, and no loss is seen with fewer than "
            f"{FEWEST_PAIRS}. Add questions of no use case, with their answers."
        )
