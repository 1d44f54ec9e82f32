"""Which service answers: moto lists its own folders for each request, though the host says it."""

from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication

from localcloud.moto_seams.replacing import replace


def apply() -> None:
    """Look each host up once."""
    known: dict[str | None, Any] = {}

    @replace(DomainDispatcherApplication, "get_backend_for_host")
    def backend_for_host(original: Any, application: Any, host: str | None) -> Any:
        if host not in known:
            known[host] = original(application, host)
        return known[host]
