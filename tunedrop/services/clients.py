"""One stage's service: its settings, the clock and the AWS clients."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from tunedrop.settings import Settings


@dataclass(frozen=True)
class Clients:
    """AWS as a stage sees it."""

    settings: Settings

    def now(self) -> datetime:
        """The moment, in UTC."""
        return datetime.now(UTC)

    def client(self, service: str) -> Any:
        """A client of an AWS service."""
        import boto3

        from tunedrop.gateway import CLIENT_CONFIG, INFERENCE_CONFIG

        config = INFERENCE_CONFIG if service == "bedrock-runtime" else CLIENT_CONFIG
        return boto3.client(service, config=config)

    @cached_property
    def credentials(self) -> Any:
        """Whose rights the service has."""
        import boto3

        return boto3.Session().get_credentials()

    @cached_property
    def region(self) -> str:
        """The Region of the service."""
        return str(self.client("sts").meta.region_name)

    @cached_property
    def bedrock(self) -> Any:
        """The client of Bedrock's control plane."""
        return self.client("bedrock")

    @cached_property
    def s3(self) -> Any:
        return self.client("s3")
