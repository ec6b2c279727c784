"""`suggest`, over a store that somebody else writes to."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from aggregator.__main__ import main
from storage.port import Change
from storage.tinydb_store import open_store
from tests.fakes.topic_feeds import an_entry

CONFIG = """
[store]
url = "tinydb:store"
[[topic]]
id = "guarantees"
match = ['"security guarantee"']
"""
TITLES = [
    *(f"Island number {number} asks for security guarantees" for number in range(4)),
    *(f"Security pledges of ally {number}" for number in range(4)),
    *(f"A new pier for harbour {number}" for number in range(30)),
]


@pytest.fixture
def config(tmp_path):
    (tmp_path / "config.toml").write_text(CONFIG, "utf-8")
    plain = replace(an_entry(), summary="", content="")
    with open_store(tmp_path / "store", writable=True) as store:
        entries = (replace(plain, id=f"e{number}", title=title) for number, title in enumerate(TITLES))
        store.commit(Change(entries=tuple(entries)))
        yield str(tmp_path / "config.toml")


def test_suggest_tells_what_was_caught_what_was_missed_and_kin(config, capsys):
    assert main(["suggest", "guarantees", "--config", config]) == 0
    out = capsys.readouterr().out
    lines = [line.split() for line in out.splitlines()]
    assert out.splitlines()[0] == "38 entries: 4 caught, 4 with a part of a line only"
    assert ["en", "island", "4", "0"] in [line[:4] for line in lines]
    assert ["en", "pledges", "4", "0"] in [line[:4] for line in lines]
    assert ["en", "guarantee", "guarantees", "4"] in lines


def test_suggest_tells_programs_the_same(config, capsys):
    assert main(["suggest", "guarantees", "--limit", "1", "--config", config, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert list(found) == ["topic", "seen", "caught", "missed", "terms", "near", "kin"]
    assert (found["topic"], found["seen"], found["caught"], found["missed"]) == ("guarantees", 38, 4, 4)
    assert [len(found["terms"]), len(found["near"])] == [1, 1]
    assert list(found["terms"][0]) == ["text", "language", "inside", "outside", "score"]


def test_a_topic_that_is_not_there_is_misuse(config, capsys):
    assert main(["suggest", "guarantee", "--config", config]) == 2
    assert 'did you mean "guarantees"?' in capsys.readouterr().err


def test_where_little_is_stored_suggest_says_so_instead_of_showing_empty_tables(tmp_path, capsys):
    (tmp_path / "config.toml").write_text(CONFIG, "utf-8")
    with open_store(tmp_path / "store", writable=True) as store:
        store.commit(Change(entries=(replace(an_entry(), title="Security guarantees", summary="", content=""),)))
        assert main(["suggest", "guarantees", "--config", str(tmp_path / "config.toml")]) == 0
    out, err = capsys.readouterr()
    assert [line.split() for line in out.splitlines()] == [
        ["1", "entry:", "1", "caught,", "0", "with", "a", "part", "of", "a", "line", "only"],
        [],
        ["LANG", "WORD", "FORMS", "KIN", "THAT", "NO", "LINE", "MEETS"],
        ["en", "guarantee", "guarantees", "1"],
        ["en", "security", "security", "1"],
    ]
    assert err == "\ntopicwire: too little is stored for more; ask again in some days\n"
