"""Readers are answered by a process of its own, whatever happens to it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from aggregator.observing.reader_events import FrontEnded
from aggregator.publishing.shelf import Private, Shelf
from aggregator.serving.front.process import Bounds
from aggregator.serving.server import application
from feeds.render import ATOM, HTML, document
from tests.fakes.fronted import PATIENT, fronted
from tests.fakes.processes import ends, is_running
from tests.fakes.serving import ask, served
from tests.fakes.topic_feeds import NOON

TOKEN = "k3y-that-nobody-is-told"
BODY = b"<feed>high water</feed>"


def stocked() -> Shelf:
    shelf = Shelf()
    shelf.swap(
        {"/": document(b"<p>all</p>", HTML, NOON), "/feeds/a.atom": document(BODY, ATOM, NOON)},
        private=(Private(token=TOKEN, documents={"/feeds/b.atom": document(b"<feed/>", ATOM, NOON)}),),
        moved={"old": "a"},
        gone={"lake"},
    )
    return shelf


class Hurrying:
    """Patient bounds, so that a process may take long to start, which hurry those that are there while `hurried`."""

    def __init__(self, silence: timedelta = PATIENT.silence) -> None:
        self._usual = replace(PATIENT, swap=timedelta(seconds=20), silence=silence)
        self.hurried = lambda: False

    def __getattr__(self, name: str) -> object:
        return getattr(self._usual, name)

    @property
    def swap(self) -> timedelta:
        return timedelta(seconds=1) if self.hurried() else self._usual.swap


def until(true) -> None:
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


PATHS = ("/", "/feeds/a.atom", "/feeds/old.atom", "/feeds/lake.atom", "/none", "/healthz", f"/feeds/{TOKEN}/b.atom")


def test_readers_cannot_tell_by_which_process_they_are_answered():
    shelf = stocked()
    with fronted(shelf) as here, served(application(shelf, max_age=lambda: timedelta(minutes=15))) as other:
        for path in PATHS:
            for method in ("GET", "HEAD", "POST"):
                one, two = (ask(port, path, method=method) for port in (here.port, other))
                assert (one.status, one.body) == (two.status, two.body)
                assert {**one.headers, "date": ""} == {**two.headers, "date": ""}


def test_a_swap_gets_through():
    shelf = stocked()
    with fronted(shelf) as here:
        shelf.swap({"/feeds/a.atom": document(b"<feed>low water</feed>", ATOM, NOON)})
        until(lambda: ask(here.port, "/feeds/a.atom").body == b"<feed>low water</feed>")
        assert ask(here.port, f"/feeds/{TOKEN}/b.atom").status == 404


def test_one_that_is_killed_is_replaced_and_readers_wait_for_the_next_with_all_that_is_published():
    with fronted(stocked()) as here:
        for _ in range(3):
            killed = here.pid()
            os.kill(killed, signal.SIGKILL)
            assert ends(killed)
            assert ask(here.port, "/feeds/a.atom").body == BODY
            until(lambda killed=killed: here.front.pid not in {killed, None})
        assert here.events == [FrontEnded(reason="SIGKILL", again=timedelta())] * 3


def test_one_that_cannot_start_is_tried_more_and_more_seldom(monkeypatch):
    pauses = tuple(timedelta(milliseconds=one) for one in (0, 20, 40))
    with fronted(stocked(), bounds=Bounds(again=pauses)) as here:
        python = sys.executable
        monkeypatch.setattr(sys, "executable", "/bin/false")
        os.kill(here.pid(), signal.SIGKILL)
        until(lambda: len(here.events) > 4)
        monkeypatch.setattr(sys, "executable", python)
        assert ask(here.port, "/feeds/a.atom").status == 200
        told = here.events[:5]
    assert [one.again for one in told] == [*pauses, pauses[-1], pauses[-1]]
    assert {one.reason for one in told} == {"SIGKILL", "exit code 1"}


def test_one_that_takes_no_news_any_more_is_replaced():
    shelf, bounds = stocked(), Hurrying()
    with fronted(shelf, bounds=bounds) as here:
        os.kill(here.pid(), signal.SIGSTOP)
        bounds.hurried = lambda: not here.events
        shelf.swap({"/feeds/a.atom": document(b"<feed>low water</feed>", ATOM, NOON)})
        assert ask(here.port, "/feeds/a.atom").body == b"<feed>low water</feed>"
        assert [one.reason for one in here.events] == ["it did not take what is published (TimeoutError)"]


def test_one_that_hangs_is_replaced_though_there_is_no_news():
    bounds = Hurrying(silence=timedelta(seconds=0.1))
    with fronted(stocked(), bounds=bounds) as here:
        time.sleep(0.5)
        assert here.events == []
        os.kill(here.pid(), signal.SIGSTOP)
        bounds.hurried = lambda: not here.events
        assert ask(here.port, "/feeds/a.atom").body == BODY
        assert [one.reason for one in here.events] == ["it did not take what is published (TimeoutError)"]


def test_signals_to_all_processes_of_a_service_do_not_end_it_before_its_parent_says_so():
    with fronted(stocked()) as here:
        pid = here.pid()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            os.kill(pid, number)
        assert ask(here.port, "/feeds/a.atom").status == 200
        assert here.pid() == pid
    assert not is_running(pid)


def test_no_secret_is_in_its_arguments_or_in_its_environment(monkeypatch):
    monkeypatch.setenv("TOPICWIRE_PASSWORD", "hunter2")
    with fronted(stocked()) as here:
        shown = b"".join((Path("/proc") / str(here.pid()) / name).read_bytes() for name in ("cmdline", "environ"))
    assert TOKEN.encode() not in shown
    assert b"hunter2" not in shown


PARENT = """
import asyncio, socket
from datetime import timedelta
from aggregator.serving.front.front import Front
from aggregator.publishing.shelf import Shelf

async def main():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        front = Front(Shelf(), max_age=timedelta, observe=print)
        await front.start(listener)
        print(front.pid, listener.getsockname()[1], flush=True)
        await asyncio.sleep(60)

asyncio.run(main())
"""


def test_it_ends_with_its_parent_and_lets_the_port_go():
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True) as parent:
        pid, port = map(int, parent.stdout.readline().split())
        assert ask(port, "/healthz").status == 200
        parent.kill()
    assert ends(pid)
    socket.create_server(("127.0.0.1", port)).close()


def test_a_stop_ends_it_soon_and_lets_the_reader_finish():
    shelf = Shelf()
    large = os.urandom(24_000_000)
    shelf.swap({"/feeds/a.atom": document(large, ATOM, NOON)})
    with fronted(shelf) as here, socket.create_connection(("127.0.0.1", here.port), timeout=60) as wire:
        wire.sendall(b"GET /feeds/a.atom HTTP/1.1\r\nHost: a\r\n\r\n")
        got = wire.recv(1000)
        stopping = threading.Thread(target=lambda: here.stop(patience=30))
        stopping.start()
        got += b"".join(iter(lambda: wire.recv(1 << 20), b""))
        stopping.join(60)
        assert not stopping.is_alive()
        assert here.front.pid is None
    assert got.endswith(large)


def test_a_stop_waits_for_nobody_longer_than_its_patience():
    shelf = Shelf()
    shelf.swap({"/feeds/a.atom": document(os.urandom(24_000_000), ATOM, NOON)})
    with fronted(shelf) as here, socket.create_connection(("127.0.0.1", here.port), timeout=60) as wire:
        wire.sendall(b"GET /feeds/a.atom HTTP/1.1\r\nHost: a\r\n\r\n")
        wire.recv(1000)
        began = time.monotonic()
        here.stop(patience=0.9)
        assert time.monotonic() - began < 30, "half of what a reader may take for an answer"


@pytest.mark.heavy
def test_honest_readers_do_not_feel_500_half_open_connections_to_it():
    with fronted(stocked()) as here:
        half = [socket.create_connection(("127.0.0.1", here.port), timeout=60) for _ in range(500)]
        for wire in half:
            wire.sendall(b"GET /feeds/a.atom HTTP/1.1\r\nHost: a\r\nX-Slow:")
        took = []
        for _ in range(400):
            before = time.monotonic()
            assert ask(here.port, "/feeds/a.atom").status == 200
            took.append(time.monotonic() - before)
        for wire in half:
            assert wire.recv(1000) == b""
            wire.close()
    assert sorted(took)[380] < 1, "an eighth of the time that the others are waited for"
