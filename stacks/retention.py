"""What S3 deletes by itself once a recipe's `data.retention` is over."""

from collections.abc import Sequence
from typing import Any

from aws_cdk import Duration
from aws_cdk import aws_s3 as s3

from tunedrop.errors import InvalidInputError
from tunedrop.recipe import Recipe
from tunedrop.settings import TAG_INTERMEDIATE

# What expires in a versioned bucket is only hidden; its bytes go when it was so for a day.
_HIDDEN_DAYS = 1


def delete_in_time(datasets: s3.IBucket, artifacts: s3.IBucket, recipes: Sequence[Recipe]) -> None:
    """Lifecycle rules for each recipe with a retention: for what was dropped, and for its copies.

    Records of runs, reports and counts carry no tag and stay.
    """
    for recipe in recipes:
        days = recipe.data.retention_days
        if days is None:
            continue
        name = recipe.name
        _delete(datasets, recipe, "Dropped", days, prefix=f"datasets/{name}/")
        tag = {TAG_INTERMEDIATE: "true"}
        _delete(artifacts, recipe, "Copied", days, prefix=f"runs/{name}/", tag_filters=tag)
        _delete(artifacts, recipe, "Trained", days, prefix=f"training/{name}/")


def _delete(bucket: s3.IBucket, recipe: Recipe, what: str, days: int, **objects: Any) -> None:
    if not isinstance(bucket, s3.Bucket):
        raise InvalidInputError(
            f"The recipe {recipe.name} has data.retention {recipe.data.retention}, and the bucket "
            f"{bucket.bucket_name} is not made by this app, which cannot set what it deletes. Make "
            "the bucket here (stacks.data_stack.DataStack), or leave data.retention out and give "
            "the bucket lifecycle rules where it is made."
        )
    bucket.add_lifecycle_rule(
        id=f"{what}-{recipe.name}",
        expiration=Duration.days(days - _HIDDEN_DAYS),
        noncurrent_version_expiration=Duration.days(_HIDDEN_DAYS),
        **objects,
    )
