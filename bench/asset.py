"""How large the Lambda asset is, zipped as the CDK zips it."""

import io
import zipfile

from bench.measurement import Measurement

_LIMIT_MB = 30.0


def asset_size() -> Measurement:
    """The size of the one asset that every function shares."""
    from stacks.lambda_bundle import LAMBDA, bundle

    directory = bundle(LAMBDA)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as file:
        for path in directory.rglob("*"):
            file.write(path, path.relative_to(directory))
    return Measurement(
        name="Lambda asset, zipped",
        value=len(archive.getvalue()) / 1_000_000,
        unit="MB",
        compared_with=_LIMIT_MB,
        meaning=f"of the {_LIMIT_MB:.0f} MB that it may have",
    )
