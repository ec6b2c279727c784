"""The servers of all outlets of a simulated month, over real sockets: each host at a loopback address of its own."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus

from benchmarks.replay.documents import FORMATS
from benchmarks.replay.recorded import RecordedSource
from benchmarks.replay.server import Answer, Rendered, address, conditional, listening
from tests.fakes.month.outlets import Outlet, Piece

NEW_HOME = "/new-home"
"""Before the path of an outlet that has moved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """One document that was given, in full or by a 304."""

    outlet: Outlet = field(repr=False)
    at: datetime
    pieces: tuple[Piece, ...] = field(repr=False)
    whole: bool


class Internet:
    """Answers as of `now`, and takes down what it served."""

    def __init__(self, outlets: Sequence[Outlet], *, began: datetime, port: int) -> None:
        self.now = began
        self.asked = 0
        self._began = began
        self._port = port
        self._outlets = {(address(one.host), one.path): one for one in outlets}
        self._drawn: dict[str, tuple[object, Rendered]] = {}
        self._lock = threading.Lock()
        self._served: list[Served] = []

    def url(self, outlet: Outlet) -> str:
        return f"http://{address(outlet.host)}:{self._port}{outlet.path}"

    def take_served(self) -> list[Served]:
        """What was served since this was last called."""
        with self._lock:
            taken, self._served = self._served, []
        return taken

    def answer(self, host: str, method: str, target: str, headers: Mapping[str, str]) -> Answer:
        """As an application of `listening`. Raises ConnectionError where the outlet hangs up."""
        self.asked += 1
        outlet = self._outlets.get((host, target.removeprefix(NEW_HOME)))
        if outlet is None:
            return Answer(status=HTTPStatus.NOT_FOUND)
        spell = outlet.temper.spell((self.now - self._began) / timedelta(days=1))
        status = spell.status if spell else 200
        if status == 0:
            raise ConnectionError("hung up")
        if status == -1:
            page = b"<!doctype html><html><head><title>Closed</title></head><body><p>Closed today.</p></body></html>"
            return Answer(status=HTTPStatus.OK, headers=(("Content-Type", "text/html"),), body=page)
        if status == 301 and not target.startswith(NEW_HOME):
            return Answer(status=HTTPStatus.MOVED_PERMANENTLY, headers=(("Location", NEW_HOME + target),))
        if status not in {200, 301}:
            asked = (("Retry-After", str(spell.retry_after)),) if spell and spell.retry_after else ()
            return Answer(status=HTTPStatus(status), headers=asked)
        return self._document(outlet, headers)

    def _document(self, outlet: Outlet, headers: Mapping[str, str]) -> Answer:
        now = self.now
        pieces = outlet.shown(now)
        answer = conditional(self._rendered(outlet, pieces, now), headers)
        with self._lock:
            whole = answer.status is HTTPStatus.OK
            self._served.append(Served(outlet=outlet, at=now, pieces=pieces, whole=whole))
        return answer

    def _rendered(self, outlet: Outlet, pieces: Sequence[Piece], now: datetime) -> Rendered:
        entries = tuple(piece.at(now) for piece in reversed(pieces))
        drawn = self._drawn.get(outlet.id)
        if drawn and drawn[0] == entries:
            return drawn[1]
        media_type, write = FORMATS[outlet.form]
        source = RecordedSource(id=outlet.id, url=f"https://{outlet.id}.example/", language="en", entries=())
        plain = write(source, entries, max((piece.published for piece in pieces), default=None))
        packed = gzip.compress(plain, compresslevel=1, mtime=0)
        made = Rendered(
            media_type=media_type,
            plain=plain,
            packed=packed,
            etag=f'"{hashlib.sha256(plain).hexdigest()[:32]}"',
            packed_etag=f'"{hashlib.sha256(packed).hexdigest()[:32]}"',
            changed=None,
        )
        self._drawn[outlet.id] = entries, made
        return made


@contextmanager
def online(outlets: Sequence[Outlet], *, began: datetime) -> Iterator[Internet]:
    """All of them, served by a thread until the block ends."""
    started: Future[tuple[Internet, Callable[[], object]]] = Future()
    hosts = [address(number) for number in sorted({one.host for one in outlets})]

    async def run() -> None:
        loop, done = asyncio.get_running_loop(), asyncio.Event()
        try:
            async with listening(lambda port: Internet(outlets, began=began, port=port), hosts) as internet:
                started.set_result((internet, partial(loop.call_soon_threadsafe, done.set)))
                await done.wait()
        except OSError as error:
            started.set_exception(error)

    thread = threading.Thread(target=asyncio.run, args=(run(),), daemon=True)
    thread.start()
    internet, end = started.result(30)
    try:
        yield internet
    finally:
        end()
        thread.join(10)
