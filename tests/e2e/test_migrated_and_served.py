"""A store of some thousand entries moves to PostgreSQL and back: whoever subscribes notices nothing."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from benchmarks.store_postgres import made
from feeds.model import SourceState
from storage.port import Change
from storage.tinydb_store import open_store
from tests.fakes.archived import walk
from tests.fakes.postgres import as_in_a_config
from tests.fakes.servers import free_port, until
from tests.fakes.serving import Reply, ask

ENTRIES = 3000
PATIENCE = 240  # seconds; to publish all of them takes a few
FEEDS = [f"/feeds/{topic}{form}" for topic in ("ferries", "stories") for form in (".atom", ".rss", ".json")]
CONFIG = """
[serve]
listen = "127.0.0.1:{port}"
[fetch]
allow_private = true
[store]
url = "{url}"
[publish]
folder = "site"
[[source]]
url = "http://127.0.0.1:9/rss"
id = "source-1"
[[topic]]
id = "ferries"
title = "Ferries"
match = ["ferry"]
[[topic]]
id = "stories"
title = "Stories"
match = ["storm", "council"]
collapse = "stories"
"""


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "aggregator", *arguments]


def filled(folder: Path) -> None:
    """The last months of fifty sources, of which one is followed and not due."""
    ago = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=ENTRIES + 60)
    state = SourceState(
        source="source-1", url="http://127.0.0.1:9/rss", next_fetch=datetime.now(UTC) + timedelta(hours=5)
    )
    with open_store(folder, writable=True) as store:
        pairs = made(ENTRIES, began=ago)
        for first in range(0, ENTRIES, 500):
            some = pairs[first : first + 500]
            store.commit(Change(entries=tuple(e for e, _ in some), placements=tuple(p for _, p in some)))
        store.commit(Change(states=(state,)))


@contextmanager
def serving(config: Path, port: int) -> Iterator[None]:
    """A daemon, all of whose feeds are there; archives may be still to come."""
    with (
        config.with_name("log").open("wb") as log,
        subprocess.Popen(command("serve", "--config", str(config)), stdout=log, stderr=log) as process,
    ):
        try:
            until(lambda: answers(port), patience=PATIENCE)
            yield
            process.send_signal(signal.SIGTERM)
            assert process.wait(PATIENCE) == 0
        finally:
            process.kill()


def answers(port: int) -> bool:
    with suppress(OSError):
        return {ask(port, feed).status for feed in FEEDS} == {200}
    return False


def once_there(port: int, path: str) -> Reply:
    """The answer when it is another one than that an archive is still to come."""
    until(lambda: ask(port, path).status != 503, patience=PATIENCE)
    return ask(port, path)


def every_feed(config: Path, port: int) -> dict[str, Reply]:
    """Of every feed and all of its archives, by path."""
    found: dict[str, Reply] = {}

    def get(url: str) -> bytes:
        path = urlsplit(url).path
        found[path] = once_there(port, path)
        return found[path].body

    with serving(config, port):
        for feed in FEEDS:
            for _ in walk(feed, get):
                pass
    return found


@pytest.mark.heavy
def test_every_feed_is_the_same_to_the_byte_and_nobody_downloads_it_again(tmp_path, postgres_url):
    port = free_port()
    config, files, database = tmp_path / "config.toml", f"tinydb:{tmp_path}/store", as_in_a_config(postgres_url)
    back = f"tinydb:{tmp_path}/back"
    filled(tmp_path / "store")
    config.write_text(CONFIG.format(port=port, url=files), "utf-8")
    before = every_feed(config, port)
    assert len([path for path in before if "/archive/" in path]) > 6
    for source, target in ((files, database), (database, back)):
        moved = subprocess.check_output(command("migrate", source, target), text=True, timeout=300)
        assert f": {ENTRIES} entries, 0 tombstones\n" in moved
        config.write_text(CONFIG.format(port=port, url=target), "utf-8")
        with serving(config, port):
            for path, reply in before.items():
                assert (path, once_there(port, path).body) == (path, reply.body)
                assert ask(port, path, headers={"If-None-Match": reply.headers["etag"]}).status == 304
