"""A month in the life of the daemon: real processes, sockets and files, and a clock that is moved in steps."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Self

from tests.fakes.month.books import Books
from tests.fakes.month.configs import BROKEN, config_text
from tests.fakes.month.internet import Internet, online
from tests.fakes.month.life import Life
from tests.fakes.month.outlets import SUBJECTS, Outlet, outlets
from tests.fakes.month.subscriber import Subscriber
from tests.fakes.month.tempers import Told, tempers
from tests.fakes.servers import free_port

BEGAN = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How long, how many, how often, and what goes wrong."""

    days: int
    sources: int
    topics: int
    step: timedelta = timedelta(hours=1)
    hurried: int = 0
    """So many of the first days are lived in a single step each."""
    per_day: float = 16
    on_subject: float = 0.4
    """Share of the texts, evenly over twenty subjects."""
    keep: timedelta = timedelta(days=90)
    seed: int = 7
    kills: bool = True
    """On every day, at a random moment."""
    stops: bool = True
    """By SIGTERM, on every third day; for some hours on every sixth."""
    edits: bool = True
    """A right and a wrong config in turn, and a mended one."""
    full_on: tuple[int, ...] = ()
    """Days on which the disk is full for some hours."""
    validate_every: int = 1
    """Steps between two in which every changed document is held against the validator's rules."""


@dataclass(slots=True, kw_only=True)
class Tally:
    """What happened."""

    steps: int = 0
    kills: int = 0
    kills_busy: int = 0
    """Of these, while there was work."""
    stops: int = 0
    slowest_stop: float = 0.0
    taken: int = 0
    """Configs."""
    refused: int = 0
    full: int = 0
    """Steps with a full disk in which the store refused."""
    memory: list[int] = field(default_factory=list)
    """Bytes at the end of each day."""


class Month:
    """Lived through step by step; its parts stay to be looked at while the context lasts."""

    def __init__(self, folder: Path, plan: Plan) -> None:
        self.plan = plan
        self.folder = folder
        self.outlets: tuple[Outlet, ...] = outlets(
            tempers(plan.days),
            count=plan.sources,
            began=BEGAN,
            days=plan.days,
            per_day=plan.per_day,
            on_subject=plan.on_subject,
            seed=plan.seed,
        )
        self.books = Books(self.outlets)
        self.tally = Tally()
        self.own: dict[str, tuple[Told, ...]] = {}
        """What the feed of health has to tell of config and store."""
        self.now = BEGAN
        self.topics = {subject: "none" if n == 0 else "copies" for n, subject in enumerate(SUBJECTS[: plan.topics])}
        """How each collapses, by id."""
        self._draw = Random(plan.seed)
        self._port = free_port()
        self._stack = ExitStack()
        self._busy = 1.0
        """Seconds that the last step took."""

    def __enter__(self) -> Self:
        self.internet: Internet = self._stack.enter_context(online(self.outlets, began=BEGAN))
        self.subscriber = Subscriber(self._port)
        self._stack.callback(self.subscriber.close)
        self.life = Life(self.folder)
        self._stack.callback(self.life.end)
        self._title = "A month"
        self.life.config.write_text(self._config(), "utf-8")
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def live(self) -> Iterator[int]:
        """Go through it; each day's number when it has ended, the daemon being idle then."""
        self._move()
        self.life.start()
        self._settle()
        for day in range(self.plan.days):
            step = DAY if day < self.plan.hurried else self.plan.step
            doings = self._doings(day, DAY // step)
            for number in range(DAY // step):
                self._step(step, doings.get(number))
            self.tally.memory.append(self.life.memory)
            yield day

    def _doings(self, day: int, per_day: int) -> dict[int, Callable[[], None]]:
        """What is done in which of the day's steps, besides what the outlets do."""
        plan, draw, free = self.plan, self._draw, list(range(per_day))
        found: dict[int, Callable[[], None]] = {}

        def place(doing: Callable[[], None]) -> None:
            if free:
                found[free.pop(draw.randrange(len(free)))] = doing

        if day in plan.full_on:
            start = per_day // 3
            found[start] = self._fill_disk
            found[start + max(2, per_day // 6)] = self._free_disk
            del free[start : start + max(2, per_day // 6) + 1]  # killed then, it would have a disk that is not full
        if plan.edits:
            place(self._take_config if day % 2 else self._refuse_config)
        if plan.kills:
            place(self._kill)
        if plan.stops and day % 3 == 1:
            place(self._pause if day % 6 == 1 else self._restart)
        return found

    def _step(self, length: timedelta, doing: Callable[[], None] | None) -> None:
        self.now += length
        began = time.monotonic()
        self._move()
        if doing:
            doing()
        else:
            self._settle()
            self._busy = time.monotonic() - began

    def _move(self) -> None:
        self.internet.now = self.now
        self.life.hands.move(self.now)
        self.tally.steps += 1

    def _settle(self) -> None:
        """Wait for the daemon, then read all that it publishes."""
        self.life.until_idle()
        self.books.take(self.internet.take_served(), acknowledged=not self.life.hands.stopped)
        if not self.life.hands.stopped:
            self.books.look(BEGAN, self.now)
        self.tally.full += self.life.hands.stopped
        self.subscriber.poll(self.topics, self.now, validate=self.tally.steps % self.plan.validate_every == 0)

    def _kill(self) -> None:
        time.sleep(self._draw.uniform(0, 0.8 * self._busy))
        self.tally.kills += 1
        self.tally.kills_busy += self.life.hands.idle < self.life.hands.step
        self.life.kill()
        self.books.take(self.internet.take_served(), acknowledged=False)
        self.life.start()
        self._again()

    def _restart(self) -> None:
        self._settle()
        self._stop()
        self.life.start()
        self._again()

    def _pause(self) -> None:
        """For some hours nobody is there."""
        self._settle()
        self._stop()
        self.now += timedelta(hours=5)
        self.now = min(self.now, BEGAN + self.plan.days * DAY)
        self._move()
        self.life.start()
        self._settle()

    def _stop(self) -> None:
        self.tally.slowest_stop = max(self.tally.slowest_stop, self.life.stop())
        self.tally.stops += 1

    def _again(self) -> None:
        """Another step at the same time."""
        self._move()
        self._settle()

    def _fill_disk(self) -> None:
        self.life.fill_disk()
        self.own["store"] = (*self.own.get("store", ()), ("stopped", False), ("stopped", True))
        self._settle()

    def _free_disk(self) -> None:
        self._settle()
        self.life.free_disk()
        self.life.wait(lambda: not self.life.hands.stopped, "the store to go on")
        self._again()

    def _take_config(self) -> None:
        self._title = f"A month, {self.tally.taken + 2}"
        self._save(self._config())
        self.tally.taken += 1

    def _refuse_config(self) -> None:
        self._save(self._config() + BROKEN)
        self.own["config"] = (*self.own.get("config", ()), ("refused", False), ("refused", True))
        self._save(self._config())
        self.tally.refused += 1
        self.tally.taken += 1

    def _save(self, text: str) -> None:
        """As editors do it, and wait until the daemon has it."""
        before = self.life.hands.reloads
        beside = self.life.config.with_suffix(".new")
        beside.write_text(text, "utf-8")
        beside.replace(self.life.config)
        self.life.wait(lambda: self.life.hands.reloads > before, "the config to be looked at")
        self._again()

    def _config(self) -> str:
        return config_text(
            [(one.id, self.internet.url(one)) for one in self.outlets],
            self.topics,
            port=self._port,
            title=self._title,
            keep=self.plan.keep,
        )
