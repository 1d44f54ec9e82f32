"""Made-up secrets, by the shapes that their issuers published."""

import base64
import random

from bench.made_up import Maker, filled, one_of


def _encoded(chance: random.Random, size: int) -> str:
    return base64.b64encode(chance.randbytes(size)).decode()


def _token_part(text: bytes) -> str:
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def _jwt(chance: random.Random) -> str:
    parts = (b'{"alg":"RS256"}', b'{"sub":"%d"}' % chance.getrandbits(60), chance.randbytes(64))
    return ".".join(map(_token_part, parts))


def _key_block(chance: random.Random) -> str:
    kind = chance.choice(
        ("RSA PRIVATE KEY", "PRIVATE KEY", "EC PRIVATE KEY", "OPENSSH PRIVATE KEY")
    )
    end = chance.choice(("\n", "\\n"))
    lines = end.join(_encoded(chance, 48) for _ in range(5))
    return f"-----BEGIN {kind}-----{end}{lines}{end}-----END {kind}-----"


def _url(chance: random.Random) -> str:
    scheme = chance.choice(
        ("postgres://app", "mysql://root", "https://ci-bot", "redis://", "amqp://q")
    )
    password = filled(chance, chance.choice(("*" * 12, "**$$****%40", "**(**)**[", "{***}*<**")))
    return f"{scheme}:{password}@db.internal:5432/x"


def _authorization(chance: random.Random) -> str:
    name_and_password = f"bot:{filled(chance, '*' * 10)}".encode()
    credentials = chance.choice(
        (
            f"Bearer {filled(chance, '*' * 40)}",
            f"Basic {base64.b64encode(name_and_password).decode()}",
        )
    )
    return f"Authorization: {credentials}"


SECRETS: dict[str, Maker] = {
    "aws-access-key": lambda chance: "AKIA" + base64.b32encode(chance.randbytes(10)).decode(),
    "aws-secret-key": lambda chance: chance.choice(
        ("aws_secret_access_key = {}", '"SecretAccessKey": "{}"', "AWS_SECRET_ACCESS_KEY='{}'")
    ).format(_encoded(chance, 30)),
    "gcp-api-key": one_of("AIza" + "*" * 34 + "-", "AIzaSy" + "*" * 33),
    "azure-key": lambda chance: f"AccountKey={_encoded(chance, 64)}",
    "github-token": one_of(
        "ghp_" + "*" * 36, "gho_" + "*" * 36, f"github_pat_{'*' * 22}_{'*' * 59}"
    ),
    "gitlab-token": one_of("glpat-" + "*" * 20),
    "slack-token": one_of(f"xoxb-{'#' * 12}-{'#' * 12}-{'*' * 24}", f"xoxp-{'#' * 12}-{'*' * 32}"),
    "stripe-key": one_of("sk_live_" + "*" * 24, "rk_live_" + "*" * 99),
    "openai-key": one_of("sk-proj-" + "*" * 48, f"sk-{'*' * 20}T3BlbkFJ{'*' * 20}"),
    "anthropic-key": one_of("sk-ant-api03-" + "*" * 93 + "AA"),
    "sendgrid-key": one_of(f"SG.{'*' * 22}.{'*' * 43}"),
    "npm-token": one_of("npm_" + "*" * 36),
    "hugging-face-token": one_of("hf_" + "*" * 34),
    "digitalocean-token": lambda chance: f"dop_v1_{chance.randbytes(32).hex()}",
    "shopify-token": lambda chance: (
        f"shp{chance.choice(('at', 'ss', 'ca', 'pa'))}_{chance.randbytes(16).hex()}"
    ),
    "telegram-token": one_of("#" * 10 + ":AA" + "*" * 33, "7" + "#" * 7 + ":AA" + "*" * 33),
    "authorization": _authorization,
    "jwt": _jwt,
    "private-key": _key_block,
    "url-password": _url,
}
