"""`worker`: what it refuses, and how it is told."""

from __future__ import annotations

import psycopg
import pytest

from aggregator.__main__ import main
from aggregator.observing.cluster_events import (
    CannotJudge,
    DaemonAtWork,
    DatabaseAway,
    DatabaseBack,
    WorkBroken,
    WorkerJoined,
    WorkerLeft,
)
from aggregator.observing.logs import log_event
from tests.fakes import postgres

CONFIG = """
[store]
url = "{url}"
[[source]]
url = "https://a.example/rss"
[[topic]]
id = "peace"
match = ["peace"]
"""


def test_a_store_of_files_is_refused_with_what_to_do(tmp_path, capsys):
    (tmp_path / "config.toml").write_text(CONFIG.format(url="tinydb:store"), "utf-8")
    assert main(["worker", "--config", str(tmp_path / "config.toml")]) == 1
    assert capsys.readouterr().err == (
        f"Error: {tmp_path / 'store'} is for one machine, and workers share a database: set url under [store] to "
        '"postgresql://…", or run `topicwire serve`, which fetches by itself [TW510]\n'
    )
    assert not (tmp_path / "store").exists()


def test_a_database_that_a_later_version_has_migrated_ends_it_with_the_reason(tmp_path, capsys, postgres_url):
    with psycopg.connect(postgres_url) as connection:
        connection.execute("CREATE SCHEMA topicwire_jobs")
        connection.execute(
            "CREATE TABLE topicwire_jobs.migration (script text PRIMARY KEY, applied timestamptz NOT NULL)"
        )
        connection.execute("INSERT INTO topicwire_jobs.migration VALUES ('99.00.00_01_later.sql', now())")
    url = postgres.as_in_a_config(postgres_url, password="whistle&flute")
    (tmp_path / "config.toml").write_text(CONFIG.format(url=url), "utf-8")
    assert main(["worker", "--config", str(tmp_path / "config.toml")]) == 1
    told = capsys.readouterr().err.splitlines()
    assert told[-1].startswith("topicwire: the database's jobs were migrated by a later version of procrastinate")
    assert told[-1].endswith("[TW505]")


@pytest.mark.parametrize(
    ("event", "level", "line"),
    [
        (WorkerJoined(worker="pier:12"), "INFO", "pier:12 works with the others from now on"),
        (WorkerLeft(worker="pier:12"), "INFO", "pier:12 works no more; what it had is given back"),
        (
            DatabaseAway(reason="PostgreSQL cannot be reached"),
            "WARNING",
            "waiting for the database, nothing is fetched meanwhile: PostgreSQL cannot be reached",
        ),
        (
            DaemonAtWork(daemon="topicwire pier:12"),
            "WARNING",
            "workers fetch nothing while topicwire pier:12 does it all: stop it, or them",
        ),
        (DatabaseBack(), "INFO", "the database is back, and work goes on"),
        (WorkBroken(problem="KeyError: 1"), "ERROR", "work broke off, and begins anew: KeyError: 1"),
        (CannotJudge(reason="too old"), "WARNING", "this worker cannot judge, others may: too old"),
    ],
)
def test_what_a_worker_does_has_a_line(caplog, event, level, line):
    caplog.set_level("DEBUG")
    log_event(event)
    [record] = caplog.records
    assert (record.levelname, record.getMessage()) == (level, line)
