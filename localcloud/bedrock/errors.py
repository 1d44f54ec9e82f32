"""The errors that the stand-in answers with, under Bedrock's own codes."""


class ServiceError(Exception):
    """An error answer; the service model knows the HTTP status of the code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def invalid(message: str) -> ServiceError:
    """The request does not satisfy the service's constraints."""
    return ServiceError("ValidationException", message)


def invalid_model() -> ServiceError:
    """What Bedrock says of an unknown, retired or absent model id, and of a Region without it."""
    return invalid("The provided model identifier is invalid.")


def not_found(message: str) -> ServiceError:
    """The resource does not exist (any more)."""
    return ServiceError("ResourceNotFoundException", message)


def conflict(message: str) -> ServiceError:
    """The resource's state or name stands in the way."""
    return ServiceError("ConflictException", message)


def quota_exceeded(message: str) -> ServiceError:
    """One more than the account's quota allows."""
    return ServiceError("ServiceQuotaExceededException", message)


def access_denied(message: str) -> ServiceError:
    """The caller's policies do not allow the call."""
    return ServiceError("AccessDeniedException", message)


class JobFailure(Exception):  # noqa: N818 - a job fails, the service does not err
    """Ends a customization job as Failed; its text is the job's failureMessage."""
