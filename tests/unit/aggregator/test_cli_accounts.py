"""`status --accounting`, and what else `status` shows of the last days."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.__main__ import main
from feeds.model import CONFIG, Day, Intake, Notice, SourceState
from storage.port import Change
from storage.tinydb_store import open_store
from tests.fakes.stored_values import NOON, entry_of

TEXT = """
[store]
url = "tinydb:store"
[publish]
folder = "site"
[[source]]
url = "https://a.example/rss"
id = "alpha"
[[topic]]
id = "ferries"
title = "Ferries"
match = ["ferry"]
"""
ENTRIES = (
    entry_of("a", source="alpha"),
    entry_of("b", source="alpha", title="A storm", canonical_url="a.example/b"),
)
ACCOUNT = {
    "topic": "ferries",
    "taken_in": 6,
    "published": 1,
    "passed_over": 0,
    "copy": 0,
    "not_matched": 1,
    "held": 0,
    "pruned": 3,
    "failed": 1,
    "sum": 6,
    "unaccounted": 0,
}


@pytest.fixture
def config(tmp_path):
    (tmp_path / "config.toml").write_text(TEXT, "utf-8")
    return str(tmp_path / "config.toml")


def remember(tmp_path, **change) -> None:
    with open_store(tmp_path / "store", writable=True) as store:
        store.commit(Change(entries=ENTRIES, **change))


def test_sums_that_close_are_shown_with_every_end(config, tmp_path, capsys):
    remember(tmp_path, intakes=(Intake(source="alpha", taken=5, pruned=3, failed=1),))
    assert main(["status", "--accounting", "--config", config]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines[1] == ["ferries", "6", "1", "0", "0", "1", "0", "3", "1", "6"]
    assert lines[2] == ["(all)", "6", "1", "0", "0", "1", "0", "3", "1", "6"]
    assert " ".join(lines[-1]) == "every entry that was taken in is accounted for"


def test_programs_get_the_same_in_json(config, tmp_path, capsys):
    remember(tmp_path, intakes=(Intake(source="alpha", taken=5, pruned=3, failed=1),))
    assert main(["status", "--accounting", "--json", "--config", config]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found == {"overall": ACCOUNT | {"topic": ""}, "topics": [ACCOUNT], "closes": True}


def test_entries_that_are_nowhere_are_a_problem(config, tmp_path, capsys):
    remember(tmp_path, intakes=(Intake(source="alpha", taken=9),))
    assert main(["status", "--accounting", "--config", config]) == 1
    assert capsys.readouterr().out.splitlines()[-2:] == [
        "ferries: +7 unaccounted for",
        "all topics: +7 unaccounted for",
    ]


def test_an_empty_store_is_accounted_for(config, capsys):
    assert main(["status", "--accounting", "--config", config]) == 0
    assert capsys.readouterr().out.splitlines()[2].split() == ["(all)", *["0"] * 9]


def test_the_last_days_and_a_refused_config_are_shown(config, tmp_path, capsys):
    now = datetime.now(UTC)
    yesterday = now.toordinal() - 1
    state = SourceState(
        source="alpha",
        url="https://a.example/rss",
        last_fetch=now - timedelta(minutes=7),
        last_ok=now,
        last_status=304,
        next_fetch=now + timedelta(minutes=20, seconds=30),
        days=(Day(day=yesterday, asked=40, unchanged=30, new=12),),
    )
    refused = Notice(at=now - timedelta(hours=3), about=CONFIG, condition="refused", reason="one problem in line 3")
    remember(tmp_path, states=(state,), notices=(refused,))
    assert main(["status", "--config", config]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{config}: refused 3 h ago: one problem in line 3"
    assert lines[3].split() == ["alpha", "ok", "2", "12.0", "75%", "304", "7", "min", "ago", "–", "in", "20", "min"]
    assert main(["status", "--json", "--config", config]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["refused"]["reason"] == "one problem in line 3"
    assert (found["sources"][0]["new_per_day"], found["sources"][0]["unchanged_share"]) == (12.0, 0.75)


def test_a_topic_tells_when_its_newest_entry_was_first_seen(config, tmp_path, capsys):
    feeds = tmp_path / "site" / "feeds"
    feeds.mkdir(parents=True)
    items = [{"_topicwire": {"first_seen": f"2026-03-0{day}T12:00:00+00:00"}} for day in (2, 4, 3)]
    (feeds / "ferries.json").write_text(json.dumps({"items": items}), "utf-8")
    assert main(["status", "--json", "--config", config]) == 0
    [topic] = json.loads(capsys.readouterr().out)["topics"]
    assert (topic["entries"], topic["last_new"]) == (3, "2026-03-04T12:00:00+00:00")


def test_entries_of_a_source_that_left_the_config_stay_in_the_account(config, tmp_path, capsys):
    old = replace(ENTRIES[0], id="c", source="former", guid="c", canonical_url="", first_seen=NOON)
    remember(tmp_path)
    with open_store(tmp_path / "store", writable=True) as store:
        store.commit(Change(entries=(old,), intakes=(Intake(source="former", taken=4, pruned=3),)))
    assert main(["status", "--accounting", "--json", "--config", config]) == 0
    assert json.loads(capsys.readouterr().out)["overall"]["taken_in"] == 6
