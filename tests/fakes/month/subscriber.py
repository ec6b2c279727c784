"""A subscriber who looks into every feed at every step, and keeps all that was ever in one."""

from __future__ import annotations

import http.client
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from xml.etree import ElementTree as ET

from tests.fakes.month.tempers import Told
from tests.validity.judging import A
from tests.validity.validating import avoidable

SAID: Mapping[str, Told] = {
    "is in order again": ("ok", False),
    "cannot be fetched": ("failing", False),
    "turns us away: too many requests": ("throttled", False),
    "is missing": ("missing", False),
    "is gone for good": ("parked", False),
    "has gone quiet": ("stale", False),
    "has something new again": ("stale", True),
    "may have lost entries": ("gap", False),
    "has moved": ("moved", False),
    "is asked at its own address again": ("moved", True),
}
OWN: Mapping[str, tuple[str, Told]] = {
    "The config is refused": ("config", ("refused", False)),
    "The config is right again": ("config", ("refused", True)),
    "Nothing can be stored": ("store", ("stopped", False)),
    "The store takes changes again": ("store", ("stopped", True)),
}
HEALTH = "_health"


@dataclass(slots=True)
class Reading:
    """What one feed has ever shown."""

    links: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """By id."""
    titles: dict[str, str] = field(default_factory=dict)
    """By id, in the order in which they were first shown."""
    now: tuple[str, ...] = ()
    """The ids of the last document."""
    etag: str = ""
    body: bytes = b""


class Subscriber:
    """Polls, and holds each document against what a validator would say of it."""

    def __init__(self, port: int) -> None:
        self.feeds: defaultdict[str, Reading] = defaultdict(Reading)
        self.documents = 0
        self.validated = 0
        self.returned = 0
        """How often an entry was in a feed again after it had left."""
        self._port = port
        self._connection: http.client.HTTPConnection | None = None

    def close(self) -> None:
        if self._connection:
            self._connection.close()
            self._connection = None

    def poll(self, topics: Iterable[str], now: datetime, *, validate: bool = True) -> None:
        for topic in (*topics, HEALTH):
            self._poll(topic, now, validate=validate)

    def told(self) -> Mapping[str, tuple[Told, ...]]:
        """What the feed of health ever said of each source, of `config` and of `store`, each id once."""
        found: defaultdict[str, tuple[Told, ...]] = defaultdict(tuple)
        for title in self.feeds[HEALTH].titles.values():
            name, _, said = title.partition(" ")
            about, told = OWN[title] if title in OWN else (name, SAID[said])
            found[about] += (told,)
        return found

    def _poll(self, topic: str, now: datetime, *, validate: bool) -> None:
        reading = self.feeds[topic]
        path = f"/feeds/{topic}.atom"
        status, etag, body = self._get(path, reading.etag)
        if status == 304:
            return
        assert status == 200, f"{path}: {status}"
        root = ET.fromstring(body)
        self.documents += 1
        if validate:
            self.validated += 1
            url = f"http://127.0.0.1:{self._port}{path}"
            said = avoidable(body, content_type="application/atom+xml; charset=utf-8", url=url, now=now)
            assert not said, f"{path} at {now}: {said}"
        entries = root.findall(f"{A}entry")
        ids = [entry.findtext(f"{A}id", "") for entry in entries]
        assert len(ids) == len(set(ids)), f"{path} has an id twice"
        for id_, entry in zip(ids[::-1], entries[::-1], strict=True):  # the oldest first
            links = [link.get("href", "") for link in entry.findall(f"{A}link") if link.get("rel") != "related"]
            reading.links[id_].update(links[:1])
            self.returned += id_ in reading.titles and id_ not in reading.now
            reading.titles.setdefault(id_, entry.findtext(f"{A}title", ""))
        reading.now, reading.etag, reading.body = tuple(ids), etag, body

    def _get(self, path: str, etag: str) -> tuple[int, str, bytes]:
        headers = {"If-None-Match": etag} if etag else {}
        for _ in range(2):  # a connection to an earlier life is no use
            connection = self._connection or http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
            self._connection = connection
            try:
                connection.request("GET", path, headers=headers)
                answer = connection.getresponse()
                return answer.status, answer.headers.get("ETag", ""), answer.read()
            except (ConnectionError, http.client.HTTPException):
                self.close()
        raise AssertionError(f"no answer to {path}")
