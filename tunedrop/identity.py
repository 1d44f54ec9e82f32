"""Gateway to STS: who somebody is by AWS's word, shown by a signed request that says what for."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from botocore.awsrequest import AWSRequest
from botocore.httpsession import URLLib3Session
from botocore.signers import RequestSigner

from tunedrop.errors import InvalidInputError
from tunedrop.gateway import aws

# The statement travels as a signed header: a proof for one run answers no other.
_STATEMENT = "x-tunedrop-statement"
_QUERY = "Action=GetCallerIdentity&Version=2011-06-15"
_VALID_SECONDS = 60
_GLOBAL_ENDPOINT = "https://sts.amazonaws.com"
_ARN = re.compile(r"<Arn>([^<]+)</Arn>")
_OK = 200


def proof(client: Any, credentials: Any, statement: str) -> str:
    """A URL by which STS tells whoever asks it whose credentials signed this statement."""
    region = client.meta.region_name
    signer = RequestSigner(
        client.meta.service_model.service_id, region, "sts", "v4", credentials, client.meta.events
    )
    request = {
        "method": "GET",
        "url": f"{client.meta.endpoint_url.rstrip('/')}/?{_QUERY}",
        "headers": {_STATEMENT: statement},
        "body": {},
        "context": {},
    }
    url: str = signer.generate_presigned_url(
        request, region_name=region, expires_in=_VALID_SECONDS, operation_name=""
    )
    return url


@dataclass(frozen=True, kw_only=True)
class Identities:
    """Asks STS, at `endpoint_url` and nowhere else, who signed a statement."""

    endpoint_url: str

    def who_signed(self, statement: str, url: str) -> str:
        """The ARN of the caller; a proof that is none is an `InvalidInputError`."""
        self._check(url)
        request = AWSRequest("GET", url, headers={_STATEMENT: statement}).prepare()
        with aws("ask STS who answers"):
            answer = URLLib3Session(timeout=10).send(request)
        found = _ARN.search(answer.text)
        if answer.status_code != _OK or found is None:
            raise InvalidInputError(
                "STS does not vouch for whoever answers: the proof is for another statement, or "
                f"older than {_VALID_SECONDS} seconds. Give the answer again."
            )
        return found[1]

    def _check(self, url: str) -> None:
        """Nothing but STS is asked, and nothing but whose signature this is."""
        parts = urlsplit(url)
        asked = f"{parts.scheme}://{parts.netloc}"
        query = parse_qs(parts.query)
        signed = query.get("X-Amz-SignedHeaders", [""])[0].split(";")
        is_of_sts = asked in (self.endpoint_url.rstrip("/"), _GLOBAL_ENDPOINT)
        asks_who = query.get("Action") == ["GetCallerIdentity"] and parts.path in ("", "/")
        if not (is_of_sts and asks_who and _STATEMENT in signed):
            raise InvalidInputError("The proof of who answers is no signed request to STS.")
