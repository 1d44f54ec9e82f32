"""The interpreter's clients: moto makes a new one, unsigned by any role, for each task.

Here each state machine's role signs its calls, so that a missing grant fails as on AWS, and
clients are kept: making one costs more than most calls, and is not safe in many threads.
"""

import sys
import threading
from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from moto.stepfunctions.parser.asl.utils import boto_client

from localcloud.place import ACCOUNT
from localcloud.roles import role_credentials

_session = cache(boto3.Session)  # it keeps what it has read about services
_clients: dict[tuple[str, str, str], Any] = {}
_making = threading.Lock()
_CONFIG = Config(
    parameter_validation=False,
    retries={"total_max_attempts": 1},
    connect_timeout=60,
    read_timeout=3600,
    max_pool_connections=64,
)


def apply(endpoint_url: str) -> None:
    """Give every task service the kept clients."""
    original = boto_client.boto_client_for

    def boto_client_for(region: str, service: str, state_credentials: Any = None) -> Any:
        role = state_credentials.role_arn if state_credentials else ""
        with _making:
            key = (service, region, role)
            if key not in _clients:
                _clients[key] = _client(service, region, role, endpoint_url)
            return _clients[key]

    for module in list(sys.modules.values()):
        if getattr(module, "boto_client_for", None) is original:
            module.boto_client_for = boto_client_for  # type: ignore[attr-defined]


def _client(service: str, region: str, role: str, endpoint_url: str) -> Any:
    credentials = role_credentials(ACCOUNT, region, role, session="stepfunctions")
    return _session().client(
        service,
        region_name=region,
        endpoint_url=endpoint_url,
        config=_CONFIG,
        aws_access_key_id=credentials.access_key_id,
        aws_secret_access_key=credentials.secret_access_key,
        aws_session_token=credentials.session_token,
    )
