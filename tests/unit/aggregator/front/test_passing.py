"""What only the main process can answer is answered by it, through the front, in time or not at all."""

from __future__ import annotations

import asyncio
import http.client
import threading
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import timedelta
from itertools import islice

import pytest

from aggregator.publishing.shelf import Shelf
from aggregator.serving.answering import Asked, plain
from aggregator.serving.front.passing import AT_ONCE, MOST_UNSENT, Passing
from aggregator.serving.front.process import Bounds
from aggregator.serving.front.wire import Begin, Inside
from aggregator.serving.posts import Look, Post
from tests.fakes.fronted import fronted
from tests.fakes.serving import ask

FORM = "application/x-www-form-urlencoded"
BRIEF = Bounds(answer=timedelta(seconds=1.5))
PATIENT = Bounds(answer=timedelta(seconds=60))


async def hub(asked):
    headers = ", ".join(f"{name}={value}" for name, value in sorted(asked.headers.items()))
    return plain(202, f"{asked.method} {asked.target} {asked.body.decode()} {headers}")


async def ready(asked):
    if asked.target == "/readyz?broken":
        raise KeyError("k3y")
    return plain(200, "ready")


POSTS = {"/hub": Post(answer=hub, takes=FORM, most=5000), "/readyz": Look(answer=ready)}


class Late:
    """Answers in the main process that come when they are let go."""

    def __init__(self) -> None:
        self.posts = {"/readyz": Look(answer=self.answer)}
        self.asked, self._go = threading.Event(), threading.Event()

    async def answer(self, asked):
        self.asked.set()
        while not self._go.is_set():
            await asyncio.sleep(0.01)
        return plain(200, "ready")

    def go(self) -> None:
        self._go.set()


@pytest.fixture(scope="module")
def here():
    with fronted(Shelf(), posts=POSTS, bounds=PATIENT) as one:
        yield one


def send(port: int, body: bytes, **headers: str):
    wire = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    wire.request("POST", "/hub?a=1", body=body, headers={"Content-Type": FORM, **headers})
    answer = wire.getresponse()
    found = answer.status, answer.read().decode()
    wire.close()
    return found


def test_what_is_sent_gets_there_with_its_headers_but_for_those_that_nothing_may_depend_on(here):
    said = {"Origin": "https://a.example", "Sec-Fetch-Site": "cross-site"}
    dropped = {"Host": "evil.example", "X-Forwarded-For": "1", "Forwarded": "for=1", "Cookie": "a=b"}
    status, text = send(here.port, b"hub.mode=subscribe", **said, **dropped)
    crossed = "accept-encoding=identity, content-length=18, content-type=application/x-www-form-urlencoded"
    also = "origin=https://a.example, sec-fetch-site=cross-site"
    assert (status, text) == (202, f"POST /hub?a=1 hub.mode=subscribe {crossed}, {also}\n")


def test_what_is_too_long_or_of_another_kind_never_gets_there(here):
    assert send(here.port, b"x" * 5001)[0] == 413
    assert send(here.port, b"x", **{"Content-Type": "text/plain"})[0] == 415


def test_the_moment_can_be_looked_at(here):
    assert (ask(here.port, "/readyz").status, ask(here.port, "/readyz").body) == (200, b"ready\n")
    assert ask(here.port, "/readyz", method="HEAD").body == b""
    assert (ask(here.port, "/readyz", method="PUT").status, ask(here.port, "/hub").status) == (405, 405)


def test_an_answer_that_does_not_come_in_time_is_a_503_that_says_why():
    with fronted(Shelf(), posts=Late().posts, bounds=BRIEF) as here:
        began = time.monotonic()
        late = ask(here.port, "/readyz")
        assert time.monotonic() - began >= 1
    assert (late.status, late.headers["retry-after"]) == (503, "5")
    assert b"does not answer in time" in late.body


def test_a_main_process_that_is_busy_keeps_nobody_from_documents():
    busy, idle = threading.Event(), threading.Event()
    with fronted(Shelf(), posts=POSTS, bounds=BRIEF) as here:
        here.loop.call_soon_threadsafe(lambda: busy.set() or idle.wait(60))
        assert busy.wait(60)
        try:
            assert ask(here.port, "/healthz").status == 200
            assert b"does not answer in time" in ask(here.port, "/readyz").body
        finally:
            idle.set()


def test_one_that_cannot_be_answered_costs_itself_and_tells_nothing(here):
    broken = ask(here.port, "/readyz?broken")
    assert (broken.status, b"k3y" in broken.body) == (500, False)
    assert ask(here.port, "/readyz").status == 200


def test_only_so_many_wait_at_once():
    late = Late()
    with fronted(Shelf(), posts=late.posts, bounds=PATIENT) as here, ThreadPoolExecutor(AT_ONCE + 16) as many:
        asking = [many.submit(lambda: ask(here.port, "/readyz").body) for _ in range(AT_ONCE + 16)]
        told = [one.result() for one in islice(as_completed(asking, 60), 16)]
        assert all(b"Too many" in one for one in told)
        late.go()
        assert [one.result(60) for one in asking].count(b"ready\n") == AT_ONCE


@pytest.mark.anyio
async def test_nobody_is_passed_on_to_a_main_process_that_takes_nothing():
    sent, unsent = [], [MOST_UNSENT + 1]
    passing = Passing(sent.append, before=lambda: None, unsent=lambda: unsent[0])
    look = passing.posts(Begin(inside=(Inside(path="/readyz"),), within=timedelta(seconds=0.05)))["/readyz"]
    asked = Asked(method="GET", target="/readyz")
    assert (b"503" in (await look.answer(asked)).head, sent) == (True, [])
    unsent[0] = 0
    assert b"in time" in (await look.answer(asked)).body
    assert len(sent) == 1


def test_an_answer_on_its_way_is_finished_by_a_stop():
    late = Late()
    with fronted(Shelf(), posts=late.posts, bounds=PATIENT) as here, ThreadPoolExecutor(1) as one:
        waiting = one.submit(ask, here.port, "/readyz")
        assert late.asked.wait(60)
        stopping = threading.Thread(target=lambda: here.stop(patience=60))
        stopping.start()
        time.sleep(0.2)
        late.go()
        assert waiting.result(60).body == b"ready\n"
        stopping.join(60)
        assert not stopping.is_alive()


def test_whoever_looks_is_told_before_how_many_answers_went_out():
    with fronted(Shelf(), posts=POSTS) as here:
        for _ in range(3):
            ask(here.port, "/healthz")
        ask(here.port, "/nothing")
        ask(here.port, "/readyz")
        assert here.answers == {"200": 3, "503": 1}
        ask(here.port, "/healthz")
    assert here.answers == {"200": 4, "503": 1}
