"""Log lines: one record, one line, nothing in it that a stranger or a secret put there."""

from __future__ import annotations

import io
import logging
import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.observing import logs
from aggregator.observing.events import (
    AgedOut,
    AgeingHeld,
    Commanded,
    ConfigRefused,
    ConfigTaken,
    ControlClosed,
    EntryRefused,
    ExampleBroken,
    ExportFailed,
    FirstPassed,
    Ingested,
    IngestResumed,
    IngestStopped,
    KeptBack,
    Published,
    PublishFailed,
    ReloadFailed,
    SourceChanged,
    Stopping,
    StoreMended,
    StoreUpgraded,
)
from aggregator.observing.reader_events import DocumentsFollowed, DocumentsLost, FrontEnded, Serving
from aggregator.observing.worker_events import LeaseLost
from feeds.errors import Problem
from feeds.model import Failed, FailureKind, Fetched, Skipped, Unchanged
from feeds.polling import Condition, HealthChange

TOOK = timedelta(seconds=1.26)
FETCHED = Fetched(url="https://tides.example/", body=b"")
SKIPPED = (Skipped(position=3, reason="it is empty"), Skipped(position=8, reason="it is too long"))
REFUSED = Failed(kind=FailureKind.CONNECT, reason="the connection was refused")


@pytest.fixture(autouse=True)
def _as_it_was():
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    noisy = {name: logging.getLogger(name).level for name in logs.NOISY}
    yield
    root.handlers[:] = before
    root.setLevel(level)
    for name, was in noisy.items():
        logging.getLogger(name).setLevel(was)


def logged(*events, secrets=()) -> list[str]:
    stream = io.StringIO()
    logs.configure(stream, secrets=secrets)
    for event in events:
        logs.log_event(event)
    return [re.sub(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ ", "", line) for line in stream.getvalue().splitlines()]


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (Ingested(source="tides", outcome=FETCHED, new=2, took=TOOK), "info    tides: 2 new (1.3 s)"),
        (
            Ingested(source="tides", outcome=FETCHED, revised=1, copies=1, same=9, skipped=SKIPPED, took=TOOK),
            "info    tides: 0 new, 1 revised, 1 copy, 2 skipped (no. 4: it is empty; and 1 more) (1.3 s)",
        ),
        (Ingested(source="tides", outcome=Unchanged(), took=TOOK), "info    tides: unchanged (1.3 s)"),
        (
            Ingested(source="tides", outcome=REFUSED, took=TOOK),
            "warning tides: connect: the connection was refused (1.3 s)",
        ),
        (
            Ingested(source="tides", outcome=REFUSED, problem="Traceback:\n  here\nKeyError: 'a'"),
            "error   tides: Traceback:\\n  here\\nKeyError: 'a'",
        ),
        (
            Ingested(source="tides", outcome=Failed(kind=FailureKind.HELD, reason="not asked, as it wants peace")),
            "info    tides: not asked, as it wants peace",
        ),
        (
            SourceChanged(source="tides", change=HealthChange(condition=Condition.THROTTLED, reason="no (429)")),
            "warning tides is throttled from now on: no (429)",
        ),
        (SourceChanged(source="tides", change=HealthChange(condition=Condition.OK)), "info    tides is ok from now on"),
        (
            SourceChanged(source="tides", change=HealthChange(condition=Condition.GAP, ended=True)),
            "info    tides: no longer gap",
        ),
        (
            FirstPassed(sources=5, reached=0),
            (
                "warning none of the 5 sources could be reached; they will be asked again, meanwhile the feeds hold "
                "what is stored (no network? `demo` works offline)"
            ),
        ),
        (FirstPassed(sources=5, reached=4), "info    first pass done: 4 of 5 sources answered"),
        (
            IngestStopped(reason="the disk is full"),
            "error   fetching pauses, as nothing can be stored: the disk is full",
        ),
        (Published(topic="sea", entries=1), "info    published sea: 1 entry"),
        (
            PublishFailed(problem="a\nb"),
            "error   publishing failed, readers keep the last good documents: a\\nb",
        ),
        (EntryRefused(topic="sea", entry="e1", reason="no title"), "warning sea: entry e1 is left out: no title"),
        (
            KeptBack(topic="", reason="not XML"),
            "error   pages: readers keep the last good documents: not XML",
        ),
        (ExportFailed(path="/a", reason="disk full"), "warning /a could not be written: disk full"),
        (Serving(address="127.0.0.1:8080"), "info    serving at 127.0.0.1:8080"),
        (
            FrontEnded(reason="SIGKILL", again=timedelta(seconds=0.5)),
            "error   the process that answers readers ended, another one follows in 0.5 s: SIGKILL",
        ),
        (DocumentsLost(reason="gone", documents=0), "warning there is nothing to serve yet: gone"),
        (
            DocumentsLost(reason="gone", documents=1200),
            "warning readers keep the last good documents, 1,200 of them: gone",
        ),
        (DocumentsFollowed(documents=1200), "info    following what is published: 1,200 documents"),
        (IngestResumed(), "info    fetching goes on: the store takes changes again"),
        (
            StoreMended(offset=70, size=12),
            "warning the last, unfinished record of 12 bytes at offset 70 was cut off: it was never acknowledged",
        ),
        (
            StoreUpgraded(version=1, kept_as="/j.old"),
            "info    the store was upgraded from format 1; the older journal is /j.old now, and yours to delete",
        ),
        (Commanded(text="hidden: Ferry"), "info    hidden: Ferry"),
        (
            ConfigTaken(
                file="/c.toml",
                topics=("+sea", "-land"),
                sources=("~tides",),
                settings=("site.title",),
                waits=("fetch.proxy", "serve.listen"),
            ),
            (
                "info    /c.toml is read anew: topics +sea -land; sources ~tides; settings site.title; "
                "waiting for a restart: fetch.proxy, serve.listen"
            ),
        ),
        (ConfigTaken(file="/c.toml"), "info    /c.toml is read anew: nothing else to do"),
        (
            ConfigRefused(file="/c.toml", reason="Permission denied"),
            "error   /c.toml is refused, everything stays as it was: Permission denied",
        ),
        (
            ReloadFailed(file="/c.toml", problem="a\nb"),
            "error   going by /c.toml broke off, the next reload does what is left: a\\nb",
        ),
        (
            ExampleBroken(file="/c.toml", problem=Problem(line=3, column=9, message="it says no")),
            "warning /c.toml:3:9: it says no",
        ),
        (ControlClosed(reason="no room"), "warning commands cannot reach this process: no room"),
        (StoreUpgraded(version=1, kept_as=""), "info    the store was upgraded from format 1"),
        (AgedOut(entries=1), "info    1 entry aged out"),
        (
            AgeingHeld(entries=2),
            "warning 2 entries old enough by the clock to leave: kept, as it may be wrong",
        ),
        (Stopping(signal="SIGTERM"), "info    SIGTERM: finishing what is being written"),
        (
            LeaseLost(host="tides.example"),
            "warning tides.example is no longer asked here: its lease was not renewed in time",
        ),
    ],
)
def test_each_event_is_one_line(event, line):
    assert logged(event) == [line]


def test_a_config_that_is_refused_has_a_line_for_each_problem():
    problems = (Problem(line=3, column=9, message="no word"), Problem(line=4, column=1, message="no\nkey"))
    assert logged(ConfigRefused(file="/c.toml", problems=problems)) == [
        "error   /c.toml is refused, everything stays as it was: 2 problems",
        "error   /c.toml:3:9: no word",
        "error   /c.toml:4:1: no\\nkey",
    ]


@given(st.text())
def test_nothing_that_is_logged_breaks_its_line_or_moves_the_cursor(text):
    shown = logs.escaped(text)

    assert len(f"x{shown}x".splitlines()) == 1
    assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", shown)
    shown.encode("utf-8")  # a lone surrogate would raise


def test_ordinary_text_of_any_language_is_shown_as_it_is():
    assert logs.escaped("Припливи — «гарантії», 100 % 🌊") == "Припливи — «гарантії», 100 % 🌊"


def test_secrets_are_hidden_wherever_they_turn_up():
    failed = Failed(kind=FailureKind.HTTP, reason="https://tides.example/?key=tide-table-1 and tide-table")

    [line] = logged(Ingested(source="tides", outcome=failed), secrets=["tide-table", "tide-table-1", "key"])
    assert line == "warning tides: http status: https://tides.example/?key=*** and *** (0.0 s)"


def test_secrets_that_are_learnt_later_are_hidden_beside_those_before():
    stream = io.StringIO()
    logs.configure(stream, secrets=["tide-table"]).hide(["ebb-and-flow", "ebb"])
    logs.log_event(Commanded(text="tide-table, ebb-and-flow, ebb"))
    assert stream.getvalue().endswith("***, ***, ebb\n")


def test_a_traceback_is_part_of_its_line():
    stream = io.StringIO()
    logs.configure(stream)
    try:
        int("tide")
    except ValueError:
        logging.getLogger("topicwire").exception("broken")

    [line] = stream.getvalue().splitlines()
    assert line.endswith("ValueError: invalid literal for int() with base 10: 'tide'")


def test_libraries_are_heard_only_when_they_warn():
    stream = io.StringIO()
    logs.configure(stream)
    for name in ("httpx", "httpcore.http11", "apscheduler.executors.default"):
        logging.getLogger(name).info("chatter")
        logging.getLogger(name).warning("trouble")

    assert stream.getvalue().count("trouble") == 3
    assert "chatter" not in stream.getvalue()
