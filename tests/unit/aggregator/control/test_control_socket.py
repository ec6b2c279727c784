"""The socket between the command line and the daemon: who may use it, what is said on it, and when it ends."""

from __future__ import annotations

import asyncio
import os
import socket
import stat
from contextlib import asynccontextmanager, contextmanager, suppress

import pytest

from aggregator.control import ControlServer, Decide, Done, Rebuild, Refused, ask
from aggregator.control import server as serving
from aggregator.control.commands import LONGEST, answer_line
from aggregator.observing.events import ControlClosed
from feeds.errors import ControlError, StoreFailed
from feeds.model import DecisionKind

pytestmark = pytest.mark.anyio
HIDE = Decide(kind=DecisionKind.HIDE, entry="ferry")


@asynccontextmanager
async def listening(path, answer, events=None):
    told = [] if events is None else events
    server = ControlServer(path, answer, observe=told.append)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


async def done(command) -> Done:
    return Done(text=f"done: {command}")


async def asked(path, command=HIDE, **options):
    return await asyncio.to_thread(ask, path, command, **options)


async def test_a_command_is_answered_and_the_socket_goes_with_the_server(tmp_path):
    path = tmp_path / "control"
    async with listening(path, done):
        assert await asked(path) == Done(text=f"done: {HIDE}")
        assert await asked(path, Rebuild()) == Done(text="done: Rebuild()")
    assert not path.exists()
    assert await asked(path) is None


async def test_the_socket_is_for_its_user_alone(tmp_path):
    before = os.umask(0)
    try:
        async with listening(tmp_path / "control", done):
            assert stat.S_IMODE((tmp_path / "control").stat().st_mode) == 0o600
    finally:
        os.umask(before)


async def test_what_a_dead_daemon_left_is_replaced_and_until_then_nobody_listens(tmp_path):
    path = tmp_path / "control"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
        dead.listen()
    assert path.is_socket()
    assert await asked(path) is None
    async with listening(path, done):
        assert isinstance(await asked(path), Done)


async def test_where_no_store_is_nobody_listens(tmp_path):
    assert await asked(tmp_path / "nowhere" / "control") is None
    (tmp_path / "file").write_text("")
    assert await asked(tmp_path / "file" / "control") is None


async def test_a_file_in_the_way_stays_and_the_daemon_does_without(tmp_path):
    path, events = tmp_path / "control", []
    path.write_text("mine")
    async with listening(path, done, events):
        pass
    assert events == [ControlClosed(reason=f"{path} is in the way: it is no socket")]
    assert path.read_text() == "mine"


async def test_at_a_path_that_is_too_long_for_a_socket_nobody_listens_and_that_is_told(tmp_path):
    path, events = tmp_path / ("long" * 30) / "control", []
    path.parent.mkdir()
    async with listening(path, done, events):
        pass
    assert [type(event) for event in events] == [ControlClosed]
    assert "give the store a shorter path" in events[0].reason
    assert "longer than the 107 bytes" in events[0].reason
    assert ask(path, HIDE) is None


@asynccontextmanager
async def connected(path, said=b""):
    reader, writer = await asyncio.open_unix_connection(path)
    writer.write(said)
    try:
        yield reader
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


@contextmanager
def as_a_stranger(folder):
    """Somebody who may neither enter `folder` nor override that."""
    folder.chmod(0o600)
    if os.geteuid():
        yield
    else:
        os.seteuid(65534)
        try:
            yield
        finally:
            os.seteuid(0)
    folder.chmod(0o700)


async def test_who_may_not_use_the_socket_is_told_so(tmp_path):
    async with listening(tmp_path / "control", done):
        with as_a_stranger(tmp_path), pytest.raises(ControlError, match="is for the user only who runs the daemon"):
            ask(tmp_path / "control", HIDE)


async def test_a_refusal_and_a_fault_are_answers_and_the_next_command_is_heard(tmp_path):
    path = tmp_path / "control"
    ends = [StoreFailed("the disk is full"), ZeroDivisionError("ferry"), Refused(reason="there is no entry ferry")]

    async def answer(_):
        end = ends.pop(0)
        if isinstance(end, Exception):
            raise end
        return end

    async with listening(path, answer):
        assert await asked(path) == Refused(reason="the disk is full")
        broken = await asked(path)
        assert broken.reason == "topicwire itself failed on this (ZeroDivisionError: ferry); please report it"
        assert await asked(path) == Refused(reason="there is no entry ferry")


async def test_several_commands_go_over_one_connection_each_on_its_line(tmp_path):
    async with listening(tmp_path / "control", done):
        three = b'{"command": "rebuild"}\nwhat?\n{"command": "rebuild"}\n'
        async with connected(tmp_path / "control", three) as reader:
            answers = [await reader.readline() for _ in range(3)]
    assert answers[0] == answers[2] == answer_line(Done(text="done: Rebuild()"))
    assert b"another version" in answers[1]


async def test_who_says_too_much_is_refused_and_who_says_nothing_is_left(tmp_path, monkeypatch):
    async with listening(tmp_path / "control", done):
        async with connected(tmp_path / "control", b"x" * (2 * LONGEST)) as reader:
            assert b"at most" in await reader.readline()
        monkeypatch.setattr(serving, "PATIENCE", 0.2)
        for said in (b"", b'{"command"'):
            async with connected(tmp_path / "control", said) as reader, asyncio.timeout(30):
                assert await reader.read() == b""


async def test_so_many_clients_at_once_and_no_more(tmp_path, monkeypatch):
    monkeypatch.setattr(serving, "MOST", 2)
    path = tmp_path / "control"
    async with listening(path, done) as server:
        async with connected(path), connected(path):
            while len(server._waiting) < 2:
                await asyncio.sleep(0.01)
            assert await asked(path) == Refused(reason="too many commands at once: try again")
        while server._waiting:
            await asyncio.sleep(0.01)
        assert isinstance(await asked(path), Done)


async def test_a_stop_sees_the_command_through_that_is_under_way_and_leaves_idle_clients(tmp_path):
    path, begun, go_on = tmp_path / "control", asyncio.Event(), asyncio.Event()

    async def slowly(_):
        begun.set()
        await go_on.wait()
        return Done(text="at last")

    server = ControlServer(path, slowly, observe=lambda _: None)
    await server.start()
    async with connected(path) as idle:
        waiting = asyncio.create_task(asked(path))
        await begun.wait()
        stopping = asyncio.create_task(server.stop())
        assert await idle.read() == b""
    assert not stopping.done()
    go_on.set()
    await stopping
    assert await waiting == Done(text="at last")
    await server.stop()


async def test_a_daemon_that_gives_no_answer_or_hangs_up_leaves_the_outcome_open(tmp_path):
    path, said = tmp_path / "control", [b"", b"what?\n"]

    async def odd(reader, writer):
        await reader.readline()
        if said:
            writer.write(said.pop(0))
        else:
            await reader.read()
        writer.close()

    async with await asyncio.start_unix_server(odd, path):
        with pytest.raises(ControlError, match=r"the daemon ended before it answered: .* may have taken effect"):
            await asked(path)
        with pytest.raises(ControlError, match="another version"):
            await asked(path)
        with pytest.raises(ControlError, match=r"gave no answer for 0\.1 s: .* may still take effect"):
            await asked(path, patience=0.1)
