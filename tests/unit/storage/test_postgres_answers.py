"""How long an answer is waited for: as long as the server is there, and no longer than it was told to take."""

from __future__ import annotations

import os
import signal
import time
from contextlib import closing

import pytest

from feeds.errors import StoreError
from storage.postgres import session
from storage.postgres.session import Lost, Session
from storage.postgres.waiting import watched
from tests.fakes import postgres


def conversation(asked: list):
    """Waits until something is ready, which then is its answer."""
    while not (ready := (yield "reading")):
        asked.append(ready)
    return ready


def led(steps, sent: list):
    """What comes of a conversation that is sent these."""
    assert next(steps) == "reading"
    try:
        for ready in sent:
            assert steps.send(ready) == "reading"
    except StopIteration as end:
        return end.value
    return None


def test_a_silence_is_looked_into_again_and_again_until_there_is_an_answer():
    looks, asked = [], []
    steps = watched(conversation(asked), tick=0.5, every=1.0, look=looks.append)
    assert led(steps, [0] * 5 + ["an answer"]) == "an answer"
    assert looks == [1.0, 2.0]
    assert asked == [0] * 5


def test_whoever_is_heard_in_between_is_not_silent():
    def two_words():
        yield from conversation([])
        return (yield from conversation([]))

    looks = []
    steps = watched(two_words(), tick=1.0, every=2.0, look=looks.append)
    assert led(steps, [0, "a word", 0, "another"]) == "another"
    assert looks == []


def test_what_a_look_raises_ends_the_waiting():
    def look(silent: float) -> None:
        raise LookupError(f"nobody there for {silent:.0f} s")

    steps = watched(conversation([]), tick=1.0, every=3.0, look=look)
    with pytest.raises(LookupError, match="nobody there for 3 s"):
        led(steps, [0, 0, 0])


def test_an_answer_that_exists_is_not_waited_for():
    def at_once():
        return "here"
        yield

    with pytest.raises(StopIteration, match="here"):
        next(watched(at_once(), tick=1.0, every=3.0, look=lambda _: None))


@pytest.fixture
def impatient(monkeypatch):
    """Patience with a session, all of it but for what a test is about such that a busy machine does not exhaust it."""

    def made(*, silence: float = 0.2, longest: int = 30, connecting: int = 30) -> None:
        for name, span in {"SILENCE": silence, "LONGEST": longest, "CONNECTING": connecting}.items():
            monkeypatch.setattr(session, name, span)

    made()
    return made


@pytest.mark.usefixtures("impatient")
def test_a_slow_answer_is_waited_for_while_the_server_is_there(postgres_url):
    asking = Session(postgres_url)
    assert asking.ask("SELECT 'late', pg_sleep(0.7)") == [("late", "")]
    asking.close()


def test_what_takes_too_long_is_broken_off_and_the_session_goes_on(postgres_url, impatient):
    impatient(longest=1, silence=30)
    asking = Session(postgres_url)
    with pytest.raises(StoreError, match="statement timeout") as refused:
        asking.ask("SELECT pg_sleep(60)")
    assert not isinstance(refused.value, Lost)
    with asking.unhurried():
        impatient(longest=1, silence=0.2)
        assert asking.ask("SELECT 'much later', pg_sleep(1.5)") == [("much later", "")]
        impatient(longest=1, silence=30)
    with pytest.raises(StoreError, match="statement timeout"):
        asking.ask("SELECT pg_sleep(60)")
    asking.close()


def test_a_session_whose_own_process_hangs_is_given_up(postgres_url, impatient):
    """Others are served, so only time tells."""
    asking = Session(postgres_url)
    impatient(longest=1)
    [(process,)] = asking.ask("SELECT pg_backend_pid()")
    try:
        os.kill(process, signal.SIGSTOP)
    except PermissionError:
        pytest.skip("the server's processes are somebody else's")
    try:
        with pytest.raises(Lost, match=r"has not answered for [12] seconds, and breaks off nothing that takes so long"):
            asking.ask("SELECT 1")
    finally:
        os.kill(process, signal.SIGCONT)


WAYS = {
    "a question": lambda asking, rows, url: asking.ask("SELECT 1"),
    "a change": lambda asking, rows, url: asking.write([("SELECT 1", ()), ("SELECT 2", ())]),
    "a long answer": lambda asking, rows, url: list(rows),
    "a script": lambda asking, rows, url: asking.run("SELECT 1; SELECT 2"),
    "another connection": lambda asking, rows, url: Session(url),
}


@pytest.mark.heavy
@pytest.mark.parametrize("way", WAYS)
def test_a_server_that_hangs_is_told_of_whatever_it_is_asked(impatient, way):
    if postgres.binaries() is None:
        pytest.skip("no PostgreSQL: install Debian's `postgresql`, or the extra `pgtest`")
    with postgres.running() as server, closing(Session(server.url())) as asking:
        rows = Session(server.url()).stream("SELECT * FROM generate_series(1, 5000)")
        impatient(connecting=2)
        server.freeze()
        began = time.monotonic()
        try:
            with pytest.raises(Lost, match=r"has not answered for|cannot be reached: connection timeout expired"):
                WAYS[way](asking, rows, server.url())
            assert time.monotonic() - began < 30
        finally:
            server.thaw()
            impatient()
        with closing(rows), closing(Session(server.url())) as another:
            assert another.ask("SELECT 1") == [(1,)]
