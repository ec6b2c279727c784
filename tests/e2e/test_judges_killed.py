"""Judges are killed wherever it hits them: nothing is lost or twice, and readers get what one daemon gives them."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Mapping, Sequence

import pytest

from aggregator.app import App, open_app, open_judge
from aggregator.cluster.taking import DEATHS
from aggregator.config import Config
from aggregator.ingesting.asking import Found
from storage.moving import digest
from storage.postgres_store import open_postgres
from tests.fakes.judged import listed, until
from tests.fakes.judges import JudgingProcess, Porter, config_at, judging, nobody_judges
from tests.fakes.judging_child import DEADLY, still_world

pytestmark = pytest.mark.heavy
NAMES = [f"paper-{number}" for number in range(12)]
KILLED_AFTER = [(1,), (7, 2), (4,)]
"""Passes, of each judge that is killed in a round."""


def documents(config: Config, number: int) -> list[tuple[str, Found]]:
    """Of one round: each paper has a new headline in each, and every third one is quiet in between."""
    listed_so_far = range(number + 1)
    found = []
    for place, source in enumerate(config.sources):
        titles = [f"{source.id} on day {day}" for day in listed_so_far if (place + day) % 3]
        found.append((source.id, listed(source, *titles, etag=f'"{number}"')))
    return found[number:] + found[:number]


def printed(app: App) -> Mapping[str, object]:
    while app.publisher.publish():
        pass  # it goes on with the archives
    return dict(app.publisher.shelf.documents)


def one_daemon(config: Config, rounds: Sequence[Sequence[tuple[str, Found]]]) -> tuple[object, str]:
    """What is published, and what is stored, where one process judges all of it."""
    sources = {source.id: source for source in config.sources}

    async def take(app: App) -> None:
        for one in rounds:
            for name, found in one:
                ended = await app.ingest.take(sources[name], found)
                app.publisher.take(ended.changed)

    with open_app(config, world=still_world(), observe=lambda _: None) as app:
        asyncio.run(take(app))
        return printed(app), digest(app.store)


def test_what_killed_judges_leave_is_what_one_daemon_makes(tmp_path, postgres_url):
    config = config_at(tmp_path / "cluster", postgres_url, NAMES)
    rounds = [documents(config, number) for number in range(len(KILLED_AFTER))]
    open_postgres(postgres_url, writable=True).close()
    with contextlib.closing(Porter(config)) as porter:
        for found, kills in zip(rounds, KILLED_AFTER, strict=True):
            porter.bring(found)
            for passes in kills:
                with judging(config) as judge:
                    judge.says("Ingested", passes)
                    judge.kill()
            with judging(config):
                asyncio.run(until(lambda: porter.deliveries.waiting(1) == ()))
    nobody_judges(config)
    with open_judge(config, world=still_world(), observe=lambda _: None) as app:
        found = printed(app), digest(app.store)
    assert found == one_daemon(config_at(tmp_path / "alone", "tinydb:store", NAMES), rounds)


def test_a_judge_that_stands_still_is_displaced_and_its_facts_are_judged_by_the_next(tmp_path, postgres_url):
    config = config_at(tmp_path, postgres_url, NAMES)
    open_postgres(postgres_url, writable=True).close()
    with contextlib.closing(Porter(config)) as porter, judging(config) as hung:
        hung.send(signal.SIGSTOP)
        porter.bring(documents(config, 1))
        with judging(config) as next_one:
            next_one.says("Ingested", len(NAMES))
            hung.send(signal.SIGCONT)
            hung.says("lost")
        assert porter.deliveries.waiting(1) == ()
    nobody_judges(config)
    with open_judge(config, world=still_world(), observe=lambda _: None) as app:
        assert app.store.counts().entries == sum(len(found.feed.entries) for _, found in documents(config, 1))


def test_a_source_that_comes_to_the_config_while_somebody_judges_is_judged_from_then_on(tmp_path, postgres_url):
    config = config_at(tmp_path, postgres_url, NAMES)
    open_postgres(postgres_url, writable=True).close()
    with contextlib.closing(Porter(config)) as porter, judging(config) as judge:
        porter.bring(documents(config, 0))
        judge.says("Ingested", len(NAMES))
        more = config_at(tmp_path, postgres_url, [*NAMES, "ferries"])
        judge.says("ConfigTaken")
        asyncio.run(until(lambda: porter.due() > len(NAMES)))
        porter.bring([("ferries", listed(more.sources[-1], "Ferry sails another day"))])
        judge.says("Ingested ferries")


def test_what_kills_whoever_judges_it_kills_three_and_is_a_failure_then(tmp_path, postgres_url):
    config = config_at(tmp_path, postgres_url, NAMES[:3])
    titles = ["High water", DEADLY, "Ferry late"]
    with contextlib.closing(Porter(config)) as porter:
        porter.bring([(one.id, listed(one, title)) for one, title in zip(config.sources, titles, strict=True)])
        for _ in range(DEATHS):
            with contextlib.closing(JudgingProcess(config)) as judge:
                assert judge.process.wait(120) == -signal.SIGKILL
        with judging(config) as judge:
            judge.says("DeliveryGivenUp")
            asyncio.run(until(lambda: porter.deliveries.waiting(1) == ()))
    with open_postgres(postgres_url, writable=False) as store:
        assert sorted(entry.title for entry in store.entries()) == ["Ferry late", "High water"]
        assert store.states()["paper-1"].failures == 1
