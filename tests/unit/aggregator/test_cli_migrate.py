"""`migrate`: both ways, again and again, and not while somebody writes."""

from __future__ import annotations

import pytest

from aggregator.__main__ import main
from feeds.model import Site
from storage.moving import digest
from storage.opening import open_at
from storage.port import Change
from tests.fakes.postgres import as_in_a_config
from tests.fakes.stored_values import NOON, SITE_ID, entry_of


@pytest.fixture
def folder(tmp_path):
    with open_at(tmp_path / "store", writable=True) as store:
        entries = tuple(entry_of(f"e{n}") for n in range(3))
        store.commit(Change(site=Site(id=SITE_ID, since=NOON), entries=entries))
        store.commit(Change(buried=(entry_of("e2"),)))
    return tmp_path / "store"


@pytest.fixture
def database(postgres_url):
    return as_in_a_config(postgres_url, password="whistle")


def digest_of(where) -> str:
    with open_at(where, writable=False) as store:
        return digest(store)


def test_what_is_remembered_goes_to_a_database_and_back(folder, database, tmp_path, capsys):
    back = tmp_path / "back"
    assert main(["migrate", f"tinydb:{folder}", database]) == 0
    shown = database.replace(":whistle", "")
    assert capsys.readouterr().out.splitlines() == [
        f"{shown}: 2 entries, 1 tombstone",
        f"both hold the same facts: {digest_of(folder)}",
    ]
    assert main(["migrate", database, f"tinydb:{back}"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == f"{back}: 2 entries, 1 tombstone"
    assert digest_of(back) == digest_of(database) == digest_of(folder)


def test_asked_for_again_it_finds_everything_there(folder, database, capsys):
    assert main(["migrate", f"tinydb:{folder}", database]) == 0
    capsys.readouterr()
    assert main(["migrate", f"tinydb:{folder}", database]) == 0
    assert capsys.readouterr().out.splitlines()[0].endswith("2 entries, 1 tombstone, all of which were there already")


def test_nobody_may_write_to_either_meanwhile(folder, database, capsys):
    with open_at(folder, writable=True):
        assert main(["migrate", f"tinydb:{folder}", database]) == 1
    assert f"{folder} is in use by process" in capsys.readouterr().err
    with open_at(database, writable=True):
        assert main(["migrate", f"tinydb:{folder}", database]) == 1
    assert "the database is in use by topicwire" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("source", "target", "code", "told"),
    [
        ("tinydb:nowhere", "tinydb:store", 1, "nowhere has no store: nothing was fetched"),
        ("tinydb:store", "tinydb:../store/../{name}/store", 1, "store is where everything is already"),
        ("store", "tinydb:else", 2, '"store" is no store'),
        ("tinydb:store", "postgresql://news:whistle@@db/topicwire", 2, "the only @"),
        ("tinydb:empty", "tinydb:else", 1, "nothing is stored in "),
    ],
)
def test_what_cannot_be_moved_is_told(folder, monkeypatch, capsys, source, target, code, told):
    monkeypatch.chdir(folder.parent)
    with open_at(folder.parent / "empty", writable=True) as store:
        store.commit(Change())
    assert main(["migrate", source, target.format(name=folder.parent.name)]) == code
    error = capsys.readouterr().err
    assert told in error
    assert "whistle" not in error


def test_a_store_of_something_else_is_not_written_to(folder, database, capsys):
    with open_at(database, writable=True) as store:
        store.commit(Change(site=Site(id=SITE_ID, since=NOON), entries=(entry_of("stranger"),)))
    before = digest_of(database)
    assert main(["migrate", f"tinydb:{folder}", database]) == 1
    assert "holds other entries already (stranger, …): choose an empty one" in capsys.readouterr().err
    assert digest_of(database) == before
