"""The commands over a store in PostgreSQL: `url` under [store] is all that is different."""

from __future__ import annotations

import json
import re
from contextlib import closing

import pytest

from aggregator.__main__ import main
from aggregator.config import load
from feeds.model import Site, SourceState
from feeds.render import JSON, document
from storage.lock import LOCK
from storage.opening import crew_at, documents_beside, open_at
from storage.port import Change
from storage.postgres.session import process_name
from tests.fakes.postgres import as_in_a_config
from tests.fakes.stored_values import NOON, SITE_ID, entry_of

PASSWORD = "whistle&flute"
CONFIG = """
[store]
url = "{url}"
[publish]
folder = "site"
[[source]]
url = "https://a.example/rss"
id = "harbour-post"
[[topic]]
id = "peace"
title = "Peace"
match = ["peace"]
"""


@pytest.fixture
def config(tmp_path, postgres_url):
    file = tmp_path / "config.toml"
    file.write_text(CONFIG.format(url=as_in_a_config(postgres_url, password=PASSWORD)), "utf-8")
    with open_at(load(file, environ={}).store.where, writable=True) as store:
        state = SourceState(source="harbour-post", url="https://a.example/rss", last_fetch=NOON)
        store.commit(Change(site=Site(id=SITE_ID, since=NOON), states=(state,), entries=(entry_of("a"),)))
    return file


def said(capsys) -> str:
    captured = capsys.readouterr()
    for secret in (PASSWORD, "whistle"):
        assert secret not in captured.out + captured.err
    return captured.out + captured.err


def test_status_shows_the_database_and_who_writes_to_it(config, capsys):
    settings = load(config, environ={}).store
    assert main(["status", "--config", str(config)]) == 0
    told = said(capsys).splitlines()
    assert re.fullmatch(r"PostgreSQL \d+.*; nobody writes to it now", told[-2])
    assert re.fullmatch(rf"{re.escape(settings.shown)}: 1 entry, .* \d+\.\d MB", told[-1])
    with open_at(settings.where, writable=True):
        assert main(["status", "--json", "--config", str(config)]) == 0
    found = json.loads(said(capsys))
    assert found["store"] == settings.shown
    assert found["database"]["writer"].startswith("topicwire ")


def test_status_names_the_workers_that_are_connected(config, capsys):
    url = load(config, environ={}).store.where
    with closing(crew_at(url)) as crew:
        crew.beat(process_name(), judges=False)
        crew.beat("dead:1", judges=True)
        assert main(["status", "--config", str(config)]) == 0
        assert said(capsys).splitlines()[-2].endswith(f"; nobody writes to it now; 1 worker: {process_name()}")


def test_status_goes_by_what_servers_have_and_not_by_an_old_copy_of_this_machine(config, capsys):
    feeds = config.parent / "site" / "feeds"
    feeds.mkdir(parents=True)
    (feeds / "peace.json").write_text('{"items": [{}, {}]}', "utf-8")

    def entries() -> int:
        assert main(["status", "--json", "--config", str(config)]) == 0
        return json.loads(said(capsys))["topics"][0]["entries"]

    assert entries() == 2, "nothing is published in the database yet"
    url = load(config, environ={}).store.where
    with open_at(url, writable=True) as store:
        feed = document(b'{"items": [{}, {}, {}]}', JSON, NOON)
        documents_beside(store, url).swap({(0, "/feeds/peace.json"): feed}, (), rest=b"")
    assert entries() == 3


def test_doctor_asks_the_database(config, capsys):
    main(["doctor", "--offline", "--config", str(config)])
    assert re.search(r"store: postgresql://\S+: PostgreSQL \d+.*; 1 entry of 1 source, .* nobody writes", said(capsys))


@pytest.mark.parametrize(
    ("arguments", "advice"),
    [(["backup", "elsewhere"], "pg_dump"), (["restore", "."], "pg_restore"), (["compact"], "autovacuum")],
)
def test_what_is_for_files_says_what_a_database_has_instead(config, capsys, arguments, advice):
    assert main([*arguments, "--config", str(config)]) == 1
    told = said(capsys)
    assert "is kept by PostgreSQL: " in told
    assert advice in told


@pytest.mark.usefixtures("logs_as_before")
def test_what_people_decide_is_remembered_in_the_database(config, capsys):
    assert main(["hide", "a", "--config", str(config)]) == 0
    said(capsys)
    with open_at(load(config, environ={}).store.where, writable=False) as store:
        assert [decision.entry for decision in store.decisions()] == ["a"]


@pytest.mark.usefixtures("logs_as_before")
def test_two_daemons_of_two_databases_do_not_share_a_folder_for_commands(config, capsys):
    with open_at(config.parent / "var" / "store", writable=True):
        assert main(["hide", "a", "--config", str(config)]) == 1
    assert f"{config.parent}/var/store is in use by process" in said(capsys)
    assert (config.parent / "var" / "store" / LOCK).exists()


@pytest.mark.usefixtures("logs_as_before")
def test_a_database_that_is_not_there_is_an_error_without_its_password(config, capsys):
    url = f"postgresql://news:{PASSWORD.replace('&', '%26')}@/topicwire?host={config.parent}"
    config.write_text(CONFIG.format(url=url), "utf-8")
    for arguments in (["status"], ["once"], ["hide", "a"], ["doctor", "--offline"]):
        assert main([*arguments, "--config", str(config)]) == 1
        assert "PostgreSQL cannot be reached: " in said(capsys)


def test_a_password_is_among_what_no_log_shows(config):
    found = load(config, environ={})
    assert PASSWORD in found.secrets
    assert PASSWORD not in repr(found)
    assert found.store.folder == config.parent / "var" / "store"


def test_a_config_whose_library_is_not_there_is_told_where_it_asks_for_it(config, capsys, monkeypatch):
    monkeypatch.setattr("aggregator.config.settings.DRIVER", "no_such_driver")
    assert main(["check", "--config", str(config)]) == 1
    told = said(capsys)
    assert f"{config}:3:7: the extra \"postgres\" is not installed: pip install 'topicwire[postgres]' [TW218]" in told
    assert "password" not in told
