"""The CDK app of Tunedrop: `python app.py` or `cdk synth`; -c stage=dev|prod chooses the stage."""

import sys

from stacks.application import SynthesisError, synthesize
from stacks.config import ConfigError
from stacks.lambda_bundle import BundleError
from tunedrop.errors import InvalidInputError


def main() -> int:
    """Synthesize; what people wrote wrongly, and findings of cdk-nag, end with 1."""
    try:
        synthesize()
    except (ConfigError, InvalidInputError, BundleError, SynthesisError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
