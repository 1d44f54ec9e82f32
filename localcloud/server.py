"""The embedded cloud as a server: moto with its corrections, the Lambda runner and Bedrock."""

import logging
import os
import shutil
import socket
import threading
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from localcloud import place, shell
from localcloud.dispatcher import App, Dispatcher
from localcloud.faulty import Faulty
from localcloud.pace import PACE
from localcloud.presigned_sts import PresignedSts

if TYPE_CHECKING:
    from werkzeug.serving import BaseWSGIServer

    from localcloud.bedrock.api import BedrockApp
    from localcloud.lambda_runner.runner import LambdaRunner


_FAILING_STATES = "moto.stepfunctions.parser.asl.component.eval_component"


class PortInUseError(Exception):
    """Something else listens where the embedded cloud was to listen."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """How the embedded cloud is to be."""

    port: int = place.DEFAULT_PORT
    state: Path = place.STATE
    source_tree: Path = place.ROOT
    keep_retired: bool = False
    bedrock: bool = True


class LocalCloud:
    """Runs while the context is entered; one per process, since moto's state is global."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self.endpoint_url = place.endpoint(options.port)

    def __enter__(self) -> Self:
        options = self._options
        _refuse_if_taken(options.port)
        shell.ignore_aws_settings(self.endpoint_url, place.REGION)
        os.environ["MOTO_PORT"] = str(options.port)
        _log_to(options.state / "localcloud.log")
        self._runner = _start_runner(self.endpoint_url, options)
        _apply_seams(self._runner, self.endpoint_url, options.state / "logs")
        self._bedrock = self._start_bedrock() if options.bedrock else None
        moto = self._faulty(PresignedSts(_moto()))
        self._server = _serve(Dispatcher(moto=moto, bedrock=self._bedrock), options.port)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        if self._bedrock:
            self._bedrock.close()
        self._runner.close()

    def _faulty(self, moto: App) -> App:
        return Faulty(moto, self._bedrock.cloud.faults) if self._bedrock else moto

    def _start_bedrock(self) -> "BedrockApp":
        from localcloud.bedrock.api import BedrockApp

        return BedrockApp(self.endpoint_url, keep_retired=self._options.keep_retired, pace=PACE)


def _refuse_if_taken(port: int) -> None:
    with socket.socket() as probe:
        if probe.connect_ex(("localhost", port)) == 0:
            raise PortInUseError(
                f"Port {port} is in use by another program (perhaps another embedded cloud). "
                f"Stop it, or choose another port: PORT={port + 1}."
            )


def _log_to(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    handler = logging.FileHandler(file, mode="w")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    # The interpreter logs whole states whenever one fails, which is part of its work.
    logging.getLogger(_FAILING_STATES).setLevel(logging.CRITICAL)
    logging.captureWarnings(True)


def _start_runner(endpoint_url: str, options: Options) -> "LambdaRunner":
    from localcloud.lambda_runner.code import CodeStore
    from localcloud.lambda_runner.runner import LambdaRunner
    from localcloud.roles import role_credentials

    unpacked = options.state / "functions"
    shutil.rmtree(unpacked, ignore_errors=True)
    return LambdaRunner(
        endpoint_url=endpoint_url,
        code=CodeStore(source_tree=options.source_tree, unpacked=unpacked),
        credentials=lambda function: role_credentials(
            function.account_id, function.region, function.role, session=function.function_name
        ),
    )


def _apply_seams(runner: "LambdaRunner", endpoint_url: str, logs: Path) -> None:
    from moto.core.config import default_user_config

    from localcloud import moto_seams

    default_user_config["stepfunctions"]["execute_state_machine"] = True
    default_user_config["iam"]["load_aws_managed_policies"] = True
    shutil.rmtree(logs, ignore_errors=True)
    moto_seams.apply_all(runner=runner, endpoint_url=endpoint_url, logs=logs)


def _moto() -> App:
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

    from localcloud.iam.authorization import Authorization

    return Authorization(DomainDispatcherApplication(create_backend_app))


def _serve(app: App, port: int) -> "BaseWSGIServer":
    from moto.moto_server.werkzeug_app import MotoRequestHandler
    from werkzeug.serving import make_server

    class QuietHandler(MotoRequestHandler):  # type: ignore[misc]
        """Logs no line per request."""

        protocol_version = "HTTP/1.1"

        def log_request(self, *_: object) -> None:
            pass

    server = make_server("localhost", port, app, threaded=True, request_handler=QuietHandler)
    server.daemon_threads = True  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True, name="server").start()
    return server
