"""Stores are opened by where they are, with the libraries that they take and no others."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing

import pytest

from feeds.errors import MissingExtra
from storage.opening import open_at, server_of
from storage.port import Change
from storage.postgres_store import PostgresStore
from storage.tinydb_store import TinyDBStore
from tests.fakes.stored_values import entry_of


def test_a_folder_is_tinydb_and_has_no_server(tmp_path):
    with open_at(tmp_path / "store", writable=True) as store:
        assert isinstance(store, TinyDBStore)
    assert server_of(tmp_path / "store") is None


def test_a_url_is_a_database_whose_server_says_who_writes(postgres_url):
    with open_at(postgres_url, writable=True) as store:
        assert isinstance(store, PostgresStore)
        store.commit(Change(entries=(entry_of("a"),)))
        server = server_of(postgres_url)
        with closing(open_at(postgres_url, writable=False)) as reader:
            assert [entry.id for entry in reader.entries()] == ["a"]
    assert server is not None
    assert int(server.version.split(".")[0]) >= 12
    assert server.writer.startswith("topicwire ")
    assert server_of(postgres_url).writer == ""


@pytest.fixture
def no_psycopg(monkeypatch):
    for name in [
        name for name in sys.modules if name.split(".")[0] == "psycopg" or name.startswith("storage.postgres")
    ]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "psycopg", None)


@pytest.mark.usefixtures("no_psycopg")
@pytest.mark.parametrize("ask", [server_of, lambda url: open_at(url, writable=False)])
def test_without_the_library_the_extra_is_named(ask):
    with pytest.raises(MissingExtra, match=r"pip install 'topicwire\[postgres\]'"):
        ask("postgresql://db/topicwire")


def test_whoever_uses_tinydb_does_not_wait_for_the_library():
    asked = "import sys, aggregator.app, aggregator.cli.status, aggregator.cli.migrate; print('psycopg' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
