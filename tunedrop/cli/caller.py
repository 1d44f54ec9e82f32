"""Who calls, as AWS knows them."""

from tunedrop.services import Services


def caller_arn(services: Services) -> str:
    """The ARN behind the shell's credentials, by STS's word."""
    return str(services.client("sts").get_caller_identity()["Arn"])
