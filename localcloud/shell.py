"""Keeps the developer's AWS settings and proxies out of the embedded cloud."""

import os

_FORGOTTEN = ("AWS_", "MOTO_")
_PROXIES = ("http_proxy", "https_proxy", "all_proxy")

DUMMY_CREDENTIALS = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "local"}


def client_settings(endpoint_url: str, region: str) -> dict[str, str]:
    """The variables that point the AWS CLI, boto3 and the CDK at the embedded cloud."""
    return {
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        **DUMMY_CREDENTIALS,
    }


def ignore_aws_settings(endpoint_url: str, region: str) -> None:
    """Replace all AWS settings of this process by those of the embedded cloud."""
    for name in list(os.environ):
        if name.startswith(_FORGOTTEN) or name.lower() in _PROXIES:
            del os.environ[name]
    os.environ.update(
        {
            **client_settings(endpoint_url, region),
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
        }
    )
