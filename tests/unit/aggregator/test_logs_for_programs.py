"""The log as JSON, and when it is that."""

from __future__ import annotations

import io
import json
import logging
import os
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.observing import logs
from aggregator.observing.events import ConfigRefused, Ingested, IngestResumed, Published
from aggregator.observing.log_form import log_form
from feeds.errors import Problem
from feeds.model import Failed, FailureKind, Fetched, Unchanged
from tests.unit.aggregator.test_logs import SKIPPED, _as_it_was  # noqa: F401 - a fixture for every test

FETCHED = Fetched(url="https://tides.example/", body=b"")


def records(*events, secrets=()) -> list[dict]:
    stream = io.StringIO()
    logs.configure(stream, secrets=secrets, form="json")
    for event in events:
        logs.log_event(event)
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_record_has_its_time_its_text_and_what_it_is_about():
    took = timedelta(seconds=1.25)
    [record] = records(Ingested(source="tides", outcome=FETCHED, new=2, revised=1, skipped=SKIPPED, took=took))
    at = datetime.fromisoformat(record.pop("time"))
    assert at.utcoffset() == timedelta()
    assert record == {
        "level": "info",
        "logger": "topicwire",
        "message": "tides: 2 new, 1 revised, 2 skipped (no. 4: it is empty; and 1 more) (1.2 s)",
        "event": "ingested",
        "source": "tides",
        "outcome": "fetched",
        "new": 2,
        "revised": 1,
        "copies": 0,
        "held": 0,
        "same": 0,
        "skipped": 2,
        "seconds": 1.25,
    }


def test_every_record_names_its_event_and_only_what_it_has():
    refused = Failed(kind=FailureKind.NOT_A_FEED, reason="it is a web page")
    found = records(
        Published(topic="sea", entries=3),
        IngestResumed(),
        Ingested(source="tides", outcome=Unchanged()),
        Ingested(source="tides", outcome=refused),
    )
    assert [(one["event"], one.get("topic"), one.get("entries"), one.get("outcome")) for one in found] == [
        ("published", "sea", 3, None),
        ("ingest_resumed", None, None, None),
        ("ingested", None, None, "unchanged"),
        ("ingested", None, None, "not a feed"),
    ]


def test_each_problem_of_a_config_is_a_record():
    problems = (Problem(line=3, column=1, message="unknown key"), Problem(line=9, column=2, message="no url"))
    found = records(ConfigRefused(file="/etc/tides.toml", problems=problems))
    assert [one["message"] for one in found] == [
        "/etc/tides.toml is refused, everything stays as it was: 2 problems",
        "/etc/tides.toml:3:1: unknown key",
        "/etc/tides.toml:9:2: no url",
    ]


def test_libraries_and_tracebacks_are_records_too():
    stream = io.StringIO()
    logs.configure(stream, form="json")
    try:
        int("high\nwater")
    except ValueError:
        logging.getLogger("asyncio").exception("a task broke")
    [line] = stream.getvalue().splitlines()
    record = json.loads(line)
    assert (record["level"], record["logger"]) == ("error", "asyncio")
    assert record["message"].startswith("a task broke\\nTraceback")


@given(st.text(), st.text())
def test_whatever_strangers_say_a_record_is_one_line_and_moves_no_cursor(source, reason):
    failed = Failed(kind=FailureKind.CONNECT, reason=reason)
    stream = io.StringIO()
    logs.configure(stream, form="json")
    logs.log_event(Ingested(source=source, outcome=failed))
    [line] = stream.getvalue().split("\n")[:-1]
    told = json.loads(line)
    for text in (line, told["message"], told.get("source", "")):
        assert text == logs.escaped(text)


def test_secrets_are_nowhere_in_a_record():
    reason = "https://x.example/?key=geheim-wort refused"
    told = records(
        Ingested(source="geheim-wort", outcome=Failed(kind=FailureKind.HTTP, reason=reason)), secrets=["geheim-wort"]
    )
    assert "geheim" not in json.dumps(told)
    assert told[0]["source"] == "***"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("asked", "environ", "form"),
    [
        ("auto", {}, "text"),
        ("auto", {"INVOCATION_ID": "1f"}, "json"),
        ("auto", {"KUBERNETES_SERVICE_HOST": "10.0.0.1"}, "json"),
        ("auto", {"JOURNAL_STREAM": "8:12345"}, "text"),
        ("text", {"INVOCATION_ID": "1f"}, "text"),
        ("json", {}, "json"),
    ],
)
def test_a_service_manager_gets_json_and_everybody_what_they_ask_for(asked, environ, form):
    assert log_form(asked, io.StringIO(), environ) == form


def test_a_terminal_gets_text_whoever_started_us():
    assert log_form("auto", Terminal(), {"INVOCATION_ID": "1f"}) == "text"


def test_the_journal_is_known_by_its_stream(tmp_path):
    with (tmp_path / "log").open("w") as stream:
        found = os.fstat(stream.fileno())
        named = f"{found.st_dev}:{found.st_ino}"
        assert log_form("auto", stream, {"JOURNAL_STREAM": named}) == "json"
        assert log_form("auto", stream, {"JOURNAL_STREAM": f"{named}1"}) == "text"


@pytest.mark.parametrize("form", ["text", "json"])
def test_the_journal_is_told_how_bad_it_is_in_front_of_each_line(form):
    """So that `journalctl -p warning` finds it."""
    failed = Failed(kind=FailureKind.CONNECT, reason="no answer")
    events = (IngestResumed(), Ingested(source="tides", outcome=failed), ConfigRefused(file="a.toml", reason="gone"))
    plain, prefixed = io.StringIO(), io.StringIO()
    for stream in (plain, prefixed):
        logs.configure(stream, form=form, prefixed=stream is prefixed)
        for event in events:
            logs.log_event(event)
    lines = prefixed.getvalue().splitlines()
    assert [line[:3] for line in lines] == ["<6>", "<4>", "<3>"]
    assert [len(line) - 3 for line in lines] == [len(line) for line in plain.getvalue().splitlines()]
