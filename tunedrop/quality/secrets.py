"""Secrets: keys and tokens by the shapes that their issuers gave them, and passwords in URLs."""

import math
import re
from collections import Counter

from tunedrop.quality.finding_data import Detector, Judge, Strength, preceded_by, surely

_EXAMPLE = re.compile(r"(?i)example|x{6}|1234567890|abcdefgh|placeholder|your[_-]|dummy|redacted")
_AWS_WORDS = re.compile(r"(?i)aws|secret.{0,3}(?:access)?.{0,3}key")
_AZURE_WORDS = re.compile(r"(?i)azure|client.?secret|accountkey|sharedaccesskey")
_TWILIO_WORDS = re.compile(r"(?i)twilio|account.?sid|api.?key|auth.?token")
_NO_PASSWORD = re.compile(
    r"(?i)[\[<({$%*]|\.{3}|^x+$|^(?:pass|password|passwd|pwd|secret|user|username|port|token|your.*"
    r"|none|null|true|false)$"
)
_TELLING_BITS = 3.0
_RANDOM_BITS = 4.0


def entropy(text: str) -> float:
    """Bits per character, from the characters' own frequencies."""
    counts = Counter(text).values()
    return -sum(count / len(text) * math.log2(count / len(text)) for count in counts)


def _issued(match: re.Match[str]) -> Strength:
    return "hint" if _EXAMPLE.search(match[0]) else "blocking"


def _random(match: re.Match[str]) -> Strength | None:
    """A fixed shape that words could have, too: only what looks random counts."""
    if entropy(match[0]) < _TELLING_BITS or not any(map(str.isdigit, match[0])):
        return None
    return _issued(match)


def _after(words: re.Pattern[str], bits: float) -> Judge:
    def judge(match: re.Match[str]) -> Strength | None:
        if not preceded_by(match, words, 60) or entropy(match["datum"]) < bits:
            return None
        return _issued(match) if any(map(str.isdigit, match["datum"])) else None

    return judge


def _url_password(match: re.Match[str]) -> Strength | None:
    return None if _NO_PASSWORD.search(match["datum"]) else "blocking"


def _assigned(match: re.Match[str]) -> Strength | None:
    value = match["datum"]
    if _NO_PASSWORD.search(value) or not any(map(str.isdigit, value)):
        return None
    return "hint" if entropy(value) >= _TELLING_BITS else None


def _detector(kind: str, pattern: str, judge: Judge = _issued) -> Detector:
    return Detector(kind=kind, pattern=re.compile(pattern), judge=judge)


_START, _END = r"(?<![\w/+-])", r"(?![\w/+-])"
# All of them hold a run of at least 16 letters, digits and the signs _ - / +.
TOKENS = (
    _detector("aws-access-key", r"(?<!\w)(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?!\w)"),
    _detector(
        "aws-secret-key",
        rf"{_START}(?P<datum>[A-Za-z0-9/+]{{40}}){_END}",
        _after(_AWS_WORDS, _RANDOM_BITS),
    ),
    _detector("gcp-api-key", r"(?<!\w)AIza[\w-]{35}(?![\w-])"),
    _detector("gcp-oauth", r"(?<!\w)(?:ya29\.[\w-]{20,}|GOCSPX-[\w-]{28})"),
    _detector(
        "azure-key",
        rf"{_START}(?P<datum>[A-Za-z0-9+/]{{86}}==|[A-Za-z0-9+/]{{43}}=)",
        _after(_AZURE_WORDS, _RANDOM_BITS),
    ),
    _detector("azure-client-secret", r"(?<![\w~.-])[\w~.-]{3}\dQ~[\w~.-]{31,34}(?![\w~-])"),
    _detector("azure-sas", r"(?<=[?&]sig=)[\w%/+-]{40,}(?:%3D|=)"),
    _detector("github-token", r"(?<!\w)(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{60,})(?!\w)"),
    _detector("gitlab-token", r"(?<!\w)glpat-[\w-]{20,}"),
    _detector("slack-token", r"(?<!\w)xox[abeoprs]-[A-Za-z0-9-]{10,}"),
    _detector("slack-webhook", r"hooks\.slack\.com/services/T\w{8,}/B\w{8,}/\w{20,}"),
    _detector("stripe-key", r"(?<!\w)(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,}(?!\w)"),
    _detector("anthropic-key", r"(?<!\w)sk-ant-[\w-]{24,}"),
    _detector("openai-key", r"(?<!\w)sk-(?!ant-)(?:proj-|svcacct-)?[\w-]{24,}", _random),
    _detector("sendgrid-key", r"(?<!\w)SG\.[\w-]{22}\.[\w-]{43}(?!\w)"),
    _detector(
        "twilio-key",
        r"(?<!\w)(?P<datum>(?:SK|AC)[0-9a-f]{32})(?!\w)",
        _after(_TWILIO_WORDS, _TELLING_BITS),
    ),
    _detector("npm-token", r"(?<!\w)npm_[A-Za-z0-9]{36}(?!\w)"),
    _detector("pypi-token", r"(?<!\w)pypi-AgEIcHlwaS5vcmc[\w-]{50,}"),
    _detector("hugging-face-token", r"(?<!\w)hf_[A-Za-z0-9]{34}(?!\w)"),
    _detector("jwt", r"(?<![\w-])eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}", surely),
)
# Without one of these in its neighbourhood no run is one of those tokens.
TOKEN_STARTS = re.compile(
    r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]|AIza|ya29\.|GOCSPX-|\dQ~|sig=|gh[pousr]_|github_pat_|glpat-|xox"
    r"|hooks\.|[sr]k_|sk-|SG\.|npm_|pypi-|hf_|eyJ|[A-Za-z0-9/+]{40}|(?:SK|AC)[0-9a-f]{32}"
)
PRIVATE_KEY = _detector(
    "private-key",
    r"(?s)-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----"
    r"(?:.{1,20000}?-----END (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----|[\w\s/+=\\:,-]*)",
    surely,
)
URL_PASSWORD = _detector(
    "url-password",
    r"(?<![\w.+-])[A-Za-z][A-Za-z0-9.+-]{1,20}://[^\s:/@\"'<>]{0,64}:(?P<datum>[^\s/@\"'<>]{1,128})@"
    r"[\w.-]+",
    _url_password,
)
ASSIGNED = _detector(
    "assigned-secret",
    r"(?i)(?:password|passwd|passphrase|pwd|secret|token|api[_-]?key|auth[_-]?key)\w{0,12}[\"']?"
    r"\s{0,3}(?::|=|\bis\b)\s{0,3}[\"']?(?P<datum>[^\s\"',;<>\[\](){}]{8,128})",
    _assigned,
)
