"""The environment of an instance: the template's variables and Lambda's own, nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_SYSTEM = {
    "HOME": "/home/sbx_user1051",
    "LANG": "en_US.UTF-8",
    "PATH": "/var/lang/bin:/usr/local/bin:/usr/bin:/bin:/opt/bin",
    "TZ": ":UTC",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
    "AWS_XRAY_DAEMON_ADDRESS": "127.0.0.1:2000",
    "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
}


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """The temporary credentials of a function's role."""

    access_key_id: str
    secret_access_key: str
    session_token: str


def instance_environment(
    function: Any, *, credentials: Credentials, endpoint_url: str, code_root: Path
) -> dict[str, str]:
    """The variables of one function version; reserved ones win over the template's."""
    template: Mapping[str, Any] = function.environment_vars
    return {
        **_SYSTEM,
        **{name: str(value) for name, value in template.items()},
        "_HANDLER": function.handler,
        "LAMBDA_TASK_ROOT": str(code_root),
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{function.run_time}",
        "AWS_LAMBDA_FUNCTION_NAME": function.function_name,
        "AWS_LAMBDA_FUNCTION_VERSION": published_version(function),
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_size),
        "AWS_LAMBDA_LOG_GROUP_NAME": function.logs_group_name,
        "AWS_REGION": function.region,
        "AWS_DEFAULT_REGION": function.region,
        "AWS_ACCESS_KEY_ID": credentials.access_key_id,
        "AWS_SECRET_ACCESS_KEY": credentials.secret_access_key,
        "AWS_SESSION_TOKEN": credentials.session_token,
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_ENDPOINT_URL_BEDROCK": endpoint_url,
        "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": endpoint_url,
    }


def published_version(function: Any) -> str:
    """The version of a function; the unpublished one has an ARN that ends with its name."""
    last: str = function.function_arn.rpartition(":")[2]
    return "$LATEST" if last == function.function_name else last
