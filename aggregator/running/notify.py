"""What a service manager is told of the daemon: sd_notify(3), datagrams to the socket that the environment names.

Where it names none, nothing is told, and nothing else is different: any start by hand is such a one.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections.abc import Callable, MutableMapping
from datetime import timedelta
from os import getpid

from aggregator.observing.cluster_events import ClusterEvent, DatabaseAway, DatabaseBack, WorkerJoined
from aggregator.observing.events import (
    ConfigRefused,
    ConfigTaken,
    Event,
    FirstPassed,
    IngestResumed,
    IngestStopped,
    Stopping,
)
from aggregator.observing.milestones import ReloadEnded, ReloadStarted
from aggregator.observing.printable import escaped
from aggregator.observing.reader_events import DocumentsFollowed, DocumentsLost, Serving

SHARE = 4
"""Signs of life in the time after which a missing one counts: the manual asks for two, and one may come late."""
_PATIENCE = 1.0
"""Seconds for the service manager to take a word, where it has no room for one: readers are not to wait for it."""


class Supervisor:
    """The service manager, if there is one: told what happens (`observe`), and that we live (`reassure`)."""

    def __init__(self, address: str = "", *, watchdog: timedelta | None = None) -> None:
        """`address` is a socket's path, one in the abstract namespace behind an `@`, or empty: nobody is told.

        `watchdog` is the time without a sign of life after which we count as dead; None: nobody waits for one.
        """
        self._address = f"\0{address[1:]}" if address.startswith("@") else address
        self._watchdog = watchdog if self._address else None
        self._status = ""

    def observe(self, event: Event) -> None:
        """An observer: states as the service manager knows them, and a line on how things stand."""
        if isinstance(event, ClusterEvent):
            self._observe_work(event)
        match event:
            case Serving(address=address):
                self._tell("READY=1", status=f"serving at {address}")
            case ReloadStarted():
                self._tell("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")
            case ReloadEnded():
                self._tell("READY=1", status=self._status)
            case Stopping():
                self._tell("STOPPING=1", status="finishing what is being written")
            case _:
                if status := _standing(event):
                    self._tell(status=status)

    def _observe_work(self, event: ClusterEvent) -> None:
        match event:
            case WorkerJoined(worker=worker):
                self._tell("READY=1", status=f"{worker} works with the others")
            case DatabaseAway(reason=reason):  # started, all the same: who waits for us could only start us again
                self._tell("READY=1", status=f"waiting for the database: {reason}")
            case DatabaseBack():
                self._tell(status="the database is back, and work goes on")
            case _:
                pass

    async def reassure(self, alive: Callable[[], bool]) -> None:
        """Give a sign of life, again and again, as long as `alive` says so, for ever.

        It runs in the event loop whose life it tells of: where that stands still, no sign is given either.
        """
        if self._watchdog is None:
            return
        while True:
            if alive():
                self._tell("WATCHDOG=1")
            await asyncio.sleep(self._watchdog.total_seconds() / SHARE)

    def _tell(self, *words: str, status: str = "") -> None:
        if not self._address:
            return
        self._status = status or self._status
        lines = [*words, *([f"STATUS={escaped(status)}"] if status else [])]
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ours:
            # One that is gone, or takes nothing, is no reason to stop serving.
            ours.settimeout(_PATIENCE)
            ours.connect(self._address)
            ours.send("\n".join(lines).encode())


def _standing(event: Event) -> str:  # noqa: PLR0911 - a line for each event, and no logic
    """How things stand after it, where it changes that."""
    match event:
        case FirstPassed(sources=sources, reached=reached):
            return f"serving; {reached} of {sources} sources answered in the first pass"
        case IngestStopped(reason=reason):
            return f"serving what is there; fetching pauses, as nothing can be stored: {reason}"
        case IngestResumed():
            return "serving; fetching goes on"
        case DocumentsLost(reason=reason, documents=documents):
            return f"serving what is there, {documents} documents; nothing can be followed: {reason}"
        case DocumentsFollowed(documents=documents):
            return f"serving {documents} documents as they change"
        case ConfigTaken():
            return "serving; the changed config is in force"
        case ConfigRefused(file=file):
            return f"serving by the config of before: {file} is refused, the log says why"
        case _:
            return ""


def supervisor(environ: MutableMapping[str, str], *, process: int | None = None) -> Supervisor:
    """The service manager that `environ` names, taken out of it: our children have nothing to tell it.

    `process` is who we are, by default this process: a watchdog that is meant for another one is not ours.
    """
    address = environ.pop("NOTIFY_SOCKET", "")
    microseconds = environ.pop("WATCHDOG_USEC", "")
    meant = environ.pop("WATCHDOG_PID", "")
    ours = meant in {"", str(process or getpid())}
    return Supervisor(
        address if address.startswith(("/", "@")) else "",
        watchdog=timedelta(microseconds=int(microseconds)) if ours and _positive(microseconds) else None,
    )


def _positive(number: str) -> bool:
    return number.isascii() and number.isdecimal() and int(number) > 0
