"""`compact`: smaller, mended, or exported."""

from __future__ import annotations

import pytest
from tinydb import TinyDB

from aggregator.__main__ import main
from storage.frames import header
from storage.port import Change
from storage.tinydb_store import open_store
from tests.fakes.stored_values import entry_of

CONFIG = """
[store]
url = "tinydb:store"
[[source]]
url = "https://a.example/rss"
[[topic]]
id = "peace"
title = "Peace"
match = ["peace"]
"""


@pytest.fixture
def config(tmp_path):
    file = tmp_path / "config.toml"
    file.write_text(CONFIG)
    with open_store(tmp_path / "store", writable=True) as store:
        for n in range(30):
            store.commit(Change(entries=(entry_of("a", summary=f"{n} " * 500), entry_of("b"))))
    return str(file)


def test_compact_frees_space_and_says_how_much(tmp_path, config, capsys):
    assert main(["compact", "--config", config]) == 0
    assert capsys.readouterr().out == f"{tmp_path}/store: 0.1 MB before, 0.0 MB now\n"


def test_compact_upgrades_a_store_of_an_older_format_and_says_so(tmp_path, config, capsys):
    journal = tmp_path / "store" / "journal"
    journal.write_bytes(header(version=1))
    assert main(["compact", "--config", config]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"upgraded from format 1; the older journal is {journal}.before-upgrade-1 now",
        f"{tmp_path}/store: 0.0 MB before, 0.0 MB now",
    ]


def test_compact_export_writes_an_ordinary_tinydb_file_beside_a_writer(tmp_path, config, capsys):
    file = tmp_path / "all.json"
    with open_store(tmp_path / "store", writable=True):
        assert main(["compact", "--export", str(file), "--config", config]) == 0
        assert main(["compact", "--config", config]) == 1
    captured = capsys.readouterr()
    assert captured.out == f"{file}: 2 documents\n"
    assert "one process writes at a time" in captured.err
    with TinyDB(file) as stock:
        assert [one["id"] for one in stock.table("entries")] == ["a", "b"]


def test_compact_repair_says_what_is_lost(tmp_path, config, capsys):
    journal = tmp_path / "store" / "journal"
    data = bytearray(journal.read_bytes())
    data[100] ^= 1
    journal.write_bytes(data)
    assert main(["compact", "--config", config]) == 1
    assert "damaged at byte 16" in capsys.readouterr().err
    assert main(["compact", "--repair", "--config", config]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[:2] == [
        "lost at byte 16: a record does not match its checksum",
        f"29 whole changes kept; the damaged journal is now {journal}.damaged-1",
    ]
    assert main(["compact", "--repair", "--config", config]) == 0
    assert capsys.readouterr().out.splitlines()[0].startswith("nothing is damaged: ")


def test_compact_does_one_thing_at_a_time(config, capsys):
    assert main(["compact", "--repair", "--export", "x.json", "--config", config]) == 2
    assert "ask for one" in capsys.readouterr().err


@pytest.mark.parametrize("options", [[], ["--repair"], ["--export", "all.json"]])
def test_compact_makes_no_store_where_there_is_none(tmp_path, monkeypatch, capsys, options):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.toml").write_text(CONFIG)
    assert main(["compact", *options, "--config", str(tmp_path / "config.toml")]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert f"{tmp_path}/store has no store: there is nothing to compact" in captured.err
    assert [one.name for one in tmp_path.iterdir()] == ["config.toml"]
