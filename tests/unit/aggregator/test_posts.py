"""What may be sent to the server, how much of it, and for how long."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time

import pytest

from aggregator.serving import connection
from aggregator.serving.answering import plain
from aggregator.serving.connections import Connections, ConnectionsApart
from aggregator.serving.posts import Post
from tests.fakes.serving import ask, served

FORM = "application/x-www-form-urlencoded"
HEAD = f"POST /hub HTTP/1.1\r\nHost: a\r\nContent-Type: {FORM}\r\n".encode()
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


def site(asked):
    return plain(200 if asked.method == "GET" else 405, f"{asked.method} {asked.target}")


async def hub(asked):
    if asked.body == b"broken":
        raise KeyError(asked.body)
    if asked.body == b"slow":
        await asyncio.sleep(0.3)
    if asked.body == b"endless":
        await asyncio.sleep(60)
    return plain(202, f"{asked.target} {asked.body!r} {asked.headers.get('x-late', '')}")


POSTS = {"/hub": Post(answer=hub, takes=FORM, most=100)}


@pytest.fixture(scope="module")
def port():
    with served(site, posts=POSTS) as number:
        yield number


def said(port: int, *parts: bytes, hang_up: bool = False) -> bytes:
    """All that comes back until the other end closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as wire:
        with contextlib.suppress(OSError):  # it may have been closed before all was said
            for part in parts:
                wire.sendall(part)
                time.sleep(0.02)
            if hang_up:
                wire.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: _received(wire), b""))


def _received(wire) -> bytes:
    try:
        return wire.recv(65536)
    except ConnectionResetError:
        return b""


def sized(body: bytes, *more: bytes) -> bytes:
    return HEAD + b"".join(line + b"\r\n" for line in more) + b"Content-Length: %d\r\n\r\n" % len(body) + body


@pytest.mark.parametrize("cut", [1, 30, 60, 105, 112])
@pytest.mark.parametrize("request_", [sized(b"a=1&b=2"), CHUNKED + b"3\r\na=1\r\n4;x=y\r\n&b=2\r\n0\r\n\r\n"])
def test_what_is_sent_is_answered_with_its_body_however_it_is_cut(port, request_, cut):
    answer = said(port, request_[:cut], request_[cut:])
    assert answer.startswith(b"HTTP/1.1 202 Accepted\r\n")
    assert b"connection: close\r\n" in answer
    assert answer.endswith(b"/hub b'a=1&b=2' \n")


def test_a_body_may_be_empty(port):
    assert said(port, sized(b"")).endswith(b"/hub b'' \n")


def test_a_query_is_no_part_of_the_path(port):
    assert b"/hub?a=b b'c'" in said(port, sized(b"c").replace(b"/hub", b"/hub?a=b"))


def test_who_asks_whether_to_send_is_told(port):
    head, body = sized(b"a=1", b"Expect: 100-continue").split(b"\r\n\r\n")
    with socket.create_connection(("127.0.0.1", port), timeout=60) as wire:
        wire.sendall(head + b"\r\n\r\n")
        assert wire.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        wire.sendall(body)
        assert wire.recv(65536).startswith(b"HTTP/1.1 202 ")


def test_who_asks_whether_to_send_too_much_is_told_before(port):
    head, _, _ = sized(b"a" * 101, b"Expect: 100-continue").partition(b"\r\n\r\n")
    assert said(port, head + b"\r\n\r\n").startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (HEAD + b"\r\n", 411),
        (sized(b"a" * 101), 413),
        (HEAD + b"Content-Length: 999999999999999999\r\n\r\n", 413),
        (CHUNKED + b"65\r\n" + b"a" * 101, 413),
        (CHUNKED + b"1;" + b"x" * 40_000, 413),
        (CHUNKED + b"1\r\na\r\n0\r\n" + b"X-Late: abcdefgh\r\n" * 3_000, 413),
        (sized(b"{}").replace(FORM.encode(), b"application/json"), 415),
        (sized(b"{}").replace(b"Content-Type", b"X-Type"), 415),
        (sized(b"a", b"Content-Encoding: gzip"), 415),
        (sized(b"a", b"Expect: a-miracle"), 417),
        (HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501),
        (b"GET /hub HTTP/1.1\r\nHost: a\r\n\r\n", 405),
        (b"PUT /hub HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\na", 405),
        (b"POST /feeds/a.atom HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\na", 405),
        (b"POST /hub HTTP/1.1\r\nContent-Length: 1\r\n\r\na", 400),
        (HEAD + b"Content-Length: -1\r\n\r\n", 400),
        (HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\naa", 400),
        (HEAD + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (CHUNKED + b"not a length\r\n", 400),
    ],
)
def test_what_cannot_be_taken_is_refused_and_the_connection_closed(port, request_, status):
    answer = said(port, request_)
    assert answer.count(b"HTTP/1.1 ") == 1
    assert answer.startswith(b"HTTP/1.1 %d " % status)
    assert b"\r\nconnection: close\r\n" in answer


def test_the_type_may_come_with_parameters(port):
    request_ = sized(b"a").replace(FORM.encode(), FORM.title().encode() + b"; charset=UTF-8")
    assert said(port, request_).startswith(b"HTTP/1.1 202 ")


@pytest.mark.parametrize("more", [b"GET /one HTTP/1.1\r\nHost: a\r\n\r\n", sized(b"again"), b"\x00\x00", b"a" * 99])
@pytest.mark.parametrize("body", [b"fast", b"slow"])
def test_what_is_sent_is_the_last_request_of_its_connection(port, body, more):
    answer = said(port, sized(body) + more, more)
    assert answer.count(b"HTTP/1.1 ") == 1
    assert b"/hub b'%s'" % body in answer


def test_trailers_are_no_headers(port):
    assert said(port, CHUNKED + b"1\r\na\r\n0\r\nX-Late: b\r\n\r\n").endswith(b"/hub b'a' \n")


def test_it_may_follow_another_request_time_and_again(port):
    for _ in range(2):
        answer = said(port, b"GET /one HTTP/1.1\r\nHost: a\r\n\r\n" + sized(b"a"))
        assert answer.count(b"HTTP/1.1 ") == 2
        assert b"GET /one\n" in answer


@pytest.mark.parametrize("before", [b"", b"GET /one HTTP/1.1\r\nHost: a\r\n\r\n"])
def test_a_body_that_looks_like_a_known_request_is_a_body(port, before):
    known = b"GET /two HTTP/1.1\r\nHost: a\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=60) as wire:
        wire.sendall(known)
        assert b"GET /two\n" in wire.recv(65536)
    head, _, _ = sized(known).partition(b"\r\n\r\n")
    answer = said(port, before + head + b"\r\n\r\n", known)
    assert answer.count(b"HTTP/1.1 ") == 1 + bool(before)
    assert repr(known).encode() in answer


def test_who_has_said_all_still_gets_the_answer(port):
    assert b"/hub b'slow'" in said(port, sized(b"slow"), hang_up=True)


def test_an_answer_that_breaks_costs_itself_only(port):
    assert said(port, sized(b"broken")).startswith(b"HTTP/1.1 500 ")
    assert ask(port, "/one").status == 200


def test_no_other_protocol_is_taken_up(port):
    upgrade = sized(b"a", b"Upgrade: h2c", b"Connection: Upgrade")
    assert said(port, upgrade).count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize("request_", [sized(b"abc")[:-1], CHUNKED + b"3\r\nab", sized(b"endless")])
def test_neither_a_body_nor_its_answer_is_waited_for_for_ever(monkeypatch, request_):
    monkeypatch.setattr(connection, "SENT_WITHIN", 0.2)
    monkeypatch.setattr(connection, "ANSWERED_WITHIN", 0.2)
    with served(site, posts=POSTS) as port:
        began = time.monotonic()
        assert said(port, request_) == b""
        assert time.monotonic() - began < 7, "which is less than what is waited for otherwise"


async def _answered_while_stopping() -> bytes:
    asked = asyncio.Event()

    async def slow(_):
        asked.set()
        await asyncio.sleep(0.3)
        return plain(202, "slow")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        connections = Connections(site, posts={"/hub": Post(answer=slow, takes=FORM, most=100)})
        await connections.start(listener)
        reader, writer = await asyncio.open_connection(*listener.getsockname())
        writer.write(sized(b"a"))
        await asked.wait()
        await connections.stop(patience=10)
        answer = await reader.read()
        writer.close()
        return answer


def test_a_stop_waits_for_an_answer_in_the_making():
    assert asyncio.run(_answered_while_stopping()).endswith(b"\r\n\r\nslow\n")


async def _answered_at_home() -> tuple[bytes, bool]:
    home, loops = asyncio.get_running_loop(), []

    async def here(asked):
        loops.append(asyncio.get_running_loop())
        return plain(202, "")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        apart = ConnectionsApart(site, posts={"/hub": Post(answer=here, takes=FORM, most=100)})
        await apart.start(listener)
        reader, writer = await asyncio.open_connection(*listener.getsockname())
        writer.write(sized(b"a"))
        answer = await reader.read()
        writer.close()
        await apart.stop(patience=1)
        return answer, loops == [home]


def test_readers_apart_have_it_answered_where_the_hub_lives():
    answer, at_home = asyncio.run(_answered_at_home())
    assert (answer[:13], at_home) == (b"HTTP/1.1 202 ", True)
