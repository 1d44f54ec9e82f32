"""Secrets: keys and tokens by the shapes that their issuers gave them, and passwords in URLs."""

import math
import re
from base64 import b64decode
from collections import Counter

from tunedrop.quality.finding_data import Detector, Judge, Strength, preceded_by, surely

_EXAMPLE = re.compile(r"(?i)example|x{6}|1234567890|abcdefgh|placeholder|your[_-]|dummy|redacted")
_AWS_WORDS = re.compile(r"(?i)aws|secret.{0,3}(?:access)?.{0,3}key")
_AZURE_WORDS = re.compile(r"(?i)azure|client.?secret|accountkey|sharedaccesskey")
_TWILIO_WORDS = re.compile(r"(?i)twilio|account.?sid|api.?key|auth.?token")
# What stands where a password is to be filled in: $VAR ${VAR} #{x} {{x}} %VAR% %s %(x)s [x] (x) ***
_TO_FILL_IN = (
    r"\$(?:[A-Z_][A-Z0-9_]*|[a-z_]+|\d)|[$#]?\{+[^{}]*\}+|\$?\([^()]*\)|%\w*\([^()]*\)[a-z%]|%\w+%"
    r"|%[a-z]|\[[^\[\]]*\]|<[^<>]*>|\*"
)
_NO_PASSWORD = re.compile(
    rf"^(?:(?:{_TO_FILL_IN})[._-]?)++$|\.{{3}}"
    r"|(?i:^(?:x+|pass|password|passwd|pwd|secret|user|username|port|token|your.*"
    r"|__\w+__|none|null|true|false)$)"
)
_TELLING_BITS = 3.0
_RANDOM_BITS = 4.0
_SHORTEST_TOKEN = 16


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


def _authorized(match: re.Match[str]) -> Strength | None:
    """Basic credentials are a name, a colon and a password in Base64; tokens look random."""
    value = match["datum"]
    if match["scheme"].lower() == "basic":
        return _issued(match) if _holds_password(value) else None
    if len(value) < _SHORTEST_TOKEN or not any(map(str.isdigit, value)):
        return None
    return _issued(match) if entropy(value) >= _TELLING_BITS else None


def _holds_password(encoded: str) -> bool:
    try:
        _, colon, password = b64decode(encoded, validate=True).decode("latin-1").partition(":")
    except ValueError:
        return False
    return bool(colon) and not _NO_PASSWORD.search(password)


def _detector(kind: str, pattern: str, judge: Judge = _issued) -> Detector:
    return Detector(kind=kind, pattern=re.compile(pattern), judge=judge)


def _token(start: str, kind: str, pattern: str, judge: Judge = _issued) -> tuple[str, Detector]:
    """A detector, and what a text without any such token lacks, to pass over it quickly."""
    return start, _detector(kind, pattern, judge)


_START, _END = r"(?<![\w/+-])", r"(?![\w/+-])"
_LONG = "[A-Za-z0-9/+]{40}"
# All of them hold a run of at least 16 letters, digits and the signs _ - / +.
_TOKENS = (
    _token(
        "(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]",
        "aws-access-key",
        r"(?<!\w)(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?!\w)",
    ),
    _token(
        _LONG,
        "aws-secret-key",
        rf"{_START}(?P<datum>[A-Za-z0-9/+]{{40}}){_END}",
        _after(_AWS_WORDS, _RANDOM_BITS),
    ),
    _token("AIza", "gcp-api-key", r"(?<!\w)AIza[\w-]{35}(?![\w-])"),
    _token(r"ya29\.|GOCSPX-", "gcp-oauth", r"(?<!\w)(?:ya29\.[\w-]{20,}|GOCSPX-[\w-]{28})"),
    _token(
        _LONG,
        "azure-key",
        rf"{_START}(?P<datum>[A-Za-z0-9+/]{{86}}==|[A-Za-z0-9+/]{{43}}=)",
        _after(_AZURE_WORDS, _RANDOM_BITS),
    ),
    _token(r"\dQ~", "azure-client-secret", r"(?<![\w~.-])[\w~.-]{3}\dQ~[\w~.-]{31,34}(?![\w~-])"),
    _token("sig=", "azure-sas", r"(?<=[?&]sig=)[\w%/+-]{40,}(?:%3D|=)"),
    _token(
        "gh[pousr]_|github_pat_",
        "github-token",
        r"(?<!\w)(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{60,})(?!\w)",
    ),
    _token("glpat-", "gitlab-token", r"(?<!\w)glpat-[\w-]{20,}"),
    _token("xox", "slack-token", r"(?<!\w)xox[abeoprs]-[A-Za-z0-9-]{10,}"),
    _token(r"hooks\.", "slack-webhook", r"hooks\.slack\.com/services/T\w{8,}/B\w{8,}/\w{20,}"),
    _token("[sr]k_", "stripe-key", r"(?<!\w)(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,}(?!\w)"),
    _token("sk-", "anthropic-key", r"(?<!\w)sk-ant-[\w-]{24,}"),
    _token("sk-", "openai-key", r"(?<!\w)sk-(?!ant-)(?:proj-|svcacct-)?[\w-]{24,}", _random),
    _token(r"SG\.", "sendgrid-key", r"(?<!\w)SG\.[\w-]{22}\.[\w-]{43}(?!\w)"),
    _token(
        "(?:SK|AC)[0-9a-f]{32}",
        "twilio-key",
        r"(?<!\w)(?P<datum>(?:SK|AC)[0-9a-f]{32})(?!\w)",
        _after(_TWILIO_WORDS, _TELLING_BITS),
    ),
    _token("npm_", "npm-token", r"(?<!\w)npm_[A-Za-z0-9]{36}(?!\w)"),
    _token("pypi-", "pypi-token", r"(?<!\w)pypi-AgEIcHlwaS5vcmc[\w-]{50,}"),
    _token("do[opr]_v1_", "digitalocean-token", r"(?<!\w)do[opr]_v1_[0-9a-f]{64}(?!\w)"),
    _token("shp[a-z]{2}_", "shopify-token", r"(?<!\w)shp(?:at|ss|ca|pa)_[0-9a-fA-F]{32}(?!\w)"),
    _token("[0-9]:AA", "telegram-token", r"(?<!\w)[0-9]{8,10}:AA[\w-]{33}(?![\w-])"),
    _token("hf_", "hugging-face-token", r"(?<!\w)hf_[A-Za-z0-9]{34}(?!\w)"),
    _token("eyJ", "jwt", r"(?<![\w-])eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}", surely),
)
TOKENS = tuple(detector for _, detector in _TOKENS)
TOKEN_STARTS = re.compile("|".join(dict.fromkeys(start for start, _ in _TOKENS)))
PRIVATE_KEY = _detector(
    "private-key",
    r"(?s)-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----"
    r"(?:.{1,20000}?-----END (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----|[\w\s/+=\\:,-]*)",
    surely,
)
URL_PASSWORD = _detector(
    "url-password",
    r"(?<![\w.+-])[A-Za-z][A-Za-z0-9.+-]{1,20}://[^\s:/@\"'<>]{0,64}:(?P<datum>[^\s/@\"'>]{1,128})@"
    r"[\w.-]+",
    _url_password,
)
AUTHORIZATION = _detector(
    "authorization",
    r"(?i)authorization\W{1,8}(?P<scheme>bearer|basic|token)\s{1,3}(?P<datum>[\w.~+/-]{7,2000}[\w~+/-]=*)",
    _authorized,
)
ASSIGNED = _detector(
    "assigned-secret",
    r"(?i)(?:password|passwd|passphrase|pwd|secret|token|api[_-]?key|auth[_-]?key)\w{0,12}[\"']?"
    r"\s{0,3}(?::|=|\bis\b)\s{0,3}[\"']?(?P<datum>[^\s\"',;<>\[\](){}]{8,128})",
    _assigned,
)
