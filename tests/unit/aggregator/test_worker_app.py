"""What a worker is made of goes by the database's clock, not by one that may be wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from aggregator.config import load
from aggregator.worker_app import open_worker
from aggregator.world import real_world
from tests.fakes.judges import config_at

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def test_a_worker_whose_machine_is_an_hour_fast_asks_and_judges_in_time(tmp_path, postgres_url):
    config = config_at(tmp_path, postgres_url, ["tides"])
    fast = replace(real_world(), clock=lambda: datetime.now(UTC) + HOUR)
    with open_worker(config, world=fast, observe=lambda _: None, read=lambda file: load(file, environ={})) as parts:
        assert parts.clock() - datetime.now(UTC) > HOUR - MINUTE
        parts.prepare()
        with parts.opened() as bench:
            clocks = (parts.clock, parts.fetching.clock, bench.work.clock)
            assert all(abs(clock() - datetime.now(UTC)) < MINUTE for clock in clocks)
