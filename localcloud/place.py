"""Where the embedded cloud is: its account, its Region, its files and its endpoint."""

from pathlib import Path

ACCOUNT = "123456789012"
REGION = "us-east-1"
DEFAULT_PORT = 4566

ROOT = Path(__file__).resolve().parent.parent
STATE = ROOT / ".localcloud"


def state(port: int) -> Path:
    """Where the cloud of a port keeps its files; the default port's lie in the folder itself."""
    return STATE if port == DEFAULT_PORT else STATE / f"port-{port}"


def endpoint(port: int) -> str:
    """The URL of everything; moto resolves template URLs under the name `localhost` only."""
    return f"http://localhost:{port}"
