"""`status`, over a store and a publish folder that are there, partly there, and not there."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.__main__ import main
from aggregator.cli.tables import ago, counted
from feeds.model import Entry, Placement, SourceState
from storage.port import Change
from storage.tinydb_store import open_store

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)

CONFIG = """
[store]
url = "tinydb:store"
[publish]
folder = "site"
[[source]]
url = "https://a.example/rss"
id = "alpha"
[[source]]
url = "https://b.example/rss"
id = "beta"
name = "Beta"
[[source]]
url = "https://c.example/rss"
id = "gamma"
[[source]]
url = "https://d.example/rss"
id = "delta"
enabled = false
[[source]]
url = "https://e.example/new"
id = "epsilon"
[[topic]]
id = "peace"
title = "Peace"
match = ["peace"]
"""


def entry(number: int, source: str) -> Entry:
    return Entry(
        id=f"e{number}",
        source=source,
        guid="",
        url="",
        canonical_url="",
        title=f"Title {number}",
        published=NOW,
        updated=NOW,
        first_seen=NOW,
        revised=NOW,
    )


def state(source: str, url: str) -> SourceState:
    return SourceState(source=source, url=url, title=source.title(), last_fetch=NOW)


@pytest.fixture
def config(tmp_path):
    (tmp_path / "config.toml").write_text(CONFIG, "utf-8")
    return str(tmp_path / "config.toml")


def remember(folder):
    well = replace(
        state("alpha", "https://a.example/rss"), last_ok=NOW, last_new=NOW, next_fetch=NOW + timedelta(hours=1)
    )
    failing = replace(
        state("beta", "https://b.example/rss"),
        failures=3,
        failing_since=NOW - timedelta(days=1),
        last_error="no answer",
        next_fetch=NOW + timedelta(hours=2),
    )
    gone = replace(
        state("gamma", "https://c.example/rss"), failures=1, gone=True, last_status=410, last_error="410 Gone"
    )
    moved = state("epsilon", "https://e.example/old")
    store = open_store(folder, writable=True)
    store.commit(
        Change(
            entries=(entry(1, "alpha"), entry(2, "alpha"), entry(3, "beta")),
            placements=(
                Placement(entry="e1", story="ferry"),
                Placement(entry="e2", held="a redesign"),
                Placement(entry="e3", copy_of="e1", story="ferry"),
            ),
            states=(well, failing, gone, moved),
        )
    )
    return store


@pytest.mark.in_files
def test_without_a_store_every_source_is_still_to_be_asked(config, tmp_path, capsys):
    assert main(["status", "--config", config]) == 0
    out = capsys.readouterr().out
    assert [line.split()[:4] for line in out.splitlines()[1:4]] == [
        ["alpha", "not", "asked", "yet"],
        ["beta", "not", "asked", "yet"],
        ["gamma", "not", "asked", "yet"],
    ]
    assert f"{tmp_path}/store: 0 entries" in out
    assert not (tmp_path / "store").exists()


def test_status_is_told_in_json_beside_a_writer(config, tmp_path, capsys):
    feeds = tmp_path / "site" / "feeds"
    feeds.mkdir(parents=True)
    (feeds / "peace.json").write_text('{"items": [{}, {}]}', "utf-8")
    with remember(tmp_path / "store"):
        assert main(["status", "--json", "--config", config]) == 0
    found = json.loads(capsys.readouterr().out)
    told = {source["id"]: (source["health"], source["entries"], source["title"]) for source in found["sources"]}
    assert told == {
        "alpha": ("ok", 2, "Alpha"),
        "beta": ("failing", 1, "Beta"),
        "gamma": ("parked", 0, "Gamma"),
        "delta": ("disabled", 0, ""),
        "epsilon": ("not asked yet", 0, ""),
    }
    assert found["sources"][1] == {
        "id": "beta",
        "url": "https://b.example/rss",
        "title": "Beta",
        "health": "failing",
        "reason": "no answer",
        "remarks": {},
        "entries": 1,
        "failures": 3,
        "failing_since": "2026-02-28T12:00:00+00:00",
        "http_status": None,
        "last_fetch": "2026-03-01T12:00:00+00:00",
        "last_ok": None,
        "last_new": None,
        "usual_gap": None,
        "next_fetch": "2026-03-01T14:00:00+00:00",
        "new_per_day": None,
        "unchanged_share": None,
    }
    assert found["topics"] == [
        {
            "id": "peace",
            "title": "Peace",
            "url": "http://127.0.0.1:8080/feeds/peace.atom",
            "entries": 2,
            "last_new": None,
        }
    ]
    counts = {name: count for name, count in found["counts"].items() if name != "size"}
    assert counts == {"entries": 3, "copies": 1, "stories": 1, "held": 1, "revisions": 0, "sources": 4}


@pytest.mark.in_files
def test_a_table_in_a_pipe_has_one_line_a_source(config, tmp_path, capsys):
    remember(tmp_path / "store").close()
    assert main(["status", "--config", config]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1 + 5 + 1 + 2 + 1 + 1
    assert lines[2].split()[:3] == ["beta", "failing", "1"]
    assert lines[2].rstrip().endswith("no answer")
    assert lines[-1].startswith(f"{tmp_path}/store: 3 entries, 1 copy and 1 held among them, 1 story, 0 revisions, ")


@pytest.mark.in_files
def test_a_damaged_store_is_one_line_and_exit_code_1(config, tmp_path, capsys):
    remember(tmp_path / "store").close()
    journal = tmp_path / "store" / "journal"
    journal.write_bytes(b"no journal at all" + journal.read_bytes())
    assert main(["status", "--config", config]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("topicwire: ")
    assert str(journal) in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("moment", "told"),
    [
        (None, "–"),
        (NOW, "0 s ago"),
        (NOW - timedelta(seconds=119), "119 s ago"),
        (NOW - timedelta(minutes=5), "5 min ago"),
        (NOW - timedelta(minutes=90), "90 min ago"),
        (NOW - timedelta(hours=30), "30 h ago"),
        (NOW - timedelta(days=3), "3 d ago"),
        (NOW + timedelta(minutes=30), "in 30 min"),
    ],
)
def test_times_are_told_as_distances(moment, told):
    assert ago(moment, NOW) == told


def test_nouns_are_counted_in_english():
    assert [counted(1, "entry"), counted(2, "entry"), counted(0, "source")] == ["1 entry", "2 entries", "0 sources"]


def test_what_else_is_worth_knowing_of_a_source_stands_beside_its_health(config, tmp_path, capsys):
    stale = replace(
        state("alpha", "https://a.example/rss"),
        last_new=NOW - timedelta(days=5),
        last_ok=NOW,
        rhythm=timedelta(hours=2),
        moved_to="https://new.example/rss",
    )
    with open_store(tmp_path / "store", writable=True) as store:
        store.commit(Change(states=(stale,)))
    assert main(["status", "--json", "--config", config]) == 0
    [alpha, *_] = json.loads(capsys.readouterr().out)["sources"]
    assert (alpha["health"], alpha["usual_gap"]) == ("ok", 7200)
    assert alpha["remarks"] == {
        "stale": "nothing new for 5 days, where 2 hours are usual",
        "moved": "moved for good to https://new.example/rss and is asked there now: give it that url in the config",
    }
    assert main(["status", "--config", config]) == 0
    row = capsys.readouterr().out.splitlines()[1]
    assert " ".join(row.split()).startswith("alpha ok, stale, moved 0 ")
    assert "nothing new for 5 days, where 2 hours are usual; moved for good" in row
