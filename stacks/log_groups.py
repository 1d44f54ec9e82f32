"""Log groups of the service: all expire, all under the key."""

from dataclasses import dataclass

from aws_cdk import RemovalPolicy
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct


@dataclass(frozen=True, kw_only=True)
class LogGroups:
    """How the service's logs are kept."""

    retention: logs.RetentionDays
    key: kms.IKey

    def create(self, scope: Construct, name: str | None = None) -> logs.LogGroup:
        """The log group of a construct; it goes with its stack, whose runs keep their records."""
        return logs.LogGroup(
            scope,
            "Logs",
            log_group_name=name,
            retention=self.retention,
            encryption_key=self.key,
            removal_policy=RemovalPolicy.DESTROY,
        )
