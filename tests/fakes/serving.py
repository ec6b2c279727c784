"""A real HTTP server on loopback around any ASGI app, for as long as a test needs it."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import uvicorn


@dataclass(frozen=True)
class Reply:
    """An answer as it came over the wire: header names in lower case, the body as sent."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@contextmanager
def served(app) -> Iterator[int]:
    """Serve `app` with uvicorn; the port on 127.0.0.1 that answers."""
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off", ws="none"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(timeout=10)
            assert not thread.is_alive()


def ask(port: int, path: str, *, method: str = "GET", headers: Mapping[str, str] | None = None) -> Reply:
    """One request, sent as written: no redirect is followed, nothing is decoded."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, path, headers=dict(headers or {}))
        response = connection.getresponse()
        names = {name.lower() for name, _ in response.getheaders()}
        assert len(names) == len(response.getheaders()), "a header came twice"
        return Reply(response.status, {n.lower(): v for n, v in response.getheaders()}, response.read())
    finally:
        connection.close()
