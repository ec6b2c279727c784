"""What a connection may do, and for how long."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from datetime import timedelta

import pytest

from aggregator.publishing.shelf import Shelf
from aggregator.serving import connection
from aggregator.serving.answering import Asked, Reply, plain, reply
from aggregator.serving.connection import MOST_HEAD
from aggregator.serving.connections import Connections
from aggregator.serving.server import application
from feeds.render import ATOM, document
from tests.fakes.serving import ask, served, sized
from tests.fakes.topic_feeds import NOON

LARGE = b"x" * 48_000_000


def site(asked: Asked) -> Reply:
    if asked.target == "/large":
        return sized(200, {}, LARGE)
    if asked.target == "/broken":
        raise KeyError(asked.target)
    return plain(200, f"{asked.method} {asked.target}")


@pytest.fixture(scope="module")
def port():
    with served(site, most=40) as number:
        yield number


@contextlib.contextmanager
def talking(port: int):
    with socket.create_connection(("127.0.0.1", port), timeout=60) as wire:
        yield wire


def said(port: int, *parts: bytes) -> bytes:
    """All that comes back until the other end closes."""
    with talking(port) as wire:
        with contextlib.suppress(OSError):  # it may have been closed before all was said
            for part in parts:
                wire.sendall(part)
                time.sleep(0.02)
            wire.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: _received(wire), b""))


def _received(wire) -> bytes:
    try:
        return wire.recv(65536)
    except ConnectionResetError:
        return b""


def test_a_connection_serves_one_request_after_another(port):
    with talking(port) as wire:
        for path in (b"/one", b"/two", b"/one"):
            wire.sendall(b"GET %s HTTP/1.1\r\nHost: a\r\n\r\n" % path)
            answer = wire.recv(65536)
            assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
            assert b"\r\ndate: " in answer
            assert answer.endswith(b"\r\n\r\nGET %s\n" % path)


@pytest.mark.parametrize("cut", [1, 5, 20, 40])
def test_requests_may_come_in_pieces_and_several_at_once(port, cut):
    both = b"GET /one HTTP/1.1\r\nHost: a\r\n\r\nHEAD /two HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    for _ in range(2):
        answers = said(port, both[:cut], both[cut:])
        assert answers.count(b"HTTP/1.1 200 OK") == 2
        assert b"GET /one\n" in answers
        assert answers.index(b"GET /one\n") < answers.index(b"connection: close")


def test_the_start_of_a_second_request_is_no_part_of_the_first_one(port):
    first = b"GET /first HTTP/1.1\r\nHost: a\r\n\r\n"
    for _ in range(2):
        answers = said(port, first + b"GET /sec", b"ond HTTP/1.1\r\nHost: a\r\n\r\n")
        assert (b"GET /first\n" in answers, b"GET /second\n" in answers) == (True, True)


def test_who_wants_to_go_may_go(port):
    assert b"connection: close" in said(port, b"GET / HTTP/1.0\r\n\r\n")
    assert b"connection: close" in said(port, b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
    assert b"connection: close" in said(port, b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")


def test_no_other_protocol_is_taken_up(port):
    told = said(port, b"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\nPRI")
    assert (b"GET /\n" in told, b"connection: close" in told) == (True, True)


def test_a_proxy_may_send_the_whole_address(port):
    assert b"GET /one?a=b\n" in said(port, b"GET http://evil.example/one?a=b HTTP/1.1\r\nHost: a\r\n\r\n")


@pytest.mark.parametrize(
    "request_",
    [
        b"\x16\x03\x01\x02\x00\x01",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET nowhere HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nBroken header\r\n\r\n",
    ],
)
def test_what_is_no_request_is_refused_and_the_connection_closed(port, request_):
    answer = said(port, request_)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"connection: close" in answer


@pytest.mark.parametrize("pieces", [1, 40])
def test_headers_beyond_the_limit_are_refused(port, pieces):
    header = b"X-Long: " + b"a" * (MOST_HEAD // pieces) + b"\r\n"
    answer = said(port, b"GET / HTTP/1.1\r\nHost: a\r\n", *[header] * pieces, b"\r\n")
    assert answer.startswith((b"HTTP/1.1 431 ", b""))
    assert b"200 OK" not in answer


def test_a_body_is_not_read(port):
    answer = said(
        port, b"GET /one HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nGET /two HTTP/1.1\r\nHost: a\r\n\r\n"
    )
    assert (answer.count(b"HTTP/1.1"), b"connection: close" in answer) == (1, True)


def test_a_request_that_breaks_the_application_costs_itself_only(port):
    assert ask(port, "/broken").status == 500
    assert ask(port, "/one").status == 200


def test_when_all_places_are_taken_the_one_that_waited_longest_goes(port):
    with contextlib.ExitStack() as stack:
        waiting = [stack.enter_context(talking(port)) for _ in range(60)]
        assert ask(port, "/one").body == b"GET /one\n"
        waiting[0].settimeout(5)
        assert _received(waiting[0]) == b""


def test_nobody_can_put_a_line_into_an_answer():
    with pytest.raises(ValueError, match="location"):
        reply(308, [("location", "/a\r\nset-cookie: b")])


@pytest.mark.parametrize("start", [b"", b"GET / HTTP/1.1\r\nHost: a\r\n", b"GET / HTTP/1.1\r\nHost: a\r\n\r\nGE"])
def test_half_a_request_is_not_waited_for(monkeypatch, start):
    monkeypatch.setattr(connection, "HEAD_WITHIN", 0.2)
    monkeypatch.setattr(connection, "IDLE_WITHIN", 0.2)
    with served(site) as port, talking(port) as wire:
        wire.sendall(start)
        began = time.monotonic()
        while _received(wire):
            pass
        assert time.monotonic() - began < 7, "which is less than what is waited for otherwise"


def test_who_does_not_take_an_answer_is_cut(monkeypatch):
    cut, ended = connection.Connection.cut, threading.Event()
    monkeypatch.setattr(connection, "TAKEN_WITHIN", 0.2)
    monkeypatch.setattr(connection.Connection, "cut", lambda one: cut(one) or ended.set())
    with served(site) as port, talking(port) as wire:
        wire.sendall(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
        assert ended.wait(30), "half of what is waited for otherwise"
        assert sum(map(len, iter(lambda: _received(wire), b""))) < len(LARGE)


def test_pipelined_requests_are_not_answered_ahead_of_their_reader(port):
    answers = said(port, b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n" * 20)
    assert answers.count(b"HTTP/1.1 200 OK") == 1


async def _stopped_in(patience: float) -> float:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        connections = Connections(site)
        await connections.start(listener)
        _, writer = await asyncio.open_connection(*listener.getsockname(), limit=1000)
        writer.write(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
        await asyncio.sleep(0.1)
        began = asyncio.get_running_loop().time()
        await connections.stop(patience=patience)
        writer.close()
        return asyncio.get_running_loop().time() - began


def test_a_stop_waits_for_nobody_longer_than_its_patience():
    assert asyncio.run(_stopped_in(0.2)) < 30, "half of what a reader may take for an answer"


@pytest.mark.heavy
def test_honest_readers_do_not_feel_500_half_open_connections():
    shelf = Shelf()
    shelf.swap({"/feeds/a.atom": document(b"<feed/>" * 3000, ATOM, NOON)})
    with served(application(shelf, max_age=timedelta)) as port, contextlib.ExitStack() as stack:
        half = [stack.enter_context(talking(port)) for _ in range(500)]
        for wire in half:
            wire.sendall(b"GET /feeds/a.atom HTTP/1.1\r\nHost: a\r\nX-Slow:")
        took = []
        for _ in range(400):
            before = time.monotonic()
            assert ask(port, "/feeds/a.atom").status == 200
            took.append(time.monotonic() - before)
        assert sorted(took)[380] < 1, "an eighth of the time that the others are waited for"
        for wire in half:
            assert _received(wire) == b""
