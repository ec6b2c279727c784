"""The server that readers reach, on loopback around any application, for as long as a test needs it."""

from __future__ import annotations

import asyncio
import http.client
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from aggregator.serving.answering import Application, reply
from aggregator.serving.answering import Reply as Answer
from aggregator.serving.connections import Connections


@dataclass(frozen=True)
class Reply:
    """An answer as it came over the wire: header names in lower case, the body as sent."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


def sized(status: int, headers: Mapping[str, str], body: bytes) -> Answer:
    """An answer with its length, as an application gives it."""
    return reply(status, {**headers, "content-length": str(len(body))}.items(), body)


@contextmanager
def served(app: Application, **options) -> Iterator[int]:
    """Serve `app` on an event loop of its own, as the daemon does; the port on 127.0.0.1 that answers."""
    ready, loops = threading.Event(), []

    async def serve(listener) -> None:
        connections, stop = Connections(app, **options), asyncio.Event()
        loops.append((asyncio.get_running_loop(), stop))
        await connections.start(listener)
        ready.set()
        await stop.wait()
        await connections.stop(patience=1)

    with socket.create_server(("127.0.0.1", 0), backlog=512) as listener:
        thread = threading.Thread(target=lambda: asyncio.run(serve(listener)), daemon=True)
        thread.start()
        assert ready.wait(60)
        try:
            yield listener.getsockname()[1]
        finally:
            loop, stop = loops[0]
            loop.call_soon_threadsafe(stop.set)
            thread.join(timeout=60)
            assert not thread.is_alive()


def ask(port: int, path: str, *, method: str = "GET", headers: Mapping[str, str] | None = None) -> Reply:
    """One request, sent as written: no redirect is followed, nothing is decoded."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(method, path, headers=dict(headers or {}))
        response = connection.getresponse()
        names = {name.lower() for name, _ in response.getheaders()}
        assert len(names) == len(response.getheaders()), "a header came twice"
        return Reply(response.status, {n.lower(): v for n, v in response.getheaders()}, response.read())
    finally:
        connection.close()
