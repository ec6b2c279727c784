"""Readers that ask every server again and again, and write down what they got."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

_PATIENCE = 60
"""Seconds for an answer; how long the longest one took is told anyway."""


@dataclass(slots=True, kw_only=True)
class Seen:
    """What a reader of one server met."""

    whole: int = 0
    unchanged: int = 0
    longest: float = 0.0
    """Seconds of an answer."""
    failures: list[str] = field(default_factory=list)
    """Of each request without a document or a 304, when and why."""


class Poller:
    """Asks one server for its feeds in turn, on condition, from `start` until `stop`."""

    def __init__(self, port: int, paths: Sequence[str], *, pause: float = 0.1) -> None:
        self.seen = Seen()
        self._port = port
        self._paths = paths
        self._pause = pause
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> Seen:
        self._ended.set()
        self._thread.join(_PATIENCE + 10)
        return self.seen

    def _run(self) -> None:
        tags: dict[str, str] = {}
        while not self._ended.is_set():
            for path in self._paths:
                began = time.time()
                try:
                    status, tag, _ = fetch(self._port, path, tag=tags.get(path, ""))
                except (OSError, http.client.HTTPException) as error:
                    self.seen.failures.append(f"{began:.1f} {path}: {error!r}")
                    continue
                self.seen.longest = max(self.seen.longest, time.time() - began)
                self.seen.whole += status == 200
                self.seen.unchanged += status == 304
                if status not in {200, 304}:
                    self.seen.failures.append(f"{began:.1f} {path}: {status}")
                tags[path] = tag
                self._ended.wait(self._pause)


def fetch(port: int, path: str, *, tag: str = "") -> tuple[int, str, bytes]:
    """Status, ETag and body of one answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)
    try:
        connection.request("GET", path, headers={"If-None-Match": tag} if tag else {})
        answer = connection.getresponse()
        return answer.status, answer.getheader("etag") or tag, answer.read()
    finally:
        connection.close()
