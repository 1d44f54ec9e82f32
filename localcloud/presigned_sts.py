"""STS by signed URLs: moto takes every request without an Authorization header for one of S3.

STS says who signed only when the signature holds, so it is checked here, for the credentials whose
secrets the embedded cloud knows: those that it hands out itself.
"""

import hmac
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from localcloud.dispatcher import App, Environ
from localcloud.place import ACCOUNT
from localcloud.shell import DUMMY_CREDENTIALS

_DATE = "%Y%m%dT%H%M%SZ"
_REFUSED = (
    b'<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>'
    b"<Code>SignatureDoesNotMatch</Code><Message>The request signature we calculated does not "
    b"match the signature you provided.</Message></Error></ErrorResponse>"
)


class PresignedSts:
    """Answers signed URLs of STS through moto, and hands on everything else."""

    def __init__(self, moto: App) -> None:
        self._moto = moto

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        query = dict(parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True))
        scope = query.get("X-Amz-Credential", "").split("/")
        if "HTTP_AUTHORIZATION" in environ or scope[3:4] != ["sts"]:
            return self._moto(environ, start_response)
        if not _is_valid(environ, query, access_key=scope[0], region=scope[2]):
            start_response("403 Forbidden", [("Content-Type", "text/xml")])
            return [_REFUSED]
        return self._moto(_with_header(environ, query), start_response)


def _is_valid(environ: Environ, query: dict[str, str], *, access_key: str, region: str) -> bool:
    secret = _secret_of(access_key)
    signed_at = datetime.strptime(query["X-Amz-Date"], _DATE).replace(tzinfo=UTC)
    is_fresh = datetime.now(UTC) - signed_at < timedelta(seconds=int(query["X-Amz-Expires"]))
    if secret is None or not is_fresh:
        return False
    request = AWSRequest(environ["REQUEST_METHOD"], _unsigned_url(environ, query))
    for name in query["X-Amz-SignedHeaders"].split(";"):
        request.headers[name] = environ.get(f"HTTP_{name.upper().replace('-', '_')}", "")
    request.context["timestamp"] = query["X-Amz-Date"]
    signer = SigV4QueryAuth(Credentials(access_key, secret), "sts", region)
    to_sign = signer.string_to_sign(request, signer.canonical_request(request))
    return hmac.compare_digest(signer.signature(to_sign, request), query["X-Amz-Signature"])


def _unsigned_url(environ: Environ, query: dict[str, str]) -> str:
    signed = {key: value for key, value in query.items() if key != "X-Amz-Signature"}
    return f"http://{environ['HTTP_HOST']}{environ['PATH_INFO']}?{urlencode(signed)}"


def _secret_of(access_key: str) -> str | None:
    from moto.iam.models import iam_backends
    from moto.sts.models import sts_backends

    if access_key == DUMMY_CREDENTIALS["AWS_ACCESS_KEY_ID"]:
        return DUMMY_CREDENTIALS["AWS_SECRET_ACCESS_KEY"]
    assumed = sts_backends[ACCOUNT]["global"].get_assumed_role_from_access_key(access_key)
    if assumed:
        return str(assumed.secret_access_key)
    keys = iam_backends[ACCOUNT]["global"].access_keys
    return str(keys[access_key].secret_access_key) if access_key in keys else None


def _with_header(environ: Environ, query: dict[str, str]) -> Environ:
    """The same question as moto reads it."""
    asked = urlencode({key: value for key, value in query.items() if not key.startswith("X-Amz-")})
    header = f"AWS4-HMAC-SHA256 Credential={query['X-Amz-Credential']}, SignedHeaders=host"
    return {**environ, "QUERY_STRING": asked, "HTTP_AUTHORIZATION": header}
