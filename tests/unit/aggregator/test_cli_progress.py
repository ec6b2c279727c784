"""What takes long shows how it goes on: to people at a terminal, and to nobody else."""

from __future__ import annotations

import logging
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from aggregator.cli.progress import FirstFetch, steps
from aggregator.observing.events import FirstPassed, Ingested
from aggregator.observing.logs import configure
from aggregator.observing.milestones import FirstStarted
from feeds.model import Unchanged
from storage.port import Change
from storage.tinydb_store import open_store
from tests.fakes.following import SITE
from tests.fakes.newsroom import Newsroom
from tests.fakes.serving import served
from tests.fakes.stored_values import entry_of
from tests.fakes.terminal import ROOT, shown

CONFIG = """
[serve]
listen = "127.0.0.1:0"
[fetch]
allow_private = true
[store]
url = "tinydb:store"
[publish]
folder = "site"
"""
SOURCE = '[[source]]\nurl = "http://127.0.0.1:{port}/rss"\nid = "newsroom"\n'
OPML = '<opml version="2.0"><body><outline type="rss" text="Tides" xmlUrl="https://tides.example/feed"/></body></opml>'


@pytest.fixture
def config(tmp_path):
    (tmp_path / "config.toml").write_text(CONFIG, "utf-8")
    return tmp_path / "config.toml"


@pytest.fixture
def list_of_feeds(tmp_path):
    (tmp_path / "list.opml").write_text(OPML, "utf-8")
    return tmp_path / "list.opml"


@pytest.fixture
def filled(tmp_path):
    with open_store(tmp_path / "store", writable=True) as store:
        store.commit(Change(site=SITE, entries=tuple(entry_of(f"high-water-{day}") for day in range(30))))


def test_an_import_shows_itself_on_a_terminal(config, list_of_feeds):
    assert shown("import", str(list_of_feeds), "--config", str(config)).startswith("adding sources ")


def test_nothing_of_it_gets_into_a_pipe(config, list_of_feeds):
    found = subprocess.run(
        [sys.executable, "-m", "aggregator", "import", str(list_of_feeds), "--config", str(config)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert (found.stdout.count("\n"), found.stderr) == (1, "")


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    ("command", "word"), [pytest.param("rebuild", "rebuilding", marks=pytest.mark.heavy), ("compact", "compacting")]
)
def test_what_is_made_anew_shows_how_far_it_is(config, command, word):
    seen = shown(command, "--config", str(config))
    assert f"{word} " in seen


@pytest.mark.usefixtures("filled")
def test_a_move_shows_how_far_it_is(tmp_path):
    assert "moving " in shown("migrate", f"tinydb:{tmp_path}/store", f"tinydb:{tmp_path}/elsewhere")


@pytest.mark.usefixtures("logs_as_before")
def test_the_first_fetch_of_a_daemon_has_a_bar_below_its_lines(tmp_path, config):
    with served(Newsroom(["High water"])) as port:
        config.write_text(CONFIG + SOURCE.format(port=port), "utf-8")
        seen = shown("serve", "--config", str(config), until=lambda text: "first pass done" in text)
    assert "fetching " in seen
    assert "0/1" in seen
    assert "newsroom: 1 new" in seen


def test_a_compaction_tells_how_many_bytes_of_how_many(tmp_path, monkeypatch):
    monkeypatch.setattr("storage.tinydb_store.GLANCE", 0.0)
    with open_store(tmp_path / "store", writable=True) as store:
        told: list[tuple[int, int]] = []
        store.compact(lambda done, of: told.append((done, of)))
    assert all(done >= 0 and of >= 0 for done, of in told)


def test_steps_that_nobody_sees_cost_nothing(capsys):
    with steps("counting") as step:
        step(1, 2)
    assert capsys.readouterr() == ("", "")


@pytest.mark.usefixtures("logs_as_before")
def test_a_daemon_without_a_terminal_has_no_bar_in_its_log(capsys):
    configure(sys.stderr)
    first = FirstFetch()
    for event in (
        FirstStarted(sources=1),
        Ingested(source="tides", outcome=Unchanged()),
        FirstPassed(sources=1, reached=1),
    ):
        first.observe(event)
    logging.getLogger("topicwire").info("done at %s", datetime(2026, 1, 1, tzinfo=UTC))
    assert "fetching" not in capsys.readouterr().err
