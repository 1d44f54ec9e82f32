"""Temporary credentials for what AWS services do in the name of a role."""

from functools import lru_cache

from moto.sts.models import sts_backends

from localcloud.lambda_runner.environment import Credentials

_LONGEST_SESSION_SECONDS = 43_200


@lru_cache(None)
def role_credentials(account: str, region: str, role_arn: str, session: str) -> Credentials:
    """Assume a role as a service does; the same session is used again and again."""
    assumed = sts_backends[account]["aws"].assume_role(
        region_name=region,
        role_session_name=session,
        role_arn=role_arn,
        policy="",
        duration=_LONGEST_SESSION_SECONDS,
        external_id="",
    )
    return Credentials(
        access_key_id=assumed.access_key_id,
        secret_access_key=assumed.secret_access_key,
        session_token=assumed.session_token,
    )
