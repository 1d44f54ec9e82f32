"""What every gateway to AWS shares: how a client is made, and which answers mean "try again"."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionError, HTTPClientError

from tunedrop.errors import ServiceBusyError, TunedropError

CLIENT_CONFIG = Config(
    connect_timeout=5,
    read_timeout=20,
    retries={"mode": "standard", "max_attempts": 4},
    max_pool_connections=24,  # images are looked at by as many threads
    user_agent_appid="tunedrop",
)

# A long answer takes more than seconds. Whoever asks models paces and repeats its questions
# itself, so that a question is never asked, and paid for, behind its back.
INFERENCE_CONFIG = CLIENT_CONFIG.merge(
    Config(
        read_timeout=75,
        retries={"mode": "standard", "total_max_attempts": 1},
        max_pool_connections=16,
    )
)

_BUSY = frozenset(
    {
        "InternalServerException",
        "InternalServerError",
        "InternalFailure",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ServiceUnavailable",
        "ServiceUnavailableException",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)


def code_of(error: ClientError) -> str:
    """The error code of AWS's answer."""
    return str(error.response.get("Error", {}).get("Code", ""))


def words_of(error: ClientError) -> str:
    """AWS's own words."""
    return str(error.response.get("Error", {}).get("Message", ""))


@contextmanager
def aws(action: str, *, telling: Collection[str] = ()) -> Iterator[None]:
    """Turn AWS's transient answers to `action` into a `ServiceBusyError`.

    But for the codes that tell the caller more than that.
    """
    try:
        yield
    except ClientError as error:
        if code_of(error) in _BUSY and code_of(error) not in telling:
            raise ServiceBusyError(
                f"AWS is busy: {action} was answered with {code_of(error)}: {words_of(error)}"
            ) from error
        raise
    except (ConnectionError, HTTPClientError) as error:
        raise ServiceBusyError(f"AWS could not be reached to {action}: {error}") from error


@dataclass(frozen=True)
class Attempts:
    """Calls of which none keeps the others from being made; `failed` says what AWS refused."""

    failed: list[str] = field(default_factory=list)

    def make(self, what: str, call: Callable[[], bool | None]) -> bool:
        """Whether the call was made and did not answer False."""
        try:
            return call() is not False
        except (ClientError, TunedropError) as refusal:
            self.failed.append(f"{what}: {refusal}")
            return False
