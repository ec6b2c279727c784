"""Processes that judge on a database, and a worker that brings documents to them."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aggregator.cluster.parcels import packed
from aggregator.cluster.watching import watched
from aggregator.config import Config, load
from aggregator.ingesting.asking import Found
from storage.postgres.crew import Crew
from storage.postgres.deliveries import PostgresDeliveries
from storage.postgres.leases import PostgresLeases
from storage.postgres_store import open_postgres
from storage.work import Brought
from tests.fakes.ingesting import NOW
from tests.fakes.postgres import as_in_a_config
from tests.fakes.servers import until

FOREVER = timedelta(days=9000)
ROOT = Path(__file__).parents[2]
CONFIG = """
[keep]
entries = "9000d"
[store]
url = "{store}"
[publish]
folder = "site"
[[topic]]
id = "all"
title = "All"
match = ["day"]
collapse = "none"
"""
SOURCE = """
[[source]]
url = "https://{name}.example/{name}"
id = "{name}"
"""


def config_at(folder: Path, store: str, names: Sequence[str]) -> Config:
    """Written to `folder`, and read; `store` is a URL as a config has it, or PostgreSQL's own."""
    folder.mkdir(exist_ok=True)
    url = store if "://" in store or store.startswith("tinydb:") else as_in_a_config(store)
    text = CONFIG.format(store=url) + "".join(SOURCE.format(name=name) for name in names)
    (folder / "config.toml").write_text(text, "utf-8")
    return load(folder / "config.toml", environ={})


class JudgingProcess:
    """Another process that judges, and what it says."""

    def __init__(self, config: Config) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.fakes.judging_child", str(config.file)],
            cwd=ROOT,
            text=True,
            stdout=subprocess.PIPE,
        )

    def says(self, word: str, times: int = 1) -> None:
        """Wait until it has said that so often from now on."""
        while times:
            line = self.process.stdout.readline()
            assert line, f"it ended and never said {word}"
            times -= line.startswith(word)

    def send(self, number: signal.Signals) -> None:
        os.kill(self.process.pid, number)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def close(self) -> None:
        self.kill()
        self.process.stdout.close()


@contextlib.contextmanager
def judging(config: Config) -> Iterator[JudgingProcess]:
    """One that has become the judge; killed afterwards."""
    process = JudgingProcess(config)
    try:
        process.says("JudgingStarted")
        yield process
    finally:
        process.close()


def nobody_judges(config: Config) -> None:
    """Wait until the database has noticed that whoever judged is gone."""
    with contextlib.closing(Crew(config.store.database)) as crew:
        until(lambda: not crew.somebody_writes())


class Porter:
    """Leases everything, and brings what it is given."""

    def __init__(self, config: Config) -> None:
        self._leases = PostgresLeases(config.store.database, worker="porter")
        with open_postgres(config.store.database, writable=True) as store:
            self.deliveries = PostgresDeliveries(config.store.database, store)
            self.deliveries.follow(watched(config.sources, {}, NOW))

    def bring(self, documents: Sequence[tuple[str, Found]]) -> None:
        """In this order."""
        held = self._leases.lease(now=datetime.now(UTC) + FOREVER, hosts=1000, sources=1000, term=timedelta(minutes=5))
        fences = {due.source: lease.fence for lease in held for due in lease.due}
        brought = [Brought(source=name, fence=fences[name], document=packed(found)) for name, found in documents]
        assert self._leases.bring(brought) == {name for name, _ in documents}
        self._leases.release(set(fences.values()), rest=timedelta())

    def due(self) -> int:
        """How many sources workers are to ask, some time."""
        return self._leases.due(datetime.now(UTC) + FOREVER)

    def close(self) -> None:
        self._leases.close()
        self.deliveries.close()
