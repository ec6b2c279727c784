"""The parts of a running daemon go by a changed config, if all of it is right; else nothing changes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Generator
from dataclasses import dataclass
from pathlib import Path

from aggregator.config import Config
from aggregator.config.examples import broken
from aggregator.ingesting.ingest import Ingest
from aggregator.ingesting.judge import Judge
from aggregator.ingesting.retention import Keeping, Retention
from aggregator.observing.events import ConfigRefused, ConfigTaken, Observer
from aggregator.publishing.imprint import Imprint
from aggregator.publishing.publish import Publisher
from aggregator.reload.plan import Differences, Reload, plan
from feeds.errors import ConfigError
from feeds.polling import Bounds
from feeds.text.forms import Analyser

Read = Callable[[Path], Config]
"""Reads the config anew; raises ConfigError and OSError."""


@dataclass(slots=True, kw_only=True)
class Running:
    """What goes at this moment: whoever looks here each time follows the config."""

    config: Config


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """The parts that are told."""

    ingest: Ingest
    judge: Judge
    publisher: Publisher
    retention: Retention
    imprint: Callable[[Config], Imprint]


def look(read: Read, file: Path) -> Config | ConfigRefused:
    """The config as the file has it now, or what is wrong with it."""
    try:
        config = read(file)
    except ConfigError as error:
        return ConfigRefused(file=error.file, problems=error.problems)
    except OSError as error:
        return ConfigRefused(file=str(file), reason=error.strerror or str(error))
    problems = broken(config, Analyser())
    return ConfigRefused(file=str(file), problems=problems) if problems else config


def taken(change: Reload) -> ConfigTaken:
    """That `change` is in force."""
    return ConfigTaken(
        file=str(change.config.file),
        topics=_told(change.topics),
        sources=_told(change.sources),
        settings=change.settings,
        waits=change.waits,
    )


class Reloader:
    """Takes a changed config, or refuses it; what is fetched, judged and served goes on meanwhile."""

    def __init__(self, running: Running, live: Live, *, read: Read, observe: Observer) -> None:
        self._running = running
        self._live = live
        self._read = read
        self._observe = observe
        self._refused = False
        self._done = running.config
        """What all parts go by; another one than `running` when a reload broke off, so that the next one mends that."""

    async def reload(self) -> None:
        """Go by the file as it is now, or tell what is wrong with it.

        Readers have all of it when this returns. What broke off, as by a store that cannot be read, is raised, and done
        by the next reload. When cancelled, it ends behind the step that is under way.
        """
        found = await asyncio.to_thread(look, self._read, self._running.config.file)
        if isinstance(found, ConfigRefused):
            self._observe(found)
            await self._tell(refused=True)
            return
        change = plan(self._done, found)
        await self._walk(self._steps(change))
        self._done = change.config
        self._observe(taken(change))
        await self._tell(refused=False)

    async def _tell(self, *, refused: bool) -> None:
        """Have pages and health feed say so at once, where it is news."""
        if refused or self._refused:
            self._refused = refused
            await _through(self._alone(self._live.publisher.publish))

    def _steps(self, change: Reload) -> Generator[None]:
        """Everything that is to be done, a step at a time: in between others may have the store."""
        config, live = change.config, self._live
        self._running.config = config
        live.ingest.bounds = Bounds(fastest=config.fetch.fastest, slowest=config.fetch.slowest)
        live.judge.ranks = {source.id: source.rank for source in config.sources}
        live.retention.keeping = Keeping(age=config.keep.entries, most=config.keep.at_most)
        live.publisher.revise(live.imprint(config))
        yield from live.publisher.follow(config.sources)
        for topic in config.topics:
            if topic.id in {*change.topics.added, *change.topics.changed}:
                yield from live.publisher.adopt(topic)
        for topic_id in change.topics.removed:
            live.publisher.drop(topic_id)
        live.publisher.arrange([topic.id for topic in config.topics])
        while live.publisher.publish():
            yield

    async def _walk(self, steps: Generator[None]) -> None:
        try:
            while await _through(self._alone(lambda: next(steps, _END))) is not _END:
                pass
        finally:
            await _through(self._alone(steps.close))

    async def _alone(self, step: Callable[[], object]) -> object:
        async with self._live.ingest.alone:
            return await asyncio.to_thread(step)


_END = object()


async def _through(step: Coroutine[None, None, object]) -> object:
    """Await `step` to its end also when cancelled: the thread that does it cannot be."""
    task = asyncio.create_task(step)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise


def _told(differences: Differences) -> tuple[str, ...]:
    """`+harbours ~ferries -bridges`: what came, changed and went."""
    signed = (("+", differences.added), ("~", differences.changed), ("-", differences.removed))
    return tuple(f"{sign}{id_}" for sign, ids in signed for id_ in ids)
