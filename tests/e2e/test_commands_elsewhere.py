"""Commands reach the one who judges from any process that has its config: by way of the database."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest

from aggregator.__main__ import main
from aggregator.cluster.commanded import Commanded
from aggregator.control import Answer, Command, Decide, Done, Rebuild, Refused, hand_on
from aggregator.control.commands import answer_line, request_line
from feeds.errors import ControlError
from feeds.model import DecisionKind
from storage.port import Change
from storage.postgres.commands import PostgresCommands
from storage.postgres_store import open_postgres
from tests.fakes.judges import config_at, judging
from tests.fakes.servers import until
from tests.fakes.stored_values import entry_of

pytestmark = [pytest.mark.heavy, pytest.mark.usefixtures("logs_as_before")]
HIDE = Decide(kind=DecisionKind.HIDE, entry="a")
A, B = "a" * 32, "b" * 32
SOON, LONG = timedelta(seconds=0.5), timedelta(seconds=30)


@pytest.fixture
def logs_as_before() -> Iterator[None]:
    """For commands that set logging up as in a process of their own."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def config(tmp_path, postgres_url):
    """Of a database with two entries."""
    with open_postgres(postgres_url, writable=True) as store:
        entries = [entry_of(one * 32, title=f"Ferry {one}", canonical_url=f"https://a.example/{one}") for one in "ab"]
        store.commit(Change(entries=tuple(entries)))
    return config_at(tmp_path, postgres_url, ["paper"])


def test_a_worker_that_judges_carries_out_what_is_asked_elsewhere(config, capsys):
    told = []
    with judging(config) as judge:
        for command in (["join", A, B], ["hide", A], ["rebuild"]):
            assert main([*command, "--config", str(config.file)]) == 0
            told.append(capsys.readouterr().out.strip())
            judge.says("Commanded")
        assert main(["hide", "c" * 32, "--config", str(config.file)]) == 1
        assert "c" * 32 in capsys.readouterr().err
    assert told[0].startswith("joined: “Ferry a” (harbour-post, aaaa")
    assert told[1] == f"hidden: “Ferry a” (harbour-post, {A})"
    assert re.fullmatch(r"rebuilt: \d+ entr(y|ies) placed anew", told[2])
    with open_postgres(config.store.database, writable=False) as store:
        assert {(one.kind, one.entry, one.other) for one in store.decisions()} == {("join", A, B), ("hide", A, "")}


def test_where_no_worker_judges_whoever_writes_is_named(config, capsys):
    with open_postgres(config.store.database, writable=True):
        assert main(["hide", A, "--config", str(config.file)]) == 1
    assert "one process writes at a time" in capsys.readouterr().err
    assert main(["hide", A, "--config", str(config.file)]) == 0, "the command itself, where nobody does"


@pytest.fixture
def commands(postgres_url):
    open_postgres(postgres_url, writable=True).close()
    with contextlib.closing(PostgresCommands(postgres_url)) as found:
        yield found


def test_a_command_that_nobody_begins_is_taken_back(commands):
    with pytest.raises(ControlError, match=r"nobody began with the command for 0\.5 s, so it was taken back"):
        hand_on(commands, HIDE, begin=SOON)
    assert commands.waiting() is None


def test_a_command_that_is_begun_and_not_answered_may_still_take_effect(commands, postgres_url):
    with contextlib.closing(PostgresCommands(postgres_url)) as judge:

        def begin() -> None:
            until(lambda: judge.waiting() is not None)
            name, _ = judge.waiting()
            assert judge.begin(name, worker="one")

        beginning = threading.Thread(target=begin, daemon=True)
        beginning.start()
        with pytest.raises(ControlError, match=r"gave no answer for 0\.5 s: the command may still take effect"):
            hand_on(commands, HIDE, begin=LONG, patience=0.5)
        beginning.join()


def test_an_answer_that_comes_while_a_command_is_given_up_is_the_answer(commands, postgres_url, monkeypatch):
    with contextlib.closing(PostgresCommands(postgres_url)) as judge:
        taken_back = commands.take_back

        def answered_meanwhile(name: str) -> bool:
            judge.answered(name, answer_line(Done(text="hidden")))
            return taken_back(name)

        monkeypatch.setattr(commands, "is_begun", lambda name: judge.begin(name, worker="one"))
        monkeypatch.setattr(commands, "take_back", answered_meanwhile)
        assert hand_on(commands, HIDE, begin=LONG, patience=0.5) == Done(text="hidden")
        assert commands.waiting() is None


def test_each_command_is_begun_by_one_and_the_first_answer_counts(commands):
    commands.hand_on("first", b"1", within=LONG)
    commands.hand_on("first", b"1", within=LONG)
    commands.hand_on("second", b"2", within=LONG)
    assert commands.waiting() == ("first", b"1")
    assert [commands.begin("first", worker=one) for one in ("one", "other", "one")] == [True, False, True]
    assert commands.waiting() == ("second", b"2")
    assert (commands.is_begun("first"), commands.is_begun("second")) == (True, False)
    assert not commands.take_back("first")
    commands.abandon(b"nobody knows")
    commands.answered("first", b"done")
    assert (commands.answer("first"), commands.answer("second")) == (b"nobody knows", None)
    assert [commands.take_back(one) for one in ("first", "second")] == [False, True]
    commands.forget("first")
    assert (commands.answer("first"), commands.waiting()) == (None, None)


def test_a_command_that_is_too_old_is_not_begun(commands):
    commands.hand_on("old", b"1", within=-LONG)
    commands.hand_on("new", b"2", within=LONG)
    assert not commands.begin("old", worker="one")
    assert commands.waiting() == ("new", b"2")


async def _carried_out(commands: PostgresCommands, asking: PostgresCommands, carry_out, *names: str) -> list[bytes]:
    """The answers of one who judges."""
    door = Commanded(commands, carry_out, worker="one", observe=lambda _: None, every=timedelta(seconds=0.05))
    await door.start()
    async with asyncio.timeout(60):
        while None in (answers := [asking.answer(name) for name in names]):
            await asyncio.sleep(0.05)
    await door.stop()
    return answers


def test_what_is_not_understood_breaks_or_was_left_behind_is_refused(commands, postgres_url):
    async def carry_out(command: Command) -> Answer:
        if isinstance(command, Rebuild):
            raise RuntimeError("no idea")  # noqa: TRY004 - any will do
        return Done(text="hidden")

    for name, asked in (
        ("left", b"?"),
        ("odd", b"{}\n"),
        ("broken", request_line(Rebuild())),
        ("fine", request_line(HIDE)),
    ):
        commands.hand_on(name, asked, within=LONG)
    assert commands.begin("left", worker="another one, which died")
    with contextlib.closing(PostgresCommands(postgres_url)) as asking:
        answers = asyncio.run(_carried_out(commands, asking, carry_out, "left", "odd", "broken", "fine"))
    assert answers == [
        answer_line(Refused(reason="whoever judged ended before it answered: the command may have taken effect")),
        answer_line(Refused(reason="the daemon does not know this command: is it of another version? Start it again")),
        answer_line(Refused(reason="topicwire itself failed on this (RuntimeError: no idea); please report it")),
        answer_line(Done(text="hidden")),
    ]
