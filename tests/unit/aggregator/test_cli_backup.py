"""`backup` and `restore`, from the command line."""

from __future__ import annotations

from aggregator.__main__ import main
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


def test_a_backup_beside_a_writer_comes_back(tmp_path, capsys):
    (tmp_path / "config.toml").write_text(CONFIG)
    config, backup = str(tmp_path / "config.toml"), str(tmp_path / "backup")
    with open_store(tmp_path / "store", writable=True) as store:
        store.commit(Change(entries=(entry_of("a"),)))
        assert main(["backup", backup, "--config", config]) == 0
        assert capsys.readouterr().out == f"{backup}: 1 entry, 0.0 MB\n"
        store.commit(Change(entries=(entry_of("b"),)))
        assert main(["restore", backup, "--config", config]) == 1
        assert "one process writes at a time" in capsys.readouterr().err
    assert main(["restore", backup, "--config", config]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{tmp_path}/store: 1 entry, 0.0 MB",
        f"what was there before is now {tmp_path}/store/journal.before-restore-1; delete it when you no longer want it",
    ]
    with open_store(tmp_path / "store", writable=False) as store:
        assert [entry.id for entry in store.entries()] == ["a"]
    assert main(["backup", backup, "--config", config]) == 1
    assert "holds a store already" in capsys.readouterr().err
