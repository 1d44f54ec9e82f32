"""The CDK app of Tunedrop: `python app.py` or `cdk synth`; -c stage=dev|prod chooses the stage."""

import sys

from stacks.application import application
from stacks.config import ConfigError
from stacks.lambda_bundle import BundleError
from tunedrop.errors import InvalidInputError


def main() -> int:
    """Synthesize; what people wrote wrongly, and findings of cdk-nag, end with 1."""
    try:
        application().synth()
    except (ConfigError, InvalidInputError, BundleError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
