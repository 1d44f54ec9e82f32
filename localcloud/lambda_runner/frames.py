"""Messages between the runner, the zygote and the instances: JSON behind its length."""

import json
import socket
import struct
from typing import Any

_HEADER = struct.Struct("!I")


def send(connection: socket.socket, message: dict[str, Any]) -> None:
    """Send one message; raises OSError when the other side is gone."""
    body = json.dumps(message).encode()
    connection.sendall(_HEADER.pack(len(body)) + body)


def receive(connection: socket.socket) -> dict[str, Any]:
    """Receive one message; raises EOFError when the other side is gone."""
    (size,) = _HEADER.unpack(_exactly(connection, _HEADER.size))
    message: dict[str, Any] = json.loads(_exactly(connection, size))
    return message


def _exactly(connection: socket.socket, size: int) -> bytes:
    received = bytearray()
    while len(received) < size:
        try:
            chunk = connection.recv(size - len(received))
        except ConnectionError as error:
            raise EOFError from error
        if not chunk:
            raise EOFError
        received += chunk
    return bytes(received)
